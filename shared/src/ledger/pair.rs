//! A county and its townships, each on a store of its own, by a small catalogue: for tests of what goes between them.

use std::sync::Arc;

use super::{Act, By, Ledger, Reacted};
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::Place;
use crate::exchange::Townships;
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::program::{Failure, ManualClock, day_start_ms};
use crate::record::{Day, EntryFlags, Fields, Record, Value};
use crate::store::files::{Files, SimFiles};
use crate::store::views::MemShelf;
use crate::store::{Options, Store, StoreError};
use crate::view::{Folder, held, read};

pub(super) const FIRST: &str = "330282002";
pub(super) const SECOND: &str = "330282003";
/// The day on which every story begins.
pub(super) const TODAY: &str = "2026-03-02";

const FILES: [(&str, &str); 8] = [
    (
        "deadlines.toml",
        "deadline_kinds = [{ number = 1, code = \"DL-ASK\", zh = \"答复\", en = \"Reply\", given = true }]",
    ),
    (
        "profiles/national.toml",
        "profile = \"national\"\nversion = \"1\"\nzh = \"全国\"\nen = \"National\"\nroll_forward = true\nlengths = []",
    ),
    ("ask.toml", include_str!("testdata/ask.toml")),
    ("answer.toml", include_str!("testdata/answer.toml")),
    ("verdict.toml", include_str!("testdata/verdict.toml")),
    ("circular.toml", include_str!("testdata/circular.toml")),
    ("paper.toml", include_str!("testdata/paper.toml")),
    ("duty.toml", include_str!("testdata/duty.toml")),
];

/// The catalogue; `more` is put into one of its files as a remark, which makes it another version.
pub(super) fn catalogue(more: &str) -> Arc<Catalogue> {
    let remark = format!("# {more}\n{}", FILES[0].1);
    let files = FILES.iter().map(|(name, text)| match *name {
        "deadlines.toml" if !more.is_empty() => (*name, remark.as_str()),
        _ => (*name, *text),
    });
    Arc::new(Catalogue::load(files).unwrap_or_else(|problems| panic!("{problems}")))
}

pub(super) fn code(text: &str) -> TownshipCode {
    text.parse().expect("nine digits")
}

/// One office on files in memory.
pub(super) struct Side {
    pub(super) store: Store,
    pub(super) site: Site,
    pub(super) clock: ManualClock,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) files: SimFiles,
}

impl Side {
    pub(super) fn county() -> Self {
        Self::on(SimFiles::new(), Site::Hub, catalogue(""))
    }

    pub(super) fn township(text: &str) -> Self {
        Self::on(SimFiles::new(), Site::Township(code(text)), catalogue(""))
    }

    /// What stands on the files, by a catalogue.
    pub(super) fn on(files: SimFiles, site: Site, catalogue: Arc<Catalogue>) -> Self {
        let store = open(Arc::new(files.clone()), &catalogue);
        let side = Self { store, site, clock: ManualClock::new(0, u64::from(seed(site))), catalogue, files };
        side.go_to(TODAY);
        side
    }

    /// The same office with its views made anew, by another version of the catalogue.
    pub(super) fn upgraded(self, more: &str) -> Self {
        let Self { store, site, files, .. } = self;
        drop(store);
        Self::on(files, site, catalogue(more))
    }

    /// A copy of its files as they are now, opened as another office of the same name.
    pub(super) fn copied(&self) -> Self {
        Self::on(self.files.copy(), self.site, Arc::clone(&self.catalogue))
    }

