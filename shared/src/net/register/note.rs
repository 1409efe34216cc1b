//! The notes themselves, and their wire form.

use std::fmt;

use crate::ids::TownshipCode;
use crate::net::peer::{Serial, Subject};
use xianglian_proto::v1;

/// One fact about tokens or certificates. Moments are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    Invited {
        township: TownshipCode,
        token_hash: [u8; 32],
        at: i64,
        expires: i64,
    },
    Enrolled {
        subject: Subject,
        /// None for a reader.
        token_hash: Option<[u8; 32]>,
        serial: Serial,
        at: i64,
        not_after: i64,
        instance: Option<[u8; 16]>,
        /// DER; empty for a reader.
        certificate: Vec<u8>,
        software: String,
    },
    Renewed {
        subject: Subject,
        asked_with: Serial,
        serial: Serial,
        at: i64,
        not_after: i64,
    },
    Revoked {
        subject: Subject,
        at: i64,
        reason: String,
    },
}

/// A note that does not say what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the note about a certificate has a bad {0}")]
pub struct BadNote(&'static str);

impl Note {
    /// The member that it is about.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Invited { township, .. } => Subject::Township(*township),
            Self::Enrolled { subject, .. }
            | Self::Renewed { subject, .. }
            | Self::Revoked { subject, .. } => subject.clone(),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Invited { .. } => "invited",
            Self::Enrolled { .. } => "enrolled",
            Self::Renewed { .. } => "renewed",
            Self::Revoked { .. } => "revoked",
        };
        write!(f, "{} {what}", self.subject())
    }
}

impl From<&Note> for v1::NodeNote {
    fn from(note: &Note) -> Self {
        use v1::node_note::Kind;
        let kind = match note.clone() {
            Note::Invited { township, token_hash, at, expires } => {
                let (township, token_hash) = (township.to_string(), token_hash.to_vec());
                Kind::Invited(v1::Invited { township, token_hash, at, expires })
            }
            Note::Enrolled {
                subject,
                token_hash,
                serial,
                at,
                not_after,
                instance,
                certificate,
                software,
            } => Kind::Enrolled(v1::Enrolled {
                subject: subject.to_string(),
                token_hash: token_hash.map(|hash| hash.to_vec()).unwrap_or_default(),
                serial: serial.0.to_vec(),
                at,
                not_after,
                instance: instance.map(|instance| instance.to_vec()).unwrap_or_default(),
                certificate,
                software,
            }),
            Note::Renewed { subject, asked_with, serial, at, not_after } => {
                let (asked_with, serial) = (asked_with.0.to_vec(), serial.0.to_vec());
                Kind::Renewed(v1::Renewed { subject: subject.to_string(), asked_with, serial, at, not_after })
            }
            Note::Revoked { subject, at, reason } => {
                Kind::Revoked(v1::Revoked { subject: subject.to_string(), at, reason })
            }
        };
        Self { kind: Some(kind) }
    }
}

impl TryFrom<v1::NodeNote> for Note {
    type Error = BadNote;
    fn try_from(note: v1::NodeNote) -> Result<Self, BadNote> {
        use v1::node_note::Kind;
        Ok(match note.kind.ok_or(BadNote("kind"))? {
            Kind::Invited(note) => Self::Invited {
                township: note.township.parse().map_err(|_| BadNote("township"))?,
                token_hash: bytes(&note.token_hash, "token hash")?,
                at: note.at,
                expires: note.expires,
            },
            Kind::Enrolled(note) => Self::Enrolled {
                subject: subject(&note.subject)?,
                token_hash: optional(&note.token_hash, "token hash")?,
                serial: Serial(bytes(&note.serial, "serial")?),
                at: note.at,
                not_after: note.not_after,
                instance: optional(&note.instance, "instance")?,
                certificate: note.certificate,
                software: note.software,
            },
            Kind::Renewed(note) => Self::Renewed {
                subject: subject(&note.subject)?,
                asked_with: Serial(bytes(&note.asked_with, "serial")?),
                serial: Serial(bytes(&note.serial, "serial")?),
                at: note.at,
                not_after: note.not_after,
            },
            Kind::Revoked(note) => {
                Self::Revoked { subject: subject(&note.subject)?, at: note.at, reason: note.reason }
            }
        })
    }
}

fn bytes<const N: usize>(bytes: &[u8], what: &'static str) -> Result<[u8; N], BadNote> {
    bytes.try_into().map_err(|_| BadNote(what))
}

fn optional<const N: usize>(given: &[u8], what: &'static str) -> Result<Option<[u8; N]>, BadNote> {
    if given.is_empty() { Ok(None) } else { bytes(given, what).map(Some) }
}

fn subject(text: &str) -> Result<Subject, BadNote> {
    text.parse().map_err(|_| BadNote("subject"))
}
