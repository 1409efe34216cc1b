//! What an import would do, row by row, before anything is done.

use std::collections::{BTreeMap, BTreeSet};

use super::book::label;
use super::cell::{Directory, Townships};
use super::rows::{CellProblem, Ledger, LedgerRow, shown};
use super::similar::{Similar, Twins, digest};
use crate::catalogue::model::{Guard, Label};
use crate::command::{Context, ImportRow, Imported, Pending, Problem, import_id, import_row};
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::limits;
use crate::record::{Actor, Entry, Value};

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
    /// It seems to repeat something and is not taken: see [`PlanRow::similar`].
    Similar,
    /// The row belongs to another township.
    Elsewhere(TownshipCode),
    /// It is no record: a sum, a remark, a heading between the rows.
    Note,
    /// See the problems.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// Its place among the rows of the sheet.
    pub place: usize,
    /// As the user counts.
    pub number: u32,
    pub outcome: Outcome,
    /// The record that it makes or means.
    pub record: Option<RecordId>,
    /// What it seems to repeat, whether it is taken or not.
    pub similar: Option<Similar>,
    pub problems: Vec<CellProblem>,
}

impl PlanRow {
    /// Whether the row makes or changes a record.
    pub fn fits(&self) -> bool {
        matches!(self.outcome, Outcome::New | Outcome::Changed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub duplicate: usize,
    pub similar: usize,
    pub elsewhere: usize,
    pub note: usize,
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

/// What to do with rows that seem to repeat something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OnSimilar {
    /// They are listed; with everything or nothing, nothing is taken before somebody has chosen.
    #[default]
    Ask,
    Skip,
    Take,
    /// These rows, as the user counts, are taken and the others skipped.
    TakeRows(BTreeSet<u32>),
}

impl OnSimilar {
    fn takes(&self, row: u32) -> bool {
        match self {
            Self::Ask | Self::Skip => false,
            Self::Take => true,
            Self::TakeRows(rows) => rows.contains(&row),
        }
    }
}

/// The dry run of an import: every row with what would become of it. Making one changes nothing; making it twice over
/// the same records gives the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    pub rows: Vec<PlanRow>,
    pub counts: Counts,
    /// BLAKE3 of the file, in hex.
    pub digest: String,
    /// Somebody has to choose what is to be done with what seems to be doubled.
    pub undecided: bool,
}

impl ImportPlan {
    /// Every problem, in order of rows.
    pub fn problems(&self) -> impl Iterator<Item = &CellProblem> {
        self.rows.iter().flat_map(|row| row.problems.iter())
    }

