//! Every table of the views, with the layout of its keys and values. Tables `0x00..=0x0f` belong to the store.
//!
//! ```text
//! byte  table    key after the byte                           value
//! 0x10  RECORD   record (16)                                  Record (record.proto)
//! 0x11  LOCAL    record (16)                                  FieldList: the values that stay here
//! 0x12  REASON   record (16) ‖ rev u32                        reason, UTF-8
//! 0x13  LIST     kind u32 ‖ owner u32 ‖ late day ‖ record (16) nothing; the newest day first
//! 0x14  LINK     target (16) ‖ field u32 ‖ record (16)        kind u32 of the linking record
//! 0x15  NUMBER   owner u32 ‖ kind u32 ‖ year u16 ‖ scope u64 last number given, u32
//! 0x16  DUE      day ‖ record (16) ‖ deadline u32             kind u32 ‖ owner u32; open deadlines only
//! 0x17  HELD     stream ‖ seq u64                             HeldEntry, see `held`
//! 0x18  COPIES   record (16) ‖ stream                         rev up to which a down stream has the record, u32; of the
//!                                                             entry that brought it there: seq u64, at i64
//! 0x19  DIGEST   record (16) ‖ rev u32                        first 16 bytes of the entry's digest; down streams only
//! 0x1a  STAMP    stream                                       at i64 ‖ tick u32 of the last entry
//! 0x1b  COUNT    kind u32 ‖ owner u32                         records, void ones too, u64
//! 0x20  TALLY    kind u32 ‖ window u8 ‖ month u16 ‖ unit u32  cells, see `tally::cells`
//! 0x21  TALLY_YEAR kind u32 ‖ window u8 ‖ year u16 ‖ unit u32 the same without their days
//! 0x60..=0x7f    notes of the machine itself, see `sync::note`, `reacted` and `tally::seal`
//! ```
//!
//! Numbers are big-endian, so that keys sort as the numbers do; a day is its number with the sign bit flipped, a late
//! day with all other bits flipped instead. An owner is the number of the township's code, 0 for the hub. A stream is a
//! class byte and an owner.

use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::record::Day;

pub const RECORD: u8 = 0x10;
pub const LOCAL: u8 = 0x11;
pub const REASON: u8 = 0x12;
pub const LIST: u8 = 0x13;
pub const LINK: u8 = 0x14;
pub const NUMBER: u8 = 0x15;
pub const DUE: u8 = 0x16;
pub const HELD: u8 = 0x17;
pub const COPIES: u8 = 0x18;
pub const DIGEST: u8 = 0x19;
pub const STAMP: u8 = 0x1a;
pub const COUNT: u8 = 0x1b;
pub const TALLY: u8 = 0x20;
pub const TALLY_YEAR: u8 = 0x21;
/// First table of the machine's own notes.
pub const NOTE: u8 = 0x60;

/// The owner's number in keys: the township's code, 0 for the hub.
pub fn owner(site: Site) -> u32 {
    match site {
        Site::Township(code) => code.number(),
        Site::Hub => 0,
    }
}

/// The site of an owner's number; `None` if there is no such township code.
pub fn site(owner: u32) -> Option<Site> {
    if owner == 0 { Some(Site::Hub) } else { TownshipCode::from_number(owner).map(Site::Township) }
}

/// Builds one key.
#[derive(Debug, Clone)]
pub struct Key(Vec<u8>);

impl Key {
    pub fn new(table: u8) -> Self {
        let mut bytes = Vec::with_capacity(40);
        bytes.push(table);
        Self(bytes)
    }
    #[must_use]
    pub fn u8(mut self, n: u8) -> Self {
        self.0.push(n);
        self
    }
    #[must_use]
    pub fn u16(mut self, n: u16) -> Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    #[must_use]
    pub fn u32(mut self, n: u32) -> Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    #[must_use]
    pub fn u64(mut self, n: u64) -> Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }
    #[must_use]
    pub fn day(mut self, day: Day) -> Self {
        self.0.extend_from_slice(&day_bytes(day));
        self
    }
    /// A day so that newer ones come first.
    #[must_use]
    pub fn late_day(self, day: Day) -> Self {
        self.day(Day(!day.0))
    }
    #[must_use]
    pub fn record(mut self, id: RecordId) -> Self {
        self.0.extend_from_slice(id.as_bytes());
        self
    }
    #[must_use]
    pub fn stream(mut self, stream: StreamName) -> Self {
        self.0.extend_from_slice(&stream_bytes(stream));
        self
    }
    pub fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Four bytes that sort as the days do.
