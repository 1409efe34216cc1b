//! The journal: append-only segment files of groups of frames.
//!
//! ```text
//! journal/00000001.seg   header (64) ‖ group*
//! group                  header (20) ‖ frame*        what one fdatasync made durable; counts whole or not at all
//! journal/mark           two slots: how far the journal is known to be durable
//! ```
//!
//! A group is written only after the fdatasync of the one before it has returned, and a segment is begun only after the
//! last group of the one before it is durable. Hence the rule by which a torn tail is told from damage, see `recover`:
//! what is broken may be cut off only if nothing proves that it had once been synced.

mod backup;
mod format;
mod mark;
mod recover;
mod verify;
mod walk;
mod writer;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::StoreError;
use super::files::{File, Files};

pub(crate) use backup::copy;
pub(crate) use format::{GROUP_HEADER, Group, SEGMENT_HEADER};
pub(crate) use recover::open;
pub use verify::Verified;
pub(crate) use verify::{Chains, verify};
pub(crate) use walk::{LOOKUP_BYTES, Window, frame_len};
pub(crate) use writer::Writer;

/// A place in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    pub segment: u64,
    /// Bytes from the start of the segment file.
    pub offset: u64,
}

impl Position {
    pub(crate) fn damage(self, why: impl Into<String>) -> StoreError {
        StoreError::Damage { segment: self.segment, offset: self.offset, why: why.into() }
    }

    pub(crate) fn forward(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, ..self }
    }
}

/// How far a journal is known to be durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durable {
    pub journal: [u8; 16],
    pub end: Position,
}

/// Folder of the journal, under the store's.
pub(crate) const FOLDER: &str = "journal";

/// Segment files kept open for reading.
const HANDLES_MAX: usize = 16;

pub(crate) fn segment_path(number: u64) -> String {
    format!("{FOLDER}/{number:08}.seg")
}

/// The journal's files, for reading.
pub(crate) struct Journal {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) id: [u8; 16],
    handles: Mutex<BTreeMap<u64, Arc<dyn File>>>,
}

impl Journal {
    fn new(files: Arc<dyn Files>, id: [u8; 16]) -> Self {
        Self { files, id, handles: Mutex::default() }
    }

    pub(crate) fn segment(&self, number: u64) -> Result<Arc<dyn File>, StoreError> {
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = handles.get(&number) {
            return Ok(Arc::clone(file));
        }
        let path = segment_path(number);
        let file = self.files.open(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                Position { segment: number, offset: 0 }.damage("the file is missing")
            }
            _ => StoreError::io(format!("opening {path}"), &error),
        })?;
        if handles.len() >= HANDLES_MAX {
            handles.pop_first();
        }
        handles.insert(number, Arc::clone(&file));
        Ok(file)
    }

    /// The place of the first group.
    pub(crate) fn start() -> Position {
        Position { segment: 1, offset: SEGMENT_HEADER as u64 }
    }
}
