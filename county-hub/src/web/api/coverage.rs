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
        /// The oldest last sync among them.
        pub oldest: Option<Moment>,
        /// Whose it is.
        pub oldest_township: Option<TownshipCode>,
        /// Entries stored and not counted.
        pub held: u32,
        /// Townships that have never synced, or not for two nights.
        pub silent: Vec<TownshipCode>,
    }
}

impl From<Said> for Coverage {
    fn from(said: Said) -> Self {
        Self {
            townships: said.townships,
            reporting: said.reporting,
            oldest: said.oldest.map(Moment),
            oldest_township: said.oldest_township,
            held: said.held,
            silent: said.silent,
        }
    }
}
