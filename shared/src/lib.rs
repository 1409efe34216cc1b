//! What township-node and county-hub share: the catalogue, records and their entries, commands, streams, the store,
//! tallies and the sync protocol.
//!
//! Everything here is a function of its arguments: no clock, no randomness, no network and no files, except behind the
//! features `disk` (files and sled), `net` (TLS and gRPC), `http` (the sockets of pages), `exchange` (office files),
//! `print` (paper), `program` (the edge of both programs) and `ui` (what their pages are made of).
//!
//! Read in this order: [`catalogue`] says what kinds of record there are; [`record`] what a record and one change of it
//! are; [`command`] is the only gate through which a change comes about; [`stream`] how changes are chained; [`store`]
//! how they become durable; [`view`] how they are folded into what is shown; [`tally`] how they are counted; [`sync`]
//! how they travel.

pub mod code;
pub mod ids;
pub mod limits;
pub mod personal;

pub mod calendar;
pub mod catalogue;
pub mod command;
pub mod record;
pub mod sample;
pub mod store;
pub mod stream;
pub mod sync;
pub mod tally;
pub mod view;

#[cfg(all(feature = "net", feature = "program"))]
pub mod archive;
#[cfg(feature = "exchange")]
pub mod exchange;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "program")]
pub mod ledger;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "print")]
pub mod print;
#[cfg(feature = "program")]
pub mod program;
#[cfg(feature = "program")]
pub mod search;
#[cfg(feature = "ui")]
pub mod ui;
