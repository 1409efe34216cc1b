//! What a certificate of the county's proves to somebody who holds the root and nothing else, at any later time.
//!
//! A connection is judged by rustls, at the moment when it is made ([`super::tls`]). Here papers are judged: a receipt, a
//! sealed package. They outlive the certificates that they were signed under, so the moment is an argument.
//!
//! Not here: revocation. Who holds papers alone cannot know of it.

use ring::signature::{self, UnparsedPublicKey};
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::ca::public_key;
use super::peer::{CountyId, Peer};
use crate::ids::TownshipCode;

/// The name in the certificate of the key that signs receipts.
pub fn receipts_uri(county: &CountyId) -> String {
    format!("spiffe://xianglian/{county}/receipts")
}

/// True if the root (DER) issued the certificate itself.
pub fn issued_by(certificate: &[u8], root: &[u8]) -> bool {
    let (Ok((_, leaf)), Ok((_, root))) =
        (X509Certificate::from_der(certificate), X509Certificate::from_der(root))
    else {
        return false;
    };
    let key = UnparsedPublicKey::new(
        &signature::ECDSA_P256_SHA256_ASN1,
        root.public_key().subject_public_key.data.as_ref(),
    );
    let (signed, signature) = (leaf.tbs_certificate.as_ref(), leaf.signature_value.data.as_ref());
    root.is_ca()
        && leaf.issuer().as_raw() == root.subject().as_raw()
        && certificate == wrapped(signed, signature)
        && key.verify(signed, signature).is_ok()
}

/// A certificate as DER writes it: what stands around the signed part can say nothing of its own.
fn wrapped(signed: &[u8], signature: &[u8]) -> Vec<u8> {
    /// ecdsa-with-SHA256
    const ALGORITHM: [u8; 12] = [0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let bits = [&[0], signature].concat();
    let body = [signed, &ALGORITHM, &[3], &length(bits.len()), &bits].concat();
    [&[0x30], length(body.len()).as_slice(), &body].concat()
}

fn length(bytes: usize) -> Vec<u8> {
    match bytes.to_be_bytes().iter().position(|byte| *byte != 0) {
        _ if bytes < 0x80 => vec![bytes as u8],
        from => {
            let digits = &bytes.to_be_bytes()[from.unwrap_or_default()..];
            [&[0x80 | digits.len() as u8], digits].concat()
        }
    }
}

/// The county of a root certificate; `None` if it is no root of this product, signed by itself.
pub fn county_of(root: &[u8]) -> Option<CountyId> {
    if !issued_by(root, root) {
        return None;
    }
    let (_, parsed) = X509Certificate::from_der(root).ok()?;
    parsed.subject().iter_organization().next()?.as_str().ok()?.parse().ok()
}

/// True if the certificate is the root's word that `key` (SEC1 point) signs the county's receipts.
pub fn certifies_receipts(certificate: &[u8], root: &[u8], key: &[u8]) -> bool {
    let Some(county) = county_of(root) else { return false };
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else { return false };
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.map_or(&[][..], |extension| &extension.value.general_names[..]);
    matches!(names, [GeneralName::URI(uri)] if **uri == receipts_uri(&county))
        && issued_by(certificate, root)
        && key_of(certificate).as_deref() == Some(key)
}

/// The public key of any certificate, SEC1 point.
pub fn key_of(certificate: &[u8]) -> Option<Vec<u8>> {
    public_key(&CertificateDer::from(certificate))
}

/// The township that a certificate of the root's names, with its key, if it was valid at `at` (milliseconds since 1970).
pub fn township_at(certificate: &[u8], root: &[u8], at: i64) -> Option<(TownshipCode, Vec<u8>)> {
    let peer = Peer::parse(&CertificateDer::from(certificate)).ok()?;
    let good = (peer.not_before..=peer.not_after).contains(&at)
        && county_of(root).as_ref() == Some(&peer.county)
        && issued_by(certificate, root);
    if good { peer.township().zip(key_of(certificate)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::ca::Ca;
    use crate::net::keys::{PrivateKey, verify_receipt};
    use crate::net::peer::Subject;

    const NOW: i64 = 1_790_000_000_000;
    const DAY: i64 = 86_400_000;

    fn county(folder: &std::path::Path) -> Ca {
        Ca::create(folder, &"330282".parse().unwrap(), 90, NOW).unwrap()
    }

    #[test]
    fn the_root_vouches_for_the_key_of_receipts() {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (ca, other) = (county(ours.path()), county(theirs.path()));
        let (root, key) = (ca.root().to_vec(), ca.receipt_key().public());
        let certificate = ca.receipt_certificate().to_vec();
        assert_eq!(county_of(&root).unwrap().as_str(), "330282");
        assert!(certifies_receipts(&certificate, &root, &key));
        assert!(!certifies_receipts(&certificate, other.root(), &key), "another county's root");
        assert!(!certifies_receipts(&certificate, &root, &other.receipt_key().public()), "another key");
        assert!(!certifies_receipts(other.receipt_certificate(), &root, &other.receipt_key().public()));
        let again = Ca::open(ours.path(), 90).unwrap();
        assert_eq!(again.receipt_certificate(), ca.receipt_certificate(), "made once");
        std::fs::remove_file(ours.path().join("receipt.pem")).unwrap();
        let made = Ca::open(ours.path(), 90).unwrap();
        assert!(certifies_receipts(made.receipt_certificate(), &root, &key), "a hub of before gets one");
    }

    #[test]
    fn a_township_s_certificate_counts_while_it_is_valid_and_no_other_does() {
        let folder = tempfile::tempdir().unwrap();
        let ca = county(folder.path());
        let code: TownshipCode = "330282002".parse().unwrap();
        let key = PrivateKey::generate().unwrap();
        let issued = ca.issue(Subject::Township(code), &key.request().unwrap(), NOW).unwrap();
        let (root, leaf) = (ca.root().to_vec(), issued.certificate.to_vec());
        let (found, public) = township_at(&leaf, &root, NOW + DAY).unwrap();
        assert_eq!(found, code);
        let signature = key.sign(b"so").unwrap();
        assert!(verify_receipt(&public, b"so", &signature) && !verify_receipt(&public, b"no", &signature));
        assert_eq!(township_at(&leaf, &root, NOW + 91 * DAY), None, "after its end");
        assert_eq!(township_at(&leaf, &root, NOW - DAY), None, "before its time");
        assert_eq!(township_at(ca.receipt_certificate(), &root, NOW), None, "no township");
        for at in 0..leaf.len() {
            let mut forged = leaf.clone();
            forged[at] ^= 1;
            assert_eq!(township_at(&forged, &root, NOW), None, "byte {at} is not covered");
        }
    }
}
