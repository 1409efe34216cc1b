//! Returns as the county sees them: what is owed, the four kinds of missing, reconciliation, late entry.

use shared::ids::RecordId;
use shared::record::Value;

use super::bed::{County, code};
use super::sides::{PROGRAM, link};
use crate::app::returns::check::{Check, Checked};
use crate::app::returns::late::Late;
use crate::app::returns::{Ask, Cell, Matrix, State};

/// Eight townships in two districts.
fn county() -> County {
    let county = County::of_three();
    for n in 4..=8 {
        county.ask(county.township(n, Some("第二片")));
    }
    county
}

/// A month whose return is open, with its due day.
#[track_caller]
fn month(county: &County, month: &str, last: &str, due: &str) -> RecordId {
    let set = [
        &format!("title={month}月报"),
        "dataset=MONTH",
        &format!("period_from={month}-01"),
        &format!("period_to={month}-{last}"),
        &format!("open_from={month}-{last}"),
        &format!("due={due}"),
        "addressed_to=ALL",
    ];
    let control = county.act("C_OFFICE", "period_control", None, "draft", &set);
    county.act("C_OFFICE", "period_control", Some(control), "open", &[])
}

/// The return that a township's program opens for its line, and what becomes of it.
#[track_caller]
fn opened(county: &County, control: RecordId, n: u32) -> RecordId {
    let line = county.line(control, "return_line", n);
    let said = |field: &str| county.value(line, field);
    let set = [
        &link("line", line),
        &format!("title={}", said("title")),
        "dataset=MONTH",
        &format!("period_from={}", said("period_from")),
        &format!("period_to={}", said("period_to")),
        &format!("due_on={}", said("due")),
    ];
    county.there(n, PROGRAM, "periodic_return", None, "open", &set)
}

#[track_caller]
fn attested(county: &County, control: RecordId, n: u32, values: &str) -> RecordId {
    let id = opened(county, control, n);
    county.there(n, "T_CLERK", "periodic_return", Some(id), "fill", &["accuse_count=0"]);
    if !values.is_empty() {
        county.there(n, "T_CLERK", "periodic_return", Some(id), "edit", &[values]);
    }
    county.there(n, "T_CHAIR", "periodic_return", Some(id), "attest", &[]);
    id
}

#[track_caller]
fn cell<'m>(matrix: &'m Matrix, n: u32, title: &str) -> &'m Cell {
    let nth = matrix.columns.iter().position(|column| column.title == title).expect("a column");
    let row = matrix.rows.iter().find(|row| row.township == code(n)).expect("a row");
    &row.cells[nth]
}

#[test]
fn what_has_not_come_is_told_apart_by_what_is_known() {
    let county = county();
    county.go_to("2026-10-31");
    let october = month(&county, "2026-10", "31", "2026-11-05");
    month(&county, "2026-11", "30", "2026-12-05");
    county.go_to("2026-11-04");
    attested(&county, october, 1, "");
    county.react();
    county.synced(5, 1);
    county.go_to("2026-11-06");
    attested(&county, october, 2, "");
    county.react();
    // Filled in and not attested, and heard of this morning.
    let third = opened(&county, october, 3);
    county.there(3, "T_CLERK", "periodic_return", Some(third), "fill", &["accuse_count=0"]);
    county.synced(3, 2);
    county.broke_off(6, 2);
    // Two whose returns came and could not be applied: one is known here, of the other the first change is missing.
    let seventh = opened(&county, october, 7);
    county.gap(7, "periodic_return", seventh, [(12, Value::Text("说明".into()))].into());
    let line = county.line(october, "return_line", 8);
    county.gap(8, "periodic_return", RecordId::from_bytes([9; 16]), [(22, Value::Link(line))].into());
    county.synced(7, 1);
    county.synced(8, 1);

    let matrix = county.ask(Ask { period: Some("2026".into()) });
    let states: Vec<State> = (1..=8).map(|n| cell(&matrix, n, "2026-10月报").state).collect();
    use State::{Came, Held, NotArrived, NotMarked};
    assert_eq!(states, [Came, Came, NotMarked, NotArrived, NotArrived, NotArrived, Held, Held]);
    let known =
        |n: u32| cell(&matrix, n, "2026-10月报").detail.as_ref().map_or("", |detail| detail.zh.as_str());
    assert_eq!(known(3), "乡镇现为“已填报”");
    assert_eq!(known(4), "从未同步");
    assert_eq!(known(5), "2026年11月4日后没有联系");
    assert_eq!(known(6), "2026年11月6日的同步中断，可能还有未传到的");
    assert!(known(7).starts_with("缺少前一次修改"), "{}", known(7));
    assert!(known(8).starts_with("缺少前一次修改"), "{}", known(8));
    assert!((1..=8).all(|n| cell(&matrix, n, "2026-11月报").state == State::NotDue));
    let in_time: Vec<_> = (1..=3).map(|n| cell(&matrix, n, "2026-10月报").in_time).collect();
    assert_eq!(in_time, [Some(true), Some(false), None]);
    let column = &matrix.columns[0];
    assert_eq!((column.title.as_str(), column.group.as_str()), ("2026-10月报", "MONTH"));
    assert_eq!((column.expected, column.came, column.in_time), (8, 2, 1));
    // On the last day itself nothing is missing yet, whatever is known.
    county.go_to("2026-11-05");
    let matrix = county.ask(Ask { period: Some("2026-10".into()) });
    assert_eq!(matrix.columns.len(), 1, "what is owed for another month is another question");
    assert_eq!(cell(&matrix, 4, "2026-10月报").state, State::NotDue);
    assert_eq!(cell(&matrix, 7, "2026-10月报").state, State::Held, "held at once");
    // The office came through after all, and still had not marked it.
    county.go_to("2026-11-07");
    county.synced(6, 0);
    let matrix = county.ask(Ask { period: Some("2026-10".into()) });
    let sixth = cell(&matrix, 6, "2026-10月报");
    assert_eq!(
        (sixth.state, sixth.detail.as_ref().map(|d| d.zh.as_str())),
        (NotMarked, Some("乡镇还没有打开"))
    );
}

