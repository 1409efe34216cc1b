//! A record in words.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalogue::model::{Catalogue, Choice, Kind, Shape};
use crate::ids::RecordId;
use crate::program::{Lang, Table, beijing_minute, rfc3339};
use crate::record::{EntryFlags, Fields, Record, Value};

/// A record with the catalogue's words beside its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub id: RecordId,
    /// Id of the kind; its number where the catalogue does not know it.
    pub kind: String,
    pub kind_zh: String,
    pub kind_en: String,
    pub stream: String,
    pub rev: u32,
    pub status: String,
    pub status_zh: String,
    pub status_en: String,
    pub imported: bool,
    pub voided: bool,
    /// RFC 3339, Beijing time.
    pub created_at: String,
    pub changed_at: String,
    pub fields: Vec<ShownField>,
    pub deadlines: Vec<ShownDeadline>,
    pub steps: Vec<ShownStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownField {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// Stays in the office.
    pub local: bool,
    pub value: serde_json::Value,
    pub text_zh: String,
    pub text_en: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownDeadline {
    pub code: String,
    pub zh: String,
    pub en: String,
    pub start: String,
    pub due: String,
    pub done: Option<String>,
    pub cancelled: bool,
    pub provisional: bool,
    pub extensions: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownStep {
    pub rev: u32,
    pub action: String,
    pub zh: String,
    pub en: String,
    pub role: String,
    pub staff: String,
    pub at: String,
}

/// Puts a record into words. `local` holds the values that stay in the office; empty where they are not known.
pub fn show(catalogue: &Catalogue, record: &Record, local: &Fields) -> Shown {
    let kind = catalogue.kinds.get(&record.kind);
    let label = |zh: Option<&str>, fallback: String| zh.map_or(fallback, str::to_owned);
    let status = kind.and_then(|kind| kind.statuses.get(&record.status));
    let field = |(tag, value): (&u32, &Value), local: bool| {
        let field = kind.and_then(|kind| kind.fields.get(tag));
        let shape = field.map(|field| &field.shape);
        ShownField {
            id: label(field.map(|f| f.id.as_str()), tag.to_string()),
            zh: label(field.map(|f| f.label.zh.as_str()), format!("字段{tag}")),
            en: label(field.map(|f| f.label.en.as_str()), format!("field {tag}")),
            local,
            value: value_json(shape, value),
            text_zh: value_text(shape, value, Lang::Zh),
            text_en: value_text(shape, value, Lang::En),
        }
    };
    let deadline = |state: &crate::record::DeadlineState| {
        let kind = catalogue.deadlines.get(&state.kind);
        ShownDeadline {
            code: label(kind.map(|k| k.code.as_str()), state.kind.to_string()),
            zh: label(kind.map(|k| k.label.zh.as_str()), format!("期限{}", state.kind)),
            en: label(kind.map(|k| k.label.en.as_str()), format!("deadline {}", state.kind)),
            start: state.start.to_string(),
            due: state.effective_due.to_string(),
            done: state.done.map(|day| day.to_string()),
            cancelled: state.cancelled,
            provisional: state.provisional,
            extensions: state.extensions,
        }
    };
    Shown {
        id: record.id,
        kind: label(kind.map(|k| k.id.as_str()), record.kind.to_string()),
        kind_zh: label(kind.map(|k| k.label.zh.as_str()), format!("种类{}", record.kind)),
        kind_en: label(kind.map(|k| k.label.en.as_str()), format!("kind {}", record.kind)),
        stream: record.stream.to_string(),
        rev: record.rev,
        status: label(status.map(|s| s.id.as_str()), record.status.to_string()),
        status_zh: label(status.map(|s| s.label.zh.as_str()), format!("状态{}", record.status)),
        status_en: label(status.map(|s| s.label.en.as_str()), format!("status {}", record.status)),
        imported: record.flags.has(EntryFlags::IMPORTED),
        voided: record.flags.has(EntryFlags::VOIDED),
        created_at: rfc3339(record.created_at),
        changed_at: rfc3339(record.changed_at),
        fields: in_form_order(
            kind,
            record.fields.iter().map(|f| (f, false)).chain(local.iter().map(|f| (f, true))),
        )
        .into_iter()
        .map(|(pair, local)| field(pair, local))
        .collect(),
        deadlines: record.deadlines.values().map(deadline).collect(),
        steps: record.steps.iter().map(|step| shown_step(kind, step)).collect(),
    }
}

fn shown_step(kind: Option<&Kind>, step: &crate::record::Step) -> ShownStep {
    let action = kind.and_then(|kind| kind.actions.get(&step.action));
    let flag = |flag| step.flags.has(flag);
    let (id, zh, en) = match action {
        Some(action) => (action.id.as_str(), action.label.zh.as_str(), action.label.en.as_str()),
        None if flag(EntryFlags::VOIDED) => ("void", "作废", "Voided"),
        None if flag(EntryFlags::IMPORTED) => ("import", "导入", "Imported"),
        None if flag(EntryFlags::RESTATED) => ("restate", "整条重报", "Sent whole again"),
        None => ("edit", "修改", "Edited"),
    };
    ShownStep {
        rev: step.rev,
        action: id.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        role: step.role.code().to_owned(),
        staff: step.staff.clone(),
        at: rfc3339(step.at),
    }
}

/// As the sections of the kind's form have them; what no section names comes last.
fn in_form_order<'a>(
    kind: Option<&Kind>,
    fields: impl Iterator<Item = ((&'a u32, &'a Value), bool)>,
) -> Vec<((&'a u32, &'a Value), bool)> {
    let order: Vec<u32> = kind
        .map_or_else(Vec::new, |kind| kind.form.iter().flat_map(|section| section.fields.clone()).collect());
    let place = |tag: &u32| order.iter().position(|t| t == tag).unwrap_or(order.len());
    let mut fields: Vec<_> = fields.collect();
    fields.sort_by_key(|((tag, _), _)| (place(tag), **tag));
    fields
}

impl Shown {
    /// Several lines for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = format!(
            "{} {}\n{} · {} {} · {} {}\n",
            lang.pick(&self.kind_zh, &self.kind_en),
            self.id,
            lang.pick(&self.status_zh, &self.status_en),
            lang.pick("修订", "rev"),
            self.rev,
            lang.pick("最后改动", "changed"),
            self.changed_at,
        );
        if self.voided {
            out.push_str(lang.pick("已作废\n", "void\n"));
        }
        let mut fields = Table::left([lang.pick("字段", "field"), lang.pick("内容", "value")]);
        for field in &self.fields {
            let stays = if field.local { lang.pick("（仅本单位）", " (stays here)") } else { "" };
            let head = format!("{}{stays}", lang.pick(&field.zh, &field.en));
            fields.row([head, lang.pick(&field.text_zh, &field.text_en).to_owned()]);
        }
        out.push('\n');
        out.push_str(&fields.render());
        if !self.deadlines.is_empty() {
            let heads = [lang.pick("期限", "deadline"), lang.pick("到期", "due"), lang.pick("完成", "done")];
            let mut deadlines = Table::left(heads);
            for deadline in &self.deadlines {
                let provisional =
                    if deadline.provisional { lang.pick("（暂定）", " (provisional)") } else { "" };
                let done = match &deadline.done {
                    _ if deadline.cancelled => lang.pick("停止", "stopped").to_owned(),
                    Some(day) => day.clone(),
                    None => String::new(),
                };
                let due = format!("{}{provisional}", deadline.due);
                deadlines.row([lang.pick(&deadline.zh, &deadline.en).to_owned(), due, done]);
            }
            out.push('\n');
            out.push_str(&deadlines.render());
        }
        let heads = [
            lang.pick("步骤", "step"),
            lang.pick("角色", "role"),
            lang.pick("人员", "staff"),
            lang.pick("时间", "time"),
        ];
        let mut steps = Table::left(heads);
        for step in &self.steps {
            steps.row([lang.pick(&step.zh, &step.en), &step.role, &step.staff, &step.at]);
        }
        out.push('\n');
        out.push_str(&steps.render());
        out
    }
}

