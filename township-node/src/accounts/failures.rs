//! How long somebody has to wait after failed attempts. Pure: time is an argument.
//!
//! The wait grows by doubling up to a bound: it makes guessing hopeless, and shuts the rightful owner out for half an hour
//! at most. Names that nobody has are counted as others are, so that the answer tells nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A failure may lie so far ahead of the clock (it was set back a little) and still count.
const AHEAD_MS: i64 = 5 * 60 * 1000;

/// Failed attempts by one name or from one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Failed {
    count: u32,
    at_ms: i64,
}

/// Failed attempts by key: `name:wang`, `from:127.0.0.1`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Failures(BTreeMap<String, Failed>);

impl Failures {
    /// Milliseconds until the next attempt under this key; 0: now. The first `free` failures cost nothing.
    pub(super) fn wait_ms(&self, key: &str, free: u32, now: i64) -> i64 {
        let Some(failed) = self.0.get(key).filter(|failed| stands(failed, now)) else { return 0 };
        let Some(doublings) = failed.count.checked_sub(free) else { return 0 };
        let most = limits::LOGIN_WAIT_MAX_MS;
        let wait = limits::LOGIN_WAIT_FIRST_MS.saturating_mul(1 << doublings.min(20)).min(most);
        (failed.at_ms.min(now) + wait - now).max(0)
    }

    /// Counts an attempt as failed, before it is known to be.
    pub(super) fn count(&mut self, key: &str, now: i64) {
        self.0.retain(|_, failed| stands(failed, now));
        if !self.0.contains_key(key) && self.0.len() >= limits::LOGIN_FAILURES_KEPT {
            let least = self.0.iter().min_by_key(|(_, failed)| (failed.count, failed.at_ms));
            if let Some(least) = least.map(|(key, _)| key.clone()) {
                self.0.remove(&least);
            }
        }
        let failed = self.0.entry(key.to_owned()).or_insert(Failed { count: 0, at_ms: now });
        failed.count = failed.count.saturating_add(1);
        failed.at_ms = now;
    }

    /// The attempt was good: nothing is held against the key any more.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Takes back one count.
    pub(super) fn uncount(&mut self, key: &str) {
        if let Some(failed) = self.0.get_mut(key) {
            failed.count = failed.count.saturating_sub(1);
        }
    }
}

/// A day without a failure wipes the slate; so does a time that has not come yet, for the clock was wrong then.
fn stands(failed: &Failed, now: i64) -> bool {
    failed.at_ms <= now.saturating_add(AHEAD_MS) && now.saturating_sub(failed.at_ms) < DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: u32 = limits::LOGIN_FREE_BY_NAME;

    #[test]
    fn the_wait_doubles_up_to_half_an_hour() {
        let mut failures = Failures::default();
        let mut waits = Vec::new();
        let mut now = 0;
        for _ in 0..FREE + 8 {
            failures.count("name:a", now);
            let wait = failures.wait_ms("name:a", FREE, now);
            waits.push(wait / 1000);
            now += wait;
        }
        let mut expected = vec![0; FREE as usize - 1];
        expected.extend([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
        assert_eq!(waits, expected, "{FREE}");
        assert_eq!(failures.wait_ms("name:b", FREE, now), 0);
        failures.forget("name:a");
        assert_eq!(failures.wait_ms("name:a", FREE, now), 0);
    }

    #[test]
    fn a_clock_that_was_wrong_shuts_nobody_out() {
        let mut failures = Failures::default();
        for _ in 0..20 {
            failures.count("name:a", 10 * DAY_MS);
        }
        assert_eq!(failures.wait_ms("name:a", FREE, 10 * DAY_MS), limits::LOGIN_WAIT_MAX_MS);
        assert_eq!(failures.wait_ms("name:a", FREE, DAY_MS), 0, "set back by nine days");
        assert_eq!(failures.wait_ms("name:a", FREE, 11 * DAY_MS), 0, "a day later");
    }

    #[test]
    fn it_is_bounded_and_keeps_the_worst() {
        let mut failures = Failures::default();
        for _ in 0..FREE + 3 {
            failures.count("name:real", 0);
        }
        for n in 0..2 * limits::LOGIN_FAILURES_KEPT {
            failures.count(&format!("name:{n}"), 1);
        }
        assert_eq!(failures.0.len(), limits::LOGIN_FAILURES_KEPT);
        assert!(failures.wait_ms("name:real", FREE, 2) > 0);
    }
}
