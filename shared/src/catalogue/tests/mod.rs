//! Tests of the catalogue.

mod builtin;
