//! Whether everything that is stored is as it was written.

use serde::{Deserialize, Serialize};
use shared::ledger::{self, Checked};
use shared::program::{Failure, Progress};
use shared::tally;

use super::App;
use super::ask::Ask;

/// Reads every entry of every stream, computes the chain anew, and the tallies from the records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Verify {}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    #[serde(flatten)]
    pub journal: Checked,
    /// Whether the tallies kept are those that the records give.
    pub good: bool,
}

impl Ask for Verify {
    type Answer = Report;

    /// # Errors
    /// `Damaged`, naming the first place of the journal that is not what was written.
    fn answer(self, app: &App) -> Result<Report, Failure> {
        let checked = ledger::verify(&app.store, &Progress::silent());
        let journal = checked
            .inspect_err(|failure| tracing::error!(%failure, "the journal is not as it was written"))?;
        let good = app.store.read(|views| tally::exact(views, &app.catalogue));
        Ok(Report { journal, good })
    }
}
