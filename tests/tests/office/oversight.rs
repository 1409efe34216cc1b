//! What was decided and found is carried out: matters, law inspections and their findings, inspections of deputies.

use super::bed::{Office, rows};
use super::bench::{presidium, seated};

#[test]
fn a_matter_is_urged_extended_checked_and_done_by_its_day() {
    let office = Office::town("2026-03-02");
    let issue = |title: &str, due: &str| {
        let (title, due) = (format!("事项={title}"), format!("办结期限={due}"));
        let set = [title.as_str(), "来源=主席交办", "责任单位=村镇建设办公室", "交办日期=2026-03-02", &due];
        office.clerk().opens("决定交办事项", "下达", &set)
    };
    assert_eq!(
        office.unit().may_not_open(
            "决定交办事项",
            "下达",
            &["事项=甲", "来源=主席交办", "责任单位=乙", "交办日期=2026-03-02", "办结期限=2026-03-01"]
        ),
        "承办单位不能办理“下达”，应由人大主席、主席团、乡镇人大办工作人员办理。"
    );
    let first = issue("修复水毁渠道", "2026-05-29");
    let second = issue("整治停车秩序", "2026-05-29");
    assert_eq!(
        [office.value(&first, "no"), office.value(&second, "no")],
        ["坎墩人督〔2026〕1号", "坎墩人督〔2026〕2号"]
    );
    let clerk = office.clerk();
    for matter in [&first, &second] {
        clerk.does(matter, "承接", &["承接日期=2026-03-02", "承办人=王工"]);
        clerk.does(matter, "启动", &["启动日期=2026-03-02"]);
        assert!(office.shown(matter).local.contains_key("contact_name"));
    }
    let paper = office.shown(&first);
    assert!(paper.steps.last().is_some_and(|step| step.on_behalf), "the unit brought paper");
    office.go_to("2026-04-10");
    clerk.does(
        &first,
        "登记进展",
        &["最新进展日期=2026-04-10", "最新进展=方案已定", "完成进度（%）=30", "监督阶段=事中"],
    );
    clerk.does(&first, "催办", &["催办方式=电话催办"]);
    for day in ["2026-04-10", "2026-04-12"] {
        office.go_to(day);
        assert_eq!(
            clerk.refused(&first, "催办", &[]),
            "2026年4月10日刚办过“催办”，2026年4月13日起才能再办。",
            "{day}"
        );
    }
    office.go_to("2026-04-13");
    clerk.does(&first, "催办", &["催办方式=上门督办"]);
    assert_eq!(
        (office.value(&first, "urge_count"), office.figure("D14_urges", "2026")),
        (2.into(), "2".into())
    );
    assert_eq!(office.part("supervision_stages", "DURING", "2026"), "1");

    // Extended by the chair, with a reason, to a later day.
    assert_eq!(
        clerk.refused(&first, "延期", &["延期至=2026-06-30"]),
        "乡镇人大办工作人员不能办理“延期”，应由人大主席办理。"
    );
    assert_eq!(office.chair().refused(&first, "延期", &["延期至=2026-06-30"]), "必须填写理由。");
    let rain = office.chair().because("连续降雨");
    assert_eq!(
        rain.refused(&first, "延期", &["延期至=2026-05-28"]),
        "延期至不能早于办结期限；延期至应晚于原期限2026年5月29日"
    );
    rain.does(&first, "延期", &["延期至=2026-06-30"]);
    assert_eq!(office.deadline(&first, "DL-SUPERVISE"), ("2026-06-30".into(), "open"));

    // The unit reports; the chair checks, and whoever entered the report does not.
    office.go_to("2026-06-01");
    assert_eq!(office.figure("D14_overdue", "2026"), "1", "the second, since 29 May");
    let result = ["报结果日期=2026-06-01", "办理结果=已完工"];
    clerk.named("u2").does(&first, "报结果", &result);
    clerk.does(&second, "报结果", &result);
    assert_eq!(
        (office.deadline(&first, "DL-SUPERVISE").1, office.deadline(&second, "DL-SUPERVISE").1),
        ("met", "late")
    );
    assert_eq!(office.figure("D14", "2026"), "0.0 %", "reported is not done");
    assert_eq!(
        office.chair().named("u2").refused(&first, "督查", &["督查日期=2026-06-01"]),
        "办理“报结果”的人不能再办理“督查”。"
    );
    for matter in [&first, &second] {
        office.chair().does(matter, "督查", &["督查日期=2026-06-01", "评价=满意"]);
    }
    office.chair().does(&first, "办结", &["办结日期=2026-06-01"]);
    assert_eq!(office.chair().refused(&second, "认定未完成", &[]), "未完成原因必须填写。");
    office.chair().does(&second, "认定未完成", &["未完成原因=用地指标未落实"]);
    assert_eq!(
        (office.figure("D14", "2026"), office.part("D14_met_source", "CHAIR_ORDER", "2026")),
        ("50.0 %".into(), "1".into())
    );
    assert_eq!(
        (office.figure("D14_not_done", "2026"), office.figure("D14_extended", "2026")),
        ("1".into(), "1".into())
    );
}

