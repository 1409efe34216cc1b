//! Records as people and programs read them.

use serde_json::{Map, Value as Json, json};
use shared::catalogue::model::{Catalogue, Field, Kind, Shape};
use shared::program::{Lang, beijing_minute, rfc3339};
use shared::record::{DeadlineState, EntryFlags, Fields, Record, Value};
use shared::store::View;
use shared::view::read;

use super::values::short;

/// What values may name: other records, by their titles.
pub(super) struct Shown<'a> {
    pub(super) views: &'a dyn View,
    pub(super) catalogue: &'a Catalogue,
    pub(super) lang: Lang,
}

impl Shown<'_> {
    /// The title of another record, or its short id if it is not here.
    fn title(&self, id: shared::ids::RecordId) -> String {
        let title = read::record(self.views, id).and_then(|record| {
            let kind = self.catalogue.kinds.get(&record.kind)?;
            match record.fields.get(&kind.title).or(read::local(self.views, id).get(&kind.title))? {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            }
        });
        title.unwrap_or_else(|| short(id))
    }

    pub(super) fn text(&self, field: Option<&Field>, value: &Value) -> String {
        let choice = |id: &u32| {
            let known = field.and_then(|field| choices(&field.shape).iter().find(|choice| choice.id == *id));
            known.map_or_else(|| format!("?{id}"), |choice| self.lang.of(&choice.label).to_owned())
        };
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Flag(true) => self.lang.pick("是", "yes").to_owned(),
            Value::Flag(false) => self.lang.pick("否", "no").to_owned(),
            Value::Date(day) => match self.lang {
                Lang::Zh => day.chinese(),
                Lang::En => day.to_string(),
            },
            Value::Time(ms) => beijing_minute(*ms),
            Value::Choice(id) => choice(id),
            Value::Decimal(decimal) => decimal.to_string(),
            Value::Link(id) => self.title(*id),
            Value::Blob(bytes) => format!("{} {}", bytes.len(), self.lang.pick("字节", "bytes")),
            Value::List(values) => {
                let parts: Vec<String> = values.iter().map(|value| self.text(field, value)).collect();
                parts.join(self.lang.pick("；", "; "))
            }
            Value::Group(row) => {
                let parts = row.iter().map(|(tag, value)| {
                    let column = column(field, *tag);
                    let label = column.map_or_else(|| tag.to_string(), |c| self.lang.of(&c.label).to_owned());
                    format!("{label} {}", self.text(column, value))
                });
                format!("（{}）", parts.collect::<Vec<_>>().join("，"))
            }
            Value::Unknown(_) => self.lang.pick("（新版内容）", "(of a newer version)").to_owned(),
        }
    }
}

fn choices(shape: &Shape) -> &[shared::catalogue::model::Choice] {
    match shape {
        Shape::Choice(choices) | Shape::Choices(choices) => choices,
        _ => &[],
    }
}

fn column(field: Option<&Field>, tag: u32) -> Option<&Field> {
    match field.map(|field| &field.shape) {
        Some(Shape::Rows(columns)) => columns.get(&tag),
        _ => None,
    }
}

/// A value in a list column: short forms, dates as 2026-11-23.
pub fn field_text(
    views: &dyn View,
    catalogue: &Catalogue,
    lang: Lang,
    field: Option<&Field>,
    value: &Value,
) -> String {
    match value {
        Value::Date(day) => day.to_string(),
        other => Shown { views, catalogue, lang }.text(field, other),
    }
}

/// A value for programs: dates as text, choices by key, links by id.
pub fn field_json(field: Option<&Field>, value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::Date(day) => json!(day.to_string()),
        Value::Time(ms) => json!(rfc3339(*ms)),
        Value::Choice(id) => {
            let known = field.and_then(|field| choices(&field.shape).iter().find(|choice| choice.id == *id));
            known.map_or_else(|| json!(id), |choice| json!(choice.key))
        }
        Value::Decimal(decimal) => json!(decimal.to_string()),
        Value::Link(id) => json!(id.to_string()),
        Value::Blob(bytes) => json!({ "bytes": bytes.len() }),
        Value::List(values) => values.iter().map(|value| field_json(field, value)).collect(),
        Value::Group(row) => {
            let cell = |(tag, value): (&u32, &Value)| {
                let column = column(field, *tag);
                (column.map_or_else(|| tag.to_string(), |c| c.id.clone()), field_json(column, value))
            };
            Json::Object(row.iter().map(cell).collect())
        }
        Value::Unknown(_) => Json::Null,
    }
}

pub fn status_label(kind: Option<&Kind>, status: u32, lang: Lang) -> String {
    let known = kind.and_then(|kind| kind.statuses.get(&status));
    known.map_or_else(|| format!("?{status}"), |status| lang.of(&status.label).to_owned())
}

/// A record for programs. `local` holds the values that stay in the office.
pub fn record_json(catalogue: &Catalogue, record: &Record, local: &Fields) -> Json {
    let kind = catalogue.kinds.get(&record.kind);
    let fields = |fields: &Fields| -> Map<String, Json> {
        let row = |(tag, value): (&u32, &Value)| {
            let field = kind.and_then(|kind| kind.fields.get(tag));
            (field.map_or_else(|| tag.to_string(), |field| field.id.clone()), field_json(field, value))
        };
        fields.iter().map(row).collect()
    };
    json!({
        "id": record.id.to_string(),
        "short": short(record.id),
        "kind": kind.map_or_else(|| record.kind.to_string(), |kind| kind.id.clone()),
        "stream": record.stream.to_string(),
        "rev": record.rev,
        "status": kind.and_then(|kind| kind.statuses.get(&record.status)).map_or_else(|| record.status.to_string(), |s| s.id.clone()),
        "created_at": rfc3339(record.created_at),
        "changed_at": rfc3339(record.changed_at),
        "imported": record.flags.has(EntryFlags::IMPORTED),
        "voided": record.flags.has(EntryFlags::VOIDED),
        "fields": fields(&record.fields),
        "local": fields(local),
        "deadlines": record.deadlines.values().map(|d| deadline_json(catalogue, d)).collect::<Vec<_>>(),
    })
}

fn deadline_json(catalogue: &Catalogue, deadline: &DeadlineState) -> Json {
    let kind = catalogue.deadlines.get(&deadline.kind);
    json!({
        "code": kind.map_or_else(|| deadline.kind.to_string(), |kind| kind.code.clone()),
        "start": deadline.start.to_string(),
        "due": deadline.effective_due.to_string(),
        "done": deadline.done.map(|day| day.to_string()),
        "cancelled": deadline.cancelled,
        "provisional": deadline.provisional,
    })
}
