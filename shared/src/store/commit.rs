//! The way of one write.
//!
//! 1. The closure runs in its caller's thread, under the lock of the group that is being made, over the rows of the
//!    commits before it, durable or not yet.
//! 2. Its caller waits for the group. The first of those who wait becomes the leader: it closes the group, writes it to
//!    the journal with one fdatasync, shows its rows to readers and wakes the others. Meanwhile the next group is made.
//! 3. If the write fails, the group and the one made on top of it come to nothing, and every caller of both is told.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::journal::{self, GROUP_HEADER, Journal, Position, Writer};
use super::keys::{self, Stamp};
use super::overlay::{Merge, Order, Scan};
use super::rebuild::{self, Source};
use super::snapshot::{Gate, Healer, Layer, State};
use super::stage::Stage;
use super::tx::Tx;
use super::views::{Shelf, Views, ViewsError};
use super::{Fold, Progress, StoreError};

/// What became of a group.
pub(crate) type Outcome = OnceLock<Result<(), StoreError>>;

/// Commits that will share one fdatasync.
pub(crate) struct Group {
    pub(crate) stage: Stage,
    /// Room for the header, then frames.
    pub(crate) bytes: Vec<u8>,
    pub(crate) entries: u32,
    pub(crate) start: Position,
    /// Views rebuilt by a closure of this group.
    pub(crate) fresh: Option<Arc<dyn Views>>,
    pub(crate) outcome: Arc<Outcome>,
    /// The group that was being written when this one began: if it comes to nothing, so does this one.
    pub(crate) depends: Option<Arc<Outcome>>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.bytes.len() == GROUP_HEADER
    }

    fn failed_before(&self) -> Option<StoreError> {
        self.depends.as_ref()?.get()?.clone().err()
    }
}

/// The store's parts.
pub(crate) struct Inner {
    pub(crate) journal: Arc<Journal>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) fold: Arc<dyn Fold>,
    pub(crate) progress: Box<dyn Fn(Progress) + Send + Sync>,
    pub(crate) group_bytes_max: usize,
    pub(crate) segment_bytes_max: u64,
    pub(crate) waiting_bytes_max: usize,
    writer: Mutex<Writer>,
    build: Mutex<Option<Group>>,
    /// Whether a thread is writing a group.
    leading: Mutex<bool>,
    led: Condvar,
    /// Why the store takes no writes any more.
    closed: Mutex<Option<StoreError>>,
    applying: Mutex<()>,
    healing: Mutex<()>,
    background: Option<Background>,
    _lock: Box<dyn Send + Sync>,
}

/// Wakes the thread that applies layers to the engine.
#[derive(Default)]
pub(crate) struct Background {
    state: Mutex<Wake>,
    woken: Condvar,
}

#[derive(Default)]
struct Wake {
    work: bool,
    stop: bool,
}

pub(crate) struct Parts {
    pub(crate) writer: Writer,
    pub(crate) base: Arc<dyn Views>,
    pub(crate) shelf: Arc<dyn Shelf>,
    pub(crate) fold: Arc<dyn Fold>,
    pub(crate) progress: Box<dyn Fn(Progress) + Send + Sync>,
    pub(crate) group_bytes_max: usize,
    pub(crate) segment_bytes_max: u64,
    pub(crate) waiting_bytes_max: usize,
    pub(crate) background: bool,
    pub(crate) lock: Box<dyn Send + Sync>,
}

/// The store. Cheap to clone; all clones are one store, closed when the last is dropped.
#[derive(Clone)]
pub struct Store {
    pub(crate) handle: Arc<Handle>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    pub(crate) fn assemble(parts: Parts) -> Self {
        let end = parts.writer.end;
        let state = State { layers: Vec::new(), base: parts.base, end, durable: end };
        let inner = Arc::new(Inner {
            journal: Arc::clone(&parts.writer.journal),
            gate: Gate::new(state),
            shelf: parts.shelf,
            fold: parts.fold,
            progress: parts.progress,
            group_bytes_max: parts.group_bytes_max,
            segment_bytes_max: parts.segment_bytes_max,
            waiting_bytes_max: parts.waiting_bytes_max,
            writer: Mutex::new(parts.writer),
            build: Mutex::default(),
            leading: Mutex::new(false),
            led: Condvar::new(),
            closed: Mutex::default(),
            applying: Mutex::default(),
            healing: Mutex::default(),
            background: parts.background.then(Background::default),
            _lock: parts.lock,
        });
        let worker = inner.background.is_some().then(|| {
            let inner = Arc::clone(&inner);
            std::thread::spawn(move || inner.apply_in_background())
        });
        Self { handle: Arc::new(Handle { inner, worker: Mutex::new(worker) }) }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.handle.inner
    }

