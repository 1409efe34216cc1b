//! What a store stands on in a test: memory or disk, kept between openings.

use std::sync::Arc;

use super::model::TestFold;
use crate::store::files::{Files, SimFiles};
use crate::store::views::{MemShelf, MemViews};
use crate::store::{OpenReport, Options, Store, StoreError};

pub(crate) enum Bed {
    Memory {
        files: SimFiles,
        shelf: Arc<MemShelf>,
    },
    #[cfg(feature = "disk")]
    Disk(tempfile::TempDir),
}

impl Bed {
    pub(crate) fn memory() -> Self {
        Self::Memory { files: SimFiles::new(), shelf: Arc::default() }
    }

    #[cfg(feature = "disk")]
    pub(crate) fn disk() -> Self {
        Self::Disk(tempfile::tempdir().unwrap())
    }

    pub(crate) fn try_open(&self, version: u64, options: Options) -> Result<(Store, OpenReport), StoreError> {
        let fold = Arc::new(TestFold { version });
        match self {
            Self::Memory { files, shelf } => {
                Store::open_with(Arc::new(files.clone()), Arc::clone(shelf) as _, fold, options)
            }
            #[cfg(feature = "disk")]
            Self::Disk(folder) => Store::open(folder.path(), fold, options),
        }
    }

    #[track_caller]
    pub(crate) fn open(&self) -> (Store, OpenReport) {
        self.try_open(0, small()).unwrap()
    }

    /// A copy of the journal alone.
    pub(crate) fn journal(&self) -> SimFiles {
        match self {
            Self::Memory { files, .. } => files.copy(),
            #[cfg(feature = "disk")]
            Self::Disk(folder) => {
                let copy = SimFiles::new();
                for entry in std::fs::read_dir(folder.path().join("journal")).unwrap() {
                    let entry = entry.unwrap();
                    let name = format!("journal/{}", entry.file_name().to_str().unwrap());
                    copy.replace(&name, std::fs::read(entry.path()).unwrap());
                }
                copy
            }
        }
    }
}

/// Small segments and groups, so that a short test meets every border.
pub(crate) fn small() -> Options {
    Options { segment_bytes_max: 2048, group_bytes_max: 1024, ..Options::default() }
}

/// Runs a test on every engine.
pub(crate) fn each(test: impl Fn(&Bed)) {
    test(&Bed::memory());
    #[cfg(feature = "disk")]
    test(&Bed::disk());
}

/// Opens a journal with no views.
pub(crate) fn reopen(files: &impl FilesLike) -> Result<(Store, OpenReport), StoreError> {
    let fold = Arc::new(TestFold::default());
    Store::open_with(files.arc(), Arc::new(MemShelf::default()), fold, small())
}

pub(crate) trait FilesLike {
    fn arc(&self) -> Arc<dyn Files>;
}

impl<F: Files + Clone + 'static> FilesLike for F {
    fn arc(&self) -> Arc<dyn Files> {
        Arc::new(self.clone())
    }
}

/// A shelf with a copy of the rows on another.
pub(crate) fn older(shelf: &MemShelf) -> Arc<MemShelf> {
    use crate::store::views::{Order, Scan, Views};
    let copy = MemViews::default();
    if let Some(views) = shelf.kept() {
        let mut rows = Vec::new();
        let all = Scan { prefix: &[], from: None, order: Order::Up };
        views
            .scan(all, &mut |key, value| {
                rows.push((key.to_vec(), value.to_vec()));
                true
            })
            .unwrap();
        copy.apply(&mut rows.iter().map(|(key, value)| (key.as_slice(), Some(value.as_slice())))).unwrap();
    }
    Arc::new(MemShelf::holding(Arc::new(copy)))
}
