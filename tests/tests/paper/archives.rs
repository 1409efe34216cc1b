//! Periodic returns with their corrections (R22), and the archive (R23).

use shared::ids::RecordId;

use crate::bed::{Office, link, links, night};
use crate::suggestions::registered;

/// The figures of a monthly return; each row is (figure, from the records, reported, why they differ).
fn rows(rows: &[(&str, u32, u32, &str)]) -> String {
    let row = |(indicator, derived, reported, why): &(&str, u32, u32, &str)| {
        format!(
            r#"{{"indicator":"{indicator}","derived":{derived},"reported":{reported},"explanation":"{why}"}}"#
        )
    };
    format!("values=[{}]", rows.iter().map(row).collect::<Vec<_>>().join(","))
}

#[track_caller]
fn month(office: &Office, name: &str, from: &str, to: &str, due: &str) -> RecordId {
    let set = [
        "dataset=MONTH",
        &format!("title={name}"),
        &format!("period_from={from}"),
        &format!("period_to={to}"),
        &format!("due_on={due}"),
    ];
    office.clerk().enter("periodic_return", "open", &set)
}

#[test]
fn a_difference_is_explained_before_the_chair_attests() {
    let office = Office::town("2026-04-01");
    let county = Office::county("2026-04-01");
    let told = office.clerk().refused_new(
        "periodic_return",
        "open",
        &[
            "dataset=QUARTER",
            "title=季报",
            "period_from=2026-03-01",
            "period_to=2026-03-31",
            "due_on=2026-04-05",
        ],
    );
    assert!(told.contains("所属期与报表种类不符"), "{told}");
    let id = month(&office, "3月月报", "2026-03-01", "2026-03-31", "2026-04-05");
    let twin = [
        "dataset=MONTH",
        "title=三月报表",
        "period_from=2026-03-01",
        "period_to=2026-03-31",
        "due_on=2026-04-05",
    ];
    let told = office.clerk().refused_new("periodic_return", "open", &twin);
    assert!(told.contains("该期报表已开表"), "{told}");
    assert_eq!(office.due(id, "DL-RETURN"), "2026-04-05");
    let two = rows(&[("B1", 3, 3, ""), ("C8_claimed", 2, 2, "")]);
    assert!(office.clerk().refused(id, "fill", &[&two, "accuse_count=0"]).contains("三项各填一行"));
    let plain = rows(&[("B1", 3, 5, ""), ("C8_claimed", 2, 2, ""), ("D5", 1, 1, "")]);
    office.clerk().act(id, "fill", &[&plain, "accuse_count=0"]);
    assert_eq!(office.value(id, "differences"), "1");
    assert!(office.clerk().refused(id, "attest", &[]).contains("不能办理“审签上报”"));
    assert!(office.chair().refused(id, "attest", &[]).contains("要写差异说明"));
    office.chair().act(id, "return_open", &[]);
    let explained = rows(&[("B1", 3, 5, "两件月末来信次月登记"), ("C8_claimed", 2, 2, ""), ("D5", 1, 1, "")]);
    office.clerk().act(id, "fill", &[&explained]);
    office.chair().act(id, "attest", &[]);
    office.figures("2026-03", &[("G8", "1"), ("G4", "0.0 %")]);
    assert_eq!(office.part("G8_indicator", "2026-03", "B1"), "1");
    assert_eq!(office.part("G8_reported", "2026-03", "B1"), "5");
    office.clerk().act(id, "confirm_receipt", &["received_on=2026-04-01"]);
    office.clerk().act(id, "close", &["closed_on=2026-04-01"]);
    office.figures("2026-03", &[("G4", "100.0 %")]);
    night(&office, &county);
    county.figures("2026-03", &[("G8", "1"), ("G4", "100.0 %")]);
    // Closed, it stands as it is.
    assert!(office.clerk().refused(id, "edit", &["notes=改"]).contains("已关账"));
    assert!(office.chair().refused(id, "void", &[]).contains("已关账"));
}

#[test]
fn returns_are_on_time_by_the_day_on_which_they_first_went_out() {
    let office = Office::town("2026-04-03");
    let fill = |id: RecordId| {
        let set = rows(&[("B1", 0, 0, ""), ("C8_claimed", 0, 0, ""), ("D5", 0, 0, "")]);
        office.clerk().act(id, "fill", &[&set, "accuse_count=0"]);
    };
    let march = month(&office, "3月月报", "2026-03-01", "2026-03-31", "2026-04-05");
    let april = month(&office, "4月月报", "2026-04-01", "2026-04-30", "2026-05-05");
    fill(march);
    office.chair().act(march, "attest", &[]);
    office.clerk().act(march, "county_return", &["returned_on=2026-04-03", "fix_due=2026-04-08"]);
    assert_eq!(office.due(march, "DL-RETURN"), "2026-04-08");
    office.go_to("2026-04-08");
    fill(march);
    office.chair().act(march, "attest_again", &[]);
    office.clerk().act(march, "confirm_receipt", &["received_on=2026-04-08"]);
    office.figures("2026", &[("G5", "100.0 %"), ("G4", "50.0 %"), ("G5_overdue", "0")]);
    office.go_to("2026-05-06");
    office.figures("2026", &[("G5", "50.0 %"), ("G5_overdue", "1")]);
    month(&office, "5月月报", "2026-05-01", "2026-05-31", "2026-06-05");
    fill(april);
    office.chair().act(april, "attest", &[]);
    office.clerk().act(april, "confirm_receipt", &["received_on=2026-05-06"]);
    assert_eq!(office.value(april, "on_time"), "");
    office.figures("2026", &[("G5", "50.0 %"), ("G4", "66.7 %"), ("G5_overdue", "0"), ("G5_soon", "0")]);
    office.go_to("2026-06-01");
    office.figures("2026", &[("G5_soon", "1")]);
}

