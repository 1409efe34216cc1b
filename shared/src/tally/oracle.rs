//! Figures whose right value is known beforehand.

use std::collections::BTreeMap;

use super::fixture::*;
use super::*;
use crate::ids::Site;
use crate::record::{Day, Fields, Value};
use crate::view::sample::{TODAY, township};

const YEAR: &str = "2026";

#[test]
fn two_hundred_and_sixteen_points_against_the_lines() {
    let mut county = County::of(3);
    for n in 1..=3 {
        county.aim(n, 95, 145);
    }
    for (n, points) in [(1, 2000), (1, 160), (2, 949)] {
        county.enter(n, PIECE, [(1, text("稿")), (2, ago(30)), (3, tenths(points))]);
    }
    let town = County::town;
    assert_eq!(county.figure("P1", town(1), YEAR), "216.0");
    assert_eq!(county.figure("P3", town(1), YEAR), "227.4 %");
    assert_eq!(county.figure("P4", town(1), YEAR), "+71");
    assert_eq!(county.figure("P5", town(1), YEAR), "达到先进线");
    assert_eq!(county.figure("P5", town(2), YEAR), "未完成", "94.9 is below 95");
    assert_eq!(county.figure("P4", town(2), YEAR), "-50.1");
    assert_eq!(county.figure("P5", town(3), YEAR), "未完成", "a target and no piece");
    // 327 of 365 days have passed on 2026-11-23: 95 × 327 / 365 = 85.1.
    assert_eq!(county.figure("P7", town(1), YEAR), "+130.9");
    assert_eq!(county.figure("P7", town(3), YEAR), "-85.1");
    // Without a target there is nothing to reach.
    assert_eq!(county.figure("P3", town(1), "2025"), "—");
    assert_eq!(county.figure("P5", town(1), "2025"), "—");
    assert_eq!(county.figure("P7", town(1), "2025"), "—");
    // Above the townships the grades are counted.
    let grades = |level| {
        let lines = county.ask(&["P5"], level, YEAR);
        let has = |line: &Line| matches!(line.figure, Figure::Count(1..));
        let lines = lines.into_iter().filter(|line| line.split.is_some() && has(line));
        lines.map(|line| (line.whom, line.split, line.figure.to_string())).collect::<Vec<_>>()
    };
    let count = |whom, grade, n: &str| (whom, Some(grade), n.to_owned());
    assert_eq!(grades(Level::County), [count(Whom::County, 1, "2"), count(Whom::County, 3, "1")]);
    let (first, second) = (Whom::District(FIRST), Whom::District(SECOND));
    assert_eq!(grades(Level::District), [count(first, 3, "1"), count(second, 1, "2")]);
    assert_eq!(county.figure("P3", Whom::County, YEAR), "109.1 %", "310.9 of 285");
    assert_eq!(county.figure("G3", Whom::County, YEAR), "3");
}

fn ago_text(days: i32) -> String {
    TODAY.plus(-days).to_string()
}

#[test]
fn a_rate_without_cases_is_none() {
    let county = County::of(2);
    let nothing = [("W1", "0"), ("W_rate", "—"), ("W_median", "—"), ("W_gap", "—"), ("K1", "—"), ("K0", "—")];
    for (id, text) in nothing {
        for whom in [Whom::County, Whom::District(FIRST), County::town(1)] {
            let line = county.line(id, whom, YEAR);
            assert_eq!(line.figure.to_string(), text, "{id} {whom:?}");
            assert!(line.met.is_none() || id == "W1", "no cases neither meet nor miss a target");
        }
    }
    assert_eq!(
        county.line("W1", County::town(1), YEAR).met,
        Some(false),
        "a count of none misses its target"
    );
    assert_eq!(county.line("W1", Whom::County, YEAR).met, None, "the target is of each office");
}

#[test]
fn the_middle_of_a_spread() {
    let mut county = County::of(2);
    let mut took = |n, days: i32| {
        county.work(n, 10, [(7, ago(200)), (8, ago(200 - days))]);
    };
    for days in [3, 40, 5] {
        took(1, days);
    }
    took(2, 7);
    took(2, -2);
    county.work(2, 10, [(7, ago(4))]);
    assert_eq!(county.figure("W_median", County::town(1), YEAR), "5.0");
    assert_eq!(county.figure("W_median", County::town(2), YEAR), "2.5", "the mean of -2 and 7");
    assert_eq!(county.figure("W_median", Whom::County, YEAR), "5.0", "of -2, 3, 5, 7, 40");
    assert_eq!(county.figure("W_spread", Whom::County, YEAR), "5", "one has no answer yet");
    assert_eq!(county.line("W_median", Whom::County, YEAR).met, Some(true));
}

