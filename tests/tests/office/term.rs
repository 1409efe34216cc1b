//! The election of a new congress, and the day on which one term becomes the next.

use super::bed::{Office, roll, rows};
use super::bench::{elected, held, seated};

/// The table of electoral districts of 坎墩镇: twelve seats.
fn districts(voted: &str, elected: &str) -> String {
    let first = [("选区", "第一选区"), ("应选名额", "6"), ("登记选民", "6000"), ("正式候选人数", "8")];
    let second = [("选区", "第二选区"), ("应选名额", "6"), ("登记选民", "4000"), ("正式候选人数", "8")];
    let counted = [("参加投票选民", voted), ("当选代表", elected)];
    let first: Vec<_> = first.into_iter().chain(counted).collect();
    let second: Vec<_> = second.into_iter().chain([("参加投票选民", "4000"), ("当选代表", "5")]).collect();
    rows("选区一览", &[&first, &second])
}

/// An election of which all but the first session is done: the project, its term, and how it was entered.
fn election(office: &Office) -> (String, String) {
    let clerk = office.clerk();
    let term = clerk.opens("届次", "筹备新一届", &["名称=第二十届人民代表大会", "届=20"]);
    let link = format!("新一届={term}");
    let project = clerk.opens(
        "换届选举",
        "启动",
        &["名称=第二十届镇人大代表换届选举", "届=20", &link, "启动日期=2026-09-01"],
    );
    assert_eq!(clerk.refused(&project, "划分选区", &["选区划分日期=2026-09-10"]), "选区一览至少1（现为0）。");
    clerk.does(&project, "划分选区", &["选区划分日期=2026-09-10", &districts("0", "0")]);
    clerk.does(&project, "公布选民名单", &["选民名单公布日期=2026-10-01"]);
    clerk.does(&project, "公布候选人", &["正式候选人公布日期=2026-11-10"]);
    let vote = |voted: &str, elected: &str| ["选举日=2026-11-20".to_owned(), districts(voted, elected)];
    let refused = |set: [String; 2]| clerk.refused(&project, "选举", &[&set[0], &set[1]]);
    assert_eq!(refused(vote("6001", "6")), "参加投票选民多于登记选民。");
    assert_eq!(refused(vote("5000", "8")), "当选代表多于应选名额。");
    let set = vote("5000", "6");
    clerk.does(&project, "选举", &[&set[0], &set[1]]);
    clerk.does(&project, "资格审查", &["资格审查日期=2026-12-01"]);
    (project, term)
}

#[test]
fn the_first_session_meets_within_two_months_of_the_election() {
    let office = Office::town("2026-12-01");
    seated(&office);
    let (project, term) = election(&office);
    // Two months from 20 November.
    assert_eq!(office.deadline(&project, "DL-TERM-FIRST"), ("2027-01-20".into(), "open"));
    assert_eq!(
        (office.figure("election_turnout", "2026"), office.figure("election_filled", "2026")),
        ("90.0 %".into(), "91.7 %".into())
    );
    office.go_to("2027-01-20");
    assert_eq!(
        office.clerk().refused(&project, "召开第一次会议", &["第一次会议日期=2026-11-30"]),
        "第一次会议日期不能早于资格审查日期。"
    );
    office.clerk().does(&project, "召开第一次会议", &["第一次会议日期=2027-01-20"]);
    assert_eq!(office.deadline(&project, "DL-TERM-FIRST").1, "met");
    assert_eq!(office.figure("election_first_on_time", "2027"), "100.0 %");
    assert_eq!(office.status(&term), "本届");
    assert_eq!(
        (office.value(&term, "seats"), office.value(&term, "deputies_at_start")),
        (12.into(), 11.into())
    );

    let late = Office::town("2026-12-01");
    seated(&late);
    let (project, _) = election(&late);
    late.go_to("2027-01-21");
    late.clerk().does(&project, "召开第一次会议", &["第一次会议日期=2027-01-21"]);
    assert_eq!(late.deadline(&project, "DL-TERM-FIRST").1, "late");
    assert_eq!(late.figure("election_first_on_time", "2027"), "0.0 %");
}

