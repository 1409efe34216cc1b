//! The decision on one command.

use super::address;
use super::checks;
use super::context::Context;
use super::draft::Draft;
use super::effects;
use super::emit::{self, Head};
use super::refusal::{Code, Problem, Refusal};
use super::{Act, Command, Decision, Warning};
use crate::catalogue::model::{Action, Kind, Owner, Privacy, Reason, Shape};
use crate::ids::StreamName;
use crate::record::{Actor, Fields, Record, Role, Value};

/// Decides on a command: the entries to append, or why not. Changes nothing; the same arguments give the same answer.
///
/// # Errors
/// Everything that is wrong with it, in words of the catalogue.
pub fn decide(ctx: &Context<'_>, command: &Command, actor: &Actor) -> Result<Decision, Refusal> {
    let kind = ctx.catalogue.kinds.get(&command.kind).ok_or_else(|| {
        let (zh, en) = (format!("没有种类{}", command.kind), format!("there is no kind {}", command.kind));
        Problem::new(Code::UnknownKind, zh, en)
    })?;
    checks::site(ctx, kind)?;
    let record = match command.record {
        None => None,
        Some(id) => {
            let none = || Problem::new(Code::NoRecord, "没有这条记录", "there is no such record");
            let record = ctx.lookup.record(id).ok_or_else(none)?;
            checks::record(ctx, kind, &record)?;
            // A void record may still be sent again: the county may hold the very entry that made it void.
            if command.act != Act::Restate {
                checks::not_void(kind, &record)?;
            }
            Some(record)
        }
    };
    let local = record.as_ref().map_or_else(Fields::new, |record| ctx.lookup.local(record.id));
    let draft = Draft::new(kind, record.as_ref(), local);
    match (command.act, &record) {
        (Act::Take(tag), _) => take(ctx, draft, command, actor, tag),
        (Act::Edit, Some(record)) => edit(ctx, draft, command, actor, record),
        (Act::Void, Some(record)) => void(ctx, draft, command, actor, record),
        (Act::Restate, Some(_)) => restate(ctx, draft, command, actor),
        (Act::Refresh, Some(_)) => refresh(ctx, draft, command, actor),
        (_, None) => Err(Problem::new(Code::NoRecord, "请先选择一条记录", "a record must be named").into()),
    }
}

fn take(
    ctx: &Context<'_>,
    mut draft: Draft<'_>,
    command: &Command,
    actor: &Actor,
    tag: u32,
) -> Result<Decision, Refusal> {
    let kind = draft.kind;
    let action = kind.actions.get(&tag).ok_or_else(|| {
        let (zh, en) =
            (format!("{}没有步骤{tag}", kind.label.zh), format!("{} has no action {tag}", kind.label.en));
        Problem::new(Code::UnknownAction, zh, en)
    })?;
    checks::role(actor, &action.roles, &action.label.zh, &action.label.en)?;
    match (draft.before, action.from.is_empty()) {
        (Some(record), false) => checks::from_status(kind, action, record)?,
        (None, true) => {}
        (None, false) => {
            return Err(Problem::new(Code::NoRecord, "请先选择一条记录", "a record must be named").into());
        }
        (Some(_), true) => {
            let (zh, en) = (
                format!("“{}”只用于新建记录", action.label.zh),
                format!("\"{}\" creates a record", action.label.en),
            );
            return Err(Problem::new(Code::Status, zh, en).into());
        }
    }
    if draft.before.is_none() {
        defaults(&mut draft);
    }
    let mut problems = checks::take_fields(ctx, &mut draft, command, Some(action));
    problems.extend(checks::reason(action.reason, &command.reason));
    problems.extend(checks::guards(ctx, &draft, action, actor));
    draft.status = action.to.unwrap_or(draft.status);
    problems.extend(effects::apply(ctx, &mut draft, action));
    effects::recount(&mut draft);
    problems.extend(checks::required(&draft, Some(action)));
    problems.extend(checks::event_date(ctx, &draft));
    Refusal::unless_empty(problems)?;
    finish(ctx, draft, command, actor, action.tag, action.to.unwrap_or(0))
}

