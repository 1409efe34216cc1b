//! Reading: views, heads and runs of entries.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::commit::Store;
use super::journal::{LOOKUP_BYTES, Window};
use super::keys::{self, IndexRow};
use super::snapshot::{Healer, Snapshot};
use super::{StoreError, View, rebuild, stage};
use crate::ids::StreamName;
use crate::limits;
use crate::stream::{Digest, Frame, FrameFlags, Hash, Head, Item};

/// Every stream with its head, by name, at the moment of `view`.
pub fn heads(view: &dyn View) -> Vec<(StreamName, Head)> {
    let mut heads = Vec::new();
    view.scan(&[keys::HEADS], None, &mut |key, row| {
        heads.extend(keys::stream_of(key).zip(keys::decode_head(row)));
        true
    });
    heads.sort_unstable_by_key(|(stream, _)| *stream);
    heads
}

/// The head of one stream at the moment of `view`.
pub fn head(view: &dyn View, stream: StreamName) -> Head {
    stage::head(view, stream)
}

impl Store {
    fn snapshot(&self) -> Snapshot {
        let inner = self.inner();
        inner.gate.snapshot(Some(Arc::clone(inner) as Arc<dyn Healer>))
    }

    /// Reads the views as of one commit. Neither waits for writers nor makes them wait; a reader that stays long holds the
    /// rows of the commits since then in memory.
    ///
    /// If the rows of the engine prove wrong and cannot be rebuilt from the journal either, rows are missing: see
    /// [`Store::try_read`] to be told.
    pub fn read<T>(&self, f: impl FnOnce(&dyn View) -> T) -> T {
        f(&self.snapshot())
    }

    /// As [`Store::read`].
    ///
    /// # Errors
    /// Rows were missing from what `f` saw.
    pub fn try_read<T>(&self, f: impl FnOnce(&dyn View) -> T) -> Result<T, StoreError> {
        let snapshot = self.snapshot();
        let value = f(&snapshot);
        snapshot.fault().map_or(Ok(value), |error| Err(rebuild::engine(error.clone())))
    }

    pub fn head(&self, stream: StreamName) -> Head {
        stage::head(&self.snapshot(), stream)
    }

    /// Every stream with its head, by name.
    pub fn streams(&self) -> Vec<(StreamName, Head)> {
        heads(&self.snapshot())
    }

    /// Entries on which the fold panicked, if it leaves that to the store: see [`super::Fold::failed`].
    pub fn failed_folds(&self) -> Vec<(StreamName, u64)> {
        let mut failed = Vec::new();
        self.snapshot().scan(&[keys::FAILED], None, &mut |key, _| {
            failed.extend(keys::stream_of(key).zip(keys::seq_of(key)));
            true
        });
        failed
    }

    /// Chain value after entry `seq` (0 = before the first); None beyond the end.
    ///
    /// # Errors
    /// Damage of the journal where the entry stands.
    pub fn hash_at(&self, stream: StreamName, seq: u64) -> Result<Option<Hash>, StoreError> {
        let snapshot = self.snapshot();
        let head = stage::head(&snapshot, stream);
        if seq >= head.len {
            return Ok((seq == head.len).then_some(head.hash));
        }
        if seq == 0 {
            return Ok(Some(Head::empty(stream).hash));
        }
        let mut window = Window::new(&self.inner().journal, LOOKUP_BYTES);
        let (frame, _) = self.frame_with(&snapshot, &mut window, stream, seq)?;
        Ok(Some(hash_before(&frame, seq + 1)))
    }

    /// A frame of consecutive entries of one epoch starting exactly at the range's start, at most `bytes_max` long when encoded
    /// and at most to the range's end; entries longer than `entry_max` as their digest. None beyond the end. It has at least one
    /// entry, as its digest if it does not fit `bytes_max`.
    ///
    /// # Errors
    /// Damage of the journal where an entry stands.
    pub fn run(
        &self,
        stream: StreamName,
        range: RangeInclusive<u64>,
        bytes_max: usize,
        entry_max: usize,
    ) -> Result<Option<Frame>, StoreError> {
        let snapshot = self.snapshot();
        let head = stage::head(&snapshot, stream);
        let (from, to) = (*range.start(), (*range.end()).min(head.len));
        if from == 0 || from > to {
            return Ok(None);
        }
        let mut window = Window::new(&self.inner().journal, LOOKUP_BYTES);
        let (found, live) = self.frame_with(&snapshot, &mut window, stream, from)?;
        let prev = hash_before(&found, from);
        let flags = FrameFlags::default();
        let mut run = Frame { flags, stream, epoch: found.epoch, first: from, prev, items: Vec::new() };
        let mut filling = Filling {
            bytes: run.encoded_len(),
            bytes_max: bytes_max.min(limits::FRAME_BYTES_MAX),
            entry_max,
        };

        let mut next = from;
        let mut open = filling.take(&mut run, found, live, &mut next, to);
        while open && next <= to {
            let (frame, live) = self.frame_with(&snapshot, &mut window, stream, next)?;
            open = frame.epoch == run.epoch && filling.take(&mut run, frame, live, &mut next, to);
        }
        Ok(Some(run))
    }

    /// The frame that holds entry `seq`, and how many of its entries belong to the stream.
    fn frame_with(
        &self,
        snapshot: &Snapshot,
        window: &mut Window<'_>,
        stream: StreamName,
        seq: u64,
    ) -> Result<(Frame, usize), StoreError> {
        let mut found = None;
        snapshot.scan_back(&keys::index_prefix(stream), Some(&keys::index(stream, seq)), &mut |key, row| {
            found = keys::seq_of(key).zip(IndexRow::decode(row));
            false
        });
        let missing = || match snapshot.fault() {
            Some(fault) => rebuild::engine(fault.clone()),
            None => StoreError::Io {
                what: "the stream index".to_owned(),
                why: format!("no row for {stream} {seq}"),
            },
        };
        let (first, row) = found.ok_or_else(missing)?;
        let frame = window.frame(row.at)?;
        let live = (row.live as usize).min(frame.items.len());
        if frame.stream != stream || frame.first != first || seq >= first + live as u64 {
            return Err(row.at.damage("another frame stands where the stream index points"));
        }
        Ok((frame, live))
    }
}

/// The chain value before entry `seq` of a frame.
fn hash_before(frame: &Frame, seq: u64) -> Hash {
    let before = Head { epoch: frame.epoch, len: frame.first - 1, hash: frame.prev };
    let passed = frame.items.iter().take(seq.saturating_sub(frame.first) as usize);
    passed.fold(before, |head, item| head.next(frame.epoch, &item.digest())).hash
}

/// Bounds of a run that is being put together.
struct Filling {
    bytes: usize,
    bytes_max: usize,
    entry_max: usize,
}

impl Filling {
    /// Moves entries `next..=to` of a frame into the run; false when the run is full.
    fn take(&mut self, run: &mut Frame, frame: Frame, live: usize, next: &mut u64, to: u64) -> bool {
        let skip = next.saturating_sub(frame.first) as usize;
        for item in frame.items.into_iter().take(live).skip(skip) {
            if *next > to || run.items.len() >= limits::FRAME_ENTRIES_MAX {
                return false;
            }
            let mut item = match item {
                Item::Entry(bytes) if bytes.len() > self.entry_max => Item::Withheld(Digest::of(&bytes)),
                item => item,
            };
            if self.bytes + item.encoded_len() > self.bytes_max {
                if !run.items.is_empty() {
                    return false;
                }
                item = Item::Withheld(item.digest());
            }
            self.bytes += item.encoded_len();
            run.items.push(item);
            *next += 1;
        }
        true
    }
}
