//! A hub on a loopback port, nodes that join it, and clocks that the test sets.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use shared::ids::{Epoch, StreamName, TownshipCode};
use shared::limits::{ENTRY_BYTES_MAX, INVITATION_MS};
use shared::net::ca::Ca;
use shared::net::clock::Clock;
use shared::net::dial::{Caller, Link, Road};
use shared::net::enrol::{self, EnrolmentBook, Facts, Joining, Office};
use shared::net::failure::{Deny, Failure};
use shared::net::gate::{Gate, Reason};
use shared::net::identity::Identity;
use shared::net::keys::{HubKey, ReceiptKey, random};
use shared::net::link::Tcp;
use shared::net::peer::Peer;
use shared::net::register::Note;
use shared::net::server::{ServeError, serve};
use shared::net::session::{Cost, Desk, Report, SyncService, sync_once};
use shared::net::token::Token;
use shared::store::{Store, StoreError};
use shared::sync::message::{Instance, Token as SessionToken};
use shared::sync::pair::NotesOnly;
use shared::sync::{HeldInViews, HubSetup, NodeSetup, Outcome, Summary, Verbatim};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use xianglian_proto::v1::sync_server::SyncServer;

/// 2026-03-01T00:00:00Z.
pub const START: i64 = 1_772_323_200_000;
pub const DAY: i64 = 24 * 60 * 60 * 1000;
pub const NODE_DAYS: u32 = 365;

/// A clock that stands until the test sets it.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(now: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now)))
    }

    pub fn set(&self, now: i64) {
        self.0.store(now, Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let hands = self.0.clone();
        Clock::new(move || hands.load(Ordering::SeqCst))
    }
}

/// Notes in memory; refuses when told that the disk is full.
#[derive(Clone, Default)]
pub struct Book {
    pub notes: Arc<Mutex<Vec<Note>>>,
    pub full: Arc<AtomicBool>,
}

impl EnrolmentBook for Book {
    fn append(&self, notes: &[Note]) -> Result<(), Deny> {
        if self.full.load(Ordering::SeqCst) {
            return Err(Deny::StoreFull);
        }
        self.notes.lock().unwrap().extend_from_slice(notes);
        Ok(())
    }

    fn facts(&self, township: TownshipCode) -> Option<Facts> {
        let names = BTreeMap::from([(330282002, "浒山街道"), (330282100, "龙山镇")]);
        let name = names.get(&township.number())?.to_string();
        Some(Facts { name, profile: "zhejiang".into(), node_kind: "TOWN".into() })
    }
}

pub fn township(code: &str) -> TownshipCode {
    code.parse().unwrap()
}

pub struct Hub {
    pub folder: TempDir,
    pub hands: Hands,
    pub book: Book,
    pub office: Arc<Office>,
    pub desk: Arc<HubDesk>,
    pub address: String,
    pub stop: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Hub {
    pub async fn start() -> Self {
        let (folder, store) = (tempfile::tempdir().unwrap(), NotesOnly::store());
        Self::start_in(folder, Hands::at(START), Book::default(), store, "127.0.0.1:0").await
    }

    pub async fn start_in(folder: TempDir, hands: Hands, book: Book, store: Store, address: &str) -> Self {
        let county = "330282".parse().unwrap();
        let ca = match Ca::open(folder.path(), NODE_DAYS) {
            Ok(ca) => ca,
            Err(_) => Ca::create(folder.path(), &county, NODE_DAYS, hands.clock().now()).unwrap(),
        };
        let gate = Gate::new(Arc::new(ca), hands.clock(), Default::default()).unwrap();
        let notes = book.notes.lock().unwrap().clone();
        let office = Office::new(gate, Box::new(book.clone()), notes).unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        let keys = office.gate().ca().receipt_key().clone();
        let desk =
            Arc::new(HubDesk { store, keys, sessions: Mutex::default(), ended: watch::Sender::new(0) });
        let sync = SyncServer::new(SyncService::new(desk.clone(), hands.clock()));
        let routes = Routes::default().add_service(sync);
        let serving = tokio::spawn(serve(office.clone(), routes, Box::new(listener), stop.clone()));
        Self { folder, hands, book, office, desk, address, stop, serving }
    }

    /// Stops the hub and starts it again on the same port with what it kept.
    pub async fn restart(self) -> Self {
        self.stop.cancel();
        bounded(self.serving).await.unwrap().unwrap();
        Self::start_in(self.folder, self.hands, self.book, self.desk.store.clone(), &self.address).await
    }

    pub async fn end(self) -> Result<(), ServeError> {
        self.stop.cancel();
        bounded(self.serving).await.unwrap()
    }

    pub fn gate(&self) -> &Arc<Gate> {
        self.office.gate()
    }

    pub fn invite(&self, code: &str) -> Token {
        self.office.invite(township(code), Some(&self.address), INVITATION_MS).unwrap()
    }

    pub fn road(&self, hands: &Hands) -> Road {
        Road { dial: Arc::new(Tcp), clock: hands.clock(), address: self.address.clone() }
    }

    /// A node of the township that has joined.
    pub async fn node(&self, code: &str) -> Node {
        let node = Node::new(self.road(&self.hands));
        node.join(&self.invite(code)).await.unwrap();
        node
    }

    /// Waits until `count` callers have been turned away, and gives the reason of the last.
    pub async fn turned_away(&self, count: u64) -> Reason {
        let mut watch = self.gate().watch_turned_away();
        bounded(watch.wait_for(|seen| *seen >= count)).await.unwrap();
        self.gate().turned_away().last().unwrap().reason.clone()
    }
}

/// Opens sessions on one store and keeps how they ended.
pub struct HubDesk {
    pub store: Store,
    keys: Arc<ReceiptKey>,
    pub sessions: Mutex<Vec<(TownshipCode, Option<Outcome>, Cost)>>,
    ended: watch::Sender<usize>,
}

impl HubDesk {
    /// Waits until `count` sessions have ended, and gives how the last one did.
    pub async fn ended(&self, count: usize) -> (TownshipCode, Option<Outcome>, Cost) {
        let mut ended = self.ended.subscribe();
        bounded(ended.wait_for(|seen| *seen >= count)).await.unwrap();
        self.sessions.lock().unwrap()[count - 1].clone()
    }
}

pub fn fresh() -> u64 {
    u64::from_le_bytes(random().unwrap())
}

impl Desk for HubDesk {
    fn open(&self, township: TownshipCode, _: &Peer) -> Result<(Store, HubSetup), Deny> {
        let setup = HubSetup {
            township,
            software: "county-hub test".into(),
            catalogue: "1".into(),
            capabilities: Vec::new(),
            entry_bytes_max: ENTRY_BYTES_MAX as u32,
            token: SessionToken(random().unwrap()),
            epoch: Epoch(fresh()),
            keys: self.keys.clone(),
            held: Arc::new(HeldInViews),
        };
        Ok((self.store.clone(), setup))
    }

