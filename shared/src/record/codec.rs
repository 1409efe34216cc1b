//! Entries and records as bytes: the messages of record.proto, with bounds checked at the edge.

use std::collections::BTreeMap;

use prost::Message as _;
use xianglian_proto::v1 as pb;

use super::entry::{Actor, DeadlineState, Entry, EntryFlags, Record, Role, Step};
use super::value::{Day, Decimal, Fields, Value};
use super::wire::{Reader, Writer};
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

fn at_most(what: &'static str, max: usize, found: usize) -> Result<(), DecodeError> {
    if found > max { Err(bound(what, format!("at most {max}"), found)) } else { Ok(()) }
}

impl Entry {
    /// The bytes that the chain is computed over. The same entry always gives the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer(Vec::with_capacity(128 + 24 * self.set.len()));
        w.bytes(1, self.record.as_bytes());
        w.uint(2, self.kind.into());
        w.uint(3, self.rev.into());
        w.uint(4, self.action.into());
        w.uint(5, self.status.into());
        write_fields(&mut w, 6, &self.set);
        w.packed(7, &self.cleared);
        self.deadlines.iter().for_each(|deadline| w.message(8, |w| write_deadline(w, deadline)));
        w.message(9, |w| {
            w.bytes(1, self.actor.staff.as_bytes());
            w.uint(2, self.actor.role.number().into());
            w.uint(3, self.actor.on_behalf.into());
        });
        w.sint(10, self.at);
        w.uint(11, self.tick.into());
        w.uint(12, self.flags.0.into());
        w.bytes(13, self.reason.as_bytes());
        w.0
    }

    /// Parses and bounds-checks; never panics.
    ///
    /// # Errors
    /// Not protobuf, an id of the wrong length, a value nested too deep, or a count over its bound.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        at_most("bytes of an entry", limits::ENTRY_BYTES_MAX, bytes.len())?;
        let mut id = None;
        let mut entry = Self {
            record: RecordId::from_bytes([0; 16]),
            kind: 0,
            rev: 0,
            action: 0,
            status: 0,
            set: Fields::new(),
            cleared: Vec::new(),
            deadlines: Vec::new(),
            actor: Actor { staff: String::new(), role: Role::System, on_behalf: false },
            at: 0,
            tick: 0,
            flags: EntryFlags::default(),
            reason: String::new(),
        };
        let mut reader = Reader(bytes);
        while let Some((field, payload)) = reader.next()? {
            match field {
                1 => id = Some(id_in(payload.bytes()?)?),
                2 => entry.kind = payload.u32()?,
                3 => entry.rev = payload.u32()?,
                4 => entry.action = payload.u32()?,
                5 => entry.status = payload.u32()?,
                6 => read_field(payload.bytes()?, 0, &mut entry.set)?,
                7 => payload.push_numbers(&mut entry.cleared)?,
                8 => entry.deadlines.push(read_deadline(payload.bytes()?)?),
                9 => entry.actor = read_actor(payload.bytes()?)?,
                10 => entry.at = payload.i64()?,
                11 => entry.tick = payload.u32()?,
                12 => entry.flags = EntryFlags(payload.u32()?),
                13 => entry.reason = payload.text()?,
                _ => {}
            }
            at_most("fields cleared", limits::ENTRY_FIELDS_MAX, entry.cleared.len())?;
            at_most("deadlines", limits::ENTRY_FIELDS_MAX, entry.deadlines.len())?;
        }
        entry.record = id.ok_or_else(|| bound("record id", "16 bytes", "nothing"))?;
        Ok(entry)
    }
}

