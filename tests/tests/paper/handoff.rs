//! What a township hands to the county: county deputies' papers, what lies beyond its powers, escalated cases. The county
//! owns them from then on; the township's record follows; each is counted once.

use shared::ids::RecordId;

use crate::bed::Office;
use crate::county::County;

/// A county deputy's paper, handed in by the town on 2 March 2026.
#[track_caller]
fn handed_in(office: &Office) -> RecordId {
    let set = [
        "title=关于改建县道的建议",
        "level=COUNTY_VIA_TOWN",
        "raised_on=2026-03-02",
        "in_session=IN_SESSION",
        "subject=URBAN_ENV",
        "body=县道路面破损，正文不上传",
    ];
    let id = office.clerk().enter("proposal", "collect", &set);
    office.clerk().act(id, "type", &["lead_name=某县代表"]);
    office.clerk().act(id, "send", &["sent_on=2026-03-02", "sent_to=县人大选任联"]);
    id
}

/// A suggestion that the town cannot settle itself, sent up on 2 March 2026.
#[track_caller]
fn sent_up(office: &Office) -> RecordId {
    let set = [
        "title=关于增设公交线路的建议",
        "raised_on=2026-03-02",
        "in_session=RECESS",
        "subject=URBAN_ENV",
        "lead_name=某代表",
    ];
    let id = office.clerk().enter("proposal", "receive", &set);
    office.clerk().act(id, "register", &[]);
    office.chair().act(id, "review", &["review=FILE"]);
    office.chair().act(id, "escalate", &["sent_on=2026-03-02", "sent_to=县人大代表工委"]);
    id
}

/// A case of a citizen, sent up on 2 March 2026.
#[track_caller]
fn escalated(office: &Office, more: &[&str]) -> RecordId {
    let set = [
        "title=张三反映河道污染",
        "received_on=2026-03-02",
        "registered_on=2026-03-02",
        "channel=LETTER",
        "topic=ENV",
        "summary=住在河边的张三来信",
        "petitioner_name=张三",
        "petitioner_address=坎墩镇一号",
    ];
    let plain: &[&str] = if more.is_empty() { &["category=CLAIM"] } else { more };
    let id = office.clerk().enter("petition", "register", &[&set[..], plain].concat());
    office.clerk().act(id, "propose", &["proposed_mode=TO_COUNTY", "proposal_text=报县"]);
    office.chair().act(id, "approve", &[]);
    if more.is_empty() {
        office.chair().act(id, "clear_summary", &["summary_cleared=河道跨界污染", "desensitised=是"]);
    }
    office.chair().act(id, "escalate", &["escalated_on=2026-03-02"]);
    id
}

