//! Marks of what is handed in, and the veto: the sound files load, broken ones are told by line.

use super::broken::{COMMON, DEADLINES, NATIONAL, NOTE};
use crate::catalogue::Problems;
use crate::catalogue::model::{Catalogue, Guard};

/// A return with rows of figures, and what puts it right.
const SHEET: &str = r#"id = "sheet"
tag = 2
code = "X2"
zh = "表"
en = "Sheets"
owner = "township"
title = "title"
date = "from"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "from", zh = "起", en = "From", type = "date", required_from = "start" },
  { tag = 3, id = "to", zh = "止", en = "To", type = "date", required_from = "start" },
  { tag = 4, id = "sort", zh = "种类", en = "Sort", type = "choice", choices = "sort" },
  { tag = 5, id = "rows", zh = "指标", en = "Rows", type = "rows", required_from = "filled", rows = [
    { tag = 1, id = "figure", zh = "指标", en = "Figure", type = "choice", choices = "figure", required = true },
    { tag = 2, id = "counted", zh = "台账数", en = "Counted", type = "number" },
    { tag = 3, id = "said", zh = "上报数", en = "Said", type = "number", required = true },
    { tag = 4, id = "why", zh = "说明", en = "Why", type = "text" },
  ] },
  { tag = 6, id = "wanted", zh = "应报", en = "Wanted", type = "link", kinds = ["wanted"] },
]
statuses = [
  { tag = 1, id = "open", zh = "可填", en = "Open", open = true },
  { tag = 2, id = "filled", zh = "已填", en = "Filled" },
]
form = [{ zh = "表", en = "Sheet", fields = ["title", "from", "to", "sort", "rows", "wanted"] }]
actions = [
  { tag = 1, id = "begin", zh = "开表", en = "Begin", to = "open", roles = ["T_CLERK"] },
  { tag = 2, id = "fill", zh = "填报", en = "Fill", from = ["open"], to = "filled", roles = ["T_CLERK"] },
  { tag = 3, id = "look", zh = "查看", en = "Look", from = ["open"], roles = ["T_CLERK"] },
]
[figures]
rows = "rows"
indicator = "figure"
value = "counted"
report = "said"
from = "from"
to = "to"
at = ["fill"]
group = "sort"
[figures.sets]
LONG = ["M1", "R1"]
[choices]
sort = [{ id = 1, key = "LONG", zh = "长", en = "Long" }]
figure = [
  { id = 1, key = "M1", zh = "件数", en = "Count" },
  { id = 2, key = "R1", zh = "率", en = "Rate" },
  { id = 3, key = "M9", zh = "别的", en = "Other" },
]
"#;

/// What the county expects, who is under a veto, and what it keeps from him.
const WANTED: &str = r#"id = "wanted"
tag = 3
code = "X3"
zh = "应报"
en = "Wanted"
owner = "county"
address = { township = "where" }
title = "title"
date = "due"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "where", zh = "乡镇", en = "Where", type = "township", required_from = "start" },
  { tag = 3, id = "from", zh = "起", en = "From", type = "date" },
  { tag = 4, id = "to", zh = "止", en = "To", type = "date" },
  { tag = 5, id = "due", zh = "期限", en = "Due", type = "date", required_from = "start" },
  { tag = 6, id = "answer", zh = "报表", en = "Answer", type = "link", kinds = ["sheet"] },
  { tag = 7, id = "came", zh = "收到", en = "Came", type = "date" },
  { tag = 8, id = "year", zh = "年度", en = "Year", type = "number" },
]
statuses = [{ tag = 1, id = "in", zh = "在用", en = "In" }]
form = [{ zh = "应报", en = "Wanted", fields = ["title", "where", "from", "to", "due", "answer", "came", "year"] }]
[[actions]]
tag = 1
id = "enter"
zh = "登记"
en = "Enter"
to = "in"
roles = ["C_OFFICE"]
guards = [{ unvetoed = "where", year = "year", zh = "被否决", en = "Under a veto" }]
effects = [{ do = "publish" }]
[expected]
township = "where"
from = "from"
to = "to"
due = "due"
answer = "answer"
arrived = "came"
[veto]
township = "where"
year = "year"
statuses = ["in"]
"#;

