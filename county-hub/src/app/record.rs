//! The county's own records, and reading everybody's: [`shared::ledger`] at the county's place.

use serde::{Deserialize, Serialize};
use shared::command::{Command, Decision, Place};
use shared::exchange::Townships;
use shared::ids::Site;
use shared::ledger::{self, Acted, FormOffer, Ledger, Listing, PrintOf, Shown};
use shared::print::Paper;
use shared::program::Failure;
use shared::record::{Actor, Role};

use super::App;
use super::ask::Ask;

/// Something to be done to a record of the county.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Act(pub ledger::Act);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Show {
    /// What a person calls the record: its id, short or whole, its number, its title.
    pub record: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List(pub ledger::List);

/// A form on paper; the first that is offered if none is named.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Print {
    pub of: PrintOf,
    pub form: Option<String>,
}

/// The forms that can be printed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Forms(pub PrintOf);

impl Ask for Print {
    type Answer = Paper;

    fn answer(self, app: &App) -> Result<Paper, Failure> {
        app.ledger(|ledger| ledger.print(&self.of, self.form.as_deref()))
    }
}

impl Ask for Forms {
    type Answer = Vec<FormOffer>;

    fn answer(self, app: &App) -> Result<Vec<FormOffer>, Failure> {
        app.ledger(|ledger| ledger.forms(&self.0))
    }
}

impl Ask for Act {
    type Answer = Acted;

    fn answer(self, app: &App) -> Result<Acted, Failure> {
        app.ledger(|ledger| ledger.act(&self.0))
    }
}

impl Ask for Show {
    type Answer = Shown;

    fn answer(self, app: &App) -> Result<Shown, Failure> {
        app.ledger(|ledger| ledger.show(&self.record, Role::COffice))
    }
}

impl Ask for List {
    type Answer = Listing;

    fn answer(self, app: &App) -> Result<Listing, Failure> {
        app.ledger(|ledger| ledger.list(&self.0))
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
        let townships = Townships::new(self.towns().iter().map(|town| (town.code, town.name.clone())));
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &self.legal,
            clock: &*self.clock,
            place: Place { site: Site::Hub, node: None, abbr: &self.config.name },
            townships: &townships,
            // Whoever may use this machine's command line need not have an account.
            staff: &|_| String::new(),
        })
    }
}
