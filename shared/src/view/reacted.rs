//! What the program has done of itself about records of the other side: how far it has looked, what it took because of
//! which, and what the rules refused. Folded from its notes ([`pb::Reacted`]).
//!
//! Not here: looking ([`crate::ledger`]) and the rules ([`crate::command`]).

use std::collections::BTreeMap;

use prost::Message as _;
use xianglian_proto::v1 as pb;

use super::tables::{Key, Parts};
use crate::ids::{RecordId, StreamName};
use crate::limits;
use crate::store::{View, ViewMut};
use crate::stream::Head;
use crate::sync::wire;

/// Tables of the views that these notes fold to. Values are messages of note.proto and sync.proto unless said otherwise.
pub mod tables {
    /// One row: version of the catalogue whose rules looked, UTF-8.
    pub const RULES: u8 = 0x78;
    /// Stream → StreamState: up to where it was looked at.
    pub const LOOKED: u8 = 0x79;
    /// Our record (16) ‖ action u32 ‖ arrived record (16) → state (16 bytes).
    pub const TAKEN: u8 = 0x7a;
    /// Arrived record (16) ‖ our kind u32 ‖ action u32 → ReactionRefused.
    pub const REFUSED: u8 = 0x7b;
}

/// A reaction that the rules said no to, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub arrived: RecordId,
    /// Of our kind, by tag.
    pub kind: u32,
    pub action: u32,
    /// The record that was to be moved, or made.
    pub ours: RecordId,
    /// What was wrong, as the command gate names it.
    pub codes: Vec<String>,
    /// Our clock, ms.
    pub at: i64,
}

impl Refused {
    pub(crate) fn note(&self) -> pb::ReactionRefused {
        pb::ReactionRefused {
            arrived: self.arrived.as_bytes().to_vec(),
            kind: self.kind,
            action: self.action,
            ours: self.ours.as_bytes().to_vec(),
            codes: self.codes.clone(),
            at: self.at,
        }
    }

    fn read(note: &pb::ReactionRefused) -> Option<Self> {
        Some(Self {
            arrived: id_of(&note.arrived)?,
            kind: note.kind,
            action: note.action,
            ours: id_of(&note.ours)?,
            codes: note.codes.clone(),
            at: note.at,
        })
    }
}

/// Puts one note into the views; what it cannot read is left out.
pub(crate) fn fold(views: &mut dyn ViewMut, note: &pb::Reacted) {
    let rules = Key::new(tables::RULES).done();
    if !note.rules.is_empty() && views.get(&rules).as_deref() != Some(note.rules.as_bytes()) {
        keys(views, &[tables::LOOKED]).iter().for_each(|key| views.delete(key));
        views.put(&rules, note.rules.clone().into_bytes());
    }
    for state in &note.looked {
        if let Ok(Some(known)) = wire::state_in(state) {
            views.put(&Key::new(tables::LOOKED).stream(known.stream).done(), state.encode_to_vec());
        }
    }
    for taken in &note.taken {
        if let (Some(ours), Some(arrived)) = (id_of(&taken.ours), id_of(&taken.arrived)) {
            views.put(&taken_key(ours, taken.action, arrived), taken.state.clone());
        }
    }
    for id in note.settled.iter().filter_map(|bytes| id_of(bytes)) {
        keys(views, &Key::new(tables::REFUSED).record(id).done()).iter().for_each(|key| views.delete(key));
    }
    for (refused, row) in note.refused.iter().filter_map(|row| Some((Refused::read(row)?, row))) {
        let key = Key::new(tables::REFUSED).record(refused.arrived).u32(refused.kind).u32(refused.action);
        views.put(&key.done(), row.encode_to_vec());
    }
    if !note.refused.is_empty() {
        forget_oldest(views);
    }
}

fn forget_oldest(views: &mut dyn ViewMut) {
    let mut rows: Vec<(i64, Vec<u8>)> = Vec::new();
    views.scan(&[tables::REFUSED], None, &mut |key, value| {
        let at = pb::ReactionRefused::decode(value).map_or(i64::MIN, |row| row.at);
        rows.push((at, key.to_vec()));
        true
    });
    rows.sort_unstable();
    let surplus = rows.len().saturating_sub(limits::REACT_REFUSED_KEPT);
    rows.iter().take(surplus).for_each(|(_, key)| views.delete(key));
}

fn keys(views: &dyn View, prefix: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    views.scan(prefix, None, &mut |key, _| {
        found.push(key.to_vec());
        true
    });
    found
}

fn id_of(bytes: &[u8]) -> Option<RecordId> {
    bytes.try_into().ok().map(RecordId::from_bytes)
}

fn taken_key(ours: RecordId, action: u32, arrived: RecordId) -> Vec<u8> {
    Key::new(tables::TAKEN).record(ours).u32(action).record(arrived).done()
}

/// Up to where each stream was looked at by the rules of this version of the catalogue; nothing if it was another.
pub(crate) fn looked(views: &dyn View, rules: &str) -> BTreeMap<StreamName, Head> {
    let mut found = BTreeMap::new();
    if views.get(&Key::new(tables::RULES).done()).as_deref() != Some(rules.as_bytes()) {
        return found;
    }
    views.scan(&[tables::LOOKED], None, &mut |_, value| {
        let state = pb::StreamState::decode(value).ok();
        let known = state.and_then(|state| wire::state_in(&state).ok().flatten());
        found.extend(known.map(|known| (known.stream, known.head)));
        true
    });
    found
}

/// How the arrived record stood when the action was last taken because of it.
pub(crate) fn taken(views: &dyn View, ours: RecordId, action: u32, arrived: RecordId) -> Option<[u8; 16]> {
    views.get(&taken_key(ours, action, arrived)).and_then(|bytes| bytes.try_into().ok())
}

/// What was refused because of one arrived record.
pub(crate) fn refused_by(views: &dyn View, arrived: RecordId) -> Vec<Refused> {
    scan(views, &Key::new(tables::REFUSED).record(arrived).done())
}

/// All that the rules refused and that nothing has settled since, by arrived record.
pub fn refused(views: &dyn View) -> Vec<Refused> {
    scan(views, &[tables::REFUSED])
}

fn scan(views: &dyn View, prefix: &[u8]) -> Vec<Refused> {
    let mut found = Vec::new();
    views.scan(prefix, None, &mut |key, value| {
        // The key says the record too; a row that says another is not read.
        let arrived = Parts::of(key).record();
        let row = pb::ReactionRefused::decode(value).ok().and_then(|row| Refused::read(&row));
        found.extend(row.filter(|row| Some(row.arrived) == arrived));
        true
    });
    found
}
