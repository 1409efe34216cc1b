//! Callers that are not nodes, and hubs that are not hubs.

use shared::net::dial::{Caller, Road};
use shared::net::failure::{Deny, Failure};
use shared::net::gate::Reason;
use shared::net::token::{Fingerprint, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use xianglian_proto::v1;
use xianglian_proto::v1::enrolment_client::EnrolmentClient;
use xianglian_proto::v1::report_client::ReportClient;

use crate::support::{Hub, Node, bounded, township};

#[tokio::test]
async fn without_a_certificate_there_is_only_join() {
    let hub = Hub::start().await;
    let road = hub.road(&hub.hands);
    let caller = Caller::Joining(hub.gate().ca().fingerprint());
    let link = road.connect(caller.clone()).await.unwrap();
    let nothing = Failure::Denied(Deny::NoCertificate);
    let channel = link.channel.clone();
    let health = link.call(HealthClient::new(channel.clone()).check(HealthCheckRequest::default())).await;
    assert_eq!(health.unwrap_err(), nothing);
    let renewed = link.call(EnrolmentClient::new(channel.clone()).renew(v1::RenewRequest::default())).await;
    assert_eq!(renewed.unwrap_err(), nothing);
    let report = link.call(ReportClient::new(channel.clone()).tally(v1::TallyRequest::default())).await;
    assert_eq!(report.unwrap_err(), nothing);
    let joined = link.call(EnrolmentClient::new(channel).join(v1::JoinRequest::default())).await;
    assert_eq!(joined.unwrap_err(), Failure::Denied(Deny::TokenBad));
    // What a stranger does learn is the hub's clock.
    assert_eq!(road.ask_clock(&caller).await, Some(hub.hands.clock().now()));
}

#[tokio::test]
async fn a_township_cannot_read_reports() {
    let hub = Hub::start().await;
    let identity = hub.node("330282002").await.identity();
    let link = hub.road(&hub.hands).connect(Caller::Member(&identity)).await.unwrap();
    let report = link.call(ReportClient::new(link.channel.clone()).tally(v1::TallyRequest::default())).await;
    assert_eq!(report.unwrap_err(), Failure::Denied(Deny::ReadersOnly));
}

/// Says `words` to the hub and gives what comes back until the hub closes.
async fn say(hub: &Hub, words: &[u8]) -> Vec<u8> {
    let mut line = TcpStream::connect(&hub.address).await.unwrap();
    line.write_all(words).await.unwrap();
    line.shutdown().await.unwrap();
    let mut answer = Vec::new();
    bounded(line.read_to_end(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn callers_without_tls_are_told_in_their_own_language() {
    let hub = Hub::start().await;
    say(&hub, b"\x05\x01\x00 anything at all").await;
    assert_eq!(hub.turned_away(1).await, Reason::NotTls);

    let answer = String::from_utf8(say(&hub, b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n").await).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.contains("TLS with a client certificate"),
        "{answer}"
    );
    assert_eq!(hub.turned_away(2).await, Reason::PlainHttp1);

    assert_eq!(say(&hub, b"").await, b"");
    assert_eq!(hub.turned_away(3).await, Reason::Gone);

    // A real gRPC client without TLS: it reads the reason in the GOAWAY.
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{}", hub.address)).unwrap();
    let channel = endpoint.connect().await.unwrap();
    let status = bounded(HealthClient::new(channel).check(HealthCheckRequest::default())).await.unwrap_err();
    assert!(format!("{status:?}").contains("INADEQUATE_SECURITY"), "{status:?}");
    assert_eq!(hub.turned_away(4).await, Reason::PlainHttp2);

    // The start of a handshake and then rubbish.
    say(&hub, b"\x16\x03\x01\x00\x05rubbish and more rubbish").await;
    assert!(matches!(hub.turned_away(5).await, Reason::Other(_)));
    let words: Vec<String> = hub.gate().turned_away().iter().map(|away| away.reason.to_string()).collect();
    let distinct: std::collections::BTreeSet<&String> = words.iter().collect();
    assert_eq!(distinct.len(), words.len(), "each has its own words: {words:?}");
}

#[tokio::test]
async fn a_port_that_is_no_hub_is_told_from_one_that_cannot_be_reached() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    let road = |address: &str| Road { address: address.to_owned(), ..node.road.clone() };

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let failure = road(&address).connect(Caller::Member(&identity)).await.err().unwrap();
    assert!(matches!(failure, Failure::Unreachable { .. }), "{failure:?}");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let other = tokio::spawn(async move {
        for words in [&b"SSH-2.0-OpenSSH_9.2\r\n"[..], b"HTTP/1.1 400 Bad Request\r\n\r\n", b""] {
            let (mut line, _) = listener.accept().await.unwrap();
            line.write_all(words).await.unwrap();
            line.shutdown().await.unwrap();
            line.read_to_end(&mut Vec::new()).await.ok();
        }
    });
    for _ in 0..2 {
        let failure = road(&address).connect(Caller::Member(&identity)).await.err().unwrap();
        assert_eq!(failure, Failure::NotAHub { address: address.clone() });
    }
    let failure = road(&address).connect(Caller::Member(&identity)).await.err().unwrap();
    assert!(matches!(failure, Failure::CutOff { .. }), "{failure:?}");
    bounded(other).await.unwrap();
}

#[tokio::test]
async fn a_token_with_a_wrong_pin_reaches_nobody() {
    let hub = Hub::start().await;
    let token = Token::mint(township("330282002"), Fingerprint::of(b"another root"), None).unwrap();
    let node = Node::new(hub.road(&hub.hands));
    assert_eq!(node.join(&token).await, Err(Failure::WrongHub { address: hub.address.clone() }));
    assert_eq!(hub.turned_away(1).await, Reason::HubNotTrusted);
}
