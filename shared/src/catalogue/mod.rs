//! The catalogue: what kinds of record there are, read from TOML files, one per kind.
//!
//! Not here: applying a kind's rules to a record ([`crate::command`]), counting ([`crate::tally`]).

pub mod model;
