//! The county over a store in memory.

mod answers;
mod bed;
mod districts;
mod figures;
mod people;
mod reports;
mod targets;