fn edit(
    ctx: &Context<'_>,
    mut draft: Draft<'_>,
    command: &Command,
    actor: &Actor,
    record: &Record,
) -> Result<Decision, Refusal> {
    let kind = draft.kind;
    let own = kind.action("edit");
    let roles: Vec<Role> = match own {
        Some(action) => action.roles.clone(),
        None => creating(kind).flat_map(|action| action.roles.iter().copied()).collect(),
    };
    checks::role(actor, &roles, "修改", "edit")?;
    match own {
        Some(action) if !action.from.is_empty() => checks::from_status(kind, action, record)?,
        _ if kind.statuses.get(&record.status).is_some_and(|status| !status.open) => {
            let label = kind
                .statuses
                .get(&record.status)
                .map(|status| (status.label.zh.as_str(), status.label.en.as_str()));
            let (zh, en) = label.unwrap_or_default();
            let problem = Problem::new(
                Code::Status,
                format!("“{zh}”的记录不能再修改"),
                format!("a record that is \"{en}\" cannot be edited"),
            );
            return Err(problem.into());
        }
        _ => {}
    }
    let mut problems = checks::take_fields(ctx, &mut draft, command, own);
    problems.extend(checks::reason(own.map_or(Reason::Optional, |action| action.reason), &command.reason));
    if let Some(action) = own {
        problems.extend(checks::guards(ctx, &draft, action, actor));
    }
    // The guards on dates hold for the record, not only for the step in which a date was given first.
    problems.extend(date_guards(ctx, &draft, actor));
    effects::recount(&mut draft);
    effects::recompute(ctx, &mut draft);
    problems.extend(checks::required(&draft, None));
    problems.extend(checks::event_date(ctx, &draft));
    Refusal::unless_empty(problems)?;
    finish(ctx, draft, command, actor, 0, 0)
}

