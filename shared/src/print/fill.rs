//! From a form of the catalogue and a record to what stands on the paper.

use super::Whole;
use super::measure::clean;
use super::paper::{MM, Mu, pt};
use super::say::{Beside, Seen, blanks, target};
use super::sheet::{Cell, Grid, Heads, Part, Row, Sheet};
use super::table;
use crate::catalogue::model::{Catalogue, Field, Kind, Print, Shape};
use crate::catalogue::paper::{self as form, Bit, Block, Phrase};
use crate::catalogue::{LABEL_UNITS, UNITS};
use crate::command::Place;
use crate::exchange::Townships;
use crate::program::Failure;
use crate::record::{Day, Fields, Value};
use crate::store::View;
use crate::view::condition::Subject;

/// Where values come from.
pub struct Source<'a> {
    pub views: &'a dyn View,
    pub catalogue: &'a Catalogue,
    pub townships: &'a Townships,
    pub place: Place<'a>,
    pub today: Day,
}

/// A form about to be filled: of one record, of many, or of none.
pub(super) struct Filling<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) kind: Option<&'a Kind>,
    /// The records of the list; the first is the one that the form is of.
    pub(super) wholes: &'a [Whole],
}

static NOTHING: Fields = Fields::new();
static NO_FIELDS: std::collections::BTreeMap<u32, Field> = std::collections::BTreeMap::new();

impl Filling<'_> {
    /// # Errors
    /// More rows than a paper may have.
    pub(super) fn sheet(&self, print: &Print) -> Result<Sheet, Failure> {
        let text = |phrase: &Phrase| self.phrase(phrase);
        let head = Heads {
            issuer: text(&print.head.issuer),
            number: text(&print.head.number),
            title: text(&print.head.title),
            to: text(&print.head.to),
            right: text(&print.head.right),
            enclosed: text(&print.head.enclosed),
            signer: text(&print.head.signer),
            date: text(&print.head.date),
            note: text(&print.head.note),
            cc: text(&print.head.cc),
            printed_by: text(&print.head.printed_by),
            foot: print.head.foot.iter().map(text).collect(),
        };
        let mut parts = Vec::new();
        for block in &print.body {
            self.block(block, &mut parts)?;
        }
        let (code, short) = self.code();
        Ok(Sheet { layout: print.layout, landscape: print.landscape, head, parts, code, short })
    }

    /// What the code says (kind, number and id of the record), and the short id.
    pub(super) fn code(&self) -> (String, String) {
        let (Some((record, local)), Some(kind)) = (self.wholes.first(), self.kind) else {
            return (String::new(), String::new());
        };
        let beside = Beside { record: Some(record), kind: self.kind, local, line: 1, count: 1 };
        let number = self.source.number(&beside);
        let parts = ["乡联", kind.label.zh.as_str(), number.as_str()];
        let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (format!("{} {}", words.join(" "), record.id), crate::ledger::short(record.id))
    }

    pub(super) fn seen(&self) -> Seen<'_> {
        let columns = self.kind.map_or(&NO_FIELDS, |kind| &kind.fields);
        match self.wholes.first() {
            Some((record, local)) => Seen { columns, fields: &record.fields, local: Some(local) },
            None => Seen { columns, fields: &NOTHING, local: None },
        }
    }

    pub(super) fn beside(&self) -> Beside<'_> {
        let first = self.wholes.first();
        Beside {
            record: first.map(|(record, _)| record),
            kind: self.kind,
            local: first.map_or(&NOTHING, |(_, local)| local),
            line: 1,
            count: self.wholes.len(),
        }
    }

    fn phrase(&self, phrase: &Phrase) -> String {
        self.phrase_of(phrase, self.seen(), &self.beside())
    }

    pub(super) fn phrase_of(&self, phrase: &Phrase, seen: Seen<'_>, beside: &Beside<'_>) -> String {
        let mut out = String::new();
        for bit in &phrase.0 {
            match bit {
                Bit::Text(text) => out.push_str(text),
                Bit::Value { way, blanks: asked } => {
                    let found = self.source.along(seen, way);
                    if found.iter().all(String::is_empty) {
                        out.push_str(&blanks(target(self.source.catalogue, seen.columns, way), *asked));
                    } else {
                        out.push_str(&found.join("、"));
                    }
                }
                Bit::Told { told, blanks: asked } => match self.source.told(*told, beside) {
                    text if text.is_empty() => out.push_str(&"＿".repeat(usize::from(asked.unwrap_or(0)))),
                    text => out.push_str(&text),
                },
            }
        }
        out
    }

    pub(super) fn holds(&self, when: Option<&crate::catalogue::model::Condition>) -> bool {
        let Some(condition) = when else { return true };
        self.wholes.first().is_some_and(|(record, local)| Subject::of(record, Some(local)).holds(condition))
    }

    fn block(&self, block: &Block, parts: &mut Vec<Part>) -> Result<(), Failure> {
        match block {
            Block::Text { text, look, when } => {
                if self.holds(when.as_ref()) {
                    parts.push(Part::Text { text: self.phrase(text), look: *look });
                }
            }
            Block::Gap(lines) => parts.push(Part::Gap(*lines)),
            Block::Form { rows, when } => {
                if self.holds(when.as_ref()) {
                    let rows = rows.iter().map(|cells| self.row(cells)).collect();
                    parts.push(Part::Grid(Grid { heading: 0, rows }));
                }
            }
            Block::Table(table) => {
                if self.holds(table.when.as_ref()) {
                    table::fill(self, table, parts)?;
                }
            }
        }
        Ok(())
    }

    fn row(&self, cells: &[form::Cell]) -> Row {
        let given: u32 = cells.iter().map(|cell| u32::from(cell.units)).sum();
        let open = cells.iter().filter(|cell| cell.units == 0).count() as u32;
        let left = u32::from(UNITS).saturating_sub(given);
        let (share, mut extra) = (left / open.max(1), left % open.max(1));
        let mut row = Row { high: 0, cells: Vec::new() };
        for cell in cells {
            let mut units = u32::from(cell.units);
            if units == 0 {
                units = share + extra.min(1);
                extra = extra.saturating_sub(1);
            }
            row.high = row.high.max(Mu::from(cell.high) * MM);
            let label = if cell.label.is_empty() { 0 } else { u32::from(cell.label_units).min(units) };
            if label > 0 {
                row.cells.push(Cell {
                    units: label,
                    text: cell.label.clone(),
                    label: true,
                    ..Cell::default()
                });
            }
            let text = match cell.boxes {
                Some(tag) => self.boxes(tag),
                None => self.phrase(&cell.text),
            };
            if units > label {
                row.cells.push(Cell {
                    units: units - label,
                    text,
                    sign: cell.sign.iter().map(|phrase| self.phrase(phrase)).collect(),
                    label: false,
                    centre: cell.centre,
                    vertical: cell.vertical,
                    size: if cell.size > 0 { pt(i32::from(cell.size) * 100) } else { 0 },
                });
            }
        }
        row
    }

    /// All choices of a field with boxes before them.
    fn boxes(&self, tag: u32) -> String {
        let seen = self.seen();
        let Some(field) = seen.columns.get(&tag) else { return String::new() };
        let value = seen.value(tag);
        let holds = |wanted: &Value| match value {
            Some(Value::List(list)) => list.contains(wanted),
            Some(one) => one == wanted,
            None => false,
        };
        let mark = |on: bool| if on { '☑' } else { '☐' };
        let parts: Vec<String> = match &field.shape {
            Shape::Flag => [(true, "是"), (false, "否")]
                .map(|(is, label)| format!("{}{label}", mark(holds(&Value::Flag(is)))))
                .to_vec(),
            _ => field
                .choices()
                .iter()
                .map(|choice| format!("{}{}", mark(holds(&Value::Choice(choice.id))), choice.label.zh))
                .collect(),
        };
        parts.join("　")
    }
}

