//! The tables beside the records: list, counts, links, numbers, due list. Each is changed by the difference of a record before
//! and after an entry, so that an entry which touches none of it costs no write.

use super::{phrase, tables};
use crate::catalogue::model::{Kind, Numbering};
use crate::ids::RecordId;
use crate::record::{Day, Fields, Record, Value};
use crate::store::ViewMut;

/// Records that have no date of their own stand under the day of the epoch.
const UNDATED: Day = Day(0);

pub(super) fn change(
    views: &mut dyn ViewMut,
    kind: Option<&Kind>,
    before: Option<&Record>,
    after: &Record,
    touched: &Fields,
) {
    list(views, kind, before, after);
    if before.is_none() {
        count(views, after);
    }
    links(views, before, after);
    due(views, before, after);
    if let Some(kind) = kind
        && let Some(numbering) = &kind.numbering
        && touched.contains_key(&numbering.field)
    {
        number(views, kind, numbering, after);
    }
}

fn day(kind: Option<&Kind>, record: &Record) -> Day {
    match kind.and_then(|kind| record.fields.get(&kind.date)) {
        Some(Value::Date(day)) => *day,
        _ => UNDATED,
    }
}

fn list(views: &mut dyn ViewMut, kind: Option<&Kind>, before: Option<&Record>, after: &Record) {
    let owner = tables::owner(after.stream.writer());
    let new = day(kind, after);
    match before.map(|record| day(kind, record)) {
        Some(old) if old == new => return,
        Some(old) => views.delete(&tables::list_key(after.kind, owner, old, after.id)),
        None => {}
    }
    views.put(&tables::list_key(after.kind, owner, new, after.id), Vec::new());
}

fn links(views: &mut dyn ViewMut, before: Option<&Record>, after: &Record) {
    let empty = Fields::new();
    let old = before.map_or(&empty, |record| &record.fields);
    for (&field, value) in &after.fields {
        let was = old.get(&field);
        if was == Some(value) {
            continue;
        }
        for target in targets(Some(value)) {
            if !targets(was).any(|t| t == target) {
                views.put(&tables::link_key(target, field, after.id), after.kind.to_be_bytes().to_vec());
            }
        }
        for target in targets(was) {
            if !targets(Some(value)).any(|t| t == target) {
                views.delete(&tables::link_key(target, field, after.id));
            }
        }
    }
    for (&field, value) in old {
        if !after.fields.contains_key(&field) {
            for target in targets(Some(value)) {
                views.delete(&tables::link_key(target, field, after.id));
            }
        }
    }
}

/// One record more.
fn count(views: &mut dyn ViewMut, after: &Record) {
    let key = tables::count_key(after.kind, tables::owner(after.stream.writer()));
    let before =
        views.get(&key).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()).map_or(0, u64::from_be_bytes);
    views.put(&key, (before + 1).to_be_bytes().to_vec());
}

/// Links in a value, those in the columns of child rows included.
fn targets(value: Option<&Value>) -> impl Iterator<Item = RecordId> {
    let mut found = Vec::new();
    if let Some(value) = value {
        collect(value, &mut found);
    }
    found.into_iter()
}

fn collect(value: &Value, found: &mut Vec<RecordId>) {
    match value {
        Value::Link(id) => found.push(*id),
        Value::List(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Group(fields) => fields.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn due(views: &mut dyn ViewMut, before: Option<&Record>, after: &Record) {
    let open = |record: &Record, kind: u32| {
        record.deadlines.get(&kind).filter(|d| d.open()).map(|d| d.effective_due)
    };
    if let Some(before) = before {
        for &deadline in before.deadlines.keys() {
            if let Some(old) = open(before, deadline)
                && open(after, deadline) != Some(old)
            {
                views.delete(&tables::due_key(old, after.id, deadline));
            }
        }
    }
    let owner = tables::owner(after.stream.writer());
    for &deadline in after.deadlines.keys() {
        if let Some(new) = open(after, deadline)
            && before.and_then(|record| open(record, deadline)) != Some(new)
        {
            let value = [after.kind.to_be_bytes(), owner.to_be_bytes()].concat();
            views.put(&tables::due_key(new, after.id, deadline), value);
        }
    }
}

fn number(views: &mut dyn ViewMut, kind: &Kind, numbering: &Numbering, record: &Record) {
    let given = record.fields.get(&numbering.field);
    let given = given.and_then(|value| phrase::number_in(kind, numbering, &record.fields, value));
    let (Some(given), Some(year)) = (given, phrase::year(numbering, &record.fields)) else { return };
    let owner = tables::owner(record.stream.writer());
    let key = tables::number_key(owner, kind.tag, year, phrase::scope(numbering, &record.fields));
    let last =
        views.get(&key).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).map_or(0, u32::from_be_bytes);
    if given > last {
        views.put(&key, given.to_be_bytes().to_vec());
    }
}