fn date_guards(ctx: &Context<'_>, draft: &Draft<'_>, actor: &Actor) -> Vec<Problem> {
    use crate::catalogue::model::Guard;
    let mut problems: Vec<Problem> = Vec::new();
    for action in draft.kind.actions.values() {
        let dated = action.guards.iter().filter(|guard| match guard {
            Guard::NotFuture(tag) => draft.changed(*tag),
            Guard::Order { first, second } => draft.changed(*first) || draft.changed(*second),
            _ => false,
        });
        let only = Action { guards: dated.cloned().collect(), ..action.clone() };
        for problem in checks::guards(ctx, draft, &only, actor) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

fn void(
    ctx: &Context<'_>,
    mut draft: Draft<'_>,
    command: &Command,
    actor: &Actor,
    record: &Record,
) -> Result<Decision, Refusal> {
    let kind = draft.kind;
    let roles: &[Role] = match kind.owner {
        Owner::Township => &[Role::TChair, Role::TVice],
        Owner::County => &[Role::COffice, Role::CDirector],
    };
    checks::role(actor, roles, "作废", "void")?;
    if let Some(problem) = checks::reason(Reason::Required, &command.reason) {
        return Err(problem.into());
    }
    // A status that nothing leaves is the archive: what lies there is not touched any more.
    let leaves = kind.actions.values().any(|action| action.from.contains(&record.status));
    if !leaves
        && kind.statuses.contains_key(&record.status)
        && kind.actions.values().any(|a| !a.from.is_empty())
    {
        return Err(Problem::new(
            Code::Status,
            "已归档的记录不能作废",
            "an archived record cannot be voided",
        )
        .into());
    }
    effects::void(&mut draft);
    finish(ctx, draft, command, actor, 0, 0)
}

fn restate(
    ctx: &Context<'_>,
    draft: Draft<'_>,
    command: &Command,
    actor: &Actor,
) -> Result<Decision, Refusal> {
    let kind = draft.kind;
    let editors = kind.action("edit").into_iter().chain(creating(kind));
    let roles: Vec<Role> = editors.flat_map(|action| action.roles.iter().copied()).collect();
    checks::role(actor, &roles, "重报", "restate")?;
    finish(ctx, draft, command, actor, 0, 0)
}

/// Deadlines by the calendar of today: those that are met or stopped, or were certain, keep the day that people were told.
fn refresh(
    ctx: &Context<'_>,
    mut draft: Draft<'_>,
    command: &Command,
    actor: &Actor,
) -> Result<Decision, Refusal> {
    checks::role(actor, &[Role::System], "按新日历重算期限", "compute deadlines by a new calendar")?;
    effects::refresh(ctx, &mut draft);
    if draft.moved_deadlines().is_empty() {
        return Err(unchanged().into());
    }
    finish(ctx, draft, command, actor, 0, 0)
}

fn unchanged() -> Problem {
    Problem::new(Code::Unchanged, "没有改动", "nothing was changed")
}

fn finish(
    ctx: &Context<'_>,
    draft: Draft<'_>,
    command: &Command,
    actor: &Actor,
    action: u32,
    status: u32,
) -> Result<Decision, Refusal> {
    let kind = draft.kind;
    let stays = checks::stays(kind, draft.status, &draft.fields);
    let stayed = draft.before.map(|record| matches!(record.stream, StreamName::Local(_)));
    if kind.owner == Owner::Township
        && stayed.is_some_and(|stayed| stayed != stays)
        && kind.local_when.is_some()
    {
        let (zh, en) = if stays {
            (
                "已报县的记录不能改为不外报；请作废后另行登记",
                "a record that the county has cannot become private; void it and write it anew",
            )
        } else {
            (
                "不外报的记录不能改为外报；请作废后另行登记",
                "a private record cannot become public; void it and write it anew",
            )
        };
        return Err(Problem::new(Code::Local, zh, en).into());
    }
    let route = address::route(ctx, &draft, stays)?;
    let record = draft.before.map_or(ctx.fresh, |record| record.id);
    let whole = command.act == Act::Restate;
    let flags = draft.flags;
    let head = Head { record, action, status, flags, actor, reason: command.reason.trim(), whole };
    let entries = emit::entries(ctx, &draft, &route, &head)?;
    if entries.is_empty() {
        return Err(unchanged().into());
    }
    Ok(Decision { record, warnings: warnings(ctx, &draft), entries })
}

fn creating(kind: &Kind) -> impl Iterator<Item = &Action> {
    kind.actions.values().filter(|action| action.from.is_empty() && action.id != "edit")
}

fn defaults(draft: &mut Draft<'_>) {
    for field in draft.kind.fields.values() {
        if let Some(value) = &field.default {
            draft.fields.insert(field.tag, value.clone());
        }
    }
}

const LATE_AFTER_DAYS: i32 = 7;

fn warnings(ctx: &Context<'_>, draft: &Draft<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if let Some(Value::Date(day)) = draft.fields.get(&draft.kind.date)
        && draft.before.is_none()
        && ctx.today.0.saturating_sub(day.0) > LATE_AFTER_DAYS
    {
        warnings.push(Warning::Late { days: ctx.today.0.saturating_sub(day.0) });
    }
    for field in draft.kind.fields.values() {
        let free = matches!(field.shape, Shape::Text { pattern: None, .. })
            && field.privacy == Privacy::Sync
            && !field.derived;
        if let Some(Value::Text(text)) = draft.fields.get(&field.tag)
            && free
            && draft.changed(field.tag)
            && personal(text)
        {
            warnings.push(Warning::PersonalData { field: field.tag });
        }
    }
    let fresh =
        draft.moved_deadlines().into_iter().filter(|deadline| deadline.provisional && deadline.open());
    warnings.extend(fresh.map(|deadline| Warning::Provisional { deadline: deadline.kind }));
    warnings
}

/// Whether a text holds eleven digits that start with 1, or seventeen digits and a check digit.
fn personal(text: &str) -> bool {
    let mut run = 0usize;
    let mut first = ' ';
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() {
            if run == 0 {
                first = c;
            }
            run += 1;
            continue;
        }
        if (run == 11 && first == '1') || run == 18 || (run == 17 && matches!(c, 'X' | 'x')) {
            return true;
        }
        run = 0;
    }
    false
}
