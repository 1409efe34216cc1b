//! Letters and visits (R06): the six steps 登记 拟办 转办 催办 回复 报告, what stays in the office, and B1-B15.

use shared::ids::RecordId;

use crate::bed::{Office, link, night};

/// A letter that came and was registered today.
#[track_caller]
fn letter(office: &Office, title: &str, day: &str, more: &[&str]) -> RecordId {
    let (title, received, registered) =
        (format!("title={title}"), format!("received_on={day}"), format!("registered_on={day}"));
    let mut set =
        vec![title.as_str(), &received, &registered, "channel=LETTER", "topic=ROAD", "summary=路面破损"];
    let default = |field: &str| !more.iter().any(|set| set.starts_with(field));
    set.extend(
        ["category=CLAIM", "petitioner_name=某村民", "petitioner_address=某村"]
            .into_iter()
            .filter(|set| default(set.split('=').next().unwrap_or_default())),
    );
    set.extend(more);
    office.clerk().enter("petition", "register", &set)
}

/// Proposed, approved and transferred to a unit on one day.
#[track_caller]
fn transferred(office: &Office, id: RecordId, day: &str) {
    approved(office, id, "TO_GOV");
    office.clerk().act(id, "transfer", &["to_unit=镇城建办", &format!("transferred_on={day}")]);
}

#[track_caller]
fn approved(office: &Office, id: RecordId, mode: &str) {
    office.clerk().act(id, "propose", &[&format!("proposed_mode={mode}"), "proposal_text=拟转办"]);
    office.chair().act(id, "approve", &[]);
}

#[track_caller]
fn replied(office: &Office, id: RecordId, day: &str) {
    office.clerk().act(
        id,
        "reply",
        &["result=SUPPORTED", &format!("replied_on={day}"), "reply_form=WRITTEN"],
    );
}

#[track_caller]
fn reported(office: &Office, id: RecordId, day: &str) {
    office.chair().act(id, "report", &["reported_to=PRESIDIUM", &format!("reported_on={day}")]);
}

#[test]
fn a_letter_goes_through_the_six_steps_and_each_leaves_its_date() {
    let office = Office::town("2026-03-02");
    let id = letter(&office, "反映村道破损", "2026-03-02", &[]);
    assert_eq!(office.value(id, "case_no"), "坎墩人信〔2026〕1号");
    assert_eq!(office.due(id, "DL-XF-NOTICE"), "2026-03-17");
    office.clerk().act(id, "propose", &["proposed_mode=TO_GOV", "proposal_text=拟转镇政府"]);
    let told = office.chair().named("u1").refused(id, "transfer", &["to_unit=镇城建办"]);
    assert!(told.contains("主席不能办理“转办”"), "{told}");
    office.chair().act(id, "approve", &["chair_note=同意"]);
    office.go_to("2026-03-05");
    office.clerk().act(id, "transfer", &["to_unit=镇城建办", "transferred_on=2026-03-05"]);
    assert_eq!(office.due(id, "DL-XF-OBJECT"), "2026-03-12");
    office.unit().act(id, "accept", &["accepted_on=2026-03-05"]);
    assert_eq!(office.due(id, "DL-XF-DONE"), "2026-05-06", "60 days end in the holidays of May");
    office.clerk().act(id, "notify", &["notified_on=2026-03-05", "notice_form=WRITTEN"]);
    office.clerk().act(id, "urge", &["urge_form=PHONE"]);
    office.go_to("2026-04-20");
    replied(&office, id, "2026-04-20");
    office.clerk().act(id, "rate", &["satisfaction=BASIC"]);
    reported(&office, id, "2026-04-20");
    let steps: Vec<String> = office.shown(id).steps.into_iter().map(|step| step.action).collect();
    let all = "register propose approve transfer accept notify urge reply rate report";
    assert_eq!(steps.join(" "), all);
    office.clerk().act(id, "archive", &["archived_on=2026-04-20"]);
    assert_eq!(office.value(id, "retention"), "Y30", "a letter with a result is kept thirty years");
    assert!(office.clerk().refused(id, "edit", &["topic=WATER"]).contains("已归档"));
}

