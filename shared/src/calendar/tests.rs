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
    let next = r#"{"year":2027,"days":[{"name":"元旦","date":"2026-12-31","isOffDay":true}]}"#;
    let files = crate::catalogue::builtin_calendar_files().iter().copied();
    let fuller = Calendar::load(files.chain([("calendars/holiday_cn_2027.json", next)])).unwrap();
    assert!(fuller.is_known(day("2026-12-31")) && !fuller.is_working(day("2026-12-31")));
    assert_ne!(fuller.version(), calendar.version());
}

#[test]
fn a_provisional_day_is_computed_again_when_the_notice_is_out() {
    let before = legal("national").start(1, day("2026-12-17"), false).unwrap();
    assert_eq!(before.effective_due, day("2027-01-01"), "only weekends are known of 2027");
    assert!(before.provisional);
    let next = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;
    let files = crate::catalogue::builtin_calendar_files().iter().copied();
    let fuller = Calendar::load(files.chain([("calendars/holiday_cn_2027.json", next)])).unwrap();
    let profile = Arc::new(Catalogue::builtin().profiles["national"].clone());
    let fuller = Legal::new(Arc::new(fuller), profile);
    let after = fuller.refreshed(&before).unwrap();
    assert_eq!((after.raw_due, after.effective_due), (day("2027-01-01"), day("2027-01-04")));
    assert!(!after.provisional);
    assert_eq!(fuller.refreshed(&after), None, "once known, it stands");
    let met = crate::record::DeadlineState { done: Some(day("2026-12-20")), ..before };
    assert_eq!(fuller.refreshed(&met), None, "what is met keeps the day that people were told");
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
    fn no_start_and_no_length_panics(start in any::<i32>(), count in any::<u32>(), unit in units()) {
        let count = if unit == LengthUnit::WorkingDays { count % 300 } else { count };
        Calendar::builtin().due(Day(start), count, unit, true);
    }
}
