//! What an action does besides its status.

use super::compute::{self, Source};
use super::context::Context;
use super::draft::Draft;
use super::follow;
use super::refusal::{self, Code, Problem};
use crate::catalogue::model::{Action, Condition, Effect, Give, Numbering, SetTo, Shape};
use crate::record::{Day, DeadlineState, EntryFlags, Value};
use crate::view::phrase::{self, Phrase};

/// Applies the effects in the order of the catalogue. Problems are collected; the draft is then of no use.
pub(super) fn apply(ctx: &Context<'_>, draft: &mut Draft<'_>, action: &Action) -> Vec<Problem> {
    let one = |(nth, effect): (usize, &Effect)| {
        let when = match effect {
            Effect::Create(create) => &create.when,
            Effect::Drive(drive) => &drive.when,
            effect => return one(ctx, draft, effect).err(),
        };
        if when.as_ref().is_none_or(|when| draft.holds(ctx, when)) {
            draft.beyond.push(nth);
            if let Effect::Create(create) = effect {
                follow::link_ahead(ctx, draft, create);
            }
        }
        None
    };
    action.effects.iter().enumerate().filter_map(one).collect()
}

/// Applies the effects of a plain change. A deadline that runs already is left to [`recompute`].
pub(super) fn apply_edit(ctx: &Context<'_>, draft: &mut Draft<'_>, action: &Action) -> Vec<Problem> {
    let running = |draft: &Draft<'_>, effect: &Effect| match effect {
        Effect::Start { deadline, .. } => draft.deadlines.contains_key(deadline),
        _ => false,
    };
    let effects = action.effects.iter().filter(|effect| !running(draft, effect)).cloned().collect();
    apply(ctx, draft, &Action { effects, ..action.clone() })
}

fn one(ctx: &Context<'_>, draft: &mut Draft<'_>, effect: &Effect) -> Result<(), Problem> {
    match effect {
        Effect::Start { deadline, from, due, when, complex } => {
            if when.as_ref().is_some_and(|when| !draft.holds(ctx, when)) {
                return Ok(());
            }
            let complex = complex.as_ref().is_some_and(|complex| draft.holds(ctx, complex));
            let start = day_in(ctx, draft, *from);
            let state = match due {
                // Who gives no last day sets none.
                Some(due) => date(draft, *due).map(|due| ctx.deadlines.given(*deadline, start, due)),
                // A profile that has no such deadline asks for nothing.
                None => ctx.deadlines.start(*deadline, start, complex),
            };
            if let Some(state) = state {
                draft.deadlines.insert(*deadline, state);
            }
        }
        Effect::Meet { deadline, on } => {
            let day = day_in(ctx, draft, *on);
            if let Some(state) = draft.deadlines.get_mut(deadline).filter(|state| state.open()) {
                state.done = Some(day);
            }
        }
        Effect::Cancel { deadline } => {
            if let Some(state) = draft.deadlines.get_mut(deadline).filter(|state| state.open()) {
                state.cancelled = true;
            }
        }
        Effect::Extend { deadline, to } => return extend(ctx, draft, *deadline, *to),
        Effect::Set { field, value } => {
            let value = match value {
                SetTo::Today => Some(Value::Date(ctx.today)),
                SetTo::Value(value) => Some(value.clone()),
                SetTo::Amount(amount) => {
                    let shape = draft.kind.fields.get(field).map(|field| &field.shape);
                    shape.and_then(|shape| compute::number(shape, draft.amount(ctx, amount)))
                }
                SetTo::CopyOf(other) => draft.fields.get(other).cloned(),
            };
            match value {
                Some(value) => draft.fields.insert(*field, value),
                None => draft.fields.remove(field),
            };
        }
        Effect::Number => {
            if let Some(numbering) = &draft.kind.numbering
                && !draft.fields.contains_key(&numbering.field)
            {
                let value = number(ctx, draft, numbering);
                draft.fields.insert(numbering.field, value);
            }
        }
        Effect::Increment { field } => {
            let now = match draft.fields.get(field) {
                Some(Value::Number(n)) => *n,
                _ => 0,
            };
            draft.fields.insert(*field, Value::Number(now.saturating_add(1)));
        }
        Effect::Void => void(draft),
        Effect::Publish => draft.publish = true,
        Effect::Append { field, row, when } => {
            if when.as_ref().is_some_and(|when| !draft.holds(ctx, when)) {
                return Ok(());
            }
            append(ctx, draft, *field, row);
        }
        // What is brought about in other records is done once this one is decided.
        Effect::Create(_) | Effect::Drive(_) => {}
    }
    Ok(())
}