pub fn day_bytes(day: Day) -> [u8; 4] {
    ((day.0 as u32) ^ 0x8000_0000).to_be_bytes()
}

fn stream_bytes(stream: StreamName) -> [u8; 5] {
    let (class, owner) = match stream {
        StreamName::Township(code) => (1, code.number()),
        StreamName::DownAll => (2, 0),
        StreamName::Down(code) => (3, code.number()),
        StreamName::Local(site) => (4, owner(site)),
        StreamName::Meta(site) => (5, owner(site)),
    };
    let mut bytes = [class, 0, 0, 0, 0];
    bytes[1..].copy_from_slice(&u32::to_be_bytes(owner));
    bytes
}

/// Reads a key from its front, after the table byte; `None` once it is too short or says nothing known.
#[derive(Debug, Clone)]
pub struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    /// Skips the table byte.
    pub fn of(key: &'a [u8]) -> Self {
        Self(key.get(1..).unwrap_or_default())
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }
    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }
    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|b| b[0])
    }
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
    pub fn day(&mut self) -> Option<Day> {
        self.u32().map(|n| Day((n ^ 0x8000_0000) as i32))
    }
    pub fn late_day(&mut self) -> Option<Day> {
        self.day().map(|day| Day(!day.0))
    }
    pub fn record(&mut self) -> Option<RecordId> {
        self.array().map(RecordId::from_bytes)
    }
    pub fn stream(&mut self) -> Option<StreamName> {
        let class = self.u8()?;
        let owner = self.u32()?;
        Some(match class {
            1 => StreamName::Township(TownshipCode::from_number(owner)?),
            2 => StreamName::DownAll,
            3 => StreamName::Down(TownshipCode::from_number(owner)?),
            4 => StreamName::Local(site(owner)?),
            5 => StreamName::Meta(site(owner)?),
            _ => return None,
        })
    }
}

pub fn record_key(id: RecordId) -> Vec<u8> {
    Key::new(RECORD).record(id).done()
}

pub fn local_key(id: RecordId) -> Vec<u8> {
    Key::new(LOCAL).record(id).done()
}

pub fn reason_key(id: RecordId, rev: u32) -> Vec<u8> {
    Key::new(REASON).record(id).u32(rev).done()
}

pub fn list_key(kind: u32, owner: u32, day: Day, id: RecordId) -> Vec<u8> {
    Key::new(LIST).u32(kind).u32(owner).late_day(day).record(id).done()
}

pub fn link_key(target: RecordId, field: u32, from: RecordId) -> Vec<u8> {
    Key::new(LINK).record(target).u32(field).record(from).done()
}

pub fn number_key(owner: u32, kind: u32, year: i16, scope: u64) -> Vec<u8> {
    Key::new(NUMBER).u32(owner).u32(kind).u16(year as u16).u64(scope).done()
}

pub fn due_key(day: Day, id: RecordId, deadline: u32) -> Vec<u8> {
    Key::new(DUE).day(day).record(id).u32(deadline).done()
}

pub fn held_key(stream: StreamName, seq: u64) -> Vec<u8> {
    Key::new(HELD).stream(stream).u64(seq).done()
}

pub fn copies_key(id: RecordId, stream: StreamName) -> Vec<u8> {
    Key::new(COPIES).record(id).stream(stream).done()
}

pub fn digest_key(id: RecordId, rev: u32) -> Vec<u8> {
    Key::new(DIGEST).record(id).u32(rev).done()
}

pub fn stamp_key(stream: StreamName) -> Vec<u8> {
    Key::new(STAMP).stream(stream).done()
}

pub fn count_key(kind: u32, owner: u32) -> Vec<u8> {
    Key::new(COUNT).u32(kind).u32(owner).done()
}

/// `window` is one of [`crate::tally::SHELVES`].
pub fn tally_key(kind: u32, window: u8, month: u16, unit: u32) -> Vec<u8> {
    Key::new(TALLY).u32(kind).u8(window).u16(month).u32(unit).done()
}

pub fn tally_year_key(kind: u32, window: u8, year: u16, unit: u32) -> Vec<u8> {
    Key::new(TALLY_YEAR).u32(kind).u8(window).u16(year).u32(unit).done()
}
