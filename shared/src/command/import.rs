//! Past work from a ledger: the status and the dates that the file has are taken over, none is invented.

use super::address;
use super::alone::Case;
use super::checks;
use super::compute;
use super::context::Context;
use super::draft::Draft;
use super::emit::{self, Head};
use super::refusal::{self, Code, Problem, Refusal};
use crate::catalogue::model::{Import, ImportDeadline, Kind};
use crate::ids::{RecordId, Site, StreamName};
use crate::record::{Actor, DeadlineState, Entry, EntryFlags, Fields, Record, Role, Step, Value};
use crate::view::{condition, shape};

/// What a row of a ledger comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// A new record.
    New { record: RecordId, entries: Vec<(StreamName, Entry)> },
    /// The row came before and says something else now.
    Changed { record: RecordId, entries: Vec<(StreamName, Entry)> },
    /// The row came before and says the same.
    Same { record: RecordId },
}

/// The id of a record that is known by its number: the same row of the same office gives the same id, so that importing
/// a ledger twice changes nothing. It is drawn from owner, kind, number, the year of the record's date and what else
/// starts numbers anew; its time part is zero. `None` if the kind has no number or the row lacks it or its date.
///
/// What a row says is not drawn into an id: ids leave the office, and names could be guessed from them.
pub fn import_id(site: Site, kind: &Kind, fields: &Fields) -> Option<RecordId> {
    let key = fields.get(&kind.import.as_ref()?.key?).filter(|value| condition::filled(value))?;
    let Some(Value::Date(day)) = fields.get(&kind.date) else { return None };
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"xianglian import 1\n");
    hasher.update(site.to_string().as_bytes());
    hasher.update(&kind.tag.to_be_bytes());
    hasher.update(&day.year().to_be_bytes());
    hasher.update(&crate::record::encode_fields(&[(1, key.clone())].into()));
    // A number that starts anew with each session says nothing without it.
    let per = kind.numbering.iter().flat_map(|numbering| &numbering.per);
    let row: Fields = per.filter_map(|tag| Some((*tag, fields.get(tag)?.clone()))).collect();
    if !row.is_empty() {
        hasher.update(&crate::record::encode_fields(&row));
    }
    let mut random = [0; 10];
    hasher.finalize_xof().fill(&mut random);
    Some(RecordId::mint(0, &random))
}

/// One row of a ledger for the gate.
#[derive(Debug, Clone, Copy)]
pub struct ImportRow<'a> {
    /// Tag of the kind.
    pub kind: u32,
    /// The record that the row makes or changes: see [`import_id`].
    pub record: RecordId,
    /// By tag, as the importer has read them.
    pub fields: &'a Fields,
    /// Where the row comes from; kept with what it makes, as the reasons of actions are.
    pub source: &'a str,
}

/// Decides on one row.
///
/// # Errors
/// The kind takes no imports, the row lacks its title or date, a value is out of bounds, or the record has been worked on
/// here since it was imported and the row says something else.
pub fn import_row(ctx: &Context<'_>, row: &ImportRow<'_>, actor: &Actor) -> Result<Imported, Refusal> {
    let (id, fields) = (row.record, row.fields);
    let kind = ctx.catalogue.kinds.get(&row.kind).ok_or_else(|| {
        let (zh, en) = (format!("没有种类{}", row.kind), format!("there is no kind {}", row.kind));
        Problem::new(Code::UnknownKind, zh, en)
    })?;
    checks::site(ctx, kind)?;
    let import = kind.import.as_ref().ok_or_else(|| {
        let (zh, en) =
            (format!("{}不能导入", kind.label.zh), format!("{} cannot be imported", kind.label.en));
        Problem::new(Code::UnknownAction, zh, en)
    })?;
    Refusal::unless_empty(problems(kind, fields))?;
    let before = ctx.lookup.record(id);
    let local = before.as_ref().map_or_else(Fields::new, |record| ctx.lookup.local(record.id));
    let mut draft = Draft::new(before.as_ref().map_or(id, |record| record.id), kind, before.as_ref(), local);
    fill(ctx, &mut draft, import, fields);
    let status =
        if before.as_ref().is_some_and(|record| record.status == draft.status) { 0 } else { draft.status };
    if let Some(record) = &before {
        if unchanged(&draft, status) {
            return Ok(Imported::Same { record: id });
        }
        if record.flags.has(EntryFlags::VOIDED) || worked_on(record) {
            return Err(Problem::new(
                Code::Conflict,
                "导入后已在系统中办理，不再用表格覆盖",
                "the record has been worked on since it was imported; the row does not overwrite it",
            )
            .into());
        }
    }
    let stays = checks::stays(kind, draft.status, &draft.fields);
    if before.as_ref().is_some_and(|record| kind.local_when.is_some() && record.stream.travels() == stays) {
        return Err(Problem::new(
            Code::Local,
            "是否外报与已导入的记录不一致",
            "the row would change whether the record leaves the office",
        )
        .into());
    }
    let was = before.as_ref().map(|record| (record, draft.all_before()));
    let case = Case { kind, this: draft.this, before: was };
    Refusal::unless_empty(case.problems(ctx, draft.subject(), kind.actions.values()))?;
    draft.publish = !kind.statuses.get(&draft.status).is_some_and(|status| status.draft);
    let route = address::route(ctx, &draft, stays)?;
    let flags = EntryFlags::IMPORTED;
    let head = Head {
        record: before.as_ref().map_or(id, |r| r.id),
        action: 0,
        status,
        flags,
        actor,
        reason: row.source,
        whole: false,
    };
    let entries = emit::entries(ctx, &draft, &route, &head)?;
    Ok(match before {
        None => Imported::New { record: id, entries },
        Some(_) => Imported::Changed { record: id, entries },
    })
}

