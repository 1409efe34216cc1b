//! Records found by any part of what they say, as a clerk types it.

use std::path::Path;
use std::sync::Arc;

use shared::code::ErrorCode;
use shared::ledger::Found;
use shared::program::{Layers, Progress};
use township_node::app::{Node, Sample, Wish};
use township_node::clock::ManualClock;
use township_node::config::{self, Config};

/// 2026-12-17 10:00 in Beijing.
const NOW: i64 = 1_797_472_800_000;

fn open(folder: &Path) -> Node {
    let state = folder.join("state").to_str().unwrap().to_owned();
    let layers = Layers { flags: vec![("state.dir", state)], ..Layers::default() };
    let config = Config::load(&folder.join("data"), layers).unwrap();
    Node::open(config, Arc::new(ManualClock::new(NOW, 1))).unwrap()
}

fn office() -> (tempfile::TempDir, Node) {
    let folder = tempfile::tempdir().unwrap();
    let given = [("township.code", "330282002".to_owned()), ("township.name", "坎墩镇".to_owned())];
    config::write_new(&folder.path().join("data"), &given).unwrap();
    let node = open(folder.path());
    (folder, node)
}

fn create(node: &Node, kind: &str, action: &str, set: &[&str]) -> String {
    let wish = Wish { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Wish::default() };
    node.create(kind, Some(action), &wish).unwrap_or_else(|failure| panic!("{failure}")).shown.short
}

fn change(node: &Node, record: &str, set: &str) {
    let wish = Wish { set: vec![set.to_owned()], ..Wish::default() };
    node.act_on(record, "edit", &wish).unwrap_or_else(|failure| panic!("{failure}"));
}

#[track_caller]
fn titles(node: &Node, text: &str) -> Vec<String> {
    let Found { hits, more, waiting } = node.search(text, None, 20).unwrap_or_else(|f| panic!("{f}"));
    assert!(!more && waiting == 0);
    hits.into_iter().map(|hit| hit.title).collect()
}

const SUGGESTION: [&str; 4] = [
    "案由=关于修复村道路灯的建议",
    "提出日期=2026-12-01",
    "提出时间=闭会期间",
    "正文=三年来多次向镇里反映，请ＡＢＣ公司维修",
];

#[test]
fn any_part_of_any_field_finds_a_record_what_changed_last_first() {
    let (folder, node) = office();
    let first = create(&node, "proposal", "draft", &SUGGESTION);
    let set = ["案由=关于路灯节能改造的建议", "提出日期=2026-11-01", "提出时间=大会期间"];
    create(&node, "proposal", "draft", &set);
    let (one, two) = ("关于修复村道路灯的建议", "关于路灯节能改造的建议");
    assert_eq!(titles(&node, "路灯"), [one, two], "at first the newest date comes first");
    assert_eq!(titles(&node, "路灯 修复"), [one]);
    assert_eq!(titles(&node, "abc公司"), [one], "what stays in the office is found too, whatever its width");
    assert_eq!(titles(&node, "大会期间"), [two], "labels of choices");
    assert_eq!(titles(&node, "2026年12月1日"), [one]);
    assert_eq!(titles(&node, &first), [one], "the short id");
    assert_eq!(titles(&node, "村道节能"), Vec::<String>::new());

    let hit = node.search("ABC", Some("proposal"), 1).unwrap().hits.remove(0);
    let place = hit.place.unwrap();
    assert_eq!((place.label.zh.as_str(), place.excerpt.found.as_str()), ("正文", "ＡＢＣ"));
    assert!(node.search("路灯", Some("petition"), 5).unwrap().hits.is_empty());
    assert!(node.search("路灯", None, 1).unwrap().more);
    assert_eq!(node.search(" 、", None, 1).unwrap_err().code, ErrorCode::Invalid);

    change(&node, &first, "案由=关于修复村道护栏的建议");
    assert_eq!(titles(&node, "路灯"), [two]);
    assert_eq!(titles(&node, "护栏"), ["关于修复村道护栏的建议"]);
    drop(node);
    let node = open(folder.path());
    assert_eq!(
        titles(&node, "建议"),
        ["关于修复村道护栏的建议", two],
        "after a start the newest date comes first"
    );
}

const PETITION: [&str; 12] = [
    "标题=电杆倾斜",
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

#[test]
fn what_is_linked_to_is_found_by_its_title_also_by_the_one_it_gets() {
    let (_folder, node) = office();
    let wish = Wish { set: PETITION.map(str::to_owned).to_vec(), ..Wish::default() };
    let petition = node.create("petition", None, &wish).unwrap().shown.short;
    create(&node, "proposal", "draft", &[&SUGGESTION[..3], &[&format!("来源信访={petition}")]].concat());
    assert_eq!(titles(&node, "电杆倾斜 村道"), ["关于修复村道路灯的建议"]);
    change(&node, &petition, "标题=路面塌陷");
    assert_eq!(titles(&node, "塌陷 村道"), ["关于修复村道路灯的建议"]);
    assert_eq!(titles(&node, "电杆倾斜"), Vec::<String>::new());
}

/// Made-up work, taken in slice by slice: what is found is what a look at every record finds.
#[test]
fn all_work_is_found() {
    let (_folder, node) = office();
    let ask = Sample { kind: Some("proposal"), count: Some(120), years: 1, seed: 11, sure: true };
    node.sample(ask, &Progress::silent()).unwrap();
    while node.prepare_search().unwrap().waiting > 0 {}
    let ready = node.prepare_search().unwrap().ready;
    assert!(ready > 120, "{ready} records");
    let list = shared::ledger::List { kind: "proposal".into(), limit: Some(10_000), ..Default::default() };
    let all = node.list(&list).unwrap().rows;
    for word in ["建议", "道路", "2026", "农业农村"] {
        let listed = all.iter().filter(|row| row.title.zh.contains(word)).map(|row| row.id);
        let found = node.search(word, Some("proposal"), 1_000).unwrap();
        assert!(!found.more);
        let found: std::collections::BTreeSet<_> = found.hits.into_iter().map(|hit| hit.id).collect();
        let missed: Vec<_> = listed.filter(|id| !found.contains(id)).collect();
        assert_eq!(missed, [], "{word}");
    }
}
