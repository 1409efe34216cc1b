//! Deadlines that the record gives, those that are counted back, and what a newer calendar changes.

use std::sync::Arc;

use super::*;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::Catalogue;
use crate::ids::Site;
use crate::record::{Actor, Day, DeadlineState, Role, Value};
use crate::view::sample::{Office, TODAY, township};
use crate::view::{held, read};

const TASK: u32 = 90;
const PROMISE: u32 = 1;
const NOTICE: u32 = 2;
const ANSWER: u32 = 3;

const DEADLINES: &str = r#"deadline_kinds = [
  { number = 1, code = "DL-PROMISE", zh = "承诺", en = "Promise", given = true },
  { number = 2, code = "DL-NOTICE", zh = "通知", en = "Notice", before = true },
  { number = 3, code = "DL-ANSWER", zh = "答复", en = "Answer" },
]
"#;

fn profile(id: &str) -> String {
    format!(
        r#"profile = "{id}"
version = "1"
zh = "某地"
en = "Somewhere"
roll_forward = true
lengths = [
  {{ deadline = "DL-NOTICE", count = 7, unit = "days", source = "law" }},
  {{ deadline = "DL-ANSWER", count = 15, unit = "days", source = "law" }},
]
"#
    )
}

const KIND: &str = r#"id = "task"
tag = 90
code = "R90"
zh = "任务"
en = "Task"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "标题", en = "Title", type = "text", max = 40, required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "issued_on", zh = "下达", en = "Issued", type = "date" },
  { tag = 4, id = "due_on", zh = "期限", en = "Due", type = "date" },
  { tag = 5, id = "longer", zh = "延至", en = "Extended", type = "date" },
  { tag = 6, id = "done_on", zh = "完成", en = "Done", type = "date" },
  { tag = 7, id = "meets_on", zh = "开会", en = "Meeting", type = "date" },
]
statuses = [
  { tag = 1, id = "open", zh = "在办", en = "Open", open = true },
  { tag = 2, id = "done", zh = "办结", en = "Done" },
]
form = [{ zh = "全部", en = "All", fields = ["title", "on", "issued_on", "due_on", "longer", "done_on", "meets_on"] }]
actions = [
  { tag = 1, id = "issue", zh = "下达", en = "Issue", to = "open", roles = ["T_CLERK"], effects = [
    { start = "DL-PROMISE", from = "issued_on", due = "due_on" },
    { start = "DL-NOTICE", from = "meets_on", when = { field = "meets_on", filled = true } },
    { start = "DL-ANSWER", from = "on" },
  ] },
  { tag = 2, id = "extend", zh = "延期", en = "Extend", from = ["open"], roles = ["T_CLERK"], requires = ["longer"], effects = [{ extend = "DL-PROMISE", to = "longer" }] },
  { tag = 3, id = "finish", zh = "办结", en = "Finish", from = ["open"], to = "done", roles = ["T_CLERK"], accepts = ["done_on"], effects = [
    { meet = "DL-PROMISE", on = "done_on" }, { meet = "DL-NOTICE", on = "done_on" }, { meet = "DL-ANSWER", on = "done_on" },
  ] },
]
[import]
key = "title"
status = [{ then = "open" }]
deadlines = [{ deadline = "DL-ANSWER", from = "on" }]
"#;

fn catalogue() -> Arc<Catalogue> {
    let (national, zhejiang) = (profile("national"), profile("zhejiang"));
    let files = [
        ("deadlines.toml", DEADLINES),
        ("profiles/national.toml", national.as_str()),
        ("profiles/zhejiang.toml", zhejiang.as_str()),
        ("task.toml", KIND),
    ];
    Arc::new(Catalogue::load(files).unwrap_or_else(|problems| panic!("{problems}")))
}

fn office() -> Office {
    Office::with(Site::Township(township(1)), catalogue())
}

/// The law of a day on which the State Council has said what is off in 2027.
fn newer(office: &Office) -> Arc<dyn Deadlines> {
    let next = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;
    let files = crate::catalogue::builtin_calendar_files().iter().copied();
    let calendar =
        Calendar::load(files.chain([("calendars/holiday_cn_2027.json", next)])).expect("a calendar");
    let profile = office.folder.catalogue().profiles["zhejiang"].clone();
    Arc::new(Legal::new(Arc::new(calendar), Arc::new(profile)))
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().expect("a day"))
}

fn task(more: &[(u32, Value)]) -> Fields {
    let mut fields: Fields = [(1, Value::Text("任务".to_owned())), (2, Value::Date(TODAY))].into();
    fields.extend(more.iter().cloned());
    fields
}

