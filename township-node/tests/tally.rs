//! What a clerk is told of the office's figures: targets, terms, whom a coverage misses, groups.

mod bench;

use bench::Bench;
use serde_json::{Value as Json, json};

/// A list of members, and their work.
const FILES: [(&str, &str); 2] = [
    (
        "test_member.toml",
        r#"
id = "test_member"
tag = 901
code = "X1"
zh = "成员名册"
en = "Members"
owner = "township"
title = "name"
date = "since"
list = ["since"]
fields = [
  { tag = 1, id = "name", zh = "姓名", en = "Name", type = "text", privacy = "local", required_from = "start" },
  { tag = 2, id = "since", zh = "任职日期", en = "Since", type = "date", required_from = "start" },
]
statuses = [{ tag = 1, id = "in", zh = "在任", en = "In" }]
form = [{ zh = "成员", en = "Member", fields = ["name", "since"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] }]
"#,
    ),
    (
        "test_work.toml",
        r#"
id = "test_work"
tag = 902
code = "X2"
zh = "成员履职"
en = "Members' work"
owner = "township"
title = "matter"
date = "on"
list = ["matter"]
fields = [
  { tag = 1, id = "matter", zh = "事项", en = "Matter", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "On", type = "date", required_from = "start" },
  { tag = 3, id = "member", zh = "成员", en = "Member", type = "link", kinds = ["test_member"] },
  { tag = 4, id = "unit", zh = "承办单位", en = "Unit", type = "text" },
]
statuses = [{ tag = 1, id = "in", zh = "登记", en = "In" }]
form = [{ zh = "履职", en = "Work", fields = ["matter", "on", "member", "unit"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["T_CLERK"] }]
measures = [
  { tag = 90201, id = "W1", zh = "履职次数", en = "Cases", on = "on", target = { at_least = 4 } },
  { tag = 90202, id = "W2", zh = "履职成员", en = "Active", on = "on", by = "member" },
]
rates = [
  { id = "W3", zh = "次均", en = "Each", numerator = ["W1"], denominator = "W2", form = "mean", target = { at_most = 2 } },
  { id = "W4", zh = "等次", en = "Grade", numerator = ["W1"], form = "grade", lines = ["W2"], grades = [{ zh = "偏少", en = "Few" }, { zh = "足够", en = "Enough" }] },
]
coverages = [{ id = "W5", zh = "履职覆盖率", en = "Covered", list = { kind = "test_member", from = "since" }, covered_by = ["W2"] }]
"#,
    ),
];

fn office(folder: &tempfile::TempDir) -> Bench {
    for (name, text) in FILES {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Bench::town().with_env("XIANGLIAN_CATALOGUE_DIR", folder.path().to_str().unwrap())
}

fn enter(bench: &Bench, kind: &str, set: &[&str]) -> Json {
    let set = set.iter().flat_map(|set| ["--set", *set]);
    bench.ok(&["record", "new", kind].into_iter().chain(set).collect::<Vec<_>>())
}

#[test]
fn figures_stand_beside_their_targets_and_name_whom_they_miss() {
    let folder = tempfile::tempdir().unwrap();
    let bench = office(&folder);
    for name in ["甲某", "乙某"] {
        enter(&bench, "test_member", &[&format!("姓名={name}"), "任职日期=2020-01-01"]);
    }
    for (on, unit) in [("2022-03-01", "城建办"), ("2021-05-01", "派出所"), ("2021-06-01", "城建办")]
    {
        enter(
            &bench,
            "test_work",
            &["事项=走访", &format!("日期={on}"), "成员=甲某", &format!("承办单位={unit}")],
        );
    }
    let lines = bench.ok(&["tally", "W1", "W3", "W4", "W5", "--list"])["lines"].clone();
    assert_eq!(
        lines[0],
        json!({ "measure": "W1", "label": "履职次数", "split": null, "text": "3", "target": "≥ 4" }),
        "what a year should bring is not judged over all years"
    );
    let year = bench.ok(&["tally", "W1", "--period", "2021"])["lines"][0].clone();
    assert_eq!((&year["text"], &year["met"]), (&json!("2"), &json!(false)));
    assert_eq!((&lines[1]["text"], &lines[1]["met"]), (&json!("3.0"), &json!(false)));
    assert_eq!((&lines[2]["text"], lines[2].get("target")), (&json!("足够"), None));
    assert_eq!((&lines[3]["text"], &lines[3]["missing"][0]["name"]), (&json!("50.0 %"), &json!("乙某")));
    assert_eq!(lines.as_array().unwrap().len(), 4, "which of the grades it is, is told once");

    let talk = bench.says(&["tally", "W1", "W5", "--list", "--period", "2021"]);
    assert!(talk.contains("≥ 4  ✗ 未达标") && talk.contains("W5    乙某"), "{talk}");
    let talk = bench.says(&["--lang", "en", "tally", "W4", "W1", "--period", "2021"]);
    assert!(talk.contains("Enough") && talk.contains("✗ not met"), "{talk}");
}

#[test]
fn a_term_is_a_period() {
    let folder = tempfile::tempdir().unwrap();
    let bench = office(&folder);
    let unknown = bench.fails(&["tally", "W1", "--period", "term"], 5);
    assert!(unknown.to_string().contains("本届"), "{unknown}");
    let set = ["--set", "名称=第十八届", "--set", "届=18", "--set", "首次会议日期=2022-01-10"];
    bench.ok(&[&["record", "new", "term", "--action", "record_current"], &set[..]].concat());
    for on in ["2022-01-09", "2022-01-10", "2023-01-01"] {
        enter(&bench, "test_work", &["事项=走访", &format!("日期={on}")]);
    }
    for name in ["term", "届"] {
        let tallied = bench.ok(&["tally", "W1", "--period", name]);
        assert_eq!((&tallied["from"], &tallied["lines"][0]["text"]), (&json!("2022-01-10"), &json!("2")));
    }
}

#[test]
fn a_ledger_by_unit() {
    let folder = tempfile::tempdir().unwrap();
    let bench = office(&folder);
    for unit in ["城建办", "派出所", "城建办"] {
        enter(&bench, "test_work", &["事项=走访", "日期=2022-03-01", &format!("承办单位={unit}")]);
    }
    enter(&bench, "test_work", &["事项=走访", "日期=2022-03-01"]);
    let by = bench.ok(&["tally", "--by", "承办单位", "W1"]);
    assert_eq!((&by["kind"], &by["by"]), (&json!("test_work"), &json!("unit")));
    let figures: Vec<_> = by["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["group"].clone(), line["text"].clone()))
        .collect();
    assert_eq!(
        figures,
        [(json!(""), json!("1")), (json!("城建办"), json!("2")), (json!("派出所"), json!("1"))]
    );
    let talk = bench.says(&["tally", "--by", "unit", "--kind", "成员履职"]);
    assert!(talk.contains("（未填）") && talk.contains("W1 履职次数 ≥ 4"), "{talk}");
    assert_eq!(bench.fails(&["tally", "--by", "unit"], 3)["code"], "invalid");
    assert_eq!(bench.fails(&["tally", "--by", "unit", "W5"], 3)["code"], "invalid");
    assert_eq!(bench.fails(&["tally", "--by", "unit", "W1", "A1"], 3)["code"], "invalid");
    assert_eq!(bench.fails(&["tally", "--by", "颜色", "W1"], 5)["code"], "not_found");
}
