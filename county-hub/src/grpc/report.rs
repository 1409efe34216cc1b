//! The gRPC service `Report`: figures, records and health for other programs.

use std::sync::Arc;

use shared::ledger::{ShownItem, ShownPart, ShownTownship};
use shared::net::gate::Connection;
use shared::net::peer::Subject;
use shared::program::Failure;
use tonic::{Request, Response, Status};
use xianglian_proto::v1;
use xianglian_proto::v1::report_server::Report;

use crate::app::App;
use crate::app::ask::Ask as _;
use crate::app::places::Ranking;
use crate::app::report::{Page, Viewer};
use crate::app::{coverage, drill, status, tally};

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
            period: given(ask.period).or_else(|| {
                let days = !(ask.from.is_empty() && ask.to.is_empty());
                days.then(|| format!("{}..{}", ask.from, ask.to))
            }),
            as_of: given(ask.as_of),
            list: ask.list,
            compare: given(ask.compare),
            rank: ranking(&ask.rank, ask.ascending)?,
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

    async fn drill(&self, request: Request<v1::DrillRequest>) -> Result<Response<v1::DrillReply>, Status> {
        let viewer = viewer(&request)?;
        let ask = request.into_inner();
        let unit = match viewer {
            Viewer::Township(code) if ask.unit.is_empty() => code.to_string(),
            _ => ask.unit,
        };
        let question = drill::Question {
            measure: ask.measure,
            split: given(ask.split),
            unit,
            period: given(ask.period),
            as_of: given(ask.as_of),
            limit: (ask.limit != 0).then_some(ask.limit),
            after: given(ask.after),
        };
        let answer = self.ask(move |app| app.drill(viewer, &question)).await?;
        Ok(Response::new(drill_reply(answer)))
    }

    async fn nodes(&self, request: Request<v1::NodesRequest>) -> Result<Response<v1::NodesReply>, Status> {
        let viewer = viewer(&request)?;
        let status = self.ask(|app| status::Ask {}.answer(app)).await?;
        let nodes = status.townships.into_iter().filter(|town| viewer.sees(town.code)).map(node).collect();
        Ok(Response::new(v1::NodesReply { nodes }))
    }
}

/// What a request says; nothing if it is empty.
fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn ranking(among: &str, ascending: bool) -> Result<Option<Ranking>, Status> {
    match among {
        "" => Ok(None),
        "county" => Ok(Some(Ranking { within_district: false, ascending })),
        "district" => Ok(Some(Ranking { within_district: true, ascending })),
        _ => Err(Status::invalid_argument("rank is \"county\" or \"district\"")),
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
        before: cell.before.as_ref().map(before_out),
        rank: cell.rank.unwrap_or(0),
        unranked: cell.unranked.clone().unwrap_or_default(),
        within: unit.within.clone().unwrap_or_default(),
    });
    let own = answer.own_days.iter().map(|own| v1::OwnDays {
        township: own.township.to_string(),
        from: own.from.clone(),
        to: own.to.clone(),
    });
    let before = answer.before.as_ref();
    v1::TallyReply {
        rows: rows.collect(),
        coverage: Some(coverage_out(&answer.coverage)),
        from: answer.from.clone(),
        to: answer.to.clone(),
        as_of: answer.as_of.clone(),
        own_days: own.collect(),
        before_from: before.map(|before| before.from.clone()).unwrap_or_default(),
        before_to: before.map(|before| before.to.clone()).unwrap_or_default(),
    }
}

fn before_out(before: &tally::CellBefore) -> v1::Before {
    v1::Before {
        numerator: Some(before.numerator),
        denominator: before.denominator,
        text: before.text.clone(),
        change: before.change.clone().unwrap_or_default(),
    }
}

fn coverage_out(coverage: &coverage::Coverage) -> v1::Coverage {
    let each = coverage.each.iter().map(|one| v1::Freshness {
        township: one.township.to_string(),
        last_sync: one.last_sync.clone().unwrap_or_default(),
        days_stale: one.days_stale,
        stale: one.stale,
        partial: one.partial,
    });
    v1::Coverage {
        townships: coverage.townships,
        reporting: coverage.reporting,
        oldest: coverage.oldest.clone().unwrap_or_default(),
        oldest_township: coverage.oldest_township.map(|code| code.to_string()).unwrap_or_default(),
        held: coverage.held,
        silent: coverage.silent.iter().map(ToString::to_string).collect(),
        synced: coverage.synced,
        each: each.collect(),
    }
}

fn drill_reply(answer: drill::Answer) -> v1::DrillReply {
    let drill::Answer { from, to, as_of, shown, .. } = answer;
    let part = |part: ShownPart| v1::DrillPart {
        role: part.role,
        measure: part.id,
        label: part.label.zh,
        text: part.text,
    };
    let item = |item: ShownItem| v1::DrillItem {
        part: u32::try_from(item.part).unwrap_or(u32::MAX),
        township: item.township.map(|code| code.to_string()).unwrap_or_default(),
        day: item.day,
        amount: item.amount,
        row: item.row.unwrap_or(0),
        // A choice on a list has a key and no record.
        value: match item.value {
            Some(value) => value.zh,
            None if item.record.is_empty() => item.short,
            None => String::new(),
        },
        record: item.record,
        days: item.days,
        covered: item.covered,
        withheld: item.withheld,
    };
    let township =
        |one: ShownTownship| v1::DrillTownship { township: one.township.to_string(), text: one.text };
    v1::DrillReply {
        numerator: Some(shown.numerator),
        denominator: shown.denominator,
        text: shown.text.zh,
        parts: shown.parts.into_iter().map(part).collect(),
        items: shown.items.into_iter().map(item).collect(),
        townships: shown.townships.into_iter().map(township).collect(),
        next: shown.next.unwrap_or_default(),
        from,
        to,
        as_of,
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
