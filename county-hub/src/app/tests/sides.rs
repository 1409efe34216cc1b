//! Both sides of the county's business in one store: what people of the county do, what offices and their programs write.

use shared::command::{Act, Command};
use shared::ids::{Epoch, RecordId, Site, StreamName};
use shared::ledger::{By, Given};
use shared::program::{Clock as _, Failure, day_start_ms};
use shared::record::{Actor, Entry, EntryFlags, Fields, Role};
use shared::sync::note;
use xianglian_proto::v1::note::Kind;
use xianglian_proto::v1::{HubOpened, HubSession};

use super::bed::{County, HOUR_MS, code};
use crate::app::record;

/// The program itself, as a role.
pub(super) const PROGRAM: &str = "SYSTEM";

impl County {
    /// Noon of a day.
    pub(super) fn go_to(&self, day: &str) {
        self.clock.set(day_start_ms(day.parse().expect("a day")) + 12 * HOUR_MS);
    }

    /// An action of the county, or a new record where none is named.
    #[track_caller]
    pub(super) fn act(
        &self,
        role: &str,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> RecordId {
        let done = self.try_act(role, kind, record, action, set);
        done.unwrap_or_else(|why| panic!("{kind} {action}: {}", why.render(shared::program::Lang::Zh)))
    }

    /// What the county is told that may not take an action.
    #[track_caller]
    pub(super) fn refused(
        &self,
        role: &str,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> String {
        match self.try_act(role, kind, record, action, set) {
            Ok(_) => panic!("{kind} {action} was not refused"),
            Err(why) => why.render(shared::program::Lang::Zh),
        }
    }

    fn try_act(
        &self,
        role: &str,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> Result<RecordId, Failure> {
        let by = By { staff: None, role: role.into(), on_behalf: false };
        let set = set.iter().map(|set| (*set).to_owned()).collect();
        let (record, action) = (record.map(|id| id.to_string()), action.to_owned());
        let act = shared::ledger::Act { kind: kind.into(), record, action, set, reason: "因故".into(), by };
        self.try_ask(record::Act(act)).map(|acted| acted.record)
    }

    /// An action of a township's office, or of its program ([`PROGRAM`]).
    #[track_caller]
    pub(super) fn there(
        &self,
        n: u32,
        role: &str,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> RecordId {
        let set: Vec<String> = set.iter().map(|set| (*set).to_owned()).collect();
        let wrong =
            |why: Failure| -> ! { panic!("{kind} {action}: {}", why.render(shared::program::Lang::Zh)) };
        if role == PROGRAM {
            let found = self.app.catalogue.kind(kind).expect("a kind");
            let act = Act::Take(found.action(action).expect("an action").tag);
            let done = self.ledger_of(code(n), |ledger| {
                let given = self.app.store.read(|views| Given::read(found, &set, &ledger.names(views)))?;
                ledger.commit(&Command::new(found.tag, record, act, given.set), &Actor::program())
            });
            return done.unwrap_or_else(|why| wrong(why)).record;
        }
        let by = By { staff: None, role: role.into(), on_behalf: false };
        let record = record.map(|id| id.to_string());
        let (kind, action) = (kind.to_owned(), action.to_owned());
        let act = shared::ledger::Act { kind, record, action, set, reason: "因故".into(), by };
        self.ledger_of(code(n), |ledger| ledger.act(&act)).unwrap_or_else(|why| wrong(why)).record
    }

    /// What the hub's program does after a session.
    #[track_caller]
    pub(super) fn react(&self) {
        let done = self
            .app
            .ledger(|ledger| ledger.react())
            .unwrap_or_else(|why| panic!("{}", why.render(shared::program::Lang::En)));
        let refused = self.app.ledger(|ledger| ledger.refused_reactions());
        assert!(refused.shown.is_empty(), "{done:?}: {refused:?}");
    }

    /// A value as programs get it; empty where the field is.
    #[track_caller]
    pub(super) fn value(&self, id: RecordId, field: &str) -> String {
        let shown = self.app.ledger(|ledger| ledger.show(&id.to_string(), Role::COffice));
        let shown = shown.unwrap_or_else(|why| panic!("{}", why.render(shared::program::Lang::En)));
        let value = shown.fields.get(field);
        value
            .map_or_else(String::new, |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    #[track_caller]
    pub(super) fn status(&self, id: RecordId) -> String {
        let shown = self.app.ledger(|ledger| ledger.show(&id.to_string(), Role::COffice));
        shown.unwrap_or_else(|why| panic!("{}", why.render(shared::program::Lang::En))).status
    }

    /// Records of a kind that link to a record, by the township that they name or that writes them.
    pub(super) fn linking(&self, id: RecordId, kind: &str) -> Vec<RecordId> {
        let tag = self.app.catalogue.kind(kind).expect("a kind").tag;
        let found = self.app.store.read(|views| shared::view::read::linking(views, id, usize::MAX));
        let mut ids: Vec<RecordId> =
            found.into_iter().filter(|(_, of, _)| *of == tag).map(|(id, ..)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The one of them that names this township.
    #[track_caller]
    pub(super) fn line(&self, id: RecordId, kind: &str, n: u32) -> RecordId {
        let of = |line: &RecordId| self.value(*line, "township") == code(n).to_string();
        let found: Vec<RecordId> = self.linking(id, kind).into_iter().filter(of).collect();
        assert_eq!(found.len(), 1, "{kind} of {n}");
        found[0]
    }

    /// An exchange with the township began so many hours ago and broke off.
    pub(super) fn broke_off(&self, n: u32, hours_ago: i64) {
        let session = HubSession {
            at: self.clock.now_ms() - hours_ago * HOUR_MS,
            own_len: 1_000,
            ..HubSession::default()
        };
        let kind = Kind::Opened(HubOpened {
            township: code(n).to_string(),
            session: Some(session),
            ..HubOpened::default()
        });
        let written = self.app.store.write(|tx| note::append(tx, Site::Hub, Epoch(1), vec![kind]));
        written.expect("a note in memory");
    }

    /// A change of a record came from the township that cannot follow from what is here: an earlier one is missing.
    pub(super) fn gap(&self, n: u32, kind: &str, record: RecordId, set: Fields) {
        let tag = self.app.catalogue.kind(kind).expect("a kind").tag;
        let entry = Entry {
            record,
            kind: tag,
            rev: 99,
            action: 0,
            status: 0,
            set,
            cleared: Vec::new(),
            deadlines: Vec::new(),
            actor: Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false },
            at: self.clock.now_ms(),
            tick: 0,
            flags: EntryFlags::default(),
            reason: String::new(),
        };
        let stream = StreamName::Township(code(n));
        let head = self.app.store.head(stream);
        let epoch = if head.len == 0 { Epoch(7) } else { head.epoch };
        let written = self.app.store.write(|tx| tx.append(stream, epoch, vec![entry.encode()]));
        written.expect("an entry in memory");
    }
}

/// `field=` and the record that is meant.
pub(super) fn link(field: &str, id: RecordId) -> String {
    format!("{field}={id}")
}
