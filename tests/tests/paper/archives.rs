//! The archive (R23).

use shared::ids::RecordId;

use crate::bed::{Office, links};
use crate::suggestions::registered;

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
