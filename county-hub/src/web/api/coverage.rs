//! What a total is made of.

use crate::app::coverage::Coverage as Said;
use crate::web::schema::{Moment, answer};
use shared::ids::TownshipCode;

answer! {
    /// What the figures are made of.
    pub struct Coverage {
        /// Townships that the figures should cover.
        pub townships: u32,
        /// Those that have synced at least once.
        pub reporting: u32,
        /// Those that have missed one night at most.
        pub synced: u32,
        /// The oldest last sync among them.
        pub oldest: Option<Moment>,
        /// Whose it is.
        pub oldest_township: Option<TownshipCode>,
        /// Entries stored and not counted.
        pub held: u32,
        /// Townships that have never synced, or not for more than one night.
        pub silent: Vec<TownshipCode>,
        /// Every township in turn.
        pub each: Vec<Freshness>,
    }

    /// How far the data of one township can be trusted to be all there is.
    pub struct Freshness {
        pub township: TownshipCode,
        pub name: String,
        /// The last sync from which anything was accepted.
        pub last_sync: Option<Moment>,
        /// Days from that day to today.
        pub days_stale: Option<i32>,
        /// It has never synced, or not for more than one night.
        pub stale: bool,
        /// The last session broke off before all was here.
        pub partial: bool,
    }
}

impl From<Said> for Coverage {
    fn from(said: Said) -> Self {
        Self {
            townships: said.townships,
            reporting: said.reporting,
            synced: said.synced,
            oldest: said.oldest.map(Moment),
            oldest_township: said.oldest_township,
            held: said.held,
            silent: said.silent,
            each: said
                .each
                .into_iter()
                .map(|one| Freshness {
                    township: one.township,
                    name: one.name,
                    last_sync: one.last_sync.map(Moment),
                    days_stale: one.days_stale,
                    stale: one.stale,
                    partial: one.partial,
                })
                .collect(),
        }
    }
}
