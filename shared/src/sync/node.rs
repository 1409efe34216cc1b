//! The node's half of a session.
//!
//! Each stream has a [`Lane`]: what is left to do with it in this session. The session ends when every lane is done and
//! the hub's receipt is stored. Joining two branches of a stream is in [`super::rejoin`].

use std::collections::VecDeque;
use std::sync::Arc;

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::branch::{self, Branch, Follow, Pushed};
use super::fault::{Fault, planted};
use super::message::{
    Agreed, Batch, Hello, HubMessage, Instance, NodeMessage, PROTOCOL, PROTOCOL_MIN, Receipt, Refusal,
    RefusalCode, Sketch, StreamState, Token, Welcome,
};
use super::note;
use super::pack::{pack, unpack};
use super::receipt::{Verify, state_bytes};
use super::session::{Failure, Now, Outcome, Reappend, Recovered, Stop, Summary, Watermark};
use super::wire::{receipt_out, state_out};
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::{Store, StoreError};
use crate::stream::{Frame, Head};

/// What a session of a node is given.
#[derive(Clone)]
pub struct NodeSetup {
    pub township: TownshipCode,
    pub software: String,
    pub catalogue: String,
    pub capabilities: Vec<String>,
    /// None: the folder was copied or moved; the hub will ask for a new enrolment.
    pub instance: Option<Instance>,
    /// Fresh and random; used if this session begins a new epoch.
    pub epoch: Epoch,
    /// What the sidecar remembers of a folder that was restored.
    pub mark: Option<Watermark>,
    pub keys: Arc<dyn Verify>,
    pub reappend: Arc<dyn Reappend>,
}

/// The node's half. It holds no connection: messages go in by [`Self::handle`] and come out of [`Self::poll`].
pub struct NodeSession {
    pub(super) setup: NodeSetup,
    phase: Phase,
    outbox: VecDeque<NodeMessage>,
    /// Ticks when the hub was last heard.
    heard: i64,
    started: Now,
    /// What the hub has said that it holds of our own stream.
    pub(super) acked: Option<StreamState>,
    pub(super) summary: Summary,
}

enum Phase {
    /// The hello is out.
    Greeting,
    Exchanging(Exchange),
    /// Everything is sent and stored; the receipt is awaited.
    Finishing(Exchange),
    Ended(Outcome),
}

struct Exchange {
    lanes: Vec<(StreamName, Lane)>,
    in_flight: usize,
    /// Lane whose turn it is to send.
    turn: usize,
    token: Option<Token>,
    /// The hub has stored the token.
    confirmed: bool,
    entry_bytes_max: usize,
}

/// What is left to do with one stream.
enum Lane {
    Done,
    /// Our own stream, or entries given back to a hub that was restored (then with the proof of their end).
    Send {
        next: u64,
        to: u64,
        proof: Vec<u8>,
    },
    /// The hub has more.
    Take {
        target: Head,
        taken: u64,
    },
    /// A sketch is out.
    Agreeing {
        proof: Option<Vec<u8>>,
    },
    /// A down stream forked: our entries are offered.
    Salvage {
        keep: Head,
        next: u64,
        to: u64,
        proof: Vec<u8>,
        unacked: usize,
    },
    /// The hub's branch is collected, to be taken over in one commit.
    Collect {
        branch: Branch,
        target: Head,
    },
}

impl NodeSession {
    /// Begins a session: the first [`Self::poll`] gives the hello.
    ///
    /// # Errors
    /// The store's.
    pub fn start(now: Now, store: &Store, setup: NodeSetup) -> Result<Self, StoreError> {
        let state = store.read(note::node_state);
        let progress = note::Progress::of(store, setup.township)?;
        let mut streams: Vec<StreamState> =
            carried(setup.township).iter().map(|stream| state_of(store, *stream)).collect();
        if planted(Fault::LocalOffered) {
            streams.push(state_of(store, StreamName::Local(Site::Township(setup.township))));
        }
        let hello = Hello {
            protocol: PROTOCOL,
            capabilities: setup.capabilities.clone(),
            software: setup.software.clone(),
            catalogue: setup.catalogue.clone(),
            clock: now.unix_ms,
            township: setup.township,
            instance: setup.instance,
            token: state.token,
            streams,
            backlog: u32::try_from(progress.waiting()).unwrap_or(u32::MAX),
            acked: state.acked_once,
        };
        Ok(Self {
            setup,
            phase: Phase::Greeting,
            outbox: VecDeque::from([NodeMessage::Hello(hello)]),
            heard: now.ticks_ms,
            started: now,
            acked: None,
            summary: Summary::default(),
        })
    }

