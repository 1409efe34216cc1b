//! Values in words, and for programs.

use serde_json::{Value as Json, json};

use super::short;
use crate::catalogue::model::{Catalogue, Choice, Field, Kind, Shape};
use crate::ids::RecordId;
use crate::program::{Lang, Text, beijing_minute, rfc3339, text};
use crate::record::{Fields, Record, Value};
use crate::store::View;
use crate::view::read;

/// What values may name: choices of the catalogue, other records by their titles.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    pub views: &'a dyn View,
    pub catalogue: &'a Catalogue,
}

impl Words<'_> {
    /// A value for people: dates in full, links by title.
    pub fn text(&self, field: Option<&Field>, value: &Value) -> Text {
        let of = |lang| self.text_in(field, value, lang);
        text(of(Lang::Zh), of(Lang::En))
    }

    /// A value in a column of a list: dates as `2026-11-23`.
    pub fn cell(&self, field: Option<&Field>, value: &Value) -> Text {
        match value {
            Value::Date(day) => text(day.to_string(), day.to_string()),
            other => self.text(field, other),
        }
    }

    fn text_in(&self, field: Option<&Field>, value: &Value, lang: Lang) -> String {
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Flag(true) => lang.pick("是", "yes").to_owned(),
            Value::Flag(false) => lang.pick("否", "no").to_owned(),
            Value::Date(day) => match lang {
                Lang::Zh => day.chinese(),
                Lang::En => day.to_string(),
            },
            Value::Time(ms) => beijing_minute(*ms),
            Value::Choice(id) => chosen(field, *id)
                .map_or_else(|| format!("?{id}"), |choice| lang.of(&choice.label).to_owned()),
            Value::Decimal(decimal) => decimal.to_string(),
            Value::Link(id) => self.title(*id),
            Value::Blob(bytes) => format!("{} {}", bytes.len(), lang.pick("字节", "bytes")),
            Value::List(values) => {
                let parts: Vec<String> =
                    values.iter().map(|value| self.text_in(field, value, lang)).collect();
                parts.join(lang.pick("；", "; "))
            }
            Value::Group(row) => {
                let parts = row.iter().map(|(tag, value)| {
                    let column = column(field, *tag);
                    let label = column.map_or_else(|| tag.to_string(), |c| lang.of(&c.label).to_owned());
                    format!("{label} {}", self.text_in(column, value, lang))
                });
                let parts: Vec<_> = parts.collect();
                match lang {
                    Lang::Zh => format!("（{}）", parts.join("，")),
                    Lang::En => format!("({})", parts.join(", ")),
                }
            }
            Value::Unknown(_) => lang.pick("（新版内容）", "(of a newer version)").to_owned(),
        }
    }

    /// The title of a record, or its short id if it is not here or has none.
    pub fn title(&self, id: RecordId) -> String {
        let title = read::record(self.views, id).and_then(|record| {
            let kind = self.catalogue.kinds.get(&record.kind)?;
            match record.fields.get(&kind.title).or(read::local(self.views, id).get(&kind.title))? {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            }
        });
        title.unwrap_or_else(|| short(id))
    }

    /// The number by which an office calls a record, where its kind has numbers: `坎墩人信〔2026〕1号`, `第 3 号`.
    pub(crate) fn number(&self, record: &Record, local: &Fields) -> Option<Text> {
        let tag = self.catalogue.kinds.get(&record.kind)?.numbering.as_ref()?.field;
        match record.fields.get(&tag).or_else(|| local.get(&tag))? {
            Value::Text(number) => Some(text(number, number)),
            Value::Number(n) => Some(text(format!("第 {n} 号"), format!("no. {n}"))),
            _ => None,
        }
    }
}

/// Id and label of a status; its number where the catalogue does not know it.
pub(super) fn status(kind: Option<&Kind>, tag: u32) -> (String, Text) {
    match kind.and_then(|kind| kind.statuses.get(&tag)) {
        Some(status) => (status.id.clone(), Text::from(&status.label)),
        None => (tag.to_string(), text(format!("?{tag}"), format!("?{tag}"))),
    }
}

/// A value for programs: choices by key, days as `2026-11-23`, links as ids, child rows as objects.
pub fn value_json(field: Option<&Field>, value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => match field.map(|field| &field.shape) {
            Some(Shape::Township | Shape::Townships) => json!(number.to_string()),
            _ => json!(number),
        },
        Value::Flag(flag) => json!(flag),
        Value::Date(day) => json!(day.to_string()),
        Value::Time(ms) => json!(rfc3339(*ms)),
        Value::Choice(id) => chosen(field, *id).map_or_else(|| json!(id), |choice| json!(choice.key)),
        Value::Decimal(decimal) => json!(decimal.to_string()),
        Value::Link(id) => json!(id.to_string()),
        Value::Blob(bytes) => json!({ "bytes": bytes.len() }),
        Value::List(values) => values.iter().map(|value| value_json(field, value)).collect(),
        Value::Group(row) => {
            let cell = |(tag, value): (&u32, &Value)| {
                let column = column(field, *tag);
                (column.map_or_else(|| tag.to_string(), |c| c.id.clone()), value_json(column, value))
            };
            Json::Object(row.iter().map(cell).collect())
        }
        Value::Unknown(bytes) => json!({ "unknown_bytes": bytes.len() }),
    }
}

fn chosen(field: Option<&Field>, id: u32) -> Option<&Choice> {
    match field.map(|field| &field.shape) {
        Some(Shape::Choice(choices) | Shape::Choices(choices)) => {
            choices.iter().find(|choice| choice.id == id)
        }
        _ => None,
    }
}

fn column(field: Option<&Field>, tag: u32) -> Option<&Field> {
    match field.map(|field| &field.shape) {
        Some(Shape::Rows(columns)) => columns.get(&tag),
        _ => None,
    }
}
