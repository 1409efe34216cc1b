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

#[test]
fn a_district_sees_its_townships_and_what_flows_down_to_them() {
    let county = County::of_three();
    let first = county.piece(1, "2026-03-01", "CITY", "1");
    let second = county.piece(2, "2026-03-02", "CITY", "1");
    let third = county.piece(3, "2026-03-03", "CITY", "1");
    let district =
        |name| Viewer::District(crate::app::district::find(&county.app, name).expect("a district"));
    let of = |viewer, page: &Page| -> Vec<RecordId> {
        county.app.report_records(viewer, page).expect("a page").0.iter().map(|record| record.id).collect()
    };
    let pieces = page(kind(&county, "publicity"));
    assert_eq!(of(district("第一片"), &pieces), [first, second]);
    assert_eq!(of(district("第二片"), &pieces), [third]);
    let paged = |limit| {
        let mut ask = Page { limit, ..pieces.clone() };
        let mut seen = Vec::new();
        loop {
            let (records, next) = county.app.report_records(district("第一片"), &ask).expect("a page");
            seen.extend(records.iter().map(|record| record.id));
            if next.is_empty() {
                return seen;
            }
            ask.after = next;
        }
    };
    assert_eq!(paged(1), [first, second]);
    let of_second = Page { township: code(2).to_string(), ..pieces.clone() };
    assert_eq!(of(district("第一片"), &of_second), [second]);
    let refused = county.app.report_records(district("第二片"), &of_second).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);

    let found = |viewer, id| county.app.report_record(viewer, id).map(|seen| seen.record.id);
    assert_eq!(found(district("第一片"), second), Ok(second));
    assert_eq!(found(Viewer::Township(code(2)), second), Ok(second));
    assert_eq!(found(district("第二片"), second).unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(found(Viewer::County, RecordId::from_bytes([7; 16])).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn figures_are_those_of_ones_own_units() {
    let county = County::of_three();
    for n in 1..=3 {
        county.piece(n, "2026-03-01", "CITY", "1");
    }
    let district = Viewer::District(crate::app::district::find(&county.app, "第一片").expect("a district"));
    let rows = |viewer, level: &str| {
        let question = crate::app::tally::Question {
            measures: vec!["C8_claimed".into(), "C1_claimed".into()],
            level: level.into(),
            period: Some("2026".into()),
            ..Default::default()
        };
        county.app.report_tally(viewer, question).map(|answer| {
            assert_eq!(answer.cells.len(), answer.measures.len() * answer.units.len());
            let units: Vec<String> = answer.units.into_iter().map(|unit| unit.name).collect();
            (units.join(" "), answer.coverage.townships)
        })
    };
    let told = |text: &str, townships| Ok((text.to_owned(), townships));
    assert_eq!(rows(Viewer::County, "township"), told("第1镇 第2镇 第3镇 慈溪市", 3));
    assert_eq!(rows(district, "township"), told("第1镇 第2镇", 2));
    assert_eq!(rows(district, "district"), told("第一片", 2));
    assert_eq!(rows(Viewer::Township(code(3)), "township"), told("第3镇", 1));
    for (viewer, level) in
        [(district, "county"), (Viewer::Township(code(3)), "county"), (Viewer::Township(code(3)), "district")]
    {
        assert_eq!(rows(viewer, level).unwrap_err().code, ErrorCode::Forbidden, "{viewer:?} {level}");
    }
    assert_eq!(rows(Viewer::Township(code(3)), "village").unwrap_err().code, ErrorCode::Invalid);
}
