//! The store's own tables among the views: `0x00`–`0x0f`.
//!
//! ```text
//! 00                                   journal id (16) ‖ segment u64 ‖ offset u64 ‖ fold version u64 ‖ layout u64, all LE
//! 01 ‖ stream (5) ‖ first seq u64 BE   segment u32 LE ‖ offset u32 LE ‖ live entries u32 LE: one row per frame
//! 02 ‖ stream (5)                      epoch u64 LE ‖ length u64 LE ‖ chain value (32)
//! 03 ‖ stream (5) ‖ seq u64 BE         empty: the fold panicked on this entry
//! 0f                                   used by the sled engine for the parts of long values
//! stream = class u8 ‖ township code u32 BE (0: the hub, or all)
//! ```
//!
//! The stream index costs one row of 26 bytes per frame, kept by the view engine, not in memory.

use super::journal::Position;
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::stream::{Hash, Head};

pub(crate) const STAMP: &[u8] = &[0];
pub(crate) const INDEX: u8 = 1;
pub(crate) const HEADS: u8 = 2;
pub(crate) const FAILED: u8 = 3;

/// Changes when the layout of the tables above does; views of another layout are rebuilt.
pub(crate) const LAYOUT: u64 = 1;

fn stream_key(table: u8, stream: StreamName) -> Vec<u8> {
    let (class, code) = match stream {
        StreamName::Township(code) => (1, code.number()),
        StreamName::DownAll => (2, 0),
        StreamName::Down(code) => (3, code.number()),
        StreamName::Local(Site::Township(code)) => (4, code.number()),
        StreamName::Local(Site::Hub) => (4, 0),
        StreamName::Meta(Site::Township(code)) => (5, code.number()),
        StreamName::Meta(Site::Hub) => (5, 0),
    };
    let mut key = Vec::with_capacity(14);
    key.extend_from_slice(&[table, class]);
    key.extend_from_slice(&code.to_be_bytes());
    key
}

/// The stream in a key of the tables above.
pub(crate) fn stream_of(key: &[u8]) -> Option<StreamName> {
    let class = *key.get(1)?;
    let number = u32::from_be_bytes(key.get(2..6)?.try_into().ok()?);
    let code = TownshipCode::from_number(number);
    let site = || code.map_or((number == 0).then_some(Site::Hub), |code| Some(Site::Township(code)));
    match class {
        1 => code.map(StreamName::Township),
        2 => (number == 0).then_some(StreamName::DownAll),
        3 => code.map(StreamName::Down),
        4 => site().map(StreamName::Local),
        5 => site().map(StreamName::Meta),
        _ => None,
    }
}

pub(crate) fn index_prefix(stream: StreamName) -> Vec<u8> {
    stream_key(INDEX, stream)
}

pub(crate) fn index(stream: StreamName, first: u64) -> Vec<u8> {
    with_seq(index_prefix(stream), first)
}

pub(crate) fn head(stream: StreamName) -> Vec<u8> {
    stream_key(HEADS, stream)
}

pub(crate) fn failed(stream: StreamName, seq: u64) -> Vec<u8> {
    with_seq(stream_key(FAILED, stream), seq)
}

fn with_seq(mut key: Vec<u8>, seq: u64) -> Vec<u8> {
    key.extend_from_slice(&seq.to_be_bytes());
    key
}

/// The sequence number at the end of a key of the index or of the failed folds.
pub(crate) fn seq_of(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(6..14)?.try_into().ok()?))
}

/// One row of the stream index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexRow {
    pub(crate) at: Position,
    /// Entries of the frame that belong to the stream, from its first on; fewer than it holds after a rebase.
    pub(crate) live: u32,
}

impl IndexRow {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(12);
        out.extend_from_slice(&(self.at.segment as u32).to_le_bytes());
        out.extend_from_slice(&(self.at.offset as u32).to_le_bytes());
        out.extend_from_slice(&self.live.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let at = Position { segment: u64::from(word(0)?), offset: u64::from(word(4)?) };
        Some(Self { at, live: word(8)? })
    }
}

pub(crate) fn encode_head(head: Head) -> Vec<u8> {
    let mut out = Vec::with_capacity(48);
    out.extend_from_slice(&head.epoch.0.to_le_bytes());
    out.extend_from_slice(&head.len.to_le_bytes());
    out.extend_from_slice(&head.hash.0);
    out
}

pub(crate) fn decode_head(bytes: &[u8]) -> Option<Head> {
    Some(Head {
        epoch: Epoch(long(bytes, 0)?),
        len: long(bytes, 8)?,
        hash: Hash(bytes.get(16..48)?.try_into().ok()?),
    })
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// What a set of views reflects: the journal up to a position, folded by one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) journal: [u8; 16],
    pub(crate) end: Position,
    pub(crate) fold: u64,
}

impl Stamp {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut out = self.journal.to_vec();
        for word in [self.end.segment, self.end.offset, self.fold, LAYOUT] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != 48 || long(bytes, 40)? != LAYOUT {
            return None;
        }
        Some(Self {
            journal: bytes.get(..16)?.try_into().ok()?,
            end: Position { segment: long(bytes, 16)?, offset: long(bytes, 24)? },
            fold: long(bytes, 32)?,
        })
    }
}
