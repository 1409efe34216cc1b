//! Checking everything.

use std::collections::{BTreeMap, BTreeSet};

use super::{Journal, Position};
use crate::ids::StreamName;
use crate::store::rebuild::{decode, is_rebase};
use crate::store::{Progress, StoreError};
use crate::stream::{Frame, FrameFlags, Head};

/// A journal that is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Entries read, those that a rebase cut off included.
    pub entries: u64,
    pub frames: u64,
    /// Every stream with its head, by name.
    pub streams: Vec<(StreamName, Head)>,
}

/// Reads everything before `end`: check sums and chains.
pub(crate) fn verify(
    journal: &Journal,
    end: Position,
    progress: &dyn Fn(Progress),
) -> Result<Verified, StoreError> {
    let mut chains = Chains::new(journal, end)?;
    let mut verified = Verified::default();
    let mut segment = 0;
    journal.frames(Journal::start(), end, &mut |at, bytes| {
        let frame = decode(at, bytes)?;
        chains.follow(at, &frame)?;
        verified.entries += frame.items.len() as u64;
        verified.frames += 1;
        if segment != at.segment {
            segment = at.segment;
            progress(Progress { entries: verified.entries, at, end });
        }
        Ok(())
    })?;
    verified.streams = chains.heads.into_iter().filter(|(_, head)| head.len > 0).collect();
    Ok(verified)
}

/// The heads of all streams while a journal is read, every link checked.
pub(crate) struct Chains {
    heads: BTreeMap<StreamName, Head>,
    /// Heads at the places that a stream is cut back to, as last passed.
    passed: BTreeMap<(StreamName, u64), Head>,
    kept: BTreeSet<(StreamName, u64)>,
}

impl Chains {
    /// For the journal up to `end`: a first reading finds the places to which streams are cut back, whose heads are kept.
    pub(crate) fn new(journal: &Journal, end: Position) -> Result<Self, StoreError> {
        let mut kept = BTreeSet::new();
        journal.frames(Journal::start(), end, &mut |at, bytes| {
            if is_rebase(bytes) {
                let frame = decode(at, bytes)?;
                kept.insert((frame.stream, frame.first - 1));
            }
            Ok(())
        })?;
        Ok(Self { heads: BTreeMap::new(), passed: BTreeMap::new(), kept })
    }

    /// Every stream met so far, also those cut back to nothing.
    pub(crate) fn heads(&self) -> &BTreeMap<StreamName, Head> {
        &self.heads
    }

    /// Takes in the next frame.
    pub(crate) fn follow(&mut self, at: Position, frame: &Frame) -> Result<(), StoreError> {
        let stream = frame.stream;
        let empty = Head::empty(stream);
        let mut head = self.heads.get(&stream).copied().unwrap_or(empty);
        if frame.flags.has(FrameFlags::REBASE) {
            let keep = frame.first - 1;
            let back = if keep == 0 { Some(empty) } else { self.passed.get(&(stream, keep)).copied() };
            head =
                back.filter(|_| keep <= head.len).ok_or_else(|| at.damage("a cut beyond a stream's end"))?;
        }
        if frame.first != head.len + 1 || frame.prev != head.hash {
            return Err(at.damage(format!("the chain of {stream} is broken at entry {}", frame.first)));
        }
        for item in &frame.items {
            head = head.next(frame.epoch, &item.digest());
            if self.kept.contains(&(stream, head.len)) {
                self.passed.insert((stream, head.len), head);
            }
        }
        self.heads.insert(stream, head);
        Ok(())
    }
}
