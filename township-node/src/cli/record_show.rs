//! `record show` and `record history`.

use clap::Args;
use serde_json::{Value as Json, json};
use shared::catalogue::model::{Field, Privacy};
use shared::program::{Failure, Lang, Table, beijing_minute, rfc3339};
use shared::record::{EntryFlags, Record, Value};
use shared::view::read;

use super::Desk;
use crate::app::{Next, Node, field_text, next_actions, record_json, status_label};

#[derive(Debug, Args)]
pub(super) struct Show {
    /// 短号、编号或标题 · short id, number or title
    record: String,
    /// 以何角色看后续步骤 · next steps as seen by this role
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct History {
    /// 短号、编号或标题 · short id, number or title
    record: String,
}

impl Show {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let record = node.find(&self.record)?;
        let role = super::role(self.role.as_deref())?.unwrap_or(node.config().role);
        let next = match node.kind_of(record.kind) {
            Ok(_) => next_actions(&node, &record, role, desk.lang())?,
            Err(_) => Vec::new(),
        };
        desk.out.data(&json_of(&node, &record, &next), |lang| page(&node, &record, &next, lang));
        Ok(())
    }
}

/// A record, with what can follow and whether the county has it.
pub(super) fn json_of(node: &Node, record: &Record, next: &[Next]) -> Json {
    let local = node.read(|views| read::local(views, record.id));
    let mut value = record_json(node.catalogue(), record, &local);
    value["sync"] = json!(node.sync_of(record));
    value["next"] = json!(next);
    value
}

/// The record's number, if it has one, followed by a comma.
pub(super) fn number(node: &Node, record: &Record, lang: Lang) -> String {
    let kind = node.catalogue().kinds.get(&record.kind);
    let tag = kind.and_then(|kind| kind.numbering.as_ref()).map(|numbering| numbering.field);
    let fields = node.fields_of(record.id);
    match tag.and_then(|tag| fields.get(&tag)) {
        Some(Value::Text(text)) => format!("{text}{}", lang.pick("，", ", ")),
        Some(Value::Number(n)) => match lang {
            Lang::Zh => format!("第 {n} 号，"),
            Lang::En => format!("no. {n}, "),
        },
        _ => String::new(),
    }
}

fn page(node: &Node, record: &Record, next: &[Next], lang: Lang) -> String {
    let catalogue = node.catalogue();
    let kind = catalogue.kinds.get(&record.kind);
    let fields = node.fields_of(record.id);
    let text = |field: Option<&Field>, value: &Value| {
        node.read(|views| match value {
            Value::Date(day) if lang == Lang::Zh => day.chinese(),
            other => field_text(views, catalogue, lang, field, other),
        })
    };
    let mut out = String::new();
    let mut line =
        |label: &str, value: &str| out.push_str(&format!("{label}{}{value}\n", lang.pick("：", ": ")));
    line(lang.pick("台账", "kind"), kind.map_or("?", |kind| lang.of(&kind.label)));
    line(lang.pick("记录号", "id"), &record.id.to_string());
    let mut status = status_label(kind, record.status, lang);
    for (flag, zh, en) in
        [(EntryFlags::VOIDED, "（已作废）", " (void)"), (EntryFlags::IMPORTED, "（历史导入）", " (imported)")]
    {
        if record.flags.has(flag) {
            status.push_str(lang.pick(zh, en));
        }
    }
    line(lang.pick("状态", "status"), &status);
    line(lang.pick("上报", "county"), sync_label(node.sync_of(record), lang));
    for deadline in record.deadlines.values() {
        let label = catalogue.deadlines.get(&deadline.kind).map_or("?", |kind| lang.of(&kind.label));
        let due = deadline.effective_due;
        let state = match (deadline.done, deadline.cancelled) {
            (Some(day), _) if day <= due => format!("{} {day}", lang.pick("按期完成", "met")),
            (Some(day), _) => format!("{} {day}", lang.pick("逾期完成", "met late")),
            (None, true) => lang.pick("已取消", "cancelled").to_owned(),
            (None, false) => match due.0 - node.clock().today().0 {
                days if days < 0 => {
                    format!("{}{}{}", lang.pick("超期 ", "over by "), -days, lang.pick(" 天", " days"))
                }
                days => format!("{}{days}{}", lang.pick("还有 ", ""), lang.pick(" 天", " days left")),
            },
        };
        let provisional = if deadline.provisional { lang.pick("（暂定）", " (provisional)") } else { "" };
        line(label, &format!("{due}{provisional} {state}"));
    }
    let sections = kind.map(|kind| kind.form.as_slice()).unwrap_or_default();
    for section in sections {
        let filled: Vec<_> = section.fields.iter().filter_map(|tag| fields.get_key_value(tag)).collect();
        if filled.is_empty() {
            continue;
        }
        out.push_str(&format!("\n【{}】\n", lang.of(&section.label)));
        for (tag, value) in filled {
            let field = kind.and_then(|kind| kind.fields.get(tag));
            let label = field.map_or_else(|| tag.to_string(), |field| lang.of(&field.label).to_owned());
            let stays = field.is_some_and(|field| field.privacy == Privacy::Local);
            let mark = if stays { lang.pick("（不外报）", " (stays here)") } else { "" };
            out.push_str(&format!("  {label}{mark}{}{}\n", lang.pick("：", ": "), text(field, value)));
        }
    }
    let placed: Vec<u32> = sections.iter().flat_map(|section| section.fields.iter().copied()).collect();
    let rest: Vec<_> = fields.iter().filter(|(tag, _)| !placed.contains(tag)).collect();
    if !rest.is_empty() {
        out.push_str(&format!("\n【{}】\n", lang.pick("其他", "other")));
        rest.iter().for_each(|(tag, value)| out.push_str(&format!("  {tag}: {}\n", text(None, value))));
    }
    let short = &record.id.to_string()[28..];
    let after = next_text(next, short, lang);
    if after.is_empty() { out } else { format!("{out}\n{after}") }
}

