//! The way of one request: by which name, from where, by whom, what came with it, the answer beside the asynchronous
//! threads, its headers.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use shared::code::ErrorCode;
use shared::http::Caller;
use shared::limits::WEB_REQUEST_WAIT;
use shared::program::{Failure, Lang};
use shared::ui::form::Pairs;
use tokio::time::timeout;

use super::body::{self, Body};
use super::guard::{self, Stranger};
use super::house::House;
use super::pages::{ROUTES, login, wait};
use super::route::{Asked, Method, Needs, Person, Reply, Route, UseOf, Who};
use super::said;
use crate::app::Node;
use crate::host::Standing;
use crate::limits;

/// Only our own style and scripts, forms to ourselves, in nobody's frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
/// Name of the token in forms.
pub(super) const TOKEN: &str = "token";
/// Name in an address that chooses the language, and of the cookie that keeps it.
pub(super) const LANG: &str = "lang";
const LANG_COOKIE: &str = "xianglian-lang";

pub(super) fn router(house: Arc<House>) -> Router {
    ROUTES
        .iter()
        .copied()
        .flatten()
        .fold(Router::new(), |router, route| router.route(route.path, method(route)))
        .fallback(nowhere)
        .layer(axum::middleware::from_fn_with_state(house.clone(), every))
        .with_state(house)
}

fn method(route: &'static Route) -> MethodRouter<Arc<House>> {
    let handler = move |house, path, request| handle(route, house, path, request);
    match route.method {
        Method::Get => get(handler),
        Method::Post => post(handler),
    }
}