/// Marks the draft void; deadlines that still run stop.
pub(super) fn void(draft: &mut Draft<'_>) {
    draft.flags = draft.flags.with(EntryFlags::VOIDED);
    for state in draft.deadlines.values_mut().filter(|state| state.open()) {
        state.cancelled = true;
    }
}

fn append(ctx: &Context<'_>, draft: &mut Draft<'_>, field: u32, row: &[(u32, Give)]) {
    let Some(Shape::Rows(columns)) = draft.kind.fields.get(&field).map(|field| &field.shape) else { return };
    let source = Source { ctx, draft, row: None, item: None };
    let row = source.all(row, |tag| columns.get(&tag));
    let mut rows = match draft.fields.get(&field) {
        Some(Value::List(rows)) => rows.clone(),
        _ => Vec::new(),
    };
    rows.push(Value::Group(row));
    draft.fields.insert(field, Value::List(rows));
}

/// Deadlines that started or were met on a day which an edit puts right are counted again. An extended deadline stays:
/// the extension was decided for that day.
pub(super) fn recompute(ctx: &Context<'_>, draft: &mut Draft<'_>) {
    let kind = draft.kind;
    for effect in kind.actions.values().flat_map(|action| &action.effects) {
        match effect {
            Effect::Start { deadline, from, due: Some(due), .. } => {
                give_again(ctx, draft, *deadline, *from, *due);
            }
            Effect::Start { deadline, from: Some(from), complex, .. } => {
                restart(ctx, draft, *deadline, *from, complex.as_ref());
            }
            Effect::Meet { deadline, on: Some(on) } if draft.changed(*on) => {
                let Some(Value::Date(day)) = draft.fields.get(on).cloned() else { continue };
                let was = draft.was(*on).cloned();
                if let Some(state) = draft.deadlines.get_mut(deadline)
                    && state.done.is_some_and(|done| was == Some(Value::Date(done)))
                {
                    state.done = Some(day);
                }
            }
            _ => {}
        }
    }
}

/// Counts a deadline again if this edit moved the day that it started on, or what makes it run longer. Nothing else does:
/// a new calendar or law does not move a day that people were told.
fn restart(ctx: &Context<'_>, draft: &mut Draft<'_>, deadline: u32, from: u32, complex: Option<&Condition>) {
    let Some(state) = draft.deadlines.get(&deadline).filter(|state| state.extensions == 0) else { return };
    let Some(Value::Date(start)) = draft.fields.get(&from) else { return };
    // Only a deadline that started on this very field: another action may have restarted it on another.
    if draft.was(from) != Some(&Value::Date(state.start)) {
        return;
    }
    let longer = complex.is_some_and(|complex| draft.subject().holds(complex));
    let was_longer = complex.is_some_and(|complex| draft.subject_before().holds(complex));
    if !draft.changed(from) && longer == was_longer {
        return;
    }
    if let Some(fresh) = ctx.deadlines.start(deadline, *start, longer) {
        let (done, cancelled) = (state.done, state.cancelled);
        draft.deadlines.insert(deadline, DeadlineState { done, cancelled, ..fresh });
    }
}

/// Puts a given deadline right if this edit moved its first or its last day. One that was extended keeps the last day that
/// the extension gave; one whose last day is emptied stays as it was told.
fn give_again(ctx: &Context<'_>, draft: &mut Draft<'_>, deadline: u32, from: Option<u32>, due: u32) {
    let Some(state) = draft.deadlines.get(&deadline) else { return };
    if !state.given() || state.extensions > 0 {
        return;
    }
    let was = |field: u32| match draft.was(field) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    // Only a deadline that was given by these very fields.
    let other_start = from.and_then(was).is_some_and(|start| start != state.start);
    if was(due) != Some(state.raw_due) || other_start {
        return;
    }
    if !draft.changed(due) && from.is_none_or(|from| !draft.changed(from)) {
        return;
    }
    let start = from.and_then(|from| date(draft, from)).unwrap_or(state.start);
    if let Some(due) = date(draft, due) {
        let (done, cancelled) = (state.done, state.cancelled);
        let fresh = ctx.deadlines.given(deadline, start, due);
        draft.deadlines.insert(deadline, DeadlineState { done, cancelled, ..fresh });
    }
}

