//! The views as they were at an earlier moment, folded anew from the journal.
//!
//! A moment is known by the heads that the streams had then. The journal is read from its start, every link of every
//! chain is checked, and everything before the place where all streams have these heads at once is folded, with the cuts
//! that had been made by then. So what was appended or cut since makes no difference.
//!
//! A stream that is cut back and written again alike has its head a second time, and entries of other streams may have come
//! between: the views may be others then. The last such moment counts: whoever keeps heads notes them in a stream, so that
//! these heads never come again after his look.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::commit::Store;
use super::journal::{Chains, GROUP_HEADER, Journal, Position, frame_len};
use super::rebuild::{self, Source, decode};
use super::snapshot::Snapshot;
use super::{Fold, Progress, StoreError, View};
use crate::ids::StreamName;
use crate::stream::Head;

/// Why an earlier moment cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PastError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal has no entry with this head: another one stands there, or none.
    #[error("{stream} never had the head {expected:?}; at that length, or at its end, it has {found:?}")]
    Head { stream: StreamName, expected: Head, found: Head },
    /// Every stream had its head, but not all at once.
    #[error("the streams never had these heads at one moment")]
    NoMoment,
}

/// The views of an earlier moment, in an engine of their own that goes with this value.
pub struct Past {
    snapshot: Snapshot,
    /// Entries folded.
    pub entries: u64,
}

impl Past {
    /// # Errors
    /// Rows were missing from what `f` saw.
    pub fn read<T>(&self, f: impl FnOnce(&dyn View) -> T) -> Result<T, StoreError> {
        let value = f(&self.snapshot);
        self.snapshot.fault().map_or(Ok(value), |error| Err(rebuild::engine(error.clone())))
    }
}

impl Store {
    /// Folds the journal, as far as it had come when its streams had exactly these heads, with another fold than the
    /// store's own. Takes time in proportion to the journal, and room for the views; writing goes on meanwhile.
    ///
    /// # Errors
    /// See [`PastError`].
    pub fn past(
        &self,
        heads: &[(StreamName, Head)],
        fold: Arc<dyn Fold>,
        progress: &dyn Fn(Progress),
    ) -> Result<Past, PastError> {
        let inner = self.inner();
        let end = inner.gate.lock().state.durable;
        let at = moment(&inner.journal, end, heads)?;
        let views = inner.shelf.fresh().map_err(rebuild::engine)?;
        let source = Source { journal: &inner.journal, end: at, ahead: (at, &[]), cut: None };
        let entries = rebuild::fold_all(&source, &views, &fold, None, progress)?;
        Ok(Past { snapshot: Snapshot::of(views, at), entries })
    }
}

/// The end of the last group after which the streams have these heads.
fn moment(journal: &Journal, end: Position, heads: &[(StreamName, Head)]) -> Result<Position, PastError> {
    let mut chains = Chains::new(journal, end)?;
    let mut watch = Watch { wanted: heads.iter().copied().collect(), ..Watch::default() };
    let mut found = watch.is_there(&chains).then(Journal::start);
    journal.groups(Journal::start(), end, &mut |at, group, frames| {
        let (mut place, mut rest) = (at.forward(GROUP_HEADER), frames);
        while let Some(length) = frame_len(rest) {
            let (bytes, after) = rest.split_at(length);
            let frame = decode(place, bytes)?;
            chains.follow(place, &frame)?;
            watch.pass(frame.stream, &chains);
            (place, rest) = (place.forward(length), after);
        }
        if watch.is_there(&chains) {
            found = Some(at.forward(GROUP_HEADER + group.bytes as usize));
        }
        Ok(())
    })?;
    found.ok_or_else(|| watch.missing(&chains))
}

/// Which streams have had the heads that are looked for.
#[derive(Default)]
struct Watch {
    wanted: BTreeMap<StreamName, Head>,
    /// Streams that have had theirs.
    had: BTreeMap<StreamName, Head>,
    /// What stood at the length that is looked for.
    there: BTreeMap<StreamName, Head>,
}

impl Watch {
    fn is_there(&self, chains: &Chains) -> bool {
        let heads = chains.heads();
        let open = heads.iter().filter(|(_, head)| head.len > 0).count();
        open == self.wanted.len() && self.wanted.iter().all(|(stream, head)| heads.get(stream) == Some(head))
    }

    fn pass(&mut self, stream: StreamName, chains: &Chains) {
        let (Some(wanted), Some(head)) = (self.wanted.get(&stream), chains.heads().get(&stream)) else {
            return;
        };
        if head == wanted {
            self.had.insert(stream, *head);
        }
        // A moment stands between groups, so a frame that ends beyond the length tells as much as one that ends there.
        if head.len >= wanted.len && !self.there.contains_key(&stream) {
            self.there.insert(stream, *head);
        }
    }

    fn missing(&self, chains: &Chains) -> PastError {
        let lacking = self.wanted.iter().find(|(stream, _)| !self.had.contains_key(stream));
        let Some((stream, expected)) = lacking else { return PastError::NoMoment };
        let last = || chains.heads().get(stream).copied().unwrap_or_else(|| Head::empty(*stream));
        let found = self.there.get(stream).copied().unwrap_or_else(last);
        PastError::Head { stream: *stream, expected: *expected, found }
    }
}
