//! A copy of the journal, taken while the hub goes on working.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use shared::program::Failure;
use shared::store::files::DiskFiles;

use super::App;
use super::ask::Ask;

/// Copies the journal into a folder, which must be empty or not there. The keys of the certificate authority are not in
/// it: whoever has them can enrol machines.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Backup {
    /// Absolute path.
    pub to: PathBuf,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Copied {
    pub to: PathBuf,
    pub bytes: u64,
    pub entries: u64,
}

impl Ask for Backup {
    type Answer = Copied;

    fn answer(self, app: &App) -> Result<Copied, Failure> {
        let entries = app.store.streams().iter().map(|(_, head)| head.len).sum();
        let files = DiskFiles::new(&self.to).map_err(Failure::internal)?;
        let bytes = app.store.backup(&files)?;
        tracing::info!(bytes, "journal copied");
        Ok(Copied { to: self.to, bytes, entries })
    }
}
