//! The hub with its doors open: townships join, sync, move to another PC and are shut out, over real sockets and TLS.

use std::sync::Arc;

use county_hub::Hub;
use county_hub::app::ask::Ask;
use county_hub::app::{App, district, status, tally, township};
use county_hub::config::{Config, settle};
use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, NodeKind};
use shared::command::Place;
use shared::exchange::Townships;
use shared::ids::{Epoch, Site, StreamName, TownshipCode};
use shared::ledger::{Act, By, Ledger};
use shared::net::dial::Road;
use shared::net::enrol::{Joining, join};
use shared::net::failure::{Deny, Failure};
use shared::net::identity::Identity;
use shared::net::keys::{HubKey, random};
use shared::net::link::Tcp;
use shared::net::session::sync_once;
use shared::net::token::Token;
use shared::program::{Clock as _, SystemClock};
use shared::store::Store;
use shared::sync::message::{Instance, RefusalCode};
use shared::sync::{ByRules, NodeSetup};
use shared::view::Folder;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

fn code() -> TownshipCode {
    "330282107".parse().expect("nine digits")
}

struct County {
    hub: Hub,
    address: String,
    stop: CancellationToken,
    serving: JoinHandle<bool>,
    _folder: TempDir,
}

impl County {
    /// A hub that listens, with one township in one district, and the township's token.
    async fn open() -> (Self, Token) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("hub");
        let given = [("county.code", "330282".to_owned()), ("county.name", "慈溪市".to_owned())];
        App::init(&data, &given, &SystemClock).expect("a new hub");
        let config = Config::new(&data, &settle(&data, Vec::new()).expect("settings")).expect("settings");
        let hub = Hub::open(config, Arc::new(SystemClock)).expect("a hub");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let stop = CancellationToken::new();
        let (doors, closing) = (hub.clone(), stop.clone());
        let serving = tokio::spawn(async move { doors.serve(listener, closing).await.is_ok() });
        let county = Self { hub, address, stop, serving, _folder: folder };
        let from = Some("2020-01-01".to_owned());
        county.ask(district::Add { name: "第一片".into(), order: None, from: from.clone() });
        let (name, kind) = ("观海卫镇".to_owned(), "TOWN".to_owned());
        let add = township::Add { code: code(), name, kind, district: Some("第一片".into()), from };
        let token = county.ask(add).token.parse().expect("the token as printed");
        (county, token)
    }

    #[track_caller]
    fn ask<A: Ask>(&self, ask: A) -> A::Answer {
        ask.answer(self.hub.app()).unwrap_or_else(|failure| panic!("{failure}"))
    }

    fn town(&self) -> status::Township {
        self.ask(status::Ask {}).townships.remove(0)
    }

    async fn close(self) {
        self.stop.cancel();
        assert!(self.serving.await.expect("the hub's task"), "the hub ends in order");
    }
}

/// The township's PC.
struct Pc {
    road: Road,
    folder: TempDir,
    instance: [u8; 16],
    store: Store,
    catalogue: Arc<Catalogue>,
}

impl Pc {
    fn new(county: &County) -> Self {
        let clock = shared::net::clock::Clock::new(|| SystemClock.now_ms());
        let catalogue = Catalogue::builtin();
        Self {
            road: Road { dial: Arc::new(Tcp), clock, address: county.address.clone() },
            folder: tempfile::tempdir().expect("a temporary folder"),
            instance: random().expect("randomness"),
            store: Store::memory(Arc::new(Folder::new(catalogue.clone()))),
            catalogue,
        }
    }

    async fn join(&self, token: &Token) -> Result<(), Failure> {
        let (folder, instance) = (self.folder.path(), self.instance);
        join(&self.road, Joining { token, folder, instance, software: "test" }).await.map(drop)
    }

    fn identity(&self) -> Identity {
        Identity::load(self.folder.path()).expect("readable").expect("joined")
    }

    async fn sync(&self) -> Result<(), Failure> {
        let identity = self.identity();
        let setup = NodeSetup {
            township: code(),
            software: "township-node test".into(),
            catalogue: self.catalogue.version.clone(),
            capabilities: Vec::new(),
            instance: Some(Instance(self.instance)),
            epoch: Epoch(u64::from_le_bytes(random().expect("randomness"))),
            mark: None,
            keys: Arc::new(HubKey(identity.enrolled.receipt_key.clone())),
            reappend: Arc::new(ByRules(self.catalogue.clone())),
        };
        let stop = CancellationToken::new();
        sync_once(&self.road, &identity, &self.store, setup, |_| (), &stop).await.result
    }

