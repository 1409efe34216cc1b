//! Assignments of the county (H04): issued to townships, received, reported, accepted or returned, cancelled; the figures
//! of F9 worked out by hand.

use shared::ids::RecordId;

use crate::bed::{Office, link};
use crate::county::County;

/// An assignment issued on 2 March 2026, due on 30 April.
#[track_caller]
fn issued(county: &County, more: &[&str]) -> RecordId {
    let office = county.office();
    let set = ["title=报送代表联络站建设情况", "form=MATERIAL", "due=2026-04-30"];
    let to: &[&str] =
        if more.iter().any(|set| set.starts_with("addressed_to")) { &[] } else { &["addressed_to=ALL"] };
    let id = office.enter("assignment", "draft", &[&set[..], to, more].concat());
    county.director().act(id, "approve", &["approved_on=2026-03-02", "text=按表报送"]);
    office.act(id, "issue", &["issued_on=2026-03-02"]);
    id
}

/// The county's line for a township.
#[track_caller]
fn line(county: &County, assignment: RecordId, township: &Office) -> RecordId {
    let mut lines = county.hub.made(assignment, "assignment_line");
    let code = township.site.to_string();
    lines.retain(|id| county.hub.value(*id, "township").contains(&code));
    assert_eq!(lines.len(), 1, "lines of {code}");
    lines[0]
}

/// What a township's program made of it.
#[track_caller]
fn report(county: &County, assignment: RecordId, township: &Office) -> RecordId {
    county.answer(township, line(county, assignment, township), "assignment_report")
}

#[track_caller]
fn received(township: &Office, id: RecordId, day: &str) {
    let on = format!("received_on={day}");
    township.clerk().act(id, "receive", &[&on, "in_charge_post=专干", "in_charge_name=某人"]);
}

#[track_caller]
fn reported(township: &Office, id: RecordId, day: &str) {
    township.chair().act(id, "report", &[&format!("reported_on={day}"), "result=已建站三个"]);
}

#[test]
fn an_assignment_goes_down_to_each_township_and_its_report_comes_back() {
    let county = County::on("2026-03-02");
    let id = issued(&county, &[]);
    assert_eq!(county.hub.value(id, "no"), "坎墩人大交〔2026〕1号");
    let (ours, theirs) = (line(&county, id, &county.town), line(&county, id, &county.other));
    assert_eq!(county.hub.status(ours), "issued");
    county.figures_of_undelivered("2");
    // One night: the township's program has made its record; the county hears of it the night after.
    county.exchange(&county.town);
    let mine = report(&county, id, &county.town);
    assert_eq!(county.town.status(mine), "waiting");
    assert_eq!(county.town.due(mine, "DL-ASSIGNMENT"), "2026-04-30");
    assert_eq!(county.town.due(mine, "DL-ACK"), "2026-03-03", "one working day after it came");
    county.nights();
    assert_eq!(
        (county.hub.status(ours), county.hub.status(theirs)),
        ("delivered".into(), "delivered".into())
    );
    assert_eq!(county.hub.value(ours, "delivered_on"), "2026-03-02");
    // One office signs for it the next morning, the other sleeps.
    county.go_to("2026-03-03");
    received(&county.town, mine, "2026-03-03");
    county.go_to("2026-03-05");
    county.nights();
    assert_eq!(county.hub.status(ours), "received");
    assert_eq!(county.hub.value(ours, "in_charge_post"), "专干");
    assert!(!county.hub.shown(mine).local.contains_key("in_charge_name"), "names stay in the office");
    county.hub.figures(
        "2026",
        &[
            ("F9_issued", "2"),
            ("F9_received", "1"),
            ("F9_ack", "50.0 %"),
            ("G7_assignments", "1"),
            ("G7", "1"),
        ],
    );
    county.town.figures("2026", &[("G7", "0"), ("F9_ack", "100.0 %")]);
    county.other.figures("2026", &[("G7", "1"), ("F9_ack", "0.0 %"), ("F9_undelivered", "0")]);
    // Progress is told as it comes, each entry once.
    county.go_to("2026-03-20");
    county.town.clerk().act(mine, "begin", &["started_on=2026-03-20"]);
    let step = ["latest_on=2026-03-20", "latest_text=正在汇总", "percent=40"];
    county.town.clerk().act(mine, "progress", &step);
    county.nights();
    assert_eq!(county.hub.status(ours), "in_progress");
    assert_eq!(county.hub.value(ours, "latest_text"), "正在汇总");
    let steps = county.hub.shown(ours).steps.len();
    county.nights();
    assert_eq!(county.hub.shown(ours).steps.len(), steps, "no news is not written again");
    // Only the chair reports; what the county decides comes down.
    assert!(
        county.town.clerk().refused(mine, "accept", &["accepted_on=2026-03-20"]).contains("由系统自动办理")
    );
    county.go_to("2026-04-28");
    reported(&county.town, mine, "2026-04-28");
    county.nights();
    assert_eq!(county.hub.status(ours), "reported");
    assert_eq!(county.hub.value(ours, "result"), "已建站三个");
    let office = county.office();
    assert!(office.refused(id, "close", &["closed_on=2026-04-28"]).contains("还有乡镇没有报结果"));
    office.act(ours, "accept", &["accepted_on=2026-04-28", "accept_note=材料齐全"]);
    county.nights();
    assert_eq!(county.town.status(mine), "accepted");
    assert_eq!(county.town.value(mine, "accept_note"), "材料齐全");
    // The other office reports late.
    county.go_to("2026-05-06");
    let late = report(&county, id, &county.other);
    county.hub.figures("2026", &[("F9", "50.0 %"), ("F9_overdue", "1"), ("F9_done_rate", "50.0 %")]);
    received(&county.other, late, "2026-05-06");
    reported(&county.other, late, "2026-05-06");
    county.nights();
    office.act(theirs, "accept", &["accepted_on=2026-05-06"]);
    office.act(id, "close", &["closed_on=2026-05-06", "summary=两镇均已报送"]);
    county.nights();
    assert_eq!(county.hub.status(theirs), "closed");
    county.hub.figures(
        "2026",
        &[
            ("F9_issued", "2"),
            ("F9_received", "2"),
            ("F9_done", "2"),
            ("F9_due", "2"),
            ("F9_met", "1"),
            ("F9", "50.0 %"),
            ("F9_done_rate", "100.0 %"),
            ("F9_returned", "0"),
            ("F9_overdue", "0"),
            ("F9_ack", "50.0 %"),
            ("F9_assignments", "1"),
        ],
    );
    county.town.clerk().act(mine, "archive", &["archived_on=2026-05-06"]);
}