    /// Takes one message of the hub.
    ///
    /// # Errors
    /// The store's; the session has then ended.
    pub fn handle(&mut self, now: Now, store: &Store, message: HubMessage) -> Result<(), StoreError> {
        if self.outcome().is_some() {
            return Ok(());
        }
        self.heard = now.ticks_ms;
        let step = match message {
            HubMessage::Welcome(welcome) => self.welcomed(now, store, welcome),
            HubMessage::Agreed(agreed) => self.agreed(now, store, agreed),
            HubMessage::Batch(batch) => self.received(now, store, batch),
            HubMessage::Ack(state) => self.acknowledged(now, store, state),
            HubMessage::Receipt(receipt) => self.receipted(now, store, receipt),
            HubMessage::Refusal(refusal) => return self.end(now, store, Failure::Refused(refusal)),
        };
        match step {
            Ok(()) => Ok(()),
            Err(Stop::Refuse(code, detail)) => {
                let refusal = Refusal { code, detail: detail.to_owned(), clock: now.unix_ms };
                self.outbox.clear();
                self.outbox.push_back(NodeMessage::Refusal(refusal.clone()));
                self.end(now, store, Failure::Refusing(refusal))
            }
            Err(Stop::Store(error)) => {
                self.phase = Phase::Ended(Outcome::Failed(Failure::Store(error.clone())));
                Err(error)
            }
        }
    }

    /// The next message for the hub, if there is one now. Call until it gives none.
    ///
    /// # Errors
    /// The store's.
    pub fn poll(&mut self, store: &Store) -> Result<Option<NodeMessage>, StoreError> {
        if let Some(message) = self.outbox.pop_front() {
            return Ok(Some(message));
        }
        let Phase::Exchanging(exchange) = &mut self.phase else { return Ok(None) };
        if let Some((batch, entries)) = exchange.next_batch(store)? {
            self.summary.sent += entries;
            return Ok(Some(NodeMessage::Batch(batch)));
        }
        if !exchange.lanes.iter().all(|(_, lane)| matches!(lane, Lane::Done)) {
            return Ok(None);
        }
        let states = carried(self.setup.township).map(|stream| state_of(store, stream)).to_vec();
        if planted(Fault::CursorBeforeData) {
            self.acked = Some(states[0]);
            self.note_acked(store)?;
        }
        if let Phase::Exchanging(exchange) = std::mem::replace(&mut self.phase, Phase::Greeting) {
            self.phase = Phase::Finishing(exchange);
        }
        Ok(Some(NodeMessage::Finished(states)))
    }

    /// Ticks at which to call [`Self::expire`] if nothing was heard until then; none after the end.
    pub fn poll_timeout(&self) -> Option<i64> {
        (self.outcome().is_none() && !planted(Fault::SilenceForever))
            .then_some(self.heard + limits::SESSION_SILENCE_MS)
    }

    /// Ends the session if the hub has been silent for too long.
    ///
    /// # Errors
    /// The store's.
    pub fn expire(&mut self, now: Now, store: &Store) -> Result<(), StoreError> {
        match self.poll_timeout() {
            Some(at) if now.ticks_ms >= at => self.end(now, store, Failure::Silence),
            _ => Ok(()),
        }
    }

