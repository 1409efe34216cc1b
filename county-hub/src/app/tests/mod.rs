//! The county over a store in memory.

mod acks;
mod bed;
mod feed;
mod figures;
mod keys;
mod nights;
mod people;
mod reports;
mod targets;
