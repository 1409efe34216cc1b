//! One action that somebody is about to take: what they have filled in so far.

use std::cell::RefCell;
use std::rc::Rc;

use super::bench::{Bench, Seen};
use crate::catalogue::model::{Action, Amount, Condition, Field, Guard, Kind};
use crate::command::{Act, Command, with_computed};
use crate::ids::RecordId;
use crate::record::{Actor, Day, EntryFlags, Fields, Record, Value};
use crate::view::condition::Subject;

pub(super) struct Trial<'a> {
    pub kind: &'a Kind,
    pub action: &'a Action,
    /// The record that is there, or will be.
    pub this: RecordId,
    pub before: Option<Record>,
    /// All values that stand.
    pub stood: Fields,
    set: Fields,
    clear: Vec<u32>,
    /// The values as they will be, once they have been worked out.
    after: RefCell<Option<Rc<Fields>>>,
    pub actor: Actor,
    pub reason: String,
    pub day: Day,
}

impl<'a> Trial<'a> {
    /// Before anything is filled in; `before` is the record, with all its values in `stood`.
    pub(super) fn new(
        (kind, action): (&'a Kind, &'a Action),
        this: RecordId,
        (before, stood): (Option<Record>, Fields),
        actor: Actor,
        day: Day,
    ) -> Self {
        let (set, clear, after, reason) = (Fields::new(), Vec::new(), RefCell::default(), String::new());
        Self { kind, action, this, before, stood, set, clear, after, actor, reason, day }
    }

    /// What is given in this step.
    pub(super) fn set(&self) -> &Fields {
        &self.set
    }

    /// What is emptied in it.
    pub(super) fn clear(&self) -> &[u32] {
        &self.clear
    }

    /// Whether the form of this step has the field.
    pub(super) fn open(&self, field: &Field) -> bool {
        let free = self.before.is_none() || self.action.id == "edit";
        let named = || self.action.requires.contains(&field.tag) || self.action.accepts.contains(&field.tag);
        !field.derived && (free || named())
    }

    /// Whether it is a field of the record, and no column of its child rows.
    pub(super) fn own(&self, field: &Field) -> bool {
        self.kind.fields.get(&field.tag).is_some_and(|own| std::ptr::eq(own, field))
    }

