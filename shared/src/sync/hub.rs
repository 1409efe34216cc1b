//! The hub's half of a session.
//!
//! The township is the certificate's; what a message claims is only compared with it (I10). Everything that a session
//! stores goes through [`HubSession::commit`], which makes the first commit of a session also the one that stores its
//! token, and stops a session that a newer one has replaced.

use std::collections::VecDeque;
use std::sync::Arc;

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::branch::{self, Branch, Follow, Pushed, after};
use super::fault::{Fault, planted};
use super::message::{
    Agreed, Batch, Held, Hello, HubMessage, NodeMessage, Notice, PROTOCOL, PROTOCOL_MIN, Receipt, Refusal,
    RefusalCode, Sketch, StreamState, Token, Welcome,
};
use super::node::{carried, state_of};
use super::note::{self, EventKind, TownshipState};
use super::pack::{pack, unpack};
use super::receipt::{Sign, number, receipt_bytes, state_bytes};
use super::session::{Failure, Now, Outcome, Stop, Summary};
use super::token::{Judgement, judge};
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::{Store, StoreError, Tx, View};
use crate::stream::{Frame, Head, Item};
use crate::view::held;

/// What is held of one township's entries, for its receipts.
pub trait HeldList: Send + Sync {
    /// At most [`limits::RECEIPT_HELD_MAX`] of them, and how many there are in all.
    fn held(&self, view: &dyn View, township: TownshipCode) -> (Vec<Held>, u32);
}

/// The held entries of the township's own stream, from the views.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeldInViews;

impl HeldList for HeldInViews {
    fn held(&self, view: &dyn View, township: TownshipCode) -> (Vec<Held>, u32) {
        let stream = Some(StreamName::Township(township));
        let row = |held: held::HeldEntry| Held {
            stream: held.stream,
            seq: held.seq,
            record: held.record,
            kind: held.kind,
            code: held.code.number(),
            detail: held.detail.chars().take(limits::SESSION_TEXT_CHARS_MAX).collect(),
        };
        let list = held::list(view, stream, limits::RECEIPT_HELD_MAX).into_iter().map(row).collect();
        (list, held::count(view, stream))
    }
}

/// What a session of the hub is given.
#[derive(Clone)]
pub struct HubSetup {
    /// From the certificate.
    pub township: TownshipCode,
    pub software: String,
    pub catalogue: String,
    pub capabilities: Vec<String>,
    /// Longer entries come as their digest alone; at most [`limits::ENTRY_BYTES_MAX`].
    pub entry_bytes_max: u32,
    /// Fresh and random.
    pub token: Token,
    /// Fresh and random; used for a stream that has no entry yet.
    pub epoch: Epoch,
    pub keys: Arc<dyn Sign>,
    pub held: Arc<dyn HeldList>,
}

/// The hub's half. It holds no connection: messages go in by [`Self::handle`] and come out of [`Self::poll`].
pub struct HubSession {
    setup: HubSetup,
    phase: Phase,
    outbox: VecDeque<HubMessage>,
    /// Ticks when the node was last heard.
    heard: i64,
    summary: Summary,
    /// With a planted fault: acknowledged, not stored.
    late: Option<Frame>,
}

enum Phase {
    /// The hello has not come.
    Waiting,
    Exchanging(Exchange),
    Ended(Outcome),
}

struct Exchange {
    hello: Hello,
    lanes: Vec<(StreamName, Lane)>,
    in_flight: usize,
    turn: usize,
    /// The session's token is stored.
    confirmed: bool,
    restored: bool,
    /// Entries of the node's own stream when the session began.
    own_len: u64,
}

/// What is left to do with one stream.
enum Lane {
    /// Nothing, or the node sends.
    Idle,
    Send {
        next: u64,
        to: u64,
    },
    /// A down stream of which the node has more, or another branch: its entries, until the proof of their end comes.
    Given(Branch),
    /// As before, after a sketch: then the hub's own branch is sent from `keep` on.
    Salvaged {
        branch: Branch,
        keep: u64,
    },
}

