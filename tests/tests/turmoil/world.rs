//! One hub and some nodes in a simulated network, with the real carriage: TLS, HTTP/2, gRPC, sessions.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::SmallRng};
use shared::ids::{Epoch, StreamName, TownshipCode};
use shared::limits::ENTRY_BYTES_MAX;
use shared::net::ca::Ca;
use shared::net::clock::Clock;
use shared::net::dial::Road;
use shared::net::enrol::{EnrolmentBook, Facts, Office};
use shared::net::failure::{Deny, Failure};
use shared::net::gate::Gate;
use shared::net::identity::{Enrolled, Identity};
use shared::net::keys::{HubKey, PrivateKey, random};
use shared::net::link::{BoxFuture, BoxIo, Dial, Listen};
use shared::net::peer::Peer;
use shared::net::register::Note;
use shared::net::server::serve;
use shared::net::session::{Cost, Desk, SyncService, sync_once};
use shared::store::{Store, StoreError};
use shared::sync::message::{Instance, Token as SessionToken};
use shared::sync::pair::NotesOnly;
use shared::sync::{HeldInViews, HubSetup, NodeSetup, Outcome, Summary, Verbatim};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use turmoil::{Builder, Sim};
use xianglian_proto::v1::sync_server::SyncServer;

/// Certificates are judged by this clock, which stands; everything else runs on simulated time.
const NOW: i64 = 1_772_323_200_000;
pub const PORT: u16 = 7443;
const CODES: [u32; 4] = [330282002, 330282100, 330282101, 330282102];
/// A node tries again after this long.
const AGAIN: Duration = Duration::from_secs(3);

struct SimDial;

impl Dial for SimDial {
    fn dial(&self, address: String) -> BoxFuture<'static, io::Result<BoxIo>> {
        Box::pin(async move {
            let stream = turmoil::net::TcpStream::connect(address).await?;
            Ok(Box::new(stream) as BoxIo)
        })
    }
}

struct SimListen(turmoil::net::TcpListener);

impl Listen for SimListen {
    fn accept(&mut self) -> BoxFuture<'_, io::Result<(BoxIo, SocketAddr)>> {
        Box::pin(async move {
            let (stream, from) = self.0.accept().await?;
            Ok((Box::new(stream) as BoxIo, from))
        })
    }
}

#[derive(Default)]
struct Book;

impl EnrolmentBook for Book {
    fn append(&self, _: &[Note]) -> Result<(), Deny> {
        Ok(())
    }

    fn facts(&self, _: TownshipCode) -> Option<Facts> {
        Some(Facts { name: "镇".into(), profile: "zhejiang".into(), node_kind: "TOWN".into() })
    }
}

fn fresh() -> u64 {
    u64::from_le_bytes(random().unwrap())
}

/// How a session ended at the hub.
pub type Closed = (TownshipCode, Option<Outcome>, Cost);

/// The hub's part that outlives its crashes.
pub struct HubDisk {
    pub store: Store,
    pub office: Arc<Office>,
    pub closed: Mutex<Vec<Closed>>,
}

impl Desk for HubDisk {
    fn open(&self, township: TownshipCode, _: &Peer) -> Result<(Store, HubSetup), Deny> {
        let setup = HubSetup {
            township,
            software: "hub".into(),
            catalogue: "1".into(),
            capabilities: Vec::new(),
            entry_bytes_max: ENTRY_BYTES_MAX as u32,
            token: SessionToken(random().unwrap()),
            epoch: Epoch(fresh()),
            keys: self.office.gate().ca().receipt_key().clone(),
            held: Arc::new(HeldInViews),
        };
        Ok((self.store.clone(), setup))
    }

    fn closed(&self, township: TownshipCode, outcome: Option<&Outcome>, _: &Summary, cost: &Cost) {
        self.closed.lock().unwrap().push((township, outcome.cloned(), *cost));
    }
}

/// One attempt of a node: what came of it, and what it cost in simulated time.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub result: Result<(), Failure>,
    pub cost: Cost,
}

/// A node's part that outlives its crashes.
pub struct NodeDisk {
    pub township: TownshipCode,
    pub name: String,
    pub identity: Identity,
    pub store: Store,
    pub attempts: Mutex<Vec<Attempt>>,
}

impl NodeDisk {
    pub fn own(&self) -> StreamName {
        StreamName::Township(self.township)
    }

    pub fn road(&self) -> Road {
        Road { dial: Arc::new(SimDial), clock: Clock::new(|| NOW), address: format!("hub:{PORT}") }
    }

    pub fn setup(&self) -> NodeSetup {
        NodeSetup {
            township: self.township,
            software: "node".into(),
            catalogue: "1".into(),
            capabilities: Vec::new(),
            instance: Some(Instance([self.township.number() as u8; 16])),
            epoch: Epoch(fresh()),
            mark: None,
            keys: Arc::new(HubKey(self.identity.enrolled.receipt_key.clone())),
            reappend: Arc::new(Verbatim),
        }
    }

    /// Tries until a session succeeds, then once more when there is more to do.
    async fn run(self: Rc<Self>, hub: Store) {
        let mut again = tokio::time::interval(AGAIN);
        again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            again.tick().await;
            let stop = CancellationToken::new();
            let report =
                sync_once(&self.road(), &self.identity, &self.store, self.setup(), |_| (), &stop).await;
            self.attempts.lock().unwrap().push(Attempt { result: report.result.clone(), cost: report.cost });
            if report.result.is_ok() && self.agrees(&hub) {
                // Stays up, as a node does.
                std::future::pending::<()>().await;
            }
        }
    }

    pub fn agrees(&self, hub: &Store) -> bool {
        let streams = [self.own(), StreamName::DownAll, StreamName::Down(self.township)];
        streams.iter().all(|stream| hub.head(*stream) == self.store.head(*stream))
    }

    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts.lock().unwrap().clone()
    }
}

