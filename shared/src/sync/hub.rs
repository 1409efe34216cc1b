//! The hub's half of a session.
//!
//! The township is the certificate's; what a message claims is only compared with it (I10). Everything that a session
//! stores goes through [`HubSession::commit`], which makes the first commit of a session also the one that stores its
//! token, and stops a session that a newer one has replaced.

mod commit;
mod exchange;
mod streams;

use std::collections::VecDeque;
use std::sync::Arc;

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::branch::Branch;
use super::fault::{Fault, planted};
use super::message::{
    Held, Hello, HubMessage, NodeMessage, Notice, PROTOCOL, PROTOCOL_MIN, Receipt, Refusal, RefusalCode,
    StreamState, Token, Welcome,
};
use super::node::{carried, state_of};
use super::note;
use super::receipt::{Sign, number, receipt_bytes, state_bytes};
use super::session::{Failure, Now, Outcome, Stop, Summary};
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::{Store, StoreError, View};
use crate::stream::{Frame, Head};
use crate::view::held;
use exchange::{Exchange, Lane};

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
        let mut restored = match self.admit(&known, &hello) {
            Ok(restored) => restored,
            Err((code, event)) => {
                self.note_event(now, store, &known, event)?;
                return Err(Stop::Refuse(code, ""));
            }
        };
        let mut streams = Vec::new();
        let mut lanes = Vec::new();
        let mut has = pb::HubHas::default();
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
            // What a node once sent it had stored before, so it can lack that only if its folder is an older one.
            let lacks = !common || there.len < here.len;
            restored |= stream == self.own() && there.len > 0 && lacks;
            if common && there.len <= here.len {
                count_down(&mut has, stream, there.len);
            }
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
                has: Some(has),
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
            Phase::Exchanging(Exchange {
                hello,
                lanes,
                in_flight: 0,
                turn: 0,
                confirmed,
                restored,
                own_len,
                has,
            })
        };
        Ok(())
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
        let mut has = pb::HubHas::default();
        there.iter().for_each(|state| count_down(&mut has, state.stream, state.head.len));
        let receipt = self.receipt(now, store, there, Some(self.setup.token));
        let closed = pb::HubClosed {
            township: self.setup.township.to_string(),
            at: now.unix_ms,
            received: self.summary.received,
            sent: self.summary.sent,
            held: receipt.held_total,
            has: Some(has),
        };
        store.write(|tx| note::append(tx, Site::Hub, self.setup.epoch, vec![Note::Closed(closed)]))?;
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

/// Counts what the node has of the streams that flow down to it.
fn count_down(has: &mut pb::HubHas, stream: StreamName, entries: u64) {
    match stream {
        StreamName::DownAll => has.all = entries,
        StreamName::Down(_) => has.own = entries,
        _ => {}
    }
}

fn before_hello() -> Stop {
    Stop::Refuse(RefusalCode::Restart, "before the hello")
}
