//! Sessions over gRPC, mutual TLS and real sockets.

use std::sync::Arc;

use shared::ids::{Site, StreamName};
use shared::net::book::StoreBook;
use shared::net::dial::{Caller, Link};
use shared::net::enrol::{EnrolmentBook, Facts, Office};
use shared::net::failure::{Deny, Failure};
use shared::net::gate::Gate;
use shared::net::peer::Subject;
use shared::net::register::Standing;
use shared::sync::message::{Instance, RefusalCode};
use shared::sync::note::{self, Progress};
use shared::sync::pair::NotesOnly;
use shared::sync::{self, Outcome};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};
use xianglian_proto::v1;
use xianglian_proto::v1::sync_client::SyncClient;

use crate::support::{DAY, Hub, Node, START, bounded, township, write};

#[tokio::test]
async fn work_goes_up_and_down_and_then_there_is_nothing_to_do() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    node.write(500);
    write(&hub.desk.store, StreamName::DownAll, 20, 300);
    write(&hub.desk.store, StreamName::Down(township("330282002")), 30, 300);
    // What is another township's stays at the hub.
    write(&hub.desk.store, StreamName::Down(township("330282100")), 10, 300);

    let first = node.sync().await;
    assert_eq!(first.result, Ok(()));
    assert_eq!((first.summary.sent, first.summary.received), (500, 50));
    println!("500 entries of 600 bytes: {:?}", first.cost);
    for stream in node.store.streams() {
        if stream.0 != StreamName::Meta(Site::Township(township("330282002"))) {
            assert_eq!(hub.desk.store.head(stream.0), stream.1);
        }
    }
    assert_eq!(node.store.head(StreamName::Down(township("330282100"))).len, 0);
    assert!(Progress::of(&node.store, township("330282002")).unwrap().synced());
    let (code, outcome, cost) = hub.desk.ended(1).await;
    assert_eq!((code, outcome), (township("330282002"), Some(Outcome::Done)));
    assert_eq!((cost.messages_in, cost.messages_out), (first.cost.messages_out, first.cost.messages_in));

    let second = node.sync().await;
    assert_eq!(second.result, Ok(()));
    println!("nothing to do: {:?}", second.cost);
    let cost = second.cost;
    assert!(cost.messages_out + cost.messages_in < 1_024, "{cost:?}");
    assert!(cost.http_out + cost.http_in < 2_048, "{cost:?}");
    assert!(cost.socket_out + cost.socket_in < 5_120, "{cost:?}");
}

#[tokio::test]
async fn much_both_ways_at_once_does_not_stop() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    // Ten mebibytes each way: far over the windows of both stream and connection.
    node.write(18_000);
    write(&hub.desk.store, StreamName::DownAll, 18_000, 600);
    let report = node.sync().await;
    assert_eq!(report.result, Ok(()));
    assert_eq!((report.summary.sent, report.summary.received), (18_000, 18_000));
    println!("18000 entries each way: {:?}", report.cost);
    assert_eq!(node.sync().await.summary.sent, 0);
}

#[tokio::test]
async fn a_node_that_claims_another_township_is_refused_and_stores_nothing() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    node.write(5);
    let mut setup = node.setup();
    setup.township = township("330282100");
    write(&node.store, StreamName::Township(township("330282100")), 5, 100);
    let failure = node.sync_as(setup).await.result.unwrap_err();
    assert!(
        matches!(&failure, Failure::Refused { code, .. } if *code == RefusalCode::NotYours.number()),
        "{failure:?}"
    );
    assert!(failure.zh().contains("证书"), "{}", failure.zh());
    let (code, outcome, _) = hub.desk.ended(1).await;
    assert_eq!(code, township("330282002"));
    assert!(matches!(outcome, Some(Outcome::Failed(sync::Failure::Refusing(_)))), "{outcome:?}");
    assert_eq!(hub.desk.store.head(StreamName::Township(township("330282100"))).len, 0);
}

/// A session in which the node has connected and says nothing yet.
struct Silent<'a> {
    _link: Link<'a>,
    _say: mpsc::Sender<v1::NodeMessage>,
    hear: Streaming<v1::HubMessage>,
}

impl<'a> Silent<'a> {
    async fn open(node: &Node, identity: &'a shared::net::identity::Identity) -> Self {
        let link = node.road.connect(Caller::Member(identity)).await.unwrap();
        let (say, said) = mpsc::channel(1);
        let call = SyncClient::new(link.channel.clone()).session(ReceiverStream::new(said)).await;
        Self { _link: link, _say: say, hear: call.unwrap().into_inner() }
    }

    async fn last_word(mut self) -> Result<Option<v1::HubMessage>, Status> {
        bounded(self.hear.message()).await
    }
}

