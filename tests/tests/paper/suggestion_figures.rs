//! A1-A18 over ten papers of one year, worked out by hand.

use shared::ids::{RecordId, Site};
use shared::record::Value;
use shared::tally::{Level, Question, grouped};

use crate::bed::{Office, link, links, night, town};
use crate::suggestions::{assigned, evaluated, registered, replied};

/// Ten deputies; what became of their papers, judged on 30 September:
///
/// | paper | assigned | reply of due | class | evaluated | in the end |
/// |---|---|---|---|---|---|
/// | 1 | 2 March, with a co-unit | 20 May of 2 June | A | satisfied | reported and public |
/// | 2 | 2 March | 2 June of 2 June | B | not satisfied, then basically | promises, one late |
/// | 3 | 2 March | 10 June of 2 June | C | no opinion | closed |
/// | 4 recess | 11 May of 11 May | over since 11 August | | | open |
/// | 5 recess | 10 June of 8 June | runs to 10 December | | | open, difficult |
/// | 6 | | | | | merged into 1 |
/// | 7 | | | | | refused |
/// | 8 | 2 March | | | | withdrawn |
/// | 9 | | | | | draft |
/// | 10 recess | sent up 3 July of 8 July | | | | with the county |
fn year() -> (Office, Vec<RecordId>) {
    let office = Office::town("2026-02-02");
    let d = office.deputies(10);
    let agri = "subject=AGRI_RURAL";
    let day = "2026-02-02";
    let one = registered(&office, "一", day, d[0], &[&links("cosigners", &d[1..2])]);
    let two = registered(&office, "二", day, d[2], &[agri, &links("cosigners", &[d[0], d[3]])]);
    let three = registered(&office, "三", day, d[4], &[]);
    let six = registered(&office, "六", day, d[7], &[]);
    let eight = registered(&office, "八", day, d[0], &[agri]);
    let lead = link("lead_deputy", d[8]);
    let paper = ["title=七", "raised_on=2026-02-02", "in_session=IN_SESSION", "subject=OTHER", &lead];
    let seven = office.clerk().enter("proposal", "receive", &paper);
    office.chair().act(seven, "refuse", &["inadmissible_reason=OWN_MATTER"]);
    let nine = office.deputy().enter(
        "proposal",
        "draft",
        &["title=九", "raised_on=2026-02-02", "in_session=RECESS"],
    );
    office.presidium().act(six, "merge", &[&link("merged_into", one)]);

    office.go_to("2026-03-02");
    let day = "2026-03-02";
    assigned(&office, one, "镇城建办", day, &["co_units=镇水务站"]);
    assigned(&office, two, "镇农业农村办", day, &[]);
    assigned(&office, three, "镇城建办", day, &[]);
    assigned(&office, eight, "镇城建办", day, &[]);
    for id in [one, two, three] {
        office.unit().act(id, "accept", &["accepted_on=2026-03-02"]);
    }
    office.go_to("2026-03-20");
    office.deputy().act(eight, "withdraw", &["withdrawn_on=2026-03-20"]);
    office.go_to("2026-04-01");
    office.unit().act(one, "co_opinion", &["co_opinion_on=2026-04-01", "co_unit=镇水务站"]);
    office.go_to("2026-04-30");
    let four = registered(&office, "四", "2026-04-30", d[5], &[agri, "in_session=RECESS"]);
    office.go_to("2026-05-11");
    assigned(&office, four, "镇农业农村办", "2026-05-11", &[]);
    office.unit().act(four, "accept", &["accepted_on=2026-05-11"]);
    office.go_to("2026-05-20");
    replied(&office, one, "2026-05-20", "A", &["contact_before=MEETING"]);
    office.go_to("2026-05-25");
    evaluated(&office, one, "2026-05-25", "SATISFIED", "SATISFIED");
    office.chair().act(one, "close", &["closed_on=2026-05-25"]);
    office.go_to("2026-06-01");
    let five = registered(&office, "五", "2026-06-01", d[6], &["in_session=RECESS"]);
    office.go_to("2026-06-02");
    replied(&office, two, "2026-06-02", "B", &["contact_after=NONE"]);
    office.go_to("2026-06-05");
    evaluated(&office, two, "2026-06-05", "SATISFIED", "UNSATISFIED");
    office.go_to("2026-06-10");
    office.chair().act(two, "redo", &[]);
    assigned(&office, five, "派出所", "2026-06-10", &["complex=是"]);
    replied(&office, three, "2026-06-10", "C", &["contact_after=PHONE"]);
    office.go_to("2026-06-26");
    office.clerk().act(three, "no_opinion", &[]);
    office.chair().act(three, "close", &["closed_on=2026-06-26"]);
    office.go_to("2026-07-01");
    let ten = registered(&office, "十", "2026-07-01", d[1], &["in_session=RECESS"]);
    let promises = |late: &str| {
        format!(
            r#"commitments=[{{"text":"渠道","due":"2026-08-15","done_on":"2026-08-10"}},{{"text":"泵站","due":"2026-08-31"{late}}}]"#
        )
    };
    office.unit().act(two, "reply_again", &["redo_replied_on=2026-07-01", "result_class=B"]);
    office.go_to("2026-07-03");
    office.chair().act(ten, "review", &["review=FILE"]);
    office.chair().act(ten, "escalate", &["sent_on=2026-07-03", "sent_to=县人大"]);
    office.go_to("2026-07-05");
    office.deputy().act(two, "evaluate_again", &["satisfaction=BASIC", "evaluated_on=2026-07-05"]);
    office.chair().act(two, "close", &["closed_on=2026-07-05"]);
    office.clerk().act(two, "track", &["commitment_due=2026-08-31", &promises("")]);
    office.go_to("2026-07-20");
    office.presidium().act(
        one,
        "report",
        &["reported_on=2026-07-15", "reported_session=六次会议", "published_on=2026-07-20"],
    );
    office.go_to("2026-09-30");
    office.clerk().act(two, "fulfil", &["fulfilled_on=2026-09-05", &promises(r#","done_on":"2026-09-05""#)]);
    (office, vec![one, two, three, four, five, six, seven, eight, nine, ten])
}

const FIGURES: [(&str, &str); 30] = [
    ("A1", "8"),
    ("A2", "0.8"),
    ("A3", "80.0 %"),
    ("A4", "87.5 %"),
    ("A5", "66.7 %"),
    ("A6", "50.0 %"),
    ("A7", "3"),
    ("assigned", "5"),
    ("A7_rate", "60.0 %"),
    ("A8", "60.0 %"),
    ("A9", "1"),
    ("A10", "0"),
    ("A11_A", "1"),
    ("A11_B", "1"),
    ("A11_C", "1"),
    ("A11_D", "0"),
    ("A11_solved", "33.3 %"),
    ("A11_solved_or_going", "66.7 %"),
    ("A12", "66.7 %"),
    ("A13", "66.7 %"),
    ("A13_only", "33.3 %"),
    ("A13_at_first", "33.3 %"),
    ("A13_attitude_rate", "66.7 %"),
    ("A14", "33.3 %"),
    ("A15", "90.3"),
    ("A15_median", "92.0"),
    ("A16", "50.0 %"),
    ("A17_assigned", "3"),
    ("A17_co", "100.0 %"),
    ("A18", "33.3 %"),
];

#[test]
fn ten_papers_give_the_figures_that_were_worked_out_by_hand() {
    let (office, _) = year();
    office.figures("2026", &FIGURES);
    assert_eq!(office.missing("A3", "2026"), ["代表09", "代表10"]);
    for (key, count) in [("URBAN_ENV", "5"), ("AGRI_RURAL", "3"), ("OTHER", "0")] {
        assert_eq!(office.part("A1_subject", "2026", key), count, "{key}");
    }
    assert_eq!(office.part("A1_session", "2026", "RECESS"), "3");
    let met: Vec<_> = ["A8", "A12", "A13"].map(|id| office.line(id, "2026").met).into();
    assert_eq!(met, [Some(false); 3], "targets of 100, 100 and 95 percent");
    let county = Office::county("2026-09-30");
    night(&office, &county);
    county.figures("2026", &FIGURES);
}

#[test]
fn every_unit_has_its_own_ledger() {
    let (office, _) = year();
    let kind = office.catalogue.kind("proposal").expect("a kind");
    let unit = kind.field("main_unit").expect("a field").tag;
    let question = Question {
        ids: ["A6", "A7", "A8", "A9", "A12", "A13"].map(str::to_owned).to_vec(),
        level: Level::Township,
        days: shared::tally::Span::Same("2026".parse().expect("a period")),
        as_of: "2026-09-30".parse().expect("a day"),
        offices: Default::default(),
    };
    let found = office.store.read(|views| {
        grouped(views, &office.catalogue, kind, Site::Township(town()), &question, &|record, _| {
            let name = match record.fields.get(&unit) {
                Some(Value::Text(name)) => Some(name.clone()),
                _ => None,
            };
            name.into_iter().collect()
        })
    });
    let of = |name: &str, id: &str| {
        let group = found.iter().find(|group| group.name == name && group.id == id);
        group.map_or_else(|| "none".to_owned(), |group| group.figure.to_string())
    };
    let table = [
        ("镇城建办", ["50.0 %", "2", "0", "100.0 %", "50.0 %"]),
        ("镇农业农村办", ["50.0 %", "1", "1", "0.0 %", "100.0 %"]),
        ("派出所", ["—", "0", "0", "—", "—"]),
    ];
    for (name, figures) in table {
        let told = ["A6", "A7", "A9", "A12", "A13"].map(|id| of(name, id));
        assert_eq!(told, figures.map(str::to_owned), "{name}");
    }
}

#[test]
fn archiving_changes_no_figure() {
    let (office, ids) = year();
    // The tenth is the county's; it lies here until that has closed it.
    let told = office.clerk().refused(ids[9], "archive", &["archived_on=2026-09-30"]);
    assert!(told.contains("县里办结后才能归档"), "{told}");
    let county = Office::county("2026-09-30");
    night(&office, &county);
    let (desk, theirs) = (county.role("C_DEPUTY"), county.made(ids[9], "county_proposal")[0]);
    desk.act(theirs, "not_file", &["closed_on=2026-09-30", "not_filed_reason=不属县级事权"]);
    night(&county, &office);
    assert_eq!(office.status(ids[9]), "county_closed");
    for nth in [1, 6, 7, 8, 10] {
        office.clerk().act(ids[nth - 1], "archive", &["archived_on=2026-09-30"]);
    }
    office.chair().act(ids[1], "report", &["reported_on=2026-09-30", "reported_session=六次会议"]);
    office.clerk().act(ids[1], "archive", &["archived_on=2026-09-30"]);
    office.figures("2026", &FIGURES);
}

#[test]
fn what_is_difficult_counts_once_its_six_months_are_over() {
    let (office, ids) = year();
    assert_eq!(office.due(ids[4], "DL-SG-REPLY"), "2026-12-10");
    office.go_to("2026-12-10");
    office.figures("2026", &[("A6", "50.0 %"), ("A9", "1"), ("A10", "1")]);
    office.go_to("2026-12-11");
    office.figures("2026", &[("A6", "40.0 %"), ("A9", "2"), ("A10", "0")]);
}
