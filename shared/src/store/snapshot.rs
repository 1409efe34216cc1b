//! One moment of the views, while newer commits arrive and older ones move into the engine.
//!
//! A commit becomes visible as a [`Layer`] of changed rows on top of the engine. Later its rows are applied to the
//! engine and the layer is dropped. A reader holds a [`State`]: layers and engine. It sees one moment because rows of a
//! layer reach the engine only when every reader that does not have the layer has left; readers that have it never see
//! through it. So readers and commits never wait for each other; a reader that stays long holds memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::View;
use super::commit::Outcome;
use super::journal::Position;
use super::overlay::{Map, Merge, Order, Scan, comes_first};
use super::views::{Views, ViewsError};

/// Rows changed by one group of commits.
pub(crate) struct Layer {
    pub(crate) map: Map,
    pub(crate) bytes: usize,
    /// End of the group in the journal.
    pub(crate) end: Position,
    /// Views rebuilt for this group: they take the place of everything below the layer.
    pub(crate) fresh: Option<Arc<dyn Views>>,
}

/// What a reader sees.
#[derive(Clone)]
pub(crate) struct State {
    /// Newest first, each with the generation in which it appeared.
    pub(crate) layers: Vec<(u64, Arc<Layer>)>,
    pub(crate) base: Arc<dyn Views>,
    /// Everything up to here is in it.
    pub(crate) end: Position,
    /// Everything up to here is in the journal: less than `end` when a group that is being written is seen.
    pub(crate) durable: Position,
}

/// Rows applied to the engine at once, unless one group has more: sled keeps every page that a batch has changed in memory
/// until the batch ends.
const APPLY_ROWS_MAX: usize = 1024;

/// Layers from which on they are put together.
const LAYERS_MERGED: usize = 6;

impl State {
    fn with(&self, generation: u64, layer: &Arc<Layer>) -> Self {
        if let Some(fresh) = &layer.fresh {
            let layers = vec![(generation, Arc::clone(layer))];
            return Self { layers, base: Arc::clone(fresh), end: layer.end, durable: self.durable };
        }
        let mut layers = Vec::with_capacity(self.layers.len() + 1);
        layers.push((generation, Arc::clone(layer)));
        layers.extend(self.layers.iter().cloned());
        Self { layers, base: Arc::clone(&self.base), end: layer.end, durable: self.durable }
    }

