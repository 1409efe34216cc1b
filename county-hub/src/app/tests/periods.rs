//! Closing a period at the county: what may be sealed, what it shows later, and that it recounts whatever happens.

use proptest::prelude::*;
use shared::code::ErrorCode;
use shared::ids::{RecordId, StreamName};
use shared::store::StoreError;
use shared::store::files::SimFiles;
use shared::view::read;

use super::bed::{County, HOUR_MS, code};
use crate::app::ask::Ask as _;
use crate::app::district;
use crate::app::period::{Check, Close, Line, List, Show, Shown, Verdict};

impl County {
    fn close(&self, period: &str) -> Line {
        self.ask(Close { period: period.into(), ..Close::default() })
    }

    fn beside(&self, period: &str, measures: &[&str], level: &str) -> Shown {
        let measures = measures.iter().map(|id| (*id).to_owned()).collect();
        self.ask(Show { period: period.into(), measures, level: level.into(), ..Show::default() })
    }

    fn recount(&self, period: &str) -> Verdict {
        self.ask(Check { period: period.into(), number: None })
    }
}

/// Unit, measure, sealed, now, adjustment.
fn told(shown: &Shown) -> Vec<[String; 5]> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |row: &crate::app::period::Row| {
        let measure = format!("{}{}", row.measure.id, row.measure.split);
        [row.unit.name.clone(), measure, text(&row.sealed), text(&row.now), text(&row.adjustment)]
    };
    shown.rows.iter().map(row).collect()
}

#[test]
fn what_comes_after_the_seal_stands_in_the_column_of_adjustments() {
    let county = County::of_three();
    county.piece(1, "2026-03-01", "COUNTY", "2.5");
    county.piece(3, "2026-03-31", "CITY", "4");
    let withdrawn = county.piece(1, "2026-03-02", "COUNTY", "1");
    let line = county.close("2026Q1");
    assert_eq!((line.period.as_str(), line.as_of.as_str()), ("2026Q1", "2026-06-01"));
    assert_eq!(county.ask(List {}), std::slice::from_ref(&line));
    assert!(line.lines > 1_000 && line.figures.len() == 64, "{line:?}");
    let shown = county.beside("2026Q1", &[], "county");
    assert_eq!((shown.rows.len(), shown.changed), (0, 0));
    assert_eq!(shown.days, ["2026-01-01 2026-03-31"]);

    // Two entered late, one taken back, and one of the next quarter.
    county.piece(2, "2026-02-10", "COUNTY", "1.5");
    county.piece(1, "2026-02-11", "COUNTY", "1.5");
    let back =
        county.try_at_township(code(1), ("T_CHAIR", "重复"), "publicity", Some(withdrawn), "void", &[]);
    back.expect("the chair may");
    county.piece(1, "2026-04-01", "COUNTY", "9");
    let shown = county.beside("2026Q1", &["C1_claimed", "C8_claimed"], "county");
    let row = |unit: &str, measure: &str, rest: [&str; 3]| {
        [unit, measure, rest[0], rest[1], rest[2]].map(str::to_owned)
    };
    assert_eq!(
        told(&shown),
        [row("慈溪市", "C1_claimed", ["7.5", "9.5", "+2.0"]), row("慈溪市", "C8_claimed", ["3", "4", "+1"])]
    );
    let districts = county.beside("2026Q1", &["C8_claimed"], "district");
    let by_name: Vec<_> = told(&districts)
        .into_iter()
        .map(|[unit, _, sealed, now, change]| (unit, sealed, now, change))
        .collect();
    assert!(by_name.contains(&("第一片".into(), "2".into(), "3".into(), "+1".into())), "{by_name:?}");
    assert!(by_name.contains(&("第二片".into(), "1".into(), "1".into(), "±0".into())), "{by_name:?}");
    assert!(county.beside("2026Q1", &[], "township").changed >= 4);
    let verdict = county.recount("2026Q1");
    assert!(verdict.good && verdict.entries == line.entries && !verdict.other_software, "{verdict:?}");
}

#[test]
fn only_what_is_over_is_sealed_and_once() {
    let county = County::of_three();
    let refused = |close: Close| county.try_ask(close).unwrap_err().code;
    let close = |period: &str, as_of: Option<&str>| Close {
        period: period.into(),
        as_of: as_of.map(str::to_owned),
        again: false,
    };
    assert_eq!(refused(close("lately", None)), ErrorCode::Invalid);
    for running in ["2026", "2026-06", "2026Q2", ".."] {
        assert_eq!(refused(close(running, None)), ErrorCode::Refused, "{running}");
    }
    assert_eq!(refused(close("2026Q1", Some("2026-03-31"))), ErrorCode::Refused, "its last day is not over");
    assert_eq!(refused(close("2026Q1", Some("2026-06-02"))), ErrorCode::Refused, "that is ahead");
    assert_eq!(refused(close("2026S1", None)), ErrorCode::NotFound);
    let first = county.ask(close("2026Q1", Some("2026-04-10")));
    assert_eq!(refused(close("2026-01-01..2026-03-31", None)), ErrorCode::Conflict, "the same days");
    county.piece(1, "2026-03-01", "COUNTY", "1");
    let second = county.ask(Close { again: true, ..close("2026Q1", None) });
    assert_ne!(first.figures, second.figures);
    let of = |number: Option<u64>| {
        let show =
            Show { period: "2026Q1".into(), number, measures: vec!["C8_claimed".into()], ..Show::default() };
        county.ask(show).rows[0].sealed.clone()
    };
    assert_eq!(
        [of(Some(first.number)), of(Some(second.number)), of(None)],
        [Some("0".into()), Some("1".into()), Some("1".into())]
    );
    let unknown = Show { period: "2025Q1".into(), ..Show::default() };
    assert_eq!(county.try_ask(unknown).unwrap_err().code, ErrorCode::NotFound);
}

