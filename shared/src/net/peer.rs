//! Who is at the other end of a connection: the one name in its certificate.

use std::fmt;
use std::str::FromStr;

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::ids::{ParseError, TownshipCode};

/// Id of the county in names and certificates: 1 to 32 of `a-z 0-9 -`, for example `330282`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountyId(String);

/// Name of a program that reads reports: 1 to 32 of `a-z 0-9 -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReaderName(String);

fn label(text: &str, expected: &'static str) -> Result<String, ParseError> {
    let good = (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if good { Ok(text.to_owned()) } else { Err(ParseError::new(expected, text)) }
}

impl CountyId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CountyId {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        label(text, "a county id of 1 to 32 characters a-z, 0-9 and -").map(Self)
    }
}

impl FromStr for ReaderName {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        label(text, "a reader's name of 1 to 32 characters a-z, 0-9 and -").map(Self)
    }
}

impl fmt::Display for CountyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CountyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Serial number of a certificate: 16 bytes, random, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(pub [u8; 16]);

impl Serial {
    /// From the bytes of a certificate or of a note; shorter numbers are padded in front, longer ones refused.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
        let digits = &bytes[start..];
        let mut serial = [0u8; 16];
        serial.get_mut(16usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
        Some(Self(serial))
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a certificate makes its holder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The node of a township: Sync, Renew, health.
    Township(TownshipCode),
    /// A program of the county that reads: Report, health, reflection.
    Reader(ReaderName),
}

impl Subject {
    /// The name in the certificate.
    pub fn uri(&self, county: &CountyId) -> String {
        match self {
            Self::Township(code) => format!("spiffe://xianglian/{county}/township/{code}"),
            Self::Reader(name) => format!("spiffe://xianglian/{county}/reader/{name}"),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Township(code) => write!(f, "township/{code}"),
            Self::Reader(name) => write!(f, "reader/{name}"),
        }
    }
}

impl FromStr for Subject {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text.split_once('/') {
            Some(("township", code)) => code.parse().map(Self::Township),
            Some(("reader", name)) => name.parse().map(Self::Reader),
            _ => Err(ParseError::new("a subject such as township/330282002", text)),
        }
    }
}

/// Everything a certificate says that this product goes by. Parsed once per connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub county: CountyId,
    pub subject: Subject,
    pub serial: Serial,
    /// Validity, milliseconds since 1970-01-01T00:00:00Z.
    pub not_before: i64,
    pub not_after: i64,
}

/// A certificate that no program of this product has made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    #[error("the certificate cannot be read")]
    Unreadable,
    #[error("the certificate must have exactly one name, it has {0}")]
    Names(usize),
    #[error("the certificate's name is not one of this product: {0:?}")]
    Name(String),
}

impl Peer {
    /// The name, serial and validity of a client certificate.
    pub fn parse(certificate: &CertificateDer<'_>) -> Result<Self, PeerError> {
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| PeerError::Unreadable)?;
        let names = parsed
            .subject_alternative_name()
            .map_err(|_| PeerError::Unreadable)?
            .map_or(&[][..], |extension| &extension.value.general_names[..]);
        let [name] = names else { return Err(PeerError::Names(names.len())) };
        let GeneralName::URI(uri) = name else { return Err(PeerError::Name(name.to_string())) };
        let (county, subject) = parse_uri(uri).ok_or_else(|| PeerError::Name((*uri).to_owned()))?;
        let (not_before, not_after) = validity(&parsed);
        let serial = Serial::from_slice(parsed.raw_serial()).ok_or(PeerError::Unreadable)?;
        Ok(Self { county, subject, serial, not_before, not_after })
    }

    /// The township, if the peer is one.
    pub fn township(&self) -> Option<TownshipCode> {
        match self.subject {
            Subject::Township(code) => Some(code),
            Subject::Reader(_) => None,
        }
    }
}

fn parse_uri(uri: &str) -> Option<(CountyId, Subject)> {
    let (county, subject) = uri.strip_prefix("spiffe://xianglian/")?.split_once('/')?;
    Some((county.parse().ok()?, subject.parse().ok()?))
}

fn validity(certificate: &X509Certificate<'_>) -> (i64, i64) {
    let validity = certificate.validity();
    (validity.not_before.timestamp() * 1000, validity.not_after.timestamp() * 1000)
}

/// First and last moment of any certificate, milliseconds since 1970-01-01T00:00:00Z; `None` if it cannot be read.
pub fn validity_of(certificate: &CertificateDer<'_>) -> Option<(i64, i64)> {
    X509Certificate::from_der(certificate).ok().map(|(_, parsed)| validity(&parsed))
}

/// Serial of any certificate; `None` if it cannot be read.
pub fn serial_of(certificate: &CertificateDer<'_>) -> Option<Serial> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    Serial::from_slice(parsed.raw_serial())
}
