//! What is due, as a clerk meets it, and what new holidays make of it.

mod bench;

use std::path::Path;
use std::sync::Arc;

use bench::Bench;
use serde_json::{Value as Json, json};
use shared::ledger::{DueAsk, Refreshed};
use shared::program::Layers;
use township_node::app::{Node, Wish};
use township_node::clock::ManualClock;
use township_node::config::{self, Config};
use township_node::service;

/// 2026-12-17 10:00 in Beijing.
const NOW: i64 = 1_797_472_800_000;
const NEXT: &str = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;

fn open(folder: &Path) -> Node {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let flags = vec![("state.dir", path("state")), ("catalogue.dir", path("catalogue"))];
    let config = Config::load(&folder.join("data"), Layers { flags, ..Layers::default() }).unwrap();
    Node::open(config, Arc::new(ManualClock::new(NOW, 1))).unwrap()
}

fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let given = [("township.code", "330282002".to_owned()), ("township.name", "坎墩镇".to_owned())];
    config::write_new(&folder.path().join("data"), &given).unwrap();
    std::fs::create_dir_all(folder.path().join("catalogue/calendars")).unwrap();
    folder
}

/// A petition of today: the petitioner has to be told by 1 January 2027, as far as is known.
fn petition(node: &Node) -> String {
    let set = [
        "标题=路灯不亮",
        "收到日期=2026-12-17",
        "登记日期=2026-12-17",
        "信访形式=来信",
        "来源=群众",
        "信访人姓名=某人",
        "信访人住址=某村",
        "信访人数=1",
        "信访类别=申诉求决类",
        "内容分类=道路交通",
        "内容摘要=三个月不亮",
        "初信初访=初信初访",
    ];
    let wish = Wish { set: set.map(str::to_owned).to_vec(), ..Wish::default() };
    node.create("petition", None, &wish).unwrap_or_else(|failure| panic!("{failure}")).shown.short
}

fn notice(node: &Node) -> (String, bool) {
    let list = node.due(&DueAsk { days: Some(30), ..DueAsk::default() }).unwrap();
    let line = list.lines.into_iter().find(|line| line.deadline == "DL-XF-NOTICE").expect("a notice is due");
    assert_eq!(line.title.zh, "路灯不亮", "titles that stay in the office are shown there");
    (line.due, line.provisional)
}

fn publish(folder: &Path) {
    std::fs::write(folder.join("catalogue/calendars/holiday_cn_2027.json"), NEXT).unwrap();
}

#[test]
fn holidays_put_into_the_catalogue_folder_move_what_was_provisional() {
    let folder = office();
    let node = open(folder.path());
    petition(&node);
    assert_eq!(notice(&node), ("2027-01-01".to_owned(), true));
    assert_eq!(node.refresh_deadlines().unwrap(), Refreshed::default());
    drop(node);

    publish(folder.path());
    let node = open(folder.path());
    assert_eq!(
        notice(&node),
        ("2027-01-01".to_owned(), true),
        "people were told this day until somebody looks"
    );
    assert_eq!(node.refresh_deadlines().unwrap(), Refreshed { records: 1, deadlines: 1, refused: 0 });
    assert_eq!(notice(&node), ("2027-01-04".to_owned(), false));
    let entries = node.store().head(node.stream()).len;
    assert_eq!(node.refresh_deadlines().unwrap(), Refreshed::default());
    assert_eq!(node.store().head(node.stream()).len, entries);
}

#[test]
fn the_service_looks_when_it_starts() {
    let folder = office();
    let node = open(folder.path());
    petition(&node);
    drop(node);
    publish(folder.path());
    let node = open(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(service::run(&node, std::future::ready(())));
    assert_eq!(notice(&node), ("2027-01-04".to_owned(), false));
}

fn proposal(bench: &Bench) -> String {
    let new = [
        "record",
        "new",
        "proposal",
        "--action",
        "receive",
        "--set",
        "案由=关于加强农村生活污水治理的建议",
        "--set",
        "提出日期=2026-01-12",
        "--set",
        "提出时间=大会期间",
        "--set",
        "性质类别=城建环保",
        "--set",
        "正文=正文",
        "--set",
        "领衔人=某代表",
    ];
    let id = bench.ok(&new)["short"].as_str().unwrap().to_owned();
    let steps: [&[&str]; 4] = [
        &["register"],
        &["review", "--as", "T_CHAIR", "--set", "审核=立案"],
        &["assign", "--as", "T_CHAIR", "--set", "交办日期=2026-01-20", "--set", "主办单位=镇城建办"],
        &["accept", "--set", "签收日期=2026-01-21"],
    ];
    for step in steps {
        bench.ok(&[&["record", "do", &id], step].concat());
    }
    id
}

fn reply(list: &Json) -> Json {
    let lines = list["lines"].as_array().unwrap();
    lines.iter().find(|line| line["deadline"] == "DL-SG-REPLY").cloned().unwrap_or(Json::Null)
}

#[test]
fn a_clerk_sees_what_is_due_and_whom_to_urge() {
    let bench = Bench::town();
    let nothing = bench.says(&["due", "--kind", "petition"]);
    assert!(nothing.contains("没有到期事项"), "{nothing}");
    let id = proposal(&bench);
    // Three months after 20 January 2026: whatever day it is now, it is on the list of ten years.
    let line = reply(&bench.ok(&["due", "--days", "3660", "--kind", "代表建议、议案"]));
    assert_eq!((&line["short"], &line["due"]), (&json!(id), &json!("2026-04-20")));
    assert_eq!(line["responsible"], json!({ "zh": "镇城建办", "en": "镇城建办" }));
    let left = line["days_left"].as_i64().unwrap();
    assert_eq!(line["light"] == "red", left < 0);
    assert_eq!(line["urge"]["count"], 0);
    assert_eq!(line["urge"]["now"], true);
    bench.ok(&["record", "do", &id, "urge"]);
    let line = reply(&bench.ok(&["due", "--days", "3660"]));
    assert_eq!((&line["urge"]["count"], &line["urge"]["now"]), (&json!(1), &json!(false)));
    let table = bench.says(&["due", "--days", "3660"]);
    for word in ["到期日", "由谁办", "镇城建办", "已催 1 次", "2026-04-20"] {
        assert!(table.contains(word), "{word} in\n{table}");
    }
    assert!(bench.talk(&["due", "--kind", "星象"], 5).contains("星象"));
    assert!(bench.talk(&["due", "--days", "4000"], 3).contains("3660"));
    assert_eq!(bench.ok(&["due", "refresh"])["records"], 0);
    assert!(bench.says(&["due", "refresh"]).contains("没有需要重算的期限"));
}
