//! The annual appraisal (H15) between county and town: the line goes down, the town's self-appraisal comes into being, is
//! filled in beside the office's own figures, attested, returned, checked, and closed by the final score.

use crate::both::{Both, only};

const ITEMS: &str = r#"items=[
{"no":1,"group":"SUPERVISION","name":"监督工作","full":"30","function":"HAND","evidence":"监督台账"},
{"no":2,"group":"DEPUTIES","name":"代表工作","full":"30","function":"HAND"},
{"no":3,"group":"BUILDING","name":"自身建设","full":"20","function":"HAND"},
{"no":4,"group":"PUBLICITY","name":"宣传报道","figure":"C8_claimed","full":"10","function":"LINEAR","target":"4"},
{"no":5,"group":"GUIDANCE","name":"接受指导","full":"10","function":"HAND"}]"#;

#[test]
fn a_town_appraises_itself_and_sees_what_became_of_it() {
    let both = Both::on("2026-12-01");
    for nth in 1..=3 {
        let (title, set) = (format!("title=第{nth}篇"), "published_on=2026-12-01");
        let set = [&title, set, "form=NEWS", "medium=市日报", "medium_level=CITY", "claimed_points=5"];
        let piece = both.town.clerk().enter("publicity", "draft", &set);
        both.town.clerk().act(piece, "claim", &["evidence_link=https://example.cn/1"]);
    }
    let draft = ["title=2026年度考核方案", "period_from=2026-01-01", "period_to=2026-12-31", ITEMS];
    let scheme = both.office().enter("appraisal_scheme", "draft", &draft);
    assert_eq!(both.county.value(scheme, "year"), "2026");
    both.director().act(scheme, "approve", &[]);
    both.night("2026-12-02");
    assert!(both.county.made(scheme, "appraisal_score").is_empty(), "approved is not yet told");
    both.office().act(scheme, "publish", &["self_due=2026-12-10"]);
    let score = only(&both.county.made(scheme, "appraisal_score"));
    both.night("2026-12-03");
    let own = only(&both.town.made(score, "self_appraisal"));
    assert_eq!(
        (both.town.status(own), both.town.due(own, "DL-SELF-APPRAISAL")),
        ("waiting".into(), "2026-12-10".into())
    );
    assert_eq!(both.town.value(own, "title"), "2026年度考核方案");
    let items = |scores: [&str; 5]| {
        let mut rows = both.town.shown(own).fields["items"].clone();
        for (row, score) in rows.as_array_mut().expect("rows").iter_mut().zip(scores) {
            row["self"] = score.into();
        }
        format!("items={rows}")
    };
    let rows = both.town.shown(own).fields["items"].clone();
    assert_eq!((&rows[0]["name"], &rows[0]["evidence"]), (&"监督工作".into(), &"监督台账".into()));
    assert!(rows[3].get("function").is_none(), "how points follow is the county's to know");
    // What it is made of is the county's: the clerk fills in scores alone.
    assert!(both.town.clerk().refused(own, "edit", &["year=2025"]).contains("由系统生成"));
    let told = both.town.clerk().refused(own, "edit", &[&items(["31", "30", "20", "10", "10"])]);
    assert!(told.contains("自评分超过满分"), "{told}");
    both.town.clerk().act(own, "fill", &[&items(["28", "27", "18", "8", "9"])]);
    assert_eq!(both.town.value(own, "self_total"), "90.0");
    let rows = both.town.shown(own).fields["items"].clone();
    assert_eq!(rows[3]["value"], "3", "three pieces, as the office's own tally has them");
    assert!(both.town.clerk().refused(own, "submit", &[]).contains("不能办理"));
    both.town.chair().act(own, "submit", &[]);
    both.night("2026-12-04");
    assert_eq!(
        (both.county.status(score), both.county.value(score, "self_total")),
        ("self_done".into(), "90.0".into())
    );
    both.county.figures("2026", &[("H15_appraised", "1"), ("H15_self_rate", "100.0 %"), ("H15_mean", "—")]);
    // Returned with a word, and handed in again.
    both.office().act(score, "return_self", &["return_text=请补充依据"]);
    both.night("2026-12-05");
    assert_eq!(
        (both.town.status(own), both.town.value(own, "county_note")),
        ("returned".into(), "请补充依据".into())
    );
    both.town.clerk().act(own, "fill", &[&items(["27", "27", "18", "8", "9"])]);
    both.town.chair().act(own, "submit", &[]);
    both.night("2026-12-06");
    assert_eq!(
        (both.county.status(score), both.county.value(score, "self_total")),
        ("self_done".into(), "89.0".into())
    );
    // Checked and final: the town sees score and grade.
    let mut rows = both.county.shown(score).fields["items"].clone();
    for (row, check) in rows.as_array_mut().expect("rows").iter_mut().zip(["26", "26", "17", "7.5", "8.5"]) {
        row["check"] = check.into();
    }
    both.office().act(score, "check", &[&format!("items={rows}")]);
    assert_eq!(both.county.value(score, "total"), "85.0");
    assert!(
        both.office().refused(score, "finalise", &["final_total=85"]).contains("不能办理"),
        "the directors alone"
    );
    both.director().act(score, "finalise", &["final_total=85"]);
    both.night("2026-12-20");
    assert_eq!(both.town.status(own), "closed");
    assert_eq!(
        (both.town.value(own, "final_total"), both.town.value(own, "grade")),
        ("85".into(), "QUALIFIED".into())
    );
    both.county.figures("2026", &[("H15_score", "85.0"), ("H15_mean", "85.0")]);
    assert_eq!(both.county.part("H15_grade", "2026", "QUALIFIED"), "1");
    // The directors think again.
    both.director().act(score, "reopen", &[]);
    both.director().act(score, "finalise", &["final_total=90", "final_note=主任会议调整"]);
    both.night("2026-12-21");
    assert_eq!(
        (both.town.value(own, "final_total"), both.town.value(own, "grade")),
        ("90".into(), "EXCELLENT".into())
    );
    both.is_quiet_from("2026-12-22");
}

#[test]
fn who_does_not_appraise_itself_is_checked_all_the_same() {
    let both = Both::on("2026-12-01");
    let draft = ["title=2026年度考核方案", "period_from=2026-01-01", "period_to=2026-12-31", ITEMS];
    let scheme = both.office().enter("appraisal_scheme", "draft", &draft);
    both.director().act(scheme, "approve", &[]);
    both.office().act(scheme, "publish", &["self_due=2026-12-10"]);
    let score = only(&both.county.made(scheme, "appraisal_score"));
    let check = || {
        let mut rows = both.county.shown(score).fields["items"].clone();
        rows.as_array_mut().expect("rows").iter_mut().for_each(|row| row["check"] = "5".into());
        format!("items={rows}")
    };
    assert!(both.office().refused(score, "check", &[&check()]).contains("自评期未满"));
    both.night("2026-12-11");
    both.county.figures("2026-12", &[("H15_overdue", "1"), ("H15_self_rate", "—")]);
    both.office().act(score, "check", &[&check()]);
    both.director().act(score, "finalise", &["final_total=25"]);
    both.night("2026-12-12");
    let own = only(&both.town.made(score, "self_appraisal"));
    assert_eq!((both.town.status(own), both.town.value(own, "grade")), ("closed".into(), "POOR".into()));
    both.director().act(scheme, "close", &[]);
    assert_eq!(both.county.status(scheme), "closed");
}
