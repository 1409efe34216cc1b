//! Publicity (R14, H12): claimed by the town, scored by the county, against 95 and 145 of the second essay.

use shared::ids::RecordId;

use crate::bed::{Desk, Office, link, night};

/// The town and its county on one day, with a scoring rule in force.
struct Both {
    town: Office,
    county: Office,
    rule: RecordId,
}

impl Both {
    #[track_caller]
    fn on(day: &str) -> Self {
        let (town, county) = (Office::town(day), Office::county(day));
        let office = county.role("C_OFFICE");
        let set = [
            "name=宣传报道计分办法",
            "version=1",
            &format!("valid_from={day}"),
            r#"lines=[{"medium_level":"CITY","usage":"SOLE","points":"8"}]"#,
        ];
        let rule = office.enter("scoring_rule", "draft", &set);
        office.act(rule, "issue", &[]);
        Self { town, county, rule }
    }

    fn office(&self) -> Desk<'_> {
        self.county.role("C_OFFICE")
    }

    fn to_county(&self) {
        night(&self.town, &self.county);
    }

    fn to_town(&self) {
        night(&self.county, &self.town);
    }

    /// The target of the year and its advanced line.
    #[track_caller]
    fn target(&self, target: &str, advanced: &str) -> RecordId {
        let set = ["title=宣传任务", "year=2026", "starts_on=2026-01-01", "township=坎墩镇"];
        let id = self.office().enter("target", "draft", &set);
        let lines = [format!("target={target}"), format!("advanced={advanced}")];
        self.office().act(id, "submit", &[&lines[0], &lines[1]]);
        self.county.role("C_DIRECTOR").act(id, "issue", &[&format!("issued_on={}", self.today())]);
        self.to_town();
        id
    }

    fn today(&self) -> String {
        self.town.with(|ledger| ledger.clock.today().to_string())
    }

    /// A piece that the town claims points for; the county's program has taken it up.
    #[track_caller]
    fn taken_up(&self, title: &str, claimed: &str, more: &[&str]) -> (RecordId, RecordId) {
        let (title, on, claimed) = (
            format!("title={title}"),
            format!("published_on={}", self.today()),
            format!("claimed_points={claimed}"),
        );
        let piece = [title.as_str(), &on, "form=NEWS", "medium=市日报", "medium_level=CITY"];
        let clerk = self.town.clerk();
        let item = clerk.enter("publicity", "draft", &[&piece[..], &[&claimed], more].concat());
        clerk.act(item, "claim", &["evidence_link=https://example.cn/1"]);
        self.to_county();
        let scores = self.county.made(item, "publicity_score");
        assert_eq!(scores.len(), 1, "one score for one claim: {scores:?}");
        (item, scores[0])
    }

    #[track_caller]
    fn approve(&self, score: RecordId, points: &str) {
        self.office().act(
            score,
            "approve",
            &[&format!("approved_points={points}"), &link("rule", self.rule)],
        );
        self.to_town();
    }

    #[track_caller]
    fn scored(&self, title: &str, points: &str) -> RecordId {
        let (_, score) = self.taken_up(title, points, &[]);
        self.approve(score, points);
        score
    }
}

#[test]
fn two_hundred_and_sixteen_points_of_ninety_five_are_far_ahead() {
    let both = Both::on("2026-07-02");
    both.target("95", "145");
    both.town.figures("2026", &[("C1", "0.0"), ("C3", "0.0 %"), ("C5", "未完成"), ("C7", "-47.6")]);
    for (nth, points) in ["100", "60.5", "40", "10.5", "5"].iter().enumerate() {
        both.scored(&format!("第{nth}篇"), points);
    }
    let table = [
        ("C1", "216.0"),
        ("C1_claimed", "216.0"),
        ("C2_target", "95.0"),
        ("C2_advanced", "145.0"),
        ("C3", "227.4 %"),
        ("C4", "+71.0"),
        ("C4_target", "+121.0"),
        ("C5", "达到先进线"),
        ("C7", "+168.4"),
        ("C8", "100.0 %"),
        ("C8_pieces", "100.0 %"),
        ("C9", "0"),
    ];
    both.town.figures("2026", &table);
    assert_eq!(both.town.line("C3", "2026").met, Some(true));
    assert_eq!(both.town.part("C1_level", "2026", "CITY"), "216.0");
    // The county sees the sum; of grades it sees how many have each.
    both.county.figures("2026", &[("C1", "216.0"), ("C3", "227.4 %"), ("C10", "216.0")]);
}

