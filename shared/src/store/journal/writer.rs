//! Appending groups.

use std::sync::Arc;

use super::format::Segment;
use super::mark::Mark;
use super::{FOLDER, Journal, Position, SEGMENT_HEADER, segment_path};
use crate::store::StoreError;
use crate::store::files::{File, write_all};

/// Why a group was not made durable, and whether the next one may be tried.
#[derive(Debug)]
pub(crate) struct WriteError {
    pub(crate) error: StoreError,
    /// The journal may be written again in this process.
    pub(crate) usable: bool,
}

/// The end of the journal.
pub(crate) struct Writer {
    pub(crate) journal: Arc<Journal>,
    /// Everything before is durable.
    pub(crate) end: Position,
    pub(crate) file: Arc<dyn File>,
    pub(crate) mark: Mark,
}

impl Writer {
    /// Where the next group starts when the last one ends at `end`: in a new segment if another group might take this one
    /// over its bound.
    pub(crate) fn next_start(end: Position, group_bytes_max: usize, segment_bytes_max: u64) -> Position {
        let empty = end.offset <= SEGMENT_HEADER as u64;
        if empty || end.offset + group_bytes_max as u64 <= segment_bytes_max {
            return end;
        }
        Position { segment: end.segment + 1, offset: SEGMENT_HEADER as u64 }
    }

    /// Writes a group, header included, at `start` and makes it durable.
    pub(crate) fn append(&mut self, start: Position, group: &[u8]) -> Result<(), WriteError> {
        if start.segment != self.end.segment {
            self.file = self
                .roll(start.segment)
                .map_err(|error| WriteError { usable: error == StoreError::Full, error })?;
            self.end = start;
        }
        let written = write_all(&*self.file, start.offset, group);
        let failed = match written {
            Ok(()) => match self.file.sync_data() {
                Ok(()) => {
                    self.end = start.forward(group.len());
                    self.mark.set(self.end);
                    return Ok(());
                }
                // What the system did with the bytes is unknown, and asking again would not tell: no more writes.
                Err(error) => WriteError { error: closed("sync", &error), usable: false },
            },
            Err(error) => {
                let error = StoreError::io("writing the journal", &error);
                WriteError { usable: error == StoreError::Full, error }
            }
        };
        match self.file.set_len(self.end.offset) {
            Ok(()) => Err(failed),
            Err(error) => Err(WriteError { error: closed("cutting back", &error), usable: false }),
        }
    }

    /// Begins a segment; the one before is durable.
    fn roll(&self, number: u64) -> Result<Arc<dyn File>, StoreError> {
        let files = &*self.journal.files;
        let what = |what: &str| format!("{what} segment {number}");
        let file = files.create(&segment_path(number)).map_err(|e| StoreError::io(what("making"), &e))?;
        let header = Segment { journal: self.journal.id, number, previous_len: self.end.offset };
        file.set_len(0)
            .and_then(|()| write_all(&*file, 0, &header.encode()))
            .and_then(|()| file.sync_data())
            .map_err(|e| StoreError::io(what("beginning"), &e))?;
        files.sync_dir(FOLDER).map_err(|e| StoreError::io(what("naming"), &e))?;
        Ok(file)
    }

    /// The store is being closed in order.
    pub(crate) fn close(&self) {
        self.mark.sync();
    }
}

fn closed(what: &str, error: &std::io::Error) -> StoreError {
    StoreError::Closed(format!("{what} of the journal failed: {error}"))
}
