//! The wall clock as an argument.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;
use time::OffsetDateTime;

/// Tells the wall clock in milliseconds since 1970-01-01T00:00:00Z. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    pub fn new(tell: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn now(&self) -> i64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", day_text(self.now()))
    }
}

/// TLS judges validity by the same clock.
impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_millis(self.now().max(0) as u64)))
    }
}

/// Milliseconds as the time type of certificates, which have whole seconds; clamped to the years 1970..9999.
pub(crate) fn to_time(unix_ms: i64) -> OffsetDateTime {
    const LAST: i64 = 253_402_300_799;
    let seconds = unix_ms.div_euclid(1000).clamp(0, LAST);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The day of a moment in UTC, for example `2009-01-01`.
pub fn day_text(unix_ms: i64) -> String {
    let time = to_time(unix_ms);
    format!("{:04}-{:02}-{:02}", time.year(), u8::from(time.month()), time.day())
}
