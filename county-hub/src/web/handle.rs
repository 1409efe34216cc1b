//! The way of one request: who asks, what is asked, the answer beside the asynchronous threads, its headers, its count.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use shared::code::ErrorCode;
use shared::http::Caller;
use shared::limits::WEB_REQUEST_WAIT;
use shared::program::Failure;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::key;
use super::problem::{respond, respond_with};
use super::query::{Query, pairs};
use super::route::{Asked, Keeping, Reply, Route};
use super::{accept, api};
use crate::app::App;
use crate::limits;

/// What every handler works with.
#[derive(Clone)]
pub(super) struct Counter {
    pub(super) app: Arc<App>,
    /// Requests at work at one time.
    pub(super) places: Arc<Semaphore>,
}

/// Name of the route that answered, for the count.
#[derive(Clone, Copy)]
struct Answered(&'static str);

pub(super) fn method(route: &'static Route) -> MethodRouter<Counter> {
    let handler = move |counter, path, request| async move {
        let mut response = handle(route, counter, path, request).await;
        response.extensions_mut().insert(Answered(route.id));
        response
    };
    get(handler).fallback(not_allowed)
}

/// What every answer has, and the count.
pub(super) async fn every(State(counter): State<Counter>, request: Request, next: Next) -> Response {
    let (started, method) = (Instant::now(), request.method().clone());
    let mut response = if request.uri().query().is_some_and(|q| q.len() > limits::WEB_QUERY_BYTES_MAX) {
        let (zh, en) = ("地址过长。", "The address is too long.");
        respond_with(StatusCode::URI_TOO_LONG, &Failure::invalid(zh, en), request.headers())
    } else {
        next.run(request).await
    };
    let route = response.extensions().get::<Answered>().map_or("none", |answered| answered.0);
    let status = response.status().as_u16();
    counter.app.meters.request(route, status);
    // The route by its name: an address may hold a key, or what somebody looked for.
    let (method, took_ms) = (logged(&method), started.elapsed().as_millis());
    tracing::debug!(
        http.method = method,
        http.route = route,
        http.status = status,
        took_ms,
        "request answered"
    );
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A method as it is logged; what else a caller may write there is not repeated.
fn logged(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        _ => "other",
    }
}

pub(super) async fn nowhere(request: Request) -> Response {
    let (zh, en) = ("没有这个地址。", "There is nothing at this address.");
    respond(&Failure::not_found(zh, en), request.headers())
}

async fn not_allowed(request: Request) -> Response {
    let (zh, en) = ("这里只能读取（GET、HEAD）。", "Here things are only read (GET, HEAD).");
    let failure = Failure::new(ErrorCode::Usage, zh, en);
    let mut response = respond_with(StatusCode::METHOD_NOT_ALLOWED, &failure, request.headers());
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
    response
}

async fn handle(
    route: &'static Route,
    State(counter): State<Counter>,
    path: Result<Path<BTreeMap<String, String>>, PathRejection>,
    request: Request,
) -> Response {
    let Ok(Path(path)) = path else { return nowhere(request).await };
    let (asked, _) = request.into_parts();
    match answer(route, &counter, path, &asked).await {
        Ok(reply) => present(route, reply, &asked.headers),
        Err(Refused::Failure(failure)) => respond(&failure, &asked.headers),
        Err(Refused::NotTaken) => {
            let media = route.gives.media();
            let zh = format!("只能给出 {media}。");
            let failure = Failure::new(ErrorCode::Usage, zh, format!("Only {media} can be given."));
            respond_with(StatusCode::NOT_ACCEPTABLE, &failure, &asked.headers)
        }
    }
}

enum Refused {
    Failure(Failure),
    NotTaken,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

async fn answer(
    route: &'static Route,
    counter: &Counter,
    path: BTreeMap<String, String>,
    asked: &Parts,
) -> Result<Reply, Refused> {
    let headers = &asked.headers;
    let from = asked.extensions.get::<Caller>().map(|caller| caller.0);
    let mut given = pairs(asked.uri.query().unwrap_or_default())?;
    let caller = key::caller(&counter.app, route.door, from, headers, &mut given)?;
    if !accept::takes(headers, route.gives.media()) {
        return Err(Refused::NotTaken);
    }
    let query = Query::read(route.params, &path, given)?;
    let started = Instant::now();
    let work = async {
        let place = counter.places.clone().acquire_owned().await.map_err(Failure::internal)?;
        let app = counter.app.clone();
        // The place is kept until the work is done, also when nobody waits for it any more.
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            (route.answer)(&Asked { app: &app, caller, query: &query })
        });
        done.await.map_err(Failure::internal)?
    };
    let reply = timeout(WEB_REQUEST_WAIT, work).await.unwrap_or_else(|_| {
        let (zh, en) = ("一时答不上来，请稍后再试。", "The answer takes too long now; try again later.");
        Err(Failure::new(ErrorCode::Unavailable, zh, en))
    })?;
    if route.id == api::TALLY {
        counter.app.meters.tally(started.elapsed());
    }
    Ok(reply)
}

fn present(route: &Route, reply: Reply, asked: &HeaderMap) -> Response {
    let tag = match route.keeping {
        Keeping::No => None,
        Keeping::Tagged => HeaderValue::from_str(&format!("\"{}\"", blake3::hash(&reply.body).to_hex())).ok(),
    };
    let known = tag.as_ref().is_some_and(|tag| knows(asked, tag));
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { reply.body.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.media));
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// Whether the caller has this very answer already.
fn knows(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let values = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes())
}
