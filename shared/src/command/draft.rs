//! A record while a command works on it.

use std::collections::BTreeMap;

use super::context::{Context, Surroundings};
use crate::catalogue::model::{Amount, Condition, Kind, Privacy};
use crate::ids::RecordId;
use crate::record::{DeadlineState, EntryFlags, Fields, Record, Value};
use crate::view::condition::Subject;

/// The record after the command, and what stood before. Values that go to the county and values that stay are one map
/// here; they part again when the entries are written.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    /// The record that it becomes.
    pub this: RecordId,
    pub kind: &'a Kind,
    pub before: Option<&'a Record>,
    pub status: u32,
    pub fields: Fields,
    pub deadlines: BTreeMap<u32, DeadlineState>,
    pub flags: EntryFlags,
    pub publish: bool,
    /// Places of the effects that bring about something in other records, as their conditions stood when it was their turn.
    pub beyond: Vec<usize>,
    was: Fields,
}

impl<'a> Draft<'a> {
    pub(super) fn new(this: RecordId, kind: &'a Kind, before: Option<&'a Record>, local: Fields) -> Self {
        let mut fields = before.map(|record| record.fields.clone()).unwrap_or_default();
        fields.extend(local);
        Self {
            this,
            kind,
            before,
            status: before.map_or(0, |record| record.status),
            was: fields.clone(),
            fields,
            deadlines: before.map(|record| record.deadlines.clone()).unwrap_or_default(),
            flags: EntryFlags::default(),
            publish: false,
            beyond: Vec::new(),
        }
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        Subject {
            status: self.status,
            fields: &self.fields,
            local: None,
            deadlines: &self.deadlines,
            steps: self.before.map(|record| record.steps.as_slice()).unwrap_or_default(),
            flags: self.before.map_or(self.flags, |record| record.flags.with(self.flags)),
            around: None,
        }
    }

    /// Whether a condition holds that may look at other records.
    pub(super) fn holds(&self, ctx: &Context<'_>, condition: &Condition) -> bool {
        let around = Surroundings { ctx, this: self.this };
        Subject { around: Some(&around), ..self.subject() }.holds(condition)
    }

    /// A number that may look at other records, in thousandths.
    pub(super) fn amount(&self, ctx: &Context<'_>, amount: &Amount) -> i64 {
        let around = Surroundings { ctx, this: self.this };
        Subject { around: Some(&around), ..self.subject() }.amount(amount)
    }

    /// As [`Draft::subject`], with the fields as they were before.
    pub(super) fn subject_before(&self) -> Subject<'_> {
        Subject { fields: &self.was, ..self.subject() }
    }

    /// Value of a field before the command.
    pub(super) fn was(&self, tag: u32) -> Option<&Value> {
        self.was.get(&tag)
    }

    /// All values before the command.
    pub(super) fn all_before(&self) -> &Fields {
        &self.was
    }

    pub(super) fn changed(&self, tag: u32) -> bool {
        self.was.get(&tag) != self.fields.get(&tag)
    }

    /// (set, cleared) among the fields of one privacy. Fields that the kind does not know travel as they always did.
    pub(super) fn difference(&self, privacy: Privacy) -> (Fields, Vec<u32>) {
        let here =
            |tag: &u32| self.kind.fields.get(tag).map_or(Privacy::Sync, |field| field.privacy) == privacy;
        let set = self.fields.iter().filter(|(tag, value)| here(tag) && self.was.get(tag) != Some(value));
        let cleared = self.was.keys().filter(|tag| here(tag) && !self.fields.contains_key(tag));
        (set.map(|(tag, value)| (*tag, value.clone())).collect(), cleared.copied().collect())
    }

    /// Every value of one privacy.
    pub(super) fn whole(&self, privacy: Privacy) -> Fields {
        let here =
            |tag: &u32| self.kind.fields.get(tag).map_or(Privacy::Sync, |field| field.privacy) == privacy;
        self.fields.iter().filter(|(tag, _)| here(tag)).map(|(tag, value)| (*tag, value.clone())).collect()
    }

    /// Deadlines that differ from before.
    pub(super) fn moved_deadlines(&self) -> Vec<DeadlineState> {
        let before = |kind: &u32| self.before.and_then(|record| record.deadlines.get(kind));
        self.deadlines
            .iter()
            .filter(|(kind, now)| before(kind) != Some(now))
            .map(|(_, now)| now.clone())
            .collect()
    }
}
