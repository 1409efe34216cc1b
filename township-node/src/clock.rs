//! The only place of this program that takes the operating system's clock and randomness.

pub use shared::program::{Clock, ManualClock, SystemClock};

/// Milliseconds from any start, by a clock that never jumps.
#[expect(clippy::disallowed_methods, reason = "this is the place where the clock is read")]
pub fn ticks_ms() -> i64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX)
}
