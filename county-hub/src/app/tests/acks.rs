//! Who has not signed for what.

use std::sync::Arc;

use shared::catalogue::model::Catalogue;
use shared::code::ErrorCode;
use shared::ids::{Epoch, RecordId, Site, StreamName};
use shared::ledger::{Act, By};
use shared::program::{Clock as _, day_start_ms};
use shared::sync::note;
use xianglian_proto::v1::note::Kind;
use xianglian_proto::v1::{HubHas, HubSeen, HubSession};

use super::bed::{County, HOUR_MS, code};
use super::sides::PROGRAM;
use crate::app::acks::{Line, Standing, Unanswered, Wanted};
use crate::app::viewer::Viewer;
use crate::app::{district, record, township};

fn county() -> County {
    let files = [
        ("test_notice.toml", include_str!("notice.toml")),
        ("test_signing.toml", include_str!("signing.toml")),
    ];
    County::of_three_by(Arc::new(Catalogue::builtin_and(files).expect("sound files")))
}

/// A notice of a day; to all, or to a district.
#[track_caller]
fn notice(county: &County, day: &str, district: Option<&str>) -> RecordId {
    let mut set = vec!["title=通知".to_owned(), format!("on={day}")];
    if let Some(name) = district {
        let found = district::find(&county.app, name).expect("a district");
        set.push(format!("district={found}"));
    }
    act(county, None, "send", set)
}

#[track_caller]
fn act(county: &County, record: Option<RecordId>, action: &str, set: Vec<String>) -> RecordId {
    let by = By { staff: Some("u1".into()), role: "C_OFFICE".into(), on_behalf: false };
    let record = record.map(|id| id.to_string());
    let (kind, action) = ("test_notice".to_owned(), action.to_owned());
    county.ask(record::Act(Act { kind, record, action, set, reason: String::new(), by })).record
}

/// The township has come, and has everything that flows down to it.
fn comes(county: &County, n: u32) {
    let len = |stream| county.app.store().head(stream).len;
    let has = HubHas { all: len(StreamName::DownAll), own: len(StreamName::Down(code(n))) };
    let session = HubSession { at: county.clock.now_ms(), ..HubSession::default() };
    let seen = HubSeen { township: code(n).to_string(), session: Some(session), has: Some(has) };
    let written =
        county.app.store().write(|tx| note::append(tx, Site::Hub, Epoch(1), vec![Kind::Seen(seen)]));
    written.expect("a note in memory");
}

/// The program of the township made its record when the notice arrived.
fn arrives(county: &County, n: u32, notice: RecordId) -> RecordId {
    let set = [format!("notice={notice}"), "title=通知".to_owned(), format!("on={}", county.app.today())];
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    county.at_township(n, "test_signing", None, "arrive", &set).record
}

fn lines(county: &County, wanted: Wanted) -> Vec<Line> {
    county.ask(wanted).lines
}

fn standings(county: &County, wanted: Wanted) -> Vec<(u32, Standing)> {
    let of = |line: &Line| (line.township.number() - code(0).number(), line.standing);
    lines(county, wanted).iter().map(of).collect()
}

fn all() -> Wanted {
    Wanted { all: true, ..Wanted::default() }
}

fn at(county: &County, day: &str) {
    county.clock.set(day_start_ms(day.parse().expect("a day")) + 12 * HOUR_MS);
}

#[test]
fn it_is_delivered_waited_for_overdue_and_answered() {
    use Standing::{Answered, Overdue, Undelivered, Waiting};
    let county = county();
    // Friday 29 May; the working day after it is Monday.
    at(&county, "2026-05-29");
    let sent = notice(&county, "2026-05-29", None);
    assert_eq!(standings(&county, all()), [(1, Undelivered), (2, Undelivered), (3, Undelivered)]);
    comes(&county, 1);
    comes(&county, 2);
    let signing = arrives(&county, 1, sent);
    assert_eq!(standings(&county, all()), [(1, Waiting), (2, Waiting), (3, Undelivered)]);
    let line = lines(&county, all()).swap_remove(0);
    assert_eq!((line.due.as_deref(), line.waiting_days), (Some("2026-06-01"), Some(0)));
    assert_eq!(line.answer, Some(signing), "it is there, and nobody has signed it");
    assert_eq!(line.answered, None);

    at(&county, "2026-06-01");
    assert_eq!(standings(&county, Wanted::default())[0], (1, Waiting));
    at(&county, "2026-06-02");
    assert_eq!(standings(&county, all()), [(1, Overdue), (2, Overdue), (3, Undelivered)]);
    let count = county.app.report_unanswered(Viewer::County);
    assert_eq!(count[&code(1)], Unanswered { overdue: 1, ..Unanswered::default() });
    assert_eq!(count[&code(3)], Unanswered { undelivered: 1, ..Unanswered::default() });

    county.at_township(1, "test_signing", Some(signing), "sign", &[]);
    assert_eq!(standings(&county, all()), [(1, Answered), (2, Overdue), (3, Undelivered)]);
    assert_eq!(standings(&county, Wanted::default()), [(2, Overdue), (3, Undelivered)]);
    let only = Wanted { standing: Some(Answered), ..Wanted::default() };
    let answered = lines(&county, only).swap_remove(0);
    assert!(answered.answered.as_deref().is_some_and(|at| at.starts_with("2026-06-02")), "{answered:?}");
    assert_eq!(answered.waiting_days, None);
    assert!(!county.app.report_unanswered(Viewer::County).contains_key(&code(1)));
}

