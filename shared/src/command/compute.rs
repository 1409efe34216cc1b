//! Values that the program works out: computed fields, and what it hands on to other records.

use super::context::Context;
use super::draft::Draft;
use crate::catalogue::model::{Compute, Condition, Field, Give, Kind, Shape};
use crate::ids::{RecordId, Site};
use crate::record::{Decimal, Fields, Record, Value};
use crate::view::phrase::Phrase;

/// Passes until fields that are computed from computed fields stand still.
const PASSES_MAX: usize = 4;

/// Works out every computed field whose sources this change touches; all of them where the record is new. What an import
/// brought stays until then.
pub(super) fn all(draft: &mut Draft<'_>) {
    but(draft, &Fields::new());
}

/// The values as given, with those that the program works out from them. `before` and `stood` are the record and all its
/// values as they are.
pub(crate) fn with_computed(kind: &Kind, before: Option<&Record>, stood: &Fields, given: Fields) -> Fields {
    // No value is worked out from the id.
    let this = before.map_or(RecordId::from_bytes([0; 16]), |record| record.id);
    let mut draft = Draft::new(this, kind, before, stood.clone());
    draft.fields = given;
    all(&mut draft);
    draft.fields
}

/// As [`all`], without the fields that somebody has given.
pub(super) fn but(draft: &mut Draft<'_>, given: &Fields) {
    let kind = draft.kind;
    for _ in 0..PASSES_MAX {
        let mut moved = false;
        for field in kind.fields.values() {
            let Some(compute) = &field.compute else { continue };
            let touched = draft.before.is_none() || sources(compute).iter().any(|tag| draft.changed(*tag));
            if !touched || given.contains_key(&field.tag) {
                continue;
            }
            let value = worked_out(draft, field, compute);
            moved |= draft.fields.get(&field.tag) != value.as_ref();
            match value {
                Some(value) => draft.fields.insert(field.tag, value),
                None => draft.fields.remove(&field.tag),
            };
        }
        if !moved {
            return;
        }
    }
}

fn worked_out(draft: &Draft<'_>, field: &Field, compute: &Compute) -> Option<Value> {
    let subject = draft.subject();
    match compute {
        Compute::Number(amount) => number(&field.shape, subject.amount(amount)),
        Compute::Choice(rules) => {
            rules.iter().find(|(when, _)| subject.holds(when)).map(|(_, value)| value.clone())
        }
        Compute::Flag(when) => subject.holds(when).then_some(Value::Flag(true)),
    }
}

/// Thousandths as a value of a number field, within its bounds.
pub(super) fn number(shape: &Shape, thousandths: i64) -> Option<Value> {
    match shape {
        Shape::Number { min, max } => Some(Value::Number((thousandths / 1000).clamp(*min, *max))),
        Shape::Decimal { scale, .. } => {
            let scale = (*scale).min(3);
            let units = thousandths / 10i64.pow(3 - u32::from(scale));
            Some(Value::Decimal(Decimal { units, scale }))
        }
        _ => None,
    }
}

fn sources(compute: &Compute) -> Vec<u32> {
    match compute {
        Compute::Number(amount) => amount.fields(),
        Compute::Flag(when) => when.fields(),
        Compute::Choice(rules) => rules.iter().flat_map(|(when, _): &(Condition, _)| when.fields()).collect(),
    }
}

/// Whom values are taken from.
#[derive(Clone, Copy)]
pub(super) struct Source<'s, 'a> {
    pub ctx: &'s Context<'a>,
    pub draft: &'s Draft<'a>,
    /// The present row of a field, for `column`.
    pub row: Option<(u32, &'s Fields)>,
    /// The present link or township, for `item`.
    pub item: Option<&'s Value>,
}

impl Source<'_, '_> {
    /// Values for the fields of another record or row; what says nothing is left out.
    pub(super) fn all<'f>(&self, set: &[(u32, Give)], fields: impl Fn(u32) -> Option<&'f Field>) -> Fields {
        let given = |(tag, give): &(u32, Give)| Some((*tag, self.value(give, fields(*tag)?)?));
        set.iter().filter_map(given).collect()
    }

