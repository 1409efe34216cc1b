//! The records of a package, folded from its entries and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::index::Name;
use super::runs::Kept;
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, StreamName};
use crate::record::{Entry, Fields, Record, Value};
use crate::store::{Fold, Place, ViewMut as _};
use crate::stream::Item;
use crate::view::map::MapViews;
use crate::view::{Folder, read, tables};

/// An entry and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) stream: StreamName,
    pub(super) seq: u64,
    pub(super) entry: Entry,
}

pub(super) struct Contents {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) views: MapViews,
    changes: BTreeMap<RecordId, Vec<Change>>,
}

/// What stays in the office is folded first: of a record that was taken out of it, its beginning.
fn rank(stream: StreamName) -> (u8, StreamName) {
    (u8::from(stream.travels()), stream)
}

impl Contents {
    /// Folds entries as a store does. Bytes that are no entry are passed over.
    pub(super) fn fold(catalogue: Arc<Catalogue>, mut kept: Vec<Kept>) -> Self {
        kept.sort_by_key(|kept| (rank(kept.stream), kept.seq));
        let folder = Folder::new(Arc::clone(&catalogue));
        let (mut views, mut changes) = (MapViews::default(), BTreeMap::<_, Vec<_>>::new());
        for Kept { stream, epoch, seq, bytes } in kept {
            let Ok(entry) = Entry::decode(&bytes) else { continue };
            folder.apply(&mut views, Place { stream, epoch, seq }, &Item::Entry(bytes));
            changes.entry(entry.record).or_default().push(Change { stream, seq, entry });
        }
        Self { catalogue, views, changes }
    }

    /// Lets records outside the package be called by their titles.
    #[must_use]
    pub(super) fn with_names(mut self, names: &[Name]) -> Self {
        for name in names {
            let Some(kind) = self.catalogue.kind(&name.kind) else { continue };
            if !self.changes.contains_key(&name.id) {
                let title = (kind.title, Value::Text(name.title.clone()));
                self.views.put(&tables::record_key(name.id), nameplate(name.id, kind.tag, title).encode());
            }
        }
        self
    }

    pub(super) fn record(&self, id: RecordId) -> Option<Record> {
        self.changes.contains_key(&id).then(|| read::record(&self.views, id)).flatten()
    }

    /// Values of a record that stay in the office, as far as they are in the package.
    pub(super) fn local(&self, id: RecordId) -> Fields {
        read::local(&self.views, id)
    }

    /// All that happened to a record, in order.
    pub(super) fn changes(&self, id: RecordId) -> &[Change] {
        self.changes.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every entry.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.changes.values().flatten().map(|change| &change.entry)
    }

    /// Records of which it has entries.
    pub(super) fn ids(&self) -> impl Iterator<Item = RecordId> {
        self.changes.keys().copied()
    }
}

/// A record of which only the title is known.
fn nameplate(id: RecordId, kind: u32, title: (u32, Value)) -> Record {
    Record {
        id,
        kind,
        stream: StreamName::DownAll,
        rev: 0,
        status: 0,
        fields: [title].into(),
        deadlines: BTreeMap::new(),
        created_at: 0,
        changed_at: 0,
        flags: Default::default(),
        steps: Vec::new(),
        last: [0; 16],
    }
}
