//! Views in sled.
//!
//! sled is not the truth here and is not trusted: every value carries a checksum over its key and itself, every call is
//! made behind `catch_unwind`, and `flush` is never the reason to say that anything is durable. Its values stay small:
//! longer ones are split, because sled puts those into files of their own that it does not sync.
//!
//! ```text
//! key             CRC32C of key ‖ rest u32 LE ‖ 0 ‖ value
//! key             CRC32C of key ‖ rest u32 LE ‖ 1 ‖ length u32 LE ‖ CRC32C of the value u32 LE
//! 0f ‖ key length u16 BE ‖ key ‖ part u16 BE      bytes of the value
//! ```

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::overlay::{Order, Scan};
use super::views::{Changes, Views, ViewsError};
use crate::limits::VIEW_VALUE_BYTES_MAX;

/// The table that holds the parts of long values; the fold must not use it.
const PARTS: u8 = 0x0f;
const WHOLE: u8 = 0;
const SPLIT: u8 = 1;

/// What happens to the folder when the engine is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leave {
    Kept,
    Removed,
    /// Moved to this folder, in place of what is there.
    Aside(PathBuf),
}

/// One sled database.
pub(crate) struct SledViews {
    /// None only while being dropped.
    db: Option<sled::Db>,
    folder: PathBuf,
    leave: Mutex<Leave>,
}

/// Runs a call of sled; its errors and panics become errors.
fn contain<T>(what: &str, f: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, ViewsError> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(ViewsError(format!("{what}: {error}"))),
        Err(_) => Err(ViewsError(format!("{what}: sled panicked"))),
    }
}

fn damaged(key: &[u8]) -> ViewsError {
    ViewsError(format!(
        "a row of table {:02x} is not what was written",
        key.first().copied().unwrap_or_default()
    ))
}

fn row_crc(key: &[u8], rest: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), rest)
}

fn part_key(key: &[u8], part: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(key.len() + 5);
    out.push(PARTS);
    out.extend_from_slice(&(key.len() as u16).to_be_bytes());
    out.extend_from_slice(key);
    out.extend_from_slice(&(part as u16).to_be_bytes());
    out
}

fn row(key: &[u8], kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(5 + payload.len());
    out.extend_from_slice(&[0, 0, 0, 0, kind]);
    out.extend_from_slice(payload);
    let crc = row_crc(key, &out[4..]);
    out[..4].copy_from_slice(&crc.to_le_bytes());
    out
}

impl SledViews {
    /// Opens the database, making it if it is not there. After a failure a snapshot that a kill left half made is removed
    /// and the opening tried once more.
    pub(crate) fn open(folder: &Path, cache_bytes: u64) -> Result<Self, ViewsError> {
        let open = || {
            contain("opening", || {
                let config = sled::Config::new().path(folder).cache_capacity(cache_bytes);
                config.flush_every_ms(None).use_compression(false).open()
            })
        };
        let db = open().or_else(|error| if remove_half_made(folder) { open() } else { Err(error) })?;
        Ok(Self { db: Some(db), folder: folder.to_owned(), leave: Mutex::new(Leave::Kept) })
    }

    pub(crate) fn set_leave(&self, leave: Leave) {
        *self.leave() = leave;
    }

    pub(crate) fn leave(&self) -> std::sync::MutexGuard<'_, Leave> {
        self.leave.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn db(&self) -> Result<&sled::Db, ViewsError> {
        self.db.as_ref().ok_or_else(|| ViewsError("the database is closed".to_owned()))
    }

    /// The value in a stored row.
    fn unpack(&self, key: &[u8], stored: &[u8]) -> Result<Vec<u8>, ViewsError> {
        let (crc, rest) = stored.split_first_chunk::<4>().ok_or_else(|| damaged(key))?;
        if u32::from_le_bytes(*crc) != row_crc(key, rest) {
            return Err(damaged(key));
        }
        match rest.split_first() {
            Some((&WHOLE, value)) => Ok(value.to_vec()),
            Some((&SPLIT, payload)) => self.join(key, payload),
            _ => Err(damaged(key)),
        }
    }

