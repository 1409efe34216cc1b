//! B1-B15 over a dozen cases, worked out by hand.

use shared::ids::RecordId;

use crate::bed::{Office, link, night};

/// Registered on the day on which it came.
#[track_caller]
fn came(office: &Office, nth: u32, day: &str, more: &[&str]) -> RecordId {
    office.go_to(day);
    let (title, received, registered) =
        (format!("title=第{nth}件"), format!("received_on={day}"), format!("registered_on={day}"));
    let mut set = vec![
        title.as_str(),
        &received,
        &registered,
        "topic=ROAD",
        "summary=概况",
        "petitioner_name=某",
        "petitioner_address=某村",
    ];
    for default in ["channel=LETTER", "category=CLAIM"] {
        let field = default.split('=').next().unwrap_or_default();
        if !more.iter().any(|set| set.starts_with(field)) {
            set.push(default);
        }
    }
    set.extend(more);
    office.clerk().enter("petition", "register", &set)
}

#[track_caller]
fn approved(office: &Office, id: RecordId, mode: &str) {
    office.clerk().act(id, "propose", &[&format!("proposed_mode={mode}"), "proposal_text=拟办"]);
    office.chair().act(id, "approve", &[]);
}

#[track_caller]
fn handled_since(office: &Office, id: RecordId, transferred: &str, accepted: &str) {
    office.go_to(transferred);
    approved(office, id, "TO_GOV");
    office.clerk().act(id, "transfer", &["to_unit=镇城建办", &format!("transferred_on={transferred}")]);
    office.go_to(accepted);
    office.unit().act(id, "accept", &[&format!("accepted_on={accepted}")]);
}

#[track_caller]
fn told(office: &Office, id: RecordId, day: &str) {
    office.go_to(day);
    office.clerk().act(id, "notify", &[&format!("notified_on={day}")]);
}

#[track_caller]
fn settled(office: &Office, id: RecordId, day: &str, satisfaction: &str) {
    office.go_to(day);
    let (on, satisfaction) = (format!("replied_on={day}"), format!("satisfaction={satisfaction}"));
    office.clerk().act(id, "reply", &["result=SUPPORTED", "reply_form=FACE", &on, &satisfaction]);
    office.chair().act(id, "report", &["reported_to=PRESIDIUM", &format!("reported_on={day}")]);
}

/// The county takes a case up that was sent to it, and answers.
#[track_caller]
fn answered_by_the_county(office: &Office, id: RecordId, day: &str) {
    let county = Office::county(day);
    night(office, &county);
    let desk = county.role("C_OFFICE");
    let theirs = county.made(id, "petition_referral")[0];
    desk.act(theirs, "accept", &[&format!("accepted_on={day}")]);
    desk.act(theirs, "answer", &[&format!("answered_on={day}"), "result=EXPLAINED", "answer_text=已说明"]);
    night(&county, office);
}

/// Case, what became of it, whether it counts where:
///
/// | case | notice | transfer | settled by | six steps |
/// |---|---|---|---|---|
/// | 1 letter | 5 March, in time | 3 days | 20 April of 6 May | all |
/// | 2 visit of six | 20 March of 17 | 8 days | 20 May of 11 | not urged though late |
/// | 3 anonymous call | exempt | the office itself | 30 March of 6 May | all |
/// | 4 lawsuit | in time | told and closed | no timer | not reported |
/// | 5 repeated | in time | 1 day | runs to 30 June | open, three urges |
/// | 6 letter | never, 16 April | 2 days | over since 2 June | open, one urge |
/// | 7 merged | | | | counts nowhere |
/// | 8 withdrawn | no longer due | | | closed |
/// | 9 converted | in time | | | closed |
/// | 10 to the county | in time | | | answered |
/// | 11 accusation | | | | stays here |
/// | 12 through a deputy | in time | | | open |
fn year() -> (Office, Vec<RecordId>) {
    let office = Office::town("2026-03-02");
    let deputy = office.deputies(1)[0];
    let profile = office.clerk().enter(
        "township_profile",
        "draft",
        &["township=坎墩镇", "name=坎墩镇", "node_kind=TOWN", "population=20000"],
    );
    let confirm = [
        "confirmed_on=2026-03-02",
        "chair_kind=FULL_TIME",
        "clerk_mode=FULL_TIME",
        "duties_posted=是",
        "seats_total=60",
    ];
    office.clerk().act(profile, "edit", &[confirm[4]]);
    office.clerk().act(profile, "edit", &confirm[1..4]);
    office.chair().act(profile, "confirm", &confirm[..1]);

    let one = came(&office, 1, "2026-03-02", &[]);
    let two = came(
        &office,
        2,
        "2026-03-02",
        &["channel=VISIT", "category=ADVICE", "people_count=6", "collective=是"],
    );
    let three = came(&office, 3, "2026-03-03", &["channel=PHONE", "category=ADVICE", "anonymous=是"]);
    let four = came(&office, 4, "2026-03-04", &["category=LITIGATION"]);
    office.go_to("2026-03-04");
    approved(&office, three, "SELF");
    office.clerk().act(three, "handle", &["accepted_on=2026-03-04"]);
    handled_since(&office, one, "2026-03-05", "2026-03-05");
    told(&office, one, "2026-03-05");
    office.go_to("2026-03-06");
    approved(&office, four, "REDIRECT");
    office.clerk().act(four, "close_told", &["notified_on=2026-03-06"]);
    handled_since(&office, two, "2026-03-10", "2026-03-11");
    told(&office, two, "2026-03-20");
    settled(&office, three, "2026-03-30", "");
    let five = came(&office, 5, "2026-04-01", &["repeat=REPEAT"]);
    let six = came(&office, 6, "2026-04-01", &[]);
    handled_since(&office, five, "2026-04-02", "2026-04-02");
    handled_since(&office, six, "2026-04-03", "2026-04-03");
    let seven = came(&office, 7, "2026-04-07", &[]);
    office.clerk().act(seven, "merge", &[&link("merged_into", six)]);
    let eight = came(&office, 8, "2026-04-08", &[]);
    let nine = came(&office, 9, "2026-04-08", &[]);
    let ten = came(&office, 10, "2026-04-09", &[]);
    told(&office, nine, "2026-04-09");
    told(&office, ten, "2026-04-09");
    approved(&office, nine, "TO_SUGGESTION");
    office.clerk().act(
        nine,
        "convert",
        &["suggestion_title=关于路灯的建议", &link("suggestion_deputy", deputy)],
    );
    approved(&office, ten, "TO_COUNTY");
    let eleven = came(&office, 11, "2026-04-10", &["category=ACCUSE"]);
    office.chair().act(ten, "escalate", &["escalated_on=2026-04-10"]);
    office.clerk().act(eight, "withdraw", &["withdrawn_on=2026-04-10"]);
    told(&office, five, "2026-04-10");
    office.clerk().act(five, "urge", &[]);
    office.clerk().act(six, "urge", &[]);
    let twelve = came(&office, 12, "2026-04-13", &["channel=VIA_DEPUTY", &link("via_deputy", deputy)]);
    office.clerk().act(five, "urge", &[]);
    told(&office, twelve, "2026-04-14");
    office.go_to("2026-04-16");
    office.clerk().act(five, "urge", &[]);
    settled(&office, one, "2026-04-20", "SATISFIED");
    office.go_to("2026-05-09");
    answered_by_the_county(&office, ten, "2026-05-09");
    settled(&office, two, "2026-05-20", "UNSATISFIED");
    office.chair().act(five, "extend", &["extended_to=2026-06-30"]);
    office.go_to("2026-06-30");
    let all = vec![one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve];
    (office, all)
}

