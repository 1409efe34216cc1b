//! Entries become views.
//!
//! The fold is deterministic and total. What it cannot apply becomes a row of the table of held entries; it blocks
//! nothing else, and a later restated entry of the record takes its place.

use std::sync::Arc;

use super::held::{self, HeldCode, HeldEntry};
use super::{index, legal, tables};
use crate::catalogue::model::{Catalogue, Kind};
use crate::ids::{Site, StreamName};
use crate::limits;
use crate::record::{Entry, EntryFlags, Fields, Record, Step, decode_fields, encode_fields};
use crate::store::{Fold, Place, ViewMut};
use crate::stream::{Digest, Item};
use crate::tally;

/// Grows with every change of what the fold writes.
const LAYOUT: u64 = 5;

/// Folds the streams of a site by the rules of a catalogue.
#[derive(Debug, Clone)]
pub struct Folder {
    catalogue: Arc<Catalogue>,
    version: u64,
}

/// An entry on its way into the views.
struct Arrival<'a> {
    place: Place,
    entry: &'a Entry,
    digest: [u8; 16],
}

impl Folder {
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&LAYOUT.to_le_bytes());
        hasher.update(catalogue.version.as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        Self { catalogue, version: u64::from_le_bytes(bytes) }
    }

    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    fn entry(&self, views: &mut dyn ViewMut, arrival: &Arrival<'_>) {
        let Arrival { place, entry, .. } = arrival;
        stamp(views, *place, entry);
        if entry.flags.has(EntryFlags::PRIVATE) {
            return self.private_part(views, arrival);
        }
        let kind = self.catalogue.kinds.get(&entry.kind);
        let before =
            views.get(&tables::record_key(entry.record)).and_then(|bytes| Record::decode(&bytes).ok());
        match admit(views, arrival, before.as_ref(), kind) {
            Verdict::Apply => self.apply_entry(views, arrival, kind, before),
            Verdict::Copy => note_copy(views, arrival),
            Verdict::Hold(code, detail) => hold(views, arrival, code, detail),
        }
    }

    fn apply_entry(
        &self,
        views: &mut dyn ViewMut,
        arrival: &Arrival<'_>,
        kind: Option<&Kind>,
        before: Option<Record>,
    ) {
        let Arrival { place, entry, digest } = arrival;
        let after = next(before.clone(), *place, entry, *digest);
        if entry.flags.has(EntryFlags::RESTATED) {
            held::clear(views, place.stream, entry.record, before.as_ref().map_or(0, |r| r.rev), entry.rev);
        }
        index::change(views, kind, before.as_ref(), &after, &entry.set);
        if let Some(kind) = kind {
            let old = before.map(|record| tally::contribution(kind, &record)).unwrap_or_default();
            tally::cells::change(views, kind.tag, &old, &tally::contribution(kind, &after));
        }
        if !entry.reason.is_empty() {
            views.put(&tables::reason_key(entry.record, entry.rev), entry.reason.clone().into_bytes());
        }
        note_copy(views, arrival);
        views.put(&tables::record_key(entry.record), after.encode());
    }

    /// Values that stay in the office: they have a table of their own and no revisions.
    fn private_part(&self, views: &mut dyn ViewMut, arrival: &Arrival<'_>) {
        let Arrival { place, entry, .. } = arrival;
        if !matches!(place.stream, StreamName::Local(_)) {
            return hold(views, arrival, HeldCode::Private, String::new());
        }
        let key = tables::local_key(entry.record);
        let mut fields: Fields =
            views.get(&key).and_then(|bytes| decode_fields(&bytes).ok()).unwrap_or_default();
        for tag in &entry.cleared {
            fields.remove(tag);
        }
        fields.extend(entry.set.iter().map(|(tag, value)| (*tag, value.clone())));
        if !(entry.set.is_empty() && entry.cleared.is_empty()) {
            views.put(&key, encode_fields(&fields));
        }
        if !entry.reason.is_empty() {
            views.put(&tables::reason_key(entry.record, entry.rev), entry.reason.clone().into_bytes());
        }
    }
}

