//! Every route for every viewer: who gets in, and that nobody is told what is not his to see.

use std::collections::BTreeSet;

use county_hub::app::key;
use county_hub::web;
use http::StatusCode;
use shared::ids::RecordId;
use shared::program::Clock as _;
use xianglian_proto::v1::HubHas;

use super::bed::County;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    /// A key that was never made, one that was revoked, one that has expired.
    Stranger,
    Revoked,
    Expired,
    Township(u32),
    District,
    County,
    /// Keys of the county for one door.
    Calendar,
    Metrics,
}

const EVERYBODY: [Who; 10] = [
    Who::Nobody,
    Who::Stranger,
    Who::Revoked,
    Who::Expired,
    Who::Township(1),
    Who::Township(3),
    Who::District,
    Who::County,
    Who::Calendar,
    Who::Metrics,
];

impl Who {
    /// What he is answered at a path, where nothing else is wrong.
    fn expected(self, path: &str, query: &str) -> StatusCode {
        let open = path == "/api/v1/openapi.json";
        let county = query.contains("level=county");
        let district = query.contains("level=district");
        match self {
            _ if open => StatusCode::OK,
            Self::Nobody | Self::Stranger | Self::Revoked | Self::Expired => StatusCode::UNAUTHORIZED,
            Self::Calendar if path.ends_with("calendar.ics") => StatusCode::OK,
            Self::Metrics if path == "/metrics" => StatusCode::OK,
            Self::Calendar | Self::Metrics => StatusCode::FORBIDDEN,
            Self::County => StatusCode::OK,
            Self::Township(_) | Self::District if path == "/metrics" || county => StatusCode::FORBIDDEN,
            Self::Township(_) if district => StatusCode::FORBIDDEN,
            Self::Township(_) | Self::District => StatusCode::OK,
        }
    }

    /// Whether he is to be told a marked thing.
    fn may(self, mark: Mark) -> bool {
        match (self, mark) {
            (_, Mark::Draft) => false,
            (Self::County, _) => true,
            // One for calendars sees the calendar of the county, one for metrics the townships' names.
            (Self::Calendar | Self::Metrics, _) => true,
            (_, Mark::All) => matches!(self, Self::Township(_) | Self::District),
            (_, Mark::First) => matches!(self, Self::Township(1 | 2) | Self::District),
            (_, Mark::Of(n)) => match self {
                Self::Township(own) => own == n,
                Self::District => n != 3,
                _ => false,
            },
        }
    }
}

/// Whose a marked thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Of(u32),
    /// Addressed to the first district.
    First,
    All,
    /// Not said yet.
    Draft,
}

const MARKS: [(Mark, &str); 6] = [
    (Mark::Of(1), "标记甲"),
    (Mark::Of(2), "标记乙"),
    (Mark::Of(3), "标记丙"),
    (Mark::First, "标记片"),
    (Mark::All, "标记全"),
    (Mark::Draft, "标记稿"),
];

struct Walk {
    county: County,
    records: Vec<RecordId>,
    keys: Vec<(Who, Option<String>)>,
}

fn walk() -> Walk {
    let county = County::new();
    let mark = |mark: Mark| MARKS.iter().find(|(of, _)| *of == mark).map_or("", |(_, text)| *text);
    let mut records = Vec::new();
    for n in 1..=3 {
        records.push(county.piece(n, mark(Mark::Of(n))));
        let title = format!("title={}", mark(Mark::Of(n)));
        let meeting = [title.as_str(), "form=OTHER", "date_from=2026-06-20"];
        records.push(county.at_township(n, "meeting", None, "plan", &meeting));
        let has = HubHas { all: 1_000, own: 1_000 };
        county.comes(n, &format!("node {}", mark(Mark::Of(n))), has);
    }
    let district = county.district("第一片");
    for (of, to) in [(Mark::All, None), (Mark::First, Some(district.clone()))] {
        let title = format!("title={}", mark(of));
        let mut set = vec![title, "on=2026-06-01".to_owned(), "by=2026-06-09".to_owned()];
        set.extend(to.map(|district| format!("district={district}")));
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        records.push(county.act("test_notice", None, "send", &set));
    }
    let theme = format!("theme={}", mark(Mark::Draft));
    let draft = [theme.as_str(), "form=FORUM", "scope=COUNTY", "held_on=2026-07-01"];
    records.push(county.act("seminar", None, "plan", &draft));

    let revoked = county.key("revoked", None, None, None);
    county.ask(key::Revoke { name: "revoked".into() });
    let short = key::Add { name: "short".into(), township: None, district: None, only: None, days: Some(1) };
    let expired = county.ask(short).secret;
    county.clock.advance(25 * 60 * 60 * 1000);
    let keys = EVERYBODY.map(|who| {
        let secret = match who {
            Who::Nobody => None,
            Who::Stranger => Some(format!("xlk_{}", "0".repeat(64))),
            Who::Revoked => Some(revoked.clone()),
            Who::Expired => Some(expired.clone()),
            Who::Township(n) => Some(county.key(&format!("t{n}"), Some(n), None, None)),
            Who::District => Some(county.key("d", None, Some("第一片"), None)),
            Who::County => Some(county.key("c", None, None, None)),
            Who::Calendar => Some(county.key("i", None, None, Some("calendar"))),
            Who::Metrics => Some(county.key("m", None, None, Some("metrics"))),
        };
        (who, secret)
    });
    assert!(county.clock.now_ms() > 0);
    Walk { records, keys: keys.to_vec(), county }
}

