//! How much the hub holds.

use std::fs;
use std::path::Path;

use shared::view::{reacted, read};

use super::App;

/// Folders below the store's own that are looked into.
const DEPTH_MAX: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Void ones too.
    pub records: u64,
    /// In all streams.
    pub entries: u64,
    /// Reactions to what has arrived that the rules say no to, as they stand.
    pub refused: u64,
    /// Size of the files of the store; none where it is in memory.
    pub store_bytes: Option<u64>,
}

impl App {
    pub fn facts(&self) -> Facts {
        let (counts, refused) = self.store.read(|views| (read::counts(views), reacted::refused(views).len()));
        Facts {
            records: counts.iter().map(|(_, _, count)| count).sum(),
            entries: self.store.streams().iter().map(|(_, head)| head.len).sum(),
            refused: refused as u64,
            store_bytes: bytes(&self.config.store(), DEPTH_MAX),
        }
    }
}

/// Bytes of the files below a folder. Files come and go while they are counted; what is gone counts nothing.
fn bytes(folder: &Path, depth: usize) -> Option<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).ok()?.flatten() {
        sum += match entry.metadata() {
            Ok(found) if found.is_dir() && depth > 0 => bytes(&entry.path(), depth - 1).unwrap_or_default(),
            Ok(found) if found.is_file() => found.len(),
            _ => 0,
        };
    }
    Some(sum)
}
