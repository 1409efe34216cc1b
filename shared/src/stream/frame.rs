//! Frames: the one format in which entries stand in the journal, on the wire, in a ferry file and in an archive.
//!
//! ```text
//! frame  = body length u32 LE ‖ CRC32C of body u32 LE ‖ body
//! body   = version 1 ‖ flags u8 ‖ name length u8 ‖ stream name ‖ epoch u64 LE ‖ first seq u64 LE
//!          ‖ head before the first entry (32) ‖ entry count u32 LE ‖ item*
//! item   = varint(length · 2 + withheld) ‖ entry bytes, or the digest (32) when withheld
//! ```

use super::chain::{Digest, Hash, Head};
use crate::ids::{Epoch, StreamName};
use crate::limits;

/// One entry in a frame, or its digest alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Entry(Vec<u8>),
    Withheld(Digest),
}

impl Item {
    pub fn digest(&self) -> Digest {
        match self {
            Self::Entry(bytes) => Digest::of(bytes),
            Self::Withheld(digest) => *digest,
        }
    }

    /// Bytes that it takes in a frame.
    pub fn encoded_len(&self) -> usize {
        let length = match self {
            Self::Entry(bytes) => bytes.len(),
            Self::Withheld(_) => 32,
        };
        length + prost::encoding::encoded_len_varint(length as u64 * 2 + 1)
    }
}

/// Flags of a frame in a journal; on the wire all are clear. Bit 0 is free: which frames make one commit is said by the
/// journal's group header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameFlags(pub u8);

impl FrameFlags {
    /// The stream is first cut back to `first - 1`: a node that adopts the hub's branch. Such a frame has no items.
    pub const REBASE: u8 = 2;

    pub fn has(self, bit: u8) -> bool {
        self.0 & bit == bit
    }
}

/// A run of consecutive entries of one stream under one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub flags: FrameFlags,
    pub stream: StreamName,
    pub epoch: Epoch,
    /// Sequence number of the first item, from 1.
    pub first: u64,
    /// Chain value before the first item.
    pub prev: Hash,
    pub items: Vec<Item>,
}

/// Bytes that are not a whole, intact frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("the frame ends early: {needed} bytes needed, {found} there")]
    Short { needed: usize, found: usize },
    #[error("a frame of {found} bytes; at most {} are allowed", limits::FRAME_BYTES_MAX)]
    Length { found: usize },
    #[error("the frame's check sum is wrong")]
    Checksum,
    #[error("the frame is malformed: {0}")]
    Malformed(&'static str),
}

const PREFIX: usize = 8;

impl Frame {
    /// The stream's head after this frame.
    pub fn head(&self) -> Head {
        let before = Head { epoch: self.epoch, len: self.first.saturating_sub(1), hash: self.prev };
        self.items.iter().fold(before, |head, item| head.next(self.epoch, &item.digest()))
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut out =
            Vec::with_capacity(PREFIX + 96 + self.items.iter().map(Item::encoded_len).sum::<usize>());
        self.encode_into(self.flags, &mut out);
        out
    }

    /// Appends to `out` what [`Frame::encode`] gives, with other flags.
    pub fn encode_into(&self, flags: FrameFlags, out: &mut Vec<u8>) {
        let start = out.len();
        let name = self.stream.to_string();
        out.extend_from_slice(&[0; PREFIX]);
        out.extend_from_slice(&[1, flags.0, name.len() as u8]);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&self.epoch.0.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.prev.0);
        out.extend_from_slice(&(self.items.len() as u32).to_le_bytes());
        for item in &self.items {
            let (bytes, withheld) = match item {
                Item::Entry(bytes) => (bytes.as_slice(), 0),
                Item::Withheld(digest) => (digest.0.as_slice(), 1),
            };
            prost::encoding::encode_varint(bytes.len() as u64 * 2 + withheld, out);
            out.extend_from_slice(bytes);
        }
        let (prefix, body) = out[start..].split_at_mut(PREFIX);
        prefix[..4].copy_from_slice(&(body.len() as u32).to_le_bytes());
        prefix[4..].copy_from_slice(&crc32c::crc32c(body).to_le_bytes());
    }

    /// Bytes that `encode` would give.
    pub fn encoded_len(&self) -> usize {
        PREFIX
            + 3
            + self.stream.to_string().len()
            + 52
            + self.items.iter().map(Item::encoded_len).sum::<usize>()
    }

    /// Reads one frame from the front of `input`; returns it and the bytes that it took. Never panics.
    ///
    /// # Errors
    /// [`FrameError::Short`] if more bytes are needed, else what is wrong.
    pub fn decode(input: &[u8]) -> Result<(Self, usize), FrameError> {
        let Some((length, rest)) = input.split_first_chunk::<4>() else {
            return Err(FrameError::Short { needed: PREFIX, found: input.len() });
        };
        let length = u32::from_le_bytes(*length) as usize;
        if length > limits::FRAME_BYTES_MAX {
            return Err(FrameError::Length { found: length });
        }
        let Some((crc, rest)) = rest.split_first_chunk::<4>() else {
            return Err(FrameError::Short { needed: PREFIX, found: input.len() });
        };
        let Some(body) = rest.get(..length) else {
            return Err(FrameError::Short { needed: PREFIX + length, found: input.len() });
        };
        if crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
            return Err(FrameError::Checksum);
        }
        Ok((Self::decode_body(body)?, PREFIX + length))
    }

    fn decode_body(body: &[u8]) -> Result<Self, FrameError> {
        let mut cursor = Cursor(body);
        if cursor.take(1)? != [1] {
            return Err(FrameError::Malformed("unknown version"));
        }
        let flags = FrameFlags(cursor.take(1)?[0]);
        let name_len = usize::from(cursor.take(1)?[0]);
        let name =
            std::str::from_utf8(cursor.take(name_len)?).map_err(|_| FrameError::Malformed("stream name"))?;
        let stream = name.parse().map_err(|_| FrameError::Malformed("stream name"))?;
        let epoch = Epoch(u64::from_le_bytes(cursor.array()?));
        let first = u64::from_le_bytes(cursor.array()?);
        let prev = Hash(cursor.array()?);
        let count = u32::from_le_bytes(cursor.array()?) as usize;
        if first == 0 || first.checked_add(count as u64).is_none() {
            return Err(FrameError::Malformed("sequence number"));
        }
        if count > limits::FRAME_ENTRIES_MAX {
            return Err(FrameError::Malformed("too many entries"));
        }
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            let head = cursor.varint()?;
            let bytes =
                cursor.take(usize::try_from(head / 2).map_err(|_| FrameError::Malformed("item length"))?)?;
            items.push(if head % 2 == 0 {
                Item::Entry(bytes.to_vec())
            } else {
                Item::Withheld(Digest(bytes.try_into().map_err(|_| FrameError::Malformed("digest"))?))
            });
        }
        if !cursor.0.is_empty() {
            return Err(FrameError::Malformed("bytes after the last entry"));
        }
        Ok(Self { flags, stream, epoch, first, prev, items })
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], FrameError> {
        if count > self.0.len() {
            return Err(FrameError::Malformed("ends early"));
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        self.take(N)?.try_into().map_err(|_| FrameError::Malformed("ends early"))
    }

    fn varint(&mut self) -> Result<u64, FrameError> {
        prost::encoding::decode_varint(&mut self.0).map_err(|_| FrameError::Malformed("varint"))
    }
}
