//! What the county can do with its townships' records. Sub-commands, RPC methods and pages call this and hold no rule.
//!
//! Read in this order: [`ask`] lists everything that can be asked; [`town`] who the townships are; [`township`] how they get
//! their certificates; [`record`] how a record comes about; [`reference`] how files of the catalogue go to all of them;
//! [`district`] how townships are grouped; [`tally`] what it all adds up to, and over whom ([`coverage`]), [`drill`] which
//! records make a figure, [`tally_book`] the figures as a workbook, [`period`] closes what is over; [`export`] records as
//! ledgers; [`health`] how the nights went; [`acks`] who has not signed for
//! what; [`upkeep`] what the hub does of itself. What other programs may read is said by [`viewer`]: [`report`] has records
//! for them, [`feed`] days.

pub mod acks;
pub mod appraisal;
pub mod archive;
pub mod ask;
pub mod backup;
pub mod coverage;
pub mod district;
pub mod district_check;
pub mod drill;
pub mod export;
pub mod facts;
pub mod feed;
pub mod health;
pub mod key;
mod named;
pub mod period;
pub mod places;
pub mod publicity;
pub mod reader;
pub mod record;
pub mod reference;
pub mod report;
pub mod returns;
pub mod status;
pub mod tally;
pub mod tally_book;
pub mod town;
pub mod township;
pub mod upkeep;
pub mod verify;
pub mod viewer;

mod open;
mod tally_names;
mod tally_table;

#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use shared::calendar::Legal;
use shared::catalogue::model::Catalogue;
use shared::ids::{Epoch, Site, StreamName, TownshipCode};
use shared::net::enrol::Office;
use shared::program::Clock;
use shared::record::Day;
use shared::store::{Store, StoreError};
use shared::sync::note;
use shared::view::held;
use tokio_util::sync::CancellationToken;
use xianglian_proto::v1::note::Kind;

use crate::config::Config;
use crate::meters::Meters;
use town::{Town, Towns};

/// The county's hub without its doors: everything but listening.
pub struct App {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) legal: Legal,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) office: Arc<Office>,
    pub(crate) towns: Arc<RwLock<Towns>>,
    pub(crate) keys: RwLock<key::Keys>,
    pub(crate) meters: Meters,
    /// Fires when another catalogue is in force than the one that was opened.
    pub(crate) outdated: CancellationToken,
    pub(crate) upkeep: upkeep::Upkeep,
}

impl App {
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// The Beijing day of this moment.
    pub fn today(&self) -> Day {
        self.clock.today()
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    pub fn towns(&self) -> RwLockReadGuard<'_, Towns> {
        self.towns.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a township in the county's list, or its new name or form; durable on return.
    fn list_town(&self, town: Town) -> Result<(), StoreError> {
        let mut towns = self.towns.write().unwrap_or_else(PoisonError::into_inner);
        if towns.get(&town.code) == Some(&town) {
            return Ok(());
        }
        let mut fresh = [0; 8];
        self.clock.random(&mut fresh);
        let kind = Kind::Listed(town.note(self.now()));
        self.store.write(|tx| note::append(tx, Site::Hub, Epoch(u64::from_le_bytes(fresh)), vec![kind]))?;
        towns.put(town);
        Ok(())
    }

    /// Says in the log what the county should see of a township's last session: a recovery, a clone, held entries.
    pub(crate) fn tell_events(&self, township: TownshipCode) {
        let stream = StreamName::Township(township);
        let (state, held) = self
            .store
            .read(|views| (note::township_state(views, township), held::count(views, Some(stream))));
        if let (Some(event), Some(session)) = (&state.event, &state.session)
            && event.at >= session.at
        {
            tracing::warn!(township.id = %township, event.kind = event.kind, event.entries = event.count, "recovery or clone");
        }
        if held > 0 {
            tracing::warn!(township.id = %township, entries.held = held, "entries are held and not counted");
        }
    }
}
