//! What the hub adds: it has the streams whole.

use super::bed::{Town, wrong};
use crate::archive::{Compare, Report};

fn by_the_hub(town: &Town, file: &[u8]) -> Report {
    let mut report = town.check(file);
    let ask = Compare::of(&report);
    let over_the_socket = serde_json::from_slice::<Compare>(&serde_json::to_vec(&ask).unwrap()).unwrap();
    assert_eq!(over_the_socket, ask);
    report.compared(&ask.answer(&town.pair.hub).unwrap());
    report
}

#[test]
fn the_hub_lifts_the_doubt_about_digests() {
    let mut town = Town::new();
    town.piece("甲");
    town.sync();
    let file = town.pack(&["2026"], &[]);
    let report = by_the_hub(&town, &file);
    assert!(report.good, "{:#?}", wrong(&report));
    assert!(report.proved.iter().any(|text| text.zh.contains("是同一条链")), "{:#?}", report.proved);
    assert!(!report.unproved.iter().any(|text| text.zh.contains("只留校验值")), "{:#?}", report.unproved);
}

#[test]
fn what_has_not_come_and_what_came_later_is_said() {
    let mut town = Town::new();
    let (_, piece) = town.piece("甲");
    let early = town.pack(&["2026"], &[]);
    let report = by_the_hub(&town, &early);
    assert!(report.good && report.unproved.iter().any(|text| text.zh.contains("还没有全部收到")));
    town.act("", Some(piece), "seal", &["digest=blake3:00"]);
    town.sync();
    let report = by_the_hub(&town, &early);
    assert!(report.good, "{:#?}", wrong(&report));
    assert!(report.unproved.iter().any(|text| text.zh.contains("又有 1 条改动")), "{:#?}", report.unproved);
}

#[test]
fn another_office_s_chain_is_told() {
    let (mut one, mut two) = (Town::new(), Town::new());
    one.piece("甲");
    one.sync();
    two.piece("乙");
    two.sync();
    let mut report = one.check(&one.pack(&["2026"], &[]));
    let answers = Compare::of(&report).answer(&two.pair.hub).unwrap();
    report.compared(&answers);
    assert!(wrong(&report).iter().any(|line| line.contains("不是同一条链")), "{:#?}", wrong(&report));
}
