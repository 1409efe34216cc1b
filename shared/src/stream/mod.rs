//! Streams: append-only sequences of entries with one writer, hash-chained.
//!
//! ```text
//! digest(n) = BLAKE3(entry bytes)
//! head(0)   = BLAKE3("xianglian stream 1\n" ‖ name)
//! head(n)   = BLAKE3(head(n-1) ‖ epoch(n) as u64 LE ‖ n as u64 LE ‖ digest(n))
//! ```
//!
//! The chain runs over digests, so an entry may be withheld (it is too large for the peer) and the chain still holds.
//! Entries do not carry the hash of the one before: a [`Frame`], a run of consecutive entries, carries the head before
//! its first entry, and the rest is computed. Thirty-two incompressible bytes per entry would be half of the wire.
//!
//! Sequence numbers start at 1 and have no gaps, also across epochs.

mod chain;
mod frame;

pub use chain::{Digest, Hash, Head};
pub use frame::{Frame, FrameError, FrameFlags, Item};