    fn closed(&self, township: TownshipCode, outcome: Option<&Outcome>, _: &Summary, cost: &Cost) {
        self.sessions.lock().unwrap().push((township, outcome.cloned(), *cost));
        self.ended.send_modify(|count| *count += 1);
    }
}

/// Appends `count` entries of `bytes` bytes each, which do not compress, to a stream.
pub fn write(store: &Store, stream: StreamName, count: usize, bytes: usize) {
    let mut rng = rand::rngs::SmallRng::seed_from_u64(fresh());
    let entries = (0..count).map(|_| (0..bytes).map(|_| rng.random()).collect()).collect();
    let fresh = Epoch(fresh());
    let written: Result<_, StoreError> = store.write(|tx| {
        let head = tx.head(stream);
        tx.append(stream, if head.len == 0 { fresh } else { head.epoch }, entries)
    });
    written.unwrap();
}

pub struct Node {
    pub folder: TempDir,
    pub road: Road,
    pub instance: [u8; 16],
    pub store: Store,
}

impl Node {
    pub fn new(road: Road) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), road, instance: [9; 16], store: NotesOnly::store() }
    }

    pub async fn join(&self, token: &Token) -> Result<Identity, Failure> {
        let (folder, instance) = (self.folder.path(), self.instance);
        let joined = enrol::join(&self.road, Joining { token, folder, instance, software: "test 1" });
        bounded(joined).await.map(|(identity, _)| identity)
    }

    pub fn identity(&self) -> Identity {
        Identity::load(self.folder.path()).unwrap().unwrap()
    }

    pub fn setup(&self) -> NodeSetup {
        let identity = self.identity();
        NodeSetup {
            township: identity.enrolled.township,
            software: "township-node test".into(),
            catalogue: "1".into(),
            capabilities: Vec::new(),
            instance: Some(Instance(self.instance)),
            epoch: Epoch(fresh()),
            mark: None,
            keys: Arc::new(HubKey(identity.enrolled.receipt_key)),
            reappend: Arc::new(Verbatim),
        }
    }

    pub async fn sync(&self) -> Report {
        self.sync_as(self.setup()).await
    }

    pub async fn sync_as(&self, setup: NodeSetup) -> Report {
        let stop = CancellationToken::new();
        bounded(sync_once(&self.road, &self.identity(), &self.store, setup, |_| (), &stop)).await
    }

    /// Appends entries of 600 bytes to the node's own stream.
    pub fn write(&self, count: usize) {
        write(&self.store, StreamName::Township(self.identity().enrolled.township), count, 600);
    }

    pub fn identity_file(&self) -> PathBuf {
        self.folder.path().join("identity.json")
    }

    /// Connects with the node's certificate and asks for the hub's health.
    pub async fn call(&self) -> Result<(), Failure> {
        health(&self.road, Caller::Member(&self.identity())).await
    }
}

/// One attempt: connect, ask for health.
pub async fn health(road: &Road, caller: Caller<'_>) -> Result<(), Failure> {
    let link = bounded(road.connect(caller)).await?;
    ask_health(&link).await
}

pub async fn ask_health(link: &Link<'_>) -> Result<(), Failure> {
    let mut client = HealthClient::new(link.channel.clone());
    let request = HealthCheckRequest { service: "xianglian.v1.Sync".into() };
    bounded(link.call(client.check(request))).await.map(|_| ())
}

/// Nothing in these tests may take longer.
#[track_caller]
pub fn bounded<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(Duration::from_secs(15), future).await {
            Ok(output) => output,
            Err(_) => panic!("nothing happened for 15 s at {place}"),
        }
    }
}