pub fn write(store: &Store, stream: StreamName, count: usize) {
    let mut rng = SmallRng::seed_from_u64(fresh());
    let entries = (0..count).map(|_| (0..600).map(|_| rng.random()).collect()).collect();
    let fresh = Epoch(fresh());
    let written: Result<_, StoreError> = store.write(|tx| {
        let head = tx.head(stream);
        tx.append(stream, if head.len == 0 { fresh } else { head.epoch }, entries)
    });
    written.unwrap();
}

/// The latencies of a line, one way, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub min: u64,
    pub max: u64,
}

pub struct World {
    pub sim: Sim<'static>,
    pub hub: Arc<HubDisk>,
    pub nodes: Vec<Rc<NodeDisk>>,
    _folder: TempDir,
}

impl World {
    /// `nodes` nodes that have joined, each with `entries` to send; they start when `start_nodes` is called.
    pub fn new(seed: u64, line: Line, nodes: usize, entries: usize) -> Self {
        println!("seed {seed}, {line:?}");
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::new(|| NOW);
        let ca = Arc::new(Ca::create(folder.path(), &"330282".parse().unwrap(), 365, NOW).unwrap());
        let gate = Gate::new(ca.clone(), clock.clone(), Default::default()).unwrap();
        let office = Office::new(gate, Box::new(Book), []).unwrap();
        let nodes = CODES[..nodes].iter().map(|code| Rc::new(enrol(&office, *code, entries))).collect();
        let hub = Arc::new(HubDisk { store: NotesOnly::store(), office, closed: Mutex::default() });
        let mut sim = Builder::new()
            .rng_seed(seed)
            .tick_duration(Duration::from_millis(5))
            .min_message_latency(Duration::from_millis(line.min))
            .max_message_latency(Duration::from_millis(line.max))
            .simulation_duration(Duration::from_secs(3_600))
            .tcp_capacity(4_096)
            .build();
        let disk = hub.clone();
        sim.host("hub", move || {
            let disk = disk.clone();
            async move {
                // A hub that starts again has its revoked list and everything else anew, but for its disk.
                let listener = turmoil::net::TcpListener::bind(("0.0.0.0", PORT)).await?;
                let sync = SyncServer::new(SyncService::new(disk.clone(), Clock::new(|| NOW)));
                let routes = Routes::default().add_service(sync);
                let stop = CancellationToken::new();
                serve(disk.office.clone(), routes, Box::new(SimListen(listener)), stop).await?;
                Ok(())
            }
        });
        Self { sim, hub, nodes, _folder: folder }
    }

    pub fn start_nodes(&mut self) {
        for node in &self.nodes {
            let (node, hub) = (node.clone(), self.hub.store.clone());
            self.sim.host(node.name.clone(), move || {
                let (node, hub) = (node.clone(), hub.clone());
                async move {
                    node.run(hub).await;
                    Ok(())
                }
            });
        }
    }

    /// Steps until `done`, at most `limit` of simulated time.
    #[track_caller]
    pub fn until(&mut self, limit: Duration, what: &str, done: impl Fn(&Self) -> bool) {
        let end = self.sim.elapsed() + limit;
        while !done(self) {
            let attempts: Vec<_> = self.nodes.iter().map(|node| node.attempts()).collect();
            assert!(self.sim.elapsed() < end, "{what}: not after {limit:?}; attempts {attempts:?}");
            self.sim.step().unwrap();
        }
    }

    pub fn pass(&mut self, time: Duration) {
        let end = self.sim.elapsed() + time;
        while self.sim.elapsed() < end {
            self.sim.step().unwrap();
        }
    }

    /// Every node has had a session with a receipt and both sides hold the same.
    pub fn settled(&self) -> bool {
        let done = |node: &Rc<NodeDisk>| {
            node.attempts.lock().unwrap().last().is_some_and(|attempt| attempt.result.is_ok())
                && node.agrees(&self.hub.store)
        };
        self.nodes.iter().all(done)
    }

    /// Entries of the node's own stream that the hub has.
    pub fn arrived(&self, node: usize) -> u64 {
        self.hub.store.head(self.nodes[node].own()).len
    }
}

fn enrol(office: &Office, code: u32, entries: usize) -> NodeDisk {
    let township = TownshipCode::from_number(code).unwrap();
    let token = office.invite(township, None, 1_000_000).unwrap();
    let key = PrivateKey::generate().unwrap();
    let request = key.request().unwrap();
    let (certificate, facts) = office.join(&token, &request, [code as u8; 16], "node").unwrap();
    let enrolled = Enrolled {
        township,
        name: facts.name,
        county: office.gate().ca().county().to_string(),
        profile: facts.profile,
        node_kind: facts.node_kind,
        receipt_key: office.gate().ca().receipt_key().public(),
        receipt_certificate: office.gate().ca().receipt_certificate().to_vec(),
    };
    let root = office.gate().ca().root().clone();
    let identity = Identity::new(format!("hub:{PORT}"), enrolled, certificate.into(), root, key).unwrap();
    let store = NotesOnly::store();
    write(&store, StreamName::Township(township), entries);
    NodeDisk { township, name: format!("t{code}"), identity, store, attempts: Mutex::default() }
}
