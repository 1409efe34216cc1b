//! The engines that hold the rows of the views.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub use super::overlay::{Order, Scan};

/// What an engine could not do, or a row that is not what was written. The engine is set aside and rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ViewsError(pub String);

/// Rows to change: the new value, or None for a row that is gone.
pub type Changes<'a, 'b> = &'a mut (dyn Iterator<Item = (&'b [u8], Option<&'b [u8]>)> + 'a);

/// A sorted map of rows. Not the truth: it may lose or refuse anything at any time, as long as it says so.
pub trait Views: Send + Sync {
    /// # Errors
    /// The row is there and damaged, or the engine failed.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewsError>;

    /// Calls `visit` until it returns false. Holds no lock while it does. Rows changed meanwhile may be met old or new.
    ///
    /// # Errors
    /// As [`Views::get`]; rows visited before the error are right.
    fn scan(&self, scan: Scan<'_>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<(), ViewsError>;

    /// Makes all changes or, after a kill, none.
    ///
    /// # Errors
    /// The engine failed; some of the changes may show.
    fn apply(&self, changes: Changes<'_, '_>) -> Result<(), ViewsError>;

    /// Hands what is buffered to the operating system.
    ///
    /// # Errors
    /// The engine failed.
    fn flush(&self) -> Result<(), ViewsError> {
        Ok(())
    }
}

/// Where engines are kept between two openings.
pub trait Shelf: Send + Sync {
    /// The engine left by the last opening, if it may be trusted; else why not.
    fn existing(&self) -> Result<Arc<dyn Views>, String>;

    /// A new, empty engine beside the one in use. It is thrown away unless it is adopted.
    ///
    /// # Errors
    /// It could not be made.
    fn fresh(&self) -> Result<Arc<dyn Views>, ViewsError>;

    /// `views` is the engine in use from now on; others made here before are set aside.
    fn adopt(&self, views: &Arc<dyn Views>);

    /// The engine in use has proved wrong: a later opening must not trust it.
    fn distrust(&self) {}

    /// The store is being closed in order, after the last change was applied and flushed.
    fn close(&self) {}
}

/// Rows in memory.
#[derive(Default)]
pub struct MemViews {
    rows: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
}

/// Rows copied at a time while scanning, at first and at most.
const CHUNK_ROWS: (usize, usize) = (8, 256);

impl MemViews {
    /// A copy of the rows as they are.
    pub fn copy(&self) -> Self {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner).clone();
        Self { rows: RwLock::new(rows) }
    }
}

impl Views for MemViews {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewsError> {
        Ok(self.rows.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<(), ViewsError> {
        let Some((mut low, mut high)) = scan.bounds() else { return Ok(()) };
        let mut chunk = CHUNK_ROWS.0;
        loop {
            let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
            let range = rows.range::<Vec<u8>, _>((low.clone(), high.clone()));
            let copy = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
            let taken: Vec<_> = match scan.order {
                Order::Up => range.take(chunk).map(copy).collect(),
                Order::Down => range.rev().take(chunk).map(copy).collect(),
            };
            drop(rows);
            if !taken.iter().all(|(key, value)| visit(key, value)) || taken.len() < chunk {
                return Ok(());
            }
            let Some((last, _)) = taken.into_iter().next_back() else { return Ok(()) };
            match scan.order {
                Order::Up => low = Bound::Excluded(last),
                Order::Down => high = Bound::Excluded(last),
            }
            if let (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) =
                (&low, &high)
                && a >= b
            {
                return Ok(());
            }
            chunk = (chunk * 2).min(CHUNK_ROWS.1);
        }
    }

    fn apply(&self, changes: Changes<'_, '_>) -> Result<(), ViewsError> {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes {
            match value {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(key),
            };
        }
        Ok(())
    }
}

/// Keeps nothing, unless it was given rows to start from.
#[derive(Default)]
pub struct MemShelf {
    kept: Mutex<Option<Arc<dyn Views>>>,
}

impl MemShelf {
    /// A shelf on which an earlier opening left `views`.
    pub fn holding(views: Arc<dyn Views>) -> Self {
        Self { kept: Mutex::new(Some(views)) }
    }

    /// The engine in use, or the one left by the last opening.
    pub fn kept(&self) -> Option<Arc<dyn Views>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shelf for MemShelf {
    fn existing(&self) -> Result<Arc<dyn Views>, String> {
        self.kept().ok_or_else(|| "there were none".to_owned())
    }

    fn fresh(&self) -> Result<Arc<dyn Views>, ViewsError> {
        Ok(Arc::new(MemViews::default()))
    }

    fn adopt(&self, views: &Arc<dyn Views>) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(views));
    }

    fn distrust(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