#[test]
fn only_those_who_are_addressed_get_it() {
    let county = County::on("2026-03-02");
    let some = issued(&county, &["addressed_to=TOWNSHIPS", "to_townships=周巷镇"]);
    county.nights();
    assert_eq!(county.hub.made(some, "assignment_line").len(), 1);
    report(&county, some, &county.other);
    assert!(county.town.made(line(&county, some, &county.other), "assignment_report").is_empty());
    let all = issued(&county, &["addressed_to=DISTRICT", &link("to_district", county.district)]);
    county.nights();
    for township in [&county.town, &county.other] {
        report(&county, all, township);
    }
    // Nobody in particular, or a township that is none.
    let set = ["title=某事", "form=OTHER", "due=2026-04-30"];
    let told = county.office().refused_new("assignment", "draft", &set);
    assert!(told.contains("下发范围"), "{told}");
}

#[test]
fn a_report_that_is_not_enough_comes_back_and_is_given_again() {
    let county = County::on("2026-03-02");
    let id = issued(&county, &[]);
    county.nights();
    let (ours, mine) = (line(&county, id, &county.town), report(&county, id, &county.town));
    received(&county.town, mine, "2026-03-02");
    county.go_to("2026-04-01");
    reported(&county.town, mine, "2026-04-01");
    county.nights();
    let office = county.office();
    let back = ["returned_on=2026-04-01", "return_note=缺第三站", "again_due=2026-04-10"];
    assert!(office.refused(ours, "return", &back[..2]).contains("补充期限"));
    office.act(ours, "return", &back);
    // While that is on its way the township sends its record once more: the return stands.
    county.town.clerk().act(mine, "restate", &[]);
    county.exchange(&county.town);
    assert_eq!(county.hub.status(ours), "returned", "the same report does not undo it");
    assert_eq!(county.town.status(mine), "returned");
    assert_eq!(county.town.value(mine, "return_note"), "缺第三站");
    assert_eq!(county.town.due(mine, "DL-ASSIGNMENT"), "2026-04-10");
    county.go_to("2026-04-12");
    reported(&county.town, mine, "2026-04-12");
    county.nights();
    assert_eq!(
        (county.hub.status(ours), county.hub.value(ours, "report_round")),
        ("reported".into(), "2".into())
    );
    county.hub.figures(
        "2026",
        &[("F9_returned", "1"), ("F9_met", "0"), ("F9_due", "1"), ("F9_return_rate", "50.0 %")],
    );
    office.act(ours, "accept", &["accepted_on=2026-04-12"]);
    county.nights();
    assert_eq!(county.town.status(mine), "accepted");
    // The county looks at it again, and is content in the end.
    county.director().act(ours, "reopen", &[]);
    county.nights();
    assert_eq!(county.town.status(mine), "reported");
    office.act(ours, "accept", &["accepted_on=2026-04-12"]);
    county.nights();
    assert_eq!(county.town.status(mine), "accepted");
}

