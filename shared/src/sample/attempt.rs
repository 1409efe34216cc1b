//! Taking an action as people do: fill in the form, hear what is wrong with it, mend that, try again.

use std::collections::BTreeMap;

use super::bench::Moment;
use super::guess::Writer;
use super::trial::Trial;
use super::ways::{Way, Ways, joins, says};
use super::words;
use crate::catalogue::model::{Action, Amount, Condition, Effect, Field, Guard, Kind, Reason, Shape};
use crate::command::{Code, Decision, Problem, Refusal};
use crate::record::{Day, Value};

/// Times that a form is handed in again.
const ROUNDS_MAX: usize = 9;
/// From here on only what must be there is filled in.
const PLAIN_FROM: usize = 4;

/// What came of it.
pub(super) enum Outcome {
    Done(Decision),
    /// Not before this day.
    Wait(Day),
    No,
}

enum Mended {
    Changed,
    Wait(Day),
    Hopeless,
}

impl Writer<'_> {
    pub(super) fn attempt(&mut self, trial: &mut Trial<'_>, ways: &Ways, moment: Moment) -> Outcome {
        if !self.offered(trial) {
            return Outcome::No;
        }
        self.begin(trial, ways);
        self.again(trial, moment)
    }

    /// Hands in what is filled in, and mends it until the gate takes it.
    pub(super) fn again(&mut self, trial: &mut Trial<'_>, moment: Moment) -> Outcome {
        for round in 0..ROUNDS_MAX {
            if round == PLAIN_FROM {
                self.only_what_is_needed(trial);
            }
            let refusal = match self.bench.decide(&trial.command(), &trial.actor, moment) {
                Ok(decision) => return Outcome::Done(decision),
                Err(refusal) => refusal,
            };
            match self.mend(trial, &refusal) {
                Mended::Changed => {}
                Mended::Wait(day) if day > trial.day => return Outcome::Wait(day),
                Mended::Wait(_) | Mended::Hopeless if round < PLAIN_FROM => {
                    // Something that nobody asked for may be in the way.
                    if !self.only_what_is_needed(trial) {
                        return Outcome::No;
                    }
                }
                Mended::Wait(_) | Mended::Hopeless => return Outcome::No,
            }
        }
        Outcome::No
    }

    /// Whether the action can be offered at all: what its conditions look at holds, or is still to be said with it.
    fn offered(&self, trial: &Trial<'_>) -> bool {
        let computed = |tag: &u32| trial.kind.fields.get(tag).is_some_and(|field| field.compute.is_some());
        let unsaid = |tag: &u32| {
            let stands = trial.before.is_some() && trial.stood.contains_key(tag);
            (trial.field(*tag).is_some() && !stands) || computed(tag)
        };
        trial.action.guards.iter().all(|guard| match guard {
            Guard::When(condition) => {
                trial.holds(self.bench, condition) || condition.fields().iter().any(unsaid)
            }
            _ => true,
        })
    }

    /// The form as it is filled in first: all that must be there, and much of what may be.
    fn begin(&mut self, trial: &mut Trial<'_>, ways: &Ways) {
        let kind = trial.kind;
        let (creates, edits) = (trial.before.is_none(), trial.action.id == "edit");
        for field in kind.fields.values() {
            if edits || !trial.open(field) {
                continue;
            }
            let stands = trial.value(field.tag).is_some();
            let default = creates && field.default.is_some();
            let give = if trial.needs(field) {
                (!stands && !default) || (default && self.random.chance(35))
            } else if creates {
                let chance = if default { 30 } else { chance(field, trial) };
                ways.early(field) && self.random.chance(chance)
            } else {
                !stands && ways.spare(field) && self.random.chance(chance(field, trial))
            };
            if give {
                self.put(trial, field);
            }
        }
        if edits {
            let spare: Vec<&Field> = kind
                .fields
                .values()
                .filter(|field| ways.early(field) && trial.value(field.tag).is_none())
                .filter(|field| !matches!(field.shape, Shape::Date | Shape::Link(_) | Shape::Links(_)))
                .collect();
            if !spare.is_empty() {
                let field = *self.random.pick(&spare);
                self.put(trial, field);
            }
        }
        self.bring_on(trial, ways);
        for effect in &trial.action.effects {
            if let Effect::Extend { deadline, to } = effect {
                self.extend(trial, *deadline, *to);
            }
        }
        let reason = match trial.action.reason {
            Reason::None => false,
            Reason::Optional => self.random.chance(30),
            Reason::Required => true,
        };
        if reason {
            trial.reason = (*self.random.pick(&words::REASONS)).to_owned();
        }
    }

    /// What an event is for: rows that stand get further, or something that it takes is given.
    fn bring_on(&mut self, trial: &mut Trial<'_>, ways: &Ways) {
        let action = trial.action;
        if trial.before.is_none() || ways.of(action.tag) != Way::Event {
            return;
        }
        for tag in action.accepts.iter().chain(&action.requires) {
            let Some(field) = trial.field(*tag) else { continue };
            match (&field.shape, trial.stood.get(tag)) {
                (Shape::Rows(columns), Some(Value::List(rows))) => {
                    let mut rows = rows.clone();
                    if self.get_further(columns, &mut rows, trial.day)
                        || self.add_row(trial, field, &mut rows)
                    {
                        trial.give(*tag, Value::List(rows));
                    }
                }
                // The next time is on another day.
                (Shape::Date, Some(_)) if action.requires.contains(tag) => {
                    self.put(trial, field);
                }
                _ => {}
            }
        }
        let taken = action.accepts.iter().any(|tag| trial.set().contains_key(tag));
        if action.effects.is_empty() && action.requires.is_empty() && !taken {
            let spare: Vec<&Field> =
                action.accepts.iter().filter_map(|tag| trial.field(*tag)).filter(|f| ways.spare(f)).collect();
            if !spare.is_empty() {
                let field = *self.random.pick(&spare);
                self.put(trial, field);
            }
        }
    }

    /// Days of what is done by now.
    fn get_further(&mut self, columns: &BTreeMap<u32, Field>, rows: &mut [Value], day: Day) -> bool {
        let mut moved = false;
        for row in rows {
            let Value::Group(row) = row else { continue };
            for column in columns.values().filter(|column| matches!(column.shape, Shape::Date)) {
                let open = !row.contains_key(&column.tag) && !words::ahead(&column.label.zh);
                if open && self.random.chance(60) {
                    row.insert(column.tag, Value::Date(day));
                    moved = true;
                }
            }
        }
        moved
    }

    fn add_row(&mut self, trial: &Trial<'_>, field: &Field, rows: &mut Vec<Value>) -> bool {
        let more =
            if rows.len() < ROWS_MAX && self.random.chance(70) { self.value(trial, field) } else { None };
        let Some(Value::List(more)) = more else { return false };
        // A row for somebody who has one says nothing new.
        let fresh = more
            .into_iter()
            .find(|row| named(row).is_none_or(|who| !rows.iter().any(|r| named(r) == Some(who))));
        rows.extend(fresh);
        true
    }

    fn put(&mut self, trial: &mut Trial<'_>, field: &Field) -> bool {
        match self.value(trial, field) {
            Some(value) if says(&value) => {
                trial.give(field.tag, value);
                true
            }
            _ => false,
        }
    }

    /// A later day for a deadline that runs, as late as it may be at most.
    fn extend(&mut self, trial: &mut Trial<'_>, deadline: u32, to: u32) {
        let state = trial.before.as_ref().and_then(|record| record.deadlines.get(&deadline));
        let Some(state) = state.filter(|state| state.open()) else { return };
        let (due, latest) = (state.effective_due, self.bench.latest(state));
        let days = latest.map_or(20, |latest| (latest.0 - due.0).clamp(1, 60));
        let after = self.random.between(1, days);
        trial.give(to, Value::Date(due.plus(after)));
    }

    /// Takes back what nobody asked for. False if there was nothing.
    fn only_what_is_needed(&mut self, trial: &mut Trial<'_>) -> bool {
        let extends = |tag: &u32| {
            trial.action.effects.iter().any(|e| matches!(e, Effect::Extend { to, .. } if to == tag))
        };
        let needed = |tag: &u32| trial.kind.fields.get(tag).is_some_and(|field| trial.needs(field));
        let given = trial.set().keys().filter(|tag| !needed(tag) && !extends(tag));
        let spare: Vec<u32> = given.chain(trial.clear()).copied().collect();
        for tag in &spare {
            trial.leave(*tag);
        }
        !spare.is_empty()
    }

    /// Puts right, by an edit, what another step cannot be taken with.
    pub(super) fn put_right(&mut self, edit: &mut Trial<'_>, step: &Action, moment: Moment) -> Outcome {
        let mut aimed = false;
        for guard in &step.guards {
            if let Guard::Must { condition, .. } = guard
                && !edit.holds(self.bench, condition)
            {
                aimed |= self.aim(edit, condition, true, 0);
            }
        }
        if !aimed || (edit.set().is_empty() && edit.clear().is_empty()) {
            return Outcome::No;
        }
        self.again(edit, moment)
    }

    fn mend(&mut self, trial: &mut Trial<'_>, refusal: &Refusal) -> Mended {
        let mut all = Mended::Hopeless;
        for problem in &refusal.problems {
            match self.mend_one(trial, problem) {
                Mended::Changed => all = Mended::Changed,
                Mended::Wait(day) => return Mended::Wait(day),
                Mended::Hopeless => {}
            }
        }
        all
    }

    fn mend_one(&mut self, trial: &mut Trial<'_>, problem: &Problem) -> Mended {
        let changed = |yes: bool| if yes { Mended::Changed } else { Mended::Hopeless };
        let field = problem.field.and_then(|tag| trial.kind.fields.get(&tag));
        match (problem.code, field) {
            (Code::Required, Some(field)) if trial.open(field) => {
                if let Shape::Flag = field.shape {
                    trial.give(field.tag, Value::Flag(true));
                    return Mended::Changed;
                }
                changed(self.put(trial, field))
            }
            (Code::NotAccepted | Code::Derived, Some(field)) => changed(trial.leave(field.tag)),
            (Code::Value, Some(field)) => {
                let there = trial.leave(field.tag);
                changed(there && (!trial.needs(field) || self.put(trial, field)))
            }
            (Code::Link | Code::Address, Some(field)) if trial.open(field) => {
                let needed = trial.needs(field) || problem.code == Code::Address || self.random.chance(70);
                if needed {
                    return changed(self.put(trial, field));
                }
                changed(trial.leave(field.tag))
            }
            (Code::Date, Some(field)) => self.date_mended(trial, field),
            (Code::Local, _) => {
                // Whether a record may leave the office is settled when it is made.
                let stood = |tag: &u32| trial.stood.contains_key(tag);
                let again: Vec<u32> = trial.set().keys().copied().filter(stood).collect();
                for tag in &again {
                    trial.leave(*tag);
                }
                changed(trial.before.is_some() && !again.is_empty())
            }
            (Code::Reason, _) => {
                trial.reason = (*self.random.pick(&words::REASONS)).to_owned();
                Mended::Changed
            }
            (Code::Guard | Code::Link, _) => self.guards_mended(trial),
            _ => Mended::Hopeless,
        }
    }

    fn date_mended(&mut self, trial: &mut Trial<'_>, field: &Field) -> Mended {
        // What is planned is waited for.
        if let (Some(Value::Date(day)), false) =
            (trial.stood.get(&field.tag), trial.set().contains_key(&field.tag))
            && *day > trial.day
        {
            return Mended::Wait(*day);
        }
        let (first, last) = trial.span(field.tag);
        if let (Some(first), Some(last)) = (first, last)
            && first > last
            && last == trial.day
        {
            return Mended::Wait(first);
        }
        if self.settle(trial, field.tag) {
            return Mended::Changed;
        }
        // A day that stands already and is still to come.
        match trial.date(field.tag) {
            Some(day) if day > trial.day => Mended::Wait(day),
            _ => {
                // The other end of an order may be what can be moved.
                let others = trial.kind.fields.values().filter(|other| other.tag != field.tag);
                let others: Vec<u32> = others
                    .filter(|other| {
                        trial.set().contains_key(&other.tag) && matches!(other.shape, Shape::Date)
                    })
                    .map(|other| other.tag)
                    .collect();
                let mut moved = false;
                for tag in others {
                    moved |= self.settle(trial, tag);
                }
                if moved { Mended::Changed } else { Mended::Hopeless }
            }
        }
    }

    fn guards_mended(&mut self, trial: &mut Trial<'_>) -> Mended {
        let action = trial.action;
        let mut all = Mended::Hopeless;
        for guard in &action.guards {
            match guard {
                Guard::When(condition) | Guard::Must { condition, .. } => {
                    if trial.holds(self.bench, condition) {
                        continue;
                    }
                    if self.aim(trial, condition, true, 0) {
                        all = Mended::Changed;
                    } else if let Some(day) = overdue(trial, condition) {
                        return Mended::Wait(day);
                    }
                }
                Guard::AtLeast { field, count } => {
                    let least =
                        Condition::Within { amount: Amount::Field(*field), least: Some(*count), most: None };
                    if !trial.holds(self.bench, &least) && self.aim(trial, &least, true, 0) {
                        all = Mended::Changed;
                    }
                }
                Guard::Pause { action, days } => {
                    let steps =
                        trial.before.as_ref().map(|record| record.steps.as_slice()).unwrap_or_default();
                    let last = steps.iter().rev().find(|step| step.action == *action);
                    let again = last.map(|step| Day::beijing(step.at).plus(*days as i32));
                    if let Some(day) = again.filter(|day| *day > trial.day) {
                        return Mended::Wait(day);
                    }
                }
                Guard::NotSameStaffAs { action } => {
                    let steps =
                        trial.before.as_ref().map(|record| record.steps.as_slice()).unwrap_or_default();
                    let last = steps.iter().rev().find(|step| step.action == *action);
                    if last.is_some_and(|step| step.staff == trial.actor.staff) {
                        trial.actor.staff.push('2');
                        all = Mended::Changed;
                    }
                }
                _ => {}
            }
        }
        if matches!(all, Mended::Hopeless) && self.set_apart(trial) {
            all = Mended::Changed;
        }
        all
    }

    /// Says something else where only one record may say what this one says.
    fn set_apart(&mut self, trial: &mut Trial<'_>) -> bool {
        let action = trial.action;
        let mut moved = false;
        for guard in &action.guards {
            let Guard::Alone(alone) = guard else { continue };
            let open: Vec<u32> =
                alone.fields.iter().copied().filter(|tag| trial.field(*tag).is_some()).collect();
            if !open.is_empty() {
                let tag = *self.random.pick(&open);
                let before = trial.value(tag).cloned();
                moved |= self.fill(trial, tag, true) && trial.value(tag) != before.as_ref();
            }
        }
        moved
    }
}

