//! The county's own records, and reading everybody's.

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::command::{Command, Decision, Place};
use shared::ids::{RecordId, Site};
use shared::ledger::{self, Acted, Ledger, Listing, Shown};
use shared::program::Failure;
use shared::record::{Actor, Fields};
use shared::view::read;

use super::App;
use super::ask::Ask;

/// Something to be done to a record of the county.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Act(pub ledger::Act);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Show {
    pub record: RecordId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List(pub ledger::List);

impl Ask for Act {
    type Answer = Acted;

    fn answer(self, app: &App) -> Result<Acted, Failure> {
        app.ledger(|ledger| ledger.act(&self.0))
    }
}

impl Ask for Show {
    type Answer = Shown;

    fn answer(self, app: &App) -> Result<Shown, Failure> {
        let record = app
            .store
            .read(|views| read::record(views, self.record))
            .ok_or_else(|| Failure::new(ErrorCode::NotFound, "没有这条记录。", "There is no such record."))?;
        let local = app.store.read(|views| read::local(views, self.record));
        // Values that stay in an office are the county's own here; those of townships never came.
        let local = if record.stream.writer() == Site::Hub { local } else { Fields::new() };
        Ok(ledger::show(&app.catalogue, &record, &local))
    }
}

impl Ask for List {
    type Answer = Listing;

    fn answer(self, app: &App) -> Result<Listing, Failure> {
        app.store.read(|views| ledger::list(views, &app.catalogue, &self.0))
    }
}

impl App {
    /// The gate's way for commands made by a program: values by tag.
    ///
    /// # Errors
    /// What the rules or the machine say no to; then nothing was changed.
    pub fn commit(&self, command: &Command, actor: &Actor) -> Result<Decision, Failure> {
        self.ledger(|ledger| ledger.commit(command, actor))
    }

    /// The county's ledger.
    pub(super) fn ledger<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &self.legal,
            clock: &*self.clock,
            place: Place { site: Site::Hub, node: None, abbr: &self.config.name },
        })
    }
}
