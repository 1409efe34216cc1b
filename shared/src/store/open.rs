//! Putting a store together.

use std::sync::Arc;

use super::commit::{Parts, Store};
use super::files::{Files, SimFiles};
use super::journal::{self, Durable, Position, Verified, Writer};
use super::keys::{self, Stamp};
use super::reading;
use super::rebuild::{self, Source};
use super::views::{MemShelf, Shelf, Views};
use super::{Fold, StoreError};
use crate::limits;

/// How far a long piece of work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub entries: u64,
    pub at: Position,
    pub end: Position,
}

/// How a store is opened.
pub struct Options {
    /// Id of the journal if a new one is made, so that views of another journal are told apart. None: random on disk, a fixed
    /// one elsewhere.
    pub journal_id: Option<[u8; 16]>,
    /// What the caller knows from elsewhere to be durable. A journal that ends before is damaged.
    pub durable: Option<Durable>,
    pub segment_bytes_max: u64,
    pub group_bytes_max: usize,
    /// Rows that may wait in memory to be moved into the view engine; above it writers help. In memory they take about twice
    /// as much. A hub that is to take a first sync at full speed wants more.
    pub waiting_bytes_max: usize,
    /// Whether rows are moved into the view engine by a thread of its own, or by the writers.
    pub background: bool,
    /// Views are made anew even if they are good.
    pub rebuild: bool,
    pub progress: Box<dyn Fn(Progress) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            journal_id: None,
            durable: None,
            segment_bytes_max: limits::SEGMENT_BYTES_MAX,
            group_bytes_max: limits::GROUP_BYTES_MAX,
            waiting_bytes_max: 8 * 1024 * 1024,
            background: false,
            rebuild: false,
            progress: Box::new(|_| {}),
        }
    }
}

/// What was done about the views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewsOutcome {
    /// They reflected the whole journal.
    Kept,
    /// They were behind: so many entries were folded.
    CaughtUp { entries: u64 },
    /// They were made anew from so many entries.
    Rebuilt { why: String, entries: u64 },
}

/// What was found and done on opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// There was no journal; one was made.
    pub new: bool,
    /// A tail that a power cut or a kill had torn, never acknowledged, was cut off here; bytes.
    pub cut: Option<(Position, u64)>,
    pub views: ViewsOutcome,
    pub durable: Durable,
}

impl Store {
    /// A store in memory that ends with its last clone.
    pub fn memory(fold: Arc<dyn Fold>) -> Self {
        let opened = Self::open_with(
            Arc::new(SimFiles::new()),
            Arc::new(MemShelf::default()),
            fold,
            Options::default(),
        );
        match opened {
            Ok((store, _)) => store,
            Err(error) => unreachable!("a new journal in memory: {error}"),
        }
    }

    /// Opens the journal in `files` with the views on `shelf`.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Damage`] of the journal, or what the files say.
    pub fn open_with(
        files: Arc<dyn Files>,
        shelf: Arc<dyn Shelf>,
        fold: Arc<dyn Fold>,
        options: Options,
    ) -> Result<(Self, OpenReport), StoreError> {
        let io = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| StoreError::io(what, &error)
        };
        files.create_dir(journal::FOLDER).map_err(io("making the journal's folder"))?;
        let lock = files.lock("lock").map_err(|error| match error.kind() {
            std::io::ErrorKind::WouldBlock => StoreError::Locked,
            _ => StoreError::io("locking the folder", &error),
        })?;

        let existing = shelf.existing().and_then(|views| {
            let stamp = views.get(keys::STAMP).map_err(|error| error.to_string())?;
            let stamp = stamp.and_then(|row| Stamp::decode(&row));
            let stamp = stamp.ok_or("their making was cut short, or they are of another layout")?;
            Ok((views, stamp))
        });
        let claim =
            existing.as_ref().ok().map(|(_, stamp)| Durable { journal: stamp.journal, end: stamp.end });
        let recovered = journal::open(
            Arc::clone(&files),
            options.journal_id.unwrap_or([1; 16]),
            &[options.durable, claim],
        )?;
        let writer = recovered.writer;

