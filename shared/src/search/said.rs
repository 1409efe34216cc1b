//! What a record says, as people would type it.

use std::collections::BTreeMap;

use crate::catalogue::model::{Catalogue, Choice, Field, Kind, Shape};
use crate::exchange::fold::folded;
use crate::ids::RecordId;
use crate::ledger::{Words, short};
use crate::record::{Fields, Record, Value};
use crate::store::View;

/// Between two values: no word that is looked for holds it.
const APART: char = ' ';

/// Puts records into folded text. Titles of linked records are looked up once.
pub(super) struct Said<'a> {
    words: Words<'a>,
    titles: BTreeMap<RecordId, String>,
}

impl<'a> Said<'a> {
    pub(super) fn new(views: &'a dyn View, catalogue: &'a Catalogue) -> Self {
        Self { words: Words { views, catalogue }, titles: BTreeMap::new() }
    }

    /// Every value of the record and of those that stay in the office, and its short id.
    pub(super) fn text(&mut self, kind: &Kind, record: &Record, local: &Fields) -> String {
        let mut text = short(record.id).to_ascii_lowercase();
        for (tag, value) in record.fields.iter().chain(local) {
            self.value(kind.fields.get(tag), value, &mut text);
        }
        text
    }

    fn value(&mut self, field: Option<&Field>, value: &Value, text: &mut String) {
        let mut say = |said: &str| {
            text.push(APART);
            text.push_str(said);
        };
        match value {
            Value::Text(said) => say(&folded(said)),
            Value::Number(number) => say(&number.to_string()),
            Value::Decimal(number) => say(&folded(&number.to_string())),
            Value::Date(day) => say(&folded(&day.to_string())),
            Value::Choice(id) => {
                if let Some(choice) = chosen(field, *id) {
                    say(&folded(&choice.label.zh));
                }
            }
            Value::Link(id) => {
                let words = self.words;
                say(self.titles.entry(*id).or_insert_with(|| folded(&words.title(*id))));
            }
            Value::List(values) => values.iter().for_each(|value| self.value(field, value, text)),
            Value::Group(row) => {
                let columns = match field.map(|field| &field.shape) {
                    Some(Shape::Rows(columns)) => Some(columns),
                    _ => None,
                };
                for (tag, value) in row {
                    self.value(columns.and_then(|columns| columns.get(tag)), value, text);
                }
            }
            Value::Flag(_) | Value::Time(_) | Value::Blob(_) | Value::Unknown(_) => {}
        }
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
