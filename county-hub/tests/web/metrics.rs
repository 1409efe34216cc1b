//! Metrics as Prometheus reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use http::{Request, StatusCode};
use shared::http::Caller;
use xianglian_proto::v1::HubHas;

use super::bed::{County, code};

/// Samples by name and labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    lines.map(|line| pair(line).unwrap_or_else(|| panic!("no sample: {line}"))).collect()
}

#[tokio::test]
async fn every_township_and_the_hub_are_measured() {
    let county = County::new();
    let key = county.key("m", None, None, Some("metrics"));
    county.piece(1, "一");
    county.comes(1, "node", HubHas::default());
    county.clock.advance(90_000);
    let api = county.key("c", None, None, None);
    county.get("/api/v1/tally?measures=A1", Some(&api)).await;
    county.get("/nowhere", None).await;
    let text = county.get("/metrics", Some(&key)).await.text();
    let found = samples(&text);
    let of = |n: u32, name: &str| {
        found.get(&format!("xianglian_township_{name}{{township=\"{}\",name=\"第{n}镇\"}}", code(n))).copied()
    };
    assert_eq!(of(1, "last_sync_age_seconds"), Some(90.0));
    assert_eq!(of(2, "last_sync_age_seconds"), None, "who never came has no age");
    assert_eq!(of(1, "backlog_entries"), Some(2.0));
    assert_eq!(of(1, "clock_offset_seconds"), Some(-1.5));
    assert_eq!(of(2, "held_entries"), Some(0.0));
    let standing = format!("xianglian_township_standing{{township=\"{}\",standing=\"EXPECTED\"}}", code(1));
    assert_eq!(found.get(&standing), Some(&1.0));
    assert_eq!(found["xianglian_http_requests_total{route=\"tally\",status=\"200\"}"], 1.0);
    assert_eq!(found["xianglian_http_requests_total{route=\"none\",status=\"404\"}"], 1.0);
    assert_eq!(found["xianglian_tally_duration_seconds_count"], 1.0);
    assert_eq!(found["xianglian_tally_duration_seconds_bucket{le=\"+Inf\"}"], 1.0);
    assert_eq!(found["xianglian_sessions_total{outcome=\"receipt\"}"], 0.0);
    // Two districts, three memberships, one piece.
    assert_eq!(found["xianglian_records"], 6.0);
    assert!(found["xianglian_entries"] >= 6.0);
}

#[tokio::test]
async fn every_family_is_described_once() {
    let county = County::new();
    let key = county.key("m", None, None, None);
    let text = county.get("/metrics", Some(&key)).await.text();
    let mut names = BTreeSet::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').expect("a name and a type");
        assert!(names.insert(name.to_owned()), "{name} twice");
        assert!(text.contains(&format!("# HELP {name} ")), "{name} is not explained");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
    }
    assert!(text.ends_with('\n'));
}

#[tokio::test]
async fn this_machine_needs_no_key_for_metrics_alone() {
    let county = County::new();
    let ask = async |path: &str, from: &str, host: &str| {
        let from: SocketAddr = from.parse().expect("an address");
        let mut request = Request::get(path).header("host", host).body(String::new()).expect("a request");
        request.extensions_mut().insert(Caller(from));
        county.send(request).await.status
    };
    assert_eq!(ask("/metrics", "127.0.0.1:9", "127.0.0.1:7480").await, StatusCode::OK);
    assert_eq!(ask("/metrics", "10.0.0.9:9", "127.0.0.1:7480").await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask("/metrics", "127.0.0.1:9", "evil.example.org").await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask("/api/v1/nodes", "127.0.0.1:9", "127.0.0.1:7480").await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask("/api/v1/calendar.ics", "127.0.0.1:9", "127.0.0.1:7480").await, StatusCode::UNAUTHORIZED);
}
