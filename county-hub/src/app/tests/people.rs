//! Townships, their tokens and certificates, readers.

use shared::code::ErrorCode;
use shared::net::keys::PrivateKey;
use shared::net::token::Token;
use shared::program::Clock as _;
use shared::sync::note;

use super::bed::{County, HOUR_MS, code};
use crate::app::{district, reader, township};

/// The township joins with its token, as a node would.
fn join(county: &County, invitation: &township::Invitation, instance: u8) {
    let token: Token = invitation.token.parse().expect("the token as printed");
    let key = PrivateKey::generate().expect("a key");
    let request = key.request().expect("a request");
    county
        .app
        .office
        .join(&token, &request, [instance; 16], "township-node 0.1.0")
        .expect("the token is good");
}

#[test]
fn a_township_is_listed_once_and_only_in_its_county() {
    let county = County::new();
    let refused = |add: township::Add| county.try_ask(add).unwrap_err().code;
    let mut add = county.township(1, None);
    add.code = "110101001".parse().expect("nine digits");
    assert_eq!(refused(add), ErrorCode::Invalid);
    let mut add = county.township(1, None);
    add.kind = "VILLAGE".into();
    assert_eq!(refused(add), ErrorCode::Invalid);
    assert_eq!(refused(county.township(1, Some("没有的片"))), ErrorCode::NotFound);
    assert!(county.ask(township::List {}).is_empty(), "a refusal leaves nothing behind");
    county.ask(county.township(1, None));
    assert_eq!(refused(county.township(1, None)), ErrorCode::Conflict);
}

#[test]
fn a_token_becomes_a_certificate_and_a_revocation_ends_it() {
    let county = County::of_three();
    let standing = || county.ask(township::List {})[0].standing.clone();
    assert_eq!(standing(), "EXPECTED");
    let invitation = county.ask(township::Reenrol { code: code(1) });
    join(&county, &invitation, 1);
    assert_eq!(standing(), "ENROLLED");
    assert_eq!(county.ask(township::List {})[0].certificate_days, Some(365));
    let state = county.app.store().read(|views| note::township_state(views, code(1)));
    assert_eq!(
        state.instance.map(|instance| instance.0),
        Some([1; 16]),
        "sessions are held to the installation that joined"
    );

    county.ask(township::Revoke { code: code(1), reason: "lost".into() });
    assert_eq!(standing(), "REVOKED");
    assert_eq!(
        county.try_ask(township::Revoke { code: code(9), reason: String::new() }).unwrap_err().code,
        ErrorCode::NotFound
    );

    let again = county.ask(township::Reenrol { code: code(1) });
    join(&county, &again, 2);
    assert_eq!(standing(), "ENROLLED");
}

#[test]
fn a_token_is_good_for_fourteen_days() {
    let county = County::of_three();
    county.clock.advance(14 * 24 * HOUR_MS - 1);
    assert_eq!(county.ask(township::List {})[0].standing, "EXPECTED");
    county.clock.advance(1);
    assert_eq!(county.ask(township::List {})[0].standing, "ABSENT");
}

#[test]
fn a_township_is_in_one_district_on_every_day() {
    let county = County::of_three();
    let assign = |district: &str, from: &str| {
        county.try_ask(district::Assign { township: code(1), district: district.into(), from: from.into() })
    };
    assert_eq!(assign("第一片", "2026-01-01").unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(assign("第三片", "2026-01-01").unwrap_err().code, ErrorCode::NotFound);
    assign("第二片", "2026-01-01").expect("a move");
    assign("第一片", "2026-04-01").expect("and back");
    let membership = county.app.membership();
    let on = |day: &str| membership.district(code(1), day.parse().expect("a date"));
    assert_eq!(on("2025-12-31"), on("2026-04-01"));
    assert_ne!(on("2026-01-01"), on("2026-04-01"));
    assert!(on("2026-03-31").is_some());
}

#[test]
fn a_liaison_belongs_to_a_district_that_has_townships() {
    let county = County::of_three();
    let liaison = |district: &str| district::Liaison {
        member: "u7".into(),
        name: "王某".into(),
        district: district.into(),
        lead: true,
        from: "2026-01-01".into(),
        to: None,
    };
    county.ask(liaison("第二片"));
    let map = county.ask(district::List { on: None });
    assert_eq!(map.districts[1].liaisons.len(), 1);
    assert!(map.districts[1].liaisons[0].lead);
    county.ask(district::Add { name: "第三片".into(), order: None, from: None });
    assert_eq!(county.try_ask(liaison("第三片")).unwrap_err().code, ErrorCode::Refused);
}

#[test]
fn a_reader_gets_a_key_of_its_own_and_can_be_ended() {
    let county = County::new();
    let pass = county.ask(reader::Add { name: "statistics".into() });
    assert!(pass.key_pem.contains("PRIVATE KEY") && pass.certificate_pem.contains("CERTIFICATE"));
    assert!(!format!("{pass:?}").contains("PRIVATE"), "keys are not printed by chance");
    assert!(county.ask(reader::List {})[0].expires.is_some());
    county.ask(reader::Revoke { name: "statistics".into(), reason: "closed".into() });
    assert_eq!(county.ask(reader::List {})[0].expires, None);
    assert_eq!(county.try_ask(reader::Add { name: "Ä".into() }).unwrap_err().code, ErrorCode::Invalid);
    assert!(county.clock.now_ms() > 0);
}
