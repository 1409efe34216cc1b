//! county-hub: keeps the records of every township, groups the townships into districts, counts and reports.
//!
//! Read in this order: [`config`] says where things lie; [`app`] is everything that the county can do; [`desk`] is how
//! sub-commands reach it while the hub runs; [`grpc`] what nodes and other programs may call; [`web`] the same for programs
//! that speak HTTP; [`Hub`] opens the doors; [`cli`] are the sub-commands.

pub mod app;
pub mod cli;
pub mod config;
pub mod desk;
pub mod grpc;
pub mod limits;
pub mod meters;
pub mod web;

mod hub;
mod upkeep;

pub use hub::Hub;

/// Name and version of this program, as townships and the log see it.
pub const SOFTWARE: &str = concat!("county-hub ", env!("CARGO_PKG_VERSION"));