#[test]
fn gaps_run_to_the_day_of_judgement() {
    let mut county = County::of(3);
    for days in [200, 190, 60] {
        county.work(1, days, []);
    }
    county.work(2, 50, []);
    county.work(2, -1, []);
    let gap = |whom| county.figure("W_gap", whom, YEAR);
    assert_eq!(gap(County::town(1)), "130");
    assert_eq!(gap(County::town(2)), "50", "what lies ahead ends no gap");
    assert_eq!(gap(County::town(3)), "—");
    assert_eq!(gap(Whom::County), "130");
    assert_eq!(gap(Whom::District(SECOND)), "50");
    let over = |whom| county.figure("W_gap_over", whom, YEAR);
    assert_eq!(over(Whom::County), "2", "the first, and the third that did nothing");
    assert_eq!([over(County::town(1)), over(County::town(2)), over(County::town(3))], ["1", "0", "1"]);
    assert_eq!(over(Whom::District(SECOND)), "1", "the third belongs to the second district now");
    assert_eq!(county.line("W_gap_over", Whom::County, YEAR).met, Some(false));
    // A period that is over is judged by its own last day.
    assert_eq!(county.figure("W_gap", County::town(1), "2026-05-01..2026-06-30"), "44");
}

#[test]
fn a_record_counts_for_the_township_that_it_names() {
    let mut county = County::of(4);
    county.visit(10, Some(1), &[(Some(1), 5), (Some(2), 3), (Some(2), 1), (None, 2)]);
    county.visit(30, Some(1), &[(Some(4), 0)]);
    county.visit(40, Some(3), &[]);
    county.visit(50, None, &[]);
    let town = County::town;
    let row = |id| [1, 2, 3, 4].map(|n| county.figure(id, town(n), YEAR));
    assert_eq!(row("T1"), ["2", "0", "1", "0"]);
    assert_eq!(county.figure("T1", Whom::County, YEAR), "4", "one names no township");
    assert_eq!(row("T_heads"), ["5", "4", "0", "0"]);
    assert_eq!(county.figure("T_heads", Whom::County, YEAR), "11", "two heads are of no township");
    assert_eq!(row("T_came"), ["1", "1", "0", "0"], "once, however many rows");
    assert_eq!(county.figure("T_came", Whom::County, YEAR), "2");
    assert_eq!(row("T_all"), ["0", "0", "0", "0"], "by its address it is the county's");
    assert_eq!(county.figure("T_all", Whom::County, YEAR), "4");
    // By membership on the day of the visit: the third was in the first district forty days ago.
    let district = |id, district| county.figure(id, Whom::District(district), YEAR);
    assert_eq!((district("T1", FIRST), district("T1", SECOND)), ("3".to_owned(), "0".to_owned()));
    assert_eq!((district("T_heads", FIRST), district("T_heads", SECOND)), ("5".to_owned(), "4".to_owned()));
    // The target is that of each township.
    assert_eq!(county.line("T1", town(1), YEAR).met, Some(true));
    assert_eq!(county.line("T1", town(3), YEAR).met, Some(false));
    assert_eq!(county.line("T1", Whom::County, YEAR).met, None);
}

