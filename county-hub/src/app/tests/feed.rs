//! The days that others have in their calendars.

use std::sync::Arc;

use shared::catalogue::model::Catalogue;
use shared::code::ErrorCode;
use shared::ids::RecordId;
use shared::ledger::{Act, By};

use super::bed::{County, code};
use crate::app::feed::{Event, Standing, Wanted};
use crate::app::viewer::Viewer;
use crate::app::{district, record};

fn county() -> County {
    let files = [("test_notice.toml", include_str!("notice.toml"))];
    County::of_three_by(Arc::new(Catalogue::builtin_and(files).expect("sound files")))
}

#[track_caller]
fn act(county: &County, kind: &str, record: Option<RecordId>, action: &str, set: &[&str]) -> RecordId {
    let by = By { staff: Some("u1".into()), role: "C_OFFICE".into(), on_behalf: false };
    let (record, set) =
        (record.map(|id| id.to_string()), set.iter().map(|text| (*text).to_owned()).collect());
    let (kind, action, reason) = (kind.to_owned(), action.to_owned(), "不开了".to_owned());
    county.ask(record::Act(Act { kind, record, action, set, reason, by })).record
}

fn events(county: &County, viewer: Viewer) -> Vec<Event> {
    county.app.report_events(viewer, &Wanted::default()).expect("events")
}

/// (first, last, title, standing)
fn told(events: &[Event]) -> Vec<(String, String, &str, Standing)> {
    let one = |event: &Event| (event.first.to_string(), event.last.to_string());
    events
        .iter()
        .map(|event| {
            let (first, last) = one(event);
            (first, last, event.title.zh.as_str(), event.standing)
        })
        .collect()
}

#[test]
fn what_is_planned_and_said_is_there_and_what_is_off_is_told() {
    let county = county();
    let seminar = act(
        &county,
        "seminar",
        None,
        "plan",
        &["form=FORUM", "addressed_to=ALL", "theme=工作座谈", "held_on=2026-07-01", "place=二楼"],
    );
    assert!(events(&county, Viewer::County).is_empty(), "a draft of the county is nobody's");
    act(&county, "seminar", Some(seminar), "notice", &[]);
    let day = |day: &str| day.to_owned();
    let found = events(&county, Viewer::County);
    assert_eq!(told(&found), [(day("2026-07-01"), day("2026-07-01"), "工作座谈", Standing::Confirmed)]);
    assert_eq!(
        (found[0].place.as_str(), found[0].owner.as_str(), found[0].township),
        ("二楼", "慈溪市", None)
    );
    let rev = found[0].rev;
    act(&county, "seminar", Some(seminar), "cancel", &[]);
    let found = events(&county, Viewer::Township(code(1)));
    assert_eq!(told(&found), [(day("2026-07-01"), day("2026-07-01"), "工作座谈", Standing::Cancelled)]);
    assert!(found[0].rev > rev, "who has it in his calendar takes the newer one");

    act(
        &county,
        "training_class",
        None,
        "plan",
        &[
            "addressed_to=ALL",
            "name=新任培训",
            "from=2026-08-03",
            "to=2026-08-05",
            "hours=16",
            "audience=CHAIR",
        ],
    );
    let meeting = ["title=主席团会议", "form=OTHER", "date_from=2026-06-20", "term_no=19"];
    county.at_township(1, "meeting", None, "plan", &meeting);
    let titles =
        |viewer| -> Vec<String> { events(&county, viewer).into_iter().map(|event| event.title.zh).collect() };
    assert_eq!(titles(Viewer::County), ["主席团会议", "工作座谈"]);
    assert_eq!(titles(Viewer::Township(code(1))), ["主席团会议", "工作座谈"]);
    assert_eq!(titles(Viewer::Township(code(2))), ["工作座谈"]);
    let of = |name| district::find(&county.app, name).expect("a district");
    assert_eq!(titles(Viewer::District(of("第一片"))), ["主席团会议", "工作座谈"]);
    assert_eq!(titles(Viewer::District(of("第二片"))), ["工作座谈"]);
}

#[test]
fn open_deadlines_stand_there_until_they_are_met() {
    let county = county();
    let sent =
        act(&county, "test_notice", None, "send", &["title=报送材料", "on=2026-06-01", "by=2026-06-15"]);
    let found = events(&county, Viewer::County);
    let [event, deadline] = &found[..] else { panic!("{found:?}") };
    assert_eq!((event.standing, deadline.standing), (Standing::Confirmed, Standing::Deadline));
    assert_eq!(deadline.title.zh, "督办事项办结：报送材料");
    assert_eq!((deadline.first.to_string(), deadline.deadline), ("2026-06-15".into(), Some(28)));
    act(&county, "test_notice", Some(sent), "close", &[]);
    let standings: Vec<Standing> = events(&county, Viewer::County).iter().map(|e| e.standing).collect();
    assert_eq!(standings, [Standing::Cancelled]);
}

#[test]
fn a_feed_looks_back_a_year_and_takes_what_is_asked() {
    let county = county();
    for (title, on) in [("旧", "2025-05-30"), ("新", "2025-06-02"), ("远", "2027-01-01")] {
        act(&county, "test_notice", None, "send", &[&format!("title={title}"), &format!("on={on}")]);
    }
    let titles = |wanted: &Wanted| -> Vec<String> {
        let found = county.app.report_events(Viewer::County, wanted).expect("events");
        found.into_iter().map(|event| event.title.zh).collect()
    };
    assert_eq!(titles(&Wanted::default()), ["新", "远"]);
    assert_eq!(titles(&Wanted { kind: Some("test_notice".into()), township: Some(code(3)) }), ["新", "远"]);
    assert_eq!(titles(&Wanted { kind: Some("meeting".into()), township: None }), Vec::<String>::new());
    let refused = |viewer, wanted: &Wanted| county.app.report_events(viewer, wanted).unwrap_err().code;
    let unknown = Wanted { kind: Some("deputy".into()), township: None };
    assert_eq!(refused(Viewer::County, &unknown), ErrorCode::NotFound);
    let other = Wanted { kind: None, township: Some(code(2)) };
    assert_eq!(refused(Viewer::Township(code(1)), &other), ErrorCode::Forbidden);
}
