//! The hub's own certificate authority: made once, when the hub is made.
//!
//! The folder holds `root.pem`, `root.key`, `server.pem` (key, certificate: renewed by the hub itself), `receipt.key` and
//! `receipt.pem`, the certificate of that key. All keys are P-256.
//!
//! A request for a certificate gives its public key and nothing else: name, purpose and validity are the hub's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateSigningRequestDer};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::clock::to_time;
use super::keys::{KeyError, PrivateKey, ReceiptKey, random, read_private, write_private, write_public};
use super::peer::{CountyId, Serial, Subject, validity_of};
use super::token::Fingerprint;
use super::trust::{certifies_receipts, receipts_uri};
use crate::limits::CERTIFICATE_BACKDATE_MS;
use crate::record::Day;

/// The name in every hub's server certificate. Nodes ask for this name whatever the hub's address is, so no DNS is needed.
pub const SERVER_NAME: &str = "hub.xianglian.internal";

/// id-kp-documentSigning (RFC 9336): such a certificate opens no connection.
const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];

const ROOT_DAYS: i64 = 20 * 365;
const SERVER_DAYS: i64 = 180;
const SERVER_RENEW_DAYS: i64 = 60;

#[derive(Debug, thiserror::Error)]
pub enum CaError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("{}: {why}", path.display())]
    File { path: PathBuf, why: String },
    #[error("the certificate cannot be made: {0}")]
    Sign(String),
    #[error("the request for a certificate is not one, or was not made with the key in it")]
    Request,
}

impl From<rcgen::Error> for CaError {
    fn from(why: rcgen::Error) -> Self {
        Self::Sign(why.to_string())
    }
}

/// A client certificate just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub certificate: CertificateDer<'static>,
    pub subject: Subject,
    pub serial: Serial,
    /// Validity, milliseconds since 1970-01-01T00:00:00Z.
    pub not_before: i64,
    pub not_after: i64,
}

/// The certificate authority with its keys in memory.
pub struct Ca {
    folder: PathBuf,
    county: CountyId,
    root: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    receipt: Arc<ReceiptKey>,
    receipt_certificate: CertificateDer<'static>,
    node_days: i64,
}

impl Ca {
    /// Makes root, server certificate and receipt key in `folder`, which must exist and hold no other root.
    pub fn create(folder: &Path, county: &CountyId, node_days: u32, now: i64) -> Result<Self, CaError> {
        let root_key = PrivateKey::generate()?;
        let mut params = CertificateParams::default();
        // Two roots must never have the same name: software that looks up a root by name would try the wrong one.
        let id: [u8; 8] = random()?;
        let id: String = id.iter().map(|b| format!("{b:02x}")).collect();
        params.distinguished_name = name(&[
            (DnType::CommonName, &format!("Xianglian {county} {id}")),
            (DnType::OrganizationName, county.as_str()),
        ]);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = to_time(now - CERTIFICATE_BACKDATE_MS);
        params.not_after = to_time(now + ROOT_DAYS * Day::MS);
        params.serial_number = Some(SerialNumber::from_slice(&serial()?.0));
        let root = params.self_signed(&root_key.pair()?)?;
        let path = folder.join("root.pem");
        if path.exists() {
            return Err(CaError::File { path, why: "there is a root already".into() });
        }
        write_private(&folder.join("root.key"), &root_key.to_pem()?)?;
        write_private(&folder.join("receipt.key"), &PrivateKey::generate()?.to_pem()?)?;
        write_public(&path, &root.pem())?;
        Self::open(folder, node_days)
    }