/// The check of the market for farm supplies, begun and with its sites entered.
fn check(office: &Office, deputies: &[String]) -> String {
    let clerk = office.clerk();
    let set = [
        "检查名称=农资市场执法检查",
        "法律法规名称=中华人民共和国农产品质量安全法",
        "组织方式=县人大安排",
        "县人大要求完成日期=2026-06-30",
        "检查日期=2026-03-10",
    ];
    let check = clerk.opens("执法检查", "列入计划", &set);
    let team = format!("检查组代表={}；{}", deputies[3], deputies[4]);
    clerk.does(&check, "发出通知", &["通知日期=2026-03-02", &team, "参加部门=农业农村服务中心"]);
    assert_eq!(office.value(&check, "no"), "坎墩人检〔2026〕1号");
    office.go_to("2026-03-10");
    clerk.does(&check, "开始检查", &[]);
    let sites = rows(
        "检查点",
        &[
            &[
                ("名称", "小蓝禽蛋市场"),
                ("类别", "市场"),
                ("抽查品种", "饲料"),
                ("抽查数", "12"),
                ("不合格数", "1"),
            ],
            &[
                ("名称", "化工大市场"),
                ("类别", "市场"),
                ("抽查品种", "农药、化肥"),
                ("抽查数", "20"),
                ("不合格数", "3"),
            ],
            &[("名称", "八一桥头"), ("抽查品种", "种子"), ("抽查数", "8"), ("不合格数", "0")],
        ],
    );
    clerk.does(&check, "登记检查点", &[&sites, "被检查个人=个体户张某"]);
    check
}

