//! Sync: one exchange between a township's node and the county's hub, as two state machines without a connection.
//!
//! Each half takes messages ([`NodeSession::handle`], [`HubSession::handle`]), gives messages
//! ([`NodeSession::poll`], [`HubSession::poll`]) and says when it has waited long enough. Whoever carries the messages
//! (gRPC, a file on a stick, a test) holds no rule.
//!
//! # The way of a session
//!
//! The node greets with where its three streams stand: its own `township/<code>`, and the two that flow down to it,
//! `down/all` and `down/<code>`. The hub answers with where it stands. Chains are hashed, so two numbers and a hash tell
//! the longer side whether the shorter one is its past:
//!
//! | the hub's copy is | a township's own stream | a stream that flows down |
//! | --- | --- | --- |
//! | equal | nothing to do | nothing to do |
//! | shorter, of the same past | the node sends the rest: new work, or a hub that was restored | the hub was restored: the node gives the rest back, and the hub's own signature over its end with it |
//! | longer, of the same past | the node was restored and takes its entries back | the hub sends the rest |
//! | another branch | a folder was restored and written in: the node takes the hub's branch and appends its own later entries again, in one commit, under a new epoch | the hub was restored and written in: the node offers its branch, the hub appends what it does not have, the node takes the hub's branch |
//!
//! If all three are equal the hub's answer carries a receipt and the session is over: one round trip. Otherwise batches
//! flow both ways at once, at most [`SESSION_WINDOW_BATCHES`](crate::limits::SESSION_WINDOW_BATCHES) unacknowledged
//! each way; what is acknowledged is durable. The node says that it has finished, the hub signs a receipt, the node
//! stores it.
//!
//! # What holds it together
//!
//! - **Nothing is decided by what a side remembers of the other**, only by comparing chains. A lost note, a repeated
//!   session, a message that comes twice, a stick that comes after the network: the comparison starts afresh.
//! - **A frame that does not follow is not stored.** The session ends with [`RefusalCode::Restart`] and the next one
//!   finds out why.
//! - **The hub only appends.** A node's branch that lost is not cut anywhere but at that node, in the same commit that
//!   appends its work again.
//! - **Whose folder it is** is said by the [installation](message::Instance), which lives outside the folder, and by
//!   the session's [token](message::Token): an older token is a restored folder, one of a line that was left is a
//!   second machine ([`sidecar`]).
//! - **"Synced" is the hub's word** ([`note::Progress`]): lowered as soon as the hub holds less, raised by its
//!   acknowledgements alone.
//! - **Entries are opaque here.** Kinds and fields of a newer version pass through; an entry that cannot be applied is
//!   stored like any other and comes back in the receipt's held list; one that is too large for the other side travels
//!   as its digest, and the chain holds.
//! - **Clocks decide nothing.** Their difference is reported.
//!
//! ```
//! use shared::ids::StreamName;
//! use shared::sync::{note::Progress, pair::{NotesOnly, Pair}};
//!
//! # fn main() -> Result<(), shared::store::StoreError> {
//! let mut pair = Pair::new(NotesOnly::store);
//! pair.node_writes(3)?;
//! pair.hub_writes(StreamName::DownAll, 2)?;
//! assert_eq!(Progress::of(&pair.node, pair.node_setup.township)?.waiting(), 3);
//!
//! let report = pair.session()?;
//! assert!(report.done() && pair.agree());
//! assert!(Progress::of(&pair.node, pair.node_setup.township)?.synced());
//!
//! // Nothing is left to do: one round trip.
//! assert_eq!(pair.session()?.messages, ["HELLO", "welcome"]);
//! # Ok(())
//! # }
//! ```
//!
//! Not here: connections and certificates ([`crate::net`](crate)), the schedule of sessions (the node's program).
//!
//! [`RefusalCode::Restart`]: message::RefusalCode::Restart

pub mod message;
pub mod nights;
pub mod note;
pub mod receipt;
pub mod sidecar;

mod branch;
mod hub;
mod node;
mod pack;
mod session;
mod token;
pub(crate) mod wire;

pub mod fault;
pub mod pair;

pub use hub::{HeldInViews, HeldList, HubSession, HubSetup};
pub use node::{NodeSession, NodeSetup};
pub use pack::{UnpackError, pack, unpack};
pub use session::{ByRules, Failure, Now, Outcome, Reappend, Recovered, Summary, Verbatim, Watermark};
pub use wire::WireError;

#[cfg(test)]
mod tests;
