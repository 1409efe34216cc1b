//! An office in memory: commands are decided and kept as at a real one, and nothing is stored.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, Condition, NodeKind};
use crate::command::{
    self, Command, Context, Deadlines, Decision, Lookup, Place as Where, Refusal, ViewLookup,
};
use crate::ids::{Epoch, RecordId, Site, StreamName, TownshipCode};
use crate::record::{Actor, Day, DeadlineState, EntryFlags, Fields, Record};
use crate::store::{Fold, Place};
use crate::stream::Item;
use crate::view::condition::{Around, Subject};
use crate::view::map::MapViews;
use crate::view::{Folder, read};

/// Whose office it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub site: Site,
    /// `None` for the county.
    pub node: Option<NodeKind>,
    /// Short name used in numbers.
    pub abbr: String,
    /// Legal profile in force; the national one if there is none of this id.
    pub profile: String,
}

/// The time of a command, and the id of the record that it would make.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub at_ms: i64,
    pub day: Day,
    pub fresh: RecordId,
}

pub(super) struct Bench {
    catalogue: Arc<Catalogue>,
    legal: Legal,
    folder: Folder,
    views: MapViews,
    lens: BTreeMap<StreamName, u64>,
    seat: Seat,
    /// Records read so far; rules look at the same ones again and again.
    read: RefCell<BTreeMap<RecordId, Rc<(Record, Fields)>>>,
}

impl Bench {
    /// An empty office. `None` for a catalogue without legal profiles, which the loader refuses.
    pub(super) fn new(catalogue: &Arc<Catalogue>, seat: Seat) -> Option<Self> {
        let profile = catalogue.profile(&seat.profile)?.clone();
        Some(Self {
            legal: Legal::new(Calendar::builtin(), Arc::new(profile)),
            folder: Folder::new(Arc::new(uncounted(catalogue))),
            catalogue: Arc::clone(catalogue),
            views: MapViews::default(),
            lens: BTreeMap::new(),
            seat,
            read: RefCell::default(),
        })
    }

    pub(super) fn site(&self) -> Site {
        self.seat.site
    }

