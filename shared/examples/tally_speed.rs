//! How fast figures are told over 100,000 suggestions on disk:
//! `cargo run --release -p xianglian-shared --features disk --example tally_speed`.
//!
//! Nineteen townships in four districts; milliseconds of processor, the best of some runs.

mod suggestions;

use std::collections::BTreeMap;
use std::sync::Arc;

use shared::catalogue::model::Catalogue;
use shared::ids::{Epoch, RecordId, StreamName, TownshipCode};
use shared::record::Day;
use shared::store::{Options, Store, View};
use shared::tally::seal::{Offices, SealAsk, Sealer};
use shared::tally::{
    Compare, Drill, Interval, Level, Membership, PeriodName, Question, Whom, compared, drill, query,
};
use shared::view::Folder;
use suggestions::{processor_seconds, suggestion};

const TOWNSHIPS: u32 = 19;
const RECORDS: u32 = 5_264;
const RUNS: usize = 5;

fn code(t: u32) -> TownshipCode {
    TownshipCode::from_number(330_282_000 + t).expect("nine digits")
}

fn fill(store: &Store, catalogue: &Catalogue) {
    for t in 1..=TOWNSHIPS {
        let mut entries = (0..RECORDS).map(|i| suggestion(catalogue, t, i).encode());
        loop {
            let part: Vec<Vec<u8>> = entries.by_ref().take(500).collect();
            if part.is_empty() {
                break;
            }
            let stream = StreamName::Township(code(t));
            let written = store.write(|tx| tx.append(stream, Epoch(1), part).map(|_| ()));
            written.expect("room on the disk");
        }
    }
}

fn best(what: &str, mut work: impl FnMut() -> usize) {
    let mut least = f64::MAX;
    let mut found = 0;
    for _ in 0..RUNS {
        let start = processor_seconds();
        found = work();
        least = least.min(processor_seconds() - start);
    }
    println!("{what}: {:.2} ms ({found})", least * 1e3);
}

fn main() {
    let catalogue = Catalogue::builtin();
    let folder = std::env::temp_dir().join(format!("tally-speed-{}", std::process::id()));
    let fold = Arc::new(Folder::new(Arc::clone(&catalogue)));
    let (store, _) = Store::open(&folder, fold, Options::default()).expect("a new store");
    fill(&store, &catalogue);
    println!("{} records", TOWNSHIPS * RECORDS);

    let district = |t: u32| RecordId::from_bytes([t as u8 % 4; 16]);
    let membership = Membership::new(
        (1..=TOWNSHIPS).map(|t| (code(t), Interval { district: district(t), from: Day(10_000), to: None })),
    );
    let offices: Offices = (1..=TOWNSHIPS).map(|t| (code(t), None)).collect();
    let as_of = Day(20_000);
    let name: PeriodName = "2019".parse().expect("a period");
    let question = |views: &dyn View, ids: &[&str], level| Question {
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        level,
        days: name.days(views, &catalogue, as_of).days,
        as_of,
        offices: offices.clone(),
    };
    for (what, ids) in [("A1", &["A1"][..]), ("A7", &["A7"]), ("A9", &["A9"]), ("A6", &["A6"]), ("all", &[])]
    {
        for level in [Level::County, Level::District, Level::Township] {
            best(&format!("{what} by {level:?}"), || {
                store.read(|views| query(views, &catalogue, &membership, &question(views, ids, level)).len())
            });
        }
    }
    best("A1 beside the year before", || {
        store.read(|views| {
            let before = name.before(views, &catalogue, as_of, Compare::Year).expect("there is one");
            compared(views, &catalogue, &membership, &question(views, &["A1"], Level::District), &before)
                .len()
        })
    });
    let open = |what: &str, id: &str, whom: Whom, level: Level, limit: usize| {
        best(what, || {
            store.read(|views| {
                let ask = Drill {
                    question: question(views, &[], level),
                    id: id.to_owned(),
                    split: None,
                    whom,
                    limit,
                    after: None,
                };
                drill(views, &catalogue, &membership, &ask).map_or(0, |drilled| drilled.items.len())
            })
        });
    };
    open("A1 of a township to its records", "A1", Whom::Township(code(2)), Level::Township, 100);
    open("A1 of a district to its records", "A1", Whom::District(district(2)), Level::District, 100);
    open("A7 of the county, a whole page", "A7", Whom::County, Level::County, 1_000);
    open("A10 of the county, where nothing is", "A10", Whom::County, Level::County, 1_000);

    let none = |_: &dyn View| BTreeMap::clone(&offices);
    let sealer = Sealer { store: &store, catalogue: &catalogue, offices: &none, software: "measure" };
    let ask = SealAsk { period: name, as_of, at_ms: 0, fresh: Epoch(3) };
    let start = processor_seconds();
    let seal = sealer.seal(&ask).expect("room on the disk");
    println!("sealing {} figures: {:.0} ms", seal.lines, (processor_seconds() - start) * 1e3);
    let start = processor_seconds();
    let checked = sealer.check(&seal, &|_| ()).expect("a whole store");
    let seconds = processor_seconds() - start;
    println!("recounting from {} entries: {seconds:.1} s, good: {}", checked.entries, checked.is_good());
    drop(store);
    std::fs::remove_dir_all(&folder).expect("its own folder");
}
