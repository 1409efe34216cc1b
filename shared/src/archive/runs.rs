//! Runs of streams: what stands in `data/streams`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use crate::ids::{Epoch, StreamName};
use crate::limits;
use crate::store::{Store, StoreError};
use crate::stream::{Frame, Hash, Head, Item};

/// An entry of a chosen record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) stream: StreamName,
    pub(super) epoch: Epoch,
    pub(super) seq: u64,
    pub(super) bytes: Vec<u8>,
}

/// An unbroken run of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub stream: StreamName,
    /// Numbers of its first and its last entry.
    pub first: u64,
    pub last: u64,
    /// Entries that stand in it whole; the others are digests.
    pub kept: BTreeSet<u64>,
    /// Chain values before the first entry and after the last.
    pub before: Hash,
    pub after: Hash,
}

/// The name of the part.
pub(super) fn part_name(stream: StreamName) -> String {
    format!("data/streams/{}.frames", stream.to_string().replace('/', "-"))
}

/// Calls `visit` with every entry of a run of a stream in the store, in order.
///
/// # Errors
/// The store's, or those of `visit`.
pub(super) fn walk<E: From<StoreError>>(
    store: &Store,
    stream: StreamName,
    (from, to): (u64, u64),
    visit: &mut dyn FnMut(Frame) -> Result<(), E>,
) -> Result<(), E> {
    let mut next = from;
    while next <= to {
        let Some(frame) = store.run(stream, next..=to, limits::FRAME_BYTES_MAX, usize::MAX)? else { break };
        next += frame.items.len() as u64;
        visit(frame)?;
    }
    Ok(())
}

/// Why frames were not written.
pub(super) enum Unwritten {
    Store(StoreError),
    Io(io::Error),
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Writes a run: chosen entries whole, the others as digests. Gives the chain values before and after it.
pub(super) fn write(
    store: &Store,
    (stream, first, last): (StreamName, u64, u64),
    kept: &BTreeSet<u64>,
    out: &mut dyn Write,
) -> Result<(Hash, Hash), Unwritten> {
    let mut ends: Option<(Hash, Hash)> = None;
    walk(store, stream, (first, last), &mut |mut frame| {
        for (seq, item) in (frame.first..).zip(&mut frame.items) {
            if !kept.contains(&seq) {
                *item = Item::Withheld(item.digest());
            }
        }
        let after = frame.head().hash;
        ends = Some((ends.map_or(frame.prev, |(before, _)| before), after));
        out.write_all(&frame.encode()).map_err(Unwritten::Io)
    })?;
    Ok(ends.unwrap_or((Head::empty(stream).hash, Head::empty(stream).hash)))
}

/// What is wrong with a part of frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    /// Bytes that are no frame, after so many entries.
    Frame(u64),
    /// The chain does not hold at this entry.
    Chain(u64),
    /// A frame of another stream.
    Other,
    Empty,
    /// More entries of records than a package may hold.
    TooMuch,
}

/// A run as it was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) run: Run,
    pub(super) entries: Vec<Kept>,
    /// Where the stream stands after each of the entries that were asked for.
    pub(super) heads: BTreeMap<u64, Head>,
}

/// Reads a run; `room` is what its entries may take, and is lowered by what they take.
pub(super) fn read(
    input: &mut dyn Read,
    stream: StreamName,
    asked: &BTreeSet<u64>,
    room: &mut u64,
) -> Result<Found, Broken> {
    let mut found: Option<(u64, Hash)> = None;
    let mut at = Head::empty(stream);
    let (mut kept, mut entries, mut heads) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
    let mut done = 0;
    while let Some(frame) = frame(input).map_err(|()| Broken::Frame(done))? {
        if frame.stream != stream {
            return Err(Broken::Other);
        }
        if found.is_none() {
            found = Some((frame.first, frame.prev));
            at = Head { epoch: frame.epoch, len: frame.first - 1, hash: frame.prev };
        }
        if frame.first != at.len + 1 || frame.prev != at.hash || frame.items.is_empty() {
            return Err(Broken::Chain(at.len + 1));
        }
        for item in frame.items {
            at = at.next(frame.epoch, &item.digest());
            done += 1;
            if asked.contains(&at.len) {
                heads.insert(at.len, at);
            }
            if let Item::Entry(bytes) = item {
                *room = room.checked_sub(bytes.len() as u64).ok_or(Broken::TooMuch)?;
                kept.insert(at.len);
                entries.push(Kept { stream, epoch: frame.epoch, seq: at.len, bytes });
            }
        }
    }
    let (first, before) = found.ok_or(Broken::Empty)?;
    // The first entry of a stream follows nothing.
    if first == 1 && before != Head::empty(stream).hash {
        return Err(Broken::Chain(1));
    }
    Ok(Found { run: Run { stream, first, last: at.len, kept, before, after: at.hash }, entries, heads })
}

/// The next frame; none at the end.
fn frame(input: &mut dyn Read) -> Result<Option<Frame>, ()> {
    let mut bytes = vec![0; 8];
    let mut have = 0;
    while have < bytes.len() {
        match input.read(&mut bytes[have..]).map_err(drop)? {
            0 if have == 0 => return Ok(None),
            0 => return Err(()),
            count => have += count,
        }
    }
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_le_bytes(*length) as usize);
    if length > limits::FRAME_BYTES_MAX {
        return Err(());
    }
    bytes.resize(8 + length, 0);
    input.read_exact(&mut bytes[8..]).map_err(drop)?;
    let (frame, took) = Frame::decode(&bytes).map_err(drop)?;
    // What decodes must be what would be written: flags have no meaning here.
    if took != bytes.len() || frame.encode() != bytes || frame.flags.0 != 0 {
        Err(())
    } else {
        Ok(Some(frame))
    }
}
