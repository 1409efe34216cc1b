//! The county over a store in memory.

mod answers;
mod appraisal;
mod bed;
mod districts;
mod figures;
mod people;
mod publicity;
mod reports;
mod returns;
mod sides;
mod targets;
