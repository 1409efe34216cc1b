//! The quarterly liaison meeting (H07) with its exchange reports: one in a quarter, who came by post, issues to the end. F1.

use shared::ids::RecordId;

use super::World;

const TOPICS: &str = "topics=STUDY、INFORM、EXCHANGE、DISCUSS、RESEARCH";

fn planned(world: &World, title: &str, day: &str) -> RecordId {
    world.office().enter("liaison_meeting", "plan", &[&format!("title={title}"), &format!("held_on={day}")])
}

/// Notice is given on the day it is.
#[track_caller]
fn noticed(world: &World, meeting: RecordId, due: &str) {
    let due = format!("report_due={due}");
    let set = ["place=县人大会议室", TOPICS, &due, "report_theme=代表建议办理情况"];
    world.office().act(meeting, "notice", &set);
    world.night();
}

const FIRST: &str = r#"attendance=[
    {"township":"坎墩镇","post":"CHAIR","presence":"PRESENT"},
    {"township":"坎墩镇","post":"VICE","presence":"PRESENT"},
    {"township":"逍林镇","post":"CHAIR","presence":"LEAVE","note":"外出招商"},
    {"township":"逍林镇","post":"VICE","presence":"SUBSTITUTE","note":"办公室主任"},
    {"township":"观海卫镇","post":"CHAIR","presence":"ABSENT"}
]"#;
const SECOND: &str = r#"attendance=[
    {"township":"坎墩镇","post":"CHAIR","presence":"PRESENT"},
    {"township":"逍林镇","post":"CHAIR","presence":"PRESENT"},
    {"township":"观海卫镇","post":"CHAIR","presence":"PRESENT"}
]"#;