#[test]
fn who_cannot_be_told_need_not_be_told() {
    let office = Office::town("2026-03-02");
    let anonymous =
        letter(&office, "匿名信", "2026-03-02", &["anonymous=是", "petitioner_name=", "petitioner_address="]);
    let nowhere = letter(&office, "地址不清", "2026-03-02", &["address_unclear=是", "petitioner_address="]);
    for id in [anonymous, nowhere] {
        assert!(!office.has(id, "DL-XF-NOTICE"));
        assert_eq!(office.value(id, "notice_exempt"), "true");
    }
    office.figures("2026", &[("B1", "2"), ("B3", "—")]);
    // That the address leads nowhere turns out later.
    let late = letter(&office, "查无此址", "2026-03-02", &[]);
    assert!(office.clerk().refused(late, "exempt_notice", &[]).contains("只有匿名或地址不清的才免于告知"));
    office.clerk().act(late, "exempt_notice", &["address_unclear=是"]);
    assert!(office.deadline(late, "DL-XF-NOTICE").cancelled);
    office.go_to("2026-05-01");
    office.figures("2026", &[("B1", "3"), ("B3", "—")]);
    let closed = letter(
        &office,
        "匿名存查",
        "2026-04-30",
        &["anonymous=是", "petitioner_name=", "petitioner_address="],
    );
    approved(&office, closed, "FILE");
    office.clerk().act(closed, "close_told", &[]);
    let known = letter(&office, "须先告知", "2026-04-30", &[]);
    approved(&office, known, "NOT_ACCEPT");
    assert!(office.clerk().refused(known, "close_told", &[]).contains("须先告知信访人"));
}

#[test]
fn what_a_register_of_letters_asks_is_asked() {
    let office = Office::town("2026-03-02");
    let deputy = office.deputies(1)[0];
    let set = [
        "title=来信",
        "received_on=2026-03-02",
        "registered_on=2026-03-02",
        "topic=ROAD",
        "summary=概况",
        "category=CLAIM",
    ];
    let refused =
        |more: &[&str]| office.clerk().refused_new("petition", "register", &[&set[..], more].concat());
    assert!(refused(&["channel=LETTER"]).contains("请填信访人姓名，或勾选匿名"));
    assert!(refused(&["channel=LETTER", "petitioner_name=某"]).contains("来信请填住址"));
    assert!(refused(&["channel=VIA_DEPUTY", "petitioner_name=某"]).contains("代表转交的，请填是哪位代表"));
    assert!(refused(&["channel=VISIT", "petitioner_name=某", "people_count=5"]).contains("五人以上为集体访"));
    let six = "representatives=一、二、三、四、五、六";
    assert!(refused(&["channel=VISIT", "petitioner_name=某", six]).contains("来访代表不得超过五人"));
    let via = link("via_deputy", deputy);
    let brought = [&set[..], &["channel=VIA_DEPUTY", "petitioner_name=某", &via]].concat();
    office.clerk().enter("petition", "register", &brought);
    office.figures("2026", &[("B1_deputies", "1"), ("B1", "1")]);
    assert_eq!(office.part("B1_channel", "2026", "VIA_DEPUTY"), "1");
}

