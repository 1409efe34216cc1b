//! The hub with its doors open.

use std::sync::Arc;

use shared::net::link::Listen;
use shared::net::server::{ServeError, serve};
use shared::program::{Clock, Failure, Progress};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;
use crate::desk::Desk;
use crate::{grpc, limits};

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

    /// Serves nodes, readers and the sub-commands of this machine until `shutdown` fires, then ends what is open and
    /// returns.
    ///
    /// # Errors
    /// The server failed, or sessions had to be cut because they did not end in time.
    pub async fn serve(&self, listener: impl Listen, shutdown: CancellationToken) -> Result<(), ServeError> {
        let desk = tokio::spawn(attend_desk(self.app.clone(), shutdown.clone()));
        let renewal = tokio::spawn(look_after_certificate(self.app.clone(), shutdown.clone()));
        let routes = grpc::routes(&self.app);
        let served = serve(self.app.office.clone(), routes, Box::new(listener), shutdown.clone()).await;
        shutdown.cancel();
        let _ = tokio::join!(desk, renewal);
        served
    }
}

/// Lets the sub-commands of this machine in. A hub without a desk still serves: the way in is said to be closed.
#[cfg(unix)]
async fn attend_desk(app: Arc<App>, stop: CancellationToken) {
    match Desk::open(&app.config().data) {
        Ok(desk) => desk.serve(app, stop).await,
        Err(error) => tracing::warn!(%error, "sub-commands cannot reach the hub while it runs"),
    }
}

#[cfg(not(unix))]
async fn attend_desk(_app: Arc<App>, _stop: CancellationToken) {}

/// Renews the hub's own certificate in time and puts it in force; open connections stay.
async fn look_after_certificate(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(limits::CERTIFICATE_ROUND) => {}
        }
        if let Err(error) = app.office.gate().refresh() {
            tracing::error!(%error, "the hub's own certificate could not be looked after");
        }
    }
}
