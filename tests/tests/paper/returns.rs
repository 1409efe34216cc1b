//! Periodic returns (R22, H17): the county opens a period, the town's return comes into being, is filled in from the
//! ledgers, attested, received, returned, accepted and closed; what was wrong is corrected after that.

use shared::ids::RecordId;

use crate::bed::{Office, link, night};
use crate::both::{Both, only};

/// The period of October is open: the control, the line of the town, the town's return.
#[track_caller]
fn october(both: &Both) -> (RecordId, RecordId, RecordId) {
    let set = [
        "title=2026年10月月报",
        "dataset=MONTH",
        "period_from=2026-10-01",
        "period_to=2026-10-31",
        "open_from=2026-11-01",
        "due=2026-11-05",
        "close_by=2026-11-10",
        "addressed_to=ALL",
    ];
    let control = both.office().enter("period_control", "draft", &set);
    both.office().act(control, "open", &[]);
    let line = only(&both.county.made(control, "return_line"));
    both.down();
    (control, line, only(&both.town.made(line, "periodic_return")))
}

/// Pieces of publicity of a day.
fn pieces(town: &Office, day: &str, count: u32) {
    for nth in 0..count {
        let (title, on) = (format!("title={day}第{nth}篇"), format!("published_on={day}"));
        let set = [&title, &on, "form=NEWS", "medium=市日报", "medium_level=CITY", "claimed_points=5"];
        let id = town.clerk().enter("publicity", "draft", &set);
        town.clerk().act(id, "claim", &["evidence_link=https://example.cn/1"]);
    }
}

/// The row of a figure: from the records, reported.
#[track_caller]
fn row(office: &Office, record: RecordId, figure: &str) -> (Option<i64>, Option<i64>) {
    let rows = office.shown(record).fields["values"].clone();
    let rows = rows.as_array().expect("rows").clone();
    let found: Vec<_> = rows.iter().filter(|row| row["indicator"] == figure).collect();
    assert_eq!(found.len(), 1, "{figure} in {rows:?}");
    (found[0]["derived"].as_i64(), found[0]["reported"].as_i64())
}

/// The rows of a return with one of them changed.
#[track_caller]
fn values(office: &Office, record: RecordId, figure: &str, reported: i64, why: &str) -> String {
    let mut rows = office.shown(record).fields["values"].clone();
    for row in rows.as_array_mut().expect("rows") {
        if row["indicator"] == figure {
            row["reported"] = reported.into();
            if !why.is_empty() {
                row["explanation"] = why.into();
            }
        }
    }
    format!("values={rows}")
}

