//! Which commands the program gives because a record of the other side has arrived. Pure: it looks, and changes nothing.
//!
//! Not here: when it looks and what it remembers of it ([`crate::ledger`]), and the decision on the commands.

use super::compute::Source;
use super::context::Context;
use super::decide::holds;
use super::draft::Draft;
use super::{Act, Command, follow};
use crate::catalogue::model::{Action, Give, Kind, Meant, Piece, Reaction, Response};
use crate::ids::{RecordId, Site, StreamName};
use crate::record::{EntryFlags, Fields, Record, Value};
use crate::view::condition::filled;
use crate::view::tables;

/// What a reply does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Makes a record of ours.
    Make,
    /// Brings one into step that was made before.
    Align,
    /// Takes an action of one.
    Take,
}

/// One command that follows from a reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub does: Does,
    /// Our record; for one that is made, the id that it must get.
    pub ours: RecordId,
    /// Tag of the action that the reaction names.
    pub action: u32,
    pub command: Command,
}

/// What follows for our records of `kind` from the arrived record as it now stands; nothing where the reaction is not for
/// it. Doing a reply and asking again gives no further [`Does::Make`] and no [`Does::Align`].
pub fn replies(ctx: &Context<'_>, kind: &Kind, reaction: &Reaction, arrived: &Record) -> Vec<Reply> {
    let Some(theirs) = ctx.catalogue.kinds.get(&arrived.kind).filter(|kind| kind.tag == reaction.to) else {
        return Vec::new();
    };
    if arrived.flags.has(EntryFlags::VOIDED) != reaction.voided {
        return Vec::new();
    }
    let draft = Draft::new(arrived.id, theirs, Some(arrived), Fields::new());
    let source = Source { ctx, draft: &draft, row: None, item: None };
    let when = || holds(ctx, arrived, &Fields::new(), &reaction.when);
    match reaction.does {
        Response::Create { action, keep } => {
            let ours = made_id(arrived.id, kind.tag, action, ctx.place.site);
            let set = source.all(&reaction.set, |tag| kind.fields.get(&tag));
            match ctx.lookup.record(ours) {
                None if when() => {
                    let command = Command::new(kind.tag, None, Act::Take(action), set);
                    vec![Reply { does: Does::Make, ours, action, command }]
                }
                Some(record) if keep => align(ctx, kind, reaction, &record, set).into_iter().collect(),
                _ => Vec::new(),
            }
        }
        Response::Take { action, on } if when() => {
            let Some(action) = kind.actions.get(&action) else { return Vec::new() };
            let set = source.all(&reaction.set, |tag| kind.fields.get(&tag));
            let act = if action.id == "edit" { Act::Edit } else { Act::Take(action.tag) };
            let meant = meant(ctx, kind, on, arrived);
            let free = meant.into_iter().filter(|record| free(ctx, kind, action, record, &set));
            let reply = |record: Record| Reply {
                does: Does::Take,
                ours: record.id,
                action: action.tag,
                command: Command::new(kind.tag, Some(record.id), act, set.clone()),
            };
            free.map(reply).collect()
        }
        Response::Take { .. } => Vec::new(),
    }
}

/// The id of the record that a site makes for an arrived one: the same whenever it is asked, so that it is made once even
/// where nobody remembers. Its time is the arrived record's.
fn made_id(arrived: RecordId, kind: u32, action: u32, site: Site) -> RecordId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"xianglian reaction 1\n");
    hasher.update(arrived.as_bytes());
    // What goes to all townships makes one record in each.
    for number in [kind, action, tables::owner(site)] {
        hasher.update(&number.to_be_bytes());
    }
    let mut random = [0; 10];
    hasher.finalize_xof().fill(&mut random);
    let [a, b, c, d, e, f, ..] = *arrived.as_bytes();
    RecordId::mint(i64::from_be_bytes([0, 0, a, b, c, d, e, f]), &random)
}

/// Records of ours that the reaction means.
fn meant(ctx: &Context<'_>, kind: &Kind, on: Meant, arrived: &Record) -> Vec<Record> {
    let ids = match on {
        Meant::ByOurs(field) => ctx.lookup.linking(arrived.id, kind.tag, field),
        Meant::ByTheirs(field) => named(arrived.fields.get(&field)),
    };
    let ours = |record: &Record| record.kind == kind.tag && record.stream.writer() == ctx.place.site;
    let records = ids.into_iter().filter_map(|id| ctx.lookup.record(id)).filter(ours);
    match (on, arrived.stream.writer()) {
        // A township moves only what it was sent: naming the record of another is a claim, not a right.
        (Meant::ByTheirs(_), Site::Township(code)) => {
            let sent = |record: &Record| {
                let mut copies = ctx.lookup.copies(record.id).into_iter().map(|(stream, _)| stream);
                copies.any(|stream| stream == StreamName::DownAll || stream == StreamName::Down(code))
            };
            records.filter(sent).collect()
        }
        _ => records.collect(),
    }
}

fn named(value: Option<&Value>) -> Vec<RecordId> {
    let link = |value: &Value| if let Value::Link(id) = value { Some(*id) } else { None };
    match value {
        Some(Value::List(values)) => values.iter().filter_map(link).collect(),
        Some(value) => link(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Whether the action is for the record as it stands; where it is not, nobody is to blame.
fn free(ctx: &Context<'_>, kind: &Kind, action: &Action, record: &Record, set: &Fields) -> bool {
    let here = ctx.place.node.is_none_or(|node| {
        kind.nodes.contains(&node) && (action.nodes.is_empty() || action.nodes.contains(&node))
    });
    here && action.from.contains(&record.status)
        && !record.flags.has(EntryFlags::VOIDED)
        && follow::offered(ctx, action, record, set)
}

/// What was taken over follows the arrived record. What somebody has voided by hand stays as it is.
fn align(
    ctx: &Context<'_>,
    kind: &Kind,
    reaction: &Reaction,
    record: &Record,
    given: Fields,
) -> Option<Reply> {
    if record.flags.has(EntryFlags::VOIDED) || record.stream.writer() != ctx.place.site {
        return None;
    }
    let mut have = ctx.lookup.local(record.id);
    have.extend(record.fields.clone());
    let mirrors: Vec<u32> =
        reaction.set.iter().filter(|(_, give)| mirrored(give)).map(|(tag, _)| *tag).collect();
    let mut set = given.clone();
    set.retain(|tag, value| mirrors.contains(tag) && have.get(tag) != Some(value));
    let gone = |tag: &u32| !given.contains_key(tag) && have.get(tag).is_some_and(filled);
    let clear: Vec<u32> = mirrors.iter().copied().filter(gone).collect();
    let action = reaction.does.action();
    let command = Command { clear, ..Command::new(kind.tag, Some(record.id), Act::Align, set) };
    let still = command.set.is_empty() && command.clear.is_empty();
    (!still).then_some(Reply { does: Does::Align, ours: record.id, action, command })
}

/// Whether a value follows the arrived record. A constant may have been changed here, and what depends on the day of the
/// look would change of itself.
fn mirrored(give: &Give) -> bool {
    match give {
        Give::Field(_) | Give::This | Give::Amount(_) => true,
        Give::Text(pieces) => !pieces.contains(&Piece::Year),
        _ => false,
    }
}