    /// Publicity published on 2026-03-01, with points claimed.
    fn piece(&self) {
        let profile = self.catalogue.profiles.get("national").cloned().expect("a profile");
        let legal = Legal::new(Calendar::builtin(), Arc::new(profile));
        let place = Place { site: Site::Township(code()), node: Some(NodeKind::Town), abbr: "观" };
        let (store, catalogue) = (&self.store, &*self.catalogue);
        let townships = Townships::default();
        let ledger = Ledger {
            store,
            catalogue,
            deadlines: &legal,
            clock: &SystemClock,
            place,
            townships: &townships,
            staff: &|_| "u1".to_owned(),
        };
        let act = |record, action: &str, set: &[&str]| {
            let by = By { staff: None, role: "T_CLERK".into(), on_behalf: false };
            let set = set.iter().map(|text| (*text).to_owned()).collect();
            let (kind, action, reason) = ("publicity".to_owned(), action.to_owned(), String::new());
            ledger.act(&Act { kind, record, action, set, reason, by }).expect("the rules allow it").record
        };
        let set = [
            "title=稿件",
            "form=NEWS",
            "medium=日报",
            "medium_level=CITY",
            "published_on=2026-03-01",
            "evidence_link=http://example.cn/1",
        ];
        let record = act(None, "draft", &set);
        act(Some(record.to_string()), "claim", &["claimed_points=5"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_work_arrives_and_what_the_county_says_flows_down() {
    let (county, token) = County::open().await;
    let pc = Pc::new(&county);
    pc.join(&token).await.expect("the token is good");
    assert_eq!(county.town().standing, "ENROLLED");
    pc.piece();
    assert_eq!(pc.sync().await, Ok(()));

    let town = county.town();
    assert_eq!((town.entries, town.held), (2, 0));
    assert_eq!(town.software.as_deref(), Some("township-node test"));
    assert!(town.last_sync.is_some() && town.event.is_none());
    assert_eq!(pc.store.head(StreamName::DownAll), county.hub.app().store().head(StreamName::DownAll));
    let question = tally::Question {
        measures: vec!["C8_claimed".into()],
        level: "district".into(),
        period: Some("2026".into()),
        ..Default::default()
    };
    let answer = county.ask(question);
    assert_eq!(answer.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["1", "1"]);
    assert_eq!((answer.coverage.reporting, answer.coverage.silent.len()), (1, 0));
    county.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pc_has_to_join_and_the_county_sees_it() {
    let (county, token) = County::open().await;
    let mut pc = Pc::new(&county);
    pc.join(&token).await.expect("the token is good");
    pc.piece();
    assert_eq!(pc.sync().await, Ok(()));
    // The folder was copied to another PC: the certificate is there, the installation is another.
    pc.instance = random().expect("randomness");
    let refused = pc.sync().await.expect_err("another installation");
    assert!(
        matches!(refused, Failure::Refused { code, .. } if code == RefusalCode::NewMachine.number()),
        "{refused:?}"
    );
    assert_eq!(county.town().event.map(|event| event.kind), Some("new_machine".into()));

    let token = county.ask(township::Reenrol { code: code() }).token.parse().expect("a token");
    pc.join(&token).await.expect("a fresh token");
    pc.piece();
    assert_eq!(pc.sync().await, Ok(()));
    assert_eq!(county.town().entries, 4);
    county.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_counts_from_the_next_call() {
    let (county, token) = County::open().await;
    let pc = Pc::new(&county);
    pc.join(&token).await.expect("the token is good");
    assert_eq!(pc.sync().await, Ok(()));
    county.ask(township::Revoke { code: code(), reason: "lost".into() });
    let refused = pc.sync().await.expect_err("the certificate is revoked");
    let revoked = matches!(refused, Failure::CertificateRevoked | Failure::Denied(Deny::Revoked));
    assert!(revoked, "{refused:?}");
    county.close().await;
}
