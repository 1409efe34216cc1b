//! One-time tokens, renewal, and what is left when either is cut off.

use std::sync::atomic::Ordering;

use shared::net::dial::Caller;
use shared::net::enrol;
use shared::net::failure::{Deny, Failure};
use shared::net::gate::Reason;
use shared::net::keys::PrivateKey;
use shared::net::peer::{ReaderName, Subject};
use shared::net::register::Standing;
use shared::net::token::Token;

use crate::support::{DAY, Hub, NODE_DAYS, Node, START, bounded, health, township};

#[tokio::test]
async fn joining_gives_a_certificate_that_works_and_the_county_knows() {
    let hub = Hub::start().await;
    assert_eq!(hub.office.standing(township("330282002")), Standing::Absent);
    let token = hub.invite("330282002");
    assert_eq!(hub.office.standing(township("330282002")), Standing::Expected);
    let node = Node::new(hub.road(&hub.hands));
    // The token travels as text: printed, typed, read.
    let identity = node.join(&token.to_string().parse().unwrap()).await.unwrap();
    assert_eq!(identity.enrolled.name, "浒山街道");
    assert_eq!(identity.enrolled.receipt_key, hub.gate().ca().receipt_key().public());
    assert_eq!(identity.days_left(START), i64::from(NODE_DAYS));
    assert_eq!(node.call().await, Ok(()));
    assert_eq!(hub.office.standing(township("330282002")), Standing::Enrolled);
    let member = hub.office.member(&Subject::Township(township("330282002"))).unwrap();
    assert_eq!(member.instance, Some(node.instance));
}

#[tokio::test]
async fn a_hub_other_than_the_tokens_never_sees_the_token() {
    let (hub, other) = (Hub::start().await, Hub::start().await);
    let token = hub.invite("330282002");
    let node = Node::new(other.road(&other.hands));
    assert_eq!(node.join(&token).await, Err(Failure::WrongHub { address: other.address.clone() }));
    assert_eq!(other.turned_away(1).await, Reason::HubNotTrusted);
    assert!(other.gate().open().is_empty(), "no call was made");
    // The token is still good at its own hub.
    Node::new(hub.road(&hub.hands)).join(&token).await.unwrap();
}

#[tokio::test]
async fn used_expired_unknown_and_tampered_tokens_are_refused_each_in_its_words() {
    let hub = Hub::start().await;
    let token = hub.invite("330282002");
    Node::new(hub.road(&hub.hands)).join(&token).await.unwrap();
    let notes = hub.book.notes.lock().unwrap().len();
    let again = |token: Token| {
        let node = Node::new(hub.road(&hub.hands));
        async move { node.join(&token).await.unwrap_err() }
    };
    assert_eq!(again(token.clone()).await, Failure::Denied(Deny::TokenUsed));

    // A token of the right shape that the hub has not printed.
    let unknown = Token::mint(township("330282002"), hub.gate().ca().fingerprint(), None).unwrap();
    assert_eq!(again(unknown).await, Failure::Denied(Deny::TokenUnknown));
    // One for a place that is not of this county.
    let abroad = Token::mint(township("110101001"), hub.gate().ca().fingerprint(), None).unwrap();
    assert_eq!(again(abroad).await, Failure::Denied(Deny::TokenUnknown));

    let late = hub.invite("330282002");
    hub.hands.set(START + 15 * DAY);
    assert_eq!(again(late).await, Failure::Denied(Deny::TokenExpired));
    assert_eq!(hub.book.notes.lock().unwrap().len(), notes + 1, "only the invitation was noted");
}

#[tokio::test]
async fn a_lost_answer_is_given_again_to_the_same_node_and_to_nobody_else() {
    let hub = Hub::start().await;
    let token = hub.invite("330282002");
    let node = Node::new(hub.road(&hub.hands));
    // The node has its pending key; the answer to its first request never arrives.
    let key = shared::net::identity::pending_key(node.folder.path()).unwrap();
    let office = hub.office.clone();
    let (first, request, asked) = (token.clone(), key.request().unwrap(), node.instance);
    let lost = tokio::task::spawn_blocking(move || office.join(&first, &request, asked, "test 1").unwrap());
    let (certificate, _) = lost.await.unwrap();
    let notes = hub.book.notes.lock().unwrap().len();
    let identity = node.join(&token).await.unwrap();
    assert_eq!(identity.certificate.as_ref(), certificate);
    assert_eq!(hub.book.notes.lock().unwrap().len(), notes, "nothing more was noted");
    assert_eq!(node.call().await, Ok(()));
    assert_eq!(Node::new(hub.road(&hub.hands)).join(&token).await, Err(Failure::Denied(Deny::TokenUsed)));
}

#[tokio::test]
async fn a_full_disk_at_the_hub_uses_up_no_token() {
    let hub = Hub::start().await;
    let token = hub.invite("330282002");
    let node = Node::new(hub.road(&hub.hands));
    hub.book.full.store(true, Ordering::SeqCst);
    assert_eq!(node.join(&token).await, Err(Failure::Denied(Deny::StoreFull)));
    hub.book.full.store(false, Ordering::SeqCst);
    node.join(&token).await.unwrap();
    assert_eq!(node.call().await, Ok(()));
}

