//! Themed campaigns (H20) with the six musts of the third essay: launched by the county, reported by the town, checked must
//! by must, looked at on the spot.

use crate::both::{Both, only};

const MUSTS: [&str; 6] = ["PLAN", "ORGANISATION", "SYSTEM", "PLATFORM", "SUPERVISION", "REWARDS"];

/// What the town says of the musts: so many are done.
fn musts(done: usize) -> String {
    let row = |(nth, must): (usize, &&str)| {
        let evidence = if nth < done { r#","evidence":"文件及照片""# } else { "" };
        format!(r#"{{"must":"{must}","done":{}{evidence}}}"#, nth < done)
    };
    format!("musts=[{}]", MUSTS.iter().enumerate().map(row).collect::<Vec<_>>().join(","))
}

/// What the county found: so many are met.
fn checks(met: usize) -> String {
    let row = |(nth, must): (usize, &&str)| {
        format!(r#"{{"must":"{must}","result":"{}"}}"#, if nth < met { "MET" } else { "PARTLY" })
    };
    format!("checks=[{}]", MUSTS.iter().enumerate().map(row).collect::<Vec<_>>().join(","))
}

#[test]
fn a_campaign_is_reported_must_by_must_and_checked() {
    let both = Both::on("2026-03-02");
    let set = [
        "title=农产品质量安全专项监督",
        "theme=督促落实六个必须",
        "starts_on=2026-03-02",
        "ends_on=2026-06-30",
        "report_due=2026-03-31",
        "addressed_to=TOWNSHIPS",
        "to_townships=坎墩镇",
    ];
    let campaign = both.office().enter("campaign", "draft", &set);
    both.director().act(campaign, "launch", &[]);
    let line = only(&both.county.made(campaign, "campaign_line"));
    both.night("2026-03-03");
    let report = only(&both.town.made(line, "campaign_report"));
    assert_eq!(both.town.due(report, "DL-CAMPAIGN-REPORT"), "2026-03-31");
    let five = r#"musts=[{"must":"PLAN","done":true,"evidence":"方案"}]"#;
    assert!(both.town.clerk().refused(report, "fill", &[five]).contains("六个必须各填一行"));
    let bare = musts(1).replace(r#","evidence":"文件及照片""#, "");
    assert!(both.town.clerk().refused(report, "fill", &[&bare]).contains("已做到的要写依据"));
    both.town.clerk().act(report, "fill", &[&musts(5)]);
    both.town.chair().act(report, "submit", &[]);
    both.night("2026-03-20");
    assert_eq!(
        (both.county.status(line), both.county.value(line, "claimed_count")),
        ("reported".into(), "5".into())
    );
    assert_eq!(both.county.shown(line).fields["reported"].as_array().map(Vec::len), Some(6));
    let visit = r#"spot_checks=[{"on":"2026-03-18","sort":"RANDOM","found":"公示栏未更新"}]"#;
    both.county.role("C_LIAISON").act(line, "spot_check", &[visit]);
    // Not good enough: back, and again.
    both.office().act(line, "return", &["return_text=公示平台依据不足"]);
    both.night("2026-03-22");
    assert_eq!(
        (both.town.status(report), both.town.value(report, "county_note")),
        ("returned".into(), "公示平台依据不足".into())
    );
    both.town.clerk().act(report, "fill", &[&musts(6)]);
    both.town.chair().act(report, "submit", &[]);
    both.night("2026-04-02");
    assert!(both.office().refused(campaign, "close", &["summary=总结"]).contains("没有检查"));
    both.office().act(line, "check", &[&checks(5), "opinion=奖惩尚待落实"]);
    assert_eq!(
        (both.county.value(line, "met_count"), both.county.value(line, "all_met")),
        ("5".into(), String::new())
    );
    both.office().act(line, "check_again", &[&checks(6)]);
    both.county.figures(
        "2026",
        &[
            ("H20_reported", "1"),
            ("H20_on_time", "100.0 %"),
            ("H20_all_met_rate", "100.0 %"),
            ("H20_spot_checks", "1"),
        ],
    );
    assert_eq!(both.county.part("H20_met", "2026", "REWARDS"), "1");
    both.office().act(campaign, "close", &["summary=总结"]);
    both.night("2026-04-03");
    assert_eq!((both.county.status(line), both.town.status(report)), ("closed".into(), "closed".into()));
    assert_eq!(both.town.value(report, "checked_met"), "6");
    both.is_quiet_from("2026-04-04");
}
