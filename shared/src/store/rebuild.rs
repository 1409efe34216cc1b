//! Folding a whole journal into new views.
//!
//! Some frames of a journal do not count: those that a later REBASE frame of their stream cut off. A first pass over the
//! frames finds the cuts, a second folds what is live, in the order of the journal. This is also what the views are after
//! a rebase, so rebuilding them at any later time gives the same rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::journal::{Journal, Position};
use super::keys::{self, Stamp};
use super::overlay::Map;
use super::snapshot::Snapshot;
use super::stage::Stage;
use super::views::{Views, ViewsError};
use super::{Fold, Progress, StoreError};
use crate::ids::StreamName;
use crate::stream::{Frame, FrameFlags};

/// Rows are handed to the engine when so many bytes of them wait, and so many rows at a time: sled keeps every page that a
/// batch has changed in memory until the batch ends.
const FLUSH_BYTES: usize = 2 * 1024 * 1024;
const BATCH_ROWS: usize = 128;

/// Where streams were cut back, and to how many entries.
#[derive(Default)]
pub(crate) struct Cuts {
    by_stream: BTreeMap<StreamName, Vec<(Position, u64)>>,
}

impl Cuts {
    fn add(&mut self, at: Position, stream: StreamName, keep: u64) {
        self.by_stream.entry(stream).or_default().push((at, keep));
    }

    /// The last sequence number that a frame at `at` still gives its stream.
    fn live_to(&self, stream: StreamName, at: Position) -> u64 {
        let cuts = self.by_stream.get(&stream).map_or(&[][..], Vec::as_slice);
        cuts.iter().filter(|(cut, _)| *cut > at).map(|(_, keep)| *keep).min().unwrap_or(u64::MAX)
    }

    fn note(&mut self, at: Position, bytes: &[u8]) -> Result<(), StoreError> {
        if is_rebase(bytes) {
            let frame = decode(at, bytes)?;
            self.add(at, frame.stream, frame.first - 1);
        }
        Ok(())
    }
}

/// Whether the encoded frame has the REBASE flag.
pub(crate) fn is_rebase(bytes: &[u8]) -> bool {
    bytes.get(9).is_some_and(|flags| FrameFlags(*flags).has(FrameFlags::REBASE))
}

pub(crate) fn decode(at: Position, bytes: &[u8]) -> Result<Frame, StoreError> {
    Frame::decode(bytes).map(|(frame, _)| frame).map_err(|error| at.damage(error.to_string()))
}

/// What is to be folded.
pub(crate) struct Source<'a> {
    pub(crate) journal: &'a Journal,
    /// End of what is durable.
    pub(crate) end: Position,
    /// Frames of the group that is being made, and where they will stand.
    pub(crate) ahead: (Position, &'a [u8]),
    /// A stream that is cut back after all of this.
    pub(crate) cut: Option<(StreamName, u64)>,
}

/// Folds all of `source` into `views`, which are empty; returns the number of entries.
///
/// The views carry `stamp` in the end, if given; until then they carry none and no opening will trust them.
///
/// # Errors
/// Damage of the journal, or an error of the engine.
pub(crate) fn fold_all(
    source: &Source<'_>,
    views: &Arc<dyn Views>,
    fold: &Arc<dyn Fold>,
    stamp: Option<Stamp>,
    progress: &dyn Fn(Progress),
) -> Result<u64, StoreError> {
    let mut cuts = Cuts::default();
    let start = Journal::start();
    source.journal.frames(start, source.end, &mut |at, bytes| cuts.note(at, bytes))?;
    each_frame(source.ahead, &mut |at, bytes| cuts.note(at, bytes))?;
    if let Some((stream, keep)) = source.cut {
        cuts.add(Position { segment: u64::MAX, offset: 0 }, stream, keep);
    }

    let mut filler = Filler::new(Arc::clone(views), Arc::clone(fold), source.end);
    source.journal.frames(start, source.end, &mut |at, bytes| {
        filler.frame(at, bytes, &cuts)?;
        filler.report(at, source.end, progress);
        Ok(())
    })?;
    each_frame(source.ahead, &mut |at, bytes| filler.frame(at, bytes, &cuts))?;
    filler.finish(stamp)
}

