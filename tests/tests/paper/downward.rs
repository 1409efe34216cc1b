//! What the county sends and the township answers: documents to sign for, feedback on records, bulletins, targets. F8 and
//! G7 worked out by hand.

use shared::ids::RecordId;

use crate::bed::{Office, link};
use crate::county::County;

/// A document of the county, published today to all.
#[track_caller]
fn published(county: &County, title: &str, more: &[&str]) -> RecordId {
    let today = county.hub.with(|ledger| ledger.clock.today().to_string());
    let office = county.office();
    let title = format!("title={title}");
    let on = format!("composed_on={today}");
    let set = [title.as_str(), &on, "issuer=县人大常委会办公室", "addressed_to=ALL", "body=正文"];
    let id = office.enter("circular_doc", "draft", &[&set[..], more].concat());
    county.director().act(id, "sign", &["signer=主任", &format!("signed_on={today}")]);
    office.act(id, "publish", &[&format!("published_on={today}")]);
    id
}

#[track_caller]
fn filed(office: &Office, id: RecordId, day: &str) {
    office.clerk().act(id, "register", &[]);
    office.clerk().act(id, "screen", &["screening=OURS"]);
    office.clerk().act(id, "propose", &["proposed_mode=HANDLE", "proposal_text=拟办"]);
    office.chair().act(id, "assign", &["unit=人大办", &format!("assigned_on={day}")]);
    office.clerk().act(id, "file", &[&format!("filed_on={day}"), "result=已办"]);
}

#[test]
fn a_document_of_the_county_is_signed_for_and_gets_the_offices_own_number() {
    let county = County::on("2026-03-02");
    let (town, other) = (&county.town, &county.other);
    let due = ["action_required=是", "action_due=2026-03-20"];
    let doc = published(&county, "关于报送上半年工作情况的通知", &due);
    assert_eq!(county.hub.value(doc, "doc_no"), "坎墩人大发〔2026〕1号");
    county.nights();
    let (ours, theirs) =
        (county.answer(town, doc, "incoming_doc"), county.answer(other, doc, "incoming_doc"));
    assert_eq!(town.status(ours), "received");
    for (field, value) in [
        ("doc_no", "坎墩人大发〔2026〕1号"),
        ("issuer_level", "COUNTY_CONGRESS"),
        ("received_on", "2026-03-02"),
        ("action_due", "2026-03-20"),
        ("signed_for_on", ""),
        ("receipt_no", ""),
    ] {
        assert_eq!(town.value(ours, field), value, "{field}");
    }
    assert_eq!(
        (town.due(ours, "DL-ACK"), town.due(ours, "DL-DOC-ACTION")),
        ("2026-03-03".into(), "2026-03-20".into())
    );
    assert!(town.clerk().refused(ours, "register", &[]).contains("先签收，再登记"));
    // One signs the next day, one three days later.
    county.go_to("2026-03-03");
    town.clerk().act(ours, "sign_for", &[]);
    town.clerk().act(ours, "register", &[]);
    assert_eq!(town.value(ours, "receipt_no"), "收〔2026〕1号");
    county.go_to("2026-03-05");
    county.nights();
    county.hub.figures(
        "2026",
        &[
            ("F8_ack", "50.0 %"),
            ("G7_documents", "1"),
            ("G7", "1"),
            ("G7_unsigned", "1"),
            ("G7_county_docs", "2"),
            ("F8_published", "1"),
        ],
    );
    other.clerk().act(theirs, "sign_for", &[]);
    county.nights();
    county.hub.figures("2026", &[("F8_ack", "50.0 %"), ("G7", "0"), ("F8_read", "0")]);
    // Acted on: one in time, one not.
    county.go_to("2026-03-19");
    town.clerk().act(ours, "screen", &["screening=OURS"]);
    town.clerk().act(ours, "propose", &["proposed_mode=HANDLE", "proposal_text=拟办"]);
    town.chair().act(ours, "assign", &["unit=人大办", "assigned_on=2026-03-19"]);
    town.clerk().act(ours, "file", &["filed_on=2026-03-19", "result=已报送"]);
    county.go_to("2026-03-25");
    filed(other, theirs, "2026-03-25");
    county.nights();
    county.hub.figures(
        "2026",
        &[("F8_act", "50.0 %"), ("D15", "50.0 %"), ("F8_read_rate", "100.0 %"), ("F8_ack", "50.0 %")],
    );
    county.again(town);
}

