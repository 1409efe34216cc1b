//! What the county brings to a close: months, rankings, sealed periods, the appraisal of the year; and the next year's days.

use county_hub::app::ask::Ask as _;
use county_hub::app::{appraisal, period, publicity, reference};
use serde_json::json;
use shared::ids::RecordId;
use xianglian_tests::desk::{link, rows};

use super::bed::{TOWNS, Year};
use super::table::{self, Month};

/// The return of a month is asked for: due on the fifth, closed on the tenth.
pub fn open_month(year: &Year, title: &str, month: &Month) -> RecordId {
    let set = [
        format!("title={title}"),
        "dataset=MONTH".to_owned(),
        format!("period_from={}", month.from),
        format!("period_to={}", month.to),
        format!("open_from={}", year.today()),
        format!("due={}", month.due),
        format!("close_by={}", month.closes),
        "addressed_to=ALL".to_owned(),
    ];
    let id = year.office().enter("period_control", "draft", &set.each_ref().map(String::as_str));
    year.office().act(id, "open", &[]);
    id
}

/// The month is closed: what has come is accepted, what has not is missed.
pub fn close_month(year: &Year, id: RecordId) {
    let office = year.office();
    for line in office.list("return_line", "received") {
        office.act(line, "accept", &[]);
    }
    office.act(id, "close", &[]);
}

/// Points for what has been claimed, by the table of the rule.
pub fn score(year: &Year, rule: RecordId) {
    publicity::suggest::Suggest {}.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let office = year.office();
    for id in office.list("publicity_score", "pending") {
        let points = office.value(id, "suggested_points");
        office.act(id, "approve", &[&format!("approved_points={points}"), &link("rule", rule)]);
    }
}

/// The ranking of a period is sent to all.
pub fn bulletin(year: &Year, period: &str) {
    let ask = publicity::bulletin::Bulletin { period: period.to_owned(), show: false };
    let written = ask.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let id = written.record.unwrap_or_else(|| panic!("{period} was not written"));
    year.directors().act(id, "approve", &[&format!("published_on={}", year.today())]);
}

/// The numbers of a period are sealed.
pub fn seal(year: &Year, period: &str) {
    let close = period::Close { period: period.to_owned(), ..period::Close::default() };
    let sealed = close.answer(year.app()).unwrap_or_else(|why| panic!("{period}: {why}"));
    assert!(sealed.lines > 0 && sealed.as_of == year.today().to_string(), "{sealed:?}");
}

/// The holidays of the next year go to all offices.
pub fn next_calendar(year: &Year) {
    let publish = reference::Publish {
        name: "calendars/2027.json".to_owned(),
        version: "国办发明电〔2026〕7号".to_owned(),
        valid_from: None,
        text: table::NEXT_YEAR.to_owned(),
        dry_run: false,
        staff: "u25".to_owned(),
    };
    let published = publish.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    assert!(published.record.is_some() && published.in_force);
}

/// The scheme of the year goes to all; the subdistrict, which has no congress, is taken out again.
pub fn scheme(year: &Year) -> RecordId {
    let item = |no: u32, group: &str, name: &str, figure: &str, full: u32, target: u32| json!({ "no": no, "group": group, "name": name, "figure": figure, "full": full, "function": "LINEAR", "target": target });
    let items = [
        item(1, "SUPERVISION", "主席团会议", "D2", 15, 4),
        item(2, "SUPERVISION", "执法检查", "D6", 15, 1),
        item(3, "DEPUTIES", "建议按期答复", "A6", 15, 100),
        item(4, "DEPUTIES", "代表述职", "E5_count", 15, 3),
        json!({ "no": 5, "group": "BUILDING", "name": "制度建设", "full": 10, "function": "HAND" }),
        item(6, "BUILDING", "报表按期", "G5", 10, 100),
        item(7, "PUBLICITY", "宣传报道", "C1", 10, 145),
        item(8, "GUIDANCE", "交办按期", "F9", 10, 100),
    ];
    let set = [
        "title=2026年度乡镇人大工作考核方案",
        "period_from=2026-01-01",
        "period_to=2026-12-31",
        "self_due=2026-12-15",
        &rows("items", items),
    ];
    let (office, directors) = (year.office(), year.directors());
    let id = office.enter("appraisal_scheme", "draft", &set);
    directors.act(id, "approve", &[]);
    office.act(id, "publish", &[]);
    let code = year.code(TOWNS[0]);
    let of = |score: &RecordId| office.value(*score, "township") == code;
    let subdistrict = office.list("appraisal_score", "waiting").into_iter().find(of);
    directors.act(subdistrict.unwrap_or_else(|| panic!("no line for {code}")), "void", &[]);
    id
}

/// The directors' meeting excludes a township from honours of the year.
pub fn veto(year: &Year, town: &str) -> RecordId {
    let (of, today) = (format!("township={town}"), year.today());
    let set = ["title=安全生产责任事故", &of, "year=2026", "ground=SAFETY"];
    let id = year.office().enter("veto_decision", "draft", &set);
    let (decided, from) = (format!("decided_on={today}"), format!("from={today}"));
    year.directors().act(id, "set", &["facts=发生较大事故", &decided, "doc_no=安人主〔2026〕9号", &from]);
    id
}

/// Suggested points are taken over, institutions judged, the directors decide.
pub fn appraise(year: &Year, scheme: RecordId) {
    let suggested = appraisal::suggest::Suggest { year: 2026 }.answer(year.app());
    let suggested = suggested.unwrap_or_else(|why| panic!("{why}"));
    assert!(suggested.unknown.is_empty(), "{suggested:?}");
    for (town, points) in table::BY_HAND {
        let marks = vec![format!("5={points}"), "*=suggested".to_owned()];
        let ask = appraisal::mark::Mark { year: 2026, township: year.cluster().town(town).code, marks };
        let marked = ask.answer(year.app()).unwrap_or_else(|why| panic!("{town}: {why}"));
        assert_eq!((marked.marked, marked.items), (8, 8), "{town}: every item has its points");
    }
    let (office, directors) = (year.office(), year.directors());
    for id in office.list("appraisal_score", "self_done") {
        office.act(id, "check", &[]);
        let total = office.value(id, "total");
        directors.act(id, "finalise", &[&format!("final_total={total}")]);
    }
    directors.act(scheme, "close", &[]);
}

/// The best is commended; who is under a veto cannot be.
pub fn honours(year: &Year) {
    let draft = |town: &str| {
        let of = format!("township={town}");
        year.office().enter("honour", "draft", &["title=先进单位", &of, "year=2026", "sort=OVERALL"])
    };
    let on = format!("conferred_on={}", year.today());
    year.directors().act(draft("石桥镇"), "confer", &[&on]);
    let told = year.directors().refused(draft("清水镇"), "confer", &[&on]);
    assert!(told.contains("一票否决"), "{told}");
}