#[test]
fn a_year_of_liaison_meetings_from_the_plan_to_the_last_issue() {
    let world = World::on("2026-01-12");
    let first = planned(&world, "一季度联系会", "2026-03-20");
    let second = planned(&world, "二季度联系会", "2026-06-18");
    assert_eq!(world.county.value(first, "quarter"), "Q1");
    assert_eq!(world.county.value(second, "quarter"), "Q2");
    assert_eq!(world.county.value(second, "year"), "2026");
    // One in a quarter; a meeting cannot be moved into the quarter of another either.
    let set = ["title=又一次联系会", "held_on=2026-04-01"];
    assert!(world.office().refused_new("liaison_meeting", "plan", &set).contains("本季度已有一次联系会"));
    assert!(world.office().refused(second, "edit", &["held_on=2026-03-31"]).contains("本季度已有一次联系会"));
    // The days of the year are known to everybody, and nothing is to be written yet.
    world.night();
    assert_eq!((world.count(1, "liaison_meeting"), world.count(1, "exchange_report")), (2, 0));
    world.figures("2026", &[("F1_held", "0 | 0 | 0 | 0 | 0 | 0"), ("F1_scheduled", "2 | 0 | 0 | 0 | 0 | 0")]);

    // Notice is due a week before; the office is told from three weeks on.
    assert_eq!(world.county.due(first, "DL-LIAISON-NOTICE"), "2026-03-13");
    world.morning("2026-02-20");
    assert_eq!(world.county.value(first, "reminded_days"), "21");
    world.go_to("2026-03-10");
    noticed(&world, first, "2026-03-17");
    assert_eq!(world.county.deadline(first, "DL-LIAISON-NOTICE").done.as_deref(), Some("2026-03-10"));
    let reports = [0, 1, 2].map(|town| world.answer(town, "exchange_report"));
    assert!(reports.iter().all(|report| report.status() == "waiting"));
    assert_eq!(reports[0].value("report_theme"), "代表建议办理情况");
    assert_eq!(reports[0].due("DL-EXCHANGE-REPORT"), "2026-03-17");
    world.morning("2026-03-16");
    assert_eq!(reports[0].value("reminded_days"), "1");

    // One hands it in in one step; another says who comes first, and why the chair does not.
    reports[0].clerk("submit", &["report=建议办理情况交流", "chair_reply=COME", "vice_reply=COME"]);
    assert!(reports[1].refused("reply", &["chair_reply=LEAVE"]).contains("请写明替会人或原因"));
    reports[1].clerk("reply", &["chair_reply=LEAVE", "vice_reply=SUBSTITUTE", "reply_note=外出招商"]);
    world.go_to("2026-03-19");
    reports[1].clerk("submit", &["report=联络站建设交流"]);
    world.night();

    assert!(world.office().refused(first, "hold", &[FIRST]).contains("不能晚于今天"));
    world.go_to("2026-03-20");
    let issues = r#"issues=[
        {"township":"坎墩镇","text":"联络站经费没有来源","owner":"COUNTY","way":"FEEDBACK","due":"2026-04-30"},
        {"township":"逍林镇","text":"建议答复走过场","owner":"DEPARTMENT","way":"ASSIGN","ref_no":"交〔2026〕3号"}
    ]"#;
    world.office().act(first, "hold", &[FIRST, issues]);
    world.night();
    world.go_to("2026-03-25");
    world.office().act(
        first,
        "minute",
        &["minutes=会议学习了代表法，交流了建议办理情况。", "minutes_no=联纪〔2026〕1号"],
    );
    assert!(world.office().refused(first, "close", &[]).contains("还有问题没有解决"));
    let half = issues.replacen(r#""due":"2026-04-30""#, r#""due":"2026-04-30","solved_on":"2026-04-28""#, 1);
    let solved =
        half.replace(r#""ref_no":"交〔2026〕3号""#, r#""ref_no":"交〔2026〕3号","solved_on":"2026-05-10""#);
    world.go_to("2026-05-10");
    world.office().act(first, "follow_up", &[&half]);
    world.figures(
        "2026Q1",
        &[("F1_issues", "2 | 0 | 0 | 0 | 0 | 0"), ("F1_issues_rate", "50.0 % | — | — | — | — | —")],
    );
    world.office().act(first, "close", &[&solved]);
    world.night();
    // Who never wrote anything is told that it is over.
    assert_eq!(reports[2].status(), "missed");

    world.go_to("2026-06-08");
    noticed(&world, second, "2026-06-15");
    world.answer(2, "exchange_report").clerk("submit", &["report=民生实事督办交流"]);
    world.night();
    world.go_to("2026-06-18");
    world.office().act(second, "hold", &[SECOND]);
    world.night();

    // By hand. The first: 5 invited (two posts in the east, one chair in the west), 2 present. The second: 3 and 3.
    world.figures(
        "2026Q1",
        &[
            ("F1_held", "1 | 0 | 0 | 0 | 0 | 0"),
            ("F1_invited", "5 | 4 | 1 | 2 | 2 | 1"),
            ("F1_present", "2 | 2 | 0 | 2 | 0 | 0"),
            ("F1_attendance", "40.0 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %"),
            ("F1_chairs", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F1_vices", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F1_quarters", "2 | 2 | 0 | 1 | 1 | 0"),
            ("F1_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            // The second township was two days late; the third did not hand it in.
            ("F1_reports", "2 | 2 | 0 | 1 | 1 | 0"),
            ("F1_reports_due", "3 | 2 | 1 | 1 | 1 | 1"),
            ("F1_reports_met", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F1_reports_on_time", "33.3 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %"),
            ("F1_report_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
        ],
    );
    assert_eq!(world.missing("F1_coverage", "2026Q1"), ["观海卫镇"]);
    assert_eq!(world.parts("F1_presence", "2026Q1"), ["PRESENT 2", "SUBSTITUTE 1", "LEAVE 1", "ABSENT 1"]);
    assert_eq!(world.parts("F1_chair_reply", "2026Q1"), ["COME 1", "LEAVE 1"]);
    world.figures(
        "2026",
        &[
            ("F1_held", "2 | 0 | 0 | 0 | 0 | 0"),
            ("F1_invited", "8 | 6 | 2 | 3 | 3 | 2"),
            ("F1_present", "5 | 4 | 1 | 3 | 1 | 1"),
            ("F1_attendance", "62.5 % | 66.7 % | 50.0 % | 100.0 % | 33.3 % | 50.0 %"),
            // Quarters attended: 2, 2 and 1 of the two that were held.
            ("F1_quarters", "5 | 4 | 1 | 2 | 2 | 1"),
            ("F1_coverage", "100.0 % | 100.0 % | 100.0 % | 100.0 % | 100.0 % | 100.0 %"),
            ("F1_issues_rate", "100.0 % | — | — | — | — | —"),
        ],
    );
    assert_eq!(world.met("F1_held", "2026"), Some(false), "four are wanted");
    let topics = ["STUDY 2", "INFORM 2", "EXCHANGE 2", "DISCUSS 2", "RESEARCH 2"];
    assert_eq!(world.parts("F1_topics", "2026"), topics);
}

#[test]
fn a_meeting_that_is_moved_or_cancelled_takes_the_reports_along() {
    let world = World::on("2026-09-01");
    let meeting = planned(&world, "三季度联系会", "2026-09-24");
    noticed(&world, meeting, "2026-09-18");
    let report = world.answer(0, "exchange_report");
    world.go_to("2026-09-02");
    world.office().act(meeting, "edit", &["held_on=2026-09-28", "report_due=2026-09-22"]);
    world.night();
    assert_eq!(report.value("held_on"), "2026-09-28");
    assert_eq!(report.due("DL-EXCHANGE-REPORT"), "2026-09-22");
    // Handed in, taken back to be put right, handed in again.
    report.clerk("submit", &["report=初稿"]);
    report.clerk("take_back", &[]);
    report.clerk("submit", &["report=定稿"]);
    world.night();
    let other = world.answer(1, "exchange_report");
    world.office().act(meeting, "cancel", &[]);
    world.night();
    assert_eq!((report.status().as_str(), other.status().as_str()), ("submitted", "lapsed"));
    // The quarter is free again; what was asked for in vain is not counted as due, once the township has said so.
    planned(&world, "三季度联系会（改期）", "2026-09-29");
    world.go_to("2026-09-30");
    world.night();
    world.figures(
        "2026Q3",
        &[("F1_reports_due", "1 | 1 | 0 | 1 | 0 | 0"), ("F1_scheduled", "1 | 0 | 0 | 0 | 0 | 0")],
    );
}

#[test]
fn an_office_that_was_off_for_weeks_finds_what_is_still_wanted_of_it() {
    let world = World::on("2026-03-02");
    let meeting = planned(&world, "一季度联系会", "2026-03-20");
    let set = ["place=县人大会议室", TOPICS, "report_due=2026-03-17"];
    world.office().act(meeting, "notice", &set);
    world.night_of(&[0, 1]);
    world.go_to("2026-03-20");
    world.office().act(meeting, "hold", &[FIRST]);
    world.night_of(&[0, 1]);
    assert_eq!(world.count(2, "exchange_report"), 0);
    // Its machine is on again: the report is still taken, late.
    world.go_to("2026-03-24");
    world.night();
    let report = world.answer(2, "exchange_report");
    assert_eq!(
        (report.status().as_str(), report.due("DL-EXCHANGE-REPORT").as_str()),
        ("waiting", "2026-03-17")
    );
    report.clerk("submit", &["report=补报"]);
    world.night();
    world.figures(
        "2026Q1",
        &[
            ("F1_reports", "1 | 0 | 1 | 0 | 0 | 1"),
            ("F1_reports_due", "3 | 2 | 1 | 1 | 1 | 1"),
            ("F1_reports_met", "0 | 0 | 0 | 0 | 0 | 0"),
        ],
    );
}