impl HubSession {
    /// Waits for the hello.
    pub fn start(now: Now, setup: HubSetup) -> Self {
        let heard = now.ticks_ms;
        Self {
            setup,
            phase: Phase::Waiting,
            outbox: VecDeque::new(),
            heard,
            summary: Summary::default(),
            late: None,
        }
    }

    /// Takes one message of the node.
    ///
    /// # Errors
    /// The store's; the session has then ended, and the node is told that the hub cannot store now.
    pub fn handle(&mut self, now: Now, store: &Store, message: NodeMessage) -> Result<(), StoreError> {
        if self.outcome().is_some() {
            return Ok(());
        }
        self.heard = now.ticks_ms;
        let step = match message {
            NodeMessage::Hello(hello) => self.greeted(now, store, hello),
            NodeMessage::Sketch(sketch) => self.sketched(now, store, sketch),
            NodeMessage::Batch(batch) => self.received(now, store, batch),
            NodeMessage::Ack(_) => self.acknowledged(now, store),
            NodeMessage::Finished(states) => self.finished(now, store, &states),
            NodeMessage::Refusal(refusal) => {
                self.phase = Phase::Ended(Outcome::Failed(Failure::Refused(refusal)));
                Ok(())
            }
        };
        match step {
            Ok(()) => Ok(()),
            Err(Stop::Refuse(code, detail)) => {
                let refusal = self.last_word(now, code, detail);
                self.phase = Phase::Ended(Outcome::Failed(Failure::Refusing(refusal)));
                Ok(())
            }
            Err(Stop::Store(error)) => {
                self.last_word(now, RefusalCode::Unavailable, "store");
                self.phase = Phase::Ended(Outcome::Failed(Failure::Store(error.clone())));
                Err(error)
            }
        }
    }

    fn last_word(&mut self, now: Now, code: RefusalCode, detail: &str) -> Refusal {
        let refusal = Refusal { code, detail: detail.to_owned(), clock: now.unix_ms };
        self.outbox.clear();
        self.outbox.push_back(HubMessage::Refusal(refusal.clone()));
        refusal
    }

    /// The next message for the node, if there is one now. Call until it gives none.
    ///
    /// # Errors
    /// The store's.
    pub fn poll(&mut self, store: &Store) -> Result<Option<HubMessage>, StoreError> {
        if let Some(message) = self.outbox.pop_front() {
            return Ok(Some(message));
        }
        if let Some(frame) = self.late.take() {
            store.write(|tx| tx.append_frame(&frame))?;
        }
        let Phase::Exchanging(exchange) = &mut self.phase else { return Ok(None) };
        let Some((mut batch, end, entries)) = exchange.next_batch(store)? else { return Ok(None) };
        if end.stream != StreamName::Township(self.setup.township) {
            batch.proof = self.setup.keys.sign(&state_bytes(&end));
        }
        self.summary.sent += entries;
        Ok(Some(HubMessage::Batch(batch)))
    }

    /// Ticks at which to call [`Self::expire`] if nothing was heard until then; none after the end.
    pub fn poll_timeout(&self) -> Option<i64> {
        (self.outcome().is_none() && !planted(Fault::SilenceForever))
            .then_some(self.heard + limits::SESSION_SILENCE_MS)
    }

    /// Ends the session if the node has been silent for too long.
    pub fn expire(&mut self, now: Now) {
        if self.poll_timeout().is_some_and(|at| now.ticks_ms >= at) {
            self.phase = Phase::Ended(Outcome::Failed(Failure::Silence));
        }
    }

    /// The carrier broke.
    pub fn cut(&mut self) {
        if self.outcome().is_none() {
            self.phase = Phase::Ended(Outcome::Failed(Failure::Cut));
        }
    }

