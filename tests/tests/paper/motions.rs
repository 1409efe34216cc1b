//! Motions, interpellations, recalls and nominations before the township congress, at the edges of what the law asks.

use shared::ids::RecordId;

use crate::bed::{Office, link, links};
use crate::suggestions::assigned;

/// A paper of a lead and so many cosigners, handed in.
#[track_caller]
fn paper(office: &Office, form: &str, signers: &[RecordId], more: &[&str]) -> RecordId {
    let (form, lead) = (format!("form={form}"), link("lead_deputy", signers[0]));
    let cosigners = links("cosigners", &signers[1..]);
    let mut set = vec![
        form.as_str(),
        &lead,
        "title=关于自来水的议案",
        "raised_on=2026-01-21",
        "in_session=IN_SESSION",
        "subject=URBAN_ENV",
        "basis=案据",
        "plan=方案",
        "term_no=19",
        "session_no=5",
    ];
    if signers.len() > 1 {
        set.push(&cosigners);
    }
    if !more.contains(&"body=") {
        set.push("body=正文");
    }
    set.extend(more);
    office.clerk().enter("proposal", "receive", &set)
}

const DECISION: &str = "presidium_decision=主席团第三次会议决定";

/// A motion of five deputies on the agenda.
#[track_caller]
fn on_agenda(office: &Office, deputies: &[RecordId]) -> RecordId {
    let id = paper(office, "MOTION", &deputies[..5], &[]);
    office.clerk().act(id, "check_motion", &[]);
    office.presidium().act(id, "put_on_agenda", &[DECISION]);
    id
}

#[test]
fn a_motion_has_three_parts_and_five_deputies() {
    let office = Office::town("2026-01-21");
    let deputies = office.deputies(10);
    let bare = [
        "form=MOTION",
        "title=议案",
        "raised_on=2026-01-21",
        "in_session=IN_SESSION",
        "subject=OTHER",
        "basis=案据",
    ];
    assert!(
        office.clerk().refused_new("proposal", "receive", &bare).contains("议案须有案由、案据、方案三部分")
    );
    let four = paper(&office, "MOTION", &deputies[..4], &[]);
    assert!(office.clerk().refused(four, "check_motion", &[]).contains("议案须五名以上代表联名"));
    assert!(office.clerk().refused(four, "register", &[]).contains("不能办理“登记”"));
    office.clerk().act(four, "check_motion", &[&links("cosigners", &deputies[1..5])]);
    assert_eq!(office.value(four, "proposal_no"), "1");
    office.figures("2026", &[("A1", "1"), ("A3", "50.0 %"), ("E3_points", "9")]);
    assert_eq!(office.part("A1_form", "2026", "MOTION"), "1");
    // The presidium and the government propose without deputies.
    for proposer in ["PRESIDIUM", "GOVERNMENT"] {
        let proposer = format!("proposer={proposer}");
        let set = [&bare[..], &["plan=方案", &proposer]].concat();
        let id = office.clerk().enter("proposal", "receive", &set);
        office.clerk().act(id, "check_motion", &[]);
    }
    // After the last day for motions of the session it is none any more.
    let late = paper(&office, "MOTION", &deputies[..5], &["motion_deadline=2026-01-20"]);
    assert!(office.clerk().refused(late, "check_motion", &[]).contains("不能早于提出（登记）日期"));
}

#[test]
fn an_interpellation_needs_ten_deputies_in_writing_and_gets_its_answer() {
    let office = Office::town("2026-01-21");
    let deputies = office.deputies(12);
    let nine = paper(&office, "INTERPELLATION", &deputies[..9], &["addressee=镇人民政府"]);
    assert!(office.clerk().refused(nine, "check_motion", &[]).contains("质询案须十名以上代表书面联名"));
    let id = paper(&office, "INTERPELLATION", &deputies[..10], &[]);
    assert!(office.clerk().refused(id, "check_motion", &[]).contains("请填质询、罢免、提名对象"));
    office.clerk().act(id, "check_motion", &["addressee=镇人民政府"]);
    office.presidium().act(id, "put_on_agenda", &[DECISION]);
    let answer = ["answered_on=2026-01-21", "answer_form=ORAL"];
    office.unit().act(id, "answer", &answer);
    office.presidium().act(id, "answer_again", &[DECISION]);
    office.unit().act(id, "answer", &answer);
    office.presidium().act(id, "conclude", &["concluded_on=2026-01-21", "answer_accepted=是"]);
    assert_eq!(office.status(id), "concluded");
}

