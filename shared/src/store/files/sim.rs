//! Files in memory that know what a power cut may do to them.
//!
//! Every write, cut and change of a name is remembered until it is synced. [`SimFiles::crash`] gives the files that a
//! power cut leaves: of each unsynced change all, nothing, or its first bytes, in any combination.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{File, Files};

/// What becomes of one unsynced change in a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Lost,
    /// Only the first so many bytes reached the disk.
    Torn(usize),
}

#[derive(Debug, Clone)]
enum Change {
    Write { file: u64, offset: u64, bytes: Vec<u8> },
    Cut { file: u64, len: u64 },
    Link { path: String, file: u64 },
    Unlink { path: String },
}

impl Change {
    fn file(&self) -> Option<u64> {
        match self {
            Self::Write { file, .. } | Self::Cut { file, .. } => Some(*file),
            Self::Link { .. } | Self::Unlink { .. } => None,
        }
    }
}

/// A disk: contents by file number, and names.
#[derive(Debug, Clone, Default)]
struct Disk {
    contents: BTreeMap<u64, Vec<u8>>,
    names: BTreeMap<String, u64>,
}

impl Disk {
    fn make(&mut self, change: &Change, fate: Fate) {
        let kept = match fate {
            Fate::Lost => return,
            Fate::Kept => usize::MAX,
            Fate::Torn(bytes) => bytes,
        };
        match change {
            Change::Write { file, offset, bytes } => {
                let bytes = bytes.get(..kept).unwrap_or(bytes);
                let content = self.contents.entry(*file).or_default();
                let end = *offset as usize + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset as usize..end].copy_from_slice(bytes);
            }
            Change::Cut { file, len } => self.contents.entry(*file).or_default().resize(*len as usize, 0),
            Change::Link { path, file } => {
                self.names.insert(path.clone(), *file);
            }
            Change::Unlink { path } => {
                self.names.remove(path);
            }
        }
    }
}

#[derive(Debug, Default)]
struct State {
    /// As programs see it.
    seen: Disk,
    /// As a power cut would leave it if it lost every unsynced change.
    durable: Disk,
    unsynced: Vec<Change>,
    next_file: u64,
    locked: BTreeSet<String>,
    room_bytes: Option<u64>,
    failing_syncs: u32,
    write_bytes_max: Option<usize>,
}

impl State {
    /// Makes a change that programs see at once. Names of an ordinary disk are synced with their folder.
    fn change(&mut self, change: Change) {
        self.seen.make(&change, Fate::Kept);
        self.unsynced.push(change);
    }

    /// Makes durable what `wanted` picks.
    fn sync(&mut self, wanted: impl Fn(&Change) -> bool) {
        let (synced, left) = std::mem::take(&mut self.unsynced).into_iter().partition(wanted);
        self.unsynced = left;
        let synced: Vec<Change> = synced;
        for change in &synced {
            self.durable.make(change, Fate::Kept);
        }
    }
}

/// Files in memory. Clones are the same disk; [`SimFiles::copy`] is another.
#[derive(Debug, Clone, Default)]
pub struct SimFiles {
    state: Arc<Mutex<State>>,
}

