//! Reading frames: one at a place, or all in order.

use std::sync::Arc;

use super::format::{GROUP_HEADER, Group, Segment};
use super::{Journal, Position, SEGMENT_HEADER};
use crate::store::StoreError;
use crate::store::files::{File, read_full};
use crate::stream::Frame;

/// Read ahead when walking a journal, and when looking up single frames, in bytes.
pub(crate) const WALK_BYTES: usize = 1024 * 1024;
pub(crate) const LOOKUP_BYTES: usize = 32 * 1024;

/// A piece of a segment in memory.
pub(crate) struct Window<'a> {
    journal: &'a Journal,
    ahead_bytes: usize,
    segment: u64,
    file: Option<Arc<dyn File>>,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    pub(crate) fn new(journal: &'a Journal, ahead_bytes: usize) -> Self {
        Self { journal, ahead_bytes, segment: 0, file: None, start: 0, bytes: Vec::new() }
    }

    /// Up to `len` bytes from `at`; fewer only at the end of the segment.
    pub(crate) fn bytes(&mut self, at: Position, len: usize) -> Result<&[u8], StoreError> {
        if self.segment != at.segment || self.file.is_none() {
            self.file = Some(self.journal.segment(at.segment)?);
            self.segment = at.segment;
            self.bytes.clear();
        }
        let inside =
            at.offset >= self.start && at.offset + len as u64 <= self.start + self.bytes.len() as u64;
        if !inside && let Some(file) = &self.file {
            // Zeroed by the allocator: filling it here would cost more than the reading, most of all in builds for tests.
            self.bytes = vec![0; len.max(self.ahead_bytes)];
            let filled = read_full(&**file, at.offset, &mut self.bytes)
                .map_err(|error| StoreError::io(format!("reading segment {}", at.segment), &error))?;
            self.bytes.truncate(filled);
            self.start = at.offset;
        }
        let rest = self.bytes.get((at.offset - self.start) as usize..).unwrap_or_default();
        Ok(rest.get(..len).unwrap_or(rest))
    }

    /// The frame at `at`, whose place the stream index has.
    pub(crate) fn frame(&mut self, at: Position) -> Result<Frame, StoreError> {
        let prefix = self.bytes(at, 8)?;
        let length =
            super::format::word(prefix, 0).ok_or_else(|| at.damage("the segment ends before a frame"))?;
        if length as usize > crate::limits::FRAME_BYTES_MAX {
            return Err(at.damage("a frame's length is wrong"));
        }
        let bytes = self.bytes(at, 8 + length as usize)?;
        Frame::decode(bytes).map(|(frame, _)| frame).map_err(|error| at.damage(error.to_string()))
    }

    /// Header of the segment and its length in bytes.
    pub(crate) fn segment(&mut self, number: u64) -> Result<(Option<Segment>, u64), StoreError> {
        let file = self.journal.segment(number)?;
        let len =
            file.size().map_err(|error| StoreError::io(format!("measuring segment {number}"), &error))?;
        let mut bytes = [0; SEGMENT_HEADER];
        let filled = read_full(&*file, 0, &mut bytes)
            .map_err(|error| StoreError::io(format!("reading segment {number}"), &error))?;
        Ok((Segment::decode(&bytes[..filled]), len))
    }

    /// The group at `at` if it is whole: the bytes of its frames.
    pub(crate) fn group(&mut self, at: Position) -> Result<Option<(Group, &[u8])>, StoreError> {
        let journal = self.journal.id;
        let Some(group) = Group::decode(self.bytes(at, GROUP_HEADER)?, &journal, at) else { return Ok(None) };
        let frames = self.bytes(at.forward(GROUP_HEADER), group.bytes as usize)?;
        let whole = frames.len() == group.bytes as usize && crc32c::crc32c(frames) == group.crc;
        Ok(whole.then_some((group, frames)))
    }
}

impl Journal {
    /// Calls `visit` with each frame of the groups between `from` and `to`, in order, and the place of each.
    ///
    /// # Errors
    /// What `visit` gives, or damage: everything in the range was once durable.
    pub(crate) fn frames(
        &self,
        from: Position,
        to: Position,
        visit: &mut dyn FnMut(Position, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.groups(from, to, &mut |at, _, frames| {
            let mut at = at.forward(GROUP_HEADER);
            let mut rest = frames;
            while !rest.is_empty() {
                let length = frame_len(rest).ok_or_else(|| at.damage("a frame is longer than its group"))?;
                let (frame, after) = rest.split_at(length);
                visit(at, frame)?;
                at = at.forward(length);
                rest = after;
            }
            Ok(())
        })
    }

    /// As [`Journal::frames`], by groups.
    pub(crate) fn groups(
        &self,
        from: Position,
        to: Position,
        visit: &mut dyn FnMut(Position, Group, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut window = Window::new(self, WALK_BYTES);
        let mut at = from;
        while at < to {
            let end = self.segment_end(&mut window, at.segment, to)?;
            while at.offset < end {
                let Some((group, frames)) = window.group(at)? else {
                    return Err(at.damage("a group of frames is not what was written"));
                };
                visit(at, group, frames)?;
                at = at.forward(GROUP_HEADER + group.bytes as usize);
            }
            if at.segment < to.segment {
                at = Position { segment: at.segment + 1, offset: SEGMENT_HEADER as u64 };
            }
        }
        Ok(())
    }

    /// Where the groups of a segment end, when the journal ends at `to`.
    fn segment_end(&self, window: &mut Window<'_>, number: u64, to: Position) -> Result<u64, StoreError> {
        if number == to.segment {
            return Ok(to.offset);
        }
        let next = Position { segment: number + 1, offset: 0 };
        let (header, _) = window.segment(next.segment)?;
        Ok(header.ok_or_else(|| next.damage("the header is not what was written"))?.previous_len)
    }
}

/// Bytes of the frame at the front of `bytes`, if it is all there.
pub(crate) fn frame_len(bytes: &[u8]) -> Option<usize> {
    let length = 8 + super::format::word(bytes, 0)? as usize;
    (length <= bytes.len()).then_some(length)
}
