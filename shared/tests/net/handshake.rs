//! Certificates that are good and certificates that are not.

use shared::net::dial::Caller;
use shared::net::failure::{Deny, Failure};
use shared::net::gate::Reason;
use shared::net::identity::Identity;
use shared::net::keys::PrivateKey;
use shared::net::peer::Subject;

use crate::support::{DAY, Hands, Hub, Node, START, ask_health, bounded, health, township};

#[tokio::test]
async fn a_township_that_has_joined_gets_in_and_its_handshake_is_small() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    let link = node.road.connect(Caller::Member(&identity)).await.unwrap();
    ask_health(&link).await.unwrap();
    let open = hub.gate().open();
    let peers: Vec<_> = open.iter().filter_map(|connection| connection.peer.clone()).collect();
    assert_eq!(peers, std::slice::from_ref(&identity.peer));
    assert_eq!(peers[0].subject, Subject::Township(township("330282002")));
    let (sent, received) = (link.socket.bytes_out(), link.socket.bytes_in());
    println!("handshake and one call: {sent} bytes out, {received} bytes in at the socket");
    assert!(sent + received < 3_500, "{sent} + {received}");
    hub.end().await.unwrap();
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused_on_both_sides() {
    let (hub, other) = (Hub::start().await, Hub::start().await);
    let stranger = other.node("330282002").await;
    // It takes the first hub for a stranger before it shows its certificate.
    let road = hub.road(&hub.hands);
    let failure = health(&road, Caller::Member(&stranger.identity())).await.unwrap_err();
    assert_eq!(failure, Failure::UnknownHub { address: hub.address.clone() });
    assert_eq!(hub.turned_away(1).await, Reason::HubNotTrusted);
    // With the right root and the wrong certificate it is the hub that refuses.
    let mut forged = stranger.identity();
    forged.root = hub.gate().ca().root().clone();
    let failure = health(&road, Caller::Member(&forged)).await.unwrap_err();
    assert_eq!(failure, Failure::UnknownToHub);
    assert_eq!(hub.turned_away(2).await, Reason::UnknownIssuer);
}

#[tokio::test]
async fn an_expired_certificate_is_refused_and_both_sides_name_the_day() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let not_after = node.identity().peer.not_after;
    hub.hands.set(START + 366 * DAY);
    hub.gate().refresh().unwrap();
    assert_eq!(node.call().await, Err(Failure::CertificateExpired { not_after }));
    assert!(Failure::CertificateExpired { not_after }.zh().contains("2027-03-01"));
    assert_eq!(hub.turned_away(1).await, Reason::Expired { not_after: Some(not_after) });
    // The way back: a fresh token, without the old certificate.
    node.join(&hub.invite("330282002")).await.unwrap();
    assert_eq!(node.call().await, Ok(()));
}

#[tokio::test]
async fn a_hub_in_the_past_says_not_yet_valid() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let right = Hands::at(START);
    hub.hands.set(START - DAY);
    // The node is right and the hub is wrong; the node cannot know that, but it says both dates.
    let failure = health(&hub.road(&right), Caller::Member(&node.identity())).await.unwrap_err();
    assert_eq!(failure, Failure::Clock { local: START, hub: Some(START - DAY) });
    let not_before = Some(node.identity().peer.not_before);
    assert_eq!(hub.turned_away(1).await, Reason::NotYetValid { not_before });
}

#[tokio::test]
async fn a_pc_whose_date_is_wrong_is_told_so_with_the_hubs_date() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    // 2009-01-01, as a PC with an empty battery shows it; and far in the future.
    for local in [1_230_768_000_000, START + 30 * 365 * DAY] {
        let hands = Hands::at(local);
        let failure = health(&hub.road(&hands), Caller::Member(&node.identity())).await.unwrap_err();
        assert_eq!(failure, Failure::Clock { local, hub: Some(START) });
    }
    let text = Failure::Clock { local: 1_230_768_000_000, hub: Some(START) }.zh();
    assert!(text.starts_with("本机日期不对：2009-01-01"), "{text}");
    // When the hub's date has moved past the certificate's end and the PC's has not, the PC is told the hub's date.
    hub.hands.set(START + 366 * DAY);
    hub.gate().refresh().unwrap();
    let late = Hands::at(START + 300 * DAY);
    let failure = health(&hub.road(&late), Caller::Member(&node.identity())).await.unwrap_err();
    assert_eq!(failure, Failure::Clock { local: START + 300 * DAY, hub: Some(START + 366 * DAY) });
}

