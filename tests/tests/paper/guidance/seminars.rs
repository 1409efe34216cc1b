//! Seminars (H08): one or two of the county, one of each district, papers and who came. F2.

use shared::ids::RecordId;

use super::{EAST, World};
use crate::bed::link;

fn planned(world: &World, theme: &str, day: &str, more: &[&str]) -> RecordId {
    let set = [format!("theme={theme}"), format!("held_on={day}")];
    world.office().enter(
        "seminar",
        "plan",
        &[&[set[0].as_str(), &set[1], "form=SYMPOSIUM"][..], more].concat(),
    )
}

#[test]
fn seminars_of_county_and_district_with_their_papers() {
    let world = World::on("2026-06-01");
    let county = planned(&world, "代表工作研讨会", "2026-07-15", &["addressed_to=ALL", "place=县会议中心"]);
    let late = ["papers_due=2026-07-16"];
    assert!(world.office().refused(county, "call", &late).contains("不能早于"));
    world.office().act(county, "call", &["papers_due=2026-07-03"]);
    world.night();
    let papers = [0, 1, 2].map(|town| world.answer(town, "seminar_paper"));
    assert_eq!(papers[0].value("theme"), "代表工作研讨会");
    assert_eq!(papers[0].due("DL-SEMINAR-PAPER"), "2026-07-03");
    assert!(papers[0].refused("submit", &[]).contains("题目"));
    world.go_to("2026-06-30");
    papers[0].clerk("submit", &["title=代表联络站建设的实践", "body=正文", "authors=甲某、乙某"]);
    world.go_to("2026-07-06");
    papers[1].clerk("submit", &["title=闭会期间代表活动"]);
    world.night();
    // Authors stay at home.
    assert_eq!(world.county.value(papers[0].id, "authors"), "");
    assert_eq!(world.county.value(papers[0].id, "authors_count"), "2");
    world.office().act(county, "notice", &[]);
    world.go_to("2026-07-15");
    let of = |town: usize| papers[town].id;
    let rows = format!(
        r#"papers=[
            {{"township":"坎墩镇","title":"代表联络站建设的实践","submitted_on":"2026-06-30","accepted":"true","prize":"一等奖","paper":"{}"}},
            {{"township":"逍林镇","title":"闭会期间代表活动","submitted_on":"2026-07-06","accepted":"true","paper":"{}"}}
        ]"#,
        of(0),
        of(1)
    );
    let came =
        r#"attendees=[{"township":"坎墩镇","people":"2","spoke":"true"},{"township":"逍林镇","people":"1"}]"#;
    world.office().act(county, "hold", &[came, "attendance_count=20", &rows]);
    world.night();
    // Handed in after the seminar there is nothing any more.
    assert_eq!(papers[2].status(), "missed");

    let name = link("to_district", world.districts[EAST]);
    assert!(
        world
            .office()
            .refused_new(
                "seminar",
                "plan",
                &["theme=片会", "held_on=2026-10-20", "form=FORUM", "addressed_to=DISTRICT"]
            )
            .contains("须选片")
    );
    let east = planned(&world, "东片座谈会", "2026-10-20", &["addressed_to=DISTRICT", &name, "place=坎墩镇"]);
    world.office().act(east, "notice", &[]);
    world.night();
    // It is the business of its district alone.
    assert_eq!((world.count(1, "seminar"), world.count(2, "seminar")), (2, 1));
    world.go_to("2026-10-20");
    world.office().act(east, "hold", &[r#"attendees=[{"township":"逍林镇","people":"3"}]"#]);
    world.office().act(county, "summarise", &["summary=会议交流了代表工作。"]);
    world.office().act(county, "close", &[]);

    world.figures(
        "2026",
        &[
            ("F2_held", "2 | 1 | 0 | 0 | 0 | 0"),
            ("F2_county", "1 | 0 | 0 | 0 | 0 | 0"),
            // Two townships came to the county's, one to its district's.
            ("F2_townships", "3 | 3 | 0 | 1 | 2 | 0"),
            ("F2_coverage", "66.7 % | 100.0 % | 0.0 % | 100.0 % | 100.0 % | 0.0 %"),
            ("F2_districts", "50.0 % | — | — | — | — | —"),
            ("F2_accepted", "2 | 2 | 0 | 1 | 1 | 0"),
            ("F2_prizes", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F2_spoke", "1 | 1 | 0 | 1 | 0 | 0"),
            ("F2_papers_sent", "2 | 2 | 0 | 1 | 1 | 0"),
            ("F2_papers_due", "3 | 2 | 1 | 1 | 1 | 1"),
            ("F2_papers_on_time", "33.3 % | 50.0 % | 0.0 % | 100.0 % | 0.0 % | 0.0 %"),
        ],
    );
    assert_eq!(world.met("F2_county", "2026"), Some(true), "one or two in the year");
    assert_eq!(world.missing("F2_coverage", "2026"), ["观海卫镇"]);
    assert_eq!(world.missing("F2_districts", "2026"), ["西片"]);
    assert_eq!(world.met("F2_county", "2025"), Some(false), "none is too few");
}

#[test]
fn a_township_may_have_no_paper_or_two_and_a_cancelled_seminar_asks_for_none() {
    let world = World::on("2026-06-01");
    let seminar = planned(&world, "乡镇人大工作座谈会", "2026-07-15", &["addressed_to=ALL"]);
    world.office().act(seminar, "call", &["papers_due=2026-07-03"]);
    world.night();
    let none = world.answer(0, "seminar_paper");
    none.clerk("decline", &[]);
    let first = world.answer(1, "seminar_paper");
    first.clerk("submit", &["title=第一篇"]);
    let set =
        [link("seminar", seminar), "theme=乡镇人大工作座谈会".to_owned(), "papers_due=2026-07-03".to_owned()];
    let second = world.towns[1].clerk().enter("seminar_paper", "write", &set.each_ref().map(String::as_str));
    world.towns[1].clerk().act(second, "submit", &["title=第二篇"]);
    world.night();
    world.office().act(seminar, "cancel", &[]);
    world.night();
    assert_eq!(world.answer(2, "seminar_paper").status(), "lapsed");
    assert_eq!((none.status().as_str(), first.status().as_str()), ("declined", "submitted"));
    let write =
        world.towns[1].clerk().refused_new("seminar_paper", "write", &set.each_ref().map(String::as_str));
    assert!(write.contains("状态不符合要求"));
    world.go_to("2026-07-31");
    world.night();
    world.figures(
        "2026",
        &[("F2_papers_sent", "2 | 2 | 0 | 0 | 2 | 0"), ("F2_papers_due", "2 | 2 | 0 | 0 | 2 | 0")],
    );
}