#[test]
fn days_since_the_last_one_whatever_the_period() {
    let mut county = County::of(4);
    for (days, town) in [(400, 1), (100, 1), (93, 2), (92, 3), (-3, 3)] {
        county.visit(days, Some(town), &[]);
    }
    let town = County::town;
    let row = |id, period| [1, 2, 3, 4].map(|n| county.figure(id, town(n), period));
    assert_eq!(row("T_since", YEAR), ["100", "93", "92", "—"], "what lies ahead is no visit yet");
    assert_eq!(row("T_since", "2026-11"), ["100", "93", "92", "—"], "it lies before the period");
    assert_eq!(row("T_long", YEAR), ["1", "1", "0", "1"], "more than 92, or none at all");
    assert_eq!(county.figure("T_since", Whom::County, YEAR), "100", "the longest of its townships");
    assert_eq!(county.figure("T_since", Whom::District(SECOND), YEAR), "93");
    let count = |whom| county.figure("T_long", whom, YEAR);
    assert_eq!(count(Whom::County), "3");
    assert_eq!([count(Whom::District(FIRST)), count(Whom::District(SECOND))], ["1", "2"]);
    assert_eq!(county.line("T_since", town(1), YEAR).met, Some(false));
    assert_eq!(county.line("T_since", town(3), YEAR).met, Some(true));
    assert_eq!(county.line("T_since", town(4), YEAR).met, None, "nothing to measure from");
    assert_eq!(county.line("T_long", Whom::County, YEAR).met, Some(false));
    // A period that is over is judged by its own last day, and sees nothing of what came after.
    let before = ago_text(101);
    assert_eq!(row("T_since", &format!("..{before}")), ["299", "—", "—", "—"]);
    // The node of an office says of it what the county says.
    county.work(1, 70, []);
    let question = Question {
        ids: vec!["W_since".to_owned(), "W_long".to_owned()],
        level: Level::Township,
        days: "2026-11".parse::<super::Period>().expect("a period").into(),
        as_of: TODAY,
        offices: BTreeMap::from([(township(1), None)]),
    };
    let lines = query(&county.nodes[0].views, &catalogue(), &county.membership, &question);
    let own = lines.iter().filter(|line| line.whom == town(1)).map(|line| line.figure.to_string());
    assert_eq!(own.collect::<Vec<_>>(), ["70", "0"]);
    assert_eq!(county.figure("W_since", town(1), "2026-11"), "70");
    // Beside a gap of the same count, which is one of the period.
    let both = |id| {
        county
            .ask(&["T_since", "T_gap"], Level::Township, "2026-11")
            .into_iter()
            .find(|line| line.id == id && line.whom == town(1))
    };
    assert_eq!(both("T_since").map(|line| line.figure.to_string()), Some("100".to_owned()));
    assert_eq!(both("T_gap").map(|line| line.figure.to_string()), Some("—".to_owned()));
}

#[test]
fn a_township_that_was_merged_away_is_asked_for_nothing_more() {
    let mut county = County::of(2);
    county.visit(200, Some(2), &[]);
    county.work(2, 300, []);
    let since = TODAY.plus(-2000);
    let open = |n, to| (township(n), Interval { district: FIRST, from: since, to });
    county.membership = Membership::new([open(1, None), open(2, Some(TODAY.plus(-100)))]);
    assert_eq!(county.figure("T_long", Whom::County, YEAR), "1", "only the one that is there");
    assert_eq!(county.figure("T_since", Whom::County, YEAR), "—");
    assert_eq!(county.figure("W_long", County::town(2), YEAR), "0");
    assert_eq!(county.figure("KT", Whom::County, YEAR), "0.0 %", "one on the list, not visited");
    let then = format!("2026-01-01..{}", ago_text(150));
    assert_eq!(county.figure("T_since", Whom::County, &then), "50");
    assert_eq!(county.figure("KT", Whom::County, &then), "50.0 %");
}

#[test]
fn a_coverage_of_townships_names_those_that_it_misses() {
    let mut county = County::of(4);
    county.visit(10, Some(1), &[(Some(2), 3), (Some(3), 0)]);
    county.visit(400, Some(3), &[(Some(4), 1)]);
    let missing = |id, whom, period: &str| {
        let missing = county.line(id, whom, period).missing.into_iter();
        let number = |missing| match missing {
            Missing::Township(code) => (1..=4).find(|n| township(*n) == code),
            _ => None,
        };
        missing.map(|one| number(one).expect("a township of the county")).collect::<Vec<_>>()
    };
    assert_eq!(county.figure("KT", Whom::County, YEAR), "25.0 %");
    assert_eq!(missing("KT", Whom::County, YEAR), [2, 3, 4]);
    assert_eq!(county.line("KT", Whom::County, YEAR).met, Some(false));
    assert_eq!(missing("KT", Whom::District(SECOND), YEAR), [2, 3, 4]);
    assert_eq!(county.figure("KT", Whom::District(FIRST), YEAR), "100.0 %");
    assert_eq!(
        (county.figure("KT", County::town(1), YEAR).as_str(), missing("KT", County::town(4), YEAR)),
        ("100.0 %", vec![4])
    );
    assert_eq!(county.figure("KC", Whom::County, YEAR), "75.0 %", "those that did not come");
    assert_eq!(missing("KC", Whom::County, YEAR), [1, 3, 4]);
    assert_eq!(missing("KU", Whom::County, YEAR), [1, 2, 4], "in any year, both visited and named");
    // Where no township is known, there is nobody to reach.
    county.membership = Membership::default();
    assert_eq!(county.figure("KT", Whom::County, YEAR), "—");
}