/// A value for programs: choices by key, days as `2026-11-23`, links as ids, child rows as objects.
pub fn value_json(shape: Option<&Shape>, value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => match shape {
            Some(Shape::Township) => json!(number.to_string()),
            _ => json!(number),
        },
        Value::Flag(flag) => json!(flag),
        Value::Date(day) => json!(day.to_string()),
        Value::Time(ms) => json!(rfc3339(*ms)),
        Value::Choice(id) => chosen(shape, *id).map_or_else(|| json!(id), |choice| json!(choice.key)),
        Value::Decimal(decimal) => json!(decimal.to_string()),
        Value::Link(id) => json!(id.to_string()),
        Value::Blob(bytes) => json!({ "bytes": bytes.len() }),
        Value::List(values) => {
            values.iter().map(|value| value_json(element(shape).as_ref().or(shape), value)).collect()
        }
        Value::Group(fields) => {
            let columns = if let Some(Shape::Rows(columns)) = shape { Some(columns) } else { None };
            let column = |tag: &u32| columns.and_then(|columns| columns.get(tag));
            let cells = fields.iter().map(|(tag, value)| {
                let name = column(tag).map_or_else(|| tag.to_string(), |column| column.id.clone());
                (name, value_json(column(tag).map(|column| &column.shape), value))
            });
            serde_json::Value::Object(cells.collect())
        }
        Value::Unknown(bytes) => json!({ "unknown_bytes": bytes.len() }),
    }
}

