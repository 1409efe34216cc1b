//! What a decision may know besides the command.

use std::collections::BTreeSet;

use crate::catalogue::model::{Catalogue, Kind, NodeKind, Shape};
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::record::{Day, DeadlineState, Fields, Record, Value};
use crate::store::View;
use crate::tally::Membership;
use crate::view::condition::Around;
use crate::view::read;

/// The moment and the place of a decision.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub catalogue: &'a Catalogue,
    pub deadlines: &'a dyn Deadlines,
    pub lookup: &'a dyn Lookup,
    pub place: Place<'a>,
    /// Wall clock in milliseconds since 1970.
    pub now_ms: i64,
    /// Today in Beijing.
    pub today: Day,
    /// Id for a record that is created; fresh for every call.
    pub fresh: RecordId,
}

/// Where it is decided.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub site: Site,
    /// `None` at the hub.
    pub node: Option<NodeKind>,
    /// Short name used in numbers, such as 坎墩.
    pub abbr: &'a str,
}

/// Computes deadlines by the calendar and the legal profile in force.
pub trait Deadlines {
    /// A deadline that starts on a day; `None` where the profile has no such deadline.
    fn start(&self, deadline: u32, start: Day, complex: bool) -> Option<DeadlineState>;
    /// A deadline that starts on a day and whose last day the record gives.
    fn given(&self, deadline: u32, start: Day, due: Day) -> DeadlineState {
        DeadlineState::give(deadline, start, due)
    }
    /// The last day to which a deadline may be extended; `None` if it may not be. Any later day will do for one whose
    /// last day was given.
    fn latest(&self, deadline: &DeadlineState) -> Option<Day>;
    /// The deadline as it is under the calendar and the law of today, if that changes anything. Only what still runs, was
    /// counted by them and was not extended is counted again; all others keep the day that people were told. `complex`:
    /// whether the longer length holds, should the law have changed. Idempotent: what comes out is not changed again by the
    /// same calendar and law.
    fn refreshed(&self, deadline: &DeadlineState, complex: bool) -> Option<DeadlineState>;
}

/// Reads of what stands.
pub trait Lookup {
    fn record(&self, id: RecordId) -> Option<Record>;
    /// Values of a record that stay here.
    fn local(&self, id: RecordId) -> Fields;
    fn last_number(&self, owner: Site, kind: u32, year: i16, scope: u64) -> u32;
    fn last_stamp(&self, stream: StreamName) -> Option<(i64, u32)>;
    /// Down streams that have the record, each with the revision up to which it has it.
    fn copies(&self, id: RecordId) -> Vec<(StreamName, u32)>;
    /// Townships of a district on a day.
    fn members(&self, district: RecordId, day: Day) -> BTreeSet<TownshipCode>;
    /// Townships that belong to a district on a day.
    fn townships(&self, day: Day) -> BTreeSet<TownshipCode>;
    /// Records of a kind that link to the target by a field of theirs, void ones too.
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId>;
    /// Records of a kind that a site writes, void ones too.
    fn all(&self, owner: Site, kind: u32) -> Vec<RecordId>;
}

/// Lookups in the views.
#[derive(Clone, Copy)]
pub struct ViewLookup<'a> {
    pub views: &'a dyn View,
    pub catalogue: &'a Catalogue,
}

impl Lookup for ViewLookup<'_> {
    fn record(&self, id: RecordId) -> Option<Record> {
        read::record(self.views, id)
    }
    fn local(&self, id: RecordId) -> Fields {
        read::local(self.views, id)
    }
    fn last_number(&self, owner: Site, kind: u32, year: i16, scope: u64) -> u32 {
        read::last_number(self.views, owner, kind, year, scope)
    }
    fn last_stamp(&self, stream: StreamName) -> Option<(i64, u32)> {
        read::last_stamp(self.views, stream)
    }
    fn copies(&self, id: RecordId) -> Vec<(StreamName, u32)> {
        read::copies(self.views, id)
    }
    fn members(&self, district: RecordId, day: Day) -> BTreeSet<TownshipCode> {
        Membership::read(self.views, self.catalogue).members(district, day)
    }
    fn townships(&self, day: Day) -> BTreeSet<TownshipCode> {
        Membership::read(self.views, self.catalogue).townships(day)
    }
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
        read::linking_by(self.views, target, kind, field)
    }
    fn all(&self, owner: Site, kind: u32) -> Vec<RecordId> {
        let mut found = Vec::new();
        read::list(self.views, kind, owner, None, &mut |line| {
            found.push(line.id);
            true
        });
        found
    }
}

/// What rules see around a record that is being decided on.
pub(super) struct Surroundings<'s, 'a> {
    pub ctx: &'s Context<'a>,
    pub this: RecordId,
}

impl Around for Surroundings<'_, '_> {
    fn today(&self) -> Day {
        self.ctx.today
    }
    fn this(&self) -> RecordId {
        self.this
    }
    fn whole(&self, id: RecordId) -> Option<(Record, Fields)> {
        self.ctx.lookup.record(id).map(|record| (record, self.ctx.lookup.local(id)))
    }
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
        self.ctx.lookup.linking(target, kind, field)
    }
    fn all(&self, kind: u32) -> Vec<RecordId> {
        self.ctx.lookup.all(self.ctx.place.site, kind)
    }
}

/// Links in a value of a field, with the kinds that they may point to.
pub(super) fn links<'a>(shape: &'a Shape, value: &Value) -> Vec<(RecordId, &'a [u32])> {
    match (shape, value) {
        (Shape::Link(kinds), Value::Link(id)) => vec![(*id, kinds)],
        (Shape::Links(kinds), Value::List(values)) => values
            .iter()
            .filter_map(|v| if let Value::Link(id) = v { Some((*id, kinds.as_slice())) } else { None })
            .collect(),
        (Shape::Rows(columns), Value::List(rows)) => rows
            .iter()
            .filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None })
            .flat_map(|row| row.iter())
            .filter_map(|(tag, value)| columns.get(tag).map(|column| links(&column.shape, value)))
            .flatten()
            .collect(),
        _ => Vec::new(),
    }
}

/// A kind's own word for itself, in both languages.
pub(super) fn name(kind: &Kind) -> (&str, &str) {
    (&kind.label.zh, &kind.label.en)
}