#[test]
fn an_accusation_stays_whole_in_the_office_and_only_its_number_goes_up() {
    let office = Office::town("2026-03-02");
    let county = Office::county("2026-03-02");
    let id = letter(&office, "检举村干部", "2026-03-02", &["category=ACCUSE", "accused=某村村委会"]);
    letter(&office, "反映路灯", "2026-03-02", &[]);
    assert_eq!(office.shown(id).stream, "local/330282002");
    office.clerk().act(id, "propose", &["proposed_mode=TO_DISCIPLINE", "proposal_text=拟转纪委"]);
    office.chair().act(id, "approve", &[]);
    let set = ["to_unit=镇纪委", "transferred_on=2026-03-02"];
    assert!(office.clerk().refused(id, "transfer", &set).contains("检举控告不得转给被检举的单位、人员"));
    office.clerk().act(id, "transfer", &[&set[..], &["accused_checked=是"]].concat());
    let other = letter(&office, "另一检举", "2026-03-02", &["category=ACCUSE"]);
    let mode = ["proposed_mode=TO_SUGGESTION", "proposal_text=转建议"];
    assert!(office.clerk().refused(other, "propose", &mode).contains("不得转为代表建议"));
    // Neither the case nor a figure of it leaves.
    night(&office, &county);
    assert!(county.with(|ledger| ledger.find(&id.to_string())).is_err());
    for place in [&office, &county] {
        place.figures("2026", &[("B1", "1"), ("B1_accuse", "0"), ("B1_total", "1")]);
        assert_eq!(place.part("B1_category", "2026", "ACCUSE"), "0");
    }
    // The monthly return says how many there were.
    office.go_to("2026-04-01");
    let rows = r#"values=[{"indicator":"B1","derived":1,"reported":1},{"indicator":"C8_claimed","reported":0},{"indicator":"D5","reported":0}]"#;
    let month = [
        "dataset=MONTH",
        "title=3月月报",
        "period_from=2026-03-01",
        "period_to=2026-03-31",
        "due_on=2026-04-05",
    ];
    let monthly = office.clerk().enter("periodic_return", "open", &month);
    assert!(office.clerk().refused(monthly, "fill", &[rows]).contains("月报要填检举控告件数"));
    office.clerk().act(monthly, "fill", &[rows, "accuse_count=2", "accuse_transferred=1"]);
    office.figures("2026-03", &[("B1_total", "1")]);
    office.chair().act(monthly, "attest", &[]);
    night(&office, &county);
    for place in [&office, &county] {
        place.figures("2026-03", &[("B1", "1"), ("B1_accuse", "2"), ("B1_total", "3")]);
    }
}

#[test]
fn a_case_that_becomes_a_suggestion_is_linked_both_ways_and_keeps_its_title_here() {
    let office = Office::town("2026-03-02");
    let deputy = office.deputies(1)[0];
    let id = letter(&office, "某某反映村道破损", "2026-03-02", &[]);
    approved(&office, id, "TO_SUGGESTION");
    assert!(office.clerk().refused(id, "convert", &[]).contains("请填拟转建议案由和提出建议的代表"));
    let set = ["suggestion_title=关于修复村道的建议", &link("suggestion_deputy", deputy)];
    office.clerk().act(id, "convert", &set);
    let made = office.made(id, "proposal");
    assert_eq!(made.len(), 1);
    assert_eq!(office.value(id, "converted_to"), made[0].to_string());
    assert_eq!(office.value(made[0], "source_petition"), id.to_string());
    assert_eq!(office.status(made[0]), "draft");
    assert_eq!(office.value(made[0], "title"), "关于修复村道的建议");
    assert_eq!(office.value(made[0], "lead_deputy"), deputy.to_string());
    office.figures("2026", &[("B15", "1"), ("B6", "100.0 %"), ("A1", "0")]);
    // The draft goes the way of any suggestion.
    office.deputy().act(made[0], "edit", &["subject=URBAN_ENV", "body=正文"]);
    office.deputy().act(made[0], "submit", &[]);
    office.figures("2026", &[("A1", "1")]);
    // A county deputy's paper is collected instead.
    let id = letter(&office, "某某反映县道", "2026-03-02", &[]);
    approved(&office, id, "TO_SUGGESTION");
    office.clerk().act(id, "convert", &[set[0], set[1], "suggestion_level=COUNTY_VIA_TOWN"]);
    let paper = office.made(id, "proposal")[0];
    assert_eq!(office.value(paper, "level"), "COUNTY_VIA_TOWN");
    assert!(office.deputy().refused(paper, "submit", &["subject=URBAN_ENV"]).contains("转入收集"));
    office.clerk().act(paper, "collect_draft", &["subject=URBAN_ENV"]);
}