    /// Runs `f` as (part of) one durable commit; returns after fdatasync. If `f` returns Err nothing of it stays.
    ///
    /// `f` must not call [`Store::write`]. It should be quick: other writers wait for it.
    ///
    /// # Errors
    /// What `f` gives, or why the commit could not be made durable: then nothing of it stays. After [`StoreError::Full`]
    /// writes may be tried again; after [`StoreError::Closed`] the store has to be opened anew. Reading goes on.
    ///
    /// # Panics
    /// With the panic of `f`, of which nothing stays.
    pub fn write<T, E: From<StoreError>>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let inner = self.inner();
        let mut build = inner.open_build()?;
        let group = build.get_or_insert_with(|| inner.begin_group());

        let mut tx = Tx::new(group, inner);
        let result = catch_unwind(AssertUnwindSafe(|| f(&mut tx)));
        if !matches!(result, Ok(Ok(_))) {
            tx.undo();
        }
        if let Some(fault) = group.stage.snapshot.fault().cloned() {
            // Rows may have been missing from what the closures saw.
            let error = rebuild::engine(fault);
            let _ = group.outcome.set(Err(error.clone()));
            *build = None;
            inner.led.notify_all();
            return Err(error.into());
        }
        let empty = group.is_empty();
        let waits_for = if empty { group.depends.clone() } else { Some(Arc::clone(&group.outcome)) };
        if empty {
            *build = None;
        }
        drop(build);

