//! The county's receipts: those that a machine has noted, and those in a package.

use prost::Message as _;
use serde::{Deserialize, Serialize};
use xianglian_proto::v1 as pb;

use super::runs;
use super::sums::{hex, unhex};
use crate::ids::{Epoch, StreamName, TownshipCode};
use crate::program::rfc3339;
use crate::store::{Store, StoreError};
use crate::stream::{Hash, Head, Item};
use crate::sync::message::{Receipt, StreamState};
use crate::sync::receipt::Verify;
use crate::sync::wire;

/// Receipts that this machine has noted and the county has signed, in the order in which they came.
///
/// # Errors
/// Damage of the journal.
pub(super) fn noted(store: &Store, hub: &dyn Verify) -> Result<Vec<Receipt>, StoreError> {
    let mut found = Vec::new();
    let notes = store.streams().into_iter().filter(|(stream, _)| matches!(stream, StreamName::Meta(_)));
    for (stream, head) in notes {
        runs::walk::<StoreError>(store, stream, (1, head.len), &mut |frame| {
            found.extend(frame.items.iter().filter_map(synced).filter(|receipt| receipt.signed_by(hub)));
            Ok(())
        })?;
    }
    Ok(found)
}

fn synced(item: &Item) -> Option<Receipt> {
    let Item::Entry(bytes) = item else { return None };
    match pb::Note::decode(bytes.as_slice()).ok()?.kind? {
        pb::note::Kind::Synced(note) => wire::receipt_in(note.receipt?).ok(),
        _ => None,
    }
}

/// The receipt by which a run from `first` to `last` is proved best: the earliest over all of it, else the one that
/// reaches furthest into it. Receipts over a branch that the stream has left count for nothing. Gives where it says the
/// stream stands.
///
/// # Errors
/// Damage of the journal.
pub(super) fn best(
    store: &Store,
    receipts: &[Receipt],
    stream: StreamName,
    (first, last): (u64, u64),
) -> Result<Option<(Receipt, u64)>, StoreError> {
    let mut said: Vec<(u64, Hash, &Receipt)> = receipts
        .iter()
        .flat_map(|receipt| receipt.streams.iter().map(move |state| (state, receipt)))
        .filter(|(state, _)| state.stream == stream && state.head.len >= first)
        .map(|(state, receipt)| (state.head.len, state.head.hash, receipt))
        .collect();
    // Those over all of it from the earliest on, then the others from the furthest back.
    said.sort_by_key(|(len, ..)| if *len >= last { (0, *len) } else { (1, u64::MAX - *len) });
    for (len, hash, receipt) in said {
        if store.hash_at(stream, len)? == Some(hash) {
            return Ok(Some((receipt.clone(), len)));
        }
    }
    Ok(None)
}

/// As a receipt stands in `data/receipts.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    township: TownshipCode,
    /// Milliseconds since 1970 by the hub's clock, and the same for people.
    at: i64,
    time: String,
    number: String,
    streams: Vec<State>,
    /// 64 bytes (r ‖ s), hex.
    signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    stream: String,
    epoch: String,
    entries: u64,
    head: String,
}

impl From<&Receipt> for Line {
    fn from(receipt: &Receipt) -> Self {
        let state = |state: &StreamState| State {
            stream: state.stream.to_string(),
            epoch: hex(&state.head.epoch.0.to_be_bytes()),
            entries: state.head.len,
            head: hex(&state.head.hash.0),
        };
        Self {
            township: receipt.township,
            at: receipt.at,
            time: rfc3339(receipt.at),
            number: receipt.number.clone(),
            streams: receipt.streams.iter().map(state).collect(),
            signature: hex(&receipt.signature),
        }
    }
}

impl Line {
    /// What it says; `None` if it says nothing that a receipt can say, or says it otherwise than it is written.
    pub(super) fn receipt(&self) -> Option<Receipt> {
        let state = |state: &State| {
            let head = Head {
                epoch: Epoch(u64::from_be_bytes(unhex(&state.epoch)?)),
                len: state.entries,
                hash: Hash(unhex(&state.head)?),
            };
            Some(StreamState { stream: state.stream.parse().ok()?, head, forked: false })
        };
        let receipt = Receipt {
            township: self.township,
            streams: self.streams.iter().map(state).collect::<Option<_>>()?,
            at: self.at,
            number: self.number.clone(),
            signature: unhex::<64>(&self.signature)?.to_vec(),
            token: None,
            held: Vec::new(),
            held_total: 0,
        };
        (Self::from(&receipt) == *self).then_some(receipt)
    }
}