#[test]
fn a_law_inspection_finds_faults_and_closes_when_all_are_struck_off() {
    let office = Office::town("2026-03-02");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let check = check(&office, &deputies);
    assert!(office.shown(&check).local.contains_key("inspected_persons"));
    let sums = ["site_count", "samples_total", "failures_total"].map(|field| office.value(&check, field));
    assert_eq!(sums, [3, 40, 4]);
    assert_eq!(
        (office.figure("D6_failure_rate", "2026"), office.figure("D6", "2026")),
        ("10.0 %".into(), "1".into())
    );

    let link = format!("执法检查={check}");
    let find = |title: &str, due: &str| {
        let (title, due) = (format!("问题={title}"), format!("整改时限={due}"));
        let set = [link.as_str(), &title, "责任单位=市场监管所", "发现日期=2026-03-10", &due];
        clerk.opens("检查发现问题", "列入问题清单", &set)
    };
    let backwards = [link.as_str(), "问题=甲", "责任单位=乙", "发现日期=2026-03-10", "整改时限=2026-03-09"];
    assert_eq!(clerk.may_not_open("检查发现问题", "列入问题清单", &backwards), "整改时限不能早于发现日期。");
    let [first, second] = [find("进货台账不全", "2026-04-10"), find("农药标签不规范", "2026-04-10")];

    assert_eq!(
        clerk.refused(&check, "起草报告", &["检查结束日期=2026-03-10", "报告起草日期=2026-03-10"]),
        "检查方式必须填写。"
    );
    clerk.does(
        &check,
        "起草报告",
        &["检查结束日期=2026-03-10", "报告起草日期=2026-03-10", "检查方式=实地；抽查"],
    );
    assert_eq!(
        (office.value(&check, "findings_count"), office.value(&check, "findings_open")),
        (2.into(), 2.into())
    );
    let law = office.entries_of(&check);
    assert_eq!(law.len(), 2, "{law:?}");
    let texts = ["总体评价=总体较好", "存在问题=台账不全", "意见建议=加大抽检"];
    let meeting = presidium(&office, "2026-03-16", &deputies);
    let report = format!("审议报告的会议={meeting}");
    assert_eq!(
        clerk.refused(&check, "主席团审议报告", &[&texts[..], &["主席团审议日期=2026-03-16"]].concat()),
        "审议报告的会议所选记录的状态不符合要求；审议的应是主席团会议（街道为工委会议）；审议报告的会议必须填写"
    );
    clerk.does(&check, "主席团审议报告", &[&texts[..], &["主席团审议日期=2026-03-16", &report]].concat());
    office.chair().does(&check, "交政府办理", &["交政府日期=2026-03-16", "交办对象=镇人民政府"]);
    assert_eq!(office.deadline(&check, "DL-ACT-FEEDBACK"), ("2026-06-16".into(), "open"));
    clerk.does(&check, "开始整改", &["开始整改日期=2026-03-16"]);

    // Urged once in three days; the unit reports with evidence, the chair strikes off, not who entered it.
    clerk.does(&first, "催办", &[]);
    assert_eq!(clerk.refused(&first, "催办", &[]), "2026年3月16日刚办过“催办”，2026年3月19日起才能再办。");
    office.go_to("2026-04-10");
    assert_eq!(
        clerk.refused(&first, "报整改完成", &["整改完成日期=2026-04-10"]),
        "须附整改佐证（说明或文件）。"
    );
    clerk.does(&first, "报整改完成", &["整改完成日期=2026-04-10", "整改佐证说明=台账已补齐"]);
    assert_eq!(office.deadline(&first, "DL-FINDING").1, "met");
    assert_eq!(
        clerk.refused(&first, "确认销号", &["销号日期=2026-04-10"]).chars().take(9).collect::<String>(),
        "乡镇人大办工作人员"
    );
    let same = office.clerk().named("u2");
    office.go_to("2026-04-20");
    same.does(&second, "报整改完成", &["整改完成日期=2026-04-20", "整改佐证说明=已换标签"]);
    assert_eq!(
        office.chair().named("u2").refused(&second, "确认销号", &["销号日期=2026-04-20"]),
        "办理“报整改完成”的人不能再办理“确认销号”。"
    );
    office.chair().because("标签仍不全").does(&second, "退回继续整改", &[]);
    assert_eq!(office.deadline(&second, "DL-FINDING"), ("2026-04-10".into(), "open"));
    assert_eq!(
        (
            office.figure("D7", "2026"),
            office.figure("D7_on_time", "2026"),
            office.figure("D7_overdue", "2026")
        ),
        ("0.0 %".into(), "50.0 %".into(), "1".into())
    );
    office.chair().does(&first, "确认销号", &["销号日期=2026-04-20"]);
    assert_eq!(office.figure("D7", "2026"), "50.0 %");

    office.go_to("2026-05-10");
    clerk.does(&check, "反馈整改情况", &["反馈日期=2026-05-10", "整改反馈=一项已改，一项正在改"]);
    assert_eq!(
        (office.deadline(&check, "DL-ACT-FEEDBACK").1, office.value(&check, "findings_open")),
        ("met", 1.into())
    );
    let close = ["结束日期（办结）=2026-05-10"];
    assert_eq!(office.chair().refused(&check, "办结", &close), "还有问题没有销号；县人大安排的检查须先报县");
    clerk.does(&second, "报整改完成", &["整改完成日期=2026-05-10", "整改佐证说明=全部更换"]);
    office.chair().does(&second, "确认销号", &["销号日期=2026-05-10"]);
    assert_eq!(office.chair().refused(&check, "办结", &close), "县人大安排的检查须先报县。");
    clerk.does(&check, "报县人大", &["报县人大日期=2026-05-10"]);
    office.chair().does(&check, "办结", &close);
    assert_eq!(
        (office.figure("D7", "2026"), office.figure("D7_on_time", "2026")),
        ("100.0 %".into(), "50.0 %".into())
    );
    assert_eq!(
        (office.figure("D6_done_rate", "2026"), office.figure("D6_on_time", "2026")),
        ("100.0 %".into(), "100.0 %".into())
    );
    assert_eq!(office.figure("D6_feedback", "2026"), "100.0 %");
    // Its findings go to the archive with it.
    clerk.does(&check, "归档", &["归档日期=2026-05-10"]);
    assert_eq!((office.status(&first), office.status(&second)), ("已归档".into(), "已归档".into()));
    assert_eq!(office.figure("D7", "2026"), "100.0 %");
}

