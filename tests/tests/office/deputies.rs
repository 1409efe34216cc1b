//! Deputies, their groups and stations, and the register of what they do.

use super::bed::{Office, roll, rows};
use super::bench::{elected, seated};

#[test]
fn the_presidium_confirms_whom_the_clerk_has_registered() {
    let office = Office::town("2022-01-12");
    let clerk = office.clerk();
    let set = ["姓名=张桂香", "性别=女", "民族=汉族", "政治面貌=中共党员", "出生年份=1975", "学历=大专"];
    let wrong = clerk.may_not_open("人大代表", "登记", &set);
    for field in ["届必须填写", "选区必须填写", "当选日期必须填写", "职业构成必须填写"]
    {
        assert!(wrong.contains(field), "{field} in {wrong}");
    }
    let first = elected(&office, "张桂香", "2022-01-08", "19", &["性别=女", "政治面貌=中共党员"]);
    assert_eq!(office.status(&first), "当选待确认");
    assert_eq!(office.value(&first, "birth_decade"), "S1970");
    // Only who is confirmed is in office.
    assert_eq!(office.figure("E1_in_office", "2022"), "0");
    assert_eq!(
        office.unit().refused(&first, "确认资格", &["资格确认日期=2022-01-10", "代表证号=19001"]),
        "承办单位不能办理“确认资格”，应由主席团、人大主席、乡镇人大办工作人员办理。"
    );
    assert_eq!(clerk.refused(&first, "确认资格", &["资格确认日期=2022-01-10"]), "代表证号必须填写。");
    assert_eq!(
        clerk.refused(&first, "确认资格", &["资格确认日期=2022-01-07", "代表证号=19001"]),
        "资格确认日期不能早于当选日期。"
    );
    assert_eq!(
        clerk.refused(&first, "确认资格", &["资格确认日期=2022-01-13", "代表证号=19001"]),
        "资格确认日期不能晚于今天。"
    );
    let confirmed = clerk.does(&first, "确认资格", &["资格确认日期=2022-01-10", "代表证号=19001"]);
    let step = confirmed.steps.last().expect("a step");
    assert_eq!((step.role.as_str(), step.on_behalf), ("T_CLERK", true));

    let man = elected(&office, "李建国", "2022-01-08", "19", &["性别=男", "连任=是"]);
    office.chair().does(&man, "确认资格", &["资格确认日期=2022-01-10", "代表证号=19002"]);
    assert_eq!(office.figure("E1_in_office", "2022"), "2");
    assert_eq!(office.part("E1_gender", "FEMALE", "2022"), "1");
    assert_eq!(office.part("E1_party", "CPC", "2022"), "1");
    assert_eq!(office.figure("E1_re_elected_share", "2022"), "50.0 %");

    // Who is suspended keeps his seat; the ground of it does not leave the office.
    let missing = office.chair().refused(&man, "暂停执行职务", &["暂停日期=2022-01-12"]);
    assert!(missing.contains("必须填写理由") && missing.contains("暂停事由必须填写"), "{missing}");
    let ground = ["暂停日期=2022-01-12", "暂停事由=DETAINED"];
    let shown = office.chair().because("主席团决定").does(&man, "暂停执行职务", &ground);
    assert!(shown.local.contains_key("suspend_ground") && !shown.fields.contains_key("suspend_ground"));
    assert_eq!(
        (office.figure("E1_in_office", "2022"), office.figure("E1_suspended", "2022")),
        ("2".into(), "1".into())
    );
    office.go_to("2022-03-01");
    office.chair().does(&man, "恢复执行职务", &["恢复日期=2022-03-01"]);
    assert_eq!((office.status(&man), office.figure("E1_suspended", "2022")), ("在任".into(), "0".into()));
}