/// K6: what crossed the cancelling on its way stands beside it.
#[test]
fn cancelled_while_the_township_has_reported_both_stand() {
    let county = County::on("2026-03-02");
    let id = issued(&county, &[]);
    county.nights();
    let (mine, late) = (report(&county, id, &county.town), report(&county, id, &county.other));
    received(&county.town, mine, "2026-03-02");
    // The report is made in the office; that evening the county cancels; the line is down, neither knows of the other.
    county.go_to("2026-03-10");
    reported(&county.town, mine, "2026-03-10");
    county.director().act(id, "cancel", &["cancelled_on=2026-03-10", "cancel_note=上级另有安排"]);
    let (ours, theirs) = (line(&county, id, &county.town), line(&county, id, &county.other));
    assert_eq!(county.hub.status(ours), "cancelled");
    county.nights();
    assert_eq!(county.hub.status(ours), "cancelled_after_report");
    assert_eq!(county.hub.value(ours, "result"), "已建站三个");
    assert_eq!(county.town.status(mine), "cancelled_after_report");
    assert_eq!(county.town.value(mine, "result"), "已建站三个");
    assert_eq!(county.town.value(mine, "cancel_note"), "上级另有安排");
    assert_eq!(
        (county.hub.status(theirs), county.other.status(late)),
        ("cancelled".into(), "cancelled".into())
    );
    county.hub.figures(
        "2026",
        &[
            ("F9_issued", "0"),
            ("F9", "—"),
            ("F9_cancelled", "2"),
            ("F9_cancelled_after_report", "1"),
            ("G7", "0"),
        ],
    );
    county.again(&county.town);
    county.town.clerk().act(mine, "archive", &["archived_on=2026-03-10"]);
}

#[test]
fn more_time_comes_from_the_county_and_reminders_follow_the_day_in_force() {
    let county = County::on("2026-03-02");
    let id = issued(&county, &[]);
    county.nights();
    let (ours, mine) = (line(&county, id, &county.town), report(&county, id, &county.town));
    received(&county.town, mine, "2026-03-02");
    let reminded = |office: &Office, record: RecordId| {
        office.with(|ledger| ledger.remind()).expect("reminders");
        (office.value(record, "reminders"), office.value(record, "reminded_days"))
    };
    assert_eq!(reminded(&county.town, mine), (String::new(), String::new()));
    county.go_to("2026-04-23");
    assert_eq!(reminded(&county.town, mine), ("1".into(), "7".into()));
    assert_eq!(reminded(&county.town, mine), ("1".into(), "7".into()), "once for each threshold");
    // The machine was off: one reminder for what was missed.
    county.go_to("2026-04-29");
    assert_eq!(reminded(&county.town, mine), ("2".into(), "1".into()));
    county.office().act(id, "extend", &["extended_to=2026-05-20"]);
    county.nights();
    assert_eq!(county.town.due(mine, "DL-ASSIGNMENT"), "2026-05-20");
    assert_eq!(county.hub.due(ours, "DL-ASSIGNMENT"), "2026-05-20");
    county.go_to("2026-05-13");
    assert_eq!(reminded(&county.town, mine), ("3".into(), "7".into()), "the new day begins anew");
    // A second one for this township alone; what changes in the line meanwhile does not take it twice.
    county.office().act(ours, "extend", &["extended_to=2026-05-29"]);
    county.office().act(ours, "urge", &["urge_form=PHONE"]);
    county.nights();
    assert_eq!(county.town.due(mine, "DL-ASSIGNMENT"), "2026-05-29");
    assert_eq!(county.town.value(mine, "urged_on"), "2026-05-13");
    county.nights();
    assert_eq!(county.town.value(mine, "urges_known"), "1");
    county.go_to("2026-06-05");
    assert_eq!(reminded(&county.town, mine), ("4".into(), "-7".into()));
    assert_eq!(reminded(&county.hub, ours), ("1".into(), "-7".into()));
}

