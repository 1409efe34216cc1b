//! Acting on records, and reading them, in the words of the catalogue: [`shared::ledger`] with this office's place,
//! accounts and sidecar.

use std::sync::Arc;

use shared::command::{Command, Decision};
use shared::exchange::Townships;
use shared::ids::{StreamName, TownshipCode};
use shared::ledger::{
    Act, Acted, By, DueAsk, DueList, FormOffer, Ledger, List, Listing, PrintOf, Shown, Stop,
};
use shared::print::Paper;
use shared::program::{Clock, Failure};
use shared::record::{Actor, Record, Role};
use shared::store::Tx;
use shared::tally::Membership;

use super::Node;

/// What somebody wants, in their own words.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// `name=value`, in the clerk's form; an empty value clears.
    pub set: Vec<String>,
    pub reason: String,
    /// `None`: the role of the settings.
    pub role: Option<Role>,
    /// Code of the member of staff; `None`: that of the settings.
    pub staff: Option<String>,
    /// Entered for somebody who brought paper.
    pub on_behalf: bool,
}

impl Node {
    /// Makes a new record of a kind. `action` may be left out where only one action creates records.
    ///
    /// # Errors
    /// What is wrong with the wish, or the store's failure; then nothing was changed.
    pub fn create(&self, kind: &str, action: Option<&str>, wish: &Wish) -> Result<Acted, Failure> {
        self.act(kind.to_owned(), None, action.unwrap_or_default(), wish)
    }

    /// Does something to a record that is there. `record` is an id, a number or a title.
    ///
    /// # Errors
    /// As [`Node::create`].
    pub fn act_on(&self, record: &str, action: &str, wish: &Wish) -> Result<Acted, Failure> {
        self.act(String::new(), Some(record.to_owned()), action, wish)
    }

    fn act(&self, kind: String, record: Option<String>, action: &str, wish: &Wish) -> Result<Acted, Failure> {
        let Wish { set, reason, .. } = wish.clone();
        let act = Act { kind, record, action: action.to_owned(), set, reason, by: self.by(wish) };
        self.noting(|ledger| ledger.act(&act))
    }

    /// The gate's way for commands made by a program: values by tag.
    ///
    /// # Errors
    /// As [`Node::create`].
    pub fn commit(&self, command: &Command, actor: &Actor) -> Result<Decision, Failure> {
        self.noting(|ledger| ledger.commit(command, actor))
    }

    /// A record by what a person calls it.
    ///
    /// # Errors
    /// `NotFound`, or `Invalid` when several are meant.
    pub fn find(&self, record: &str) -> Result<Record, Failure> {
        self.ledger(|ledger| ledger.find(record))
    }

    /// A record in words; the steps that can follow are seen by `role`, that of the settings if none is given.
    ///
    /// # Errors
    /// As [`Node::find`].
    pub fn show(&self, record: &str, role: Option<Role>) -> Result<Shown, Failure> {
        self.ledger(|ledger| ledger.show(record, role.unwrap_or(self.config().role)))
    }

    /// Records of a kind, the newest date first, owner by owner.
    ///
    /// # Errors
    /// The kind or a filter is not known.
    pub fn list(&self, ask: &List) -> Result<Listing, Failure> {
        self.ledger(|ledger| ledger.list(ask))
    }

    /// Open deadlines, the nearest first.
    ///
    /// # Errors
    /// The kind is not known, or too many days are asked for.
    pub fn due(&self, ask: &DueAsk) -> Result<DueList, Failure> {
        self.ledger(|ledger| ledger.due(ask))
    }

    /// A form on paper. `form` is its id or name; the first that is offered if none is given.
    ///
    /// # Errors
    /// As [`Ledger::print`].
    pub fn print(&self, of: &PrintOf, form: Option<&str>) -> Result<Paper, Failure> {
        self.ledger(|ledger| ledger.print(of, form))
    }

    /// The forms that can be printed.
    ///
    /// # Errors
    /// As [`Ledger::forms`].
    pub fn forms(&self, of: &PrintOf) -> Result<Vec<FormOffer>, Failure> {
        self.ledger(|ledger| ledger.forms(of))
    }

    fn by(&self, wish: &Wish) -> By {
        let role = wish.role.unwrap_or(self.config().role);
        By { role: role.code().to_owned(), staff: wish.staff.clone(), on_behalf: wish.on_behalf }
    }

    pub(super) fn actor(&self, wish: &Wish) -> Result<Actor, Failure> {
        self.ledger(|ledger| ledger.actor(&self.by(wish)))
    }

    /// The office's ledger.
    pub fn ledger<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        self.ledger_by(&**self.clock(), work)
    }

    /// The office's ledger by another clock.
    pub(super) fn ledger_by<T>(&self, clock: &dyn Clock, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let office = self.office();
        let (code, name) = (office.code(), office.township.name.clone());
        work(&Ledger {
            store: self.store(),
            catalogue: self.catalogue(),
            deadlines: &self.deadlines(&office),
            clock,
            place: office.place(),
            townships: &self.neighbours(code, &name),
            staff: &|role| {
                let account = self.config().accounts.iter().find(|(of, _)| *of == role);
                account.map_or(&self.config().staff, |(_, code)| code).clone()
            },
        })
    }

    /// Townships that texts may name: the office itself, and those that the county has told of.
    fn neighbours(&self, code: TownshipCode, name: &str) -> Arc<Townships> {
        let told = self.store().head(StreamName::DownAll).hash;
        let mut known = self.known_neighbours();
        match &*known {
            Some((of, townships)) if *of == told && townships.name(code) == Some(name) => townships.clone(),
            _ => {
                let mut names = self.read(|views| Membership::names(views, self.catalogue()));
                names.insert(code, name.to_owned());
                let townships = Arc::new(Townships::new(names));
                *known = Some((told, townships.clone()));
                townships
            }
        }
    }

    /// Work in the ledger that may write, and what the sidecar has to remember of it.
    pub fn noting<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let done = self.ledger(work);
        self.note_head();
        done
    }

    /// One commit, and what the sidecar has to remember of it.
    pub(super) fn write<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, Stop>) -> Result<T, Failure> {
        let result = self.store().write(f).map_err(Failure::from);
        self.note_head();
        result
    }
}
