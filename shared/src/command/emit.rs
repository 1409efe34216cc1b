//! A draft becomes entries.

use super::address::Route;
use super::context::Context;
use super::draft::Draft;
use super::refusal::{Code, Problem};
use super::stamp;
use crate::catalogue::model::Privacy;
use crate::ids::{RecordId, StreamName};
use crate::limits;
use crate::record::{Actor, Entry, EntryFlags, Fields};
use crate::view;

/// What an entry says besides the draft's values.
#[derive(Debug, Clone)]
pub(super) struct Head<'a> {
    pub record: RecordId,
    pub action: u32,
    /// 0 = unchanged.
    pub status: u32,
    pub flags: EntryFlags,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// The whole record instead of the difference.
    pub whole: bool,
}

/// The entries of a draft, in the order in which they are to be appended; empty if nothing changed.
///
/// # Errors
/// An entry over its bound, or one that the fold would hold.
pub(super) fn entries(
    ctx: &Context<'_>,
    draft: &Draft<'_>,
    route: &Route,
    head: &Head<'_>,
) -> Result<Vec<(StreamName, Entry)>, Problem> {
    let local = StreamName::Local(ctx.place.site);
    let present = draft.before.map_or(0, |record| record.rev);
    let streams = route.change.iter().chain(&route.whole);
    let last = streams.chain([&local]).filter_map(|stream| ctx.lookup.last_stamp(*stream)).max();
    let (at, tick) = stamp::next(last, ctx.now_ms);
    let reason_stays = draft.kind.reason_privacy == Privacy::Local;
    let blank = Entry {
        record: head.record,
        kind: draft.kind.tag,
        rev: present.saturating_add(1),
        action: head.action,
        status: head.status,
        set: Fields::new(),
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: head.actor.clone(),
        at,
        tick,
        flags: head.flags,
        reason: if reason_stays { String::new() } else { head.reason.to_owned() },
    };
    let (set, cleared) = draft.difference(Privacy::Sync);
    let change = Entry { set, cleared, deadlines: draft.moved_deadlines(), ..blank.clone() };
    let kept = draft.before.map_or(EntryFlags::default(), |r| {
        EntryFlags(r.flags.0 & (EntryFlags::IMPORTED.0 | EntryFlags::VOIDED.0))
    });
    let whole = Entry {
        status: draft.status,
        set: draft.whole(Privacy::Sync),
        deadlines: draft.deadlines.values().cloned().collect(),
        flags: head.flags.with(kept).with(EntryFlags::RESTATED),
        ..blank.clone()
    };
    let says_nothing = change.set.is_empty()
        && change.cleared.is_empty()
        && change.deadlines.is_empty()
        && (change.action, change.status, change.flags) == (0, 0, EntryFlags::default());
    let mut entries = Vec::new();
    let (set, cleared) = draft.difference(Privacy::Local);
    let private_reason = if reason_stays { head.reason } else { "" };
    let private = !(set.is_empty() && cleared.is_empty() && private_reason.is_empty());
    // A change of values that stay here alone is no revision for the county.
    let only_private =
        says_nothing && !head.whole && (private || change.reason.is_empty()) && draft.before.is_some();
    if !only_private {
        let plain = if head.whole { &whole } else { &change };
        entries.extend(route.change.iter().map(|stream| (*stream, plain.clone())));
        entries.extend(route.whole.iter().map(|stream| (*stream, whole.clone())));
    }
    if private {
        let rev = if only_private { present } else { blank.rev };
        let flags = EntryFlags::PRIVATE;
        let entry = Entry { rev, set, cleared, flags, status: 0, reason: private_reason.to_owned(), ..blank };
        entries.push((local, entry));
    }
    for (stream, entry) in &entries {
        check(draft, *stream, entry)?;
    }
    Ok(entries)
}

/// The gate and the fold must agree: what would be held is not written in the first place.
fn check(draft: &Draft<'_>, stream: StreamName, entry: &Entry) -> Result<(), Problem> {
    let bytes = entry.encode().len();
    if bytes > limits::ENTRY_BYTES_MAX || entry.set.len() > limits::ENTRY_FIELDS_MAX {
        let kib = limits::ENTRY_BYTES_MAX / 1024;
        return Err(Problem::new(
            Code::TooLarge,
            format!("内容过大，一次最多{kib}KB"),
            format!("too large: one change may have at most {kib} KiB"),
        ));
    }
    if entry.flags.has(EntryFlags::PRIVATE) {
        return Ok(());
    }
    view::judge(draft.kind, stream, draft.before, entry).map_err(|(code, detail)| {
        let (zh, en) = code.label();
        Problem::new(Code::Conflict, format!("{zh}（{detail}）"), format!("{en} ({detail})"))
    })
}
