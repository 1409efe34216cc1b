//! Bringing in ledgers of past work.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use shared::code::ErrorCode;
use shared::exchange::{self, CellProblem, Holds, ImportPlan, Ledger, Mode, Outcome};
use shared::ledger::Ledger as Desk;
use shared::program::{Failure, Lang, Progress};
use shared::record::Actor;
use shared::store::View;

use super::Node;
use super::act::Wish;

/// Rows that share one commit.
const ROWS_PER_COMMIT: usize = 500;

/// What an import did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    pub kind: String,
    /// Nothing was written: a dry run, or some row cannot be taken.
    pub dry: bool,
    pub rows: usize,
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub duplicate: usize,
    /// Rows of other townships, and how many of each, as the file writes them.
    pub elsewhere: usize,
    pub others: BTreeMap<String, usize>,
    pub refused: usize,
    /// Columns that are left out, with the reason.
    pub ignored: Vec<String>,
    pub problems: Vec<RowFault>,
    /// BLAKE3 of the file, in hex.
    pub digest: String,
}

/// One thing wrong in the file.
#[derive(Debug, Clone, Serialize)]
pub struct RowFault {
    pub row: u32,
    pub column: Option<String>,
    pub heading: Option<String>,
    pub value: String,
    pub reason: String,
    /// The whole message.
    pub text: String,
}

impl RowFault {
    fn of(problem: &CellProblem, lang: Lang) -> Self {
        Self {
            row: problem.row,
            column: problem.column.as_ref().map(|(letters, _)| letters.clone()),
            heading: problem.column.as_ref().map(|(_, heading)| heading.clone()),
            value: problem.value.clone(),
            reason: lang.of(&problem.reason).to_owned(),
            text: lang.of(&problem.label()).to_owned(),
        }
    }
}

/// How an import is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportHow<'a> {
    pub sheet: Option<&'a str>,
    pub dry: bool,
    /// Take the good rows and leave the others.
    pub good_rows: bool,
    /// Hears how many rows are in.
    pub progress: Option<&'a Progress>,
}

impl Node {
    /// Imports a file of past work. Unless `good_rows` is asked for, one bad row keeps all out.
    ///
    /// # Errors
    /// The file cannot be read as a ledger of the kind, or the store's failure. Bad rows are no error here: see
    /// [`Imported::problems`].
    pub fn import(
        &self,
        kind: &str,
        bytes: &[u8],
        how: ImportHow<'_>,
        wish: &Wish,
        lang: Lang,
    ) -> Result<Imported, Failure> {
        let kind = shared::ledger::find_kind(self.catalogue(), kind)?;
        let label = |label: shared::catalogue::model::Label| {
            Failure::invalid(format!("{}。", label.zh), format!("{}.", label.en))
        };
        let book = exchange::read(bytes).map_err(|e| label(e.label()))?;
        let actor = self.actor(wish)?;
        let mode = if how.good_rows { Mode::GoodRows } else { Mode::AllOrNothing };
        let (ledger, plan) = self.ledger(|desk| {
            self.read(|views| {
                let names = desk.names(views);
                let ledger = Ledger::read(&book, how.sheet, kind, &names).map_err(|e| label(e.label()))?;
                let plan = plan(desk, views, &ledger, &actor);
                Ok::<_, Failure>((ledger, plan))
            })
        })?;
        let mut report = told(&kind.id, &ledger, &plan, lang);
        let fit: BTreeSet<u32> = plan
            .rows
            .iter()
            .filter(|row| matches!(row.outcome, Outcome::New | Outcome::Changed))
            .map(|row| row.number)
            .collect();
        let written = !how.dry && plan.entries(mode).is_ok();
        if written {
            self.take(ledger, &fit, &actor, how.progress.unwrap_or(&Progress::silent()))?;
            report.dry = false;
        }
        tracing::info!(
            rows = report.rows,
            new = report.new,
            refused = report.refused,
            written,
            "ledger imported"
        );
        Ok(report)
    }