#[test]
fn an_inspection_of_deputies_waits_three_months_for_an_answer() {
    let office = Office::town("2026-05-10");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let set = ["主题=视察农村饮水安全工程", "活动类别=视察", "活动日期=2026-05-10"];
    let visit = clerk.opens("视察调研", "列入计划", &set);
    assert_eq!(clerk.refused(&visit, "登记开展", &[]), "请选参加的代表（或对应的会议）。");
    let who = format!("参加代表={}", deputies[..4].join("；"));
    let said = rows("意见建议", &[&[("意见", "管网老化")], &[("意见", "水压不足"), ("去向", "当场答复")]]);
    clerk.does(&visit, "登记开展", &[&who, &said, "走访记录=村民甲反映"]);
    assert_eq!(office.entries_of(&visit).len(), 4);
    assert_eq!(
        clerk.refused(&visit, "办结（无意见转交）", &["办结日期=2026-05-10"]),
        "还有意见没有去向，请先转交或注明已当场答复。"
    );
    clerk.does(&visit, "转交报告（意见）", &["意见转交日期=2026-05-10", "转交单位=镇人民政府"]);
    assert_eq!(office.deadline(&visit, "DL-ACT-FEEDBACK"), ("2026-08-10".into(), "open"));
    // What is more than an answer becomes a matter of its own.
    let matter = ["转督办日期=2026-05-10", "督办责任单位=镇水利站", "督办期限=2026-11-30"];
    clerk.does(&visit, "转督办", &matter);
    assert_eq!(clerk.refused(&visit, "转督办", &matter), "按此记录的内容，不能办理“转督办”。");
    assert_eq!(office.all("supervision_item").len(), 1);
    office.go_to("2026-08-11");
    assert_eq!(office.figure("activity_feedback_overdue", "2026"), "1");
    let answer = ["反馈日期=2026-08-11", "反馈情况=管网改造已列入计划"];
    clerk.does(&visit, "反馈", &answer);
    assert_eq!(
        (office.deadline(&visit, "DL-ACT-FEEDBACK").1, office.figure("activity_feedback", "2026")),
        ("late", "0.0 %".into())
    );
    office.chair().because("答复不具体").does(&visit, "退回（反馈不符合要求）", &[]);
    assert_eq!(office.deadline(&visit, "DL-ACT-FEEDBACK"), ("2026-08-10".into(), "open"));
    clerk.does(&visit, "反馈", &answer);
    clerk.does(&visit, "办结", &["办结日期=2026-08-11"]);
    assert_eq!(office.part("activities_held", "INSPECTION", "2026"), "1");
}

/// Three townships check together: who leads counts it, who takes part sees his share, the county has it once.
#[test]
fn joint_work_is_counted_once() {
    let office = Office::town("2026-05-10");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let who = format!("参加代表={}", deputies[..4].join("；"));
    let visit = |title: &str, more: &[&str]| {
        let title = format!("主题={title}");
        let set = [title.as_str(), "活动类别=调研", "活动日期=2026-05-10"];
        let id = clerk.opens("视察调研", "列入计划", &[&set[..], more].concat());
        clerk.does(&id, "登记开展", &[&who]);
        id
    };
    let set = ["主题=联合调研", "活动类别=调研", "活动日期=2026-05-10", "是否联合=参加"];
    assert_eq!(clerk.may_not_open("视察调研", "列入计划", &set), "参加联合活动的，请选牵头乡镇。");
    visit("养老服务调研", &[]);
    visit("三镇联合调研", &["是否联合=牵头", "联合乡镇=周巷镇"]);
    let joined = visit("流域联合调研", &["是否联合=参加", "牵头乡镇=周巷镇"]);
    assert_eq!((office.figure("D5", "2026"), office.figure("D5_once", "2026")), ("3".into(), "2".into()));
    assert_eq!(
        (office.figure("D5_activity", "2026"), office.figure("D5_activity_joined", "2026")),
        ("2".into(), "1".into())
    );
    // Wherever it is counted, our deputies were there.
    assert_eq!(office.entries_of(&joined).len(), 4);
    assert_eq!(office.met("D5", "2026"), Some(false));
    let plan = [
        "检查名称=联合执法检查",
        "法律法规名称=水法",
        "检查日期=2026-05-10",
        "是否联合=参加",
        "牵头乡镇=周巷镇",
    ];
    let check = clerk.opens("执法检查", "列入计划", &plan);
    let team = format!("检查组代表={}", deputies[5]);
    clerk.does(&check, "发出通知", &["通知日期=2026-05-10", &team]);
    clerk.does(&check, "开始检查", &[]);
    assert_eq!((office.figure("D6", "2026"), office.figure("D6_joined", "2026")), ("0".into(), "1".into()));
    assert_eq!(
        (office.figure("D5", "2026"), office.met("D5", "2026"), office.figure("D5_once", "2026")),
        ("4".into(), Some(true), "2".into())
    );
}
