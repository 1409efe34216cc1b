//! Suggestions (R07) from the deputy's paper to the congress that hears what became of it.

use shared::ids::RecordId;

use crate::bed::{Office, link, links};

/// Taken in on paper and registered today.
#[track_caller]
pub fn registered(office: &Office, title: &str, day: &str, lead: RecordId, more: &[&str]) -> RecordId {
    let (title, raised, lead) =
        (format!("title={title}"), format!("raised_on={day}"), link("lead_deputy", lead));
    let mut set = vec![title.as_str(), &raised, &lead, "body=正文"];
    let unsaid = |field: &str| !more.iter().any(|set| set.starts_with(field));
    set.extend(["in_session=IN_SESSION", "subject=URBAN_ENV"].into_iter().filter(|set| unsaid(&set[..7])));
    set.extend(more);
    let id = office.clerk().enter("proposal", "receive", &set);
    office.clerk().act(id, "register", &[]);
    id
}

/// Reviewed and given to a unit.
#[track_caller]
pub fn assigned(office: &Office, id: RecordId, unit: &str, day: &str, more: &[&str]) {
    office.chair().act(id, "review", &["review=FILE"]);
    let (unit, day) = (format!("main_unit={unit}"), format!("assigned_on={day}"));
    office.chair().act(id, "assign", &[&[unit.as_str(), &day][..], more].concat());
}

/// A suggestion that a unit handles since the day.
#[track_caller]
fn handled(office: &Office, day: &str, more: &[&str]) -> RecordId {
    let lead = office.deputies(1)[0];
    let id = registered(office, "关于路灯的建议", day, lead, &[]);
    assigned(office, id, "镇城建办", day, more);
    office.unit().act(id, "accept", &[&format!("accepted_on={day}")]);
    id
}

#[track_caller]
pub fn replied(office: &Office, id: RecordId, day: &str, class: &str, more: &[&str]) {
    let (on, class) = (format!("replied_on={day}"), format!("result_class={class}"));
    office.unit().act(id, "reply", &[&[on.as_str(), &class][..], more].concat());
}

#[track_caller]
pub fn evaluated(office: &Office, id: RecordId, day: &str, attitude: &str, result: &str) {
    let (attitude, result, on) =
        (format!("attitude={attitude}"), format!("satisfaction={result}"), format!("evaluated_on={day}"));
    office.deputy().act(id, "evaluate", &[&attitude, &result, &on]);
}

#[test]
fn forty_suggestions_of_a_session_are_assigned_at_one_meeting() {
    let office = Office::town("2026-01-21");
    let deputies = office.deputies(40);
    let ids: Vec<RecordId> = (0..40)
        .map(|nth| {
            let title = format!("第{}号建议", nth + 1);
            registered(&office, &title, "2026-01-21", deputies[nth], &["term_no=19", "session_no=5"])
        })
        .collect();
    let numbers: Vec<String> = ids.iter().map(|id| office.value(*id, "proposal_no")).collect();
    assert_eq!(numbers, (1..=40).map(|n| n.to_string()).collect::<Vec<_>>());
    office.go_to("2026-02-03");
    let meeting = office.clerk().enter(
        "meeting",
        "plan",
        &["title=代表建议交办会", "form=ASSIGN_MEETING", "date_from=2026-02-03", "term_no=19"],
    );
    let units = ["镇城建办", "镇农业农村办", "镇社会事务办", "派出所"];
    for (nth, id) in ids.iter().enumerate() {
        assigned(&office, *id, units[nth % 4], "2026-02-03", &[&link("assign_session", meeting)]);
        office.unit().act(*id, "accept", &["accepted_on=2026-02-03"]);
    }
    assert_eq!(office.made(meeting, "proposal").len(), 40);
    // Three months: 3 May, in the holidays; the sixth is a working day.
    assert!(ids.iter().all(|id| office.due(*id, "DL-SG-REPLY") == "2026-05-06"));
    office.figures(
        "2026",
        &[("A1", "40"), ("A2", "1.0"), ("A3", "100.0 %"), ("A4", "100.0 %"), ("A5", "—"), ("A6", "—")],
    );
    office.figures("2026", &[("assigned", "40"), ("A17_assigned", "4"), ("A10", "0"), ("A7_rate", "0.0 %")]);
    office.go_to("2026-04-20");
    office.figures("2026", &[("A10", "0")]);
    office.go_to("2026-04-21");
    office.figures("2026", &[("A10", "40"), ("A9", "0")]);
    office.go_to("2026-05-06");
    for id in &ids[..30] {
        replied(&office, *id, "2026-05-06", "A", &[]);
    }
    office.go_to("2026-05-07");
    office.figures("2026", &[("A6", "75.0 %"), ("A7_rate", "75.0 %"), ("A9", "10"), ("A10", "0")]);
}

