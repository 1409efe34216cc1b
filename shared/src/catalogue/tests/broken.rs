//! One broken file for each rule: the message and the line that it names.

use crate::catalogue::Problems;
use crate::catalogue::model::Catalogue;

pub(super) const DEADLINES: &str = r#"deadline_kinds = [
  { number = 1, code = "DL-A", zh = "甲", en = "A" },
]
"#;

pub(super) const NATIONAL: &str = r#"profile = "national"
version = "1"
zh = "全国"
en = "National"
roll_forward = true
lengths = [
  { deadline = "DL-A", count = 5, unit = "days", source = "law" },
]
"#;

pub(super) const COMMON: &str = r#"common = [
  { tag = 901, id = "secrecy", zh = "密级", en = "Secrecy", type = "text" },
]
"#;

pub(super) const NOTE: &str = r#"id = "note"
tag = 1
code = "R99"
zh = "记事"
en = "Notes"
owner = "township"
title = "title"
date = "on"
list = ["no", "title"]
uses = ["secrecy"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", max = 40, required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "way", zh = "方式", en = "Way", type = "choice", choices = "way", required_from = "start" },
  { tag = 4, id = "who", zh = "何人", en = "Who", type = "text", privacy = "local" },
  { tag = 5, id = "no", zh = "编号", en = "Number", type = "number", derived = true, required_from = "done" },
  { tag = 6, id = "other", zh = "关联", en = "Other", type = "link", kinds = ["note"] },
  { tag = 7, id = "many", zh = "多项", en = "Many", type = "texts" },
]
statuses = [
  { tag = 1, id = "open", zh = "在办", en = "Open", open = true },
  { tag = 2, id = "done", zh = "办结", en = "Done" },
]
form = [
  { zh = "全部", en = "All", fields = ["title", "on", "way", "who", "no", "other", "many", "secrecy"] },
]
[[actions]]
tag = 1
id = "begin"
zh = "登记"
en = "Begin"
to = "open"
roles = ["T_CLERK"]
guards = [{ not_future = "on" }]
effects = [{ start = "DL-A", from = "on" }]
[[actions]]
tag = 2
id = "finish"
zh = "办结"
en = "Finish"
from = ["open"]
to = "done"
roles = ["T_CLERK"]
guards = [{ link = "other", status = ["done"] }]
effects = [{ meet = "DL-A" }, { do = "number" }]
[[measures]]
tag = 101
id = "M1"
zh = "件数"
en = "Count"
when = { field = "way", in = ["CAR"] }
on = "on"
[[rates]]
id = "R1"
zh = "率"
en = "Rate"
numerator = ["M1"]
denominator = "M1"
[numbering]
field = "no"
year_of = "on"
[import]
key = "title"
status = [{ then = "done" }]
[choices]
way = [
  { id = 1, key = "CAR", zh = "车", en = "Car" },
  { id = 2, key = "FOOT", zh = "步", en = "Foot" },
]
"#;

pub(super) fn load(deadlines: &str, national: &str, common: &str, note: &str) -> Result<Catalogue, Problems> {
    let files = [
        ("deadlines.toml", deadlines),
        ("profiles/national.toml", national),
        ("common.toml", common),
        ("note.toml", note),
    ];
    Catalogue::load(files)
}

/// Changes the sound kind and expects one of the problems to say `message` on the line on which `near` first stands.
#[track_caller]
fn note(from: &str, to: &str, near: &str, message: &str) {
    assert!(NOTE.contains(from), "the sound file has no {from:?}");
    let broken = NOTE.replacen(from, to, 1);
    let problems = load(DEADLINES, NATIONAL, COMMON, &broken).expect_err("the file is broken");
    let line = broken[..broken.find(near).expect("the place")].matches('\n').count() + 1;
    let found = problems.0.iter().any(|p| p.file == "note.toml" && p.line == line && p.en.contains(message));
    assert!(found, "expected note.toml:{line}: …{message}…, found\n{problems}");
    assert!(problems.0.iter().all(|p| !p.zh.is_empty() && p.line > 0 && p.column > 0));
}

#[test]
fn the_sound_files_are_sound() {
    load(DEADLINES, NATIONAL, COMMON, NOTE).unwrap();
}

