//! Files that write down what is done to them: the proof that nothing is said before it is durable.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::{File, Files};

/// One thing that happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Write {
        path: String,
        offset: u64,
        bytes: Vec<u8>,
    },
    Cut {
        path: String,
        len: u64,
    },
    /// A sync that has returned.
    Sync {
        path: String,
    },
    SyncDir {
        path: String,
    },
    Remove {
        path: String,
    },
    /// Noted by the one who watches, such as an acknowledgement that has left.
    Note(String),
}

type Log = Arc<Mutex<Vec<Event>>>;

fn add(log: &Log, event: Event) {
    log.lock().unwrap_or_else(PoisonError::into_inner).push(event);
}

/// Any files, watched.
#[derive(Debug, Clone)]
pub struct Traced<F> {
    files: F,
    log: Log,
}

impl<F: Files> Traced<F> {
    pub fn new(files: F) -> Self {
        Self { files, log: Log::default() }
    }

    pub fn note(&self, text: impl Into<String>) {
        add(&self.log, Event::Note(text.into()));
    }

    /// What has happened so far.
    pub fn events(&self) -> Vec<Event> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn watch(&self, path: &str, file: Arc<dyn File>) -> Arc<dyn File> {
        Arc::new(TracedFile { file, path: path.to_owned(), log: Arc::clone(&self.log) })
    }
}

struct TracedFile {
    file: Arc<dyn File>,
    path: String,
    log: Log,
}

impl File for TracedFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write_at(offset, bytes)?;
        let bytes = bytes.get(..count).unwrap_or(bytes).to_vec();
        add(&self.log, Event::Write { path: self.path.clone(), offset, bytes });
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        add(&self.log, Event::Cut { path: self.path.clone(), len });
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()?;
        add(&self.log, Event::Sync { path: self.path.clone() });
        Ok(())
    }
}

impl<F: Files> Files for Traced<F> {
    fn open(&self, path: &str) -> io::Result<Arc<dyn File>> {
        Ok(self.watch(path, self.files.open(path)?))
    }

    fn create(&self, path: &str) -> io::Result<Arc<dyn File>> {
        Ok(self.watch(path, self.files.create(path)?))
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        self.files.create_dir(path)
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        self.files.list(path)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.files.rename(from, to)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.files.remove(path)?;
        add(&self.log, Event::Remove { path: path.to_owned() });
        Ok(())
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        self.files.sync_dir(path)?;
        add(&self.log, Event::SyncDir { path: path.to_owned() });
        Ok(())
    }

    fn lock(&self, path: &str) -> io::Result<Box<dyn Send + Sync>> {
        self.files.lock(path)
    }
}
