//! What only one record may say: the others that say the same.

use super::context::{Context, Surroundings};
use super::draft::Draft;
use super::refusal::{self, Code, Problem};
use crate::catalogue::model::{Action, Alone, Guard, Shape};
use crate::ids::RecordId;
use crate::record::{Day, EntryFlags, Fields, Record, Value};
use crate::view::condition::{Subject, filled};

/// Whether the record as it will be stands alone, by the guards of these actions. Only a change that touches the rule is
/// judged: what two records have said side by side since before the rule came does not stop other work on them.
pub(super) fn check<'k>(
    ctx: &Context<'_>,
    draft: &Draft<'_>,
    actions: impl Iterator<Item = &'k Action>,
) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    if draft.flags.has(EntryFlags::VOIDED) {
        return problems;
    }
    for guard in actions.flat_map(|action| &action.guards) {
        let Guard::Alone(alone) = guard else { continue };
        let Some(ours) = Said::of(alone, &draft.fields) else { continue };
        if !draft.holds(ctx, &alone.condition) || stood(ctx, draft, alone, &ours) {
            continue;
        }
        if twin(ctx, draft, alone, &ours) {
            let problem = refusal::labelled(Code::Guard, &alone.message);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
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

/// Whether the record said the same before, on as many days, and the rule applied to it then.
fn stood(ctx: &Context<'_>, draft: &Draft<'_>, alone: &Alone, ours: &Said<'_>) -> bool {
    let Some(record) = draft.before else { return false };
    let before = draft.all_before();
    let around = Surroundings { ctx, this: draft.this };
    let subject = Subject { fields: before, around: Some(&around), ..Subject::of(record, None) };
    Said::of(alone, before).is_some_and(|said| said.covers(ours)) && subject.holds(&alone.condition)
}

fn twin(ctx: &Context<'_>, draft: &Draft<'_>, alone: &Alone, ours: &Said<'_>) -> bool {
    let site = ctx.place.site;
    candidates(ctx, draft, alone).into_iter().filter(|id| *id != draft.this).any(|id| {
        let Some(record) = ctx.lookup.record(id) else { return false };
        if record.flags.has(EntryFlags::VOIDED) || record.stream.writer() != site {
            return false;
        }
        let mut fields = ctx.lookup.local(id);
        fields.extend(record.fields.clone());
        Said::of(alone, &fields).is_some_and(|said| said.meets(ours)) && holds(ctx, &record, &fields, alone)
    })
}

fn holds(ctx: &Context<'_>, record: &Record, fields: &Fields, alone: &Alone) -> bool {
    let around = Surroundings { ctx, this: record.id };
    Subject { fields, around: Some(&around), ..Subject::of(record, None) }.holds(&alone.condition)
}

/// Records that may say the same: those that link to the same one, where the rule looks at a link that leaves the office;
/// else all.
fn candidates(ctx: &Context<'_>, draft: &Draft<'_>, alone: &Alone) -> Vec<RecordId> {
    let kind = draft.kind;
    let indexed = |tag: &u32| {
        let field = kind.fields.get(tag)?;
        match (&field.shape, draft.fields.get(tag)) {
            (Shape::Link(_), Some(Value::Link(target))) if !kind.is_local(*tag) => Some((*tag, *target)),
            _ => None,
        }
    };
    match alone.fields.iter().find_map(indexed) {
        Some((field, target)) => ctx.lookup.linking(target, kind.tag, field),
        None => ctx.lookup.all(ctx.place.site, kind.tag),
    }
}
