//! Documents that come and go (R13), institutions (R15) and texts (R20).

use shared::ids::RecordId;

use crate::bed::{Office, link};

/// A document that came today, registered and screened.
#[track_caller]
fn came(office: &Office, title: &str, day: &str, more: &[&str]) -> RecordId {
    let (title, on) = (format!("title={title}"), format!("received_on={day}"));
    let set = [&[title.as_str(), &on, "issuer=县人大常委会办公室", "doc_kind=NOTICE"][..], more].concat();
    let id = office.clerk().enter("incoming_doc", "receive", &set);
    office.clerk().act(id, "register", &[]);
    office.clerk().act(id, "screen", &["screening=OURS、RULES"]);
    id
}

#[track_caller]
fn given(office: &Office, id: RecordId, day: &str) {
    office.clerk().act(id, "propose", &["proposed_mode=HANDLE", "proposal_text=请主席阅示"]);
    office.chair().act(
        id,
        "assign",
        &["unit=镇人大办公室", &format!("assigned_on={day}"), "chair_note=同意"],
    );
}

#[test]
fn a_document_that_comes_goes_through_all_its_stations() {
    let office = Office::town("2026-03-02");
    let set = ["title=关于报送材料的通知", "received_on=2026-03-02", "issuer=县人大"];
    assert!(
        office
            .clerk()
            .refused_new("incoming_doc", "receive", &[&set[..], &["action_due=2026-03-01"]].concat())
            .contains("不能早于收文日期")
    );
    let id = office.clerk().enter("incoming_doc", "receive", &set);
    assert_eq!(office.value(id, "signed_for_on"), "2026-03-02");
    assert_eq!(office.value(id, "receipt_no"), "");
    assert!(office.clerk().refused(id, "register", &[]).contains("文种必须填写"));
    office.clerk().act(id, "edit", &["doc_kind=NOTICE", "action_due=2026-03-10", "answer_required=是"]);
    office.clerk().act(id, "register", &[]);
    assert_eq!(office.value(id, "receipt_no"), "收〔2026〕1号");
    assert_eq!(office.due(id, "DL-DOC-ACTION"), "2026-03-10");
    office.clerk().act(id, "screen", &["screening=OURS"]);
    given(&office, id, "2026-03-02");
    let reader =
        |read: &str| format!(r#"circulation=[{{"reader":"副主席","passed_on":"2026-03-02"{read}}}]"#);
    office.clerk().act(id, "note_reading", &[&reader("")]);
    office.clerk().act(id, "urge", &["urge_form=ORAL"]);
    assert!(office.chair().refused(id, "urge", &["urge_form=ORAL"]).contains("起才能再办"));
    assert!(
        office.clerk().refused(id, "file", &["filed_on=2026-03-02", "result=已办"]).contains("此件需要答复")
    );
    assert!(office.chair().refused(id, "answer", &["answered_on=2026-03-02"]).contains("请写明复文"));
    office.chair().act(id, "answer", &["answered_on=2026-03-02", "answer_no=坎墩人〔2026〕3号"]);
    assert!(office.clerk().refused(id, "file", &["filed_on=2026-03-02"]).contains("传阅件还没有全部收回"));
    office.clerk().act(id, "file", &["filed_on=2026-03-02", &reader(r#","read_on":"2026-03-02""#)]);
    office.clerk().act(id, "archive", &["archived_on=2026-03-02"]);
    office.figures(
        "2026",
        &[("D15", "100.0 %"), ("incoming", "1"), ("incoming_answered", "1"), ("incoming_urges", "1")],
    );
    // Who reads and what is written stays here.
    let shown = office.shown(id);
    for field in ["circulation", "proposal_text", "chair_note"] {
        assert!(shown.local.contains_key(field) && !shown.fields.contains_key(field), "{field}");
    }
    // State secrets have no place in it.
    let refused =
        office.clerk().refused_new("incoming_doc", "receive", &[&set[..], &["security_level=机密"]].concat());
    assert!(refused.contains("密级"), "{refused}");
}

#[test]
fn what_is_acted_on_in_time_is_counted_by_its_day() {
    let office = Office::town("2026-03-02");
    let day = "2026-03-02";
    let due = |title: &str, due: &str| came(&office, title, day, &[&format!("action_due={due}")]);
    let (first, second, third) = (due("一", "2026-03-10"), due("二", "2026-03-10"), due("三", "2026-03-16"));
    let (running, returned) = (due("四", "2026-04-30"), due("五", "2026-03-12"));
    came(&office, "六", day, &[]);
    for id in [first, second, third, running] {
        given(&office, id, day);
    }
    office.chair().act(returned, "refuse", &["returned_on=2026-03-02"]);
    office.chair().act(running, "extend", &["extended_to=2026-05-15"]);
    office.figures("2026", &[("D15", "—"), ("D15_overdue", "0"), ("incoming", "6")]);
    office.go_to("2026-03-10");
    office.clerk().act(first, "file", &["filed_on=2026-03-10", "result=已报送"]);
    office.go_to("2026-03-11");
    office.clerk().act(second, "file", &["filed_on=2026-03-11", "result=已报送"]);
    office.figures("2026", &[("D15", "50.0 %"), ("D15_soon", "1")]);
    office.go_to("2026-03-20");
    office.figures(
        "2026",
        &[("D15", "33.3 %"), ("D15_overdue", "1"), ("D15_soon", "0"), ("incoming_open", "3")],
    );
    office.clerk().act(returned, "archive", &["archived_on=2026-03-20"]);
    office.clerk().act(first, "archive", &["archived_on=2026-03-20"]);
    office.figures("2026", &[("D15", "33.3 %"), ("incoming_open", "3")]);
    office.go_to("2026-05-16");
    office.figures("2026", &[("D15", "25.0 %"), ("D15_overdue", "2")]);
}

/// Drafted by the clerk, checked, and signed by the chair.
#[track_caller]
fn signed(office: &Office, series: &str, day: &str) -> RecordId {
    let set = [
        &format!("series={series}"),
        "doc_kind=NOTICE",
        "title=关于召开会议的通知",
        "main_recipients=各代表小组",
    ];
    let id = office.clerk().enter("outgoing_doc", "draft", &set);
    office.clerk().act(id, "check", &["issuer=镇人民代表大会主席团"]);
    office.chair().act(id, "sign", &["signer=主席", &format!("signed_on={day}")]);
    id
}

#[track_caller]
fn numbered(office: &Office, id: RecordId, day: &str) -> String {
    office.clerk().act(id, "recheck", &[]);
    office.clerk().act(id, "register", &["copies=20", &format!("composed_on={day}")]);
    office.value(id, "doc_no")
}

#[test]
fn a_document_that_goes_out_gets_its_number_after_the_signature_and_without_gaps() {
    let office = Office::town("2026-12-30");
    let day = "2026-12-30";
    let draft = office.clerk().enter("outgoing_doc", "draft", &["doc_kind=REQUEST", "title=请示"]);
    assert!(
        office
            .clerk()
            .refused(draft, "check", &["main_recipients=县人大、镇党委"])
            .contains("请示只主送一个机关")
    );
    assert!(office.clerk().refused(draft, "check", &[]).contains("请填主送机关"));
    assert!(
        office.clerk().refused(draft, "register", &["copies=1", "composed_on=2026-12-30"]).contains("已复核")
    );
    office.clerk().act(draft, "check", &["main_recipients=县人大", "issuer=镇人大"]);
    let set = ["signer=主席", "signed_on=2026-12-30"];
    assert!(office.clerk().refused(draft, "sign", &set).contains("不能办理“签发”"));
    assert!(
        office.chair().named("u1").act_or(draft, "sign", &set).contains("办理“拟稿”的人不能再办理“签发”")
    );
    let (first, second, third) =
        (signed(&office, "REN", day), signed(&office, "REN", day), signed(&office, "REN_BAN", day));
    assert_eq!(office.value(first, "doc_no"), "", "signed, and no number yet");
    assert_eq!(numbered(&office, second, day), "坎墩人〔2026〕1号");
    assert_eq!(numbered(&office, first, day), "坎墩人〔2026〕2号");
    assert_eq!(numbered(&office, third, day), "坎墩人办〔2026〕1号", "a series of its own");
    // A void one keeps its number; what goes back to be changed keeps it too.
    office.chair().act(first, "void", &[]);
    office.chair().act(second, "return_recheck", &[]);
    assert_eq!(numbered_again(&office, second, day), "坎墩人〔2026〕1号");
    let fourth = signed(&office, "REN", day);
    assert_eq!(numbered(&office, fourth, day), "坎墩人〔2026〕3号");
    // The year is that of the signature.
    let old = signed(&office, "REN", "2026-12-30");
    office.go_to("2027-01-04");
    let new = signed(&office, "REN", "2027-01-04");
    assert_eq!(numbered(&office, new, "2027-01-04"), "坎墩人〔2027〕1号");
    assert_eq!(numbered(&office, old, "2026-12-30"), "坎墩人〔2026〕4号");
    office.clerk().act(old, "print", &["printed_on=2027-01-04"]);
    office.clerk().act(old, "send", &["sent_on=2027-01-04"]);
    office.clerk().act(
        old,
        "note_delivery",
        &[r#"deliveries=[{"to":"第一代表小组","way":"HAND","signed_for":"是"}]"#],
    );
    office.clerk().act(old, "archive", &[]);
    office.figures("2026", &[("outgoing", "4")]);
    office.figures("2027", &[("outgoing", "1"), ("outgoing_sent", "1"), ("outgoing_days_mean", "5.0")]);
}

#[track_caller]
fn numbered_again(office: &Office, id: RecordId, day: &str) -> String {
    office.clerk().act(id, "register", &["copies=20", &format!("composed_on={day}")]);
    office.value(id, "doc_no")
}

const NINE: [(&str, &str); 9] = [
    ("GROUP_ACTIVITY", "代表小组活动制度"),
    ("RESEARCH", "调查研究制度"),
    ("ARCHIVES", "文书档案管理制度"),
    ("OFFICE_BUILDING", "人大主席团办公室自身建设制度"),
    ("PRESIDIUM_MEETING", "主席团例会制度"),
    ("PRESIDIUM_CONTACT", "主席团成员联系代表制度"),
    ("PROPOSAL_SUPERVISION", "代表议案和建议督办制度"),
    ("RECEPTION", "接待代表和群众来信来访制度"),
    ("INSPECTION", "组织代表视察、检查、调查制度"),
];

#[test]
fn of_the_nine_institutions_those_in_force_count_and_the_others_are_named() {
    let office = Office::town("2026-03-02");
    office.figures("2026", &[("E11", "0.0 %"), ("E11_deputies", "0.0 %")]);
    let make = |form: &str, name: &str| {
        let id =
            office.clerk().enter("institution", "draft", &[&format!("form={form}"), &format!("name={name}")]);
        let set = ["adopted_by=PRESIDIUM", "adopted_on=2026-03-02"];
        assert!(office.presidium().refused(id, "adopt", &set).contains("请写明是哪次会议通过的"));
        office.presidium().act(id, "adopt", &[set[0], set[1], "adopted_at=主席团第三次会议"]);
        id
    };
    let made: Vec<RecordId> = NINE[..7].iter().map(|(form, name)| make(form, name)).collect();
    make("EXIT", "代表退出机制");
    office.clerk().enter("institution", "plan", &["form=RECEPTION", "name=来信来访制度"]);
    office.figures("2026", &[("E11", "77.8 %"), ("E11_deputies", "33.3 %"), ("institutions_stock", "8")]);
    assert_eq!(office.missing("E11", "2026"), ["接待代表和群众来信来访制度", "组织代表视察、检查、调查制度"]);
    // Revised it is in force in its new words, repealed it is not; a second of the same kind counts once.
    let set = ["revised_on=2026-03-02", "revision_note=调整例会次数"];
    office.presidium().act(made[4], "revise", &set);
    make("RESEARCH", "调查研究制度（试行）");
    office.figures("2026", &[("E11", "77.8 %"), ("institutions_revised", "1")]);
    office.presidium().act(made[0], "repeal", &["repealed_on=2026-03-02"]);
    office.figures("2026", &[("E11", "66.7 %"), ("institutions_wall_rate", "0.0 %")]);
    assert!(office.missing("E11", "2026").contains(&"代表小组活动制度".to_owned()));
    office.clerk().act(made[1], "post", &["posted_on=2026-03-02"]);
    office.figures("2026", &[("institutions_on_wall", "1")]);
    office.figures("2025", &[("E11", "0.0 %")]);
}

#[test]
fn a_text_is_reviewed_by_another_and_an_opinion_of_deliberation_is_followed() {
    let office = Office::town("2026-03-02");
    let set = ["form=OPINION", "title=关于民生实事进展的审议意见", "period=2026年"];
    let id = office.clerk().enter("text_document", "draft", &set);
    let on = ["reviewed_on=2026-03-02"];
    assert!(office.chair().named("u1").act_or(id, "review", &on).contains("办理“起草”的人不能再办理“审核”"));
    office.chair().act(id, "review", &on);
    office.chair().act(id, "return", &["review_note=补充数据"]);
    assert_eq!(office.value(id, "version"), "2");
    office.chair().act(id, "review", &on);
    let adopted = ["adopted_on=2026-03-02"];
    assert!(office.presidium().refused(id, "adopt", &adopted).contains("报告和审议意见要写明哪次会议"));
    office.presidium().act(id, "adopt", &[adopted[0], "adopted_at=主席团第六次会议"]);
    let sent = ["sent_on=2026-03-02", "sent_to=镇人民政府"];
    assert!(office.chair().refused(id, "send", &sent).contains("审议意见要写明交办单位和反馈期限"));
    office.chair().act(id, "send", &[sent[0], sent[1], "unit=镇人民政府", "feedback_due=2026-06-02"]);
    let items = office.made(id, "supervision_item");
    assert_eq!(items.len(), 1);
    assert_eq!(office.due(items[0], "DL-SUPERVISE"), "2026-06-02");
    assert_eq!(office.value(id, "supervision_item"), items[0].to_string());
    // Sent anew it makes no second one.
    office.chair().act(id, "reopen", &[]);
    office.chair().act(id, "send", &[&link("supervision_item", items[0])]);
    assert_eq!(office.made(id, "supervision_item").len(), 1);
    office.figures("2026", &[("texts", "1"), ("texts_opinions", "1"), ("texts_sent", "1")]);
    assert_eq!(office.part("texts_form", "2026", "OPINION"), "1");
}
