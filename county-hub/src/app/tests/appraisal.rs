//! A year's appraisal of six townships: suggestions, self scores, check scores, ties, a veto, honours; worked out by hand.

use shared::ids::RecordId;

use super::bed::{County, code};
use super::sides::{PROGRAM, link};
use crate::app::appraisal::mark::Mark;
use crate::app::appraisal::suggest::{Suggest, Suggested};
use crate::app::appraisal::{Ask, Table};

const ITEMS: &str = r#"items=[
{"no":1,"group":"SUPERVISION","name":"宣传监督工作篇数","figure":"C8_claimed","full":"30","function":"STEP","target":"10","first_at":"4","first_points":"10","second_at":"7","second_points":"20"},
{"no":2,"group":"DEPUTIES","name":"代表工作","full":"30","function":"HAND"},
{"no":3,"group":"BUILDING","name":"信息报送","figure":"C8_claimed","full":"20","function":"DEDUCT","target":"4","per":"5"},
{"no":4,"group":"PUBLICITY","name":"宣传积分","figure":"C1","full":"10","function":"LINEAR","target":"95"},
{"no":5,"group":"GUIDANCE","name":"报表及时率","figure":"G5","full":"10","function":"LINEAR","target":"100"},
{"no":6,"group":"BONUS","name":"创新工作","full":"5","function":"HAND"}]"#;

/// Pieces claimed, and points that the county approved for the first of them.
const WORK: [(u32, u32, &str); 6] =
    [(1, 10, "95"), (2, 7, "57"), (3, 4, "94"), (4, 3, ""), (5, 10, "216"), (6, 0, "")];

struct Year {
    county: County,
    scheme: RecordId,
}

impl Year {
    #[track_caller]
    fn new() -> Self {
        let county = County::of_three();
        for n in 4..=6 {
            county.ask(county.township(n, Some("第二片")));
        }
        county.go_to("2026-06-01");
        let rule = [
            "name=计分办法",
            "version=1",
            "valid_from=2026-01-01",
            r#"lines=[{"medium_level":"CITY","points":"5"}]"#,
        ];
        let rule = county.act("C_OFFICE", "scoring_rule", None, "draft", &rule);
        county.act("C_OFFICE", "scoring_rule", Some(rule), "issue", &[]);
        for (n, pieces, points) in WORK {
            for nth in 0..pieces {
                let item = county.piece(n, "2026-06-01", "CITY", "5");
                county.react();
                if nth == 0 && !points.is_empty() {
                    let score = county.linking(item, "publicity_score")[0];
                    let set = [format!("approved_points={points}"), link("rule", rule)];
                    county.act("C_OFFICE", "publicity_score", Some(score), "approve", &[&set[0], &set[1]]);
                }
            }
        }
        let draft = ["title=2026年度考核方案", "period_from=2026-01-01", "period_to=2026-12-31", ITEMS];
        let scheme = county.act("C_OFFICE", "appraisal_scheme", None, "draft", &draft);
        let again = county.refused("C_OFFICE", "appraisal_scheme", None, "draft", &draft);
        assert!(again.contains("该年度已有考核方案"), "{again}");
        Self { county, scheme }
    }

    #[track_caller]
    fn publish(&self) {
        self.county.act("C_DIRECTOR", "appraisal_scheme", Some(self.scheme), "approve", &[]);
        let due = ["self_due=2026-12-10"];
        self.county.act("C_OFFICE", "appraisal_scheme", Some(self.scheme), "publish", &due);
    }

    fn score(&self, n: u32) -> RecordId {
        self.county.line(self.scheme, "appraisal_score", n)
    }

    /// The township appraises itself: what its program makes, its clerk fills in and its chair attests.
    #[track_caller]
    fn appraises_itself(&self, n: u32, scores: [&str; 6]) -> RecordId {
        let row = |(nth, score): (usize, &&str)| {
            format!(
                r#"{{"no":{},"name":"项目","full":"30","figure":"C8_claimed","self":"{score}"}}"#,
                nth + 1
            )
        };
        let items: Vec<String> = scores.iter().enumerate().map(row).collect();
        let set = [
            &link("score", self.score(n)),
            "title=2026年度考核方案",
            "year=2026",
            "period_from=2026-01-01",
            "period_to=2026-12-31",
            "due=2026-12-10",
            &format!("items=[{}]", items.join(",")),
        ];
        let own = self.county.there(n, PROGRAM, "self_appraisal", None, "open", &set);
        self.county.there(n, "T_CLERK", "self_appraisal", Some(own), "fill", &[]);
        self.county.there(n, "T_CHAIR", "self_appraisal", Some(own), "submit", &[]);
        self.county.react();
        own
    }

    fn suggest(&self) -> Suggested {
        self.county.ask(Suggest { year: 2026 })
    }

    fn mark(&self, n: u32, marks: &[&str]) {
        let marks = marks.iter().map(|mark| (*mark).to_owned()).collect();
        self.county.ask(Mark { year: 2026, township: code(n), marks });
    }

    fn table(&self) -> Table {
        self.county.ask(Ask { year: 2026 })
    }

