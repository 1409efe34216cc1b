//! The sidecar: a small file outside the data folder that remembers what the folder was.
//!
//! People copy folders, and put older copies back. The sidecar stays where it is, so a folder that went back, or that
//! came from another machine, is known at the next start. Only bytes and decisions here; the programs read and write the
//! file (to a temporary name, fsync, rename).
//!
//! ```text
//! xianglian sidecar 1
//! instance 000102030405060708090a0b0c0d0e0f
//! mark township/330282002 epoch 00000000000000a1 len 120 head <64 hex digits> at 1790000000000
//! lost len 150 at 1789990000000 kept 120
//! check <16 hex digits>
//! ```

use std::fmt::Write as _;

use super::message::Instance;
use super::session::Watermark;
use crate::ids::{Epoch, ParseError, StreamName};
use crate::stream::{Hash, Head};

const FIRST: &str = "xianglian sidecar 1";

/// Where the machine's own stream stood when it was last written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub stream: StreamName,
    pub head: Head,
    /// Wall clock in ms.
    pub at: i64,
}

/// The content of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sidecar {
    pub instance: Instance,
    pub mark: Option<Mark>,
    /// A restored folder whose loss has not been compared with the hub yet.
    pub watermark: Option<Watermark>,
}

/// What a folder is, as judged at a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Neither a sidecar nor an entry: make an instance, write the sidecar.
    Fresh,
    /// What it was, or further.
    Same,
    /// It went back, or is another branch of what it was. Keep this watermark until a session has settled it.
    Restored(Watermark),
    /// From another machine, or moved without its sidecar: its instance counts for nothing, enrol again.
    CopiedOrMoved,
}

/// Judges a folder. `enrolled` is the instance that the store itself remembers; `head` is its own stream's head;
/// `hash_at` gives the chain value of that stream after an entry, none beyond its end.
pub fn judge(
    sidecar: Option<&Sidecar>,
    enrolled: Option<Instance>,
    head: Head,
    hash_at: impl Fn(u64) -> Option<Hash>,
) -> Folder {
    let Some(sidecar) = sidecar else {
        return if head.len == 0 && enrolled.is_none() { Folder::Fresh } else { Folder::CopiedOrMoved };
    };
    if enrolled.is_some_and(|enrolled| enrolled != sidecar.instance) {
        return Folder::CopiedOrMoved;
    }
    match sidecar.mark {
        Some(mark) if hash_at(mark.head.len) != Some(mark.head.hash) => {
            // What an earlier restore lost is lost still; the longer stream is the one to be asked for.
            let before = sidecar.watermark.filter(|before| before.len > mark.head.len);
            let (len, at) = before.map_or((mark.head.len, mark.at), |before| (before.len, before.at));
            Folder::Restored(Watermark { len, at, kept: head.len.min(mark.head.len) })
        }
        _ => sidecar.watermark.map_or(Folder::Same, Folder::Restored),
    }
}

impl Sidecar {
    pub fn encode(&self) -> String {
        let mut out = format!("{FIRST}\ninstance {}\n", hex(&self.instance.0));
        // Writing to a String cannot fail.
        if let Some(mark) = &self.mark {
            let Mark { stream, head, at } = mark;
            let _ = writeln!(
                out,
                "mark {stream} epoch {:016x} len {} head {} at {at}",
                head.epoch.0,
                head.len,
                hex(&head.hash.0)
            );
        }
        if let Some(lost) = &self.watermark {
            let _ = writeln!(out, "lost len {} at {} kept {}", lost.len, lost.at, lost.kept);
        }
        let check = check(&out);
        let _ = writeln!(out, "check {check}");
        out
    }

    /// # Errors
    /// Anything but what [`Self::encode`] gives, apart from lines of a newer version, which are ignored. A damaged
    /// sidecar is to be treated as none.
    pub fn decode(text: &str) -> Result<Self, ParseError> {
        let wrong = |found: &str| ParseError::new("a sidecar as the program writes it", found);
        let (body, last) = text.rsplit_once("check ").ok_or_else(|| wrong("no check line"))?;
        if last.trim_end() != check(body) {
            return Err(wrong("a wrong check line"));
        }
        let mut lines = body.lines();
        if lines.next() != Some(FIRST) {
            return Err(wrong("another first line"));
        }
        let mut sidecar = None;
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match (words.as_slice(), &mut sidecar) {
                (["instance", id], None) => {
                    let instance = Instance(unhex(id).ok_or_else(|| wrong(line))?);
                    sidecar = Some(Self { instance, mark: None, watermark: None });
                }
                (["mark", stream, "epoch", epoch, "len", len, "head", hash, "at", at], Some(sidecar)) => {
                    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong(line));
                    let epoch = Epoch(u64::from_str_radix(epoch, 16).map_err(|_| wrong(line))?);
                    let hash = Hash(unhex(hash).ok_or_else(|| wrong(line))?);
                    let head = Head { epoch, len: number(len)?, hash };
                    sidecar.mark = Some(Mark {
                        stream: stream.parse()?,
                        head,
                        at: at.parse().map_err(|_| wrong(line))?,
                    });
                }
                (["lost", "len", len, "at", at, "kept", kept], Some(sidecar)) => {
                    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong(line));
                    let at = at.parse().map_err(|_| wrong(line))?;
                    sidecar.watermark = Some(Watermark { len: number(len)?, at, kept: number(kept)? });
                }
                _ => {}
            }
        }
        sidecar.ok_or_else(|| wrong("no instance"))
    }
}