fn load(sheet: &str, wanted: &str) -> Result<Catalogue, Problems> {
    let files = [
        ("deadlines.toml", DEADLINES),
        ("profiles/national.toml", NATIONAL),
        ("common.toml", COMMON),
        ("note.toml", NOTE),
        ("sheet.toml", sheet),
        ("wanted.toml", wanted),
    ];
    Catalogue::load(files)
}

/// Changes one of the sound files and expects a problem that says `message` in it.
#[track_caller]
fn broken(from: &str, to: &str, message: &str) {
    let (sheet, wanted) = (SHEET.replacen(from, to, 1), WANTED.replacen(from, to, 1));
    assert!(sheet != SHEET || wanted != WANTED, "no sound file has {from:?}");
    let (sheet, wanted) =
        if sheet == SHEET { (SHEET.to_owned(), wanted) } else { (sheet, WANTED.to_owned()) };
    let problems = load(&sheet, &wanted).expect_err("a file is broken");
    assert!(problems.0.iter().any(|problem| problem.en.contains(message)), "…{message}…, found\n{problems}");
    assert!(problems.0.iter().all(|problem| !problem.zh.is_empty() && problem.line > 0));
}

#[test]
fn the_marks_are_read() {
    let catalogue = load(SHEET, WANTED).unwrap_or_else(|problems| panic!("{problems}"));
    let sheet = catalogue.kind("sheet").expect("a kind");
    let figures = sheet.returns.figures.as_ref().expect("figures");
    assert_eq!((figures.rows, figures.indicator, figures.value, figures.report), (5, 1, 2, Some(3)));
    assert_eq!((figures.actions.as_slice(), figures.explanation), ([2].as_slice(), None));
    let sets = figures.sets.as_ref().expect("sets");
    assert_eq!((sets.group, sets.by[&1].as_slice()), (4, [1, 2].as_slice()));
    let wanted = catalogue.kind("wanted").expect("a kind");
    let expected = wanted.returns.expected.as_ref().expect("expected");
    assert_eq!((expected.township, expected.due, expected.answer, expected.arrived), (2, 5, 6, 7));
    let (answer, back) = wanted.answers(expected, &catalogue).expect("it links back");
    assert_eq!((answer.id.as_str(), back), ("sheet", 6));
    let veto = wanted.veto.as_ref().expect("a veto");
    assert_eq!((veto.township, veto.year, veto.statuses.as_slice()), (2, 8, [1].as_slice()));
    let guard = &wanted.action("enter").expect("an action").guards[0];
    assert!(matches!(guard, Guard::Unvetoed { township: 2, year: 8, .. }), "{guard:?}");
}

#[test]
fn figures_must_fit_their_rows() {
    broken(
        r#"rows = "rows"
"#,
        r#"rows = "title"
"#,
        "has no child rows",
    );
    broken(r#"indicator = "figure""#, r#"indicator = "said""#, "is not a choice or a text");
    broken(r#"value = "counted""#, r#"value = "figure""#, "is not a number or a text");
    broken(r#"report = "said""#, r#"report = "why""#, "is not a number");
    broken(r#"at = ["fill"]"#, r#"at = ["look"]"#, "does not accept the rows");
    broken(r#"at = ["fill"]"#, r#"at = []"#, "`at` is empty");
    broken(r#"LONG = ["M1", "R1"]"#, r#"LONG = ["M1", "M8"]"#, "has no choice `M8`");
    broken(r#"LONG = ["M1", "R1"]"#, r#"LONG = ["M1", "M9"]"#, "there is no figure `M9`");
    broken(r#"LONG = ["M1", "R1"]"#, r#"SHORT = ["M1"]"#, "has no choice `SHORT`");
    broken("[figures.sets]\nLONG = [\"M1\", \"R1\"]\n", "", "goes with `sets`");
}

#[test]
fn what_is_expected_must_be_answered() {
    broken(r#"kinds = ["wanted"]"#, r#"kinds = ["note"]"#, "no link back");
    broken(
        r#"township = "where"
from"#,
        r#"township = "title"
from"#,
        "is not a township",
    );
    broken(
        r#"due = "due"
answer"#,
        r#"due = "title"
answer"#,
        "is not a date",
    );
    broken(r#"unvetoed = "where""#, r#"unvetoed = "title""#, "is not a township");
    broken(r#"year = "year", zh"#, r#"year = "due", zh"#, "is not a number");
    broken(r#"statuses = ["in"]"#, r#"statuses = []"#, "`statuses` is empty");
}
