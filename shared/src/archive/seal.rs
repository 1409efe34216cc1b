//! The seal: the comment of the ZIP, which is its last bytes.
//!
//! ```text
//! XIANGLIAN ARCHIVE 1
//! blake3 <digest of every byte before this comment>
//! sealed <seconds since 1970> <the same for people> township/<code>      from here on only if the office has joined
//! signature <64 bytes r ‖ s: ECDSA on P-256 with SHA-256, over the lines above>
//! <the office's certificate, PEM>
//! ```
//!
//! One value has one spelling: a comment that is not written exactly so is none.

use std::io::{self, Read, Seek, SeekFrom};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::sums::{hex, unhex};
use crate::ids::TownshipCode;
use crate::net::ca::certificate_pem;
use crate::program::rfc3339;

const MARK: &str = "XIANGLIAN ARCHIVE 1\n";
/// A comment of a ZIP is at most so long, and so is the record that it ends.
const TAIL_BYTES: u64 = 65_535 + 22;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal {
    /// BLAKE3 of every byte of the file before the comment.
    pub(super) digest: [u8; 32],
    pub(super) office: Option<OfficeSeal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OfficeSeal {
    /// Seconds since 1970 by the office's clock.
    pub(super) at: i64,
    pub(super) township: TownshipCode,
    /// DER.
    pub(super) certificate: Vec<u8>,
    pub(super) signature: [u8; 64],
}

impl Seal {
    /// What the office signs.
    pub(super) fn signed(&self) -> String {
        let mut text = format!("{MARK}blake3 {}\n", hex(&self.digest));
        if let Some(office) = &self.office {
            let (at, when) = (office.at, rfc3339(office.at.saturating_mul(1000)));
            text.push_str(&format!("sealed {at} {when} township/{}\n", office.township));
        }
        text
    }

    /// The comment. Its length does not depend on digest and signature.
    pub(super) fn text(&self) -> String {
        let mut text = self.signed();
        if let Some(office) = &self.office {
            let certificate = certificate_pem(&CertificateDer::from(office.certificate.as_slice()));
            text.push_str(&format!("signature {}\n{certificate}", hex(&office.signature)));
        }
        text
    }

    /// `None` for a comment that is not exactly what [`Seal::text`] gives.
    pub(super) fn read(comment: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(comment).ok()?;
        let (digest, rest) = text.strip_prefix(MARK)?.strip_prefix("blake3 ")?.split_once('\n')?;
        let office = if rest.is_empty() { None } else { Some(OfficeSeal::read(rest)?) };
        let seal = Self { digest: unhex(digest)?, office };
        (seal.text() == text).then_some(seal)
    }
}

impl OfficeSeal {
    fn read(text: &str) -> Option<Self> {
        let (sealed, rest) = text.strip_prefix("sealed ")?.split_once('\n')?;
        let (at, rest_of_line) = sealed.split_once(' ')?;
        let (_, township) = rest_of_line.split_once(" township/")?;
        let (signature, certificate) = rest.strip_prefix("signature ")?.split_once('\n')?;
        Some(Self {
            at: at.parse().ok()?,
            township: township.parse().ok()?,
            certificate: CertificateDer::from_pem_slice(certificate.as_bytes()).ok()?.to_vec(),
            signature: unhex(signature)?,
        })
    }
}

/// Where the comment of a file begins, and the comment; the end of the file if it has none of ours.
pub(super) fn find<R: Read + Seek>(file: &mut R) -> io::Result<(u64, Vec<u8>)> {
    let end = file.seek(SeekFrom::End(0))?;
    let from = end.saturating_sub(TAIL_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut tail)?;
    let mark = MARK.as_bytes();
    let found = (0..tail.len().saturating_sub(mark.len() - 1)).rev().find(|at| tail[*at..].starts_with(mark));
    Ok(found.map_or((end, Vec::new()), |at| (from + at as u64, tail.split_off(at))))
}
