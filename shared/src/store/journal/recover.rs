//! Opening a journal: a torn tail is cut, damage is named.
//!
//! What is broken at the end of the last segment may be a group that a power cut tore, which nobody was told about, or a
//! group that was acknowledged and has gone bad since. It is damage if any of these says that it was once durable:
//!
//! - the mark, the position that the views reflect, or what the caller knows from elsewhere lies behind it;
//! - an intact group header follows: a group is written only after the one before it is synced.
//!
//! Else it is cut off. A segment's header is synced before its first group is written: a broken header with anything
//! after it is damage, a short one in the last place is a segment that was being begun.

use std::sync::Arc;

use super::format::{GROUP_HEADER, GROUP_MAGIC, Group, Segment};
use super::mark::Mark;
use super::walk::{WALK_BYTES, Window};
use super::{Durable, FOLDER, Journal, Position, SEGMENT_HEADER, Writer, segment_path};
use crate::store::StoreError;
use crate::store::files::{Files, read_full, write_all};

/// An open journal.
pub(crate) struct Recovered {
    pub(crate) writer: Writer,
    /// Where a torn tail was cut off, and how many bytes it had.
    pub(crate) cut: Option<(Position, u64)>,
    /// There was none.
    pub(crate) new: bool,
}

/// The numbers of the segment files there are, in order.
pub(crate) fn numbers(files: &dyn Files) -> Result<Vec<u64>, StoreError> {
    let names = files.list(FOLDER).map_err(|e| StoreError::io("listing the journal", &e))?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(".seg")?.parse().ok()).collect())
}

/// Opens the journal or, if there is none, makes one with `new_id`. `known` are claims of what is durable; those about
/// another journal count for nothing.
///
/// # Errors
/// [`StoreError::Damage`], or what the files say.
pub(crate) fn open(
    files: Arc<dyn Files>,
    new_id: [u8; 16],
    known: &[Option<Durable>],
) -> Result<Recovered, StoreError> {
    let mark = Mark::read(&*files);
    let mut numbers = numbers(&*files)?;
    let claims: Vec<Durable> = known.iter().copied().chain([mark]).flatten().collect();
    let mut cut = None;

    if let Some(last) = numbers.last().copied()
        && let Some(bytes) = unfinished(&*files, last, &claims)?
    {
        let path = segment_path(last);
        files.remove(&path).map_err(|e| StoreError::io(format!("removing {path}"), &e))?;
        files.sync_dir(FOLDER).map_err(|e| StoreError::io("syncing the journal's folder", &e))?;
        cut = Some((Position { segment: last, offset: 0 }, bytes));
        numbers.pop();
    }
    let Some(last) = numbers.last().copied() else {
        if let Some(claim) = claims.first() {
            return Err(
                Position { segment: claim.end.segment, offset: 0 }.damage("the journal's files are missing")
            );
        }
        return Ok(Recovered { writer: create(files, new_id)?, cut, new: true });
    };

    let first = Position { segment: 1, offset: 0 };
    let probe = Journal::new(Arc::clone(&files), [0; 16]);
    let (header, _) = Window::new(&probe, SEGMENT_HEADER).segment(1)?;
    let id = header.ok_or_else(|| first.damage("the header is not what was written"))?.journal;
    let durable = claims.iter().filter(|claim| claim.journal == id).map(|claim| claim.end).max();

    let journal = Arc::new(Journal::new(files, id));
    let mut window = Window::new(&journal, WALK_BYTES);
    check_segments(&mut window, &id, last)?;
    let (end, torn) = find_end(&mut window, &id, last, durable.unwrap_or_default())?;
    drop(window);

    let file = journal.segment(last)?;
    let what = "making the end of the journal durable";
    if torn > 0 {
        file.set_len(end.offset).map_err(|e| StoreError::io("cutting the torn end of the journal", &e))?;
        cut = Some((end, torn));
    }
    rewrite(&journal, durable.unwrap_or_else(Journal::start), end).map_err(|e| StoreError::io(what, &e))?;
    file.sync_data().map_err(|e| StoreError::io(what, &e))?;
    journal.files.sync_dir(FOLDER).map_err(|e| StoreError::io(what, &e))?;
    let mut mark = Mark::open(&*journal.files, id)?;
    mark.set(end);
    Ok(Recovered { writer: Writer { journal, end, file, mark }, cut, new: false })
}

