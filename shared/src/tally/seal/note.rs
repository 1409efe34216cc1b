//! Notes of seals in the hub's stream, and the rows that they fold to.

use prost::Message as _;
use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind;

use super::Seal;
use crate::ids::{Epoch, StreamName};
use crate::store::{Place, View, ViewMut};
use crate::stream::{Hash, Head};

/// Tables of the views that these notes fold to.
pub mod tables {
    /// Sequence number of the note u64 BE → HubSeal.
    pub const SEAL: u8 = 0x7c;
    /// BLAKE3 of the whole (32) ‖ number of the piece u32 BE → sequence number of its note u64 BE.
    pub const PIECE: u8 = 0x7d;
}

/// Puts one note into the views; the pieces themselves stay in the journal. Total: false, and nothing changed, for a note
/// that is not one of seals.
pub fn fold(views: &mut dyn ViewMut, place: Place, bytes: &[u8]) -> bool {
    let Ok(pb::Note { kind: Some(kind) }) = pb::Note::decode(bytes) else { return false };
    match kind {
        Kind::Piece(piece) => {
            let key = piece_key(&piece.of, piece.nth);
            // The first one stays: what has the same name is the same.
            if views.get(&key).is_none() {
                views.put(&key, place.seq.to_be_bytes().to_vec());
            }
        }
        Kind::Sealed(seal) => {
            let key = [&[tables::SEAL], &place.seq.to_be_bytes()[..]].concat();
            views.put(&key, seal.encode_to_vec());
        }
        _ => return false,
    }
    true
}

pub(super) fn piece_key(of: &[u8], nth: u32) -> Vec<u8> {
    [&[tables::PIECE], of, &nth.to_be_bytes()[..]].concat()
}

/// Every seal, in the order in which they were made. One of a newer version that does not read is left out.
pub fn seals(views: &dyn View) -> Vec<Seal> {
    let mut found = Vec::new();
    views.scan(&[tables::SEAL], None, &mut |key, value| {
        let seq = key.get(1..).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes);
        let note = pb::HubSeal::decode(value).ok();
        found.extend(seq.zip(note).and_then(|(seq, note)| read(seq, note)));
        true
    });
    found
}

fn read(seq: u64, note: pb::HubSeal) -> Option<Seal> {
    let state = |state: &pb::StreamState| {
        let hash = Hash(state.head.as_slice().try_into().ok()?);
        let stream: StreamName = state.stream.parse().ok()?;
        Some((stream, Head { epoch: Epoch(state.epoch), len: state.len, hash }))
    };
    Some(Seal {
        seq,
        period: note.period.parse().ok()?,
        as_of: note.as_of.parse().ok()?,
        at_ms: note.at,
        software: note.software,
        catalogue: note.catalogue,
        catalogue_files: note.catalogue_files.try_into().ok()?,
        figures: note.figures.try_into().ok()?,
        lines: note.lines,
        frontier: note.frontier.iter().map(state).collect::<Option<Vec<_>>>()?,
    })
}

pub(super) fn out(seal: &Seal) -> pb::HubSeal {
    let state = |(stream, head): &(StreamName, Head)| pb::StreamState {
        stream: stream.to_string(),
        epoch: head.epoch.0,
        len: head.len,
        head: head.hash.0.to_vec(),
        forked: false,
    };
    pb::HubSeal {
        period: seal.period.to_string(),
        as_of: seal.as_of.to_string(),
        at: seal.at_ms,
        software: seal.software.clone(),
        catalogue: seal.catalogue.clone(),
        catalogue_files: seal.catalogue_files.to_vec(),
        figures: seal.figures.to_vec(),
        lines: seal.lines,
        frontier: seal.frontier.iter().map(state).collect(),
    }
}