    /// How it ended, once it has. Messages may still wait in [`Self::poll`].
    pub fn outcome(&self) -> Option<&Outcome> {
        if let Phase::Ended(outcome) = &self.phase { Some(outcome) } else { None }
    }

    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn greeted(&mut self, now: Now, store: &Store, hello: Hello) -> Result<(), Stop> {
        if !matches!(self.phase, Phase::Waiting) {
            return Err(Stop::Refuse(RefusalCode::Restart, "a second hello"));
        }
        if hello.protocol < PROTOCOL_MIN {
            return Err(Stop::Refuse(RefusalCode::ProtocolOld, "1"));
        }
        if hello.township != self.setup.township {
            return Err(Stop::Refuse(RefusalCode::NotYours, "township"));
        }
        self.summary.clock_offset = hello.clock.saturating_sub(now.unix_ms);
        self.summary.software.clone_from(&hello.software);
        self.summary.catalogue.clone_from(&hello.catalogue);
        let known = store.read(|view| note::township_state(view, self.setup.township));
        let restored = match self.admit(&known, &hello) {
            Ok(restored) => restored,
            Err((code, event)) => {
                self.note_event(now, store, &known, event)?;
                return Err(Stop::Refuse(code, ""));
            }
        };
        let mut streams = Vec::new();
        let mut lanes = Vec::new();
        let mut equal = true;
        for stream in carried(self.setup.township) {
            let here = store.head(stream);
            let there = hello
                .streams
                .iter()
                .find(|state| state.stream == stream)
                .map_or(Head::empty(stream), |state| state.head);
            let common = there.len > here.len || store.hash_at(stream, there.len)? == Some(there.hash);
            equal &= common && there.len == here.len;
            streams.push(StreamState { stream, head: here, forked: !common });
            lanes.push((
                stream,
                match there.len {
                    len if common && len < here.len => Lane::Send { next: len + 1, to: here.len },
                    len if len > here.len && stream != self.own() => Lane::Given(Branch::new(here)),
                    _ => Lane::Idle,
                },
            ));
        }
        let own_len = streams[0].head.len;
        self.summary.notice = restored.then_some(Notice::Restored);
        let receipt = if equal { Some(self.receipt(now, store, streams.clone(), None)) } else { None };
        if equal {
            let seen = pb::HubSeen {
                township: self.setup.township.to_string(),
                session: Some(self.session_row(now, &hello)),
            };
            store.write(|tx| note::append(tx, Site::Hub, self.setup.epoch, vec![Note::Seen(seen)]))?;
        }
        let done = receipt.is_some();
        self.outbox.push_back(HubMessage::Welcome(Welcome {
            protocol: hello.protocol.min(PROTOCOL),
            capabilities: self.setup.capabilities.clone(),
            software: self.setup.software.clone(),
            catalogue: self.setup.catalogue.clone(),
            clock: now.unix_ms,
            streams: if done { Vec::new() } else { streams },
            token: (!done).then_some(self.setup.token),
            receipt,
            notice: self.summary.notice,
            entry_bytes_max: self.setup.entry_bytes_max,
        }));
        self.phase = if done {
            Phase::Ended(Outcome::Done)
        } else {
            let confirmed = false;
            Phase::Exchanging(Exchange { hello, lanes, in_flight: 0, turn: 0, confirmed, restored, own_len })
        };
        Ok(())
    }

    /// Whether this installation may go on, and whether its folder was restored.
    fn admit(&self, known: &TownshipState, hello: &Hello) -> Result<bool, (RefusalCode, EventKind)> {
        let enrolled = known.instance.or(hello.instance);
        if hello.instance.is_none() || hello.instance != enrolled {
            return Err((RefusalCode::NewMachine, EventKind::NewMachine));
        }
        match judge(&known.tokens, hello.token) {
            Judgement::Current => Ok(false),
            Judgement::Older => Ok(true),
            Judgement::Abandoned if planted(Fault::TokenUnchecked) => Ok(false),
            Judgement::Abandoned => Err((RefusalCode::Clone, EventKind::Clone)),
        }
    }

    /// Notes that a machine was refused, unless that only repeats the last event.
    fn note_event(
        &self,
        now: Now,
        store: &Store,
        known: &TownshipState,
        kind: EventKind,
    ) -> Result<(), StoreError> {
        let repeats = known.event.as_ref().is_some_and(|event| {
            event.kind == kind.number()
                && (0..limits::REPEAT_NOTED_MS).contains(&now.unix_ms.saturating_sub(event.at))
        });
        if repeats {
            return Ok(());
        }
        let event = self.event(now, kind, 0);
        store.write(|tx| note::append(tx, Site::Hub, self.setup.epoch, vec![event]))
    }

