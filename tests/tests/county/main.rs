//! The county end to end: real sockets with mutual TLS, real folders, and, where it matters, real processes.

mod cage;
mod canary;
mod kill;
mod ledger;
mod own_ledger;
mod reactions;
mod refused;
mod restore;
mod situations;
