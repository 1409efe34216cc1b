//! What a county file says of townships, and what only one record may say: sound files load, broken ones are told by line.

use super::broken::{DEADLINES, NATIONAL};
use crate::catalogue::Problems;
use crate::catalogue::model::{
    Address, Catalogue, Chosen, CoverageList, Each, Effect, Guard, RateForm, Source,
};

const COMMON: &str = r#"common = [
  { tag = 908, id = "addressed_to", zh = "下发范围", en = "Goes to", type = "choice", choices = "addressed_to", required_from = "start" },
  { tag = 909, id = "to_district", zh = "下发片", en = "To the district", type = "link", kinds = ["area"] },
  { tag = 910, id = "to_townships", zh = "下发乡镇", en = "To the townships", type = "townships" },
]
[choices]
addressed_to = [
  { id = 1, key = "ALL", zh = "全县", en = "All" },
  { id = 2, key = "DISTRICT", zh = "一个片", en = "One district" },
  { id = 3, key = "TOWNSHIPS", zh = "部分乡镇", en = "Some townships" },
]
"#;

const AREA: &str = r#"id = "area"
tag = 1
code = "X1"
zh = "片"
en = "Areas"
owner = "county"
address = "all"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
]
statuses = [{ tag = 1, id = "in", zh = "在用", en = "In" }]
form = [{ zh = "片", en = "Area", fields = ["title", "on"] }]
actions = [{ tag = 1, id = "enter", zh = "登记", en = "Enter", to = "in", roles = ["C_OFFICE"], effects = [{ do = "publish" }] }]
"#;

const TASK: &str = r#"id = "task"
tag = 2
code = "X2"
zh = "任务"
en = "Tasks"
owner = "county"
address = "chosen"
title = "title"
date = "on"
list = ["title"]
uses = ["addressed_to", "to_district", "to_townships"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "until", zh = "截止", en = "Until", type = "date" },
  { tag = 4, id = "where", zh = "乡镇", en = "Where", type = "township" },
  { tag = 5, id = "present", zh = "到会", en = "Present", type = "rows", rows = [
    { tag = 1, id = "town", zh = "乡镇", en = "Town", type = "township" },
    { tag = 2, id = "head", zh = "人数", en = "Heads", type = "number" },
  ] },
  { tag = 6, id = "year", zh = "年度", en = "Year", type = "number" },
]
statuses = [
  { tag = 1, id = "draft", zh = "草稿", en = "Draft", open = true, draft = true },
  { tag = 2, id = "out", zh = "已下发", en = "Out" },
]
form = [{ zh = "任务", en = "Task", fields = ["title", "on", "until", "where", "present", "year", "addressed_to", "to_district", "to_townships"] }]
measures = [
  { tag = 201, id = "T1", zh = "任务", en = "Tasks", on = "on", township = "where" },
  { tag = 202, id = "T2", zh = "到会", en = "Heads", rows = "present", of = { sum = "head" }, on = "on", township = { column = "town" } },
  { tag = 203, id = "T3", zh = "涉及乡镇", en = "Where", on = "on", by = "where" },
  { tag = 204, id = "T4", zh = "到会乡镇", en = "Came", rows = "present", on = "on", township = { column = "town" }, by = "unit" },
]
rates = [
  { id = "R1", zh = "距上次", en = "Since", numerator = ["T1"], form = "since_last" },
  { id = "R2", zh = "久未", en = "Long ago", numerator = ["T1"], form = "since_last_over", limit_days = 92 },
]
coverages = [{ id = "K1", zh = "覆盖", en = "Reached", list = { townships = true }, covered_by = ["T3", "T4"] }]
[[actions]]
tag = 1
id = "draft"
zh = "拟定"
en = "Draft"
to = "draft"
roles = ["C_OFFICE"]
guards = [
  { must = { all = [
    { amount = { subtract = [{ year = "on" }, { field = "year" }] }, at_least = 0, at_most = 0 },
    { amount = { month = "on" }, at_most = 1 },
    { amount = { day = "on" }, at_most = 1 },
  ] }, zh = "须为1月1日", en = "The first of January" },
]
[[actions]]
tag = 2
id = "send"
zh = "下发"
en = "Send"
from = ["draft"]
to = "out"
roles = ["C_OFFICE"]
guards = [{ alone = ["where", "title"], when = { reached = ["out"] }, span = ["on", "until"], zh = "已有", en = "It is there" }]
effects = [
  { do = "publish" },
  { create = "line", action = "open", each = "addressees", set = { title = { field = "title" }, on = { field = "on" }, township = { item = true }, task = { this = true } } },
]
"#;

