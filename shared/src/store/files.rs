//! The layer of files under the journal: small enough to be simulated whole.

use std::io;
use std::sync::Arc;

#[cfg(feature = "disk")]
mod disk;
mod sim;
mod traced;

#[cfg(feature = "disk")]
pub use disk::DiskFiles;
pub use sim::{Fate, SimFiles};
pub use traced::{Event, Traced};

/// A file that is open.
pub trait File: Send + Sync {
    /// Reads up to `buffer.len()` bytes; 0 at the end.
    ///
    /// # Errors
    /// As the operating system's.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes some of `bytes`, at least one; returns how many.
    ///
    /// # Errors
    /// As the operating system's; `StorageFull` when there is no room.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize>;

    /// # Errors
    /// As the operating system's.
    fn size(&self) -> io::Result<u64>;

    /// # Errors
    /// As the operating system's.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Returns when all that was written survives a power cut.
    ///
    /// # Errors
    /// Once it has failed, what was written since the last success must be counted as lost.
    fn sync_data(&self) -> io::Result<()>;
}

/// Files under one folder. Paths are relative, with `/`.
pub trait Files: Send + Sync {
    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// `NotFound`, or as the operating system's.
    fn open(&self, path: &str) -> io::Result<Arc<dyn File>>;

    /// Opens a file for reading and writing, making it if it is not there.
    ///
    /// # Errors
    /// As the operating system's.
    fn create(&self, path: &str) -> io::Result<Arc<dyn File>>;

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// As the operating system's.
    fn create_dir(&self, path: &str) -> io::Result<()>;

    /// Names of the files and folders in a folder, sorted; empty when it is not there.
    ///
    /// # Errors
    /// As the operating system's.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;

    /// # Errors
    /// As the operating system's.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// # Errors
    /// As the operating system's.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Returns when the names in a folder survive a power cut.
    ///
    /// # Errors
    /// As the operating system's.
    fn sync_dir(&self, path: &str) -> io::Result<()>;

    /// Takes the one lock of this folder until the guard is dropped.
    ///
    /// # Errors
    /// `WouldBlock` when another has it.
    fn lock(&self, path: &str) -> io::Result<Box<dyn Send + Sync>>;
}

/// Writes all of `bytes`, however short the single writes.
///
/// # Errors
/// As [`File::write_at`]; some of the bytes may have been written.
pub fn write_all(file: &dyn File, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write_at(offset, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                offset += count as u64;
                bytes = bytes.get(count..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads up to `buffer.len()` bytes; fewer only at the end of the file.
///
/// # Errors
/// As [`File::read_at`].
pub fn read_full(file: &dyn File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(offset + filled as u64, &mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
