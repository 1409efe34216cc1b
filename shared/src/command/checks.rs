//! What is asked of a command before anything is done: who, when, which fields, which values.

use super::context::{Context, links, name};
use super::draft::Draft;
use super::refusal::{self, Code, Problem};
use super::standing;
use super::veto;
use super::{Act, Command};
use crate::catalogue::model::{Action, Field, Guard, Kind, Owner, Reason, Shape};
use crate::ids::Site;
use crate::record::{Actor, Day, EntryFlags, Fields, Record, Role, Value};
use crate::view::{condition, phrase, shape};

/// Whether this site writes records of the kind at all.
pub(super) fn site(ctx: &Context<'_>, kind: &Kind) -> Result<(), Problem> {
    let (zh, en) = name(kind);
    let ours = match ctx.place.site {
        Site::Township(_) => kind.owner == Owner::Township,
        Site::Hub => kind.owner == Owner::County,
    };
    if !ours {
        let (zh_owner, en_owner) = match kind.owner {
            Owner::Township => ("乡镇", "a township"),
            Owner::County => ("县级", "the county"),
        };
        return Err(Problem::new(
            Code::NotOurs,
            format!("{zh}由{zh_owner}登记，此处不能填写"),
            format!("{en} is written by {en_owner}, not here"),
        ));
    }
    match ctx.place.node {
        Some(node) if kind.owner == Owner::Township && !kind.nodes.contains(&node) => Err(Problem::new(
            Code::NodeKind,
            format!("本单位不设{zh}"),
            format!("this kind of township keeps no {en}"),
        )),
        _ => Ok(()),
    }
}

/// Whether the record may be changed by this site at all.
pub(super) fn record(ctx: &Context<'_>, kind: &Kind, record: &Record) -> Result<(), Problem> {
    let (zh, en) = name(kind);
    if record.kind != kind.tag {
        return Err(Problem::new(
            Code::NoRecord,
            format!("该记录不是{zh}"),
            format!("the record is not of kind {en}"),
        ));
    }
    if record.stream.writer() != ctx.place.site {
        return Err(Problem::new(
            Code::NotOurs,
            format!("此{zh}属于其他单位，只能查看"),
            format!("this {en} belongs to another office and can only be read"),
        ));
    }
    Ok(())
}

pub(super) fn not_void(kind: &Kind, record: &Record) -> Result<(), Problem> {
    let (zh, en) = name(kind);
    if record.flags.has(EntryFlags::VOIDED) {
        return Err(Problem::new(Code::Voided, format!("此{zh}已作废"), format!("this {en} is void")));
    }
    Ok(())
}

/// Whether this kind of township takes the action at all: a subdistrict has no congress.
pub(super) fn node(ctx: &Context<'_>, action: &Action) -> Result<(), Problem> {
    match ctx.place.node {
        Some(node) if !action.nodes.is_empty() && !action.nodes.contains(&node) => {
            let (zh, en) = node.label();
            Err(Problem::new(
                Code::NodeKind,
                format!("{zh}不办理“{}”", action.label.zh),
                format!("\"{}\" is not done by a {}", action.label.en, en.to_lowercase()),
            ))
        }
        _ => Ok(()),
    }
}

/// Whether a record of the archive holds this one fast.
pub(super) fn not_locked(ctx: &Context<'_>, kind: &Kind, record: &Record) -> Result<(), Problem> {
    for (holder, field) in &ctx.catalogue.locks {
        let Some(holds) = ctx.catalogue.kinds.get(holder) else { continue };
        let statuses = holds.fields.get(field).map(|field| field.locks_in.as_slice()).unwrap_or_default();
        for id in ctx.lookup.linking(record.id, *holder, *field) {
            let held = ctx
                .lookup
                .record(id)
                .is_some_and(|by| statuses.contains(&by.status) && !by.flags.has(EntryFlags::VOIDED));
            if held {
                let (zh, en) = name(kind);
                return Err(Problem::new(
                    Code::Locked,
                    format!("此{zh}已编入{}，不能再改", holds.label.zh),
                    format!("this {en} lies in {} and cannot be changed", holds.label.en),
                ));
            }
        }
    }
    Ok(())
}

/// Whether the action starts from the record's status.
pub(super) fn from_status(kind: &Kind, action: &Action, record: &Record) -> Result<(), Problem> {
    if action.from.contains(&record.status) {
        return Ok(());
    }
    let label =
        |tag: &u32| kind.statuses.get(tag).map(|status| (status.label.zh.as_str(), status.label.en.as_str()));
    let (zh_now, en_now) = label(&record.status).unwrap_or(("未知", "unknown"));
    let zh: Vec<_> = action.from.iter().filter_map(|tag| label(tag).map(|l| l.0)).collect();
    let en: Vec<_> = action.from.iter().filter_map(|tag| label(tag).map(|l| l.1)).collect();
    Err(Problem::new(
        Code::Status,
        format!("当前状态为“{zh_now}”，“{}”只能在“{}”时办理", action.label.zh, zh.join("、")),
        format!("the status is \"{en_now}\"; \"{}\" starts from \"{}\"", action.label.en, en.join(", ")),
    ))
}