    /// Loads the authority made by [`Ca::create`]. Node certificates will live for `node_days`.
    pub fn open(folder: &Path, node_days: u32) -> Result<Self, CaError> {
        let path = folder.join("root.pem");
        let wrong = |why: String| CaError::File { path: path.clone(), why };
        let root = CertificateDer::from_pem_file(&path).map_err(|why| wrong(why.to_string()))?;
        let county = organisation(&root).and_then(|text| text.parse().ok());
        let county = county.ok_or_else(|| wrong("this is not the root of a hub".into()))?;
        let root_key = PrivateKey::from_pem(&read_private(&folder.join("root.key"))?)?;
        let receipt = PrivateKey::from_pem(&read_private(&folder.join("receipt.key"))?)?;
        if public_key(&root)
            .is_none_or(|key| key != root_key.pair().map(|p| p.public_key_raw().to_vec()).unwrap_or_default())
        {
            return Err(wrong("root.key is not the key of root.pem".into()));
        }
        let mut ca = Self {
            folder: folder.to_owned(),
            county,
            issuer: Issuer::from_ca_cert_der(&root, root_key.pair()?)?,
            root,
            receipt: Arc::new(ReceiptKey::from_private(&receipt)?),
            receipt_certificate: Vec::new().into(),
            node_days: i64::from(node_days.max(1)),
        };
        ca.receipt_certificate = ca.certify_receipts(&receipt)?;
        Ok(ca)
    }

    pub fn county(&self) -> &CountyId {
        &self.county
    }

    pub fn root(&self) -> &CertificateDer<'static> {
        &self.root
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.root)
    }

    pub fn receipt_key(&self) -> &Arc<ReceiptKey> {
        &self.receipt
    }

    /// The root's word on whose key signs receipts: with it, whoever knows the root can check a receipt, long after and
    /// without asking the hub.
    pub fn receipt_certificate(&self) -> &CertificateDer<'static> {
        &self.receipt_certificate
    }

    /// Kept beside the key; made when it is not there or of another key. It lives as long as the root.
    fn certify_receipts(&self, key: &PrivateKey) -> Result<CertificateDer<'static>, CaError> {
        let path = self.folder.join("receipt.pem");
        let there = path.exists().then(|| CertificateDer::from_pem_file(&path).ok()).flatten();
        if let Some(there) =
            there.filter(|there| certifies_receipts(there, &self.root, &self.receipt.public()))
        {
            return Ok(there);
        }
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&[(DnType::CommonName, "receipts")]);
        params.subject_alt_names = vec![SanType::URI(receipts_uri(&self.county).try_into()?)];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec())];
        let (first, last) =
            validity_of(&self.root).ok_or_else(|| CaError::Sign("the root has no validity".into()))?;
        let (certificate, _) = self.sign(params, &key.pair()?, (first, last))?;
        write_public(&path, &pem("CERTIFICATE", &certificate))?;
        Ok(certificate)
    }

    /// The hub's server certificate and key; makes a fresh one when there is none or it has less than 60 of its 180 days
    /// left. Call it at start and daily.
    ///
    /// It is valid from the root's first day on: a township's clock that is some days slow must not decide by how recently
    /// the hub has renewed whether the township can connect.
    pub fn server_certificate(&self, now: i64) -> Result<(CertificateDer<'static>, PrivateKey), CaError> {
        let path = self.folder.join("server.pem");
        if path.exists() {
            let text = read_private(&path)?;
            let key = PrivateKey::from_pem(&text)?;
            let certificate = CertificateDer::from_pem_slice(text.as_bytes());
            let certificate =
                certificate.map_err(|why| CaError::File { path: path.clone(), why: why.to_string() })?;
            let left = validity_of(&certificate).map_or(0, |(_, not_after)| not_after - now);
            let ours = public_key(&certificate) == Some(key.pair()?.public_key_raw().to_vec());
            if ours && left > SERVER_RENEW_DAYS * Day::MS {
                return Ok((certificate, key));
            }
        }
        let key = PrivateKey::generate()?;
        let mut params = CertificateParams::new(vec![SERVER_NAME.to_owned()])?;
        params.distinguished_name = name(&[(DnType::CommonName, SERVER_NAME)]);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let first =
            validity_of(&self.root).map_or(now - CERTIFICATE_BACKDATE_MS, |(not_before, _)| not_before);
        let (certificate, _) = self.sign(params, &key.pair()?, (first, now + SERVER_DAYS * Day::MS))?;
        let pem = format!("{}{}", key.to_pem()?, pem("CERTIFICATE", &certificate));
        write_private(&path, &pem)?;
        Ok((certificate, key))
    }

    /// A client certificate for the public key in `request` (PKCS#10, DER). Everything else in the request is ignored.
    ///
    /// # Errors
    /// The request cannot be read, is not signed with its own key, or its key is not P-256.
    pub fn issue(&self, subject: Subject, request: &[u8], now: i64) -> Result<Issued, CaError> {
        let request = CertificateSigningRequestDer::from(request);
        let request = CertificateSigningRequestParams::from_der(&request).map_err(|_| CaError::Request)?;
        if request.public_key.algorithm() != &rcgen::PKCS_ECDSA_P256_SHA256 {
            return Err(CaError::Request);
        }
        self.issue_for(subject, &request.public_key, now)
    }

    /// A key and certificate for a program that reads reports, to be carried to it by hand.
    pub fn issue_reader(&self, subject: Subject, now: i64) -> Result<(Issued, PrivateKey), CaError> {
        let key = PrivateKey::generate()?;
        Ok((self.issue_for(subject, &key.pair()?, now)?, key))
    }

    fn issue_for(&self, subject: Subject, key: &impl PublicKeyData, now: i64) -> Result<Issued, CaError> {
        let mut params = CertificateParams::default();
        let uri = subject.uri(&self.county);
        params.distinguished_name = name(&[(DnType::CommonName, &subject.to_string())]);
        params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let (first, last) = (now - CERTIFICATE_BACKDATE_MS, now + self.node_days * Day::MS);
        let (certificate, serial) = self.sign(params, key, (first, last))?;
        let (not_before, not_after) = validity_of(&certificate).unwrap_or((first, last));
        Ok(Issued { certificate, subject, serial, not_before, not_after })
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        key: &impl PublicKeyData,
        (first, last): (i64, i64),
    ) -> Result<(CertificateDer<'static>, Serial), CaError> {
        let serial = serial()?;
        params.serial_number = Some(SerialNumber::from_slice(&serial.0));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        params.not_before = to_time(first);
        // A certificate that outlives its root would fail on its last days with a reason that nobody understands.
        let root_last = validity_of(&self.root).map_or(last, |(_, not_after)| not_after);
        params.not_after = to_time(last.min(root_last));
        Ok((params.signed_by(key, &self.issuer)?.der().clone(), serial))
    }
}