const LINE: &str = r#"id = "line"
tag = 3
code = "X3"
zh = "任务行"
en = "Lines"
owner = "county"
address = { township = "township" }
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "township", zh = "乡镇", en = "Township", type = "township", required_from = "start" },
  { tag = 4, id = "task", zh = "任务", en = "Task", type = "link", kinds = ["task"] },
]
statuses = [{ tag = 1, id = "in", zh = "在办", en = "In" }]
form = [{ zh = "任务行", en = "Line", fields = ["title", "on", "township", "task"] }]
actions = [{ tag = 1, id = "open", zh = "生成", en = "Open", to = "in", roles = ["SYSTEM"], effects = [{ do = "publish" }] }]
"#;

fn load(common: &str, task: &str) -> Result<Catalogue, Problems> {
    Catalogue::load([
        ("deadlines.toml", DEADLINES),
        ("profiles/national.toml", NATIONAL),
        ("common.toml", common),
        ("area.toml", AREA),
        ("task.toml", task),
        ("line.toml", LINE),
    ])
}

/// Changes the sound file and expects a problem that says `message` on the line on which `near` first stands.
#[track_caller]
fn task(from: &str, to: &str, near: &str, message: &str) {
    assert!(TASK.contains(from), "the sound file has no {from:?}");
    let broken = TASK.replacen(from, to, 1);
    let problems = load(COMMON, &broken).expect_err("the file is broken");
    let line = broken[..broken.find(near).expect("the place")].matches('\n').count() + 1;
    let found = problems.0.iter().any(|p| p.file == "task.toml" && p.line == line && p.en.contains(message));
    assert!(found, "expected task.toml:{line}: …{message}…, found\n{problems}");
    assert!(problems.0.iter().all(|p| !p.zh.is_empty() && p.line > 0 && p.column > 0));
}

#[test]
fn the_sound_files_say_what_they_mean() {
    let catalogue = load(COMMON, TASK).unwrap_or_else(|problems| panic!("{problems}"));
    let kind = catalogue.kind("task").expect("a kind");
    let chosen =
        Chosen { to: 908, to_all: 1, to_district: 2, to_townships: 3, district: 909, townships: 910 };
    assert_eq!(kind.address, Address::Chosen(chosen));
    assert_eq!(kind.field("addressed_to").expect("a field").required_in, [1, 2]);
    let send = kind.action("send").expect("an action");
    let Some(Guard::Alone(alone)) = send.guards.first() else { panic!("{:?}", send.guards) };
    assert_eq!((alone.fields.as_slice(), alone.span), ([4, 1].as_slice(), Some((2, 3))));
    let each = send.effects.iter().find_map(|effect| match effect {
        Effect::Create(create) => create.each.clone(),
        _ => None,
    });
    assert_eq!(each, Some(Each::Addressees));
    let measure = |id: &str| catalogue.measure(id).expect("a measure").1;
    assert_eq!(measure("T1").township, Some(Source::Field(4)));
    assert_eq!(measure("T2").township, Some(Source::Column(1)));
    assert_eq!(measure("T4").by.map(|by| by.source), Some(Source::Unit));
    let forms: Vec<RateForm> = kind.rates.iter().map(|rate| rate.form.clone()).collect();
    assert_eq!(forms, [RateForm::SinceLast, RateForm::SinceLastOver { limit_days: 92 }]);
    assert!(matches!(kind.coverages[0].list, CoverageList::Townships));
}