#[test]
fn the_lines_are_reached_when_they_are_attained() {
    let table = [
        ("94.9", "未完成", "-0.1"),
        ("95", "完成任务", "0.0"),
        ("144.9", "完成任务", "+49.9"),
        ("145", "达到先进线", "+50.0"),
    ];
    for (points, grade, over) in table {
        let both = Both::on("2026-12-31");
        both.target("95", "145");
        both.scored("一篇", points);
        both.town.figures("2026", &[("C5", grade), ("C4_target", over), ("C7", over)]);
        assert_eq!(both.town.line("C3", "2026").met, Some(points != "94.9"), "{points}");
    }
    let both = Both::on("2026-07-02");
    both.target("95", "145");
    both.scored("一篇", "40");
    // Until today 95 × 183 / 365 = 47.6 were to be had.
    both.town.figures("2026", &[("C7", "-7.6"), ("C3", "42.1 %")]);
}

#[test]
fn without_a_target_there_is_nothing_to_fall_short_of() {
    let both = Both::on("2026-07-02");
    both.scored("一篇", "40");
    both.town.figures(
        "2026",
        &[("C1", "40.0"), ("C3", "—"), ("C4", "—"), ("C4_target", "—"), ("C5", "—"), ("C7", "—")],
    );
    let told = {
        let set = ["title=宣传任务", "year=2026", "starts_on=2026-01-01", "township=坎墩镇"];
        let id = both.office().enter("target", "draft", &set);
        [
            both.office().refused(id, "submit", &["target=95", "advanced=94.9"]),
            both.office().refused(id, "submit", &["target=95"]),
        ]
    };
    assert!(
        told[0].contains("先进线不能低于任务数") && told[1].contains("宣传任务须同时写明先进线"),
        "{told:?}"
    );
}

#[test]
fn one_story_in_several_media_counts_once_with_its_highest() {
    let both = Both::on("2026-07-02");
    both.target("95", "145");
    let (low, high) = (both.scored("同一内容", "10"), both.scored("同一内容（省）", "20"));
    both.town.figures("2026", &[("C1", "30.0")]);
    let set = |other: RecordId| [link("counted_instead", other), "same_story_key=灌渠".to_owned()];
    let wrong = set(low);
    assert!(both.office().refused(high, "exclude", &[&wrong[0], &wrong[1]]).contains("同一内容按最高分计"));
    let right = set(high);
    both.office().act(low, "exclude", &[&right[0], &right[1]]);
    both.to_town();
    both.town
        .figures("2026", &[("C1", "20.0"), ("C8_accepted", "1"), ("C8_approved", "2"), ("C3", "21.1 %")]);
}

