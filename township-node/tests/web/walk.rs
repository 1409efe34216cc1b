//! Every route, by every role, by both methods: what is not named here is not allowed.

use township_node::web::routes;

use crate::bed::{Bed, PASSWORD};
use crate::browser::{Answer, Browser};

const ALL: &[&str] = &["clerk", "vice", "chair", "unit", "deputy", "admin", "auditor"];
const OFFICE: &[&str] = &["clerk", "vice", "chair"];
const READERS: &[&str] = &["clerk", "vice", "chair", "auditor"];
const SYNC_READERS: &[&str] = &["clerk", "vice", "chair", "admin", "auditor"];
const ADMIN: &[&str] = &["admin"];

/// Who may ask what.
const MAY: &[(&str, &[&str])] = &[
    ("today", ALL),
    ("ledgers", READERS),
    ("ledger", READERS),
    ("record", READERS),
    ("new", OFFICE),
    ("new_sent", OFFICE),
    ("step", OFFICE),
    ("step_sent", OFFICE),
    ("pick", OFFICE),
    ("due", READERS),
    ("sync", SYNC_READERS),
    ("sync_line", SYNC_READERS),
    ("sync_now", &["clerk", "admin"]),
    ("receipt", SYNC_READERS),
    ("held", READERS),
    ("held_one", READERS),
    ("held_restated", OFFICE),
    ("join", ADMIN),
    ("join_sent", ADMIN),
    ("me", ALL),
    ("my_role", ALL),
    ("password", ALL),
    ("password_sent", ALL),
    ("my_language", ALL),
    ("my_session_ended", ALL),
    ("time_left", ALL),
    ("stay", ALL),
    ("leave", ALL),
    ("accounts", ADMIN),
    ("account_new", ADMIN),
    ("account_new_sent", ADMIN),
    ("account", ADMIN),
    ("account_sent", ADMIN),
    ("account_reset", ADMIN),
    ("account_lock", ADMIN),
    ("session_ended", ADMIN),
    ("audit", &["admin", "auditor"]),
    ("settings", ADMIN),
    ("settings_sent", ADMIN),
    ("opened_again", ADMIN),
    ("backed_up", ADMIN),
    ("about", ALL),
];
/// Open to everybody.
const OPEN: &[&str] = &["asset", "login", "login_sent"];
/// Shut for good once there is an account.
const SET_UP: &[&str] = &["setup", "setup_join", "setup_begin", "setup_account"];

fn address(path: &str) -> String {
    let known = [
        ("{kind}", "proposal"),
        ("{action}", "draft"),
        ("{id}", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ("{login}", "nobody"),
        ("{name}", "none"),
    ];
    known.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

async fn asked(browser: &mut Browser, method: &str, path: &str) -> Answer {
    if method == "GET" { browser.get(path).await } else { browser.post(path, &[]).await }
}

#[tokio::test]
async fn each_role_gets_what_is_its_own_and_nothing_else() {
    let bed = Bed::office().await;
    let routes = routes();
    for route in &routes {
        let named = MAY.iter().any(|(id, _)| *id == route.id)
            || OPEN.contains(&route.id)
            || SET_UP.contains(&route.id);
        assert!(named, "nobody has said who may ask {}", route.id);
    }
    let mut nobody = bed.browser();
    for route in &routes {
        let path = address(route.path);
        let answer = asked(&mut nobody, route.method, &path).await;
        match () {
            () if OPEN.contains(&route.id) => {
                assert!(matches!(answer.status, 200 | 404 | 401), "{} {}", route.id, answer.status)
            }
            () if route.method == "POST" => assert_eq!(answer.status, 401, "{}", route.id),
            () => {
                assert_eq!(answer.status, 303, "{}", route.id);
                assert!(answer.location().starts_with("/login"), "{}: {}", route.id, answer.location());
            }
        }
        secured(&answer, route.id);
    }
    for login in ALL {
        let mut browser = bed.logged_in(login).await;
        for route in routes.iter().filter(|route| !OPEN.contains(&route.id)) {
            if browser.get("/me").await.status != 200 {
                browser = bed.logged_in(login).await;
            }
            let answer = asked(&mut browser, route.method, &address(route.path)).await;
            let may = MAY.iter().any(|(id, roles)| *id == route.id && roles.contains(login));
            let refused = answer.status == 403;
            assert_eq!(
                !refused, may,
                "{login} {} {}: {}\n{}",
                route.method, route.path, answer.status, answer.body
            );
            assert!(
                answer.status != 401 && !answer.location().starts_with("/login") || route.id == "leave",
                "{login} {}",
                route.id
            );
            secured(&answer, route.id);
            // Every route has one method.
            let other = if route.method == "GET" { "POST" } else { "GET" };
            let twin = routes.iter().any(|twin| twin.path == route.path && twin.method == other);
            if !twin {
                let answer = asked(&mut browser, other, &address(route.path)).await;
                assert!(
                    matches!(answer.status, 405 | 303 | 401),
                    "{other} {}: {}",
                    route.path,
                    answer.status
                );
            }
        }
    }
    let _ = PASSWORD;
}

fn secured(answer: &Answer, id: &str) {
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{id}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{id}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{id}");
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{id}");
    if id != "asset" {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{id}");
    }
}

#[tokio::test]
async fn style_and_scripts_are_kept_by_the_browser() {
    let bed = Bed::office().await;
    let mut browser = bed.browser();
    let login = browser.get("/login").await.expect(200);
    let assets: Vec<&str> = login.body.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(assets.len() >= 4, "{assets:?}");
    for asset in assets {
        let answer = browser.get(asset).await.expect(200);
        assert!(answer.header("cache-control").is_some_and(|kept| kept.contains("immutable")), "{asset}");
    }
}
