//! Metrics for Prometheus: how the townships' nodes are, and what the hub itself does. Units are seconds and bytes.

mod text;

use shared::program::Failure;
use text::{Kind, Number, Page};

use super::route::{Asked, Gives, Keeping, Reply, Route};
use crate::app::App;
use crate::app::key::Door;
use crate::app::status::Township;
use crate::app::viewer::Viewer;
use crate::meters::TALLY_BOUNDS_US;

const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";
const DAY_SECONDS: f64 = 86_400.0;

pub(super) static ROUTE: Route = Route {
    id: "metrics",
    path: "/metrics",
    door: Some(Door::Metrics),
    zh: "监控数据（Prometheus）",
    en: "Metrics for Prometheus",
    params: &[],
    gives: Gives::Document(MEDIA),
    keeping: Keeping::No,
    missing: false,
    answer,
};

fn answer(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let mut page = Page::default();
    townships(&mut page, &asked.app.report_nodes(Viewer::County));
    hub(&mut page, asked.app);
    Ok(Reply { media: MEDIA, body: page.into_bytes() })
}

/// Name, what it says, and the value of one township, if it is known.
type Gauge = (&'static str, &'static str, fn(&Township) -> Option<Number>);

const GAUGES: [Gauge; 8] = [
    (
        "xianglian_township_last_sync_age_seconds",
        "Time since the last session of the township's node.",
        |town| town.age_ms.map(|ms| Number::Measure(ms as f64 / 1000.0)),
    ),
    (
        "xianglian_township_backlog_entries",
        "Entries that wait in the office, as its node said at the last session.",
        |town| town.waiting.map(|count| Number::Count(u64::from(count))),
    ),
    ("xianglian_township_held_entries", "Entries stored and not counted.", |town| {
        Some(Number::Count(u64::from(town.held)))
    }),
    ("xianglian_township_entries", "Entries of the township's stream at the hub.", |town| {
        Some(Number::Count(town.entries))
    }),
    (
        "xianglian_township_certificate_remaining_seconds",
        "Time that the node's certificate has left, in whole days; negative once it has expired.",
        |town| town.certificate_days.map(|days| Number::Measure(days as f64 * DAY_SECONDS)),
    ),
    (
        "xianglian_township_clock_offset_seconds",
        "The node's clock minus the hub's, at the last session.",
        |town| town.clock_offset_ms.map(|ms| Number::Measure(ms as f64 / 1000.0)),
    ),
    (
        "xianglian_township_missed_nights",
        "Nights of the last 30 without a session that ended with a receipt.",
        |town| Some(Number::Count(u64::from(town.nights.expected - town.nights.completed))),
    ),
    (
        "xianglian_township_missed_nights_in_row",
        "Nights without such a session since the last one that had one.",
        |town| Some(Number::Count(u64::from(town.nights.missed_in_row))),
    ),
];

fn townships(page: &mut Page, towns: &[Township]) {
    for (name, help, value) in GAUGES {
        let mut family = page.family(name, Kind::Gauge, help);
        for town in towns {
            let code = town.code.to_string();
            if let Some(value) = value(town) {
                family.sample(&[("township", &code), ("name", &town.name)], value);
            }
        }
    }
    let help = "How the township stands: the one standing that holds is 1.";
    let mut family = page.family("xianglian_township_standing", Kind::Gauge, help);
    for town in towns {
        let labels = [("township", town.code.to_string()), ("standing", town.standing.clone())];
        let labels: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
        family.sample(&labels, Number::Count(1));
    }
}

fn hub(page: &mut Page, app: &App) {
    let facts = app.facts();
    let version = env!("CARGO_PKG_VERSION");
    let catalogue = app.catalogue().version.as_str();
    page.family("xianglian_build_info", Kind::Gauge, "Always 1; the labels say which program this is.")
        .sample(&[("version", version), ("catalogue", catalogue)], Number::Count(1));
    page.family("xianglian_records", Kind::Gauge, "Records at the hub, void ones too.")
        .sample(&[], Number::Count(facts.records));
    page.family("xianglian_entries", Kind::Gauge, "Entries in all streams of the hub.")
        .sample(&[], Number::Count(facts.entries));
    if let Some(bytes) = facts.store_bytes {
        page.family("xianglian_store_bytes", Kind::Gauge, "Size of the files of the store.")
            .sample(&[], Number::Count(bytes));
    }
    let meters = &app.meters;
    let mut family =
        page.family("xianglian_http_requests_total", Kind::Counter, "HTTP requests by route and status.");
    for ((route, status), count) in meters.requests() {
        family.sample(&[("route", route), ("status", &status.to_string())], Number::Count(count));
    }
    page.family(
        "xianglian_reactions_refused",
        Kind::Gauge,
        "What the hub was to do because of records that arrived and the rules say no to, as it stands.",
    )
    .sample(&[], Number::Count(facts.refused));
    let help = "Sessions of nodes by how they ended.";
    let mut family = page.family("xianglian_sessions_total", Kind::Counter, help);
    for (ended, count) in meters.sessions() {
        family.sample(&[("outcome", ended.name())], Number::Count(count));
    }
    let tallies = meters.tallies();
    let seconds = |us: u64| us as f64 / 1e6;
    let buckets: Vec<(f64, u64)> =
        TALLY_BOUNDS_US.iter().zip(tallies.up_to).map(|(bound, up_to)| (seconds(*bound), up_to)).collect();
    let all = tallies.up_to.last().copied().unwrap_or_default();
    page.family(
        "xianglian_tally_duration_seconds",
        Kind::Histogram,
        "Time from a question for figures to its answer.",
    )
    .histogram(&buckets, all, seconds(tallies.total_us));
}