#[test]
fn what_is_sent_to_the_county_goes_without_names_and_its_answer_is_noted() {
    let office = Office::town("2026-03-02");
    let county = Office::county("2026-03-02");
    let id = letter(&office, "反映跨乡镇污染", "2026-03-02", &["petitioner_phone=13800000000"]);
    approved(&office, id, "TO_COUNTY");
    office.chair().act(id, "clear_summary", &["summary_cleared=河道跨界污染", "desensitised=是"]);
    office.chair().act(id, "escalate", &["escalated_on=2026-03-02", "referral_enclosed=是"]);
    night(&office, &county);
    let there = county.shown(id);
    assert_eq!(there.status, "escalated");
    assert_eq!(there.fields["summary_cleared"], "河道跨界污染");
    for field in
        ["title", "summary", "petitioner_name", "petitioner_phone", "petitioner_address", "proposal_text"]
    {
        assert!(!there.fields.contains_key(field) && !there.local.contains_key(field), "{field} went up");
    }
    // The county has it, but it is the office that tells the petitioner within fifteen days.
    office.go_to("2026-03-18");
    office.figures("2026", &[("B12", "1"), ("B12_rate", "0.0 %"), ("B3", "0.0 %")]);
    office.clerk().act(id, "notify", &["notified_on=2026-03-16"]);
    office.figures("2026", &[("B3", "100.0 %")]);
    office.go_to("2026-04-02");
    county.go_to("2026-04-01");
    let (desk, theirs) = (county.role("C_OFFICE"), county.made(id, "petition_referral")[0]);
    assert_eq!(county.value(theirs, "enclosed"), "true", "the papers come sealed");
    desk.act(theirs, "accept", &["accepted_on=2026-04-01"]);
    desk.act(theirs, "answer", &["answered_on=2026-04-01", "result=EXPLAINED", "answer_text=已说明"]);
    night(&county, &office);
    office.figures("2026", &[("B12_rate", "100.0 %"), ("B6", "0.0 %")]);
}

#[test]
fn review_and_re_check_have_thirty_days_each_to_be_asked_for_and_to_be_given() {
    let office = Office::town("2026-03-02");
    let case = |name: &str| {
        let id = letter(&office, name, "2026-03-02", &[]);
        transferred(&office, id, "2026-03-02");
        office.unit().act(id, "accept", &["accepted_on=2026-03-02"]);
        replied(&office, id, "2026-03-02");
        id
    };
    let (asked, late) = (case("申请复查"), case("逾期申请"));
    assert_eq!(office.due(asked, "DL-XF-REVIEW-REQ"), "2026-04-01");
    office.go_to("2026-04-01");
    office.clerk().act(asked, "ask_review", &["review_asked_on=2026-04-01", "review_body=镇人民政府"]);
    assert_eq!(office.due(asked, "DL-XF-REVIEW"), "2026-05-06", "1 May is a holiday");
    let told = office.chair().refused(asked, "report", &["reported_to=PARTY", "reported_on=2026-04-01"]);
    assert!(told.contains("复查、复核意见还没有"), "{told}");
    office.go_to("2026-04-20");
    office.clerk().act(asked, "review_opinion", &["review_opinion_on=2026-04-20", "review_result=UPHELD"]);
    assert_eq!(office.due(asked, "DL-XF-RECHECK-REQ"), "2026-05-20");
    office.go_to("2026-05-20");
    office.clerk().act(asked, "ask_recheck", &["recheck_asked_on=2026-05-20"]);
    assert_eq!(office.due(asked, "DL-XF-RECHECK"), "2026-06-22", "19 June is a holiday, then a weekend");
    office.clerk().act(asked, "recheck_opinion", &["recheck_opinion_on=2026-05-20"]);
    reported(&office, asked, "2026-05-20");
    // Who asks on the 31st day asks too late; what was asked in time may be entered later.
    let told = office.clerk().refused(late, "ask_review", &["review_asked_on=2026-04-02"]);
    assert!(told.contains("申请复查的期限"), "{told}");
    office.clerk().act(late, "ask_review", &["review_asked_on=2026-04-01"]);
    office.clerk().act(late, "review_opinion", &["review_opinion_on=2026-04-10"]);
    let told = office.clerk().refused(late, "ask_recheck", &["recheck_asked_on=2026-05-11"]);
    assert!(told.contains("申请复核的期限"), "{told}");
    office.clerk().act(late, "ask_recheck", &["recheck_asked_on=2026-05-10"]);
}