/// Who gives values, and in which step.
pub(super) struct By<'a> {
    pub role: Role,
    pub action: Option<&'a Action>,
}

impl By<'_> {
    /// A derived field that nothing works out is the program's to fill.
    fn fills(&self, kind: &Kind, field: &Field) -> bool {
        let numbers = kind.numbering.as_ref().is_some_and(|numbering| numbering.field == field.tag);
        self.role == Role::System && field.derived && field.compute.is_none() && !numbers
    }
}

/// Takes the given values into the draft; every one is checked.
pub(super) fn take_fields(
    ctx: &Context<'_>,
    draft: &mut Draft<'_>,
    command: &Command,
    by: &By<'_>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (kind, action) = (draft.kind, by.action);
    let free =
        matches!(command.act, Act::Edit | Act::Align) || action.is_some_and(|action| action.from.is_empty());
    let accepted = |field: &Field| {
        free || action.is_some_and(|a| a.requires.contains(&field.tag) || a.accepts.contains(&field.tag))
    };
    for tag in command.set.keys().chain(&command.clear) {
        let Some(field) = kind.fields.get(tag) else {
            let (zh, en) = name(kind);
            problems.push(Problem::new(
                Code::UnknownField,
                format!("{zh}没有字段{tag}"),
                format!("{en} has no field {tag}"),
            ));
            continue;
        };
        if by.fills(kind, field) {
            continue;
        }
        if field.derived {
            problems.push(refusal::at(
                Code::Derived,
                field,
                "由系统生成，不能填写",
                "is filled by the program",
            ));
        } else if !accepted(field) {
            problems.push(refusal::at(
                Code::NotAccepted,
                field,
                "在此步骤不能修改",
                "cannot be changed in this step",
            ));
        }
    }
    for tag in &command.clear {
        draft.fields.remove(tag);
    }
    for (tag, value) in &command.set {
        let Some(field) = kind.fields.get(tag) else { continue };
        let value = tidy(value);
        if !condition::filled(&value) {
            draft.fields.remove(tag);
            continue;
        }
        match shape::check(&field.shape, &value) {
            Err(trouble) => problems.push(refusal::trouble(field, &trouble)),
            Ok(()) => {
                problems.extend(columns(field, &value));
                // A link that stood before was checked when it was made; its target may have been voided since.
                if draft.was(*tag) != Some(&value) {
                    problems.extend(link(ctx, field, &value, by.fills(kind, field)));
                }
                draft.fields.insert(*tag, value);
            }
        }
    }
    problems
}

/// Columns that must be filled in every row.
fn columns(field: &Field, value: &Value) -> Option<Problem> {
    let (Shape::Rows(columns), Value::List(rows)) = (&field.shape, value) else { return None };
    let empty = rows.iter().enumerate().find_map(|(nth, row)| {
        let Value::Group(row) = row else { return None };
        let needed = columns.values().filter(|column| !column.required_in.is_empty());
        needed.into_iter().find(|column| !row.contains_key(&column.tag)).map(|column| (nth + 1, column))
    });
    empty.map(|(row, column)| {
        let (zh, en) = (
            format!("第{row}行的{}必须填写", column.label.zh),
            format!("row {row}: {} must be filled", column.label.en),
        );
        refusal::at(Code::Required, field, &zh, &en)
    })
}

/// Texts without blanks at their ends; lists without empty members.
fn tidy(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(text.trim().to_owned()),
        Value::List(values) => Value::List(values.iter().map(tidy).filter(condition::filled).collect()),
        Value::Group(row) => {
            let cells = row.iter().map(|(tag, value)| (*tag, tidy(value)));
            Value::Group(cells.filter(|(_, value)| condition::filled(value)).collect())
        }
        other => other.clone(),
    }
}

/// What is linked is there, of a kind of the field, and not void; the program may hand on a link to what is void by now.
fn link(ctx: &Context<'_>, field: &Field, value: &Value, handed_on: bool) -> Option<Problem> {
    for (id, kinds) in links(&field.shape, value) {
        let (zh, en) = match ctx.lookup.record(id) {
            None => ("所选的记录不存在", "names a record that does not exist"),
            Some(target) if !kinds.contains(&target.kind) => {
                ("所选的记录种类不对", "names a record of another kind")
            }
            Some(target) if target.flags.has(EntryFlags::VOIDED) && !handed_on => {
                ("所选的记录已作废", "names a void record")
            }
            Some(_) => continue,
        };
        return Some(refusal::at(Code::Link, field, zh, en));
    }
    None
}