#[test]
fn a_law_inspection_is_answered_by_one_of_the_townships_own() {
    let county = County::on("2026-03-02");
    let town = &county.town;
    let deputies = town.deputies(3);
    let set = ["title=农资市场执法检查", "form=LAW_CHECK", "due=2026-04-30", "addressed_to=ALL"];
    let id = county.office().enter("assignment", "draft", &set);
    let told = county.director().refused(id, "approve", &["approved_on=2026-03-02", "text=检查农资市场"]);
    assert!(told.contains("执法检查须写明法律法规"), "{told}");
    let law = "law_name=中华人民共和国农产品质量安全法";
    county.office().act(id, "edit", &[law, "report_form=RECORD"]);
    county.director().act(id, "approve", &["approved_on=2026-03-02", "text=检查农资市场"]);
    county.office().act(id, "issue", &["issued_on=2026-03-02"]);
    county.nights();
    let mine = report(&county, id, town);
    received(town, mine, "2026-03-02");
    let done = ["reported_on=2026-03-20", "result=检查完毕"];
    town.clerk().act(mine, "plan_inspection", &["inspect_from=2026-03-10"]);
    let check = town.made(mine, "law_inspection")[0];
    assert_eq!(town.value(check, "arranged_by"), "COUNTY");
    assert_eq!(town.value(check, "assigned_due"), "2026-04-30");
    assert_eq!(town.value(check, "law_name"), "中华人民共和国农产品质量安全法");
    county.go_to("2026-03-20");
    town.chair().act(
        check,
        "notify",
        &["notified_on=2026-03-05", &crate::bed::links("team_deputies", &deputies)],
    );
    town.clerk().act(check, "begin", &[]);
    assert!(town.chair().refused(mine, "report", &done).contains("执法检查须以本乡镇的执法检查记录报结果"));
    town.clerk().act(
        check,
        "draft_report",
        &["methods=SITE", "date_to=2026-03-12", "report_drafted_on=2026-03-13"],
    );
    let meeting = town.clerk().enter(
        "meeting",
        "plan",
        &[
            "form=PRESIDIUM",
            "title=主席团会议",
            "date_from=2026-03-18",
            "date_to=2026-03-18",
            "place=镇政府",
            "convenor=主席",
            "term_no=19",
        ],
    );
    assert!(town.status(meeting) == "planned");
    town.clerk().act(meeting, "notice", &["notice_sent_on=2026-03-16"]);
    town.chair().act(meeting, "open", &[]);
    let texts = ["evaluation_text=总体较好", "problems_text=台账不全", "suggestions_text=完善台账"];
    let heard = link("report_meeting", meeting);
    let before = [heard.as_str(), "reported_on=2026-03-18"];
    town.presidium().act(check, "report", &[&texts[..], &before].concat());
    town.chair().act(mine, "report", &done);
    assert_eq!(
        town.value(check, "county_report_on"),
        "2026-03-20",
        "the day goes into the inspection by itself"
    );
    county.nights();
    assert_eq!(county.hub.status(line(&county, id, town)), "reported");
    county.hub.figures(
        "2026",
        &[("F9_law_checks", "1"), ("F9_met", "1"), ("D6_county_met", "1"), ("D6_arranged", "1")],
    );
}

#[test]
fn an_assignment_may_be_put_under_the_offices_own_supervision() {
    let county = County::on("2026-03-02");
    let id = issued(&county, &[]);
    county.nights();
    let mine = report(&county, id, &county.town);
    received(&county.town, mine, "2026-03-02");
    county.town.chair().act(mine, "supervise", &["unit=社会事务办", "unit_due=2026-04-20"]);
    let item = county.town.made(mine, "supervision_item")[0];
    assert_eq!(county.town.value(item, "source"), "COUNTY_ASSIGNMENT");
    assert_eq!(county.town.value(item, "basis_no"), county.hub.value(id, "no"));
    assert_eq!(county.town.due(item, "DL-SUPERVISE"), "2026-04-20");
    county.town.figures("2026", &[("D14_issued", "1")]);
    // A matter that names it comes from the county and from nobody else.
    let set = ["title=某事", "source=CHAIR_ORDER", "unit=某办", "issued_on=2026-03-02", "due_on=2026-04-01"];
    let named = link("county_assignment", mine);
    let told = county.town.chair().refused_new("supervision_item", "issue", &[&set[..], &[&named]].concat());
    assert!(told.contains("来源应为“县人大交办”"), "{told}");
}

impl County {
    #[track_caller]
    fn figures_of_undelivered(&self, count: &str) {
        self.hub
            .figures("2026", &[("F9_undelivered", count), ("F9_issued", count), ("F9", "—"), ("G7", "0")]);
    }
}