    /// Puts the newest layers together until each is much smaller than the one under it, so that there are few however
    /// many rows wait: time in proportion to the logarithm of their number, per row.
    fn compact(&mut self) {
        if self.layers.len() < LAYERS_MERGED {
            return;
        }
        let mut merged = 1;
        let mut rows = self.layers.first().map_or(0, |(_, layer)| layer.map.len());
        while let Some((_, below)) = self.layers.get(merged)
            && below.map.len() <= rows * 2
        {
            rows += below.map.len();
            merged += 1;
        }
        let Some((generation, newest)) = self.layers.first() else { return };
        if merged == 1 {
            return;
        }
        let (generation, end) = (*generation, newest.end);
        let mut map = Map::new();
        let mut bytes = 0;
        for (_, layer) in self.layers.drain(..merged).rev() {
            bytes += layer.bytes;
            map.extend(layer.map.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        self.layers.insert(0, (generation, Arc::new(Layer { map, bytes, end, fresh: None })));
    }
}

/// Groups to be applied to an engine in one batch.
pub(crate) struct Ripe {
    /// The state that has them, and its engine.
    pub(crate) state: Arc<State>,
    /// Newest first.
    pub(crate) groups: Vec<Arc<Layer>>,
    generation: u64,
}

pub(crate) struct Current {
    pub(crate) state: Arc<State>,
    /// The group that is being written to the journal: seen by closures, not by readers.
    pub(crate) inflight: Option<(Arc<Layer>, Arc<Outcome>)>,
    generation: u64,
    /// What is not in the engine yet, by group, oldest first: the same rows as the layers of the state.
    waiting: VecDeque<(u64, Arc<Layer>)>,
    waiting_bytes: usize,
    /// Readers by the generation that they see.
    readers: BTreeMap<u64, usize>,
}

/// Hands out states and says when the readers of the old ones have left.
pub(crate) struct Gate {
    current: Mutex<Current>,
    left: Condvar,
}

impl Gate {
    pub(crate) fn new(state: State) -> Arc<Self> {
        let current = Current {
            state: Arc::new(state),
            inflight: None,
            generation: 1,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            readers: BTreeMap::new(),
        };
        Arc::new(Self { current: Mutex::new(current), left: Condvar::new() })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: &Arc<Self>, current: &mut Current) -> Pass {
        *current.readers.entry(current.generation).or_default() += 1;
        Pass { gate: Arc::clone(self), generation: current.generation }
    }

    /// The last commit that is durable, for a reader.
    pub(crate) fn snapshot(self: &Arc<Self>, healer: Option<Arc<dyn Healer>>) -> Snapshot {
        let mut current = self.lock();
        let pass = self.enter(&mut current);
        Snapshot::new(State::clone(&current.state), Some(pass), healer)
    }

    /// The same with the group that is being written, for closures; and what will become of that one.
    pub(crate) fn snapshot_ahead(
        self: &Arc<Self>,
        healer: Option<Arc<dyn Healer>>,
    ) -> (Snapshot, Option<Arc<Outcome>>) {
        let mut current = self.lock();
        let pass = self.enter(&mut current);
        let (state, outcome) = match &current.inflight {
            Some((layer, outcome)) => {
                (current.state.with(current.generation, layer), Some(Arc::clone(outcome)))
            }
            None => (State::clone(&current.state), None),
        };
        (Snapshot::new(state, Some(pass), healer), outcome)
    }

    /// Sets the group that is being written, or takes it back.
    pub(crate) fn set_inflight(&self, group: Option<(Arc<Layer>, Arc<Outcome>)>) {
        self.lock().inflight = group;
    }

    /// Shows the group that was being written to readers.
    pub(crate) fn publish(&self) {
        let mut current = self.lock();
        let Some((layer, _)) = current.inflight.take() else { return };
        current.generation += 1;
        let generation = current.generation;
        let mut state = current.state.with(generation, &layer);
        state.durable = state.end;
        state.compact();
        current.state = Arc::new(state);
        if layer.fresh.is_some() {
            current.waiting.clear();
        }
        current.waiting.push_back((generation, layer));
        current.measure();
    }

    /// The oldest groups, to be applied, once every reader that lacks one of them has left; None if there is nothing to apply
    /// or, unless `wait`, such a reader is still there.
    pub(crate) fn ripe(&self, wait: bool) -> Option<Ripe> {
        let mut current = self.lock();
        loop {
            let mut rows = 0;
            let fitting = current.waiting.iter().take_while(|(_, layer)| {
                rows += layer.map.len();
                rows <= APPLY_ROWS_MAX
            });
            let count = fitting.count().max(1);
            let generation = current.waiting.get(count - 1)?.0;
            if current.readers.first_key_value().is_none_or(|(oldest, _)| *oldest >= generation) {
                let groups = current.waiting.iter().take(count).rev();
                let groups = groups.map(|(_, layer)| Arc::clone(layer)).collect();
                return Some(Ripe { state: Arc::clone(&current.state), groups, generation });
            }
            if !wait {
                return None;
            }
            current = self.left.wait(current).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The rows are in the engine now.
    pub(crate) fn applied(&self, ripe: &Ripe) {
        let mut current = self.lock();
        if !Arc::ptr_eq(&current.state.base, &ripe.state.base) {
            return;
        }
        let mut state = State::clone(&current.state);
        state.layers.retain(|(generation, _)| *generation > ripe.generation);
        current.state = Arc::new(state);
        current.waiting.retain(|(generation, _)| *generation > ripe.generation);
        current.measure();
    }

    /// Puts an engine in the place of `broken`; it holds everything up to `end`.
    pub(crate) fn replace(&self, broken: &Arc<dyn Views>, healed: &Arc<dyn Views>, end: Position) -> bool {
        let mut current = self.lock();
        if !Arc::ptr_eq(&current.state.base, broken) {
            return false;
        }
        let mut state = State::clone(&current.state);
        state.layers.retain(|(_, layer)| layer.end > end);
        state.base = Arc::clone(healed);
        current.state = Arc::new(state);
        current.waiting.retain(|(_, layer)| layer.end > end);
        current.measure();
        true
    }

    /// Rows that wait to be applied, in bytes.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.lock().waiting_bytes
    }
}

impl Current {
    fn measure(&mut self) {
        self.waiting_bytes = self.waiting.iter().map(|(_, layer)| layer.bytes).sum();
    }
}

/// A reader's presence.
struct Pass {
    gate: Arc<Gate>,
    generation: u64,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut current = self.gate.lock();
        if let Some(count) = current.readers.get_mut(&self.generation) {
            *count -= 1;
            if *count == 0 {
                current.readers.remove(&self.generation);
                self.gate.left.notify_all();
            }
        }
    }
}

/// Makes an engine with the rows of a state whose own engine has proved wrong.
pub(crate) trait Healer: Send + Sync {
    fn heal(&self, state: &State, error: &ViewsError) -> Result<Arc<dyn Views>, ViewsError>;
}

/// One moment of the views.
pub(crate) struct Snapshot {
    pub(crate) state: State,
    healed: OnceLock<Arc<dyn Views>>,
    fault: OnceLock<ViewsError>,
    healer: Option<Arc<dyn Healer>>,
    _pass: Option<Pass>,
}

impl Snapshot {
    fn new(state: State, pass: Option<Pass>, healer: Option<Arc<dyn Healer>>) -> Self {
        Self { state, healed: OnceLock::new(), fault: OnceLock::new(), healer, _pass: pass }
    }

    /// An engine alone, which nobody else changes.
    pub(crate) fn of(base: Arc<dyn Views>, end: Position) -> Self {
        Self::new(State { layers: Vec::new(), base, end, durable: end }, None, None)
    }

    /// Why rows may have been missing from the answers given.
    pub(crate) fn fault(&self) -> Option<&ViewsError> {
        self.fault.get()
    }

    fn base(&self) -> &Arc<dyn Views> {
        self.healed.get().unwrap_or(&self.state.base)
    }

    /// After an error of the engine: whether it is worth asking again.
    fn heal(&self, error: ViewsError) -> bool {
        if self.healed.get().is_none()
            && let Some(healer) = &self.healer
        {
            match healer.heal(&self.state, &error) {
                Ok(views) => return self.healed.set(views).is_ok(),
                Err(error) => self.fault.get_or_init(|| error),
            };
        }
        self.fault.get_or_init(|| error);
        false
    }

    /// The rows of `above` and of the layers over the rows of the engine.
    pub(crate) fn get_under(&self, above: Option<&Map>, key: &[u8]) -> Option<Vec<u8>> {
        let layers = self.state.layers.iter().map(|(_, layer)| &layer.map);
        if let Some(found) = above.into_iter().chain(layers).find_map(|map| map.get(key)) {
            return found.clone();
        }
        loop {
            match self.base().get(key) {
                Ok(found) => return found,
                Err(error) if self.heal(error.clone()) => {}
                Err(_) => return None,
            }
        }
    }

    pub(crate) fn scan_under(
        &self,
        above: Option<&Map>,
        scan: Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) {
        let layers = self.state.layers.iter().map(|(_, layer)| &layer.map);
        let mut merge = Merge::new(above.into_iter().chain(layers), &scan);
        // The last key seen, to go on from after an error of the engine.
        let mut last = Vec::new();
        let mut met = false;
        let mut wanted = true;
        loop {
            let resume = met.then(|| last.clone());
            let from = resume.as_deref().or(scan.from);
            let result = self.base().scan(Scan { from, ..scan }, &mut |key, value| {
                if resume.as_deref() == Some(key) {
                    return true;
                }
                last.clear();
                last.extend_from_slice(key);
                met = true;
                while wanted && merge.peek().is_some_and(|next| comes_first(scan.order, next, key)) {
                    wanted = show(merge.pop(), visit);
                }
                if wanted {
                    wanted = match merge.peek() {
                        Some(next) if next == key => show(merge.pop(), visit),
                        _ => visit(key, value),
                    };
                }
                wanted
            });
            match result {
                Ok(()) => break,
                Err(error) if self.heal(error.clone()) => {}
                Err(_) => return,
            }
        }
        while wanted && merge.peek().is_some() {
            wanted = show(merge.pop(), visit);
        }
    }
}

/// Visits a row of a layer, unless it says that the row is gone.
fn show(row: Option<(&[u8], Option<&[u8]>)>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> bool {
    match row {
        Some((key, Some(value))) => visit(key, value),
        _ => true,
    }
}

impl View for Snapshot {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.get_under(None, key)
    }

    fn scan(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        self.scan_under(None, Scan { prefix, from, order: Order::Up }, visit);
    }

    fn scan_back(&self, prefix: &[u8], from: Option<&[u8]>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) {
        self.scan_under(None, Scan { prefix, from, order: Order::Down }, visit);
    }
}