/// Fields that must be filled once the command is done.
pub(super) fn required(draft: &Draft<'_>, action: Option<&Action>) -> Vec<Problem> {
    let subject = draft.subject();
    let named = action.map(|action| action.requires.as_slice()).unwrap_or_default();
    let missing = draft.kind.fields.values().filter(|field| {
        (named.contains(&field.tag) || field.required_in.contains(&draft.status))
            && !subject.filled(field.tag)
    });
    missing.map(|field| refusal::at(Code::Required, field, "必须填写", "must be filled")).collect()
}

pub(super) fn reason(asked: Reason, given: &str) -> Option<Problem> {
    if given.chars().count() > 500 {
        return Some(Problem::new(Code::Reason, "理由最多500字", "a reason may have at most 500 characters"));
    }
    (asked == Reason::Required && given.trim().is_empty())
        .then(|| Problem::new(Code::Reason, "必须填写理由", "a reason must be given"))
}

/// The guards of the action, over the record as it will be filled and the status as it is.
pub(super) fn guards(ctx: &Context<'_>, draft: &Draft<'_>, action: &Action, actor: &Actor) -> Vec<Problem> {
    action.guards.iter().filter_map(|guard| broken(ctx, draft, action, actor, guard)).collect()
}

fn broken(
    ctx: &Context<'_>,
    draft: &Draft<'_>,
    action: &Action,
    actor: &Actor,
    guard: &Guard,
) -> Option<Problem> {
    let subject = draft.subject();
    let field = |tag: &u32| draft.kind.fields.get(tag);
    match guard {
        Guard::When(condition) => (!draft.holds(ctx, condition)).then(|| {
            Problem::new(
                Code::Guard,
                format!("按此记录的内容，不能办理“{}”", action.label.zh),
                format!("\"{}\" does not apply to what the record says", action.label.en),
            )
        }),
        Guard::Must { condition, message } => {
            (!draft.holds(ctx, condition)).then(|| refusal::labelled(Code::Guard, message))
        }
        Guard::LinkIn { field: tag, statuses } => {
            let target = match subject.value(*tag) {
                Some(Value::Link(id)) => ctx.lookup.record(*id),
                _ => None,
            };
            let fine = target.is_some_and(|target| {
                let id =
                    ctx.catalogue.kinds.get(&target.kind).and_then(|kind| kind.statuses.get(&target.status));
                statuses.is_empty() || id.is_some_and(|status| statuses.contains(&status.id))
            });
            let field = field(tag)?;
            (!fine).then(|| {
                refusal::at(
                    Code::Link,
                    field,
                    "所选记录的状态不符合要求",
                    "names a record that is not in the right status",
                )
            })
        }
        Guard::LinkOf { field: tag, township } => {
            let writer = match subject.value(*tag) {
                Some(Value::Link(id)) => ctx.lookup.record(*id).map(|target| target.stream.writer()),
                _ => None,
            };
            let named = subject.value(*township).and_then(Value::township).map(Site::Township);
            let field = field(tag)?;
            (writer.is_none() || writer != named).then(|| {
                refusal::at(
                    Code::Link,
                    field,
                    "所选的记录不是该乡镇的",
                    "names a record that is not that township's",
                )
            })
        }
        Guard::NotFuture(tag) => {
            let late = matches!(subject.value(*tag), Some(Value::Date(day)) if *day > ctx.today);
            let field = field(tag)?;
            late.then(|| refusal::at(Code::Date, field, "不能晚于今天", "may not be after today"))
        }
        Guard::Order { first, second } => {
            let (Some(Value::Date(a)), Some(Value::Date(b))) =
                (subject.value(*first), subject.value(*second))
            else {
                return None;
            };
            let (first, second) = (field(first)?, field(second)?);
            (b < a).then(|| {
                let (zh, en) =
                    (format!("不能早于{}", first.label.zh), format!("may not be before {}", first.label.en));
                refusal::at(Code::Date, second, &zh, &en)
            })
        }
        // Judged over what the whole decision comes to.
        Guard::Alone(_) => None,
        Guard::AtLeast { field: tag, count } => {
            let found = match subject.value(*tag) {
                Some(Value::List(values)) => values.len() as i64,
                Some(Value::Number(n)) => *n,
                _ => 0,
            };
            let field = field(tag)?;
            (found < *count).then(|| {
                refusal::at(
                    Code::Guard,
                    field,
                    &format!("至少{count}（现为{found}）"),
                    &format!("must be at least {count}, is {found}"),
                )
            })
        }
        Guard::ExtensionsBelow { deadline, count } => {
            let extended = draft.deadlines.get(deadline).map_or(0, |d| d.extensions);
            (extended >= *count).then(|| {
                let label = ctx.catalogue.deadlines.get(deadline).map(|kind| &kind.label);
                let (zh, en) = label.map_or(("期限", "the deadline"), |l| (l.zh.as_str(), l.en.as_str()));
                Problem::new(
                    Code::Extension,
                    format!("{zh}已延期{extended}次，不能再延"),
                    format!("{en} has been extended {extended} times and may not be again"),
                )
            })
        }
        Guard::Pause { action: other, days } => {
            let steps = draft.before.map(|record| record.steps.as_slice()).unwrap_or_default();
            let last = steps.iter().rev().find(|step| step.action == *other)?;
            let taken = Day::beijing(last.at);
            let again = taken.plus(i32::try_from(*days).unwrap_or(i32::MAX));
            let label = draft.kind.actions.get(other).map(|action| &action.label)?;
            (ctx.today < again).then(|| {
                Problem::new(
                    Code::Pause,
                    format!("{}刚办过“{}”，{}起才能再办", taken.chinese(), label.zh, again.chinese()),
                    format!("\"{}\" was done on {taken}; it can be done again from {again}", label.en),
                )
            })
        }
        Guard::Unvetoed { township, year, message } => {
            veto::in_force(ctx, subject.value(*township), subject.value(*year))
                .then(|| refusal::labelled(Code::Guard, message))
        }
        Guard::Impartial => {
            let for_others = actor.role != Role::System && !action.roles.contains(&actor.role);
            (for_others && standing::partial(ctx, actor)).then(|| {
                Problem::new(
                    Code::Partial,
                    format!("经办人在被监督单位任职，不能代为办理“{}”", action.label.zh),
                    format!(
                        "who holds a post on the supervised side may not enter \"{}\" for others",
                        action.label.en
                    ),
                )
            })
        }
        Guard::NotSameStaffAs { action: other } => {
            let steps = draft.before.map(|record| record.steps.as_slice()).unwrap_or_default();
            let last = steps.iter().rev().find(|step| step.action == *other);
            let same = last.is_some_and(|step| !actor.staff.is_empty() && step.staff == actor.staff);
            let label = draft.kind.actions.get(other).map(|action| &action.label)?;
            same.then(|| {
                Problem::new(
                    Code::Guard,
                    format!("办理“{}”的人不能再办理“{}”", label.zh, action.label.zh),
                    format!("who did \"{}\" may not do \"{}\"", label.en, action.label.en),
                )
            })
        }
    }
}

