//! What the running hub counts about itself, since it was started. Counting waits for nobody and fails never.
//!
//! Not here: what the records say ([`crate::app`]), and how it is told ([`crate::web`]).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use shared::sync::{Failure, Outcome};

/// Upper bounds of the histogram of tallies, in microseconds.
pub const TALLY_BOUNDS_US: [u64; 12] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000,
];

/// How a session ended, as it is counted. Names are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Receipt,
    Refused,
    Cut,
    Silence,
    Store,
    Fault,
}

impl Ended {
    pub const ALL: [Self; 6] =
        [Self::Receipt, Self::Refused, Self::Cut, Self::Silence, Self::Store, Self::Fault];

    /// `None`: it broke off in a fault.
    pub fn of(outcome: Option<&Outcome>) -> Self {
        match outcome {
            Some(Outcome::Done) => Self::Receipt,
            Some(Outcome::Failed(Failure::Refused(_) | Failure::Refusing(_))) => Self::Refused,
            Some(Outcome::Failed(Failure::Cut)) => Self::Cut,
            Some(Outcome::Failed(Failure::Silence)) => Self::Silence,
            Some(Outcome::Failed(Failure::Store(_))) => Self::Store,
            None => Self::Fault,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Refused => "refused",
            Self::Cut => "cut",
            Self::Silence => "silence",
            Self::Store => "store",
            Self::Fault => "fault",
        }
    }
}

/// Requests by route, a closed list, and HTTP status.
pub type Requests = BTreeMap<(&'static str, u16), u64>;

#[derive(Debug, Default)]
pub struct Meters {
    requests: Mutex<Requests>,
    sessions: [AtomicU64; Ended::ALL.len()],
    tallies: [AtomicU64; TALLY_BOUNDS_US.len() + 1],
    tallies_us: AtomicU64,
}

/// A histogram as it stands: tallies up to each bound of [`TALLY_BOUNDS_US`], then all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tallies {
    pub up_to: [u64; TALLY_BOUNDS_US.len() + 1],
    pub total_us: u64,
}

impl Meters {
    pub fn request(&self, route: &'static str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, status)).or_default() += 1;
    }

    pub fn requests(&self) -> Requests {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn session(&self, ended: Ended) {
        self.sessions[ended as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn sessions(&self) -> [(Ended, u64); Ended::ALL.len()] {
        Ended::ALL.map(|ended| (ended, self.sessions[ended as usize].load(Ordering::Relaxed)))
    }

    /// A tally was answered in so long, from the request to the answer.
    pub fn tally(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let place = TALLY_BOUNDS_US.iter().position(|bound| us <= *bound).unwrap_or(TALLY_BOUNDS_US.len());
        self.tallies[place].fetch_add(1, Ordering::Relaxed);
        self.tallies_us.fetch_add(us, Ordering::Relaxed);
    }

    pub fn tallies(&self) -> Tallies {
        let mut sum = 0;
        let up_to = std::array::from_fn(|place| {
            sum += self.tallies[place].load(Ordering::Relaxed);
            sum
        });
        Tallies { up_to, total_us: self.tallies_us.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_upwards() {
        let meters = Meters::default();
        for us in [500, 1_000, 1_001, 60_000_000] {
            meters.tally(Duration::from_micros(us));
        }
        let tallies = meters.tallies();
        assert_eq!((tallies.up_to[0], tallies.up_to[1], tallies.up_to[11], tallies.up_to[12]), (2, 3, 3, 4));
        assert_eq!(tallies.total_us, 60_002_501);
    }

    #[test]
    fn every_end_has_its_own_count() {
        let meters = Meters::default();
        for ended in Ended::ALL {
            meters.session(ended);
        }
        assert!(meters.sessions().iter().all(|(_, count)| *count == 1));
    }
}