#[test]
fn values_count_once_and_only_if_they_reach() {
    let mut county = County::of(2);
    let (first, second) = (county.member(1, "甲", 400), county.member(1, "乙", 400));
    let third = county.member(2, "丙", 400);
    let link = |id| (3, Value::Link(id));
    for (n, id, days, tenth) in
        [(1, first, 10, 35), (1, first, 40, 35), (1, second, 20, 69), (2, third, 15, 80)]
    {
        county.work(n, days, [link(id), (4, tenths(tenth)), (6, text(" 城建办 "))]);
    }
    assert_eq!(county.figure("W_active", Whom::County, YEAR), "3");
    assert_eq!(county.figure("W_active", County::town(1), YEAR), "2");
    assert_eq!(county.figure("W_seven", County::town(1), YEAR), "1", "3.5 + 3.5, not 6.9");
    assert_eq!(county.figure("W_seven", Whom::County, YEAR), "2");
    assert_eq!(county.figure("W_seven", County::town(1), "2026-11"), "0", "only 3.5 in November");
    assert_eq!(county.figure("W_units", Whom::County, YEAR), "2", "a unit of each office");
    assert_eq!(county.figure("W_mean", Whom::County, YEAR), "7.3", "21.9 days of 3 members");
}

#[test]
fn a_coverage_names_whom_it_misses() {
    let mut county = County::of(2);
    let since = [400, 400, 60];
    let mut ids = Vec::new();
    for (nth, since) in since.into_iter().enumerate() {
        ids.push(county.member(1, &format!("代表{nth}"), since));
    }
    let gone = county.enter(2, MEMBER, [(1, text("离任")), (2, ago(900)), (3, ago(30))]);
    let stays = county.member(2, "在任", 900);
    county.work(1, 5, [(3, Value::Link(ids[0])), (4, tenths(70))]);
    county.work(2, 50, [(3, Value::Link(gone))]);
    let line = county.line("K1", County::town(1), YEAR);
    assert_eq!((line.figure.to_string(), line.met), ("33.3 %".to_owned(), Some(false)));
    let missing = |id, whom, period| {
        let mut ids: Vec<_> = county
            .line(id, whom, period)
            .missing
            .into_iter()
            .map(|missing| match missing {
                Missing::Record(id) => id,
                other => panic!("{other:?}"),
            })
            .collect();
        ids.sort();
        ids
    };
    let sorted = |mut ids: Vec<_>| {
        ids.sort();
        ids
    };
    assert_eq!(missing("K1", County::town(1), YEAR), sorted(vec![ids[1], ids[2]]));
    assert_eq!(missing("K0", County::town(1), YEAR), [ids[1]], "the third is new");
    assert_eq!(county.figure("K0", County::town(1), YEAR), "50.0 %");
    assert_eq!(missing("K1", Whom::County, YEAR), sorted(vec![ids[1], ids[2], stays]));
    assert_eq!(county.figure("K1", Whom::County, YEAR), "25.0 %");
    // Before he left he was on the list.
    assert_eq!(county.figure("K1", County::town(2), "2026-10-01..2026-10-10"), "50.0 %");
    assert_eq!(county.figure("K7", County::town(1), YEAR), "33.3 %");
}

#[test]
fn a_choice_list_is_every_office_s_own() {
    let mut county = County::of(2);
    let vote = |power: u32, yes: i64, days: i32| {
        let row: Fields = [(1, ago(days)), (2, Value::Number(yes)), (3, Value::Choice(power))].into();
        Value::Group(row)
    };
    let rows = Value::List(vec![vote(1, 10, 100), vote(3, 0, 30), vote(1, 7, 400)]);
    county.work(1, 20, [(9, rows)]);
    let line = county.line("KP", County::town(1), YEAR);
    assert_eq!(line.figure.to_string(), "50.0 %");
    assert!(
        matches!(&line.missing[..], [Missing::Choice(code, part)] if *code == County::code(1) && part.key == "B")
    );
    assert_eq!(county.figure("KP", Whom::County, YEAR), "25.0 %", "one of two offices times two powers");
    assert_eq!(county.figure("V1", County::town(1), YEAR), "1", "by the row's own day, and with a vote");
    assert_eq!(county.figure("V1", County::town(1), ".."), "2");
    assert_eq!(county.figure("V_yes", County::town(1), YEAR), "17", "by the record's day");
    assert_eq!(county.figure("V_power", County::town(1), YEAR), "2");
    assert_eq!(county.figure("W_sum", County::town(1), YEAR), "2");
    let parts = county.ask(&["V_split"], Level::County, YEAR);
    let parts: Vec<_> = parts
        .iter()
        .map(|line| (line.part.as_ref().map(|p| p.key.as_str()), line.figure.to_string()))
        .collect();
    assert_eq!(parts, [(None, "3".to_owned()), (Some("A"), "2".to_owned()), (Some("C"), "1".to_owned())]);
}

