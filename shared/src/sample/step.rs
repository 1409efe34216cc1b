//! One step of the story: who does what to which record, on which day.

use std::collections::BTreeMap;

use super::roam::made_besides;
use crate::command::{Act, Command, Decision};
use crate::ids::{RecordId, Site};
use crate::record::{Actor, Day, Fields, Value};

/// A record that the story speaks of before an office has given it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub(super) u64);

impl Handle {
    /// The id that its record gets where the story itself gives the ids.
    pub(super) fn mint(self, at_ms: i64) -> RecordId {
        RecordId::mint(at_ms, &self.random())
    }

    fn random(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }

    /// Stands for the record in a value until its id is known: no id of a record begins with eight zeros.
    pub(super) fn standing_in(self) -> RecordId {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&self.0.to_be_bytes());
        RecordId::from_bytes(bytes)
    }

    fn of(id: RecordId) -> Option<Self> {
        let (zeros, handle) = id.as_bytes().split_first_chunk::<8>()?;
        let handle = u64::from_be_bytes(*handle.first_chunk()?);
        (*zeros == [0; 8]).then_some(Self(handle))
    }
}

/// Ids that the offices gave to the story's records.
#[derive(Debug, Clone, Default)]
pub struct Known(BTreeMap<Handle, RecordId>);

impl Known {
    /// To be called with each step that was taken and what came of it.
    pub fn learn(&mut self, step: &Step, decision: &Decision) {
        self.0.insert(step.handle, decision.record);
        self.0.extend(step.made.iter().copied().zip(made_besides(decision)));
    }

    /// To be called with a step that was not taken, because the office has the record that it would make already: what
    /// answers the county comes into being by itself where the program reacts.
    pub fn found(&mut self, step: &Step, record: RecordId) {
        self.0.insert(step.handle, record);
    }

    pub fn record(&self, handle: Handle) -> Option<RecordId> {
        self.0.get(&handle).copied()
    }

    /// The value with ids for handles.
    fn named(&self, value: &Value) -> Option<Value> {
        Some(match value {
            Value::Link(id) => match Handle::of(*id) {
                Some(handle) => Value::Link(self.record(handle)?),
                None => Value::Link(*id),
            },
            Value::List(list) => {
                Value::List(list.iter().map(|value| self.named(value)).collect::<Option<_>>()?)
            }
            Value::Group(row) => {
                let cells = row.iter().map(|(tag, value)| Some((*tag, self.named(value)?)));
                Value::Group(cells.collect::<Option<_>>()?)
            }
            other => other.clone(),
        })
    }
}

/// A value, or a record that has no id yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// Links in it may stand for records of the story.
    Value(Value),
    Record(Handle),
    Records(Vec<Handle>),
}

/// One thing that somebody does. Steps of one record come in their order; a step that answers another site's record
/// comes at least a day after it, so that one exchange a night is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub day: Day,
    /// The moment, in office hours of that day.
    pub at_ms: i64,
    pub site: Site,
    /// Exchanges between township and county that must lie before it: 0 for work of one's own, 1 for an answer, 2 for
    /// the answer to an answer.
    pub round: u8,
    /// The record that it makes or changes.
    pub handle: Handle,
    pub creates: bool,
    pub kind: u32,
    pub act: Act,
    pub reason: String,
    pub actor: Actor,
    pub(super) set: Vec<(u32, Meant)>,
    pub(super) clear: Vec<u32>,
    /// Records that the program makes with it.
    pub(super) made: Vec<Handle>,
}

impl Step {
    /// The command, once the records that it speaks of are known; `None` if one of them never came about.
    pub fn command(&self, known: &Known) -> Option<Command> {
        let record = if self.creates { None } else { Some(known.record(self.handle)?) };
        let mut set = Fields::new();
        for (tag, meant) in &self.set {
            let value = match meant {
                Meant::Value(value) => known.named(value)?,
                Meant::Record(handle) => Value::Link(known.record(*handle)?),
                Meant::Records(handles) => Value::List(
                    handles.iter().map(|h| known.record(*h).map(Value::Link)).collect::<Option<_>>()?,
                ),
            };
            set.insert(*tag, value);
        }
        let (clear, reason) = (self.clear.clone(), self.reason.clone());
        Some(Command { clear, reason, ..Command::new(self.kind, record, self.act, set) })
    }

    /// Ten bytes for the id of the record that this step makes: the same story gives the same ids to who wants that.
    pub fn random(&self) -> [u8; 10] {
        self.handle.random()
    }

    /// The id of the record that it makes, of its moment and these bytes.
    pub fn fresh(&self) -> RecordId {
        self.handle.mint(self.at_ms)
    }
}