#[test]
fn what_comes_in_recess_is_assigned_within_five_working_days() {
    let office = Office::town("2026-04-30");
    let lead = office.deputies(1)[0];
    let raise = |title: &str| registered(&office, title, "2026-04-30", lead, &["in_session=RECESS"]);
    let (first, second, third, merged) = (raise("一"), raise("二"), raise("三"), raise("四"));
    assert_eq!(office.due(first, "DL-SG-ASSIGN"), "2026-05-11");
    assert_eq!(office.due(first, "DL-SG-TELL"), "2026-05-07");
    office.presidium().act(merged, "merge", &[&link("merged_into", first)]);
    office.go_to("2026-05-11");
    assigned(&office, first, "镇城建办", "2026-05-11", &[]);
    office.figures("2026", &[("A5", "100.0 %")]);
    office.go_to("2026-05-12");
    assigned(&office, second, "镇城建办", "2026-05-12", &[]);
    office.figures("2026", &[("A1", "4"), ("A5", "33.3 %")]);
    office.chair().act(third, "review", &["review=FILE"]);
    office.chair().act(third, "escalate", &["sent_on=2026-05-11", "sent_to=县人大选任联"]);
    // What was merged is not counted, archived or not.
    office.figures("2026", &[("A5", "66.7 %"), ("sent_up", "1")]);
    office.clerk().act(merged, "archive", &["archived_on=2026-05-12"]);
    office.figures("2026", &[("A5", "66.7 %"), ("A1", "4")]);
}

#[test]
fn a_unit_that_objects_keeps_its_clock_and_another_unit_gets_a_new_one() {
    let office = Office::town("2026-03-02");
    let lead = office.deputies(1)[0];
    let given = |title: &str| {
        let id = registered(&office, title, "2026-03-02", lead, &[]);
        assigned(&office, id, "镇城建办", "2026-03-02", &[]);
        id
    };
    let (first, late) = (given("一"), given("二"));
    assert_eq!(
        (office.due(first, "DL-SG-REPLY"), office.due(first, "DL-SG-RETURN")),
        ("2026-06-02".into(), "2026-03-09".into())
    );
    office.go_to("2026-03-09");
    office.unit().act(first, "object", &["objected_on=2026-03-09"]);
    office.go_to("2026-03-12");
    office.chair().act(first, "uphold", &[]);
    assert_eq!(office.due(first, "DL-SG-REPLY"), "2026-06-02", "the clock ran on");
    assert_eq!(office.value(first, "assigned_on"), "2026-03-02");
    office.unit().act(first, "object", &["objected_on=2026-03-12"]);
    office.chair().act(first, "reassign", &["main_unit=镇水利站", "assigned_on=2026-03-12"]);
    assert_eq!(office.due(first, "DL-SG-REPLY"), "2026-06-12", "a new clock");
    let told = office.unit().refused(late, "object", &["objected_on=2026-03-12"]);
    assert!(told.contains("已过提出异议的期限；承办单位不得自行转办"), "{told}");
}

#[test]
fn an_extension_goes_to_six_months_at_most() {
    let office = Office::town("2026-03-02");
    let id = handled(&office, "2026-03-02", &[]);
    office.unit().act(id, "ask_extension", &["extension_asked_on=2026-03-02"]);
    let chair = office.chair();
    assert!(chair.refused(id, "extend", &["extended_to=2026-09-03"]).contains("最迟到2026年9月2日"));
    chair.act(id, "extend", &["extended_to=2026-08-01"]);
    assert!(chair.refused(id, "extend", &["extended_to=2026-09-01"]).contains("已延期1次，不能再延"));
    let id = handled(&office, "2026-03-02", &["complex=是", "complex_approver=PRESIDIUM"]);
    assert_eq!(office.due(id, "DL-SG-REPLY"), "2026-09-02");
    assert!(chair.refused(id, "extend", &["extended_to=2026-09-10"]).contains("已按最长期限办理"));
    // Chongqing gives a township two months, and four at most.
    let office = Office::town("2026-03-02").under("chongqing");
    let id = handled(&office, "2026-03-02", &[]);
    assert_eq!(office.due(id, "DL-SG-REPLY"), "2026-05-06");
    assert!(office.chair().refused(id, "extend", &["extended_to=2026-07-03"]).contains("最迟到2026年7月2日"));
}

