//! Training classes (H09): places, enrolment by the township, who was there by post. F6.

use shared::ids::RecordId;

use super::World;
use crate::bed::{Desk, link};

fn committee(world: &World) -> Desk<'_> {
    world.county.role("C_DEPUTY")
}

/// A class of two days that starts on a day, with places for each township; enrolment is open.
#[track_caller]
fn open(world: &World, name: &str, from: &str, to: &str, enrol_by: &str, whom: &[&str]) -> RecordId {
    let set = [format!("name={name}"), format!("from={from}"), format!("to={to}")];
    let facts = ["hours=12", "audience=CHAIR、VICE、OFFICE_HEAD", "subjects=LAW、BUSINESS", "place=县委党校"];
    let set: Vec<&str> = set.iter().map(String::as_str).chain(facts).chain(whom.iter().copied()).collect();
    let class = committee(world).enter("training_class", "plan", &set);
    let quota = r#"quota=[
        {"township":"坎墩镇","places":"3"},{"township":"逍林镇","places":"2"},{"township":"观海卫镇","places":"2"}
    ]"#;
    let by = format!("enrol_by={enrol_by}");
    committee(world).act(class, "send_quota", &[quota, &by]);
    committee(world).act(class, "open_enrolment", &[]);
    world.night();
    class
}

