//! What holds of any period and any ranking; sessions and terms; one period beside another.

use proptest::prelude::*;

use super::fixture::*;
use super::*;
use crate::record::{Day, Value};
use crate::view::sample::TODAY;

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn before(text: &str, compare: Compare) -> String {
    period(text).before(compare).expect("there is one").name()
}

#[test]
fn the_period_before_is_of_the_same_kind() {
    for (now, year, previous) in [
        ("2026", "2025", "2025"),
        ("2026H1", "2025H1", "2025H2"),
        ("2026H2", "2025H2", "2026H1"),
        ("2026Q1", "2025Q1", "2025Q4"),
        ("2026-03", "2025-03", "2026-02"),
        ("2024-02", "2023-02", "2024-01"),
        ("2025-02", "2024-02", "2025-01"),
        ("2026-01-01..2026-05-31", "2025-01-01..2025-05-31", "2025-08-01..2025-12-31"),
        ("2026-03-10..2026-03-19", "2025-03-10..2025-03-19", "2026-02-28..2026-03-09"),
        ("2024-02-29", "2023-02-28", "2024-02-28"),
        ("2024-02-10..2024-02-29", "2023-02-10..2023-02-28", "2024-01-21..2024-02-09"),
    ] {
        assert_eq!(before(now, Compare::Year), year, "{now}");
        assert_eq!(before(now, Compare::Previous), previous, "{now}");
    }
    // Whole months stay whole: the February of a leap year has its last day.
    assert_eq!(period("2025-02").before(Compare::Year), Some(period("2024-02-01..2024-02-29")));
    for open in ["..", "2026-01-01..", "..2026-01-01", "1900", "1900-01"] {
        assert_eq!(period(open).before(Compare::Year), None, "{open}");
        assert_eq!(period(open).before(Compare::Previous), None, "{open}");
    }
}

#[test]
fn names_of_periods_read_back() {
    for name in
        ["2026", "2026H2", "2026Q3", "2026-11", "2026-11-23", "2026S1", "18S3", "T18", "term", "session"]
    {
        let read: PeriodName = name.parse().expect("a period");
        assert_eq!(read.to_string(), name);
    }
    assert_eq!("届".parse(), Ok(PeriodName::PresentTerm));
    assert_eq!("2026s2".parse(), Ok(PeriodName::SessionOfYear { year: 2026, nth: 2 }));
    assert_eq!("2026-01-01..2026-03-31".parse(), Ok(PeriodName::Days(period("2026Q1"))));
    for wrong in ["S1", "2026S", "T", "T0", "2026S0", "-1S1", "18S+3", "terms", "2026S1S2"] {
        assert!(wrong.parse::<PeriodName>().is_err(), "{wrong}");
    }
}

#[test]
fn periods_are_said_as_offices_write_them() {
    for (name, said) in [
        ("2026", "2026年"),
        ("2026Q3", "2026年第三季度"),
        ("2026H1", "2026年上半年"),
        ("2026H2", "2026年下半年"),
        ("2026-11", "2026年11月"),
        ("2026-11-23", "2026年11月23日"),
        ("2026-01-01..2026-05-31", "2026年1月1日至2026年5月31日"),
        ("2026-04-01..", "2026年4月1日以来"),
        ("..2026-03-31", "2026年4月1日以前"),
        ("..", "全部"),
    ] {
        assert_eq!(period(name).chinese(), said, "{name}");
    }
}

/// Days within which every period before is within the calendar too.
fn days() -> impl Strategy<Value = Period> {
    (-10_000..40_000i32, 0..2_000i32)
        .prop_map(|(from, days)| Period { from: Day(from), to: Day(from + days) })
}

fn whole_months() -> impl Strategy<Value = Period> {
    (1930..2150i16, 1..13i8, 0..30usize).prop_map(|(year, month, more)| {
        let first = Day::new(year, month, 1).expect("a first day");
        let mut last = first;
        for _ in 0..=more {
            let (year, month, _) = last.ymd();
            let next = if month == 12 { Day::new(year + 1, 1, 1) } else { Day::new(year, month + 1, 1) };
            last = next.expect("within the calendar");
        }
        Period { from: first, to: last.plus(-1) }
    })
}

