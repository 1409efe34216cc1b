use clap::Args;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::health;

/// 夜间同步率：每个乡镇哪几夜同步完成、缺哪几夜 / How the nights went, township by township
#[derive(Debug, Args)]
pub(super) struct Nights {
    /// 第一夜（开始的日期，默认最近 30 夜）/ day on which the first night begins; the last 30 by default
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// 最后一夜 / day on which the last night begins
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
}

/// Days of missed nights that one line has room for.
const MISSED_SHOWN: usize = 5;

impl Nights {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let answer = desk.counter()?.ask(health::Nights { from: self.from, to: self.to })?;
        desk.out.data(&answer, |lang| {
            let span = match lang {
                Lang::Zh => format!("{} 至 {} 的夜间（每夜从中午到次日中午）", answer.from, answer.to),
                Lang::En => format!("nights of {} to {}, each from noon to noon", answer.from, answer.to),
            };
            format!("{span}\n\n{}", table(&answer.townships, lang))
        });
        Ok(())
    }
}

fn table(townships: &[health::Township], lang: Lang) -> String {
    let heads = [
        ("代码", "code", Align::Left),
        ("乡镇", "township", Align::Left),
        ("应同步", "expected", Align::Right),
        ("完成", "completed", Align::Right),
        ("同步率", "success", Align::Right),
        ("中断", "partial", Align::Right),
        ("连缺", "in a row", Align::Right),
        ("收到条目", "received", Align::Right),
        ("下发条目", "sent", Align::Right),
        ("缺的夜", "missed", Align::Left),
    ];
    let mut table = Table::new(heads.map(|(zh, en, align)| (lang.pick(zh, en), align)));
    for town in townships {
        let tally = &town.tally;
        let more = tally.missed.len().saturating_sub(MISSED_SHOWN);
        let mut missed = tally.missed.iter().rev().take(MISSED_SHOWN).cloned().collect::<Vec<_>>();
        missed.reverse();
        if more > 0 {
            missed.insert(0, "…".to_owned());
        }
        table.row([
            town.code.to_string(),
            town.name.clone(),
            tally.expected.to_string(),
            tally.completed.to_string(),
            tally.percent(),
            tally.partial.to_string(),
            tally.missed_in_row.to_string(),
            tally.received.to_string(),
            tally.sent.to_string(),
            missed.join(" "),
        ]);
    }
    table.render()
}
