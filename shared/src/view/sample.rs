//! An office that works by a small catalogue, for tests.

mod kinds;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Folder;
use super::map::MapViews;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::*;
use crate::command::{self, Act, Command, Context, Deadlines, Decision, Refusal, ViewLookup};
use crate::ids::{Epoch, RecordId, Site, StreamName};
use crate::record::{Actor, Day, Entry, EntryFlags, Fields, Record, Role, Value};
use crate::store::{Fold, Place};
use crate::stream::Item;

pub use kinds::{DISTRICT, LETTER, MEMBERSHIP, NOTICE, Plain, REPLY_DUE, TODAY, catalogue, township};

/// A site with views and streams, without a store.
#[derive(Clone)]
pub struct Office {
    pub site: Site,
    pub folder: Folder,
    pub views: MapViews,
    pub log: Vec<(StreamName, Item)>,
    pub lens: BTreeMap<StreamName, u64>,
    pub clock: i64,
    pub node: NodeKind,
    pub today: Day,
    /// The law in force; a test may bring a newer calendar.
    pub deadlines: Arc<dyn Deadlines>,
    fresh: u64,
}

impl Office {
    pub fn new(site: Site) -> Self {
        Self::with(site, catalogue())
    }

    pub fn with(site: Site, catalogue: Arc<Catalogue>) -> Self {
        // The built-in catalogue comes with its law; the sample counts by hand.
        let deadlines: Arc<dyn Deadlines> = match catalogue.profiles.get("zhejiang") {
            Some(profile) => Arc::new(Legal::new(Calendar::builtin(), Arc::new(profile.clone()))),
            None => Arc::new(Plain),
        };
        let folder = Folder::new(catalogue);
        let clock = 1_795_000_000_000;
        Self {
            site,
            folder,
            views: MapViews::default(),
            log: Vec::new(),
            lens: BTreeMap::new(),
            clock,
            node: NodeKind::Town,
            today: TODAY,
            deadlines,
            fresh: 0,
        }
    }

    pub fn try_do(&mut self, command: &Command, role: Role) -> Result<Decision, Refusal> {
        self.try_as(command, &actor(role))
    }

    pub fn try_as(&mut self, command: &Command, who: &Actor) -> Result<Decision, Refusal> {
        self.clock += 1000;
        self.fresh += 1;
        let catalogue = Arc::clone(self.folder.catalogue());
        let owner = crate::view::tables::owner(self.site);
        let mut random = [0; 10];
        random[..4].copy_from_slice(&owner.to_be_bytes());
        random[4..].copy_from_slice(&self.fresh.to_be_bytes()[2..]);
        let node = matches!(self.site, Site::Township(_)).then_some(self.node);
        let ctx = Context {
            catalogue: &catalogue,
            deadlines: &*self.deadlines,
            lookup: &ViewLookup { views: &self.views, catalogue: &catalogue },
            place: command::Place { site: self.site, node, abbr: "坎墩" },
            now_ms: self.clock,
            today: self.today,
            fresh: RecordId::mint(self.clock, &random),
        };
        let decision = command::decide(&ctx, command, who)?;
        for (stream, entry) in &decision.entries {
            self.append(*stream, entry.encode());
        }
        Ok(decision)
    }

    #[track_caller]
    pub fn act(
        &mut self,
        kind: u32,
        record: Option<RecordId>,
        action: &str,
        set: Fields,
        role: Role,
    ) -> Decision {
        let command = self.command(kind, record, action, set);
        self.try_do(&command, role).unwrap_or_else(|refusal| panic!("{action}: {}", refusal.en()))
    }

    #[track_caller]
    pub fn refused(
        &mut self,
        kind: u32,
        record: Option<RecordId>,
        action: &str,
        set: Fields,
        role: Role,
    ) -> Refusal {
        let command = self.command(kind, record, action, set);
        self.try_do(&command, role).expect_err("should have been refused")
    }

    #[track_caller]
    pub fn command(&self, kind: u32, record: Option<RecordId>, action: &str, set: Fields) -> Command {
        let kind = &self.folder.catalogue().kinds[&kind];
        let act = Act::named(kind, action).expect("an action of the kind");
        Command { kind: kind.tag, record, act, set, clear: Vec::new(), reason: "因故".to_owned() }
    }

    pub fn append(&mut self, stream: StreamName, bytes: Vec<u8>) {
        self.item(stream, Item::Entry(bytes));
    }

    pub fn item(&mut self, stream: StreamName, item: Item) {
        let len = self.lens.entry(stream).or_default();
        *len += 1;
        let place = Place { stream, epoch: Epoch(1), seq: *len };
        self.folder.apply(&mut self.views, place, &item);
        self.log.push((stream, item));
    }

    /// Folds the whole log again.
    pub fn rebuilt(&self) -> MapViews {
        let mut again = Self::with(self.site, Arc::clone(self.folder.catalogue()));
        for (stream, item) in &self.log {
            again.item(*stream, item.clone());
        }
        again.views
    }

    pub fn record(&self, id: RecordId) -> Record {
        super::read::record(&self.views, id).expect("the record exists")
    }
}

pub fn actor(role: Role) -> Actor {
    Actor { staff: format!("u{}", role.number()), role, on_behalf: false }
}

pub fn letter_fields(title: &str) -> Fields {
    [
        (1, Value::Text(title.to_owned())),
        (2, Value::Date(TODAY.plus(-3))),
        (3, Value::Text("张三".to_owned())),
        (6, Value::Choice(1)),
    ]
    .into()
}

pub fn entry(record: RecordId, kind: u32, rev: u32, action: u32, status: u32, set: Fields) -> Entry {
    Entry {
        record,
        kind,
        rev,
        action,
        status,
        set,
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: actor(Role::TClerk),
        at: 1_795_000_000_000,
        tick: 0,
        flags: EntryFlags::default(),
        reason: String::new(),
    }
}
