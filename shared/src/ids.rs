//! Identities: who owns what, and under which name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not what it should be. `expected` describes the form, `found` is the text itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found:?}")]
pub struct ParseError {
    pub expected: &'static str,
    pub found: String,
}

impl ParseError {
    pub fn new(expected: &'static str, found: impl Into<String>) -> Self {
        Self { expected, found: found.into() }
    }
}

/// Code of a township: nine digits, six of GB/T 2260 (county) and three of GB/T 10114.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TownshipCode(u32);

impl TownshipCode {
    /// From the number that the nine digits make; `None` unless it has nine digits.
    pub fn from_number(number: u32) -> Option<Self> {
        (100_000_000..=999_999_999).contains(&number).then_some(Self(number))
    }

    pub fn number(self) -> u32 {
        self.0
    }

    /// The six digits of the county.
    pub fn county(self) -> u32 {
        self.0 / 1000
    }
}

impl FromStr for TownshipCode {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("a township code of nine digits", text);
        if text.len() != 9 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        text.parse().ok().and_then(Self::from_number).ok_or_else(wrong)
    }
}

impl TryFrom<String> for TownshipCode {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<TownshipCode> for String {
    fn from(code: TownshipCode) -> String {
        code.to_string()
    }
}

impl fmt::Display for TownshipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

impl fmt::Debug for TownshipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Id of a record: a UUIDv7 minted by its first owner, never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordId(pub uuid::Uuid);

impl RecordId {
    /// A fresh id from a wall clock in milliseconds and 10 random bytes.
    pub fn mint(unix_ms: i64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(unix_ms.max(0) as u64, random).into_uuid())
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl FromStr for RecordId {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        uuid::Uuid::parse_str(text).map(Self).map_err(|_| ParseError::new("a record id (UUID)", text))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Who writes a local stream: a township's node or the county's hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    Township(TownshipCode),
    Hub,
}

/// Name of a stream. A stream has one writer for ever.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamName {
    /// `township/<code>`: written by the township's node, offered to the hub.
    Township(TownshipCode),
    /// `down/all`: written by the hub, offered to every node.
    DownAll,
    /// `down/<code>`: written by the hub, offered to one node.
    Down(TownshipCode),
    /// `local/<code>` or `local/hub`: never leaves the machine. Private values, and the hub's unpublished records.
    Local(Site),
    /// `meta/<code>` or `meta/hub`: the machine's own notes (receipts, session tokens, enrolment). Never leaves it.
    Meta(Site),
}

impl StreamName {
    /// True for streams that a session may carry.
    pub fn travels(self) -> bool {
        matches!(self, Self::Township(_) | Self::DownAll | Self::Down(_))
    }

    /// The one site that may append to it.
    pub fn writer(self) -> Site {
        match self {
            Self::Township(code) => Site::Township(code),
            Self::DownAll | Self::Down(_) => Site::Hub,
            Self::Local(site) | Self::Meta(site) => site,
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Township(code) => write!(f, "{code}"),
            Self::Hub => f.write_str("hub"),
        }
    }
}

impl FromStr for Site {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text == "hub" { Ok(Self::Hub) } else { text.parse().map(Self::Township) }
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Township(code) => write!(f, "township/{code}"),
            Self::DownAll => f.write_str("down/all"),
            Self::Down(code) => write!(f, "down/{code}"),
            Self::Local(site) => write!(f, "local/{site}"),
            Self::Meta(site) => write!(f, "meta/{site}"),
        }
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for StreamName {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("a stream name such as township/330282002", text);
        let (class, owner) = text.split_once('/').ok_or_else(wrong)?;
        match (class, owner) {
            ("down", "all") => Ok(Self::DownAll),
            ("township", code) => code.parse().map(Self::Township).map_err(|_| wrong()),
            ("down", code) => code.parse().map(Self::Down).map_err(|_| wrong()),
            ("local", site) => site.parse().map(Self::Local).map_err(|_| wrong()),
            ("meta", site) => site.parse().map(Self::Meta).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

/// One incarnation of a stream: a random number made when its database is created or re-based.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(pub u64);

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
