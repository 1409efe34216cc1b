//! Values in the words that the import reads back as the same values.

use std::collections::BTreeMap;

use super::Tongue;
use super::put::Put;
use crate::catalogue::model::{Choice, Field, Shape};
use crate::exchange::book::label;
use crate::exchange::cell::{Converter, Directory, Townships};
use crate::exchange::fold::{parts, tidy};
use crate::exchange::sheet::Cell;
use crate::ids::{RecordId, TownshipCode};
use crate::record::Value;

/// Parts the values of one cell.
const MARK: &str = "；";

/// What values name.
pub trait Known {
    /// Name of a township; its code where it has none.
    fn township(&self, code: TownshipCode) -> String;
    /// What a record of one of these kinds is called.
    fn record(&self, kinds: &[u32], id: RecordId) -> String;
}

/// Spells the values of one field. Made once per column.
pub struct Spelling<'a> {
    field: &'a Field,
    tongue: Tongue,
    /// A spelling of every choice that is read back as it.
    choices: BTreeMap<u32, String>,
    columns: Vec<Self>,
}

impl<'a> Spelling<'a> {
    pub fn new(field: &'a Field, tongue: Tongue) -> Self {
        let choices = match &field.shape {
            Shape::Choice(choices) | Shape::Choices(choices) => spellings(field, choices, tongue),
            _ => BTreeMap::new(),
        };
        let columns = match &field.shape {
            Shape::Rows(columns) => columns.values().map(|column| Self::new(column, tongue)).collect(),
            _ => Vec::new(),
        };
        Self { field, tongue, choices, columns }
    }

    pub fn field(&self) -> &'a Field {
        self.field
    }

    /// The value as a cell. What this version cannot read is said to be so; child rows are one text.
    pub fn put(&self, value: &Value, known: &dyn Known) -> Put {
        match (&self.field.shape, value) {
            (Shape::Township, Value::Number(_)) => Put::text(self.word(value, known)),
            (_, Value::Number(number)) => Put::whole(*number),
            (_, Value::Decimal(decimal)) => Put::decimal(*decimal),
            (_, Value::Date(day)) => Put::day(*day),
            (_, Value::Time(ms)) => Put::Moment(*ms),
            (_, Value::List(values)) => Put::text(joined(values.iter().map(|value| self.word(value, known)))),
            _ => Put::text(self.word(value, known)),
        }
    }

    /// One value in words.
    fn word(&self, value: &Value, known: &dyn Known) -> String {
        let say = |zh: &str, en: &str| (self.tongue)(&label(zh, en)).to_owned();
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => match value.township() {
                Some(code) if matches!(self.field.shape, Shape::Township | Shape::Townships) => {
                    known.township(code)
                }
                _ => number.to_string(),
            },
            Value::Flag(true) => say("是", "yes"),
            Value::Flag(false) => say("否", "no"),
            Value::Date(day) => day.to_string(),
            Value::Time(ms) => Put::Moment(*ms).plain().into_owned(),
            Value::Choice(id) => self.choices.get(id).cloned().unwrap_or_else(|| format!("?{id}")),
            Value::Decimal(decimal) => decimal.to_string(),
            Value::Link(id) => match &self.field.shape {
                Shape::Link(kinds) | Shape::Links(kinds) => known.record(kinds, *id),
                _ => id.to_string(),
            },
            Value::Blob(bytes) => format!("{} {}", bytes.len(), say("字节", "bytes")),
            Value::List(values) => joined(values.iter().map(|value| self.word(value, known))),
            Value::Group(row) => {
                let cells = self.columns.iter().filter_map(|column| {
                    let value = row.get(&column.field.tag)?;
                    Some(format!("{} {}", (self.tongue)(&column.field.label), column.word(value, known)))
                });
                let cells: Vec<String> = cells.collect();
                format!("（{}）", cells.join("，"))
            }
            Value::Unknown(_) => say("（新版内容）", "(of a newer version)"),
        }
    }
}

/// For each choice its label, or else the first other spelling that is not taken for another choice.
fn spellings(field: &Field, choices: &[Choice], tongue: Tongue) -> BTreeMap<u32, String> {
    let converter = Converter::new(field);
    let reads = |spelling: &str, id: u32| {
        let read = converter.value(&Cell::Text(spelling.to_owned()), &Nobody::default());
        match read {
            Ok(Some(Value::Choice(found))) => found == id,
            Ok(Some(Value::List(found))) => found == [Value::Choice(id)],
            _ => false,
        }
    };
    let spelling = |choice: &Choice| {
        let own = [tongue(&choice.label), &choice.label.zh, &choice.key];
        let found = own.into_iter().find(|spelling| reads(spelling, choice.id)).unwrap_or(&choice.key);
        (choice.id, found.to_owned())
    };
    choices.iter().map(spelling).collect()
}

/// Values in one cell, parted in a way that reading parts them again: a mark stands behind a single value too that holds
/// one of the weaker marks (`教育、科技工委；`).
fn joined(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
    let text = values.join(MARK);
    if parts(&tidy(&text)) == values { text } else { text + MARK }
}

/// A directory that knows nothing; choices need none.
#[derive(Default)]
struct Nobody(Townships);

impl Directory for Nobody {
    fn townships(&self) -> &Townships {
        &self.0
    }
    fn records(&self, _kinds: &[u32], _text: &str) -> Vec<RecordId> {
        Vec::new()
    }
}
