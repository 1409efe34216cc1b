//! Who may come in at all: names, origins, tokens, paths, texts that would be markup.

use crate::bed::{Bed, PASSWORD};
use crate::browser::encoded;

const TITLE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}";

#[tokio::test]
async fn pages_are_only_given_by_names_of_ours() {
    let bed = Bed::office().await;
    let mut browser = bed.browser();
    for host in ["evil.example", "127.0.0.1.evil.example", "xn--localhost.example:7070"] {
        browser.raw("GET", "/login", &[("Host", host)], &[]).await.expect(421);
    }
    let port = bed.address.port();
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
        browser.raw("GET", "/login", &[("Host", &host)], &[]).await.expect(200);
    }
}

#[tokio::test]
async fn a_page_of_somebody_else_changes_nothing() {
    let bed = Bed::office().await;
    let node = bed.opened().await;
    let mut browser = bed.logged_in("clerk").await;
    let form = browser.get("/ledger/proposal/new/draft").await.expect(200);
    let once = form.value("once").expect("a mark");
    let token = browser.token().to_owned();
    let typed = [
        ("once", &*once),
        ("f.title", "路灯"),
        ("f.raised_on", "2025-03-04"),
        ("f.in_session", "RECESS"),
        ("token", &token),
    ];
    let before = node.store().streams();
    let strangers: [&[(&str, &str)]; 6] = [
        &[],
        &[("Origin", "null")],
        &[("Origin", "http://evil.example")],
        &[("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
    ];
    for headers in strangers {
        browser.post_from("/ledger/proposal/new/draft", &typed, headers).await.expect(403);
        browser
            .post_from("/login", &[("account", "clerk"), ("password", PASSWORD)], headers)
            .await
            .expect(403);
    }
    // Of the same origin, and without the token of this session: an old page, or a page of another session.
    let other = bed.logged_in("clerk").await;
    for token in ["", "0", other.token()] {
        let mut forged = typed.to_vec();
        forged.retain(|(name, _)| *name != "token");
        forged.push(("token", token));
        browser.post_bare("/ledger/proposal/new/draft", &forged).await.expect(403).says("上一次登录");
    }
    assert_eq!(node.store().streams(), before, "nothing was written");
    browser.post_bare("/ledger/proposal/new/draft", &typed).await.expect(303);
    assert_ne!(node.store().streams(), before);
}

#[tokio::test]
async fn no_path_leads_out_of_the_pages() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("admin").await;
    for path in [
        "/assets/../township.toml",
        "/assets/..%2ftownship.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/....//township.toml",
        "/assets/ui-000000000000.css",
        "//etc/passwd",
        "/township.toml",
        "/accounts/of/..%2f..%2faccess%2faccounts.json",
        "/record/..%2f..%2ftownship.toml",
    ] {
        let answer = browser.get(path).await;
        assert!(matches!(answer.status, 400 | 403 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("[township]") && !answer.body.contains("argon2"), "{path}");
    }
}

#[tokio::test]
async fn texts_are_never_markup() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    let form = browser.get("/ledger/proposal/new/draft").await.expect(200);
    let once = form.value("once").expect("a mark");
    // As the value of a form that comes back, then as a record, in its list and in its forms.
    let wrong = [("once", &*once), ("f.title", TITLE), ("f.raised_on", "no day")];
    let shown = browser.post("/ledger/proposal/new/draft", &wrong).await.expect(422);
    let typed =
        [("once", &*once), ("f.title", TITLE), ("f.raised_on", "2025-03-04"), ("f.in_session", "RECESS")];
    let place = browser.post("/ledger/proposal/new/draft", &typed).await.expect(303).location().to_owned();
    let mut pages = vec![shown];
    for path in [
        place.clone(),
        "/ledger/proposal".to_owned(),
        format!("{place}/do/edit"),
        "/".to_owned(),
        format!("/ledger/proposal?q={}", encoded(TITLE)),
        format!("/login?next={}", encoded(TITLE)),
        format!("/ledger/proposal?status={}", encoded(TITLE)),
        format!("/pick?kind=proposal&field=merged_into&q={}", encoded("script")),
    ] {
        pages.push(browser.get(&path).await);
    }
    for page in pages {
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{}", page.body);
        let inline =
            page.body.matches("<script").count() - page.body.matches("<script src=\"/assets/").count();
        assert_eq!(inline, 0, "{}", page.body);
        assert!(!page.body.contains(" style=") && !page.body.contains(" onerror=\""), "{}", page.body);
    }
}

#[tokio::test]
async fn what_is_too_large_or_malformed_is_refused() {
    let bed = Bed::office().await;
    let mut browser = bed.logged_in("clerk").await;
    let long = "长".repeat(600_000);
    browser.post("/me/language", &[("my_lang", &long)]).await.expect(413);
    browser.get(&format!("/ledger/proposal?q={}", "x".repeat(5000))).await.expect(414);
    browser.get("/ledger/proposal?q=%zz").await.expect(400);
    let origin = format!("http://{}", bed.address);
    let json = [("Origin", &*origin), ("Content-Type", "application/json")];
    browser.raw("POST", "/me/language", &json, b"{}").await.expect(415);
    browser.raw("DELETE", "/ledgers", &[("Origin", &origin)], &[]).await.expect(405);
    let huge = format!("Cookie: {}", "x".repeat(20_000));
    let answer = browser.raw("GET", "/login", &[("X-Pad", &huge)], &[]).await;
    assert!(matches!(answer.status, 0 | 431), "{}", answer.status);
    browser.get("/ledgers").await.expect(200);
}