#[test]
fn a_document_that_the_county_withdraws_stays_and_says_so() {
    let county = County::on("2026-03-02");
    let (town, other) = (&county.town, &county.other);
    let doc = published(&county, "关于召开会议的通知", &["action_required=是", "action_due=2026-03-20"]);
    county.nights();
    let (ours, theirs) =
        (county.answer(town, doc, "incoming_doc"), county.answer(other, doc, "incoming_doc"));
    town.clerk().act(ours, "sign_for", &[]);
    filed(town, ours, "2026-03-02");
    county.director().act(doc, "withdraw", &["withdrawn_on=2026-03-02", "withdraw_note=会议改期"]);
    county.nights();
    assert_eq!(
        (town.status(ours), town.value(ours, "county_withdrawn_on")),
        ("filed".into(), "2026-03-02".into())
    );
    assert_eq!(
        (other.status(theirs), other.value(theirs, "county_withdraw_note")),
        ("withdrawn".into(), "会议改期".into())
    );
    county.go_to("2026-03-25");
    county
        .hub
        .figures("2026", &[("G7", "0"), ("F8_act", "100.0 %"), ("D15", "100.0 %"), ("F8_withdrawn", "1")]);
    county.nights();
    assert_eq!(town.shown(ours).steps.iter().filter(|step| step.action == "mark_withdrawn").count(), 1);
}

/// K9: the county spoke of a revision; the record has moved on; the township sees both and decides.
#[test]
fn feedback_says_of_which_revision_it_speaks() {
    let county = County::on("2026-03-02");
    let (town, other) = (&county.town, &county.other);
    let set = [
        "title=关于修路的建议",
        "raised_on=2026-03-02",
        "in_session=RECESS",
        "subject=OTHER",
        "lead_name=某代表",
    ];
    let paper = town.clerk().enter("proposal", "receive", &set);
    county.nights();
    // While the county writes, the office registers and reviews the paper.
    let said = [
        link("target", paper),
        "title=案由过于笼统".to_owned(),
        "text=请写明路段".to_owned(),
        "said_on=2026-03-02".to_owned(),
        "kind=RETURN".to_owned(),
    ];
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let desk = county.deputies();
    let to = |name: &'static str| [&said[..], &[name]].concat();
    assert!(desk.refused_new("feedback", "say", &to("township=坎墩镇")).contains("补正期限"));
    let due = [&to("township=坎墩镇")[..], &["fix_due=2026-03-20"]].concat();
    let elsewhere = [&to("township=周巷镇")[..], &["fix_due=2026-03-20"]].concat();
    assert!(desk.refused_new("feedback", "say", &elsewhere).contains("不是该乡镇的"));
    let feedback = desk.enter("feedback", "say", &due);
    assert_eq!(county.hub.value(feedback, "on_rev"), "1");
    town.clerk().act(paper, "register", &[]);
    town.chair().act(paper, "review", &["review=FILE"]);
    county.nights();
    let reply = county.answer(town, feedback, "feedback_reply");
    assert!(other.made(feedback, "feedback_reply").is_empty());
    assert_eq!((town.value(reply, "on_rev"), town.value(reply, "rev_at_arrival")), ("1".into(), "3".into()));
    assert_eq!(town.value(reply, "moved_on"), "true");
    assert_eq!(
        (town.due(reply, "DL-ACK"), town.due(reply, "DL-FEEDBACK")),
        ("2026-03-03".into(), "2026-03-20".into())
    );
    // The record itself is the township's: nothing in it has changed.
    assert_eq!(town.status(paper), "reviewed");
    county.go_to("2026-03-04");
    town.figures("2026", &[("G7_feedback", "1"), ("G7", "1")]);
    town.clerk().act(reply, "sign_for", &["signed_for_on=2026-03-04"]);
    town.clerk().act(paper, "edit", &["title=关于修缮坎墩大道的建议"]);
    assert!(
        town.chair()
            .refused(reply, "answer", &["answered_on=2026-03-04", "action_taken=DISAGREED"])
            .contains("请写明理由")
    );
    town.chair().act(reply, "answer", &["answered_on=2026-03-04", "action_taken=FIXED"]);
    assert_eq!(town.value(reply, "rev_at_answer"), "4");
    county.nights();
    assert_eq!(
        (county.hub.status(feedback), county.hub.value(feedback, "action_taken")),
        ("answered".into(), "FIXED".into())
    );
    // Asked again, answered again, settled.
    desk.act(feedback, "ask_again", &["again_note=再写明起讫点", "again_due=2026-03-30"]);
    county.nights();
    assert_eq!(
        (town.status(reply), town.due(reply, "DL-FEEDBACK")),
        ("received".into(), "2026-03-30".into())
    );
    town.chair().act(
        reply,
        "answer",
        &["answered_on=2026-03-04", "action_taken=EXPLAINED", "answer_text=已在正文写明"],
    );
    county.nights();
    assert_eq!(
        (county.hub.status(feedback), county.hub.value(feedback, "answer_no")),
        ("answered".into(), "2".into())
    );
    desk.act(feedback, "settle", &["settled_on=2026-03-04"]);
    county.nights();
    county.again(town);
    assert_eq!(town.status(reply), "settled");
    county.hub.figures("2026", &[("H13_returned", "1"), ("H13_open", "0"), ("H13_on_time", "100.0 %")]);
}

