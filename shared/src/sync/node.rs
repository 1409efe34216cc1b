//! The node's half of a session.
//!
//! Each stream has a `Lane`: what is left to do with it in this session. The session ends when every lane is done and
//! the hub's receipt is stored. Joining two branches of a stream is in `rejoin`.

mod end;
mod exchange;
mod rejoin;
mod streams;

use std::collections::VecDeque;
use std::sync::Arc;

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::branch;
use super::fault::{Fault, planted};
use super::message::{
    Hello, HubMessage, Instance, NodeMessage, PROTOCOL, PROTOCOL_MIN, Refusal, RefusalCode, Sketch,
    StreamState, Welcome,
};
use super::note;
use super::receipt::{Verify, state_bytes};
use super::session::{Failure, Now, Outcome, Reappend, Stop, Summary, Watermark};
use super::wire::state_out;
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::{Store, StoreError};
use crate::stream::Head;
use exchange::{Exchange, Lane};

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
    /// Our own stream as the hello had it.
    greeted: Head,
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
        let greeted = streams[0].head;
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
            greeted,
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
        if own && here != self.greeted && there.head.len > self.greeted.len {
            // The hub's answer is about what we had when we greeted; a clerk has saved something since.
            return Err(Stop::Refuse(RefusalCode::Restart, "written meanwhile"));
        }
        if own {
            self.settle_mark(there.head.len);
            // Of another branch it is not known yet how much of ours the hub has.
            let held = if common {
                [there.head, here][usize::from(there.head.len > here.len)]
            } else {
                Head::empty(stream)
            };
            self.hub_holds(store, held)?;
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

/// The streams that a session of this township carries.
pub(super) fn carried(township: TownshipCode) -> [StreamName; 3] {
    [StreamName::Township(township), StreamName::DownAll, StreamName::Down(township)]
}

pub(super) fn state_of(store: &Store, stream: StreamName) -> StreamState {
    StreamState { stream, head: store.head(stream), forked: false }
}