#[test]
fn a_county_deputys_paper_becomes_the_countys_and_its_milestones_come_down() {
    let county = County::on("2026-03-02");
    let town = &county.town;
    let paper = handed_in(town);
    county.nights();
    let made = county.hub.made(paper, "county_proposal");
    assert_eq!(made.len(), 1);
    let theirs = made[0];
    assert_eq!(county.hub.value(theirs, "title"), "关于改建县道的建议");
    assert!(county.hub.value(theirs, "township").contains("330282002"));
    assert_eq!(county.hub.due(theirs, "DL-HANDOFF"), "2026-03-09", "five working days");
    let rev = county.hub.value(theirs, "handed_rev").parse::<u32>().expect("a revision");
    assert_eq!(rev, town.shown(paper).rev);
    // The mirror: it has come down, to this township alone.
    assert_eq!(town.status(theirs), "received");
    assert!(county.other.made(paper, "county_proposal").is_empty());
    // The township cannot change it any more.
    for (desk, action, set) in [
        (town.clerk(), "edit", &["title=改题"][..]),
        (town.clerk(), "withdraw", &["withdrawn_on=2026-03-02"]),
        (town.clerk(), "archive", &["archived_on=2026-03-02"]),
        (town.chair(), "void", &[]),
        (town.chair(), "correct", &["title=改题"]),
        (town.clerk(), "county_reply", &["county_replied_on=2026-03-02"]),
        (town.clerk(), "note_county_reply", &["county_replied_on=2026-03-02"]),
        (town.chair(), "back_to_collected", &[]),
    ] {
        let told = desk.refused(paper, action, set);
        assert!(!told.is_empty(), "{action}");
    }
    let rev_now = town.shown(paper).rev;
    // What the county does, the township's record follows; nights without news change nothing.
    let desk = county.deputies();
    county.go_to("2026-03-05");
    desk.act(theirs, "accept", &["accepted_on=2026-03-05"]);
    assert_eq!(county.hub.value(theirs, "county_no"), "1");
    county.nights();
    assert_eq!(
        (town.status(paper), town.value(paper, "county_accepted_on")),
        ("county_accepted".into(), "2026-03-05".into())
    );
    desk.act(theirs, "assign", &["unit=县交通局", "assigned_on=2026-03-05"]);
    assert_eq!(county.hub.due(theirs, "DL-SG-REPLY"), "2026-06-05");
    county.nights();
    county.nights();
    assert_eq!(
        (town.status(paper), town.value(paper, "county_unit")),
        ("county_assigned".into(), "县交通局".into())
    );
    assert_eq!(town.shown(paper).rev, rev_now + 2, "two steps and no more");
    county.go_to("2026-05-20");
    let reply = ["replied_on=2026-05-20", "result_class=B", "reply_text=列入年度计划"];
    desk.act(theirs, "reply", &reply);
    county.nights();
    assert_eq!(
        (town.status(paper), town.value(paper, "county_reply")),
        ("county_replied".into(), "列入年度计划".into())
    );
    // Not satisfied: handled again, within a month; both replies came down.
    desk.act(theirs, "evaluate", &["satisfaction=UNSATISFIED", "evaluated_on=2026-05-20"]);
    assert!(desk.refused(theirs, "close", &["closed_on=2026-05-20"]).contains("须先重新办理一次"));
    desk.act(theirs, "redo", &["assigned_on=2026-05-20"]);
    county.nights();
    assert_eq!(town.status(paper), "county_assigned");
    county.go_to("2026-06-10");
    desk.act(theirs, "reply", &["replied_on=2026-06-10", "result_class=A", "reply_text=已改建"]);
    desk.act(theirs, "evaluate", &["satisfaction=SATISFIED", "evaluated_on=2026-06-10"]);
    desk.act(theirs, "close", &["closed_on=2026-06-10"]);
    county.nights();
    assert_eq!(town.status(paper), "county_closed");
    assert_eq!(town.value(paper, "county_reply"), "已改建");
    assert_eq!(town.value(paper, "county_satisfaction"), "SATISFIED");
    county.again(town);
    // Counted once: the paper is the township's, what was made of it the county's.
    let counted = [
        ("A1", "1"),
        ("sent_up", "1"),
        ("A6", "—"),
        ("H18_received", "1"),
        ("H18_replied", "1"),
        ("H18_closed", "1"),
        ("H18_on_time", "100.0 %"),
        ("H18_satisfaction", "100.0 %"),
    ];
    county.hub.figures("2026", &counted);
    town.figures("2026", &counted);
    county.other.figures("2026", &[("A1", "0"), ("H18_received", "0")]);
    town.clerk().act(paper, "archive", &["archived_on=2026-06-10"]);
    town.figures("2026", &[("A1", "1")]);
}

#[test]
fn what_the_county_gives_back_goes_on_in_the_township_and_may_come_again() {
    let county = County::on("2026-03-02");
    let town = &county.town;
    let paper = sent_up(town);
    county.nights();
    let theirs = county.hub.made(paper, "county_proposal")[0];
    county.deputies().act(theirs, "give_back", &["given_back_on=2026-03-02", "give_back_note=属镇级事权"]);
    county.nights();
    assert_eq!(
        (town.status(paper), town.value(paper, "given_back_note")),
        ("reviewed".into(), "属镇级事权".into())
    );
    assert_eq!(town.due(paper, "DL-SG-ASSIGN"), "2026-03-09", "it is to be assigned here");
    town.clerk().act(paper, "edit", &["subject=OTHER"]);
    // Handed over once more: the same record of the county takes it up; the old answer does not send it back.
    county.go_to("2026-03-10");
    town.chair().act(paper, "escalate", &["sent_on=2026-03-10", "sent_to=县人大代表工委"]);
    county.exchange(town);
    assert_eq!(town.status(paper), "escalated");
    county.nights();
    assert_eq!(county.hub.made(paper, "county_proposal"), [theirs]);
    assert_eq!(
        (county.hub.status(theirs), county.hub.value(theirs, "sent_on")),
        ("received".into(), "2026-03-10".into())
    );
    assert_eq!(county.hub.value(theirs, "subject"), "OTHER");
    county.deputies().act(theirs, "accept", &["accepted_on=2026-03-10"]);
    assert!(
        county
            .deputies()
            .refused(theirs, "give_back", &["given_back_on=2026-03-10", "give_back_note=晚了"])
            .contains("已受理")
    );
    county.nights();
    assert_eq!(town.status(paper), "county_accepted");
    county.again(town);
    county.hub.figures(
        "2026",
        &[("A1", "1"), ("H18_received", "1"), ("H18_given_back", "0"), ("H18_accepted", "1")],
    );
    // A county deputy's paper goes back to be put right.
    let other = handed_in(town);
    county.nights();
    let theirs = county.hub.made(other, "county_proposal")[0];
    county.deputies().act(theirs, "give_back", &["given_back_on=2026-03-10", "give_back_note=缺方案"]);
    county.nights();
    assert_eq!(town.status(other), "collected");
    town.clerk().act(other, "type", &[]);
    town.clerk().act(other, "send", &["sent_on=2026-03-10"]);
    county.nights();
    assert_eq!(county.hub.status(theirs), "received");
}

