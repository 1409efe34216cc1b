use proptest::prelude::*;
use shared::program::{beijing_day, day_start_ms};
use shared::record::Day;

use super::*;

const TOWNSHIPS: [&str; 4] = ["330282002", "330282101", "330282114", "510726201"];

/// Midnight in Beijing at the beginning of 2026-11-23.
fn midnight() -> i64 {
    day_start_ms("2026-11-23".parse().unwrap())
}

fn at(hour: i64, minute: i64) -> i64 {
    midnight() + hour * HOUR_MS + minute * MINUTE_MS
}

fn slot() -> Slot {
    Slot::new("330282002", Some(60))
}

#[test]
fn every_slot_lies_in_the_window_and_townships_are_spread() {
    let mut minutes: Vec<u16> = (0..19).map(|n| Slot::new(&format!("3302821{n:02}"), None).minute).collect();
    for township in TOWNSHIPS {
        for day in 0..400 {
            let of_day = Slot::new(township, None).on(Day(20_000 + day)) - day_start_ms(Day(20_000 + day));
            assert!((HOUR_MS..5 * HOUR_MS).contains(&of_day), "{township} {day}");
        }
    }
    minutes.sort_unstable();
    minutes.dedup();
    assert!(minutes.len() >= 15, "{minutes:?}");
    assert_eq!(Slot::new("330282002", Some(999)).minute, WINDOW_MINUTES - 1);
}

#[test]
fn table() {
    let due = slot().on(beijing_day(midnight()));
    let tomorrow = slot().on(beijing_day(midnight()).plus(1));
    let good = |at| History { last_success: Some(at), last_attempt: Some(at), ..History::default() };
    let bad = |success, attempt, failures| History {
        last_success: success,
        last_attempt: Some(attempt),
        failures,
        needs_person: false,
    };
    let cases: [(&str, i64, History, When); 9] = [
        ("never synced: at once", at(14, 0), History::default(), When::Now),
        ("on through the night, before the slot", at(0, 30), good(at(-20, 0)), When::At(due)),
        ("on through the night, at the slot", due, good(at(-20, 0)), When::Now),
        ("synced in the night", at(8, 0), good(due + 5_000), When::At(tomorrow)),
        ("off in the night: catches up at the start", at(8, 0), good(at(-16, 0)), When::Now),
        ("off for ten days", at(8, 0), good(at(-240, 0)), When::Now),
        ("the clock was a hundred years ahead", at(8, 0), good(at(24 * 36_500, 0)), When::Now),
        ("an attempt in the future has not happened", at(8, 0), bad(None, at(500, 0), 3), When::Now),
        ("the wait after a failure is over", at(10, 0), bad(None, at(8, 0), 30), When::Now),
    ];
    for (name, now, history, expected) in cases {
        assert_eq!(next(now, history, slot()), expected, "{name}");
    }
    let When::At(again) = next(at(8, 0), bad(Some(at(-16, 0)), at(8, 0), 1), slot()) else {
        panic!("at once")
    };
    assert!((45_000..=60_000).contains(&(again - at(8, 0))), "{}", again - at(8, 0));
}

#[test]
fn naps_are_short_so_that_a_suspended_pc_wakes_in_time() {
    assert_eq!(nap_ms(0, When::Now), 0);
    assert_eq!(nap_ms(0, When::At(10 * HOUR_MS)), MINUTE_MS);
    assert_eq!(nap_ms(0, When::At(7)), 7);
    assert_eq!(nap_ms(9, When::At(7)), 0);
}

/// A PC with a clock, a network and work that waits. One step is a minute.
struct Office {
    slot: Slot,
    history: History,
    /// Moments of work not yet confirmed.
    waiting: Vec<i64>,
    syncs: Vec<i64>,
}

impl Office {
    fn new(township: &str) -> Self {
        Self {
            slot: Slot::new(township, None),
            history: History::default(),
            waiting: Vec::new(),
            syncs: Vec::new(),
        }
    }

