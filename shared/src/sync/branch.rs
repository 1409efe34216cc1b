//! How received frames meet what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::message::Batch;
use super::pack::{UnpackError, unpack};
use crate::command::Changed;
use crate::ids::{Epoch, StreamName};
use crate::limits;
use crate::record::{Entry, EntryFlags};
use crate::store::{Store, StoreError, Tx};
use crate::stream::{Digest, Frame, FrameFlags, Hash, Head, Item};

/// What a frame is to the stream as it stands.
pub(super) enum Follow {
    /// All of it is there.
    Have,
    /// This (part of it) is next.
    Next(Frame),
    /// Another chain, or a gap.
    Other,
}

/// Compares a frame with a stream. Returns the head that it was compared with.
pub(super) fn follow(store: &Store, mut frame: Frame) -> Result<(Head, Follow), StoreError> {
    let head = store.head(frame.stream);
    let before = frame.first - 1;
    if before == head.len {
        let next = frame.prev == head.hash;
        return Ok((head, if next { Follow::Next(frame) } else { Follow::Other }));
    }
    if before > head.len || store.hash_at(frame.stream, before)? != Some(frame.prev) {
        return Ok((head, Follow::Other));
    }
    let mut at = Head { epoch: frame.epoch, len: before, hash: frame.prev };
    let mut there = 0;
    for item in &frame.items {
        if at.len == head.len {
            break;
        }
        at = at.next(frame.epoch, &item.digest());
        there += 1;
    }
    if store.hash_at(frame.stream, at.len)? != Some(at.hash) {
        return Ok((head, Follow::Other));
    }
    if there == frame.items.len() {
        return Ok((head, Follow::Have));
    }
    frame.items.drain(..there);
    frame.first = at.len + 1;
    frame.prev = at.hash;
    Ok((head, Follow::Next(frame)))
}

/// Entries `from..=to` of a stream, in order.
pub(super) fn items(store: &Store, stream: StreamName, from: u64, to: u64) -> Result<Vec<Item>, StoreError> {
    let mut found = Vec::new();
    let mut next = from;
    while next <= to {
        let Some(frame) = store.run(stream, next..=to, limits::FRAME_BYTES_MAX, usize::MAX)? else { break };
        next += frame.items.len() as u64;
        found.extend(frame.items);
    }
    Ok(found)
}

/// Points of a chain at distances 0, 1, 2, 4, 8 … from its end, newest first; its beginning is not among them, since
/// all chains of one stream share it.
pub(super) fn sketch(store: &Store, stream: StreamName) -> Result<Vec<(u64, Hash)>, StoreError> {
    let len = store.head(stream).len;
    let mut points = Vec::new();
    let mut distance = 0;
    while distance < len && points.len() < limits::SKETCH_POINTS_MAX {
        let seq = len - distance;
        let Some(hash) = store.hash_at(stream, seq)? else { break };
        points.push((seq, hash));
        distance = if distance == 0 { 1 } else { distance * 2 };
    }
    Ok(points)
}

/// Another branch of a stream, collected until it is whole. Batches stay packed; at most
/// [`limits::BRANCH_BYTES_MAX`].
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) keep: u64,
    /// Where the branch stands so far.
    pub(super) at: Head,
    batches: Vec<Batch>,
    bytes: usize,
}

pub(super) enum Pushed {
    Next,
    /// It was there already.
    Have,
    Other,
    TooLong,
}

impl Branch {
    /// A branch that leaves the stream after `keep`.
    pub(super) fn new(keep: Head) -> Self {
        Self { keep: keep.len, at: keep, batches: Vec::new(), bytes: 0 }
    }

    pub(super) fn push(&mut self, frame: &Frame, batch: Batch) -> Pushed {
        let end = frame.head();
        if end.len <= self.at.len {
            return if end.len < self.at.len || end.hash == self.at.hash {
                Pushed::Have
            } else {
                Pushed::Other
            };
        }
        if frame.first != self.at.len + 1 || frame.prev != self.at.hash {
            return Pushed::Other;
        }
        self.bytes += batch.frame.len();
        if self.bytes > limits::BRANCH_BYTES_MAX {
            return Pushed::TooLong;
        }
        self.at = end;
        self.batches.push(batch);
        Pushed::Next
    }