impl SimFiles {
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn from_disk(disk: Disk) -> Self {
        let next_file = disk.contents.keys().next_back().map_or(0, |last| last + 1);
        let state = State { seen: disk.clone(), durable: disk, next_file, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// A copy of all files as programs see them: what a killed program leaves, a backup, a cloned machine.
    pub fn copy(&self) -> Self {
        Self::from_disk(self.state().seen.clone())
    }

    /// Changes that are not synced.
    pub fn unsynced(&self) -> usize {
        self.state().unsynced.len()
    }

    /// Bytes of the unsynced change number `index`; 0 if it is not a write.
    pub fn unsynced_bytes(&self, index: usize) -> usize {
        match self.state().unsynced.get(index) {
            Some(Change::Write { bytes, .. }) => bytes.len(),
            _ => 0,
        }
    }

    /// The files after a power cut; `fate` decides for each unsynced change, oldest first.
    pub fn crash(&self, mut fate: impl FnMut(usize) -> Fate) -> Self {
        let state = self.state();
        let mut disk = state.durable.clone();
        for (index, change) in state.unsynced.iter().enumerate() {
            disk.make(change, fate(index));
        }
        Self::from_disk(disk)
    }

    /// From now on the disk holds at most so many bytes; None: any number.
    pub fn set_room_bytes(&self, room: Option<u64>) {
        self.state().room_bytes = room;
    }

    /// The next `count` syncs fail and what they were to sync is lost in a power cut, as on Linux.
    pub fn fail_syncs(&self, count: u32) {
        self.state().failing_syncs = count;
    }

    /// Single writes take at most so many bytes.
    pub fn set_write_bytes_max(&self, max: Option<usize>) {
        self.state().write_bytes_max = max;
    }

    /// All files with their contents, by path.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let content = |file| state.seen.contents.get(file).cloned().unwrap_or_default();
        state.seen.names.iter().map(|(path, file)| (path.clone(), content(file))).collect()
    }

    /// Replaces the contents of a file, durably; makes it if it is not there.
    pub fn replace(&self, path: &str, bytes: Vec<u8>) {
        let mut guard = self.state();
        let state = &mut *guard;
        let file = state.next_file;
        state.next_file += 1;
        for disk in [&mut state.seen, &mut state.durable] {
            disk.names.insert(path.to_owned(), file);
            disk.contents.insert(file, bytes.clone());
        }
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimFiles,
    file: u64,
}

impl File for SimFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        let content = state.seen.contents.get(&self.file).map_or(&[][..], Vec::as_slice);
        let rest = content.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        let mut count = bytes.len().min(state.write_bytes_max.unwrap_or(usize::MAX));
        if let Some(room) = state.room_bytes {
            let used: u64 = state.seen.contents.values().map(|content| content.len() as u64).sum();
            let own = state.seen.contents.get(&self.file).map_or(0, |content| content.len() as u64);
            let end_max = own.max(own + room.saturating_sub(used));
            count = count.min(usize::try_from(end_max.saturating_sub(offset)).unwrap_or(usize::MAX));
            if count == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        state.change(Change::Write { file: self.file, offset, bytes: bytes[..count].to_vec() });
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.state().seen.contents.get(&self.file).map_or(0, |content| content.len() as u64))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.state().change(Change::Cut { file: self.file, len });
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        if state.failing_syncs > 0 {
            state.failing_syncs -= 1;
            // The system counts the pages as written although they are not: a later sync does not write them either.
            state.unsynced.retain(|change| change.file() != Some(self.file));
            return Err(io::Error::other("input/output error (simulated)"));
        }
        state.sync(|change| change.file() == Some(self.file));
        Ok(())
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Files for SimFiles {
    fn open(&self, path: &str) -> io::Result<Arc<dyn File>> {
        let file = *self.state().seen.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(SimFile { disk: self.clone(), file }))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn File>> {
        let mut state = self.state();
        let file = match state.seen.names.get(path) {
            Some(file) => *file,
            None => {
                let file = state.next_file;
                state.next_file += 1;
                state.seen.contents.insert(file, Vec::new());
                state.durable.contents.insert(file, Vec::new());
                state.change(Change::Link { path: path.to_owned(), file });
                file
            }
        };
        drop(state);
        Ok(Arc::new(SimFile { disk: self.clone(), file }))
    }

    fn create_dir(&self, _path: &str) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let state = self.state();
        let mut names: Vec<String> = state
            .seen
            .names
            .keys()
            .filter_map(|name| name.strip_prefix(&prefix)?.split('/').next().map(str::to_owned))
            .collect();
        names.dedup();
        Ok(names)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        let file = *state.seen.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        state.change(Change::Link { path: to.to_owned(), file });
        state.change(Change::Unlink { path: from.to_owned() });
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        if !state.seen.names.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change(Change::Unlink { path: path.to_owned() });
        Ok(())
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.state().sync(|change| match change {
            Change::Link { path: name, .. } | Change::Unlink { path: name } => folder_of(name) == path,
            Change::Write { .. } | Change::Cut { .. } => false,
        });
        Ok(())
    }

    fn lock(&self, path: &str) -> io::Result<Box<dyn Send + Sync>> {
        if !self.state().locked.insert(path.to_owned()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(SimLock { disk: self.clone(), path: path.to_owned() }))
    }
}

struct SimLock {
    disk: SimFiles,
    path: String,
}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.disk.state().locked.remove(&self.path);
    }
}
