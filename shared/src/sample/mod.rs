//! Plausible work of a county that does not exist, the same for the same seed.
//!
//! [`county`] is the county; [`Story`] is what its offices do over some time, step by step. A step is a command like any
//! user's and passes the same gate, so whatever comes of a story is legal. Nobody in it lives: names are drawn from
//! tables, identity numbers belong to a county without people, phone numbers to a range without phones.
//!
//! Some kinds are told by scripts. All others, also those that a county adds in its own folder, need none: the catalogue
//! says what can be done, and an office in memory tries it, hears what is wrong and mends that ([`Story::of_office`]). A
//! script's step goes through the same office and is mended the same way where the rules ask for more than it says.
//!
//! [`ledger()`] is the short way to many records for measurements: rows like those of a real ledger of suggestions.
//!
//! Not here: deciding, storing and sending. Who tells a story gives each step's command to a site of his own.

pub mod county;
pub mod random;

mod aim;
mod aim_rows;
mod attempt;
mod bench;
mod gather;
mod guess;
mod hub;
mod ledger;
mod life;
mod office;
mod people;
mod petitions;
mod plan;
mod proposals;
mod publicity;
mod roam;
mod step;
mod story;
mod trial;
mod ways;
mod words;

pub use bench::Seat;
pub use ledger::{LedgerRow, csv, ledger};
pub use step::{Handle, Known, Step};
pub use story::{Amounts, Story, Wish};

#[cfg(test)]
mod roam_tests;
#[cfg(test)]
pub(crate) mod tests;