    fn start(&mut self) {
        self.history = History { last_success: self.history.last_success, ..History::default() };
    }

    /// `wrong` is how far the PC's clock is off.
    fn minute(&mut self, now: i64, wrong: i64, line: bool) {
        let local = now + wrong;
        if next(local, self.history, self.slot) != When::Now {
            return;
        }
        self.history.last_attempt = Some(local);
        if line {
            self.history.failures = 0;
            self.history.last_success = Some(local);
            self.waiting.clear();
            self.syncs.push(now);
        } else {
            self.history.failures += 1;
        }
    }
}

/// F26: nightly runs of a PC that is off at night.
#[test]
fn off_from_21_to_8_for_thirty_days_syncs_once_a_day_and_loses_nothing() {
    for township in TOWNSHIPS {
        let mut office = Office::new(township);
        for day in 0..30 {
            let start = midnight() + day * Day::MS + 8 * HOUR_MS;
            office.start();
            for minute in 0..13 * 60 {
                let now = start + minute * MINUTE_MS;
                if minute == 300 {
                    office.waiting.push(now);
                }
                office.minute(now, 0, true);
                if minute == 1 {
                    assert!(office.waiting.is_empty(), "{township}: yesterday's work waits on day {day}");
                }
            }
        }
        let days: Vec<_> = office.syncs.iter().map(|at| beijing_day(*at)).collect();
        let expected: Vec<_> = (0..30).map(|day| beijing_day(midnight()).plus(day)).collect();
        assert_eq!(days, expected, "{township}");
    }
}

#[test]
fn on_through_every_night_syncs_once_a_night_in_the_window() {
    let mut office = Office::new("330282101");
    office.history.last_success = Some(midnight() - 5 * HOUR_MS);
    for minute in 0..30 * 24 * 60 {
        office.minute(midnight() + minute * MINUTE_MS, 0, true);
    }
    assert_eq!(office.syncs.len(), 30);
    for sync in office.syncs {
        let of_day = sync - day_start_ms(beijing_day(sync));
        assert!((HOUR_MS..=5 * HOUR_MS).contains(&of_day), "{of_day}");
    }
}

proptest! {
    #[test]
    fn the_next_time_is_never_past_and_never_far(
        now in -4_000_000_000_000i64..4_000_000_000_000,
        success in proptest::option::of(-4_000_000_000_000i64..4_000_000_000_000),
        attempt in proptest::option::of(-4_000_000_000_000i64..4_000_000_000_000),
        failures in 0u32..100,
        needs_person: bool,
    ) {
        let history = History { last_success: success, last_attempt: attempt, failures, needs_person };
        if let When::At(at) = next(now, history, slot()) {
            prop_assert!(at > now);
            prop_assert!(at - now <= Day::MS + JITTER_MINUTES as i64 * MINUTE_MS);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// With a line that comes and goes and a clock that is set wrong and right again, work written at any moment is with
    /// the county within a day and an hour of running with a line.
    #[test]
    fn work_waits_at_most_a_day_and_an_hour_of_running(
        shifts in proptest::collection::vec((0i64..30 * 24 * 60, -400i64..400), 0..6),
        cuts in proptest::collection::vec((0i64..30 * 24 * 60, 1i64..3_000), 0..6),
    ) {
        let mut office = Office::new("330282114");
        let mut wrong = 0;
        let mut waited = 0;
        for minute in 0..30 * 24 * 60 {
            if let Some((_, days)) = shifts.iter().find(|(when, _)| *when == minute) {
                wrong = days * Day::MS;
            }
            let now = midnight() + minute * MINUTE_MS;
            let line = !cuts.iter().any(|(from, long)| (*from..from + long).contains(&minute));
            office.waiting.push(now);
            let before = office.syncs.len();
            office.minute(now, wrong, line);
            waited = if office.syncs.len() > before || !line { 0 } else { waited + 1 };
            prop_assert!(waited <= 25 * 60, "minute {minute} waited {waited}");
        }
    }
}
