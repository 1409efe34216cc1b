//! `record`: the county's records, and everybody's to be read.

use clap::{Args, Subcommand};
use shared::ledger::{self, Acted, By, Spelling};
use shared::program::Failure;

use super::Desk;
use crate::app::record;

/// How a step is written on this program's command line.
const SPELLING: Spelling = Spelling { act: "record act", set: "" };

/// 县里的台账：新建、办理、查看 / The county's records: make, act, show, list
#[derive(Debug, Subcommand)]
pub(super) enum Record {
    /// 新建一条 / Makes a record
    New {
        /// 台账，名称、代号均可 / kind of record
        kind: String,
        /// 哪一步（只有一种时可不写）/ creating action, where there are several
        #[arg(long)]
        action: Option<String>,
        #[command(flatten)]
        words: Words,
    },
    /// 办理一步；edit 修改，void 作废 / Takes an action; `edit` and `void` exist for every kind
    Act {
        /// 短号、编号或标题 / short id, number or title
        record: String,
        /// 步骤，名称、代号均可 / the action
        action: String,
        #[command(flatten)]
        words: Words,
    },
    /// 查看一条（各乡镇的也可）/ Shows a record, a township's too
    Show {
        /// 短号、编号或标题 / short id, number or title
        record: String,
    },
    /// 列出一种台账 / Lists the records of a kind
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    kind: String,
    /// 乡镇代码或 hub / a township code, or hub
    #[arg(long)]
    owner: Option<String>,
    /// 只看此状态 / in this status
    #[arg(long)]
    status: Option<String>,
    /// 只看未办结的 / work remains
    #[arg(long)]
    open: bool,
    /// 只看超期的 / an open deadline is over
    #[arg(long)]
    overdue: bool,
    /// 期间，如 2026、2026-11、2026Q3 / period
    #[arg(long)]
    period: Option<String>,
    /// 字段=内容，可多次 / field=value
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// 最多几条 / rows at most
    #[arg(long)]
    limit: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct Words {
    /// 字段=内容，可写多个 / field=value, any number of them
    #[arg(value_name = "FIELD=VALUE")]
    set: Vec<String>,
    #[arg(long, default_value = "")]
    reason: String,
    /// 角色 / role
    #[arg(long, default_value = "C_OFFICE")]
    role: String,
    /// 人员代码，不写姓名 / code of the account; no names
    #[arg(long)]
    staff: Option<String>,
    /// 代他人录入 / entered for somebody who brought paper
    #[arg(long)]
    on_behalf: bool,
}

impl Words {
    fn act(self, kind: String, record: Option<String>, action: String) -> record::Act {
        let by = By { staff: self.staff, role: self.role, on_behalf: self.on_behalf };
        record::Act(ledger::Act { kind, record, action, set: self.set, reason: self.reason, by })
    }
}

impl Record {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::New { kind, action, words } => {
                said(desk, &counter.ask(words.act(kind, None, action.unwrap_or_default()))?);
            }
            Self::Act { record, action, words } => {
                said(desk, &counter.ask(words.act(String::new(), Some(record), action))?);
            }
            Self::Show { record } => {
                let shown = counter.ask(record::Show { record })?;
                desk.out.data(&shown, |lang| {
                    let parts = [shown.text(lang), shown.history(lang), shown.next_text(lang, SPELLING)];
                    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
                });
            }
            Self::List(List { kind, owner, status, open, overdue, period, fields, limit }) => {
                let ask = ledger::List {
                    kind,
                    owner,
                    status,
                    open,
                    overdue,
                    period,
                    fields,
                    limit,
                    ..ledger::List::default()
                };
                let listing = counter.ask(record::List(ask))?;
                listing.note().iter().for_each(|note| desk.out.note(note));
                desk.out.data(&listing, |lang| listing.text(lang));
            }
        }
        Ok(())
    }
}

fn said(desk: &Desk, acted: &Acted) {
    acted.warnings.iter().for_each(|warning| desk.out.note(warning));
    desk.out.data(acted, |lang| acted.text(lang, SPELLING));
}
