//! A clock that stands still while a story is told, and runs with the machine's otherwise.

use std::sync::atomic::{AtomicI64, Ordering};

use shared::program::{Clock, SystemClock};

/// Real time, unless it is pinned to a moment.
#[derive(Debug, Default)]
pub struct StoryClock {
    /// 0 = not pinned.
    pinned: AtomicI64,
}

impl StoryClock {
    pub fn pin(&self, now_ms: i64) {
        self.pinned.store(now_ms, Ordering::SeqCst);
    }

    pub fn release(&self) {
        self.pin(0);
    }
}

impl Clock for StoryClock {
    fn now_ms(&self) -> i64 {
        match self.pinned.load(Ordering::SeqCst) {
            0 => SystemClock.now_ms(),
            pinned => pinned,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        SystemClock.random(bytes);
    }
}