#[test]
fn who_is_not_satisfied_gets_a_second_reply_within_a_month() {
    let office = Office::town("2026-03-02");
    let id = handled(&office, "2026-03-02", &[]);
    office.go_to("2026-04-01");
    replied(&office, id, "2026-04-01", "C", &["reply_no=城建〔2026〕3号", "planned_by=2026-12-31"]);
    assert_eq!(office.due(id, "DL-SG-EVALUATE"), "2026-04-16");
    // Two votes: on the way it was handled, and on what came of it.
    let told =
        office.deputy().refused(id, "evaluate", &["satisfaction=UNSATISFIED", "evaluated_on=2026-04-01"]);
    assert!(told.contains("对办理态度必须填写"), "{told}");
    office.go_to("2026-04-10");
    evaluated(&office, id, "2026-04-10", "SATISFIED", "UNSATISFIED");
    let told = office.chair().refused(id, "close", &["closed_on=2026-04-10"]);
    assert!(told.contains("须先重新办理一次"), "{told}");
    office.figures("2026", &[("A13", "0.0 %"), ("A13_attitude_rate", "100.0 %"), ("A14", "0.0 %")]);
    office.chair().act(id, "redo", &[]);
    assert_eq!(office.due(id, "DL-SG-REDO"), "2026-05-11", "10 May is a Sunday");
    office.go_to("2026-05-12");
    office.figures("2026", &[("A9_redo", "1")]);
    office.unit().act(
        id,
        "reply_again",
        &["redo_replied_on=2026-05-11", "result_class=A", "again_no=城建〔2026〕9号"],
    );
    let two = ["attitude=SATISFIED", "satisfaction=BASIC", "evaluated_on=2026-05-12"];
    assert!(office.deputy().refused(id, "evaluate", &two).contains("不能办理“代表评价”"));
    office.deputy().act(id, "evaluate_again", &two);
    office.chair().act(id, "close", &["closed_on=2026-05-12"]);
    let rows =
        |field: &str| -> serde_json::Value { serde_json::from_str(&office.value(id, field)).expect("rows") };
    let replies = rows("replies");
    for (nth, round, class, kind, no) in
        [(0, 1, "C", "FIRST", "城建〔2026〕3号"), (1, 2, "A", "AGAIN", "城建〔2026〕9号")]
    {
        let row = &replies[nth];
        assert_eq!((row["round"].as_i64(), row["result_class"].as_str()), (Some(round), Some(class)));
        assert_eq!((row["kind"].as_str(), row["doc_no"].as_str()), (Some(kind), Some(no)));
    }
    assert_eq!(rows("evaluations").as_array().map(Vec::len), Some(2));
    assert_eq!(office.value(id, "first_satisfaction"), "UNSATISFIED");
    office.figures(
        "2026",
        &[
            ("A6", "100.0 %"),
            ("A13", "100.0 %"),
            ("A13_only", "0.0 %"),
            ("A13_at_first", "0.0 %"),
            ("A14", "100.0 %"),
        ],
    );
    office.figures("2026", &[("A11_A", "1"), ("A11_C", "0"), ("A9_redo", "0"), ("A8", "100.0 %")]);
}

#[test]
fn nobody_judges_what_he_entered_himself_nor_redoes_what_pleased() {
    let office = Office::town("2026-03-02");
    let id = handled(&office, "2026-03-02", &[]);
    office.clerk().act(id, "reply", &["replied_on=2026-03-02", "result_class=A"]);
    let set = ["attitude=SATISFIED", "satisfaction=BASIC", "evaluated_on=2026-03-02"];
    assert!(office.clerk().refused(id, "evaluate", &set).contains("办理“答复”的人不能再办理“代表评价”"));
    // Nor does who also works for the government.
    office.clerk().enter(
        "staff",
        "register",
        &[
            "name=某",
            "post=CLERK",
            "account=u9",
            "government_post=是",
            "birth_year=1985",
            "education=COLLEGE",
            "since=2026-03-02",
        ],
    );
    assert!(office.clerk().named("u9").refused(id, "evaluate", &set).contains("经办人在被监督单位任职"));
    office.clerk().named("u8").act(id, "evaluate", &set);
    assert!(office.chair().refused(id, "redo", &[]).contains("只有评价“不满意”的才重新办理"));
}

