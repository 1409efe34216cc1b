//! Entries that are stored but not applied, and why.
//!
//! A held entry blocks nothing else. It stays held until a restated entry of the same record takes its place, or until
//! a newer catalogue folds it.

use super::tables::{self, Key, Parts};
use crate::ids::{RecordId, StreamName};
use crate::store::{View, ViewMut};

/// Why an entry is held. Numbers are frozen; they travel in receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeldCode {
    /// The bytes are not an entry.
    Undecodable,
    /// Only the digest came: the entry is larger than this side takes.
    TooLarge,
    /// An earlier revision of the record is missing or held itself.
    Gap,
    /// The stream does not own the record, or this side may not write records of the kind.
    NotOwner,
    /// The action does not lead from the present status to the one written.
    Illegal,
    /// A value is not of its field's type.
    Shape,
    /// It carries values that must stay in the office.
    Private,
    /// Made on a branch that lost the record to another change.
    Conflicting,
    /// A reason of a newer version.
    Unknown(u32),
}

const CODES: [(HeldCode, u32, &str, &str); 8] = [
    (HeldCode::Undecodable, 1, "内容无法识别", "The entry cannot be read"),
    (HeldCode::TooLarge, 2, "内容过大，未能传送", "The entry is too large to be sent"),
    (HeldCode::Gap, 3, "缺少前一次修改", "An earlier change of the record is missing"),
    (HeldCode::NotOwner, 4, "不是本单位的记录", "The record belongs to somebody else"),
    (HeldCode::Illegal, 5, "当前状态不能办理此步骤", "The step does not follow from the record's status"),
    (HeldCode::Shape, 6, "字段的填写类型不对", "A field holds a value of another type"),
    (HeldCode::Private, 7, "含有不得离开本单位的内容", "It holds values that must stay in the office"),
    (
        HeldCode::Conflicting,
        8,
        "恢复数据后与另一处修改冲突",
        "It conflicts with another change after a recovery",
    ),
];

impl HeldCode {
    pub fn all() -> impl Iterator<Item = HeldCode> {
        CODES.iter().map(|row| row.0)
    }
    pub fn number(self) -> u32 {
        match self {
            Self::Unknown(number) => number,
            known => CODES.iter().find(|row| row.0 == known).map_or(0, |row| row.1),
        }
    }
    pub fn from_number(number: u32) -> Self {
        CODES.iter().find(|row| row.1 == number).map_or(Self::Unknown(number), |row| row.0)
    }
    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        CODES
            .iter()
            .find(|row| row.0 == self)
            .map_or(("未知原因", "Unknown reason"), |row| (row.2, row.3))
    }
}

/// One held entry. `detail` names fields, actions and statuses, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldEntry {
    pub stream: StreamName,
    pub seq: u64,
    pub code: HeldCode,
    /// `None` where the entry itself could not be read.
    pub record: Option<RecordId>,
    pub kind: u32,
    pub rev: u32,
    pub detail: String,
}

impl HeldEntry {
    fn value(&self) -> Vec<u8> {
        let id = self.record.map_or([0; 16], |id| *id.as_bytes());
        let mut bytes = Key::new(1).u32(self.code.number()).u32(self.kind).u32(self.rev).done();
        bytes.extend_from_slice(&id);
        bytes.extend_from_slice(self.detail.as_bytes());
        bytes
    }

    fn read(key: &[u8], value: &[u8]) -> Option<Self> {
        let mut place = Parts::of(key);
        let mut parts = Parts::of(value);
        let (stream, seq) = (place.stream()?, place.u64()?);
        let (code, kind, rev, id) = (parts.u32()?, parts.u32()?, parts.u32()?, parts.record()?);
        Some(Self {
            stream,
            seq,
            code: HeldCode::from_number(code),
            record: (id.as_bytes() != &[0; 16]).then_some(id),
            kind,
            rev,
            detail: String::from_utf8_lossy(parts.rest()).into_owned(),
        })
    }
}

pub(super) fn put(views: &mut dyn ViewMut, held: &HeldEntry) {
    views.put(&tables::held_key(held.stream, held.seq), held.value());
}

/// Held entries of a stream, or of all streams, in order; at most `limit`.
pub fn list(views: &dyn View, stream: Option<StreamName>, limit: usize) -> Vec<HeldEntry> {
    let mut found = Vec::new();
    scan(views, stream, &mut |held| {
        if found.len() < limit {
            found.push(held);
        }
        found.len() < limit
    });
    found
}

/// How many entries of a stream, or of all streams, are held.
pub fn count(views: &dyn View, stream: Option<StreamName>) -> u32 {
    let mut count = 0u32;
    scan(views, stream, &mut |_| {
        count = count.saturating_add(1);
        true
    });
    count
}

fn scan(views: &dyn View, stream: Option<StreamName>, visit: &mut dyn FnMut(HeldEntry) -> bool) {
    let prefix = match stream {
        Some(stream) => Key::new(tables::HELD).stream(stream).done(),
        None => Key::new(tables::HELD).done(),
    };
    views.scan(&prefix, None, &mut |key, value| HeldEntry::read(key, value).is_none_or(&mut *visit));
}

/// Clears what a restated entry of `record` at `rev` in `stream` puts right: every held entry of the record, and of the
/// entries known by their digest alone the oldest ones, as many as there are revisions that nothing else explains.
/// `present` is the last revision applied before.
pub(super) fn clear(views: &mut dyn ViewMut, stream: StreamName, record: RecordId, present: u32, rev: u32) {
    let (mut ours, mut nameless) = (Vec::new(), Vec::new());
    let mut explained = 0u32;
    scan(views, None, &mut |held| {
        if held.record == Some(record) {
            if held.stream == stream && held.rev > present && held.rev < rev {
                explained += 1;
            }
            ours.push((held.stream, held.seq));
        } else if held.code == HeldCode::TooLarge && held.stream == stream && held.record.is_none() {
            nameless.push((held.stream, held.seq));
        }
        true
    });
    let missing = rev.saturating_sub(present).saturating_sub(1).saturating_sub(explained);
    for (stream, seq) in ours.into_iter().chain(nameless.into_iter().take(missing as usize)) {
        views.delete(&tables::held_key(stream, seq));
    }
}
