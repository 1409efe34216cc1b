//! The worked examples of the domain study, and properties.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, LengthUnit};
use crate::command::Deadlines as _;
use crate::record::Day;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn legal(profile: &str) -> Legal {
    let catalogue = Catalogue::builtin();
    Legal::new(Calendar::builtin(), Arc::new(catalogue.profiles[profile].clone()))
}

/// The calendar once these days of 2027 are known to be off.
fn knowing_2027(off: impl IntoIterator<Item = Day>) -> Calendar {
    let rows: Vec<String> =
        off.into_iter().map(|day| format!(r#"{{"date":"{day}","isOffDay":true}}"#)).collect();
    let next = format!(r#"{{"year":2027,"days":[{}]}}"#, rows.join(","));
    let files = crate::catalogue::builtin_calendar_files().iter().copied();
    Calendar::load(files.chain([("calendars/holiday_cn_2027.json", next.as_str())])).unwrap()
}

/// The national profile on the day on which 2027 is known.
fn national_2027(off: impl IntoIterator<Item = Day>) -> Legal {
    Legal::new(Arc::new(knowing_2027(off)), Arc::new(Catalogue::builtin().profiles["national"].clone()))
}

#[test]
fn worked_examples_of_2026() {
    use LengthUnit::{Days, Months, WorkingDays};
    let calendar = Calendar::builtin();
    let examples = [
        // Mid-Autumn 25–27 September, National Day 1–7 October.
        ("2026-09-23", 5, WorkingDays, "2026-10-08", "2026-10-08", false),
        // 14 February is a make-up Saturday; 15–23 February off.
        ("2026-02-13", 5, WorkingDays, "2026-02-27", "2026-02-27", false),
        ("2026-04-30", 5, WorkingDays, "2026-05-11", "2026-05-11", false),
        ("2026-09-30", 5, WorkingDays, "2026-10-13", "2026-10-13", false),
        ("2026-09-18", 15, Days, "2026-10-03", "2026-10-08", false),
        ("2026-09-23", 60, Days, "2026-11-22", "2026-11-23", false),
        // No 30 February; a Sunday; the holidays of 2027 are not published.
        ("2026-11-30", 3, Months, "2027-02-28", "2027-03-01", true),
        ("2026-07-01", 3, Months, "2026-10-01", "2026-10-08", false),
    ];
    for (start, count, unit, raw, effective, provisional) in examples {
        let due = calendar.due(day(start), count, unit, true);
        assert_eq!((due.raw, due.effective), (day(raw), day(effective)), "{start} + {count} {unit:?}");
        assert_eq!(due.provisional, provisional, "{start} + {count} {unit:?}");
    }
}

#[test]
fn strict_offices_keep_the_raw_day() {
    let due = Calendar::builtin().due(day("2026-09-18"), 15, LengthUnit::Days, false);
    assert_eq!((due.raw, due.effective, due.provisional), (day("2026-10-03"), day("2026-10-03"), false));
}

#[test]
fn make_up_days_are_worked_and_holidays_are_not() {
    let calendar = Calendar::builtin();
    assert!(calendar.is_working(day("2026-02-14")), "a Saturday worked for the Spring Festival");
    assert!(!calendar.is_working(day("2026-02-16")), "a Monday of the Spring Festival");
    assert!(calendar.is_working(day("2026-11-23")), "a plain Monday");
    assert!(!calendar.is_working(day("2026-11-22")), "a plain Sunday");
}

#[test]
fn december_waits_for_the_next_years_notice() {
    let calendar = Calendar::builtin();
    assert!(calendar.is_known(day("2025-12-31")), "2026 is published");
    assert!(calendar.is_known(day("2026-11-30")));
    assert!(!calendar.is_known(day("2026-12-31")), "2027 is not");
    assert!(!calendar.is_known(day("2027-05-01")));
    let fuller = knowing_2027([day("2026-12-31")]);
    assert!(fuller.is_known(day("2026-12-31")) && !fuller.is_working(day("2026-12-31")));
    assert_ne!(fuller.version(), calendar.version());
}

#[test]
fn a_provisional_day_is_computed_again_when_the_notice_is_out() {
    let before = legal("national").start(1, day("2026-12-17"), false).unwrap();
    assert_eq!(before.effective_due, day("2027-01-01"), "only weekends are known of 2027");
    assert!(before.provisional);
    let fuller = national_2027([day("2027-01-01")]);
    let after = fuller.refreshed(&before, false).unwrap();
    assert_eq!((after.raw_due, after.effective_due), (day("2027-01-01"), day("2027-01-04")));
    assert!(!after.provisional);
    assert_eq!(fuller.refreshed(&after, false), None, "once known, it stands");
    let met = crate::record::DeadlineState { done: Some(day("2026-12-20")), ..before };
    assert_eq!(fuller.refreshed(&met, false), None, "what is met keeps the day that people were told");
}

#[test]
fn another_law_counts_what_still_runs_anew() {
    let number = |code| Catalogue::builtin().deadline(code).unwrap().number;
    let (national, chongqing) = (legal("national"), legal("chongqing"));
    let reply = national.start(number("DL-SG-REPLY"), day("2026-03-02"), false).unwrap();
    let plain = chongqing.refreshed(&reply, false).unwrap();
    assert_eq!((reply.effective_due, plain.effective_due), (day("2026-06-02"), day("2026-05-06")));
    assert_eq!(Some(&plain), chongqing.start(number("DL-SG-REPLY"), day("2026-03-02"), false).as_ref());
    let hard = chongqing.refreshed(&reply, true).unwrap();
    assert_eq!(hard.effective_due, day("2026-07-02"), "four months where it is wide or difficult");
    assert_eq!(chongqing.refreshed(&plain, false), None, "once counted, it stands");
    let told = [
        crate::record::DeadlineState { done: Some(day("2026-03-20")), ..reply.clone() },
        crate::record::DeadlineState { cancelled: true, ..reply.clone() },
        crate::record::DeadlineState { extensions: 1, ..reply.clone() },
        national.given(number("DL-SUPERVISE"), day("2026-03-01"), day("2026-10-03")),
    ];
    assert!(
        told.iter().all(|told| chongqing.refreshed(told, false).is_none()),
        "people were told those days"
    );
}

#[test]
fn provinces_differ() {
    let (national, zhejiang, chongqing) = (legal("national"), legal("zhejiang"), legal("chongqing"));
    let start = day("2026-03-02");
    let due = |legal: &Legal, code: &str, complex| {
        let number = Catalogue::builtin().deadline(code).unwrap().number;
        legal.start(number, start, complex).unwrap().effective_due
    };
    assert_eq!(due(&national, "DL-SG-REPLY", false), day("2026-06-02"));
    assert_eq!(due(&national, "DL-SG-REPLY", true), day("2026-09-02"));
    assert_eq!(due(&chongqing, "DL-SG-REPLY", false), day("2026-05-06"), "2 May is in the holidays");
    assert_eq!(due(&national, "DL-XF-NOTICE", false), day("2026-03-17"));
    assert_eq!(due(&zhejiang, "DL-XF-NOTICE", false), day("2026-03-09"));
    assert_eq!(due(&zhejiang, "DL-XF-OBJECT", false), day("2026-03-09"), "taken from the national profile");
}

#[test]
fn an_extension_is_bounded() {
    let legal = legal("national");
    let number = |code| Catalogue::builtin().deadline(code).unwrap().number;
    let reply = legal.start(number("DL-SG-REPLY"), day("2026-03-02"), false).unwrap();
    assert_eq!(legal.latest(&reply), Some(day("2026-09-02")), "to six months in all");
    let complex = legal.start(number("DL-SG-REPLY"), day("2026-03-02"), true).unwrap();
    assert_eq!(legal.latest(&complex), None, "the longer length has been given already");
    let petition = legal.start(number("DL-XF-DONE"), day("2026-03-02"), false).unwrap();
    assert_eq!((petition.raw_due, legal.latest(&petition)), (day("2026-05-01"), Some(day("2026-06-01"))));
    let notice = legal.start(number("DL-XF-NOTICE"), day("2026-03-02"), false).unwrap();
    assert_eq!(legal.latest(&notice), None);
}

#[test]
fn what_must_be_done_before_a_day_is_counted_back() {
    use LengthUnit::{Days, Months, WorkingDays};
    let calendar = Calendar::builtin();
    let examples = [
        // Seven days before a congress on Saturday 10 October, a make-up day: 3 October is in the holidays.
        ("2026-10-10", 7, Days, "2026-10-03", "2026-09-30", false),
        ("2026-02-12", 7, Days, "2026-02-05", "2026-02-05", false),
        // The day before a Monday is a Sunday; the Friday it is.
        ("2026-11-23", 1, Days, "2026-11-22", "2026-11-20", false),
        ("2026-10-12", 5, WorkingDays, "2026-09-29", "2026-09-29", false),
        ("2026-05-31", 3, Months, "2026-02-28", "2026-02-28", false),
        ("2027-01-15", 7, Days, "2027-01-08", "2027-01-08", true),
    ];
    for (start, count, unit, raw, effective, provisional) in examples {
        let due = calendar.due_before(day(start), count, unit, true);
        assert_eq!((due.raw, due.effective), (day(raw), day(effective)), "{start} - {count} {unit:?}");
        assert_eq!(due.provisional, provisional, "{start} - {count} {unit:?}");
    }
    let strict = calendar.due_before(day("2026-11-23"), 1, Days, false);
    assert_eq!((strict.raw, strict.effective), (day("2026-11-22"), day("2026-11-22")));
    // By the profiles: the province says how long, the kind of deadline says which way.
    let notice = |profile: &str| {
        let number = Catalogue::builtin().deadline("DL-MT-NOTICE").unwrap().number;
        let legal = legal(profile);
        let state = legal.start(number, day("2026-11-23"), false).unwrap();
        assert_eq!(legal.latest(&state), None, "a meeting does not wait for its notice");
        (state.raw_due, state.effective_due)
    };
    assert_eq!(notice("zhejiang"), (day("2026-11-16"), day("2026-11-16")));
    assert_eq!(notice("chongqing"), (day("2026-11-13"), day("2026-11-13")));
}

#[test]
fn a_notice_of_next_year_moves_back_when_its_holidays_are_known() {
    let number = Catalogue::builtin().deadline("DL-MT-NOTICE").unwrap().number;
    let before = legal("national").start(number, day("2027-01-08"), false).unwrap();
    assert_eq!((before.effective_due, before.provisional), (day("2027-01-01"), true));
    let fuller = national_2027([day("2027-01-01")]);
    let after = fuller.refreshed(&before, false).unwrap();
    assert_eq!((after.raw_due, after.effective_due), (day("2027-01-01"), day("2026-12-31")));
    assert_eq!(fuller.refreshed(&after, false), None);
}

#[test]
fn a_given_day_is_moved_by_no_calendar_and_may_become_any_later_one() {
    let number = Catalogue::builtin().deadline("DL-SUPERVISE").unwrap().number;
    let legal = legal("national");
    assert_eq!(legal.start(number, day("2026-10-01"), false), None, "nothing to count by");
    let given = legal.given(number, day("2026-03-01"), day("2026-10-03"));
    assert_eq!(
        (given.raw_due, given.effective_due),
        (day("2026-10-03"), day("2026-10-03")),
        "in the holidays"
    );
    assert_eq!((given.provisional, given.profile.as_str()), (false, "given"));
    assert!(legal.latest(&given).unwrap() > day("2199-12-31"));
    assert_eq!(legal.refreshed(&given, false), None);
}

#[test]
fn every_province_says_what_its_own_texts_say() {
    let catalogue = Catalogue::builtin();
    let days = |profile: &str, code: &str| {
        let length = catalogue.profiles[profile].length(catalogue.deadline(code).unwrap().number).unwrap();
        (length.count, length.unit, length.complex)
    };
    use LengthUnit::{Days, Months, WorkingDays};
    let table = [
        ("zhejiang", "DL-SG-RETURN", (10, Days, None)),
        ("zhejiang", "DL-SG-COOP", (2, Months, None)),
        ("zhejiang", "DL-BUDGET-PUB", (20, Days, None)),
        ("chongqing", "DL-SG-REPLY", (2, Months, Some(4))),
        ("chongqing", "DL-MT-NOTICE", (10, Days, None)),
        ("shandong", "DL-SG-REPLY", (2, Months, Some(4))),
        ("shandong", "DL-SG-ASSIGN", (5, Days, None)),
        ("qingdao", "DL-SG-REPLY", (2, Months, Some(4))),
        ("qingdao", "DL-SG-ASSIGN", (5, WorkingDays, None)),
        ("qingdao", "DL-SG-RETURN", (5, WorkingDays, None)),
        ("qingdao", "DL-SG-COOP", (1, Months, None)),
        ("henan", "DL-SG-RETURN", (10, WorkingDays, None)),
        ("henan", "DL-SG-EVALUATE", (10, WorkingDays, None)),
        ("henan", "DL-MT-PRESIDIUM", (3, Months, None)),
        ("beijing", "DL-SG-REPLY", (3, Months, Some(6))),
        ("beijing", "DL-SG-REDO", (2, Months, None)),
        ("national", "DL-REPORT-FEEDBACK", (15, Days, None)),
    ];
    for (profile, code, expected) in table {
        assert_eq!(days(profile, code), expected, "{profile} {code}");
    }
    let given = ["DL-SUPERVISE", "DL-FINDING", "DL-DOC-ACTION", "DL-RETURN", "DL-COMMIT", "DL-PROJECT"];
    for code in given.into_iter().chain(["DL-EXIT-ANNOUNCE", "DL-ARCHIVE"]) {
        assert_eq!(catalogue.deadline(code).unwrap().runs, crate::catalogue::model::Runs::Given, "{code}");
    }
}

#[test]
fn a_broken_file_is_named() {
    let wrong =
        Calendar::load([("x.json", r#"{"year":2026,"days":[{"date":"2026-02-30","isOffDay":true}]}"#)]);
    assert!(wrong.unwrap_err().to_string().starts_with("x.json: "));
    assert!(Calendar::load([("y.json", "[]")]).is_err());
}

fn units() -> impl Strategy<Value = LengthUnit> {
    prop_oneof![Just(LengthUnit::Days), Just(LengthUnit::WorkingDays), Just(LengthUnit::Months)]
}

proptest! {
    #[test]
    fn dues_are_monotone_and_worked(start in 18_000..23_000i32, ahead in 0..40i32, count in 1..130u32, unit in units()) {
        let calendar = Calendar::builtin();
        let (first, later) = (Day(start), Day(start + ahead));
        let due = calendar.due(first, count, unit, true);
        prop_assert!(due.raw > first && due.effective >= due.raw);
        prop_assert!(calendar.is_working(due.effective));
        prop_assert!(due.provisional || calendar.is_known(due.effective));
        prop_assert!(calendar.due(later, count, unit, true).effective >= due.effective);
        prop_assert!(calendar.due(first, count + 1, unit, true).effective >= due.effective);
        if unit == LengthUnit::WorkingDays {
            let worked = (first.0 + 1..=due.raw.0).filter(|day| calendar.is_working(Day(*day))).count();
            prop_assert_eq!(worked, count as usize);
        }
    }

    #[test]
    fn what_is_due_before_a_day_is_due_before_it_and_worked(start in 18_000..23_000i32, ahead in 0..40i32, count in 1..130u32, unit in units()) {
        let calendar = Calendar::builtin();
        let (first, later) = (Day(start), Day(start + ahead));
        let due = calendar.due_before(first, count, unit, true);
        prop_assert!(due.effective <= due.raw && due.raw < first);
        prop_assert!(calendar.is_working(due.effective));
        prop_assert!(due.provisional || calendar.is_known(due.effective));
        prop_assert!(calendar.due_before(later, count, unit, true).effective >= due.effective);
        prop_assert!(calendar.due_before(first, count + 1, unit, true).effective <= due.effective);
        prop_assert_eq!(calendar.due_before(first, count, unit, false).raw, due.raw);
        if unit == LengthUnit::WorkingDays {
            let worked = (due.raw.0..first.0).filter(|day| calendar.is_working(Day(*day))).count();
            prop_assert_eq!(worked, count as usize);
        }
    }

    /// A newer calendar is taken in once; the second look changes nothing, and what is settled keeps its day.
    #[test]
    fn a_refresh_is_idempotent(start in 20_700..21_300i32, number in prop::sample::select(vec![1u32, 2, 3, 15, 22, 23]), off in prop::collection::btree_set(0..365i32, 1..40)) {
        let before = legal("national").start(number, Day(start), false).unwrap();
        let fuller = national_2027(off.into_iter().map(|ahead| day("2027-01-01").plus(ahead)));
        let Some(after) = fuller.refreshed(&before, false) else {
            return Ok(());
        };
        prop_assert_eq!(fuller.refreshed(&after, false), None);
        // It is what would have been computed in the first place.
        let anew = fuller.start(number, Day(start), false).unwrap();
        prop_assert_eq!(&after, &anew);
        for told in [
            crate::record::DeadlineState { done: Some(Day(start)), ..before.clone() },
            crate::record::DeadlineState { cancelled: true, ..before.clone() },
            crate::record::DeadlineState { extensions: 1, ..before },
        ] {
            prop_assert_eq!(fuller.refreshed(&told, false), None);
        }
    }

    #[test]
    fn no_start_and_no_length_panics(start in any::<i32>(), count in any::<u32>(), unit in units()) {
        let count = if unit == LengthUnit::WorkingDays { count % 300 } else { count };
        Calendar::builtin().due(Day(start), count, unit, true);
        Calendar::builtin().due_before(Day(start), count, unit, true);
    }
}
