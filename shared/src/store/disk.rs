//! A store on disk: the journal in files, the views in sled.
//!
//! ```text
//! lock                 taken while the store is open
//! journal/             the truth
//! views/00000001/      a sled database; the number grows whenever one is made anew
//! views/state          which of them is in use, whether it was closed in order, and in which run of the machine
//! views/aside/         the last one that proved wrong
//! ```
//!
//! After a power cut sled may hold anything, so views that were not closed in order are used again only in the same run
//! of the machine, as after a kill.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::commit::Store;
use super::files::DiskFiles;
use super::open::{OpenReport, Options};
use super::sled_views::{Leave, SledViews, set_aside};
use super::views::{Shelf, Views, ViewsError};
use super::{Fold, StoreError};

/// What sled may cache, in bytes as stored; in memory it takes more than twice that.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

impl Store {
    /// Opens the store in a folder, making it if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Damage`] of the journal, or what the files say. Views that are missing,
    /// damaged or behind are no error: see the report.
    pub fn open(
        folder: &Path,
        fold: Arc<dyn Fold>,
        mut options: Options,
    ) -> Result<(Self, OpenReport), StoreError> {
        let what = || format!("making {}", folder.display());
        let files = DiskFiles::new(folder).map_err(|error| StoreError::io(what(), &error))?;
        let shelf = DiskShelf::new(folder.join("views"));
        options.journal_id.get_or_insert_with(random_id);
        Self::open_with(Arc::new(files), Arc::new(shelf), fold, options)
    }
}

/// Sixteen bytes from the random keys that the standard library seeds its maps with.
fn random_id() -> [u8; 16] {
    let mut id = [0; 16];
    for half in id.chunks_mut(8) {
        half.copy_from_slice(&RandomState::new().hash_one(0).to_le_bytes());
    }
    id
}

/// What is written about the views between two openings.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Open { number: u64, boot: String },
    Closed { number: u64 },
    Distrusted,
}

impl State {
    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        match *words.as_slice() {
            ["open", number, boot] => {
                Some(Self::Open { number: number.parse().ok()?, boot: boot.to_owned() })
            }
            ["closed", number] => Some(Self::Closed { number: number.parse().ok()? }),
            ["distrusted"] => Some(Self::Distrusted),
            _ => None,
        }
    }

    /// Durable on return.
    fn write(&self, path: &Path) -> io::Result<()> {
        let text = match self {
            Self::Open { number, boot } => format!("open {number} {boot}\n"),
            Self::Closed { number } => format!("closed {number}\n"),
            Self::Distrusted => "distrusted\n".to_owned(),
        };
        let new = path.with_extension("new");
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// This run of the machine, if the system tells.
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty() && !id.contains(char::is_whitespace))
}

/// The sled databases under one folder.
pub struct DiskShelf {
    folder: PathBuf,
    made: Mutex<Made>,
}

#[derive(Default)]
struct Made {
    last: u64,
    in_use: Option<(u64, Arc<SledViews>)>,
    spare: Vec<(u64, Arc<SledViews>)>,
    wrong: bool,
}

impl DiskShelf {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, made: Mutex::default() }
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_path(&self) -> PathBuf {
        self.folder.join("state")
    }

    fn database(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:08}"))
    }

    fn aside(&self) -> PathBuf {
        self.folder.join("aside")
    }

    fn write(&self, state: &State) {
        // A state that could not be written is worth removing: without one nothing is trusted.
        if state.write(&self.state_path()).is_err() {
            let _ = fs::remove_file(self.state_path());
        }
    }

    fn opened(&self, number: u64) -> State {
        State::Open { number, boot: boot().unwrap_or_else(|| "unknown".to_owned()) }
    }

    /// The database that may be trusted.
    fn trusted(&self, found: &[u64]) -> Result<u64, String> {
        if found.is_empty() {
            return Err("there were none".to_owned());
        }
        let number = match State::read(&self.state_path()) {
            Some(State::Closed { number }) => number,
            Some(State::Open { number, boot: then }) if boot() == Some(then.clone()) => number,
            Some(State::Open { .. }) => return Err("the machine went down while they were open".to_owned()),
            Some(State::Distrusted) => return Err("they had proved wrong".to_owned()),
            None => return Err("how they were left is not known".to_owned()),
        };
        let there = found.contains(&number);
        there.then_some(number).ok_or_else(|| "they were missing".to_owned())
    }

    fn numbers(&self) -> Vec<u64> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }
}

/// Makes the files of a database durable, which its own `flush` does not.
fn sync_folder(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_folder(&path)?;
        } else {
            fs::OpenOptions::new().append(true).open(&path)?.sync_all()?;
        }
    }
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

impl Shelf for DiskShelf {
    fn existing(&self) -> Result<Arc<dyn Views>, String> {
        let found = self.numbers();
        let mut made = self.made();
        made.last = found.iter().copied().max().unwrap_or_default();
        let trusted = self.trusted(&found);
        for number in found.iter().copied().filter(|number| trusted != Ok(*number)) {
            let _ = set_aside(&self.database(number), &self.aside());
        }
        let number = trusted?;
        self.write(&self.opened(number));
        match SledViews::open(&self.database(number), CACHE_BYTES) {
            Ok(views) => {
                let views = Arc::new(views);
                views.set_leave(Leave::Aside(self.aside()));
                made.in_use = Some((number, Arc::clone(&views)));
                Ok(views)
            }
            Err(error) => {
                let _ = set_aside(&self.database(number), &self.aside());
                Err(error.0)
            }
        }
    }

    fn fresh(&self) -> Result<Arc<dyn Views>, ViewsError> {
        let mut made = self.made();
        made.spare.retain(|(_, views)| Arc::strong_count(views) > 1);
        made.last += 1;
        let number = made.last;
        let folder = self.database(number);
        fs::create_dir_all(&self.folder).map_err(|error| ViewsError(format!("making a folder: {error}")))?;
        let _ = fs::remove_dir_all(&folder);
        let views = Arc::new(SledViews::open(&folder, CACHE_BYTES)?);
        views.set_leave(Leave::Removed);
        made.spare.push((number, Arc::clone(&views)));
        Ok(views)
    }

    fn adopt(&self, views: &Arc<dyn Views>) {
        let same = |other: &Arc<SledViews>| std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(views));
        let mut made = self.made();
        if let Some((_, views)) = made.in_use.as_ref().filter(|(_, used)| same(used)) {
            views.set_leave(Leave::Kept);
            return;
        }
        let Some(index) = made.spare.iter().position(|(_, spare)| same(spare)) else { return };
        let (number, views) = made.spare.swap_remove(index);
        self.write(&self.opened(number));
        views.set_leave(Leave::Kept);
        let wrong = std::mem::take(&mut made.wrong);
        if let Some((_, old)) = made.in_use.replace((number, views)) {
            let kept = *old.leave() == Leave::Kept && !wrong;
            old.set_leave(if kept { Leave::Removed } else { Leave::Aside(self.aside()) });
        }
    }

    fn distrust(&self) {
        self.made().wrong = true;
        self.write(&State::Distrusted);
    }

    fn close(&self) {
        let made = self.made();
        if let Some((number, _)) = made.in_use.as_ref().filter(|_| !made.wrong)
            && sync_folder(&self.database(*number)).is_ok()
        {
            self.write(&State::Closed { number: *number });
        }
    }
}