    fn event(&self, now: Now, kind: EventKind, count: u64) -> Note {
        Note::Event(pb::HubEvent {
            township: self.setup.township.to_string(),
            kind: kind.number(),
            at: now.unix_ms,
            count,
        })
    }

    fn session_row(&self, now: Now, hello: &Hello) -> pb::HubSession {
        pb::HubSession {
            at: now.unix_ms,
            software: hello.software.clone(),
            catalogue: hello.catalogue.clone(),
            clock_offset: self.summary.clock_offset,
            backlog: hello.backlog,
        }
    }

    /// One durable commit of this session. The first one of a session stores its token with it; one of a session that
    /// is not the newest is refused.
    fn commit(
        &mut self,
        now: Now,
        store: &Store,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Phase::Exchanging(exchange) = &self.phase else { return Err(before_hello()) };
        let (township, fresh) = (self.setup.township, self.setup.epoch);
        if exchange.confirmed {
            return store.write(|tx| {
                let live = note::township_state(tx.view(), township).live;
                if live != Some(self.setup.token) && !planted(Fault::StaleSession) {
                    return Err(Stop::Refuse(RefusalCode::Superseded, ""));
                }
                work(tx)
            });
        }
        let hello = &exchange.hello;
        let mut notes = vec![Note::Opened(pb::HubOpened {
            township: township.to_string(),
            presented: hello.token.map_or_else(Vec::new, |token| token.0.to_vec()),
            issued: self.setup.token.0.to_vec(),
            instance: hello.instance.map_or_else(Vec::new, |instance| instance.0.to_vec()),
            session: Some(self.session_row(now, hello)),
        })];
        if exchange.restored {
            notes.push(self.event(now, EventKind::NodeRestored, 0));
        }
        if hello.acked > exchange.own_len {
            notes.push(self.event(now, EventKind::HubWentBack, hello.acked - exchange.own_len));
        }
        store.write(|tx| {
            // Another session may have come between the hello and this.
            let known = note::township_state(tx.view(), township);
            self.admit(&known, hello).map_err(|(code, _)| Stop::Refuse(code, ""))?;
            note::append(tx, Site::Hub, fresh, notes)?;
            work(tx)
        })?;
        self.exchange()?.confirmed = true;
        Ok(())
    }

    fn confirm(&mut self, now: Now, store: &Store) -> Result<(), Stop> {
        if self.exchange()?.confirmed { Ok(()) } else { self.commit(now, store, |_| Ok(())) }
    }

    fn sketched(&mut self, now: Now, store: &Store, sketch: Sketch) -> Result<(), Stop> {
        self.confirm(now, store)?;
        let stream = sketch.stream;
        if self.exchange()?.lane(stream).is_none() {
            return Err(Stop::Refuse(RefusalCode::NotYours, "sketch"));
        }
        let state = state_of(store, stream);
        let mut keep = Head::empty(stream);
        for (seq, hash) in sketch.points {
            if seq <= state.head.len && store.hash_at(stream, seq)? == Some(hash) {
                keep = Head { epoch: state.head.epoch, len: seq, hash };
                break;
            }
        }
        let own = stream == self.own();
        if let Some(lane) = self.exchange()?.lane(stream) {
            *lane = if sketch.salvage && !own {
                Lane::Salvaged { branch: Branch::new(keep), keep: keep.len }
            } else {
                Lane::Send { next: keep.len + 1, to: state.head.len }
            };
        }
        self.outbox.push_back(HubMessage::Agreed(Agreed { seq: keep.len, state }));
        Ok(())
    }

    fn received(&mut self, now: Now, store: &Store, batch: Batch) -> Result<(), Stop> {
        let frame = unpack(&batch).map_err(|_| Stop::Refuse(RefusalCode::Malformed, "batch"))?;
        let stream = frame.stream;
        self.summary.received += frame.items.len() as u64;
        let state = if planted(Fault::AckBeforeDurable) || planted(Fault::ReceiptBeforeDurable) {
            self.received_late(now, store, frame)?
        } else if stream == self.own()
            || (planted(Fault::PayloadTrusted) && matches!(stream, StreamName::Township(_)))
        {
            self.store_own(now, store, frame)?;
            state_of(store, stream)
        } else {
            self.given(now, store, &frame, batch)?
        };
        self.outbox.push_back(HubMessage::Ack(state));
        Ok(())
    }

