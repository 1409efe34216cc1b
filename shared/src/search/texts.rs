//! Texts packed in memory, searched by parts of them from the last put to the first.

use std::collections::BTreeMap;

use memchr::memmem::Finder;

use super::Query;
use crate::ids::RecordId;
use crate::limits::SEARCH_BLOCK_BYTES;

/// Fast to pack, half the size; better levels gain little on short Chinese texts.
const LEVEL: i32 = 1;
/// Dead lines that are put up with, beside a quarter of all.
const DEAD_ALLOWED: usize = 1_000;
/// Ends every line, and stands in no text and no word.
const END: u8 = b'\n';

/// The folded text of each record once, by id. About 40 bytes a record and a third of the bytes of its text.
///
/// A text that is put again takes the place of the one before and counts as the last put.
#[derive(Default)]
pub struct Texts {
    blocks: Vec<Block>,
    /// The block that is being filled, as it is.
    open: Vec<u8>,
    lines: Vec<Line>,
    at: BTreeMap<RecordId, u32>,
    dead: usize,
}

/// Lines that are packed together.
struct Block {
    text: Kept,
    /// Index of its first line.
    first: usize,
}

enum Kept {
    /// As it is: what cannot be packed.
    Plain(Vec<u8>),
    /// And its bytes when unpacked.
    Packed { packed: Vec<u8>, bytes: usize },
}

struct Line {
    id: RecordId,
    kind: u32,
    /// Offset in its block.
    start: u32,
    live: bool,
}

impl Texts {
    /// Records that are kept.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Bytes that are held, about.
    pub fn bytes(&self) -> usize {
        let packed: usize = self
            .blocks
            .iter()
            .map(|block| match &block.text {
                Kept::Plain(text) => text.capacity(),
                Kept::Packed { packed, .. } => packed.capacity(),
            })
            .sum();
        let lines = self.lines.capacity() * size_of::<Line>();
        packed + self.open.capacity() + lines + self.at.len() * 32
    }

    /// Keeps the text of a record, in place of what was kept of it before.
    pub fn put(&mut self, id: RecordId, kind: u32, text: &str) {
        self.kill(id);
        if self.dead > DEAD_ALLOWED + self.lines.len() / 4 {
            self.tidy();
        }
        self.append(id, kind, text.as_bytes());
    }

    fn append(&mut self, id: RecordId, kind: u32, text: &[u8]) {
        if self.open.len() >= SEARCH_BLOCK_BYTES {
            self.close();
        }
        let start = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        self.at.insert(id, u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        self.lines.push(Line { id, kind, start, live: true });
        self.open.extend(text.iter().map(|&byte| if byte == END { b' ' } else { byte }));
        self.open.push(END);
    }

    fn kill(&mut self, id: RecordId) {
        if let Some(line) = self.at.remove(&id).and_then(|at| self.lines.get_mut(at as usize)) {
            line.live = false;
            self.dead += 1;
        }
    }

    /// Packs the block that is full.
    fn close(&mut self) {
        let first = self.first_open();
        let plain = std::mem::take(&mut self.open);
        let text = match zstd::bulk::compress(&plain, LEVEL) {
            Ok(mut packed) => {
                packed.shrink_to_fit();
                Kept::Packed { packed, bytes: plain.len() }
            }
            Err(_) => Kept::Plain(plain),
        };
        self.blocks.push(Block { text, first });
    }

    /// Index of the first line of the open block.
    fn first_open(&self) -> usize {
        let Some(last) = self.blocks.last() else { return 0 };
        let begun = self.lines[last.first..].iter().skip(1).position(|line| line.start == 0);
        begun.map_or(self.lines.len(), |at| last.first + 1 + at)
    }

    /// Packs anew without what is dead.
    fn tidy(&mut self) {
        let mut kept = Self::default();
        let mut plain = Vec::new();
        for at in 0..=self.blocks.len() {
            let (lines, text) = self.block(at, &mut plain);
            for (nth, line) in lines.iter().enumerate().filter(|(_, line)| line.live) {
                let end = lines.get(nth + 1).map_or(text.len(), |next| next.start as usize);
                kept.append(line.id, line.kind, &text[line.start as usize..end.saturating_sub(1)]);
            }
        }
        *self = kept;
    }

    /// The lines of a block and their text; the last is the open one.
    fn block<'t>(&'t self, at: usize, plain: &'t mut Vec<u8>) -> (&'t [Line], &'t [u8]) {
        let Some(block) = self.blocks.get(at) else {
            return (&self.lines[self.first_open()..], &self.open);
        };
        let end = self.blocks.get(at + 1).map_or_else(|| self.first_open(), |next| next.first);
        *plain = match &block.text {
            Kept::Plain(text) => return (&self.lines[block.first..end], text),
            // Packed by us a moment ago, in our own memory.
            Kept::Packed { packed, bytes } => zstd::bulk::decompress(packed, *bytes).unwrap_or_default(),
        };
        (&self.lines[block.first..end], plain)
    }

    /// Calls `visit` with the records whose text holds every word of the query, what was put last first, until it returns
    /// false. Only kinds for which `of` holds.
    pub fn find(&self, query: &Query, of: &dyn Fn(u32) -> bool, visit: &mut dyn FnMut(RecordId) -> bool) {
        let Some((rarest, others)) = query.by_length() else { return };
        let rarest = Finder::new(rarest);
        let others: Vec<Finder<'_>> = others.iter().map(|word| Finder::new(*word)).collect();
        let mut plain = Vec::new();
        let mut found = Vec::new();
        for at in (0..=self.blocks.len()).rev() {
            let (lines, text) = self.block(at, &mut plain);
            found.clear();
            let mut from = 0;
            while let Some(hit) = rarest.find(&text[from..]).map(|hit| from + hit) {
                let nth = lines.partition_point(|line| line.start as usize <= hit).saturating_sub(1);
                let end = lines.get(nth + 1).map_or(text.len(), |next| next.start as usize);
                let Some(line) = lines.get(nth) else { break };
                let whole = &text[line.start as usize..end];
                if line.live && of(line.kind) && others.iter().all(|word| word.find(whole).is_some()) {
                    found.push(line.id);
                }
                from = end;
            }
            if !found.iter().rev().all(|id| visit(*id)) {
                return;
            }
        }
    }
}
