//! `disclose`: what the office publishes.

use std::path::PathBuf;

use clap::Args;
use shared::ledger::Disclose as Ask;
use shared::program::{Failure, Lang, Table, text};

use super::Desk;
use crate::app::{Disclosed, Numbers};

/// Places shown on a terminal; all of them are in the JSON.
const SHOWN_MAX: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Disclose {
    /// 期间，如 2026、2026Q3 · period
    #[arg(long)]
    period: String,
    /// 只公开这些台账，可多次 · these kinds only
    #[arg(long = "kind", value_name = "台账")]
    kinds: Vec<String>,
    /// 写入此文件夹（空的）；不写则只看 · an empty folder; without it nothing is written
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 有个人号码就不写出，不自动隐去 · refuse personal numbers instead of masking them
    #[arg(long)]
    strict: bool,
}

impl Disclose {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let numbers = if self.strict { Numbers::Refuse } else { Numbers::Mask };
        let ask = Ask { period: self.period, kinds: self.kinds };
        let done = node.disclose(&ask, self.out.as_deref(), numbers)?;
        for found in done.disclosure.masked.iter().take(SHOWN_MAX) {
            desk.out.note(&text(
                format!(
                    "已隐去：{}（{}）的“{}”里像{}。",
                    found.kind.zh, found.record, found.field.zh, found.what.zh
                ),
                format!(
                    "Masked: \"{}\" of {} ({}) seems to hold an {}.",
                    found.field.en, found.kind.en, found.record, found.what.en
                ),
            ));
        }
        desk.out.note(&text(
            "程序只能识别号码；姓名、住址等请人工看过再发布。",
            "The program knows numbers alone; somebody must look for names and addresses before it is published.",
        ));
        desk.out.data(&done, |lang| said(&done, lang));
        Ok(())
    }
}

fn said(done: &Disclosed, lang: Lang) -> String {
    let mut table = Table::left(match lang {
        Lang::Zh => ["公开内容", "条数"],
        Lang::En => ["published", "records"],
    });
    for list in &done.disclosure.lists {
        table.row([list.label.get(lang), &list.rows.len().to_string()]);
    }
    let masked = done.disclosure.masked.len();
    let end = match (&done.folder, lang) {
        (Some(folder), Lang::Zh) => format!("已写入 {folder}，隐去 {masked} 处。"),
        (Some(folder), Lang::En) => format!("Written to {folder}; {masked} numbers masked."),
        (None, Lang::Zh) => format!("没有写出文件（加 --out 文件夹），将隐去 {masked} 处。"),
        (None, Lang::En) => format!("Nothing was written (see --out); {masked} numbers would be masked."),
    };
    format!("{}{end}\n", table.render())
}