/// A number belongs to its row: what the row is told by (the year, the session) stands once the number is given.
pub(super) fn number_stands(draft: &Draft<'_>) -> Option<Problem> {
    let numbering = draft.kind.numbering.as_ref()?;
    draft.was(numbering.field)?;
    let row = |fields| (phrase::year(numbering, fields), phrase::scope(numbering, fields));
    if row(draft.all_before()) == row(&draft.fields) {
        return None;
    }
    let moved = numbering.year_of.iter().chain(&numbering.per).find(|tag| draft.changed(**tag))?;
    let field = draft.kind.fields.get(moved)?;
    Some(refusal::at(
        Code::Numbered,
        field,
        "决定了编号，编号后不能再改；请作废后重新登记",
        "decided the number and cannot change after it; void the record and write it anew",
    ))
}

/// The record's own date may not lie after tomorrow: such a date is a slip of the pen. Plans of the county may.
pub(super) fn event_date(ctx: &Context<'_>, draft: &Draft<'_>) -> Option<Problem> {
    let field = draft.kind.fields.get(&draft.kind.date)?;
    let Some(Value::Date(day)) = draft.fields.get(&field.tag) else { return None };
    // What was planned has happened once it leaves the plan.
    let planned = |status: &u32| draft.kind.plan_statuses.contains(status);
    let slip = draft.kind.owner == Owner::Township
        && !planned(&draft.status)
        && (draft.changed(field.tag) || draft.before.is_some_and(|record| planned(&record.status)))
        && *day > tomorrow(ctx.today);
    slip.then(|| refusal::at(Code::Date, field, "不能晚于明天", "may not be after tomorrow"))
}

fn tomorrow(today: Day) -> Day {
    today.plus(1)
}

/// Whether a township's record must stay in the office, judged over the fields given.
pub(super) fn stays(kind: &Kind, status: u32, fields: &Fields) -> bool {
    let Some(condition) = &kind.local_when else { return false };
    let deadlines = Default::default();
    let subject = condition::Subject {
        status,
        fields,
        local: None,
        deadlines: &deadlines,
        steps: &[],
        flags: EntryFlags::default(),
        around: None,
    };
    subject.holds(condition)
}
