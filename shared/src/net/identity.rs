//! A node's identity: key, certificate, the hub's root and what the hub said when the node joined, in one file.
//!
//! One file, replaced whole, so that key and certificate always belong together. The key of a request that has not been
//! answered yet stands in a second file: if the answer is lost, the same request is made again and the hub gives the
//! same certificate.

use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};

use super::ca::certificate_pem;
use super::keys::{KeyError, PrivateKey, random, read_private, write_private};
use super::peer::{Peer, PeerError};
use crate::ids::TownshipCode;
use crate::record::Day;

const FILE: &str = "identity.json";
const PENDING: &str = "identity.pending";
/// Renewal is due at two thirds of the certificate's life, moved by up to a thirtieth of it either way.
const RENEW_AT: (i64, i64) = (2, 3);
const RENEW_JITTER_PART: i64 = 30;

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("{}: {why}", path.display())]
    File { path: PathBuf, why: String },
    #[error(transparent)]
    Peer(#[from] PeerError),
    #[error("the certificate was not made for this node's key")]
    OtherKey,
    #[error("the certificate is of {found}, not of {expected}")]
    OtherTownship { expected: String, found: String },
}

/// What the hub says of a township when it joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    pub township: TownshipCode,
    pub name: String,
    pub county: String,
    /// Legal profile in force, for example `zhejiang`.
    pub profile: String,
    /// `TOWN`, `TOWNSHIP`, `ETHNIC_TOWNSHIP` or `SUBDISTRICT`.
    pub node_kind: String,
    /// Public key that the hub signs receipts with, SEC1 point.
    #[serde(with = "hex")]
    pub receipt_key: Vec<u8>,
    /// The root's certificate of that key, DER; empty where the hub gave none.
    #[serde(with = "hex", default)]
    pub receipt_certificate: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    address: String,
    enrolled: Enrolled,
    key: String,
    certificate: String,
    root: String,
}

/// Loaded and consistent.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `host:port` of the hub.
    pub address: String,
    pub enrolled: Enrolled,
    pub certificate: CertificateDer<'static>,
    pub root: CertificateDer<'static>,
    pub peer: Peer,
    pub key: PrivateKey,
}

/// A certificate is made for one key, so equal certificates mean equal keys.
impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        (&self.address, &self.enrolled, &self.certificate, &self.root)
            == (&other.address, &other.enrolled, &other.certificate, &other.root)
    }
}

impl Identity {
    /// # Errors
    /// The certificate was not made for the key, or is not of the township that the hub spoke of.
    pub fn new(
        address: String,
        enrolled: Enrolled,
        certificate: CertificateDer<'static>,
        root: CertificateDer<'static>,
        key: PrivateKey,
    ) -> Result<Self, IdentityError> {
        let peer = Peer::parse(&certificate)?;
        if super::ca::public_key(&certificate) != Some(key.pair()?.public_key_raw().to_vec()) {
            return Err(IdentityError::OtherKey);
        }
        if peer.township() != Some(enrolled.township) || peer.county.as_str() != enrolled.county {
            let expected = format!("township/{} of {}", enrolled.township, enrolled.county);
            return Err(IdentityError::OtherTownship {
                expected,
                found: format!("{} of {}", peer.subject, peer.county),
            });
        }
        Ok(Self { address, enrolled, certificate, root, peer, key })
    }

    /// The identity in `folder`, or `None` if the node has not joined.
    pub fn load(folder: &Path) -> Result<Option<Self>, IdentityError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let wrong = |why: String| IdentityError::File { path: path.clone(), why };
        let stored: Stored =
            serde_json::from_str(&read_private(&path)?).map_err(|why| wrong(why.to_string()))?;
        let der =
            |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|why| wrong(why.to_string()));
        let (certificate, root) = (der(&stored.certificate)?, der(&stored.root)?);
        let key = PrivateKey::from_pem(&stored.key)?;
        Self::new(stored.address, stored.enrolled, certificate, root, key).map(Some)
    }

    /// Makes this the identity in `folder`, durable on return, and forgets the pending request.
    pub fn save(&self, folder: &Path) -> Result<(), IdentityError> {
        let stored = Stored {
            address: self.address.clone(),
            enrolled: self.enrolled.clone(),
            key: self.key.to_pem()?,
            certificate: certificate_pem(&self.certificate),
            root: certificate_pem(&self.root),
        };
        let path = folder.join(FILE);
        let text = serde_json::to_string_pretty(&stored)
            .map_err(|why| IdentityError::File { path: path.clone(), why: why.to_string() })?;
        write_private(&path, &(text + "\n"))?;
        match std::fs::remove_file(folder.join(PENDING)) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                Err(IdentityError::File { path: folder.join(PENDING), why: why.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// Whole days left at `now`; negative when expired.
    pub fn days_left(&self, now: i64) -> i64 {
        (self.peer.not_after - now).div_euclid(Day::MS)
    }

    /// When to renew, milliseconds since 1970-01-01T00:00:00Z: at two thirds of the certificate's life, give or take a
    /// thirtieth, the same moment each time it is asked. The serial is random, so nineteen nodes that joined on one day
    /// do not renew in one night.
    pub fn renew_at(&self) -> i64 {
        let life = self.peer.not_after - self.peer.not_before;
        let (part, whole) = RENEW_AT;
        let jitter = i64::from(u16::from_be_bytes([self.peer.serial.0[14], self.peer.serial.0[15]])) - 0x8000;
        let at = self.peer.not_before + life / whole * part + life / RENEW_JITTER_PART / 0x8000 * jitter;
        at - at % 1000
    }

    pub fn renewal_due(&self, now: i64) -> bool {
        now >= self.renew_at()
    }
}

/// The key of the request under way in `folder`; made and kept durable if there is none. The same until an identity is
/// saved, so a request can be repeated.
pub fn pending_key(folder: &Path) -> Result<PrivateKey, IdentityError> {
    let path = folder.join(PENDING);
    if path.exists() {
        return Ok(PrivateKey::from_pem(&read_private(&path)?)?);
    }
    let key = PrivateKey::generate()?;
    write_private(&path, &key.to_pem()?)?;
    Ok(key)
}

/// Sixteen random bytes that name an installation.
pub fn fresh_instance() -> Result<[u8; 16], KeyError> {
    random()
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        if !text.is_ascii() || text.len() % 2 != 0 {
            return Err(D::Error::custom("expected pairs of hexadecimal digits"));
        }
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).map_err(D::Error::custom))
            .collect()
    }
}
