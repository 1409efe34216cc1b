//! How a deputy's office ends before the term does, and who is only flagged.

use super::bed::{Office, roll};
use super::bench::{elected, held, seated};

#[test]
fn a_resignation_needs_more_than_half_of_all_deputies_and_leaves_a_vacant_seat() {
    let office = Office::town("2026-02-20");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let leaving = &deputies[7];
    let who = format!("代表={leaving}");
    let case = clerk.opens(
        "代表退出",
        "提出",
        &[&who, "终止原因=辞职", "提出日期=2026-02-20", "书面辞职日期=2026-02-18", "有关情况=工作调动"],
    );
    assert_eq!(office.value(&case, "case_no"), "坎墩人退〔2026〕1号");
    // The facts do not leave the office.
    assert!(office.shown(&case).local.contains_key("facts"));
    clerk.does(&case, "资格审查报告", &["资格审查报告日期=2026-02-20"]);

    // Ten of twelve are there: enough to meet.
    let session = held(
        &office,
        "人代会",
        "2026-03-05",
        "第十九届人民代表大会第九次会议",
        &roll("代表出席情况", &deputies, 10, 2, 0),
    );
    let meeting = format!("决定的会议={session}");
    let by_law = ["决定方式=依法终止", "决定日期=2026-03-05"];
    assert_eq!(clerk.refused(&case, "决定", &by_law), "辞职须由人民代表大会表决接受。");
    let vote = ["决定方式=大会表决", "决定日期=2026-03-05"];
    let bare = clerk.refused(&case, "决定", &vote);
    assert_eq!(bare, "大会表决须写明是哪次会议；赞成票须超过全体代表的半数；未通过的请用“不予终止”");
    // Six of the ten who are there are a majority of them, but not of all twelve.
    let six = [&vote[..], &[&meeting, "赞成票=6", "反对票=4"]].concat();
    assert_eq!(clerk.refused(&case, "决定", &six), "赞成票须超过全体代表的半数；未通过的请用“不予终止”。");
    let seven = [&vote[..], &[&meeting, "赞成票=7", "反对票=3", "应公告日期=2026-03-06"]].concat();
    assert!(office.unit().refused(&case, "决定", &seven).contains("不能办理“决定”"));
    clerk.does(&case, "决定", &seven);
    assert_eq!(office.value(&case, "deputies_all"), 12);
    assert_eq!((office.status(leaving), office.figure("E8_cases", "2026")), ("在任".into(), "1".into()));
    assert_eq!(office.deadline(&case, "DL-EXIT-ANNOUNCE"), ("2026-03-06".into(), "open"));

    office.go_to("2026-03-06");
    clerk.does(&case, "公告", &["公告日期=2026-03-06", "公告文号=第1号公告"]);
    assert_eq!(office.deadline(&case, "DL-EXIT-ANNOUNCE").1, "met");
    assert_eq!(office.status(leaving), "资格终止");
    let end = ["ended_on", "cause", "announced_on"].map(|field| office.value(leaving, field));
    assert_eq!(end, ["2026-03-05".into(), "RESIGNED".into(), serde_json::Value::from("2026-03-06")]);
    clerk.does(&case, "登记缺额", &["出缺日期=2026-03-05"]);
    assert_eq!(
        (office.figure("E8_vacant", "2026"), office.part("E8", "RESIGNED", "2026")),
        ("1".into(), "1".into())
    );
    assert_eq!(office.figure("E1_in_office", "2026"), "11");
    assert_eq!(office.figure("E1_in_office", "2026-02"), "12", "what was, stands");

    // A by-election fills the seat; only somebody of a by-election does.
    let wrong = elected(&office, "何文静", "2026-03-06", "19", &[]);
    office.go_to("2026-05-20");
    let by = |who: &str| ["补选日期=2026-05-18".to_owned(), format!("补选代表={who}")];
    let set = by(&wrong);
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    assert_eq!(clerk.refused(&case, "补选", &set), "补选代表的登记须勾选“补选”。");
    let new = elected(&office, "沈立群", "2026-05-18", "19", &["补选=是"]);
    let set = by(&new);
    let set: Vec<&str> = set.iter().map(String::as_str).collect();
    clerk.does(&case, "补选", &set);
    clerk.does(&new, "确认资格", &["资格确认日期=2026-05-20", "代表证号=19014"]);
    assert_eq!(
        (office.figure("E8_vacant", "2026"), office.figure("E1_in_office", "2026")),
        ("0".into(), "12".into())
    );
    assert_eq!(office.figure("E8_filled", "2026"), "1");
}

