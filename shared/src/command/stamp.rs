//! Stamps of entries: the wall clock, with a tick that keeps the entries of one writer apart.

use crate::limits::CLOCK_OFFSET_WARN_MS;

/// The stamp after `last`, by the wall clock `now_ms`.
///
/// Stamps grow, with one exception: when the clock was far ahead and has been put right, the stamp follows the clock
/// back. No order is ever taken from a stamp, and a wrong clock of one afternoon must not date the work of the months
/// after it.
pub fn next(last: Option<(i64, u32)>, now_ms: i64) -> (i64, u32) {
    match last {
        Some((at, tick)) if at >= now_ms && at - now_ms <= CLOCK_OFFSET_WARN_MS => {
            match tick.checked_add(1) {
                Some(tick) => (at, tick),
                None => (at + 1, 0),
            }
        }
        _ => (now_ms, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_grow_while_the_clock_stands() {
        let first = next(None, 1_000);
        let second = next(Some(first), 1_000);
        let third = next(Some(second), 999);
        assert!(first < second && second < third);
        assert_eq!(next(Some(third), 2_000), (2_000, 0));
    }

    #[test]
    fn a_clock_that_was_far_ahead_does_not_date_later_work() {
        let wrong = 4_070_908_800_000; // 2099
        assert_eq!(next(Some((wrong, 7)), 1_795_000_000_000), (1_795_000_000_000, 0));
    }
}