/// The form that every kind has: the sections of its form, as far as they say something.
pub(super) fn general(filling: &Filling<'_>, kind: &Kind) -> Result<Sheet, Failure> {
    let seen = filling.seen();
    let mut parts = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for (nth, section) in kind.form.iter().enumerate() {
        // The first section stands whole, to be written on; of the others what there is.
        let fields: Vec<&Field> = section
            .fields
            .iter()
            .filter_map(|tag| kind.fields.get(tag))
            .filter(|field| seen.value(field.tag).is_some() || (nth == 0 && !field.derived))
            .collect();
        if fields.is_empty() {
            continue;
        }
        rows.push(Row {
            high: 0,
            cells: vec![Cell { units: 1, text: section.label.zh.clone(), label: true, ..Cell::default() }],
        });
        let mut waiting: Option<&Field> = None;
        let mut tables = Vec::new();
        for field in fields {
            match &field.shape {
                Shape::Rows(_) => tables.push(field),
                _ if !short(field) => {
                    rows.extend(waiting.take().map(|field| pair(filling, &[field])));
                    rows.push(pair(filling, &[field]));
                }
                _ => match waiting.take() {
                    Some(first) => rows.push(pair(filling, &[first, field])),
                    None => waiting = Some(field),
                },
            }
        }
        rows.extend(waiting.map(|field| pair(filling, &[field])));
        for field in tables {
            parts.push(Part::Grid(Grid { heading: 0, rows: std::mem::take(&mut rows) }));
            table::whole(filling, field, &mut parts, &mut rows)?;
        }
    }
    parts.push(Part::Grid(Grid { heading: 0, rows }));
    let number = filling.source.number(&filling.beside());
    let status = filling.source.told(form::Told::Status, &filling.beside());
    let owner = filling.source.told(form::Told::Owner, &filling.beside());
    let head = Heads {
        title: format!("{}登记表", kind.label.zh),
        number: if number.is_empty() { String::new() } else { format!("编号：{}", clean(&number)) },
        right: format!("登记单位：{owner}　　状态：{status}"),
        foot: vec![format!("打印日期：{}", filling.source.today.chinese())],
        ..Heads::default()
    };
    let (code, short) = filling.code();
    Ok(Sheet { layout: form::Layout::Form, landscape: false, head, parts, code, short })
}

/// Goes into half the width.
fn short(field: &Field) -> bool {
    match &field.shape {
        Shape::Text { max, lines, .. } => !lines && *max <= 60,
        Shape::Number { .. } | Shape::Decimal { .. } | Shape::Flag | Shape::Date | Shape::Time => true,
        Shape::Choice(_) | Shape::Township => true,
        Shape::Link(_) => false,
        _ => false,
    }
}

fn pair(filling: &Filling<'_>, fields: &[&Field]) -> Row {
    let seen = filling.seen();
    let units = u32::from(UNITS) / fields.len() as u32;
    let mut row = Row { high: 0, cells: Vec::new() };
    for field in fields {
        let label = u32::from(LABEL_UNITS);
        row.cells.push(Cell { units: label, text: field.label.zh.clone(), label: true, ..Cell::default() });
        let text =
            seen.value(field.tag).map(|value| filling.source.say(Some(field), value)).unwrap_or_default();
        if matches!(field.shape, Shape::Text { lines: true, .. }) {
            row.high = row.high.max(18 * MM);
        }
        row.cells.push(Cell { units: units - label, text, ..Cell::default() });
    }
    row
}
