//! What only one record may say: the others that say the same.

use super::context::{Context, Lookup, Surroundings};
use super::follow;
use super::refusal::{self, Code, Problem, Refusal};
use crate::catalogue::model::{Action, Alone, Guard, Kind, Shape};
use crate::ids::RecordId;
use crate::record::{Day, EntryFlags, Fields, Record, Step, Value};
use crate::view::condition::{Subject, filled};

/// Whether every record that a decision has touched stands alone in the end, by the guards of the actions that it has been
/// through. `ctx` sees what the decision comes to, `base` what stood before.
///
/// The whole is judged, not its steps: one record may take what another one gives up in the same decision.
///
/// # Errors
/// What stands already, in words of the catalogue; of another record than `main`, which one it is.
pub(super) fn settle(
    ctx: &Context<'_>,
    base: &dyn Lookup,
    main: RecordId,
    touched: impl Iterator<Item = RecordId>,
) -> Result<(), Refusal> {
    for id in touched {
        let Some(record) = ctx.lookup.record(id) else { continue };
        let Some(kind) = ctx.catalogue.kinds.get(&record.kind) else { continue };
        if !kind.actions.values().flat_map(|action| &action.guards).any(|g| matches!(g, Guard::Alone(_))) {
            continue;
        }
        let before = base.record(id).map(|record| (whole(base, &record), record));
        let fields = whole(ctx.lookup, &record);
        let subject = Subject { fields: &fields, ..Subject::of(&record, None) };
        let actions = kind.actions.values().filter(|action| taken(&record, action));
        let case = Case { kind, this: id, before: before.as_ref().map(|(fields, record)| (record, fields)) };
        let problems = case.problems(ctx, subject, actions);
        Refusal::unless_empty(problems).map_err(|refusal| {
            if id == main { refusal } else { follow::within(kind, Some(&record), refusal) }
        })?;
    }
    Ok(())
}

/// Whether the record has been through an action. What an import took over went through no steps; everything about it is
/// asked. Plain changes are told without their action.
pub(super) fn taken(record: &Record, action: &Action) -> bool {
    let edit = action.id == "edit";
    let step = |step: &Step| step.action == action.tag || (edit && (step.action, step.status) == (0, 0));
    record.flags.has(EntryFlags::IMPORTED) || record.steps.iter().any(step)
}

fn whole(lookup: &dyn Lookup, record: &Record) -> Fields {
    let mut fields = lookup.local(record.id);
    fields.extend(record.fields.iter().map(|(tag, value)| (*tag, value.clone())));
    fields
}

/// A record that is to stand alone: as it was, with all its values.
pub(super) struct Case<'a> {
    pub(super) kind: &'a Kind,
    pub(super) this: RecordId,
    pub(super) before: Option<(&'a Record, &'a Fields)>,
}