#[test]
fn a_recall_needs_a_fifth_of_all_deputies_and_a_nomination_ten() {
    let office = Office::town("2026-01-21");
    // Of 51 deputies a fifth is eleven: ten are 19.6 %.
    let deputies = office.deputies(51);
    let short = paper(&office, "RECALL", &deputies[..10], &["addressee=某副镇长"]);
    assert!(office.clerk().refused(short, "check_motion", &[]).contains("五分之一以上代表联名"));
    let id = paper(&office, "RECALL", &deputies[..11], &["addressee=某副镇长"]);
    office.clerk().act(id, "check_motion", &[]);
    let grounds = paper(&office, "RECALL", &deputies[..11], &["addressee=某副镇长", "body="]);
    assert!(office.clerk().refused(grounds, "check_motion", &[]).contains("罢免案须写明理由"));
    let nine = paper(&office, "NOMINATION", &deputies[..9], &["addressee=某人"]);
    assert!(office.clerk().refused(nine, "check_motion", &[]).contains("十名以上代表联名提出"));
    office.clerk().act(nine, "check_motion", &[&links("cosigners", &deputies[1..10])]);
    let of_presidium = [
        "form=RECALL",
        "proposer=PRESIDIUM",
        "title=罢免案",
        "raised_on=2026-01-21",
        "in_session=IN_SESSION",
        "subject=OTHER",
        "body=理由",
        "addressee=某",
    ];
    let id = office.clerk().enter("proposal", "receive", &of_presidium);
    office.clerk().act(id, "check_motion", &[]);
}

#[test]
fn two_thirds_deliberate_and_more_than_half_of_all_pass_it() {
    let office = Office::town("2026-01-21");
    let deputies = office.deputies(50);
    let id = on_agenda(&office, &deputies);
    let deliberated =
        |present: u32| ["deliberated_on=2026-01-21".to_owned(), format!("present_count={present}")];
    let few = deliberated(33);
    assert!(
        office.presidium().refused(id, "deliberate", &[&few[0], &few[1]]).contains("不足全体代表的三分之二")
    );
    let enough = deliberated(34);
    office.presidium().act(id, "deliberate", &[&enough[0], &enough[1]]);
    let rest = ["main_unit=镇自来水厂", "resolution_due=2026-12-31", "votes_no=8"];
    let pass = |yes: &'static str| [&[yes][..], &rest].concat();
    assert!(office.presidium().refused(id, "pass", &pass("votes_yes=25")).contains("没有超过全体代表的半数"));
    assert!(office.presidium().refused(id, "pass", &pass("votes_yes=27")).contains("票数多于到会代表"));
    assert!(office.presidium().refused(id, "not_pass", &["votes_yes=26"]).contains("应为通过"));
    office.presidium().act(id, "pass", &pass("votes_yes=26"));
    assert_eq!(office.value(id, "deputies_all"), "50");
    office.figures("2026", &[("motions_passed", "1")]);
    // What the congress has passed is carried out under supervision.
    let item = office.made(id, "supervision_item");
    assert_eq!(item.len(), 1);
    assert_eq!(office.value(id, "resolution_item"), item[0].to_string());
    assert_eq!(office.value(item[0], "source"), "CONGRESS_RESOLUTION");
    assert_eq!(office.value(item[0], "unit"), "镇自来水厂");
    assert_eq!(office.due(item[0], "DL-SUPERVISE"), "2026-12-31");
    let lost = on_agenda(&office, &deputies);
    office.presidium().act(lost, "deliberate", &[&enough[0], &enough[1]]);
    office.presidium().act(lost, "not_pass", &["votes_yes=25"]);
    assert!(office.made(lost, "supervision_item").is_empty());
}

#[test]
fn a_motion_that_is_not_put_on_the_agenda_is_handled_as_a_suggestion() {
    let office = Office::town("2026-01-21");
    let deputies = office.deputies(8);
    let id = paper(&office, "MOTION", &deputies[..6], &[]);
    office.clerk().act(id, "check_motion", &[]);
    assert!(office.presidium().refused(id, "convert", &[]).contains("主席团决定必须填写"));
    office.presidium().act(id, "convert", &[DECISION]);
    let made = office.made(id, "proposal");
    assert_eq!(made.len(), 1);
    assert_eq!(office.value(id, "converted_to"), made[0].to_string());
    assert_eq!(office.value(made[0], "converted_from"), id.to_string());
    assert_eq!(office.value(made[0], "cosigner_count"), "5");
    assert_eq!(office.value(made[0], "body"), "方案");
    office.clerk().act(made[0], "register", &[]);
    // The deputies have it in their files once.
    assert!(office.made(made[0], "performance").is_empty());
    assert_eq!(office.made(id, "performance").len(), 6);
    assigned(&office, made[0], "镇自来水厂", "2026-01-21", &[]);
    assert_eq!(office.due(made[0], "DL-SG-REPLY"), "2026-04-21");
}

#[test]
fn a_motion_is_withdrawn_before_the_vote_and_only_with_the_presidiums_consent() {
    let office = Office::town("2026-01-21");
    let deputies = office.deputies(6);
    let id = on_agenda(&office, &deputies);
    assert!(office.deputy().refused(id, "withdraw", &["withdrawn_on=2026-01-21"]).contains("列入议程"));
    assert!(
        office
            .deputy()
            .refused(id, "withdraw_motion", &["withdrawn_on=2026-01-21", DECISION])
            .contains("代表不能办理")
    );
    office.presidium().act(id, "withdraw_motion", &["withdrawn_on=2026-01-21", DECISION]);
    office.figures("2026", &[("E3_points", "0"), ("A1", "1")]);
}