#[test]
fn not_toml() {
    note("code = \"R99\"", "code = ", "code = ", "not TOML");
}

#[test]
fn all_problems_are_told_at_once() {
    let broken = NOTE
        .replace("type = \"date\"", "type = \"dat\"")
        .replace("roles = [\"T_CLERK\"]", "roles = [\"CLERK\"]");
    let problems = load(DEADLINES, NATIONAL, COMMON, &broken).unwrap_err();
    assert!(problems.0.len() >= 3, "{problems}");
    assert!(problems.to_string().lines().all(|line| line.starts_with("note.toml:") && line.contains(" / ")));
}

#[test]
fn misspelt_keys_and_names() {
    note("title = \"title\"", "title = \"title\"\ntitel = 1", "titel", "unknown key `titel`");
    note("from = [\"open\"]", "from = [\"opne\"]", "opne", "no status `opne`; did you mean `open`?");
    note("not_future = \"on\"", "not_future = \"onn\"", "onn", "no field `onn`; did you mean `on`?");
    note("[\"T_CLERK\"]", "[\"CLERK\"]", "\"CLERK\"", "no role `CLERK`");
    note("type = \"texts\"", "type = \"textes\"", "textes", "no field type `textes`");
    note("id = \"many\"", "id = \"Many\"", "\"Many\"", "lower-case letters");
    note("start = \"DL-A\"", "start = \"DL-B\"", "DL-B", "no deadline kind `DL-B`");
    note("kinds = [\"note\"]", "kinds = [\"nota\"]", "\"nota\"", "no kind `nota`");
    note("choices = \"way\"", "choices = \"ways\"", "\"ways\"", "no set of choices `ways`");
    note("in = [\"CAR\"]", "in = [\"CAT\"]", "\"CAT\"", "no choice `CAT`");
    note("uses = [\"secrecy\"]", "uses = [\"secret\"]", "\"secret\"", "no common field `secret`");
}

#[test]
fn missing_and_wrong() {
    note("code = \"R99\"\n", "", "id = \"note\"", "`code` is missing");
    note("en = \"Begin\"", "en = \" \"", "en = \" \"", "label `en` is empty");
    note("zh = \"标题\", ", "", "Title", "`zh` is missing");
    note("tag = 101", "tag = \"101\"", "\"101\"", "expected a whole number");
    note("on = \"on\"", "of = \"count\"", "tag = 101", "`on` is missing");
    note("owner = \"township\"", "owner = \"town\"", "\"town\"", "`owner` is");
}

#[test]
fn tags_and_ids_are_unique() {
    note("tag = 2, id = \"on\"", "tag = 1, id = \"on\"", "id = \"on\"", "repeats field 1 `title`");
    note("tag = 2, id = \"done\"", "tag = 1, id = \"done\"", "id = \"done\"", "repeats status 1 `open`");
    note(
        "tag = 2\nid = \"finish\"",
        "tag = 2\nid = \"begin\"",
        "tag = 2\nid = \"begin\"",
        "repeats action 1 `begin`",
    );
    note("id = 2, key = \"FOOT\"", "id = 1, key = \"FOOT\"", "FOOT", "repeats choice 1 `CAR`");
    note("id = \"R1\"", "id = \"M1\"", "id = \"M1\"\nzh = \"率\"", "the tag or the id of figure `M1`");
    note("tag = 101", "tag = 0", "tag = 0", "figure tags start at 1");
    let twin = NOTE.replace("id = \"note\"\n", "id = \"twin\"\n");
    fn files(twin: &str) -> [(&str, &str); 5] {
        [
            ("deadlines.toml", DEADLINES),
            ("profiles/national.toml", NATIONAL),
            ("common.toml", COMMON),
            ("a.toml", NOTE),
            ("b.toml", twin),
        ]
    }
    let problems = Catalogue::load(files(&twin)).unwrap_err().to_string();
    assert!(problems.contains("b.toml:1:1: kind 1 `twin` repeats kind 1 `note`"), "{problems}");
    let twin = twin.replacen("tag = 1\n", "tag = 2\n", 1);
    let problems = Catalogue::load(files(&twin)).unwrap_err().to_string();
    assert!(problems.contains("the tag or the id of figure `M1`"), "{problems}");
}