/// One thing that happens at the county.
#[derive(Debug, Clone)]
enum Event {
    Piece { town: u32, days_ago: i32, tenths: u32 },
    Void { nth: usize },
    Claim { nth: usize, tenths: u32 },
    Move { town: u32, to: usize, days_ago: i32 },
    Cut { town: u32, entries: u64 },
    Synced { town: u32 },
    Night,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        5 => (1..4u32, 0..200i32, 0..90u32).prop_map(|(town, days_ago, tenths)| Event::Piece { town, days_ago, tenths }),
        2 => (0..20usize).prop_map(|nth| Event::Void { nth }),
        2 => (0..20usize, 0..90u32).prop_map(|(nth, tenths)| Event::Claim { nth, tenths }),
        2 => (1..4u32, 0..2usize, 0..200i32).prop_map(|(town, to, days_ago)| Event::Move { town, to, days_ago }),
        1 => (1..4u32, 1..4u64).prop_map(|(town, entries)| Event::Cut { town, entries }),
        1 => (1..4u32).prop_map(|town| Event::Synced { town }),
        1 => Just(Event::Night),
    ];
    prop::collection::vec(event, 0..14)
}

/// What the rules refuse does not happen.
fn happen(county: &County, made: &mut Vec<RecordId>, event: &Event) {
    let today = county.app.today();
    let there = |id: &RecordId| county.app.store.read(|views| read::record(views, *id)).is_some();
    made.retain(there);
    match *event {
        Event::Piece { town, days_ago, tenths } => {
            let day = today.plus(-days_ago).to_string();
            made.push(county.piece(town, &day, "COUNTY", &format!("{}.{}", tenths / 10, tenths % 10)));
        }
        Event::Void { nth } => change(county, made, nth, ("T_CHAIR", "重复"), "void", &[]),
        Event::Claim { nth, tenths } => {
            change(county, made, nth, ("T_CHAIR", "更正"), "reopen", &[]);
            let points = format!("claimed_points={}.{}", tenths / 10, tenths % 10);
            change(county, made, nth, ("T_CLERK", ""), "claim", &[&points]);
        }
        Event::Move { town, to, days_ago } => {
            let district = ["第一片", "第二片"][to].to_owned();
            let from = today.plus(-days_ago).to_string();
            let _ = county.try_ask(district::Assign { township: code(town), district, from });
        }
        Event::Cut { town, entries } => {
            let stream = StreamName::Township(code(town));
            let cut: Result<(), StoreError> = county.app.store.write(|tx| {
                let keep = tx.head(stream).len.saturating_sub(entries);
                tx.rebase(stream, keep).map(|_| ())
            });
            cut.expect("a store in memory");
        }
        Event::Synced { town } => county.synced_of(town, 1, 3),
        Event::Night => county.clock.advance(24 * HOUR_MS),
    }
}

fn change(county: &County, made: &[RecordId], nth: usize, by: (&str, &str), action: &str, set: &[&str]) {
    let Some(record) = made.get(nth % made.len().max(1)) else { return };
    let stream = county.app.store.read(|views| read::record(views, *record)).map(|record| record.stream);
    if let Some(StreamName::Township(town)) = stream {
        let _ = county.try_at_township(town, by, "publicity", Some(*record), action, set);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, ..ProptestConfig::default() })]

    #[test]
    fn a_seal_recounts_whatever_happens_after(before in events(), between in events(), after in events()) {
        let files = SimFiles::new();
        let county = County::of_three_on(files.clone());
        let mut made = Vec::new();
        before.iter().for_each(|event| happen(&county, &mut made, event));
        county.close("2026Q1");
        between.iter().for_each(|event| happen(&county, &mut made, event));
        county.close("2025");
        county.close("2026-05");
        after.iter().for_each(|event| happen(&county, &mut made, event));
        let copy = SimFiles::new();
        county.app.store.backup(&copy).unwrap();
        let rebuilt = county.started_on(files.copy());
        let restored = county.started_on(copy);
        for (app, periods) in [
            (&county.app, &["2026Q1", "2025", "2026-05"][..]),
            (&rebuilt, &["2026Q1"]),
            (&restored, &["2026-05"]),
        ] {
            for period in periods {
                let period = *period;
                let verdict = Check { period: period.into(), number: None }.answer(app).unwrap();
                prop_assert!(verdict.good, "{period}: {:?}", verdict.findings);
            }
        }
    }
}
