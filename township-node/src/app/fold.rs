//! How a node's streams become its views: records by the catalogue, the machine's own notes by sync.

use std::sync::Arc;

use shared::catalogue::model::Catalogue;
use shared::ids::StreamName;
use shared::store::{Fold, Place, ViewMut};
use shared::stream::Item;
use shared::sync::note;
use shared::view::Folder;

#[derive(Debug, Clone)]
pub(super) struct NodeFold {
    records: Folder,
}

impl NodeFold {
    pub(super) fn new(catalogue: Arc<Catalogue>) -> Self {
        Self { records: Folder::new(catalogue) }
    }
}

impl Fold for NodeFold {
    fn version(&self) -> u64 {
        self.records.version()
    }

    fn apply(&self, views: &mut dyn ViewMut, place: Place, item: &Item) {
        match (place.stream, item) {
            (StreamName::Meta(_), Item::Entry(bytes)) => {
                note::fold(views, place, bytes);
            }
            _ => self.records.apply(views, place, item),
        }
    }

    fn failed(&self, views: &mut dyn ViewMut, place: Place, item: &Item) {
        self.records.failed(views, place, item);
    }
}