    /// The hub's signature over where the branch ends; empty if there is none.
    pub(super) fn proof(&self) -> &[u8] {
        self.batches.last().map_or(&[], |batch| &batch.proof)
    }

    pub(super) fn frames(&self) -> Result<Vec<Frame>, UnpackError> {
        self.batches.iter().map(unpack).collect()
    }
}

/// What a change is, whatever revision it makes and however often it was recovered. Bytes that are no entry are
/// themselves.
fn change(item: &Item) -> Digest {
    let Item::Entry(bytes) = item else { return item.digest() };
    let Ok(mut entry) = Entry::decode(bytes) else { return item.digest() };
    entry.rev = 0;
    entry.flags = EntryFlags(entry.flags.0 & !(EntryFlags::RECOVERED.0 | EntryFlags::CONFLICTING.0));
    Digest::of(&entry.encode())
}

/// The items of `mine` that a branch has in no form, in order.
pub(super) fn missing(mine: Vec<Item>, branch: &[Frame]) -> Vec<Item> {
    let theirs = || branch.iter().flat_map(|frame| &frame.items);
    let digests: BTreeSet<Digest> = theirs().map(Item::digest).collect();
    let mut rest: Vec<Item> = mine.into_iter().filter(|item| !digests.contains(&item.digest())).collect();
    if !rest.is_empty() {
        let changes: BTreeSet<Digest> = theirs().map(change).collect();
        rest.retain(|item| !changes.contains(&change(item)));
    }
    rest
}

/// What the frames of a branch change that our own entries do not.
pub(super) fn changed(branch: &[Frame], mine: Frame) -> Changed {
    let theirs: Vec<Item> = branch.iter().flat_map(|frame| frame.items.iter().cloned()).collect();
    let mut changed = Changed::default();
    for item in missing(theirs, &[mine]) {
        if let Item::Entry(bytes) = item
            && let Ok(entry) = Entry::decode(&bytes)
        {
            changed.note(&entry);
        }
    }
    changed
}

/// Puts the bytes that we have in the place of digests. The chain runs over digests, so it stays what it is.
pub(super) fn fill(branch: &mut [Frame], mine: &[Item]) {
    let held = branch.iter().flat_map(|frame| &frame.items).any(|item| matches!(item, Item::Withheld(_)));
    if !held {
        return;
    }
    let entries = mine.iter().filter(|item| matches!(item, Item::Entry(_)));
    let have: BTreeMap<Digest, &Item> = entries.map(|item| (item.digest(), item)).collect();
    for item in branch.iter_mut().flat_map(|frame| &mut frame.items) {
        if let Item::Withheld(digest) = item
            && let Some(entry) = have.get(digest)
        {
            *item = (*entry).clone();
        }
    }
}

/// A frame of `items` that follows `head`, whatever its length.
pub(super) fn after(stream: StreamName, head: Head, epoch: Epoch, items: Vec<Item>) -> Frame {
    Frame { flags: FrameFlags::default(), stream, epoch, first: head.len + 1, prev: head.hash, items }
}

/// Appends a frame that is next, in as many frames as its length asks for.
pub(super) fn put(tx: &mut Tx<'_>, frame: &Frame) -> Result<(), StoreError> {
    if frame.encoded_len() <= limits::FRAME_BYTES_MAX && frame.items.len() <= limits::FRAME_ENTRIES_MAX {
        tx.append_frame(frame)?;
        return Ok(());
    }
    for items in runs(&frame.items) {
        let head = tx.head(frame.stream);
        tx.append_frame(&after(frame.stream, head, frame.epoch, items))?;
    }
    Ok(())
}

/// Items in runs that fit a frame.
fn runs(items: &[Item]) -> Vec<Vec<Item>> {
    // What stands before the items in a frame takes less than 256 bytes, what stands before an item at most 5.
    const ROOM: usize = limits::FRAME_BYTES_MAX - 256;
    let mut runs: Vec<Vec<Item>> = Vec::new();
    let mut room = 0;
    for item in items {
        let bytes = 5 + if let Item::Entry(bytes) = item { bytes.len() } else { 32 };
        match runs.last_mut() {
            Some(run) if bytes <= room && run.len() < limits::FRAME_ENTRIES_MAX => {
                room -= bytes;
                run.push(item.clone());
            }
            _ => {
                room = ROOM.saturating_sub(bytes);
                runs.push(vec![item.clone()]);
            }
        }
    }
    runs
}