        match result {
            Ok(Ok(value)) => {
                // Also a closure that changed nothing may have seen what is not durable yet.
                if let Some(outcome) = waits_for {
                    inner.wait(&outcome)?;
                }
                Ok(value)
            }
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl Inner {
    /// The lock of the group that is being made, once there is room in it.
    fn open_build(&self) -> Result<MutexGuard<'_, Option<Group>>, StoreError> {
        loop {
            if let Some(error) = lock(&self.closed).clone() {
                return Err(error);
            }
            let mut build = lock(&self.build);
            let Some(group) = &*build else { return Ok(build) };
            if let Some(error) = group.failed_before() {
                let _ = group.outcome.set(Err(error));
                *build = None;
                return Ok(build);
            }
            if group.bytes.len() < self.group_bytes_max {
                return Ok(build);
            }
            let outcome = Arc::clone(&group.outcome);
            drop(build);
            let _ = self.wait(&outcome);
        }
    }

    fn begin_group(self: &Arc<Self>) -> Group {
        let healer: Arc<dyn Healer> = Arc::clone(self) as Arc<dyn Healer>;
        let (snapshot, depends) = self.gate.snapshot_ahead(Some(healer));
        let start = Writer::next_start(snapshot.state.end, self.group_bytes_max, self.segment_bytes_max);
        Group {
            stage: Stage::new(snapshot, Arc::clone(&self.fold)),
            bytes: vec![0; GROUP_HEADER],
            entries: 0,
            start,
            fresh: None,
            outcome: Arc::default(),
            depends,
        }
    }

    /// Waits until a group has come to something, leading it or the one before if nobody does.
    fn wait(&self, outcome: &Outcome) -> Result<(), StoreError> {
        let mut leading = lock(&self.leading);
        loop {
            if let Some(result) = outcome.get() {
                return result.clone();
            }
            if *leading {
                leading = self.led.wait(leading).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            *leading = true;
            drop(leading);
            self.lead();
            *lock(&self.leading) = false;
            self.led.notify_all();
            self.after_commit();
            leading = lock(&self.leading);
        }
    }

    /// Returns when no group is being written.
    pub(crate) fn wait_idle(&self) {
        let mut leading = lock(&self.leading);
        while *leading {
            leading = self.led.wait(leading).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Closes the group that is being made and makes it durable.
    fn lead(&self) {
        let mut build = lock(&self.build);
        let Some(group) = build.take() else { return };
        if let Some(error) = group.failed_before() {
            let _ = group.outcome.set(Err(error));
            return;
        }
        let (start, outcome) = (group.start, Arc::clone(&group.outcome));
        let (bytes, layer) = self.close_group(group);
        // Once the group is taken, nobody may build on the rows below it without seeing it.
        let fresh = layer.fresh.clone();
        self.gate.set_inflight(Some((Arc::new(layer), Arc::clone(&outcome))));
        drop(build);

        let result = match lock(&self.writer).append(start, &bytes) {
            Ok(()) => {
                self.gate.publish();
                if let Some(views) = fresh {
                    self.shelf.adopt(&views);
                }
                Ok(())
            }
            Err(failed) => {
                self.gate.set_inflight(None);
                if !failed.usable {
                    let why = StoreError::Closed(failed.error.to_string());
                    *lock(&self.closed) = Some(match &failed.error {
                        StoreError::Closed(_) => failed.error.clone(),
                        _ => why,
                    });
                }
                Err(failed.error)
            }
        };
        let _ = outcome.set(result);
    }

    /// The bytes to write and the rows to show.
    fn close_group(&self, group: Group) -> (Vec<u8>, Layer) {
        let mut bytes = group.bytes;
        let end = group.start.forward(bytes.len());
        let (header, frames) = bytes.split_at_mut(GROUP_HEADER);
        let head = journal::Group::of(frames, group.entries);
        header.copy_from_slice(&head.encode(&self.journal.id, group.start));
        let mut over = group.stage.over;
        over.set(keys::STAMP, Some(self.stamp(end).encode()));
        let size = over.bytes();
        (bytes, Layer { map: over.map, bytes: size, end, fresh: group.fresh })
    }

    pub(crate) fn stamp(&self, end: Position) -> Stamp {
        Stamp { journal: self.journal.id, end, fold: self.fold.version() }
    }

    fn after_commit(&self) {
        match &self.background {
            None => self.apply(false),
            Some(background) => {
                lock(&background.state).work = true;
                background.woken.notify_all();
                if self.gate.waiting_bytes() > self.waiting_bytes_max {
                    self.apply(false);
                }
            }
        }
    }

    /// Moves layers into the engine: all of them, waiting for readers, or those that no reader stands in the way of.
    fn apply(&self, wait: bool) {
        loop {
            if wait {
                self.gate.ripe(true);
            }
            let applying = lock(&self.applying);
            let Some(ripe) = self.gate.ripe(false) else { return };
            let all = Scan { prefix: &[], from: None, order: Order::Up };
            let mut merge = Merge::new(ripe.groups.iter().map(|layer| &layer.map), &all);
            if let Err(error) = ripe.state.base.apply(&mut std::iter::from_fn(|| merge.pop())) {
                // Part of the rows may show, all of them hidden behind the layers, which stay.
                if self.heal(&ripe.state, &error).is_err() {
                    return;
                }
                continue;
            }
            self.gate.applied(&ripe);
            drop(applying);
        }
    }

    fn apply_in_background(&self) {
        let Some(background) = &self.background else { return };
        loop {
            let mut wake = lock(&background.state);
            while !wake.work && !wake.stop {
                wake = background.woken.wait(wake).unwrap_or_else(PoisonError::into_inner);
            }
            if wake.stop {
                return;
            }
            wake.work = false;
            drop(wake);
            self.apply(true);
        }
    }
}

impl Healer for Inner {
    /// Folds the journal anew, to where `state` has it, and puts the result in the place of the engine of `state`.
    fn heal(&self, state: &State, error: &ViewsError) -> Result<Arc<dyn Views>, ViewsError> {
        let _one = lock(&self.healing);
        self.shelf.distrust();
        let ahead = state.end != state.durable && !Arc::ptr_eq(&self.gate.lock().state.base, &state.base);
        if ahead {
            return Err(ViewsError(format!("{error}; the views are being rebuilt already")));
        }
        let fresh = self.shelf.fresh()?;
        let source =
            Source { journal: &self.journal, end: state.durable, ahead: (state.durable, &[]), cut: None };
        let stamp = Some(self.stamp(state.durable));
        rebuild::fold_all(&source, &fresh, &self.fold, stamp, &*self.progress)
            .map_err(|again| ViewsError(format!("{error}; rebuilding: {again}")))?;
        if self.gate.replace(&state.base, &fresh, state.durable) {
            self.shelf.adopt(&fresh);
        }
        Ok(fresh)
    }
}

/// Closes the store with its last clone.
pub(crate) struct Handle {
    pub(crate) inner: Arc<Inner>,
    worker: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        let inner = &self.inner;
        if let Some(background) = &inner.background {
            lock(&background.state).stop = true;
            background.woken.notify_all();
            if let Some(worker) = lock(&self.worker).take() {
                let _ = worker.join();
            }
        }
        inner.apply(false);
        lock(&inner.writer).close();
        let (base, left) = {
            let current = inner.gate.lock();
            (Arc::clone(&current.state.base), current.state.layers.len())
        };
        if base.flush().is_ok() && left == 0 {
            inner.shelf.close();
        }
    }
}
