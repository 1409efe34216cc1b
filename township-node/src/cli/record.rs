//! `record`: entering, changing and looking at records.

use clap::{Args, Subcommand};
use serde_json::json;
use shared::catalogue::model::{Kind, Owner};
use shared::code::ErrorCode;
use shared::ledger::{self, Acted};
use shared::program::{Failure, Lang, Table};

use super::record_show::{History, SPELLING, Show};
use super::{Desk, WishArgs};

#[derive(Debug, Subcommand)]
pub(super) enum Record {
    /// 有哪些台账 · kinds of record
    Kinds,
    /// 新登记一条 · enter a new record
    New(New),
    /// 修改内容 · change fields
    Edit(Edit),
    /// 办理一个步骤 · take a step
    Do(Do),
    /// 查看一条 · one record
    Show(Show),
    /// 列表 · a list
    List(List),
    /// 一条记录的经过 · what happened to a record
    History(History),
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// 台账，如 代表建议、议案 或 proposal · kind of record
    kind: String,
    /// 登记方式（有几种时） · the action, where several create records
    #[arg(long)]
    action: Option<String>,
    #[command(flatten)]
    wish: WishArgs,
}

#[derive(Debug, Args)]
pub(super) struct Edit {
    /// 短号、编号或标题 · short id, number or title
    record: String,
    #[command(flatten)]
    wish: WishArgs,
}

#[derive(Debug, Args)]
pub(super) struct Do {
    /// 短号、编号或标题 · short id, number or title
    record: String,
    /// 步骤，如 登记 或 register · the action
    action: String,
    #[command(flatten)]
    wish: WishArgs,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// 台账 · kind of record
    kind: String,
    /// 只看此状态 · in this status
    #[arg(long)]
    status: Option<String>,
    /// 只看未办结的 · work remains
    #[arg(long)]
    open: bool,
    /// 只看超期的 · an open deadline is over
    #[arg(long)]
    overdue: bool,
    /// 期间，如 2026、2026-11、2026Q3、2026-01-01..2026-06-30 · period
    #[arg(long)]
    period: Option<String>,
    /// 字段=内容，可多次 · field=value
    #[arg(long = "where", value_name = "字段=内容")]
    fields: Vec<String>,
    /// 最多几条 · lines at most
    #[arg(long)]
    limit: Option<usize>,
}

impl Record {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::Kinds => kinds(desk),
            Self::New(new) => {
                let node = desk.node()?;
                let wish = new.wish.wish()?;
                said(desk, &node.create(&new.kind, new.action.as_deref(), &wish)?);
                Ok(())
            }
            Self::Edit(edit) => {
                let node = desk.node()?;
                let wish = edit.wish.wish()?;
                if wish.set.is_empty() {
                    return Err(Failure::new(
                        ErrorCode::Usage,
                        "请用 --set 字段=内容 写明要改什么。",
                        "Say what to change with --set field=value.",
                    ));
                }
                said(desk, &node.act_on(&edit.record, "edit", &wish)?);
                Ok(())
            }
            Self::Do(step) => {
                let node = desk.node()?;
                let wish = step.wish.wish()?;
                said(desk, &node.act_on(&step.record, &step.action, &wish)?);
                Ok(())
            }
            Self::Show(show) => show.run(desk),
            Self::List(list) => list.run(desk),
            Self::History(history) => history.run(desk),
        }
    }
}

/// After a change: what was saved, how the record stands, what can follow.
fn said(desk: &Desk, acted: &Acted) {
    acted.warnings.iter().for_each(|warning| desk.out.note(warning));
    desk.out.data(acted, |lang| acted.text(lang, SPELLING));
}

fn kinds(desk: &Desk) -> Result<(), Failure> {
    let catalogue = desk.catalogue()?;
    let owner = |kind: &Kind| match kind.owner {
        Owner::Township => "township",
        Owner::County => "county",
    };
    let value: Vec<_> = catalogue
        .kinds
        .values()
        .map(|kind| {
            json!({
                "id": kind.id, "code": kind.code, "zh": kind.label.zh, "en": kind.label.en, "owner": owner(kind),
                "import": kind.import.is_some(),
            })
        })
        .collect();
    desk.out.data(&value, |lang| {
        let mut table = Table::left(match lang {
            Lang::Zh => ["台账", "代号", "编码", "由谁登记", "可导入"],
            Lang::En => ["kind", "id", "code", "written by", "import"],
        });
        for kind in catalogue.kinds.values() {
            let by = match kind.owner {
                Owner::Township => lang.pick("乡镇", "township"),
                Owner::County => lang.pick("县", "county"),
            };
            let import = if kind.import.is_some() { lang.pick("是", "yes") } else { "" };
            table.row([lang.of(&kind.label), &kind.id, &kind.code, by, import]);
        }
        table.render()
    });
    Ok(())
}

impl List {
    fn run(self, desk: &Desk) -> Result<(), Failure> {
        let ask = ledger::List {
            kind: self.kind,
            owner: None,
            status: self.status,
            open: self.open,
            overdue: self.overdue,
            period: self.period,
            fields: self.fields,
            limit: self.limit,
            ..ledger::List::default()
        };
        let listing = desk.node()?.list(&ask)?;
        listing.note().iter().for_each(|note| desk.out.note(note));
        desk.out.data(&listing, |lang| listing.text(lang));
        Ok(())
    }
}