    /// Stores a frame of the node's own stream as it is; what is there already is not stored again.
    fn store_own(&mut self, now: Now, store: &Store, frame: Frame) -> Result<(), Stop> {
        let restart = || Stop::Refuse(RefusalCode::Restart, "does not follow");
        let (seen, frame) = match branch::follow(store, frame)? {
            (_, Follow::Have) => return self.confirm(now, store),
            (_, Follow::Other) => return Err(restart()),
            (seen, Follow::Next(frame)) => (seen, frame),
        };
        self.commit(now, store, |tx| {
            if tx.head(frame.stream) != seen {
                return Err(restart());
            }
            tx.append_frame(&frame)?;
            Ok(())
        })
    }

    /// Collects entries of a down stream that the hub has lost; stores them once its own signature shows where they lead.
    fn given(&mut self, now: Now, store: &Store, frame: &Frame, batch: Batch) -> Result<StreamState, Stop> {
        self.confirm(now, store)?;
        let stream = frame.stream;
        let proof = batch.proof.clone();
        let keys = self.setup.keys.clone();
        let Some(Lane::Given(branch) | Lane::Salvaged { branch, .. }) = self.exchange()?.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "batch"));
        };
        match branch.push(frame, batch) {
            Pushed::Next => {}
            Pushed::Have => return Ok(state_of(store, stream)),
            Pushed::Other => return Err(Stop::Refuse(RefusalCode::Restart, "another branch")),
            Pushed::TooLong => return Err(Stop::Refuse(RefusalCode::BranchTooLong, "batch")),
        }
        if proof.is_empty() {
            return Ok(state_of(store, stream));
        }
        let end = StreamState { stream, head: branch.at, forked: false };
        if !keys.verify(&state_bytes(&end), &proof) && !planted(Fault::ProofUnchecked) {
            return Err(Stop::Refuse(RefusalCode::NotYours, "proof"));
        }
        let frames = branch.frames().map_err(|_| Stop::Refuse(RefusalCode::Malformed, "branch"))?;
        let lane = self.exchange()?.lane(stream).map(|lane| std::mem::replace(lane, Lane::Idle));
        let Some(Lane::Salvaged { keep, .. }) = lane else {
            self.give_back(now, store, frames)?;
            return Ok(state_of(store, stream));
        };
        self.salvage(now, store, stream, keep, &frames)?;
        // The answer says where the branch ends that is sent from now on, whatever others append meanwhile.
        let state = state_of(store, stream);
        if let Some(lane) = self.exchange()?.lane(stream) {
            *lane = Lane::Send { next: keep + 1, to: state.head.len };
        }
        Ok(state)
    }

    /// The hub was restored and has no other branch: the frames go where they were.
    fn give_back(&mut self, now: Now, store: &Store, frames: Vec<Frame>) -> Result<(), Stop> {
        for frame in frames {
            self.store_own(now, store, frame)?;
        }
        Ok(())
    }

    /// The hub was restored and has gone on: what it does not have is appended at the end.
    fn salvage(
        &mut self,
        now: Now,
        store: &Store,
        stream: StreamName,
        keep: u64,
        frames: &[Frame],
    ) -> Result<(), Stop> {
        if planted(Fault::SalvageIgnored) {
            return self.confirm(now, store);
        }
        let seen = store.head(stream);
        let have = branch::items(store, stream, keep + 1, seen.len)?;
        let mut lost: Vec<Item> = frames.iter().flat_map(|frame| frame.items.iter().cloned()).collect();
        if !planted(Fault::SalvageWithoutDedupe) {
            let there = [after(stream, seen, seen.epoch, have)];
            lost = branch::missing(lost, &there);
        }
        if lost.is_empty() {
            return self.confirm(now, store);
        }
        let event = self.event(now, EventKind::Salvaged, lost.len() as u64);
        let fresh = self.setup.epoch;
        self.commit(now, store, |tx| {
            if tx.head(stream) != seen {
                return Err(Stop::Refuse(RefusalCode::Restart, "the stream moved"));
            }
            branch::put(tx, &after(stream, seen, seen.epoch, lost))?;
            note::append(tx, Site::Hub, fresh, vec![event])?;
            Ok(())
        })
    }

    fn acknowledged(&mut self, now: Now, store: &Store) -> Result<(), Stop> {
        self.confirm(now, store)?;
        let exchange = self.exchange()?;
        if !planted(Fault::WindowStuck) {
            exchange.in_flight = exchange.in_flight.saturating_sub(1);
        }
        Ok(())
    }

    fn finished(&mut self, now: Now, store: &Store, states: &[StreamState]) -> Result<(), Stop> {
        self.confirm(now, store)?;
        let mut there = vec![state_of(store, self.own())];
        for state in
            states.iter().filter(|state| state.stream != self.own() && self.exchange_has(state.stream))
        {
            if store.hash_at(state.stream, state.head.len)? == Some(state.head.hash) {
                there.push(StreamState { forked: false, ..*state });
            }
        }
        if let Some(frame) = &self.late {
            there[0].head = frame.head();
        }
        let receipt = self.receipt(now, store, there, Some(self.setup.token));
        self.outbox.push_back(HubMessage::Receipt(receipt));
        self.phase = Phase::Ended(Outcome::Done);
        Ok(())
    }

    fn receipt(&self, now: Now, store: &Store, streams: Vec<StreamState>, token: Option<Token>) -> Receipt {
        let township = self.setup.township;
        let (held, held_total) = store.read(|view| self.setup.held.held(view, township));
        let signature = self.setup.keys.sign(&receipt_bytes(township, now.unix_ms, &streams));
        let number = number(township, now.unix_ms, &streams);
        Receipt { township, streams, at: now.unix_ms, number, signature, token, held, held_total }
    }

    /// With a planted fault: stores after the answer is out.
    fn received_late(&mut self, now: Now, store: &Store, frame: Frame) -> Result<StreamState, Stop> {
        self.confirm(now, store)?;
        if let Some(before) = self.late.take() {
            store.write(|tx| tx.append_frame(&before))?;
        }
        if frame.stream != self.own() || store.head(frame.stream).hash != frame.prev {
            return Err(Stop::Refuse(RefusalCode::Restart, "does not follow"));
        }
        let head = if planted(Fault::AckBeforeDurable) { frame.head() } else { store.head(frame.stream) };
        let stream = frame.stream;
        self.late = Some(frame);
        Ok(StreamState { stream, head, forked: false })
    }

    fn exchange(&mut self) -> Result<&mut Exchange, Stop> {
        if let Phase::Exchanging(exchange) = &mut self.phase { Ok(exchange) } else { Err(before_hello()) }
    }

    fn exchange_has(&self, stream: StreamName) -> bool {
        carried(self.setup.township).contains(&stream)
    }

    fn own(&self) -> StreamName {
        StreamName::Township(self.setup.township)
    }
}

