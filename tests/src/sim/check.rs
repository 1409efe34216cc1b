//! What must hold at every moment. A [`Ledger`] remembers what each disk has held; whatever was once durable there must
//! stay, unless somebody put an older folder back.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{StreamName, TownshipCode};
use shared::limits;
use shared::store::{Store, StoreError};
use shared::stream::{Digest, Head, Item};
use shared::sync::message::{HubMessage, NodeMessage, StreamState};
use shared::sync::unpack;

use super::machine::name_of;

/// A run that broke a promise.
#[derive(Debug, Clone, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Violation {
    pub seed: u64,
    pub step: usize,
    pub what: String,
}

/// Whose disk: a machine's number, or the hub's.
pub type Holder = usize;
pub const HUB: Holder = usize::MAX;

/// What one stream on one disk holds, as of `head`: names of edits, and whether their bytes are there.
#[derive(Debug, Clone)]
struct Seen {
    head: Head,
    names: BTreeMap<u64, bool>,
}

#[derive(Debug, Default)]
pub struct Ledger {
    seen: BTreeMap<(Holder, StreamName), Seen>,
    /// Every entry ever seen with its bytes, to name it where only its digest stands.
    named: BTreeMap<Digest, u64>,
    /// Edits that nobody in the county made.
    forged: BTreeSet<u64>,
    /// Edits that cannot be read, and those too large for the hub.
    pub damaged: BTreeSet<u64>,
    pub large: BTreeSet<u64>,
    /// The furthest that the hub has acknowledged to anybody since it was last put back.
    acked: BTreeMap<TownshipCode, Head>,
}

fn stored<T>(result: Result<T, StoreError>) -> Result<T, String> {
    result.map_err(|error| format!("a store failed: {error}"))
}

impl Ledger {
    pub fn forge(&mut self, name: u64) {
        self.forged.insert(name);
    }

    /// Compares the streams of a disk with what they were. I2, I3, I5, I11.
    pub fn observe(&mut self, holder: Holder, store: &Store) -> Result<(), String> {
        for (stream, head) in store.streams() {
            if !matches!(stream, StreamName::Meta(_)) {
                self.observe_stream(holder, store, stream, head)?;
            }
        }
        // A stream that is gone altogether is not among them.
        let gone = self.seen.iter().find(|((who, stream), seen)| {
            *who == holder && seen.head.len > 0 && store.head(*stream).len == 0
        });
        gone.map_or(Ok(()), |((_, stream), _)| Err(format!("{stream} is gone at {holder}")))
    }

    fn observe_stream(
        &mut self,
        holder: Holder,
        store: &Store,
        stream: StreamName,
        head: Head,
    ) -> Result<(), String> {
        let start = || Seen { head: Head::empty(stream), names: BTreeMap::new() };
        let before = self.seen.remove(&(holder, stream)).unwrap_or_else(start);
        if before.head == head {
            self.seen.insert((holder, stream), before);
            return Ok(());
        }
        let extends = stored(store.hash_at(stream, before.head.len))? == Some(before.head.hash);
        let (mut now, old) = if extends { (before, None) } else { (start(), Some(before.names)) };
        while now.head.len < head.len {
            let next = now.head.len + 1;
            let frame = stored(store.run(stream, next..=head.len, limits::FRAME_BYTES_MAX, usize::MAX))?;
            let frame = frame.ok_or_else(|| format!("{stream} ends before its head"))?;
            if frame.prev != now.head.hash || frame.first != next {
                return Err(format!("the chain of {stream} is broken before {next}"));
            }
            for item in &frame.items {
                let digest = item.digest();
                let name = match item {
                    Item::Entry(bytes) => name_of(bytes),
                    Item::Withheld(digest) => self.named.get(digest).copied(),
                };
                let name = name.ok_or_else(|| format!("{stream} holds an entry that nobody made"))?;
                if self.forged.contains(&name) {
                    return Err(format!("{stream} at {holder} holds the forged edit {name}"));
                }
                self.named.insert(digest, name);
                let bytes = matches!(item, Item::Entry(_));
                match now.names.get_mut(&name) {
                    None => drop(now.names.insert(name, bytes)),
                    // Where only the digest stands nobody can tell that a twin has appended it under another revision.
                    Some(before) if self.large.contains(&name) => *before |= bytes,
                    Some(_) => return Err(format!("{stream} at {holder} holds edit {name} twice")),
                }
            }
            now.head = frame.head();
        }
        if now.head.hash != head.hash {
            return Err(format!("the chain of {stream} does not lead to its head"));
        }
        for (name, bytes) in old.into_iter().flatten() {
            match now.names.get(&name) {
                None => return Err(format!("{stream} at {holder} has lost edit {name}")),
                Some(false) if bytes => {
                    return Err(format!("{stream} at {holder} has lost the bytes of edit {name}"));
                }
                Some(_) => {}
            }
        }
        self.seen.insert((holder, stream), now);
        Ok(())
    }

