//! Making a hub, and opening the one that is there.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, LegalProfile};
use shared::code::ErrorCode;
use shared::ids::TownshipCode;
use shared::net::book::StoreBook;
use shared::net::ca::Ca;
use shared::net::enrol::{Facts, Office};
use shared::net::gate::Gate;
use shared::program::{Clock, CountyFiles, Failure, InForce, Progress, load_calendar};
use shared::store::{OpenReport, Options, Store, ViewsOutcome};
use shared::view::Folder;
use tokio_util::sync::CancellationToken;

use super::App;
use super::key::Keys;
use super::town::Towns;
use crate::config::{self, Config};
use crate::limits;
use crate::meters::Meters;

impl App {
    /// Makes the folders, the settings and the certificate authority of a new hub. `given` are the settings to write.
    ///
    /// # Errors
    /// `Conflict`: there is a hub in the folder already; `Setup`: the folder cannot be written.
    pub fn init(data: &Path, given: &[(&str, String)], clock: &dyn Clock) -> Result<(), Failure> {
        let unwritable = |error: std::io::Error| {
            Failure::new(
                ErrorCode::Setup,
                format!("无法写入文件夹 {}。", data.display()),
                format!("The folder {} cannot be written.", data.display()),
            )
            .because(error)
        };
        if config::file(data).exists() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} 里已经有一个县级枢纽。", data.display()),
                format!("There is a hub in {} already.", data.display()),
            ));
        }
        let contents = config::first_file(given);
        fs::create_dir_all(data).map_err(unwritable)?;
        close_to_others(data).map_err(unwritable)?;
        for folder in ["ca", "store", "readers"] {
            fs::create_dir_all(data.join(folder)).map_err(unwritable)?;
        }
        let county =
            given.iter().find(|(key, _)| *key == "county.code").map_or("", |(_, value)| value).parse()?;
        Ca::create(&data.join("ca"), &county, 365, clock.now_ms()).map_err(ca_failure)?;
        // The settings come last: a hub that was cut off while it was made is not taken for one.
        fs::write(config::file(data), contents).map_err(unwritable)
    }

    /// Opens the hub of a data folder. The folder is locked until the app is dropped.
    ///
    /// # Errors
    /// `Setup`: no hub there, or its files cannot be used; `Busy`: another process has it open; `Damaged`.
    pub fn open(config: Config, clock: Arc<dyn Clock>, progress: &Progress) -> Result<Self, Failure> {
        let InForce { catalogue, calendar, .. } = in_force(&config)?;
        let (store, _) = store(&config, &catalogue, false, progress)?;
        Self::over(config, clock, (catalogue, calendar), store)
    }

    /// Makes the views anew from the journal, whatever state they are in; gives the entries folded.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn rebuild(config: &Config, progress: &Progress) -> Result<u64, Failure> {
        let catalogue = in_force(config)?.catalogue;
        let (_, report) = store(config, &catalogue, true, progress)?;
        Ok(if let ViewsOutcome::Rebuilt { entries, .. } = report.views { entries } else { 0 })
    }

    /// The hub with all its records in memory: for tests and trials. The certificate authority is in the data folder.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn in_memory(
        config: Config,
        clock: Arc<dyn Clock>,
        catalogue: Arc<Catalogue>,
    ) -> Result<Self, Failure> {
        let store = Store::memory(Arc::new(Folder::new(catalogue.clone())));
        let folders: Vec<&Path> = config.catalogue.as_deref().into_iter().collect();
        let calendar = load_calendar(&folders)?;
        Self::over(config, clock, (catalogue, calendar), store)
    }

    /// The hub over a store that is open.
    pub(super) fn over(
        config: Config,
        clock: Arc<dyn Clock>,
        (catalogue, calendar): (Arc<Catalogue>, Arc<Calendar>),
        store: Store,
    ) -> Result<Self, Failure> {
        let ca = Arc::new(Ca::open(&config.ca(), config.certificate_days).map_err(ca_failure)?);
        if ca.county() != &config.county {
            return Err(Failure::new(
                ErrorCode::Setup,
                format!("证书属于 {}，设置里写的是 {}。", ca.county(), config.county),
                format!("The certificates are of {}, the settings say {}.", ca.county(), config.county),
            ));
        }
        let legal = Legal::new(calendar, profile(&config, &catalogue)?);
        let towns = Arc::new(RwLock::new(store.read(Towns::read)));
        let keys = RwLock::new(store.read(Keys::read));
        let told = clock.clone();
        let wall = shared::net::clock::Clock::new(move || told.now_ms());
        let gate = Gate::new(ca, wall, Default::default()).map_err(Failure::internal)?;
        let book = StoreBook::new(store.clone(), facts(towns.clone(), config.profile.clone()));
        let notes = book.notes()?;
        let office = Office::new(gate, Box::new(book), notes).map_err(Failure::internal)?;
        let (meters, outdated, upkeep) = (Meters::default(), CancellationToken::new(), Default::default());
        Ok(Self { config, store, catalogue, legal, clock, office, towns, keys, meters, outdated, upkeep })
    }
}

