//! Tests of the catalogue.

mod broken;
mod builtin;
mod counted;
mod county;
mod due;
mod trace;
mod ways;