impl Fold for Folder {
    fn version(&self) -> u64 {
        self.version
    }

    /// A fold that panics is a fault of the program; the entry is held like one that cannot be read.
    fn failed(&self, views: &mut dyn ViewMut, place: Place, _item: &Item) {
        held::put(views, &nameless(place, HeldCode::Undecodable, "fold".to_owned()));
    }

    fn apply(&self, views: &mut dyn ViewMut, place: Place, item: &Item) {
        if let (StreamName::Meta(_), Item::Entry(bytes)) = (place.stream, item) {
            return note(views, place, bytes);
        }
        match item {
            Item::Withheld(_) => held::put(views, &nameless(place, HeldCode::TooLarge, String::new())),
            Item::Entry(bytes) => match Entry::decode(bytes) {
                Err(error) => held::put(views, &nameless(place, HeldCode::Undecodable, error.to_string())),
                Ok(entry) => {
                    let Digest(digest) = item.digest();
                    let [first, _] = halves(digest);
                    self.entry(views, &Arrival { place, entry: &entry, digest: first });
                }
            },
        }
    }
}

fn nameless(place: Place, code: HeldCode, detail: String) -> HeldEntry {
    HeldEntry { stream: place.stream, seq: place.seq, code, record: None, kind: 0, rev: 0, detail }
}

fn halves(bytes: [u8; 32]) -> [[u8; 16]; 2] {
    let mut both = [[0; 16]; 2];
    both[0].copy_from_slice(&bytes[..16]);
    both[1].copy_from_slice(&bytes[16..]);
    both
}

/// Notes about sessions and seals have tables of their own; other notes of the machine are kept as they are, by their place.
fn note(views: &mut dyn ViewMut, place: Place, bytes: &[u8]) {
    if crate::sync::note::fold(views, place, bytes) || crate::tally::seal::note::fold(views, place, bytes) {
        return;
    }
    views.put(&tables::Key::new(tables::NOTE).stream(place.stream).u64(place.seq).done(), bytes.to_vec());
}

enum Verdict {
    Apply,
    /// The same entry again, from another stream that the hub writes.
    Copy,
    Hold(HeldCode, String),
}

fn admit(
    views: &mut dyn ViewMut,
    arrival: &Arrival<'_>,
    record: Option<&Record>,
    kind: Option<&Kind>,
) -> Verdict {
    let Arrival { place, entry, digest } = arrival;
    let hold = |code| Verdict::Hold(code, String::new());
    let restated = entry.flags.has(EntryFlags::RESTATED);
    if entry.flags.has(EntryFlags::CONFLICTING) {
        return hold(HeldCode::Conflicting);
    }
    let present = record.map_or(0, |r| r.rev);
    if let Some(record) = record {
        let (from, to) = (record.stream, place.stream);
        let down = |stream: StreamName| stream.travels() && stream.writer() == Site::Hub;
        let both_down = down(from) && down(to);
        if both_down && entry.rev <= present {
            let known = views.get(&tables::digest_key(entry.record, entry.rev));
            let same = known.is_some_and(|known| known == digest);
            return if same || restated { Verdict::Copy } else { hold(HeldCode::Gap) };
        }
        // A draft of the hub, or a record that stayed in the office, moves once into a stream that travels.
        let moves = restated && !from.travels() && to.travels() && from.writer() == to.writer();
        if from != to && !both_down && !moves {
            return hold(HeldCode::NotOwner);
        }
        if record.kind != entry.kind {
            return Verdict::Hold(HeldCode::Illegal, "kind".to_owned());
        }
    }
    let follows = if restated { entry.rev > present } else { Some(entry.rev) == present.checked_add(1) };
    if !follows {
        return Verdict::Hold(HeldCode::Gap, format!("rev {} -> {}", present, entry.rev));
    }
    match kind.map_or(Ok(()), |kind| legal::judge(kind, place.stream, record, entry)) {
        Ok(()) => Verdict::Apply,
        Err((code, detail)) => Verdict::Hold(code, detail),
    }
}