    /// The rows to take, for [`entries`].
    ///
    /// # Errors
    /// The plan itself, if everything or nothing was asked for and some row cannot be taken or is undecided.
    pub fn fit(&self, mode: Mode) -> Result<Vec<&PlanRow>, &Self> {
        match mode {
            Mode::AllOrNothing if self.counts.refused + self.counts.elsewhere > 0 || self.undecided => {
                Err(self)
            }
            Mode::AllOrNothing | Mode::GoodRows => Ok(self.rows.iter().filter(|row| row.fits()).collect()),
        }
    }
}

/// Asks the command gate about every row.
///
/// A ledger that was imported before comes out as unchanged; an empty cell says nothing and clears nothing. What is
/// decided is not kept but for the outcome, so that a long ledger takes no more memory than its rows: about 200 bytes each.
/// `progress` hears how many rows are judged.
pub fn plan(
    ctx: &Context<'_>,
    ledger: &Ledger<'_>,
    directory: &dyn Directory,
    actor: &Actor,
    on_similar: &OnSimilar,
    progress: &dyn Fn(u64),
) -> ImportPlan {
    let mut made = ImportPlan {
        rows: Vec::new(),
        counts: Counts::default(),
        digest: ledger.digest.to_owned(),
        undecided: false,
    };
    // Where only one record may say something, rows see the ones before them. Elsewhere they need not.
    let alone = |guard: &Guard| matches!(guard, Guard::Alone(_));
    let looks = ledger.kind.actions.values().flat_map(|action| &action.guards).any(alone);
    let batch = Pending::new(ctx.lookup, ctx.catalogue);
    let ctx = if looks { &Context { lookup: &batch, ..*ctx } } else { ctx };
    let mut judge = Judge {
        ctx,
        ledger,
        actor,
        on_similar,
        townships: directory.townships(),
        twins: Twins::new(ctx, ledger.kind),
        earlier: BTreeMap::new(),
    };
    let mut room = limits::IMPORT_PROBLEMS_MAX;
    for place in ledger.places() {
        let row = ledger.row(place, directory);
        let (mut judged, entries) = judge.judge(place, &row);
        let count = match judged.outcome {
            Outcome::New => &mut made.counts.new,
            Outcome::Changed => &mut made.counts.changed,
            Outcome::Unchanged => &mut made.counts.unchanged,
            Outcome::Duplicate { .. } => &mut made.counts.duplicate,
            Outcome::Similar => &mut made.counts.similar,
            Outcome::Elsewhere(_) => &mut made.counts.elsewhere,
            Outcome::Note => &mut made.counts.note,
            Outcome::Refused => &mut made.counts.refused,
        };
        *count += 1;
        // Beyond the bound one problem a row is enough to refuse it.
        judged.problems.truncate(room.max(1));
        room = room.saturating_sub(judged.problems.len());
        if looks {
            batch.note(&entries);
        }
        made.rows.push(judged);
        progress(made.rows.len() as u64);
    }
    made.undecided = made.counts.similar > 0 && *on_similar == OnSimilar::Ask;
    made
}

/// The entries of rows that a plan found fit, in the order in which they are to be appended in one commit, and how many
/// rows were left out because others have changed something meanwhile. Every entry's reason names the file (BLAKE3) and
/// the row.
pub fn entries(
    ctx: &Context<'_>,
    ledger: &Ledger<'_>,
    directory: &dyn Directory,
    actor: &Actor,
    rows: &[&PlanRow],
) -> (Vec<(StreamName, Entry)>, usize) {
    // Every entry of a commit has a stamp of its own: rows see the ones before them.
    let batch = Pending::new(ctx.lookup, ctx.catalogue);
    let ctx = Context { lookup: &batch, ..*ctx };
    let mut all = Vec::new();
    let mut left = 0;
    for planned in rows {
        let row = ledger.row(planned.place, directory);
        let decided = planned.record.filter(|_| row.problems.is_empty()).map(|record| {
            import_row(&ctx, &import(ledger, &row, record, &source(ledger, row.number)), actor)
        });
        match decided {
            Some(Ok(Imported::New { entries, .. } | Imported::Changed { entries, .. })) => {
                batch.note(&entries);
                all.extend(entries);
            }
            Some(Ok(Imported::Same { .. })) => {}
            Some(Err(_)) | None => left += 1,
        }
    }
    (all, left)
}

fn import<'r>(ledger: &Ledger<'_>, row: &'r LedgerRow, record: RecordId, source: &'r str) -> ImportRow<'r> {
    ImportRow { kind: ledger.kind.tag, record, fields: &row.fields, source }
}

fn source(ledger: &Ledger<'_>, row: u32) -> String {
    let digest = ledger.digest.get(..DIGEST_SHOWN).unwrap_or(ledger.digest);
    format!("导入 blake3:{digest} 第{row}行")
}

struct Judge<'a, 'c> {
    ctx: &'a Context<'c>,
    ledger: &'a Ledger<'a>,
    actor: &'a Actor,
    on_similar: &'a OnSimilar,
    townships: &'a Townships,
    twins: Twins<'a>,
    /// By the record that a number gives, or by all that a row says: the row, and all that it says.
    earlier: BTreeMap<[u8; 16], (u32, [u8; 16])>,
}

