//! The county's HTTP door: what other programs read, as JSON, as a calendar, as metrics. Handlers hold no rule: they
//! read, call the app, present. What the RPC methods of `Report` answer is answered here by the same functions.
//!
//! Read in this order: [`route`] says what a route is, [`api`] and [`metrics`] which there are, [`handle`] is the way of
//! one request through them; [`key`] judges who asks, [`query`] what may be said; [`schema`] and [`openapi`] describe it
//! all. The sockets are [`shared::http`]'s.
//!
//! The pages of the county will stand beside the API under the same router.

mod accept;
mod api;
mod handle;
mod key;
mod metrics;
mod openapi;
mod problem;
mod query;
mod route;
mod schema;

use std::sync::Arc;

use axum::Router;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::limits;
use route::Route;

/// Every route.
fn routes() -> impl Iterator<Item = &'static Route> {
    api::ROUTES.iter().copied().chain([&metrics::ROUTE])
}

/// The paths of the routes, with `{name}` for what varies.
pub fn paths() -> Vec<&'static str> {
    routes().map(|route| route.path).collect()
}

/// The description of it all (OpenAPI 3.1), as it is given at `/api/v1/openapi.json`.
pub fn description() -> serde_json::Value {
    openapi::description()
}

/// Everything that can be asked over HTTP. The address of the caller, where there is one, is an extension of the request
/// ([`shared::http::Caller`]).
pub fn router(app: Arc<App>) -> Router {
    let places = Arc::new(Semaphore::new(limits::WEB_REQUESTS_MAX));
    let counter = handle::Counter { app, places };
    routes()
        .fold(Router::new(), |router, route| router.route(route.path, handle::method(route)))
        .fallback(handle::nowhere)
        .layer(axum::middleware::from_fn_with_state(counter.clone(), handle::every))
        .with_state(counter)
}
