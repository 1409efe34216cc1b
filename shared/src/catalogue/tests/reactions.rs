//! Reactions and reminders: the sound files, and one broken file for each rule.

use super::broken::{COMMON, DEADLINES, NATIONAL};
use crate::catalogue::Problems;
use crate::catalogue::model::{Catalogue, Condition, Give, Meant, Reaction, Reminder, Response};

/// The county asks.
const ASK: &str = r#"id = "ask"
tag = 101
code = "X1"
zh = "交办"
en = "Ask"
owner = "county"
address = { township = "to" }
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "to", zh = "乡镇", en = "Township", type = "township", required_from = "start" },
  { tag = 4, id = "answered_on", zh = "答复日期", en = "Answered", type = "date" },
  { tag = 5, id = "memo", zh = "备注", en = "Memo", type = "text", privacy = "local" },
  { tag = 6, id = "mirror", zh = "答复内容", en = "Words", type = "text", derived = true },
  { tag = 7, id = "about", zh = "相关答复", en = "About", type = "link", kinds = ["answer"] },
]
statuses = [
  { tag = 1, id = "asked", zh = "待答复", en = "Asked", open = true },
  { tag = 2, id = "closed", zh = "已答复", en = "Closed" },
]
form = [{ zh = "全部", en = "All", fields = ["title", "on", "to", "answered_on", "memo", "mirror", "about"] }]
[[actions]]
tag = 1
id = "ask"
zh = "交办"
en = "Ask"
to = "asked"
roles = ["C_OFFICE"]
effects = [{ do = "publish" }]
[[actions]]
tag = 2
id = "close"
zh = "收到答复"
en = "Close"
from = ["asked"]
to = "closed"
roles = ["SYSTEM"]
accepts = ["answered_on"]
[[reactions]]
to = "answer"
when = { reached = ["done"] }
on = "ask"
take = "close"
set = { answered_on = { field = "on" }, mirror = { field = "title" } }
"#;

/// The township answers.
const ANSWER: &str = r#"id = "answer"
tag = 201
code = "X2"
zh = "答复"
en = "Answer"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "ask", zh = "交办", en = "Ask", type = "link", kinds = ["ask"] },
  { tag = 4, id = "who", zh = "经办", en = "Who", type = "text", privacy = "local" },
  { tag = 5, id = "reminded_due", zh = "已提醒的期限", en = "Reminded of", type = "date", derived = true },
  { tag = 6, id = "reminded_days", zh = "提醒时剩余天数", en = "Days left", type = "number", min = -9999, derived = true },
  { tag = 7, id = "twice", zh = "两倍", en = "Twice", type = "number", compute = { add = [{ days = ["on", "on"] }] } },
]
statuses = [
  { tag = 1, id = "open", zh = "待答复", en = "Open", open = true },
  { tag = 2, id = "done", zh = "已答复", en = "Done" },
  { tag = 3, id = "gone", zh = "已撤销", en = "Gone" },
]
form = [{ zh = "全部", en = "All", fields = ["title", "on", "ask", "who", "reminded_due", "reminded_days", "twice"] }]
[[actions]]
tag = 1
id = "arrive"
zh = "收到"
en = "Arrive"
to = "open"
roles = ["SYSTEM"]
effects = [{ start = "DL-A", from = "on" }]
[[actions]]
tag = 2
id = "answer"
zh = "答复"
en = "Answer"
from = ["open"]
to = "done"
roles = ["T_CLERK"]
effects = [{ meet = "DL-A" }]
[[actions]]
tag = 3
id = "drop"
zh = "撤销"
en = "Drop"
from = ["open"]
to = "gone"
roles = ["SYSTEM"]
effects = [{ cancel = "DL-A" }]
[[actions]]
tag = 4
id = "remind"
zh = "提醒"
en = "Remind"
from = ["open"]
roles = ["SYSTEM"]
[[reactions]]
to = "ask"
when = { status = ["asked"] }
create = "arrive"
owed = "DL-A"
set = { ask = { this = true }, title = { field = "title" }, on = { field = "on" } }
keep = true
[[reactions]]
to = "ask"
voided = true
through = "ask"
take = "drop"
[[reminders]]
deadline = "DL-A"
days_before = [3, 1]
overdue_every = 2
take = "remind"
mark = { due = "reminded_due", days = "reminded_days" }
"#;

fn load(ask: &str, answer: &str) -> Result<Catalogue, Problems> {
    Catalogue::load([
        ("deadlines.toml", DEADLINES),
        ("profiles/national.toml", NATIONAL),
        ("common.toml", COMMON),
        ("ask.toml", ask),
        ("answer.toml", answer),
    ])
}

