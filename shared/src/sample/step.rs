//! One step of the story: who does what to which record, on which day.

use std::collections::BTreeMap;

use crate::command::{Act, Command};
use crate::ids::{RecordId, Site};
use crate::record::{Actor, Day, Fields, Value};

/// A record that the story speaks of before an office has given it an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub(super) u64);

/// Ids that the offices gave to the story's records.
#[derive(Debug, Clone, Default)]
pub struct Known(BTreeMap<Handle, RecordId>);

impl Known {
    /// To be called with [`Step::handle`] and the record of its decision.
    pub fn learn(&mut self, handle: Handle, record: RecordId) {
        self.0.insert(handle, record);
    }

    pub fn record(&self, handle: Handle) -> Option<RecordId> {
        self.0.get(&handle).copied()
    }
}

/// A value, or a record that has no id yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
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
}

impl Step {
    /// The command, once the records that it speaks of are known; `None` if one of them never came about.
    pub fn command(&self, known: &Known) -> Option<Command> {
        let record = if self.creates { None } else { Some(known.record(self.handle)?) };
        let mut set = Fields::new();
        for (tag, meant) in &self.set {
            let value = match meant {
                Meant::Value(value) => value.clone(),
                Meant::Record(handle) => Value::Link(known.record(*handle)?),
                Meant::Records(handles) => Value::List(
                    handles.iter().map(|h| known.record(*h).map(Value::Link)).collect::<Option<_>>()?,
                ),
            };
            set.insert(*tag, value);
        }
        Some(Command { reason: self.reason.clone(), ..Command::new(self.kind, record, self.act, set) })
    }

    /// Ten bytes for the id of the record that this step makes: the same story gives the same ids to who wants that.
    pub fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.handle.0.to_be_bytes());
        bytes
    }
}
