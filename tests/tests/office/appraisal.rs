//! The appraisal of stations: the survey, the vote, the written report, the presidium, the second vote.

use super::bed::{Office, roll, rows};
use super::bench::{held, presidium, seated};

/// A round on a day, agreed by the party committee, with the stations listed and surveyed and the meeting held.
fn round(office: &Office, deputies: &[String], day: &str, stations: &[&str]) -> (String, Vec<String>) {
    let (clerk, today) = (office.clerk(), office.today());
    let (held_on, agreed) = (format!("评议大会日期={day}"), format!("党委研究同意日期={today}"));
    let round = clerk.opens("站所评议", "列入计划", &["评议名称=基层站所工作评议", &held_on]);
    let who = format!("参加评议的代表={}", deputies.join("；"));
    clerk.does(&round, "党委研究同意", &[&agreed]);
    let link = format!("评议={round}");
    let mut targets = Vec::new();
    for name in stations {
        let unit =
            office.all("unit").into_iter().find(|unit| unit.fields.get("name") == Some(&(*name).into()));
        let unit = unit.map(|unit| unit.id.to_string()).unwrap_or_else(|| {
            let set = [
                format!("单位名称={name}"),
                "单位类别=派驻站所".to_owned(),
                "列入日期=2022-03-01".to_owned(),
            ];
            clerk.opens("承办单位、站所", "登记", &set.each_ref().map(String::as_str))
        });
        let (title, unit) = (format!("受评单位={name}"), format!("受评单位（名册）={unit}"));
        let target = clerk.opens("评议对象", "列为受评单位", &[&link, &title, &unit, "单位类别=派驻站所"]);
        let surveyed = format!("调研完成日期={today}");
        assert_eq!(clerk.refused(&target, "完成调研", &[&surveyed]), "请填走访或座谈会次数。");
        clerk.does(
            &target,
            "完成调研",
            &[&surveyed, "走访次数=3", "座谈会次数=1", "走访座谈记录=群众反映排队久"],
        );
        targets.push(target);
    }
    office.go_to(day);
    assert_eq!(clerk.refused(&round, "召开评议大会", &[]), "请选参加评议的代表（或对应的会议）。");
    clerk.does(&round, "召开评议大会", &[&who]);
    (round, targets)
}

/// Votes of a round: (satisfied, basically, not, abstained) of so many who may vote.
fn votes(day: &str, eligible: u32, cast: [u32; 4]) -> Vec<String> {
    let names = ["满意票", "基本满意票", "不满意票", "弃权票"];
    let mut set = vec![format!("评议日期={day}"), format!("应投票人数={eligible}")];
    set.extend(names.iter().zip(cast).map(|(name, count)| format!("{name}={count}")));
    set
}

fn texts(set: &[String]) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

#[test]
fn a_grade_needs_more_than_half_and_exactly_half_is_not_enough() {
    let office = Office::town("2026-05-01");
    let deputies = seated(&office);
    let day = "2026-05-20";
    let (_, targets) = round(&office, &deputies, day, &["甲站", "乙站", "丙站", "丁站"]);
    // Of twelve who may vote.
    let cases = [
        ([7, 0, 5, 0], "满意"),
        ([6, 1, 5, 0], "基本满意"),
        ([6, 0, 6, 0], "不满意"),
        ([0, 6, 5, 1], "不满意"),
    ];
    for (target, (cast, grade)) in targets.iter().zip(cases) {
        office.clerk().does(target, "登记评议结果", &texts(&votes(day, 12, cast)));
        assert_eq!(office.words(target, "评议等次"), grade, "{cast:?}");
    }
    let counts = ["SATISFIED", "BASIC", "UNSATISFIED"].map(|grade| office.part("D9", grade, "2026"));
    assert_eq!(counts, ["1", "1", "2"]);
    // By the ballots that count instead: six of eleven are more than half of them.
    let third = &targets[2];
    let chair = office.chair().because("方案规定按有效票计");
    chair.does(third, "更正", &["计票基数=VALID", "满意票=6", "不满意票=5"]);
    assert_eq!(office.words(third, "评议等次"), "满意");
    chair.does(third, "更正", &["不满意票=6"]);
    assert_eq!(office.words(third, "评议等次"), "不满意");
    assert_eq!(chair.refused(third, "更正", &["满意票=7"]), "各种票数之和不能超过应投票人数。");
    // Every station of the list was appraised in this term; one more on the list, and it is missed.
    assert_eq!(office.figure("D8", "2026"), "100.0 %");
    office.clerk().opens(
        "承办单位、站所",
        "登记",
        &["单位名称=戊站", "单位类别=派驻站所", "列入日期=2026-05-20"],
    );
    assert_eq!(
        (office.figure("D8", "2026"), office.missing("D8", "2026")),
        ("80.0 %".into(), vec!["戊站".to_owned()])
    );
}