fn before_hello() -> Stop {
    Stop::Refuse(RefusalCode::Restart, "before the hello")
}

impl Exchange {
    fn lane(&mut self, stream: StreamName) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|(name, _)| *name == stream).map(|(_, lane)| lane)
    }

    /// The next batch that the window lets out, lanes in turn; where its stream stands after it; the entries in it.
    fn next_batch(&mut self, store: &Store) -> Result<Option<(Batch, StreamState, u64)>, StoreError> {
        if self.in_flight >= limits::SESSION_WINDOW_BATCHES {
            return Ok(None);
        }
        for _ in 0..self.lanes.len() {
            self.turn = (self.turn + 1) % self.lanes.len();
            let (stream, lane) = &mut self.lanes[self.turn];
            let Lane::Send { next, to } = lane else { continue };
            let frame = if next > to {
                None
            } else {
                store.run(*stream, *next..=*to, limits::FRAME_BYTES_MAX, limits::ENTRY_BYTES_MAX)?
            };
            let Some(frame) = frame else {
                *lane = Lane::Idle;
                continue;
            };
            let entries = frame.items.len() as u64;
            *next += entries;
            self.in_flight += 1;
            let end = StreamState { stream: *stream, head: frame.head(), forked: false };
            return Ok(Some((pack(&frame), end, entries)));
        }
        Ok(None)
    }
}
