//! One closure's part of a commit.

use std::sync::Arc;

use super::commit::Group;
use super::journal::{GROUP_HEADER, Position};
use super::overlay::Overlay;
use super::rebuild::{self, Source};
use super::snapshot::Snapshot;
use super::{StoreError, View, commit::Inner};
use crate::ids::{Epoch, StreamName};
use crate::limits;
use crate::stream::{Frame, FrameFlags, Head, Item};

/// One closure's view of the store: reads, and appends that count only if the closure returns Ok.
pub struct Tx<'a> {
    group: &'a mut Group,
    inner: &'a Arc<Inner>,
    before: Before,
}

/// How the group was when the closure began.
struct Before {
    mark: usize,
    bytes: usize,
    entries: u32,
    /// Set once the closure has rebased: what its rows have taken the place of.
    replaced: Option<Replaced>,
}

struct Replaced {
    over: Overlay,
    snapshot: Snapshot,
    fresh: Option<Arc<dyn super::views::Views>>,
}

/// Bytes of a frame around its items, at most.
const FRAME_OVERHEAD: usize = 8 + 3 + 32 + 52;
/// Bytes around an item, at most.
const ITEM_OVERHEAD: usize = 5;

impl<'a> Tx<'a> {
    pub(crate) fn new(group: &'a mut Group, inner: &'a Arc<Inner>) -> Self {
        let before = Before {
            mark: group.stage.over.mark(),
            bytes: group.bytes.len(),
            entries: group.entries,
            replaced: None,
        };
        Self { group, inner, before }
    }

    /// The views with everything that was appended so far.
    pub fn view(&self) -> &dyn View {
        &self.group.stage
    }

    pub fn head(&self, stream: StreamName) -> Head {
        self.group.stage.head(stream)
    }

    /// Appends entries of our own under `epoch`; splits them into frames. All appends of one closure are one atomic commit.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if an entry does not fit a frame; those before it are appended.
    pub fn append(
        &mut self,
        stream: StreamName,
        epoch: Epoch,
        entries: Vec<Vec<u8>>,
    ) -> Result<Head, StoreError> {
        let mut head = self.head(stream);
        let max = limits::FRAME_BYTES_MAX - FRAME_OVERHEAD - ITEM_OVERHEAD;
        let mut entries = entries.into_iter().peekable();
        while let Some(entry) = entries.next() {
            if entry.len() > max {
                return Err(StoreError::TooLarge { bytes: entry.len(), max });
            }
            let mut bytes = FRAME_OVERHEAD + ITEM_OVERHEAD + entry.len();
            let mut items = vec![Item::Entry(entry)];
            while items.len() < limits::FRAME_ENTRIES_MAX
                && let Some(next) =
                    entries.next_if(|next| bytes + ITEM_OVERHEAD + next.len() <= limits::FRAME_BYTES_MAX)
            {
                bytes += ITEM_OVERHEAD + next.len();
                items.push(Item::Entry(next));
            }
            let flags = FrameFlags::default();
            let frame = Frame { flags, stream, epoch, first: head.len + 1, prev: head.hash, items };
            head = self.push(&frame)?;
        }
        Ok(head)
    }

    /// Appends a received frame as it is, if it follows the head. Its flags count for nothing.
    ///
    /// # Errors
    /// [`StoreError::NotNext`], or [`StoreError::TooLarge`] for a frame above the limits.
    pub fn append_frame(&mut self, frame: &Frame) -> Result<Head, StoreError> {
        let (bytes, max) = (frame.encoded_len(), limits::FRAME_BYTES_MAX);
        if bytes > max || frame.items.len() > limits::FRAME_ENTRIES_MAX {
            return Err(StoreError::TooLarge { bytes, max });
        }
        self.push(frame)
    }

    /// Folds a frame and takes it into the group.
    fn push(&mut self, frame: &Frame) -> Result<Head, StoreError> {
        let head = self.group.stage.fold_frame(self.next_place(), frame, u64::MAX)?;
        if !frame.items.is_empty() {
            frame.encode_into(FrameFlags::default(), &mut self.group.bytes);
            self.group.entries += frame.items.len() as u32;
        }
        Ok(head)
    }

    /// Where the next frame will stand.
    fn next_place(&self) -> Position {
        self.group.start.forward(self.group.bytes.len())
    }

    /// Cuts a stream back to `keep` entries; what follows in this closure is appended after them. The entries cut off stay in
    /// the journal file, outside the stream. The views are rebuilt before this returns, in time proportional to the journal.
    ///
    /// # Errors
    /// [`StoreError::NotNext`] if the stream is shorter, or what rebuilding gives.
    pub fn rebase(&mut self, stream: StreamName, keep: u64) -> Result<Head, StoreError> {
        let head = self.head(stream);
        if keep > head.len {
            return Err(StoreError::NotNext { stream, len: head.len, first: keep + 1 });
        }
        if keep == head.len {
            return Ok(head);
        }
        // The group before this one is read from the journal.
        self.inner.wait_idle();
        if let Some(Err(error)) = self.group.depends.as_ref().and_then(|outcome| outcome.get()) {
            return Err(error.clone());
        }
        let fresh = self.inner.shelf.fresh().map_err(rebuild::engine)?;
        let end = self.inner.gate.lock().state.end;
        let source = Source {
            journal: &self.inner.journal,
            end,
            ahead: (self.group.start.forward(GROUP_HEADER), &self.group.bytes[GROUP_HEADER..]),
            cut: Some((stream, keep)),
        };
        rebuild::fold_all(&source, &fresh, &self.group.stage.fold, None, &*self.inner.progress)?;

        let over = std::mem::take(&mut self.group.stage.over);
        let snapshot = Snapshot::of(Arc::clone(&fresh), end);
        let snapshot = std::mem::replace(&mut self.group.stage.snapshot, snapshot);
        let fresh = self.group.fresh.replace(fresh);
        self.before.replaced.get_or_insert(Replaced { over, snapshot, fresh });

        let head = self.head(stream);
        let (first, prev) = (head.len + 1, head.hash);
        let flags = FrameFlags(FrameFlags::REBASE);
        let frame = Frame { flags, stream, epoch: head.epoch, first, prev, items: Vec::new() };
        frame.encode_into(flags, &mut self.group.bytes);
        Ok(head)
    }

    /// Makes the group what it was before the closure.
    pub(crate) fn undo(self) {
        let Self { group, before, .. } = self;
        if let Some(replaced) = before.replaced {
            group.stage.over = replaced.over;
            group.stage.snapshot = replaced.snapshot;
            group.fresh = replaced.fresh;
        }
        group.stage.over.rollback(before.mark);
        group.bytes.truncate(before.bytes);
        group.entries = before.entries;
    }
}
