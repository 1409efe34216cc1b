//! Sessions of the congress: before, during and after, put off and called off.

use serde_json::Value as Json;

use super::bed::{Office, roll, rows};
use super::bench::{held, presidium, seated};

const SESSION: [&str; 3] = ["会议名称=第十九届第九次会议", "会议类型=人代会", "开会日期=2026-03-20"];

#[test]
fn a_session_comes_with_its_checklist_and_its_notice_in_time() {
    let office = Office::town("2026-02-10");
    seated(&office);
    let clerk = office.clerk();
    let session = clerk.opens("会议", "列入计划", &SESSION);
    let list = office.value(&session, "checklist");
    let offsets: Vec<i64> =
        list.as_array().expect("a list").iter().filter_map(|row| row["offset"].as_i64()).collect();
    assert_eq!(offsets, [-30, -20, -10, -3, 0, 3, 7, 20]);
    assert_eq!(office.value(&session, "checklist_open"), 8);
    let done = rows(
        "筹备清单",
        &[&[("事项", "组织代表走访调研"), ("距开会天数", "-30"), ("完成日期", "2026-02-10")]],
    );
    clerk.does(&session, "登记筹备进度", &[&done]);
    assert_eq!(office.value(&session, "checklist_open"), 0);

    // Seven days before 20 March, and the papers the day before.
    assert_eq!(office.deadline(&session, "DL-MT-NOTICE"), ("2026-03-13".into(), "open"));
    assert_eq!(office.deadline(&session, "DL-MT-MATERIAL"), ("2026-03-19".into(), "open"));
    office.go_to("2026-03-13");
    assert_eq!(
        clerk.refused(&session, "开会", &["届=19"]),
        "当前状态为“已列计划”，“开会”只能在“已通知”时办理。"
    );
    assert_eq!(
        clerk.refused(&session, "发出通知", &["通知发出日期=2026-03-14", "地点=镇文化礼堂"]),
        "通知发出日期不能晚于今天。"
    );
    clerk.does(&session, "发出通知", &["通知发出日期=2026-03-13", "地点=镇文化礼堂"]);
    office.go_to("2026-03-20");
    clerk.does(&session, "送达材料", &["材料送达日期=2026-03-20"]);
    assert_eq!(office.deadline(&session, "DL-MT-NOTICE").1, "met");
    assert_eq!(office.deadline(&session, "DL-MT-MATERIAL").1, "late");
    assert_eq!(
        (office.figure("notice_on_time", "2026"), office.figure("material_on_time", "2026")),
        ("100.0 %".into(), "0.0 %".into())
    );

    let late = Office::town("2026-03-14");
    seated(&late);
    let session = late.clerk().opens("会议", "列入计划", &SESSION);
    late.clerk().does(&session, "发出通知", &["通知发出日期=2026-03-14", "地点=镇文化礼堂"]);
    assert_eq!(
        (late.deadline(&session, "DL-MT-NOTICE").1, late.figure("notice_on_time", "2026")),
        ("late", "0.0 %".into())
    );
}

