//! The county over a store in memory.

mod answers;
mod bed;
mod districts;
mod figures;
mod people;
mod periods;
mod reports;
mod targets;
