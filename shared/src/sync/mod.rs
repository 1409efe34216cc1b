//! Sync.
pub mod fault;
pub mod message;
pub mod note;
pub mod pair;
pub mod receipt;
pub mod sidecar;

mod branch;
mod hub;
mod node;
mod pack;
mod rejoin;
mod session;
mod token;
mod wire;

pub use hub::{HeldInViews, HeldList, HubSession, HubSetup};
pub use node::{NodeSession, NodeSetup};
pub use pack::{UnpackError, pack, unpack};
pub use session::{Failure, Now, Outcome, ByRules, Reappend, Recovered, Summary, Verbatim, Watermark};
pub use wire::WireError;

#[cfg(test)]
mod tests;