    pub(super) fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    fn views(&self) -> ViewLookup<'_> {
        ViewLookup { views: &self.views, catalogue: &self.catalogue }
    }

    /// A record and the values of it that stay.
    fn read(&self, id: RecordId) -> Option<Rc<(Record, Fields)>> {
        if let Some(found) = self.read.borrow().get(&id) {
            return Some(Rc::clone(found));
        }
        let found = Rc::new((read::record(&self.views, id)?, read::local(&self.views, id)));
        self.read.borrow_mut().insert(id, Rc::clone(&found));
        Some(found)
    }

    /// What the gate says; nothing is changed.
    pub(super) fn decide(
        &self,
        command: &Command,
        actor: &Actor,
        moment: Moment,
    ) -> Result<Decision, Refusal> {
        let Seat { site, node, abbr, .. } = &self.seat;
        let ctx = Context {
            catalogue: &self.catalogue,
            deadlines: &self.legal,
            lookup: self,
            place: Where { site: *site, node: *node, abbr },
            now_ms: moment.at_ms,
            today: moment.day,
            fresh: moment.fresh,
        };
        command::decide(&ctx, command, actor)
    }

    /// Takes in what was decided.
    pub(super) fn keep(&mut self, decision: &Decision) {
        for (stream, entry) in &decision.entries {
            self.read.borrow_mut().remove(&entry.record);
            let len = self.lens.entry(*stream).or_default();
            *len += 1;
            let place = Place { stream: *stream, epoch: Epoch(1), seq: *len };
            self.folder.apply(&mut self.views, place, &Item::Entry(entry.encode()));
        }
    }

    /// A record, and all its values, also those that stay in the office.
    pub(super) fn whole(&self, id: RecordId) -> Option<(Record, Fields)> {
        let found = self.read(id)?;
        let (record, local) = &*found;
        let mut fields = record.fields.clone();
        fields.extend(local.iter().map(|(tag, value)| (*tag, value.clone())));
        Some((record.clone(), fields))
    }

    /// Records of a kind, whoever wrote them; the newest first, at most so many.
    pub(super) fn newest(&self, kind: u32, most: usize) -> Vec<RecordId> {
        let mut found = Vec::new();
        read::list_all(&self.views, kind, &mut |line| {
            found.push(line.id);
            found.len() < most
        });
        found
    }

    /// The last day to which a deadline may be extended.
    pub(super) fn latest(&self, deadline: &DeadlineState) -> Option<Day> {
        self.legal.latest(deadline)
    }

    /// A working day not before this one, and none of those on which weekends are worked.
    pub(super) fn working(&self, day: Day) -> Day {
        let calendar = self.legal.calendar();
        let works = |day: &Day| day.weekday() < 6 && calendar.is_working(*day);
        // Holidays last two weeks at most.
        (0..30).map(|after| day.plus(after)).find(works).unwrap_or(day)
    }

    /// What rules see around a record on a day.
    pub(super) fn around(&self, this: RecordId, day: Day) -> Seen<'_> {
        Seen { bench: self, this, day }
    }

    /// Whether a condition holds for a record that stands.
    pub(super) fn holds(&self, id: RecordId, condition: &Condition) -> bool {
        let Some(found) = self.read(id) else { return false };
        Subject::of(&found.0, Some(&found.1)).holds(condition)
    }

    /// The day on which a record was made.
    pub(super) fn begun(&self, id: RecordId) -> Option<Day> {
        self.read(id).map(|found| Day::beijing(found.0.created_at))
    }

    /// The kind of a record, its status and its flags.
    pub(super) fn glance(&self, id: RecordId) -> Option<(u32, u32, EntryFlags)> {
        self.read(id).map(|found| (found.0.kind, found.0.status, found.0.flags))
    }
}

impl Lookup for Bench {
    fn record(&self, id: RecordId) -> Option<Record> {
        self.read(id).map(|found| found.0.clone())
    }
    fn local(&self, id: RecordId) -> Fields {
        self.read(id).map(|found| found.1.clone()).unwrap_or_default()
    }
    fn last_number(&self, owner: Site, kind: u32, year: i16, scope: u64) -> u32 {
        self.views().last_number(owner, kind, year, scope)
    }
    fn last_stamp(&self, stream: StreamName) -> Option<(i64, u32)> {
        self.views().last_stamp(stream)
    }
    fn copies(&self, id: RecordId) -> Vec<(StreamName, u32)> {
        self.views().copies(id)
    }
    fn members(&self, district: RecordId, day: Day) -> BTreeSet<TownshipCode> {
        self.views().members(district, day)
    }
    fn townships(&self, day: Day) -> BTreeSet<TownshipCode> {
        self.views().townships(day)
    }
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
        self.views().linking(target, kind, field)
    }
    fn all(&self, owner: Site, kind: u32) -> Vec<RecordId> {
        self.views().all(owner, kind)
    }
}

/// The catalogue without its figures, which nobody asks for on a bench.
fn uncounted(catalogue: &Catalogue) -> Catalogue {
    let mut plain = catalogue.clone();
    for kind in plain.kinds.values_mut() {
        kind.measures.clear();
    }
    plain
}

/// The other records of the office, seen from one of them.
pub(super) struct Seen<'b> {
    bench: &'b Bench,
    this: RecordId,
    day: Day,
}

impl Around for Seen<'_> {
    fn today(&self) -> Day {
        self.day
    }
    fn this(&self) -> RecordId {
        self.this
    }
    fn whole(&self, id: RecordId) -> Option<(Record, Fields)> {
        self.bench.read(id).map(|found| (*found).clone())
    }
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
        self.bench.views().linking(target, kind, field)
    }
    fn all(&self, kind: u32) -> Vec<RecordId> {
        self.bench.views().all(self.bench.seat.site, kind)
    }
}