proptest! {
    #[test]
    fn whole_months_are_compared_with_as_many(now in whole_months()) {
        let count = now.months();
        prop_assert!(count.is_some());
        let year = now.before(Compare::Year).unwrap();
        let previous = now.before(Compare::Previous).unwrap();
        prop_assert_eq!((year.months(), previous.months()), (count, count));
        prop_assert_eq!(previous.to.plus(1), now.from);
        let (a, b) = (year.from.ymd(), now.from.ymd());
        prop_assert_eq!((a.0 + 1, a.1, a.2), b);
        prop_assert_eq!(now.name().parse::<Period>().unwrap(), now);
        for compare in [Compare::Year, Compare::Previous] {
            prop_assert_eq!(now.day_before(now.from, compare), now.before(compare).map(|before| before.from));
        }
    }

    #[test]
    fn any_other_days_are_compared_with_their_dates_or_their_number(now in days()) {
        prop_assume!(now.months().is_none());
        let year = now.before(Compare::Year).unwrap();
        let previous = now.before(Compare::Previous).unwrap();
        prop_assert_eq!((previous.days(), previous.to.plus(1)), (now.days(), now.from));
        prop_assert!((year.days() - now.days()).abs() <= 1, "{} {}", now, year);
        for (then, day) in [(year.from, now.from), (year.to, now.to)] {
            let ((y, m, d), (y2, m2, d2)) = (then.ymd(), day.ymd());
            let leap = (m2, d2) == (2, 29) && (m, d) == (2, 28);
            prop_assert!(y + 1 == y2 && m == m2 && (d == d2 || leap));
        }
        prop_assert_eq!(now.name().parse::<Period>().unwrap(), now);
    }

    #[test]
    fn a_place_is_one_more_than_the_number_of_better_ones(
        figures in prop::collection::vec((0..6i64, 0..4i64, 0..6u8), 0..30),
        ascending in any::<bool>(),
    ) {
        let entrants: Vec<Entrant> = figures.iter().map(|(numerator, denominator, out)| Entrant {
            figure: Figure::Rate { numerator: *numerator, denominator: *denominator, form: Form::Percent },
            out: match out { 0 => Some(Unranked::Vetoed), 1 => Some(Unranked::Unreported), _ => None },
        }).collect();
        let order = if ascending { Order::Ascending } else { Order::Descending };
        let ranks = rank(&entrants, order);
        // Cross-multiplied, so that 1/2 and 2/4 are one place.
        let in_race = |e: &&Entrant| e.out.is_none() && e.figure.parts().1 != Some(0);
        let better = |a: &Entrant, b: &Entrant| {
            let ((n, d), (m, e)) = (a.figure.parts(), b.figure.parts());
            let (left, right) = (n * e.unwrap_or(1), m * d.unwrap_or(1));
            if ascending { left < right } else { left > right }
        };
        for (entrant, found) in entrants.iter().zip(&ranks) {
            let expected = match entrant.out {
                Some(out) => Rank::Out(out),
                None if entrant.figure.parts().1 == Some(0) => Rank::Out(Unranked::NoFigure),
                None => {
                    let ahead = entrants.iter().filter(in_race).filter(|other| better(other, entrant));
                    Rank::Place(1 + ahead.count() as u32)
                }
            };
            prop_assert_eq!(*found, expected);
        }
    }
}

#[test]
fn a_veto_holds_in_the_years_of_the_period() {
    let vetoes = Vetoes::new([(County::code(1), 2025), (County::code(2), 2026)]);
    let hold = |n, text| vetoes.hold(County::code(n), period(text));
    assert!(hold(1, "2025") && hold(1, "2025Q4") && !hold(1, "2026") && !hold(3, "2025"));
    assert!(hold(1, "2025-12-31..2026-01-01") && hold(2, "2025-12-31..2026-01-01"));
}

/// TODAY is 2026-11-23.
fn with_sessions() -> County {
    let mut county = County::of(4);
    for (n, days, term, number) in
        [(1, 600, 17, 9), (1, 300, 18, 1), (1, 100, 18, 2), (2, 310, 18, 1), (3, 290, 18, 1), (3, 20, 18, 2)]
    {
        county.session(n, days, term, number);
    }
    county.enter(1, SESSION, [(1, text("预备会")), (2, ago(301)), (5, Value::Flag(true))]);
    let void = county.session(2, 50, 18, 2);
    county.void(2, SESSION, void);
    county
}

