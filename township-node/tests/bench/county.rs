//! A county for tests: a hub in this process, on a loopback port, over a store in memory.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::sync::{Arc, Mutex};

use shared::catalogue::model::Catalogue;
use shared::ids::{Epoch, StreamName, TownshipCode};
use shared::limits::{ENTRY_BYTES_MAX, INVITATION_MS};
use shared::net::ca::Ca;
use shared::net::clock::Clock as NetClock;
use shared::net::enrol::{EnrolmentBook, Facts, Office};
use shared::net::failure::Deny;
use shared::net::gate::Gate;
use shared::net::keys::{ReceiptKey, random};
use shared::net::peer::{Peer, Subject};
use shared::net::register::Note;
use shared::net::server::serve;
use shared::net::session::{Cost, Desk, SyncService};
use shared::program::{Clock as _, SystemClock};
use shared::store::{Fold, Place, Store, ViewMut};
use shared::stream::Item;
use shared::sync::message::Token as SessionToken;
use shared::sync::{HeldInViews, HubSetup, Outcome, Summary, note};
use shared::view::Folder;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use xianglian_proto::v1 as pb;
use xianglian_proto::v1::sync_server::SyncServer;

struct HubFold(Folder);

impl Fold for HubFold {
    fn version(&self) -> u64 {
        self.0.version()
    }
    fn apply(&self, views: &mut dyn ViewMut, place: Place, item: &Item) {
        match (place.stream, item) {
            (StreamName::Meta(_), Item::Entry(bytes)) => drop(note::fold(views, place, bytes)),
            _ => self.0.apply(views, place, item),
        }
    }
}

/// Enrolments in memory; the installation that joined is noted for sync.
struct Book(Store);

impl EnrolmentBook for Book {
    fn append(&self, notes: &[Note]) -> Result<(), Deny> {
        for note in notes {
            let Note::Enrolled { subject, instance: Some(instance), .. } = note else { continue };
            let Subject::Township(code) = subject else { continue };
            let known = pb::note::Kind::HubInstance(pb::HubInstance {
                township: code.to_string(),
                instance: instance.to_vec(),
            });
            let site = shared::ids::Site::Hub;
            self.0.write(|tx| note::append(tx, site, Epoch(7), vec![known])).map_err(|_| Deny::Fault)?;
        }
        Ok(())
    }

    fn facts(&self, _: TownshipCode) -> Option<Facts> {
        Some(Facts { name: "坎墩镇".into(), profile: "zhejiang".into(), node_kind: "TOWN".into() })
    }
}

struct Sessions {
    store: Store,
    keys: Arc<ReceiptKey>,
    catalogue: String,
    ended: Mutex<Vec<Option<Outcome>>>,
}

impl Desk for Sessions {
    fn open(&self, township: TownshipCode, _: &Peer) -> Result<(Store, HubSetup), Deny> {
        let setup = HubSetup {
            township,
            software: "county-hub/test".into(),
            catalogue: self.catalogue.clone(),
            capabilities: Vec::new(),
            entry_bytes_max: ENTRY_BYTES_MAX as u32,
            token: SessionToken(random().unwrap()),
            epoch: Epoch(u64::from_le_bytes(random().unwrap())),
            keys: self.keys.clone(),
            held: Arc::new(HeldInViews),
        };
        Ok((self.store.clone(), setup))
    }

    fn closed(&self, _: TownshipCode, outcome: Option<&Outcome>, _: &Summary, _: &Cost) {
        self.ended.lock().unwrap().push(outcome.cloned());
    }
}

pub struct County {
    runtime: Runtime,
    stop: CancellationToken,
    pub address: String,
    pub store: Store,
    office: Arc<Office>,
    _folder: tempfile::TempDir,
}

impl County {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::builtin();
        let store = Store::memory(Arc::new(HubFold(Folder::new(catalogue.clone()))));
        let clock = NetClock::new(|| SystemClock.now_ms());
        let county = "330282".parse().unwrap();
        let ca = Ca::create(folder.path(), &county, 365, SystemClock.now_ms()).unwrap();
        let gate = Gate::new(Arc::new(ca), clock.clone(), Default::default()).unwrap();
        let office = Office::new(gate, Box::new(Book(store.clone())), []).unwrap();
        let keys = office.gate().ca().receipt_key().clone();
        let sessions = Sessions {
            store: store.clone(),
            keys,
            catalogue: catalogue.version.clone(),
            ended: Mutex::default(),
        };
        let routes =
            Routes::default().add_service(SyncServer::new(SyncService::new(Arc::new(sessions), clock)));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = CancellationToken::new();
        runtime.spawn(serve(office.clone(), routes, Box::new(listener), stop.clone()));
        Self { runtime, stop, address, store, office, _folder: folder }
    }

    /// A one-time token for 坎墩镇.
    pub fn token(&self) -> String {
        let code = "330282002".parse().unwrap();
        self.office.invite(code, Some(&self.address), INVITATION_MS).unwrap().to_string()
    }

    /// Of the county's root, as it is printed.
    pub fn fingerprint(&self) -> String {
        self.office.gate().ca().fingerprint().to_string()
    }

    /// Entries of the township's stream that the county holds.
    pub fn entries(&self) -> u64 {
        self.store.head(StreamName::Township("330282002".parse().unwrap())).len
    }

    /// Nobody answers any more.
    pub fn close(self) {
        self.stop.cancel();
        self.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    }
}
