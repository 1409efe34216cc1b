//! Putting a file in place of another.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Puts `bytes` in place of a file, durable on return: the file is the old one or the new one, never half of it.
///
/// # Errors
/// What the disk says; the old file then still stands.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), synced)
}

/// Makes what has been put into a folder, or taken out of it, durable.
///
/// # Errors
/// What the disk says.
pub(super) fn synced(folder: &Path) -> io::Result<()> {
    // On Windows a folder cannot be opened to be synced; a rename is as durable there as it gets.
    if cfg!(windows) { Ok(()) } else { fs::File::open(folder)?.sync_all() }
}
