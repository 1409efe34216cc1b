//! Files, restarts and certificates that the hub renews for itself.

use std::os::unix::fs::PermissionsExt;

use shared::net::ca::Ca;
use shared::net::dial::Caller;
use shared::net::failure::Failure;
use shared::net::identity::Identity;
use shared::net::keys::verify_receipt;
use shared::net::peer::validity_of;

use crate::support::{DAY, Hub, NODE_DAYS, START, ask_health, health};

#[tokio::test]
async fn a_restarted_hub_is_the_same_hub() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let identity = node.identity();
    let link = node.road.connect(Caller::Member(&identity)).await.unwrap();
    ask_health(&link).await.unwrap();
    let hub = hub.restart().await;
    // The old connection is gone and says so; the next one works with the same certificate.
    assert!(matches!(ask_health(&link).await, Err(Failure::CutOff { .. })));
    assert_eq!(node.call().await, Ok(()));
    hub.end().await.unwrap();
    assert!(matches!(node.call().await, Err(Failure::Unreachable { .. })));
}

#[tokio::test]
async fn the_hub_renews_its_own_certificate_and_nodes_do_not_notice() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let ca = hub.gate().ca().clone();
    let (first, _) = ca.server_certificate(START).unwrap();
    assert_eq!(ca.server_certificate(START + 119 * DAY).unwrap().0, first);
    let identity = node.identity();
    let link = node.road.connect(Caller::Member(&identity)).await.unwrap();
    ask_health(&link).await.unwrap();
    hub.hands.set(START + 121 * DAY);
    hub.gate().refresh().unwrap();
    let (second, _) = ca.server_certificate(START + 121 * DAY).unwrap();
    assert_ne!(second, first);
    assert_eq!(validity_of(&second).unwrap().1, START + 301 * DAY);
    ask_health(&link).await.unwrap();
    assert_eq!(node.call().await, Ok(()));
}

#[tokio::test]
async fn a_hub_whose_certificate_has_run_out_is_named_when_the_clocks_agree() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    // Nobody has called refresh for half a year.
    hub.hands.set(START + 200 * DAY);
    let failure = health(&node.road, Caller::Member(&node.identity())).await.unwrap_err();
    assert_eq!(failure, Failure::HubCertificate);
}

#[test]
fn a_root_is_made_once_and_two_never_have_one_name() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let county = "330282".parse().unwrap();
    let first = Ca::create(one.path(), &county, NODE_DAYS, START).unwrap();
    let second = Ca::create(two.path(), &county, NODE_DAYS, START).unwrap();
    assert!(Ca::create(one.path(), &county, NODE_DAYS, START).is_err());
    assert_eq!(Ca::open(one.path(), NODE_DAYS).unwrap().fingerprint(), first.fingerprint());
    let names: Vec<String> = [&first, &second]
        .map(|ca| {
            use x509_parser::prelude::FromDer;
            let (_, root) = x509_parser::prelude::X509Certificate::from_der(ca.root()).unwrap();
            assert!(root.is_ca());
            root.subject().to_string()
        })
        .into();
    assert_ne!(names[0], names[1]);
    let (_, not_after) = validity_of(first.root()).unwrap();
    assert_eq!((not_after - START) / DAY, 20 * 365);
    // A root with another's key is found when it is loaded, not at the first handshake.
    std::fs::copy(two.path().join("root.key"), one.path().join("root.key")).unwrap();
    assert!(Ca::open(one.path(), NODE_DAYS).unwrap_err().to_string().contains("not the key of root.pem"));
}

#[tokio::test]
async fn private_files_are_private_or_refused() {
    let hub = Hub::start().await;
    let node = hub.node("330282002").await;
    let folder = hub.folder.path();
    for file in ["root.key", "receipt.key", "server.pem"]
        .map(|file| folder.join(file))
        .iter()
        .chain([&node.identity_file()])
    {
        let mode = std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    std::fs::set_permissions(folder.join("root.key"), PermissionsExt::from_mode(0o640)).unwrap();
    assert!(
        Ca::open(folder, NODE_DAYS).unwrap_err().to_string().contains("may be read by others (mode 640)")
    );
    std::fs::set_permissions(node.identity_file(), PermissionsExt::from_mode(0o604)).unwrap();
    assert!(Identity::load(node.folder.path()).unwrap_err().to_string().contains("mode 604"));
}

#[tokio::test]
async fn nothing_prints_a_key() {
    let hub = Hub::start().await;
    let identity = hub.node("330282002").await.identity();
    let ca = hub.gate().ca();
    let text = format!("{identity:?} {ca:?} {:?} {:?}", ca.receipt_key(), hub.office);
    let pem = identity.key.to_pem().unwrap();
    let line = pem.lines().nth(1).unwrap();
    assert!(!text.contains(line) && text.contains("not shown"), "{text}");
}

#[test]
fn receipts_are_signed_and_one_changed_bit_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let ca = Ca::create(folder.path(), &"330282".parse().unwrap(), NODE_DAYS, START).unwrap();
    let message = b"township/330282002 17 entries".to_vec();
    let signature = ca.receipt_key().sign(&message).unwrap();
    let public = ca.receipt_key().public();
    assert_eq!((signature.len(), public.len()), (64, 65));
    assert!(verify_receipt(&public, &message, &signature));
    let again = Ca::open(folder.path(), NODE_DAYS).unwrap();
    assert_eq!(again.receipt_key().public(), public);
    for at in 0..message.len() {
        let mut changed = message.clone();
        changed[at] ^= 1;
        assert!(!verify_receipt(&public, &changed, &signature));
    }
    assert!(!verify_receipt(&public, &message, &signature[1..]));
    assert!(!verify_receipt(&[], &message, &signature));
}
