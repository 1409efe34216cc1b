//! Rows per second from a CSV file to entries that could be appended: a file of 284 rows, as long as a real ledger, and
//! one of 50,000. The least of several rounds is printed, for each stage by itself.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use shared::catalogue::model::Catalogue;
use shared::command::{Context, Deadlines, Lookup, Place};
use shared::exchange::{Corrections, Directory, Ledger, OnSimilar, Townships, plan, read};
use shared::ids::{RecordId, Site, StreamName, TownshipCode};
use shared::record::{Actor, Day, DeadlineState, Fields, Record, Role};
use shared::sample::{self, county};

/// An office that has nothing yet, and no deadlines.
struct Empty(Townships);

impl Directory for Empty {
    fn townships(&self) -> &Townships {
        &self.0
    }
    fn records(&self, _kinds: &[u32], _text: &str) -> Vec<RecordId> {
        Vec::new()
    }
}

impl Lookup for Empty {
    fn record(&self, _id: RecordId) -> Option<Record> {
        None
    }
    fn local(&self, _id: RecordId) -> Fields {
        Fields::new()
    }
    fn linking(&self, _target: RecordId, _kind: u32, _field: u32) -> Vec<RecordId> {
        Vec::new()
    }
    fn all(&self, _owner: Site, _kind: u32) -> Vec<RecordId> {
        Vec::new()
    }
    fn last_number(&self, _owner: Site, _kind: u32, _year: i16, _scope: u64) -> u32 {
        0
    }
    fn last_stamp(&self, _stream: StreamName) -> Option<(i64, u32)> {
        None
    }
    fn copies(&self, _id: RecordId) -> Vec<(StreamName, u32)> {
        Vec::new()
    }
    fn members(&self, _district: RecordId, _day: Day) -> BTreeSet<TownshipCode> {
        BTreeSet::new()
    }
    fn townships(&self, _day: Day) -> BTreeSet<TownshipCode> {
        BTreeSet::new()
    }
}

impl Deadlines for Empty {
    fn start(&self, _deadline: u32, _start: Day, _complex: bool) -> Option<DeadlineState> {
        None
    }
    fn latest(&self, _deadline: &DeadlineState) -> Option<Day> {
        None
    }
    fn refreshed(&self, _deadline: &DeadlineState, _complex: bool) -> Option<DeadlineState> {
        None
    }
}

fn main() {
    let profile = if cfg!(debug_assertions) { "debug assertions on" } else { "release" };
    println!("import of suggestions from CSV ({profile})");
    for (rows, rounds) in [(284, 50), (50_000, 5)] {
        measure(rows, rounds);
    }
}

fn measure(rows: usize, rounds: usize) {
    let township = &county::TOWNSHIPS[3];
    let file = sample::csv(sample::ledger(1, Some(township), 2017, rows));
    let office = Empty(Townships::new(county::TOWNSHIPS.iter().map(|t| (t.id(), t.name.to_owned()))));
    let catalogue = Catalogue::builtin();
    let kind = catalogue.kind("proposal").expect("the catalogue has suggestions");
    let actor = Actor { staff: "bench".to_owned(), role: Role::TClerk, on_behalf: false };
    let ctx = Context {
        catalogue: &catalogue,
        deadlines: &office,
        lookup: &office,
        place: Place { site: Site::Township(township.id()), node: Some(township.kind), abbr: township.abbr },
        now_ms: 1_795_000_000_000,
        today: Day(20_780),
        fresh: RecordId::from_bytes([0; 16]),
    };
    let mut least = [Duration::MAX; 4];
    for _ in 0..rounds {
        let mut at = 0;
        let mut timed = |start: Instant| {
            least[at] = least[at].min(start.elapsed());
            at += 1;
        };
        let whole = Instant::now();
        let start = Instant::now();
        let book = read(file.as_bytes()).expect("a readable file");
        timed(start);
        let start = Instant::now();
        let none = Corrections::default();
        let ledger = Ledger::read(&book, None, kind, &none).expect("has the columns");
        assert_eq!(ledger.rows(&office).count(), rows);
        timed(start);
        // The gate reads the values again: rows are not kept.
        let start = Instant::now();
        let plan = plan(&ctx, &ledger, &office, &actor, &OnSimilar::Take, &|_| {});
        timed(start);
        timed(whole);
        assert_eq!(plan.counts.new, rows);
    }
    let per_second = |time: Duration| rows as f64 / time.as_secs_f64();
    let [reading, values, gate, whole] = least;
    println!(
        "{rows} rows, {} KiB: {:.1} ms, {:.0} rows/s (reading {:.0}, values {:.0}, gate {:.0} rows/s)",
        file.len() / 1024,
        whole.as_secs_f64() * 1000.0,
        per_second(whole),
        per_second(reading),
        per_second(values),
        per_second(gate),
    );
}
