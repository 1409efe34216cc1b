//! Who may see which records, and in what pages.

use shared::code::ErrorCode;
use shared::ids::RecordId;

use super::bed::{County, code};
use crate::app::report::Page;
use crate::app::viewer::Viewer;

fn page(kind: u32) -> Page {
    Page { kind, township: String::new(), limit: 0, after: Vec::new() }
}

fn kind(county: &County, id: &str) -> u32 {
    county.app.catalogue().kind(id).expect("a kind of the catalogue").tag
}

#[test]
fn pages_hold_every_record_once() {
    let county = County::of_three();
    let mut made: Vec<RecordId> =
        (0..7).map(|i| county.piece(i % 3 + 1, &format!("2026-03-0{}", 7 - i), "CITY", "1")).collect();
    made.sort();
    let mut ask = Page { limit: 3, ..page(kind(&county, "publicity")) };
    let mut seen = Vec::new();
    loop {
        let (records, next) = county.app.report_records(Viewer::County, &ask).expect("a page");
        assert!(records.len() <= 3);
        seen.extend(records.iter().map(|record| record.id));
        if next.is_empty() {
            break;
        }
        ask.after = next;
    }
    seen.sort();
    assert_eq!(seen, made);
}

#[test]
fn a_township_sees_its_own_and_what_flows_down() {
    let county = County::of_three();
    let own = county.piece(1, "2026-03-01", "CITY", "1");
    let other = county.piece(2, "2026-03-01", "CITY", "1");
    let of = |viewer: Viewer, page: &Page| -> Vec<RecordId> {
        county.app.report_records(viewer, page).expect("a page").0.iter().map(|record| record.id).collect()
    };
    let pieces = page(kind(&county, "publicity"));
    assert_eq!(of(Viewer::Township(code(1)), &pieces), [own]);
    assert_eq!(of(Viewer::County, &pieces).len(), 2);
    assert!(of(Viewer::County, &pieces).contains(&other));
    assert_eq!(of(Viewer::Township(code(1)), &page(kind(&county, "district"))).len(), 2);

    let elsewhere = Page { township: code(2).to_string(), ..pieces };
    let refused = county.app.report_records(Viewer::Township(code(1)), &elsewhere).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
}

#[test]
fn a_page_that_is_none_is_refused() {
    let county = County::new();
    let code = |page: Page| county.app.report_records(Viewer::County, &page).unwrap_err().code;
    assert_eq!(code(page(9_999)), ErrorCode::NotFound);
    let kind = kind(&county, "publicity");
    assert_eq!(code(Page { after: vec![1, 2], ..page(kind) }), ErrorCode::Invalid);
    assert_eq!(code(Page { township: "nowhere".into(), ..page(kind) }), ErrorCode::Invalid);
}
