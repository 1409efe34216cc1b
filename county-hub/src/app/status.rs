//! How the townships and the hub itself are.

use serde::{Deserialize, Serialize};
use shared::ids::{StreamName, TownshipCode};
use shared::ledger::RefusedReactions;
use shared::program::{Failure, rfc3339};
use shared::sync::note::{self, EventKind};
use shared::view::held;

use super::coverage::Coverage;
use super::district::Groups;
use super::town::Town;
use super::{App, township as township_of};

/// The status of the hub and of every township.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    pub county: String,
    pub name: String,
    pub software: String,
    pub catalogue: String,
    pub profile: String,
    pub fingerprint: String,
    pub today: String,
    /// Entries in all streams.
    pub entries: u64,
    pub coverage: Coverage,
    /// What the hub could not do of itself about what the townships sent.
    #[serde(default)]
    pub refused_reactions: RefusedReactions,
    pub townships: Vec<Township>,
    /// Recoveries, clones and new machines, the newest first; at most 20.
    pub events: Vec<Event>,
}

/// One township.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Township {
    pub code: TownshipCode,
    pub name: String,
    pub kind: String,
    pub district: Option<String>,
    /// EXPECTED, ENROLLED, EXPIRED, REVOKED or ABSENT.
    pub standing: String,
    /// RFC 3339; none = never.
    pub last_sync: Option<String>,
    pub age_ms: Option<i64>,
    /// Entries of its own stream that the hub holds.
    pub entries: u64,
    /// Entries that wait in the office, as its node said at the last sync.
    pub waiting: Option<u32>,
    /// Entries stored and not counted.
    pub held: u32,
    pub held_entries: Vec<Held>,
    pub software: Option<String>,
    pub catalogue: Option<String>,
    /// Node minus hub.
    pub clock_offset_ms: Option<i64>,
    /// Days that the certificate has left.
    pub certificate_days: Option<i64>,
    /// The last recovery, clone or new machine.
    pub event: Option<Event>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Held {
    pub seq: u64,
    pub record: Option<String>,
    pub kind: String,
    pub code: u32,
    pub zh: String,
    pub en: String,
    /// Names of fields, actions and statuses, never values.
    pub detail: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    pub township: String,
    pub name: String,
    /// RFC 3339.
    pub at: String,
    /// `restored`, `clone`, `new_machine`, `hub_went_back`, `salvaged`.
    pub kind: String,
    pub zh: String,
    pub en: String,
    pub count: u64,
}

const EVENTS_SHOWN: usize = 20;
const HELD_SHOWN: usize = 20;

impl super::ask::Ask for Ask {
    type Answer = Status;

    fn answer(self, app: &App) -> Result<Status, Failure> {
        let towns: Vec<Town> = app.towns().iter().cloned().collect();
        let events = app.store.read(note::hub_events);
        let streams = app.store.streams();
        let groups = Groups::read(app);
        Ok(Status {
            county: app.config.county.to_string(),
            name: app.config.name.clone(),
            software: crate::SOFTWARE.to_owned(),
            catalogue: app.catalogue.version.clone(),
            profile: app.config.profile.clone(),
            fingerprint: app.office.gate().ca().fingerprint().to_string(),
            today: app.today().to_string(),
            entries: streams.iter().map(|(_, head)| head.len).sum(),
            coverage: app.coverage(),
            refused_reactions: app.ledger(|ledger| ledger.refused_reactions()),
            townships: towns.iter().map(|town| township(app, &groups, town)).collect(),
            events: events.iter().rev().take(EVENTS_SHOWN).map(|found| event(app, found)).collect(),
        })
    }
}

/// One township's line.
pub(super) fn township(app: &App, groups: &Groups, town: &Town) -> Township {
    let stream = StreamName::Township(town.code);
    let (state, held, count) = app.store.read(|views| {
        let list = held::list(views, Some(stream), HELD_SHOWN);
        (note::township_state(views, town.code), list, held::count(views, Some(stream)))
    });
    let session = state.session;
    Township {
        code: town.code,
        name: town.name.clone(),
        kind: town.kind.code().to_owned(),
        district: groups.name(town.code, app.today()),
        standing: township_of::standing_name(app.office.standing(town.code)).to_owned(),
        last_sync: session.as_ref().map(|session| rfc3339(session.at)),
        age_ms: session.as_ref().map(|session| app.now() - session.at),
        entries: app.store.head(stream).len,
        waiting: session.as_ref().map(|session| session.backlog),
        held: count,
        held_entries: held.iter().map(|found| held_line(app, found)).collect(),
        software: session.as_ref().map(|session| session.software.clone()),
        catalogue: session.as_ref().map(|session| session.catalogue.clone()),
        clock_offset_ms: session.as_ref().map(|session| session.clock_offset),
        certificate_days: township_of::certificate_days(app, town.code),
        event: state.event.as_ref().map(|found| event(app, found)),
    }
}

fn held_line(app: &App, found: &held::HeldEntry) -> Held {
    let (zh, en) = found.code.label();
    let kind = app.catalogue.kinds.get(&found.kind);
    Held {
        seq: found.seq,
        record: found.record.map(|id| id.to_string()),
        kind: kind.map_or_else(|| found.kind.to_string(), |kind| kind.id.clone()),
        code: found.code.number(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        detail: found.detail.clone(),
    }
}

fn event(app: &App, found: &xianglian_proto::v1::HubEvent) -> Event {
    let (kind, zh, en) = match EventKind::from_number(found.kind) {
        Ok(EventKind::NodeRestored) => ("restored", "数据从备份恢复", "its data were restored from a copy"),
        Ok(EventKind::Clone) => {
            ("clone", "另有一台电脑使用同一身份，已拦截", "a second machine with one identity was stopped")
        }
        Ok(EventKind::NewMachine) => {
            ("new_machine", "换了电脑，需重新加入", "a new machine, which has to join again")
        }
        Ok(EventKind::HubWentBack) => {
            ("hub_went_back", "县里的数据曾恢复到较早的备份", "the hub had been restored from a copy")
        }
        Ok(EventKind::Salvaged) => {
            ("salvaged", "从乡镇取回县里丢失的数据", "entries that the hub had lost came back")
        }
        Err(_) => ("unknown", "新版本的事件", "an event of a newer version"),
    };
    let code = found.township.parse();
    Event {
        township: found.township.clone(),
        name: code.map_or_else(|_| found.township.clone(), |code| app.towns().name(code)),
        at: rfc3339(found.at),
        kind: kind.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        count: found.count,
    }
}
