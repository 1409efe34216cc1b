//! Values as a form holds them.

use super::names;
use super::pairs::Pairs;
use crate::catalogue::model::{Choice, Field, Privacy, Shape};
use crate::ids::RecordId;
use crate::program::rfc3339;
use crate::record::{Fields, Value};

/// What records that are linked are called.
pub trait Titles {
    fn title(&self, id: RecordId) -> String;
}

impl<F: Fn(RecordId) -> String> Titles for F {
    fn title(&self, id: RecordId) -> String {
        self(id)
    }
}

/// The pairs with which a form of these fields begins. What a form cannot hold (a value of a newer version) is left out, and
/// its field is not asked for ([`holds`]).
pub fn fill<'a>(fields: impl IntoIterator<Item = &'a Field>, values: &Fields, titles: &dyn Titles) -> Pairs {
    let mut pairs = Pairs::default();
    for field in fields {
        if let Some(value) = values.get(&field.tag).filter(|value| holds(&field.shape, value)) {
            put(&mut pairs, &names::name(field), &field.shape, value, titles);
        }
    }
    pairs
}

/// The values that a new record begins with.
pub fn defaults<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Fields {
    fields.into_iter().filter_map(|field| Some((field.tag, field.default.clone()?))).collect()
}

/// Whether a form can show the value and give it back: it is of the field's type, and its choices and columns are known.
pub fn holds(shape: &Shape, value: &Value) -> bool {
    let known = |choices: &[Choice], id: &u32| choices.iter().any(|choice| choice.id == *id);
    match (shape, value) {
        (Shape::Choice(choices), Value::Choice(id)) => known(choices, id),
        (Shape::Choices(choices), Value::List(values)) => {
            values.iter().all(|value| matches!(value, Value::Choice(id) if known(choices, id)))
        }
        (Shape::Rows(columns), Value::List(rows)) => rows.iter().all(|row| match row {
            Value::Group(row) => row.iter().all(|(tag, value)| {
                columns
                    .get(tag)
                    .is_some_and(|column| holds(&column.shape, value) && !matches!(column.shape, Shape::Blob))
            }),
            _ => false,
        }),
        (_, Value::List(values)) if values.iter().any(|value| matches!(value, Value::Unknown(_))) => false,
        (_, Value::Unknown(_)) => false,
        (shape, value) => crate::view::shape::fits(shape, value),
    }
}

/// Puts a value under a name.
pub(super) fn put(pairs: &mut Pairs, name: &str, shape: &Shape, value: &Value, titles: &dyn Titles) {
    match (shape, value) {
        (Shape::Choice(choices), Value::Choice(id)) => pairs.push(name, key(choices, *id)),
        (Shape::Choices(choices), Value::List(values)) => {
            for value in values {
                if let Value::Choice(id) = value {
                    pairs.push(name, key(choices, *id));
                }
            }
        }
        (Shape::Texts { .. }, Value::List(values)) => {
            let texts: Vec<&str> = values
                .iter()
                .filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None })
                .collect();
            pairs.push(name, texts.join("\n"));
        }
        (Shape::Link(_), Value::Link(id)) => link(pairs, name, *id, titles),
        (Shape::Links(_), Value::List(values)) => {
            for (nth, value) in values.iter().enumerate() {
                if let Value::Link(id) = value {
                    link(pairs, &names::at(name, nth), *id, titles);
                }
            }
        }
        (Shape::Townships, Value::List(values)) => {
            for value in values {
                pairs.push(name, plain(value));
            }
        }
        (Shape::Rows(columns), Value::List(rows)) => {
            for (nth, row) in rows.iter().enumerate() {
                let Value::Group(row) = row else { continue };
                for (tag, value) in row {
                    if let Some(column) = columns.get(tag) {
                        put(pairs, &names::column(name, nth, column), &column.shape, value, titles);
                    }
                }
            }
        }
        // A file that is there stays unless another is chosen.
        (Shape::Blob, Value::Blob(_)) => {}
        (_, value) => pairs.push(name, plain(value)),
    }
}

fn link(pairs: &mut Pairs, name: &str, id: RecordId, titles: &dyn Titles) {
    let title = titles.title(id);
    pairs.push(name, title.clone());
    pairs.push(names::linked(name), id.to_string());
    pairs.push(names::was(name), title);
}

fn key(choices: &[Choice], id: u32) -> String {
    choices.iter().find(|choice| choice.id == id).map_or_else(String::new, |choice| choice.key.clone())
}

/// One value in one control.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Date(day) => day.to_string(),
        Value::Time(ms) => time(*ms),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Link(id) => id.to_string(),
        _ => String::new(),
    }
}

/// As a control for date and time writes it: to the minute where that is all there is.
fn time(ms: i64) -> String {
    let text = rfc3339(ms);
    let length =
        if ms.rem_euclid(60_000) == 0 { "2026-11-23T02:14".len() } else { "2026-11-23T02:14:09".len() };
    text.get(..length).unwrap_or(&text).to_owned()
}

/// Whether the field's values never leave the office.
pub(super) fn stays(field: &Field) -> bool {
    field.privacy == Privacy::Local
}