#[test]
fn three_stations_are_appraised_and_put_right_what_was_found() {
    let office = Office::town("2026-05-01");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let (round, targets) =
        round(&office, &deputies, "2026-05-20", &["莲南派出所", "莲北供电所", "小蓝工商分局"]);
    assert_eq!(
        (office.value(&round, "no"), office.value(&round, "targets_open")),
        ("坎墩人评〔2026〕1号".into(), 3.into())
    );
    assert_eq!(office.entries_of(&round).len(), 12);
    let empty = clerk.opens("站所评议", "列入计划", &["评议名称=空", "评议大会日期=2026-05-20"]);
    clerk.does(&empty, "党委研究同意", &["党委研究同意日期=2026-05-20"]);
    let who = format!("参加评议的代表={}", deputies[0]);
    assert_eq!(clerk.refused(&empty, "召开评议大会", &[&who]), "请先登记受评单位。");
    let [police, power, trade] = targets.as_slice() else { panic!("three stations") };
    assert!(office.shown(police).local.contains_key("survey_notes"));
    let many = votes("2026-05-20", 12, [8, 4, 1, 0]);
    assert_eq!(clerk.refused(police, "登记评议结果", &texts(&many)), "各种票数之和不能超过应投票人数。");
    let none = votes("2026-05-20", 12, [0, 0, 0, 0]);
    assert_eq!(clerk.refused(police, "登记评议结果", &texts(&none)), "请填测评票数。");
    for (target, cast) in [(police, [8, 3, 1, 0]), (power, [5, 4, 3, 0]), (trade, [2, 4, 5, 1])] {
        clerk.does(target, "登记评议结果", &texts(&votes("2026-05-20", 12, cast)));
        // Two months from the meeting.
        assert_eq!(office.deadline(target, "DL-RECTIFY"), ("2026-07-20".into(), "open"));
    }
    let sent = "评议意见送达日期=2026-05-20";
    assert_eq!(clerk.refused(power, "送达评议意见", &[sent]), "请填问题清单或评议意见。");
    let list =
        rows("问题清单", &[&[("序号", "1"), ("问题", "停电不预告")], &[("序号", "2"), ("问题", "抢修慢")]]);
    for target in &targets {
        clerk.does(target, "送达评议意见", &[sent, &list]);
        clerk.does(target, "开始整改", &["开始整改日期=2026-05-20"]);
    }
    clerk.does(power, "催办", &[]);
    assert_eq!(clerk.refused(power, "催办", &[]), "2026年5月20日刚办过“催办”，2026年5月23日起才能再办。");

    office.go_to("2026-07-20");
    let report = |day: &str| [format!("整改书面报告日期={day}"), "整改情况=已增设窗口".to_owned()];
    assert_eq!(
        clerk.refused(power, "提交书面整改报告", &["整改书面报告日期=2026-07-20"]),
        "请填整改情况或附书面报告。"
    );
    clerk.does(police, "提交书面整改报告", &texts(&report("2026-07-20")));
    clerk.does(power, "提交书面整改报告", &texts(&report("2026-07-20")));
    office.go_to("2026-07-21");
    assert_eq!(
        (office.figure("D10", "2026"), office.figure("D10_missing", "2026")),
        ("66.7 %".into(), "1".into())
    );
    clerk.does(trade, "提交书面整改报告", &texts(&report("2026-07-21")));
    assert_eq!(
        (office.deadline(police, "DL-RECTIFY").1, office.deadline(trade, "DL-RECTIFY").1),
        ("met", "late")
    );
    assert_eq!(
        (office.figure("D10", "2026"), office.figure("D10_missing", "2026")),
        ("66.7 %".into(), "0".into())
    );

    // The presidium reviews; a discussion is no meeting of the presidium.
    let talk = held(&office, "座谈会", "2026-07-22", "座谈会", &roll("代表出席情况", &deputies, 5, 0, 0));
    let by = |meeting: &str| ["主席团审议日期=2026-07-25".to_owned(), format!("审议的主席团会议={meeting}")];
    let sitting = presidium(&office, "2026-07-25", &deputies);
    assert_eq!(
        clerk.refused(police, "主席团审议通过", &texts(&by(&talk))),
        "审议的应是主席团会议（街道为工委会议）。"
    );
    clerk.does(police, "主席团审议通过", &texts(&by(&sitting)));
    clerk.does(power, "主席团审议通过", &texts(&by(&sitting)));
    assert!(clerk.refused(trade, "整改未通过", &texts(&by(&sitting))).contains("必须填写理由"));
    let failed = clerk.because("两项问题没有整改").does(trade, "整改未通过", &texts(&by(&sitting)));
    assert_eq!(
        (failed.status_label.zh.as_str(), failed.fields["failed_count"].as_i64()),
        ("整改未通过", Some(1))
    );

    // The second vote: better, and as it was.
    let again = |cast: [u32; 4]| {
        let names = ["二次满意票", "二次基本满意票", "二次不满意票", "二次弃权票"];
        let mut set = vec!["二次测评日期=2026-07-25".to_owned(), "二次应投票人数=12".to_owned()];
        set.extend(names.iter().zip(cast).map(|(name, count)| format!("{name}={count}")));
        set
    };
    clerk.does(power, "二次测评", &texts(&again([7, 4, 1, 0])));
    assert_eq!(
        (office.words(power, "评议等次"), office.words(power, "二次等次")),
        ("基本满意".into(), "满意".into())
    );
    assert_eq!(
        (office.figure("D11", "2026"), office.part("D11_grades", "SATISFIED", "2026")),
        ("100.0 %".into(), "1".into())
    );
    assert_eq!(office.chair().refused(&round, "办结", &["办结日期=2026-07-25"]), "还有受评单位没有办结。");

    // Once more from the start for the third, with two months from the review; 25 to 27 September are holidays.
    office.chair().does(trade, "重新整改", &[]);
    assert_eq!(office.deadline(trade, "DL-RECTIFY"), ("2026-09-28".into(), "open"));
    office.go_to("2026-09-20");
    clerk.does(trade, "提交书面整改报告", &texts(&report("2026-09-20")));
    let sitting = presidium(&office, "2026-09-24", &deputies);
    let set = ["主席团审议日期=2026-09-24".to_owned(), format!("审议的主席团会议={sitting}")];
    clerk.does(trade, "主席团审议通过", &texts(&set));
    let mut same = again([2, 4, 6, 0]);
    same[0] = "二次测评日期=2026-09-24".to_owned();
    clerk.does(trade, "二次测评", &texts(&same));
    assert_eq!(
        (office.words(trade, "二次等次"), office.figure("D11", "2026")),
        ("不满意".into(), "50.0 %".into())
    );
    for target in &targets {
        office.chair().does(target, "办结", &["办结日期=2026-09-24"]);
    }
    clerk.does(&round, "公布评议结果", &["评议结果公布日期=2026-09-24"]);
    office.chair().does(&round, "办结", &["办结日期=2026-09-24"]);
    clerk.does(&round, "归档", &["归档日期=2026-09-24"]);
    assert!(targets.iter().all(|target| office.status(target) == "已归档"));
    assert_eq!(
        (office.figure("D5_appraisal", "2026"), office.met("D5_appraisal", "2026")),
        ("1".into(), Some(true))
    );
    assert_eq!(office.figure("D8", "2026"), "100.0 %");
    assert_eq!(office.figure("appraisals_published_rate", "2026"), "100.0 %");
}