fn day_in(ctx: &Context<'_>, draft: &Draft<'_>, field: Option<u32>) -> Day {
    field.and_then(|tag| date(draft, tag)).unwrap_or(ctx.today)
}

fn date(draft: &Draft<'_>, field: u32) -> Option<Day> {
    match draft.fields.get(&field) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    }
}

/// Counts again what still runs and was counted by another calendar or law.
pub(super) fn refresh(ctx: &Context<'_>, draft: &mut Draft<'_>) {
    let effects = || draft.kind.actions.values().flat_map(|action| &action.effects);
    let complex = |number: u32| {
        effects().any(|effect| match effect {
            Effect::Start { deadline, complex: Some(complex), .. } => {
                *deadline == number && draft.holds(ctx, complex)
            }
            _ => false,
        })
    };
    let again = draft.deadlines.values();
    let fresh: Vec<DeadlineState> =
        again.filter_map(|state| ctx.deadlines.refreshed(state, complex(state.kind))).collect();
    draft.deadlines.extend(fresh.into_iter().map(|state| (state.kind, state)));
}

fn extend(ctx: &Context<'_>, draft: &mut Draft<'_>, deadline: u32, to: u32) -> Result<(), Problem> {
    let label = ctx.catalogue.deadlines.get(&deadline).map(|kind| &kind.label);
    let (zh, en) = label.map_or(("期限", "the deadline"), |l| (l.zh.as_str(), l.en.as_str()));
    let Some(state) = draft.deadlines.get(&deadline).filter(|state| state.open()).cloned() else {
        return Err(Problem::new(
            Code::Deadline,
            format!("{zh}没有在计算，不能延期"),
            format!("{en} is not running"),
        ));
    };
    let (Some(Value::Date(day)), Some(field)) = (draft.fields.get(&to).cloned(), draft.kind.fields.get(&to))
    else {
        return Err(Problem::new(
            Code::Required,
            "必须填写延期至哪一天",
            "the day to extend to must be filled",
        )
        .at(to));
    };
    if day <= state.effective_due {
        let (zh, en) = (
            format!("应晚于原期限{}", state.effective_due.chinese()),
            format!("must be after {}", state.effective_due),
        );
        return Err(refusal::at(Code::Extension, field, &zh, &en));
    }
    match ctx.deadlines.latest(&state) {
        None => {
            Err(Problem::new(Code::Extension, format!("{zh}不能延期"), format!("{en} may not be extended")))
        }
        Some(latest) if day > latest => {
            let (zh, en) = (format!("最迟到{}", latest.chinese()), format!("may be at most {latest}"));
            Err(refusal::at(Code::Extension, field, &zh, &en))
        }
        Some(_) => {
            let extended =
                DeadlineState { effective_due: day, extensions: state.extensions.saturating_add(1), ..state };
            draft.deadlines.insert(deadline, extended);
            Ok(())
        }
    }
}

/// The next number of its row, in the kind's form.
fn number(ctx: &Context<'_>, draft: &Draft<'_>, numbering: &Numbering) -> Value {
    let year = match numbering.year_of {
        Some(_) => day_in(ctx, draft, numbering.year_of).year(),
        None => 0,
    };
    let scope = phrase::scope(numbering, &draft.fields);
    let next = ctx.lookup.last_number(ctx.place.site, draft.kind.tag, year, scope).saturating_add(1);
    let plain = matches!(
        draft.kind.fields.get(&numbering.field).map(|field| &field.shape),
        Some(Shape::Number { .. })
    );
    if plain || numbering.format.is_empty() {
        return Value::Number(i64::from(next));
    }
    let (kind, fields, abbr) = (draft.kind, &draft.fields, ctx.place.abbr);
    let year = Some(day_in(ctx, draft, numbering.year_of).year());
    Value::Text(Phrase { kind, fields, abbr, year, number: Some(next) }.say(&numbering.format))
}
