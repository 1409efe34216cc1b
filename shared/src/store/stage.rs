//! Folding frames into rows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::journal::Position;
use super::keys::{self, IndexRow};
use super::overlay::{Order, Overlay, Scan};
use super::snapshot::Snapshot;
use super::{Fold, Place, StoreError, View, ViewMut};
use crate::ids::StreamName;
use crate::stream::{Frame, Head, Item};

/// Rows being changed over a moment of the views.
pub(crate) struct Stage {
    pub(crate) snapshot: Snapshot,
    pub(crate) over: Overlay,
    pub(crate) fold: Arc<dyn Fold>,
}

impl View for Stage {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.snapshot.get_under(Some(&self.over.map), key)
    }

    fn scan(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        self.snapshot.scan_under(Some(&self.over.map), Scan { prefix, from, order: Order::Up }, visit);
    }

    fn scan_back(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        self.snapshot.scan_under(Some(&self.over.map), Scan { prefix, from, order: Order::Down }, visit);
    }
}

impl ViewMut for Stage {
    fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.over.set(key, Some(value));
    }

    fn delete(&mut self, key: &[u8]) {
        self.over.set(key, None);
    }
}

/// The head of a stream as the views have it.
pub(crate) fn head(view: &(impl View + ?Sized), stream: StreamName) -> Head {
    view.get(&keys::head(stream))
        .and_then(|row| keys::decode_head(&row))
        .unwrap_or_else(|| Head::empty(stream))
}

impl Stage {
    pub(crate) fn new(snapshot: Snapshot, fold: Arc<dyn Fold>) -> Self {
        Self { snapshot, over: Overlay::default(), fold }
    }

    pub(crate) fn head(&self, stream: StreamName) -> Head {
        head(self, stream)
    }

    /// Folds the items of a frame that stands at `at`, those up to sequence number `live_to`; returns the new head.
    ///
    /// # Errors
    /// [`StoreError::NotNext`]; nothing is changed then.
    pub(crate) fn fold_frame(
        &mut self,
        at: Position,
        frame: &Frame,
        live_to: u64,
    ) -> Result<Head, StoreError> {
        let mut head = self.head(frame.stream);
        if frame.first != head.len + 1 || frame.prev != head.hash {
            return Err(StoreError::NotNext { stream: frame.stream, len: head.len, first: frame.first });
        }
        let mut live = 0;
        for item in &frame.items {
            if head.len >= live_to {
                break;
            }
            head = head.next(frame.epoch, &item.digest());
            self.fold_item(Place { stream: frame.stream, epoch: frame.epoch, seq: head.len }, item);
            live += 1;
        }
        if live > 0 {
            self.put(&keys::index(frame.stream, frame.first), IndexRow { at, live }.encode());
            self.put(&keys::head(frame.stream), keys::encode_head(head));
        }
        Ok(head)
    }

    /// Folds one item; a panic of the fold undoes what it did and is reported to the fold itself.
    fn fold_item(&mut self, place: Place, item: &Item) {
        let fold = Arc::clone(&self.fold);
        let mark = self.over.mark();
        let applied = catch_unwind(AssertUnwindSafe(|| fold.apply(self, place, item)));
        if applied.is_err() {
            self.over.rollback(mark);
            if catch_unwind(AssertUnwindSafe(|| fold.failed(self, place, item))).is_err() {
                self.over.rollback(mark);
            }
        }
    }
}