impl Walk {
    /// Everything that can be asked of a path without a mistake: (address, query).
    fn addresses(&self, path: &str) -> Vec<(String, String)> {
        let plain = |query: &str| (path.to_owned(), query.to_owned());
        let kinds = || self.county.app.catalogue().kinds.values().map(|kind| kind.id.clone());
        match path {
            "/api/v1/records" => kinds().map(|kind| plain(&format!("kind={kind}"))).collect(),
            "/api/v1/records/{id}" => {
                let of = |id: &RecordId| (format!("/api/v1/records/{id}"), String::new());
                self.records.iter().map(of).collect()
            }
            "/api/v1/tally" => ["county", "district", "township"]
                .map(|level| plain(&format!("level={level}&list=true&period=2026")))
                .to_vec(),
            "/api/v1/drill" => ["B1", "D16", "F2_held"].map(|id| plain(&format!("measure={id}"))).to_vec(),
            "/api/v1/acknowledgements" => vec![plain(""), plain("standing=all")],
            _ => vec![plain("")],
        }
    }
}

#[tokio::test]
async fn every_route_answers_every_viewer_as_it_should() {
    let walk = walk();
    for path in web::paths() {
        for (address, query) in walk.addresses(path) {
            for (who, key) in &walk.keys {
                let uri = if query.is_empty() { address.clone() } else { format!("{address}?{query}") };
                let answer = walk.county.get(&uri, key.as_deref()).await;
                let expected = who.expected(path, &query);
                let hidden = path.contains("{id}") && answer.status == StatusCode::NOT_FOUND;
                assert!(
                    answer.status == expected || hidden && expected == StatusCode::OK,
                    "{who:?} {uri}: {} instead of {expected}: {}",
                    answer.status,
                    answer.text()
                );
            }
        }
    }
}

/// The marks that stand in everything that a viewer is told, and those that he may be told.
#[tokio::test]
async fn nobody_is_told_what_is_not_his_and_everybody_what_is() {
    let walk = walk();
    for (who, key) in &walk.keys {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for path in web::paths() {
            for (address, query) in walk.addresses(path) {
                let answer = walk.county.get(&format!("{address}?{query}"), key.as_deref()).await;
                let text = answer.text().replace("\r\n ", "");
                told.extend(MARKS.iter().map(|(_, text)| *text).filter(|mark| text.contains(mark)));
            }
        }
        let lone = matches!(who, Who::Calendar | Who::Metrics);
        for (mark, text) in MARKS {
            assert!(who.may(mark) || !told.contains(text), "{who:?} was told {mark:?}");
            let whole = matches!(who, Who::Township(_) | Who::District | Who::County);
            assert!(!who.may(mark) || lone || !whole || told.contains(text), "{who:?} was not told {mark:?}");
        }
    }
}

/// Of one's own district and township everything is told that the walk above only counts.
#[tokio::test]
async fn acknowledgements_and_nodes_are_of_ones_own() {
    let walk = walk();
    let key = |wanted: Who| {
        let found = walk.keys.iter().find(|(who, _)| *who == wanted).and_then(|(_, key)| key.clone());
        found.expect("a key")
    };
    for (who, towns) in [(Who::Township(3), 1), (Who::District, 2), (Who::County, 3)] {
        let nodes = walk.county.get("/api/v1/nodes", Some(&key(who))).await.json();
        assert_eq!(nodes["nodes"].as_array().map(Vec::len), Some(towns), "{who:?}");
        assert_eq!(nodes["coverage"]["townships"], towns, "{who:?}");
        let acks = walk.county.get("/api/v1/acknowledgements", Some(&key(who))).await.json();
        let first = if who == Who::Township(3) { 0 } else { 2 };
        assert_eq!(acks["lines"].as_array().map(Vec::len), Some(towns + first), "{who:?}");
    }
}
