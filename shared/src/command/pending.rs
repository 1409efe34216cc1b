//! What will stand once the entries decided so far are appended: later parts of one decision see the earlier ones.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::context::Lookup;
use crate::catalogue::model::Catalogue;
use crate::ids::{Epoch, RecordId, Site, StreamName, TownshipCode};
use crate::record::{Day, Entry, EntryFlags, Fields, Record, Value};
use crate::store::Place;
use crate::view::{self, phrase};

/// A lookup with entries on top that are not appended yet.
pub(crate) struct Pending<'a> {
    base: &'a dyn Lookup,
    catalogue: &'a Catalogue,
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    records: BTreeMap<RecordId, Record>,
    local: BTreeMap<RecordId, Fields>,
    stamps: BTreeMap<StreamName, (i64, u32)>,
    copies: BTreeMap<RecordId, BTreeMap<StreamName, u32>>,
}

impl<'a> Pending<'a> {
    pub(crate) fn new(base: &'a dyn Lookup, catalogue: &'a Catalogue) -> Self {
        Self { base, catalogue, inner: RefCell::default() }
    }

    /// Takes entries in the order in which they will be appended.
    pub(crate) fn note(&self, entries: &[(StreamName, Entry)]) {
        for (stream, entry) in entries {
            let (before, local) = (self.record(entry.record), self.local(entry.record));
            let mut inner = self.inner.borrow_mut();
            inner.stamps.insert(*stream, (entry.at, entry.tick));
            if entry.flags.has(EntryFlags::PRIVATE) {
                let mut local = local;
                local.retain(|tag, _| !entry.cleared.contains(tag));
                local.extend(entry.set.iter().map(|(tag, value)| (*tag, value.clone())));
                inner.local.insert(entry.record, local);
                continue;
            }
            if stream.travels() && stream.writer() == Site::Hub {
                inner.copies.entry(entry.record).or_default().insert(*stream, entry.rev);
            }
            // The same change goes down several streams.
            if before.as_ref().is_none_or(|record| record.rev < entry.rev) {
                let place = Place { stream: *stream, epoch: Epoch(0), seq: 0 };
                inner.records.insert(entry.record, view::next(before, place, entry, [0; 16]));
            }
        }
    }

    fn links(record: &Record, field: u32, target: RecordId) -> bool {
        match record.fields.get(&field) {
            Some(Value::Link(id)) => *id == target,
            Some(Value::List(list)) => list.contains(&Value::Link(target)),
            _ => false,
        }
    }
}

impl Lookup for Pending<'_> {
    fn record(&self, id: RecordId) -> Option<Record> {
        let here = self.inner.borrow().records.get(&id).cloned();
        here.or_else(|| self.base.record(id))
    }

    fn local(&self, id: RecordId) -> Fields {
        let here = self.inner.borrow().local.get(&id).cloned();
        here.unwrap_or_else(|| self.base.local(id))
    }

    fn last_number(&self, owner: Site, kind: u32, year: i16, scope: u64) -> u32 {
        let stored = self.base.last_number(owner, kind, year, scope);
        let Some(kind) = self.catalogue.kinds.get(&kind) else { return stored };
        let Some(numbering) = &kind.numbering else { return stored };
        let inner = self.inner.borrow();
        let mine = inner.records.values().filter(|record| {
            record.kind == kind.tag
                && record.stream.writer() == owner
                && phrase::year(numbering, &record.fields) == Some(year)
                && phrase::scope(numbering, &record.fields) == scope
        });
        let numbers = mine.filter_map(|record| {
            phrase::number_in(kind, numbering, &record.fields, record.fields.get(&numbering.field)?)
        });
        numbers.max().unwrap_or(0).max(stored)
    }

    fn last_stamp(&self, stream: StreamName) -> Option<(i64, u32)> {
        let here = self.inner.borrow().stamps.get(&stream).copied();
        here.or_else(|| self.base.last_stamp(stream))
    }

    fn copies(&self, id: RecordId) -> Vec<(StreamName, u32)> {
        let mut copies: BTreeMap<StreamName, u32> = self.base.copies(id).into_iter().collect();
        copies.extend(self.inner.borrow().copies.get(&id).cloned().unwrap_or_default());
        copies.into_iter().collect()
    }

    fn members(&self, district: RecordId, day: Day) -> BTreeSet<TownshipCode> {
        self.base.members(district, day)
    }

    fn townships(&self, day: Day) -> BTreeSet<TownshipCode> {
        self.base.townships(day)
    }

    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
        let inner = self.inner.borrow();
        let mut found = self.base.linking(target, kind, field);
        found.retain(|id| inner.records.get(id).is_none_or(|record| Self::links(record, field, target)));
        for record in inner.records.values() {
            if record.kind == kind && Self::links(record, field, target) && !found.contains(&record.id) {
                found.push(record.id);
            }
        }
        found
    }

    fn all(&self, owner: Site, kind: u32) -> Vec<RecordId> {
        let inner = self.inner.borrow();
        let mut found = self.base.all(owner, kind);
        let mine = inner.records.values().filter(|r| r.kind == kind && r.stream.writer() == owner);
        let fresh: Vec<RecordId> = mine.map(|record| record.id).filter(|id| !found.contains(id)).collect();
        found.extend(fresh);
        found
    }
}
