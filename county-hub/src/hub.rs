//! The hub with its doors open.

use std::net::SocketAddr;
use std::sync::Arc;

use shared::http::{Door, Lock, is_own};
use shared::net::link::Listen;
use shared::net::server::{ServeError, serve};
use shared::program::{Clock, Failure, Progress};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;
use crate::desk::Desk;
use crate::{grpc, limits, upkeep, web};

/// A hub. Cheap to clone; all clones are one hub.
#[derive(Clone)]
pub struct Hub {
    app: Arc<App>,
}

impl Hub {
    /// Opens the hub of a data folder; nothing listens yet. The folder is locked until the last clone is dropped.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        App::open(config, clock, &Progress::silent()).map(Self::of)
    }

    pub fn of(app: App) -> Self {
        Self { app: Arc::new(app) }
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// Serves nodes, readers and the sub-commands of this machine until `shutdown` fires or the hub is outdated, then ends
    /// what is open and returns.
    ///
    /// # Errors
    /// The server failed, or sessions had to be cut because they did not end in time.
    pub async fn serve(&self, listener: impl Listen, shutdown: CancellationToken) -> Result<(), ServeError> {
        self.serve_with(listener, None, shutdown).await
    }

    /// The HTTP door that the settings ask for, listening and not yet answering; none where they say `off`.
    ///
    /// # Errors
    /// `Setup`: its address cannot be listened on.
    pub async fn http_door(&self) -> Result<Option<Door>, Failure> {
        match self.app.config().web {
            None => Ok(None),
            Some(address) => self.http_door_at(address).await.map(Some),
        }
    }

    /// An HTTP door at an address; with TLS anywhere but on this machine's own.
    ///
    /// # Errors
    /// `Setup`: the address cannot be listened on.
    pub async fn http_door_at(&self, address: SocketAddr) -> Result<Door, Failure> {
        let gate = self.app.office.gate().clone();
        let lock: Lock = Arc::new(move || gate.http());
        Door::bind(address, (!is_own(address)).then_some(lock)).await
    }

    /// Answers at an HTTP door until `stop` fires.
    pub async fn serve_http(&self, door: Door, stop: CancellationToken) {
        door.serve(web::router(self.app.clone()), stop).await;
    }

    /// As [`Hub::serve`], with the HTTP door beside.
    ///
    /// # Errors
    /// As [`Hub::serve`].
    pub async fn serve_with(
        &self,
        listener: impl Listen,
        http: Option<Door>,
        shutdown: CancellationToken,
    ) -> Result<(), ServeError> {
        let desk = open_desk(&self.app);
        // Whoever gave us the token may have other uses of it.
        let shutdown = shutdown.child_token();
        let outdated = tokio::spawn(until_outdated(self.app.clone(), shutdown.clone()));
        let upkeep = tokio::spawn(upkeep::run(self.app.clone(), shutdown.clone()));
        let desk = tokio::spawn(attend_desk(desk, self.app.clone(), shutdown.clone()));
        let http = tokio::spawn(attend_http(http, self.clone(), shutdown.clone()));
        tracing::info!(software = crate::SOFTWARE, county.id = %self.app.config().county, "doors open");
        let routes = grpc::routes(&self.app);
        let served = serve(self.app.office.clone(), routes, Box::new(listener), shutdown.clone()).await;
        shutdown.cancel();
        let _ = tokio::join!(desk, http, outdated, upkeep);
        tracing::info!("doors closed");
        served
    }
}

/// The way in for the sub-commands of this machine. A hub without it still serves; its log says so.
fn open_desk(app: &App) -> Option<Desk> {
    Desk::open(&app.config().data)
        .inspect_err(|error| tracing::warn!(%error, "sub-commands cannot reach the hub while it runs"))
        .ok()
}

async fn attend_desk(desk: Option<Desk>, app: Arc<App>, stop: CancellationToken) {
    if let Some(desk) = desk {
        desk.serve(app, stop).await;
    }
}

async fn attend_http(door: Option<Door>, hub: Hub, stop: CancellationToken) {
    if let Some(door) = door {
        hub.serve_http(door, stop).await;
    }
}

/// Looks once in a while what has come into force by its day, and stops the hub when it is to be opened anew.
async fn until_outdated(app: Arc<App>, stop: CancellationToken) {
    loop {
        let looking = app.clone();
        let looked = tokio::task::spawn_blocking(move || looking.take_county_files()).await;
        match looked.unwrap_or_else(|fault| Err(Failure::internal(fault))) {
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "published catalogue files not looked at"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.outdated.cancelled() => return stop.cancel(),
            () = tokio::time::sleep(limits::COUNTY_FILES_ROUND) => {}
        }
    }
}