#[test]
fn a_town_appeals_once_within_ten_working_days_and_keeps_its_points_meanwhile() {
    let both = Both::on("2026-09-23");
    both.target("95", "145");
    let (item, score) = both.taken_up("头版", "20", &[]);
    both.town.figures("2026", &[("C9", "+1"), ("C8", "—")]);
    both.approve(score, "10");
    both.town.figures("2026", &[("C1", "10.0"), ("C8", "50.0 %"), ("C9", "0")]);
    // Ten working days from 23 September, past Mid-Autumn and the national holidays.
    assert_eq!(both.county.due(score, "DL-SCORE-APPEAL"), "2026-10-14");
    both.to_county();
    assert_eq!(both.town.value(item, "approved_points"), "10", "the office sees what was decided");
    assert_eq!(both.town.value(item, "decision"), "COUNTED");
    let set = [&link("score", score), &link("item", item), "title=头版", "appeal_text=该稿刊于头版"];
    let appeal = both.town.clerk().enter("score_appeal", "draft", &set);
    let again = both.town.clerk().refused_new("score_appeal", "draft", &set);
    assert!(again.contains("只能申诉一次"), "{again}");
    both.town.chair().act(appeal, "submit", &[]);
    assert_eq!(both.town.value(item, "appealed_on"), "2026-09-23", "noted with the piece");
    both.to_county();
    assert_eq!(both.county.status(score), "appealed");
    both.to_town();
    both.town.figures("2026", &[("C1", "10.0"), ("C9_appealed", "1")]);
    both.office().act(score, "change", &["approved_points=15", "appeal_answer=经复核，改按头版计分"]);
    both.to_town();
    both.town.figures("2026", &[("C1", "15.0"), ("C9_appealed", "0"), ("C8", "75.0 %")]);
    assert_eq!(both.town.status(appeal), "answered");
    let told = ["answer", "final_points"].map(|field| both.town.value(appeal, field));
    assert_eq!(told, ["经复核，改按头版计分", "15"]);
    assert_eq!(both.town.value(item, "approved_points"), "15");
    // Another whose time is over.
    let (second, late) = both.taken_up("另一篇", "5", &[]);
    both.approve(late, "5");
    assert!(both.office().refused(late, "finalise", &[]).contains("申诉期未满"));
    both.county.go_to("2026-10-15");
    let told = both.office().refused(late, "appeal", &["appealed_on=2026-10-15", "appeal_text=复核"]);
    assert!(told.contains("申诉期已过"), "{told}");
    both.office().act(late, "finalise", &[]);
    both.town.go_to("2026-10-15");
    let set = [&link("score", late), &link("item", second), "title=另一篇", "appeal_text=复核"];
    let late = both.town.clerk().enter("score_appeal", "draft", &set);
    assert!(both.town.chair().refused(late, "submit", &[]).contains("申诉期已过"));
}

#[test]
fn a_claim_withdrawn_stops_counting_and_comes_back_as_it_is_claimed_again() {
    let both = Both::on("2026-07-02");
    let (item, score) = both.taken_up("灌渠修好了", "8", &[]);
    // Put right before anybody judged it: the score follows.
    both.town.chair().act(item, "reopen", &[]);
    both.town.clerk().act(item, "edit", &["title=灌渠修好了（续）", "claimed_points=6"]);
    both.town.clerk().act(item, "claim", &[]);
    both.to_county();
    assert_eq!(both.county.value(score, "title"), "灌渠修好了（续）");
    assert_eq!(
        (both.county.value(score, "claimed_points"), both.county.value(score, "item_rev")),
        ("6".into(), "2".into())
    );
    both.approve(score, "6");
    both.town.figures("2026", &[("C1", "6.0")]);
    // Changed after it was judged: it counts on, and says so.
    both.town.clerk().act(item, "supplement", &["supplement_note=补充版面"]);
    both.to_county();
    assert_eq!(
        (both.county.status(score), both.county.value(score, "changed")),
        ("approved".into(), "true".into())
    );
    both.town.clerk().act(item, "withdraw", &[]);
    both.to_county();
    assert_eq!(both.county.status(score), "withdrawn");
    both.to_town();
    both.town.figures("2026", &[("C1", "0.0"), ("C8_accepted", "0")]);
    both.town.chair().act(item, "reopen", &[]);
    both.town.clerk().act(item, "claim", &[]);
    both.to_county();
    assert_eq!(both.county.made(item, "publicity_score"), [score], "the same record is judged again");
    assert_eq!(
        (both.county.status(score), both.county.value(score, "item_rev")),
        ("pending".into(), "4".into())
    );
    both.approve(score, "6");
    both.town.figures("2026", &[("C1", "6.0")]);
    both.town.chair().act(item, "void", &[]);
    both.to_county();
    assert_eq!(both.county.status(score), "withdrawn");
    // Quiet nights write nothing.
    let entries = |office: &Office| office.store.streams().iter().map(|(_, head)| head.len).sum::<u64>();
    both.to_town();
    both.to_county();
    let before = (entries(&both.town), entries(&both.county));
    both.to_town();
    both.to_county();
    assert_eq!((entries(&both.town), entries(&both.county)), before);
}

