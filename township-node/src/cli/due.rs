//! `due`: what is due in this office, with its light; `due refresh` after new holidays.

use clap::{Args, Subcommand};
use shared::ledger::{DueAsk, Refreshed};
use shared::program::{Failure, Lang};

use super::Desk;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Due {
    /// 今后几天内到期的，不写为 15；超期的总会列出 · days ahead; 15 if not given
    #[arg(long)]
    days: Option<u16>,
    /// 只看一种台账 · one kind of record
    #[arg(long)]
    kind: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 按新公布的节假日重算暂定的期限 · count provisional deadlines again by newer holidays
    Refresh,
}

impl Due {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        if let Some(Command::Refresh) = self.command {
            let done = node.refresh_deadlines()?;
            desk.out.data(&done, |lang| said(done, node.calendar().version(), lang));
            return Ok(());
        }
        let list = node.due(&DueAsk { days: self.days, kind: self.kind, ..DueAsk::default() })?;
        list.note().iter().for_each(|note| desk.out.note(note));
        desk.out.data(&list, |lang| list.text(lang));
        Ok(())
    }
}

fn said(done: Refreshed, calendar: &str, lang: Lang) -> String {
    let Refreshed { records, deadlines, refused } = done;
    let mut out = match (records, lang) {
        (0, Lang::Zh) => format!("没有需要重算的期限（节假日版本 {calendar}）。\n"),
        (0, Lang::En) => format!("No deadline had to be counted again (holidays {calendar}).\n"),
        (_, Lang::Zh) => format!("已重算 {records} 条记录的 {deadlines} 个期限（节假日版本 {calendar}）。\n"),
        (_, Lang::En) => {
            format!("{deadlines} deadlines of {records} records counted again (holidays {calendar}).\n")
        }
    };
    if refused > 0 {
        out.push_str(&match lang {
            Lang::Zh => format!("另有 {refused} 条记录不能改动，仍按原日期。\n"),
            Lang::En => format!("{refused} more records cannot be changed and keep their days.\n"),
        });
    }
    out
}
