//! What stands on the agenda and what becomes of it; the rhythm of the presidium.

use super::bed::{Office, roll};
use super::bench::{held, presidium, seated};

/// A session in which ten of twelve deputies are present.
fn session(office: &Office, deputies: &[String]) -> String {
    held(office, "人代会", "2026-03-20", "第十九届第九次会议", &roll("代表出席情况", deputies, 10, 2, 0))
}

#[test]
fn a_resolution_passes_by_more_than_half_of_all_deputies_and_is_carried_out() {
    let office = Office::town("2026-03-10");
    let deputies = seated(&office);
    let session = session(&office, &deputies);
    let clerk = office.clerk();
    let link = format!("会议={session}");
    let list = |title: &str, form: &str| {
        let (title, form) = (format!("议题={title}"), format!("议程类别={form}"));
        clerk.opens("会议议程", "列入议程", &[&link, &title, &form])
    };
    let item = list("关于农村生活污水治理的决定", "DECISION");
    let vote = |yes: &str| {
        [
            "审议（表决）日期=2026-03-20".to_owned(),
            format!("赞成票={yes}"),
            "反对票=1".to_owned(),
            "弃权票=2".to_owned(),
        ]
    };
    let pass = |yes: &str, more: &[&str]| {
        let set = vote(yes);
        let set: Vec<&str> = set.iter().map(String::as_str).chain(more.iter().copied()).collect();
        clerk.refused(&item, "表决通过", &set)
    };
    assert_eq!(pass("7", &[]), "人代会议程请选行使的职权。");
    let power = "行使职权=P03";
    assert_eq!(pass("6", &[power]), "决议须经全体代表过半数通过（不是到会代表过半数）。");
    assert_eq!(pass("8", &[power]), "各种票数之和不能超过到会人数。");
    assert_eq!(pass("7", &[power, "需要督办落实=是"]), "需要督办的，请填责任单位和办结期限。");
    assert_eq!(
        pass("7", &[power, "需要督办落实=是", "责任单位=镇人民政府", "办结期限=2026-03-19"]),
        "办结期限不能早于审议（表决）日期。"
    );
    let set = vote("7");
    let more = [
        power,
        "需要督办落实=是",
        "责任单位=镇人民政府",
        "办结期限=2026-12-31",
        "决议（决定、意见）要点=全面治理",
    ];
    let set: Vec<&str> = set.iter().map(String::as_str).chain(more).collect();
    clerk.does(&item, "表决通过", &set);
    assert_eq!((office.status(&item), office.value(&item, "deputies_all")), ("通过".into(), 12.into()));

    // It has become a matter to carry out, under its own number and with the day that the congress gave.
    let matters = office.all("supervision_item");
    let [matter] = matters.as_slice() else { panic!("one matter: {}", matters.len()) };
    let id = matter.id.to_string();
    assert_eq!(office.value(&item, "supervision_item"), id.as_str());
    assert_eq!(
        (office.words(&id, "来源"), office.words(&id, "责任单位")),
        ("人代会决议".into(), "镇人民政府".into())
    );
    assert_eq!(office.value(&id, "no"), "坎墩人督〔2026〕1号");
    assert_eq!(office.deadline(&id, "DL-SUPERVISE"), ("2026-12-31".into(), "open"));
    assert_eq!(office.figure("D13_items", "2026"), "1");

    // What had its majority cannot be entered as lost, nor an election as a resolution.
    let second = list("关于饮用水源保护的决议", "决议");
    let lost = ["审议（表决）日期=2026-03-20", "赞成票=7", "反对票=3"];
    assert_eq!(clerk.refused(&second, "表决未通过", &lost), "赞成票已过全体代表半数，应登记为通过。");
    clerk.does(&second, "表决未通过", &["审议（表决）日期=2026-03-20", "赞成票=6", "反对票=4"]);
    let election = list("选举副镇长", "ELECTION");
    assert_eq!(
        clerk.refused(&election, "表决通过", &["审议（表决）日期=2026-03-20", "赞成票=10", "行使职权=P07"]),
        "选举请用“登记选举结果”。"
    );
    let six = ["审议（表决）日期=2026-03-20", "当选人=方巧云", "当选人最低得票=6", "行使职权=P07"];
    assert_eq!(clerk.refused(&election, "登记选举结果", &six), "当选须得全体代表过半数选票。");
    let compile = ["资料汇编日期=2026-03-20", "会议记录=记录"];
    assert_eq!(clerk.refused(&session, "资料汇编完成", &compile), "还有议程没有登记结果。");
    clerk.does(&election, "登记选举结果", &[six[0], six[1], "当选人最低得票=7", six[3]]);
    clerk.does(&session, "资料汇编完成", &compile);
    assert_eq!(office.part("resolutions_passed", "DECISION", "2026"), "1");
}

