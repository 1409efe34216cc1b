//! Tests of the store.

mod basic;
mod model;
