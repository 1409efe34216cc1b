use clap::{Args, Subcommand};
use shared::ids::RecordId;
use shared::ledger::{self, Acted, By};
use shared::program::{Failure, Lang};

use super::Desk;
use crate::app::record;

/// 县里的台账：新建、办理、查看 / The county's records: make, act, show, list
#[derive(Debug, Subcommand)]
pub(super) enum Record {
    /// 新建一条 / Makes a record
    New {
        /// 台账种类 / kind of record
        kind: String,
        /// 哪一步（只有一种时可不写）/ creating action, where there are several
        #[arg(long)]
        action: Option<String>,
        #[command(flatten)]
        words: Words,
    },
    /// 办理一步；edit 修改，void 作废 / Takes an action; `edit` and `void` exist for every kind
    Act {
        record: RecordId,
        action: String,
        #[command(flatten)]
        words: Words,
    },
    /// 查看一条（各乡镇的也可）/ Shows a record, a township's too
    Show { record: RecordId },
    /// 列出一种台账 / Lists the records of a kind
    List {
        kind: String,
        /// 乡镇代码或 hub / a township code, or hub
        #[arg(long)]
        owner: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
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
    #[arg(long, default_value = "")]
    staff: String,
    /// 代他人录入 / entered for somebody who brought paper
    #[arg(long)]
    on_behalf: bool,
}

impl Words {
    fn act(self, kind: String, record: Option<RecordId>, action: String) -> record::Act {
        let by = By { staff: self.staff, role: self.role, on_behalf: self.on_behalf };
        record::Act(ledger::Act { kind, record, action, set: self.set, reason: self.reason, by })
    }
}

impl Record {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::New { kind, action, words } => {
                let acted = counter.ask(words.act(kind, None, action.unwrap_or_default()))?;
                desk.out.data(&acted, |lang| said(&acted, lang));
            }
            Self::Act { record, action, words } => {
                let acted = counter.ask(words.act(String::new(), Some(record), action))?;
                desk.out.data(&acted, |lang| said(&acted, lang));
            }
            Self::Show { record } => {
                let shown = counter.ask(record::Show { record })?;
                desk.out.data(&shown, |lang| shown.text(lang));
            }
            Self::List { kind, owner, limit } => {
                let listing = counter.ask(record::List(ledger::List { kind, owner, limit }))?;
                desk.out.data(&listing, |lang| listing.text(lang));
            }
        }
        Ok(())
    }
}

fn said(acted: &Acted, lang: Lang) -> String {
    let mut out = format!(
        "{} {} · {} · {} {}\n",
        lang.pick("已保存", "saved"),
        acted.record,
        lang.pick(&acted.status_zh, &acted.status_en),
        lang.pick("修订", "rev"),
        acted.rev
    );
    for (zh, en) in &acted.warnings {
        out.push_str(&format!("{}{}\n", lang.pick("请注意：", "note: "), lang.pick(zh, en)));
    }
    out
}
