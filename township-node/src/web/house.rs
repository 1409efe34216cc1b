//! What all requests share: the host, accounts, sessions, the audit.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use shared::http::is_own;
use shared::ids::RecordId;
use shared::program::Clock;
use shared::ui::notice::Notice;
use tokio::sync::Semaphore;

use crate::accounts::{Audit, Book, Event, Sessions};
use crate::config::Config;
use crate::host::{Host, Standing};
use crate::limits;

/// Made records that are remembered, so that a form that is sent twice makes one.
const ONCE_KEPT: usize = 512;
/// Notices that wait for the next page.
const SAYINGS_KEPT: usize = 256;
/// Wrong codes of the set-up.
const SET_UP_TRIES_MAX: u32 = 10;

/// Milliseconds from any start, by a clock that never jumps.
pub type Ticks = Arc<dyn Fn() -> i64 + Send + Sync>;

pub(super) struct House {
    pub(super) host: Host,
    pub(super) book: Book,
    pub(super) sessions: Sessions,
    pub(super) audit: Audit,
    /// Requests at work at one time.
    pub(super) places: Arc<Semaphore>,
    /// Passwords looked at at one time.
    pub(super) passwords: Arc<Semaphore>,
    ticks: Ticks,
    address: SocketAddr,
    names: Vec<String>,
    set_up_code: String,
    set_up_failures: AtomicU32,
    once: Mutex<VecDeque<(String, RecordId)>>,
    /// What the next page of a session says, by the session's id.
    sayings: Mutex<VecDeque<(String, Notice)>>,
}

impl House {
    pub(super) fn new(host: Host, config: &Config, address: SocketAddr, ticks: Ticks) -> Self {
        let mut random = [0; 8];
        host.clock().random(&mut random);
        // Read aloud and typed by hand.
        let set_up_code = format!("{:08}", u64::from_le_bytes(random) % 100_000_000);
        Self {
            book: Book::of(host.data()),
            audit: Audit::of(host.data()),
            sessions: Sessions::new(i64::from(config.web.idle_minutes) * 60_000),
            places: Arc::new(Semaphore::new(limits::WEB_REQUESTS_MAX)),
            passwords: Arc::new(Semaphore::new(limits::PASSWORDS_AT_ONCE_MAX)),
            ticks,
            host,
            address,
            names: config.web.names.clone(),
            set_up_code,
            set_up_failures: AtomicU32::new(0),
            once: Mutex::default(),
            sayings: Mutex::default(),
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn set_up_code(&self) -> &str {
        &self.set_up_code
    }

    /// Whether this is the code; after [`SET_UP_TRIES_MAX`] wrong ones nothing is, until the program is started again.
    pub(super) fn is_set_up_code(&self, code: &str) -> bool {
        if self.set_up_failures.load(Ordering::SeqCst) >= SET_UP_TRIES_MAX {
            return false;
        }
        let right = super::guard::same(code.trim(), &self.set_up_code);
        if !right {
            self.set_up_failures.fetch_add(1, Ordering::SeqCst);
        }
        right
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &**self.host.clock()
    }

    pub(super) fn tick(&self) -> i64 {
        (self.ticks)()
    }

    /// Whether the pages are spoken to in the clear, by this machine alone.
    pub(super) fn is_own(&self) -> bool {
        is_own(self.address)
    }

    /// Names by which other machines may call the pages, beside addresses.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The cookie's name holds the port: several programs of one machine share its cookies.
    pub(super) fn cookie_name(&self) -> String {
        format!("xianglian-{}", self.address.port())
    }

    /// Whether somebody still has to say which office this is, or to make the first account. A book that cannot be read is
    /// no empty one.
    pub(super) fn wants_set_up(&self) -> bool {
        matches!(self.host.standing(), Standing::NotSetUp) || self.has_no_account()
    }

    pub(super) fn has_no_account(&self) -> bool {
        self.book.read().is_ok_and(|content| content.accounts.is_empty())
    }

    pub(super) fn note(&self, event: Event, who: &str, from: IpAddr, what: &str) {
        self.audit.note(self.clock(), event, who, Some(from), what);
    }

    /// Says something on the next page of a session.
    pub(super) fn say(&self, session: &str, notice: Notice) {
        let mut sayings = self.sayings.lock().unwrap_or_else(PoisonError::into_inner);
        if sayings.len() == SAYINGS_KEPT {
            sayings.pop_front();
        }
        sayings.push_back((session.to_owned(), notice));
    }

    /// What is to be said on this page; it is said once.
    pub(super) fn said(&self, session: &str) -> Vec<Notice> {
        let mut sayings = self.sayings.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, later) = sayings.drain(..).partition(|(of, _)| of == session);
        *sayings = later;
        let now: VecDeque<(String, Notice)> = now;
        now.into_iter().map(|(_, notice)| notice).collect()
    }

    /// A fresh mark for a form that makes a record.
    pub(super) fn fresh_once(&self) -> String {
        let mut random = [0; 12];
        self.clock().random(&mut random);
        random.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The record that a form with this mark has made already.
    pub(super) fn made_by(&self, once: &str) -> Option<RecordId> {
        let kept = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(mark, _)| mark == once && !mark.is_empty()).map(|(_, id)| *id)
    }

    pub(super) fn has_made(&self, once: &str, id: RecordId) {
        let mut kept = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == ONCE_KEPT {
            kept.pop_front();
        }
        kept.push_back((once.to_owned(), id));
    }
}