    /// The carrier broke, or could not be made.
    ///
    /// # Errors
    /// The store's.
    pub fn cut(&mut self, now: Now, store: &Store) -> Result<(), StoreError> {
        if self.outcome().is_some() { Ok(()) } else { self.end(now, store, Failure::Cut) }
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        if let Phase::Ended(outcome) = &self.phase { Some(outcome) } else { None }
    }

    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn welcomed(&mut self, now: Now, store: &Store, welcome: Welcome) -> Result<(), Stop> {
        if !matches!(self.phase, Phase::Greeting) {
            return Err(Stop::Refuse(RefusalCode::Restart, "a second welcome"));
        }
        if welcome.protocol < PROTOCOL_MIN || welcome.protocol > PROTOCOL {
            return Err(Stop::Refuse(RefusalCode::ProtocolOld, "1"));
        }
        // The hub read its clock somewhere between our hello and its answer.
        let halfway = (now.ticks_ms - self.started.ticks_ms) / 2;
        self.summary.clock_offset =
            welcome.clock.saturating_sub(self.started.unix_ms.saturating_add(halfway));
        self.summary.notice = welcome.notice;
        self.summary.software = welcome.software;
        self.summary.catalogue = welcome.catalogue;
        if let Some(receipt) = welcome.receipt {
            self.settle_mark(
                receipt
                    .streams
                    .iter()
                    .find(|state| state.stream == self.own())
                    .map_or(0, |state| state.head.len),
            );
            return self.accept(now, store, receipt, welcome.token);
        }
        let lanes = carried(self.setup.township)
            .into_iter()
            .map(|stream| {
                let state = welcome.streams.iter().find(|state| state.stream == stream).copied();
                let state = state.unwrap_or(StreamState { stream, head: Head::empty(stream), forked: false });
                Ok((stream, self.lane(store, state)?))
            })
            .collect::<Result<Vec<_>, Stop>>()?;
        let mut entry_bytes_max = (welcome.entry_bytes_max as usize).min(limits::ENTRY_BYTES_MAX);
        if planted(Fault::OversizeStuck) {
            entry_bytes_max = limits::ENTRY_BYTES_MAX;
        }
        let token = welcome.token;
        self.phase = Phase::Exchanging(Exchange {
            lanes,
            in_flight: 0,
            turn: 0,
            token,
            confirmed: false,
            entry_bytes_max,
        });
        Ok(())
    }

    /// Decides what is to be done with one stream, of which the hub holds `there`.
    fn lane(&mut self, store: &Store, there: StreamState) -> Result<Lane, Stop> {
        let stream = there.stream;
        let own = stream == self.own();
        let here = store.head(stream);
        let common = match there.head.len {
            len if len > here.len => !there.forked,
            len => store.hash_at(stream, len)? == Some(there.head.hash),
        };
        if own {
            self.settle_mark(there.head.len);
            if common {
                self.hub_holds(store, if there.head.len <= here.len { there.head } else { here })?;
            }
        }
        let proof = if own { None } else { store.read(|view| note::proof(view, stream, here)) };
        Ok(if !common {
            let sketch = Sketch { stream, points: branch::sketch(store, stream)?, salvage: proof.is_some() };
            self.outbox.push_back(NodeMessage::Sketch(sketch));
            Lane::Agreeing { proof }
        } else if there.head.len > here.len {
            Lane::Take { target: there.head, taken: 0 }
        } else if there.head.len == here.len {
            Lane::Done
        } else if own {
            Lane::Send { next: there.head.len + 1, to: here.len, proof: Vec::new() }
        } else {
            // Without a proof the hub would refuse; what it lost stays here until somebody asks for it.
            proof.map_or(Lane::Done, |proof| Lane::Send { next: there.head.len + 1, to: here.len, proof })
        })
    }

    /// The hub has said what it holds of our own stream. Less than we thought is noted at once: what the page says must
    /// be true now, not at the end of a session (I12).
    pub(super) fn hub_holds(&mut self, store: &Store, head: Head) -> Result<(), StoreError> {
        self.acked = Some(StreamState { stream: self.own(), head, forked: false });
        let known = store.read(note::node_state).acked.map_or(0, |state| state.head.len);
        if known > head.len && !planted(Fault::AckedNotLowered) { self.note_acked(store) } else { Ok(()) }
    }

    fn settle_mark(&mut self, hub_len: u64) {
        let Some(mark) = self.setup.mark else { return };
        let lost = mark.lost(hub_len);
        let recovered = self.summary.recovered.get_or_insert_default();
        recovered.lost = lost;
        recovered.lost_since = if lost > 0 { mark.at } else { 0 };
    }

