//! What may be said in an address, and that what may not is told in words.

use http::StatusCode;
use serde_json::Value as Json;

use super::bed::{County, code};

struct Asking {
    county: County,
    key: String,
}

fn asking() -> Asking {
    let county = County::new();
    let key = county.key("c", None, None, None);
    Asking { county, key }
}

impl Asking {
    async fn good(&self, path: &str) -> Json {
        let answer = self.county.get(path, Some(&self.key)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    /// Status, code, and what is wrong in English.
    async fn bad(&self, path: &str) -> (u16, String, String) {
        let answer = self.county.get(path, Some(&self.key)).await;
        let problem = answer.json();
        let lines = problem["details"].as_array().into_iter().flatten();
        let lines: Vec<&str> = lines.filter_map(|line| line["en"].as_str()).collect();
        let said = problem["message"]["en"].as_str().unwrap_or_default();
        let text = if lines.is_empty() { said.to_owned() } else { lines.join("; ") };
        (answer.status.as_u16(), problem["code"].as_str().unwrap_or_default().to_owned(), text)
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let asking = asking();
    for (path, expected) in [
        (
            "/api/v1/tally?levels=county",
            "unknown parameter levels; known: measures, level, period, from, to, as_of, list, compare, rank, ascending",
        ),
        ("/api/v1/tally?level=village", "level must be one of county, district, township, not \"village\""),
        (
            "/api/v1/tally?period=2026-13",
            "period must be a period such as 2026, 2026-11, 2026Q3, 2026H1, 2026S1, 18S3, session, T18 or term, not \"2026-13\"",
        ),
        ("/api/v1/tally?from=2026-02-30", "from must be a date such as 2026-11-23, not \"2026-02-30\""),
        ("/api/v1/tally?period=2026&from=2026-01-01", "Either period, or from and to."),
        ("/api/v1/tally?from=2026-02-01&to=2026-01-01", "The day to is before from."),
        ("/api/v1/tally?list=yes", "list must be true or false, not \"yes\""),
        ("/api/v1/records", "kind is missing"),
        ("/api/v1/records?kind=publicity&limit=0", "limit must be a whole number from 1 to 1000, not \"0\""),
        (
            "/api/v1/records?kind=publicity&limit=1001",
            "limit must be a whole number from 1 to 1000, not \"1001\"",
        ),
        ("/api/v1/records?kind=publicity&after=00", "The mark of the page is wrong."),
        (
            "/api/v1/records?kind=publicity&township=33",
            "township must be a township code of nine digits, not \"33\"",
        ),
        ("/api/v1/records?kind=publicity&kind=meeting", "kind is given twice"),
        ("/api/v1/records/x", "id must be the id of a record (UUID), not \"x\""),
        ("/api/v1/nodes?from=2026-05-02&to=2026-05-01", "The last night is before the first."),
        ("/api/v1/nodes?x=%zz", "The parameters in the address are not well written."),
        (
            "/api/v1/acknowledgements?standing=late",
            "standing must be one of open, all, undelivered, waiting, overdue, answered, not \"late\"",
        ),
        ("/api/v1/calendar.ics?lang=fr", "lang must be one of zh, en, not \"fr\""),
    ] {
        let (status, code, text) = asking.bad(path).await;
        assert_eq!((status, code.as_str(), text.as_str()), (400, "invalid", expected), "{path}");
    }
    for path in [
        "/api/v1/tally?measures=nix",
        "/api/v1/records?kind=nix",
        "/api/v1/acknowledgements?kind=meeting",
        "/api/v1/calendar.ics?kind=deputy",
        "/api/v1/records/01890a5d-ac96-774b-bcce-b302099a8057",
    ] {
        let (status, code, _) = asking.bad(path).await;
        assert_eq!((status, code.as_str()), (404, "not_found"), "{path}");
    }
    let long = format!("/api/v1/records?kind={}", "a".repeat(5_000));
    assert_eq!(asking.bad(&long).await.0, 414);
}

#[tokio::test]
async fn figures_are_those_of_the_period() {
    let asking = asking();
    asking.county.piece(1, "一");
    asking.county.piece(2, "二");
    let count = async |query: &str| {
        let tally =
            asking.good(&format!("/api/v1/tally?measures=C1_form,C8_claimed&level=township&{query}")).await;
        let cells = tally["cells"].as_array().expect("cells").clone();
        assert_eq!(
            cells.len(),
            tally["measures"].as_array().map_or(0, Vec::len) * tally["units"].as_array().map_or(0, Vec::len)
        );
        (tally["from"].clone(), tally["to"].clone(), cells.len())
    };
    let (from, to, _) = count("period=2026Q1").await;
    assert_eq!((from, to), ("2026-01-01".into(), "2026-03-31".into()));
    let (from, to, _) = count("from=2026-03-01").await;
    assert_eq!((from, to), ("2026-03-01".into(), "2200-12-31".into()));
    let (from, to, _) = count("from=0001-01-01&to=9999-12-31").await;
    assert_eq!((from, to), ("1900-01-01".into(), "2200-12-31".into()));
}

#[tokio::test]
async fn a_record_is_told_whole_and_page_by_page() {
    let asking = asking();
    let ids: Vec<String> = (0..5).map(|_| asking.county.piece(1, "标题").to_string()).collect();
    let mut found: Vec<String> = Vec::new();
    let mut next = String::new();
    loop {
        let page = asking.good(&format!("/api/v1/records?kind=publicity&limit=2{next}")).await;
        let items = page["records"].as_array().expect("records");
        assert!(items.len() <= 2);
        found.extend(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(mark) => next = format!("&after={mark}"),
            None => break,
        }
    }
    found.sort();
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(found, expected);

    let whole = asking.good(&format!("/api/v1/records/{}", ids[0])).await;
    let record = &whole["record"];
    assert_eq!((&record["kind"], &record["title"]), (&"publicity".into(), &"标题".into()));
    assert_eq!(record["township"], code(1).to_string());
    assert_eq!(record["fields"]["medium_level"], "CITY");
    assert_eq!(record["fields"]["published_on"], "2026-03-01");
    assert_eq!(whole["steps"][0]["action"], "draft");
    let none = asking.good(&format!("/api/v1/records?kind=publicity&township={}", code(2))).await;
    assert_eq!(none["records"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn what_the_county_addressed_is_found_by_the_township_too() {
    let asking = asking();
    let district = asking.county.district("第一片");
    let sent = asking.county.act(
        "test_notice",
        None,
        "send",
        &["title=片内", "on=2026-06-01", &format!("district={district}")],
    );
    for (n, expected) in [(1, 1), (2, 1), (3, 0)] {
        let path = format!("/api/v1/records?kind=test_notice&township={}", code(n));
        let page = asking.good(&path).await;
        assert_eq!(page["records"].as_array().map(Vec::len), Some(expected), "township {n}");
        let key = asking.county.key("t", Some(n), None, None);
        let one = asking.county.get(&format!("/api/v1/records/{sent}"), Some(&key)).await;
        assert_eq!(one.status.as_u16(), if expected == 1 { 200 } else { 404 }, "township {n}");
    }
}

#[tokio::test]
async fn the_catalogue_names_what_other_answers_say() {
    let asking = asking();
    let kinds = asking.good("/api/v1/kinds").await;
    let kinds = kinds["kinds"].as_array().expect("kinds");
    let kind = |id: &str| kinds.iter().find(|kind| kind["id"] == id).expect("a kind");
    assert_eq!(kind("meeting")["calendar"], true);
    assert_eq!(kind("seminar")["owner"], "county");
    let rows = kind("meeting")["fields"].as_array().expect("fields");
    let attendance = rows.iter().find(|field| field["id"] == "attendance").expect("rows");
    assert_eq!(attendance["columns"][0]["kinds"][0], "deputy");
    let districts = asking.good("/api/v1/districts?on=2026-06-01").await;
    assert_eq!(districts["districts"][0]["townships"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        asking.good("/api/v1/districts?on=2019-01-01").await["unassigned"].as_array().map(Vec::len),
        Some(3)
    );
}
