//! Reading the views back: records, lists, due lists, links.

use super::tables::{self, Key, Parts};
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, Site, StreamName};
use crate::record::{Day, EntryFlags, Fields, Record, decode_fields};
use crate::store::View;

/// A record, without the values that stay in the office.
pub fn record(views: &dyn View, id: RecordId) -> Option<Record> {
    views.get(&tables::record_key(id)).and_then(|bytes| Record::decode(&bytes).ok())
}

/// The values of a record that stay in the office; empty at the hub.
pub fn local(views: &dyn View, id: RecordId) -> Fields {
    views.get(&tables::local_key(id)).and_then(|bytes| decode_fields(&bytes).ok()).unwrap_or_default()
}

/// The reason given for the change that made `rev`.
pub fn reason(views: &dyn View, id: RecordId, rev: u32) -> Option<String> {
    views.get(&tables::reason_key(id, rev)).and_then(|bytes| String::from_utf8(bytes).ok())
}

/// One line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    pub owner: Site,
    pub day: Day,
    pub id: RecordId,
}

/// Records of a kind and an owner, the newest date first, until `visit` returns false. `after` continues behind a line
/// of the page before.
pub fn list(
    views: &dyn View,
    kind: u32,
    owner: Site,
    after: Option<Listed>,
    visit: &mut dyn FnMut(Listed) -> bool,
) {
    let prefix = Key::new(tables::LIST).u32(kind).u32(tables::owner(owner)).done();
    let from = after.map(|line| tables::list_key(kind, tables::owner(owner), line.day, line.id));
    views.scan(&prefix, from.as_deref(), &mut |key, _| match listed(key) {
        Some(line) if Some(line) != after => visit(line),
        _ => true,
    });
}

/// Every record of a kind, owner by owner, the newest date of each first, until `visit` returns false.
pub fn list_all(views: &dyn View, kind: u32, visit: &mut dyn FnMut(Listed) -> bool) {
    let prefix = Key::new(tables::LIST).u32(kind).done();
    views.scan(&prefix, None, &mut |key, _| listed(key).is_none_or(&mut *visit));
}

/// As [`list_all`], behind a line of the page before.
pub fn list_all_after(views: &dyn View, kind: u32, after: Listed, visit: &mut dyn FnMut(Listed) -> bool) {
    let prefix = Key::new(tables::LIST).u32(kind).done();
    let from = tables::list_key(kind, tables::owner(after.owner), after.day, after.id);
    views.scan(&prefix, Some(&from), &mut |key, _| match listed(key) {
        Some(line) if line != after => visit(line),
        _ => true,
    });
}

/// How many records a site has dated after a day, those left out whose date may lie ahead (plans). One seek for each kind.
pub fn dated_after(views: &dyn View, catalogue: &Catalogue, owner: Site, day: Day) -> u32 {
    let mut count = 0u32;
    for kind in catalogue.kinds.values() {
        list(views, kind.tag, owner, None, &mut |line| {
            let ahead = line.day > day;
            if ahead {
                let found = record(views, line.id);
                let stands = |record: &Record| {
                    !record.flags.has(EntryFlags::VOIDED) && !kind.plan_statuses.contains(&record.status)
                };
                count += u32::from(found.as_ref().is_some_and(stands));
            }
            ahead
        });
    }
    count
}

fn listed(key: &[u8]) -> Option<Listed> {
    let mut parts = Parts::of(key);
    parts.u32()?;
    Some(Listed { owner: tables::site(parts.u32()?)?, day: parts.late_day()?, id: parts.record()? })
}

/// A deadline that still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub day: Day,
    pub id: RecordId,
    pub deadline: u32,
    pub kind: u32,
    pub owner: Site,
}

/// Open deadlines in order of their due days, up to `last` (inclusive), until `visit` returns false.
pub fn due(views: &dyn View, last: Day, visit: &mut dyn FnMut(Due) -> bool) {
    views.scan(&[tables::DUE], None, &mut |key, value| {
        let mut parts = Parts::of(key);
        let (Some(day), Some(id), Some(deadline)) = (parts.day(), parts.record(), parts.u32()) else {
            return true;
        };
        let Some((kind, owner)) = value.split_first_chunk::<4>() else { return true };
        let owner = owner.first_chunk::<4>().and_then(|bytes| tables::site(u32::from_be_bytes(*bytes)));
        let Some(owner) = owner else { return true };
        day <= last && visit(Due { day, id, deadline, kind: u32::from_be_bytes(*kind), owner })
    });
}