/// The length of the last segment file if it was still being begun, which nothing could have been written to.
fn unfinished(files: &dyn Files, last: u64, claims: &[Durable]) -> Result<Option<u64>, StoreError> {
    let what = || format!("reading segment {last}");
    let file = files.open(&segment_path(last)).map_err(|e| StoreError::io(what(), &e))?;
    let len = file.size().map_err(|e| StoreError::io(what(), &e))?;
    let mut bytes = [0; SEGMENT_HEADER];
    let filled = read_full(&*file, 0, &mut bytes).map_err(|e| StoreError::io(what(), &e))?;
    let begun = Segment::decode(&bytes[..filled]).is_some() || len > SEGMENT_HEADER as u64;
    let claimed = claims.iter().any(|claim| claim.end.segment >= last);
    Ok((!begun && !claimed).then_some(len))
}

fn create(files: Arc<dyn Files>, id: [u8; 16]) -> Result<Writer, StoreError> {
    let start = Journal::start();
    let journal = Arc::new(Journal::new(Arc::clone(&files), id));
    let file = files.create(&segment_path(1)).map_err(|e| StoreError::io("making the journal", &e))?;
    let header = Segment { journal: id, number: 1, previous_len: 0 };
    write_all(&*file, 0, &header.encode())
        .and_then(|()| file.sync_data())
        .and_then(|()| files.sync_dir(FOLDER))
        .and_then(|()| files.sync_dir(""))
        .map_err(|e| StoreError::io("beginning the journal", &e))?;
    let mut mark = Mark::open(&*files, id)?;
    mark.set(start);
    Ok(Writer { journal, end: start, file, mark })
}

/// Every segment is there, has its header, and is as long as the next one says.
fn check_segments(window: &mut Window<'_>, id: &[u8; 16], last: u64) -> Result<(), StoreError> {
    let mut previous_len = 0;
    for number in 1..=last {
        let at = Position { segment: number, offset: 0 };
        let (header, len) = window.segment(number)?;
        let header = header.ok_or_else(|| at.damage("the header is not what was written"))?;
        if header.journal != *id || header.number != number {
            return Err(at.damage("the file belongs elsewhere"));
        }
        if header.previous_len > previous_len {
            let at = Position { segment: number - 1, offset: previous_len };
            return Err(at.damage(format!("the file ends here; it had {} bytes", header.previous_len)));
        }
        previous_len = len;
    }
    Ok(())
}

/// The end of the last intact group, and how many bytes of a torn one follow.
fn find_end(
    window: &mut Window<'_>,
    id: &[u8; 16],
    last: u64,
    durable: Position,
) -> Result<(Position, u64), StoreError> {
    let (_, len) = window.segment(last)?;
    let mut end = Position { segment: last, offset: SEGMENT_HEADER as u64 };
    while let Some((group, _)) = window.group(end)? {
        end = end.forward(GROUP_HEADER + group.bytes as usize);
    }
    if durable > end {
        let why = if end.offset < len {
            "a group of frames is not what was written"
        } else {
            "the journal ends early"
        };
        return Err(end.damage(why));
    }
    if end.offset < len && header_follows(window, id, end.forward(1), len)? {
        return Err(end.damage("a group of frames is not what was written, and others follow it"));
    }
    Ok((end, len.saturating_sub(end.offset)))
}

/// Whether an intact group header stands anywhere in the segment from `from` on.
fn header_follows(
    window: &mut Window<'_>,
    id: &[u8; 16],
    from: Position,
    len: u64,
) -> Result<bool, StoreError> {
    let mut at = from;
    while at.offset + GROUP_HEADER as u64 <= len {
        let bytes = window.bytes(at, (len - at.offset).min(WALK_BYTES as u64) as usize)?;
        if bytes.len() < GROUP_HEADER {
            return Ok(false);
        }
        for (shift, piece) in bytes.windows(GROUP_HEADER).enumerate() {
            if piece.starts_with(GROUP_MAGIC) && Group::decode(piece, id, at.forward(shift)).is_some() {
                return Ok(true);
            }
        }
        at = at.forward(bytes.len() - GROUP_HEADER + 1);
    }
    Ok(false)
}

/// Writes again what follows the known durable part: after a failed sync the system may hold bytes that it never wrote
/// and never will. Only what the last process wrote and did not see synced is affected, a group as a rule.
fn rewrite(journal: &Journal, durable: Position, end: Position) -> std::io::Result<()> {
    let from = if durable.segment == end.segment { durable.offset } else { SEGMENT_HEADER as u64 };
    let file = journal.segment(end.segment).map_err(|error| std::io::Error::other(error.to_string()))?;
    let mut at = from;
    let mut buffer = vec![0; WALK_BYTES.min(end.offset.saturating_sub(from) as usize)];
    while at < end.offset {
        let wanted = buffer.len().min((end.offset - at) as usize);
        let filled = read_full(&*file, at, &mut buffer[..wanted])?;
        if filled == 0 {
            return Ok(());
        }
        write_all(&*file, at, &buffer[..filled])?;
        at += filled as u64;
    }
    Ok(())
}
