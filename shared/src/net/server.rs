//! The hub's gRPC server: who may call what, and how it starts and stops.
//!
//! Deny by default, for every call and by path, before any service sees it:
//!
//! | caller | may call |
//! | --- | --- |
//! | without a certificate | `Enrolment/Join` |
//! | a township | `Enrolment/Renew`, `Sync`, `grpc.health.v1` |
//! | a reader | `Report`, `grpc.health.v1`, reflection |

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::Server;
use tower::{Layer, Service};
use xianglian_proto::FILE_DESCRIPTOR_SET;
use xianglian_proto::v1::enrolment_server::EnrolmentServer;

use super::clock::Clock;
use super::enrol::{EnrolmentService, Office};
use super::failure::Deny;
use super::gate::Connection;
use super::link::Listen;
use super::peer::Subject;
use crate::limits::{
    CALL_MS, CALLS_MAX, CONNECTION_WINDOW_BYTES, HEADER_BYTES_MAX, KEEPALIVE_ANSWER_MS, KEEPALIVE_MS,
    MESSAGE_BYTES_MAX, SHUTDOWN_MS, STREAM_WINDOW_BYTES,
};

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the server failed: {0}")]
    Transport(#[from] tonic::transport::Error),
    #[error("the description of the services cannot be read: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    #[error("open sessions did not end within {SHUTDOWN_MS} ms and were cut")]
    Cut,
}

/// Serves until `stop` fires, then ends within [`SHUTDOWN_MS`]: no new connections, open sessions are told that the hub
/// stops, those that do not end are cut. `routes` holds the services of the hub's program, such as `Sync` and `Report`;
/// enrolment, health and reflection are added here.
pub async fn serve(
    office: Arc<Office>,
    routes: Routes,
    listen: Box<dyn Listen>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let gate = office.gate().clone();
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_service_status("xianglian.v1.Sync", tonic_health::ServingStatus::Serving).await;
    reporter.set_service_status("xianglian.v1.Report", tonic_health::ServingStatus::Serving).await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let enrolment =
        EnrolmentServer::new(EnrolmentService(office)).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let routes = routes.add_service(enrolment).add_service(health).add_service(reflection);

    let closing = CancellationToken::new();
    let serving = Server::builder()
        .layer(Guard { clock: gate.clock().clone() })
        .timeout(Duration::from_millis(CALL_MS))
        .http2_keepalive_interval(Some(Duration::from_millis(KEEPALIVE_MS)))
        .http2_keepalive_timeout(Some(Duration::from_millis(KEEPALIVE_ANSWER_MS)))
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(CALLS_MAX)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .add_routes(routes)
        .serve_with_incoming_shutdown(
            gate.incoming(listen, closing.clone()),
            closing.clone().cancelled_owned(),
        );

    let stopping = async {
        stop.cancelled().await;
        reporter.set_service_status("", tonic_health::ServingStatus::NotServing).await;
        closing.cancel();
        gate.open().iter().for_each(|connection| connection.end(Deny::Stopping));
        tokio::time::sleep(Duration::from_millis(SHUTDOWN_MS)).await;
    };
    tokio::select! {
        biased;
        served = serving => Ok(served?),
        () = stopping => Err(ServeError::Cut),
    }
}

/// Who may call a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anybody,
    Township,
    Reader,
    Member,
    Nobody,
}

fn who(path: &str) -> Who {
    match path.strip_prefix('/').and_then(|path| path.split_once('/')) {
        Some(("xianglian.v1.Enrolment", "Join")) => Who::Anybody,
        Some(("xianglian.v1.Enrolment", "Renew") | ("xianglian.v1.Sync", _)) => Who::Township,
        Some(("xianglian.v1.Report" | "grpc.reflection.v1.ServerReflection", _)) => Who::Reader,
        Some(("grpc.health.v1.Health", _)) => Who::Member,
        _ => Who::Nobody,
    }
}

/// The rule of this module on one call.
fn allow(path: &str, connection: Option<&Connection>) -> Result<(), Deny> {
    let connection = connection.ok_or(Deny::Fault)?;
    if connection.ending.is_cancelled() {
        return Err(connection.why());
    }
    let subject = connection.peer.as_ref().map(|peer| &peer.subject);
    match (who(path), subject) {
        (Who::Anybody, _) => Ok(()),
        (_, None) => Err(Deny::NoCertificate),
        (Who::Member, Some(_)) => Ok(()),
        (Who::Township, Some(Subject::Township(_))) | (Who::Reader, Some(Subject::Reader(_))) => Ok(()),
        (Who::Township, Some(Subject::Reader(_))) => Err(Deny::TownshipsOnly),
        (Who::Reader, Some(Subject::Township(_))) => Err(Deny::ReadersOnly),
        (Who::Nobody, Some(_)) => Err(Deny::RequestBad),
    }
}

#[derive(Debug, Clone)]
struct Guard {
    clock: Clock,
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, clock: self.clock.clone() }
    }
}

#[derive(Debug, Clone)]
struct Guarded<S> {
    inner: S,
    clock: Clock,
}

impl<S> Service<http::Request<Body>> for Guarded<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = super::link::BoxFuture<'static, Result<Self::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let connection = request.extensions().get::<Arc<Connection>>();
        match allow(request.uri().path(), connection.map(Arc::as_ref)) {
            Ok(()) => Box::pin(self.inner.call(request)),
            Err(deny) => {
                let from = connection.map(|connection| connection.from);
                tracing::warn!(caller.address = ?from, path = request.uri().path(), reason = deny.name(), "call denied");
                let answer = deny.status(self.clock.now()).into_http();
                Box::pin(std::future::ready(Ok(answer)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A method without a rule is closed.
    #[test]
    fn every_method_that_is_served_has_a_rule() {
        for (path, expected) in [
            ("/xianglian.v1.Enrolment/Join", Who::Anybody),
            ("/xianglian.v1.Enrolment/Renew", Who::Township),
            ("/xianglian.v1.Enrolment/Other", Who::Nobody),
            ("/xianglian.v1.Sync/Session", Who::Township),
            ("/xianglian.v1.Report/Tally", Who::Reader),
            ("/xianglian.v1.Report/Records", Who::Reader),
            ("/grpc.health.v1.Health/Check", Who::Member),
            ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Who::Reader),
            ("/", Who::Nobody),
            ("", Who::Nobody),
        ] {
            assert_eq!(who(path), expected, "{path}");
        }
    }
}