    /// Commits the rows that fit, some at a time: one commit of a whole ledger would hold all of it in memory many times
    /// over. Every part is decided anew inside its commit, so what others do meanwhile is seen. An import that was cut
    /// off is finished by importing the file again.
    fn take(
        &self,
        ledger: Ledger,
        fit: &BTreeSet<u32>,
        actor: &Actor,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let Ledger { kind, mapping, mut rows, digest } = ledger;
        rows.retain(|row| fit.contains(&row.number));
        progress.total(rows.len() as u64);
        for part in rows.chunks(ROWS_PER_COMMIT) {
            let part = Ledger { kind, mapping: mapping.clone(), rows: part.to_vec(), digest: digest.clone() };
            self.write(|tx| {
                self.ledger(|desk| {
                    let plan = plan(desk, tx.view(), &part, actor);
                    // Only good rows are here; one that others have changed meanwhile stays out and is seen the next time.
                    let mut entries = plan.entries(Mode::GoodRows).unwrap_or_default();
                    // A record has at most one entry in each stream here, so the streams may be appended one after another.
                    entries.sort_by_key(|(stream, _)| *stream);
                    desk.append(tx, &entries)
                })?;
                Ok(())
            })?;
            progress.step(part.rows.len() as u64);
        }
        progress.done();
        Ok(())
    }
}

fn plan(desk: &Desk<'_>, views: &dyn View, ledger: &Ledger, actor: &Actor) -> ImportPlan {
    desk.deciding(views, |context| exchange::plan(context, ledger, actor, desk.townships))
}

fn told(kind: &str, ledger: &Ledger, plan: &ImportPlan, lang: Lang) -> Imported {
    let ignored = ledger
        .mapping
        .ignored
        .iter()
        .map(|column| format!("{}：{}", column.heading, lang.of(&column.reason)));
    let counts = plan.counts;
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut strangers = 0;
    let column = ledger
        .mapping
        .columns
        .iter()
        .find(|column| column.holds == Holds::Township)
        .map(|column| column.letters());
    for row in &plan.rows {
        let stranger = |p: &&CellProblem| {
            p.column.as_ref().map(|(letters, _)| letters) == column.as_ref() && column.is_some()
        };
        match (row.outcome, row.problems.iter().find(stranger)) {
            (Outcome::Elsewhere(code), _) => *others.entry(code.to_string()).or_default() += 1,
            // A township that this node has never heard of is another's all the same.
            (Outcome::Refused, Some(problem)) => {
                strangers += 1;
                *others.entry(problem.value.clone()).or_default() += 1;
            }
            _ => problems.extend(row.problems.iter().map(|problem| RowFault::of(problem, lang))),
        }
    }
    Imported {
        kind: kind.to_owned(),
        dry: true,
        rows: ledger.rows.len(),
        new: counts.new,
        changed: counts.changed,
        unchanged: counts.unchanged,
        duplicate: counts.duplicate,
        elsewhere: counts.elsewhere + strangers,
        others,
        refused: counts.refused - strangers,
        ignored: ignored.collect(),
        problems,
        digest: plan.digest.clone(),
    }
}

impl Imported {
    /// The failure to end with when rows were left out and nothing was asked to be taken without them.
    pub fn failure(&self, good_rows: bool) -> Option<Failure> {
        let bad = self.refused + self.elsewhere;
        (bad > 0 && !good_rows).then(|| {
            Failure::new(
                ErrorCode::Invalid,
                format!("{bad} 行不能导入（其他乡镇 {} 行，有问题 {} 行），一行也没有导入。", self.elsewhere, self.refused),
                format!(
                    "{bad} rows cannot be taken ({} of other townships, {} with problems), so none was imported.",
                    self.elsewhere, self.refused
                ),
            )
            .advise(
                "请按上面的说明改正后再导入，或加 --good-rows 只导入没有问题的行。",
                "Put the rows right and import again, or take only the good rows with --good-rows.",
            )
        })
    }
}
