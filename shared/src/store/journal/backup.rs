//! Copying a journal while it is being written.

use super::walk::WALK_BYTES;
use super::{FOLDER, Journal, Position, segment_path};
use crate::store::StoreError;
use crate::store::files::{Files, read_full, write_all};

/// Copies everything before `end`, which is durable, into other files, durably. The copy holds the journal alone: opened,
/// it makes its views anew.
pub(crate) fn copy(journal: &Journal, end: Position, to: &dyn Files) -> Result<u64, StoreError> {
    let io = |what: &'static str| move |error: std::io::Error| StoreError::io(what, &error);
    to.create_dir(FOLDER).map_err(io("making the copy's folder"))?;
    if !to.list(FOLDER).map_err(io("listing the copy's folder"))?.is_empty() {
        let why = "the folder already holds a journal".to_owned();
        return Err(StoreError::Io { what: "copying the journal".to_owned(), why });
    }
    let mut buffer = vec![0; WALK_BYTES];
    let mut copied = 0;
    for number in 1..=end.segment {
        let from = journal.segment(number)?;
        let file = to.create(&segment_path(number)).map_err(io("making a copy"))?;
        let len = if number == end.segment { end.offset } else { u64::MAX };
        let mut at = 0;
        while at < len {
            let wanted = buffer.len().min(usize::try_from(len - at).unwrap_or(usize::MAX));
            let filled = read_full(&*from, at, &mut buffer[..wanted]).map_err(io("reading the journal"))?;
            if filled == 0 {
                break;
            }
            write_all(&*file, at, &buffer[..filled]).map_err(io("writing the copy"))?;
            at += filled as u64;
        }
        file.sync_data().map_err(io("syncing the copy"))?;
        copied += at;
    }
    to.sync_dir(FOLDER).map_err(io("naming the copy"))?;
    to.sync_dir("").map_err(io("naming the copy"))?;
    Ok(copied)
}