#[test]
fn a_group_activity_writes_the_file_of_everybody_who_was_there() {
    let office = Office::town("2026-03-02");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let group = clerk.opens(
        "代表小组",
        "成立",
        &["小组名称=东片代表小组", "活动区域=东风村", "成立日期=2022-02-01", "届=19"],
    );
    let other = clerk.opens(
        "代表小组",
        "成立",
        &["小组名称=西片代表小组", "活动区域=前进村", "成立日期=2022-02-01", "届=19"],
    );
    let station = clerk.opens(
        "代表联络站",
        "建站",
        &["站名=老街社区代表联络站", "地点=老街社区二楼", "建站日期=2022-03-01"],
    );
    for deputy in &deputies[..6] {
        clerk.does(deputy, "修改", &[&format!("所属代表小组={group}"), &format!("所属联络站={station}")]);
    }
    assert_eq!(
        (office.figure("E2_groups", "2026"), office.figure("E2_grouped", "2026")),
        ("2".into(), "50.0 %".into())
    );

    let plan = clerk.opens(
        "代表小组活动",
        "列入计划",
        &["活动主题=视察农田水利", "活动类别=视察", "活动日期=2026-03-10"],
    );
    office.go_to("2026-03-10");
    assert_eq!(
        clerk.refused(&plan, "开展", &["地点=东风村"]),
        "到会登记至少1（现为0）；须写明参加的代表小组"
    );
    let there = roll("到会登记", &deputies, 4, 1, 1);
    let groups = format!("参加小组={group}");
    let abroad = ["地点=东风村", there.as_str(), &groups, "主办=OTHER"];
    assert_eq!(clerk.refused(&plan, "开展", &abroad), "他镇主办的须写明主办乡镇。");
    let opinions =
        rows("收集的意见", &[&[("意见", "沟渠淤积"), ("反映人", "村民甲")], &[("意见", "路灯不亮")]]);
    clerk.does(&plan, "开展", &["地点=东风村", &there, &groups, &opinions]);
    assert_eq!(
        (office.value(&plan, "present_count"), office.value(&plan, "expected_count")),
        (4.into(), 6.into())
    );
    let entries = office.entries_of(&plan);
    assert_eq!(entries.len(), 4, "only who was there: {entries:?}");
    assert!(entries.iter().all(|(_, way, days)| way == "PRESENT" && days == "0.5"), "{entries:?}");
    // What voters said stays here, how many they were does not.
    let shown = office.shown(&plan);
    assert!(shown.local.contains_key("opinions") && shown.fields.get("opinions_count") == Some(&2.into()));

    // Put right here, and the register follows; one who was not there loses the entry, another gains one.
    let right = roll("到会登记", &deputies[1..], 4, 0, 0);
    clerk.does(&plan, "更正", &[&right, "天数=1.0"]);
    let names: Vec<String> = office.entries_of(&plan).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names.len(), 4);
    assert!(!names.contains(&"张桂香".to_owned()) && names.contains(&"陈海燕".to_owned()), "{names:?}");
    assert_eq!(office.figure("E3_days", "2026"), "4.0");
    assert_eq!(office.figure("E2_participation", "2026"), "100.0 %");

    // A joint activity counts for both groups, and the one with too few is named.
    for (nth, day) in ["2026-05-10", "2026-08-10"].into_iter().enumerate() {
        office.go_to(day);
        let both = if nth == 0 { format!("参加小组={group}；{other}") } else { groups.clone() };
        let date = format!("活动日期={day}");
        let set = ["活动主题=走访选民", "活动类别=联组活动", &date, "地点=村委会", &both, &right];
        clerk.opens("代表小组活动", "登记活动", &set);
    }
    assert_eq!((office.figure("E2", "2026"), office.met("E2", "2026")), ("1.5".into(), Some(false)));
    assert_eq!(office.missing("E2_below_three", "2026"), ["西片代表小组"]);
    assert_eq!(office.missing("E2_below_four", "2026"), ["东片代表小组", "西片代表小组"]);
    // Voided, and what came of it is taken back.
    office.chair().because("登记错误").does(&plan, "作废", &[]);
    assert_eq!(office.entries_of(&plan), []);
    assert_eq!(office.figure("E3_days", "2026"), "4.0", "two halves for each of four");
}

