//! Tests of the catalogue.

mod broken;
mod builtin;
mod counted;
mod county;
mod due;
mod outward;
mod reactions;
mod returns;
mod trace;
mod ways;