    /// One line of the table as it is read: place, score, grade.
    fn line(&self, n: u32) -> (Option<u32>, String, String) {
        let table = self.table();
        let row = table.rows.iter().find(|row| row.township == code(n)).expect("a row");
        let grade = row.grade.as_ref().map_or("", |grade| &grade.zh).to_owned();
        (row.place, row.score.clone().unwrap_or_default(), grade)
    }
}

#[test]
fn a_scheme_comes_to_a_hundred_points_in_its_five_groups() {
    let year = Year::new();
    let told = |change: (&str, &str)| {
        let items = ITEMS.replace(change.0, change.1);
        year.county.act("C_OFFICE", "appraisal_scheme", Some(year.scheme), "edit", &[&items]);
        year.county.refused("C_DIRECTOR", "appraisal_scheme", Some(year.scheme), "approve", &[])
    };
    assert!(
        told((r#""full":"30","function":"HAND""#, r#""full":"29","function":"HAND""#))
            .contains("代表类各项满分之和")
    );
    assert!(told((r#""figure":"C1","#, "")).contains("要写指标和目标值"));
    assert!(told((r#","first_at":"4""#, "")).contains("分档的项目至少写第一档"));
    assert!(told((r#","per":"5""#, "")).contains("每差一扣几分"));
    assert!(
        told((r#""function":"LINEAR","target":"95""#, r#""function":"LINEAR","sense":"LESS","target":"95""#))
            .contains("线性计分只用于越多越好")
    );
    assert!(
        told((r#""full":"5","function":"HAND""#, r#""full":"11","function":"HAND""#))
            .contains("超过加分上限")
    );
    year.county.act("C_OFFICE", "appraisal_scheme", Some(year.scheme), "edit", &[ITEMS, "w_building=10"]);
    let told = year.county.refused("C_DIRECTOR", "appraisal_scheme", Some(year.scheme), "approve", &[]);
    assert!(told.contains("五类分值合计须为100"), "{told}");
    year.county.act("C_OFFICE", "appraisal_scheme", Some(year.scheme), "edit", &["w_building=20"]);
    assert_eq!(year.county.value(year.scheme, "full_total"), "100.0");
    let told = year.county.refused("C_OFFICE", "appraisal_scheme", Some(year.scheme), "approve", &[]);
    assert!(told.contains("县人大办"), "the directors approve: {told}");
    year.publish();
    assert_eq!(year.county.linking(year.scheme, "appraisal_score").len(), 6, "a line for each township");
}

#[test]
fn what_the_tallies_suggest_is_what_the_scheme_says_it_is_worth() {
    let year = Year::new();
    year.publish();
    year.county.go_to("2026-12-01");
    let done = year.suggest();
    assert_eq!(done.unknown, Vec::<String>::new());
    // Steps of 30, deductions of 20, a share of 10; the punctuality of returns has no case.
    let totals: Vec<&str> = done.rows.iter().map(|row| row.total.as_str()).collect();
    assert_eq!(totals, ["60.0", "46.0", "39.9", "15.0", "60.0", "0.0"]);
    let first = &done.rows[0];
    assert_eq!((first.suggested, first.no_case, first.by_hand, first.changed), (3, 1, 2, true));
    let again = year.suggest();
    assert!(again.rows.iter().all(|row| !row.changed), "the same figures are not written again");
    let rows = year.county.value(year.score(3), "items");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).expect("rows");
    assert_eq!((&rows[3]["value"], &rows[3]["suggested"]), (&"94.0".into(), &"9.9".into()));
    assert_eq!(
        (&rows[4]["value"], rows[4].get("suggested")),
        (&"—".into(), None),
        "no case suggests nothing"
    );
    // The township's own scores come beside them.
    year.appraises_itself(1, ["30", "29", "20", "10", "10", "3"]);
    assert_eq!(year.county.status(year.score(1)), "self_done");
    assert_eq!(year.county.value(year.score(1), "self_total"), "102.0");
    assert!(year.suggest().rows[0].changed);
    let rows = year.county.value(year.score(1), "items");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).expect("rows");
    assert_eq!((&rows[1]["self"], rows[1].get("check")), (&"29.0".into(), None));
}

#[test]
fn the_ranking_of_the_year_is_that_of_the_table_made_by_hand() {
    let year = Year::new();
    year.publish();
    year.county.go_to("2026-12-01");
    year.suggest();
    year.appraises_itself(1, ["30", "25", "20", "10", "8", "2"]);
    let office = |n: u32, action: &str| {
        year.county.act("C_OFFICE", "appraisal_score", Some(year.score(n)), action, &[])
    };
    // Who has not appraised itself still may, until its time is over.
    year.mark(2, &["*=suggested", "2=28", "5=9", "6=0"]);
    let told = year.county.refused("C_OFFICE", "appraisal_score", Some(year.score(2)), "check", &[]);
    assert!(told.contains("自评期未满"), "{told}");
    year.mark(1, &["*=suggested", "2=25", "5=8"]);
    let told = year.county.refused("C_OFFICE", "appraisal_score", Some(year.score(1)), "check", &[]);
    assert!(told.contains("还有项目没有核定分"), "{told}");
    let told = year.county.try_ask(Mark { year: 2026, township: code(1), marks: vec!["6=5.1".into()] });
    assert!(told.is_err_and(|why| why.render(shared::program::Lang::Zh).contains("得分超过满分")));
    year.mark(1, &["6=2"]);
    office(1, "check");
    year.county.go_to("2026-12-20");
    year.mark(3, &["*=suggested", "2=30", "5=10", "6=3.1"]);
    year.mark(4, &["*=suggested", "2=20", "5=5", "6=0"]);
    year.mark(5, &["*=suggested", "2=30", "5=10", "6=5"]);
    for n in 2..=5 {
        office(n, "check");
    }
    assert!(year.table().rows.iter().all(|row| row.place.is_none()), "nothing is final yet");
    let director = |n: u32, score: &str| {
        let set = [format!("final_total={score}")];
        year.county.act("C_DIRECTOR", "appraisal_score", Some(year.score(n)), "finalise", &[&set[0]])
    };
    let told = year.county.refused(
        "C_DIRECTOR",
        "appraisal_score",
        Some(year.score(1)),
        "finalise",
        &["final_total=96"],
    );
    assert!(told.contains("要写定分说明"), "{told}");
    for (n, score) in [(1, "95"), (2, "83"), (3, "83"), (4, "40"), (5, "105")] {
        director(n, score);
    }
    // 105, 95, 83, 83, 40; the sixth has no score.
    let line = |n: u32| year.line(n);
    let said = |place: Option<u32>, score: &str, grade: &str| (place, score.to_owned(), grade.to_owned());
    assert_eq!(line(5), said(Some(1), "105.0", "优秀"));
    assert_eq!(line(1), said(Some(2), "95.0", "优秀"));
    assert_eq!(line(2), said(Some(3), "83.0", "合格"));
    assert_eq!(line(3), said(Some(3), "83.0", "合格"));
    assert_eq!(line(4), said(Some(5), "40.0", "不合格"));
    assert_eq!(line(6), said(None, "", ""));
    let grades = year.table().grades;
    assert_eq!((grades.excellent, grades.qualified, grades.poor), (2, 2, 1));

    // One vote takes the first out of the ranking; its score stands.
    let set = ["title=重大事故", "township=330282105", "year=2026", "ground=SAFETY"];
    let veto = year.county.act("C_OFFICE", "veto_decision", None, "draft", &set);
    let decided = ["facts=事实", "decided_on=2026-12-20", "doc_no=县人大〔2026〕30号", "from=2026-12-20"];
    let told = year.county.refused("C_OFFICE", "veto_decision", Some(veto), "set", &decided);
    assert!(told.contains("县人大办"), "the directors alone: {told}");
    assert_eq!(line(5).0, Some(1), "a draft keeps nobody out");
    year.county.act("C_DIRECTOR", "veto_decision", Some(veto), "set", &decided);
    assert_eq!(line(5), said(None, "105.0", "优秀"));
    assert_eq!([1, 2, 3, 4].map(|n| line(n).0), [Some(1), Some(2), Some(2), Some(4)]);
    assert!(year.table().rows.iter().any(|row| row.township == code(5) && row.vetoed));

    // Honours: not for who is under the veto of that year.
    let honour = |n: u32, title: &str| {
        let set = [format!("township={}", code(n)), format!("title={title}")];
        let set = [set[0].as_str(), &set[1], "year=2026", "sort=OVERALL"];
        year.county.act("C_OFFICE", "honour", None, "draft", &set)
    };
    let first = honour(1, "先进单位");
    year.county.act("C_DIRECTOR", "honour", Some(first), "confer", &["conferred_on=2026-12-20"]);
    let fifth = honour(5, "先进单位");
    let told =
        year.county.refused("C_DIRECTOR", "honour", Some(fifth), "confer", &["conferred_on=2026-12-20"]);
    assert!(told.contains("一票否决，不得评优"), "{told}");
    let twice = honour(1, "先进单位");
    let told =
        year.county.refused("C_DIRECTOR", "honour", Some(twice), "confer", &["conferred_on=2026-12-20"]);
    assert!(told.contains("已有这项表彰"), "{told}");
    let row = |n: u32| year.table().rows.into_iter().find(|row| row.township == code(n)).expect("a row");
    assert_eq!((row(1).honours, row(5).honours), (vec!["先进单位".to_owned()], Vec::new()));
    year.county.act("C_DIRECTOR", "veto_decision", Some(veto), "revoke", &["revoked_on=2026-12-20"]);
    assert_eq!(line(5).0, Some(1));
    year.county.act("C_DIRECTOR", "honour", Some(fifth), "confer", &["conferred_on=2026-12-20"]);
    // What is decided is not touched by later figures.
    year.county.piece(4, "2026-12-20", "CITY", "5");
    assert!(year.suggest().rows[3].done);
    let told = year.county.refused("C_DIRECTOR", "appraisal_scheme", Some(year.scheme), "close", &[]);
    assert!(told.contains("还有乡镇没有定分"), "{told}");
}