#[test]
fn the_new_term_ends_the_old_deputies_and_groups_and_carries_on_what_is_open() {
    let office = Office::town("2026-12-01");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let group = clerk.opens(
        "代表小组",
        "成立",
        &["小组名称=东片代表小组", "活动区域=东风村", "成立日期=2022-02-01", "届=19"],
    );
    let lead = format!("领衔代表={}", deputies[4]);
    let suggest = |title: &str, day: &str, term: &str, session: &str, lead: &str| {
        let (title, day) = (format!("案由={title}"), format!("提出日期={day}"));
        let set = [title.as_str(), &day, "提出时间=大会期间", "性质类别=城建环保", "正文=正文", lead];
        let paper = clerk.opens("proposal", "收到书面件", &set);
        clerk.does(&paper, "登记", &[&format!("届={term}"), &format!("次={session}")]);
        paper
    };
    let first = suggest("关于路灯的建议", "2026-11-28", "19", "10", &lead);
    let second = suggest("关于水渠的建议", "2026-11-28", "19", "10", &lead);
    assert_eq!(
        (office.value(&first, "proposal_no"), office.value(&second, "proposal_no")),
        (1.into(), 2.into())
    );
    let check = clerk.opens(
        "执法检查",
        "列入计划",
        &["检查名称=农资市场执法检查", "法律法规名称=农药管理条例", "检查日期=2026-12-01"],
    );
    clerk.does(&check, "发出通知", &["通知日期=2026-11-25"]);
    clerk.does(&check, "开始检查", &[]);
    let link = format!("执法检查={check}");
    let set = [
        link.as_str(),
        "问题=进货台账不全",
        "责任单位=市场监管所",
        "发现日期=2026-12-01",
        "整改时限=2027-03-01",
    ];
    let finding = clerk.opens("finding", "列入问题清单", &set);
    let old =
        held(&office, "人代会", "2026-12-05", "第十九届第一次", &roll("代表出席情况", &deputies, 12, 0, 0));
    assert_eq!(office.value(&old, "session_no"), 1, "the first that this office has entered");
    let (project, term) = election(&office);

    // Elected and examined, but the term has not begun: the new ones are not in office.
    let mut new = Vec::new();
    for (nth, name) in ["何文静", "沈立群", "方巧云"].into_iter().enumerate() {
        let id = elected(&office, name, "2026-11-20", "20", &[]);
        let cert = format!("代表证号=20{:03}", nth + 1);
        if nth < 2 {
            clerk.does(&id, "修改", &["资格确认日期=2026-12-01", &cert]);
        }
        new.push(id);
    }
    assert_eq!(office.figure("E1_in_office", "2026"), "12");
    office.go_to("2027-01-15");
    assert_eq!(office.figure("E1_in_office", "2027"), "12");
    clerk.does(&project, "召开第一次会议", &["第一次会议日期=2027-01-15"]);

    assert!(deputies.iter().all(|deputy| office.status(deputy) == "任期届满"));
    assert!(deputies.iter().all(|deputy| office.value(deputy, "ended_on") == "2027-01-15"));
    let now: Vec<String> = new.iter().map(|deputy| office.status(deputy)).collect();
    assert_eq!(now, ["在任", "在任", "当选待确认"], "whose papers are complete takes office");
    assert_eq!(
        (office.status(&group), office.value(&group, "dissolved_on")),
        ("已撤销".into(), "2027-01-15".into())
    );
    assert_eq!((office.status(&term), office.value(&term, "deputies_before")), ("本届".into(), 12.into()));
    let terms = office.all("term");
    assert_eq!(terms.iter().filter(|term| term.status == "current").count(), 1);
    // What is open stays as it is, under its own term and number.
    assert_eq!((office.status(&first), office.status(&finding)), ("已登记".into(), "待整改".into()));
    assert_eq!((office.value(&first, "proposal_no"), office.value(&first, "term_no")), (1.into(), 19.into()));
    office.chair().does(&first, "审定", &["审核=立案"]);
    assert_eq!(office.deadline(&finding, "DL-FINDING"), ("2027-03-01".into(), "open"));

    // Numbers start anew with the session.
    let lead = format!("领衔代表={}", new[0]);
    let third = suggest("关于停车的建议", "2027-01-15", "20", "1", &lead);
    assert_eq!(office.value(&third, "proposal_no"), 1);
    let present = roll("代表出席情况", &new, 2, 0, 0);
    let set = ["会议名称=第二十届第一次会议", "会议类型=人代会", "开会日期=2027-01-15"];
    let session = clerk.opens("会议", "列入计划", &set);
    clerk.does(&session, "发出通知", &["通知发出日期=2027-01-05", "地点=镇文化礼堂"]);
    clerk.does(&session, "开会", &["届=20", &present]);
    assert_eq!(office.value(&session, "session_no"), 1);

    // The present is new, the past stands.
    assert_eq!(office.figure("E1_in_office", "2027"), "2");
    assert_eq!(office.figure("E2_groups", "2027"), "0");
    assert_eq!(office.figure("E2_groups", "2026"), "1");
    assert_eq!(office.figure("E5", "2027"), "0.0 %");
    assert_eq!(office.missing("E5", "2027").len(), 2, "who has yet to report in the new term");
}