#[test]
fn an_approved_budget_is_published_within_twenty_days() {
    let office = Office::town("2026-03-10");
    let deputies = seated(&office);
    let session = session(&office, &deputies);
    let link = format!("会议={session}");
    let item =
        office.clerk().opens("会议议程", "列入议程", &[&link, "议题=批准2026年预算", "议程类别=BUDGET"]);
    let set = ["审议（表决）日期=2026-03-20", "赞成票=9", "反对票=0", "弃权票=1", "行使职权=P04"];
    office.clerk().does(&item, "表决通过", &set);
    assert_eq!(office.deadline(&item, "DL-BUDGET-PUB"), ("2026-04-09".into(), "open"));
    office.go_to("2026-04-09");
    office.chair().does(&item, "公开", &["公开日期=2026-04-09"]);
    assert_eq!(
        (office.deadline(&item, "DL-BUDGET-PUB").1, office.figure("budget_met", "2026")),
        ("met", "1".into())
    );
}

#[test]
fn the_presidium_meets_every_three_months_and_its_gaps_are_counted() {
    let office = Office::town("2026-01-10");
    let deputies = seated(&office);
    let clerk = office.clerk();
    // Two of three members are a quorum, one is not.
    let set = ["会议名称=一月例会", "会议类型=主席团会议", "开会日期=2026-01-15"];
    let first = clerk.opens("会议", "列入计划", &set);
    clerk.does(&first, "发出通知", &["通知发出日期=2026-01-10", "地点=镇政府三楼"]);
    office.go_to("2026-01-15");
    let one = roll("代表出席情况", &deputies, 1, 2, 0);
    assert_eq!(clerk.refused(&first, "开会", &["届=19", &one]), "到会的主席团成员不过半数，不能开会。");
    clerk.does(&first, "开会", &["届=19", &roll("代表出席情况", &deputies, 2, 1, 0)]);
    clerk.does(&first, "闭会", &["闭会日期=2026-01-15", "会期（天）=0.5"]);
    assert_eq!(office.deadline(&first, "DL-MT-PRESIDIUM"), ("2026-04-15".into(), "open"));
    assert_eq!(office.figure("D3", "2026"), "66.7 %");
    assert_eq!(
        clerk.refused(&first, "归档", &[]),
        "当前状态为“闭会”，“归档”只能在“资料汇编完成、已取消”时办理。"
    );
    clerk.does(&first, "资料汇编完成", &["资料汇编日期=2026-01-15", "会议记录=听取汇报"]);
    assert_eq!(clerk.refused(&first, "归档", &[]), "下一次主席团会议闭会后才能归档。");

    office.go_to("2026-04-01");
    let second = presidium(&office, "2026-04-10", &deputies);
    assert_eq!(office.deadline(&first, "DL-MT-PRESIDIUM"), ("2026-04-15".into(), "met"));
    assert_eq!(office.deadline(&second, "DL-MT-PRESIDIUM"), ("2026-07-10".into(), "open"));
    clerk.does(&first, "归档", &[]);
    assert_eq!((office.figure("D2", "2026"), office.met("D2", "2026")), ("2".into(), Some(false)));
    // 85 days between the two; then it grows to the day of judgement, and from 93 days on it is too long.
    assert_eq!(
        (office.figure("D2_gap", "2026"), office.figure("D2_gap_over", "2026")),
        ("85".into(), "0".into())
    );
    office.go_to("2026-07-11");
    assert_eq!(
        (office.figure("D2_gap", "2026"), office.figure("D2_gap_over", "2026")),
        ("92".into(), "0".into())
    );
    assert_eq!(office.figure("D2_overdue", "2026"), "1");
    office.go_to("2026-07-12");
    assert_eq!(
        (office.figure("D2_gap", "2026"), office.figure("D2_gap_over", "2026")),
        ("93".into(), "1".into())
    );
    presidium(&office, "2026-07-20", &deputies);
    assert_eq!(office.deadline(&second, "DL-MT-PRESIDIUM").1, "late");
    presidium(&office, "2026-10-10", &deputies);
    assert_eq!((office.figure("D2", "2026"), office.met("D2", "2026")), ("4".into(), Some(true)));
    assert_eq!(office.figure("D2_gap", "2026"), "101");
    assert_eq!((office.figure("D3", "2026"), office.met("D3", "2026")), ("91.7 %".into(), Some(true)));
}

