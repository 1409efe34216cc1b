//! Conditions of the catalogue, judged over one record.

use std::collections::BTreeMap;

use crate::catalogue::model::Condition;
use crate::record::{DeadlineState, EntryFlags, Fields, Record, Step, Value};

/// What a condition sees of a record. `local` holds the values that stay in the office, where they are known.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub status: u32,
    pub fields: &'a Fields,
    pub local: Option<&'a Fields>,
    pub deadlines: &'a BTreeMap<u32, DeadlineState>,
    pub steps: &'a [Step],
    pub flags: EntryFlags,
}

impl<'a> Subject<'a> {
    pub fn of(record: &'a Record, local: Option<&'a Fields>) -> Self {
        Self {
            status: record.status,
            fields: &record.fields,
            local,
            deadlines: &record.deadlines,
            steps: &record.steps,
            flags: record.flags,
        }
    }

    pub fn value(&self, tag: u32) -> Option<&'a Value> {
        self.fields.get(&tag).or_else(|| self.local.and_then(|local| local.get(&tag)))
    }

    pub fn filled(&self, tag: u32) -> bool {
        self.value(tag).is_some_and(filled)
    }

    /// Whether the condition holds. Total: what is not there makes a comparison false.
    pub fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::StatusIn(statuses) => statuses.contains(&self.status),
            Condition::Reached(statuses) => {
                statuses.contains(&self.status)
                    || self.steps.iter().any(|step| statuses.contains(&step.status))
            }
            Condition::Filled(tag) => self.filled(*tag),
            Condition::In { field, values } => match self.value(*field) {
                Some(Value::List(list)) => list.iter().any(|value| values.contains(value)),
                Some(value) => values.contains(value),
                None => false,
            },
            Condition::AtLeast { field, number } => match self.value(*field) {
                Some(Value::Number(found)) => found >= number,
                Some(Value::Decimal(found)) => found.thousandths() >= number.saturating_mul(1000),
                Some(Value::List(list)) => list.len() as i64 >= *number,
                _ => false,
            },
            Condition::HasDeadline(deadline) => self.deadlines.contains_key(deadline),
            Condition::MetInTime(deadline) => self
                .deadlines
                .get(deadline)
                .is_some_and(|d| d.done.is_some_and(|done| done <= d.effective_due)),
            Condition::DeadlineOpen(deadline) => {
                self.deadlines.get(deadline).is_some_and(DeadlineState::open)
            }
            Condition::Flag(flag) => self.flags.has(*flag),
        }
    }
}

/// Whether a value says anything: an empty text or list is not filled.
pub fn filled(value: &Value) -> bool {
    match value {
        Value::Text(text) => !text.trim().is_empty(),
        Value::List(values) => !values.is_empty(),
        Value::Group(fields) => fields.values().any(filled),
        Value::Blob(bytes) => !bytes.is_empty(),
        _ => true,
    }
}