#[test]
fn several_choices_count_each_and_once_in_the_total() {
    let mut county = County::of(1);
    let ways = |ids: &[u32]| (5, Value::List(ids.iter().map(|id| Value::Choice(*id)).collect()));
    county.work(1, 5, [ways(&[1, 2])]);
    county.work(1, 5, [ways(&[2])]);
    county.work(1, 5, []);
    let lines = county.ask(&["W_way"], Level::County, YEAR);
    let texts: Vec<_> = lines.iter().map(|line| (line.split, line.figure.to_string())).collect();
    let of = |split, n: &str| (split, n.to_owned());
    assert_eq!(texts, [of(None, "3"), of(Some(0), "1"), of(Some(1), "1"), of(Some(2), "2")]);
}

#[test]
fn a_term_is_the_office_s_own() {
    let mut county = County::of(2);
    for (name, began) in [("第十七届", 1500), ("第十八届", 100), ("第十九届", -1)] {
        county.enter(1, TERM, [(1, text(name)), (2, ago(began))]);
    }
    for n in [1, 2] {
        for days in [50, 99, 101, 1400] {
            county.work(n, days, []);
        }
    }
    assert_eq!(county.figure("W_term", County::town(1), YEAR), "2");
    assert_eq!(
        county.figure("W_term", County::town(2), YEAR),
        "4",
        "an office without a term counts everything"
    );
    assert_eq!(county.figure("W_term", Whom::County, YEAR), "6");
    // A period of the term before is judged by that term.
    assert_eq!(county.figure("W_term", County::town(1), "2026-01"), "1");
    let begun = named::terms(&county.hub.views, county.hub.folder.catalogue());
    let days: Vec<Day> = begun[&Unit::township(County::code(1))].iter().map(|term| term.day).collect();
    assert_eq!(days, [TODAY.plus(-1500), TODAY.plus(-100), TODAY.plus(1)]);
}

#[test]
fn records_are_grouped_by_the_words_of_a_field() {
    let mut county = County::of(1);
    for (unit, done) in [("城建办", true), ("城建办", false), ("派出所", true)] {
        let id = county.work(1, 5, [(6, text(unit))]);
        if done {
            county.act(1, WORK, Some(id), "finish", Fields::new());
        }
    }
    county.work(1, 5, []);
    county.work(1, 900, [(6, text("派出所"))]);
    let views = &county.nodes[0].views;
    let catalogue = catalogue();
    let kind = &catalogue.kinds[&WORK];
    let question = Question {
        ids: ["W1", "W_rate"].map(str::to_owned).into(),
        level: Level::Township,
        days: Span::Same(YEAR.parse().expect("a period")),
        as_of: TODAY,
        offices: Default::default(),
    };
    let names = |record: &crate::record::Record, _: &Fields| match record.fields.get(&6) {
        Some(Value::Text(unit)) => vec![unit.clone()],
        _ => Vec::new(),
    };
    let groups = grouped(views, &catalogue, kind, Site::Township(township(1)), &question, &names);
    let groups: Vec<_> =
        groups.iter().map(|group| (group.name.as_str(), group.figure.to_string(), group.met)).collect();
    let line = |name, text: &str, met| (name, text.to_owned(), met);
    let expected = [
        line("", "1", None),
        line("", "0.0 %", Some(false)),
        line("城建办", "2", None),
        line("城建办", "50.0 %", Some(false)),
        line("派出所", "1", None),
        line("派出所", "100.0 %", Some(true)),
    ];
    assert_eq!(groups, expected);
    assert!(groupable(&catalogue, kind, "W_median") && !groupable(&catalogue, kind, "W_gap"));
    assert!(!groupable(&catalogue, kind, "P1") && !groupable(&catalogue, kind, "K1"));
}

#[test]
fn keys_of_values_are_frozen() {
    use super::contribution::{key, unzigzag, zigzag};
    assert_eq!(key(&Value::Choice(7)), Some(7));
    assert_eq!(key(&text(" 城建办 ")), key(&text("城建办")));
    assert_eq!(key(&text("  ")), None);
    assert_eq!(key(&Value::Link(FIRST)), Some(571_207_019_074_475_034));
    for days in [0, 1, -1, 77_777, -77_777] {
        assert_eq!(unzigzag(zigzag(days)), days);
    }
    assert!(day("2026-11-23") == TODAY);
}