/// Whom a child row names.
fn named(row: &Value) -> Option<&Value> {
    let Value::Group(row) = row else { return None };
    row.values().find(|value| matches!(value, Value::Link(_)))
}

/// In so many of a hundred cases a field is filled in that need not be.
fn chance(field: &Field, trial: &Trial<'_>) -> u32 {
    match &field.shape {
        // Links among records of one kind tell of mergers and follow-ups, which are rare.
        Shape::Link(kinds) | Shape::Links(kinds) if kinds.contains(&trial.kind.tag) => 4,
        Shape::Link(_) | Shape::Links(_) => 45,
        Shape::Rows(_) => 65,
        Shape::Date => 50,
        Shape::Flag => 40,
        _ => 65,
    }
}

/// The day after the last one of a deadline that the condition wants to be over.
fn overdue(trial: &Trial<'_>, condition: &Condition) -> Option<Day> {
    match condition {
        Condition::Overdue(deadline) => {
            let state = trial.before.as_ref()?.deadlines.get(deadline)?;
            state.open().then(|| state.effective_due.plus(1))
        }
        Condition::All(parts) | Condition::Any(parts) => parts.iter().find_map(|part| overdue(trial, part)),
        _ => None,
    }
}

/// Rows that events add to, at most.
const ROWS_MAX: usize = 40;
/// Times that one event comes to a record.
const EVENTS_MAX: u32 = 4;
/// Endings and middles of ids of actions by which something does not come about.
const AGAINST: [&str; 5] = ["_out", "not_", "_not", "fail", "lose"];

