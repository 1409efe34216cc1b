use std::collections::BTreeMap;

use super::*;
use crate::ids::{RecordId, Site, TownshipCode};
use crate::record::{Day, Fields, Role, Value};
use crate::view::sample::{self, LETTER, NOTICE, Office, TODAY, township};

fn day(text: &str) -> Day {
    text.parse().expect("a date")
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

#[test]
fn periods_read_as_people_write_them() {
    let ends = |text: &str| (period(text).from.to_string(), period(text).to.to_string());
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(ends("2026"), pair("2026-01-01", "2026-12-31"));
    assert_eq!(ends("2024-02"), pair("2024-02-01", "2024-02-29"));
    assert_eq!(ends("2026Q3"), pair("2026-07-01", "2026-09-30"));
    assert_eq!(ends("2026Q4"), pair("2026-10-01", "2026-12-31"));
    assert_eq!(ends("2026H1"), pair("2026-01-01", "2026-06-30"));
    assert_eq!(ends("2026-11-23"), pair("2026-11-23", "2026-11-23"));
    assert_eq!(ends("2026-01-05..2026-02-01"), pair("2026-01-05", "2026-02-01"));
    assert_eq!(period("2026-01-05..").to, Period::ALL.to);
    assert_eq!(ends(".."), pair("1900-01-01", "2200-12-31"));
    assert_eq!(ends("2200"), pair("2200-01-01", "2200-12-31"));
    for wrong in [
        "",
        "26",
        "2026Q5",
        "2026H0",
        "2026-13",
        "2026-1",
        "1800",
        "2026-02-01..2026-01-01",
        "全年",
        "２０２６",
        "2026年",
        "2026Q+1",
    ] {
        assert!(wrong.parse::<Period>().is_err(), "{wrong}");
    }
}

#[test]
fn figures_print_half_up_and_rank_by_their_exact_value() {
    let rate = |numerator, denominator| Figure::Rate { numerator, denominator, form: Form::Percent };
    let mean = |numerator, denominator| Figure::Rate { numerator, denominator, form: Form::Mean };
    assert_eq!(rate(21, 151).to_string(), "13.9 %");
    assert_eq!(rate(117, 151).to_string(), "77.5 %");
    assert_eq!(rate(1, 800).to_string(), "0.1 %");
    assert_eq!(rate(1, 2000).to_string(), "0.1 %");
    assert_eq!(rate(0, 0).to_string(), "—");
    assert_eq!(mean(-13, 20).to_string(), "-0.7");
    assert_eq!(mean(653, 10).to_string(), "65.3");
    assert_eq!(Figure::Thousandths(12_350).to_string(), "12.4");
    let entrants = [rate(1, 2), rate(2, 3), rate(0, 0), rate(4, 6), rate(1, 3)];
    let entrants = entrants.map(|figure| Entrant { figure, out: None });
    let places = |order| rank(&entrants, order).into_iter().map(Rank::place).collect::<Vec<_>>();
    assert_eq!(places(Order::Descending), [Some(3), Some(1), None, Some(1), Some(4)]);
    assert_eq!(places(Order::Ascending), [Some(2), Some(3), None, Some(3), Some(1)]);
}

#[test]
fn days_outside_the_calendar_never_count() {
    assert_eq!(cells::month_of(day("2026-11-23")), (2026 * 12 + 10, 23));
    assert_eq!(cells::first_of(2026 * 12 + 10), Some(day("2026-11-01")));
    assert_eq!(cells::first_of(u16::MAX), None);
}

/// Three townships with letters, folded at one hub; two districts, and one township that moves.
fn county() -> (Office, [RecordId; 2], Membership) {
    let mut hub = Office::new(Site::Hub);
    let mut found = |name: &str| {
        let fields: Fields = [(1, Value::Text(name.into())), (2, Value::Date(TODAY.plus(-900)))].into();
        hub.act(sample::DISTRICT, None, "found", fields, Role::CAdmin).record
    };
    let districts = [found("一片"), found("二片")];
    let moved = TODAY.plus(-20);
    let spans = [(1, 0, -900, None), (2, 1, -900, None), (3, 0, -900, Some(moved)), (3, 1, -20, None)];
    for (n, district, from, to) in spans {
        let mut fields: Fields = [
            (1, Value::Text("入片".into())),
            (2, Value::Date(TODAY.plus(from))),
            (4, Value::Number(i64::from(township(n).number()))),
            (5, Value::Link(districts[district])),
        ]
        .into();
        if let Some(to) = to {
            fields.insert(3, Value::Date(to));
        }
        hub.act(sample::MEMBERSHIP, None, "join", fields, Role::CAdmin);
    }
    for n in 1..=3 {
        let mut node = Office::new(Site::Township(township(n)));
        for i in 0..n * 7 {
            letter(&mut node, i);
        }
        for (stream, item) in node.log.clone() {
            if stream.travels() {
                hub.item(stream, item);
            }
        }
    }
    let membership = Membership::read(&hub.views, hub.folder.catalogue());
    (hub, districts, membership)
}

/// The i-th letter of a township: received so many days ago, transferred, replied (late or not), or left.
fn letter(node: &mut Office, i: u32) {
    let ago = i32::try_from(i * 13 % 70).unwrap_or(0);
    let mut fields = sample::letter_fields(&format!("第{i}件"));
    fields.insert(2, Value::Date(TODAY.plus(-ago)));
    fields.insert(6, Value::Choice(if i.is_multiple_of(3) { 3 } else { 1 }));
    let id = node.act(LETTER, None, "register", fields, Role::TClerk).record;
    if i % 4 == 3 {
        return;
    }
    node.act(LETTER, Some(id), "transfer", [(5, Value::Text("派出所".into()))].into(), Role::TChair);
    node.act(LETTER, Some(id), "urge", Fields::new(), Role::TClerk);
    if !i.is_multiple_of(4) {
        let on = TODAY.plus(-(ago / 4));
        node.act(LETTER, Some(id), "reply", [(7, Value::Date(on))].into(), Role::TClerk);
    }
    if i % 9 == 8 {
        node.act(LETTER, Some(id), "void", Fields::new(), Role::TChair);
    }
}

fn ask(
    hub: &Office,
    membership: &Membership,
    level: Level,
    period: Period,
) -> BTreeMap<(String, Whom, Option<u32>), Figure> {
    let question =
        Question { ids: Vec::new(), level, days: period.into(), as_of: TODAY, offices: BTreeMap::new() };
    let lines = query(&hub.views, hub.folder.catalogue(), membership, &question);
    lines.into_iter().map(|line| ((line.id, line.whom, line.split), line.figure)).collect()
}

fn parts(figure: Figure) -> (i64, i64) {
    let (numerator, denominator) = figure.parts();
    (numerator, denominator.unwrap_or(0))
}

#[test]
fn county_is_the_sum_of_its_districts_and_of_its_townships() {
    let (hub, _, membership) = county();
    for period in
        [Period::ALL, Period { from: TODAY.plus(-30), to: TODAY.plus(-5) }, Period { from: TODAY, to: TODAY }]
    {
        let whole = ask(&hub, &membership, Level::County, period);
        assert!(whole.values().any(|figure| parts(*figure).0 > 0));
        for level in [Level::District, Level::Township] {
            let mut sums: BTreeMap<(String, Option<u32>), (i64, i64)> = BTreeMap::new();
            for ((id, _, split), figure) in ask(&hub, &membership, level, period) {
                let sum = sums.entry((id, split)).or_default();
                let (n, d) = parts(figure);
                *sum = (sum.0 + n, sum.1 + d);
            }
            for ((id, whom, split), figure) in &whole {
                assert_eq!(*whom, Whom::County);
                assert_eq!(sums.get(&(id.clone(), *split)), Some(&parts(*figure)), "{id} {level:?} {period}");
            }
        }
    }
}

#[test]
fn a_township_that_moved_counts_where_it_was_on_the_day() {
    let (hub, [first, second], membership) = county();
    let count = |code: TownshipCode, from: i32, to: i32| {
        let period = Period { from: TODAY.plus(from), to: TODAY.plus(to) };
        parts(ask(&hub, &membership, Level::Township, period)[&("B1".to_owned(), Whom::Township(code), None)])
            .0
    };
    let districts = ask(&hub, &membership, Level::District, Period::ALL);
    let of = |district| parts(districts[&("B1".to_owned(), Whom::District(district), None)]).0;
    assert_eq!(of(first), count(township(1), -900, 0) + count(township(3), -900, -21));
    assert_eq!(of(second), count(township(2), -900, 0) + count(township(3), -20, 0));
    assert!(count(township(3), -900, -21) > 0 && count(township(3), -20, 0) > 0);
}

#[test]
fn a_township_that_was_merged_counts_with_its_successor() {
    let (hub, [first, second], membership) = county();
    // 1 goes into 2 and 2 into 3, which was in the second district by then: one after the other.
    let merged = membership.clone().with_successors([
        (township(1), (TODAY.plus(-20), township(2))),
        (township(2), (TODAY, township(3))),
    ]);
    assert_eq!(merged.district(township(1), TODAY), Some(first), "it is a member still");
    let ended = Membership::new([
        (township(1), Interval { district: first, from: Day(0), to: Some(TODAY.plus(-20)) }),
        (township(2), Interval { district: second, from: Day(0), to: None }),
    ])
    .with_successors([(township(1), (TODAY.plus(-20), township(2)))]);
    assert_eq!(ended.district(township(1), TODAY.plus(-21)), Some(first));
    assert_eq!(ended.district(township(1), TODAY.plus(-20)), Some(second));
    assert_eq!(ended.settled(township(1), TODAY), Some(second));
    assert_eq!(
        ended.members(second, TODAY),
        [township(2)].into(),
        "one that was merged is no member any more"
    );
    assert_eq!(ended.successor(township(1), TODAY), Some(township(2)));
    let count = |level, whom| parts(ask(&hub, &ended, level, Period::ALL)[&("B1".to_owned(), whom, None)]).0;
    let districts = [first, second].map(|district| count(Level::District, Whom::District(district)));
    let rest = count(Level::Township, Whom::Township(township(3)));
    assert!(districts[0] > 0 && districts[1] > count(Level::Township, Whom::Township(township(2))));
    assert_eq!(districts.iter().sum::<i64>() + rest, count(Level::County, Whom::County));
    let circle = Membership::default()
        .with_successors([(township(1), (Day(0), township(2))), (township(2), (Day(0), township(1)))]);
    assert_eq!(circle.district(township(1), TODAY), None, "a circle ends");
}

#[test]
fn cells_kept_by_the_fold_equal_those_computed_from_the_records() {
    let (hub, ..) = county();
    let kept = kept(&hub.views, hub.folder.catalogue());
    assert!(kept.len() > 20);
    assert_eq!(kept, recompute(&hub.views, hub.folder.catalogue()));
    assert_eq!(hub.rebuilt(), hub.views);
}

#[test]
fn what_is_overdue_depends_on_the_day_of_judgement() {
    let (hub, _, membership) = county();
    let overdue = |as_of: Day| {
        let question = Question {
            ids: vec!["B7".into()],
            level: Level::County,
            days: Span::Same(period("2026")),
            as_of,
            offices: BTreeMap::new(),
        };
        parts(query(&hub.views, hub.folder.catalogue(), &membership, &question)[0].figure).0
    };
    assert_eq!(overdue(TODAY.plus(-900)), 0);
    let (now, later) = (overdue(TODAY), overdue(TODAY.plus(40)));
    assert!(0 < now && now < later, "{now} {later}");
}

/// Of what is due in a period, what still runs counts when its day is over, and what is done counts on whatever day.
#[test]
fn what_still_runs_is_due_when_its_day_is_over() {
    let (hub, _, membership) = county();
    let figure = |id: &str, as_of: Day| {
        let question = Question {
            ids: vec![id.into()],
            level: Level::County,
            days: Span::Same(Period::ALL),
            as_of,
            offices: BTreeMap::new(),
        };
        parts(query(&hub.views, hub.folder.catalogue(), &membership, &question)[0].figure).0
    };
    let done = figure("B5d", TODAY.plus(-900));
    assert!(done > 0 && figure("B7", TODAY.plus(900)) > 0);
    for days in [-900, -30, -7, -1, 0, 1, 7, 30, 900] {
        let as_of = TODAY.plus(days);
        assert_eq!(figure("B5d", as_of), done + figure("B7", as_of), "{days}");
    }
}

#[test]
fn a_notice_to_a_district_counts_for_the_district() {
    let (mut hub, [first, _], membership) = county();
    let fields: Fields =
        [(1, Value::Text("座谈".into())), (2, Value::Date(TODAY)), (3, Value::Link(first))].into();
    hub.act(NOTICE, None, "say", fields.clone(), Role::COffice);
    hub.act(
        NOTICE,
        None,
        "say",
        [(1, Value::Text("全县".into())), (2, Value::Date(TODAY))].into(),
        Role::COffice,
    );
    hub.act(NOTICE, None, "write", fields, Role::COffice);
    let answer = ask(&hub, &membership, Level::District, Period::ALL);
    let count = |whom| answer.get(&("F2".to_owned(), whom, None)).map(|figure| parts(*figure).0);
    assert_eq!((count(Whom::District(first)), count(Whom::Rest)), (Some(1), Some(1)));
}

#[test]
fn coverage_names_who_is_silent_and_whose_session_broke_off() {
    // 2026-11-18 21:20 in Beijing.
    let now = 1_795_008_000_000;
    let hour = 3_600_000;
    let of = |n: u32, hours: Option<i64>, partial: bool| {
        (township(n), hours.map(|h| LastSync { at_ms: now - h * hour, partial }))
    };
    let coverage = Coverage::of(
        [of(1, Some(3), false), of(2, None, false), of(3, Some(60), false), of(4, Some(45), true)],
        now,
        2,
    );
    assert_eq!((coverage.expected(), coverage.reporting(), coverage.synced()), (4, 3, 2));
    let stale: Vec<_> =
        coverage.townships.iter().filter(|one| one.is_stale()).map(|one| one.township).collect();
    assert_eq!(stale, [township(2), township(3)]);
    let days: Vec<_> = coverage.townships.iter().map(|one| one.days_stale).collect();
    assert_eq!(days, [Some(0), None, Some(2), Some(1)], "one night may be missed");
    let partial: Vec<_> = coverage.townships.iter().map(Freshness::is_partial).collect();
    assert_eq!(partial, [false, false, false, true]);
    assert_eq!(coverage.oldest(), Some((township(3), now - 60 * hour)));
    assert!(!coverage.whole());
    let reported = |nth: usize, from: &str| coverage.townships[nth].has_reported(day(from));
    assert!(reported(2, "2026-11-01") && !reported(2, "2026-11-17") && !reported(1, "1990-01-01"));
    assert!(Coverage::of([of(1, Some(3), false)], now, 0).whole());
}