fn issue(office: &mut Office, more: &[(u32, Value)]) -> RecordId {
    office.act(TASK, None, "issue", task(more), Role::TClerk).record
}

fn state(office: &Office, id: RecordId, deadline: u32) -> DeadlineState {
    office.record(id).deadlines[&deadline].clone()
}

fn refresh(office: &mut Office, id: RecordId) -> Result<Decision, Refusal> {
    office.try_do(&Command::new(TASK, Some(id), Act::Refresh, Fields::new()), Role::System)
}

#[test]
fn the_last_day_is_the_one_given_whatever_the_calendar_says() {
    let mut office = office();
    // 3 October 2026 is a holiday; a promise for that day is a promise for that day.
    let id = issue(&mut office, &[(3, day("2026-09-01")), (4, day("2026-10-03"))]);
    let given = state(&office, id, PROMISE);
    assert_eq!(
        given,
        DeadlineState::give(PROMISE, "2026-09-01".parse().unwrap(), "2026-10-03".parse().unwrap())
    );
    // Without a day given nothing is promised.
    let silent = issue(&mut office, &[]);
    assert!(!office.record(silent).deadlines.contains_key(&PROMISE));
    // Without a first day it runs from today.
    let bare = issue(&mut office, &[(4, day("2026-12-31"))]);
    assert_eq!(state(&office, bare, PROMISE).start, TODAY);
}

#[test]
fn a_given_day_put_right_moves_the_deadline_until_it_is_extended() {
    let mut office = office();
    let id = issue(&mut office, &[(3, day("2026-09-01")), (4, day("2026-12-01"))]);
    let edit = |office: &mut Office, fields: Fields| office.act(TASK, Some(id), "edit", fields, Role::TClerk);
    edit(&mut office, [(4, day("2026-11-20"))].into());
    assert_eq!(state(&office, id, PROMISE).raw_due, "2026-11-20".parse().unwrap());
    edit(&mut office, [(3, day("2026-09-02"))].into());
    assert_eq!(state(&office, id, PROMISE).start, "2026-09-02".parse().unwrap());
    // Any later day will do, an earlier one will not.
    let to = |text: &str| Fields::from([(5, day(text))]);
    assert_eq!(
        office.refused(TASK, Some(id), "extend", to("2026-11-20"), Role::TClerk).code(),
        Some(Code::Extension)
    );
    office.act(TASK, Some(id), "extend", to("2199-01-01"), Role::TClerk);
    let extended = state(&office, id, PROMISE);
    assert_eq!((extended.raw_due, extended.extensions), ("2026-11-20".parse().unwrap(), 1));
    assert_eq!(extended.effective_due, "2199-01-01".parse().unwrap());
    edit(&mut office, [(4, day("2026-11-25"))].into());
    assert_eq!(state(&office, id, PROMISE), extended, "the extension was decided for that day");
    // Where no first day was written the day of the step stays the first.
    let bare = issue(&mut office, &[(4, day("2026-12-01"))]);
    office.act(TASK, Some(bare), "edit", [(4, day("2026-12-04"))].into(), Role::TClerk);
    let moved = state(&office, bare, PROMISE);
    assert_eq!((moved.start, moved.raw_due), (TODAY, "2026-12-04".parse().unwrap()));
}

#[test]
fn a_notice_falls_due_before_the_meeting_and_moves_with_it() {
    let mut office = office();
    let id = issue(&mut office, &[(7, day("2026-12-20"))]);
    let notice = state(&office, id, NOTICE);
    // 13 December is a Sunday: the Friday before it.
    assert_eq!(notice.raw_due, "2026-12-13".parse().unwrap());
    assert_eq!(notice.effective_due, "2026-12-11".parse().unwrap());
    office.act(TASK, Some(id), "edit", [(7, day("2026-12-23"))].into(), Role::TClerk);
    assert_eq!(state(&office, id, NOTICE).effective_due, "2026-12-16".parse().unwrap());
}

