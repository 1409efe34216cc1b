//! In step with the store.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::said::Said;
use super::{Query, Texts};
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, StreamName};
use crate::limits;
use crate::record::{Day, Entry};
use crate::store::{self, Store, StoreError, View};
use crate::stream::{Head, Item};
use crate::view::read;

/// Records that link to one that has changed, and so may show its title, which are looked at again.
const LINKING_MAX: usize = 2_000;

/// The texts of all records of a store, as of some commit.
#[derive(Default)]
pub struct Search {
    texts: Texts,
    /// Up to where each stream was looked through; none before the first look.
    seen: Option<BTreeMap<StreamName, Head>>,
    /// Records whose text is to be taken in, in this order.
    waiting: VecDeque<RecordId>,
}

/// How far it is in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// Records that can be found.
    pub ready: usize,
    /// Records that have to be taken in yet; of some of them an older text may be found.
    pub waiting: usize,
}

impl Search {
    /// Takes in at most `most` records that have changed since, the oldest date first at the beginning. Nothing is
    /// remembered that the store does not say: a stream that is another branch now begins it all anew.
    ///
    /// # Errors
    /// What the store says.
    pub fn follow(
        &mut self,
        store: &Store,
        catalogue: &Catalogue,
        most: usize,
    ) -> Result<Followed, StoreError> {
        self.look(store, catalogue)?;
        store.try_read(|views| self.take_in(views, catalogue, most))?;
        Ok(Followed { ready: self.texts.len(), waiting: self.waiting.len() })
    }

    /// Records that have to be taken in yet.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// See [`Texts::find`].
    pub fn find(&self, query: &Query, of: &dyn Fn(u32) -> bool, visit: &mut dyn FnMut(RecordId) -> bool) {
        self.texts.find(query, of, visit);
    }

    /// Finds out which records have changed.
    fn look(&mut self, store: &Store, catalogue: &Catalogue) -> Result<(), StoreError> {
        let heads = store.streams();
        if let Some(seen) = &mut self.seen {
            let mut changed = BTreeSet::new();
            let mut other_branch = false;
            for &(stream, head) in &heads {
                let at = seen.get(&stream).copied().unwrap_or(Head::empty(stream));
                if at == head {
                    continue;
                }
                if store.hash_at(stream, at.len)? == Some(at.hash) {
                    seen.insert(stream, entries(store, stream, at, head, &mut changed)?);
                } else {
                    other_branch = true;
                }
            }
            if !other_branch {
                store.read(|views| self.waiting.extend(with_linking(views, &changed)));
                return Ok(());
            }
        }
        *self = Self::default();
        store.read(|views| {
            self.seen = Some(store::heads(views).into_iter().collect());
            self.waiting = all(views, catalogue).into();
        });
        Ok(())
    }

    fn take_in(&mut self, views: &dyn View, catalogue: &Catalogue, most: usize) {
        let mut said = Said::new(views, catalogue);
        for id in self.waiting.drain(..most.min(self.waiting.len())) {
            let Some(record) = read::record(views, id) else { continue };
            if let Some(kind) = catalogue.kinds.get(&record.kind) {
                let text = said.text(kind, &record, &read::local(views, id));
                self.texts.put(id, kind.tag, &text);
            }
        }
    }
}

/// Every record of every kind, the oldest date first.
fn all(views: &dyn View, catalogue: &Catalogue) -> Vec<RecordId> {
    let mut found: Vec<(Day, RecordId)> = Vec::new();
    for kind in catalogue.kinds.values() {
        read::list_all(views, kind.tag, &mut |line| {
            found.push((line.day, line.id));
            true
        });
    }
    found.sort_unstable();
    found.into_iter().map(|(_, id)| id).collect()
}

/// Collects the records of which entries speak behind `at`; gives how far it came.
fn entries(
    store: &Store,
    stream: StreamName,
    mut at: Head,
    head: Head,
    changed: &mut BTreeSet<RecordId>,
) -> Result<Head, StoreError> {
    while at.len < head.len {
        let range = at.len + 1..=head.len;
        let frame = store.run(stream, range, limits::FRAME_BYTES_MAX, limits::ENTRY_BYTES_MAX)?;
        let Some(frame) = frame else { break };
        for item in &frame.items {
            if let Item::Entry(bytes) = item {
                changed.extend(Entry::decode(bytes).ok().map(|entry| entry.record));
            }
        }
        at = frame.head();
    }
    Ok(at)
}

fn with_linking(views: &dyn View, changed: &BTreeSet<RecordId>) -> Vec<RecordId> {
    let mut all = changed.clone();
    for id in changed {
        all.extend(read::linking(views, *id, LINKING_MAX).into_iter().map(|(from, ..)| from));
    }
    all.into_iter().collect()
}