#[test]
fn a_period_opens_a_return_that_is_filled_in_from_the_ledgers_and_closed() {
    let both = Both::on("2026-10-31");
    let (town, county) = (&both.town, &both.county);
    let (control, line, month) = october(&both);
    assert_eq!(county.due(line, "DL-RETURN"), "2026-11-05");
    assert_eq!(town.due(month, "DL-RETURN"), "2026-11-05");
    assert_eq!((town.status(month), town.value(month, "title")), ("open".into(), "2026年10月月报".into()));
    let told = town.clerk().refused_new(
        "periodic_return",
        "open",
        &[
            "dataset=MONTH",
            "title=又一份",
            "period_from=2026-10-01",
            "period_to=2026-10-31",
            "due_on=2026-11-05",
        ],
    );
    assert!(told.contains("这一期的报表已经有了"), "{told}");
    pieces(town, "2026-10-30", 2);
    assert!(town.clerk().refused(month, "fill", &["accuse_count=0"]).contains("不能晚于今天"));

    both.night("2026-11-02");
    assert_eq!(county.status(line), "expected");
    county.figures("2026-10", &[("G4", "0.0 %"), ("G5_soon", "1")]);
    town.clerk().act(month, "fill", &["accuse_count=1"]);
    assert_eq!(row(town, month, "C8_claimed"), (Some(2), Some(2)));
    assert_eq!(row(town, month, "B1"), (Some(0), Some(0)), "every figure of the monthly return has a row");
    assert_eq!(town.value(month, "differences"), "0");
    // One more than the ledger has: it must be explained.
    town.clerk().act(month, "edit", &[&values(town, month, "C8_claimed", 3, "")]);
    assert_eq!(town.value(month, "differences"), "1");
    assert!(town.chair().refused(month, "attest", &[]).contains("要写差异说明"));
    town.clerk().act(month, "edit", &[&values(town, month, "C8_claimed", 3, "一篇次月登记")]);
    town.chair().act(month, "attest", &[]);

    both.night("2026-11-03");
    assert_eq!((county.status(line), town.status(month)), ("received".into(), "received".into()));
    assert_eq!(county.value(line, "received_on"), "2026-11-03");
    assert_eq!(
        (county.value(line, "on_time"), county.value(line, "differences")),
        ("true".into(), "1".into())
    );
    assert_eq!(town.value(month, "received_on"), "2026-11-03");
    county.figures("2026-10", &[("G4", "100.0 %"), ("G4_unexamined", "1"), ("G8", "1"), ("B1_accuse", "1")]);
    assert!(both.office().refused(control, "close", &[]).contains("不能晚于今天"), "it is not due yet");

    // Sent back, filled in again, and received on the last day but one.
    both.office().act(line, "return", &["return_text=请核实宣传篇数", "fix_due=2026-11-06"]);
    both.night("2026-11-04");
    assert_eq!(
        (town.status(month), town.value(month, "county_note")),
        ("returned".into(), "请核实宣传篇数".into())
    );
    assert_eq!(town.due(month, "DL-RETURN"), "2026-11-06");
    town.clerk().act(month, "fill", &[&values(town, month, "C8_claimed", 2, "")]);
    town.chair().act(month, "attest_again", &[]);
    both.night("2026-11-06");
    assert_eq!((county.status(line), county.value(line, "times")), ("received".into(), "2".into()));
    assert_eq!(county.value(line, "first_received_on"), "2026-11-03");
    assert_eq!(county.value(line, "on_time"), "true", "it was in time when it first came");
    county.figures("2026-10", &[("G4", "100.0 %"), ("G8", "0"), ("G4_returned", "1")]);
    // Punctuality counts on the day on which it was due.
    county.figures("2026-11", &[("G5", "100.0 %"), ("G5_attested", "100.0 %")]);

    // Examined, and closed with the period.
    assert!(both.office().refused(control, "close", &[]).contains("还有已收到的报表未审核"));
    both.office().act(line, "accept", &[]);
    both.night("2026-11-10");
    both.office().act(control, "close", &[]);
    both.night("2026-11-11");
    assert_eq!((county.status(line), town.status(month)), ("closed".into(), "closed".into()));
    assert!(town.clerk().refused(month, "edit", &["notes=改"]).contains("已关账"));
    assert!(town.chair().refused(month, "void", &[]).contains("已关账"));
    let closing = county.deadline(control, "DL-PERIOD-CLOSE");
    assert_eq!((closing.done.as_deref(), closing.late), (Some("2026-11-10"), false));
}

#[test]
fn what_did_not_come_is_missed_and_taken_late() {
    let both = Both::on("2026-10-31");
    let (control, line, month) = october(&both);
    both.night("2026-11-10");
    both.county.figures("2026-10", &[("G4", "0.0 %"), ("G5_overdue", "1"), ("G4_missed", "0")]);
    both.county.figures("2026-11", &[("G5", "0.0 %")]);
    both.office().act(control, "close", &[]);
    assert_eq!(both.county.status(line), "missed");
    both.night("2026-11-12");
    assert_eq!(both.town.status(month), "open", "it is wanted still");
    both.town.clerk().act(month, "fill", &["accuse_count=0"]);
    both.town.chair().act(month, "attest", &[]);
    both.night("2026-11-13");
    assert_eq!(
        (both.county.status(line), both.county.value(line, "on_time")),
        ("received".into(), String::new())
    );
    both.office().act(line, "accept", &[]);
    both.office().act(line, "close", &[]);
    both.night("2026-11-14");
    assert_eq!(both.town.status(month), "closed");
    both.county.figures("2026-10", &[("G4", "100.0 %"), ("G4_missed", "1"), ("G5_overdue", "0")]);
    both.county.figures("2026-11", &[("G5", "0.0 %")]);
}

