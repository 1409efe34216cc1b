//! Publicity: the table of 高安 2023, caps, one story in several media (东茗乡 2012), the ranking as a bulletin.

use shared::ids::RecordId;

use super::bed::{County, code};
use super::sides::link;
use crate::app::publicity::bulletin::Bulletin;
use crate::app::publicity::suggest::Suggest;

/// Central paper: alone 20, combined 10; provincial: headline 20, alone 10, combined 5; city: front page 8, alone 5, else 3;
/// of the county's own media two points a year at most.
const GAOAN: &str = r#"lines=[
{"medium_level":"NATIONAL","usage":"SOLE","points":"20"},
{"medium_level":"NATIONAL","usage":"COMBINED","points":"10"},
{"medium_level":"PROVINCE","position":"HEADLINE","points":"20"},
{"medium_level":"PROVINCE","usage":"SOLE","points":"10"},
{"medium_level":"PROVINCE","usage":"COMBINED","points":"5"},
{"medium_level":"CITY","points":"3"},
{"medium_level":"CITY","position":"FRONT","points":"8"},
{"medium_level":"CITY","usage":"SOLE","points":"5"},
{"medium_level":"COUNTY","points":"1","cap":"2"}]"#;

struct Press {
    county: County,
    rule: RecordId,
}

impl Press {
    #[track_caller]
    fn new(dedup: &str) -> Self {
        let county = County::of_three();
        county.go_to("2026-07-02");
        let set =
            ["name=宣传评价办法", "version=1", "valid_from=2026-01-01", GAOAN, &format!("dedup={dedup}")];
        let rule = county.act("C_OFFICE", "scoring_rule", None, "draft", &set);
        county.act("C_OFFICE", "scoring_rule", Some(rule), "issue", &[]);
        Self { county, rule }
    }

    /// A claim that has come, as its score at the county.
    #[track_caller]
    fn claim(&self, n: u32, title: &str, more: &[&str]) -> RecordId {
        let title = format!("title={title}");
        let mut set = vec![title.as_str(), "form=NEWS", "medium=报", "claimed_points=5"];
        set.extend(
            Some("published_on=2026-07-01")
                .filter(|_| !more.iter().any(|set| set.starts_with("published_on"))),
        );
        set.extend(more);
        let item = self.county.there(n, "T_CLERK", "publicity", None, "draft", &set);
        self.county.there(
            n,
            "T_CLERK",
            "publicity",
            Some(item),
            "claim",
            &["evidence_link=http://example.cn"],
        );
        self.county.react();
        self.county.linking(item, "publicity_score")[0]
    }

    #[track_caller]
    fn approve(&self, score: RecordId, points: &str) {
        let set = [format!("approved_points={points}"), link("rule", self.rule)];
        self.county.act("C_OFFICE", "publicity_score", Some(score), "approve", &[&set[0], &set[1]]);
    }

    fn suggested(&self, score: RecordId) -> (String, String) {
        (self.county.value(score, "suggested_points"), self.county.value(score, "suggest_note"))
    }

    /// Which of these count.
    fn counting<const N: usize>(&self, scores: [RecordId; N]) -> [bool; N] {
        scores.map(|score| self.county.value(score, "counted") == "true")
    }
}

#[test]
fn points_are_those_of_the_line_that_fits_best() {
    let press = Press::new("HIGHEST");
    let cases = [
        (&["medium_level=NATIONAL", "usage=SOLE"][..], "20.0", "第1条20.0分"),
        (&["medium_level=NATIONAL", "usage=COMBINED"][..], "10.0", "第2条10.0分"),
        (&["medium_level=NATIONAL"][..], "", "计分标准没有对应的条目"),
        // A headline and alone: two lines fit as well, the first of the table stands.
        (&["medium_level=PROVINCE", "position=HEADLINE", "usage=SOLE"][..], "20.0", "第3条20.0分"),
        (&["medium_level=PROVINCE", "usage=COMBINED"][..], "5.0", "第5条5.0分"),
        (&["medium_level=CITY", "position=FRONT"][..], "8.0", "第7条8.0分"),
        (&["medium_level=CITY", "usage=SOLE"][..], "5.0", "第8条5.0分"),
        (&["medium_level=CITY", "usage=COMBINED"][..], "3.0", "第6条3.0分"),
        (&["medium_level=TOWN"][..], "", "计分标准没有对应的条目"),
    ];
    let scores: Vec<RecordId> = cases
        .iter()
        .enumerate()
        .map(|(nth, (more, ..))| press.claim(1, &format!("第{nth}篇"), more))
        .collect();
    let done = press.county.ask(Suggest {});
    assert_eq!((done.pending, done.written), (9, 9));
    for (score, (more, points, note)) in scores.iter().zip(cases) {
        assert_eq!(press.suggested(*score), (points.to_owned(), note.to_owned()), "{more:?}");
    }
    let again = press.county.ask(Suggest {});
    assert_eq!((again.pending, again.written), (9, 0), "what stands is not written again");
}

#[test]
fn a_line_gives_a_township_no_more_than_its_cap_in_a_year() {
    let press = Press::new("HIGHEST");
    let piece = |n: u32, title: &str| press.claim(n, title, &["medium_level=COUNTY"]);
    let approved = piece(1, "一");
    press.approve(approved, "1");
    let (second, third, other) = (piece(1, "二"), piece(1, "三"), piece(2, "四"));
    press.county.ask(Suggest {});
    assert_eq!(press.suggested(second).0, "1.0");
    assert_eq!(press.suggested(third), ("0.0".into(), "第9条1.0分，全年封顶，余0.0分".into()));
    assert_eq!(press.suggested(other).0, "1.0", "the cap is each township's own");
}

