//! What the hub does of itself: reacting to what the townships sent, and the work of each day.
//!
//! Not here: when ([`crate::upkeep`]).

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use shared::ledger::{self, Reacted};
use shared::program::Failure;
use tokio::sync::Notify;

use super::App;
use super::ask::Ask;

/// The work of today, now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Daily {}

impl Ask for Daily {
    type Answer = ledger::Daily;

    fn answer(self, app: &App) -> Result<ledger::Daily, Failure> {
        app.daily()
    }
}

/// Who does it, and who has asked for it.
#[derive(Debug, Default)]
pub(crate) struct Upkeep {
    /// One at a time, whoever asks: sessions that end together, a sub-command, the clock.
    turn: Mutex<()>,
    /// Something has arrived. Many that ask at once are one.
    pub(crate) arrived: Notify,
}

impl App {
    /// Does what follows from what the townships sent. Waits for its turn; doing it again changes nothing.
    ///
    /// # Errors
    /// The store fails; what was committed before stays.
    pub fn react(&self) -> Result<Reacted, Failure> {
        let _turn = self.upkeep.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.ledger(|ledger| ledger.react())
    }

    /// Counts deadlines again by a newer calendar, does what follows from what the townships sent, reminds. Doing it again
    /// on the same day changes nothing.
    ///
    /// # Errors
    /// As [`App::react`].
    pub fn daily(&self) -> Result<ledger::Daily, Failure> {
        let _turn = self.upkeep.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.ledger(|ledger| ledger.daily())
    }
}
