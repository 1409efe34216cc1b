//! Frames as batches: encoded, and compressed with zstd at level 3 where that makes them shorter.

use super::message::Batch;
use crate::limits;
use crate::stream::{Frame, FrameError};

const LEVEL: i32 = 3;
/// The longest encoded frame: its body and the eight bytes before it.
const FRAME_MAX: usize = limits::FRAME_BYTES_MAX + 8;

/// A batch that does not hold one whole frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    #[error("a batch of {found} bytes; at most {FRAME_MAX} are allowed")]
    Length { found: usize },
    #[error("the batch cannot be unpacked")]
    Packing,
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("the frame carries marks of a journal, no entry, or bytes after its end")]
    Form,
}

/// One frame, ready to travel.
pub fn pack(frame: &Frame) -> Batch {
    let plain = frame.encode();
    let packed = zstd::bulk::compress(&plain, LEVEL).ok().filter(|packed| packed.len() < plain.len());
    let packed_from = if packed.is_some() { plain.len() as u32 } else { 0 };
    Batch { frame: packed.unwrap_or(plain), packed_from, salvage: false, proof: Vec::new() }
}

/// The frame in a batch. Takes at most [`FRAME_MAX`] bytes whatever the batch claims; never panics.
///
/// # Errors
/// See [`UnpackError`].
pub fn unpack(batch: &Batch) -> Result<Frame, UnpackError> {
    let claimed = batch.packed_from as usize;
    if batch.frame.len() > FRAME_MAX || claimed > FRAME_MAX {
        return Err(UnpackError::Length { found: batch.frame.len().max(claimed) });
    }
    let unpacked;
    let bytes = if claimed == 0 {
        &batch.frame
    } else {
        unpacked = zstd::bulk::decompress(&batch.frame, claimed).map_err(|_| UnpackError::Packing)?;
        if unpacked.len() != claimed {
            return Err(UnpackError::Packing);
        }
        &unpacked
    };
    let (frame, taken) = Frame::decode(bytes)?;
    if taken != bytes.len() || frame.flags.0 != 0 || frame.items.is_empty() {
        return Err(UnpackError::Form);
    }
    Ok(frame)
}