#[test]
fn each_office_has_the_days_of_its_own_session() {
    let county = with_sessions();
    let own = |name: &str, n: u32| {
        let name: PeriodName = name.parse().expect("a period");
        let asked = name.days(&county.hub.views, county.hub.folder.catalogue(), TODAY);
        asked
            .days
            .of(Unit::township(County::code(n)))
            .map(|days| (TODAY.0 - days.from.0, TODAY.0 - days.to.0))
    };
    assert_eq!(
        [own("2026S1", 1), own("2026S2", 1), own("2026S3", 1)],
        [Some((300, 101)), Some((100, 0)), None]
    );
    assert_eq!(
        [own("2026S1", 2), own("2026S1", 3), own("2026S1", 4)],
        [Some((310, 0)), Some((290, 21)), None]
    );
    assert_eq!([own("18S1", 1), own("17S9", 1), own("18S2", 2)], [Some((300, 101)), Some((600, 301)), None]);
    assert_eq!(
        [own("session", 1), own("session", 3), own("session", 4)],
        [Some((100, 0)), Some((20, 0)), None]
    );
}

#[test]
fn a_session_counts_what_fell_in_each_offices_own_days() {
    let mut county = with_sessions();
    for (n, days) in [(1, 301), (1, 300), (1, 200), (1, 100), (2, 60), (3, 290), (3, 21), (3, 20), (4, 60)] {
        county.work(n, days, []);
    }
    let figures = |name: &str| {
        [Whom::County, County::town(1), County::town(2), County::town(3), County::town(4)]
            .map(|whom| county.figure("W1", whom, name))
    };
    assert_eq!(figures("2026S1"), ["5", "2", "1", "2", "0"]);
    assert_eq!(figures("2026S2"), ["2", "1", "0", "1", "0"]);
    assert_eq!(figures("session"), ["3", "1", "1", "1", "0"]);
    let districts = |name: &str| [FIRST, SECOND].map(|id| county.figure("W1", Whom::District(id), name));
    assert_eq!(districts("2026S1"), ["4", "1"], "the third was in the first district until twenty days ago");
    assert_eq!(county.line("W1", County::town(1), "2026S1").met, None, "the target is that of a year");
    // Gaps run to the end of each office's own days: 200 to 101 days ago at the first.
    assert_eq!(county.figure("W_gap", County::town(1), "2026S1"), "100");
}

#[test]
fn a_term_begins_and_ends_by_each_offices_own_record() {
    let mut county = County::of(2);
    for (n, days, number) in [(1, 900, "17"), (1, 250, "18"), (2, 200, "18")] {
        county.enter(n, TERM, [(1, text(number)), (2, ago(days))]);
    }
    for (n, days) in [(1, 260), (1, 250), (1, 10), (2, 210), (2, 199)] {
        county.work(n, days, []);
    }
    let figures = |name: &str| [County::town(1), County::town(2)].map(|whom| county.figure("W1", whom, name));
    assert_eq!(figures("term"), ["2", "1"]);
    assert_eq!(figures("T18"), ["2", "1"]);
    assert_eq!(figures("T17"), ["1", "0"]);
}

impl County {
    /// What a figure was before, and its change.
    #[track_caller]
    fn compare(&self, id: &str, whom: Whom, name: &str, compare: Compare) -> Option<(String, String)> {
        let level = match whom {
            Whom::County => Level::County,
            Whom::District(_) => Level::District,
            _ => Level::Township,
        };
        let (views, catalogue) = (&self.hub.views, self.hub.folder.catalogue());
        let name_of: PeriodName = name.parse().expect("a period");
        let before = name_of.before(views, catalogue, TODAY, compare)?;
        let question = self.question(&[id], level, name);
        let lines = compared(views, catalogue, &self.membership, &question, &before);
        let (_, before) = lines.into_iter().find(|(line, _)| line.whom == whom && line.split.is_none())?;
        let before = before?;
        let change = before.change.map_or("—".to_owned(), |change| change.to_string());
        Some((before.figure.to_string(), change))
    }
}