impl Record {
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer(Vec::with_capacity(192 + 24 * self.fields.len() + 24 * self.steps.len()));
        w.bytes(1, self.id.as_bytes());
        w.uint(2, self.kind.into());
        w.bytes(3, self.stream.to_string().as_bytes());
        w.uint(4, self.rev.into());
        w.uint(5, self.status.into());
        write_fields(&mut w, 6, &self.fields);
        self.deadlines.values().for_each(|deadline| w.message(7, |w| write_deadline(w, deadline)));
        w.sint(8, self.created_at);
        w.sint(9, self.changed_at);
        w.uint(10, self.flags.0.into());
        self.steps.iter().for_each(|step| w.message(11, |w| write_step(w, step)));
        w.bytes(12, &self.last);
        w.0
    }

    /// The message of record.proto, for reports.
    pub fn to_message(&self) -> pb::Record {
        pb::Record::decode(self.encode().as_slice()).unwrap_or_default()
    }

    /// # Errors
    /// As [`Entry::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (mut id, mut stream) = (None, None);
        let (mut kind, mut rev, mut status, mut created_at, mut changed_at) = (0, 0, 0, 0, 0);
        let (mut fields, mut deadlines, mut steps) = (Fields::new(), BTreeMap::new(), Vec::new());
        let (mut flags, mut last) = (EntryFlags::default(), [0; 16]);
        let mut reader = Reader(bytes);
        while let Some((field, payload)) = reader.next()? {
            match field {
                1 => id = Some(id_in(payload.bytes()?)?),
                2 => kind = payload.u32()?,
                3 => {
                    let name = std::str::from_utf8(payload.bytes()?).unwrap_or_default();
                    stream = Some(name.parse().map_err(|_| bound("stream", "a stream name", name))?);
                }
                4 => rev = payload.u32()?,
                5 => status = payload.u32()?,
                6 => read_field(payload.bytes()?, 0, &mut fields)?,
                7 => {
                    let deadline = read_deadline(payload.bytes()?)?;
                    deadlines.insert(deadline.kind, deadline);
                }
                8 => created_at = payload.i64()?,
                9 => changed_at = payload.i64()?,
                10 => flags = EntryFlags(payload.u32()?),
                11 => steps.push(read_step(payload.bytes()?)?),
                12 => last = payload.bytes()?.try_into().unwrap_or_default(),
                _ => {}
            }
        }
        let id = id.ok_or_else(|| bound("record id", "16 bytes", "nothing"))?;
        let stream = stream.ok_or_else(|| bound("stream", "a stream name", "nothing"))?;
        Ok(Self {
            id,
            kind,
            stream,
            rev,
            status,
            fields,
            deadlines,
            created_at,
            changed_at,
            flags,
            steps,
            last,
        })
    }
}

/// Fields as bytes, for tables that hold only field values.
pub fn encode_fields(fields: &Fields) -> Vec<u8> {
    let mut w = Writer(Vec::new());
    write_fields(&mut w, 1, fields);
    w.0
}

/// # Errors
/// As [`Entry::decode`].
pub fn decode_fields(bytes: &[u8]) -> Result<Fields, DecodeError> {
    read_fields(bytes, 0)
}

fn id_in(bytes: &[u8]) -> Result<RecordId, DecodeError> {
    let array: [u8; 16] = bytes.try_into().map_err(|_| bound("record id", "16 bytes", bytes.len()))?;
    Ok(RecordId::from_bytes(array))
}

fn write_deadline(w: &mut Writer, d: &DeadlineState) {
    w.uint(1, d.kind.into());
    w.sint(2, d.start.0.into());
    w.sint(3, d.raw_due.0.into());
    w.sint(4, d.effective_due.0.into());
    if let Some(done) = d.done {
        w.sint_always(5, done.0.into());
    }
    w.uint(6, d.provisional.into());
    w.bytes(7, d.profile.as_bytes());
    w.uint(8, d.cancelled.into());
    w.uint(9, d.extensions.into());
}

fn read_deadline(bytes: &[u8]) -> Result<DeadlineState, DecodeError> {
    let mut d = DeadlineState {
        kind: 0,
        start: Day(0),
        raw_due: Day(0),
        effective_due: Day(0),
        done: None,
        provisional: false,
        profile: String::new(),
        cancelled: false,
        extensions: 0,
    };
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        match field {
            1 => d.kind = payload.u32()?,
            2 => d.start = Day(payload.i32()?),
            3 => d.raw_due = Day(payload.i32()?),
            4 => d.effective_due = Day(payload.i32()?),
            5 => d.done = Some(Day(payload.i32()?)),
            6 => d.provisional = payload.flag()?,
            7 => d.profile = payload.text()?,
            8 => d.cancelled = payload.flag()?,
            9 => d.extensions = payload.u32()?,
            _ => {}
        }
    }
    Ok(d)
}

fn read_actor(bytes: &[u8]) -> Result<Actor, DecodeError> {
    let mut actor = Actor { staff: String::new(), role: Role::System, on_behalf: false };
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        match field {
            1 => actor.staff = payload.text()?,
            2 => actor.role = Role::from_number(payload.u32()?),
            3 => actor.on_behalf = payload.flag()?,
            _ => {}
        }
    }
    Ok(actor)
}

fn write_step(w: &mut Writer, s: &Step) {
    w.uint(1, s.seq);
    w.uint(2, s.action.into());
    w.uint(3, s.status.into());
    w.uint(4, s.role.number().into());
    w.bytes(5, s.staff.as_bytes());
    w.sint(6, s.at);
    w.uint(7, s.flags.0.into());
    w.uint(8, s.rev.into());
    w.uint(9, s.on_behalf.into());
}

