//! The county over a store in memory.

mod appraisal;
mod bed;
mod figures;
mod people;
mod publicity;
mod reports;
mod returns;
mod sides;
mod targets;