#[test]
fn a_case_sent_up_goes_without_names_and_its_answer_comes_down() {
    let county = County::on("2026-03-02");
    let town = &county.town;
    let case = escalated(town, &[]);
    // An accusation goes on paper; nothing of it is known at the county.
    let accusation = escalated(town, &["category=ACCUSE"]);
    county.nights();
    let theirs = county.hub.made(case, "petition_referral");
    assert_eq!(theirs.len(), 1);
    let theirs = theirs[0];
    let shown = county.hub.shown(theirs);
    assert_eq!(shown.fields["title"], "信访 坎墩人信〔2026〕1号");
    assert_eq!(shown.fields["summary_cleared"], "河道跨界污染");
    let told = format!("{:?}{:?}", shown.fields, shown.local);
    assert!(!told.contains("张三") && !told.contains("一号\""), "{told}");
    assert!(county.hub.made(accusation, "petition_referral").is_empty());
    // Frozen, but that the petitioner is told here.
    for (desk, action, set) in [
        (town.clerk(), "edit", &["topic=LAND"][..]),
        (town.clerk(), "withdraw", &["withdrawn_on=2026-03-02"]),
        (town.chair(), "void", &[]),
        (town.chair(), "correct", &["topic=LAND"]),
        (town.chair(), "take_back", &[]),
        (town.chair(), "clear_summary", &["summary_cleared=别的"]),
        (town.clerk(), "note_county_answer", &["county_answered_on=2026-03-02"]),
    ] {
        assert!(!desk.refused(case, action, set).is_empty(), "{action}");
    }
    town.clerk().act(case, "notify", &["notified_on=2026-03-02"]);
    town.figures("2026", &[("B12", "1"), ("B12_rate", "0.0 %")]);
    county.go_to("2026-03-04");
    let office = county.office();
    office.act(theirs, "accept", &["accepted_on=2026-03-04"]);
    assert_eq!(county.hub.value(theirs, "referral_no"), "坎墩人大信〔2026〕1号");
    office.act(theirs, "assign", &["unit=县生态环境局", "assigned_on=2026-03-04"]);
    county.nights();
    assert_eq!(
        (town.status(case), town.value(case, "county_unit")),
        ("county_assigned".into(), "县生态环境局".into())
    );
    assert!(town.clerk().refused(case, "archive", &["archived_on=2026-03-04"]).contains("只能在"));
    county.go_to("2026-04-01");
    office.act(theirs, "answer", &["answered_on=2026-04-01", "result=SUPPORTED", "answer_text=已责成整改"]);
    office.act(theirs, "close", &["closed_on=2026-04-01"]);
    county.nights();
    county.again(town);
    assert_eq!(town.status(case), "county_closed");
    assert_eq!(town.value(case, "county_answer"), "已责成整改");
    assert!(!county.hub.shown(case).fields.contains_key("county_answer"), "the answer stays in the office");
    // The accusation was answered on paper.
    town.clerk().act(accusation, "note_county_answer", &["county_answered_on=2026-04-01"]);
    // B12: of one row that the county knows one is answered; the office itself has two.
    county.hub.figures(
        "2026",
        &[
            ("B12", "1"),
            ("B12_answered", "1"),
            ("B12_rate", "100.0 %"),
            ("B12_received", "1"),
            ("B12_county_answered", "1"),
            ("B12_on_time", "100.0 %"),
            ("B1", "1"),
        ],
    );
    town.clerk().act(case, "archive", &["archived_on=2026-04-01"]);
}

#[test]
fn a_case_given_back_is_proposed_anew() {
    let county = County::on("2026-03-02");
    let town = &county.town;
    let case = escalated(town, &[]);
    county.nights();
    let theirs = county.hub.made(case, "petition_referral")[0];
    county.office().act(theirs, "give_back", &["given_back_on=2026-03-02", "give_back_note=由镇办理"]);
    county.nights();
    assert_eq!(
        (town.status(case), town.value(case, "given_back_note")),
        ("registered".into(), "由镇办理".into())
    );
    assert!(!county.hub.shown(case).fields.contains_key("given_back_note"));
    town.clerk().act(case, "propose", &["proposed_mode=SELF", "proposal_text=本办办理"]);
    town.chair().act(case, "approve", &[]);
    town.clerk().act(case, "handle", &["accepted_on=2026-03-02"]);
    county.nights();
    county.hub.figures("2026", &[("B12", "1"), ("B12_given_back", "1"), ("B1", "1")]);
}