#[test]
fn an_address_that_is_chosen_has_its_fields() {
    let at = "address = \"chosen\"";
    task(", \"to_townships\"]\nfields", "]\nfields", at, "needs the common field `to_townships`");
    task("uses = [\"addressed_to\", ", "uses = [", at, "needs the common field `addressed_to`");
    task("\"chosen\"", "\"choosen\"", "address = ", "`address` is not \"choosen\"");
    task(
        "owner = \"county\"",
        "owner = \"township\"",
        "id = \"task\"",
        "only county records say to whom they go",
    );
    let common = COMMON.replace("\"DISTRICT\"", "\"AREA\"");
    let problems = load(&common, TASK).unwrap_err().to_string();
    assert!(
        problems.contains("task.toml:7:12: address \"chosen\" needs the choice `DISTRICT`"),
        "{problems}"
    );
    let common = COMMON.replace("type = \"townships\"", "type = \"texts\"");
    let problems = load(&common, TASK).unwrap_err().to_string();
    assert!(problems.contains("task.toml:7:12: address \"chosen\" needs the common field `to_townships`"));
}

#[test]
fn one_record_for_each_addressee() {
    let at = "tag = 2\nid = \"send\"";
    task("address = \"chosen\"", "address = \"nobody\"", at, "for each addressee, but there are none");
    let each = "each = \"addressees\"";
    task(
        "title = { field = \"title\" }, on",
        "title = { item = true }, on",
        each,
        "`item` is a township here",
    );
    task("each = \"addressees\"", "each = \"addressee\"", "each =", "no field `addressee`");
    task(
        "each = \"addressees\"",
        "each = \"title\"",
        "each =",
        "`each` names child rows, links or \"addressees\"",
    );
    task("township = { item = true }, ", "", at, "creates a line without its `township`");
}

#[test]
fn what_only_one_record_may_say_can_be_compared() {
    let at = "guards = [{ alone";
    task("alone = [\"where\", \"title\"]", "alone = []", at, "`alone` is empty");
    task("alone = [\"where\", \"title\"]", "alone = [\"wher\"]", at, "no field `wher`");
    task("alone = [\"where\", \"title\"]", "alone = [\"present\"]", at, "`present` cannot be compared");
    task("span = [\"on\", \"until\"]", "span = [\"on\"]", at, "`span` names two dates");
    task("span = [\"on\", \"until\"]", "span = [\"on\", \"title\"]", at, "field `title` is not a date");
    task("when = { reached = [\"out\"] }", "when = { reached = [\"gone\"] }", at, "no status `gone`");
    task("zh = \"已有\", ", "", at, "`zh` is missing");
    task(", span = ", ", spam = ", at, "unknown key `spam`");
}

#[test]
fn parts_of_a_date_are_those_of_a_date() {
    task("{ year = \"on\" }", "{ year = \"title\" }", "year = \"title\"", "field `title` is not a date");
    task("{ month = \"on\" }", "{ week = \"on\" }", "week =", "a number is one of");
}

#[test]
fn figures_of_townships() {
    task(
        "on = \"on\", township = \"where\"",
        "on = \"on\", township = \"title\"",
        "tag = 201",
        "is not a township",
    );
    task(
        "township = { column = \"town\" } },\n  { tag = 203",
        "township = { column = \"head\" } },\n  { tag = 203",
        "tag = 202",
        "is not a township",
    );
    task(
        "on = \"on\", by = \"where\"",
        "on = \"on\", by = \"title\"",
        "id = \"K1\"",
        "does not count its list",
    );
    task("covered_by = [\"T3\", \"T4\"]", "covered_by = [\"T1\"]", "id = \"K1\"", "does not count its list");
    task("{ townships = true }", "{ townships = false }", "id = \"K1\"", "`kind` is missing");
    task(
        "numerator = [\"T1\"], form = \"since_last\"",
        "numerator = [\"T3\"], form = \"since_last\"",
        "id = \"R1\"",
        "a gap needs a plain count",
    );
    task(", limit_days = 92", "", "id = \"R2\"", "`limit_days` is missing");
    let ours = TASK
        .replace("owner = \"county\"\naddress = \"chosen\"", "owner = \"township\"")
        .replace("C_OFFICE", "T_CLERK");
    let problems = load(COMMON, &ours).unwrap_err().to_string();
    assert!(problems.contains("measure `T1`: what a township writes counts for that township"), "{problems}");
}
