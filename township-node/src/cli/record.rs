//! `record`: entering, changing and looking at records.

use clap::{Args, Subcommand};
use serde_json::json;
use shared::catalogue::model::{Kind, Owner};
use shared::code::ErrorCode;
use shared::program::{Align, Failure, Lang, Table, text};
use shared::record::Role;
use shared::tally::Period;

use super::record_show::{self, History, Show};
use super::{Desk, WishArgs};
use crate::app::{Done, Filter, Listing, Node};

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
                let done = node.create(&new.kind, new.action.as_deref(), &wish)?;
                said(desk, &node, &done, wish.role)
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
                let done = node.act_on(&edit.record, "edit", &wish)?;
                said(desk, &node, &done, wish.role)
            }
            Self::Do(step) => {
                let node = desk.node()?;
                let wish = step.wish.wish()?;
                let done = node.act_on(&step.record, &step.action, &wish)?;
                said(desk, &node, &done, wish.role)
            }
            Self::Show(show) => show.run(desk),
            Self::List(list) => list.run(desk),
            Self::History(history) => history.run(desk),
        }
    }
}

/// After a change: what was saved, how the record stands, what can follow.
fn said(desk: &Desk, node: &Node, done: &Done, role: Option<Role>) -> Result<(), Failure> {
    for warning in &done.warnings {
        desk.out.note(warning);
    }
    let record = node.find(&done.record.to_string())?;
    let role = role.unwrap_or(node.config().role);
    let next = crate::app::next_actions(node, &record, role, desk.lang())?;
    let mut value = record_show::json_of(node, &record, &next);
    value["warnings"] = done.warnings.iter().map(|w| json!(w.get(desk.lang()))).collect();
    desk.out.data(&value, |lang| {
        let kind = node.catalogue().kinds.get(&record.kind);
        let status = crate::app::status_label(kind, record.status, lang);
        let number = record_show::number(node, &record, lang);
        let saved = match lang {
            Lang::Zh => format!("已保存：{number}短号 {}，现为“{status}”。\n", done.short),
            Lang::En => format!("Saved: {number}short id {}, now \"{status}\".\n", done.short),
        };
        saved + &record_show::next_text(&next, &done.short, lang)
    });
    Ok(())
}

fn kinds(desk: &Desk) -> Result<(), Failure> {
    let catalogue = crate::app::catalogue_of(&desk.config()?)?;
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
        let period = self.period.as_deref().map(period).transpose()?;
        let filter = Filter {
            status: self.status,
            open: self.open,
            overdue: self.overdue,
            period,
            fields: self.fields,
            limit: self.limit,
        };
        let listing = desk.node()?.list(&self.kind, &filter, desk.lang())?;
        if listing.more {
            desk.out.note(&text(
                format!(
                    "只列出前 {} 条；用 --limit 多列，或用 --status、--period 缩小范围。",
                    listing.lines.len()
                ),
                format!("Only the first {} are shown; see --limit, --status, --period.", listing.lines.len()),
            ));
        }
        desk.out.data(&listing, |lang| table(&listing, lang));
        Ok(())
    }
}

fn table(listing: &Listing, lang: Lang) -> String {
    if listing.lines.is_empty() {
        return lang.pick("没有符合条件的记录。", "No records match.").to_owned();
    }
    let mut heads = vec![(lang.pick("短号", "id").to_owned(), Align::Left)];
    // A column in which no line says anything only makes the table wider.
    let said = |at: &usize| {
        listing.lines.iter().any(|line| line.columns.get(*at).is_some_and(|cell| !cell.is_empty()))
    };
    let columns: Vec<usize> = (0..listing.columns.len()).filter(said).collect();
    heads.extend(columns.iter().map(|at| (listing.columns[*at].clone(), Align::Left)));
    for head in [lang.pick("状态", "status"), lang.pick("期限", "due"), lang.pick("上报", "county")] {
        heads.push((head.to_owned(), Align::Left));
    }
    let mut table = Table::new(heads);
    for line in &listing.lines {
        let mut cells = vec![line.short.clone()];
        cells.extend(columns.iter().map(|at| line.columns[*at].clone()));
        let void = if line.voided { lang.pick("（作废）", " (void)") } else { "" };
        cells.push(format!("{}{void}", line.status_label));
        cells.push(match (&line.due, line.due_in_days) {
            (Some(due), Some(days)) if days < 0 => match lang {
                Lang::Zh => format!("{due} 超期{}天", -days),
                Lang::En => format!("{due} {} over", -days),
            },
            (Some(due), _) => due.clone(),
            _ => String::new(),
        });
        cells.push(record_show::sync_label(line.sync, lang).to_owned());
        table.row(cells);
    }
    table.render()
}

/// A period on the command line.
pub(super) fn period(name: &str) -> Result<Period, Failure> {
    name.parse().map_err(|e| {
        Failure::new(
            ErrorCode::Invalid,
            format!("“{name}”不是期间，应写成 2026、2026-11、2026Q3、2026H1 或 2026-01-01..2026-06-30。"),
            format!(
                "\"{name}\" is not a period; write 2026, 2026-11, 2026Q3, 2026H1 or 2026-01-01..2026-06-30."
            ),
        )
        .because(e)
    })
}