impl Judge<'_, '_> {
    fn judge(&mut self, place: usize, row: &LedgerRow) -> (PlanRow, Vec<(StreamName, Entry)>) {
        let plain = |outcome, record, problems| {
            let (number, similar) = (row.number, None);
            (PlanRow { place, number, outcome, record, similar, problems }, Vec::new())
        };
        if row.note {
            return plain(Outcome::Note, None, Vec::new());
        }
        if let (Some(theirs), Site::Township(ours)) = (row.township, self.ctx.place.site)
            && theirs != ours
        {
            let problem = CellProblem::row(row.number, elsewhere(theirs, ours, self.townships));
            return plain(Outcome::Elsewhere(theirs), None, vec![problem]);
        }
        let mut problems = row.problems.clone();
        problems.extend(self.missing_key(row));
        if !problems.is_empty() {
            return plain(Outcome::Refused, None, problems);
        }
        // A number says which record is meant; without one the row's words do.
        let by_number =
            self.ledger.key().and_then(|_| import_id(self.ctx.place.site, self.ledger.kind, &row.fields));
        let whole = digest(&row.fields);
        let mark = by_number.map_or(whole, |id| *id.as_bytes());
        match self.earlier.get(&mark) {
            Some((first, said)) if *said == whole => {
                return plain(Outcome::Duplicate { of: *first }, by_number, Vec::new());
            }
            Some((first, _)) => {
                let problem = CellProblem::row(row.number, clash(self.ledger, *first));
                return plain(Outcome::Refused, by_number, vec![problem]);
            }
            None => {}
        }
        self.earlier.insert(mark, (row.number, whole));
        let known = by_number.or_else(|| self.twins.same(&row.fields));
        let record = known.unwrap_or_else(|| self.fresh(row.number));
        match import_row(self.ctx, &import(self.ledger, row, record, ""), self.actor) {
            Ok(Imported::Same { record }) => {
                self.twins.claim(record);
                plain(Outcome::Unchanged, Some(record), Vec::new())
            }
            Ok(Imported::Changed { record, entries }) => {
                self.twins.claim(record);
                (plain(Outcome::Changed, Some(record), Vec::new()).0, entries)
            }
            Ok(Imported::New { record, entries }) => {
                let similar = self.twins.find(self.ctx, by_number, &row.fields);
                if similar.is_some() && !self.on_similar.takes(row.number) {
                    let (planned, none) = plain(Outcome::Similar, None, Vec::new());
                    return (PlanRow { similar, ..planned }, none);
                }
                self.twins.take(row.number, record, &row.fields);
                let (planned, _) = plain(Outcome::New, Some(record), Vec::new());
                (PlanRow { similar, ..planned }, entries)
            }
            Err(refusal) => {
                let problems = refusal.problems.iter().map(|problem| at_cell(self.ledger, row, problem));
                plain(Outcome::Refused, known, problems.collect())
            }
        }
    }

    /// Where the file has a column of numbers, every row has one.
    fn missing_key(&self, row: &LedgerRow) -> Option<CellProblem> {
        let key = self.ledger.key().filter(|key| !row.fields.contains_key(key))?;
        let field = self.ledger.kind.fields.get(&key)?;
        let column = self.ledger.column_of(key);
        // What stands there and cannot be read is told already.
        if row.problems.iter().any(|problem| problem.column == column) {
            return None;
        }
        Some(CellProblem {
            row: row.number,
            column,
            value: String::new(),
            reason: label(
                format!("{}必须填写", field.label.zh),
                format!("{} must be filled", field.label.en),
            ),
        })
    }

    /// The id of a record that nothing is known of yet.
    fn fresh(&self, row: u32) -> RecordId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.ctx.fresh.as_bytes());
        hasher.update(&row.to_be_bytes());
        let mut random = [0; 10];
        hasher.finalize_xof().fill(&mut random);
        RecordId::mint(self.ctx.now_ms, &random)
    }
}

fn elsewhere(theirs: TownshipCode, ours: TownshipCode, names: &Townships) -> Label {
    let name = |code| names.name(code).map_or_else(|| format!("{code}"), str::to_owned);
    let (theirs, ours) = (name(theirs), name(ours));
    label(format!("属于{theirs}，本节点是{ours}"), format!("belongs to {theirs}; this is the node of {ours}"))
}

fn clash(ledger: &Ledger<'_>, first: u32) -> Label {
    let key = ledger.key().and_then(|key| ledger.kind.fields.get(&key)).map(|field| &field.label);
    let (zh, en) = key.map_or(("编号", "number"), |label| (&label.zh, &label.en));
    label(
        format!("与第{first}行{zh}相同而其他内容不同"),
        format!("has the same {en} as row {first} but says something else"),
    )
}

/// A refusal of the gate, at the cell that it speaks of.
fn at_cell(ledger: &Ledger<'_>, row: &LedgerRow, problem: &Problem) -> CellProblem {
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

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
