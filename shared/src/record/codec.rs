//! Entries and records as bytes: the messages of record.proto, with bounds checked at the edge.

use prost::Message as _;
use xianglian_proto::v1 as pb;

use super::entry::{Actor, DeadlineState, Entry, EntryFlags, Record, Role, Step};
use super::value::{Day, Decimal, Fields, Value};
use crate::ids::RecordId;
use crate::limits;

/// Bytes that are not an entry or a record within the bounds of [`crate::limits`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("not a protobuf message: {0}")]
    Wire(String),
    #[error("{what}: expected {expected}, found {found}")]
    Bound { what: &'static str, expected: String, found: String },
}

fn bound(what: &'static str, expected: impl ToString, found: impl ToString) -> DecodeError {
    DecodeError::Bound { what, expected: expected.to_string(), found: found.to_string() }
}

impl Entry {
    /// The bytes that the chain is computed over. The same entry always gives the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        pb::Entry {
            record: self.record.as_bytes().to_vec(),
            kind: self.kind,
            rev: self.rev,
            action: self.action,
            status: self.status,
            set: fields_out(&self.set),
            cleared: self.cleared.clone(),
            deadlines: self.deadlines.iter().map(deadline_out).collect(),
            actor: Some(pb::Actor {
                staff: self.actor.staff.clone(),
                role: self.actor.role.number(),
                on_behalf: self.actor.on_behalf,
            }),
            at: self.at,
            tick: self.tick,
            flags: self.flags.0,
            reason: self.reason.clone(),
        }
        .encode_to_vec()
    }

    /// Parses and bounds-checks; never panics.
    ///
    /// # Errors
    /// Not protobuf, an id of the wrong length, a value nested too deep, or a count over its bound.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > limits::ENTRY_BYTES_MAX {
            return Err(bound("entry", format!("at most {} bytes", limits::ENTRY_BYTES_MAX), bytes.len()));
        }
        let message = pb::Entry::decode(bytes).map_err(|e| DecodeError::Wire(e.to_string()))?;
        let actor = message.actor.unwrap_or_default();
        Ok(Self {
            record: id_in(&message.record)?,
            kind: message.kind,
            rev: message.rev,
            action: message.action,
            status: message.status,
            set: fields_in(message.set, 0)?,
            cleared: message.cleared,
            deadlines: message.deadlines.into_iter().map(deadline_in).collect(),
            actor: Actor {
                staff: actor.staff,
                role: Role::from_number(actor.role),
                on_behalf: actor.on_behalf,
            },
            at: message.at,
            tick: message.tick,
            flags: EntryFlags(message.flags),
            reason: message.reason,
        })
    }
}

impl Record {
    pub fn encode(&self) -> Vec<u8> {
        self.to_message().encode_to_vec()
    }

    pub fn to_message(&self) -> pb::Record {
        pb::Record {
            id: self.id.as_bytes().to_vec(),
            kind: self.kind,
            stream: self.stream.to_string(),
            rev: self.rev,
            status: self.status,
            fields: fields_out(&self.fields),
            deadlines: self.deadlines.values().map(deadline_out).collect(),
            created_at: self.created_at,
            changed_at: self.changed_at,
            flags: self.flags.0,
            steps: self
                .steps
                .iter()
                .map(|s| pb::Step {
                    seq: s.seq,
                    rev: s.rev,
                    action: s.action,
                    status: s.status,
                    role: s.role.number(),
                    staff: s.staff.clone(),
                    at: s.at,
                    flags: s.flags.0,
                })
                .collect(),
            last: self.last.to_vec(),
        }
    }

    /// # Errors
    /// As [`Entry::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let message = pb::Record::decode(bytes).map_err(|e| DecodeError::Wire(e.to_string()))?;
        Ok(Self {
            id: id_in(&message.id)?,
            kind: message.kind,
            stream: message.stream.parse().map_err(|_| bound("stream", "a stream name", &message.stream))?,
            rev: message.rev,
            status: message.status,
            fields: fields_in(message.fields, 0)?,
            deadlines: message.deadlines.into_iter().map(deadline_in).map(|d| (d.kind, d)).collect(),
            created_at: message.created_at,
            changed_at: message.changed_at,
            flags: EntryFlags(message.flags),
            steps: message
                .steps
                .into_iter()
                .map(|s| Step {
                    seq: s.seq,
                    rev: s.rev,
                    action: s.action,
                    status: s.status,
                    role: Role::from_number(s.role),
                    staff: s.staff,
                    at: s.at,
                    flags: EntryFlags(s.flags),
                })
                .collect(),
            last: message.last.as_slice().try_into().unwrap_or_default(),
        })
    }
}

/// Fields as bytes, for tables that hold only field values.
pub fn encode_fields(fields: &Fields) -> Vec<u8> {
    pb::FieldList { fields: fields_out(fields) }.encode_to_vec()
}

