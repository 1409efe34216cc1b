//! What an import would do, row by row, before anything is done.

use std::collections::{BTreeMap, BTreeSet};

use super::book::label;
use super::cell::Townships;
use super::rows::{CellProblem, Ledger, LedgerRow, shown};
use crate::catalogue::model::{Kind, Label, Privacy};
use crate::command::{Context, Imported, Pending, Problem, import_as, import_here, import_id, import_known};
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::limits;
use crate::record::{Actor, Entry, EntryFlags, Fields, Value};

/// Hex digits of the file's digest that every imported entry carries.
const DIGEST_SHOWN: usize = 16;

/// What becomes of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    New,
    /// The office has it and the row says something else.
    Changed,
    /// The office has it like this.
    Unchanged,
    /// The same as an earlier row of the file, whose number this is.
    Duplicate {
        of: u32,
    },
    /// The row belongs to another township.
    Elsewhere(TownshipCode),
    /// See the problems.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// As the user counts.
    pub number: u32,
    pub outcome: Outcome,
    pub record: Option<RecordId>,
    pub problems: Vec<CellProblem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub duplicate: usize,
    pub elsewhere: usize,
    pub refused: usize,
}

/// What to do if some rows cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is taken unless every row can be.
    AllOrNothing,
    /// The good rows are taken, the others are left.
    GoodRows,
}

/// The dry run of an import: every row with what would become of it. Making one changes nothing; making it twice over
/// the same records gives the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    pub rows: Vec<PlanRow>,
    pub counts: Counts,
    /// BLAKE3 of the file, in hex.
    pub digest: String,
    entries: Vec<(StreamName, Entry)>,
}

impl ImportPlan {
    /// Every problem, in order of rows.
    pub fn problems(&self) -> impl Iterator<Item = &CellProblem> {
        self.rows.iter().flat_map(|row| row.problems.iter())
    }

    /// The entries to append, in order, in one commit: they were decided over the records that the plan was made from.
    ///
    /// # Errors
    /// The plan itself, if everything or nothing was asked for and some row cannot be taken.
    pub fn entries(self, mode: Mode) -> Result<Vec<(StreamName, Entry)>, Box<Self>> {
        match mode {
            Mode::AllOrNothing if self.counts.refused + self.counts.elsewhere > 0 => Err(Box::new(self)),
            Mode::AllOrNothing | Mode::GoodRows => Ok(self.entries),
        }
    }
}

/// Asks the command gate about every row.
///
/// `names` gives the townships' names for messages. A ledger that was imported before comes out as unchanged; an empty
/// cell says nothing and clears nothing. Every entry's reason names the file (BLAKE3) and the row, where reasons may be kept.
pub fn plan(ctx: &Context<'_>, ledger: &Ledger, actor: &Actor, names: &Townships) -> ImportPlan {
    let mut made = ImportPlan {
        rows: Vec::with_capacity(ledger.rows.len()),
        counts: Counts::default(),
        digest: ledger.digest.clone(),
        entries: Vec::new(),
    };
    // Every entry of the plan has a stamp of its own: rows see the ones before them.
    let batch = Pending::new(ctx.lookup, ctx.catalogue);
    let ctx = Context { lookup: &batch, ..*ctx };
    let mut seen = Seen { earlier: BTreeMap::new(), shared: shared_keys(&ctx, ledger) };
    let mut room = limits::IMPORT_PROBLEMS_MAX;
    for row in &ledger.rows {
        let mut judged = judge(&ctx, ledger, row, actor, names, &mut seen);
        let count = match judged.row.outcome {
            Outcome::New => &mut made.counts.new,
            Outcome::Changed => &mut made.counts.changed,
            Outcome::Unchanged => &mut made.counts.unchanged,
            Outcome::Duplicate { .. } => &mut made.counts.duplicate,
            Outcome::Elsewhere(_) => &mut made.counts.elsewhere,
            Outcome::Refused => &mut made.counts.refused,
        };
        *count += 1;
        judged.row.problems.truncate(room.max(1));
        room = room.saturating_sub(judged.row.problems.len());
        batch.note(&judged.entries);
        made.rows.push(judged.row);
        made.entries.append(&mut judged.entries);
    }
    made
}

struct Judged {
    row: PlanRow,
    entries: Vec<(StreamName, Entry)>,
}

