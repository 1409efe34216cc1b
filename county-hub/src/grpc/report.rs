//! The gRPC service `Report`: figures, records, health and days for other programs. What is shaped into messages is in
//! [`super::shape`].

use std::sync::Arc;

use shared::ids::RecordId;
use shared::net::gate::Connection;
use shared::net::peer::Subject;
use shared::program::Failure;
use tokio::time::Instant;
use tonic::{Request, Response, Status};
use xianglian_proto::v1;
use xianglian_proto::v1::report_server::Report;

use super::shape;
use crate::app::App;
use crate::app::acks::{self, Standing};
use crate::app::feed::Wanted;
use crate::app::health::Nights;
use crate::app::places::Ranking;
use crate::app::report::Page;
use crate::app::viewer::Viewer;
use crate::app::{drill, tally};

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

fn ranking(among: &str, ascending: bool) -> Result<Option<Ranking>, Status> {
    match among {
        "" => Ok(None),
        "county" => Ok(Some(Ranking { within_district: false, ascending })),
        "district" => Ok(Some(Ranking { within_district: true, ascending })),
        _ => Err(Status::invalid_argument("rank is \"county\" or \"district\"")),
    }
}

/// What is empty was not said.
fn said(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn record_id(bytes: &[u8]) -> Result<RecordId, Status> {
    let id: Result<[u8; 16], _> = bytes.try_into();
    id.map(RecordId::from_bytes).map_err(|_| Status::invalid_argument("the id of a record has 16 bytes"))
}

#[tonic::async_trait]
impl Report for ReportService {
    async fn tally(&self, request: Request<v1::TallyRequest>) -> Result<Response<v1::TallyReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let question = tally::Question {
            measures: ask.measures,
            level: if ask.level.is_empty() { "county".to_owned() } else { ask.level },
            period: said(ask.period).or_else(|| {
                let days = !(ask.from.is_empty() && ask.to.is_empty());
                days.then(|| format!("{}..{}", ask.from, ask.to))
            }),
            as_of: said(ask.as_of),
            list: ask.list,
            compare: said(ask.compare),
            rank: ranking(&ask.rank, ask.ascending)?,
        };
        let started = Instant::now();
        let answer = self.ask(move |app| app.report_tally(viewer, question)).await?;
        self.app.meters.tally(started.elapsed());
        Ok(Response::new(shape::tally(&answer)))
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

    async fn drill(&self, request: Request<v1::DrillRequest>) -> Result<Response<v1::DrillReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let unit = match viewer {
            Viewer::Township(code) if ask.unit.is_empty() => code.to_string(),
            _ => ask.unit,
        };
        let question = drill::Question {
            measure: ask.measure,
            split: said(ask.split),
            unit,
            period: said(ask.period),
            as_of: said(ask.as_of),
            limit: (ask.limit != 0).then_some(ask.limit),
            after: said(ask.after),
        };
        let answer = self.ask(move |app| app.drill(&app.sight(viewer), &question)).await?;
        Ok(Response::new(shape::drill(answer)))
    }

    async fn nodes(&self, request: Request<v1::NodesRequest>) -> Result<Response<v1::NodesReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let nights = Nights { from: said(ask.from), to: said(ask.to) };
        let (nodes, nights) =
            self.ask(move |app| Ok((app.report_nodes(viewer), app.report_nights(viewer, &nights)?))).await?;
        Ok(Response::new(shape::nodes(nodes, nights)))
    }

    async fn record_by_id(
        &self,
        request: Request<v1::RecordByIdRequest>,
    ) -> Result<Response<v1::RecordByIdReply>, Status> {
        let viewer = viewer(&request)?;
        let id = record_id(&request.into_inner().id)?;
        let seen = self.ask(move |app| app.report_record(viewer, id)).await?;
        Ok(Response::new(shape::record(seen)))
    }

    async fn kinds(&self, request: Request<v1::KindsRequest>) -> Result<Response<v1::KindsReply>, Status> {
        viewer(&request)?;
        Ok(Response::new(shape::kinds(self.app.catalogue())))
    }

    async fn districts(
        &self,
        request: Request<v1::DistrictsRequest>,
    ) -> Result<Response<v1::DistrictsReply>, Status> {
        let viewer = viewer(&request)?;
        let on = said(request.into_inner().on);
        let map = self.ask(move |app| app.report_districts(viewer, on)).await?;
        Ok(Response::new(shape::districts(map)))
    }

    async fn acknowledgements(
        &self,
        request: Request<v1::AcknowledgementsRequest>,
    ) -> Result<Response<v1::AcknowledgementsReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let standing = match ask.standing.as_str() {
            "" | "all" => None,
            name => {
                Some(Standing::from_name(name).ok_or_else(|| Status::invalid_argument("no such standing"))?)
            }
        };
        let all = ask.standing == "all";
        let page = self
            .ask(move |app| {
                let township = said(ask.township).map(|code| code.parse()).transpose()?;
                let (kind, from) = (said(ask.kind), said(ask.from));
                let wanted =
                    acks::Wanted { kind, township, standing, all, from, limit: ask.limit, after: ask.after };
                app.report_acks(viewer, &wanted)
            })
            .await?;
        Ok(Response::new(shape::acknowledgements(page)))
    }

    async fn events(&self, request: Request<v1::EventsRequest>) -> Result<Response<v1::EventsReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let events = self
            .ask(move |app| {
                let township = said(ask.township).map(|code| code.parse()).transpose()?;
                app.report_events(viewer, &Wanted { kind: said(ask.kind), township })
            })
            .await?;
        Ok(Response::new(shape::events(events)))
    }
}