#[test]
fn statuses_are_reached_and_left() {
    note("to = \"done\"\n", "", "id = \"done\"", "status `done` can never be reached");
    note(
        "en = \"Done\" }",
        "en = \"Done\", open = true }",
        "id = \"open\"",
        "no way leads from the open status `open`",
    );
    note(
        "to = \"open\"\n",
        "from = [\"open\"]\nto = \"open\"\n",
        "id = \"note\"",
        "no action creates a record",
    );
}

#[test]
fn fields_stand_once_in_the_form() {
    note("\"many\", \"secrecy\"]", "\"secrecy\"]", "id = \"many\"", "stands in no section");
    note(
        "\"many\", \"secrecy\"]",
        "\"many\", \"many\", \"secrecy\"]",
        "\"many\", \"many\"",
        "stands twice in the form",
    );
}

#[test]
fn title_date_and_shapes() {
    note("title = \"title\"", "title = \"on\"", "title = \"on\"", "field `on` is not a text");
    note("date = \"on\"", "date = \"title\"", "date = \"title\"", "field `title` is not a date");
    note("not_future = \"on\"", "not_future = \"way\"", "not_future = \"way\"", "field `way` is not a date");
    note("link = \"other\"", "link = \"title\"", "link = \"title\"", "field `title` is not a link");
    note(
        "{ meet = \"DL-A\" }",
        "{ meet = \"DL-A\" }, { increment = \"title\" }",
        "increment",
        "field `title` is not a number",
    );
    note(
        "{ meet = \"DL-A\" }",
        "{ meet = \"DL-A\" }, { set = \"title\", to = \"today\" }",
        "set = \"title\"",
        "cannot be set to today",
    );
    note(
        "field = \"no\"",
        "field = \"way\"",
        "field = \"way\"\nyear_of",
        "field `way` is not a text or a number",
    );
    note("not_future", "future", "future", "a guard is one of");
    note("{ do = \"number\" }", "{ number = true }", "{ number", "an effect is one of");
}

#[test]
fn what_stays_in_the_office_is_not_used_outside() {
    note("list = [\"no\", \"title\"]", "list = [\"who\"]", "list =", "the list uses `who`");
    note(
        "when = { field = \"way\", in = [\"CAR\"] }",
        "when = { field = \"who\", filled = true }",
        "tag = 101",
        "measure `M1` uses `who`",
    );
    note("key = \"title\"", "key = \"who\"", "key = \"who\"", "the import key uses `who`");
    note(
        "\"date\", required_from",
        "\"date\", privacy = \"local\", required_from",
        "date = \"on\"",
        "the attribution date uses `on`",
    );
    note(
        "{ meet = \"DL-A\" }",
        "{ meet = \"DL-A\" }, { set = \"title\", copy_of = \"who\" }",
        "copy_of",
        "must not: it cannot be copied there",
    );
    note(
        "owner =",
        "local_when = { field = \"many\", filled = true }\nowner =",
        "local_when",
        "which `begin` does not require",
    );
}

#[test]
fn required_fields_can_be_filled() {
    note(
        "{ do = \"number\" }",
        "{ cancel = \"DL-A\" }",
        "tag = 2\nid = \"finish\"",
        "leads where `no` is required, but nothing sets it",
    );
    note(
        "roles = [\"T_CLERK\"]\nguards = [{ link",
        "roles = [\"T_CLERK\"]\nrequires = [\"no\"]\nguards = [{ link",
        "tag = 2\nid = \"finish\"",
        "asks for `no`, which the program fills",
    );
}

#[test]
fn deadlines_start_and_end() {
    note(
        "{ start = \"DL-A\", from = \"on\" }",
        "{ set = \"on\", to = \"today\" }",
        "tag = 2\nid = \"finish\"",
        "that nothing starts",
    );
    note("{ meet = \"DL-A\" }, ", "", "tag = 1\nid = \"begin\"", "starts a deadline that nothing ends");
    let more = DEADLINES.replace("]\n", "  { number = 2, code = \"DL-B\", zh = \"乙\", en = \"B\" },\n]\n");
    let problems = load(&more, NATIONAL, COMMON, NOTE).unwrap_err().to_string();
    assert!(
        problems.contains("deadlines.toml:3:5: `DL-B` has no length in the profile `national`"),
        "{problems}"
    );
    let problems =
        load(DEADLINES, &NATIONAL.replace("\"law\"", "\"\""), COMMON, NOTE).unwrap_err().to_string();
    assert!(
        problems.contains("profiles/national.toml:7:5:") && problems.contains("`source` is empty"),
        "{problems}"
    );
}

