//! `run`: the nightly exchange, renewal of the certificate, the work of each day, and a file that says how the node
//! stands.
//!
//! Pages ask for an exchange at once by the [`Bell`], and see by it how one goes.
//!
//! Bounds: one exchange at a time; the file is replaced whole.

mod bell;

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::program::{Failure, Lang, Taken, rfc3339};
use shared::record::Day;
use shared::sync::note;
use tokio_util::sync::CancellationToken;

use crate::app::{Node, Status, Synced};
use crate::scheduler::{self, History, Slot, When};

pub use bell::{Bell, Exchange, Running};

/// File in the data folder that says how the node stands, for those who may not open the store while it runs.
pub const FILE: &str = "status.json";
/// How long a running exchange may take to end when the program stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// The content of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Health {
    /// `waiting`, `syncing`, `not_joined` or `stopped`.
    pub state: String,
    pub at: String,
    pub at_ms: i64,
    /// When the next exchange is due, if one is.
    pub next_sync: Option<String>,
    /// Failures since the last success.
    pub failures: u32,
    pub status: Status,
}

/// Why the service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to.
    Stopped,
    /// The county has sent another catalogue, calendar or law: the node is to be opened anew and run again.
    Outdated,
}

/// Runs until `stop` is ready, then ends a running exchange in good order; or until the node has to be opened anew.
///
/// A failed exchange is tried again as the scheduler says; one that panics counts as failed and takes nothing with it.
pub async fn run(node: &Node, stop: impl Future<Output = ()>) -> Ended {
    run_with(node, &Bell::default(), stop).await
}

/// As [`run`]; whoever rings the bell has an exchange at once.
pub async fn run_with(node: &Node, bell: &Bell, stop: impl Future<Output = ()>) -> Ended {
    let warming = CancellationToken::new();
    let warmed = tokio::task::spawn_blocking({
        let (node, warming) = (node.clone(), warming.clone());
        move || warm(&node, &warming)
    });
    let mut service = Service::new(node.clone());
    tokio::pin!(stop);
    tracing::info!(township.id = %node.office().code(), "node started");
    let ended = loop {
        if service.do_daily_work().await {
            break Ended::Outdated;
        }
        let when = match service.when() {
            Some(_) if bell.answered() => Some(When::Now),
            when => when,
        };
        bell.next(when);
        service.write(when, None);
        let nap = scheduler::nap_ms(node.clock().now_ms(), when.unwrap_or(When::At(i64::MAX)));
        if when == Some(When::Now) {
            service.write(when, Some("syncing"));
            let give_up = CancellationToken::new();
            bell.begins(node.clock().now_ms());
            let mut task = tokio::spawn(attempt(node.clone(), bell.clone(), give_up.clone()));
            tokio::select! {
                done = &mut task => {
                    let done = done.unwrap_or_else(|fault| Err(Failure::internal(fault)));
                    bell.ended(node.clock().now_ms(), &done);
                    service.done(done);
                    // What the county has sent may change today's work.
                    service.worked_on = None;
                }
                () = &mut stop => {
                    give_up.cancel();
                    if tokio::time::timeout(FAREWELL, &mut task).await.is_err() {
                        task.abort();
                    }
                    bell.broke_off();
                    break Ended::Stopped;
                }
            }
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(nap.max(1) as u64)) => {}
            () = bell.rung() => {}
            () = &mut stop => break Ended::Stopped,
        }
    };
    // The folder is free for whoever opens it next only when nobody holds the node.
    warming.cancel();
    drop(warmed.await);
    service.write(None, Some("stopped"));
    tracing::info!("node stopped");
    ended
}

/// Reads all records for the search, so that the first who looks for something need not wait.
fn warm(node: &Node, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match node.prepare_search() {
            Ok(followed) if followed.waiting > 0 => {}
            Ok(_) => break,
            Err(failure) => {
                tracing::warn!(error = %failure, "records not read for the search");
                break;
            }
        }
    }
}