    fn value(&self, give: &Give, target: &Field) -> Option<Value> {
        let own = |tag: &u32| {
            let value = self.draft.fields.get(tag)?;
            Some(carried(value, self.draft.kind.fields.get(tag), target))
        };
        let value = match give {
            Give::Value(value) => Some(value.clone()),
            Give::Field(tag) => own(tag)?,
            Give::Column(tag) => {
                let (list, row) = self.row?;
                let column = match self.draft.kind.fields.get(&list).map(|field| &field.shape) {
                    Some(Shape::Rows(columns)) => columns.get(tag),
                    _ => None,
                };
                carried(row.get(tag)?, column, target)
            }
            Give::Item => self.item.cloned(),
            Give::This => Some(Value::Link(self.draft.this)),
            Give::Office => {
                match self.draft.before.map_or(self.ctx.place.site, |record| record.stream.writer()) {
                    Site::Township(code) => Some(Value::Number(i64::from(code.number()))),
                    Site::Hub => None,
                }
            }
            Give::Today => Some(Value::Date(self.ctx.today)),
            Give::Amount(amount) => number(&target.shape, self.draft.amount(self.ctx, amount)),
            Give::Text(pieces) => {
                let (kind, fields, abbr) = (self.draft.kind, &self.draft.fields, self.ctx.place.abbr);
                let year = Some(self.ctx.today.year());
                let text = Phrase { kind, fields, abbr, year, number: None }.say(pieces);
                Some(Value::Text(text))
            }
        };
        fitted(value?, &target.shape)
    }
}

/// A choice goes over by its key, child rows by the names of their columns, everything else as it is.
fn carried(value: &Value, from: Option<&Field>, to: &Field) -> Option<Value> {
    match (value, &to.shape) {
        (Value::List(rows), Shape::Rows(columns)) => {
            let Some(Shape::Rows(theirs)) = from.map(|field| &field.shape) else { return None };
            let column = |(tag, value): (&u32, &Value)| {
                let from = theirs.get(tag)?;
                let to = columns.values().find(|to| to.id == from.id)?;
                Some((to.tag, carried(value, Some(from), to)?))
            };
            let row = |row: &Value| match row {
                Value::Group(row) => Some(Value::Group(row.iter().filter_map(column).collect())),
                _ => None,
            };
            Some(Value::List(rows.iter().filter_map(row).collect()))
        }
        (Value::Choice(id), Shape::Text { .. }) => {
            from.and_then(|field| field.choice(*id)).map(|choice| Value::Text(choice.label.zh.clone()))
        }
        (Value::Choice(id), _) => {
            let key = from.and_then(|field| field.choice(*id)).map(|choice| choice.key.as_str())?;
            to.choice_key(key).map(|choice| Value::Choice(choice.id))
        }
        _ => Some(value.clone()),
    }
}

/// A value as the receiving field wants it: one value for a list, a text cut to its length.
fn fitted(value: Value, shape: &Shape) -> Option<Value> {
    Some(match (value, shape) {
        (Value::Text(text), Shape::Text { max, lines, .. }) => {
            let flat = if *lines { text } else { text.replace(['\n', '\r', '\t'], " ") };
            Value::Text(flat.chars().take(*max).collect())
        }
        (value @ (Value::Link(_) | Value::Choice(_)), Shape::Links(_) | Shape::Choices(_)) => {
            Value::List(vec![value])
        }
        (value @ Value::Number(_), Shape::Townships) => Value::List(vec![value]),
        (Value::Text(text), Shape::Texts { .. }) => Value::List(vec![Value::Text(text)]),
        (value, _) => value,
    })
}