#[test]
fn an_extension_is_of_thirty_days_at_most_and_only_once() {
    let office = Office::town("2026-03-02");
    let id = letter(&office, "要求落实补偿", "2026-03-02", &[]);
    transferred(&office, id, "2026-03-02");
    office.unit().act(id, "accept", &["accepted_on=2026-03-02"]);
    // 60 days: 1 May, a holiday; 30 days from 1 May: 31 May, a Sunday.
    assert_eq!(office.due(id, "DL-XF-DONE"), "2026-05-06");
    office.unit().act(id, "ask_extension", &["extension_asked_on=2026-03-02"]);
    let chair = office.chair();
    assert!(office.unit().refused(id, "extend", &["extended_to=2026-05-20"]).contains("不能办理“延期”"));
    assert!(chair.refused(id, "extend", &["extended_to=2026-05-06"]).contains("应晚于原期限"));
    assert!(chair.refused(id, "extend", &["extended_to=2026-06-02"]).contains("最迟到2026年6月1日"));
    chair.act(id, "extend", &["extended_to=2026-06-01"]);
    assert!(chair.refused(id, "extend", &["extended_to=2026-06-15"]).contains("已延期1次，不能再延"));
    office.clerk().act(id, "tell_extension", &["extension_told_on=2026-03-02"]);
    office.go_to("2026-06-01");
    replied(&office, id, "2026-06-01");
    office.figures("2026", &[("B5", "100.0 %"), ("B10", "100.0 %"), ("B7", "0")]);
    // In Zhejiang a case has 30 days, and 60 more.
    let office = Office::town("2026-03-02").under("zhejiang");
    let id = letter(&office, "要求落实补偿", "2026-03-02", &[]);
    assert_eq!(office.due(id, "DL-XF-NOTICE"), "2026-03-09");
    transferred(&office, id, "2026-03-02");
    office.unit().act(id, "accept", &["accepted_on=2026-03-02"]);
    assert_eq!(office.due(id, "DL-XF-DONE"), "2026-04-01");
    office.chair().act(id, "extend", &["extended_to=2026-06-01"]);
}

#[test]
fn urging_pauses_three_days_and_the_chair_urges_only_what_is_over() {
    let office = Office::town("2026-03-02");
    let id = letter(&office, "反映垃圾清运", "2026-03-02", &[]);
    transferred(&office, id, "2026-03-02");
    office.clerk().act(id, "urge", &["urge_form=PHONE"]);
    office.go_to("2026-03-04");
    let told = office.clerk().refused(id, "urge", &[]);
    assert!(told.contains("2026年3月5日起才能再办"), "{told}");
    office.unit().act(id, "accept", &["accepted_on=2026-03-02"]);
    for day in ["2026-03-05", "2026-03-08"] {
        office.go_to(day);
        office.clerk().act(id, "urge", &[]);
    }
    let rows: serde_json::Value = serde_json::from_str(&office.value(id, "urges")).expect("rows");
    let levels: Vec<i64> =
        rows.as_array().expect("a list").iter().filter_map(|row| row["level"].as_i64()).collect();
    assert_eq!(levels, [1, 2, 3]);
    office.figures("2026", &[("B13", "3.0"), ("B13_three", "1"), ("B13_sent", "3"), ("B7", "0")]);
    assert!(office.chair().refused(id, "urge_by_chair", &[]).contains("不能办理“主席督办”"));
    office.go_to("2026-05-07");
    office.figures("2026", &[("B7", "1"), ("B7_unit", "1")]);
    office.chair().act(id, "urge_by_chair", &[]);
    office.chair().act(id, "report_overdue", &[]);
    assert_eq!(office.value(id, "overdue_reported_on"), "2026-05-07");
    office.figures("2026", &[("B13_sent", "5")]);
}

#[test]
fn a_unit_objects_within_five_working_days_and_the_chair_confirms_it() {
    let office = Office::town("2026-04-30");
    let case = |name: &str| {
        let id = letter(&office, name, "2026-04-30", &[]);
        transferred(&office, id, "2026-04-30");
        id
    };
    let (in_time, late) = (case("异议"), case("逾期异议"));
    assert_eq!(office.due(in_time, "DL-XF-OBJECT"), "2026-05-11", "9 May is a working Saturday");
    office.go_to("2026-05-11");
    office.unit().act(in_time, "raise_objection", &["objected_on=2026-05-11", "objection=不属本单位职责"]);
    office.chair().act(in_time, "object", &[]);
    assert_eq!(office.status(in_time), "approved");
    office.clerk().act(in_time, "transfer", &["to_unit=镇水利站", "transferred_on=2026-05-11"]);
    office.go_to("2026-05-12");
    let set = ["objected_on=2026-05-12", "objection=不属本单位职责"];
    assert!(office.unit().refused(late, "raise_objection", &set).contains("已过承办单位提出异议的期限"));
}
