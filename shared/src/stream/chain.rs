//! The hash chain.

use std::fmt;

use crate::ids::{Epoch, StreamName};

/// A chain value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// BLAKE3 of the bytes of one entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(entry: &[u8]) -> Self {
        Self(*blake3::hash(entry).as_bytes())
    }
}

/// Where a stream stands: `len` entries, chain value `hash` after the last, written under `epoch`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    pub epoch: Epoch,
    pub len: u64,
    pub hash: Hash,
}

impl Head {
    /// Before the first entry. The epoch is not part of what an empty stream is.
    pub fn empty(stream: StreamName) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"xianglian stream 1\n");
        hasher.update(stream.to_string().as_bytes());
        Self { epoch: Epoch(0), len: 0, hash: Hash(*hasher.finalize().as_bytes()) }
    }

    /// After one more entry.
    #[must_use]
    pub fn next(self, epoch: Epoch, digest: &Digest) -> Self {
        let len = self.len + 1;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.hash.0);
        hasher.update(&epoch.0.to_le_bytes());
        hasher.update(&len.to_le_bytes());
        hasher.update(&digest.0);
        Self { epoch, len, hash: Hash(*hasher.finalize().as_bytes()) }
    }
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().take(8).try_for_each(|b| write!(f, "{b:02x}"))
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}
