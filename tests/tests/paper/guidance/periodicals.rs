//! Periodicals that the county sends (H10): copies by township, receipts, what is short, damaged or missing. F7.

use shared::ids::RecordId;

use super::World;
use crate::bed::link;

/// An issue that goes out on the day it is.
#[track_caller]
fn sent(world: &World, periodical: &str, issue: &str, copies: &str) -> RecordId {
    let today = world.county.with(|ledger| ledger.clock.today().to_string());
    let set = [
        format!("periodical={periodical}"),
        "volume=2026".to_owned(),
        format!("issue_no={issue}"),
        format!("sent_on={today}"),
        format!("copies={copies}"),
    ];
    let id = world.office().enter("periodical_shipment", "prepare", &set.each_ref().map(String::as_str));
    world.office().act(id, "send", &[]);
    world.night();
    id
}

#[test]
fn copies_are_signed_for_short_damaged_or_missing() {
    let world = World::on("2026-03-02");
    let first = sent(&world, "CHINA_NPC", "4", "坎墩镇|5；逍林镇|3；观海卫镇|4");
    assert_eq!(world.county.value(first, "no"), "书刊寄送〔2026〕1号");
    assert_eq!(world.county.value(first, "copies_total"), "12");
    let set = ["periodical=CHINA_NPC", "volume=2026", "issue_no=4", "sent_on=2026-03-02"];
    assert!(
        world.office().refused_new("periodical_shipment", "prepare", &set).contains("这一期已登记过寄送")
    );
    let line = |town: usize| world.line(first, "shipment_line", town);
    assert_eq!(world.county.value(line(1), "title"), "《中国人大》2026年第4期");
    let acks = [0, 1, 2].map(|town| world.answer(town, "shipment_ack"));
    assert_eq!(acks[1].value("copies"), "3");
    assert_eq!(acks[1].due("DL-SHIPMENT-ACK"), "2026-03-17");
    // All there: one step and no field.
    world.go_to("2026-03-05");
    acks[0].clerk("receive", &[]);
    assert_eq!((acks[0].value("copies_received").as_str(), acks[0].value("damaged").as_str()), ("5", "0"));
    // Not all there: how many.
    assert!(acks[1].refused("receive_short", &["copies_received=3"]).contains("请用“签收”"));
    assert!(acks[1].refused("receive_short", &["copies_received=4"]).contains("多于寄送份数"));
    acks[1].clerk("receive_short", &["copies_received=2", "damaged=1", "comment=一本缺页"]);
    world.night();
    assert_eq!([0, 1, 2].map(|town| world.county.status(line(town))), ["acked", "short", "sent"]);
    assert_eq!(world.county.value(line(1), "short"), "1");
    assert_eq!(world.county.value(line(1), "ack_note"), "一本缺页");

    // Nobody signs in the west: missing on the sixteenth day.
    world.morning("2026-03-17");
    assert_eq!(world.county.value(line(2), "missing"), "");
    world.figures("2026", &[("F7_missing", "0 | 0 | 0 | 0 | 0 | 0")]);
    world.morning("2026-03-18");
    assert_eq!(world.county.value(line(2), "missing"), "true");
    world.figures(
        "2026",
        &[
            ("F7_sent", "12 | 8 | 4 | 5 | 3 | 4"),
            ("F7_acked", "7 | 7 | 0 | 5 | 2 | 0"),
            ("F7_short", "1 | 1 | 0 | 0 | 1 | 0"),
            ("F7_damaged", "1 | 1 | 0 | 0 | 1 | 0"),
            ("F7_missing", "4 | 0 | 4 | 0 | 0 | 4"),
            ("F7_acked_rate", "58.3 % | 87.5 % | 0.0 % | 100.0 % | 66.7 % | 0.0 %"),
            ("F7_on_time", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
        ],
    );
    assert_eq!([1, 2].map(|town| world.met_by(town, "F7_missing", "2026")), [Some(true), Some(false)]);
    assert!(world.office().refused(first, "close", &[]).contains("还有乡镇没有签收"));
    // What was short comes after; the west signs late; then nothing is open.
    acks[1].clerk("receive", &[]);
    acks[2].clerk("receive", &[]);
    world.night();
    assert_eq!([0, 1, 2].map(|town| world.county.status(line(town))), ["acked", "acked", "acked"]);
    assert_eq!(
        (world.county.value(line(2), "missing").as_str(), world.county.value(line(1), "short").as_str()),
        ("false", "0")
    );
    world.office().act(first, "close", &[]);

    // The matrix of townships and titles.
    world.go_to("2026-04-01");
    sent(&world, "TIMES_MASTER", "3", "坎墩镇|2；观海卫镇|1");
    assert_eq!(world.count(1, "shipment_ack"), 1);
    world.figures(
        "2026",
        &[
            ("F7_issues", "2 | 0 | 0 | 0 | 0 | 0"),
            ("F7_sent", "15 | 10 | 5 | 7 | 3 | 5"),
            ("F7_acked", "12 | 8 | 4 | 5 | 3 | 4"),
            ("F7_missing", "0 | 0 | 0 | 0 | 0 | 0"),
            ("F7_on_time", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
        ],
    );
    assert_eq!(world.parts("F7_sent_periodical", "2026"), ["CHINA_NPC 12", "TIMES_MASTER 3"]);
    assert_eq!(world.parts("F7_acked_periodical", "2026"), ["CHINA_NPC 12"]);
}

#[test]
fn a_number_that_was_wrong_is_put_right_and_what_is_lost_is_settled() {
    let world = World::on("2026-03-02");
    let shipment = sent(&world, "INFO_DIGEST", "1", "坎墩镇|5；观海卫镇|2");
    world.office().act(shipment, "change_copies", &["copies=坎墩镇|6；逍林镇|1；观海卫镇|2"]);
    world.night();
    let ack = world.answer(0, "shipment_ack");
    assert_eq!(ack.value("copies"), "6");
    assert_eq!(world.count(1, "shipment_ack"), 1);
    ack.clerk("receive", &[]);
    world.night();
    let (theirs, lost) = (world.line(shipment, "shipment_line", 0), world.line(shipment, "shipment_line", 2));
    assert_eq!(world.county.value(theirs, "copies_received"), "6");
    // A second receipt for the same line is refused.
    let set = [
        link("line", theirs),
        "title=书刊".to_owned(),
        "copies=6".to_owned(),
        "sent_on=2026-03-02".to_owned(),
    ];
    let set = set.each_ref().map(String::as_str);
    assert!(world.towns[0].clerk().refused_new("shipment_ack", "write", &set).contains("已有签收记录"));
    // What went astray is settled at the county, and the township need not sign any more.
    world.go_to("2026-03-20");
    world.office().act(lost, "settle", &["settled_note=邮路丢失，改发电子版"]);
    world.night();
    assert_eq!(world.answer(2, "shipment_ack").status(), "lapsed");
    world.figures("2026", &[("F7_missing", "1 | 1 | 0 | 0 | 1 | 0"), ("F7_sent", "9 | 7 | 2 | 6 | 1 | 2")]);
    // The whole shipment was a mistake: all its lines go with it.
    world.office().act(shipment, "void", &[]);
    world.night();
    assert_eq!(world.answer(1, "shipment_ack").status(), "lapsed");
    world.figures("2026", &[("F7_sent", "0 | 0 | 0 | 0 | 0 | 0")]);
}
