//! Child rows that make a condition hold: so many that fit, or so much in a column.

use super::aim::{Bounds, pick};
use super::guess::Writer;
use super::trial::Trial;
use crate::catalogue::model::{Amount, Condition, Field, Shape};
use crate::record::{Fields, Value};
use crate::view::condition::Subject;

/// Rows that are looked at, or added, to reach a number.
const ROWS_MAX: i64 = 200;

impl Writer<'_> {
    /// Changes rows, or adds some, until so many fit the condition, or so much comes together in a column.
    pub(super) fn set_rows(
        &mut self,
        trial: &mut Trial<'_>,
        tag: u32,
        condition: &Condition,
        sum: Option<u32>,
        bounds: Bounds,
    ) {
        let Some(field) = trial.field(tag) else { return };
        let Shape::Rows(columns) = &field.shape else { return };
        let mut rows: Vec<Fields> = match trial.value(tag) {
            Some(Value::List(rows)) => rows
                .iter()
                .filter_map(|row| if let Value::Group(row) = row { Some(row.clone()) } else { None })
                .collect(),
            _ => Vec::new(),
        };
        let fresh = |writer: &mut Self, trial: &Trial<'_>| match writer.value(trial, field) {
            Some(Value::List(rows)) => rows,
            _ => Vec::new(),
        };
        if rows.is_empty() {
            let all = fresh(self, trial);
            rows.extend(
                all.into_iter().filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None }),
            );
        }
        let fits = |row: &Fields| Subject::row(row, None).holds(condition);
        if let Some(column) = sum {
            let Some(column) = columns.get(&column) else { return };
            let mut rest = bounds;
            for row in rows.iter_mut().filter(|row| fits(row)) {
                let Some((value, number)) = self.within(column, rest) else { break };
                row.insert(column.tag, value);
                rest = Bounds { least: Some(0), most: rest.most.map(|most| most - number) };
            }
        } else {
            let wanted = |bound: i64| bound.div_euclid(1000).clamp(0, ROWS_MAX);
            let least = bounds.least.map_or(0, wanted);
            let most = bounds.most.map_or(ROWS_MAX, wanted);
            let named =
                columns.values().any(|c| !c.required_in.is_empty() && matches!(c.shape, Shape::Link(_)));
            for _ in 0..ROWS_MAX {
                let count = rows.iter().filter(|row| fits(row)).count() as i64;
                if count < least {
                    let mut turned =
                        |row: &mut Fields| !fits(row) && turn(columns.values(), row, condition, true, self);
                    if rows.iter_mut().any(&mut turned) {
                        continue;
                    }
                    if named {
                        break;
                    }
                    let more = fresh(self, trial);
                    let Some(Value::Group(row)) = more.into_iter().next() else { break };
                    rows.push(row);
                } else if count > most {
                    let Some(at) = rows.iter().position(&fits) else { break };
                    if !turn(columns.values(), &mut rows[at], condition, false, self) {
                        rows.remove(at);
                    }
                } else {
                    break;
                }
            }
        }
        if rows.is_empty() {
            trial.take(tag);
        } else {
            trial.give(tag, Value::List(rows.into_iter().map(Value::Group).collect()));
        }
    }
}

/// Changes one row so that it fits a condition over its columns, or does not. False if nothing changed.
fn turn<'f>(
    columns: impl Iterator<Item = &'f Field> + Clone,
    row: &mut Fields,
    condition: &Condition,
    want: bool,
    writer: &mut Writer<'_>,
) -> bool {
    if Subject::row(row, None).holds(condition) == want {
        return false;
    }
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            let one = matches!(condition, Condition::Any(_)) == want;
            let mut turned = false;
            for part in parts {
                if !(one && turned) {
                    turned |= turn(columns.clone(), row, part, want, writer);
                }
            }
            turned
        }
        Condition::Not(part) => turn(columns, row, part, !want, writer),
        Condition::In { field, values } => {
            let Some(column) = columns.clone().find(|column| column.tag == *field) else { return false };
            match pick(column, values, want, |bound| writer.random.below(bound)) {
                Some(value) => row.insert(column.tag, value).is_some() || want,
                None => row.remove(&column.tag).is_some(),
            }
        }
        Condition::Filled(field) if !want => row.remove(field).is_some(),
        Condition::Within { amount: Amount::Field(field), least, most } if want => {
            let Some(column) = columns.clone().find(|column| column.tag == *field) else { return false };
            let whole = |bound: &i64| bound.saturating_mul(1000);
            let bounds = Bounds { least: least.as_ref().map(whole), most: most.as_ref().map(whole) };
            let value = writer.within(column, bounds);
            let found = value.is_some();
            row.extend(value.map(|(value, _)| (column.tag, value)));
            found
        }
        _ => false,
    }
}
