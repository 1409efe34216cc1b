//! The digests of all parts, in the two forms that common tools read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ring::digest::{Context, SHA256};

/// Digests and length of what went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) bytes: u64,
    pub(super) blake3: [u8; 32],
    pub(super) sha256: [u8; 32],
}

/// Counts and hashes what is written to it, and hands it on.
pub(super) struct Meter<W> {
    inner: W,
    bytes: u64,
    blake3: blake3::Hasher,
    sha256: Context,
}

impl<W: Write> Meter<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, bytes: 0, blake3: blake3::Hasher::new(), sha256: Context::new(&SHA256) }
    }

    pub(super) fn sums(self) -> Sums {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.sha256.finish().as_ref());
        Sums { bytes: self.bytes, blake3: *self.blake3.finalize().as_bytes(), sha256 }
    }
}

impl<W: Write> Write for Meter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.bytes += written as u64;
        self.blake3.update(&bytes[..written]);
        self.sha256.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Sums {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut meter = Meter::new(io::sink());
        // A sink takes everything.
        let _ = meter.write_all(bytes);
        meter.sums()
    }
}

/// Parts with their digests, in the order in which they stand.
pub(super) type Parts = Vec<(String, Sums)>;

/// One line for each part: `digest  name`.
pub(super) fn lines(parts: &Parts, digest: impl Fn(&Sums) -> [u8; 32]) -> String {
    parts.iter().map(|(name, sums)| format!("{}  {name}\n", hex(&digest(sums)))).collect()
}

/// What such lines say, by name and in order; `None` if they are not as this program writes them.
pub(super) fn read(text: &str) -> Option<(Vec<String>, BTreeMap<String, [u8; 32]>)> {
    let mut order = Vec::new();
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let (digest, name) = line.split_once("  ")?;
        order.push(name.to_owned());
        if found.insert(name.to_owned(), unhex(digest)?).is_some() {
            return None;
        }
    }
    Some((order, found))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lower-case digits alone: one value has one spelling.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if text.len() != 2 * N || !plain {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