/// One exchange, and before it a fresh certificate if one is due.
async fn attempt(node: Node, bell: Bell, give_up: CancellationToken) -> Result<Synced, Failure> {
    if let Err(failure) = node.renew_if_due().await {
        // The old certificate is still good for a third of its life; the exchange itself may well succeed.
        tracing::warn!(error = %failure, "certificate not renewed");
    }
    node.sync(move |event| bell.moves(event), &give_up).await
}

struct Service {
    node: Node,
    slot: Slot,
    history: History,
    /// Day whose work was done last; none after an exchange.
    worked_on: Option<Day>,
}

impl Service {
    fn new(node: Node) -> Self {
        let slot = Slot::new(&node.office().code().to_string(), node.config().slot);
        let synced_at = node.read(note::node_state).synced_at;
        let history = History { last_success: (synced_at != 0).then_some(synced_at), ..History::default() };
        Self { node, slot, history, worked_on: None }
    }

    /// `None`: the node has not joined, so there is nobody to exchange with.
    fn when(&self) -> Option<When> {
        self.node
            .office()
            .identity
            .is_some()
            .then(|| scheduler::next(self.node.clock().now_ms(), self.history, self.slot))
    }

    /// At the start, after every exchange and once a day: files of the county that have come, or are in force from today
    /// on, and the work of the day. Whether the node has to be opened anew for the files.
    async fn do_daily_work(&mut self) -> bool {
        let today = self.node.clock().today();
        if self.worked_on == Some(today) {
            return false;
        }
        self.worked_on = Some(today);
        let node = self.node.clone();
        let done = tokio::task::spawn_blocking(move || {
            match node.take_county_files() {
                Ok(Taken::Changed) => return Ok(true),
                Ok(Taken::Same) => {}
                Err(failure) => tracing::warn!(error = %failure, "catalogue files of the county not taken"),
            }
            node.daily().map(|_| false)
        });
        let done = done.await.unwrap_or_else(|fault| Err(Failure::internal(fault)));
        done.unwrap_or_else(|failure| {
            tracing::warn!(error = %failure, "the work of the day is not done");
            false
        })
    }

    fn done(&mut self, result: Result<Synced, Failure>) {
        let now = self.node.clock().now_ms();
        self.history.last_attempt = Some(now);
        match result {
            Ok(synced) => {
                self.history =
                    History { last_success: Some(now), last_attempt: Some(now), ..History::default() };
                tracing::info!(
                    sent = synced.sent,
                    received = synced.received,
                    held = synced.held,
                    bytes_out = synced.bytes_out,
                    bytes_in = synced.bytes_in,
                    "synced"
                );
            }
            Err(failure) => {
                self.history.failures += 1;
                self.history.needs_person = needs_person(&failure);
                tracing::warn!(error = %failure, failures = self.history.failures, "sync failed");
            }
        }
    }

    fn write(&self, when: Option<When>, state: Option<&str>) {
        let now = self.node.clock().now_ms();
        let health = Health {
            state: state.unwrap_or(if when.is_some() { "waiting" } else { "not_joined" }).to_owned(),
            at: rfc3339(now),
            at_ms: now,
            next_sync: match when {
                Some(When::At(at)) => Some(rfc3339(at)),
                Some(When::Now) => Some(rfc3339(now)),
                None => None,
            },
            failures: self.history.failures,
            status: self.node.status(Lang::Zh),
        };
        let path: PathBuf = self.node.config().data.join(FILE);
        let written = serde_json::to_vec_pretty(&health).map_err(std::io::Error::other);
        if let Err(error) = written.and_then(|bytes| shared::program::replace(&path, &bytes)) {
            tracing::warn!(error = %error, "status file not written");
        }
    }
}

/// Whether waiting alone will not help.
fn needs_person(failure: &Failure) -> bool {
    use shared::code::ErrorCode as C;
    matches!(failure.code, C::Stopped | C::Forbidden | C::Unauthenticated | C::Setup | C::Invalid)
}