#[test]
fn fifteen_days_of_silence_are_no_opinion() {
    let office = Office::town("2026-03-02");
    let id = handled(&office, "2026-03-02", &[]);
    replied(&office, id, "2026-03-02", "A", &[]);
    office.go_to("2026-03-17");
    assert!(office.clerk().refused(id, "no_opinion", &[]).contains("代表评价的期限还没有过"));
    office.go_to("2026-03-18");
    office.clerk().act(id, "no_opinion", &[]);
    assert_eq!(office.value(id, "satisfaction"), "NO_OPINION");
    assert_eq!(office.value(id, "first_satisfaction"), "NO_OPINION");
    office.chair().act(id, "close", &["closed_on=2026-03-18"]);
    office.figures("2026", &[("A13", "0.0 %"), ("A8", "100.0 %")]);
}

#[test]
fn promises_are_followed_until_they_are_kept_and_answered_again() {
    let office = Office::town("2026-03-02");
    let id = handled(&office, "2026-03-02", &[]);
    let rows = |first: &str, second: &str| {
        format!(
            r#"commitments=[{{"text":"装灯","due":"2026-05-08"{first}}},{{"text":"验收","due":"2026-06-30"{second}}}]"#
        )
    };
    replied(&office, id, "2026-03-02", "B", &[&rows("", "")]);
    evaluated(&office, id, "2026-03-02", "SATISFIED", "SATISFIED");
    office.chair().act(id, "close", &["closed_on=2026-03-02"]);
    office.clerk().act(id, "track", &["commitment_due=2026-06-30"]);
    assert_eq!(office.due(id, "DL-COMMIT"), "2026-06-30");
    office.figures("2026", &[("A16", "—")]);
    office.go_to("2026-05-09");
    office.figures("2026", &[("A16", "0.0 %"), ("A9_promise", "0")]);
    office.clerk().act(id, "promise_progress", &[&rows(r#","done_on":"2026-05-08""#, "")]);
    office.figures("2026", &[("A16", "100.0 %")]);
    assert!(
        office
            .clerk()
            .refused(id, "fulfil", &["fulfilled_on=2026-05-09"])
            .contains("还有承诺事项没有填写兑现日期")
    );
    office.go_to("2026-07-02");
    office.figures("2026", &[("A16", "50.0 %"), ("A9_promise", "1")]);
    let done = rows(r#","done_on":"2026-05-08""#, r#","done_on":"2026-07-01","state":"DONE""#);
    let set = ["fulfilled_on=2026-07-01", "second_replied_on=2026-07-02", "result_class=A", &done];
    office.clerk().act(id, "fulfil", &set);
    office.figures("2026", &[("A16", "50.0 %"), ("A9_promise", "0"), ("A11_A", "1"), ("A8", "100.0 %")]);
    let replies: serde_json::Value = serde_json::from_str(&office.value(id, "replies")).expect("rows");
    assert_eq!(
        (replies[1]["kind"].as_str(), replies[1]["result_class"].as_str()),
        (Some("SECOND"), Some("A"))
    );
}

#[test]
fn what_became_of_it_is_reported_to_the_congress_and_made_public() {
    let office = Office::town("2026-03-02");
    let id = handled(&office, "2026-03-02", &[]);
    replied(&office, id, "2026-03-02", "A", &[]);
    evaluated(&office, id, "2026-03-02", "SATISFIED", "SATISFIED");
    office.chair().act(id, "close", &["closed_on=2026-03-02"]);
    office.figures("2026", &[("A8", "100.0 %"), ("A18", "0.0 %")]);
    office.presidium().act(id, "report", &["reported_on=2026-03-02", "reported_session=十九届人大六次会议"]);
    office.figures("2026", &[("A18", "0.0 %")]);
    office.clerk().act(id, "make_public", &["published_on=2026-03-02", "public_text=已安装路灯"]);
    office.figures("2026", &[("A8", "100.0 %"), ("A18", "100.0 %")]);
    // What is taken up again is neither closed nor reported.
    office.chair().act(id, "reopen", &[]);
    office.figures("2026", &[("A7_rate", "100.0 %"), ("A8", "0.0 %"), ("A18", "—")]);
    office.chair().act(id, "close", &["closed_on=2026-03-02"]);
    office.chair().act(id, "correct", &["openness=NOT_OPEN"]);
    assert!(office.clerk().refused(id, "make_public", &["published_on=2026-03-02"]).contains("已定为不公开"));
}

#[test]
fn lead_and_cosigners_have_it_in_their_files_and_lose_it_with_a_withdrawal() {
    let office = Office::town("2026-03-02");
    let deputies = office.deputies(10);
    let cosigners = links("cosigners", &deputies[1..3]);
    let id = registered(&office, "联名建议", "2026-03-02", deputies[0], &[&cosigners]);
    let entries = office.made(id, "performance");
    let of = |id: RecordId| (office.value(id, "role"), office.value(id, "points"));
    let mut found: Vec<_> = entries.iter().map(|id| of(*id)).collect();
    found.sort();
    let entry = |role: &str, points: &str| (role.to_owned(), points.to_owned());
    assert_eq!(found, [entry("COSIGN", "1"), entry("COSIGN", "1"), entry("LEAD", "3")]);
    office.figures(
        "2026",
        &[("A3", "30.0 %"), ("A3_led", "10.0 %"), ("A3_cosigned", "20.0 %"), ("E3_points", "5")],
    );
    // Put right before it goes on, the files follow.
    office.chair().act(id, "back_to_submitted", &[]);
    office.clerk().act(id, "edit", &[&links("cosigners", &deputies[1..4])]);
    office.clerk().act(id, "register", &[]);
    office.figures("2026", &[("A3", "40.0 %"), ("E3_points", "6")]);
    assigned(&office, id, "镇城建办", "2026-03-02", &[]);
    office.deputy().act(id, "withdraw", &["withdrawn_on=2026-03-02"]);
    office.figures("2026", &[("A1", "1"), ("E3_points", "0"), ("assigned", "0"), ("A6", "—")]);
    assert!(office.deadline(id, "DL-SG-REPLY").cancelled);
    office.go_to("2026-07-01");
    office.clerk().act(id, "archive", &["archived_on=2026-07-01"]);
    office.figures("2026", &[("A1", "1"), ("assigned", "0"), ("A7_rate", "—"), ("A6", "—"), ("A9", "0")]);
}

#[test]
fn a_county_deputys_paper_is_collected_typed_and_handed_in() {
    let office = Office::town("2026-03-02");
    let set = [
        "level=COUNTY_VIA_TOWN",
        "form=MOTION",
        "title=县级议案",
        "raised_on=2026-03-02",
        "in_session=IN_SESSION",
        "subject=OTHER",
    ];
    let told =
        office.clerk().refused_new("proposal", "receive", &[&set[..], &["basis=案据", "plan=方案"]].concat());
    assert!(told.contains("县代表的建议请用“收集”"), "{told}");
    let id = office.clerk().enter("proposal", "collect", &set);
    assert!(office.clerk().refused(id, "type", &[]).contains("请填领衔代表"));
    let nine = "other_cosigners=一、二、三、四、五、六、七、八";
    office.clerk().act(id, "type", &["lead_name=某县代表", nine, "basis=案据", "plan=方案"]);
    let sent = ["sent_on=2026-03-02", "sent_to=县人大选任联"];
    assert!(office.clerk().refused(id, "send", &sent).contains("须十名以上代表联名"));
    office.clerk().act(id, "edit", &[&format!("{nine}、九")]);
    office.clerk().act(id, "send", &sent);
    office.figures("2026", &[("sent_up", "1"), ("A1", "1"), ("A3", "—"), ("A6", "—")]);
    assert_eq!(office.part("A1_level", "2026", "COUNTY_VIA_TOWN"), "1");
    let told = office.clerk().refused_new(
        "proposal",
        "collect",
        &["title=建议", "raised_on=2026-03-02", "in_session=RECESS", "subject=OTHER"],
    );
    assert!(told.contains("“收集”只用于县代表的建议"), "{told}");
}