#[test]
fn two_thirds_of_the_deputies_make_a_session() {
    let office = Office::town("2026-03-01");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let session = clerk.opens("会议", "列入计划", &SESSION);
    clerk.does(&session, "发出通知", &["通知发出日期=2026-03-01", "地点=镇文化礼堂"]);
    assert_eq!(
        clerk.refused(&session, "开会", &["届=19", &roll("代表出席情况", &deputies, 8, 2, 2)]),
        "开会日期不能晚于明天。"
    );
    office.go_to("2026-03-20");
    let seven = roll("代表出席情况", &deputies, 7, 3, 2);
    let no = "到会代表不足三分之二，不能开会（地方组织法第十四条）。";
    assert_eq!(clerk.refused(&session, "开会", &["届=19", &seven]), no);
    let eight = roll("代表出席情况", &deputies, 8, 2, 2);
    assert_eq!(clerk.refused(&session, "开会", &[&eight]), "届必须填写。");
    clerk.does(&session, "开会", &["届=19", &eight]);
    assert_eq!(
        (office.value(&session, "deputies_in_office"), office.value(&session, "quorum")),
        (12.into(), true.into())
    );
    assert_eq!(office.figure("D1", "2026"), "0", "it has not closed");
    let last =
        ["闭会日期=2026-03-20", "会期（天）=1.5", "请假事由=赵明住院", "会议记录=审议并通过了工作报告"];
    assert_eq!(
        clerk.refused(&session, "闭会", &[&last[..], &[&seven]].concat()),
        "到会代表不足三分之二，会议无效（地方组织法第十四条）。"
    );
    let shown = clerk.does(&session, "闭会", &last);
    // Minutes and the reasons of leave stay in the office.
    for field in ["minutes", "leave_reasons"] {
        assert!(shown.local.contains_key(field) && !shown.fields.contains_key(field), "{field}");
    }
    assert_eq!((office.figure("D1", "2026"), office.met("D1", "2026")), ("1".into(), Some(false)));
    assert_eq!(office.figure("D4", "2026"), "66.7 %");
    assert_eq!(
        (office.figure("D4_leave", "2026"), office.figure("D4_absent", "2026")),
        ("2".into(), "2".into())
    );
    let entries = office.entries_of(&session);
    let of = |way: &str| entries.iter().filter(|(_, found, _)| found == way).count();
    assert_eq!((of("PRESENT"), of("LEAVE"), of("ABSENT")), (8, 2, 2));
    assert!(entries.iter().all(|(_, way, days)| days == if way == "PRESENT" { "1.5" } else { "0.0" }));
    assert_eq!(office.figure("E3_days", "2026"), "12.0");

    // Public minutes need an open meeting.
    office.go_to("2026-03-23");
    let compile = ["资料汇编日期=2026-03-23", "公开的会议纪要=通过了三项决议"];
    assert_eq!(clerk.refused(&session, "资料汇编完成", &compile), "会议定为“公开”才能填写公开的纪要。");
    clerk.does(&session, "资料汇编完成", &[&compile[..], &["是否公开=公开"]].concat());
    assert_eq!(office.status(&session), "资料汇编完成");

    // Put right, and the register follows; voided, and it is taken back.
    let nine = roll("代表出席情况", &deputies, 9, 1, 2);
    assert_eq!(office.chair().refused(&session, "更正", &[&nine]), "必须填写理由。");
    office.chair().because("补签到").does(&session, "更正", &[&nine, "会期（天）=2"]);
    let present: Vec<_> =
        office.entries_of(&session).into_iter().filter(|(_, way, _)| way == "PRESENT").collect();
    assert_eq!((present.len(), present[0].2.as_str()), (9, "2"));
    assert_eq!(
        (office.figure("D4", "2026"), office.figure("E3_days", "2026")),
        ("75.0 %".into(), "18.0".into())
    );
    office.chair().because("重复登记").does(&session, "作废", &[]);
    assert_eq!((office.entries_of(&session).len(), office.figure("D1", "2026")), (0, "0".into()));
    assert_eq!((office.figure("E3_days", "2026"), office.figure("D4", "2026")), ("0.0".into(), "—".into()));
}