#[test]
fn a_recall_is_the_voters_business_and_death_nobodys_vote() {
    let office = Office::town("2026-04-01");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let open = |deputy: &str, cause: &str| {
        let (who, cause) = (format!("代表={deputy}"), format!("终止原因={cause}"));
        let case = clerk.opens("代表退出", "提出", &[&who, &cause, "提出日期=2026-04-01"]);
        clerk.does(&case, "资格审查报告", &["资格审查报告日期=2026-04-01"]);
        case
    };
    let recall = open(&deputies[8], "被罢免");
    let congress = ["决定方式=大会表决", "决定日期=2026-04-01", "赞成票=12"];
    assert!(clerk.refused(&recall, "决定", &congress).contains("罢免须由原选区选民表决"));
    let half = ["决定方式=选民罢免", "决定日期=2026-04-01", "赞成票=800", "原选区选民数=1600"];
    assert_eq!(
        clerk.refused(&recall, "决定", &half),
        "罢免须经原选区过半数的选民通过；未通过的请用“不予终止”。"
    );
    assert_eq!(clerk.refused(&recall, "不予终止", &[]), "必须填写理由。");
    clerk.because("罢免未获过半数选民通过").does(&recall, "不予终止", &["赞成票=800", "原选区选民数=1600"]);
    assert_eq!((office.status(&recall), office.status(&deputies[8])), ("不予终止".into(), "在任".into()));

    let death = open(&deputies[9], "去世");
    clerk.does(&death, "决定", &["决定方式=自然终止", "决定日期=2026-04-01"]);
    clerk.does(&death, "公告", &["公告日期=2026-04-01"]);
    assert_eq!(office.status(&deputies[9]), "资格终止");
    let again = clerk.may_not_open(
        "代表退出",
        "提出",
        &[&format!("代表={}", deputies[9]), "终止原因=去世", "提出日期=2026-04-01"],
    );
    assert_eq!(again, "代表所选记录的状态不符合要求。");
    office.chair().because("本届任期将满，不再补选").does(&death, "不再补选", &[]);
    assert_eq!((office.status(&death), office.figure("E8_vacant", "2026")), ("不再补选".into(), "0".into()));
}

#[test]
fn two_absences_without_leave_are_only_flagged() {
    let office = Office::town("2026-01-05");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let there = roll("代表出席情况", &deputies, 10, 1, 1);
    for (day, title) in [("2026-01-20", "第九次会议"), ("2026-07-20", "第十次会议")] {
        office.go_to(&format!("{}-05", &day[..7]));
        held(&office, "人代会", day, title, &there);
        let twice = office.figure("E8_absent_twice", "2026");
        assert_eq!(twice, if day < "2026-07" { "0" } else { "1" }, "{day}");
    }
    assert_eq!(office.figure("E8_absences", "2026"), "2");
    let absent = &deputies[11];
    assert_eq!(office.status(absent), "在任", "nothing happens by itself");
    assert_eq!(office.all("exit_case").len(), 0);

    let who = format!("代表={absent}");
    let case = clerk.opens(
        "代表退出",
        "提出",
        &[&who, "终止原因=未经批准两次不出席会议", "提出日期=2026-07-20", "未经批准缺席次数=1"],
    );
    let report = ["资格审查报告日期=2026-07-20"];
    assert_eq!(clerk.refused(&case, "资格审查报告", &report), "未经批准缺席须满两次（见履职登记）。");
    clerk.does(&case, "资格审查报告", &[report[0], "未经批准缺席次数=2"]);
    clerk.does(&case, "决定", &["决定方式=依法终止", "决定日期=2026-07-20"]);
    clerk.does(&case, "公告", &["公告日期=2026-07-20"]);
    assert_eq!(office.words(absent, "终止原因"), "未经批准两次不出席会议");
}