impl Case<'_> {
    /// What stands already beside the record as `subject` says that it is. Only a change that touches the rule is judged:
    /// what two records have said side by side since before the rule came does not stop other work on them.
    pub(super) fn problems<'k>(
        &self,
        ctx: &Context<'_>,
        subject: Subject<'_>,
        actions: impl Iterator<Item = &'k Action>,
    ) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        if subject.flags.has(EntryFlags::VOIDED) {
            return problems;
        }
        let around = Surroundings { ctx, this: self.this };
        let subject = Subject { around: Some(&around), ..subject };
        for guard in actions.flat_map(|action| &action.guards) {
            let Guard::Alone(alone) = guard else { continue };
            let problem = Problem {
                field: alone.fields.first().copied(),
                ..refusal::labelled(Code::Alone, &alone.message)
            };
            if problems.contains(&problem) {
                continue;
            }
            let Some(ours) = Said::of(alone, subject.fields) else { continue };
            if subject.holds(&alone.condition)
                && !self.stood(ctx, alone, &ours)
                && self.twin(ctx, subject.fields, alone, &ours)
            {
                problems.push(problem);
            }
        }
        problems
    }

    /// Whether the record said the same before, on as many days, and the rule applied to it then.
    fn stood(&self, ctx: &Context<'_>, alone: &Alone, ours: &Said<'_>) -> bool {
        self.before.is_some_and(|(record, fields)| {
            Said::of(alone, fields).is_some_and(|said| said.covers(ours)) && holds(ctx, record, fields, alone)
        })
    }

    fn twin(&self, ctx: &Context<'_>, fields: &Fields, alone: &Alone, ours: &Said<'_>) -> bool {
        let site = ctx.place.site;
        self.candidates(ctx, fields, alone).into_iter().filter(|id| *id != self.this).any(|id| {
            let Some(record) = ctx.lookup.record(id) else { return false };
            if record.flags.has(EntryFlags::VOIDED) || record.stream.writer() != site {
                return false;
            }
            let fields = whole(ctx.lookup, &record);
            Said::of(alone, &fields).is_some_and(|said| said.meets(ours))
                && holds(ctx, &record, &fields, alone)
        })
    }

    /// Records that may say the same: those that link to the same one, where the rule looks at a link that leaves the
    /// office; else all.
    fn candidates(&self, ctx: &Context<'_>, fields: &Fields, alone: &Alone) -> Vec<RecordId> {
        let kind = self.kind;
        let indexed = |tag: &u32| match (&kind.fields.get(tag)?.shape, fields.get(tag)) {
            (Shape::Link(_), Some(Value::Link(target))) if !kind.is_local(*tag) => Some((*tag, *target)),
            _ => None,
        };
        match alone.fields.iter().find_map(indexed) {
            Some((field, target)) => ctx.lookup.linking(target, kind.tag, field),
            None => ctx.lookup.all(ctx.place.site, kind.tag),
        }
    }
}

fn holds(ctx: &Context<'_>, record: &Record, fields: &Fields, alone: &Alone) -> bool {
    let around = Surroundings { ctx, this: record.id };
    Subject { fields, around: Some(&around), ..Subject::of(record, None) }.holds(&alone.condition)
}

/// What a record says, as far as a rule looks at it.
struct Said<'f> {
    values: Vec<&'f Value>,
    days: Option<Days>,
}

/// Days from the first to the last; open at its end where `to` is `None`.
#[derive(Clone, Copy)]
struct Days {
    from: Day,
    to: Option<Day>,
}

impl Days {
    fn covers(self, other: Self) -> bool {
        self.from <= other.from && self.to.is_none_or(|end| other.to.is_some_and(|to| to <= end))
    }

    fn meets(self, other: Self) -> bool {
        let holds = |days: Self| days.to.is_none_or(|to| days.from < to);
        let begins = |days: Self, before: Option<Day>| before.is_none_or(|to| days.from < to);
        holds(self) && holds(other) && begins(self, other.to) && begins(other, self.to)
    }
}

impl<'f> Said<'f> {
    /// `None` where a field that the rule needs is empty.
    fn of(alone: &Alone, fields: &'f Fields) -> Option<Self> {
        let given = |tag: &u32| fields.get(tag).filter(|value| filled(value));
        let values = alone.fields.iter().map(given).collect::<Option<Vec<_>>>()?;
        let day = |tag: u32| match fields.get(&tag) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let days = match alone.span {
            None => None,
            Some((from, to)) => Some(Days { from: day(from)?, to: day(to) }),
        };
        Some(Self { values, days })
    }

    fn covers(&self, other: &Self) -> bool {
        let days = self.days.zip(other.days).is_none_or(|(ours, theirs)| ours.covers(theirs));
        self.values == other.values && days
    }

    fn meets(&self, other: &Self) -> bool {
        let days = self.days.zip(other.days).is_none_or(|(ours, theirs)| ours.meets(theirs));
        self.values == other.values && days
    }
}