#[test]
fn what_a_deputy_did_by_himself_is_submitted_and_approved_or_sent_back() {
    let office = Office::town("2026-04-01");
    let deputies = seated(&office);
    let who = format!("代表={}", deputies[4]);
    let set =
        [who.as_str(), "日期=2026-03-28", "履职天数=0.5", "履职类别=联系选民", "履职事项=走访选区困难户"];
    let future =
        office.deputy().may_not_open("代表履职登记", "填写", &[&set[..], &["日期=2026-04-02"]].concat());
    assert_eq!(future, "日期不能晚于今天。");
    let meeting = office.clerk().opens(
        "会议",
        "列入计划",
        &["会议名称=座谈会", "会议类型=座谈会", "开会日期=2026-05-01"],
    );
    let source = format!("来源：会议={meeting}");
    let typed = office.deputy().may_not_open("代表履职登记", "填写", &[&set[..], &[&source]].concat());
    assert_eq!(typed, "来源由系统生成，不能手工填写。");
    assert_eq!(
        office.clerk().may_not_open("代表履职登记", "由台账生成", &set),
        "“由台账生成”由系统自动办理。"
    );

    // The deputy's paper, entered by the clerk; a draft counts for nothing.
    let entry = office.clerk().opens("代表履职登记", "填写", &set);
    assert!(office.shown(&entry).steps[0].on_behalf);
    assert_eq!(
        office.vice().refused(&entry, "审核通过", &[]),
        "当前状态为“草稿”，“审核通过”只能在“待审核”时办理。"
    );
    office.deputy().does(&entry, "提交审核", &[]);
    assert_eq!(
        (office.figure("E3_pending", "2026"), office.figure("E3_days", "2026")),
        ("1".into(), "0.0".into())
    );
    assert_eq!(
        office.clerk().refused(&entry, "审核通过", &[]),
        "乡镇人大办工作人员不能办理“审核通过”，应由副主席、人大主席办理。"
    );
    assert_eq!(office.vice().refused(&entry, "退回", &[]), "必须填写理由。");
    office.vice().because("请补充走访户数").does(&entry, "退回", &[]);
    assert_eq!(office.status(&entry), "已退回");
    office.deputy().does(&entry, "提交审核", &["履职内容=走访三户，收集意见两条。"]);
    office.vice().does(&entry, "审核通过", &[]);
    assert_eq!((office.status(&entry), office.value(&entry, "points")), ("审核通过".into(), 1.into()));
    assert_eq!(office.value(&entry, "approved_on"), "2026-04-01");
    let shown = office.shown(&entry);
    assert!(shown.local.contains_key("content") && shown.fields.get("has_content") == Some(&true.into()));
    assert_eq!(office.figure("E3_days", "2026"), "0.5");
    // Approved is approved: it can be revoked, not edited.
    assert!(office.deputy().refused(&entry, "修改", &["履职天数=5"]).starts_with("当前状态为“审核通过”"));
    office.chair().does(&entry, "撤回", &[]);
    assert_eq!(
        (office.figure("E3_days", "2026"), office.figure("E3_points", "2026")),
        ("0.0".into(), "0".into())
    );
}

/// An own entry of a deputy, approved.
fn did(office: &Office, deputy: &str, day: &str, days: &str, form: &str) {
    let (who, day, days) = (format!("代表={deputy}"), format!("日期={day}"), format!("履职天数={days}"));
    let form = format!("履职类别={form}");
    let entry = office.deputy().opens("代表履职登记", "填写", &[&who, &day, &days, &form, "履职事项=履职"]);
    office.deputy().does(&entry, "提交审核", &[]);
    office.vice().does(&entry, "审核通过", &[]);
}

#[test]
fn duty_days_are_counted_and_whoever_did_nothing_is_named() {
    let office = Office::town("2026-12-20");
    let deputies = seated(&office);
    did(&office, &deputies[0], "2026-03-01", "6.5", "联系选民");
    did(&office, &deputies[0], "2026-06-01", "0.5", "为民办实事");
    did(&office, &deputies[1], "2026-06-01", "6.5", "持证视察");
    did(&office, &deputies[2], "2025-06-01", "9", "联系选民");
    // Exactly seven days are enough, six and a half are not, last year's are last year's.
    assert_eq!((office.figure("E3", "2026"), office.missing("E3", "2026").len()), ("8.3 %".into(), 11));
    assert_eq!(office.figure("E3_mean", "2026"), "1.1");
    assert_eq!(office.figure("E3", "2025"), "8.3 %");
    assert_eq!((office.figure("E9", "2026"), office.met("E9", "2026")), ("8.3 %".into(), Some(false)));
    // Elected in a by-election three weeks ago: he cannot be blamed yet, though he is in office.
    let young = elected(&office, "何文静", "2026-11-29", "19", &["补选=是"]);
    office.clerk().does(&young, "确认资格", &["资格确认日期=2026-12-05", "代表证号=19013"]);
    let idle = office.missing("E4", "2026");
    assert_eq!(idle.len(), 10, "{idle:?}");
    assert!(idle.contains(&"王秀英".to_owned()) && !idle.contains(&"何文静".to_owned()), "{idle:?}");
    assert_eq!(office.figure("E4", "2026"), "83.3 %");
    assert_eq!(office.figure("E1_in_office", "2026"), "13");
    // Absence is an entry, but not a deed.
    let title = "关于第五次会议";
    let meeting = super::bench::held(
        &office,
        "听取专项工作报告",
        "2026-12-21",
        title,
        &roll("代表出席情况", &deputies, 3, 1, 1),
    );
    assert_eq!(office.entries_of(&meeting).len(), 5);
    assert!(office.missing("E4", "2026").contains(&"赵明".to_owned()), "on leave is not there");
    assert_eq!(office.missing("E4", "2026").len(), 9, "the third was there");
}