/// After a failed rectification the time runs from the review; a report that will not do does not take it away again.
#[test]
fn a_second_report_that_is_sent_back_keeps_the_time_of_the_review() {
    let office = Office::town("2026-05-01");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let (_, targets) = round(&office, &deputies, "2026-05-20", &["小蓝工商分局"]);
    let target = &targets[0];
    clerk.does(target, "登记评议结果", &texts(&votes("2026-05-20", 12, [2, 4, 6, 0])));
    clerk.does(target, "送达评议意见", &["评议意见送达日期=2026-05-20", "评议意见=排队久"]);
    clerk.does(target, "开始整改", &["开始整改日期=2026-05-20"]);
    office.go_to("2026-07-01");
    clerk.does(target, "提交书面整改报告", &["整改书面报告日期=2026-07-01", "整改情况=已整改"]);
    office.chair().because("报告过于简单").does(target, "退回补充报告", &[]);
    assert_eq!(office.deadline(target, "DL-RECTIFY"), ("2026-07-20".into(), "open"));
    clerk.does(target, "提交书面整改报告", &["整改书面报告日期=2026-07-01", "整改情况=已增设窗口"]);
    let sitting = presidium(&office, "2026-07-25", &deputies);
    let by = ["主席团审议日期=2026-07-25".to_owned(), format!("审议的主席团会议={sitting}")];
    clerk.because("没有整改").does(target, "整改未通过", &texts(&by));
    office.chair().does(target, "重新整改", &[]);
    assert_eq!(office.deadline(target, "DL-RECTIFY"), ("2026-09-28".into(), "open"));
    office.go_to("2026-08-20");
    clerk.does(target, "提交书面整改报告", &["整改书面报告日期=2026-08-20", "整改情况=已整改"]);
    office.chair().because("报告过于简单").does(target, "退回补充报告", &[]);
    assert_eq!(office.deadline(target, "DL-RECTIFY"), ("2026-09-28".into(), "open"));
}

