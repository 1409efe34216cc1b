//! The program of a township's office: its ledger, and its nightly exchange with the county.
//!
//! Direction of knowledge: [`cli`], [`web`] and [`host`] → [`service`] → [`app`] → shared. No rule lives here: what may happen to a record is
//! decided by [`shared::command::decide`], how an exchange goes by [`shared::sync`].

pub mod accounts;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod host;
pub mod limits;
pub mod scheduler;
pub mod service;
pub mod web;