fn each_frame(
    (mut at, mut bytes): (Position, &[u8]),
    visit: &mut dyn FnMut(Position, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    while let Some(length) = super::journal::frame_len(bytes) {
        let (frame, rest) = bytes.split_at(length);
        visit(at, frame)?;
        at = at.forward(length);
        bytes = rest;
    }
    Ok(())
}

/// Folds the groups between two positions into views that reflect the first. False when there is a rebase among them:
/// then the views are as they were, or without a stamp, and have to be rebuilt.
pub(crate) fn fold_tail(
    journal: &Journal,
    (from, to): (Position, Position),
    views: &Arc<dyn Views>,
    fold: &Arc<dyn Fold>,
    stamp: Stamp,
) -> Result<Option<u64>, StoreError> {
    let mut rebased = false;
    journal.frames(from, to, &mut |_, bytes| {
        rebased |= is_rebase(bytes);
        Ok(())
    })?;
    if rebased {
        return Ok(None);
    }
    let mut filler = Filler::new(Arc::clone(views), Arc::clone(fold), from);
    // A kill half-way must not leave rows that the old stamp does not cover.
    filler.stage.over.set(keys::STAMP, None);
    filler.flush()?;
    journal.frames(from, to, &mut |at, bytes| filler.frame(at, bytes, &Cuts::default()))?;
    filler.finish(Some(stamp)).map(Some)
}

/// Puts folded rows into an engine, many at a time.
struct Filler {
    stage: Stage,
    views: Arc<dyn Views>,
    entries: u64,
    reported: Position,
}

impl Filler {
    fn new(views: Arc<dyn Views>, fold: Arc<dyn Fold>, end: Position) -> Self {
        let stage = Stage::new(Snapshot::of(Arc::clone(&views), end), fold);
        Self { stage, views, entries: 0, reported: Position::default() }
    }

    fn frame(&mut self, at: Position, bytes: &[u8], cuts: &Cuts) -> Result<(), StoreError> {
        let frame = decode(at, bytes)?;
        let live_to = cuts.live_to(frame.stream, at);
        // A frame that starts behind the cut is dead as a whole; an empty one says nothing.
        if frame.items.is_empty() || frame.first > live_to {
            return Ok(());
        }
        self.entries += frame.items.len() as u64;
        self.stage.fold_frame(at, &frame, live_to).map_err(|error| at.damage(error.to_string()))?;
        self.stage.over.settle();
        if self.stage.over.bytes() >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn report(&mut self, at: Position, end: Position, progress: &dyn Fn(Progress)) {
        if at.segment != self.reported.segment || at.offset > self.reported.offset + 256 * 1024 {
            self.reported = at;
            progress(Progress { entries: self.entries, at, end });
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let mut over = std::mem::take(&mut self.stage.over);
        // The stamp vanishes before the first row changes and comes back after the last.
        if let Some(stamp) = over.map.remove(keys::STAMP) {
            let row = (keys::STAMP, stamp.as_deref());
            if stamp.is_some() {
                self.apply_rows(&over.map)?;
            }
            self.views.apply(&mut std::iter::once(row)).map_err(engine)?;
            if stamp.is_none() {
                self.apply_rows(&over.map)?;
            }
        } else {
            self.apply_rows(&over.map)?;
        }
        self.stage.snapshot.fault().map_or(Ok(()), |error| Err(engine(error.clone())))
    }

    fn apply_rows(&self, rows: &Map) -> Result<(), StoreError> {
        let mut rows = rows.iter().map(|(key, value)| (key.as_slice(), value.as_deref())).peekable();
        while rows.peek().is_some() {
            self.views.apply(&mut rows.by_ref().take(BATCH_ROWS)).map_err(engine)?;
        }
        Ok(())
    }

    fn finish(mut self, stamp: Option<Stamp>) -> Result<u64, StoreError> {
        if let Some(stamp) = stamp {
            self.stage.over.set(keys::STAMP, Some(stamp.encode()));
        }
        self.flush()?;
        Ok(self.entries)
    }
}

pub(crate) fn engine(error: ViewsError) -> StoreError {
    StoreError::Io { what: "the view engine".to_owned(), why: error.0 }
}