const FIGURES: [(&str, &str); 18] = [
    ("B1", "10"),
    ("B2", "5.0"),
    ("B3", "75.0 %"),
    ("B4", "2.5"),
    ("B4_mean", "3.5"),
    ("B5", "50.0 %"),
    ("B6", "60.0 %"),
    ("B7", "1"),
    ("B8", "10.0 %"),
    ("B9", "1"),
    ("B9_people", "6"),
    ("B10", "20.0 %"),
    ("B11", "50.0 %"),
    ("B12_rate", "100.0 %"),
    ("B13", "2.0"),
    ("B13_three", "1"),
    ("B14", "66.7 %"),
    ("B15", "1"),
];

#[test]
fn a_dozen_cases_give_the_figures_that_were_worked_out_by_hand() {
    let (office, _) = year();
    office.figures("2026", &FIGURES);
    for (key, count) in [("LETTER", "7"), ("VISIT", "1"), ("PHONE", "1"), ("VIA_DEPUTY", "1")] {
        assert_eq!(office.part("B1_channel", "2026", key), count, "{key}");
    }
    for (key, count) in [("CLAIM", "7"), ("ADVICE", "2"), ("LITIGATION", "1"), ("ACCUSE", "0")] {
        assert_eq!(office.part("B1_category", "2026", key), count, "{key}");
    }
    office.figures("2026-03", &[("B1", "4"), ("B6", "100.0 %"), ("B8", "0.0 %")]);
    office.figures("2026-02", &[("B1", "0"), ("B3", "—"), ("B5", "—"), ("B6", "—"), ("B11", "—")]);
    // The county reads the same from what came up.
    let county = Office::county("2026-06-30");
    night(&office, &county);
    county.figures("2026", &FIGURES);
}

#[test]
fn what_still_runs_counts_once_its_day_is_over() {
    let (office, ids) = year();
    let due = |office: &Office| office.deadline(ids[4], "DL-XF-DONE").due;
    assert_eq!(due(&office), "2026-06-30");
    office.figures("2026", &[("B5", "50.0 %"), ("B7", "1")]);
    office.go_to("2026-07-01");
    office.figures("2026", &[("B5", "40.0 %"), ("B7", "2")]);
    // Settled on the last day, as it is entered a day late, it was settled in time.
    office.clerk().act(ids[4], "reply", &["result=PARTLY", "replied_on=2026-06-30", "reply_form=WRITTEN"]);
    office.figures("2026", &[("B5", "60.0 %"), ("B7", "1")]);
}

#[test]
fn archiving_changes_no_figure() {
    let (office, ids) = year();
    for nth in [1, 2, 3, 4, 8, 9] {
        office.clerk().act(ids[nth - 1], "archive", &["archived_on=2026-06-30"]);
    }
    office.figures("2026", &FIGURES);
}

#[test]
fn a_case_that_is_taken_up_again_is_no_longer_reported() {
    let (office, ids) = year();
    office.chair().act(ids[0], "reopen", &[]);
    // Cases 2 and 3 are left, of which 3 has all six steps; 1 is open again.
    office.figures("2026", &[("B6", "50.0 %"), ("B14", "50.0 %")]);
    // A void one never was.
    office.chair().act(ids[4], "void", &[]);
    office.figures("2026", &[("B1", "9"), ("B8", "0.0 %"), ("B13", "1.0"), ("B10", "0.0 %")]);
}
