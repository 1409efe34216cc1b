//! The store: streams in a journal, views folded from them.
//!
//! **The journal** is the truth: append-only segment files of frames. **The views** are a sorted map of small keys and
//! values, nothing but a fold of the journal; they can be thrown away at any time.
//!
//! One commit: closures handed to [`Store::write`] by any number of threads run one after another against the state
//! that the ones before them have made; what they appended is folded in memory, written to the journal with one
//! fdatasync for the whole group, then put into the view engine, and only then do the closures' callers return (I1).
//! Because the same fold runs here and in a rebuild, I4 holds by construction.

// SKETCH OF THE INTERFACE (bodies by the store's author)
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::ids::{Epoch, StreamName};
use crate::stream::{Frame, Hash, Head, Item};

/// Reads of the views at one moment. Keys are `table byte ‖ key`, see [`crate::view::tables`].
pub trait View {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;
    /// Calls `visit` with each key and value of the prefix, in order of keys, starting at `from` if given (inclusive), until it
    /// returns false. `reverse` walks backwards from the end (or from `from`).
    fn scan(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool);
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
    #[error("does not follow: {stream} has {len} entries, the frame starts at {first} or carries another chain value")]
    NotNext { stream: StreamName, len: u64, first: u64 },
}

/// One closure's view of the store: reads, and appends that count only if the closure returns Ok.
pub struct Tx<'a> {
    _private: std::marker::PhantomData<&'a ()>,
}

impl Tx<'_> {
    pub fn view(&self) -> &dyn View {
        todo!()
    }
    pub fn head(&self, _stream: StreamName) -> Head {
        todo!()
    }
    /// Appends entries of our own under `epoch`; splits them into frames. All appends of one closure are one atomic commit.
    pub fn append(&mut self, _stream: StreamName, _epoch: Epoch, _entries: Vec<Vec<u8>>) -> Result<Head, StoreError> {
        todo!()
    }
    /// Appends a received frame as it is, if it follows the head.
    pub fn append_frame(&mut self, _frame: &Frame) -> Result<Head, StoreError> {
        todo!()
    }
    /// Cuts a stream back to `keep` entries; what follows in this closure is appended after them. The entries cut off stay in
    /// the journal file, outside the stream. The views are rebuilt before the closure's caller returns.
    pub fn rebase(&mut self, _stream: StreamName, _keep: u64) -> Result<Head, StoreError> {
        todo!()
    }
}

/// The store. Cheap to clone; all clones are one store.
#[derive(Clone)]
pub struct Store {
    _inner: Arc<()>,
}

impl Store {
    /// Runs `f` as (part of) one durable commit; returns after fdatasync. If `f` returns Err nothing of it stays.
    pub fn write<T, E: From<StoreError>>(&self, _f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        todo!()
    }
    /// Reads the views as of one commit.
    pub fn read<T>(&self, _f: impl FnOnce(&dyn View) -> T) -> T {
        todo!()
    }
    pub fn head(&self, _stream: StreamName) -> Head {
        todo!()
    }
    /// Chain value after entry `seq` (0 = before the first); None beyond the end.
    pub fn hash_at(&self, _stream: StreamName, _seq: u64) -> Result<Option<Hash>, StoreError> {
        todo!()
    }
    /// A frame of consecutive entries of one epoch starting exactly at `from`, at most `bytes_max` long when encoded and at most
    /// to `to`; entries longer than `entry_max` as their digest. None beyond the end.
    pub fn run(&self, _stream: StreamName, _range: RangeInclusive<u64>, _bytes_max: usize, _entry_max: usize) -> Result<Option<Frame>, StoreError> {
        todo!()
    }
    /// Every stream with its head, by name.
    pub fn streams(&self) -> Vec<(StreamName, Head)> {
        todo!()
    }
}
