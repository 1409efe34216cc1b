//! Receipts and proofs: what the hub signs, in one canonical form.
//!
//! ```text
//! state   = name length u8 ‖ stream name ‖ epoch u64 LE ‖ len u64 LE ‖ head (32)
//! proof   = sign("xianglian state 1\n" ‖ state)
//! receipt = sign("xianglian receipt 1\n" ‖ township u32 LE ‖ at i64 LE ‖ count u8 ‖ state*)
//! ```
//!
//! A proof of a down stream's state lets a node give entries back to a hub that was restored: without the hub's own
//! signature over where they lead, nobody but the hub writes into a down stream (I10).

use super::message::{Receipt, StreamState};
use crate::ids::TownshipCode;

/// Checks the hub's signature.
pub trait Verify: Send + Sync {
    fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool;
}

/// The hub's signature.
pub trait Sign: Verify {
    /// At most 128 bytes.
    fn sign(&self, bytes: &[u8]) -> Vec<u8>;
}

/// What a proof signs.
pub fn state_bytes(state: &StreamState) -> Vec<u8> {
    let mut out = b"xianglian state 1\n".to_vec();
    put_state(&mut out, state);
    out
}

/// What a receipt signs.
pub fn receipt_bytes(township: TownshipCode, at: i64, streams: &[StreamState]) -> Vec<u8> {
    let mut out = b"xianglian receipt 1\n".to_vec();
    out.extend_from_slice(&township.number().to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.push(streams.len() as u8);
    streams.iter().for_each(|state| put_state(&mut out, state));
    out
}

fn put_state(out: &mut Vec<u8>, state: &StreamState) {
    let name = state.stream.to_string();
    out.push(name.len() as u8);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(&state.head.epoch.0.to_le_bytes());
    out.extend_from_slice(&state.head.len.to_le_bytes());
    out.extend_from_slice(&state.head.hash.0);
}

/// A number that can be read over the telephone: eight signs without 0, 1, I and O, computed from what is signed.
pub fn number(township: TownshipCode, at: i64, streams: &[StreamState]) -> String {
    const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let hash = blake3::hash(&receipt_bytes(township, at, streams));
    let signs = hash.as_bytes().iter().take(8).map(|byte| char::from(SIGNS[usize::from(byte % 32)]));
    signs.enumerate().flat_map(|(i, sign)| (i == 4).then_some('-').into_iter().chain([sign])).collect()
}

impl Receipt {
    /// True if the hub has signed exactly this, and the number belongs to it.
    pub fn signed_by(&self, hub: &dyn Verify) -> bool {
        self.number == number(self.township, self.at, &self.streams)
            && hub.verify(&receipt_bytes(self.township, self.at, &self.streams), &self.signature)
    }
}