#[test]
fn feedback_on_what_was_voided_meanwhile_still_arrives() {
    let county = County::on("2026-03-02");
    let set =
        ["title=某建议", "raised_on=2026-03-02", "in_session=RECESS", "subject=OTHER", "lead_name=某代表"];
    let paper = county.town.clerk().enter("proposal", "receive", &set);
    county.nights();
    let target = link("target", paper);
    let said = [&target, "township=坎墩镇", "title=写得好", "text=表扬", "kind=PRAISE", "said_on=2026-03-02"];
    let said = said.map(|text| text as &str);
    let told = county.office().refused_new("feedback", "say", &[&said[..], &["fix_due=2026-03-20"]].concat());
    assert!(told.contains("表扬不设补正期限"), "{told}");
    let feedback = county.office().enter("feedback", "say", &said);
    county.town.chair().act(paper, "void", &[]);
    county.nights();
    let reply = county.answer(&county.town, feedback, "feedback_reply");
    assert!(!county.town.has(reply, "DL-FEEDBACK"));
    county.town.chair().act(reply, "answer", &["answered_on=2026-03-02", "action_taken=NOTED"]);
    county.nights();
    assert_eq!(county.hub.status(feedback), "answered");
}

#[test]
fn who_has_read_a_bulletin_is_seen() {
    let county = County::on("2026-04-02");
    let (town, other) = (&county.town, &county.other);
    let office = county.office();
    let set = [
        "kind=RANKING",
        "title=第一季度宣传排名通报",
        "made_on=2026-04-02",
        "addressed_to=ALL",
        "body=第一名坎墩镇",
    ];
    let ranking = office.enter("bulletin", "draft", &set);
    assert!(office.refused(ranking, "publish", &["published_on=2026-04-02"]).contains("不能办理"));
    assert!(county.director().refused(ranking, "approve", &["published_on=2026-04-02"]).contains("写明时段"));
    office.act(ranking, "edit", &["period_from=2026-01-01", "period_to=2026-03-31"]);
    county.director().act(ranking, "approve", &["published_on=2026-04-02"]);
    let set = [
        "kind=NOTICE",
        "title=先进单位公示",
        "made_on=2026-04-02",
        "addressed_to=ALL",
        "body=名单",
        "objections_by=2026-04-09",
    ];
    let notice = office.enter("bulletin", "draft", &set);
    county.director().act(notice, "approve", &["published_on=2026-04-02"]);
    assert_eq!(county.hub.value(notice, "issue_no"), "2026年第1期", "each kind has numbers of its own");
    county.nights();
    let (read, named) =
        (county.answer(town, ranking, "bulletin_read"), county.answer(town, notice, "bulletin_read"));
    town.clerk().act(read, "read", &["read_on=2026-04-02"]);
    assert!(
        town.chair()
            .refused(read, "object", &["objected_on=2026-04-02", "objection=不对"])
            .contains("不能办理")
    );
    town.chair().act(named, "object", &["objected_on=2026-04-02", "objection=漏列一项"]);
    county.nights();
    county.hub.figures(
        "2026",
        &[
            ("H14_came", "4"),
            ("H14_read", "2"),
            ("H14_read_rate", "50.0 %"),
            ("H14_objected", "1"),
            ("G7", "0"),
        ],
    );
    // Withdrawn, it is no longer waited for.
    office.act(ranking, "withdraw", &["withdrawn_on=2026-04-02", "withdraw_note=数字有误"]);
    county.nights();
    let late = county.answer(other, notice, "bulletin_read");
    county.go_to("2026-04-10");
    assert!(
        other
            .chair()
            .refused(late, "object", &["objected_on=2026-04-10", "objection=晚了"])
            .contains("公示已经截止")
    );
    county.hub.figures("2026", &[("H14_came", "2"), ("H14_read_rate", "50.0 %")]);
}

