//! A node and a hub that hold each other by the hand: two stores in memory, a clock that is moved by hand, and every
//! message carried as its bytes. For tests and examples.

use std::sync::Arc;

use prost::Message as _;
use xianglian_proto::v1 as pb;

use super::hub::{HeldInViews, HubSession, HubSetup};
use super::message::{HubMessage, Instance, NodeMessage, Token};
use super::node::{NodeSession, NodeSetup};
use super::note;
use super::receipt::{Sign, Verify};
use super::session::{Now, Outcome, Summary, Verbatim};
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::{Fold, Place, Store, StoreError, ViewMut};
use crate::stream::{Head, Item};

/// Signs with a keyed hash: whoever can check can also sign, which is good enough for one process.
#[derive(Debug, Clone, Copy)]
pub struct HashKey(pub [u8; 32]);

impl Verify for HashKey {
    fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        self.sign(bytes) == signature
    }
}

impl Sign for HashKey {
    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let half = blake3::keyed_hash(&self.0, bytes);
        // As long as a real signature.
        [half.as_bytes().as_slice(), half.as_bytes().as_slice()].concat()
    }
}

/// Folds notes about sessions and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotesOnly;

impl NotesOnly {
    /// A new store in memory.
    pub fn store() -> Store {
        Store::memory(Arc::new(Self))
    }
}

impl Fold for NotesOnly {
    fn version(&self) -> u64 {
        1
    }

    fn apply(&self, views: &mut dyn ViewMut, place: Place, item: &Item) {
        if let (StreamName::Meta(_), Item::Entry(bytes)) = (place.stream, item) {
            note::fold(views, place, bytes);
        }
    }
}

/// One node, one hub.
pub struct Pair {
    pub node: Store,
    pub hub: Store,
    pub node_setup: NodeSetup,
    pub hub_setup: HubSetup,
    pub now: Now,
    /// The node's wall clock minus the hub's, in ms.
    pub node_clock_ahead_ms: i64,
    fresh: u64,
}

/// What passed in one session, and how both sides ended it.
#[derive(Debug, Clone)]
pub struct Report {
    /// Kinds of the messages in the order in which they arrived; the node's in capitals.
    pub messages: Vec<&'static str>,
    pub node_bytes: usize,
    pub hub_bytes: usize,
    pub node: Option<Outcome>,
    pub hub: Option<Outcome>,
    pub node_summary: Summary,
    pub hub_summary: Summary,
}

impl Report {
    pub fn done(&self) -> bool {
        self.node == Some(Outcome::Done)
    }
}

impl Pair {
    /// A township that has not met its hub yet. Both stores fold by `open`.
    pub fn new(open: impl Fn() -> Store) -> Self {
        let township = TownshipCode::from_number(330_282_002).unwrap_or_else(|| unreachable!("nine digits"));
        let keys = Arc::new(HashKey([7; 32]));
        let node_setup = NodeSetup {
            township,
            software: "township-node 0.1.0".to_owned(),
            catalogue: "5f1d1c0c9a3e7b21".to_owned(),
            capabilities: Vec::new(),
            instance: Some(Instance([9; 16])),
            epoch: Epoch(1),
            mark: None,
            keys: keys.clone(),
            reappend: Arc::new(Verbatim),
        };
        let hub_setup = HubSetup {
            township,
            software: "county-hub 0.1.0".to_owned(),
            catalogue: "5f1d1c0c9a3e7b21".to_owned(),
            capabilities: Vec::new(),
            entry_bytes_max: limits::ENTRY_BYTES_MAX as u32,
            token: Token([0; 16]),
            epoch: Epoch(2),
            keys,
            held: Arc::new(HeldInViews),
        };
        let now = Now { unix_ms: 1_795_000_000_000, ticks_ms: 0 };
        Self { node: open(), hub: open(), node_setup, hub_setup, now, node_clock_ahead_ms: 0, fresh: 100 }
    }

    pub fn own(&self) -> StreamName {
        StreamName::Township(self.node_setup.township)
    }

    pub fn down(&self) -> StreamName {
        StreamName::Down(self.node_setup.township)
    }

    /// A number that was not given before.
    pub fn fresh(&mut self) -> u64 {
        self.fresh += 1;
        self.fresh
    }

    /// Appends `count` different entries to the node's stream.
    ///
    /// # Errors
    /// The store's.
    pub fn node_writes(&mut self, count: usize) -> Result<Head, StoreError> {
        let store = self.node.clone();
        self.write(&store, self.own(), count)
    }

    /// Appends `count` different entries to a stream of the hub.
    ///
    /// # Errors
    /// The store's.
    pub fn hub_writes(&mut self, stream: StreamName, count: usize) -> Result<Head, StoreError> {
        let store = self.hub.clone();
        self.write(&store, stream, count)
    }