/// What the hub works by: what it has published of the catalogue counts for itself too.
fn in_force(config: &Config) -> Result<InForce, Failure> {
    let found = CountyFiles::of(&config.data).load(config.catalogue.as_deref())?;
    if let Some(why) = &found.without {
        tracing::warn!(error = %why, "the published catalogue files cannot be used by this version");
    }
    Ok(found)
}

fn store(
    config: &Config,
    catalogue: &Arc<Catalogue>,
    rebuild: bool,
    progress: &Progress,
) -> Result<(Store, OpenReport), Failure> {
    let bar = progress.clone();
    let options = Options {
        background: true,
        waiting_bytes_max: limits::WAITING_BYTES_MAX,
        rebuild,
        progress: Box::new(move |done| bar.at(done.entries)),
        ..Options::default()
    };
    let (store, report) = Store::open(&config.store(), Arc::new(Folder::new(catalogue.clone())), options)?;
    if let Some((_, bytes)) = report.cut {
        tracing::warn!(bytes, "a torn tail that was never acknowledged was cut off the journal");
    }
    if report.views != ViewsOutcome::Kept {
        tracing::info!(views = ?report.views, "views brought up to the journal");
    }
    Ok((store, report))
}

/// What a township that joins is told.
fn facts(towns: Arc<RwLock<Towns>>, profile: String) -> impl Fn(TownshipCode) -> Option<Facts> + Send + Sync {
    move |township| {
        let towns = towns.read().unwrap_or_else(PoisonError::into_inner);
        let town = towns.get(&township)?;
        Some(Facts {
            name: town.name.clone(),
            profile: profile.clone(),
            node_kind: town.kind.code().to_owned(),
        })
    }
}

fn profile(config: &Config, catalogue: &Catalogue) -> Result<Arc<LegalProfile>, Failure> {
    if let Some(profile) = catalogue.profiles.get(&config.profile) {
        return Ok(Arc::new(profile.clone()));
    }
    let ids: Vec<&str> = catalogue.profiles.keys().map(String::as_str).collect();
    let ids = ids.join(", ");
    Err(Failure::new(
        ErrorCode::Setup,
        format!("没有“{}”这套法定期限。", config.profile),
        format!("There is no legal profile \"{}\".", config.profile),
    )
    .detail(format!("可用：{ids}"), format!("there are: {ids}")))
}

fn ca_failure(error: shared::net::ca::CaError) -> Failure {
    Failure::new(
        ErrorCode::Setup,
        "县级枢纽的证书文件无法使用。",
        "The hub's certificate files cannot be used.",
    )
    .because(error)
}

/// The folder holds the keys of the county: nobody but its owner may enter it.
pub(super) fn close_to_others(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let _ = folder;
    Ok(())
}
