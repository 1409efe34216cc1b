//! Grades, targets and coverages as the county sees them.

use shared::catalogue::model::Catalogue;
use shared::program::Lang;

use super::bed::{County, cell};
use crate::app::tally::{Answer, Question};
use crate::cli::tally::table;

const FILE: &str = r#"
id = "test_piece"
tag = 901
code = "X1"
zh = "测试稿件"
en = "Test pieces"
owner = "township"
title = "name"
date = "on"
list = ["name"]
fields = [
  { tag = 1, id = "name", zh = "标题", en = "Name", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "points", zh = "分数", en = "Points", type = "number", max = 1000 },
  { tag = 4, id = "line", zh = "任务", en = "Line", type = "number", max = 1000 },
  { tag = 5, id = "after", zh = "续前稿", en = "After", type = "link", kinds = ["test_piece"] },
  { tag = 6, id = "form", zh = "形式", en = "Form", type = "choice", choices = "form" },
]
statuses = [{ tag = 1, id = "in", zh = "登记", en = "In" }]
form = [{ zh = "稿件", en = "Piece", fields = ["name", "on", "points", "line", "after", "form"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] }]
measures = [
  { tag = 90101, id = "X1", zh = "得分", en = "Points", of = { sum = "points" }, on = "on", target = { at_least = 95 } },
  { tag = 90102, id = "X2", zh = "任务", en = "Line", of = { sum = "line" }, on = "on" },
  { tag = 90103, id = "X3", zh = "续写", en = "Followed", on = "on", by = "after" },
  { tag = 90104, id = "X4", zh = "形式", en = "Forms", on = "on", by = "form" },
]
rates = [
  { id = "X5", zh = "完成率", en = "Done", numerator = ["X1"], denominator = "X2", target = { at_least = 100 } },
  { id = "X6", zh = "等次", en = "Grade", numerator = ["X1"], form = "grade", lines = ["X2"], grades = [{ zh = "未完成", en = "Not met" }, { zh = "完成", en = "Met" }] },
]
coverages = [
  { id = "X7", zh = "续写率", en = "Followed", list = { kind = "test_piece", from = "on" }, covered_by = ["X3"] },
  { id = "X8", zh = "形式覆盖", en = "Forms", list = { choices = "form" }, covered_by = ["X4"] },
]
[choices]
form = [{ id = 1, key = "NEWS", zh = "消息", en = "News" }, { id = 2, key = "ESSAY", zh = "言论", en = "Essay" }]
"#;

fn county() -> County {
    let catalogue = Catalogue::builtin_and([("test_piece.toml", FILE)]).expect("a sound file");
    let county = County::of_three_by(catalogue.into());
    county.at_township(
        1,
        "test_piece",
        None,
        "enter",
        &["name=一", "on=2026-02-01", "points=216", "line=95"],
    );
    county.at_township(
        2,
        "test_piece",
        None,
        "enter",
        &["name=二", "on=2026-02-01", "points=94", "line=95", "form=NEWS"],
    );
    county
}

fn ask(county: &County, level: &str, list: bool) -> Answer {
    county.ask(Question {
        measures: ["X1", "X5", "X6", "X7", "X8"].map(str::to_owned).into(),
        level: level.into(),
        period: Some("2026".into()),
        list,
        ..Question::default()
    })
}

#[test]
fn grades_are_named_for_townships_and_counted_above() {
    let county = county();
    let townships = ask(&county, "township", false);
    let text = |answer: &Answer, split: &str, unit: &str| cell(answer, "X6", split, unit).text.clone();
    let names = ["第1镇", "第2镇", "第3镇", "慈溪市"];
    assert_eq!(names.map(|unit| text(&townships, "", unit)), ["完成", "未完成", "—", "—"]);
    assert_eq!(names.map(|unit| text(&townships, "1", unit)), ["0", "1", "0", "1"]);
    assert_eq!(names.map(|unit| text(&townships, "2", unit)), ["1", "0", "0", "1"]);
    assert_eq!(cell(&townships, "X6", "", "第1镇").text_en.as_deref(), Some("Met"));
    assert!(table(&townships, Lang::En).contains("Not met"), "{}", table(&townships, Lang::En));
    let districts = ask(&county, "district", false);
    let grade = |split| ["第一片", "第二片", "慈溪市"].map(|unit| text(&districts, split, unit));
    assert_eq!(
        (grade("1"), grade("2")),
        (["1", "0", "1"].map(str::to_owned), ["1", "0", "1"].map(str::to_owned))
    );
}

#[test]
fn a_target_is_met_where_it_is_set() {
    let county = county();
    let townships = ask(&county, "township", false);
    let met = |id: &str, unit: &str| cell(&townships, id, "", unit).met;
    assert_eq!(
        ["第1镇", "第2镇", "第3镇", "慈溪市"].map(|unit| met("X1", unit)),
        [Some(true), Some(false), Some(false), None]
    );
    assert_eq!(
        ["第1镇", "第2镇", "第3镇", "慈溪市"].map(|unit| met("X5", unit)),
        [Some(true), Some(false), None, Some(true)]
    );
    let columns: Vec<_> =
        townships.measures.iter().map(|column| (column.id.as_str(), column.target.as_str())).collect();
    assert!(columns.contains(&("X5", "≥ 100")) && columns.contains(&("X8", "")), "{columns:?}");
    assert!(table(&townships, Lang::Zh).contains("227.4 % ✓"), "{}", table(&townships, Lang::Zh));
}

#[test]
fn whom_a_coverage_misses_is_told_if_asked() {
    let county = county();
    assert!(ask(&county, "township", false).cells.iter().all(|cell| cell.missing.is_empty()));
    let answer = ask(&county, "township", true);
    let names = |id: &str, unit: &str| {
        cell(&answer, id, "", unit).missing.iter().map(|gap| gap.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!((names("X7", "第1镇"), names("X7", "第3镇")), (vec!["一".to_owned()], vec![]));
    assert_eq!(names("X7", "慈溪市").len(), 2);
    assert_eq!(names("X8", "第2镇"), ["言论"]);
    assert_eq!(names("X8", "第3镇"), ["消息", "言论"], "a township without a record lacks all");
    assert_eq!(cell(&answer, "X8", "", "慈溪市").text, "16.7 %");
    let printed = table(&answer, Lang::Zh);
    assert_eq!(printed.matches("言论").count(), 3, "{printed}");
}
