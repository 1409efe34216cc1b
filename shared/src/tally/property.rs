//! What holds of any records: sums over districts and townships, and cells that equal those computed anew.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixture::*;
use super::*;
use crate::record::{Fields, Role, Value};
use crate::view::sample::{TODAY, township};

#[derive(Debug, Clone)]
pub(super) struct Work {
    town: u32,
    days: i32,
    member: usize,
    tenths: i64,
    ways: Vec<u32>,
    rows: Vec<(i32, u32)>,
    took: Option<i32>,
    /// 0: stays as it is; 1: finished; 2: changed; 3: void.
    then: u8,
}

/// A visit of the county, as it is and as it is changed.
#[derive(Debug, Clone)]
pub(super) struct Trip {
    days: i32,
    town: Option<u32>,
    present: Vec<(Option<u32>, i64)>,
    /// 0: stays as it is; 1: changed to the next trip; 2: void.
    then: u8,
}

/// Township 5 belongs to no district.
pub(super) fn trips() -> impl Strategy<Value = Vec<Trip>> {
    let town = || prop::option::weighted(0.8, 1..6u32);
    let present = prop::collection::vec((town(), 0..4i64), 0..4);
    let one = (0..500i32, town(), present, 0..3u8);
    let trip = one.prop_map(|(days, town, present, then)| Trip { days, town, present, then });
    prop::collection::vec(trip, 0..12)
}

pub(super) fn works() -> impl Strategy<Value = Vec<Work>> {
    let rows = prop::collection::vec((0..500i32, 0..4u32), 0..4);
    let ways = prop::collection::btree_set(1..3u32, 0..3);
    let one = (1..5u32, 0..500i32, 0..8usize, 0..90i64, ways, rows, prop::option::of(-5..60i32), 0..4u8);
    let work = one.prop_map(|(town, days, member, tenths, ways, rows, took, then)| Work {
        town,
        days,
        member,
        tenths,
        ways: ways.into_iter().collect(),
        rows,
        took,
        then,
    });
    prop::collection::vec(work, 0..25)
}

fn set(work: &Work, members: &[crate::ids::RecordId]) -> Fields {
    let row = |(days, power): &(i32, u32)| {
        let mut row: Fields = [(1, ago(*days)), (2, Value::Number(i64::from(*power)))].into();
        if *power > 0 {
            row.insert(3, Value::Choice(*power));
        }
        Value::Group(row)
    };
    let mut set: Fields = [
        (4, tenths(work.tenths)),
        (5, Value::List(work.ways.iter().map(|way| Value::Choice(*way)).collect())),
        (6, text(["城建办", "派出所", "农办"][work.member % 3])),
        (9, Value::List(work.rows.iter().map(row).collect())),
    ]
    .into();
    // Members of the office itself; the seventh and the eighth are not there.
    if let Some(member) = members.get(work.town as usize - 1 + 4 * (work.member % 2)) {
        set.insert(3, Value::Link(*member));
    }
    if let Some(took) = work.took {
        set.extend([(7, ago(100)), (8, ago(100 - took))]);
    }
    set.retain(|_, value| !matches!(value, Value::List(list) if list.is_empty()));
    set
}

pub(super) fn county(works: &[Work], trips: &[Trip]) -> County {
    let mut county = County::of(4);
    county.enter(2, TERM, [(1, text("第十八届")), (2, ago(250))]);
    let members: Vec<_> = (0..6).map(|n| county.member(1 + n % 4, "代表", 60 + 80 * n as i32)).collect();
    county.aim(1, 10, 20);
    for work in works {
        let id = county.work(work.town, work.days, set(work, &members));
        match work.then {
            1 => {
                county.act(work.town, WORK, Some(id), "finish", Fields::new());
            }
            2 => {
                let other = Work { days: work.days / 2, tenths: work.tenths + 30, ..work.clone() };
                let mut change = set(&other, &members);
                change.insert(2, ago(other.days));
                county.act(work.town, WORK, Some(id), "edit", change);
            }
            3 => {
                county.void(work.town, WORK, id);
            }
            _ => {}
        }
        county.enter(work.town, PIECE, [(1, text("稿")), (2, ago(work.days)), (3, tenths(work.tenths))]);
    }
    for (trip, next) in trips.iter().zip(trips.iter().cycle().skip(1)) {
        let id = county.visit(trip.days, trip.town, &trip.present);
        let other = visited(next.days, next.town, &next.present);
        match trip.then {
            1 if other != visited(trip.days, trip.town, &trip.present) => {
                let mut change = county.hub.command(VISIT, Some(id), "edit", other);
                change.clear = [3, 4].into_iter().filter(|tag| !change.set.contains_key(tag)).collect();
                county.hub.try_do(&change, Role::COffice).expect("an edit");
            }
            2 => {
                county.hub.act(VISIT, Some(id), "void", Fields::new(), Role::COffice);
            }
            _ => {}
        }
    }
    county
}

