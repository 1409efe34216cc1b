//! `sample`: made-up work in an empty data folder.

use clap::Args;
use shared::program::{Align, Failure, Lang, Table, text};

use super::Desk;
use crate::app::{self, Sampled};

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// 只编造这种台账（及其依赖的）；不写则全部 · one kind of record, with what it rests on
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// 该台账的条数 · how many records of that kind
    #[arg(long, value_name = "N", requires = "kind")]
    count: Option<u32>,
    /// 到今天为止的年数 · years up to today
    #[arg(long, value_name = "N", default_value_t = 1)]
    years: u32,
    /// 同一种子编造同样的内容 · the same seed makes up the same
    #[arg(long, value_name = "S", default_value_t = 2026)]
    seed: u64,
    /// 确定写入：乡镇不是虚构的时候要写 · yes, into the folder of a real township
    #[arg(long)]
    yes: bool,
}

impl Sample {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self { kind, count, years, seed, yes } = self;
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在编造", "making up"), Some(0));
        let ask = app::Sample { kind: kind.as_deref(), count, years, seed, sure: yes };
        let sampled = node.sample(ask, &bar)?;
        desk.out.data(&sampled, |lang| told(&sampled, lang));
        Ok(())
    }
}

fn told(sampled: &Sampled, lang: Lang) -> String {
    let Sampled { from, to, steps, records, .. } = sampled;
    let (ledger, count) = (lang.pick("台账", "Ledger"), lang.pick("条数", "Records"));
    let mut table = Table::new([(ledger, Align::Left), (count, Align::Right)]);
    for kind in &sampled.kinds {
        let label = lang.pick(kind.zh.as_str(), kind.en.as_str());
        table.row([label.to_owned(), kind.records.to_string()]);
    }
    let head = match lang {
        Lang::Zh => format!("{from} 至 {to}：编造记录 {records} 条，共 {steps} 步。"),
        Lang::En => format!("{from} to {to}: {records} made-up records in {steps} steps."),
    };
    format!("{head}\n{}", table.render())
}
