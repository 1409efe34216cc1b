//! Between pages and the service: asking for an exchange now, and seeing how it goes. Cheap to clone; all clones are one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::program::Failure;
use tokio::sync::Notify;

use crate::app::{SyncEvent, Synced};
use crate::scheduler::When;

/// How exchanges stand. Times are this machine's clock, ms.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    pub running: Option<Running>,
    /// Asked for, and not begun yet.
    pub asked: bool,
    /// The last one since the program was started, and when it ended.
    pub last: Option<(i64, Result<Synced, Failure>)>,
    /// When the next one is due, if one is.
    pub next: Option<When>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    pub since_ms: i64,
    pub sent: u64,
    pub received: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Bell {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    ring: Notify,
    exchange: Mutex<Exchange>,
}

impl Bell {
    /// Asks for an exchange. While one runs or is asked for already, that is the one.
    pub fn ring(&self) {
        let mut exchange = self.lock();
        if exchange.running.is_none() && !exchange.asked {
            exchange.asked = true;
            self.inner.ring.notify_one();
        }
    }

    pub fn exchange(&self) -> Exchange {
        self.lock().clone()
    }

    pub(super) async fn rung(&self) {
        self.inner.ring.notified().await;
    }

    /// Whether an exchange is asked for; asked once, it is answered once.
    pub(super) fn answered(&self) -> bool {
        std::mem::take(&mut self.lock().asked)
    }

    pub(super) fn next(&self, when: Option<When>) {
        let mut exchange = self.lock();
        exchange.next = when;
        // Nobody to exchange with: the question has its answer.
        exchange.asked &= when.is_some();
    }

    pub(super) fn begins(&self, now: i64) {
        self.lock().running = Some(Running { since_ms: now, sent: 0, received: 0 });
    }

    pub(super) fn moves(&self, event: SyncEvent) {
        if let Some(running) = &mut self.lock().running {
            (running.sent, running.received) = (event.sent, event.received);
        }
    }

    pub(super) fn ended(&self, now: i64, done: &Result<Synced, Failure>) {
        let mut exchange = self.lock();
        exchange.running = None;
        exchange.last = Some((now, done.clone()));
    }

    pub(super) fn broke_off(&self) {
        self.lock().running = None;
    }

    fn lock(&self) -> MutexGuard<'_, Exchange> {
        self.inner.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