fn check(body: &str) -> String {
    hex(&blake3::hash(body.as_bytes()).as_bytes()[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut out = [0; N];
    if text.len() != N * 2 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in out.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "township/330282002";

    fn head(len: u64, line: u8) -> Head {
        Head { epoch: Epoch(7), len, hash: Hash([line; 32]) }
    }

    fn sidecar(len: u64) -> Sidecar {
        let mark = Mark {
            stream: CODE.parse().expect("a stream name"),
            head: head(len, len as u8),
            at: 1_790_000_000_000,
        };
        Sidecar { instance: Instance([5; 16]), mark: Some(mark), watermark: None }
    }

    /// A stream of `len` entries whose chain value after entry n is n repeated.
    fn chain(len: u64) -> impl Fn(u64) -> Option<Hash> {
        move |seq| (seq <= len).then_some(Hash([seq as u8; 32]))
    }

    #[test]
    fn encoded_and_decoded_it_is_the_same() {
        for watermark in [None, Some(Watermark { len: 150, at: -3, kept: 120 })] {
            for mark in [None, sidecar(120).mark] {
                let sidecar = Sidecar { mark, watermark, ..sidecar(1) };
                assert_eq!(Sidecar::decode(&sidecar.encode()), Ok(sidecar));
            }
        }
    }

    #[test]
    fn every_damage_is_seen() {
        let text = sidecar(120).encode();
        for at in 0..text.len() {
            assert!(Sidecar::decode(&text[..at]).is_err() || text[..at] == *text.trim_end(), "cut at {at}");
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let garbled = String::from_utf8(bytes).expect("one flipped low bit of ASCII is ASCII");
            assert!(Sidecar::decode(&garbled).is_err() || at + 1 == text.len(), "flipped at {at}");
        }
    }

    #[test]
    fn the_table_of_decisions() {
        let mine = Some(Instance([5; 16]));
        let other = Some(Instance([6; 16]));
        let lost = |len, kept| Folder::Restored(Watermark { len, at: 1_790_000_000_000, kept });
        let with = sidecar(120);
        let forked = |seq| if seq >= 100 { Some(Hash([0xee; 32])) } else { Some(Hash([seq as u8; 32])) };
        assert_eq!(judge(None, None, head(0, 0), chain(0)), Folder::Fresh);
        assert_eq!(judge(None, None, head(3, 3), chain(3)), Folder::CopiedOrMoved);
        assert_eq!(judge(None, mine, head(0, 0), chain(0)), Folder::CopiedOrMoved);
        assert_eq!(judge(Some(&with), mine, head(120, 120), chain(120)), Folder::Same);
        assert_eq!(judge(Some(&with), None, head(120, 120), chain(120)), Folder::Same, "not enrolled yet");
        assert_eq!(
            judge(Some(&with), mine, head(125, 125), chain(125)),
            Folder::Same,
            "a crash before the sidecar was written"
        );
        assert_eq!(judge(Some(&with), mine, head(80, 80), chain(80)), lost(120, 80));
        assert_eq!(judge(Some(&with), None, head(0, 0), chain(0)), lost(120, 0), "the folder is gone");
        assert_eq!(judge(Some(&with), mine, head(140, 0xee), forked), lost(120, 120), "another branch");
        assert_eq!(judge(Some(&with), other, head(120, 120), chain(120)), Folder::CopiedOrMoved);
    }

    #[test]
    fn a_loss_is_remembered_until_it_is_settled() {
        let mut with = sidecar(80);
        with.watermark = Some(Watermark { len: 120, at: 9, kept: 60 });
        assert_eq!(
            judge(Some(&with), None, head(80, 80), chain(80)),
            Folder::Restored(Watermark { len: 120, at: 9, kept: 60 })
        );
        assert_eq!(
            judge(Some(&with), None, head(50, 50), chain(50)),
            Folder::Restored(Watermark { len: 120, at: 9, kept: 50 })
        );
        assert_eq!(Watermark { len: 120, at: 9, kept: 60 }.lost(100), 20);
        assert_eq!(Watermark { len: 120, at: 9, kept: 60 }.lost(10), 60);
        assert_eq!(Watermark { len: 120, at: 9, kept: 60 }.lost(130), 0);
    }
}
