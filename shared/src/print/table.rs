//! Tables on a paper: child rows, linked records, records of a list, and texts that are set in columns.

use std::collections::BTreeMap;

use super::fill::Filling;
use super::paper::{MM, Mu};
use super::say::{Beside, Seen};
use super::sheet::{Cell, Grid, Part, Row};
use crate::catalogue::model::{Condition, Field, Kind, Shape};
use crate::catalogue::paper::{Column, Rows, Table, TextLook};
use crate::code::ErrorCode;
use crate::ids::RecordId;
use crate::limits::PRINT_ROWS_MAX;
use crate::program::Failure;
use crate::record::{EntryFlags, Fields, Value};
use crate::view::condition::Subject;
use crate::view::read;

/// Columns of child rows that stand beside each other; with more of them a row is told in one text.
const COLUMNS_MAX: usize = 7;

/// # Errors
/// More rows than a paper may have.
pub(super) fn fill(filling: &Filling<'_>, table: &Table, parts: &mut Vec<Part>) -> Result<(), Failure> {
    if let Rows::Aligned(field) = table.of {
        let text =
            filling.seen().value(field).map(|value| filling.source.say(None, value)).unwrap_or_default();
        aligned(&text, parts);
        return Ok(());
    }
    let high = Mu::from(table.high) * MM;
    let mut rows = vec![heading(&table.columns, high)];
    let mut add = |seen: Seen<'_>, beside: &Beside<'_>| {
        let cell = |column: &Column| {
            let text = if column.count {
                beside.line.to_string()
            } else {
                filling.phrase_of(&column.text, seen, beside)
            };
            cell(column, text)
        };
        rows.push(Row { high, cells: table.columns.iter().map(cell).collect() });
        bounded(rows.len())
    };
    let seen = filling.seen();
    match &table.of {
        Rows::Child { field, condition } => {
            let columns = match seen.columns.get(field).map(|field| &field.shape) {
                Some(Shape::Rows(columns)) => columns,
                _ => return Ok(()),
            };
            let mut line = 0;
            for row in groups(seen.value(*field)) {
                if Subject::row(row, None).holds(condition) {
                    line += 1;
                    add(Seen { columns, fields: row, local: None }, &Beside { line, ..filling.beside() })?;
                }
            }
        }
        Rows::Linked(field) => {
            let ids = links(seen.value(*field));
            each(filling, &ids, None, &mut add)?;
        }
        Rows::Records { kind, through, condition } => {
            let ids = records(filling, *kind, *through, condition);
            each(filling, &ids, filling.source.catalogue.kinds.get(kind), &mut add)?;
        }
        Rows::These => {
            for (nth, (record, local)) in filling.wholes.iter().enumerate() {
                let seen = Seen { columns: seen.columns, fields: &record.fields, local: Some(local) };
                let (record, count) = (Some(record), filling.wholes.len());
                add(seen, &Beside { record, kind: filling.kind, local, line: nth + 1, count })?;
            }
        }
        Rows::Aligned(_) | Rows::None => {}
    }
    let empty = usize::from(table.blank).max(usize::from(table.least).saturating_sub(rows.len() - 1));
    for nth in 0..empty {
        let line = rows.len();
        let cell = |column: &Column| {
            // Numbers go on down a table that is made to be written in.
            let text =
                if column.count && table.blank == 0 || nth > 500 { line.to_string() } else { String::new() };
            cell(column, text)
        };
        rows.push(Row { high, cells: table.columns.iter().map(cell).collect() });
    }
    parts.push(Part::Grid(Grid { heading: 1, rows }));
    Ok(())
}

fn bounded(rows: usize) -> Result<(), Failure> {
    if rows <= PRINT_ROWS_MAX {
        return Ok(());
    }
    Err(Failure::new(
        ErrorCode::Invalid,
        format!("超过 {PRINT_ROWS_MAX} 行，一份表打不下。"),
        format!("More than {PRINT_ROWS_MAX} rows do not go on one paper."),
    )
    .advise(
        "请缩小范围（如 --period、--where），分几份打印。",
        "Narrow it (--period, --where) and print several.",
    ))
}

fn heading(columns: &[Column], high: Mu) -> Row {
    let cell = |column: &Column| Cell {
        units: u32::from(column.units.max(1)),
        text: column.label.clone(),
        label: true,
        ..Cell::default()
    };
    Row { high: high.min(9 * MM), cells: columns.iter().map(cell).collect() }
}

fn cell(column: &Column, text: String) -> Cell {
    let centre = column.centre || column.count;
    Cell { units: u32::from(column.units.max(1)), text, centre, ..Cell::default() }
}

fn groups(value: Option<&Value>) -> impl Iterator<Item = &Fields> {
    let list = match value {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|value| match value {
        Value::Group(row) => Some(row),
        _ => None,
    })
}