fn problems(kind: &Kind, fields: &Fields) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (tag, value) in fields {
        match kind.fields.get(tag) {
            None => {
                let (zh, en) = (format!("没有字段{tag}"), format!("there is no field {tag}"));
                problems.push(Problem::new(Code::UnknownField, zh, en).at(*tag));
            }
            Some(field) => {
                if let Err(trouble) = shape::check(&field.shape, value) {
                    problems.push(refusal::trouble(field, &trouble));
                }
            }
        }
    }
    for tag in [kind.title, kind.date] {
        if let Some(field) = kind.fields.get(&tag)
            && !fields.get(&tag).is_some_and(condition::filled)
            && !problems.iter().any(|problem: &Problem| problem.field == Some(tag))
        {
            problems.push(refusal::at(Code::Required, field, "必须填写", "must be filled"));
        }
    }
    problems
}

fn fill(ctx: &Context<'_>, draft: &mut Draft<'_>, import: &Import, fields: &Fields) {
    for (tag, value) in fields {
        if condition::filled(value) {
            draft.fields.insert(*tag, value.clone());
        }
    }
    compute::but(draft, fields);
    // The rules see the imported fields; what the rules do not say stays as it is.
    let rule = import.status.iter().find(|(condition, _)| draft.subject().holds(condition));
    if let Some((_, status)) = rule {
        draft.status = *status;
    }
    for ImportDeadline { deadline, from, due, met } in &import.deadlines {
        let day = |tag: &u32| match draft.fields.get(tag) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let counted = day(from).and_then(|start| match due {
            Some(due) => day(due).map(|due| ctx.deadlines.given(*deadline, start, due)),
            None => ctx.deadlines.start(*deadline, start, false),
        });
        if let Some(mut state) = counted {
            state.done = met.as_ref().and_then(day);
            // The same dates keep the day that people were told, whatever calendar is in force now.
            let told = draft.deadlines.get(deadline);
            let same = |told: &DeadlineState| {
                (told.start, told.done) == (state.start, state.done)
                    && (due.is_none() || told.raw_due == state.raw_due)
            };
            if told.is_some_and(same) {
                continue;
            }
            draft.deadlines.insert(*deadline, state);
        }
    }
}

fn unchanged(draft: &Draft<'_>, status: u32) -> bool {
    status == 0
        && draft.moved_deadlines().is_empty()
        && draft.kind.fields.keys().all(|tag| !draft.changed(*tag))
}

/// Whether anybody did something to the record here after it came in. The program's own count of deadlines is nobody's work.
fn worked_on(record: &Record) -> bool {
    let quiet = EntryFlags::IMPORTED.0 | EntryFlags::RESTATED.0;
    let counted = |step: &Step| step.role == Role::System && (step.action, step.status) == (0, 0);
    record.steps.iter().any(|step| step.flags.0 & quiet == 0 && !counted(step))
}