/// How much each of the actions appeals to those who work on a record in a status. What stands first in the file is the
/// usual way.
pub(super) fn appeals<'k>(
    kind: &Kind,
    ways: &Ways,
    actions: impl Iterator<Item = &'k Action>,
    taken: impl Fn(u32) -> u32,
) -> Vec<(u32, &'k Action)> {
    let mut usual = 1000;
    let appeal = |action: &'k Action| {
        let taken = taken(action.tag);
        let appeal = match ways.of(action.tag) {
            Way::Forward => {
                let full = usual;
                usual = (usual * 2 / 3).max(150);
                let against = AGAINST.iter().any(|word| action.id.contains(word)) || joins(kind, action);
                let ends = action.to.is_some_and(|to| ways.left(to).is_some());
                full / (1 + taken * 2) / (1 + 2 * u32::from(against)) / (1 + u32::from(!ends))
            }
            Way::Event if taken >= EVENTS_MAX => 0,
            Way::Event => 360 / (1 + taken * 3),
            Way::Edit => 60 / (1 + taken * 2),
            Way::Rare if action.effects.contains(&Effect::Void) => 3,
            Way::Rare => 14 / (1 + taken * 3),
            Way::Create | Way::Never => 0,
        };
        (appeal, action)
    };
    actions.map(appeal).filter(|(appeal, _)| *appeal > 0).collect()
}
