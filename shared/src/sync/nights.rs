//! What the hub's notes say of the nights: which of them a township has come through, and when it got what flows down.
//!
//! A night is named by the day on which it begins and lasts from noon to noon in Beijing, so that the office that was
//! off at two and catches up at eight has come that night. Every night is kept: the figures hold over any period.

use xianglian_proto::v1 as pb;

use super::note::{key, row, tables};
use crate::ids::TownshipCode;
use crate::record::Day;
use crate::store::{View, ViewMut};
use crate::view::tables::{Parts, day_bytes};

const NOON_MS: i64 = 12 * 60 * 60 * 1000;

/// The night that a moment belongs to, by the day on which it begins.
pub fn night_of(at_ms: i64) -> Day {
    Day::beijing(at_ms.saturating_sub(NOON_MS))
}

/// A stream that flows down to one township.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Down {
    All,
    Own,
}

impl Down {
    fn byte(self) -> u8 {
        match self {
            Self::All => 0,
            Self::Own => 1,
        }
    }
}

/// What is known of one night; all zero: nothing was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Night {
    /// Sessions in which something began to move.
    pub begun: u32,
    /// Sessions that ended with a receipt.
    pub completed: u32,
    /// When the first and the last of these ended, ms since 1970.
    pub first_at: i64,
    pub last_at: i64,
    /// Entries over all of them.
    pub received: u64,
    pub sent: u64,
    /// Entries stored and not counted after the last that moved something.
    pub held: u32,
}

/// The nights of a township from one to another, both included, in which anything was heard.
pub fn nights(view: &dyn View, township: TownshipCode, from: Day, to: Day) -> Vec<(Day, Night)> {
    let prefix = key(tables::NIGHT, &township.number().to_be_bytes());
    let first = night_key(township, from);
    let mut found = Vec::new();
    view.scan(&prefix, Some(&first), &mut |key, value| {
        let mut parts = Parts::of(key);
        let (Some(_), Some(night)) = (parts.u32(), parts.day()) else { return true };
        if night > to {
            return false;
        }
        if let Ok(row) = <pb::NightRow as prost::Message>::decode(value) {
            found.push((night, night_in(&row)));
        }
        true
    });
    found
}

/// The first night in which anything was heard of a township.
pub fn first(view: &dyn View, township: TownshipCode) -> Option<Day> {
    let mut first = None;
    view.scan(&key(tables::NIGHT, &township.number().to_be_bytes()), None, &mut |key, _| {
        let mut parts = Parts::of(key);
        first = parts.u32().and_then(|_| parts.day());
        false
    });
    first
}

/// When the township was first known to have so many entries of a stream that flows down, ms since 1970; `None`: it is
/// not known to have them.
pub fn handed(view: &dyn View, township: TownshipCode, down: Down, entries: u64) -> Option<i64> {
    let mut prefix = township.number().to_be_bytes().to_vec();
    prefix.push(down.byte());
    let mut at = None;
    view.scan(&key(tables::HANDED, &prefix), Some(&handed_key(township, down, entries)), &mut |_, value| {
        at = value.try_into().ok().map(i64::from_be_bytes);
        false
    });
    at
}

fn night_in(row: &pb::NightRow) -> Night {
    Night {
        begun: row.begun,
        completed: row.completed,
        first_at: row.first_at,
        last_at: row.last_at,
        received: row.received,
        sent: row.sent,
        held: row.held,
    }
}

fn night_key(township: TownshipCode, night: Day) -> Vec<u8> {
    key(tables::NIGHT, &[township.number().to_be_bytes(), day_bytes(night)].concat())
}

fn handed_key(township: TownshipCode, down: Down, entries: u64) -> Vec<u8> {
    let mut rest = township.number().to_be_bytes().to_vec();
    rest.push(down.byte());
    rest.extend_from_slice(&entries.to_be_bytes());
    key(tables::HANDED, &rest)
}

pub(super) fn opened(views: &mut dyn ViewMut, note: &pb::HubOpened) {
    let (Ok(township), Some(session)) = (note.township.parse(), &note.session) else { return };
    change(views, township, session.at, |row| row.begun += 1);
    has(views, township, note.has.as_ref(), session.at);
}

pub(super) fn seen(views: &mut dyn ViewMut, note: &pb::HubSeen) {
    let (Ok(township), Some(session)) = (note.township.parse(), &note.session) else { return };
    change(views, township, session.at, |row| complete(row, session.at));
    has(views, township, note.has.as_ref(), session.at);
}

pub(super) fn closed(views: &mut dyn ViewMut, note: &pb::HubClosed) {
    let Ok(township) = note.township.parse() else { return };
    change(views, township, note.at, |row| {
        complete(row, note.at);
        row.received = row.received.saturating_add(note.received);
        row.sent = row.sent.saturating_add(note.sent);
        row.held = note.held;
    });
    has(views, township, note.has.as_ref(), note.at);
}

fn complete(row: &mut pb::NightRow, at: i64) {
    if row.completed == 0 {
        row.first_at = at;
    }
    row.completed += 1;
    row.last_at = at;
}

fn change(views: &mut dyn ViewMut, township: TownshipCode, at: i64, change: impl FnOnce(&mut pb::NightRow)) {
    let key = night_key(township, night_of(at));
    let mut now: pb::NightRow = row(views, &key).unwrap_or_default();
    change(&mut now);
    views.put(&key, prost::Message::encode_to_vec(&now));
}

/// Notes what the node has, where that is more than was ever known: what was once handed over stays handed over.
fn has(views: &mut dyn ViewMut, township: TownshipCode, has: Option<&pb::HubHas>, at: i64) {
    let Some(has) = has else { return };
    for (down, entries) in [(Down::All, has.all), (Down::Own, has.own)] {
        if entries > 0 && handed(views, township, down, entries).is_none() {
            views.put(&handed_key(township, down, entries), at.to_be_bytes().to_vec());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_lasts_from_noon_to_noon() {
        let noon = 20_000 * 86_400_000 + 4 * 3_600_000;
        assert_eq!(night_of(noon), Day(20_000));
        assert_eq!(night_of(noon - 1), Day(19_999));
        assert_eq!(night_of(noon + 86_400_000 - 1), Day(20_000));
    }
}