#[test]
fn what_was_wrong_in_a_closed_return_is_corrected_by_a_row_of_its_own() {
    let office = Office::town("2026-04-01");
    let id = month(&office, "3月月报", "2026-03-01", "2026-03-31", "2026-04-05");
    let correction = |old: u32, new: u32| {
        let said = [
            "title=3月检举控告件数",
            "dataset=MONTH",
            "period_from=2026-03-01",
            "indicator=ACCUSE",
            "cause=MISCOUNT",
            "explanation=漏计",
        ];
        let figures = [link("return", id), format!("old_value={old}"), format!("new_value={new}")];
        [said.map(str::to_owned).to_vec(), figures.to_vec()].concat()
    };
    let refused = |old, new| {
        let set = correction(old, new);
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        office.clerk().refused_new("correction", "draft", &set)
    };
    assert!(refused(2, 3).contains("更正的报表"), "an open return is changed itself");
    let set = rows(&[("B1", 0, 0, ""), ("C8_claimed", 0, 0, ""), ("D5", 0, 0, "")]);
    office.clerk().act(id, "fill", &[&set, "accuse_count=2"]);
    office.chair().act(id, "attest", &[]);
    office.clerk().act(id, "confirm_receipt", &["received_on=2026-04-01"]);
    office.clerk().act(id, "close", &["closed_on=2026-04-01"]);
    assert!(refused(2, 2).contains("更正数与原报数相同"));
    let set = correction(2, 3);
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    let row = office.clerk().enter("correction", "draft", &set);
    assert_eq!(office.value(row, "difference"), "1");
    office.figures("2026-03", &[("B1_accuse", "2"), ("B1_accuse_corrected", "0"), ("B1_total", "2")]);
    office.chair().act(row, "attest", &[]);
    office.figures("2026-03", &[("B1_accuse", "2"), ("B1_accuse_corrected", "1"), ("B1_total", "3")]);
    assert_eq!(office.value(id, "accuse_count"), "2", "the closed return stands");
}

/// A piece that is collected and arranged.
#[track_caller]
fn arranged(office: &Office, matter: &str, retention: &str, records: &[RecordId]) -> RecordId {
    let set = ["title=某文件", "date=2026-03-02", &format!("matter={matter}")];
    let id = office.clerk().enter("archive_item", "collect", &set);
    let retention = format!("retention={retention}");
    let records = links("records", records);
    let mut set = vec!["responsible=镇人大", "pages=3", retention.as_str()];
    if records != "records=" {
        set.push(&records);
    }
    office.clerk().act(id, "arrange", &set);
    id
}

const NUMBER: [&str; 3] = ["fonds_code=X043", "archive_year=2026", "archived_on=2026-03-02"];

#[test]
fn a_piece_of_the_archive_is_numbered_in_its_row() {
    let office = Office::town("2026-03-02");
    let numbered = |matter: &str, retention: &str| {
        let id = arranged(&office, matter, retention, &[]);
        office.clerk().act(id, "number", &NUMBER);
        office.value(id, "archive_no")
    };
    assert_eq!(numbered("GROUP_MINUTES", "Y30"), "X043-WS·2026-D30-RDB-0001");
    assert_eq!(numbered("PREPARATION", "Y30"), "X043-WS·2026-D30-RDB-0002");
    assert_eq!(numbered("CONGRESS", "PERMANENT"), "X043-WS·2026-Y-RDB-0001");
    assert_eq!(numbered("OWN_DOCUMENT", "Y10"), "X043-WS·2026-D10-RDB-0001");
    // Twelve pieces on, as the example of the study has it.
    for _ in 3..12 {
        numbered("ELECTION", "Y30");
    }
    assert_eq!(numbered("ELECTION", "Y30"), "X043-WS·2026-D30-RDB-0012");
    office.figures("2026", &[("archive_items", "14"), ("archive_pages", "42")]);
    assert_eq!(office.part("archive_retention", "2026", "Y30"), "12");
    // A void piece keeps its number.
    let gone = arranged(&office, "CONGRESS", "PERMANENT", &[]);
    office.clerk().act(gone, "number", &NUMBER);
    office.chair().act(gone, "void", &[]);
    assert_eq!(numbered("SPEECH", "PERMANENT"), "X043-WS·2026-Y-RDB-0003");
}

