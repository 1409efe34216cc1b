//! Bytes of the headers.

use super::Position;

pub(crate) const SEGMENT_HEADER: usize = 64;
pub(crate) const GROUP_HEADER: usize = 20;

const SEGMENT_MAGIC: &[u8; 8] = b"XLJRNL1\n";
pub(crate) const GROUP_MAGIC: &[u8; 4] = b"XLGP";
/// Bytes of the frames of one group, at most: one group may hold a single large write.
const GROUP_BYTES_BOUND: u32 = 1 << 30;

/// Header of a segment file.
///
/// ```text
/// magic (8) ‖ journal id (16) ‖ number u64 ‖ length of the segment before u64 ‖ zeros (20) ‖ CRC32C u32
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) journal: [u8; 16],
    pub(crate) number: u64,
    /// Where the segment before ends; 0 for the first.
    pub(crate) previous_len: u64,
}

impl Segment {
    pub(crate) fn encode(self) -> [u8; SEGMENT_HEADER] {
        let mut out = [0; SEGMENT_HEADER];
        out[..8].copy_from_slice(SEGMENT_MAGIC);
        out[8..24].copy_from_slice(&self.journal);
        out[24..32].copy_from_slice(&self.number.to_le_bytes());
        out[32..40].copy_from_slice(&self.previous_len.to_le_bytes());
        let crc = crc32c::crc32c(&out[..60]);
        out[60..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; SEGMENT_HEADER] = bytes.get(..SEGMENT_HEADER)?.try_into().ok()?;
        let intact = bytes.starts_with(SEGMENT_MAGIC) && crc32c::crc32c(&bytes[..60]) == word(bytes, 60)?;
        intact.then_some(Self {
            journal: bytes[8..24].try_into().ok()?,
            number: long(bytes, 24)?,
            previous_len: long(bytes, 32)?,
        })
    }
}

/// Header of a group.
///
/// ```text
/// "XLGP" ‖ bytes of the frames u32 ‖ CRC32C of the frames u32 ‖ entries u32 ‖ CRC32C of the header u32
/// ```
///
/// The last sum also covers the journal's id and the place, so that bytes of an entry that look like a header are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) bytes: u32,
    pub(crate) crc: u32,
    pub(crate) entries: u32,
}

impl Group {
    /// The header for `frames`.
    pub(crate) fn of(frames: &[u8], entries: u32) -> Self {
        Self { bytes: frames.len() as u32, crc: crc32c::crc32c(frames), entries }
    }

    pub(crate) fn encode(self, journal: &[u8; 16], at: Position) -> [u8; GROUP_HEADER] {
        let mut out = [0; GROUP_HEADER];
        out[..4].copy_from_slice(GROUP_MAGIC);
        out[4..8].copy_from_slice(&self.bytes.to_le_bytes());
        out[8..12].copy_from_slice(&self.crc.to_le_bytes());
        out[12..16].copy_from_slice(&self.entries.to_le_bytes());
        let crc = placed_crc(&out[..16], journal, at);
        out[16..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8], journal: &[u8; 16], at: Position) -> Option<Self> {
        let bytes = bytes.get(..GROUP_HEADER)?;
        let intact =
            bytes.starts_with(GROUP_MAGIC) && placed_crc(&bytes[..16], journal, at) == word(bytes, 16)?;
        let group = Self { bytes: word(bytes, 4)?, crc: word(bytes, 8)?, entries: word(bytes, 12)? };
        (intact && group.bytes <= GROUP_BYTES_BOUND).then_some(group)
    }
}

fn placed_crc(header: &[u8], journal: &[u8; 16], at: Position) -> u32 {
    let crc = crc32c::crc32c(journal);
    let crc = crc32c::crc32c_append(crc, &at.segment.to_le_bytes());
    let crc = crc32c::crc32c_append(crc, &at.offset.to_le_bytes());
    crc32c::crc32c_append(crc, header)
}

pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

pub(crate) fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