#[test]
fn only_those_are_asked_to_whom_it_went() {
    let county = county();
    let sent = notice(&county, "2026-06-01", Some("第一片"));
    assert_eq!(standings(&county, all()).iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2]);
    let seen = |viewer| county.app.report_acks(viewer, &all()).expect("an answer").lines.len();
    assert_eq!((seen(Viewer::Township(code(2))), seen(Viewer::Township(code(3)))), (1, 0));
    let first = district::find(&county.app, "第一片").expect("a district");
    assert_eq!(seen(Viewer::District(first)), 2);
    let other = Wanted { township: Some(code(1)), ..all() };
    let refused = county.app.report_acks(Viewer::Township(code(2)), &other).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);

    // Once the county has closed it nobody is asked any more; who answered has answered.
    let signing = arrives(&county, 1, sent);
    county.at_township(1, "test_signing", Some(signing), "sign", &[]);
    act(&county, Some(sent), "close", Vec::new());
    assert_eq!(standings(&county, all()), [(1, Standing::Answered)]);
    act(&county, Some(sent), "void", Vec::new());
    assert_eq!(standings(&county, all()), []);
}

#[test]
fn an_answer_that_is_void_is_none() {
    let county = county();
    let sent = notice(&county, "2026-06-01", None);
    comes(&county, 1);
    let signing = arrives(&county, 1, sent);
    county.at_township(1, "test_signing", Some(signing), "sign", &[]);
    county.at_township(1, "test_signing", Some(signing), "void", &[]);
    assert_eq!(standings(&county, all())[0], (1, Standing::Waiting));
}

/// A circular is signed for by an event: the office's document stays where it is until it is registered.
#[test]
fn who_has_signed_for_a_circular_has_answered_before_it_is_registered() {
    let county = County::of_three();
    at(&county, "2026-06-01");
    let set = ["title=通知", "issuer=县人大办", "composed_on=2026-06-01", "addressed_to=ALL", "body=正文"];
    let sent = county.act("C_OFFICE", "circular_doc", None, "draft", &set);
    let signed = ["signer=主任", "signed_on=2026-06-01"];
    county.act("C_DIRECTOR", "circular_doc", Some(sent), "sign", &signed);
    county.act("C_OFFICE", "circular_doc", Some(sent), "publish", &["published_on=2026-06-01"]);
    comes(&county, 1);
    let circular = format!("circular={sent}");
    let set = ["title=通知", "issuer=县人大办", "received_on=2026-06-01", &circular];
    let set = [&set[..], &["composed_on=2026-06-01", "doc_kind=NOTICE", "urgency=NONE"]].concat();
    let arrived = county.there(1, PROGRAM, "incoming_doc", None, "arrive", &set);
    assert_eq!(standings(&county, all())[0], (1, Standing::Waiting));

    at(&county, "2026-06-02");
    county.there(1, "T_CLERK", "incoming_doc", Some(arrived), "sign_for", &[]);
    let line = lines(&county, all()).swap_remove(0);
    assert_eq!(line.standing, Standing::Answered);
    assert!(line.answered.as_deref().is_some_and(|at| at.starts_with("2026-06-02")), "{line:?}");
    at(&county, "2026-06-05");
    county.there(1, "T_CLERK", "incoming_doc", Some(arrived), "register", &[]);
    let line = lines(&county, all()).swap_remove(0);
    assert!(line.answered.as_deref().is_some_and(|at| at.starts_with("2026-06-02")), "{line:?}");
}

#[test]
fn pages_hold_every_line_once_and_whole_records() {
    let county = county();
    for n in 1..=7 {
        notice(&county, &format!("2026-05-0{n}"), None);
    }
    let whole = lines(&county, Wanted { kind: Some("test_notice".into()), ..all() });
    assert_eq!(whole.len(), 21);
    for limit in [1, 3, 4, 20, 21] {
        let mut wanted = Wanted { limit, ..all() };
        let mut found = Vec::new();
        loop {
            let page = county.ask(wanted.clone());
            assert_eq!(page.lines.len() % 3, 0);
            found.extend(page.lines);
            if page.next.is_empty() {
                break;
            }
            wanted.after = page.next;
        }
        assert_eq!(found, whole, "{limit} to a page");
    }
    assert_eq!(lines(&county, Wanted { from: Some("2026-05-06".into()), ..all() }).len(), 6);
    let wrong = |wanted: Wanted| county.try_ask(wanted).unwrap_err().code;
    assert_eq!(wrong(Wanted { kind: Some("meeting".into()), ..all() }), ErrorCode::NotFound);
    assert_eq!(wrong(Wanted { after: vec![1], ..all() }), ErrorCode::Invalid);
}

