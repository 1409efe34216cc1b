//! Whether an entry may follow a record. Asked again by every holder of a stream, so that a broken or forged node
//! cannot bring a record into a state that the rules do not allow.

use super::condition::Subject;
use super::held::HeldCode;
use super::shape;
use crate::catalogue::model::{Kind, Owner, Privacy, Shape};
use crate::ids::{Site, StreamName};
use crate::record::{Entry, EntryFlags, Fields, Record, Value};

/// Why an entry cannot be applied: the code, and the ids of fields, actions and statuses (never values).
pub(crate) type Objection = (HeldCode, String);

/// Judges an entry of a known kind against the record as it stands.
///
/// What the catalogue does not know (actions, statuses, fields, choices of a newer version) is let through.
///
/// # Errors
/// The first objection.
pub(crate) fn judge(
    kind: &Kind,
    stream: StreamName,
    record: Option<&Record>,
    entry: &Entry,
) -> Result<(), Objection> {
    owner(kind, stream)?;
    fields(kind, stream, &entry.set)?;
    if stream.travels() && kind.reason_privacy == Privacy::Local && !entry.reason.is_empty() {
        return Err((HeldCode::Private, "reason".to_owned()));
    }
    step(kind, record, entry)?;
    if stream.travels() && stays(kind, record, entry) {
        return Err((HeldCode::Private, kind.id.clone()));
    }
    Ok(())
}

fn owner(kind: &Kind, stream: StreamName) -> Result<(), Objection> {
    let ours = match stream.writer() {
        Site::Township(_) => kind.owner == Owner::Township,
        Site::Hub => kind.owner == Owner::County,
    };
    if ours { Ok(()) } else { Err((HeldCode::NotOwner, kind.id.clone())) }
}

fn fields(kind: &Kind, stream: StreamName, set: &Fields) -> Result<(), Objection> {
    for (tag, value) in set {
        let Some(field) = kind.fields.get(tag) else { continue };
        if stream.travels() && field.privacy == Privacy::Local {
            return Err((HeldCode::Private, field.id.clone()));
        }
        if !shape::fits(&field.shape, value) {
            return Err((HeldCode::Shape, field.id.clone()));
        }
        if let (Shape::Rows(columns), Value::List(rows)) = (&field.shape, value)
            && stream.travels()
        {
            let private = columns.values().filter(|column| column.privacy == Privacy::Local);
            for column in private {
                if rows.iter().any(|row| matches!(row, Value::Group(row) if row.contains_key(&column.tag))) {
                    return Err((HeldCode::Private, format!("{}.{}", field.id, column.id)));
                }
            }
        }
    }
    Ok(())
}

/// A record that must stay in the office is written to the local stream from its first entry on.
fn stays(kind: &Kind, record: Option<&Record>, entry: &Entry) -> bool {
    let Some(condition) = &kind.local_when else { return false };
    let mut fields = record.map(|r| r.fields.clone()).unwrap_or_default();
    fields.retain(|tag, _| !entry.cleared.contains(tag));
    fields.extend(entry.set.iter().map(|(tag, value)| (*tag, value.clone())));
    let subject = Subject {
        status: entry.status,
        fields: &fields,
        local: None,
        deadlines: &Default::default(),
        steps: &[],
        flags: entry.flags,
        around: None,
    };
    subject.holds(condition)
}

/// Whether the action may be taken from the present status and leads to the one written.
fn step(kind: &Kind, record: Option<&Record>, entry: &Entry) -> Result<(), Objection> {
    // A restated entry carries what was decided earlier, an imported one what an office did by hand.
    let taken_over = entry.flags.has(EntryFlags::RESTATED) || entry.flags.has(EntryFlags::IMPORTED);
    if taken_over {
        return Ok(());
    }
    if record.is_some_and(|r| r.flags.has(EntryFlags::VOIDED)) {
        return Err((HeldCode::Illegal, "void".to_owned()));
    }
    let named =
        |tag: u32| kind.statuses.get(&tag).map_or_else(|| tag.to_string(), |status| status.id.clone());
    let present = record.map_or(0, |r| r.status);
    if entry.action == 0 {
        let moved = entry.status != 0 && entry.status != present;
        if record.is_none() || moved {
            return Err((HeldCode::Illegal, format!("edit: {} -> {}", named(present), named(entry.status))));
        }
        return Ok(());
    }
    let Some(action) = kind.actions.get(&entry.action) else { return Ok(()) };
    let illegal =
        || Err((HeldCode::Illegal, format!("{}: {} -> {}", action.id, named(present), named(entry.status))));
    let startable = match record {
        None => action.from.is_empty(),
        Some(_) => action.from.contains(&present) || !kind.statuses.contains_key(&present),
    };
    if !startable {
        return illegal();
    }
    let reached = match action.to {
        Some(to) => entry.status == to,
        None => entry.status == 0 || entry.status == present,
    };
    if reached { Ok(()) } else { illegal() }
}