#[test]
fn a_report_to_voters_runs_from_the_plan_to_its_publication() {
    let office = Office::town("2026-05-06");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let who = format!("述职代表={}", deputies[5]);
    let set = ["名称=第三选区代表向选民述职", &who, "计划日期=2026-05-20"];
    let report = clerk.opens("代表述职", "列入计划", &set);
    assert_eq!(office.value(&report, "report_no"), "坎墩人述〔2026〕1号");
    assert_eq!(clerk.refused(&report, "公告", &["公告日期=2026-05-06"]), "述职计划须先由主席批准。");
    assert_eq!(
        clerk.refused(&report, "批准计划", &[]),
        "乡镇人大办工作人员不能办理“批准计划”，应由人大主席办理。"
    );
    office.chair().does(&report, "批准计划", &[]);
    clerk.does(&report, "公告", &["公告日期=2026-05-06"]);
    office.go_to("2026-05-20");
    let here = ["述职日期=2026-05-20", "到会人数=62"];
    assert_eq!(clerk.refused(&report, "述职", &here), "向选民述职须写明选区。");
    clerk.does(&report, "修改", &["选区=第三选区"]);
    clerk.does(&report, "述职", &here);
    assert_eq!(office.entries_of(&report), [("刘根生".to_owned(), "PRESENT".to_owned(), "0.5".to_owned())]);
    let votes = |poor: &str| {
        ["优秀票=20", "称职（满意）票=15", "基本称职（基本满意）票=7"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("不称职（不满意）票={poor}"), "弃权票=0".to_owned()])
            .collect::<Vec<_>>()
    };
    let put = |votes: &[String]| votes.to_vec();
    let many = put(&votes("21"));
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(clerk.refused(&report, "测评", &many), "测评票多于到会人数。");
    let third = put(&votes("20"));
    let mut third: Vec<&str> = third.iter().map(String::as_str).collect();
    third.push("评议意见=希望多到村里走访");
    let shown = clerk.does(&report, "测评", &third);
    assert!(shown.local.contains_key("opinions"));
    // 20 of 62 are not more than a third, 21 of 62 are.
    assert_eq!(
        (office.words(&report, "不称职票超过三分之一"), office.figure("E6_poor", "2026")),
        (String::new(), "0".into())
    );
    clerk.does(&report, "更正", &["称职（满意）票=14", "不称职（不满意）票=21"]);
    assert_eq!(
        (office.words(&report, "不称职票超过三分之一"), office.figure("E6_poor", "2026")),
        ("是".into(), "1".into())
    );
    assert_eq!(office.figure("E6_poor_share", "2026"), "33.9 %");

    assert_eq!(office.deadline(&report, "DL-REPORT-FEEDBACK"), ("2026-06-04".into(), "open"));
    office.go_to("2026-06-04");
    clerk.does(&report, "书面反馈", &["书面反馈日期=2026-06-04"]);
    assert_eq!(office.deadline(&report, "DL-REPORT-FEEDBACK").1, "met");
    assert_eq!(office.figure("E5_feedback", "2026"), "100.0 %");
    clerk.does(&report, "公示", &["公示日期=2026-06-04"]);
    clerk.does(&report, "归档", &["归档日期=2026-06-04"]);
    assert_eq!(office.status(&report), "已归档");
    // One of twelve has reported in this term, of which four years and four months are gone: ten should have.
    assert_eq!(
        (office.figure("E5_count", "2026"), office.met("E5_count", "2026")),
        ("1".into(), Some(false))
    );
    assert_eq!((office.figure("E5", "2026"), office.missing("E5", "2026").len()), ("8.3 %".into(), 11));
    assert!(office.figure("E5_pace", "2022-01-10..2027-01-09").starts_with('-'));
    // Its entry lies in the archive with it.
    let entry = office.all("performance").remove(0).id.to_string();
    assert_eq!(office.chair().refused(&entry, "撤回", &[]), "此代表履职登记已编入代表述职，不能再改。");
}