/// Whoever holds a post on the side of the unit enters no decision about it.
#[test]
fn a_clerk_of_the_government_enters_no_review_of_a_station() {
    let office = Office::town("2026-05-01");
    let deputies = seated(&office);
    let clerk = office.clerk();
    let set = [
        "姓名=王海英",
        "岗位=人大专干",
        "系统账号=wang",
        "出生年份=1985",
        "学历=本科",
        "到岗日期=2024-01-01",
    ];
    clerk.opens("人大工作人员", "登记到岗", &[&set[..], &["在政府或被监督单位任职=是"]].concat());
    let (_, targets) = round(&office, &deputies, "2026-05-20", &["莲南派出所"]);
    let target = &targets[0];
    clerk.does(target, "登记评议结果", &texts(&votes("2026-05-20", 12, [8, 3, 1, 0])));
    clerk.does(target, "送达评议意见", &["评议意见送达日期=2026-05-20", "评议意见=出警慢"]);
    clerk.does(target, "开始整改", &["开始整改日期=2026-05-20"]);
    clerk.does(target, "提交书面整改报告", &["整改书面报告日期=2026-05-20", "整改情况=已整改"]);
    let sitting = presidium(&office, "2026-05-25", &deputies);
    let by = ["主席团审议日期=2026-05-25".to_owned(), format!("审议的主席团会议={sitting}")];
    assert_eq!(
        clerk.named("wang").refused(target, "主席团审议通过", &texts(&by)),
        "经办人在被监督单位任职，不能代为办理“主席团审议通过”。"
    );
    clerk.does(target, "主席团审议通过", &texts(&by));
}