fn links(value: Option<&Value>) -> Vec<RecordId> {
    let list = match value {
        Some(Value::List(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter()
        .filter_map(|value| match value {
            Value::Link(id) => Some(*id),
            _ => None,
        })
        .collect()
}

type Add<'a> = dyn FnMut(Seen<'_>, &Beside<'_>) -> Result<(), Failure> + 'a;

fn each(
    filling: &Filling<'_>,
    ids: &[RecordId],
    only: Option<&Kind>,
    add: &mut Add<'_>,
) -> Result<(), Failure> {
    let mut line = 0;
    for id in ids {
        let Some((record, local)) = filling.source.whole(*id) else { continue };
        let Some(kind) = filling.source.catalogue.kinds.get(&record.kind) else { continue };
        if only.is_some_and(|only| only.tag != kind.tag) {
            continue;
        }
        line += 1;
        let seen = Seen { columns: &kind.fields, fields: &record.fields, local: Some(&local) };
        let beside =
            Beside { record: Some(&record), kind: Some(kind), local: &local, line, count: ids.len() };
        add(seen, &beside)?;
    }
    Ok(())
}

/// Records of a kind that link to ours, or that the writer of ours has written; the oldest first.
fn records(filling: &Filling<'_>, kind: u32, through: Option<u32>, condition: &Condition) -> Vec<RecordId> {
    let source = filling.source;
    let Some(model) = source.catalogue.kinds.get(&kind) else { return Vec::new() };
    let ours = filling.wholes.first().map(|(record, _)| record);
    let mut ids = Vec::new();
    match (through, ours) {
        (Some(field), Some(ours)) => ids = read::linking_by(source.views, ours.id, kind, field),
        (Some(_), None) => {}
        (None, ours) => {
            let writer = ours.map_or(source.place.site, |record| record.stream.writer());
            read::list(source.views, kind, writer, None, &mut |line| {
                ids.push(line.id);
                ids.len() <= PRINT_ROWS_MAX
            });
        }
    }
    let mut found = Vec::new();
    for id in ids {
        let Some((record, local)) = source.whole(id) else { continue };
        let stands =
            !record.flags.has(EntryFlags::VOIDED) && Subject::of(&record, Some(&local)).holds(condition);
        if stands {
            let day = match record.fields.get(&model.date) {
                Some(Value::Date(day)) => Some(*day),
                _ => None,
            };
            found.push((day, id));
        }
    }
    found.sort();
    found.into_iter().map(|(_, id)| id).collect()
}

/// All child rows of a field, for the form that every kind has: as a table, or told one by one where there are too many columns.
pub(super) fn whole(
    filling: &Filling<'_>,
    field: &Field,
    parts: &mut Vec<Part>,
    rows: &mut Vec<Row>,
) -> Result<(), Failure> {
    let Shape::Rows(columns) = &field.shape else { return Ok(()) };
    let seen = filling.seen();
    let said: Vec<&Fields> = groups(seen.value(field.tag)).collect();
    bounded(said.len())?;
    let shown: BTreeMap<u32, &Field> = columns
        .iter()
        .filter(|(tag, _)| said.is_empty() || said.iter().any(|row| row.contains_key(tag)))
        .map(|(tag, column)| (*tag, column))
        .collect();
    let label = |text: String| Cell { units: 1, text, label: true, ..Cell::default() };
    if shown.is_empty() || shown.len() > COLUMNS_MAX {
        rows.push(Row { high: 0, cells: vec![label(field.label.zh.clone())] });
        for (nth, row) in said.into_iter().enumerate() {
            let text = format!("{}．{}", nth + 1, filling.source.row(Some(field), row));
            rows.push(Row { high: 0, cells: vec![Cell { units: 1, text, ..Cell::default() }] });
        }
        return Ok(());
    }
    let part = |column: &Field| match &column.shape {
        Shape::Text { max, .. } if *max > 60 => 4,
        Shape::Number { .. } | Shape::Flag => 2,
        _ => 3,
    };
    parts.push(Part::Grid(Grid {
        heading: 0,
        rows: vec![Row { high: 0, cells: vec![label(field.label.zh.clone())] }],
    }));
    let mut table = vec![Row {
        high: 0,
        cells: shown
            .values()
            .map(|column| Cell { units: part(column), ..label(column.label.zh.clone()) })
            .collect(),
    }];
    for row in &said {
        let cell = |(tag, column): (&u32, &&Field)| Cell {
            units: part(column),
            text: row.get(tag).map(|value| filling.source.say(Some(column), value)).unwrap_or_default(),
            ..Cell::default()
        };
        table.push(Row { high: 0, cells: shown.iter().map(cell).collect() });
    }
    if said.is_empty() {
        let empty = |column: &&Field| Cell { units: part(column), ..Cell::default() };
        table.extend((0..2).map(|_| Row { high: 0, cells: shown.values().map(empty).collect() }));
    }
    parts.push(Part::Grid(Grid { heading: 1, rows: table }));
    Ok(())
}

/// A text with lines in columns: such lines as a table, the others as they are.
fn aligned(text: &str, parts: &mut Vec<Part>) {
    let columns = |line: &str| -> Vec<String> {
        line.trim().split("  ").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut table: Vec<Vec<String>> = Vec::new();
    let close = |table: &mut Vec<Vec<String>>, parts: &mut Vec<Part>| {
        let lines = std::mem::take(table);
        let Some(count) = lines.first().map(Vec::len) else { return };
        let widest =
            |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|text| text.chars().count()).max();
        let units: Vec<u32> = (0..count).map(|at| widest(at).unwrap_or(1).clamp(2, 12) as u32 + 1).collect();
        let row = |(nth, line): (usize, &Vec<String>)| Row {
            high: 0,
            cells: line
                .iter()
                .zip(&units)
                .map(|(text, units)| Cell {
                    units: *units,
                    text: text.clone(),
                    label: nth == 0,
                    centre: true,
                    ..Cell::default()
                })
                .collect(),
        };
        parts.push(Part::Grid(Grid { heading: 1, rows: lines.iter().enumerate().map(row).collect() }));
    };
    for line in text.lines() {
        let found = columns(line);
        let fits = table.first().is_none_or(|first| first.len() == found.len());
        if found.len() >= 3 && fits {
            table.push(found);
            continue;
        }
        close(&mut table, parts);
        if !line.trim().is_empty() {
            parts.push(Part::Text { text: line.trim().to_owned(), look: TextLook::Body });
        }
    }
    close(&mut table, parts);
}
