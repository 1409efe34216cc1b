//! Reminders: once for each threshold of each due day, whatever days the machine was on.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Reminded;
use super::pair::{FIRST, Side, TODAY};
use crate::ids::RecordId;
use crate::record::{Day, Value};

fn duty(side: &Side, due: &str) -> RecordId {
    side.enter("duty", "begin", &["title=一件事", &format!("on={TODAY}"), &format!("due={due}")])
}

#[track_caller]
fn remind(side: &Side) -> usize {
    let Reminded { deadlines, refused } =
        side.with(|ledger| ledger.remind()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(refused, 0);
    deadlines
}

fn number(side: &Side, id: RecordId, field: &str) -> i64 {
    match side.value(id, field) {
        Some(Value::Number(n)) => n,
        None => 0,
        other => panic!("{field} is {other:?}"),
    }
}

#[test]
fn each_threshold_reminds_once_and_says_how_many_days_are_left() {
    let side = Side::township(FIRST);
    let id = duty(&side, "2026-03-12");
    let mut told = Vec::new();
    for ahead in 0..20 {
        let day = TODAY.parse::<Day>().unwrap().plus(ahead);
        side.go_to(&day.to_string());
        let fired = remind(&side);
        assert_eq!(remind(&side), 0, "not twice on a day");
        if fired > 0 {
            told.push(number(&side, id, "reminded_days"));
            assert_eq!(side.value(id, "reminded_due"), Some(Value::Date("2026-03-12".parse().unwrap())));
        }
    }
    assert_eq!(told, [7, 3, 1, -1, -4, -7]);
    assert_eq!(number(&side, id, "reminders"), 6);
}

#[test]
fn what_was_missed_counts_as_the_latest() {
    let side = Side::township(FIRST);
    let id = duty(&side, "2026-03-12");
    side.go_to("2026-03-11");
    assert_eq!((remind(&side), number(&side, id, "reminded_days")), (1, 1));
    side.go_to("2026-03-20");
    assert_eq!((remind(&side), number(&side, id, "reminded_days")), (1, -8));
    side.go_to("2026-03-21");
    assert_eq!(remind(&side), 0, "over by 7 days was the threshold, the next is 10");
}

#[test]
fn an_extension_starts_anew_and_what_is_met_or_quiet_is_left_alone() {
    let side = Side::township(FIRST);
    let (late, done, quiet) =
        (duty(&side, "2026-03-05"), duty(&side, "2026-03-05"), duty(&side, "2026-03-05"));
    side.act(done, "finish", &[]);
    side.act(quiet, "edit", &["quiet=是"]);
    assert_eq!(remind(&side), 1);
    assert_eq!(number(&side, late, "reminded_days"), 3);
    side.act(late, "extend", &["later=2026-03-09"]);
    assert_eq!((remind(&side), number(&side, late, "reminded_days")), (1, 7));
    // Once it is not quiet any more, what it missed is told as the latest.
    side.go_to("2026-03-04");
    side.act(quiet, "edit", &["quiet=否"]);
    assert_eq!((remind(&side), number(&side, quiet, "reminded_days")), (1, 1));
    assert_eq!(number(&side, done, "reminders"), 0);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// So many days pass while the machine is off, or on.
    Wait(u8),
    Remind,
    Extend(u8),
    Finish,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u8..6).prop_map(Step::Wait),
        6 => Just(Step::Remind),
        1 => (1u8..12).prop_map(Step::Extend),
        1 => Just(Step::Finish),
    ]
}

/// The thresholds of the fixture, the latest that is reached with so many days left.
fn reached(left: i32) -> Option<i32> {
    let after = (0..400).map(|k| -1 - 3 * k);
    [7, 3, 1].into_iter().chain(after).filter(|threshold| left <= *threshold).min()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Over any days, for each due day: no threshold reminds twice, and after a reminder round the latest one that was
    /// reached has been told of.
    #[test]
    fn once_for_each_threshold_of_each_due_day(steps in prop::collection::vec(step(), 1..40)) {
        let side = Side::township(FIRST);
        let (mut today, mut due) = (TODAY.parse::<Day>().unwrap(), "2026-03-12".parse::<Day>().unwrap());
        let id = duty(&side, &due.to_string());
        let mut open = true;
        let mut told: BTreeMap<(Day, i32), u32> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Wait(days) => {
                    today = today.plus(i32::from(days));
                    side.go_to(&today.to_string());
                }
                Step::Extend(days) if open => {
                    due = due.plus(i32::from(days));
                    side.act(id, "extend", &[&format!("later={due}")]);
                }
                Step::Finish if open => {
                    side.act(id, "finish", &[]);
                    open = false;
                }
                Step::Remind => {
                    let before = number(&side, id, "reminders");
                    let fired = remind(&side);
                    prop_assert_eq!(number(&side, id, "reminders"), before + fired as i64);
                    let left = due.0 - today.0;
                    if fired > 0 {
                        prop_assert!(open);
                        prop_assert_eq!(number(&side, id, "reminded_days"), i64::from(left));
                        let threshold = reached(left).expect("a threshold was reached");
                        *told.entry((due, threshold)).or_default() += 1;
                    }
                    if let Some(threshold) = reached(left).filter(|_| open) {
                        prop_assert_eq!(told.get(&(due, threshold)), Some(&1));
                    }
                }
                Step::Extend(_) | Step::Finish => {}
            }
        }
        prop_assert!(told.values().all(|times| *times == 1));
    }
}