#[test]
fn a_term_is_recorded_once_and_begins_only_by_the_first_session() {
    let office = Office::town("2026-12-01");
    let deputies = seated(&office);
    let set = ["名称=第十九届人民代表大会", "届=19", "首次会议日期=2022-01-10"];
    assert_eq!(office.clerk().may_not_open("届次", "登记本届", &set), "已登记本届；换届请用“筹备新一届”。");
    let next = office.clerk().opens("届次", "筹备新一届", &["名称=第二十届人民代表大会", "届=20"]);
    let young = elected(&office, "何文静", "2026-11-20", "20", &[]);
    office.clerk().does(&young, "确认资格", &["资格确认日期=2026-12-01", "代表证号=20001"]);
    assert_eq!(
        office.clerk().refused(&next, "首次会议召开（换届）", &["首次会议日期=2026-12-01"]),
        "人大代表“何文静”：当选不足三个月，应属新一届代表：请先退回“当选待确认”。"
    );
    assert!(deputies.iter().all(|deputy| office.status(deputy) == "在任"), "nothing is half done");
    office.chair().because("属新一届").does(&young, "退回待确认", &[]);
    office.clerk().does(&next, "首次会议召开（换届）", &["首次会议日期=2026-12-01"]);
    assert_eq!((office.status(&young), office.status(&deputies[0])), ("在任".into(), "任期届满".into()));
    let street = Office::subdistrict("2026-12-01");
    assert_eq!(street.clerk().may_not_open("届次", "登记本届", &set), "本单位不设届次。");
}

/// Between the election and the first session there are two lists of deputies, but only one congress: what is asked of
/// those weeks afterwards is answered by the old one.
#[test]
fn who_was_elected_counts_from_the_day_on_which_he_took_office() {
    let office = Office::town("2026-12-01");
    seated(&office);
    let (project, _) = election(&office);
    for (name, cert) in [("何文静", "代表证号=20001"), ("沈立群", "代表证号=20002")] {
        let id = elected(&office, name, "2026-11-20", "20", &[]);
        office.clerk().does(&id, "修改", &["资格确认日期=2026-12-01", cert]);
    }
    assert_eq!(office.figure("E1_in_office", "2026"), "12");
    office.go_to("2027-01-15");
    office.clerk().does(&project, "召开第一次会议", &["第一次会议日期=2027-01-15"]);
    assert_eq!(office.figure("E1_in_office", "2026"), "12");
    assert_eq!(office.figure("E1_in_office", "2027"), "2");
    // So it is with lists: of the old year the old ones are to answer, of the new one the new.
    assert_eq!((office.missing("E3", "2026").len(), office.missing("E3", "2027").len()), (12, 2));
}