    fn agreed(&mut self, now: Now, store: &Store, agreed: Agreed) -> Result<(), Stop> {
        let stream = agreed.state.stream;
        let own = stream == self.own();
        let here = store.head(stream);
        let Some(hash) = store.hash_at(stream, agreed.seq)? else {
            return Err(Stop::Refuse(RefusalCode::Restart, "agreed beyond the end"));
        };
        let keep = Head { epoch: here.epoch, len: agreed.seq, hash };
        if own && store.read(note::node_state).acked.is_some_and(|state| state.head.len > keep.len) {
            self.hub_holds(store, keep)?;
        }
        let target = agreed.state.head;
        let exchange = self.exchange()?;
        exchange.confirmed = true;
        let Some(lane) = exchange.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "agreed"));
        };
        let Lane::Agreeing { proof } = lane else {
            return Err(Stop::Refuse(RefusalCode::Restart, "agreed without a sketch"));
        };
        *lane = match proof.take() {
            Some(proof) if here.len > keep.len => {
                Lane::Salvage { keep, next: keep.len + 1, to: here.len, proof, unacked: 0 }
            }
            _ if target.len == keep.len && own => {
                Lane::Send { next: keep.len + 1, to: here.len, proof: Vec::new() }
            }
            _ => Lane::Collect { branch: Branch::new(keep), target },
        };
        self.collected(now, store, stream)
    }

    fn received(&mut self, now: Now, store: &Store, batch: Batch) -> Result<(), Stop> {
        let frame = unpack(&batch).map_err(|_| Stop::Refuse(RefusalCode::Malformed, "batch"))?;
        let stream = frame.stream;
        let entries = frame.items.len() as u64;
        let Some(lane) = self.exchange()?.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "batch"));
        };
        match lane {
            Lane::Collect { branch, .. } => {
                match branch.push(&frame, batch) {
                    Pushed::Next | Pushed::Have => {}
                    Pushed::Other => return Err(Stop::Refuse(RefusalCode::Restart, "another branch")),
                    Pushed::TooLong => return Err(Stop::Refuse(RefusalCode::BranchTooLong, "batch")),
                }
                self.collected(now, store, stream)?;
            }
            _ => self.take(now, store, frame, batch.proof)?,
        }
        self.summary.received += entries;
        self.outbox.push_back(NodeMessage::Ack(state_of(store, stream)));
        Ok(())
    }

    /// Stores a frame that is next, with its proof and, when a recovery ends with it, the note of that.
    fn take(&mut self, now: Now, store: &Store, frame: Frame, proof: Vec<u8>) -> Result<(), Stop> {
        let stream = frame.stream;
        let own = stream == self.own();
        let other = Stop::Refuse(RefusalCode::Restart, "does not follow");
        let (seen, frame) = match branch::follow(store, frame)? {
            (seen, Follow::Have) => {
                if let Some(lane @ Lane::Take { .. }) = self.exchange()?.lane(stream)
                    && matches!(lane, Lane::Take { target, .. } if seen.len >= target.len)
                {
                    *lane = Lane::Done;
                }
                return Ok(());
            }
            (_, Follow::Other) => return Err(other),
            (seen, Follow::Next(frame)) => (seen, frame),
        };
        let Some(Lane::Take { target, taken }) = self.exchange()?.lane(stream) else { return Err(other) };
        *taken += frame.items.len() as u64;
        let (target, taken) = (*target, *taken);
        let end = frame.head();
        let mut notes: Vec<Note> = self.proven(stream, end, proof).into_iter().collect();
        if own && end == target {
            let recovered = Recovered { taken_back: taken, ..self.summary.recovered.unwrap_or_default() };
            self.summary.recovered = Some(recovered);
            notes.push(recovered_note(now, recovered));
            notes.push(Note::Acked(pb::NodeAcked {
                state: Some(state_out(&StreamState { stream, head: end, forked: false })),
            }));
        }
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| {
            if tx.head(stream) != seen {
                return Err(other);
            }
            tx.append_frame(&frame)?;
            note::append(tx, site, fresh, notes)?;
            Ok(())
        })?;
        if own {
            self.hub_holds(store, end)?;
            self.summary.mark_settled |= end == target;
        }
        if end.len >= target.len
            && let Some(lane) = self.exchange()?.lane(stream)
        {
            *lane = Lane::Done;
        }
        Ok(())
    }

    /// Takes a branch over once it is whole.
    fn collected(&mut self, now: Now, store: &Store, stream: StreamName) -> Result<(), Stop> {
        let Some(lane) = self.exchange()?.lane(stream) else { return Ok(()) };
        if !matches!(lane, Lane::Collect { branch, target } if branch.at.len >= target.len) {
            return Ok(());
        }
        let Lane::Collect { branch, target } = std::mem::replace(lane, Lane::Done) else { return Ok(()) };
        if branch.at.len != target.len || branch.at.hash != target.hash {
            return Err(Stop::Refuse(RefusalCode::Restart, "another branch"));
        }
        let to = self.rejoin(now, store, stream, &branch)?;
        if to > target.len
            && let Some(lane) = self.exchange()?.lane(stream)
        {
            *lane = Lane::Send { next: target.len + 1, to, proof: Vec::new() };
        }
        Ok(())
    }

    fn acknowledged(&mut self, now: Now, store: &Store, state: StreamState) -> Result<(), Stop> {
        let stream = state.stream;
        if stream == self.own() && store.hash_at(stream, state.head.len)? == Some(state.head.hash) {
            self.hub_holds(store, state.head)?;
        }
        let exchange = self.exchange()?;
        exchange.confirmed = true;
        if !planted(Fault::WindowStuck) {
            exchange.in_flight = exchange.in_flight.saturating_sub(1);
        }
        let Some(lane) = exchange.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "ack"));
        };
        if let Lane::Salvage { keep, next, to, unacked, .. } = lane {
            *unacked = unacked.saturating_sub(1);
            if *unacked == 0 && *next > *to {
                // The last answer says where the hub's branch ends, our entries included.
                *lane = Lane::Collect { branch: Branch::new(*keep), target: state.head };
                self.collected(now, store, stream)?;
            }
        }
        Ok(())
    }

    fn receipted(&mut self, now: Now, store: &Store, receipt: Receipt) -> Result<(), Stop> {
        let Phase::Finishing(exchange) = &self.phase else {
            return Err(Stop::Refuse(RefusalCode::Restart, "a receipt too early"));
        };
        let token = exchange.token;
        self.accept(now, store, receipt, token)
    }

    /// Checks and stores the receipt; the session is done.
    fn accept(
        &mut self,
        now: Now,
        store: &Store,
        receipt: Receipt,
        token: Option<Token>,
    ) -> Result<(), Stop> {
        if receipt.township != self.setup.township || !receipt.signed_by(&*self.setup.keys) {
            return Err(Stop::Refuse(RefusalCode::Malformed, "receipt"));
        }
        for state in &receipt.streams {
            if store.hash_at(state.stream, state.head.len)? != Some(state.head.hash) {
                return Err(Stop::Refuse(RefusalCode::Restart, "the receipt is of another branch"));
            }
        }
        let before = store.read(note::last_receipt);
        let known = store.read(note::node_state);
        let token = receipt.token.or(token).filter(|token| known.token != Some(*token));
        let own = receipt.streams.iter().find(|state| state.stream == self.own()).copied();
        let same = token.is_none()
            && own == known.acked
            && before.is_some_and(|before| before.streams == receipt.streams && before.held == receipt.held);
        let (at, clock_offset) = (now.unix_ms, self.summary.clock_offset);
        let mut notes = Vec::new();
        if !self.summary.mark_settled
            && let (Some(_), Some(recovered)) = (self.setup.mark, self.summary.recovered)
        {
            notes.push(recovered_note(now, recovered));
        }
        notes.push(if same {
            Note::Contact(pb::NodeContact { at, clock_offset, hub_at: receipt.at })
        } else {
            let token = token.map_or_else(Vec::new, |token| token.0.to_vec());
            Note::Synced(pb::NodeSynced { receipt: Some(receipt_out(&receipt)), token, clock_offset, at })
        });
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| note::append(tx, site, fresh, notes))?;
        self.summary.mark_settled = true;
        self.phase = Phase::Ended(Outcome::Done);
        Ok(())
    }

    /// Notes how far the session came and what it failed of, unless that only repeats the last note.
    fn end(&mut self, now: Now, store: &Store, failure: Failure) -> Result<(), StoreError> {
        let token = match &self.phase {
            Phase::Exchanging(exchange) | Phase::Finishing(exchange) if exchange.confirmed => exchange.token,
            _ => None,
        };
        let known = store.read(note::node_state);
        let token = token.filter(|token| known.token != Some(*token));
        let mut notes = Vec::new();
        if let Some(acked) = self.acked
            && Some(acked) != known.acked
            && store.hash_at(acked.stream, acked.head.len)? == Some(acked.head.hash)
        {
            notes.push(Note::Acked(pb::NodeAcked { state: Some(state_out(&acked)) }));
        }
        let (code, detail) = (failure.number(), failure.detail());
        let repeats = known.failure.as_ref().is_some_and(|(known, _)| *known == code)
            && (0..limits::REPEAT_NOTED_MS).contains(&now.unix_ms.saturating_sub(known.attempt_at));
        if !repeats || token.is_some() {
            let token = token.map_or_else(Vec::new, |token| token.0.to_vec());
            notes.push(Note::Attempt(pb::NodeAttempt { at: now.unix_ms, code, detail, token }));
        }
        self.phase = Phase::Ended(Outcome::Failed(failure));
        let (site, fresh) = (self.site(), self.setup.epoch);
        if notes.is_empty() { Ok(()) } else { store.write(|tx| note::append(tx, site, fresh, notes)) }
    }

    fn note_acked(&self, store: &Store) -> Result<(), StoreError> {
        let state = self.acked.as_ref().map(state_out);
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| note::append(tx, site, fresh, vec![Note::Acked(pb::NodeAcked { state })]))
    }

    /// The note that keeps the hub's signature over a down stream, if it is one.
    pub(super) fn proven(&self, stream: StreamName, head: Head, signature: Vec<u8>) -> Option<Note> {
        let state = StreamState { stream, head, forked: false };
        let good = !signature.is_empty()
            && stream != self.own()
            && self.setup.keys.verify(&state_bytes(&state), &signature);
        good.then(|| Note::Proof(pb::NodeProof { state: Some(state_out(&state)), signature }))
    }

    fn exchange(&mut self) -> Result<&mut Exchange, Stop> {
        match &mut self.phase {
            Phase::Exchanging(exchange) | Phase::Finishing(exchange) => Ok(exchange),
            Phase::Greeting | Phase::Ended(_) => {
                Err(Stop::Refuse(RefusalCode::Restart, "before the welcome"))
            }
        }
    }

    pub(super) fn own(&self) -> StreamName {
        StreamName::Township(self.setup.township)
    }

    pub(super) fn site(&self) -> Site {
        Site::Township(self.setup.township)
    }
}

