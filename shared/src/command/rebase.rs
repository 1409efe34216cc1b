//! An entry that is appended again after a recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::Kind;
use crate::ids::RecordId;
use crate::record::{Entry, EntryFlags, Record};
use crate::view;

/// What a branch has changed since ours parted from it: fields by record.
#[derive(Debug, Clone, Default)]
pub struct Changed(BTreeMap<RecordId, BTreeSet<u32>>);

impl Changed {
    pub fn note(&mut self, entry: &Entry) {
        self.0.entry(entry.record).or_default().extend(entry.set.keys().chain(&entry.cleared));
    }

    /// Whether an entry of ours wants another value where the branch has changed a field to the one that now stands.
    fn contests(&self, entry: &Entry, present: &Record) -> bool {
        let Some(theirs) = self.0.get(&entry.record) else { return false };
        let set = entry
            .set
            .iter()
            .any(|(tag, value)| theirs.contains(tag) && present.fields.get(tag) != Some(value));
        set || entry.cleared.iter().any(|tag| theirs.contains(tag) && present.fields.contains_key(tag))
    }
}

/// The entry as it is appended on a branch where its record stands at `present` (`None`: the branch does not have it).
///
/// It becomes the record's next revision and is marked recovered. If the record moved on the branch, and what the entry
/// does is no longer legal from where it stands now or changes otherwise what `theirs` has changed, it is marked
/// conflicting as well: it is kept in the stream for the clerk to see and to choose, and changes nothing. Entries that the
/// branch already has (by digest) are not to be given here.
pub fn rebase(entry: &Entry, present: Option<&Record>, kind: Option<&Kind>, theirs: &Changed) -> Entry {
    let rev = present.map_or(0, |record| record.rev).saturating_add(1);
    let moved = entry.rev != rev;
    let mut again = Entry { rev, flags: entry.flags.with(EntryFlags::RECOVERED), ..entry.clone() };
    if entry.flags.has(EntryFlags::PRIVATE) || entry.flags.has(EntryFlags::CONFLICTING) {
        return again;
    }
    let legal = match (present, kind) {
        (Some(record), _) if record.kind != entry.kind => false,
        (Some(record), Some(kind)) => view::judge(kind, record.stream, present, &again).is_ok(),
        // Without its kind an entry that moves the status cannot be judged; one that only fills fields can stand.
        (Some(_), None) => entry.status == 0 || entry.flags.has(EntryFlags::RESTATED),
        // The branch has none of the record's entries: only its first one can stand there.
        (None, _) => entry.rev == 1 || entry.flags.has(EntryFlags::RESTATED),
    };
    // A whole record would put the branch's own work aside without a trace.
    let overwrites = moved && present.is_some() && entry.flags.has(EntryFlags::RESTATED);
    let contested = present.is_some_and(|record| theirs.contests(entry, record));
    if (moved && !legal) || overwrites || contested {
        again.flags = again.flags.with(EntryFlags::CONFLICTING);
    }
    again
}
