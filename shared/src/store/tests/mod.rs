//! Tests of the store. [`bed`] runs one suite over every engine.

mod basic;
mod bed;
mod crash;
#[cfg(feature = "disk")]
mod disk;
mod faults;
#[cfg(feature = "disk")]
mod kill;
mod model;
mod past;
mod property;