/// A value for people.
pub fn value_text(shape: Option<&Shape>, value: &Value, lang: Lang) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(true) => lang.pick("是", "yes").to_owned(),
        Value::Flag(false) => lang.pick("否", "no").to_owned(),
        Value::Date(day) => day.to_string(),
        Value::Time(ms) => beijing_minute(*ms),
        Value::Choice(id) => {
            chosen(shape, *id).map_or_else(|| id.to_string(), |choice| lang.of(&choice.label).to_owned())
        }
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Link(id) => id.to_string(),
        Value::Blob(bytes) => format!("{} {}", bytes.len(), lang.pick("字节", "bytes")),
        Value::List(values) => {
            let between = if matches!(shape, Some(Shape::Rows(_))) {
                lang.pick("；", "; ")
            } else {
                lang.pick("、", ", ")
            };
            let texts: Vec<_> = values
                .iter()
                .map(|value| value_text(element(shape).as_ref().or(shape), value, lang))
                .collect();
            texts.join(between)
        }
        Value::Group(fields) => {
            let columns = if let Some(Shape::Rows(columns)) = shape { Some(columns) } else { None };
            let cells = fields.iter().map(|(tag, value)| {
                let column = columns.and_then(|columns| columns.get(tag));
                let name = column.map_or_else(|| tag.to_string(), |column| lang.of(&column.label).to_owned());
                format!("{name} {}", value_text(column.map(|column| &column.shape), value, lang))
            });
            cells.collect::<Vec<_>>().join(" ")
        }
        Value::Unknown(_) => lang.pick("（新版本的内容）", "(of a newer version)").to_owned(),
    }
}

/// The shape of one value of a list, where it differs from the list's own as far as showing goes.
fn element(shape: Option<&Shape>) -> Option<Shape> {
    matches!(shape, Some(Shape::Townships)).then_some(Shape::Township)
}

fn chosen(shape: Option<&Shape>, id: u32) -> Option<&Choice> {
    match shape {
        Some(Shape::Choice(choices) | Shape::Choices(choices)) => {
            choices.iter().find(|choice| choice.id == id)
        }
        _ => None,
    }
}
