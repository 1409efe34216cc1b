//! The decision on one command.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::address;
use super::alone;
use super::checks::{self, By};
use super::compute;
use super::context::{Context, Surroundings};
use super::draft::Draft;
use super::effects;
use super::emit::{self, Head};
use super::pending::Pending;
use super::refusal::{Code, Problem, Refusal};
use super::standing::{Standing, standing};
use super::{Act, Command, Decision, Warning};
use crate::catalogue::model::{Action, Condition, Kind, Owner, Privacy, Reason, Shape};
use crate::ids::{RecordId, StreamName};
use crate::limits;
use crate::personal;
use crate::record::{Actor, Entry, EntryFlags, Fields, Record, Role, Value};
use crate::view::condition::Subject;

/// Decides on a command: the entries to append, or why not. Changes nothing; the same arguments give the same answer.
///
/// What the action brings about in other records is decided with it: its entries come after those of the record named.
///
/// # Errors
/// Everything that is wrong with it, in words of the catalogue.
pub fn decide(ctx: &Context<'_>, command: &Command, actor: &Actor) -> Result<Decision, Refusal> {
    let pending = Pending::new(ctx.lookup, ctx.catalogue);
    let entries = RefCell::default();
    let work = Work { ctx: Context { lookup: &pending, ..*ctx }, pending: &pending, entries: &entries };
    let (record, warnings) = work.run(command, actor, 0)?;
    let touched: BTreeSet<RecordId> = entries.borrow().iter().map(|(_, entry)| entry.record).collect();
    alone::settle(&work.ctx, ctx.lookup, record, touched.into_iter())?;
    Ok(Decision { record, entries: entries.into_inner(), warnings })
}

/// Whether a condition of the catalogue holds for a record as it stands, also one that looks at other records.
pub fn holds(ctx: &Context<'_>, record: &Record, local: &Fields, condition: &Condition) -> bool {
    let around = Surroundings { ctx, this: record.id };
    Subject { around: Some(&around), ..Subject::of(record, Some(local)) }.holds(condition)
}

/// One decision on its way: commands, one within the other, and the entries that came of them so far.
pub(super) struct Work<'a> {
    pub(super) ctx: Context<'a>,
    pending: &'a Pending<'a>,
    entries: &'a RefCell<Vec<(StreamName, Entry)>>,
}