/// The steps that can follow, and what each needs, as the clerk would type them.
pub(super) fn next_text(next: &[Next], short: &str, lang: Lang) -> String {
    if next.is_empty() {
        return String::new();
    }
    let mut table = Table::left(match lang {
        Lang::Zh => ["下一步", "代号", "由谁", "还需填写"],
        Lang::En => ["next", "action", "by", "needs"],
    });
    for step in next {
        let by: Vec<_> = step
            .roles
            .iter()
            .map(|code| {
                crate::config::role_named(code).map_or(*code, |role| {
                    let (zh, en) = role.label();
                    lang.pick(zh, en)
                })
            })
            .collect();
        let mut needs: Vec<String> = step.needs_labels.clone();
        if step.reason {
            needs.push(lang.pick("理由（--reason）", "a reason").to_owned());
        }
        if let Some(blocked) = &step.blocked {
            needs.push(format!("{}{blocked}", lang.pick("暂不能办：", "not now: ")));
        }
        let mark = lang.pick("、", ", ");
        table.row([step.label.clone(), step.action.clone(), by.join(mark), needs.join(mark)]);
    }
    let first = next.iter().find(|step| step.blocked.is_none()).unwrap_or(&next[0]);
    let sets: String = first.needs_labels.iter().map(|label| format!(" --set {label}=…")).collect();
    let how = match lang {
        Lang::Zh => format!("办理：record do {short} {}{sets}\n", first.label),
        Lang::En => {
            let sets: String = first.needs.iter().map(|id| format!(" --set {id}=…")).collect();
            format!("take one: record do {short} {}{sets}\n", first.action)
        }
    };
    table.render() + &how
}

pub(super) fn sync_label(sync: &str, lang: Lang) -> &'static str {
    match (sync, lang) {
        ("sent", Lang::Zh) => "县里已收到",
        ("waiting", Lang::Zh) => "待上报",
        ("stays", Lang::Zh) => "不外报",
        (_, Lang::Zh) => "县里登记",
        ("sent", Lang::En) => "received",
        ("waiting", Lang::En) => "waiting",
        ("stays", Lang::En) => "stays here",
        (_, Lang::En) => "county's own",
    }
}

impl History {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let record = node.find(&self.record)?;
        let kind = node.catalogue().kinds.get(&record.kind);
        let named = |step: &shared::record::Step, lang: Lang| match kind
            .and_then(|kind| kind.actions.get(&step.action))
        {
            Some(action) => lang.of(&action.label).to_owned(),
            None if step.flags.has(EntryFlags::VOIDED) => lang.pick("作废", "void").to_owned(),
            None if step.flags.has(EntryFlags::IMPORTED) => lang.pick("历史导入", "imported").to_owned(),
            None if step.flags.has(EntryFlags::RESTATED) => lang.pick("重报", "sent whole").to_owned(),
            None => lang.pick("修改", "edit").to_owned(),
        };
        let value: Vec<Json> = record
            .steps
            .iter()
            .map(|step| {
                json!({
                    "rev": step.rev,
                    "at": rfc3339(step.at),
                    "action": kind.and_then(|kind| kind.actions.get(&step.action)).map(|action| action.id.clone()),
                    "label": named(step, desk.lang()),
                    "status": kind.and_then(|kind| kind.statuses.get(&step.status)).map(|status| status.id.clone()),
                    "role": step.role.code(),
                    "staff": step.staff,
                    "reason": node.reason(&record, step.rev),
                    "recovered": step.flags.has(EntryFlags::RECOVERED),
                })
            })
            .collect();
        desk.out.data(&value, |lang| {
            let mut table = Table::left(match lang {
                Lang::Zh => ["时间", "步骤", "之后状态", "角色", "经办", "理由"],
                Lang::En => ["time", "step", "status after", "role", "staff", "reason"],
            });
            for step in &record.steps {
                let (zh, en) = step.role.label();
                let status =
                    if step.status == 0 { String::new() } else { status_label(kind, step.status, lang) };
                let reason = node.reason(&record, step.rev).unwrap_or_default();
                table.row([
                    beijing_minute(step.at),
                    named(step, lang),
                    status,
                    lang.pick(zh, en).to_owned(),
                    step.staff.clone(),
                    reason,
                ]);
            }
            table.render()
        });
        Ok(())
    }
}
