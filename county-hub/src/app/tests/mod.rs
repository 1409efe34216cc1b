//! The county over a store in memory.

mod acks;
mod answers;
mod appraisal;
mod bed;
mod books;
mod districts;
mod feed;
mod figures;
mod keys;
mod nights;
mod people;
mod periods;
mod publicity;
mod reports;
mod returns;
mod sides;
mod targets;
