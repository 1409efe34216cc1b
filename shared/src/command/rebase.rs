//! An entry that is appended again after a recovery.

use crate::catalogue::model::Kind;
use crate::record::{Entry, EntryFlags, Record};
use crate::view;

/// The entry as it is appended on a branch where its record stands at `present` (`None`: the branch does not have it).
///
/// It becomes the record's next revision and is marked recovered. If the record moved on the branch, and what the entry
/// does is no longer legal from where it stands now, it is marked conflicting as well: it is kept in the stream for the
/// clerk to see, and changes nothing. Entries that the branch already has (by digest) are not to be given here.
pub fn rebase(entry: &Entry, present: Option<&Record>, kind: Option<&Kind>) -> Entry {
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
    if (moved && !legal) || overwrites {
        again.flags = again.flags.with(EntryFlags::CONFLICTING);
    }
    again
}
