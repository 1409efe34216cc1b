//! Tests of the catalogue.

mod broken;
mod builtin;
mod counted;
mod due;
mod reactions;
mod trace;
mod ways;