/// A document of the county for all its townships, published on the day.
#[track_caller]
fn circular(county: &County) -> RecordId {
    let on = |field: &str| format!("{field}={}", county.app.today());
    let set = ["title=通知", "issuer=县人大常委会", &on("composed_on"), "body=正文", "addressed_to=ALL"];
    let sent = county.act("C_OFFICE", "circular_doc", None, "draft", &set);
    county.act("C_DIRECTOR", "circular_doc", Some(sent), "sign", &["signer=王某", &on("signed_on")]);
    county.act("C_OFFICE", "circular_doc", Some(sent), "publish", &[&on("published_on")])
}

#[test]
fn a_document_is_answered_once_it_is_signed_for() {
    let county = County::of_three();
    let sent = circular(&county);
    comes(&county, 1);
    assert_eq!(county.reacts(1).made, 1);
    let line = lines(&county, all()).swap_remove(0);
    assert_eq!((line.record, line.standing), (sent, Standing::Waiting));
    let theirs = line.answer.expect("the program has made it");
    // It keeps its status until it is registered, which is the office's own affair.
    county.at_township(1, "incoming_doc", Some(theirs), "sign_for", &[]);
    let line = lines(&county, all()).swap_remove(0);
    assert_eq!((line.standing, line.answer), (Standing::Answered, Some(theirs)));
    assert!(line.answered.is_some_and(|at| at.starts_with("2026-06-01")));
}

#[test]
fn what_may_be_answered_or_not_is_not_waited_for() {
    let county = County::of_three();
    let set = ["form=FORUM", "theme=交流", "held_on=2026-09-01", "papers_due=2026-08-01", "addressed_to=ALL"];
    let seminar = county.act("C_OFFICE", "seminar", None, "plan", &set);
    county.act("C_OFFICE", "seminar", Some(seminar), "call", &[]);
    comes(&county, 1);
    assert_eq!(standings(&county, all()), []);
    circular(&county);
    assert_eq!(standings(&county, all()).len(), 3, "what must be answered is");
}

#[test]
fn an_answer_has_time_until_the_day_that_the_county_gave() {
    let county = County::of_three();
    let set =
        ["name=培训班", "from=2026-07-01", "to=2026-07-02", "hours=8", "audience=CHAIR", "addressed_to=ALL"];
    let class = county.act("C_OFFICE", "training_class", None, "plan", &set);
    let set = ["enrol_by=2026-06-10", "place=党校"];
    county.act("C_OFFICE", "training_class", Some(class), "open_enrolment", &set);
    let due = |county: &County| lines(county, all()).into_iter().map(|line| line.due).collect::<Vec<_>>();
    assert_eq!(due(&county), [None, None, None], "it is not known to be there");
    comes(&county, 1);
    assert_eq!(due(&county)[0].as_deref(), Some("2026-06-10"), "told before the answer is begun");
    county.reacts(1);
    assert_eq!(due(&county)[0].as_deref(), Some("2026-06-10"));
    at(&county, "2026-06-10");
    assert_eq!(standings(&county, all())[0], (1, Standing::Waiting));
    at(&county, "2026-06-11");
    assert_eq!(standings(&county, all())[0], (1, Standing::Overdue));
    // The county gives more time: what follows at the office is that of its own record.
    county.act("C_OFFICE", "training_class", Some(class), "edit", &["enrol_by=2026-06-20"]);
    county.reacts(1);
    assert_eq!(standings(&county, all())[0], (1, Standing::Waiting));
}

#[test]
fn a_township_that_was_merged_into_another_owes_nothing_any_more() {
    let county = county();
    let sent = notice(&county, "2026-06-01", None);
    notice(&county, "2026-05-29", None);
    comes(&county, 1);
    let signing = arrives(&county, 1, sent);
    county.at_township(1, "test_signing", Some(signing), "sign", &[]);
    let of_first = |county: &County| {
        standings(county, all())
            .into_iter()
            .filter(|(n, _)| *n == 1)
            .map(|(_, standing)| standing)
            .collect::<Vec<_>>()
    };
    assert_eq!(of_first(&county), [Standing::Answered, Standing::Waiting]);
    county.ask(township::Merge { code: code(1), into: code(2), from: "2026-06-02".into() });
    assert_eq!(of_first(&county), [Standing::Answered, Standing::Waiting], "on the day before");
    at(&county, "2026-06-02");
    assert_eq!(of_first(&county), [Standing::Answered], "what it has answered stays");
    assert!(!county.app.report_unanswered(Viewer::County).contains_key(&code(1)));
}
