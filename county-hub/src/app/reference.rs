//! Files of the catalogue that the county sends to every township, and to itself.

use serde::{Deserialize, Serialize};
use shared::ids::RecordId;
use shared::ledger::{Edition, tidied};
use shared::program::{CountyFile, CountyFiles, CountyFilesTold, Failure, Taken};
use shared::record::{Actor, Day, Role};

use super::App;
use super::ask::Ask;

/// A file to check and to publish.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Publish {
    /// Its name in the catalogue, such as `calendars/2027.json`.
    pub name: String,
    pub version: String,
    /// The first day on which it counts; today if it is left out.
    pub valid_from: Option<String>,
    pub text: String,
    /// Only the check.
    pub dry_run: bool,
    /// Code of the account, never a name.
    pub staff: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Published {
    pub name: String,
    pub version: String,
    pub valid_from: String,
    /// None where it was only checked.
    pub record: Option<RecordId>,
    /// It counts for the hub itself from now on.
    pub in_force: bool,
}

/// What has been published and counts here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List {}

impl Ask for Publish {
    type Answer = Published;

    fn answer(self, app: &App) -> Result<Published, Failure> {
        let today = app.today();
        let valid_from: Day = match &self.valid_from {
            Some(day) => day.parse()?,
            None => today,
        };
        let Self { name, version, text, dry_run, staff, .. } = self;
        let file = CountyFile { name, version, text: tidied(&text) };
        let config = &app.config;
        CountyFiles::of(&config.data).check(config.catalogue.as_deref(), &config.profile, &file)?;
        let edition = Edition { file, valid_from };
        let mut published = Published {
            name: edition.file.name.clone(),
            version: edition.file.version.clone(),
            valid_from: valid_from.to_string(),
            record: None,
            in_force: false,
        };
        if !dry_run {
            let actor = Actor { staff, role: Role::CAdmin, on_behalf: false };
            let decision = app.ledger(|ledger| ledger.publish_reference(&edition, &actor))?;
            published.record = Some(decision.record);
            published.in_force = app.take_county_files()? == Taken::Changed;
        }
        Ok(published)
    }
}

impl Ask for List {
    type Answer = CountyFilesTold;

    fn answer(self, app: &App) -> Result<CountyFilesTold, Failure> {
        app.take_county_files()?;
        Ok(CountyFiles::of(&app.config.data).told())
    }
}

impl App {
    /// Puts what is published and in force today into the data folder. If that changes anything the hub is outdated: it
    /// is to be opened anew.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn take_county_files(&self) -> Result<Taken, Failure> {
        let (files, faulty) = self.ledger(|ledger| ledger.reference_files());
        let Self { config, .. } = self;
        let base = config.catalogue.as_deref();
        let taken = CountyFiles::of(&config.data).take(base, &config.profile, &files, faulty)?;
        if taken == Taken::Changed {
            tracing::info!(files = files.len(), "published catalogue files taken");
            self.outdated.cancel();
        }
        Ok(taken)
    }

    /// Whether another catalogue is in force than the one that was opened.
    pub fn is_outdated(&self) -> bool {
        self.outdated.is_cancelled()
    }
}