/// What holds for every request and every answer.
async fn every(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let changes = request.method() != http::Method::GET && request.method() != http::Method::HEAD;
    let strange = guard::host(&house, request.headers())
        .and_then(|()| if changes { guard::origin(&house, request.headers()) } else { Ok(()) });
    let long = request.uri().query().is_some_and(|query| query.len() > limits::WEB_QUERY_BYTES_MAX);
    let mut response = match strange {
        Err(stranger) => turned_away(stranger, request.headers()),
        Ok(()) if long => plain(StatusCode::URI_TOO_LONG, "地址过长。The address is too long."),
        Ok(()) => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        // Not `no-referrer`: by that browsers would say `Origin: null` with our own forms. Nothing is told to others.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// In both languages: nothing is known of whoever asks.
fn turned_away(stranger: Stranger, headers: &HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    tracing::warn!(?stranger, host, "a request was turned away");
    match stranger {
        Stranger::Host => plain(
            StatusCode::MISDIRECTED_REQUEST,
            "请用电脑地址打开网页；要用别的名称，请在设置 web.names 中写明。\nOpen the pages by an address; other names belong in the setting web.names.",
        ),
        Stranger::Origin => plain(
            StatusCode::FORBIDDEN,
            "这个请求不是从本程序的网页发出的，没有办理。请回到网页，刷新后再试。\nThis request did not come from a page of this program; nothing was done. Go back to the page, reload it, and try again.",
        ),
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// A request, owned, so that it can go to another thread.
struct Held {
    house: Arc<House>,
    node: Option<Node>,
    person: Option<Person>,
    from: IpAddr,
    here: bool,
    address: String,
    path: BTreeMap<String, String>,
    query: Pairs,
    body: Body,
    lang: Lang,
    cookie: Option<String>,
    part: bool,
}

impl Held {
    fn asked(&self) -> Asked<'_> {
        Asked {
            house: &self.house,
            node: self.node.as_ref(),
            person: self.person.as_ref(),
            from: self.from,
            here: self.here,
            address: &self.address,
            path: &self.path,
            query: &self.query,
            form: &self.body.form,
            files: &self.body.files,
            lang: self.lang,
            cookie: self.cookie.as_deref(),
            part: self.part,
        }
    }
}

async fn nowhere(State(house): State<Arc<House>>, request: Request) -> Response {
    let held = held(&house, BTreeMap::new(), &request, UseOf::Nothing);
    let (zh, en) = ("没有这个网页。", "There is no such page.");
    match held {
        Ok(held) => present(said::failure(&held.asked(), &Failure::not_found(zh, en))),
        Err(_) => plain(StatusCode::NOT_FOUND, "没有这个网页。There is no such page."),
    }
}

async fn handle(
    route: &'static Route,
    State(house): State<Arc<House>>,
    path: Result<Path<BTreeMap<String, String>>, PathRejection>,
    request: Request,
) -> Response {
    let Ok(Path(path)) = path else { return nowhere(State(house), request).await };
    let held = match held(&house, path, &request, route.use_of) {
        Ok(held) => held,
        Err(_) => return plain(StatusCode::BAD_REQUEST, "地址写法不对。The address is not well written."),
    };
    if route.method == Method::Get
        && let Some(reply) = chooses_language(&held)
    {
        return present(reply);
    }
    let work = lead(route, held, request);
    let reply = match timeout(WEB_REQUEST_WAIT, work).await {
        Ok(reply) => reply,
        Err(_) => {
            return plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "一时办不完，请稍后再看；已经开始的办理会继续做完。\nThis takes longer than it should; look again later. What was begun will be finished.",
            );
        }
    };
    present(reply)
}

/// Who asks, and what stands in the address.
fn held(
    house: &Arc<House>,
    path: BTreeMap<String, String>,
    request: &Request,
    use_of: UseOf,
) -> Result<Held, shared::http::NotWellWritten> {
    let headers = request.headers();
    let query = Pairs::from_iter(shared::http::pairs(request.uri().query().unwrap_or_default())?);
    let cookie = cookie(headers, &house.cookie_name());
    let person = cookie.as_deref().and_then(|cookie| {
        let find = |login: &str| house.book.read().ok()?.find(login).cloned();
        let (seen, account) = house.sessions.see(house.tick(), cookie, use_of == UseOf::Session, find)?;
        Some(Person { seen, account })
    });
    let lang = self::cookie(headers, LANG_COOKIE).and_then(|lang| lang.parse().ok());
    let lang = lang.or_else(|| person.as_ref().and_then(|person| person.account.lang()));
    let lang = lang.or_else(|| Some(house.host.config().ok()?.lang)).unwrap_or_default();
    let caller = request.extensions().get::<Caller>().map(|caller| caller.0);
    Ok(Held {
        house: house.clone(),
        here: caller.is_some_and(|from| shared::http::straight(from, headers)),
        node: None,
        person,
        from: caller.map_or(IpAddr::from([0, 0, 0, 0]), |from| from.ip().to_canonical()),
        address: request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned(),
        path,
        query,
        body: Body::default(),
        lang,
        cookie,
        part: headers.contains_key("hx-request"),
    })
}

/// A value of the request's cookies.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// `?lang=en` on any page: kept in a cookie, and the page without it.
fn chooses_language(held: &Held) -> Option<Reply> {
    let lang: Lang = held.query.get(LANG)?.parse().ok()?;
    let path = held.address.split('?').next().unwrap_or("/");
    let rest = held.query.iter().filter(|(name, _)| *name != LANG);
    let address =
        rest.fold(shared::ui::address::Address::new(path), |address, (name, value)| address.and(name, value));
    let secure = if held.house.is_own() { "" } else { "; Secure" };
    let value = format!("{LANG_COOKIE}={lang}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
    Some(Reply::see(&address.to_string()).header(header::SET_COOKIE, &value))
}

/// Past the guards to the answer.
async fn lead(route: &'static Route, mut held: Held, request: Request) -> Reply {
    if let Some(reply) = kept_out(route, &held) {
        return reply;
    }
    let open = match route.who {
        Who::Anybody => true,
        Who::SetUp => held.person.is_none() && held.house.has_no_account(),
        Who::Known | Who::Roles(_) => false,
    };
    let known = open || held.person.is_some();
    let takes = if known { route.takes } else { route.takes.of_strangers() };
    match body::read(takes, request).await {
        Ok(body) => held.body = body,
        Err((status, failure)) => return said::failure(&held.asked(), &failure).status(status),
    }
    if !known {
        // The session has ended since the form was shown: what was typed comes along to the login and back.
        return login::again(&held.asked(), &held.body);
    }
    if route.method == Method::Post
        && !open
        && let Some(person) = &held.person
    {
        let token = held.body.form.get(TOKEN).unwrap_or_default();
        if !guard::same(token, &person.seen.token) {
            return said::failure(&held.asked(), &old_form());
        }
        held.body.form.remove(TOKEN);
    }
    let standing = held.house.host.standing();
    match (route.needs, standing) {
        (_, Standing::Open(node)) => held.node = Some(node),
        (Needs::Node, other) => return wait::page(&held.asked(), &other),
        (Needs::Nothing, _) => {}
    }
    let place = held.house.places.clone().acquire_owned().await;
    let asked_by = (held.house.clone(), held.lang);
    let work = tokio::task::spawn_blocking(move || {
        // The place is kept until the work is done, also when nobody waits for it any more.
        let _place = place;
        let asked = held.asked();
        (route.answer)(&asked).unwrap_or_else(|failure| said::failure(&asked, &failure))
    });
    work.await
        .unwrap_or_else(|fault| said::fault(asked_by.1, &Failure::internal(format!("{}: {fault}", route.id))))
}

/// The answer to somebody who may not ask this.
fn kept_out(route: &Route, held: &Held) -> Option<Reply> {
    let asked = held.asked();
    let Some(person) = &held.person else {
        return match route.who {
            Who::Anybody => None,
            Who::SetUp if held.house.has_no_account() => None,
            _ if held.house.has_no_account() => Some(Reply::see(super::pages::setup::PATH)),
            // A form that was sent comes along to the login, once it is read.
            _ if route.method == Method::Post => None,
            _ => Some(login::first(&asked)),
        };
    };
    if person.account.must_change && !super::pages::me::while_password_is_old(route) {
        return Some(Reply::see(super::pages::me::PASSWORD));
    }
    let set_up_goes_on = route.who == Who::SetUp && matches!(held.house.host.standing(), Standing::NotSetUp);
    if set_up_goes_on && person.has(shared::record::Role::TAdmin) {
        return None;
    }
    let (zh, en) = ("您的角色不能打开这个网页。", "Your role may not open this page.");
    (!route.who.takes(&person.account))
        .then(|| said::failure(&asked, &Failure::new(ErrorCode::Forbidden, zh, en)))
}

fn old_form() -> Failure {
    Failure::new(
        ErrorCode::Forbidden,
        "这个网页是上一次登录时打开的，没有办理。",
        "This page was opened in an earlier session; nothing was done.",
    )
    .advise("请返回，刷新网页后再试。", "Go back, reload the page, and try again.")
}

fn present(reply: Reply) -> Response {
    let mut response = (reply.status, reply.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.media));
    for (name, value) in reply.headers {
        headers.append(name, value);
    }
    response
}
