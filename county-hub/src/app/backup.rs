//! A copy of the hub, taken while it goes on working.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::program::Failure;
use shared::store::files::DiskFiles;

use super::App;
use super::ask::Ask;
use super::open::close_to_others;
use crate::config;

/// Copies settings, keys and journal into a folder, which is then a data folder itself: to go back to the copy, run the
/// hub on it. It holds the county's keys and has to be kept like them. Views are left out; they are made anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Backup {
    /// Absolute path.
    pub to: PathBuf,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Copied {
    pub to: PathBuf,
    /// Of the journal.
    pub bytes: u64,
    pub entries: u64,
}

impl Ask for Backup {
    type Answer = Copied;

    fn answer(self, app: &App) -> Result<Copied, Failure> {
        if config::file(&self.to).exists() || self.to.join("store").exists() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} 里已有一份备份。", self.to.display()),
                format!("{} already holds a copy.", self.to.display()),
            )
            .advise(
                "请换一个空文件夹，例如以日期命名。",
                "Choose an empty folder, for example one named by the day.",
            ));
        }
        let unwritable = |error: io::Error| {
            Failure::new(
                ErrorCode::Setup,
                format!("无法写入备份文件夹 {}。", self.to.display()),
                format!("The folder {} cannot be written.", self.to.display()),
            )
            .because(error)
        };
        fs::create_dir_all(&self.to).and_then(|()| close_to_others(&self.to)).map_err(unwritable)?;
        copy_files(&app.config.ca(), &self.to.join("ca")).map_err(unwritable)?;
        let entries = app.store.streams().iter().map(|(_, head)| head.len).sum();
        let files = DiskFiles::new(self.to.join("store")).map_err(unwritable)?;
        let bytes = app.store.backup(&files)?;
        // The settings come last: a copy that was cut off is not taken for a hub.
        fs::copy(config::file(&app.config.data), config::file(&self.to)).map_err(unwritable)?;
        tracing::info!(bytes, "hub copied");
        Ok(Copied { to: self.to, bytes, entries })
    }
}

/// The files of a folder, with their modes.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