#[track_caller]
fn told(file: &str, (ask, answer): (&str, &str), broken: &str, near: &str, message: &str) {
    let problems = load(ask, answer).expect_err("the files are broken");
    let line = broken[..broken.rfind(near).expect("the place")].matches('\n').count() + 1;
    let found = problems.0.iter().any(|p| p.file == file && p.line == line && p.en.contains(message));
    assert!(found, "expected {file}:{line}: …{message}…, found\n{problems}");
    assert!(problems.0.iter().all(|p| !p.zh.is_empty()));
}

/// Changes the county's file where `from` last stands, and expects a problem on the line where `near` last stands.
#[track_caller]
fn ask(from: &str, to: &str, near: &str, message: &str) {
    let broken = replace_last(ASK, from, to);
    told("ask.toml", (&broken, ANSWER), &broken, near, message);
}

#[track_caller]
fn answer(from: &str, to: &str, near: &str, message: &str) {
    let broken = replace_last(ANSWER, from, to);
    told("answer.toml", (ASK, &broken), &broken, near, message);
}

#[track_caller]
fn replace_last(text: &str, from: &str, to: &str) -> String {
    let at = text.rfind(from).unwrap_or_else(|| panic!("the sound file has no {from:?}"));
    format!("{}{to}{}", &text[..at], &text[at + from.len()..])
}

#[test]
fn both_are_read() {
    let catalogue = load(ASK, ANSWER).unwrap_or_else(|problems| panic!("{problems}"));
    let ask = catalogue.kind("ask").expect("a kind");
    let close = Reaction {
        to: 201,
        // What can only be reached through `done` counts too; here nothing can.
        when: Condition::Reached(vec![2]),
        voided: false,
        does: Response::Take { action: 2, on: Meant::ByTheirs(3) },
        set: vec![(4, Give::Field(2)), (6, Give::Field(1))],
        owed: None,
    };
    assert_eq!(ask.reactions, [close]);
    let answer = catalogue.kind("answer").expect("a kind");
    assert_eq!(answer.reactions[0].does, Response::Create { action: 1, keep: true });
    assert_eq!(answer.reactions[0].owed, Some(1));
    assert_eq!(answer.reactions[1].does, Response::Take { action: 3, on: Meant::ByOurs(3) });
    assert!(answer.reactions[1].voided);
    let remind = Reminder {
        deadline: 1,
        days_before: vec![3, 1],
        overdue_every: Some(2),
        action: 4,
        mark_due: 5,
        mark_days: 6,
    };
    assert_eq!(answer.reminders, [remind]);
}

#[test]
fn a_derived_field_that_a_reaction_gives_may_be_required() {
    let required = replace_last(
        ASK,
        "type = \"text\", derived = true }",
        "type = \"text\", derived = true, required_from = \"closed\" }",
    );
    load(&required, ANSWER).unwrap_or_else(|problems| panic!("{problems}"));
    let without = replace_last(&required, ", mirror = { field = \"title\" }", "");
    let problems = load(&without, ANSWER).expect_err("nothing gives it").to_string();
    assert!(problems.contains("leads where `mirror` is required, but nothing sets it"), "{problems}");
}

#[test]
fn a_kind_reacts_to_the_other_side() {
    ask("to = \"answer\"", "to = \"answr\"", "answr", "no kind `answr`; did you mean `answer`?");
    ask("to = \"answer\"", "to = \"ask\"", "to = \"ask\"", "`ask` is written on this side too");
    ask("reached = [\"done\"]", "reached = [\"closed\"]", "reached", "no status `closed`");
    ask("field = \"on\"", "field = \"answered_on\"", "answered_on = {", "no field `answered_on`");
}

#[test]
fn what_stays_in_an_office_is_not_read_from_here() {
    ask(
        "mirror = { field = \"title\" }",
        "mirror = { field = \"who\" }",
        "mirror =",
        "`who` of `answer` stays in its office",
    );
    // Not even for a field that stays here.
    ask(
        "mirror = { field = \"title\" }",
        "memo = \"经办{who}\"",
        "memo =",
        "`who` of `answer` stays in its office",
    );
    ask(
        "{ reached = [\"done\"] }",
        "{ field = \"who\", filled = true }",
        "when =",
        "`who` of `answer` stays in its office",
    );
}