#[test]
fn what_has_no_evidence_is_not_claimed_and_what_is_rejected_gives_nothing() {
    let both = Both::on("2026-07-02");
    both.target("95", "145");
    let clerk = both.town.clerk();
    let piece = [
        "title=宣传车",
        "published_on=2026-07-02",
        "form=VEHICLE",
        "medium=集镇",
        "medium_level=TOWN",
        "claimed_points=2",
    ];
    let bare = clerk.enter("publicity", "draft", &piece);
    assert!(clerk.refused(bare, "claim", &[]).contains("须附凭证"));
    let (item, score) = both.taken_up("条幅", "2", &[]);
    both.office().act(score, "ask_evidence", &["evidence_asked=请补充照片"]);
    both.to_town();
    both.town.figures("2026", &[("C9_need_evidence", "1"), ("C1", "0.0")]);
    assert_eq!(both.town.value(item, "evidence_asked"), "请补充照片");
    assert_eq!(both.county.status(score), "need_evidence");
    clerk.act(item, "supplement", &["supplement_note=补充照片"]);
    both.to_county();
    assert_eq!(both.county.status(score), "pending", "the evidence is looked at");
    both.office().act(score, "reject", &["note=凭证不清"]);
    both.to_town();
    both.town.figures("2026", &[("C1", "0.0"), ("C8", "0.0 %"), ("C8_pieces", "0.0 %"), ("C5", "未完成")]);
    // A town does not write what the county decides.
    let told = clerk.refused(score, "approve", &["approved_points=2"]);
    assert!(told.contains("由县级登记"), "{told}");
}

#[test]
fn a_township_has_one_target_for_a_figure_of_a_year_and_a_piece_one_score() {
    let both = Both::on("2026-07-02");
    let first = both.target("95", "145");
    let office = both.office();
    let again = |starts: &str| {
        let set = ["title=再下达", "year=2026", &format!("starts_on={starts}"), "township=坎墩镇"];
        office.enter("target", "draft", &set)
    };
    let lines = ["target=100", "advanced=150"];
    let second = again("2026-01-01");
    let told = office.refused(second, "submit", &lines);
    assert!(told.contains("本年度已有这项任务"), "{told}");
    // Another figure of the year, and another year, are other targets.
    office.act(second, "edit", &["indicator=D5"]);
    office.act(second, "submit", &lines);
    for wrong in ["2026-01-02", "2026-02-01", "2025-01-01"] {
        let told = office.refused(again(wrong), "submit", &lines);
        assert!(told.contains("1月1日"), "{wrong}: {told}");
    }
    both.county.role("C_DIRECTOR").act(first, "void", &[]);
    let anew = again("2026-01-01");
    office.act(anew, "submit", &lines);
    assert_eq!(both.county.value(anew, "seq"), "2", "the first is void, and this is the second");

    let (item, score) = both.taken_up("一稿", "5", &[]);
    let piece = ["title=一稿", "published_on=2026-07-02", "form=NEWS", "medium=市日报", "medium_level=CITY"];
    let item = link("item", item);
    let set = [&piece[..], &["township=坎墩镇", &item]].concat();
    let told = office.refused_new("publicity_score", "register", &set);
    assert!(told.contains("已在核分"), "{told}");
    office.act(score, "void", &[]);
    office.enter("publicity_score", "register", &set);
}
