//! Finding records by any part of what they say.

use std::sync::PoisonError;

use shared::ledger::Found;
use shared::limits::SEARCH_SLICE_RECORDS;
use shared::program::Failure;
use shared::search::Followed;

use super::Node;

impl Node {
    /// Takes some of what has changed into the search: all of it after a day's work, a part of it at the start. Call it
    /// until nothing waits, so that the first search need not.
    ///
    /// # Errors
    /// The store's failure.
    pub fn prepare_search(&self) -> Result<Followed, Failure> {
        let mut search = self.search_state().lock().unwrap_or_else(PoisonError::into_inner);
        Ok(search.follow(self.store(), self.catalogue(), SEARCH_SLICE_RECORDS)?)
    }

    /// Records in which every word of `text` stands, of one kind or of all. What has changed since the last search is
    /// taken in first, but for what a start leaves waiting.
    ///
    /// # Errors
    /// `NotFound`: no such kind; `Invalid`: nothing to look for; or the store's failure.
    pub fn search(&self, text: &str, kind: Option<&str>, limit: usize) -> Result<Found, Failure> {
        let mut search = self.search_state().lock().unwrap_or_else(PoisonError::into_inner);
        search.follow(self.store(), self.catalogue(), SEARCH_SLICE_RECORDS)?;
        self.ledger(|ledger| ledger.found(&search, text, kind, limit))
    }
}