fn read_step(bytes: &[u8]) -> Result<Step, DecodeError> {
    let (mut rev, mut seq, mut action, mut status, mut at) = (0, 0, 0, 0, 0);
    let (mut role, mut staff, mut flags) = (Role::System, String::new(), EntryFlags::default());
    let mut on_behalf = false;
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        match field {
            1 => seq = payload.u64()?,
            2 => action = payload.u32()?,
            3 => status = payload.u32()?,
            4 => role = Role::from_number(payload.u32()?),
            5 => staff = payload.text()?,
            6 => at = payload.i64()?,
            7 => flags = EntryFlags(payload.u32()?),
            8 => rev = payload.u32()?,
            9 => on_behalf = payload.flag()?,
            _ => {}
        }
    }
    Ok(Step { rev, seq, action, status, role, staff, on_behalf, at, flags })
}

fn write_fields(w: &mut Writer, number: u32, fields: &Fields) {
    for (tag, value) in fields {
        w.message(number, |w| {
            w.uint(1, (*tag).into());
            w.message(2, |w| write_value(w, value));
        });
    }
}

/// One `Field` message into `fields`; of two with the same tag the later one stands.
fn read_field(bytes: &[u8], depth: usize, fields: &mut Fields) -> Result<(), DecodeError> {
    let (mut tag, mut value) = (0, None);
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        match field {
            1 => tag = payload.u32()?,
            2 => value = Some(read_value(payload.bytes()?, depth)?),
            _ => {}
        }
    }
    fields.insert(tag, value.unwrap_or(Value::Unknown(Vec::new())));
    at_most("fields", limits::ENTRY_FIELDS_MAX, fields.len())
}

fn read_fields(bytes: &[u8], depth: usize) -> Result<Fields, DecodeError> {
    let mut fields = Fields::new();
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        if field == 1 {
            read_field(payload.bytes()?, depth, &mut fields)?;
        }
    }
    Ok(fields)
}

fn write_value(w: &mut Writer, value: &Value) {
    match value {
        Value::Text(text) => w.bytes_always(1, text.as_bytes()),
        Value::Number(number) => w.sint_always(2, *number),
        Value::Flag(flag) => w.uint_always(3, (*flag).into()),
        Value::Date(day) => w.sint_always(4, day.0.into()),
        Value::Time(ms) => w.sint_always(5, *ms),
        Value::Choice(id) => w.uint_always(6, (*id).into()),
        Value::Decimal(d) => w.message(7, |w| {
            w.sint(1, d.units);
            w.uint(2, d.scale.into());
        }),
        Value::Link(id) => w.bytes_always(8, id.as_bytes()),
        Value::Blob(bytes) => w.bytes_always(9, bytes),
        Value::List(values) => {
            w.message(10, |w| values.iter().for_each(|value| w.message(1, |w| write_value(w, value))));
        }
        Value::Group(fields) => w.message(11, |w| write_fields(w, 1, fields)),
        Value::Unknown(bytes) => w.0.extend_from_slice(bytes),
    }
}

fn read_value(bytes: &[u8], depth: usize) -> Result<Value, DecodeError> {
    at_most("depth of a value", limits::VALUE_DEPTH_MAX, depth)?;
    let mut value = None;
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        value = Some(match field {
            1 => Value::Text(payload.text()?),
            2 => Value::Number(payload.i64()?),
            3 => Value::Flag(payload.flag()?),
            4 => Value::Date(Day(payload.i32()?)),
            5 => Value::Time(payload.i64()?),
            6 => Value::Choice(payload.u32()?),
            7 => Value::Decimal(read_decimal(payload.bytes()?)?),
            8 => Value::Link(id_in(payload.bytes()?)?),
            9 => Value::Blob(payload.bytes()?.to_vec()),
            10 => Value::List(read_list(payload.bytes()?, depth)?),
            11 => Value::Group(read_fields(payload.bytes()?, depth + 1)?),
            // A case of a newer version is kept as the bytes that it is.
            _ => return Ok(Value::Unknown(bytes.to_vec())),
        });
    }
    Ok(value.unwrap_or(Value::Unknown(Vec::new())))
}

fn read_list(bytes: &[u8], depth: usize) -> Result<Vec<Value>, DecodeError> {
    let mut values = Vec::new();
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        if field == 1 {
            values.push(read_value(payload.bytes()?, depth + 1)?);
            at_most("values in a list", limits::LIST_VALUES_MAX, values.len())?;
        }
    }
    Ok(values)
}

fn read_decimal(bytes: &[u8]) -> Result<Decimal, DecodeError> {
    let (mut units, mut scale) = (0, 0);
    let mut reader = Reader(bytes);
    while let Some((field, payload)) = reader.next()? {
        match field {
            1 => units = payload.i64()?,
            2 => scale = payload.u32()?,
            _ => {}
        }
    }
    let scale = u8::try_from(scale)
        .ok()
        .filter(|scale| *scale <= 6)
        .ok_or_else(|| bound("decimals", "at most 6", scale))?;
    Ok(Decimal { units, scale })
}