#[test]
fn a_session_is_put_off_or_called_off_by_the_presidium_and_announced() {
    let office = Office::town("2026-02-20");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let session = clerk.opens("会议", "列入计划", &SESSION);
    let item = clerk.opens(
        "会议议程",
        "列入议程",
        &[&format!("会议={session}"), "议题=审查预算", "议程类别=BUDGET"],
    );
    let why = "台风影响";
    assert_eq!(
        clerk.because(why).refused(&session, "延期", &["延期至=2026-04-10"]),
        "人代会延期须经主席团决定并公告。"
    );
    let other =
        held(&office, "座谈会", "2026-02-25", "代表座谈会", &roll("代表出席情况", &deputies, 3, 0, 0));
    let wrong = [format!("决定延期（取消）的主席团会议={other}")];
    assert_eq!(
        clerk.because(why).refused(&session, "延期", &[&wrong[0], "公告日期=2026-02-25"]),
        "作决定的应是主席团会议。"
    );
    let decided = presidium(&office, "2026-03-02", &deputies);
    let by = format!("决定延期（取消）的主席团会议={decided}");
    let set = [by.as_str(), "公告日期=2026-03-02", "延期至=2026-04-10"];
    assert_eq!(clerk.refused(&session, "延期", &set), "必须填写理由。");
    clerk.because(why).does(&session, "延期", &set);
    assert_eq!(office.deadline(&session, "DL-MT-NOTICE").1, "cancelled");
    assert_eq!(
        (office.figure("notice_due", "2026"), office.part("meetings_put_off", "CONGRESS", "2026")),
        ("0".into(), "1".into())
    );
    clerk.does(&session, "重新列入计划", &["开会日期=2026-04-10", "重新列入计划日期=2026-03-02"]);
    assert_eq!(office.deadline(&session, "DL-MT-NOTICE"), ("2026-04-03".into(), "open"));

    // Called off in the end: what stood on its agenda goes with it.
    assert_eq!(
        clerk.because(why).refused(&session, "取消", &["决定延期（取消）的主席团会议=", "公告日期="]),
        "人代会取消须经主席团决定并公告。"
    );
    clerk.because(why).does(&session, "取消", &[&by, "公告日期=2026-03-02"]);
    assert_eq!((office.status(&session), office.status(&item)), ("已取消".into(), "撤出议程".into()));
    assert_eq!(office.figure("D1", "2026"), "0");
    assert_eq!(office.value(&item, "decided_on"), Json::from("2026-03-02"));
}

#[test]
fn a_subdistrict_has_no_congress_and_no_presidium() {
    let office = Office::subdistrict("2026-03-01");
    let no = "名册里没有乡镇代表，不能安排人代会、预备会或主席团会议（街道不设人代会）。";
    for form in ["人代会", "预备会", "主席团会议"] {
        let form = format!("会议类型={form}");
        let set = ["会议名称=会议", form.as_str(), "开会日期=2026-03-20"];
        assert_eq!(office.clerk().may_not_open("会议", "列入计划", &set), no, "{form}");
    }
    // Deputies of the county who live there make no congress of the subdistrict; its work committee meets all the same.
    let deputy = super::bench::elected(&office, "何文静", "2022-01-08", "17", &["代表级别=县代表"]);
    office.clerk().does(&deputy, "确认资格", &["资格确认日期=2022-01-10", "代表证号=X001"]);
    assert_eq!(office.clerk().may_not_open("会议", "列入计划", &SESSION), no);
    let there = roll("代表出席情况", &[deputy], 1, 0, 0);
    held(&office, "街道工委会议", "2026-03-05", "工委会议", &there);
    assert_eq!(
        (office.figure("D1", "2026"), office.part("meetings_held", "WORK_COMMITTEE", "2026")),
        ("0".into(), "1".into())
    );
    // What it cannot have is not asked of it; a town that has held none has missed its target.
    let town = Office::town("2026-03-01");
    for figure in ["D1", "D2"] {
        assert_eq!((office.met(figure, "2026"), town.met(figure, "2026")), (None, Some(false)), "{figure}");
    }
}

/// A correction of the roll may not take away what made the meeting valid.
#[test]
fn a_correction_does_not_undo_the_quorum() {
    let office = Office::town("2026-03-10");
    let deputies = seated(&office);
    let session =
        held(&office, "人代会", "2026-03-20", "第九次会议", &roll("代表出席情况", &deputies, 8, 2, 2));
    let seven = roll("代表出席情况", &deputies, 7, 3, 2);
    assert_eq!(
        office.chair().because("更正签到").refused(&session, "更正", &[&seven]),
        "到会代表不足三分之二，会议无效（地方组织法第十四条）。"
    );
    let meeting = presidium(&office, "2026-03-25", &deputies);
    assert_eq!(
        office.chair().because("更正签到").refused(
            &meeting,
            "更正",
            &[&roll("代表出席情况", &deputies, 1, 2, 0)]
        ),
        "到会的主席团成员不过半数，会议无效。"
    );
}
