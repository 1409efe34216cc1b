//! The store: streams in a journal, views folded from them.
//!
//! **The journal** is the truth: append-only segment files of frames. **The views** are a sorted map of small keys and
//! values, nothing but a fold of the journal; they can be thrown away at any time.
//!
//! One commit: closures handed to [`Store::write`] by any number of threads run one after another against the state
//! that the ones before them have made; what they appended is folded in memory, written to the journal with one
//! fdatasync for the whole group, shown to readers, and only then do the closures' callers return (I1). The view engine
//! takes the changes over afterwards: it is not the truth, and what it misses is folded again at the next opening.
//! Because the same fold runs here and in a rebuild, I4 holds by construction.
//!
//! Read in this order: [`files`] is the layer of files, real or simulated; `journal` makes groups of frames durable;
//! [`views`] holds rows; `snapshot` lets readers see one moment while rows move from memory into the engine; `stage` and
//! `tx` fold appends; `commit` is the way of one write; `rebuild` folds a whole journal; `past` shows an earlier moment;
//! `open` puts it together.

pub mod files;
pub mod views;

mod commit;
#[cfg(feature = "disk")]
mod disk;
mod journal;
mod keys;
mod open;
mod overlay;
mod past;
mod reading;
mod rebuild;
#[cfg(feature = "disk")]
mod sled_views;
mod snapshot;
mod stage;
mod tx;

pub use commit::Store;
#[cfg(feature = "disk")]
pub use disk::DiskShelf;
pub use journal::{Durable, Position, Verified};
pub use open::{OpenReport, Options, Progress, ViewsOutcome};
pub use past::{Past, PastError};
pub use reading::{head, heads};
pub use tx::Tx;

use crate::ids::{Epoch, StreamName};
use crate::stream::Item;

/// Reads of the views at one moment. Keys are `table byte ‖ key`, see [`crate::view`]; the tables below `0x10` are the
/// store's own.
pub trait View {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;

    /// Calls `visit` with each key and value under `prefix`, in order of keys, from the key `from` on (inclusive) if
    /// given, until it returns false.
    fn scan(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool);

    /// As [`View::scan`], backwards: from the last key under `prefix`, or from the key `from` (inclusive), downwards.
    fn scan_back(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        let mut rows = Vec::new();
        self.scan(prefix, None, &mut |key, value| {
            let wanted = from.is_none_or(|from| key <= from);
            if wanted {
                rows.push((key.to_vec(), value.to_vec()));
            }
            wanted
        });
        let _ = rows.iter().rev().all(|(key, value)| visit(key, value));
    }
}

/// Views being changed: reads see the changes made so far.
pub trait ViewMut: View {
    fn put(&mut self, key: &[u8], value: Vec<u8>);
    fn delete(&mut self, key: &[u8]);
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub stream: StreamName,
    pub epoch: Epoch,
    pub seq: u64,
}

/// How entries become views. Deterministic, total: an entry that cannot be applied becomes a row in the table of held
/// entries, never an error and never a panic.
pub trait Fold: Send + Sync {
    /// Views written by another version are set aside and rebuilt.
    fn version(&self) -> u64;
    fn apply(&self, views: &mut dyn ViewMut, place: Place, item: &Item);

    /// Called instead of what [`Fold::apply`] did when it panicked on this item, all of whose changes are undone. It must
    /// leave a held row; if it panics too the item changes nothing. The default leaves a row in the store's own table,
    /// see [`Store::failed_folds`].
    fn failed(&self, views: &mut dyn ViewMut, place: Place, _item: &Item) {
        views.put(&keys::failed(place.stream, place.seq), Vec::new());
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("the disk is full; nothing was lost, reading goes on")]
    Full,
    #[error("the store closed itself after a failed write: {0}")]
    Closed(String),
    #[error("{what} failed: {why}")]
    Io { what: String, why: String },
    #[error("damage in segment {segment} at byte {offset}: {why}")]
    Damage { segment: u64, offset: u64, why: String },
    #[error("another process has this folder open")]
    Locked,
    #[error(
        "does not follow: {stream} has {len} entries, the frame starts at {first} or carries another chain value"
    )]
    NotNext { stream: StreamName, len: u64, first: u64 },
    #[error("an entry of {bytes} bytes; at most {max} fit a frame")]
    TooLarge { bytes: usize, max: usize },
}

impl StoreError {
    pub(crate) fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::Full;
        }
        Self::Io { what: what.into(), why: error.to_string() }
    }
}

#[cfg(test)]
mod tests;
