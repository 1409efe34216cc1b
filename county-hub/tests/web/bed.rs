//! A county with something for everybody to see, behind its router.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum_body::collect;
use county_hub::app::ask::Ask;
use county_hub::app::{App, district, key, record, township};
use county_hub::config::{Config, settle};
use county_hub::web;
use http::{HeaderMap, Method, Request, StatusCode};
use jsonschema::Validator;
use serde_json::{Value as Json, json};
use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, NodeKind};
use shared::command::Place;
use shared::exchange::Townships;
use shared::ids::{Epoch, RecordId, Site, TownshipCode};
use shared::ledger::{Act, By, Ledger};
use shared::program::{Clock as _, ManualClock, day_start_ms};
use shared::sync::note;
use tempfile::TempDir;
use tower::ServiceExt as _;
use xianglian_proto::v1::note::Kind;
use xianglian_proto::v1::{HubHas, HubSeen, HubSession};

/// The n-th township.
pub fn code(n: u32) -> TownshipCode {
    TownshipCode::from_number(330_282_100 + n).expect("nine digits")
}

pub struct County {
    pub app: Arc<App>,
    pub clock: Arc<ManualClock>,
    router: axum::Router,
    checks: Checks,
    _folder: TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl County {
    /// Noon of 2026-06-01; townships 1 and 2 in the first district, 3 in the second.
    pub fn new() -> Self {
        let files = [
            ("test_notice.toml", include_str!("../../src/app/tests/notice.toml")),
            ("test_signing.toml", include_str!("../../src/app/tests/signing.toml")),
        ];
        let catalogue = Arc::new(Catalogue::builtin_and(files).expect("sound files"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("hub");
        let noon = day_start_ms("2026-06-01".parse().expect("a date")) + 12 * 60 * 60 * 1000;
        let clock = Arc::new(ManualClock::new(noon, 7));
        let given = [("county.code", "330282".to_owned()), ("county.name", "慈溪市".to_owned())];
        App::init(&data, &given, &*clock).expect("a new hub");
        let config = Config::new(&data, &settle(&data, Vec::new()).expect("settings")).expect("settings");
        let app = Arc::new(App::in_memory(config, clock.clone(), catalogue).expect("a hub in memory"));
        let router = web::router(app.clone());
        let county = Self { app, clock, router, checks: Checks::default(), _folder: folder };
        for name in ["第一片", "第二片"] {
            county.ask(district::Add { name: name.into(), order: None, from: Some("2020-01-01".into()) });
        }
        for (n, district) in [(1, "第一片"), (2, "第一片"), (3, "第二片")] {
            county.ask(township::Add {
                code: code(n),
                name: format!("第{n}镇"),
                kind: "TOWN".into(),
                district: Some(district.into()),
                from: Some("2020-01-01".into()),
            });
        }
        county
    }

    #[track_caller]
    pub fn ask<A: Ask>(&self, ask: A) -> A::Answer {
        ask.answer(&self.app).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// A record of the county.
    #[track_caller]
    pub fn act(&self, kind: &str, record: Option<RecordId>, action: &str, set: &[&str]) -> RecordId {
        let by = By { staff: Some("u1".into()), role: "C_OFFICE".into(), on_behalf: false };
        self.ask(record::Act(given(kind, record, action, set, by))).record
    }

    /// A record that a township's office has written, as if it had come by sync.
    #[track_caller]
    pub fn at_township(
        &self,
        n: u32,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> RecordId {
        let catalogue = self.app.catalogue();
        let profile = catalogue.profiles.get("national").cloned().expect("a profile");
        let legal = Legal::new(Calendar::builtin(), Arc::new(profile));
        let townships = Townships::default();
        let ledger = Ledger {
            store: self.app.store(),
            catalogue,
            deadlines: &legal,
            clock: &*self.clock,
            place: Place { site: Site::Township(code(n)), node: Some(NodeKind::Town), abbr: "镇" },
            townships: &townships,
            staff: &|_| "u1".to_owned(),
        };
        let by = By { staff: None, role: "T_CLERK".into(), on_behalf: false };
        ledger.act(&given(kind, record, action, set, by)).unwrap_or_else(|failure| panic!("{failure}")).record
    }

    /// A piece of publicity with this title.
    pub fn piece(&self, n: u32, title: &str) -> RecordId {
        let title = format!("title={title}");
        let set = [
            title.as_str(),
            "form=NEWS",
            "medium=日报",
            "medium_level=CITY",
            "published_on=2026-03-01",
            "evidence_link=http://example.cn/1",
        ];
        self.at_township(n, "publicity", None, "draft", &set)
    }

    /// The township's node has come, with this software, and has so much of what flows down.
    pub fn comes(&self, n: u32, software: &str, has: HubHas) {
        let session = HubSession {
            at: self.clock.now_ms(),
            software: software.into(),
            catalogue: "c".into(),
            clock_offset: -1_500,
            backlog: 2,
            ..HubSession::default()
        };
        let township = code(n).to_string();
        let seen = Kind::Seen(HubSeen { township, session: Some(session), has: Some(has) });
        let written = self.app.store().write(|tx| note::append(tx, Site::Hub, Epoch(1), vec![seen]));
        written.expect("a note in memory");
    }

    pub fn district(&self, name: &str) -> String {
        let map = self.ask(district::List { on: None });
        let found = map.districts.into_iter().find(|district| district.name == name);
        found.expect("a district").id.to_string()
    }

    /// The secret of a fresh key.
    pub fn key(
        &self,
        name: &str,
        township: Option<u32>,
        district: Option<&str>,
        only: Option<&str>,
    ) -> String {
        let add = key::Add {
            name: name.into(),
            township: township.map(code),
            district: district.map(str::to_owned),
            only: only.map(str::to_owned),
            days: None,
        };
        self.ask(add).secret
    }

    /// Reads an address with a key.
    pub async fn get(&self, path: &str, key: Option<&str>) -> Answer {
        let request = Request::get(path);
        let request = match key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request,
        };
        self.send(request.body(String::new()).expect("a request")).await
    }

    /// Sends a request; what comes back is checked against the description.
    pub async fn send(&self, request: Request<String>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let request = request.map(axum::body::Body::from);
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let answer = Answer { status: parts.status, headers: parts.headers, body: collect(body).await };
        self.checks.check(&method, &path, &answer);
        answer
    }
}

fn given(kind: &str, record: Option<RecordId>, action: &str, set: &[&str], by: By) -> Act {
    Act {
        kind: kind.into(),
        record: record.map(|id| id.to_string()),
        action: action.into(),
        set: set.iter().map(|text| (*text).to_owned()).collect(),
        reason: "因故".into(),
        by,
    }
}

mod axum_body {
    /// The whole of a body.
    pub async fn collect(body: axum::body::Body) -> Vec<u8> {
        axum::body::to_bytes(body, 64 * 1024 * 1024).await.expect("a body in memory").to_vec()
    }
}

/// The description, ready to judge answers.
pub struct Checks {
    description: Json,
    validators: BTreeMap<String, Validator>,
}

impl Default for Checks {
    fn default() -> Self {
        let description = web::description();
        let components = description["components"].clone();
        let mut validators = BTreeMap::new();
        let schemas = components["schemas"].as_object().expect("schemas");
        for name in schemas.keys() {
            let schema = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$ref": format!("#/components/schemas/{name}"),
                "components": components,
            });
            let options = jsonschema::options().should_validate_formats(true);
            let validator = options.build(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
            validators.insert(name.clone(), validator);
        }
        Self { description, validators }
    }
}

impl Checks {
    /// The path of the description that an address belongs to.
    fn path(&self, address: &str) -> Option<String> {
        let fits = |path: &&String| {
            let (path, address) = (path.split('/'), address.split('/'));
            path.clone().count() == address.clone().count()
                && path.zip(address).all(|(part, given)| part.starts_with('{') || part == given)
        };
        self.description["paths"].as_object().expect("paths").keys().find(fits).cloned()
    }

    #[track_caller]
    pub fn check(&self, method: &Method, address: &str, answer: &Answer) {
        let told = |what: &str| {
            let body: String = answer.text().chars().take(2_000).collect();
            format!("{method} {address}: {what}\n{} {body}", answer.status)
        };
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", told("no nosniff"));
        let media = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
        let failed = answer.status.is_client_error() || answer.status.is_server_error();
        if failed {
            assert_eq!(media, "application/problem+json", "{}", told("no problem document"));
            assert_eq!(answer.header("cache-control"), "no-store", "{}", told("may be kept"));
        }
        let schema = match self.path(address) {
            // What is at no address of ours, and what is not read, has problems too.
            None => json!({ "$ref": "#/components/schemas/Problem" }),
            Some(_) if method != Method::GET && method != Method::HEAD => {
                json!({ "$ref": "#/components/schemas/Problem" })
            }
            Some(path) => {
                let responses = &self.description["paths"][&path]["get"]["responses"];
                let response = &responses[answer.status.as_str()];
                assert!(response.is_object(), "{}", told("the status is not described"));
                if answer.status == StatusCode::NOT_MODIFIED {
                    return assert!(answer.body.is_empty(), "{}", told("a body"));
                }
                let content = &response["content"][&media];
                assert!(content.is_object(), "{}", told("the media type is not described"));
                content["schema"].clone()
            }
        };
        let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) else { return };
        if answer.body.is_empty() && method == Method::HEAD {
            return;
        }
        let errors: Vec<String> = self.validators[name]
            .iter_errors(&answer.json())
            .take(10)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}", told(&errors.join("\n")));
    }
}