#[test]
fn a_reaction_does_one_thing_to_one_record() {
    ask("take = \"close\"\n", "", "to = \"answer\"", "a reaction has either `take` or `create`");
    ask(
        "take = \"close\"",
        "take = \"close\"\ncreate = \"ask\"",
        "to = \"answer\"",
        "either `take` or `create`",
    );
    ask("on = \"ask\"\n", "", "to = \"answer\"", "which record of ours?");
    ask("on = \"ask\"", "on = \"ask\"\nthrough = \"about\"", "to = \"answer\"", "which record of ours?");
    ask("on = \"ask\"", "on = \"title\"", "on = \"title\"", "field `title` is not a link");
    let other = ANSWER.replace("kinds = [\"ask\"]", "kinds = [\"answer\"]");
    told("ask.toml", (ASK, &other), ASK, "on = \"ask\"", "`ask` of `answer` does not link to `ask`");
    told("answer.toml", (ASK, &other), &other, "through = \"ask\"", "`ask` does not link to `ask`");
    answer("take = \"drop\"", "take = \"drop\"\nkeep = true", "to = \"ask\"", "`keep` goes with `create`");
    answer("keep = true", "voided = true", "to = \"ask\"\nwhen", "nothing is created for a void record");
    answer("keep = true", "on = \"about\"", "on = \"about\"", "no `on`, no `through`");
    ask("on = \"ask\"", "on = \"ask\"\nonce = true", "once", "unknown key `once`");
}

#[test]
fn what_is_owed_begins_with_the_answer_and_can_be_met() {
    answer("owed = \"DL-A\"", "owed = \"DL-X\"", "owed", "no deadline kind `DL-X`");
    answer(", from = \"on\" }", ", from = \"on\", when = { flag = \"imported\" } }", "owed", "or not always");
    answer("[{ meet = \"DL-A\" }]", "[]", "owed", "nothing meets `DL-A` here");
    answer("ask = { this = true }, ", "", "owed", "whose record links to `this`");
    answer("take = \"drop\"", "take = \"drop\"\nowed = \"DL-A\"", "owed", "`owed` goes with `create`");
}

#[test]
fn the_program_takes_what_is_its_own() {
    ask("take = \"close\"", "take = \"shut\"", "take = \"shut\"", "no action `shut`");
    ask("take = \"close\"", "take = \"ask\"", "take = \"ask\"", "`ask` creates a record: say `create`");
    ask("roles = [\"SYSTEM\"]", "roles = [\"C_OFFICE\"]", "take = \"close\"", "its roles must name SYSTEM");
    answer(
        "create = \"arrive\"",
        "create = \"drop\"",
        "create = \"drop\"",
        "`drop` does not create a answer",
    );
}

#[test]
fn what_is_set_can_be_set() {
    ask("accepts = [\"answered_on\"]\n", "", "set = {", "`close` does not accept `answered_on`");
    answer("set = { ask", "set = { twice = 3, ask", "set = {", "`twice` is worked out by itself");
    answer(", on = { field = \"on\" }", "", "create = \"arrive\"", "creates a answer without its `on`");
    ask("mirror =", "mirrow =", "mirrow", "no field `mirrow`; did you mean `mirror`?");
    ask("{ field = \"on\" }", "{ column = \"on\" }", "set = {", "there are no rows to take a column from");
}

#[test]
fn reminders_fit_their_deadline_and_their_marks() {
    let started = "effects = [{ start = \"DL-A\", from = \"on\" }]\n";
    answer(started, "", "deadline = \"DL-A\"", "nothing starts `DL-A` here");
    answer("deadline = \"DL-A\"", "deadline = \"DL-B\"", "DL-B", "no deadline kind `DL-B`");
    answer("[3, 1]", "[1, 3]", "[1, 3]", "days go from more to fewer");
    answer("[3, 1]", "[3, 3]", "[3, 3]", "days go from more to fewer");
    answer("[3, 1]", "[3, 0]", "[3, 0]", "the last not below 1");
    answer("[3, 1]", "[\"3\"]", "[\"3\"]", "expected a list of whole numbers");
    answer("overdue_every = 2", "overdue_every = 0", "deadline = \"DL-A\"", "the last not below 1");
    answer("days_before = [3, 1]\noverdue_every = 2\n", "", "deadline = \"DL-A\"", "when does it remind?");
    answer("take = \"remind\"", "take = \"drop\"", "take = \"drop\"", "must be an event");
    answer("roles = [\"SYSTEM\"]", "roles = [\"T_CLERK\"]", "take = \"remind\"", "must name SYSTEM");
    answer("due = \"reminded_due\"", "due = \"on\"", "mark =", "`on` is filled by the program");
    answer("due = \"reminded_due\"", "due = \"title\"", "mark =", "field `title` is not a date");
    answer("min = -9999, ", "", "mark =", "must hold all days left");
    answer("mark = { due = \"reminded_due\", days = \"reminded_days\" }\n", "", "deadline =", "is missing");
    let again = ANSWER.rfind("[[reminders]]").map(|at| &ANSWER[at..]).expect("a reminder");
    let twice = format!("{ANSWER}{again}");
    told("answer.toml", (ASK, &twice), &twice, "deadline =", "each reminder has marks of its own");
}
