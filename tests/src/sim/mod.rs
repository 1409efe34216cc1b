//! A county in one thread: nodes and a hub on the real store over simulated disks, the real halves of a session, and a
//! scheduler that does to them, by a seed, what happens to office PCs: power cuts, lines that break or go silent,
//! messages that come twice, folders put back from older copies, folders copied to a second machine, wrong clocks,
//! forged frames, entries that cannot be read or are too large.
//!
//! [`World::run`] lets a county live, then stops the accidents, lets everybody sync a bounded number of times, and asks
//! whether anything was lost. [`check`] is asked all the time. A run is a function of its seed.

mod accidents;
mod check;
mod link;
mod machine;
mod quiesce;
mod rng;
mod traffic;
mod world;

pub use check::Violation;
pub use rng::Rng;
pub use world::{Config, Stats, World};
