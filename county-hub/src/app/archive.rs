//! What the hub can say of an archive package: it has the townships' streams whole.

use serde::{Deserialize, Serialize};
use shared::archive::{self, Compared};
use shared::program::Failure;

use super::App;
use super::ask::Ask;

/// Looks the runs of a package up in the hub's own streams.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Compare(pub archive::Compare);

impl Ask for Compare {
    type Answer = Vec<Compared>;

    /// # Errors
    /// Damage of the journal.
    fn answer(self, app: &App) -> Result<Vec<Compared>, Failure> {
        self.0.answer(&app.store)
    }
}
