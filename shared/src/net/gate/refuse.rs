//! Callers who do not get in: why, and what they are told.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::limits::LINGER_MS;
use crate::net::clock::day_text;
use crate::net::link::Io;

/// First byte of a TLS handshake.
pub(super) const TLS_HANDSHAKE: u8 = 0x16;
/// Bytes of a refused caller that are read and thrown away, so that it gets to read our answer.
const LINGER_BYTES: usize = 64 * 1024;

/// A caller refused at the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedAway {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    pub from: SocketAddr,
    pub reason: Reason,
}

/// Why a caller did not get in, for the hub's operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// HTTP/2 without TLS.
    PlainHttp2,
    /// HTTP/1 without TLS, as a browser tries it.
    PlainHttp1,
    /// Neither TLS nor HTTP.
    NotTls,
    /// TLS for something else than HTTP/2.
    NotHttp2,
    /// Nothing more came for ten seconds, or the caller went away.
    Silent,
    Gone,
    /// The client certificate was made by somebody else.
    UnknownIssuer,
    Expired {
        not_after: Option<i64>,
    },
    NotYetValid {
        not_before: Option<i64>,
    },
    Revoked,
    /// Of another county, or without the one name that it must have.
    BadCertificate(String),
    /// The caller does not take this hub for its own.
    HubNotTrusted,
    /// The caller finds this hub's certificate out of date: its clock is wrong, or the hub's.
    HubExpired,
    Other(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |moment: &Option<i64>| moment.map_or("an unknown day".into(), day_text);
        match self {
            Self::PlainHttp2 => f.write_str("the caller speaks HTTP/2 without TLS"),
            Self::PlainHttp1 => f.write_str("the caller speaks HTTP without TLS"),
            Self::NotTls => f.write_str("the caller does not speak TLS"),
            Self::NotHttp2 => f.write_str("the caller speaks TLS but not HTTP/2"),
            Self::Silent => f.write_str("the caller said nothing for too long"),
            Self::Gone => f.write_str("the caller went away during the handshake"),
            Self::UnknownIssuer => f.write_str("the certificate was made by an unknown authority"),
            Self::Expired { not_after } => write!(f, "the certificate expired on {}", day(not_after)),
            Self::NotYetValid { not_before } => {
                write!(f, "the certificate is valid only from {}", day(not_before))
            }
            Self::Revoked => f.write_str("the certificate has been revoked"),
            Self::BadCertificate(why) => write!(f, "the certificate is not one of this county: {why}"),
            Self::HubNotTrusted => f.write_str("the caller does not take this hub for its own"),
            Self::HubExpired => {
                f.write_str("the caller finds this hub's certificate out of date; is its clock right?")
            }
            Self::Other(why) => f.write_str(why),
        }
    }
}

/// Reads the reason off what the handshake ended with and what the caller had said first.
pub(super) fn reason(why: &io::Error, opening: &[u8]) -> Reason {
    match opening {
        [] => return Reason::Gone,
        [b'P', b'R', b'I', ..] => return Reason::PlainHttp2,
        [b'A'..=b'Z', b'A'..=b'Z', ..] => return Reason::PlainHttp1,
        [TLS_HANDSHAKE, ..] => {}
        _ => return Reason::NotTls,
    }
    let Some(tls) = why.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return if matches!(why.kind(), io::ErrorKind::InvalidData) {
            Reason::Other(why.to_string())
        } else {
            Reason::Gone
        };
    };
    let ms = |time: &rustls_pki_types::UnixTime| Some((time.as_secs() * 1000) as i64);
    match tls {
        Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Reason::UnknownIssuer,
            CertificateError::Expired => Reason::Expired { not_after: None },
            CertificateError::ExpiredContext { not_after, .. } => {
                Reason::Expired { not_after: ms(not_after) }
            }
            CertificateError::NotValidYet => Reason::NotYetValid { not_before: None },
            CertificateError::NotValidYetContext { not_before, .. } => {
                Reason::NotYetValid { not_before: ms(not_before) }
            }
            CertificateError::Revoked => Reason::Revoked,
            CertificateError::ApplicationVerificationFailure => Reason::BadCertificate("wrong name".into()),
            other => Reason::BadCertificate(other.to_string()),
        },
        Error::NoApplicationProtocol => Reason::NotHttp2,
        Error::AlertReceived(AlertDescription::UnknownCA | AlertDescription::BadCertificate) => {
            Reason::HubNotTrusted
        }
        Error::AlertReceived(AlertDescription::DecryptError) => Reason::HubNotTrusted,
        Error::AlertReceived(AlertDescription::CertificateExpired) => Reason::HubExpired,
        other => Reason::Other(other.to_string()),
    }
}

/// Says goodbye in the caller's language, then waits a moment until the caller has read it: closing while bytes of the
/// caller are unread would make the system throw our last words away.
pub(super) async fn answer(mut io: impl Io, opening: &[u8]) {
    let last_words: &[u8] = match opening {
        [b'P', b'R', b'I', ..] => &GOAWAY,
        [b'A'..=b'Z', b'A'..=b'Z', ..] => HTTP1.as_bytes(),
        _ => &[],
    };
    let linger = async {
        io.write_all(last_words).await?;
        io.shutdown().await?;
        let mut rest = [0; 4096];
        let mut left = LINGER_BYTES;
        while left > 0 {
            match io.read(&mut rest).await? {
                0 => break,
                count => left = left.saturating_sub(count),
            }
        }
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(Duration::from_millis(LINGER_MS), linger).await;
}

const HTTP1: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n\
    This port speaks gRPC over TLS with a client certificate.\n此端口仅供乡镇节点同步使用。\n";

const GOAWAY_TEXT: &[u8] = b"this port speaks gRPC over TLS with a client certificate";

/// SETTINGS (empty), then GOAWAY with INADEQUATE_SECURITY and a text.
const GOAWAY: [u8; 9 + 9 + 8 + GOAWAY_TEXT.len()] = {
    let mut frame = [0; 9 + 9 + 8 + GOAWAY_TEXT.len()];
    frame[3] = 4;
    frame[9 + 2] = 8 + GOAWAY_TEXT.len() as u8;
    frame[9 + 3] = 7;
    frame[9 + 9 + 7] = 0xc;
    let mut at = 0;
    while at < GOAWAY_TEXT.len() {
        frame[9 + 9 + 8 + at] = GOAWAY_TEXT[at];
        at += 1;
    }
    frame
};
