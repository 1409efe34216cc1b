//! The catalogue, the holidays and the law that the county sends as records: which of them are in force here.

use shared::program::{CountyFiles, CountyFilesTold, Failure, RefusedFile, Taken, text};

use super::Node;

impl Node {
    /// Puts the files that the county has in force today into the data folder, as far as they can be used. They count from
    /// the next opening. Doing it again changes nothing.
    ///
    /// # Errors
    /// The folder cannot be written; what was in force stays so.
    pub fn take_county_files(&self) -> Result<Taken, Failure> {
        let (files, faulty) = self.ledger(|ledger| ledger.reference_files());
        let (config, profile) = (self.config(), self.office().township.profile);
        let taken =
            CountyFiles::of(&config.data).take(config.catalogue.as_deref(), &profile, &files, faulty)?;
        if taken == Taken::Changed {
            tracing::info!(files = files.len(), "catalogue files of the county taken");
        }
        Ok(taken)
    }

    /// What became of the county's files when they were looked at last.
    pub(super) fn county_files(&self) -> CountyFilesTold {
        let mut told = CountyFiles::of(&self.config().data).told();
        if let Some(failure) = &self.opening().without {
            let first = failure.said.details.first().unwrap_or(&failure.said.message);
            let why =
                text(format!("本版本程序不能使用：{}", first.zh), format!("not usable here: {}", first.en));
            let refused = std::mem::take(&mut told.in_force).into_iter();
            told.refused.extend(refused.map(|line| RefusedFile {
                name: line.name,
                version: line.version,
                why: why.clone(),
            }));
        }
        told
    }
}
