//! What is void leaves the counts, and takes with it what hangs on it.

use super::bed::{Office, roll};
use super::bench::{held, seated};

#[test]
fn a_void_meeting_has_decided_nothing() {
    let office = Office::town("2026-03-10");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let session =
        held(&office, "人代会", "2026-03-20", "第九次会议", &roll("代表出席情况", &deputies, 10, 2, 0));
    let link = format!("会议={session}");
    let listed = |title: &str| {
        let title = format!("议题={title}");
        clerk.opens("会议议程", "列入议程", &[&link, &title, "议程类别=决议"])
    };
    let (passed, open) = (listed("关于污水治理的决定"), listed("关于停车的决定"));
    clerk.does(&passed, "表决通过", &["审议（表决）日期=2026-03-20", "赞成票=9", "行使职权=P03"]);
    assert_eq!(
        (office.figure("D13_items", "2026"), office.part("resolutions_passed", "DECISION", "2026")),
        ("1".into(), "1".into())
    );
    office.chair().because("重复登记").does(&session, "作废", &[]);
    assert_eq!((office.shown(&passed).voided, office.shown(&open).voided), (true, true));
    assert_eq!(
        (office.figure("D13_items", "2026"), office.part("resolutions_passed", "DECISION", "2026")),
        ("0".into(), "0".into())
    );
}

#[test]
fn a_void_check_has_found_nothing() {
    let office = Office::town("2026-03-02");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let set = ["检查名称=农资市场执法检查", "法律法规名称=农药管理条例", "检查日期=2026-03-02"];
    let check = clerk.opens("执法检查", "列入计划", &set);
    let team = format!("检查组代表={}", deputies[3]);
    clerk.does(&check, "发出通知", &["通知日期=2026-03-02", &team]);
    clerk.does(&check, "开始检查", &[]);
    let link = format!("执法检查={check}");
    let find = ["问题=台账不全", "责任单位=市场监管所", "发现日期=2026-03-02", "整改时限=2026-03-10"];
    let finding = clerk.opens("检查发现问题", "列入问题清单", &[&[link.as_str()], &find[..]].concat());
    clerk.does(&check, "起草报告", &["检查结束日期=2026-03-02", "报告起草日期=2026-03-02", "检查方式=实地"]);
    assert_eq!(office.entries_of(&check).len(), 1);
    office.go_to("2026-03-20");
    assert_eq!(
        (office.figure("D7_found", "2026"), office.figure("D7_overdue", "2026")),
        ("1".into(), "1".into())
    );
    office.chair().because("重复登记").does(&check, "作废", &[]);
    assert!(office.shown(&finding).voided);
    assert_eq!(
        (office.figure("D7_found", "2026"), office.figure("D7_overdue", "2026"), office.figure("D6", "2026")),
        ("0".into(), "0".into(), "0".into())
    );
    assert_eq!(office.entries_of(&check), []);
}

#[test]
fn a_void_round_has_appraised_nobody() {
    let office = Office::town("2026-05-20");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let round = clerk.opens("站所评议", "列入计划", &["评议名称=站所评议", "评议大会日期=2026-05-20"]);
    clerk.does(&round, "党委研究同意", &["党委研究同意日期=2026-05-20"]);
    let unit = ["单位名称=莲南派出所", "单位类别=派驻站所", "列入日期=2022-03-01"];
    let unit = format!("受评单位（名册）={}", clerk.opens("承办单位、站所", "登记", &unit));
    let link = format!("评议={round}");
    let target =
        clerk.opens("评议对象", "列为受评单位", &[&link, "受评单位=莲南派出所", &unit, "单位类别=派驻站所"]);
    clerk.does(&target, "完成调研", &["调研完成日期=2026-05-20", "走访次数=2"]);
    let who = format!("参加评议的代表={}", deputies[..3].join("；"));
    clerk.does(&round, "召开评议大会", &[&who]);
    let votes =
        ["评议日期=2026-05-20", "应投票人数=12", "满意票=8", "基本满意票=4", "不满意票=0", "弃权票=0"];
    clerk.does(&target, "登记评议结果", &votes);
    assert_eq!(
        (office.figure("D8", "2026"), office.part("D9", "SATISFIED", "2026")),
        ("100.0 %".into(), "1".into())
    );
    office.chair().because("重复登记").does(&round, "作废", &[]);
    assert!(office.shown(&target).voided);
    assert_eq!(
        (office.figure("D8", "2026"), office.part("D9", "SATISFIED", "2026")),
        ("0.0 %".into(), "0".into())
    );
    assert_eq!((office.entries_of(&round).len(), office.figure("D10_due", "2026")), (0, "0".into()));
}