        let parts = Folding { writer: &writer, shelf: &*shelf, fold: &fold, progress: &*options.progress };
        let wanted =
            |views| if options.rebuild { Err("a rebuild was asked for".to_owned()) } else { Ok(views) };
        let (base, views) =
            match existing.and_then(wanted).and_then(|(views, stamp)| parts.catch_up(views, stamp)) {
                Ok(kept) => kept,
                Err(why) => parts.rebuild(why)?,
            };
        let durable = Durable { journal: writer.journal.id, end: writer.end };
        let report = OpenReport { new: recovered.new, cut: recovered.cut, views, durable };
        let store = Self::assemble(Parts {
            writer,
            base,
            shelf,
            fold,
            progress: options.progress,
            group_bytes_max: options.group_bytes_max,
            segment_bytes_max: options.segment_bytes_max,
            waiting_bytes_max: options.waiting_bytes_max,
            background: options.background,
            lock,
        });
        Ok((store, report))
    }

    /// How far the journal is durable: worth keeping outside the folder, see [`Options::durable`].
    pub fn durable(&self) -> Durable {
        let inner = self.inner();
        Durable { journal: inner.journal.id, end: inner.gate.lock().state.durable }
    }
}

impl Store {
    /// Copies the journal as it is now into other files, while writing goes on; returns the bytes. The copy can be opened as
    /// a store: it is complete, identities are not in it.
    ///
    /// # Errors
    /// The files hold a journal already, or what they say.
    pub fn backup(&self, to: &dyn Files) -> Result<u64, StoreError> {
        let inner = self.inner();
        let end = inner.gate.lock().state.durable;
        journal::copy(&inner.journal, end, to)
    }
}

impl Store {
    /// Reads the whole journal: every check sum, every link of every chain, and that the heads are those of the views.
    /// Writing goes on meanwhile; what is written after the call began is not read.
    ///
    /// # Errors
    /// [`StoreError::Damage`], with the first place that is not what was written.
    pub fn verify(&self, progress: &dyn Fn(Progress)) -> Result<Verified, StoreError> {
        let inner = self.inner();
        let snapshot = inner.gate.snapshot(None);
        let end = snapshot.state.durable;
        let verified = journal::verify(&inner.journal, end, progress)?;
        if verified.streams != reading::heads(&snapshot) {
            return Err(end.damage("the views have other heads than the journal"));
        }
        Ok(verified)
    }
}

struct Folding<'a> {
    writer: &'a Writer,
    shelf: &'a dyn Shelf,
    fold: &'a Arc<dyn Fold>,
    progress: &'a dyn Fn(Progress),
}

impl Folding<'_> {
    fn stamp(&self) -> Stamp {
        Stamp { journal: self.writer.journal.id, end: self.writer.end, fold: self.fold.version() }
    }

    /// Brings views that reflect `stamp` up to the journal's end, or says why they are of no use.
    fn catch_up(
        &self,
        views: Arc<dyn Views>,
        stamp: Stamp,
    ) -> Result<(Arc<dyn Views>, ViewsOutcome), String> {
        let wanted = self.stamp();
        if stamp.journal != wanted.journal {
            return Err("they belong to another journal".to_owned());
        }
        if stamp.fold != wanted.fold {
            return Err(format!("they are of version {}, this is {}", stamp.fold, wanted.fold));
        }
        let outcome = if stamp.end == wanted.end {
            ViewsOutcome::Kept
        } else {
            let range = (stamp.end, wanted.end);
            let entries = rebuild::fold_tail(&self.writer.journal, range, &views, self.fold, wanted)
                .map_err(|error| error.to_string())?
                .ok_or("a stream was rebased since")?;
            ViewsOutcome::CaughtUp { entries }
        };
        self.shelf.adopt(&views);
        Ok((views, outcome))
    }

    fn rebuild(&self, why: String) -> Result<(Arc<dyn Views>, ViewsOutcome), StoreError> {
        let views = self.shelf.fresh().map_err(rebuild::engine)?;
        let end = self.writer.end;
        let source = Source { journal: &self.writer.journal, end, ahead: (end, &[]), cut: None };
        let entries = rebuild::fold_all(&source, &views, self.fold, Some(self.stamp()), self.progress)?;
        self.shelf.adopt(&views);
        Ok((views, ViewsOutcome::Rebuilt { why, entries }))
    }
}