impl<'a> Work<'a> {
    /// The same work, in which the next record that is made gets this id.
    pub(super) fn with_fresh(&self, fresh: RecordId) -> Work<'a> {
        Work { ctx: Context { fresh, ..self.ctx }, pending: self.pending, entries: self.entries }
    }

    /// Decides on one command and what it brings about.
    pub(super) fn run(
        &self,
        command: &Command,
        actor: &Actor,
        depth: usize,
    ) -> Result<(RecordId, Vec<Warning>), Refusal> {
        let ctx = &self.ctx;
        let kind = ctx.catalogue.kinds.get(&command.kind).ok_or_else(|| {
            let (zh, en) =
                (format!("没有种类{}", command.kind), format!("there is no kind {}", command.kind));
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
                // Neither sending again nor a new calendar changes what somebody has put down.
                if !matches!(command.act, Act::Restate | Act::Refresh) {
                    checks::not_locked(ctx, kind, &record)?;
                }
                Some(record)
            }
        };
        let local = record.as_ref().map_or_else(Fields::new, |record| ctx.lookup.local(record.id));
        let this = record.as_ref().map_or(ctx.fresh, |record| record.id);
        let draft = Draft::new(this, kind, record.as_ref(), local);
        let warnings = match (command.act, &record) {
            (Act::Take(tag), _) => self.take(draft, command, actor, tag, depth),
            (Act::Edit, Some(record)) => self.edit(draft, command, actor, record, depth),
            (Act::Align, Some(_)) => self.align(draft, command, actor),
            // A kind that says itself what voiding means is asked for that.
            (Act::Void, Some(record))
                if kind.action("void").is_some_and(|own| own.from.contains(&record.status)) =>
            {
                let own = kind.action("void").map_or(0, |own| own.tag);
                self.take(draft, command, actor, own, depth)
            }
            (Act::Void, Some(record)) => self.void(draft, command, actor, record, depth),
            (Act::Restate, Some(_)) => self.restate(draft, command, actor),
            (Act::Refresh, Some(_)) => self.refresh(draft, command, actor),
            (_, None) => {
                Err(Problem::new(Code::NoRecord, "请先选择一条记录", "a record must be named").into())
            }
        };
        warnings.map(|warnings| (this, warnings))
    }

    fn take(
        &self,
        mut draft: Draft<'_>,
        command: &Command,
        actor: &Actor,
        tag: u32,
        depth: usize,
    ) -> Result<Vec<Warning>, Refusal> {
        let (ctx, kind) = (&self.ctx, draft.kind);
        let action = kind.actions.get(&tag).ok_or_else(|| {
            let (zh, en) =
                (format!("{}没有步骤{tag}", kind.label.zh), format!("{} has no action {tag}", kind.label.en));
            Problem::new(Code::UnknownAction, zh, en)
        })?;
        let name = (action.label.zh.as_str(), action.label.en.as_str());
        let standing = standing(ctx, actor, &action.roles, &action.behalf, name)?;
        checks::node(ctx, action)?;
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
        let mut problems =
            checks::take_fields(ctx, &mut draft, command, &By { role: actor.role, action: Some(action) });
        compute::all(&mut draft);
        // The program need not say why it does what somebody decided.
        let asked = if actor.role == Role::System { Reason::None } else { action.reason };
        problems.extend(checks::reason(asked, &command.reason));
        problems.extend(checks::guards(ctx, &draft, action, actor));
        draft.status = action.to.unwrap_or(draft.status);
        problems.extend(effects::apply(ctx, &mut draft, action));
        compute::all(&mut draft);
        problems.extend(checks::required(&draft, Some(action)));
        problems.extend(checks::event_date(ctx, &draft));
        problems.extend(checks::number_stands(&draft));
        Refusal::unless_empty(problems)?;
        let actor = for_whom(actor, standing);
        let warnings = self.finish(&draft, command, &actor, action.tag, action.to.unwrap_or(0))?;
        if draft.flags.has(EntryFlags::VOIDED) {
            self.void_followers(kind, draft.this, depth)?;
        }
        self.follow(&draft, action, depth)?;
        Ok(warnings)
    }

    fn edit(
        &self,
        mut draft: Draft<'_>,
        command: &Command,
        actor: &Actor,
        record: &Record,
        depth: usize,
    ) -> Result<Vec<Warning>, Refusal> {
        let (ctx, kind) = (&self.ctx, draft.kind);
        let own = kind.action("edit");
        let (roles, behalf): (Vec<Role>, &[Role]) = match own {
            Some(action) => (action.roles.clone(), &action.behalf),
            None => (creating(kind).flat_map(|action| action.roles.iter().copied()).collect(), &[]),
        };
        let standing = standing(ctx, actor, &roles, behalf, ("修改", "edit"))?;
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
        let mut problems =
            checks::take_fields(ctx, &mut draft, command, &By { role: actor.role, action: own });
        compute::all(&mut draft);
        problems
            .extend(checks::reason(own.map_or(Reason::Optional, |action| action.reason), &command.reason));
        if let Some(action) = own {
            problems.extend(checks::guards(ctx, &draft, action, actor));
        }
        if let Some(action) = own {
            problems.extend(effects::apply_edit(ctx, &mut draft, action));
        }
        // The guards on dates hold for the record, not only for the step in which a date was given first.
        problems.extend(date_guards(ctx, &draft, actor));
        effects::recompute(ctx, &mut draft);
        problems.extend(checks::required(&draft, None));
        problems.extend(checks::event_date(ctx, &draft));
        problems.extend(checks::number_stands(&draft));
        Refusal::unless_empty(problems)?;
        let warnings = self.finish(&draft, command, &for_whom(actor, standing), 0, 0)?;
        if let Some(action) = own {
            self.follow(&draft, action, depth)?;
        }
        Ok(warnings)
    }

    /// A plain change that only the program makes: bounds and required fields hold, rights and guards were judged where
    /// the change comes from.
    fn align(&self, mut draft: Draft<'_>, command: &Command, actor: &Actor) -> Result<Vec<Warning>, Refusal> {
        let ctx = &self.ctx;
        standing(ctx, actor, &[], &[], ("同步", "align"))?;
        let mut problems =
            checks::take_fields(ctx, &mut draft, command, &By { role: actor.role, action: None });
        compute::all(&mut draft);
        effects::recompute(ctx, &mut draft);
        problems.extend(checks::required(&draft, None));
        Refusal::unless_empty(problems)?;
        self.finish(&draft, command, actor, 0, 0)
    }

    fn void(
        &self,
        mut draft: Draft<'_>,
        command: &Command,
        actor: &Actor,
        record: &Record,
        depth: usize,
    ) -> Result<Vec<Warning>, Refusal> {
        let kind = draft.kind;
        let roles: &[Role] = match kind.owner {
            Owner::Township => &[Role::TChair, Role::TVice],
            Owner::County => &[Role::COffice, Role::CDirector],
        };
        standing(&self.ctx, actor, roles, &[], ("作废", "void"))?;
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
        // A kind that says itself when a record may be voided says also when it may not: what was handed to the county.
        if let Some(own) = kind.action("void").filter(|_| actor.role != Role::System) {
            checks::from_status(kind, own, record)?;
        }
        effects::void(&mut draft);
        let warnings = self.finish(&draft, command, actor, 0, 0)?;
        self.void_followers(kind, draft.this, depth)?;
        Ok(warnings)
    }

    fn restate(&self, draft: Draft<'_>, command: &Command, actor: &Actor) -> Result<Vec<Warning>, Refusal> {
        let kind = draft.kind;
        let mut editors: Vec<&Action> = kind.action("edit").into_iter().chain(creating(kind)).collect();
        // What the program made is sent again by whoever works on it.
        if editors.iter().all(|action| action.roles.iter().chain(&action.behalf).all(|r| *r == Role::System))
        {
            editors = kind.actions.values().collect();
        }
        let roles: Vec<Role> = editors.iter().flat_map(|action| action.roles.iter().copied()).collect();
        let behalf: Vec<Role> = editors.iter().flat_map(|action| action.behalf.iter().copied()).collect();
        standing(&self.ctx, actor, &roles, &behalf, ("重报", "restate"))?;
        self.finish(&draft, command, actor, 0, 0)
    }

    /// Deadlines by the calendar and the law of today: those that are met, stopped or extended keep the day that people
    /// were told.
    fn refresh(
        &self,
        mut draft: Draft<'_>,
        command: &Command,
        actor: &Actor,
    ) -> Result<Vec<Warning>, Refusal> {
        standing(&self.ctx, actor, &[], &[], ("按新日历重算期限", "compute deadlines by a new calendar"))?;
        effects::refresh(&self.ctx, &mut draft);
        if draft.moved_deadlines().is_empty() {
            return Err(unchanged().into());
        }
        self.finish(&draft, command, actor, 0, 0)
    }

    /// Writes the entries of a draft.
    fn finish(
        &self,
        draft: &Draft<'_>,
        command: &Command,
        actor: &Actor,
        action: u32,
        status: u32,
    ) -> Result<Vec<Warning>, Refusal> {
        let (ctx, kind) = (&self.ctx, draft.kind);
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
        let route = address::route(ctx, draft, stays)?;
        let whole = command.act == Act::Restate;
        let (record, flags) = (draft.this, draft.flags);
        let head = Head { record, action, status, flags, actor, reason: command.reason.trim(), whole };
        let entries = emit::entries(ctx, draft, &route, &head)?;
        if entries.is_empty() {
            return Err(unchanged().into());
        }
        self.pending.note(&entries);
        let mut all = self.entries.borrow_mut();
        all.extend(entries);
        if all.len() > limits::DECISION_ENTRIES_MAX {
            let most = limits::DECISION_ENTRIES_MAX;
            let (zh, en) = (format!("一次连带办理最多{most}条"), format!("at most {most} entries at once"));
            return Err(Problem::new(Code::TooLarge, zh, en).into());
        }
        Ok(warnings(ctx, draft))
    }
}

fn unchanged() -> Problem {
    Problem::new(Code::Unchanged, "没有改动", "nothing was changed")
}

/// The actor as the entry tells of him.
fn for_whom(actor: &Actor, standing: Standing) -> Actor {
    Actor { on_behalf: actor.on_behalf || standing == Standing::ForOthers, ..actor.clone() }
}

fn date_guards(ctx: &Context<'_>, draft: &Draft<'_>, actor: &Actor) -> Vec<Problem> {
    use crate::catalogue::model::Guard;
    let mut problems: Vec<Problem> = Vec::new();
    let taken = |action: &Action| draft.before.is_some_and(|record| alone::taken(record, action));
    for action in draft.kind.actions.values().filter(|action| taken(action)) {
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
            // The telephone of an office is no secret.
            && personal::find(text).iter().any(|found| found.what != personal::What::Phone)
        {
            warnings.push(Warning::PersonalData { field: field.tag });
        }
    }
    let fresh =
        draft.moved_deadlines().into_iter().filter(|deadline| deadline.provisional && deadline.open());
    warnings.extend(fresh.map(|deadline| Warning::Provisional { deadline: deadline.kind }));
    warnings
}
