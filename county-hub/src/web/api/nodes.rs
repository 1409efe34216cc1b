//! How the townships' nodes are, and how their nights went.

use shared::ids::TownshipCode;
use shared::program::Failure;

use super::coverage::Coverage;
use crate::app::acks;
use crate::app::health::{Nights as Ask, Tally};
use crate::app::key::Door;
use crate::app::status;
use crate::web::query::{Needed, Param, Shape};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Date, Moment, Words, answer};

pub(super) static ROUTE: Route = Route {
    id: "nodes",
    path: "/api/v1/nodes",
    door: Some(Door::Api),
    zh: "各乡镇节点的情况和夜间同步",
    en: "How the townships' nodes are, and how their nights went",
    params: &PARAMS,
    gives: Gives::json::<Nodes>(),
    keeping: Keeping::No,
    missing: false,
    answer,
};

static PARAMS: [Param; 2] = [
    Param {
        name: "from",
        shape: Shape::Date,
        zh: "第一夜开始的日期；不写为最近 30 夜；一次最多 3660 夜",
        en: "day on which the first night begins; the last 30 nights without it; at most 3660 at once",
        needed: Needed::No,
    },
    Param {
        name: "to",
        shape: Shape::Date,
        zh: "最后一夜开始的日期，不早于 from",
        en: "day on which the last night begins, not before from",
        needed: Needed::No,
    },
];

answer! {
    /// How the nodes are now, and over some nights.
    pub struct Nodes {
        pub from: Date,
        pub to: Date,
        pub nodes: Vec<Node>,
        pub coverage: Coverage,
    }

    /// A township's node.
    pub struct Node {
        pub township: TownshipCode,
        pub name: String,
        /// TOWN, TOWNSHIP, ETHNIC_TOWNSHIP or SUBDISTRICT.
        pub form: String,
        /// Name of its district today.
        pub district: Option<String>,
        /// EXPECTED, ENROLLED, EXPIRED, REVOKED or ABSENT.
        pub standing: String,
        /// Null: never.
        pub last_sync: Option<Moment>,
        pub last_sync_age_seconds: Option<i64>,
        /// Entries of its stream that the hub holds.
        pub entries: u64,
        /// Entries that wait in the office, as the node said at the last sync.
        pub backlog: Option<u32>,
        /// Entries stored and not counted.
        pub held: u32,
        pub software: Option<String>,
        pub catalogue: Option<String>,
        /// The node's clock minus the hub's, at the last sync.
        pub clock_offset_ms: Option<i64>,
        /// Whole days that the certificate has left; negative once it has expired.
        pub certificate_days: Option<i64>,
        pub nights: Nights,
        pub unanswered: Unanswered,
        /// The last recovery, clone or new machine.
        pub event: Option<Event>,
    }

    /// What became of the nights; one lasts from noon to noon and is judged once it is over.
    pub struct Nights {
        /// Nights on which the node was to come.
        pub expected: u32,
        /// Nights with a session that ended with a receipt.
        pub completed: u32,
        /// Nights in which a session began to move something and none ended with a receipt.
        pub partial: u32,
        /// The nights that were not completed, by the day on which they began.
        pub missed: Vec<Date>,
        /// Of these, those without an interruption up to the last night.
        pub missed_in_row: u32,
        /// Entries that came.
        pub received: u64,
        /// Entries that were sent down.
        pub sent: u64,
        /// Entries stored and not counted after the last session that moved something.
        pub held: u32,
    }

    /// Records of the county of the last year that the township is to answer and has not.
    pub struct Unanswered {
        /// Not known to be at its node.
        pub undelivered: u32,
        /// There, and may still be answered in time.
        pub waiting: u32,
        /// There for more than one working day.
        pub overdue: u32,
    }

    /// Something that the county should see.
    pub struct Event {
        pub at: Moment,
        /// restored, clone, new_machine, hub_went_back or salvaged.
        pub kind: String,
        pub label: Words,
        pub count: u64,
    }
}

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (app, viewer) = (asked.app, asked.caller.viewer()?);
    let day = |name: &str| asked.query.date(name).map(|day| day.to_string());
    let nights = app.report_nights(viewer, &Ask { from: day("from"), to: day("to") })?;
    let nodes = app.report_nodes(viewer);
    // Both lists are in the order of codes; a township that has just been listed may be in one alone.
    let tally = |code: TownshipCode| {
        let found = nights.townships.iter().find(|town| town.code == code);
        found.map(|town| town.tally.clone()).unwrap_or_default()
    };
    let unanswered = app.report_unanswered(viewer);
    let unanswered = |code: TownshipCode| unanswered.get(&code).copied().unwrap_or_default();
    Reply::json(&Nodes {
        nodes: nodes.into_iter().map(|town| node(tally(town.code), unanswered(town.code), town)).collect(),
        from: Date(nights.from),
        to: Date(nights.to),
        coverage: app.report_coverage(viewer).into(),
    })
}

fn node(nights: Tally, unanswered: acks::Unanswered, town: status::Township) -> Node {
    Node {
        township: town.code,
        name: town.name,
        form: town.kind,
        district: town.district,
        standing: town.standing,
        last_sync: town.last_sync.map(Moment),
        last_sync_age_seconds: town.age_ms.map(|ms| ms / 1000),
        entries: town.entries,
        backlog: town.waiting,
        held: town.held,
        software: town.software,
        catalogue: town.catalogue,
        clock_offset_ms: town.clock_offset_ms,
        certificate_days: town.certificate_days,
        nights: Nights {
            expected: nights.expected,
            completed: nights.completed,
            partial: nights.partial,
            missed: nights.missed.into_iter().map(Date).collect(),
            missed_in_row: nights.missed_in_row,
            received: nights.received,
            sent: nights.sent,
            held: nights.held,
        },
        unanswered: Unanswered {
            undelivered: unanswered.undelivered,
            waiting: unanswered.waiting,
            overdue: unanswered.overdue,
        },
        event: town.event.map(|event| Event {
            at: Moment(event.at),
            kind: event.kind,
            label: Words::of(event.zh, event.en),
            count: event.count,
        }),
    }
}
