//! In whose place somebody acts, and who must keep out of it.

use super::bed::Office;
use super::bench::seated;

#[test]
fn the_vice_chair_acts_for_the_chair_only_while_a_delegation_runs() {
    let office = Office::town("2026-06-01");
    let deputies = seated(&office);
    let who = format!("述职代表={}", deputies[5]);
    let plan = |name: &str| {
        let title = format!("名称={name}");
        office.clerk().opens("代表述职", "列入计划", &[&title, &who, "计划日期=2026-07-20"])
    };
    let no = "副主席不能办理“批准计划”，应由人大主席办理。";
    let first = plan("第三选区述职");
    assert_eq!(office.vice().refused(&first, "批准计划", &[]), no);
    let set = ["委托事项=主席外出学习期间主持日常工作", "起始日期=2026-06-10", "截止日期（含）=2026-06-20"];
    assert_eq!(
        office.vice().may_not_open("授权委托", "委托", &set),
        "副主席不能办理“委托”，应由人大主席办理。"
    );
    let backwards = ["委托事项=代行", "起始日期=2026-06-10", "截止日期（含）=2026-06-09"];
    assert_eq!(
        office.chair().may_not_open("授权委托", "委托", &backwards),
        "截止日期（含）不能早于起始日期。"
    );
    let delegation = office.chair().opens("授权委托", "委托", &set);

    office.go_to("2026-06-09");
    assert_eq!(office.vice().refused(&first, "批准计划", &[]), no);
    office.go_to("2026-06-10");
    let shown = office.vice().does(&first, "批准计划", &[]);
    let step = shown.steps.last().expect("a step");
    assert_eq!((step.role.as_str(), step.on_behalf), ("T_VICE", true), "it is said in whose place");
    // The clerk gains nothing by it.
    let second = plan("第五选区述职");
    assert!(office.clerk().refused(&second, "批准计划", &[]).contains("应由人大主席办理"));
    office.go_to("2026-06-20");
    office.vice().does(&second, "批准计划", &[]);
    office.go_to("2026-06-21");
    let third = plan("第七选区述职");
    assert_eq!(office.vice().refused(&third, "批准计划", &[]), no);

    // Given anew to one of two vice chairs by account, and ended before its day.
    office.chair().does(&delegation, "终止", &["实际终止日期=2026-06-21"]);
    let set = [
        "委托事项=主席驻村期间主持日常工作",
        "受托人账号=wang",
        "起始日期=2026-06-21",
        "截止日期（含）=2026-06-30",
    ];
    let second = office.chair().opens("授权委托", "委托", &set);
    assert!(!office.shown(&second).fields.contains_key("to_staff"), "accounts stay here");
    assert_eq!(office.vice().named("li").refused(&third, "批准计划", &[]), no);
    office.vice().named("wang").does(&third, "批准计划", &[]);
    office.go_to("2026-06-22");
    office.chair().does(&second, "终止", &["实际终止日期=2026-06-22"]);
    let fourth = plan("第九选区述职");
    assert_eq!(office.vice().named("wang").refused(&fourth, "批准计划", &[]), no);
}

#[test]
fn who_holds_a_post_in_the_government_enters_no_evaluation_for_a_deputy() {
    let office = Office::town("2026-03-02");
    seated(&office);
    let staff = |name: &str, post: &str, account: &str, more: &[&str]| {
        let (name, post) = (format!("姓名={name}"), format!("岗位={post}"));
        let account = format!("系统账号={account}");
        let set = [name.as_str(), &post, &account, "出生年份=1985", "学历=本科", "到岗日期=2024-01-01"];
        office.clerk().opens("人大工作人员", "登记到岗", &[&set[..], more].concat())
    };
    let wrong = office.clerk().may_not_open(
        "人大工作人员",
        "登记到岗",
        &[
            "姓名=周志远",
            "岗位=副主席",
            "出生年份=1980",
            "学历=本科",
            "到岗日期=2024-01-01",
            "在政府或被监督单位任职=是",
        ],
    );
    assert_eq!(wrong, "主席、副主席不得担任国家行政机关职务（地方组织法第十八条）。");
    let office_head =
        staff("王海英", "人大专干", "wang", &["在政府或被监督单位任职=是", "兼任职务=党政综合办主任"]);
    staff("吴晓燕", "其他工作人员", "wu", &[]);
    assert!(office.shown(&office_head).local.contains_key("account"));

    let set = [
        "案由=关于修复石桥村水渠的建议",
        "提出日期=2026-03-01",
        "提出时间=闭会期间",
        "性质类别=城建环保",
        "正文=水渠渗漏",
        "领衔人=刘根生",
    ];
    let paper = office.clerk().opens("proposal", "收到书面件", &set);
    office.clerk().does(&paper, "登记", &[]);
    office.chair().does(&paper, "审定", &["审核=立案"]);
    office.chair().does(&paper, "交办", &["交办日期=2026-03-02", "主办单位=农业农村服务中心"]);
    office.clerk().does(&paper, "签收", &["签收日期=2026-03-02"]);
    office.go_to("2026-04-10");
    office.clerk().named("zhang").does(&paper, "答复", &["答复日期=2026-04-10", "办理结果类别=A类"]);
    office.go_to("2026-04-12");
    let evaluation = ["对办理态度=满意", "对办理结果=基本满意", "评价日期=2026-04-12"];
    let partial = office.clerk().named("wang").refused(&paper, "代表评价", &evaluation);
    assert_eq!(partial, "经办人在被监督单位任职，不能代为办理“代表评价”。");
    let same = office.clerk().named("zhang").refused(&paper, "代表评价", &evaluation);
    assert_eq!(same, "办理“答复”的人不能再办理“代表评价”。");
    let shown = office.clerk().named("wu").does(&paper, "代表评价", &evaluation);
    let step = shown.steps.last().expect("a step");
    assert_eq!((step.staff.as_str(), step.on_behalf), ("wu", true));
    assert_eq!(office.words(&paper, "对办理结果"), "基本满意");
}