#[test]
fn three_posts_are_covered_each_by_itself() {
    let world = World::on("2026-04-01");
    let class =
        open(&world, "乡镇人大干部培训班", "2026-04-20", "2026-04-21", "2026-04-10", &["addressed_to=ALL"]);
    assert_eq!(world.county.value(class, "places_total"), "7");
    let answers = [0, 1, 2].map(|town| world.answer(town, "enrolment"));
    assert_eq!(answers[0].status(), "waiting");
    assert_eq!(answers[0].value("class_name"), "乡镇人大干部培训班");
    assert_eq!(answers[0].value("place"), "县委党校");
    assert_eq!(answers[0].due("DL-ENROL"), "2026-04-10");
    assert!(answers[0].refused("submit", &[]).contains("参训人员"));
    world.morning("2026-04-07");
    assert_eq!(answers[0].value("reminded_days"), "3");
    // One field, one step.
    answers[0].clerk("submit", &["people=甲主席|CHAIR；乙副主席|VICE；丙主任|OFFICE_HEAD"]);
    assert_eq!(answers[0].value("enrolled_on"), "2026-04-07");
    answers[1].clerk("decline", &[]);
    // It comes round: two are sent after all, too late.
    world.go_to("2026-04-13");
    answers[1].clerk("submit", &["people=丁主席|CHAIR；戊主任|OFFICE_HEAD"]);
    world.night();
    world.go_to("2026-04-14");
    committee(&world).act(class, "confirm", &[]);
    world.go_to("2026-04-21");
    committee(&world).act(class, "hold", &["attended=4"]);
    let records = r#"records=[
        {"township":"坎墩镇","name":"甲主席","post":"CHAIR","attended":"true","certificate":"true"},
        {"township":"坎墩镇","name":"乙副主席","post":"VICE","attended":"false"},
        {"township":"坎墩镇","name":"丙主任","post":"OFFICE_HEAD","attended":"true","certificate":"true"},
        {"township":"逍林镇","name":"丁主席","post":"CHAIR","attended":"true"},
        {"township":"逍林镇","name":"戊主任","post":"OFFICE_HEAD","attended":"true","certificate":"true"}
    ]"#;
    let exams = r#"exams=[{"township":"坎墩镇","name":"甲主席","mark":"92.5"}]"#;
    committee(&world).act(class, "record", &[records, exams]);
    assert_eq!(world.county.value(class, "trained"), "4");
    world.night();
    // The township has nothing left to do; who never answered is told so; marks stay at the county.
    assert_eq!(answers[0].status(), "attended");
    assert_eq!(answers[1].status(), "attended");
    assert_eq!(answers[2].status(), "missed");
    assert_eq!(world.towns[0].value(class, "exams"), "");
    assert_ne!(world.county.value(class, "exams"), "");

    // A second class, to the east alone: its chair of 坎墩 comes again.
    world.go_to("2026-09-01");
    let east = [link("to_district", world.districts[super::EAST])];
    let second = open(
        &world,
        "写作培训班",
        "2026-09-20",
        "2026-09-21",
        "2026-09-10",
        &["addressed_to=DISTRICT", &east[0]],
    );
    assert_eq!((world.count(1, "enrolment"), world.count(2, "enrolment")), (2, 1));
    world.answer(0, "enrolment").clerk("submit", &["people=甲主席|CHAIR"]);
    world.night();
    world.go_to("2026-09-21");
    committee(&world).act(second, "confirm", &[]);
    let only = r#"records=[{"township":"坎墩镇","name":"甲主席","post":"CHAIR","attended":"true"}]"#;
    committee(&world).act(second, "hold", &["attended=1", only]);
    committee(&world).act(second, "record", &[]);
    world.night();

    world.figures(
        "2026",
        &[
            ("F6_classes", "2 | 1 | 0 | 0 | 0 | 0"),
            ("F6_hours", "24.0 | 12.0 | 0.0 | 0.0 | 0.0 | 0.0"),
            ("F6_quota", "14 | 10 | 4 | 6 | 4 | 4"),
            ("F6_enrolled", "6 | 6 | 0 | 4 | 2 | 0"),
            ("F6_quota_used", "42.9 % | 60.0 % | 0.0 % | 66.7 % | 50.0 % | 0.0 %"),
            ("F6_trained", "5 | 5 | 0 | 3 | 2 | 0"),
            ("F6_persons", "4 | 4 | 0 | 2 | 2 | 0"),
            ("F6_absent", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F6_certificates", "3 | 3 | 0 | 2 | 1 | 0"),
            ("F6_attendance", "83.3 % | 83.3 % | — | 75.0 % | 100.0 % | —"),
            ("F6_chair_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            ("F6_vice_coverage", "0.0 % | 0.0 % | 0.0 % | 0.0 % | 0.0 % | 0.0 %"),
            ("F6_head_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            ("F6_never", "33.3 % | 0.0 % | 100.0 % | 0.0 % | 0.0 % | 100.0 %"),
            // Of the five enrolments asked for, four were answered (a refusal is an answer), three of them in time.
            ("F6_enrol_due", "5 | 4 | 1 | 2 | 2 | 1"),
        ],
    );
    assert_eq!(world.parts("F6_posts", "2026"), ["CHAIR 3", "OFFICE_HEAD 2"]);
    assert_eq!(world.missing("F6_vice_coverage", "2026"), ["坎墩镇", "逍林镇", "观海卫镇"]);
    assert_eq!(world.missing("F6_never", "2026"), ["观海卫镇"]);
    assert_eq!(world.met("F6_chair_coverage", "2026"), Some(false));
    // The year after, everybody is to be trained anew, but who was ever trained stays so.
    world.go_to("2027-02-01");
    assert_eq!(world.missing("F6_chair_coverage", "2027"), ["坎墩镇", "逍林镇", "观海卫镇"]);
    assert_eq!(world.missing("F6_never", "2027"), ["观海卫镇"]);
}

#[test]
fn a_class_that_does_not_take_place_asks_for_nothing_any_more() {
    let world = World::on("2026-04-01");
    let towns = ["addressed_to=TOWNSHIPS", "to_townships=逍林镇、观海卫镇"];
    let class = open(&world, "业务培训班", "2026-04-20", "2026-04-21", "2026-04-10", &towns);
    assert_eq!([0, 1, 2].map(|town| world.count(town, "enrolment")), [0, 1, 1]);
    let answer = world.answer(1, "enrolment");
    answer.clerk("submit", &["people=丁主席|CHAIR"]);
    world.night();
    committee(&world).act(class, "cancel", &[]);
    world.night();
    assert_eq!(answer.status(), "lapsed");
    assert_eq!(world.answer(2, "enrolment").status(), "lapsed");
    world.go_to("2026-04-30");
    world.night();
    world.figures(
        "2026",
        &[
            ("F6_classes", "0 | 0 | 0 | 0 | 0 | 0"),
            ("F6_quota", "0 | 0 | 0 | 0 | 0 | 0"),
            ("F6_enrol_due", "0 | 0 | 0 | 0 | 0 | 0"),
        ],
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let world = World::on("2026-04-01");
    let plan = |more: &[&str]| {
        let facts =
            ["name=培训班", "from=2026-04-20", "to=2026-04-21", "hours=8", "audience=CHAIR", "place=党校"];
        committee(&world).enter("training_class", "plan", &[&facts[..], more].concat())
    };
    // To a district that is not named it cannot go.
    let nowhere = plan(&["addressed_to=DISTRICT"]);
    let set = [r#"quota=[{"township":"坎墩镇","places":"1"}]"#, "enrol_by=2026-04-10"];
    assert!(committee(&world).refused(nowhere, "send_quota", &set).contains("下发片"));
    let class = plan(&["addressed_to=ALL"]);
    assert!(
        committee(&world).refused(class, "open_enrolment", &["enrol_by=2026-04-22"]).contains("不能早于")
    );
    committee(&world).act(class, "open_enrolment", &["enrol_by=2026-04-10"]);
    assert!(committee(&world).refused(class, "confirm", &["enrol_by=2026-04-11"]).contains("不能修改"));
    committee(&world).act(class, "confirm", &[]);
    assert!(committee(&world).refused(class, "hold", &["attended=1"]).contains("不能晚于今天"));
    world.go_to("2026-04-22");
    committee(&world).act(class, "hold", &["attended=1"]);
    // Nobody was there: then it was not held.
    let nobody = r#"records=[{"township":"坎墩镇","post":"CHAIR","attended":"false"}]"#;
    assert!(committee(&world).refused(class, "record", &[nobody]).contains("至少1"));
    // A liaison member does not keep the list.
    let records = r#"records=[{"township":"坎墩镇","post":"CHAIR","attended":"true"}]"#;
    assert_ne!(world.county.role("C_LIAISON").refused(class, "record", &[records]), "");
    committee(&world).act(class, "record", &[records]);
}