impl std::fmt::Debug for Ca {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ca({}, root {}, keys not shown)", self.county, self.fingerprint())
    }
}

/// A certificate in PEM, as other programs want it.
pub fn certificate_pem(certificate: &CertificateDer<'_>) -> String {
    pem("CERTIFICATE", certificate)
}

fn pem(tag: &str, der: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {tag}-----\n");
    for line in der.chunks(48) {
        for three in line.chunks(3) {
            let bits =
                three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            for place in 0..4 {
                let symbol = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
                text.push(if place > three.len() { '=' } else { symbol as char });
            }
        }
        text.push('\n');
    }
    text + &format!("-----END {tag}-----\n")
}

fn serial() -> Result<Serial, KeyError> {
    let mut serial: [u8; 16] = random()?;
    // A serial is a positive number, and ours always has 16 bytes.
    serial[0] = serial[0] & 0x3f | 0x40;
    Ok(Serial(serial))
}

fn name(parts: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    parts.iter().for_each(|(kind, text)| name.push(kind.clone(), *text));
    name
}

fn organisation(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    parsed.subject().iter_organization().next()?.as_str().ok().map(str::to_owned)
}

pub(crate) fn public_key(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    Some(parsed.public_key().subject_public_key.data.to_vec())
}

/// True if two certificates (DER) were made for the same key.
pub(crate) fn same_key(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (public_key(&one.into()), public_key(&other.into()));
    one.is_some() && one == other
}
