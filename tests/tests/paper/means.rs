//! Money, projects, study and reading: funds (R21), livelihood projects (R24), study (R19), subscriptions (R16).

use shared::ids::RecordId;

use crate::bed::{Office, link};

/// A fund of so much, of which so much has come.
#[track_caller]
fn fund(office: &Office, budget: u32, received: u32) -> RecordId {
    let set = ["title=代表活动经费", "year=2026", "budgeted_on=2026-03-02", &format!("budget={budget}")];
    let id = office.clerk().enter("fund_year", "draft", &set);
    let receipts = format!(r#"receipts=[{{"on":"2026-03-02","amount":"{received}"}}]"#);
    office.chair().act(id, "approve", &[&receipts]);
    id
}

#[track_caller]
fn payment(office: &Office, fund: RecordId, amount: &str, purpose: &str, more: &[&str]) -> RecordId {
    let set = [
        &link("fund", fund),
        "date=2026-03-02",
        "subject=活动费用",
        &format!("amount={amount}"),
        &format!("purpose={purpose}"),
    ];
    let id = office.clerk().enter("fund_use", "draft", &[&set[..], more].concat());
    office.clerk().act(id, "submit", &[]);
    id
}

#[test]
fn what_is_not_there_is_not_spent() {
    let office = Office::town("2026-03-02");
    let deputies = office.deputies(3);
    let fund = fund(&office, 60_000, 50_000);
    let approved = ["approved_on=2026-03-02"];
    let first = payment(&office, fund, "30000", "ACTIVITY", &[]);
    assert!(office.clerk().refused(first, "approve", &approved).contains("不能办理“审批”"));
    office.chair().act(first, "approve", &approved);
    assert_eq!(
        (office.value(fund, "spent"), office.value(fund, "remaining")),
        ("30000.00".into(), "20000.00".into())
    );
    let second = payment(&office, fund, "20000.01", "GROUP", &[]);
    let told = office.chair().refused(second, "approve", &approved);
    assert!(told.contains("超出该年度可用经费"), "{told}");
    assert_eq!((office.status(second), office.value(fund, "spent")), ("submitted".into(), "30000.00".into()));
    office.figures("2026", &[("R21_spent", "30000.0"), ("R21_arrival", "83.3 %"), ("R21_use", "60.0 %")]);
    office.figures("2026", &[("R21_per_deputy", "20000.0"), ("R21_remaining", "20000.0")]);
    // Allowances add up, deputy by deputy, and stay here.
    let rows = |last: &str| {
        let row = |id: RecordId, amount: &str| format!(r#"{{"deputy":"{id}","amount":"{amount}"}}"#);
        format!("subsidies=[{},{}]", row(deputies[0], "300"), row(deputies[1], last))
    };
    let third = office.clerk().enter(
        "fund_use",
        "draft",
        &[&link("fund", fund), "date=2026-03-02", "subject=误工补贴", "amount=700", "purpose=SUBSIDY"],
    );
    assert!(office.clerk().refused(third, "submit", &[]).contains("代表补助须填明细"));
    office.clerk().act(third, "edit", &[&rows("300")]);
    assert!(office.clerk().refused(third, "submit", &[]).contains("补助明细合计与金额不符"));
    office.clerk().act(third, "edit", &[&rows("400")]);
    office.clerk().act(third, "submit", &[]);
    office.chair().act(third, "approve", &approved);
    assert!(office.shown(third).local.contains_key("subsidies"));
    assert_eq!(office.value(fund, "spent_subsidy"), "700.00");
    office.figures("2026", &[("R21_subsidy_people", "2"), ("R21_subsidy_share", "2.3 %")]);
    // What is given back or void is there again.
    office.chair().act(first, "return", &[]);
    office.chair().act(third, "void", &[]);
    assert_eq!(
        (office.value(fund, "spent"), office.value(fund, "remaining")),
        ("0.00".into(), "50000.00".into())
    );
    office.chair().act(second, "approve", &approved);
    office.clerk().act(second, "pay", &["paid_on=2026-03-02", "voucher_no=记-5"]);
    assert!(
        office.chair().refused(fund, "close", &["closed_on=2026-03-02"]).contains("还有未支付完的支出记录")
    );
    office.chair().act(first, "void", &[]);
    office.chair().act(fund, "close", &["closed_on=2026-03-02"]);
    assert!(office.chair().refused(second, "void", &[]).contains("该年度经费已决算"));
    let late = ["date=2026-03-02", "subject=补报", "amount=1", "purpose=OTHER", &link("fund", fund)];
    assert!(office.clerk().refused_new("fund_use", "draft", &late).contains("所属年度经费"));
}

/// A congress in session, of which so many deputies were there.
#[track_caller]
fn congress(office: &Office, day: &str) -> RecordId {
    let set = ["title=六次会议", "form=CONGRESS", &format!("date_from={day}"), "term_no=19", "place=镇政府"];
    let id = office.clerk().enter("meeting", "plan", &set);
    office.chair().act(id, "notice", &[&format!("notice_sent_on={day}")]);
    office.clerk().act(id, "open", &[]);
    id
}

#[track_caller]
fn candidate(office: &Office, name: &str) -> RecordId {
    let set =
        [&format!("name={name}"), "year=2026", "collected_on=2026-03-02", "subject=ROAD", "source=DEPUTY"];
    let id = office.clerk().enter("livelihood_project", "collect", &set);
    let set = [
        "content=硬化道路",
        "budget=120",
        "presidium_on=2026-03-02",
        "due_on=2026-06-30",
        "unit_name=镇城建办",
    ];
    office.presidium().act(id, "nominate", &set);
    id
}

#[test]
fn projects_are_chosen_by_more_than_half_of_all_and_judged_in_the_end() {
    let office = Office::town("2026-03-02");
    office.deputies(50);
    let meeting = congress(&office, "2026-03-02");
    assert_eq!(office.value(meeting, "deputies_in_office"), "50");
    let (road, lamp, lost) =
        (candidate(&office, "村道"), candidate(&office, "路灯"), candidate(&office, "停车场"));
    let voted = |votes: &str| {
        ["voted_on=2026-03-02".to_owned(), link("meeting", meeting), format!("votes_for={votes}")]
    };
    let vote = |id: RecordId, votes: &str, more: &str| {
        let set = voted(votes);
        office.presidium().act_or(id, "vote_in", &[&set[0], &set[1], &set[2], more])
    };
    assert!(vote(road, "25", "votes_against=5").contains("须得全体代表过半数赞成票"));
    assert!(vote(road, "46", "votes_against=5").contains("各种票数之和不能超过全体代表数"));
    assert_eq!(vote(road, "26", "votes_against=24"), "");
    assert_eq!(vote(lamp, "40", "votes_against=0"), "");
    let set = voted("20");
    office.presidium().act(lost, "vote_out", &[&set[0], &set[1], &set[2]]);
    assert_eq!(office.due(road, "DL-PROJECT"), "2026-06-30");
    office.figures(
        "2026",
        &[
            ("R24_candidates", "3"),
            ("R24_selected", "2"),
            ("R24_competition", "66.7 %"),
            ("R24_on_time", "—"),
        ],
    );
    let (begun, progress) =
        (["started_on=2026-03-02"], ["progress=50", "progress_on=2026-03-02", "progress_text=过半"]);
    for id in [road, lamp] {
        office.unit().act(id, "begin", &begun);
        office.unit().act(id, "report_progress", &progress);
    }
    office.go_to("2026-06-30");
    office.unit().act(road, "finish", &["finished_on=2026-06-30"]);
    office.clerk().act(
        road,
        "check_midyear",
        &["midyear_on=2026-06-30", "midyear_result=ON_TRACK", "midyear_opinion=按期"],
    );
    office.figures(
        "2026",
        &[("R24_done", "50.0 %"), ("R24_on_time", "100.0 %"), ("R24_midyear_share", "50.0 %")],
    );
    office.go_to("2026-07-01");
    office.figures("2026", &[("R24_on_time", "50.0 %"), ("R24_overdue", "1")]);
    // Satisfied by more than half of all; else with the basically satisfied; else not.
    let votes = |all: u32, satisfied: u32, basic: u32, no: u32| {
        [
            "evaluated_on=2026-07-01".to_owned(),
            format!("eval_all={all}"),
            format!("eval_satisfied={satisfied}"),
            format!("eval_basic={basic}"),
            format!("eval_unsatisfied={no}"),
        ]
    };
    for (satisfied, basic, no, grade) in
        [(25, 1, 24, "BASIC"), (26, 0, 24, "SATISFIED"), (20, 5, 25, "UNSATISFIED"), (0, 26, 0, "BASIC")]
    {
        let set = votes(50, satisfied, basic, no);
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        office.presidium().act(road, "evaluate", &set);
        assert_eq!(office.value(road, "satisfaction"), grade, "{satisfied} {basic} {no}");
        office.chair().act(road, "reopen", &[]);
    }
    let set = votes(50, 40, 8, 3);
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    assert!(office.presidium().refused(road, "evaluate", &set).contains("不能超过参加测评人数"));
}

#[test]
fn who_was_at_a_study_session_has_a_day_of_training_in_his_file() {
    let office = Office::town("2026-03-02");
    let deputies = office.deputies(4);
    let roll = |last: &str| {
        let row =
            |id: RecordId, attendance: &str| format!(r#"{{"deputy":"{id}","attendance":"{attendance}"}}"#);
        let rows = [row(deputies[0], "PRESENT"), row(deputies[1], "PRESENT"), row(deputies[2], last)];
        format!("attendance=[{}]", rows.join(","))
    };
    let set = [
        "theme=学习代表法",
        "date=2026-03-02",
        "mode=CENTRAL",
        "category=LAW",
        "audience=DEPUTIES",
        "laws=代表法、监督法",
        "hours=3",
    ];
    assert!(office.clerk().refused_new("study_session", "register", &set).contains("须登记参加情况"));
    let id = office.clerk().enter(
        "study_session",
        "register",
        &[&set[..], &[&roll("LEAVE"), "duty_days=0.5"]].concat(),
    );
    let entries = office.made(id, "performance");
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        assert_eq!(
            (office.value(*entry, "form"), office.value(*entry, "days")),
            ("TRAINING".into(), "0.5".into())
        );
    }
    office.figures(
        "2026",
        &[
            ("E7", "50.0 %"),
            ("E3_days", "1.0"),
            ("R19_attendance", "66.7 %"),
            ("R19_laws", "2"),
            ("D5_study", "1"),
        ],
    );
    // Put right, the files follow; a void session leaves none.
    office.clerk().act(id, "correct", &[&roll("PRESENT"), "duty_days=1"]);
    assert_eq!(office.made(id, "performance").len(), 3);
    office.figures("2026", &[("E7", "75.0 %"), ("E3_days", "3.0"), ("R19_attendance", "100.0 %")]);
    assert_eq!(office.missing("E7", "2026"), ["代表04"]);
    office.chair().act(id, "void", &[]);
    office.figures("2026", &[("E7", "0.0 %"), ("E3_days", "0.0"), ("D5_study", "0")]);
}

#[test]
fn periodicals_are_ordered_given_out_and_signed_for() {
    let office = Office::town("2026-03-02");
    let set = [
        "periodical=CHINA_NPC",
        "title=《中国人大》",
        "year=2026",
        "copies=10",
        "unit_price=120",
        "cost=1200",
    ];
    let id = office.clerk().enter("subscription", "plan", &set);
    let ordered = ["ordered_on=2026-03-02"];
    assert!(office.clerk().refused(id, "order", &ordered).contains("订购的报刊须填经费来源"));
    office.clerk().act(id, "order", &[ordered[0], "payer=ACTIVITY"]);
    office.clerk().act(id, "renew", &[]);
    assert!(office.clerk().refused(id, "renew", &[]).contains("已续订过"));
    let next = office.value(id, "renewal").parse::<RecordId>().expect("a record");
    assert_eq!(
        (office.value(next, "year"), office.value(next, "copies"), office.status(next)),
        ("2027".into(), "10".into(), "planned".into())
    );
    office.figures("2026", &[("R16_subscriptions", "1"), ("R16_copies", "10"), ("R16_cost", "1200.0")]);
    let issue = office.clerk().enter(
        "distribution",
        "receive",
        &[
            &link("subscription", id),
            "title=《中国人大》",
            "issue=第3期",
            "received_on=2026-03-02",
            "expected=10",
            "copies=9",
        ],
    );
    assert_eq!(office.value(issue, "short"), "1");
    let given = |copies: u32, signed: &str| {
        format!(
            r#"given=[{{"to":"PRESIDIUM","copies":5,"signed":"是"}},{{"to":"STATION","copies":{copies},"signed":"{signed}"}}]"#
        )
    };
    let on = "distributed_on=2026-03-02";
    assert!(
        office.clerk().refused(issue, "distribute", &[on, &given(5, "否")]).contains("分发份数多于实到份数")
    );
    office.clerk().act(issue, "distribute", &[on, &given(3, "否")]);
    assert_eq!(office.value(issue, "copies_kept"), "1");
    assert!(office.clerk().refused(issue, "sign", &[]).contains("还有未签收的份数"));
    office.figures(
        "2026",
        &[("R16_signed_share", "62.5 %"), ("R16_given_share", "88.9 %"), ("R16_short", "1")],
    );
    office.clerk().act(issue, "sign", &[&given(3, "是")]);
    office.figures("2026", &[("R16_signed_share", "100.0 %")]);
}
