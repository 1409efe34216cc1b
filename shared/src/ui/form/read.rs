//! A posted form as what it gives to the command gate.

use super::ask::Ask;
use super::fill::{fill, holds};
use super::names;
use super::pairs::Pairs;
use crate::catalogue::model::{Field, Kind, Label, Shape};
use crate::command::{Problem, Refusal};
use crate::exchange::cell::{Converter, Directory};
use crate::exchange::fold::tidy;
use crate::exchange::sheet::Cell;
use crate::ids::RecordId;
use crate::ledger::Given;
use crate::program::{Text, text};
use crate::record::{Fields, Value};

/// What stands between the values of one control when they are compared: no browser sends it.
const MEANS: char = '\u{1}';

/// What came with a posted form.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    pub pairs: &'a Pairs,
    /// Files by the names of their controls, each as the field is to hold it.
    pub files: &'a [(String, Vec<u8>)],
}

/// One thing that is wrong, and the control where it can be put right; none where it is about the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub name: Option<String>,
    pub text: Text,
}

impl Wrong {
    /// What the rules say no to, each problem at its field.
    pub fn of(kind: &Kind, refusal: &Refusal) -> Vec<Self> {
        let one = |problem: &Problem| Self {
            name: problem.field.and_then(|tag| kind.fields.get(&tag)).map(names::name),
            text: text(&problem.zh, &problem.en),
        };
        refusal.problems.iter().map(one).collect()
    }

    fn at(name: &str, label: &Label, reason: &Label) -> Self {
        Self {
            name: Some(name.to_owned()),
            text: text(format!("{}：{}", label.zh, reason.zh), format!("{}: {}", label.en, reason.en)),
        }
    }
}

/// What a posted form says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// Only what differs from the values that the record has.
    pub given: Given,
    /// What could not be read; nothing of it is in `given`.
    pub wrong: Vec<Wrong>,
}

/// Reads the fields that the step takes. A field that was not on the page, or came back as the form would show the record's
/// own value, is left as it is, so that what a form cannot write exactly (a choice of a newer catalogue, parts of a second)
/// stays. Bounds and rules are the gate's. Choices and townships come in the order of the page.
pub fn decode(ask: &Ask<'_>, base: &Fields, posted: Posted<'_>, directory: &dyn Directory) -> Decoded {
    let mut decoded = Decoded::default();
    for field in ask.fields() {
        let name = names::name(field);
        let had = base.get(&field.tag);
        if matches!(field.shape, Shape::Blob) {
            blob(&mut decoded.given, field, &name, had, posted);
            continue;
        }
        if !posted.pairs.has(&name) || had.is_some_and(|value| !holds(&field.shape, value)) {
            continue;
        }
        let shown = fill([field], base, &|_: RecordId| String::new());
        if said(posted.pairs, &name) == said(&shown, &name) {
            continue;
        }
        let mut reader = Reader { pairs: posted.pairs, directory, wrong: Vec::new() };
        let value = reader.field(field, &name);
        if !reader.wrong.is_empty() {
            decoded.wrong.append(&mut reader.wrong);
            continue;
        }
        match value {
            Some(value) if Some(&value) == had => {}
            Some(value) => {
                decoded.given.set.insert(field.tag, value);
            }
            None if had.is_some() => decoded.given.clear.push(field.tag),
            None => {}
        }
    }
    decoded
}

/// What the controls of a field say, whatever their order: empty ones say nothing, a linked record is its id.
fn said(pairs: &Pairs, name: &str) -> Vec<(String, String)> {
    let means = |control: &str, value: &str| -> Option<(String, String)> {
        let beside = |end: &str| {
            control.strip_suffix(end).is_some_and(|link| pairs.get(&names::linked(link)).is_some())
        };
        if beside(".id") || beside(".was") {
            return None;
        }
        let value = match linked(pairs, control, value) {
            Some(id) => format!("{MEANS}{id}"),
            None => tidy(value).into_owned(),
        };
        (!value.is_empty()).then(|| (control.to_owned(), value))
    };
    let mut said: Vec<_> = pairs.of(name).filter_map(|(control, value)| means(control, value)).collect();
    said.sort();
    said
}