    fn join(&self, key: &[u8], payload: &[u8]) -> Result<Vec<u8>, ViewsError> {
        let word = |at: usize| Some(u32::from_le_bytes(payload.get(at..at + 4)?.try_into().ok()?));
        let (length, crc) = word(0).zip(word(4)).ok_or_else(|| damaged(key))?;
        let mut value = Vec::new();
        for part in 0..(length as usize).div_ceil(VIEW_VALUE_BYTES_MAX) {
            let bytes = contain("reading", || self.db_ref()?.get(part_key(key, part)))?;
            value.extend_from_slice(&bytes.ok_or_else(|| damaged(key))?);
        }
        let right = value.len() == length as usize && crc32c::crc32c(&value) == crc;
        right.then_some(value).ok_or_else(|| damaged(key))
    }

    fn db_ref(&self) -> Result<&sled::Db, sled::Error> {
        self.db.as_ref().ok_or_else(|| sled::Error::Unsupported("the database is closed".to_owned()))
    }
}

/// Removes what sled leaves when it is killed while writing a snapshot.
fn remove_half_made(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let names = entries.flatten().map(|entry| entry.path());
    let half_made = names.filter(|path| path.extension().is_some_and(|extension| extension == "generating"));
    half_made.filter(|path| fs::remove_file(path).is_ok()).count() > 0
}

impl Views for SledViews {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewsError> {
        match contain("reading", || self.db_ref()?.get(key))? {
            Some(stored) => self.unpack(key, &stored).map(Some),
            None => Ok(None),
        }
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<(), ViewsError> {
        let Some(bounds) = scan.bounds() else { return Ok(()) };
        let mut rows = contain("scanning", || Ok(self.db_ref()?.range::<Vec<u8>, _>(bounds)))?;
        loop {
            let next = contain("scanning", || match scan.order {
                Order::Up => rows.next().transpose(),
                Order::Down => rows.next_back().transpose(),
            })?;
            let Some((key, stored)) = next else { return Ok(()) };
            if key.first() == Some(&PARTS) {
                continue;
            }
            if !visit(&key, &self.unpack(&key, &stored)?) {
                return Ok(());
            }
        }
    }

    fn apply(&self, changes: Changes<'_, '_>) -> Result<(), ViewsError> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                None => batch.remove(key),
                Some(value) if value.len() <= VIEW_VALUE_BYTES_MAX => {
                    batch.insert(key, row(key, WHOLE, value))
                }
                Some(value) => {
                    let mut payload = (value.len() as u32).to_le_bytes().to_vec();
                    payload.extend_from_slice(&crc32c::crc32c(value).to_le_bytes());
                    batch.insert(key, row(key, SPLIT, &payload));
                    for (part, bytes) in value.chunks(VIEW_VALUE_BYTES_MAX).enumerate() {
                        batch.insert(part_key(key, part), bytes);
                    }
                }
            }
        }
        contain("writing", || self.db_ref()?.apply_batch(batch))
    }

    fn flush(&self) -> Result<(), ViewsError> {
        let db = self.db()?;
        contain("flushing", || db.flush()).map(|_| ())
    }
}

impl Drop for SledViews {
    fn drop(&mut self) {
        let db = self.db.take();
        let _ = catch_unwind(AssertUnwindSafe(move || drop(db)));
        let leave = self.leave.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = match leave {
            Leave::Kept => Ok(()),
            Leave::Removed => fs::remove_dir_all(&self.folder),
            Leave::Aside(aside) => set_aside(&self.folder, aside),
        };
    }
}

/// Moves a folder out of the way, in place of the one that was moved before.
pub(crate) fn set_aside(folder: &Path, aside: &Path) -> std::io::Result<()> {
    let _ = fs::remove_dir_all(aside);
    fs::rename(folder, aside)
}