#[test]
fn a_target_is_signed_for_and_again_when_it_is_adjusted() {
    let county = County::on("2026-03-02");
    let (office, director) = (county.office(), county.director());
    let set = ["title=宣传任务", "year=2026", "starts_on=2026-01-01", "township=坎墩镇"];
    assert!(
        office
            .refused(
                office.enter("target", "draft", &[&set[..2], &["starts_on=2025-01-01", set[3]]].concat()),
                "submit",
                &["target=95", "advanced=145"]
            )
            .contains("1月1日")
    );
    let target = office.enter("target", "draft", &set);
    office.act(target, "submit", &["target=95", "advanced=145"]);
    director.act(target, "issue", &["issued_on=2026-03-02"]);
    // A second for the same figure of the year is refused as long as the first stands.
    let twin = office.enter("target", "draft", &set);
    let told = office.refused(twin, "submit", &["target=90", "advanced=140", "again_note=重复"]);
    assert!(told.contains("该乡镇本年度已有这项任务"), "{told}");
    county.nights();
    let ack = county.answer(&county.town, target, "target_ack");
    assert_eq!(
        (county.town.value(ack, "target_value"), county.town.value(ack, "advanced")),
        ("95".into(), "145".into())
    );
    assert!(county.other.made(target, "target_ack").is_empty());
    county.go_to("2026-03-05");
    county.nights();
    county.hub.figures("2026", &[("G7_targets", "1"), ("G7", "1"), ("H03_signed", "0")]);
    county.town.clerk().act(ack, "sign_for", &["signed_for_on=2026-03-05"]);
    county.nights();
    county.hub.figures("2026", &[("G7", "0"), ("H03_signed", "1")]);
    director.act(target, "adjust", &["target=85", "adjusted_on=2026-03-05", "adjust_note=辖区调整"]);
    county.nights();
    county.again(&county.town);
    assert_eq!(
        (county.town.status(ack), county.town.value(ack, "target_value")),
        ("waiting".into(), "85".into())
    );
    county.town.clerk().act(ack, "sign_for", &["signed_for_on=2026-03-05"]);
    county.nights();
    assert_eq!(county.town.status(ack), "signed");
    director.act(target, "void", &[]);
    county.nights();
    assert_eq!(county.town.status(ack), "withdrawn");
}
