//! Looking after the store: check, rebuild, copy; and what the program does of itself: reacting to what the county sent,
//! reminding, counting deadlines again.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use shared::code::ErrorCode;
use shared::ledger::{self, Checked, Daily, Reacted, Refreshed};
use shared::program::{Clock, Failure, Progress};
use shared::store::files::DiskFiles;
use shared::store::{Options, ViewsOutcome};
use shared::sync::note;

use super::Node;
use crate::config::Config;

/// What a check of the whole journal found.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    #[serde(flatten)]
    pub journal: Checked,
    /// Entries held back: intact, but not counted.
    pub held: u32,
}

#[derive(Debug, Clone, Serialize)]
pub struct Rebuilt {
    pub entries: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct BackedUp {
    pub folder: String,
    pub bytes: u64,
}

impl Node {
    /// Reads the whole journal: every check sum, every link of every chain.
    ///
    /// # Errors
    /// `Damaged`, naming the first place that is not what was written.
    pub fn verify(&self, progress: &Progress) -> Result<Verified, Failure> {
        let journal = ledger::verify(self.store(), progress)?;
        let held = self.read(|views| shared::view::held::count(views, None));
        Ok(Verified { journal, held })
    }

    /// Makes the views anew from the journal and closes the node again.
    ///
    /// # Errors
    /// As [`Node::open`].
    pub fn rebuild(
        config: Config,
        clock: Arc<dyn Clock>,
        progress: impl Fn(shared::store::Progress) + Send + Sync + 'static,
    ) -> Result<Rebuilt, Failure> {
        let options = Options { rebuild: true, progress: Box::new(progress), ..Options::default() };
        let node = Self::open_with(config, clock, options)?;
        let entries = match &node.opening().store.views {
            ViewsOutcome::Rebuilt { entries, .. } => *entries,
            other => return Err(Failure::internal(format!("the views were not made anew: {other:?}"))),
        };
        Ok(Rebuilt { entries })
    }

    /// Counts deadlines again that were computed before the holidays of their year were known. Doing it again changes
    /// nothing.
    ///
    /// # Errors
    /// The store fails; what was committed before stays.
    pub fn refresh_deadlines(&self) -> Result<Refreshed, Failure> {
        self.noting(|ledger| ledger.refresh_deadlines())
    }

    /// Does what follows from what the county sent. Doing it again changes nothing.
    ///
    /// A node that may lack entries of its own does nothing: one that has never finished an exchange, or was restored and
    /// has not met the county since. It would do again what it has done already, beside the entries that it gets back.
    ///
    /// # Errors
    /// The store fails; what was committed before stays.
    pub fn react(&self) -> Result<Reacted, Failure> {
        if self.whole() { self.noting(|ledger| ledger.react()) } else { Ok(Reacted::default()) }
    }

    /// The work of a day: deadlines by a newer calendar, what follows from what the county sent, reminders. Doing it again
    /// on the same day changes nothing.
    ///
    /// # Errors
    /// As [`Node::react`].
    pub fn daily(&self) -> Result<Daily, Failure> {
        let whole = self.whole();
        self.noting(|ledger| if whole { ledger.daily() } else { ledger.daily_alone() })
    }

    /// Whether all that this office has written is here, as far as is known.
    fn whole(&self) -> bool {
        self.read(note::node_state).synced_at != 0 && self.keeper().watermark().is_none()
    }

    /// Copies the journal into another folder while the node works. The copy may be opened as it is: views are made anew.
    ///
    /// # Errors
    /// The folder holds a journal already, or cannot be written.
    pub fn backup(&self, folder: &Path) -> Result<BackedUp, Failure> {
        let unwritable = |e: std::io::Error| {
            Failure::new(
                ErrorCode::Setup,
                format!("无法写入备份文件夹 {}。", folder.display()),
                format!("The folder {} cannot be written.", folder.display()),
            )
            .because(e)
        };
        if folder.join("store").join("journal").exists() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} 里已有一份备份。", folder.display()),
                format!("{} already holds a copy.", folder.display()),
            )
            .advise(
                "请换一个空文件夹，例如以日期命名。",
                "Choose an empty folder, for example one named by the day.",
            ));
        }
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        let to = DiskFiles::new(folder.join("store")).map_err(unwritable)?;
        let bytes = self.store().backup(&to)?;
        let config = self.config().data.join(crate::config::FILE);
        std::fs::copy(config, folder.join(crate::config::FILE)).map_err(unwritable)?;
        crate::accounts::copy(&self.config().data, folder)?;
        Ok(BackedUp { folder: folder.display().to_string(), bytes })
    }
}
