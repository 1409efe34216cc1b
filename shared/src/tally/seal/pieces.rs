//! Large things in the hub's stream: packed, cut into pieces, kept once under the BLAKE3 of what they were.

use prost::Message as _;
use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind;

use super::note::piece_key;
use crate::ids::{Site, StreamName};
use crate::limits::{
    FRAME_BYTES_MAX, SEALED_PACKED_BYTES_MAX, SEALED_PIECE_BYTES_MAX, SEALED_PLAIN_BYTES_MAX,
};
use crate::store::{Store, StoreError, View};
use crate::stream::Item;

/// Slower than what a night packs, and a quarter shorter: a seal is made a dozen times a year.
const LEVEL: i32 = 12;

/// Why something sealed cannot be kept, or be read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PieceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{found} bytes; at most {max} can be sealed as one thing")]
    TooLarge { found: usize, max: usize },
    #[error("piece {nth} is not there")]
    Missing { nth: u32 },
    #[error("its bytes are not those that were sealed")]
    Changed,
    #[error("its bytes are not in the form that this version reads")]
    Form,
}

pub(super) struct Packed {
    /// BLAKE3 of the plain bytes.
    pub(super) of: [u8; 32],
    plain_bytes: u64,
    bytes: Vec<u8>,
}

impl Packed {
    /// # Errors
    /// [`PieceError::TooLarge`].
    pub(super) fn of(plain: &[u8]) -> Result<Self, PieceError> {
        let within = |found: usize, max: usize| {
            if found > max { Err(PieceError::TooLarge { found, max }) } else { Ok(()) }
        };
        within(plain.len(), SEALED_PLAIN_BYTES_MAX)?;
        let bytes = zstd::bulk::compress(plain, LEVEL).map_err(|_| PieceError::Form)?;
        within(bytes.len(), SEALED_PACKED_BYTES_MAX)?;
        Ok(Self { of: *blake3::hash(plain).as_bytes(), plain_bytes: plain.len() as u64, bytes })
    }

    /// In order; at least one.
    pub(super) fn pieces(&self) -> impl Iterator<Item = pb::HubPiece> + '_ {
        let count = self.bytes.len().div_ceil(SEALED_PIECE_BYTES_MAX).max(1) as u32;
        (0u32..).zip(self.bytes.chunks(SEALED_PIECE_BYTES_MAX)).map(move |(nth, bytes)| pb::HubPiece {
            of: self.of.to_vec(),
            nth,
            count,
            plain_bytes: self.plain_bytes,
            bytes: bytes.to_vec(),
        })
    }
}

/// Whether something with this name is kept already.
pub(super) fn is_kept(views: &dyn View, of: &[u8; 32]) -> bool {
    views.get(&piece_key(of, 0)).is_some()
}

/// What is kept under a name, unpacked and compared with it. Takes no more memory than a seal may hold, whatever the
/// pieces claim.
///
/// # Errors
/// See [`PieceError`].
pub(super) fn read(store: &Store, of: &[u8; 32]) -> Result<Vec<u8>, PieceError> {
    let first = piece(store, of, 0)?;
    let mut packed = first.bytes;
    for nth in 1..first.count {
        packed.extend(piece(store, of, nth)?.bytes);
        if packed.len() > SEALED_PACKED_BYTES_MAX {
            return Err(PieceError::Changed);
        }
    }
    let capacity = usize::try_from(first.plain_bytes).ok().filter(|bytes| *bytes <= SEALED_PLAIN_BYTES_MAX);
    let plain = zstd::bulk::decompress(&packed, capacity.ok_or(PieceError::Changed)?);
    let plain = plain.map_err(|_| PieceError::Changed)?;
    if blake3::hash(&plain).as_bytes() == of { Ok(plain) } else { Err(PieceError::Changed) }
}

fn piece(store: &Store, of: &[u8; 32], nth: u32) -> Result<pb::HubPiece, PieceError> {
    let row = store.read(|views| views.get(&piece_key(of, nth)));
    let seq = row.and_then(|row| row.try_into().ok()).map(u64::from_be_bytes);
    let seq = seq.ok_or(PieceError::Missing { nth })?;
    let run = store.run(StreamName::Meta(Site::Hub), seq..=seq, FRAME_BYTES_MAX, FRAME_BYTES_MAX)?;
    let entry = run.and_then(|frame| frame.items.into_iter().next());
    let Some(Item::Entry(bytes)) = entry else { return Err(PieceError::Missing { nth }) };
    match pb::Note::decode(bytes.as_slice()) {
        Ok(pb::Note { kind: Some(Kind::Piece(piece)) }) if piece.of == of && piece.nth == nth => Ok(piece),
        _ => Err(PieceError::Changed),
    }
}