/// # Errors
/// As [`Entry::decode`].
pub fn decode_fields(bytes: &[u8]) -> Result<Fields, DecodeError> {
    let list = pb::FieldList::decode(bytes).map_err(|e| DecodeError::Wire(e.to_string()))?;
    fields_in(list.fields, 0)
}

fn id_in(bytes: &[u8]) -> Result<RecordId, DecodeError> {
    let array: [u8; 16] = bytes.try_into().map_err(|_| bound("record id", "16 bytes", bytes.len()))?;
    Ok(RecordId::from_bytes(array))
}

fn deadline_out(d: &DeadlineState) -> pb::Deadline {
    pb::Deadline {
        kind: d.kind,
        start: d.start.0,
        raw_due: d.raw_due.0,
        effective_due: d.effective_due.0,
        done: d.done.map(|day| day.0),
        provisional: d.provisional,
        profile: d.profile.clone(),
        cancelled: d.cancelled,
        extensions: d.extensions,
    }
}

fn deadline_in(d: pb::Deadline) -> DeadlineState {
    DeadlineState {
        kind: d.kind,
        start: Day(d.start),
        raw_due: Day(d.raw_due),
        effective_due: Day(d.effective_due),
        done: d.done.map(Day),
        provisional: d.provisional,
        profile: d.profile,
        cancelled: d.cancelled,
        extensions: d.extensions,
    }
}

fn fields_out(fields: &Fields) -> Vec<pb::Field> {
    fields.iter().map(|(&tag, value)| pb::Field { tag, value: Some(value_out(value)) }).collect()
}

fn fields_in(fields: Vec<pb::Field>, depth: usize) -> Result<Fields, DecodeError> {
    if fields.len() > limits::ENTRY_FIELDS_MAX {
        return Err(bound("fields", limits::ENTRY_FIELDS_MAX, fields.len()));
    }
    fields.into_iter().map(|f| Ok((f.tag, value_in(f.value.unwrap_or_default(), depth)?))).collect()
}

fn value_out(value: &Value) -> pb::Value {
    use pb::value::Kind;
    let kind = match value {
        Value::Text(text) => Kind::Text(text.clone()),
        Value::Number(number) => Kind::Number(*number),
        Value::Flag(flag) => Kind::Flag(*flag),
        Value::Date(day) => Kind::Date(day.0),
        Value::Time(ms) => Kind::Time(*ms),
        Value::Choice(id) => Kind::Choice(*id),
        Value::Decimal(d) => Kind::Decimal(pb::Decimal { units: d.units, scale: u32::from(d.scale) }),
        Value::Link(id) => Kind::Link(id.as_bytes().to_vec()),
        Value::Blob(bytes) => Kind::Blob(bytes.clone()),
        Value::List(values) => Kind::List(pb::ValueList { values: values.iter().map(value_out).collect() }),
        Value::Group(fields) => Kind::Group(pb::FieldList { fields: fields_out(fields) }),
        Value::Unknown(bytes) => return pb::Value::decode(bytes.as_slice()).unwrap_or_default(),
    };
    pb::Value { kind: Some(kind) }
}

fn value_in(value: pb::Value, depth: usize) -> Result<Value, DecodeError> {
    use pb::value::Kind;
    if depth > limits::VALUE_DEPTH_MAX {
        return Err(bound("depth of a value", limits::VALUE_DEPTH_MAX, depth));
    }
    Ok(match value.kind {
        Some(Kind::Text(text)) => Value::Text(text),
        Some(Kind::Number(number)) => Value::Number(number),
        Some(Kind::Flag(flag)) => Value::Flag(flag),
        Some(Kind::Date(day)) => Value::Date(Day(day)),
        Some(Kind::Time(ms)) => Value::Time(ms),
        Some(Kind::Choice(id)) => Value::Choice(id),
        Some(Kind::Decimal(d)) => {
            let scale = u8::try_from(d.scale).ok().filter(|scale| *scale <= 6);
            Value::Decimal(Decimal {
                units: d.units,
                scale: scale.ok_or_else(|| bound("decimal scale", 6, d.scale))?,
            })
        }
        Some(Kind::Link(bytes)) => Value::Link(id_in(&bytes)?),
        Some(Kind::Blob(bytes)) => Value::Blob(bytes),
        Some(Kind::List(list)) => {
            if list.values.len() > limits::LIST_VALUES_MAX {
                return Err(bound("values in a list", limits::LIST_VALUES_MAX, list.values.len()));
            }
            Value::List(list.values.into_iter().map(|v| value_in(v, depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(Kind::Group(group)) => Value::Group(fields_in(group.fields, depth + 1)?),
        None => Value::Unknown(Vec::new()),
    })
}