    /// Ten in the morning of a day.
    pub(super) fn go_to(&self, day: &str) {
        let day: Day = day.parse().expect("a day");
        self.clock.set(day_start_ms(day) + 10 * 3_600_000);
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let legal = Legal::new(Calendar::builtin(), Arc::new(self.catalogue.profiles["national"].clone()));
        let towns = [FIRST, SECOND].map(|text| (code(text), text.to_owned()));
        let node = matches!(self.site, Site::Township(_)).then_some(NodeKind::Town);
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock: &self.clock,
            place: Place { site: self.site, node, abbr: "样" },
            townships: &Townships::new(towns),
            staff: &|role| format!("u{}", role.number()),
        })
    }

    #[track_caller]
    pub(super) fn react(&self) -> Reacted {
        self.with(|ledger| ledger.react()).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// What was made, brought into step, taken and refused.
    #[track_caller]
    pub(super) fn reacted(&self) -> [usize; 4] {
        let Reacted { made, aligned, taken, refused, .. } = self.react();
        [made, aligned, taken, refused]
    }

    pub(super) fn try_act(
        &self,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> Result<RecordId, Failure> {
        let role = if self.site == Site::Hub { "C_OFFICE" } else { "T_CLERK" };
        let ask = Act {
            kind: kind.to_owned(),
            record: record.map(|id| id.to_string()),
            action: action.to_owned(),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: "因故".to_owned(),
            by: By { role: role.to_owned(), staff: None, on_behalf: false },
        };
        self.with(|ledger| ledger.act(&ask)).map(|acted| acted.record)
    }

    #[track_caller]
    pub(super) fn enter(&self, kind: &str, action: &str, set: &[&str]) -> RecordId {
        self.try_act(kind, None, action, set).unwrap_or_else(|failure| panic!("{action}: {failure}"))
    }

    #[track_caller]
    pub(super) fn act(&self, id: RecordId, action: &str, set: &[&str]) {
        self.try_act("", Some(id), action, set).unwrap_or_else(|failure| panic!("{action}: {failure}"));
    }

    /// Records of a kind, void ones too, in the order of their ids.
    pub(super) fn all(&self, kind: &str) -> Vec<Record> {
        let tag = self.catalogue.kind(kind).expect("a kind").tag;
        let mut found = Vec::new();
        self.store.read(|views| {
            read::list_all(views, tag, &mut |line| {
                found.extend(read::record(views, line.id));
                true
            });
        });
        found.sort_by_key(|record| record.id);
        found
    }

    /// The only record of a kind.
    #[track_caller]
    pub(super) fn one(&self, kind: &str) -> RecordId {
        match self.all(kind).as_slice() {
            [record] => record.id,
            many => panic!("{} records of {kind}", many.len()),
        }
    }

    #[track_caller]
    pub(super) fn status(&self, id: RecordId) -> String {
        let record = self.store.read(|views| read::record(views, id)).expect("the record exists");
        if record.flags.has(EntryFlags::VOIDED) {
            return "void".to_owned();
        }
        self.catalogue.kinds[&record.kind].statuses[&record.status].id.clone()
    }

    #[track_caller]
    pub(super) fn value(&self, id: RecordId, field: &str) -> Option<Value> {
        let record = self.store.read(|views| read::record(views, id)).expect("the record exists");
        let local: Fields = self.store.read(|views| read::local(views, id));
        let tag = self.catalogue.kinds[&record.kind].field(field).expect("a field").tag;
        record.fields.get(&tag).or_else(|| local.get(&tag)).cloned()
    }

    /// Entries of each stream.
    pub(super) fn lengths(&self) -> Vec<(StreamName, u64)> {
        self.store.streams().into_iter().map(|(stream, head)| (stream, head.len)).collect()
    }

    pub(super) fn held(&self) -> u32 {
        self.store.read(|views| held::count(views, None))
    }
}

pub(super) fn open(files: Arc<dyn Files>, catalogue: &Arc<Catalogue>) -> Store {
    let fold = Arc::new(Folder::new(Arc::clone(catalogue)));
    let opened = Store::open_with(files, Arc::new(MemShelf::default()), fold, Options::default());
    opened.unwrap_or_else(|error| panic!("{error}")).0
}

fn seed(site: Site) -> u32 {
    match site {
        Site::Hub => 1,
        Site::Township(code) => code.number(),
    }
}

/// What the one writes and the other may see goes over, from entry `after + 1` of each stream on.
#[track_caller]
pub(super) fn night(from: &Side, to: &Side) {
    for (stream, head) in from.store.streams() {
        let theirs = match (to.site, stream) {
            (Site::Hub, _) | (_, StreamName::DownAll) => true,
            (Site::Township(code), StreamName::Down(to)) => code == to,
            _ => false,
        };
        if !stream.travels() || stream.writer() != from.site || !theirs {
            continue;
        }
        while let Some(frame) = {
            let next = to.store.head(stream).len + 1;
            from.store.run(stream, next..=head.len, 1 << 20, 1 << 20).expect("a journal")
        } {
            let went = to.store.write(|tx| tx.append_frame(&frame).map_err(|error: StoreError| error));
            went.expect("the frame follows");
        }
    }
}

/// Both ways, and both sides react.
#[track_caller]
pub(super) fn exchange(hub: &Side, node: &Side) {
    night(node, hub);
    night(hub, node);
    hub.react();
    node.react();
    assert_eq!((hub.held(), node.held()), (0, 0), "entries that could not be applied");
}