/// The record that a control means: its text is still the one that stood for it.
fn linked(pairs: &Pairs, name: &str, value: &str) -> Option<RecordId> {
    let id = pairs.get(&names::linked(name))?.parse().ok()?;
    (tidy(pairs.get(&names::was(name))?) == tidy(value)).then_some(id)
}

fn blob(given: &mut Given, field: &Field, name: &str, had: Option<&Value>, posted: Posted<'_>) {
    let file = posted.files.iter().find(|(other, bytes)| other == name && !bytes.is_empty());
    if let Some((_, bytes)) = file {
        given.set.insert(field.tag, Value::Blob(bytes.clone()));
    } else if had.is_some() && posted.pairs.get(&names::gone(name)).is_some() {
        given.clear.push(field.tag);
    }
}

struct Reader<'a> {
    pairs: &'a Pairs,
    directory: &'a dyn Directory,
    wrong: Vec<Wrong>,
}

impl Reader<'_> {
    fn field(&mut self, field: &Field, name: &str) -> Option<Value> {
        let pairs = self.pairs;
        let converter = Converter::new(field);
        match &field.shape {
            Shape::Texts { .. } => {
                let text = tidy(pairs.get(name)?).into_owned();
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                list(lines.map(|line| Value::Text(line.to_owned())))
            }
            Shape::Choices(_) | Shape::Townships => {
                let values: Vec<&str> = pairs.all(name).filter(|value| !value.trim().is_empty()).collect();
                list(values.into_iter().flat_map(|value| match self.one(field, &converter, name, value) {
                    Some(Value::List(values)) => values,
                    other => other.into_iter().collect(),
                }))
            }
            Shape::Links(kinds) => {
                let numbers = pairs.numbers(name);
                list(
                    numbers
                        .into_iter()
                        .filter_map(|number| self.link(field, kinds, &names::at(name, number))),
                )
            }
            Shape::Link(kinds) => self.link(field, kinds, name),
            Shape::Rows(columns) => {
                let rows = pairs.numbers(name).into_iter().map(|number| {
                    let cell = |column: &Field| {
                        let value = self.field(column, &names::column(name, number, column))?;
                        Some((column.tag, value))
                    };
                    Value::Group(columns.values().filter_map(cell).collect())
                });
                let rows: Vec<Value> = rows.filter(crate::view::condition::filled).collect();
                (!rows.is_empty()).then_some(Value::List(rows))
            }
            Shape::Blob => None,
            _ => self.one(field, &converter, name, pairs.get(name)?),
        }
    }

    /// What one control says; nothing where it is empty or wrong.
    fn one(&mut self, field: &Field, converter: &Converter<'_>, name: &str, value: &str) -> Option<Value> {
        if let Some(choice) = field.choice_key(value) {
            return Some(Value::Choice(choice.id));
        }
        match converter.value(&Cell::Text(value.to_owned()), self.directory) {
            Ok(value) => value,
            Err(reason) => {
                self.wrong.push(Wrong::at(name, &field.label, &reason));
                None
            }
        }
    }

    fn link(&mut self, field: &Field, kinds: &[u32], name: &str) -> Option<Value> {
        let value = self.pairs.get(name)?;
        if let Some(id) = linked(self.pairs, name, value) {
            return Some(Value::Link(id));
        }
        // Several links of one field are asked for one by one.
        let single = Field { shape: Shape::Link(kinds.to_vec()), ..field.clone() };
        self.one(&single, &Converter::new(&single), name, value)
    }
}

/// Each value once; nothing where there is none.
fn list(values: impl Iterator<Item = Value>) -> Option<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    (!kept.is_empty()).then_some(Value::List(kept))
}
