//! Bringing in ledgers of past work.

use shared::catalogue::model::Label;
use shared::exchange::{self, Copied, ImportPlan, Ledger, MappingError, Mode, OnSimilar, PlanRow, Spoken};
use shared::ledger::{Ledger as Desk, Words};
use shared::program::{Failure, Lang, Progress};
use shared::record::Actor;

use super::Node;
use super::act::Wish;
use super::headings::Correcting;
use super::imported::{self, Imported};

/// Rows that share one commit.
const ROWS_PER_COMMIT: usize = 500;

/// How an import is to be made.
#[derive(Debug, Clone, Default)]
pub struct ImportHow<'a> {
    pub sheet: Option<&'a str>,
    pub dry: bool,
    /// Take the good rows and leave the others.
    pub good_rows: bool,
    /// What is to be done with rows that seem to repeat something.
    pub on_similar: OnSimilar,
    /// What headings mean, and whether it is to be remembered for the next file.
    pub correcting: Correcting<'a>,
    pub remember: bool,
    /// Give back a copy of the file with what is wrong marked in it.
    pub marked: Option<Copied>,
    /// Hears how many rows are judged, and then how many are in.
    pub progress: Option<&'a Progress>,
}

impl Node {
    /// Imports a file of past work. Unless `good_rows` is asked for, one bad row keeps all out.
    ///
    /// # Errors
    /// The file cannot be read as a ledger of the kind, or the store's failure. Bad rows and missing columns are no error
    /// here: see [`Imported::failure`].
    pub fn import(
        &self,
        kind: &str,
        bytes: &[u8],
        how: &ImportHow<'_>,
        wish: &Wish,
        lang: Lang,
    ) -> Result<Imported, Failure> {
        let kind = shared::ledger::find_kind(self.catalogue(), kind)?;
        let said = |label: Label| Failure::invalid(format!("{}。", label.zh), format!("{}.", label.en));
        let settled = self.headings(kind, how.correcting)?;
        let book = exchange::read(bytes).map_err(|e| said(e.label()))?;
        let ledger = match Ledger::read(&book, how.sheet, kind, &settled.corrections) {
            Ok(ledger) => ledger,
            Err(error) => {
                let label = error.label();
                let MappingError::Missing { mapping, .. } = error else { return Err(said(label)) };
                let missing = Some(lang.of(&label).to_owned());
                let report = imported::file(kind, &book, how.sheet.unwrap_or_default(), &mapping, lang);
                return Ok(Imported { missing, ..report });
            }
        };
        if how.remember {
            self.remember(kind, &settled, &ledger.mapping.unused)?;
        }
        let actor = self.actor(wish)?;
        let silent = Progress::silent();
        let progress = how.progress.unwrap_or(&silent);
        let mut report = imported::file(kind, &book, &ledger.sheet.name, &ledger.mapping, lang);
        progress.total(ledger.places().count() as u64);
        let plan = self.ledger(|desk| {
            self.read(|views| {
                let names = desk.names(views);
                let plan = desk.deciding(views, |context| {
                    let hear = |rows| progress.at(rows);
                    exchange::plan(context, &ledger, &names, &actor, &how.on_similar, &hear)
                });
                let words = Words { views, catalogue: desk.catalogue };
                report.tell(&ledger, &plan, words, &names, lang);
                plan
            })
        });
        let mode = if how.good_rows { Mode::GoodRows } else { Mode::AllOrNothing };
        if !how.dry
            && let Ok(fit) = plan.fit(mode)
        {
            report.overtaken = self.take(&ledger, &fit, &actor, progress)?;
            report.dry = false;
        }
        if let Some(copied) = how.marked {
            report.marked = Some(copy(&ledger, &plan, copied, lang)?);
        }
        tracing::info!(
            rows = report.rows,
            new = report.new,
            refused = report.refused,
            written = !report.dry,
            "ledger imported"
        );
        Ok(report)
    }

    /// Commits the rows that fit, some at a time: one commit of a whole ledger would hold all of it in memory many times
    /// over. Every part is decided anew inside its commit, so what others do meanwhile is seen. An import that was cut
    /// off is finished by importing the file again. Gives the rows that were left out because of what others did.
    fn take(
        &self,
        ledger: &Ledger<'_>,
        fit: &[&PlanRow],
        actor: &Actor,
        progress: &Progress,
    ) -> Result<usize, Failure> {
        progress.total(fit.len() as u64);
        progress.at(0);
        let mut overtaken = 0;
        for part in fit.chunks(ROWS_PER_COMMIT) {
            overtaken += self.write(|tx| {
                self.ledger(|desk| {
                    let (mut entries, left) = decided(desk, tx.view(), ledger, part, actor);
                    // A record has at most one entry in each stream here, so the streams may be appended one after another.
                    entries.sort_by_key(|(stream, _)| *stream);
                    desk.append(tx, &entries)?;
                    Ok(left)
                })
            })?;
            progress.step(part.len() as u64);
        }
        progress.done();
        Ok(overtaken)
    }
}

type Entries = Vec<(shared::ids::StreamName, shared::record::Entry)>;

fn decided(
    desk: &Desk<'_>,
    views: &dyn shared::store::View,
    ledger: &Ledger<'_>,
    rows: &[&PlanRow],
    actor: &Actor,
) -> (Entries, usize) {
    let names = desk.names(views);
    desk.deciding(views, |context| exchange::entries(context, ledger, &names, actor, rows))
}

fn copy(ledger: &Ledger<'_>, plan: &ImportPlan, copied: Copied, lang: Lang) -> Result<Vec<u8>, Failure> {
    let spoken: Spoken = match lang {
        Lang::Zh => |label| &label.zh,
        Lang::En => |label| &label.en,
    };
    exchange::marked(ledger, plan, copied, spoken).map_err(Failure::internal)
}