fn judge<'l>(
    ctx: &Context<'_>,
    ledger: &Ledger,
    row: &'l LedgerRow,
    actor: &Actor,
    names: &Townships,
    seen: &mut Seen<'l>,
) -> Judged {
    let done = |outcome, record, problems| Judged {
        row: PlanRow { number: row.number, outcome, record, problems },
        entries: Vec::new(),
    };
    if let (Some(theirs), Site::Township(ours)) = (row.township, ctx.place.site)
        && theirs != ours
    {
        let problem = CellProblem::row(row.number, elsewhere(theirs, ours, names));
        return done(Outcome::Elsewhere(theirs), None, vec![problem]);
    }
    if !row.problems.is_empty() {
        return done(Outcome::Refused, None, row.problems.clone());
    }
    let kind = ctx.catalogue.kinds.get(&ledger.kind);
    let by_key = kind.and_then(|kind| row_id(ctx, kind, &row.fields));
    // A row that says from which record it comes is known by that where the record is here, or where the key says too little.
    let record = row.record.filter(|id| {
        let here = || kind.is_some_and(|kind| import_here(ctx, kind, *id).is_some());
        by_key.is_none_or(|key| seen.shared.contains(&key)) || here()
    });
    let by_record = record.zip(kind).map(|(record, kind)| import_as(ctx, kind, record));
    let id = by_record.or(by_key);
    if let Some(id) = id {
        if let Some(first) = seen.earlier.get(&id) {
            if first.fields == row.fields {
                return done(Outcome::Duplicate { of: first.number }, Some(id), Vec::new());
            }
            let problem = CellProblem::row(row.number, clash(first.number));
            return done(Outcome::Refused, Some(id), vec![problem]);
        }
        seen.earlier.insert(id, row);
    }
    match import_known(ctx, ledger.kind, record, &row.fields, actor) {
        Ok(Imported::Same { record }) => done(Outcome::Unchanged, Some(record), Vec::new()),
        Ok(Imported::New { record, entries }) => {
            let judged = done(Outcome::New, Some(record), Vec::new());
            Judged { entries: sourced(entries, kind, ledger, row), ..judged }
        }
        Ok(Imported::Changed { record, entries }) => {
            let judged = done(Outcome::Changed, Some(record), Vec::new());
            Judged { entries: sourced(entries, kind, ledger, row), ..judged }
        }
        Err(refusal) => {
            let problems = refusal.problems.iter().map(|problem| at_cell(ledger, row, problem)).collect();
            done(Outcome::Refused, id, problems)
        }
    }
}

/// What a plan remembers of the file.
struct Seen<'l> {
    /// Rows so far, by the record that each stands for.
    earlier: BTreeMap<RecordId, &'l LedgerRow>,
    /// Records by key that rows of several exported records would share.
    shared: BTreeSet<RecordId>,
}

fn shared_keys(ctx: &Context<'_>, ledger: &Ledger) -> BTreeSet<RecordId> {
    let Some(kind) = ctx.catalogue.kinds.get(&ledger.kind) else { return BTreeSet::new() };
    let mut first: BTreeMap<RecordId, RecordId> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for row in &ledger.rows {
        let Some(record) = row.record else { continue };
        if let Some(key) = row_id(ctx, kind, &row.fields)
            && *first.entry(key).or_insert(record) != record
        {
            shared.insert(key);
        }
    }
    shared
}

/// The id that the gate will give the row by its key; `None` if the row lacks what it is drawn from.
fn row_id(ctx: &Context<'_>, kind: &Kind, fields: &Fields) -> Option<RecordId> {
    let key = fields.get(&kind.import.as_ref()?.key)?;
    match fields.get(&kind.date) {
        Some(Value::Date(day)) => Some(import_id(ctx.place.site, kind, key, day.year(), fields)),
        _ => None,
    }
}

fn elsewhere(theirs: TownshipCode, ours: TownshipCode, names: &Townships) -> Label {
    let name = |code| names.name(code).map_or_else(|| format!("{code}"), str::to_owned);
    let (theirs, ours) = (name(theirs), name(ours));
    label(format!("属于{theirs}，本节点是{ours}"), format!("belongs to {theirs}; this is the node of {ours}"))
}

fn clash(first: u32) -> Label {
    label(
        format!("与第{first}行编号相同而内容不同"),
        format!("has the same key as row {first} but says something else"),
    )
}

/// A refusal of the gate, at the cell that it speaks of.
fn at_cell(ledger: &Ledger, row: &LedgerRow, problem: &Problem) -> CellProblem {
    let value = problem.field.and_then(|tag| row.fields.get(&tag));
    CellProblem {
        row: row.number,
        column: problem.field.and_then(|tag| ledger.column_of(tag)),
        value: value.map(|value| shown(&plain(value))).unwrap_or_default(),
        reason: label(&problem.zh, &problem.en),
    }
}

/// A value in few words, for a message.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Date(day) => day.to_string(),
        Value::List(values) => values.iter().map(plain).collect::<Vec<_>>().join("、"),
        _ => String::new(),
    }
}

/// Entries that say which file and row they come from. A kind whose reasons stay in the office keeps it with the values
/// that stay there, if the row has such.
fn sourced(
    mut entries: Vec<(StreamName, Entry)>,
    kind: Option<&Kind>,
    ledger: &Ledger,
    row: &LedgerRow,
) -> Vec<(StreamName, Entry)> {
    let stays = kind.is_some_and(|kind| kind.reason_privacy == Privacy::Local);
    let digest = ledger.digest.get(..DIGEST_SHOWN).unwrap_or(&ledger.digest);
    for (_, entry) in &mut entries {
        if entry.flags.has(EntryFlags::PRIVATE) == stays && entry.reason.is_empty() {
            entry.reason = format!("导入 blake3:{digest} 第{}行", row.number);
        }
    }
    entries
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
