//! What nodes and other programs may call. Methods hold no rule: they read, call the app, answer. Who may call what is
//! decided before any of them is reached ([`shared::net::server`]).

mod report;
mod shape;
mod sync;

use std::sync::Arc;

use shared::code::ErrorCode;
use shared::limits::MESSAGE_BYTES_MAX;
use shared::net::session::SyncService;
use shared::program::Failure;
use tonic::service::Routes;
use tonic::{Code, Status};
use xianglian_proto::v1::report_server::ReportServer;
use xianglian_proto::v1::sync_server::SyncServer;

use crate::app::App;

/// The services of this program.
pub(crate) fn routes(app: &Arc<App>) -> Routes {
    let report = ReportServer::new(report::ReportService::new(app.clone()))
        .max_decoding_message_size(MESSAGE_BYTES_MAX);
    let service = SyncService::new(Arc::new(sync::SyncDesk(app.clone())), app.office.gate().clock().clone());
    let sync = SyncServer::new(service).max_decoding_message_size(2 * MESSAGE_BYTES_MAX);
    Routes::default().add_service(report).add_service(sync)
}

/// A failure as a status: code and words, never a cause.
fn status(failure: &Failure) -> Status {
    if failure.code == ErrorCode::Internal {
        tracing::error!(error = %failure, "a call failed");
    }
    Status::new(Code::from(failure.code.grpc()), failure.said.message.en.clone())
}