#[test]
fn a_decision_of_the_presidium_needs_more_than_half_of_its_members() {
    let office = Office::town("2026-03-01");
    let deputies = seated(&office);
    let meeting = presidium(&office, "2026-03-10", &deputies);
    let link = format!("会议={meeting}");
    let clerk = office.clerk();
    let item = clerk.opens("会议议程", "列入议程", &[&link, "议题=确定评议方案", "议程类别=DECISION"]);
    let one = ["审议（表决）日期=2026-03-10", "赞成票=1"];
    assert_eq!(clerk.refused(&item, "表决通过", &one), "主席团的决定须经全体成员过半数通过。");
    let two = [
        "审议（表决）日期=2026-03-10",
        "赞成票=2",
        "反对票=1",
        "需要督办落实=是",
        "责任单位=村镇建设办公室",
        "办结期限=2026-06-30",
    ];
    clerk.does(&item, "表决通过", &two);
    assert_eq!(office.value(&item, "members_all"), 3);
    let matter = office.all("supervision_item").remove(0).id.to_string();
    assert_eq!(office.words(&matter, "来源"), "主席团决定");
}

/// The clerk enters the March meeting only after that of June: it is no answer to the June meeting's three months.
#[test]
fn a_presidium_meeting_entered_late_is_not_the_next_one() {
    let office = Office::town("2026-06-01");
    let deputies = seated(&office);
    let june = presidium(&office, "2026-06-10", &deputies);
    let clerk = office.clerk();
    let set = ["会议名称=三月例会", "会议类型=主席团会议", "开会日期=2026-03-10"];
    let march = clerk.opens("会议", "列入计划", &set);
    clerk.does(&march, "发出通知", &["通知发出日期=2026-03-05", "地点=镇政府三楼"]);
    clerk.does(&march, "开会", &["届=19", &roll("代表出席情况", &deputies, 3, 0, 0)]);
    clerk.does(&march, "闭会", &["闭会日期=2026-03-10", "会期（天）=0.5"]);
    assert_eq!(office.deadline(&june, "DL-MT-PRESIDIUM"), ("2026-09-10".into(), "open"));
    assert_eq!(
        clerk.refused(&march, "下一次主席团会议已召开", &["下一次主席团会议日期=2026-03-09"]),
        "按此记录的内容，不能办理“下一次主席团会议已召开”。"
    );
    clerk.does(&march, "下一次主席团会议已召开", &["下一次主席团会议日期=2026-06-10"]);
    assert_eq!(office.deadline(&march, "DL-MT-PRESIDIUM"), ("2026-06-10".into(), "met"));
    assert_eq!((office.figure("D2", "2026"), office.figure("D2_gap", "2026")), ("2".into(), "92".into()));
}