/// A certificate signed by the hub's root with any names, as a broken or stolen authority might make it.
fn forge(hub: &Hub, names: &[&str], node: &Node) -> Identity {
    let folder = hub.folder.path();
    let root_key =
        rcgen::KeyPair::from_pem(&std::fs::read_to_string(folder.join("root.key")).unwrap()).unwrap();
    let root = std::fs::read_to_string(folder.join("root.pem")).unwrap();
    let issuer = rcgen::Issuer::from_ca_cert_pem(&root, root_key).unwrap();
    let mut params = rcgen::CertificateParams::default();
    let uris = names.iter().map(|name| rcgen::SanType::URI((*name).try_into().unwrap()));
    params.subject_alt_names = uris.collect();
    params.serial_number = Some(rcgen::SerialNumber::from_slice(&[0x55; 16]));
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let key = PrivateKey::generate().unwrap();
    let pair = rcgen::KeyPair::from_pem(&key.to_pem().unwrap()).unwrap();
    let certificate = params.signed_by(&pair, &issuer).unwrap().der().clone();
    Identity { certificate, key, ..node.identity() }
}

#[tokio::test]
async fn the_name_counts_not_only_the_signature() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let ours = "spiffe://xianglian/330282/township/330282002";
    let cases: [&[&str]; 6] = [
        &["spiffe://xianglian/330281/township/330282002"],
        &[ours, "spiffe://xianglian/330282/township/330282100"],
        &["spiffe://xianglian/330282/township/33028200"],
        &["spiffe://xianglian/330282/admin/330282002"],
        &["https://xianglian/330282/township/330282002"],
        &[],
    ];
    for (case, names) in (1..).zip(cases) {
        let failure = health(&node.road, Caller::Member(&forge(&hub, names, &node))).await.unwrap_err();
        assert_eq!(failure, Failure::Denied(Deny::OtherCounty), "{names:?}");
        assert!(matches!(hub.turned_away(case).await, Reason::BadCertificate(_)));
    }
    // The same forger with the right name would get in: it is the name that the cases above fail by.
    health(&node.road, Caller::Member(&forge(&hub, &[ours], &node))).await.unwrap();
    // A server's certificate is not a caller's, even the hub's own.
    let (certificate, key) = hub.gate().ca().server_certificate(START).unwrap();
    let forged = Identity { certificate, key, ..node.identity() };
    assert_eq!(health(&node.road, Caller::Member(&forged)).await, Err(Failure::UnknownToHub));
}

#[tokio::test]
async fn a_revoked_certificate_is_out_at_once_also_where_it_is_in() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let other = hub.node("330282100").await;
    let identity = node.identity();
    let link = node.road.connect(Caller::Member(&identity)).await.unwrap();
    ask_health(&link).await.unwrap();
    let kept = other.identity();
    let kept = other.road.connect(Caller::Member(&kept)).await.unwrap();
    ask_health(&kept).await.unwrap();

    let office = hub.office.clone();
    let subject = identity.peer.subject.clone();
    tokio::task::spawn_blocking(move || office.revoke(&subject, "lost")).await.unwrap().unwrap();

    // The open connection is denied its next call, a new one does not get through, again and again: nothing is resumed.
    assert_eq!(ask_health(&link).await, Err(Failure::Denied(Deny::Revoked)));
    for attempt in 1..=3 {
        assert_eq!(node.call().await, Err(Failure::CertificateRevoked));
        assert_eq!(hub.turned_away(attempt).await, Reason::Revoked);
    }
    // And it is closed soon after, although the caller has said nothing more.
    let closed = async {
        while hub
            .gate()
            .open()
            .iter()
            .any(|open| open.peer.as_ref().is_some_and(|p| p.serial == identity.peer.serial))
        {
            tokio::task::yield_now().await;
        }
    };
    bounded(closed).await;
    // Nobody else notices.
    ask_health(&kept).await.unwrap();
    // After a restart it is still out: the list is made from the notes.
    let hub = hub.restart().await;
    assert_eq!(node.call().await, Err(Failure::CertificateRevoked));
    drop(hub);
}

#[tokio::test]
async fn an_open_connection_ends_when_its_certificate_expires() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    hub.hands.set(identity.peer.not_after - 100);
    hub.gate().refresh().unwrap();
    let link = node.road.connect(Caller::Member(&identity)).await.unwrap();
    ask_health(&link).await.unwrap();
    hub.hands.set(identity.peer.not_after + 1);
    let ended = async {
        loop {
            match ask_health(&link).await {
                Ok(()) => tokio::task::yield_now().await,
                Err(failure) => return failure,
            }
        }
    };
    assert_eq!(bounded(ended).await, Failure::Denied(Deny::Expired));
}

#[tokio::test]
async fn an_identity_that_claims_another_township_does_not_load() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let file = node.identity_file();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"330282002\"", "\"330282100\"")).unwrap();
    let why = Identity::load(node.folder.path()).unwrap_err().to_string();
    assert!(why.contains("township/330282002") && why.contains("township/330282100"), "{why}");
}