#[test]
fn one_story_in_several_media_counts_once_by_its_highest() {
    let press = Press::new("HIGHEST");
    let claim = |title: &str, level: &str| {
        press.claim(1, title, &[&format!("medium_level={level}"), "usage=SOLE", "same_story_key=灌渠"])
    };
    let (city, province) = (claim("市报", "CITY"), claim("省报", "PROVINCE"));
    press.approve(city, "5");
    press.county.ask(Suggest {});
    assert!(press.suggested(province).1.contains("与《市报》同一内容"), "{}", press.suggested(province).1);
    press.approve(province, "10");
    let done = press.county.ask(Suggest {});
    assert_eq!(done.excluded.iter().map(|moved| moved.record).collect::<Vec<_>>(), [city]);
    assert_eq!(press.counting([city, province]), [false, true]);
    let national = claim("央媒", "NATIONAL");
    press.approve(national, "20");
    press.county.ask(Suggest {});
    assert_eq!(press.counting([city, province, national]), [false, false, true]);
    // The best is rejected after all: the next one counts again.
    press.county.act("C_OFFICE", "publicity_score", Some(national), "reopen", &[]);
    press.county.act("C_OFFICE", "publicity_score", Some(national), "reject", &["note=转载"]);
    let done = press.county.ask(Suggest {});
    assert_eq!(done.included.iter().map(|moved| moved.record).collect::<Vec<_>>(), [province]);
    assert_eq!(press.counting([city, province, national]), [false, true, false]);
    assert_eq!(press.county.ask(Suggest {}).excluded, [], "it is as it should be");
    // Another township's piece on the same thing is its own.
    let other = press.claim(2, "邻镇", &["medium_level=CITY", "same_story_key=灌渠"]);
    press.approve(other, "3");
    press.county.ask(Suggest {});
    assert_eq!(press.counting([other]), [true]);
}

#[test]
fn a_rule_may_count_the_first_or_each() {
    for (dedup, counts) in [("FIRST", [true, false]), ("EACH", [true, true])] {
        let press = Press::new(dedup);
        let claim = |title: &str, more: &[&str]| {
            press.claim(1, title, &[more, &["usage=SOLE", "same_story_key=灌渠"]].concat())
        };
        let city = claim("市报", &["medium_level=CITY", "published_on=2026-06-30"]);
        let province = claim("省报", &["medium_level=PROVINCE"]);
        press.approve(city, "5");
        press.approve(province, "10");
        press.county.ask(Suggest {});
        assert_eq!(press.counting([city, province]), counts, "{dedup}");
    }
}

#[test]
fn the_ranking_of_a_quarter_is_told_by_a_bulletin() {
    let press = Press::new("HIGHEST");
    for n in 1..=3 {
        let set = [
            "title=宣传任务",
            "year=2026",
            "starts_on=2026-01-01",
            &format!("township={}", code(n)),
            "indicator=C1",
        ];
        let target = press.county.act("C_OFFICE", "target", None, "draft", &set);
        press.county.act("C_OFFICE", "target", Some(target), "submit", &["target=95", "advanced=145"]);
        press.county.act("C_DIRECTOR", "target", Some(target), "issue", &["issued_on=2026-07-02"]);
    }
    for (n, points) in [(1, "216"), (2, "100"), (3, "100")] {
        let score = press.claim(n, "一篇", &["medium_level=CITY", "usage=SOLE"]);
        press.approve(score, points);
    }
    press.county.go_to("2026-10-01");
    (1..=3).for_each(|n| press.county.synced(n, 10));
    let shown = press.county.ask(Bulletin { period: "2026Q3".into(), show: true });
    assert_eq!(shown.record, None);
    let row = |n: u32| shown.rows.iter().find(|row| row.township == code(n)).expect("a row");
    let said = |n: u32| {
        let row = row(n);
        [&row.year_points, &row.completion, &row.surplus, &row.grade].map(String::as_str)
    };
    assert_eq!(said(1), ["216.0", "227.4 %", "+71.0", "达到先进线"]);
    assert_eq!(said(2), ["100.0", "105.3 %", "-45.0", "完成任务"]);
    assert_eq!([1, 2, 3].map(|n| row(n).place), [Some(1), Some(2), Some(2)]);
    // Townships 1 and 2 are in one district, 3 in the other.
    assert_eq!([1, 2, 3].map(|n| row(n).district_place), [Some(1), Some(2), Some(1)]);
    let set = ["title=严重问题", &format!("township={}", code(1)), "year=2026", "ground=OTHER"];
    let veto = press.county.act("C_DIRECTOR", "veto_decision", None, "draft", &set);
    let set = ["facts=事实", "decided_on=2026-10-01", "doc_no=1号", "from=2026-10-01"];
    press.county.act("C_DIRECTOR", "veto_decision", Some(veto), "set", &set);
    let written = press.county.ask(Bulletin { period: "2026Q3".into(), show: false });
    let record = written.record.expect("a draft");
    assert_eq!(written.title, "慈溪市人大宣传报道积分排名通报（2026年第三季度）");
    assert_eq!(
        (press.county.status(record), press.county.value(record, "kind")),
        ("draft".into(), "RANKING".into())
    );
    let text = press.county.value(record, "body");
    assert!(text.contains("达到先进线 1 个，完成任务 2 个"), "{text}");
    assert!(text.contains("不参加排名（一票否决）：第1镇"), "{text}");
    let places: Vec<_> = written.rows.iter().map(|row| (row.place, row.township)).collect();
    assert_eq!(places, [(Some(1), code(2)), (Some(1), code(3)), (None, code(1))]);
}