#[test]
fn a_return_is_compared_with_the_records_that_came_up() {
    let county = County::of_three();
    for day in ["2026-10-09", "2026-10-20"] {
        county.go_to(day);
        county.piece(1, day, "CITY", "5");
    }
    county.go_to("2026-11-02");
    let october = month(&county, "2026-10", "31", "2026-11-05");
    let first = attested(&county, october, 1, "");
    let said = r#"values=[{"indicator":"C8_claimed","derived":0,"reported":4,"explanation":"四篇在邻县刊发"},{"indicator":"B1","derived":0,"reported":0},{"indicator":"D5","derived":0,"reported":0}]"#;
    attested(&county, october, 2, said);
    county.react();
    let check = |township| county.ask(Check { period: Some("2026-10".into()), township });
    let all = check(None);
    assert_eq!((all.returns, all.figures, all.agree, all.explained, all.unexplained), (2, 14, 13, 1, 0));
    let one = &all.differences[0];
    assert_eq!((one.township, one.figure.as_str()), (code(2), "C8_claimed"));
    assert_eq!((one.reported, one.counted, one.difference, one.explained), (4, 0, 4, true));
    assert_eq!(one.label.zh, "宣传报道篇数");
    // A piece of October that is entered after the return was made: nobody has explained it.
    county.piece(1, "2026-10-30", "CITY", "5");
    let expect =
        |checked: &Checked, n: usize| assert_eq!(checked.differences.len(), n, "{:?}", checked.differences);
    let late = check(Some(code(1)));
    expect(&late, 1);
    let one = &late.differences[0];
    assert_eq!((one.said, one.reported, one.counted, one.difference), (Some(2), 2, 3, -1));
    assert_eq!((late.explained, late.unexplained), (0, 1));
    // After closing a correction puts it right.
    let line = county.line(october, "return_line", 1);
    for n in [1, 2] {
        county.act("C_OFFICE", "return_line", Some(county.line(october, "return_line", n)), "accept", &[]);
    }
    county.go_to("2026-11-10");
    county.act("C_OFFICE", "period_control", Some(october), "close", &[]);
    assert_eq!(county.status(county.line(october, "return_line", 3)), "missed");
    county.there(1, PROGRAM, "periodic_return", Some(first), "confirm_receipt", &["received_on=2026-11-02"]);
    county.there(1, PROGRAM, "periodic_return", Some(first), "close", &["closed_on=2026-11-10"]);
    let set = [
        &link("return", first),
        "title=10月宣传篇数",
        "dataset=MONTH",
        "period_from=2026-10-01",
        "indicator=C8_claimed",
        "old_value=2",
        "new_value=3",
        "cause=LATE_ENTRY",
        "explanation=补登一篇",
    ];
    let row = county.there(1, "T_CLERK", "correction", None, "draft", &set);
    expect(&check(Some(code(1))), 1);
    county.there(1, "T_CHAIR", "correction", Some(row), "attest", &[]);
    expect(&check(Some(code(1))), 0);
    county.react();
    assert_eq!(county.value(line, "corrections_known"), "1");
    // How much of October was entered late: one of three pieces, ten days after its day is late, three are not.
    county.go_to("2026-11-20");
    county.piece(1, "2026-10-31", "CITY", "5");
    let late = county.ask(Late { period: Some("2026-10".into()) });
    let row = &late.rows[0];
    assert_eq!((row.entered, row.late, row.rate.as_str()), (4, 1, "25.0 %"));
    assert_eq!((late.county.entered, late.county.late), (4, 1));
    assert_eq!(late.rows[2].rate, "—");
}