#[test]
fn figures_stand_beside_those_of_the_period_before() {
    let mut county = County::of(3);
    // 2026-11-23 is TODAY: 23 days of November have passed.
    let mut finish = |n, days, done: bool| {
        let id = county.work(n, days, [(4, tenths(15))]);
        if done {
            county.act(n, WORK, Some(id), "finish", Default::default());
        }
    };
    for (n, days, done) in
        [(1, 2, true), (1, 3, false), (2, 1, true), (1, 31, true), (1, 26, true), (2, 32, false)]
    {
        finish(n, days, done);
    }
    let said = |figure: &str, change: &str| Some((figure.to_owned(), change.to_owned()));
    let compare = |id, whom| county.compare(id, whom, "2026-11", Compare::Previous);
    // Of October its first 23 days alone: the piece of the 28th does not count.
    assert_eq!(compare("W1", Whom::County), said("2", "+1"));
    assert_eq!(compare("W1", County::town(1)), said("1", "+1"));
    assert_eq!(compare("W1", County::town(2)), said("1", "±0"));
    assert_eq!(compare("W_days", County::town(1)), said("1.5", "+1.5"));
    assert_eq!(compare("W_rate", Whom::County), said("50.0 %", "+16.7"));
    assert_eq!(compare("W_rate", County::town(1)), said("100.0 %", "-50.0"));
    assert_eq!(compare("W_rate", County::town(3)), said("—", "—"));
    assert_eq!(county.compare("W_rate", Whom::County, "2026", Compare::Year), said("—", "—"));
    assert_eq!(county.compare("W1", Whom::County, "2026-10", Compare::Previous), said("0", "+3"));
    assert_eq!(county.compare("W1", Whom::County, "..", Compare::Year), None);
    assert_eq!(county.compare("W1", Whom::County, "term", Compare::Year), None);
}

#[test]
fn a_session_that_runs_is_compared_with_as_many_days() {
    let mut county = with_sessions();
    // The second session of the first township has lasted 101 days, of the third 21.
    for (n, days) in [(1, 300), (1, 200), (1, 199), (1, 10), (3, 290), (3, 270), (3, 269), (3, 1)] {
        county.work(n, days, []);
    }
    let said = |figure: &str, change: &str| Some((figure.to_owned(), change.to_owned()));
    let compare = |whom| county.compare("W1", whom, "2026S2", Compare::Previous);
    assert_eq!(compare(County::town(1)), said("2", "-1"));
    assert_eq!(compare(County::town(3)), said("2", "-1"));
    assert_eq!(compare(Whom::County), said("4", "-2"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Who had figures then and has none now keeps a line, so that both periods add up.
    #[test]
    fn both_periods_add_up(works in prop::collection::vec((1..5u32, 0..420i32, 0..3u32), 0..25)) {
        let mut county = County::of(4);
        for (n, days, way) in works {
            let way = Value::List((1..=way).map(Value::Choice).collect());
            county.work(n, days, [(5, way)].into_iter().filter(|(_, v)| *v != Value::List(Vec::new())));
        }
        let (views, catalogue) = (&county.hub.views, county.hub.folder.catalogue());
        for (name, by) in [("2026", Compare::Year), ("2026Q4", Compare::Previous), ("2026-11", Compare::Previous)] {
            let read: PeriodName = name.parse().unwrap();
            let before = read.before(views, catalogue, TODAY, by).unwrap();
            let sums = |level| {
                let question = county.question(&["W1", "W_way", "W_rate"], level, name);
                let mut sums = std::collections::BTreeMap::<_, [i64; 4]>::new();
                for (line, before) in compared(views, catalogue, &county.membership, &question, &before) {
                    let (n, d) = line.figure.parts();
                    let (m, e) = before.map(|before| before.figure.parts()).unwrap_or_default();
                    let sum = sums.entry((line.id, line.split)).or_default();
                    for (total, part) in sum.iter_mut().zip([n, d.unwrap_or(0), m, e.unwrap_or(0)]) {
                        *total += part;
                    }
                }
                sums.retain(|_, sum| *sum != [0; 4]);
                sums
            };
            let whole = sums(Level::County);
            prop_assert_eq!(&sums(Level::District), &whole);
            prop_assert_eq!(&sums(Level::Township), &whole);
        }
    }
}