#[tokio::test]
async fn a_new_office_pc_takes_the_place_of_the_old_one() {
    let hub = Hub::start().await;
    let old = hub.node("330282002").await;
    let mut new = Node::new(hub.road(&hub.hands));
    new.instance = [10; 16];
    new.join(&hub.invite("330282002")).await.unwrap();
    assert_eq!(new.call().await, Ok(()));
    assert_eq!(old.call().await, Err(Failure::CertificateRevoked));
    let member = hub.office.member(&Subject::Township(township("330282002"))).unwrap();
    assert_eq!((member.instance, member.certificates.len()), (Some(new.instance), 1));
}

#[tokio::test]
async fn renewal_comes_at_two_thirds_and_changes_key_and_certificate_together() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let first = node.identity();
    let due = first.renew_at();
    let days = (due - START) / DAY;
    assert!((230..=256).contains(&days), "{days}");
    assert!(!first.renewal_due(due - 1) && first.renewal_due(due));

    hub.hands.set(due);
    hub.gate().refresh().unwrap();
    let second = bounded(enrol::renew(&node.road, &first, node.folder.path())).await.unwrap();
    assert_eq!(node.identity().certificate, second.certificate);
    assert_ne!(second.key.request().unwrap(), first.key.request().unwrap());
    assert_eq!(second.days_left(due), i64::from(NODE_DAYS));
    assert_eq!(node.call().await, Ok(()));
    // The old one is good until the next renewal, in case this answer had been lost.
    assert_eq!(health(&node.road, Caller::Member(&first)).await, Ok(()));
    let third = bounded(enrol::renew(&node.road, &second, node.folder.path())).await.unwrap();
    assert_eq!(health(&node.road, Caller::Member(&first)).await, Err(Failure::CertificateRevoked));
    assert_eq!(health(&node.road, Caller::Member(&second)).await, Ok(()));
    assert_eq!(health(&node.road, Caller::Member(&third)).await, Ok(()));
    // A lost answer: asked again with the second, the third has never been used and ends.
    let fourth = bounded(enrol::renew(&node.road, &second, node.folder.path())).await.unwrap();
    assert_eq!(health(&node.road, Caller::Member(&third)).await, Err(Failure::CertificateRevoked));
    assert_eq!(health(&node.road, Caller::Member(&fourth)).await, Ok(()));
}

#[tokio::test]
async fn a_request_gets_the_hubs_name_and_purpose_not_its_own() {
    let hub = Hub::start().await;
    let token = hub.invite("330282002");
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut greedy = rcgen::CertificateParams::default();
    let uri = "spiffe://xianglian/330282/township/330282100";
    greedy.subject_alt_names = vec![rcgen::SanType::URI(uri.try_into().unwrap())];
    greedy.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let request = greedy.serialize_request(&key).unwrap().der().to_vec();
    let office = hub.office.clone();
    let joined =
        tokio::task::spawn_blocking(move || office.join(&token, &request, [1; 16], "greedy").unwrap());
    let certificate = rustls_pki_types::CertificateDer::from(joined.await.unwrap().0);
    let peer = shared::net::peer::Peer::parse(&certificate).unwrap();
    assert_eq!(peer.subject, Subject::Township(township("330282002")));
    use x509_parser::prelude::FromDer;
    let (_, parsed) = x509_parser::prelude::X509Certificate::from_der(&certificate).unwrap();
    assert!(!parsed.is_ca());
    assert_eq!(parsed.validity().not_before.timestamp() * 1000, START - 10 * 60 * 1000);
}

#[tokio::test]
async fn a_request_that_is_not_one_is_refused() {
    let hub = Hub::start().await;
    let token = hub.invite("330282002");
    let mut broken = PrivateKey::generate().unwrap().request().unwrap();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    for request in [Vec::new(), vec![0x30; 40], broken] {
        let (office, token) = (hub.office.clone(), token.clone());
        let joined = tokio::task::spawn_blocking(move || office.join(&token, &request, [1; 16], ""));
        assert_eq!(joined.await.unwrap().unwrap_err(), Deny::RequestBad);
    }
    Node::new(hub.road(&hub.hands)).join(&token).await.unwrap();
}

#[tokio::test]
async fn a_reader_reads_and_does_nothing_else() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let name: ReaderName = "statistics".parse().unwrap();
    let (issued, key) = hub.office.admit_reader(name.clone()).unwrap();
    let reader = |certificate, key| shared::net::identity::Identity { certificate, key, ..node.identity() };
    let first = reader(issued.certificate.clone(), key);
    assert_eq!(health(&node.road, Caller::Member(&first)).await, Ok(()));
    let renewed = bounded(enrol::renew(&node.road, &first, node.folder.path())).await;
    assert_eq!(renewed.unwrap_err(), Failure::Denied(Deny::TownshipsOnly));
    // A second certificate of the same name ends the first.
    let (issued, key) = hub.office.admit_reader(name).unwrap();
    assert_eq!(health(&node.road, Caller::Member(&first)).await, Err(Failure::CertificateRevoked));
    assert_eq!(health(&node.road, Caller::Member(&reader(issued.certificate, key))).await, Ok(()));
}