impl Exchange {
    fn lane(&mut self, stream: StreamName) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|(name, _)| *name == stream).map(|(_, lane)| lane)
    }

    /// The next batch that the window lets out, lanes in turn, and the entries in it.
    fn next_batch(&mut self, store: &Store) -> Result<Option<(Batch, u64)>, StoreError> {
        if self.in_flight >= limits::SESSION_WINDOW_BATCHES {
            return Ok(None);
        }
        for _ in 0..self.lanes.len() {
            self.turn = (self.turn + 1) % self.lanes.len();
            let (stream, lane) = &mut self.lanes[self.turn];
            let (next, to, proof, salvage) = match lane {
                Lane::Send { next, to, proof } => (next, *to, proof, false),
                Lane::Salvage { next, to, proof, .. } if *next <= *to => (next, *to, proof, true),
                _ => continue,
            };
            let frame = store.run(*stream, *next..=to, limits::FRAME_BYTES_MAX, self.entry_bytes_max)?;
            let Some(frame) = frame.filter(|_| *next <= to) else {
                *lane = Lane::Done;
                continue;
            };
            let entries = frame.items.len() as u64;
            *next += entries;
            let last = *next > to;
            let mut batch = pack(&frame);
            batch.salvage = salvage;
            if last {
                batch.proof = std::mem::take(proof);
            }
            match lane {
                Lane::Salvage { unacked, .. } => *unacked += 1,
                _ if last => *lane = Lane::Done,
                _ => {}
            }
            self.in_flight += 1;
            return Ok(Some((batch, entries)));
        }
        Ok(None)
    }
}

/// The streams that a session of this township carries.
pub(super) fn carried(township: TownshipCode) -> [StreamName; 3] {
    [StreamName::Township(township), StreamName::DownAll, StreamName::Down(township)]
}

pub(super) fn state_of(store: &Store, stream: StreamName) -> StreamState {
    StreamState { stream, head: store.head(stream), forked: false }
}

pub(super) fn recovered_note(now: Now, recovered: Recovered) -> Note {
    Note::Recovered(pb::NodeRecovered {
        at: now.unix_ms,
        taken_back: recovered.taken_back,
        reappended: recovered.reappended,
        lost: recovered.lost,
        lost_since: recovered.lost_since,
    })
}