#[test]
fn numbers_roles_and_headings() {
    note("derived = true, ", "", "field = \"no\"", "must be `derived = true`");
    note(
        "[numbering]\nfield = \"no\"\nyear_of = \"on\"\n",
        "",
        "tag = 2\nid = \"finish\"",
        "there is no [numbering]",
    );
    note("year_of", "format = \"{year}\"\nyear_of", "format", "a number format holds `{n}` once");
    note("[\"T_CLERK\"]", "[\"C_OFFICE\"]", "tag = 1\nid = \"begin\"", "C_OFFICE cannot do `begin`");
    note(
        "zh = \"何人\"",
        "zh = \"标题\"",
        "id = \"who\"",
        "the heading `标题` belongs to `title` and to `who`",
    );
    note(
        "{ then = \"done\" }",
        "{ when = { field = \"no\", filled = true }, then = \"done\" }",
        "key = \"title\"",
        "the last status rule",
    );
    note(
        "denominator = \"M1\"",
        "denominator = \"M2\"",
        "id = \"R1\"",
        "uses the measure `M2`, which does not exist",
    );
    note(
        "status = [\"done\"] }]",
        "status = [\"gone\"] }]",
        "tag = 2\nid = \"finish\"",
        "the linked kinds have no status `gone`",
    );
}

#[test]
fn county_records_leave_a_draft_by_publishing() {
    let county = NOTE
        .replace("\"T_CLERK\"", "\"C_OFFICE\"")
        .replace("\"township\"", "\"county\"")
        .replace("open = true", "open = true, draft = true");
    let problems = load(DEADLINES, NATIONAL, COMMON, &county).unwrap_err().to_string();
    assert!(problems.contains("action `finish` leaves the draft: it must publish"), "{problems}");
    let sound = county.replace("{ do = \"number\" }", "{ do = \"number\" }, { do = \"publish\" }");
    load(DEADLINES, NATIONAL, COMMON, &sound).unwrap();
}

#[test]
fn a_calendar_shows_days_that_leave_the_office() {
    let calendar = |lines: &str| format!("[calendar]\n{lines}\n[numbering]");
    let sound = calendar("start = \"on\"\nplace = \"title\"\nstatuses = [\"open\"]\ndeadlines = [\"DL-A\"]");
    load(DEADLINES, NATIONAL, COMMON, &NOTE.replace("[numbering]", &sound)).unwrap();
    let broken = |lines: &str, near: &str, message: &str| {
        note("[numbering]", &calendar(lines), near, message);
    };
    broken("statuses = [\"open\"]", "statuses = [\"open\"]", "`start` or `deadlines` is missing");
    broken("start = \"on\"", "start = \"on\"", "`statuses` is empty");
    broken("start = \"title\"\nstatuses = [\"open\"]", "start = \"title\"", "`title` is not a date");
    broken(
        "start = \"on\"\nplace = \"who\"\nstatuses = [\"open\"]",
        "place = \"who\"",
        "`who` stays in the office",
    );
    broken(
        "start = \"on\"\nstatuses = [\"open\"]\ncancelled = [\"open\"]",
        "cancelled = [\"open\"]",
        "both an event and a cancelled one",
    );
    broken("deadlines = [\"DL-B\"]", "deadlines = [\"DL-B\"]", "no deadline kind `DL-B`");
    let unstarted = NOTE.replace("effects = [{ start = \"DL-A\", from = \"on\" }]\n", "");
    let unstarted = unstarted.replace("{ meet = \"DL-A\" }, ", "");
    let shown = unstarted.replace("[numbering]", &calendar("deadlines = [\"DL-A\"]"));
    let problems = load(DEADLINES, NATIONAL, COMMON, &shown).unwrap_err().to_string();
    assert!(problems.contains("no action of this kind starts `DL-A`"), "{problems}");
}
