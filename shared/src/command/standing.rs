//! In whose right somebody acts: his own, on behalf of others who brought paper, or by delegation.

use super::context::Context;
use super::refusal::{Code, Problem};
use crate::catalogue::model::{Action, DelegationMark, Kind};
use crate::record::{Actor, EntryFlags, Fields, Record, Role, Value};

/// The right in which an action is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Own,
    /// Entered for somebody whose right it is (代录), or by delegation.
    ForOthers,
}

/// Whether the actor may act in one of these roles: by his own, on behalf of them, or by a delegation in force. The
/// program itself may do everything.
///
/// # Errors
/// Who may, in words.
pub(super) fn standing(
    ctx: &Context<'_>,
    actor: &Actor,
    roles: &[Role],
    behalf: &[Role],
    name: (&str, &str),
) -> Result<Standing, Problem> {
    if actor.role == Role::System || roles.contains(&actor.role) {
        return Ok(Standing::Own);
    }
    if behalf.contains(&actor.role) || delegated(ctx, actor, roles) {
        return Ok(Standing::ForOthers);
    }
    let (zh, en) = name;
    let (zh_who, en_who) = actor.role.label();
    let allowed =
        || roles.iter().chain(behalf).filter(|role| **role != Role::System).map(|role| role.label());
    let (zh_by, en_by): (Vec<_>, Vec<_>) = allowed().unzip();
    if zh_by.is_empty() {
        return Err(Problem::new(
            Code::Role,
            format!("“{zh}”由系统自动办理"),
            format!("\"{en}\" is done by the program"),
        ));
    }
    Err(Problem::new(
        Code::Role,
        format!("{zh_who}不能办理“{zh}”，应由{}办理", zh_by.join("、")),
        format!("{en_who} may not do \"{en}\"; it is done by {}", en_by.join(", ")),
    ))
}

/// Whether the actor may take the action: in his own right, on behalf of others, or by delegation.
pub fn may(ctx: &Context<'_>, action: &Action, actor: &Actor) -> bool {
    standing(ctx, actor, &action.roles, &action.behalf, ("", "")).is_ok()
}

/// Whether a delegation in force today lets the actor act in one of the roles.
fn delegated(ctx: &Context<'_>, actor: &Actor, roles: &[Role]) -> bool {
    let marks = ctx.catalogue.kinds.values().filter_map(|kind| Some((kind, kind.delegation.as_ref()?)));
    marks.into_iter().any(|(kind, mark)| {
        standing_records(ctx, kind, &mark.statuses)
            .iter()
            .any(|(_, fields)| in_force(ctx, kind, mark, fields, actor, roles))
    })
}

fn in_force(
    ctx: &Context<'_>,
    kind: &Kind,
    mark: &DelegationMark,
    fields: &Fields,
    actor: &Actor,
    roles: &[Role],
) -> bool {
    let role = |tag: u32| match fields.get(&tag) {
        Some(Value::Choice(id)) => {
            let choice = kind.fields.get(&tag).and_then(|field| field.choice(*id));
            choice.and_then(|choice| Role::from_code(&choice.key))
        }
        _ => None,
    };
    let day = |tag: u32| match fields.get(&tag) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let named = mark.staff.and_then(|tag| fields.get(&tag));
    role(mark.who) == Some(actor.role)
        && role(mark.of).is_some_and(|of| roles.contains(&of))
        && day(mark.from).is_some_and(|from| from <= ctx.today)
        && day(mark.until).is_none_or(|until| ctx.today <= until)
        && named.is_none_or(|staff| *staff == Value::Text(actor.staff.clone()))
}

/// Whether the register of staff says that the actor holds a post on the supervised side.
pub(super) fn partial(ctx: &Context<'_>, actor: &Actor) -> bool {
    let marks = ctx.catalogue.kinds.values().filter_map(|kind| Some((kind, kind.staff.as_ref()?)));
    marks.into_iter().any(|(kind, mark)| {
        standing_records(ctx, kind, &mark.statuses).iter().any(|(_, fields)| {
            fields.get(&mark.account) == Some(&Value::Text(actor.staff.clone()))
                && fields.get(&mark.conflict) == Some(&Value::Flag(true))
        })
    })
}

/// Records of a kind of this office in one of the statuses, with all their values; no void ones.
fn standing_records(ctx: &Context<'_>, kind: &Kind, statuses: &[u32]) -> Vec<(Record, Fields)> {
    let ids = ctx.lookup.all(ctx.place.site, kind.tag);
    let records = ids.into_iter().filter_map(|id| ctx.lookup.record(id));
    records
        .filter(|record| statuses.contains(&record.status) && !record.flags.has(EntryFlags::VOIDED))
        .map(|record| {
            let mut fields = ctx.lookup.local(record.id);
            fields.extend(record.fields.clone());
            (record, fields)
        })
        .collect()
}