fn hold(views: &mut dyn ViewMut, arrival: &Arrival<'_>, code: HeldCode, detail: String) {
    let Arrival { place, entry, .. } = arrival;
    let (stream, seq) = (place.stream, place.seq);
    let held =
        HeldEntry { stream, seq, code, record: Some(entry.record), kind: entry.kind, rev: entry.rev, detail };
    held::put(views, &held);
}

fn stamp(views: &mut dyn ViewMut, place: Place, entry: &Entry) {
    let mut value = entry.at.to_be_bytes().to_vec();
    value.extend_from_slice(&entry.tick.to_be_bytes());
    views.put(&tables::stamp_key(place.stream), value);
}

/// Remembers which down streams have a record, and which entries of it are known.
fn note_copy(views: &mut dyn ViewMut, arrival: &Arrival<'_>) {
    let Arrival { place, entry, digest } = arrival;
    if place.stream.travels() && place.stream.writer() == Site::Hub {
        let key = tables::copies_key(entry.record, place.stream);
        let known = views.get(&key).and_then(|bytes| bytes.get(4..).map(<[u8]>::to_vec));
        let brought = || [place.seq.to_be_bytes(), entry.at.to_be_bytes()].concat();
        let mut value = entry.rev.to_be_bytes().to_vec();
        value.extend(known.unwrap_or_else(brought));
        views.put(&key, value);
        let key = tables::digest_key(entry.record, entry.rev);
        if views.get(&key).is_none() {
            views.put(&key, digest.to_vec());
        }
    }
}

/// The record after the entry.
pub(crate) fn next(before: Option<Record>, place: Place, entry: &Entry, digest: [u8; 16]) -> Record {
    let kept = EntryFlags(entry.flags.0 & (EntryFlags::IMPORTED.0 | EntryFlags::VOIDED.0));
    let restated = entry.flags.has(EntryFlags::RESTATED);
    let mut record = before.unwrap_or_else(|| Record {
        id: entry.record,
        kind: entry.kind,
        stream: place.stream,
        rev: 0,
        status: 0,
        fields: Fields::new(),
        deadlines: Default::default(),
        created_at: entry.at,
        changed_at: entry.at,
        flags: EntryFlags::default(),
        steps: Vec::new(),
        last: digest,
    });
    if restated {
        record.fields.clear();
        record.deadlines.clear();
        record.flags = kept;
        if !record.stream.travels() {
            record.stream = place.stream;
        }
    }
    for tag in &entry.cleared {
        record.fields.remove(tag);
    }
    record.fields.extend(entry.set.iter().map(|(tag, value)| (*tag, value.clone())));
    record.deadlines.extend(entry.deadlines.iter().map(|deadline| (deadline.kind, deadline.clone())));
    if entry.status != 0 {
        record.status = entry.status;
    }
    record.rev = entry.rev;
    record.flags = record.flags.with(kept);
    record.changed_at = entry.at;
    record.last = digest;
    push_step(&mut record.steps, place, entry);
    record
}

fn push_step(steps: &mut Vec<Step>, place: Place, entry: &Entry) {
    if steps.len() >= limits::RECORD_STEPS_MAX {
        // Plain edits go first: the steps that moved the status say where the record has been.
        let oldest = steps.iter().position(|step| step.action == 0 && step.status == 0).unwrap_or(0);
        steps.remove(oldest);
    }
    steps.push(Step {
        rev: entry.rev,
        seq: place.seq,
        action: entry.action,
        status: entry.status,
        role: entry.actor.role,
        staff: entry.actor.staff.clone(),
        on_behalf: entry.actor.on_behalf,
        at: entry.at,
        flags: entry.flags,
    });
}
