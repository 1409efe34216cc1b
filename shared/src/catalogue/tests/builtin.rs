//! A walk over all files that the program carries.

use crate::catalogue::builtin_files;
use crate::catalogue::model::{Address, Catalogue, Condition, Field, Kind, Privacy, Runs, Shape};
use crate::record::Value;

#[test]
fn the_builtin_files_are_sound() {
    if let Err(problems) = Catalogue::load(builtin_files().iter().copied()) {
        panic!("{problems}");
    }
}

#[test]
fn the_kinds_are_there_under_their_frozen_tags() {
    let catalogue = Catalogue::builtin();
    let kinds: Vec<(u32, &str)> = catalogue.kinds.values().map(|kind| (kind.tag, kind.id.as_str())).collect();
    let expected = [
        (1, "township_profile"),
        (2, "deputy"),
        (3, "performance"),
        (4, "voter_report"),
        (5, "exit_case"),
        (6, "petition"),
        (7, "proposal"),
        (8, "meeting"),
        (9, "supervision_item"),
        (10, "law_inspection"),
        (11, "activity"),
        (12, "appraisal"),
        (13, "incoming_doc"),
        (14, "publicity"),
        (15, "institution"),
        (16, "subscription"),
        (17, "reception"),
        (18, "group_activity"),
        (19, "study_session"),
        (20, "text_document"),
        (21, "fund_year"),
        (22, "periodic_return"),
        (23, "archive_item"),
        (24, "livelihood_project"),
        (25, "election_project"),
        (31, "deputy_group"),
        (32, "station"),
        (33, "staff"),
        (34, "delegation"),
        (35, "agenda_item"),
        (36, "finding"),
        (37, "appraisal_target"),
        (38, "outgoing_doc"),
        (39, "distribution"),
        (40, "info_brief"),
        (41, "fund_use"),
        (42, "correction"),
        (44, "unit"),
        (45, "term"),
        (101, "district"),
        (102, "district_membership"),
        (103, "liaison_assignment"),
        (104, "assignment"),
        (105, "circular_doc"),
        (106, "invitation"),
        (107, "liaison_meeting"),
        (108, "seminar"),
        (109, "training_class"),
        (110, "periodical_shipment"),
        (111, "guidance_visit"),
        (112, "publicity_score"),
        (113, "feedback"),
        (114, "bulletin"),
        (115, "appraisal_scheme"),
        (116, "reference_file"),
        (117, "period_control"),
        (118, "county_proposal"),
        (122, "scoring_rule"),
        (123, "target"),
        (124, "assignment_line"),
        (125, "appraisal_score"),
        (126, "honour"),
        (127, "veto_decision"),
        (128, "petition_referral"),
        (129, "campaign"),
        (130, "campaign_line"),
        (131, "return_line"),
        (132, "shipment_line"),
        (133, "invitation_line"),
        (204, "assignment_report"),
        (206, "invitation_reply"),
        (207, "exchange_report"),
        (208, "seminar_paper"),
        (209, "enrolment"),
        (210, "shipment_ack"),
        (211, "visit_confirmation"),
        (212, "score_appeal"),
        (213, "feedback_reply"),
        (214, "bulletin_read"),
        (215, "self_appraisal"),
        (219, "campaign_report"),
        (223, "target_ack"),
    ];
    assert_eq!(kinds, expected);
}

/// Every rule of the tables that the rest of the program relies on, seen from the finished model.
#[test]
fn every_table_holds_together() {
    let catalogue = Catalogue::builtin();
    for kind in catalogue.kinds.values() {
        let name = &kind.id;
        assert!(matches!(kind.fields[&kind.title].shape, Shape::Text { .. }), "{name}");
        assert!(matches!(kind.fields[&kind.date].shape, Shape::Date), "{name}");
        assert!(kind.creations().count() > 0, "{name}");
        for (tag, action) in &kind.actions {
            assert_eq!(*tag, action.tag);
            assert!(!action.roles.is_empty(), "{name}/{}", action.id);
            assert!(action.from.iter().chain(&action.to).all(|status| kind.statuses.contains_key(status)));
            assert!(
                action.requires.iter().chain(&action.accepts).all(|field| kind.fields.contains_key(field))
            );
        }
        let shown: usize = kind.form.iter().map(|section| section.fields.len()).sum();
        assert_eq!(shown, kind.fields.len(), "{name}");
        assert!(kind.fields.values().all(sound), "{name}");
        let open = kind.statuses.values().filter(|status| status.open);
        assert!(open.into_iter().all(|status| kind.actions_from(status.tag).count() > 0), "{name}");
    }
    for profile in catalogue.profiles.values() {
        for (number, kind) in &catalogue.deadlines {
            let counted = kind.runs != Runs::Given;
            assert_eq!(profile.length(*number).is_some(), counted, "{} {}", profile.id, kind.code);
        }
    }
    for (_, rate) in catalogue.rates() {
        assert!(rate.parts().all(|id| catalogue.measure(id).is_some()), "{}", rate.id);
    }
}

fn sound(field: &Field) -> bool {
    let labels = !field.label.zh.is_empty() && !field.label.en.is_empty();
    let choices = field.choices().iter().all(|choice| {
        field.choice(choice.id).is_some_and(|found| found.key == choice.key)
            && field.choice_spelt(&choice.label.zh).is_some_and(|found| found.id == choice.id)
    });
    labels && choices
}

