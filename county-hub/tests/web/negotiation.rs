//! What HTTP itself asks of a door: methods, media types, languages, tags, lengths.

use http::{Method, Request, StatusCode};

use super::bed::County;

fn asked(method: Method, path: &str, key: &str, header: (&'static str, &str)) -> Request<String> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {key}"))
        .header(header.0, header.1)
        .body(String::new())
        .expect("a request")
}

#[tokio::test]
async fn an_address_that_is_none_is_a_problem_in_both_languages() {
    let county = County::new();
    let answer = county.get("/nowhere", None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let problem = answer.json();
    assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some("not_found"), Some(404)));
    assert_eq!(problem["type"], "urn:xianglian:error:not_found");
    assert_eq!(problem["detail"], problem["message"]["zh"]);
    assert_eq!(answer.header("content-language"), "zh");
    let english = Request::get("/nowhere").header("accept-language", "en").body(String::new());
    let answer = county.send(english.expect("a request")).await;
    let problem = answer.json();
    assert_eq!(problem["detail"], problem["message"]["en"]);
    assert_eq!(answer.header("content-language"), "en");
    for path in ["/", "/api", "/api/v1", "/api/v1/tally/", "/api/v2/tally", "/api/v1/records/a/b"] {
        assert_eq!(county.get(path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(county.get("/api/v1/records/%ff", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn things_are_only_read() {
    let county = County::new();
    let key = county.key("c", None, None, None);
    for path in county_hub::web::paths() {
        let path = path.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057");
        for method in
            [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE]
        {
            let answer = county.send(asked(method.clone(), &path, &key, ("x-test", "1"))).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET,HEAD", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_head_is_a_get_without_its_body() {
    let county = County::new();
    let key = county.key("c", None, None, None);
    for path in ["/api/v1/nodes", "/api/v1/kinds", "/api/v1/calendar.ics", "/metrics", "/api/v1/openapi.json"]
    {
        let whole = county.send(asked(Method::GET, path, &key, ("x-test", "1"))).await;
        let head = county.send(asked(Method::HEAD, path, &key, ("x-test", "1"))).await;
        assert_eq!(head.status, StatusCode::OK, "{path}");
        assert!(head.body.is_empty(), "{path}");
        for name in ["content-type", "cache-control", "etag"] {
            assert_eq!(head.header(name), whole.header(name), "{path} {name}");
        }
        if path != "/metrics" {
            assert_eq!(head.header("content-length"), whole.body.len().to_string(), "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_taken_is_not_given() {
    let county = County::new();
    let key = county.key("c", None, None, None);
    let status = async |path: &str, accept: &str| {
        county.send(asked(Method::GET, path, &key, ("accept", accept))).await.status
    };
    for accept in ["application/json", "application/*", "*/*", "text/html, */*;q=0.1"] {
        assert_eq!(status("/api/v1/nodes", accept).await, StatusCode::OK, "{accept}");
    }
    for accept in ["text/html", "application/json;q=0", "application/xml"] {
        assert_eq!(status("/api/v1/nodes", accept).await, StatusCode::NOT_ACCEPTABLE, "{accept}");
    }
    assert_eq!(status("/api/v1/calendar.ics", "text/calendar").await, StatusCode::OK);
    assert_eq!(status("/api/v1/calendar.ics", "application/json").await, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(status("/metrics", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1").await, StatusCode::OK);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let county = County::new();
    let key = county.key("c", None, None, None);
    for path in ["/api/v1/kinds", "/api/v1/openapi.json", "/api/v1/calendar.ics"] {
        let first = county.get(path, Some(&key)).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && first.header("cache-control") == "private, no-cache", "{path} {tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let again = county.send(asked(Method::GET, path, &key, ("if-none-match", &known))).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path} {known}");
            assert_eq!(again.header("etag"), tag);
        }
        let other = county.send(asked(Method::GET, path, &key, ("if-none-match", "\"x\""))).await;
        assert_eq!((other.status, other.body), (StatusCode::OK, first.body), "{path}");
    }
    let before = county.get("/api/v1/calendar.ics", Some(&key)).await.header("etag").to_owned();
    county.act("test_notice", None, "send", &["title=新通知", "on=2026-06-09"]);
    let after = county.get("/api/v1/calendar.ics", Some(&key)).await;
    assert_ne!(after.header("etag"), before);
    for path in ["/api/v1/nodes", "/api/v1/tally", "/api/v1/districts", "/metrics"] {
        let answer = county.get(path, Some(&key)).await;
        assert_eq!((answer.header("cache-control"), answer.header("etag")), ("no-store", ""), "{path}");
    }
}

#[tokio::test]
async fn a_key_that_is_needed_is_asked_for() {
    let county = County::new();
    let answer = county.get("/api/v1/nodes", None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"xianglian\"");
    assert_eq!(answer.json()["code"], "unauthenticated");
    let key = county.key("c", None, None, None);
    for value in ["", "Basic eA==", "Bearer", "bearer "] {
        let request = Request::get("/api/v1/nodes").header("authorization", value).body(String::new());
        assert_eq!(
            county.send(request.expect("a request")).await.status,
            StatusCode::UNAUTHORIZED,
            "{value}"
        );
    }
    // In the address only where nothing else is possible, and never twice.
    let at = async |path: &str| county.get(path, None).await.status;
    assert_eq!(at(&format!("/api/v1/calendar.ics?key={key}")).await, StatusCode::OK);
    assert_eq!(at(&format!("/metrics?key={key}")).await, StatusCode::OK);
    assert_eq!(at(&format!("/api/v1/nodes?key={key}")).await, StatusCode::BAD_REQUEST);
    let both = county.get(&format!("/metrics?key={key}"), Some(&key)).await;
    assert_eq!(both.status, StatusCode::BAD_REQUEST);
    assert!(!both.text().contains(&key), "a key is never repeated");
    let other = county.key("t", Some(1), None, None);
    assert_eq!(at(&format!("/metrics?key={other}")).await, StatusCode::FORBIDDEN);
}
