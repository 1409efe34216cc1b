//! What the records of a package name: other records, by their titles.

use std::collections::BTreeSet;

use super::index::Name;
use crate::catalogue::model::Catalogue;
use crate::ids::RecordId;
use crate::record::{Entry, Value};
use crate::store::View;
use crate::view::read;

/// Records that values name, rows included.
pub(super) fn links<'v>(values: impl Iterator<Item = &'v Value>, found: &mut BTreeSet<RecordId>) {
    for value in values {
        match value {
            Value::Link(id) => drop(found.insert(*id)),
            Value::List(values) => links(values.iter(), found),
            Value::Group(row) => links(row.values(), found),
            _ => {}
        }
    }
}

/// Titles of the records that entries name and the package does not hold. A title that stays in the office is not among
/// them.
pub(super) fn of<'e>(
    views: &dyn View,
    catalogue: &Catalogue,
    entries: impl Iterator<Item = &'e Entry>,
    held: &dyn Fn(RecordId) -> bool,
) -> Vec<Name> {
    let mut named = BTreeSet::new();
    entries.for_each(|entry| links(entry.set.values(), &mut named));
    let title = |id: RecordId| {
        let record = read::record(views, id).filter(|record| record.stream.travels())?;
        let kind = catalogue.kinds.get(&record.kind).filter(|kind| !kind.is_local(kind.title))?;
        let Some(Value::Text(title)) = record.fields.get(&kind.title) else { return None };
        Some(Name { id, kind: kind.id.clone(), title: title.clone() })
    };
    named.into_iter().filter(|id| !held(*id)).filter_map(title).collect()
}