    /// The field, if it can be filled in this step.
    pub(super) fn field(&self, tag: u32) -> Option<&'a Field> {
        self.kind.fields.get(&tag).filter(|field| self.open(field))
    }

    pub(super) fn value(&self, tag: u32) -> Option<&Value> {
        match self.set.get(&tag) {
            Some(value) => Some(value),
            None if self.clear.contains(&tag) => None,
            None => self.stood.get(&tag),
        }
    }

    pub(super) fn date(&self, tag: u32) -> Option<Day> {
        match self.value(tag) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        }
    }

    pub(super) fn give(&mut self, tag: u32, value: Value) {
        self.after.take();
        self.clear.retain(|other| *other != tag);
        self.set.insert(tag, value);
    }

    /// Leaves the field empty, or empties it.
    pub(super) fn take(&mut self, tag: u32) {
        self.after.take();
        self.set.remove(&tag);
        if self.stood.contains_key(&tag) && !self.clear.contains(&tag) {
            self.clear.push(tag);
        }
    }

    /// Leaves the field as it stands. False if nothing was said about it.
    pub(super) fn leave(&mut self, tag: u32) -> bool {
        self.after.take();
        let cleared = self.clear.len();
        self.clear.retain(|other| *other != tag);
        self.set.remove(&tag).is_some() || self.clear.len() < cleared
    }

    /// Whether the step must fill the field, or the record must have it afterwards.
    pub(super) fn needs(&self, field: &Field) -> bool {
        let status = self.action.to.or(self.before.as_ref().map(|record| record.status));
        self.action.requires.contains(&field.tag)
            || status.is_some_and(|status| field.required_in.contains(&status))
    }

    /// The values as they will be, before the effects of the action.
    fn fields(&self) -> Rc<Fields> {
        if let Some(after) = &*self.after.borrow() {
            return Rc::clone(after);
        }
        let mut fields = self.stood.clone();
        fields.retain(|tag, _| !self.clear.contains(tag));
        fields.extend(self.set.iter().map(|(tag, value)| (*tag, value.clone())));
        let after = Rc::new(with_computed(self.kind, self.before.as_ref(), &self.stood, fields));
        *self.after.borrow_mut() = Some(Rc::clone(&after));
        after
    }

    pub(super) fn holds(&self, bench: &Bench, condition: &Condition) -> bool {
        let (fields, seen) = (self.fields(), bench.around(self.this, self.day));
        self.subject(&fields, &seen).holds(condition)
    }

    /// In thousandths.
    pub(super) fn amount(&self, bench: &Bench, amount: &Amount) -> i64 {
        let (fields, seen) = (self.fields(), bench.around(self.this, self.day));
        self.subject(&fields, &seen).amount(amount)
    }

    fn subject<'s>(&'s self, fields: &'s Fields, seen: &'s Seen<'_>) -> Subject<'s> {
        match &self.before {
            Some(record) => Subject { fields, around: Some(seen), ..Subject::of(record, None) },
            None => Subject { flags: EntryFlags::default(), ..Subject::row(fields, Some(seen)) },
        }
    }

    /// The first and the last day that a date may have, as far as this step's guards say, and that of all others where
    /// they leave it open. A last day before the first means that one has to wait.
    pub(super) fn span(&self, tag: u32) -> (Option<Day>, Option<Day>) {
        let (mut first, mut last) = (None, None);
        let strict = self.action.guards.iter().map(|guard| (guard, true));
        let others = self.kind.actions.values().flat_map(|action| &action.guards).map(|guard| (guard, false));
        for (guard, own) in strict.chain(others) {
            match guard {
                // What this step does not ask may still be a plan.
                Guard::NotFuture(field) if *field == tag && (own || self.kind.plan_statuses.is_empty()) => {
                    last = earlier(last, Some(self.day));
                }
                Guard::Order { first: from, second: to } => {
                    bound(self, tag, *from, *to, own, &mut first, &mut last);
                }
                Guard::Must { condition, .. } if own => {
                    for (from, to) in orders(condition) {
                        bound(self, tag, from, to, true, &mut first, &mut last);
                    }
                }
                _ => {}
            }
        }
        if tag == self.kind.date {
            let plan = self.action.to.is_some_and(|to| self.kind.plan_statuses.contains(&to));
            if !plan {
                last = earlier(last, Some(self.day));
            }
        }
        (first, last)
    }

    pub(super) fn command(&self) -> Command {
        let act = if self.action.id == "edit" { Act::Edit } else { Act::Take(self.action.tag) };
        let record = self.before.as_ref().map(|record| record.id);
        Command {
            clear: self.clear.clone(),
            reason: self.reason.clone(),
            ..Command::new(self.kind.tag, record, act, self.set.clone())
        }
    }
}

fn bound(
    trial: &Trial<'_>,
    tag: u32,
    from: u32,
    to: u32,
    own: bool,
    first: &mut Option<Day>,
    last: &mut Option<Day>,
) {
    if to == tag {
        *first = later(*first, trial.date(from));
    } else if from == tag {
        let until = trial.date(to);
        // Another step's order does not make a date impossible here.
        if own || first.is_none_or(|first| until.is_none_or(|until| until >= first)) {
            *last = earlier(*last, until);
        }
    }
}

fn earlier(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    a.into_iter().chain(b).min()
}

fn later(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    a.into_iter().chain(b).max()
}

/// Dates that a condition wants in order.
fn orders(condition: &Condition) -> Vec<(u32, u32)> {
    match condition {
        Condition::InOrder { first, second } => vec![(*first, *second)],
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(orders).collect(),
        _ => Vec::new(),
    }
}
