//! Tests of the catalogue.

mod broken;
mod builtin;
mod counted;
mod ways;
