//! The clock and the source of randomness, as an argument. The only file that asks the operating system for either.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::record::Day;

/// Beijing's distance from UTC. China has had one time zone and no summer time since 1991.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// Where time and randomness come from.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z by the wall clock; may jump either way.
    fn now_ms(&self) -> i64;
    /// Fills `bytes` from a source fit for keys.
    fn random(&self, bytes: &mut [u8]);

    /// Today in Beijing.
    fn today(&self) -> Day {
        beijing_day(self.now_ms())
    }
}

/// The machine's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place where the clock is read")]
    fn now_ms(&self) -> i64 {
        let now = std::time::SystemTime::now();
        match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            // A clock set before 1970 is wrong, but must not stop the work.
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// # Panics
    /// When the operating system has no randomness to give: keys made without it would be worthless.
    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A clock for tests and demonstrations: stands until it is set, and its randomness follows from a seed.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    state: Mutex<u64>,
}

impl ManualClock {
    pub fn new(now_ms: i64, seed: u64) -> Self {
        Self { now: AtomicI64::new(now_ms), state: Mutex::new(seed) }
    }

    pub fn set(&self, now_ms: i64) {
        self.now.store(now_ms, Ordering::SeqCst);
    }

    pub fn advance(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// SplitMix64.
    fn random(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The Beijing day of a moment.
pub fn beijing_day(ms: i64) -> Day {
    Day::beijing(ms)
}

/// The moment at which a Beijing day begins.
pub fn day_start_ms(day: Day) -> i64 {
    i64::from(day.0) * Day::MS - BEIJING_MS
}

/// (hour, minute) of a moment in Beijing.
fn beijing_time(ms: i64) -> (i64, i64, i64) {
    let of_day = ms.saturating_add(BEIJING_MS).rem_euclid(Day::MS) / 1000;
    (of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A moment for people, in Beijing time: `2026-11-23 02:14`.
pub fn beijing_minute(ms: i64) -> String {
    let (hour, minute, _) = beijing_time(ms);
    format!("{} {hour:02}:{minute:02}", beijing_day(ms))
}

/// A moment for machines: `2026-11-23T02:14:09+08:00`.
pub fn rfc3339(ms: i64) -> String {
    let (hour, minute, second) = beijing_time(ms);
    format!("{}T{hour:02}:{minute:02}:{second:02}+08:00", beijing_day(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_beijing_time() {
        // 2026-11-22T18:14:09Z
        let ms = 1_795_371_249_000;
        assert_eq!(beijing_minute(ms), "2026-11-23 02:14");
        assert_eq!(rfc3339(ms), "2026-11-23T02:14:09+08:00");
        assert_eq!(beijing_day(ms).to_string(), "2026-11-23");
        assert_eq!(beijing_day(day_start_ms(Day(20_000))), Day(20_000));
        assert_eq!(beijing_day(day_start_ms(Day(20_000)) - 1), Day(19_999));
    }

    #[test]
    fn absurd_moments_do_not_panic() {
        for ms in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!beijing_minute(ms).is_empty());
        }
    }

    #[test]
    fn manual_randomness_follows_from_its_seed() {
        let draw = |seed| {
            let mut bytes = [0; 20];
            ManualClock::new(0, seed).random(&mut bytes);
            bytes
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