#[test]
fn nothing_is_kept_shorter_than_the_order_asks() {
    let office = Office::town("2026-03-02");
    let case = |matter: &str, retention: &str| {
        let set = ["title=某文件", "date=2026-03-02", &format!("matter={matter}")];
        let id = office.clerk().enter("archive_item", "collect", &set);
        let set = ["responsible=镇人大", "pages=3", &format!("retention={retention}")];
        (office.value(id, "retention_rule"), office.clerk().act_or(id, "arrange", &set))
    };
    let table = [
        ("CONGRESS", "PERMANENT", "Y30"),
        ("PRESIDIUM_MINUTES", "PERMANENT", "Y30"),
        ("SPEECH", "PERMANENT", "Y10"),
        ("PROPOSAL", "PERMANENT", "Y30"),
        ("PETITION_INSTRUCTED", "PERMANENT", "Y30"),
        ("PREPARATION", "Y30", "Y10"),
        ("ELECTION", "Y30", "Y10"),
        ("GROUP_MINUTES", "Y30", "Y10"),
        ("PETITION_RESULT", "Y30", "Y10"),
        ("REJECTED_DRAFT", "Y10", ""),
        ("PETITION_NO_RESULT", "Y10", ""),
    ];
    for (matter, rule, short) in table {
        assert_eq!(case(matter, rule), (rule.to_owned(), String::new()), "{matter}");
        if !short.is_empty() {
            assert!(case(matter, short).1.contains("国家档案局令第8号"), "{matter} {short}");
        }
    }
    // Letters and visits stay in the office whole, and are in no figure.
    let id = arranged(&office, "PETITION_RESULT", "Y30", &[]);
    office.clerk().act(id, "number", &NUMBER);
    assert_eq!(office.shown(id).stream, "local/330282002");
    assert_eq!(office.value(id, "archive_no"), "X043-WS·2026-D30-RDB-0001");
    office.figures("2026", &[("archive_items", "0")]);
}

#[test]
fn what_lies_in_the_archive_cannot_be_changed_until_it_is_taken_out() {
    let office = Office::town("2026-03-02");
    let lead = office.deputies(1)[0];
    let paper = |title: &str| {
        let id = registered(&office, title, "2026-03-02", lead, &[]);
        office.deputy().act(id, "withdraw", &["withdrawn_on=2026-03-02"]);
        office.clerk().act(id, "archive", &["archived_on=2026-03-02"]);
        id
    };
    let (first, second) = (paper("一"), paper("二"));
    let open = registered(&office, "三", "2026-03-02", lead, &[]);
    let item = arranged(&office, "PROPOSAL", "PERMANENT", &[first, second, open]);
    office.clerk().act(open, "edit", &["delegation=第一代表团"]);
    office.clerk().act(item, "number", &NUMBER);
    for id in [first, second, open] {
        assert!(office.chair().refused(id, "void", &[]).contains("已编入归档文件，不能再改"));
    }
    assert!(office.clerk().refused(open, "edit", &["delegation=第二代表团"]).contains("已编入归档文件"));
    office.clerk().act(item, "catalogue", &[]);
    office.clerk().act(item, "box", &["box_no=1"]);
    assert!(office.clerk().refused(open, "edit", &["delegation=第二代表团"]).contains("已编入归档文件"));
    // Taken out of the piece it is free again, the others are not.
    office.chair().act(item, "correct", &[&links("records", &[first, second])]);
    office.clerk().act(open, "edit", &["delegation=第二代表团"]);
    assert!(office.chair().refused(first, "void", &[]).contains("已编入归档文件"));
    office.chair().act(item, "void", &[]);
    office.chair().act(open, "void", &[]);
}

#[test]
fn last_years_files_are_handed_over_by_the_end_of_june() {
    let office = Office::town("2026-03-02");
    let piece = || {
        let id = arranged(&office, "OWN_DOCUMENT", "Y10", &[]);
        office.clerk().act(id, "edit", &["handover_due=2026-06-30"]);
        office.clerk().act(id, "number", &NUMBER);
        office.clerk().act(id, "catalogue", &[]);
        office.clerk().act(id, "box", &["box_no=1"]);
        id
    };
    let (first, _) = (piece(), piece());
    assert_eq!(office.due(first, "DL-ARCHIVE"), "2026-06-30");
    office.figures("2026", &[("archive_on_time", "—"), ("archive_held", "2")]);
    office.go_to("2026-06-29");
    office.chair().act(first, "transfer", &["transferred_on=2026-06-29", "transferred_to=TOWN_ROOM"]);
    office
        .figures("2026", &[("archive_on_time", "100.0 %"), ("archive_held", "1"), ("archive_overdue", "0")]);
    office.go_to("2026-07-01");
    office.figures("2026", &[("archive_on_time", "50.0 %"), ("archive_overdue", "1")]);
}
