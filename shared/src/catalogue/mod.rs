//! The catalogue: what kinds of record there are, read from TOML files, one per kind.
//!
//! The format is told by example in `shared/catalogue/README.md`. A set of files is loaded whole or not at all; what is
//! wrong with it is told by file, line and column, all of it at once.
//!
//! Not here: applying a kind's rules to a record ([`crate::command`]), counting ([`crate::tally`]).

mod address;
mod load;
mod looks;
mod lookup;
mod measure;
pub mod model;

mod amount;
mod condition;
mod fields;
mod figures;
mod figures_across;
mod graph;
mod guard;
mod import;
mod kind;
mod marks;
mod names;
mod problem;
mod profile;
mod rates;
mod reactions;
mod read;
mod returns;
mod rule;
mod rules;
mod succession;

#[cfg(test)]
mod tests;

pub use load::{builtin_calendar_files, builtin_files};
pub use problem::{Problem, Problems};