/// Figures that do not add up: each level finds its own.
fn own(line: &Line) -> bool {
    matches!(line.figure, Figure::Median { .. } | Figure::Days(_) | Figure::Grade(_))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_county_is_the_sum_of_its_parts(works in works(), trips in trips()) {
        let county = county(&works, &trips);
        for period in ["..", "2026", "2026-10-20..2026-11-10", "2025Q4"] {
            type Sums = BTreeMap<(String, Option<u32>), (i64, i64)>;
            let sums = |level| {
                let mut sums = Sums::new();
                for line in county.ask(&[], level, period).iter().filter(|line| !own(line)) {
                    let (n, d) = line.figure.parts();
                    let sum = sums.entry((line.id.clone(), line.split)).or_default();
                    *sum = (sum.0 + n, sum.1 + d.unwrap_or(0));
                }
                sums
            };
            let whole = sums(Level::County);
            prop_assert!(whole.contains_key(&("K1".to_owned(), None)));
            for level in [Level::District, Level::Township] {
                for (id, sum) in sums(level) {
                    prop_assert_eq!(whole.get(&id).copied().unwrap_or_default(), sum, "{:?} {:?} {}", id, level, period);
                }
            }
        }
    }

    #[test]
    fn a_redraw_changes_no_figure_of_the_days_before_it(
        works in works(),
        trips in trips(),
        moves in prop::collection::vec((1..5u32, any::<bool>()), 0..4),
        ago in 1..300i32,
    ) {
        let mut county = county(&works, &trips);
        let on = TODAY.plus(-ago);
        let periods = [("2025", on), ("2026", on), ("..", on)].map(|(text, on)| {
            let period: Period = text.parse().expect("a period");
            format!("{}..{}", period.from.min(on.plus(-1)), period.to.min(on.plus(-1)))
        });
        let told = |county: &County| {
            let ask = |period: &String| county.ask(&[], Level::District, period);
            periods.iter().map(ask).map(|lines| format!("{lines:?}")).collect::<Vec<_>>()
        };
        let before = told(&county);
        // Whoever moves ends where he was and begins where he goes, as the office enters it.
        let mut intervals: Vec<_> =
            county.membership.intervals().map(|(code, interval)| (code, *interval)).collect();
        for (n, first) in moves {
            let code = township(n);
            intervals.retain(|(of, interval)| *of != code || interval.from < on);
            for (_, interval) in intervals.iter_mut().filter(|(of, interval)| *of == code && interval.holds(on)) {
                interval.to = Some(on);
            }
            let district = if first { FIRST } else { SECOND };
            intervals.push((code, Interval { district, from: on, to: None }));
        }
        county.membership = Membership::new(intervals);
        prop_assert_eq!(before, told(&county));
    }

    #[test]
    fn cells_are_those_of_the_records(works in works(), trips in trips()) {
        let county = county(&works, &trips);
        for office in county.nodes.iter().chain([&county.hub]) {
            let catalogue = office.folder.catalogue();
            prop_assert_eq!(kept(&office.views, catalogue), recompute(&office.views, catalogue));
            prop_assert!(exact(&office.views, catalogue));
            prop_assert!(office.rebuilt() == office.views);
        }
        let hub = kept(&county.hub.views, county.hub.folder.catalogue());
        let nodes = county.nodes.iter().flat_map(|node| kept(&node.views, node.folder.catalogue()));
        let ours: Cells = nodes.collect();
        let theirs: Cells = hub.into_iter().filter(|((kind, ..), _)| ![AIM, VISIT].contains(kind)).collect();
        prop_assert_eq!(ours, theirs, "a node counts its own as the county does");
    }
}
