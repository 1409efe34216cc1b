//! Tests of the catalogue.

mod broken;
mod builtin;
mod due;
mod ways;