#[test]
fn a_return_taken_back_is_expected_again_and_one_opened_by_hand_is_put_to_its_line() {
    let both = Both::on("2026-10-31");
    // The office opened its return before the county opened the period.
    let set = [
        "dataset=MONTH",
        "title=10月月报",
        "period_from=2026-10-01",
        "period_to=2026-10-31",
        "due_on=2026-11-05",
    ];
    let own = both.town.clerk().enter("periodic_return", "open", &set);
    let set = [
        "title=2026年10月月报",
        "dataset=MONTH",
        "period_from=2026-10-01",
        "period_to=2026-10-31",
        "open_from=2026-11-01",
        "due=2026-11-05",
        "addressed_to=ALL",
    ];
    let control = both.office().enter("period_control", "draft", &set);
    both.office().act(control, "open", &[]);
    both.night("2026-11-02");
    let line = only(&both.county.made(control, "return_line"));
    assert_eq!(both.town.made(line, "periodic_return"), [], "there is one of this period already");
    both.town.clerk().act(own, "attach", &[&link("line", line)]);
    both.town.clerk().act(own, "fill", &["accuse_count=0"]);
    both.town.chair().act(own, "attest", &[]);
    night(&both.town, &both.county);
    assert_eq!(both.county.status(line), "received");
    // The chair thinks better of it before the county's word came.
    both.town.chair().act(own, "take_back", &[]);
    both.night("2026-11-03");
    assert_eq!((both.county.status(line), both.town.status(own)), ("expected".into(), "filled".into()));
    both.town.chair().act(own, "attest_again", &[]);
    both.night("2026-11-04");
    assert_eq!((both.county.status(line), both.town.status(own)), ("received".into(), "received".into()));
    // A period taken back before anything was written takes the empty return with it.
    let set = [
        "title=2026年第三季度季报",
        "dataset=QUARTER",
        "period_from=2026-07-01",
        "period_to=2026-09-30",
        "open_from=2026-10-01",
        "due=2026-11-08",
        "addressed_to=TOWNSHIPS",
        "to_townships=坎墩镇",
    ];
    let quarter = both.office().enter("period_control", "draft", &set);
    both.office().act(quarter, "open", &[]);
    both.night("2026-11-05");
    let line = only(&both.county.made(quarter, "return_line"));
    let empty = only(&both.town.made(line, "periodic_return"));
    both.office().act(quarter, "void", &[]);
    both.night("2026-11-06");
    assert!(both.town.shown(empty).voided && both.county.shown(line).voided);
}

#[test]
fn what_was_wrong_in_a_closed_return_is_corrected_by_a_row_of_its_own() {
    let both = Both::on("2026-11-02");
    let (town, county) = (&both.town, &both.county);
    let (control, line, month) = october(&both);
    let correction = |old: u32, new: u32| {
        let said = [
            "title=10月检举控告件数",
            "dataset=MONTH",
            "period_from=2026-10-01",
            "indicator=ACCUSE",
            "cause=MISCOUNT",
            "explanation=漏计",
        ];
        let figures = [link("return", month), format!("old_value={old}"), format!("new_value={new}")];
        [said.map(str::to_owned).to_vec(), figures.to_vec()].concat()
    };
    let refused = |old, new| {
        let set = correction(old, new);
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        town.clerk().refused_new("correction", "draft", &set)
    };
    assert!(refused(2, 3).contains("更正的报表"), "an open return is changed itself");
    town.clerk().act(month, "fill", &["accuse_count=2"]);
    town.chair().act(month, "attest", &[]);
    both.night("2026-11-05");
    both.office().act(line, "accept", &[]);
    both.office().act(control, "close", &[]);
    both.night("2026-11-06");
    assert!(refused(2, 2).contains("更正数与原报数相同"));
    let set = correction(2, 3);
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let wrong = town.clerk().enter("correction", "draft", &set);
    assert_eq!(town.value(wrong, "difference"), "1");
    town.figures("2026-10", &[("B1_accuse", "2"), ("B1_accuse_corrected", "0"), ("B1_total", "2")]);
    town.chair().act(wrong, "attest", &[]);
    both.night("2026-11-07");
    assert_eq!(
        (county.value(line, "corrections_known"), town.status(wrong)),
        ("1".into(), "attested".into())
    );
    county.figures("2026-10", &[("B1_accuse_corrected", "1"), ("B1_total", "3"), ("G4_corrections", "1")]);
    both.office().act(line, "see_corrections", &[]);
    both.night("2026-11-08");
    assert_eq!(town.status(wrong), "received");
    assert_eq!(town.value(month, "accuse_count"), "2", "the closed return stands");
    both.is_quiet_from("2026-11-09");
}

#[test]
fn the_office_is_reminded_before_it_is_due_and_while_it_is_over() {
    let both = Both::on("2026-10-28");
    let (_, _, month) = october(&both);
    let reminded = |day: &str| {
        both.town.go_to(day);
        both.town.with(|ledger| ledger.remind()).expect("a store in memory");
        (both.town.value(month, "reminders"), both.town.value(month, "reminded_days"))
    };
    let said = |count: &str, days: &str| (count.to_owned(), days.to_owned());
    assert_eq!(reminded("2026-10-28"), said("", ""), "eight days are left");
    assert_eq!(reminded("2026-10-30"), said("1", "6"));
    assert_eq!(reminded("2026-10-31"), said("1", "6"));
    assert_eq!(reminded("2026-11-04"), said("2", "1"), "what was missed counts once, as the latest");
    assert_eq!(reminded("2026-11-06"), said("3", "-1"));
    both.town.clerk().act(month, "fill", &["accuse_count=0"]);
    both.town.chair().act(month, "attest", &[]);
    assert_eq!(reminded("2026-11-10"), said("3", "-1"), "nothing is owed any more");
}