#[test]
fn a_newer_calendar_moves_what_was_provisional_and_open_once() {
    let mut office = office();
    let id = issue(&mut office, &[(2, day("2026-11-17")), (7, day("2027-01-08")), (4, day("2027-01-01"))]);
    let before = office.record(id);
    let (notice, promise) = (state(&office, id, NOTICE), state(&office, id, PROMISE));
    assert!(notice.provisional && notice.effective_due == "2027-01-01".parse().unwrap());
    assert_eq!(refresh(&mut office, id).expect_err("the same calendar").code(), Some(Code::Unchanged));

    office.deadlines = newer(&office);
    for role in Role::all().filter(|role| *role != Role::System) {
        let command = Command::new(TASK, Some(id), Act::Refresh, Fields::new());
        assert_eq!(office.try_do(&command, role).expect_err("nobody's work").code(), Some(Code::Role));
    }
    let decision = refresh(&mut office, id).unwrap_or_else(|refusal| panic!("{}", refusal.en()));
    let [(stream, entry)] = decision.entries.as_slice() else { panic!("one entry") };
    assert!(stream.travels() && entry.set.is_empty() && entry.cleared.is_empty());
    assert_eq!((entry.action, entry.status, entry.actor.role), (0, 0, Role::System));
    let moved: Vec<u32> = entry.deadlines.iter().map(|deadline| deadline.kind).collect();
    assert!(moved.contains(&NOTICE) && !moved.contains(&PROMISE), "{moved:?}");
    let after = state(&office, id, NOTICE);
    assert_eq!((after.raw_due, after.effective_due), (notice.raw_due, "2026-12-31".parse().unwrap()));
    assert!(!after.provisional);
    assert_eq!(state(&office, id, PROMISE), promise);
    assert_eq!(office.record(id).status, before.status);
    let mut due = Vec::new();
    read::due(&office.views, Day(i32::MAX), &mut |line| {
        due.push((line.day, line.deadline));
        true
    });
    assert!(due.contains(&(after.effective_due, NOTICE)) && !due.contains(&(notice.effective_due, NOTICE)));

    assert_eq!(refresh(&mut office, id).expect_err("a second time").code(), Some(Code::Unchanged));
    let mut silent = Command::new(TASK, Some(id), Act::Refresh, Fields::new());
    silent.reason = "无".to_owned();
    assert_eq!(
        office.try_do(&silent, Role::System).expect_err("a reason alone").code(),
        Some(Code::Unchanged)
    );
    // The other side takes it as it is.
    let mut other = Office::with(Site::Hub, office.folder.catalogue().clone());
    for (stream, item) in office.log.iter().filter(|(stream, _)| stream.travels()) {
        other.item(*stream, item.clone());
    }
    assert_eq!(held::count(&other.views, None), 0);
    assert_eq!(other.record(id).deadlines, office.record(id).deadlines);
}

#[test]
fn what_is_met_keeps_the_day_that_people_were_told() {
    let mut office = office();
    let id = issue(&mut office, &[(7, day("2027-01-08"))]);
    office.act(TASK, Some(id), "finish", [(6, Value::Date(TODAY))].into(), Role::TClerk);
    let told = state(&office, id, NOTICE);
    assert!(told.provisional && told.done.is_some());
    office.deadlines = newer(&office);
    assert_eq!(refresh(&mut office, id).expect_err("nothing runs").code(), Some(Code::Unchanged));
    assert_eq!(state(&office, id, NOTICE), told);
}

#[test]
fn an_imported_row_comes_again_after_a_new_calendar_and_says_the_same() {
    let mut office = office();
    let row: Fields = [(1, Value::Text("旧任务".to_owned())), (2, day("2026-12-17"))].into();
    let bring = |office: &mut Office| {
        let catalogue = office.folder.catalogue().clone();
        let lookup = ViewLookup { views: &office.views, catalogue: &catalogue };
        let ctx = Context {
            catalogue: &catalogue,
            deadlines: &*office.deadlines,
            lookup: &lookup,
            place: Place { site: office.site, node: None, abbr: "坎墩" },
            now_ms: office.clock,
            today: TODAY,
            fresh: RecordId::mint(1, &[1; 10]),
        };
        let actor = Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false };
        let record = import_id(office.site, &catalogue.kinds[&TASK], &row).expect("has a number and a date");
        let row = ImportRow { kind: TASK, record, fields: &row, source: "" };
        import_row(&ctx, &row, &actor).unwrap_or_else(|refusal| panic!("{}", refusal.en()))
    };
    let Imported::New { record, entries } = bring(&mut office) else { panic!("a new record") };
    for (stream, entry) in entries {
        office.append(stream, entry.encode());
    }
    assert!(state(&office, record, ANSWER).provisional);
    office.deadlines = newer(&office);
    assert_eq!(bring(&mut office), Imported::Same { record }, "the day that people were told stands");
    refresh(&mut office, record).unwrap_or_else(|refusal| panic!("{}", refusal.en()));
    assert_eq!(state(&office, record, ANSWER).effective_due, "2027-01-04".parse().unwrap());
    assert_eq!(bring(&mut office), Imported::Same { record });
}