#[tokio::test]
async fn an_open_session_ends_when_its_certificate_is_revoked() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    let session = Silent::open(&node, &identity).await;
    let (office, subject) = (hub.office.clone(), identity.peer.subject.clone());
    tokio::task::spawn_blocking(move || office.revoke(&subject, "lost")).await.unwrap().unwrap();
    let status = session.last_word().await.unwrap_err();
    assert_eq!(Deny::of(&status), Some(Deny::Revoked));
    assert_eq!(hub.desk.ended(1).await.1, Some(Outcome::Failed(sync::Failure::Cut)));
    assert_eq!(node.sync().await.result, Err(Failure::CertificateRevoked));
}

#[tokio::test]
async fn an_open_session_ends_when_its_certificate_expires() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    hub.hands.set(identity.peer.not_after - 100);
    hub.gate().refresh().unwrap();
    let session = Silent::open(&node, &identity).await;
    hub.hands.set(identity.peer.not_after + DAY);
    let status = session.last_word().await.unwrap_err();
    assert_eq!(Deny::of(&status), Some(Deny::Expired));
}

#[tokio::test]
async fn a_hub_that_stops_tells_its_open_sessions_and_ends() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    let session = Silent::open(&node, &identity).await;
    let desk = hub.desk.clone();
    let ending = tokio::spawn(hub.end());
    let status = session.last_word().await.unwrap_err();
    assert_eq!(Deny::of(&status), Some(Deny::Stopping));
    assert_eq!(desk.ended(1).await.1, Some(Outcome::Failed(sync::Failure::Cut)));
    bounded(ending).await.unwrap().unwrap();
}

#[tokio::test]
async fn after_a_restart_of_the_hub_the_work_goes_on() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    node.write(10);
    assert_eq!(node.sync().await.result, Ok(()));
    let hub = hub.restart().await;
    node.write(10);
    assert_eq!(node.sync().await.result, Ok(()));
    assert_eq!(hub.desk.store.head(StreamName::Township(township("330282002"))).len, 20);
    hub.end().await.unwrap();
    node.write(10);
    assert!(matches!(node.sync().await.result, Err(Failure::Unreachable { .. })));
    assert_eq!(Progress::of(&node.store, township("330282002")).unwrap().waiting(), 10);
}

#[tokio::test]
async fn a_session_can_be_given_up() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    node.write(10);
    let stop = CancellationToken::new();
    stop.cancel();
    let (identity, setup) = (node.identity(), node.setup());
    let report = shared::net::session::sync_once(&node.road, &identity, &node.store, setup, |_| (), &stop);
    assert_eq!(bounded(report).await.result, Err(Failure::Stopped));
    assert_eq!(node.sync().await.result, Ok(()));
}

#[tokio::test]
async fn a_copied_folder_is_told_that_it_is_a_new_office_pc() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    node.write(3);
    assert_eq!(node.sync().await.result, Ok(()));
    let mut setup = node.setup();
    setup.instance = Some(Instance([77; 16]));
    let failure = node.sync_as(setup).await.result.unwrap_err();
    assert!(failure.zh().contains("新的办公电脑"), "{failure:?}");
    assert_eq!(node.sync().await.result, Ok(()));
}

#[test]
fn the_book_on_the_store_keeps_enrolments_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let county = "330282".parse().unwrap();
    let ca = Arc::new(shared::net::ca::Ca::create(folder.path(), &county, 365, START).unwrap());
    let clock = shared::net::clock::Clock::new(|| START);
    let store = NotesOnly::store();
    let book = || {
        let facts = |_| {
            Some(Facts { name: "龙山镇".into(), profile: "zhejiang".into(), node_kind: "TOWN".into() })
        };
        StoreBook::new(store.clone(), facts)
    };
    let open = || {
        let gate = Gate::new(ca.clone(), clock.clone(), Default::default()).unwrap();
        let book = book();
        let notes = book.notes().unwrap();
        Office::new(gate, Box::new(book), notes).unwrap()
    };
    let office = open();
    let code = township("330282100");
    let token = office.invite(code, None, DAY).unwrap();
    let request = shared::net::keys::PrivateKey::generate().unwrap().request().unwrap();
    office.join(&token, &request, [5; 16], "test").unwrap();
    let known = store.read(|view| note::township_state(view, code));
    assert_eq!(known.instance, Some(Instance([5; 16])), "sessions are held to the installation that joined");

    let again = open();
    assert_eq!(again.standing(code), Standing::Enrolled);
    assert_eq!(again.join(&token, &request, [5; 16], "test").map(|_| ()), Ok(()), "the lost answer, again");
    again.revoke(&Subject::Township(code), "closed").unwrap();
    assert_eq!(open().standing(code), Standing::Revoked);
    assert!(book().facts(code).is_some());
}