/// Records of a kind that link to the target by a field of theirs.
pub fn linking_by(views: &dyn View, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
    let mut found = Vec::new();
    views.scan(&Key::new(tables::LINK).record(target).u32(field).done(), None, &mut |key, value| {
        let mut parts = Parts::of(key);
        let from = parts.record().and(parts.u32()).and(parts.record());
        if value.first_chunk::<4>().is_some_and(|bytes| u32::from_be_bytes(*bytes) == kind) {
            found.extend(from);
        }
        true
    });
    found
}

/// Records that link to `target`: (record, its kind, the field).
pub fn linking(views: &dyn View, target: RecordId, limit: usize) -> Vec<(RecordId, u32, u32)> {
    let mut found = Vec::new();
    views.scan(&Key::new(tables::LINK).record(target).done(), None, &mut |key, value| {
        let mut parts = Parts::of(key);
        if let (Some(_), Some(field), Some(from), Some(kind)) =
            (parts.record(), parts.u32(), parts.record(), value.first_chunk::<4>())
        {
            found.push((from, u32::from_be_bytes(*kind), field));
        }
        found.len() < limit
    });
    found
}

/// The last number given by an owner for a kind in a year; 0 before the first.
pub fn last_number(views: &dyn View, owner: Site, kind: u32, year: i16, scope: u64) -> u32 {
    let value = views.get(&tables::number_key(tables::owner(owner), kind, year, scope));
    value.and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).map_or(0, u32::from_be_bytes)
}

/// (at, tick) of the last entry of a stream.
pub fn last_stamp(views: &dyn View, stream: StreamName) -> Option<(i64, u32)> {
    let bytes = views.get(&tables::stamp_key(stream))?;
    let (at, tick) = bytes.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*at), u32::from_be_bytes(*tick.first_chunk::<4>()?)))
}

/// A record in a stream that flows down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    pub stream: StreamName,
    /// Up to which the stream has it.
    pub rev: u32,
    /// Place and time (ms since 1970) of the entry that brought it there.
    pub seq: u64,
    pub at: i64,
}

/// Down streams that have a record.
pub fn copied(views: &dyn View, id: RecordId) -> Vec<Copied> {
    let mut found = Vec::new();
    views.scan(&Key::new(tables::COPIES).record(id).done(), None, &mut |key, value| {
        let mut parts = Parts::of(key);
        let stream = parts.record().and_then(|_| parts.stream());
        let read = || {
            let (rev, rest) = value.split_first_chunk::<4>()?;
            let (seq, at) = rest.split_first_chunk::<8>()?;
            Some((
                u32::from_be_bytes(*rev),
                u64::from_be_bytes(*seq),
                i64::from_be_bytes(at.try_into().ok()?),
            ))
        };
        if let (Some(stream), Some((rev, seq, at))) = (stream, read()) {
            found.push(Copied { stream, rev, seq, at });
        }
        true
    });
    found
}

/// How many records there are, void ones too: (kind, owner, number).
pub fn counts(views: &dyn View) -> Vec<(u32, Site, u64)> {
    let mut found = Vec::new();
    views.scan(&[tables::COUNT], None, &mut |key, value| {
        let mut parts = Parts::of(key);
        let (kind, owner) = (parts.u32(), parts.u32().and_then(tables::site));
        if let (Some(kind), Some(owner), Ok(number)) = (kind, owner, value.try_into()) {
            found.push((kind, owner, u64::from_be_bytes(number)));
        }
        true
    });
    found
}

/// Down streams that have a record, with the revision up to which they have it.
pub fn copies(views: &dyn View, id: RecordId) -> Vec<(StreamName, u32)> {
    copied(views, id).into_iter().map(|copy| (copy.stream, copy.rev)).collect()
}
