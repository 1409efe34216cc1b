//! How the townships and the hub itself are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::ids::{Site, StreamName, TownshipCode};
use shared::ledger::RefusedReactions;
use shared::limits::CLOCK_DAYS_WRONG;
use shared::program::{Failure, rfc3339};
use shared::record::Day;
use shared::sync::note::{self, EventKind};
use shared::view::{held, read};
use xianglian_proto::v1::HubSession;

use super::acks::Unanswered;
use super::coverage::Coverage;
use super::district::Groups;
use super::town::Town;
use super::viewer::Viewer;
use super::{App, health, township as township_of};

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
    /// Entries that wait in the office: what its node had when it last spoke to us, less what has come since.
    pub waiting: Option<u32>,
    /// Whether its last exchange was cut off before all that it had was here.
    pub partial: bool,
    /// Entries stored and not counted.
    pub held: u32,
    pub held_entries: Vec<Held>,
    pub software: Option<String>,
    pub catalogue: Option<String>,
    /// Node minus hub.
    pub clock_offset_ms: Option<i64>,
    /// Whole days by which its clock is wrong, seven or more: the dates that its office has entered are to be looked at.
    pub clock_days: Option<i64>,
    /// Records dated after tomorrow, plans left out: a clock that is ahead, or a slip in an old ledger.
    pub ahead: u32,
    /// The township that it was merged into, or under whose code it goes on, and the name of that one.
    pub successor: Option<(TownshipCode, String)>,
    /// Days that the certificate has left.
    pub certificate_days: Option<i64>,
    /// The nights of the last [`crate::limits::NIGHTS`] that are over.
    #[serde(default)]
    pub nights: health::Tally,
    /// What it has not signed for; none where that was not asked.
    #[serde(default)]
    pub unanswered: Option<Unanswered>,
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
        let unanswered = app.report_unanswered(Viewer::County);
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
            townships: towns.iter().map(|town| with_unanswered(app, &unanswered, &groups, town)).collect(),
            events: events.iter().rev().take(EVENTS_SHOWN).map(|found| event(app, found)).collect(),
        })
    }
}

fn with_unanswered(
    app: &App,
    unanswered: &BTreeMap<TownshipCode, Unanswered>,
    groups: &Groups,
    town: &Town,
) -> Township {
    let counted = unanswered.get(&town.code).copied().unwrap_or_default();
    Township { unanswered: Some(counted), ..township(app, groups, town) }
}

impl App {
    /// How the townships are that a viewer sees, by code.
    pub fn report_nodes(&self, viewer: Viewer) -> Vec<Township> {
        let groups = Groups::read(self);
        let towns = self.seen_towns(&self.sight(viewer));
        towns.iter().map(|town| township(self, &groups, town)).collect()
    }
}

/// One township's line.
pub(super) fn township(app: &App, groups: &Groups, town: &Town) -> Township {
    let stream = StreamName::Township(town.code);
    let tomorrow = app.today().plus(1);
    let (state, held, count, nights, ahead) = app.store.read(|views| {
        let list = held::list(views, Some(stream), HELD_SHOWN);
        let nights = app.nights(views, groups.membership(), town.code, app.last_nights());
        let ahead = read::dated_after(views, &app.catalogue, Site::Township(town.code), tomorrow);
        (note::township_state(views, town.code), list, held::count(views, Some(stream)), nights, ahead)
    });
    let stored = app.store.head(stream).len;
    let missing = state.missing(stored);
    let session = state.session;
    // Nodes of an older version said only what waited before the exchange.
    let waits = |session: &HubSession| match session.own_len {
        0 => session.backlog,
        _ => u32::try_from(missing).unwrap_or(u32::MAX),
    };
    let offset = session.as_ref().map(|session| session.clock_offset);
    Township {
        code: town.code,
        name: town.name.clone(),
        kind: town.kind.code().to_owned(),
        district: groups.name(town.code, app.today()),
        standing: township_of::standing_name(app.office.standing(town.code)).to_owned(),
        last_sync: session.as_ref().map(|session| rfc3339(session.at)),
        age_ms: session.as_ref().map(|session| app.now() - session.at),
        entries: stored,
        waiting: session.as_ref().map(waits),
        partial: missing > 0,
        held: count,
        held_entries: held.iter().map(|found| held_line(app, found)).collect(),
        software: session.as_ref().map(|session| session.software.clone()),
        catalogue: session.as_ref().map(|session| session.catalogue.clone()),
        clock_offset_ms: offset,
        clock_days: offset.map(|ms| ms / Day::MS).filter(|days| days.abs() >= CLOCK_DAYS_WRONG),
        ahead,
        successor: groups.successor(town.code, app.today()).map(|code| (code, app.towns().name(code))),
        certificate_days: township_of::certificate_days(app, town.code),
        nights,
        unanswered: None,
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