/// What the law and the domain study keep in the office, named once more so that no edit of a file lets it out.
#[test]
fn what_must_stay_in_the_office_stays() {
    let catalogue = Catalogue::builtin();
    let local = |kind: &str, fields: &[&str]| {
        let kind = catalogue.kind(kind).expect("a kind");
        for id in fields {
            assert_eq!(kind.field(id).expect("a field").privacy, Privacy::Local, "{}/{id}", kind.id);
        }
    };
    local(
        "petition",
        &[
            "title",
            "summary",
            "petitioner_name",
            "petitioner_id_card",
            "petitioner_phone",
            "petitioner_address",
            "representatives",
            "proposal_text",
            "chair_note",
            "reply_text",
            "related_cases",
        ],
    );
    local("deputy", &["id_card", "mobile", "home_address", "bank_account", "photo", "case_note"]);
    local("proposal", &["body", "basis", "plan", "evaluation_comment"]);
    local("publicity", &["author_names", "evidence"]);
    local("township_profile", &["staff_names", "staff_phone"]);
    local("enrolment", &["scores", "phone"]);
    local("self_appraisal", &["prepared_by"]);
    local("campaign_report", &["prepared_by"]);
    local("appraisal_score", &["reviewers"]);
    local("training_class", &["exams"]);
    local("seminar_paper", &["authors"]);
    local("exchange_report", &["writer"]);
    local("shipment_ack", &["receiver"]);
    local("invitation_reply", &["office_note"]);
    local("visit_confirmation", &["office_note"]);
    let petition = catalogue.kind("petition").expect("a kind");
    assert_eq!(petition.reason_privacy, Privacy::Local);
    let category = petition.field("category").expect("a field");
    let accuse = category.choice_value("ACCUSE").expect("a choice");
    assert_eq!(petition.local_when, Some(Condition::In { field: category.tag, values: vec![accuse] }));
    // What reaches every township holds nothing private.
    for kind in catalogue.kinds.values().filter(|kind| kind.address == Address::All) {
        assert!(kind.fields.values().all(|field| field.privacy == Privacy::Sync), "{}", kind.id);
    }
}

/// The columns and spellings of the ledger of 2017 that the import must take.
#[test]
fn the_headings_of_the_real_ledger_are_known() {
    let catalogue = Catalogue::builtin();
    let kind = catalogue.kind("proposal").expect("a kind");
    let field = |heading: &str| {
        let owns = |field: &&Field| field.label.zh == heading || field.headings.iter().any(|h| h == heading);
        kind.fields.values().find(owns).map_or("", |field| field.id.as_str())
    };
    let columns = [
        ("案号", "proposal_no"),
        ("案别", "form"),
        ("案由", "title"),
        ("代表团", "delegation"),
        ("附议人数", "cosigner_count"),
        ("性质类别", "subject"),
        ("状态", "in_session"),
        ("是否公开", "openness"),
        ("登记日期", "raised_on"),
        ("审核", "review"),
        ("交办日期", "assigned_on"),
        ("主办单位", "main_unit"),
        ("协办单位", "co_units"),
        ("主办答复日期", "replied_on"),
        ("办理结果类别", "result_class"),
        ("当前环节", "ledger_stage"),
    ];
    for (heading, id) in columns {
        assert_eq!(field(heading), id, "{heading}");
    }
    let import = kind.import.as_ref().expect("an import");
    assert!(import.township_headings.iter().any(|heading| heading == "提出乡镇"));
    let spelt = [
        ("form", "建议", "SUGGESTION"),
        ("subject", "城建环保", "URBAN_ENV"),
        ("in_session", "大会期间", "IN_SESSION"),
        ("openness", "公开", "OPEN"),
        ("review", "立案", "FILE"),
        ("result_class", "B", "B"),
        ("ledger_stage", "办理", "HANDLE"),
    ];
    for (field, text, key) in spelt {
        let found = kind.field(field).expect("a field").choice_spelt(text).map(|choice| choice.key.as_str());
        assert_eq!(found, Some(key), "{field} {text}");
    }
}

/// An import may only put a record into a status by what the file says.
#[test]
fn import_rules_look_at_fields_alone() {
    let on_fields = |condition: &Condition| {
        !format!("{condition:?}").contains("Reached") && !format!("{condition:?}").contains("StatusIn")
    };
    for kind in Catalogue::builtin().kinds.values() {
        let import: &Kind = kind;
        assert!(
            import.import.iter().flat_map(|import| &import.status).all(|(condition, _)| on_fields(condition)),
            "{}",
            kind.id
        );
    }
}

#[test]
fn a_folder_can_add_a_kind_and_replace_one() {
    let extra = r#"
id = "guest_book"
tag = 900
code = "X1"
zh = "来宾簿"
en = "Guest book"
owner = "township"
nodes = ["TOWN"]
title = "guest"
date = "on"
list = ["guest", "on"]
uses = ["retention"]
fields = [
  { tag = 1, id = "guest", zh = "来宾", en = "Guest", type = "text", max = 40, required_from = "start", default = "无" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
]
statuses = [{ tag = 1, id = "kept", zh = "已登记", en = "Kept" }]
form = [{ zh = "来宾", en = "Guest", fields = ["guest", "on", "retention"] }]
actions = [{ tag = 1, id = "keep", zh = "登记", en = "Keep", to = "kept", roles = ["T_CLERK"] }]
"#;
    let ours = Catalogue::builtin();
    let more =
        Catalogue::builtin_and([("guest_book.toml", extra)]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(more.kinds.len(), ours.kinds.len() + 1);
    assert_eq!(
        more.kind("guest_book").and_then(|kind| kind.field("guest")?.default.clone()),
        Some(Value::Text("无".into()))
    );
    assert_ne!(more.version, ours.version);
    let again = Catalogue::builtin_and([("guest_book.toml", extra)]).expect("the same files");
    assert_eq!(again.version, more.version);
    let clash = Catalogue::builtin_and([("guest_book.toml", extra.replace("tag = 900", "tag = 7").as_str())]);
    assert!(clash.is_err());
}
