//! When the next exchange with the county is due. Pure: time and history are arguments.
//!
//! Every township has its own minute of the night between 01:00 and 05:00 Beijing time, so that nineteen nodes do not
//! call at once. A PC that was off at its minute catches up once when it is started. A failure is tried again after a
//! growing, bounded time, whether or not anything new was written. A clock that was wrong and was put right delays
//! nothing: what lies in the future has not happened.

use shared::program::{beijing_day, day_start_ms};
use shared::record::Day;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// The night's window: from 01:00, four hours long.
const WINDOW_START_MS: i64 = HOUR_MS;
pub const WINDOW_MINUTES: u16 = 240;
/// The minute of one night differs from that of the next by less than this.
const JITTER_MINUTES: u64 = 10;
/// A stamp may lie so far ahead of the clock (the clock was set back a little) and still count.
const AHEAD_MS: i64 = 5 * MINUTE_MS;
/// First and longest wait after failures; the longest where only a person can help.
const BACK_OFF_FIRST_MS: i64 = MINUTE_MS;
pub const BACK_OFF_MAX_MS: i64 = HOUR_MS;
pub const BACK_OFF_PERSON_MAX_MS: i64 = 6 * HOUR_MS;

/// A township's minute of the night, counted from 01:00; below [`WINDOW_MINUTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    minute: u16,
    seed: u64,
}

impl Slot {
    /// The minute that the county has given, or one that follows from the township's code.
    pub fn new(township: &str, given: Option<u16>) -> Self {
        let seed = scatter(township.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }));
        let minute = given.map_or(seed % u64::from(WINDOW_MINUTES), u64::from) as u16;
        Self { minute: minute.min(WINDOW_MINUTES - 1), seed }
    }

    /// The moment of the night that begins a Beijing day, inside the window.
    pub fn on(self, day: Day) -> i64 {
        let jitter = scatter(self.seed ^ day.0 as u64) % (JITTER_MINUTES * 60_000);
        let within = i64::from(self.minute) * MINUTE_MS + jitter as i64;
        day_start_ms(day) + WINDOW_START_MS + within.min(i64::from(WINDOW_MINUTES) * MINUTE_MS - 1)
    }

    /// The last moment that was due at `now`.
    fn last_due(self, now: i64) -> i64 {
        let today = self.on(beijing_day(now));
        if today <= now { today } else { self.on(beijing_day(now).plus(-1)) }
    }

    fn next_due(self, now: i64) -> i64 {
        let today = self.on(beijing_day(now));
        if today > now { today } else { self.on(beijing_day(now).plus(1)) }
    }
}

/// What happened so far. Times are this machine's own clock in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    /// End of the last exchange that the county confirmed.
    pub last_success: Option<i64>,
    /// The last attempt, good or bad, since the program was started.
    pub last_attempt: Option<i64>,
    /// Failures since the last success, since the program was started.
    pub failures: u32,
    /// The last failure is one that time alone will not mend (certificate revoked, new machine).
    pub needs_person: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    /// Not before this moment.
    At(i64),
}

/// When to exchange next.
pub fn next(now: i64, history: History, slot: Slot) -> When {
    let happened = |at: i64| at <= now.saturating_add(AHEAD_MS);
    let done = history.last_success.is_some_and(|at| happened(at) && at >= slot.last_due(now));
    if done {
        return When::At(slot.next_due(now));
    }
    match history.last_attempt.filter(|at| history.failures > 0 && happened(*at)) {
        Some(attempt) => {
            let again = attempt.saturating_add(back_off(history, slot));
            if again <= now { When::Now } else { When::At(again) }
        }
        None => When::Now,
    }
}

/// How long to wait after the last attempt: doubling from a minute to the bound, three quarters of it at least.
fn back_off(history: History, slot: Slot) -> i64 {
    let most = if history.needs_person { BACK_OFF_PERSON_MAX_MS } else { BACK_OFF_MAX_MS };
    let doubled = BACK_OFF_FIRST_MS.saturating_mul(1 << history.failures.saturating_sub(1).min(20));
    let whole = doubled.min(most);
    let quarter = (whole / 4).max(1);
    whole - (scatter(slot.seed ^ u64::from(history.failures)) % quarter as u64) as i64
}

/// How long `run` may sleep before it asks again: short, because a PC that was suspended or whose clock was set does
/// not tell.
pub fn nap_ms(now: i64, when: When) -> i64 {
    match when {
        When::Now => 0,
        When::At(at) => at.saturating_sub(now).clamp(0, MINUTE_MS),
    }
}

/// The finaliser of SplitMix64: neighbouring inputs give unrelated outputs.
fn scatter(n: u64) -> u64 {
    let z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const _: () = assert!(Day::MS > BACK_OFF_PERSON_MAX_MS);

#[cfg(test)]
mod tests;