    fn write(&mut self, store: &Store, stream: StreamName, count: usize) -> Result<Head, StoreError> {
        let entries =
            (0..count).map(|_| format!("entry {} of {stream}", self.fresh()).into_bytes()).collect();
        let fresh = Epoch(self.fresh());
        store.write(|tx| {
            let head = tx.head(stream);
            tx.append(stream, if head.len == 0 { fresh } else { head.epoch }, entries)
        })
    }

    /// Enrols another installation for the township, and lets the node be it.
    ///
    /// # Errors
    /// The store's.
    pub fn enrol(&mut self, instance: Instance) -> Result<(), StoreError> {
        self.node_setup.instance = Some(instance);
        enrol(&self.hub, self.node_setup.township, instance)
    }

    /// One whole session.
    ///
    /// # Errors
    /// A store's.
    pub fn session(&mut self) -> Result<Report, StoreError> {
        self.session_cut(usize::MAX)
    }

    /// One session whose carrier breaks when so many messages have arrived.
    ///
    /// # Errors
    /// A store's.
    pub fn session_cut(&mut self, messages_max: usize) -> Result<Report, StoreError> {
        let fresh = u128::from(self.fresh());
        self.node_setup.epoch = Epoch(fresh as u64);
        self.hub_setup.token = Token(fresh.to_le_bytes());
        let mut node = NodeSession::start(self.node_now(), &self.node, self.node_setup.clone())?;
        let mut hub = HubSession::start(self.now, self.hub_setup.clone());
        let mut report = Report {
            messages: Vec::new(),
            node_bytes: 0,
            hub_bytes: 0,
            node: None,
            hub: None,
            node_summary: Summary::default(),
            hub_summary: Summary::default(),
        };
        loop {
            let mut quiet = true;
            while report.messages.len() < messages_max
                && let Some(message) = node.poll(&self.node)?
            {
                quiet = false;
                report.messages.push(node_kind(&message));
                let bytes = pb::NodeMessage::from(message).encode_to_vec();
                report.node_bytes += bytes.len();
                self.tick(10);
                if let Some(message) = decoded(pb::NodeMessage::decode(bytes.as_slice())) {
                    hub.handle(self.now, &self.hub, message)?;
                }
            }
            while report.messages.len() < messages_max
                && let Some(message) = hub.poll(&self.hub)?
            {
                quiet = false;
                report.messages.push(hub_kind(&message));
                let bytes = pb::HubMessage::from(message).encode_to_vec();
                report.hub_bytes += bytes.len();
                self.tick(10);
                if let Some(message) = decoded(pb::HubMessage::decode(bytes.as_slice())) {
                    node.handle(self.node_now(), &self.node, message)?;
                }
            }
            if quiet {
                break;
            }
        }
        if report.messages.len() >= messages_max {
            node.cut(self.node_now(), &self.node)?;
            hub.cut();
        }
        report.node = node.outcome().cloned();
        report.hub = hub.outcome().cloned();
        report.node_summary = node.summary().clone();
        report.hub_summary = hub.summary().clone();
        Ok(report)
    }

    /// Moves both clocks on.
    pub fn tick(&mut self, ms: i64) {
        self.now.unix_ms += ms;
        self.now.ticks_ms += ms;
    }

    fn node_now(&self) -> Now {
        Now { unix_ms: self.now.unix_ms + self.node_clock_ahead_ms, ..self.now }
    }

    /// True if both sides hold the same of every stream that travels.
    pub fn agree(&self) -> bool {
        super::node::carried(self.node_setup.township).iter().all(|stream| {
            let (node, hub) = (self.node.head(*stream), self.hub.head(*stream));
            node.len == hub.len && node.hash == hub.hash
        })
    }
}

/// Enrols an installation for a township at a hub, as the note of a join does.
///
/// # Errors
/// The store's.
pub fn enrol(hub: &Store, township: TownshipCode, instance: Instance) -> Result<(), StoreError> {
    hub.write(|tx| note::append(tx, Site::Hub, Epoch(0), vec![note::hub_instance(township, instance)]))
}

fn decoded<P, M: TryFrom<P>>(message: Result<P, prost::DecodeError>) -> Option<M> {
    message.ok().and_then(|message| M::try_from(message).ok())
}

fn node_kind(message: &NodeMessage) -> &'static str {
    match message {
        NodeMessage::Hello(_) => "HELLO",
        NodeMessage::Sketch(_) => "SKETCH",
        NodeMessage::Batch(_) => "BATCH",
        NodeMessage::Ack(_) => "ACK",
        NodeMessage::Finished(_) => "FINISHED",
        NodeMessage::Refusal(_) => "REFUSAL",
    }
}

fn hub_kind(message: &HubMessage) -> &'static str {
    match message {
        HubMessage::Welcome(_) => "welcome",
        HubMessage::Agreed(_) => "agreed",
        HubMessage::Batch(_) => "batch",
        HubMessage::Ack(_) => "ack",
        HubMessage::Receipt(_) => "receipt",
        HubMessage::Refusal(_) => "refusal",
    }
}