    /// An older folder was put back: what it held then is all there is.
    pub fn forget(&mut self, holder: Holder) {
        self.seen.retain(|(who, _), _| *who != holder);
    }

    /// A second machine begins with what the first has; nothing is known of it yet.
    pub fn names(&self, holder: Holder, stream: StreamName) -> BTreeSet<u64> {
        self.seen
            .get(&(holder, stream))
            .map_or_else(BTreeSet::new, |seen| seen.names.keys().copied().collect())
    }

    /// The hub has acknowledged so much, as a node has noted. I1, I12.
    pub fn acknowledged(&mut self, township: TownshipCode, head: Head) {
        let before = self.acked.entry(township).or_insert(head);
        if before.len < head.len {
            *before = head;
        }
    }

    /// What the hub has acknowledged, it has.
    pub fn hub_holds(&self, hub: &Store) -> Result<(), String> {
        for (township, head) in &self.acked {
            if stored(hub.hash_at(StreamName::Township(*township), head.len))? != Some(head.hash) {
                return Err(format!(
                    "the hub does not hold the {} entries of {township} that it acknowledged",
                    head.len
                ));
            }
        }
        Ok(())
    }

    /// The hub's folder was put back: it can be held to what is in it.
    pub fn hub_went_back(&mut self, hub: &Store) {
        let held = |township: &TownshipCode, head: &Head| {
            hub.hash_at(StreamName::Township(*township), head.len).ok().flatten() == Some(head.hash)
        };
        self.acked.retain(|township, head| held(township, head));
    }
}

/// What a node says names only streams that may leave it. I6.
pub fn may_leave_node(message: &NodeMessage) -> Result<(), String> {
    match message {
        NodeMessage::Hello(hello) => all_travel(&hello.streams),
        NodeMessage::Finished(states) => all_travel(states),
        NodeMessage::Ack(state) => all_travel(&[*state]),
        NodeMessage::Sketch(sketch) if !sketch.stream.travels() => {
            Err(format!("{} was sketched", sketch.stream))
        }
        NodeMessage::Batch(batch) => unpack(batch).map_or_else(
            |error| Err(format!("a node sent a batch that cannot be read: {error}")),
            |frame| {
                if frame.stream.travels() { Ok(()) } else { Err(format!("{} left the node", frame.stream)) }
            },
        ),
        _ => Ok(()),
    }
}

/// What the hub says to a township names only that township's streams. I10.
pub fn may_reach(message: &HubMessage, township: TownshipCode) -> Result<(), String> {
    let theirs = [StreamName::Township(township), StreamName::DownAll, StreamName::Down(township)];
    let own = |states: &[StreamState]| match states.iter().find(|state| !theirs.contains(&state.stream)) {
        Some(state) => Err(format!("{township} was told of {}", state.stream)),
        None => Ok(()),
    };
    match message {
        HubMessage::Welcome(welcome) => own(&welcome.streams),
        HubMessage::Ack(state) => own(&[*state]),
        HubMessage::Agreed(agreed) => own(&[agreed.state]),
        HubMessage::Receipt(receipt) => own(&receipt.streams),
        HubMessage::Batch(batch) => match unpack(batch) {
            Ok(frame) if theirs.contains(&frame.stream) => Ok(()),
            Ok(frame) => Err(format!("{township} was sent {}", frame.stream)),
            Err(error) => Err(format!("the hub sent a batch that cannot be read: {error}")),
        },
        HubMessage::Refusal(_) => Ok(()),
    }
}

fn all_travel(states: &[StreamState]) -> Result<(), String> {
    match states.iter().find(|state| !state.stream.travels()) {
        Some(state) => Err(format!("{} was named in a message", state.stream)),
        None => Ok(()),
    }
}
