//! The gRPC service `Report`: figures, records and health for other programs.

use std::sync::Arc;

use shared::net::gate::Connection;
use shared::net::peer::Subject;
use shared::program::Failure;
use tonic::{Request, Response, Status};
use xianglian_proto::v1;
use xianglian_proto::v1::report_server::Report;

use crate::app::App;
use crate::app::ask::Ask as _;
use crate::app::report::{Page, Viewer};
use crate::app::{coverage, status, tally};

pub(super) struct ReportService {
    app: Arc<App>,
}

impl ReportService {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Runs a question beside the asynchronous threads: it reads from disk.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Status> {
        let app = self.app.clone();
        let done = tokio::task::spawn_blocking(move || work(&app)).await;
        done.map_err(|error| Status::internal(error.to_string()))?.map_err(|failure| super::status(&failure))
    }
}

/// Who asks: the name in the certificate, nothing in the request.
fn viewer<T>(request: &Request<T>) -> Result<Viewer, Status> {
    let connection = request.extensions().get::<Arc<Connection>>();
    match connection.and_then(|connection| connection.peer.as_ref()).map(|peer| &peer.subject) {
        Some(Subject::Reader(_)) => Ok(Viewer::County),
        Some(Subject::Township(code)) => Ok(Viewer::Township(*code)),
        None => Err(Status::unauthenticated("a client certificate is needed")),
    }
}

#[tonic::async_trait]
impl Report for ReportService {
    async fn tally(&self, request: Request<v1::TallyRequest>) -> Result<Response<v1::TallyReply>, Status> {
        viewer(&request)?;
        let ask = request.into_inner();
        let question = tally::Question {
            measures: ask.measures,
            level: if ask.level.is_empty() { "county".to_owned() } else { ask.level },
            period: (!(ask.from.is_empty() && ask.to.is_empty()))
                .then(|| format!("{}..{}", ask.from, ask.to)),
            as_of: (!ask.as_of.is_empty()).then_some(ask.as_of),
            list: ask.list,
        };
        let answer = self.ask(move |app| question.answer(app)).await?;
        Ok(Response::new(tally_reply(&answer)))
    }

    async fn records(
        &self,
        request: Request<v1::RecordsRequest>,
    ) -> Result<Response<v1::RecordsReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let page = Page { kind: ask.kind, township: ask.township, limit: ask.limit, after: ask.after };
        let (records, next) = self.ask(move |app| app.report_records(viewer, &page)).await?;
        let records = records.iter().map(shared::record::Record::to_message).collect();
        Ok(Response::new(v1::RecordsReply { records, next }))
    }

    async fn nodes(&self, request: Request<v1::NodesRequest>) -> Result<Response<v1::NodesReply>, Status> {
        let viewer = viewer(&request)?;
        let status = self.ask(|app| status::Ask {}.answer(app)).await?;
        let nodes = status.townships.into_iter().filter(|town| viewer.sees(town.code)).map(node).collect();
        Ok(Response::new(v1::NodesReply { nodes }))
    }
}

fn tally_reply(answer: &tally::Answer) -> v1::TallyReply {
    // Cells stand in the order of measures and units, each pair once.
    let pairs = answer.measures.iter().flat_map(|column| answer.units.iter().map(move |unit| (column, unit)));
    let rows = pairs.zip(&answer.cells).map(|((column, unit), cell)| v1::TallyRow {
        measure: cell.measure.clone(),
        label: column.zh.clone(),
        level: unit.level.clone(),
        unit: cell.unit.clone(),
        name: unit.name.clone(),
        split: cell.split.clone(),
        numerator: Some(cell.numerator),
        denominator: cell.denominator,
        text: cell.text.clone(),
        target: column.target.clone(),
        met: cell.met,
        missing: cell.missing.iter().map(|gap| gap.id.clone()).collect(),
    });
    v1::TallyReply { rows: rows.collect(), coverage: Some(coverage_out(&answer.coverage)) }
}

fn coverage_out(coverage: &coverage::Coverage) -> v1::Coverage {
    v1::Coverage {
        townships: coverage.townships,
        reporting: coverage.reporting,
        oldest: coverage.oldest.clone().unwrap_or_default(),
        oldest_township: coverage.oldest_township.map(|code| code.to_string()).unwrap_or_default(),
        held: coverage.held,
        silent: coverage.silent.iter().map(ToString::to_string).collect(),
        partial: coverage.partial.iter().map(ToString::to_string).collect(),
    }
}

fn node(town: status::Township) -> v1::NodeHealth {
    v1::NodeHealth {
        township: town.code.to_string(),
        name: town.name,
        district: town.district.unwrap_or_default(),
        status: town.standing,
        last_sync: town.last_sync.unwrap_or_default(),
        entries: town.entries,
        held: town.held,
        software: town.software.unwrap_or_default(),
        clock_offset_ms: town.clock_offset_ms.unwrap_or_default(),
        certificate_days: town.certificate_days.and_then(|days| i32::try_from(days).ok()).unwrap_or_default(),
        missing: if town.partial { town.waiting.unwrap_or_default() } else { 0 },
        successor: town.successor.map(|(code, _)| code.to_string()).unwrap_or_default(),
    }
}
