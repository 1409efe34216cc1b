//! What the year has to come to: worked out by hand from the story and the rules, never from what the program says.

use std::collections::BTreeMap;

use county_hub::app::ask::Ask as _;
use county_hub::app::places::Ranking;
use county_hub::app::{acks, appraisal, period, publicity, returns, tally, verify};
use serde_json::Value as Json;
use shared::catalogue::model::Owner;
use shared::program::{Lang, Progress};

use super::bed::{TOWNS, Year};
use super::plan::Story;
use super::table::{DISTRICTS, Quarter};
use super::{county, reminders};

/// Figures of the townships in the order of [`TOWNS`], then of the county. The subdistrict has no congress.
const YEAR: [(&str, [&str; 9]); 39] = [
    // Points of the pieces: national 60, province 40, city 20; against a target of 95 and an advanced line of 145.
    ("C1", ["100.0", "200.0", "160.0", "160.0", "100.0", "80.0", "140.0", "40.0", "980.0"]),
    ("C3", ["105.3 %", "210.5 %", "168.4 %", "168.4 %", "105.3 %", "84.2 %", "147.4 %", "42.1 %", "128.9 %"]),
    ("C4", ["-45.0", "+55.0", "+15.0", "+15.0", "-45.0", "-65.0", "-5.0", "-105.0", "-180.0"]),
    (
        "C5",
        [
            "完成任务",
            "达到先进线",
            "达到先进线",
            "达到先进线",
            "完成任务",
            "未完成",
            "完成任务",
            "未完成",
            "—",
        ],
    ),
    // Sessions in February and July. Presidium meetings on 4 February, in May, August and November, and one for each law
    // inspection: who inspects in June held none in May, who inspects in September held one more.
    ("D1", ["0", "2", "2", "2", "2", "2", "2", "2", "14"]),
    ("D2", ["0", "6", "6", "5", "5", "4", "3", "2", "31"]),
    // Days between neighbours: 4 February to 20 May 105, to 15 June 131, 15 June to 20 November 158, 6 July to the end 178.
    ("D2_gap", ["—", "105", "105", "105", "105", "105", "158", "178", "178"]),
    ("D4", ["—", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %"]),
    // Law inspections; with three activities and an appraisal they are the collective activities.
    ("D6", ["0", "2", "2", "1", "1", "0", "1", "1", "8"]),
    ("D5", ["0", "6", "6", "5", "5", "4", "5", "5", "36"]),
    // One of two stations; its written report came in a week.
    ("D8", ["—", "50.0 %", "50.0 %", "50.0 %", "50.0 %", "50.0 %", "50.0 %", "50.0 %", "50.0 %"]),
    // Suggestions: two of the session each; the first two towns have a third; the first one raised one in the recess and
    // typed one for a county deputy.
    ("A1", ["0", "5", "3", "2", "2", "2", "2", "2", "18"]),
    // Due in the year are those of the session: 3, 3, then 2 each. 12 of 16 in time.
    ("A6", ["—", "100.0 %", "100.0 %", "100.0 %", "50.0 %", "100.0 %", "50.0 %", "0.0 %", "75.0 %"]),
    // The one of the recess is not answered yet: 16 of 17 are closed.
    ("A8", ["—", "75.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "94.1 %"]),
    ("A9", ["0", "0", "0", "0", "0", "0", "0", "0", "0"]),
    ("A13", ["—", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %"]),
    ("B1", ["0", "0", "1", "0", "0", "0", "0", "0", "1"]),
    // Groups: once a quarter and in April; the first town entered one late.
    ("E2_activities", ["0", "6", "5", "5", "5", "5", "5", "5", "36"]),
    // Reports to voters, of six deputies each.
    ("E5_count", ["0", "3", "3", "2", "3", "1", "3", "0", "15"]),
    ("E5", ["—", "50.0 %", "50.0 %", "33.3 %", "50.0 %", "16.7 %", "50.0 %", "0.0 %", "35.7 %"]),
    // Eleven monthly returns of each: one township's came late in March, another's of July never.
    ("G4_expected", ["11", "11", "11", "11", "11", "11", "11", "11", "88"]),
    ("G4", ["100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "90.9 %", "100.0 %", "98.9 %"]),
    ("G5", ["100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "90.9 %", "90.9 %", "97.7 %"]),
    ("G4_missed", ["0", "0", "0", "0", "0", "0", "1", "0", "1"]),
    // Assignments due in the year: material of all, an inspection of seven, a second one of two. 15 of 17 in time.
    ("F9_due", ["1", "3", "3", "2", "2", "2", "2", "2", "17"]),
    ("F9", ["100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "50.0 %", "100.0 %", "50.0 %", "88.2 %"]),
    ("F9_overdue", ["0", "0", "0", "0", "0", "1", "0", "0", "1"]),
    // Liaison meetings with a chair and a vice chair each: one of 64 did not come.
    (
        "F1_attendance",
        ["100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "87.5 %", "100.0 %", "98.4 %"],
    ),
    ("F1_reports", ["4", "4", "4", "4", "4", "4", "4", "4", "32"]),
    ("F2_townships", ["2", "2", "2", "2", "2", "2", "2", "2", "16"]),
    // Visits: one a quarter, but in the third not to one. Four problems of one township, one of them solved; two are open for
    // more than sixty days.
    ("F3", ["4", "4", "4", "4", "4", "4", "4", "3", "31"]),
    ("F4_raised", ["0", "4", "0", "0", "0", "0", "0", "0", "4"]),
    ("F4_open", ["0", "3", "0", "0", "0", "0", "0", "0", "3"]),
    ("F4_open_60", ["0", "2", "0", "0", "0", "0", "0", "0", "2"]),
    // Invitations to four meetings of the standing committee and to the county's session.
    ("F5_attended", ["5", "5", "5", "5", "5", "5", "5", "5", "40"]),
    // Training: a chair and a vice chair each but one of either, two heads of office.
    ("F6_trained", ["3", "3", "2", "2", "2", "1", "2", "1", "16"]),
    ("F6_absent", ["0", "0", "1", "1", "1", "2", "1", "2", "8"]),
    // Two copies a quarter.
    ("F7_acked", ["8", "8", "8", "8", "8", "8", "8", "8", "64"]),
    ("G7_assignments", ["0", "0", "0", "0", "0", "0", "0", "0", "0"]),
];

/// Figures of the county alone: how many held, and how far they have reached.
const COUNTY: [(&str, &str); 12] = [
    ("F1_held", "4"),
    ("F1_coverage", "100.0 %"),
    ("F2_county", "2"),
    ("F2_coverage", "100.0 %"),
    ("F3_coverage", "100.0 %"),
    ("F3_gap", "0"),
    ("F5_coverage", "100.0 %"),
    ("F6_classes", "2"),
    // 7 of 8, 7 of 8, 2 of 8.
    ("F6_chair_coverage", "87.5 %"),
    ("F6_vice_coverage", "87.5 %"),
    ("F6_head_coverage", "25.0 %"),
    ("F6_never", "0.0 %"),
];

/// By district: a township moved on 1 July, so that 60 of its 100 points count for the third and 40 for the fourth.
const BY_DISTRICT: [(&str, [&str; 5]); 2] =
    [("C1", ["300.0", "320.0", "140.0", "220.0", "980.0"]), ("F3", ["8", "8", "6", "9", "31"])];

/// Place in the county and within the district of the last day; who is under a veto stands without one.
const PUBLICITY: [(&str, &str, &str); 8] = [
    ("澜城街道", "4", "2"),
    ("石桥镇", "1", "1"),
    ("柳林镇", "2", "1"),
    ("清水镇", "—", "—"),
    ("龙泉铺镇", "4", "2"),
    ("云峰乡", "6", "1"),
    ("大坪乡", "3", "1"),
    ("青林畲族乡", "7", "3"),
];

/// Points of the appraisal, item by item: presidium meetings (of 15, 4 are full), law inspections (15, 1), replies in time (15),
/// reports to voters (15, 3), institutions as judged (10), returns in time (10), publicity (10, 145), assignments in time (10).
/// Then total, grade and place.
type Appraised = (&'static str, [&'static str; 8], &'static str, &'static str, &'static str);
const APPRAISAL: [Appraised; 7] = [
    ("石桥镇", ["15.0", "15.0", "15.0", "15.0", "10", "10.0", "10.0", "10.0"], "100.0", "优秀", "1"),
    ("柳林镇", ["15.0", "15.0", "15.0", "15.0", "9", "10.0", "10.0", "10.0"], "99.0", "优秀", "2"),
    // Two reports of three.
    ("清水镇", ["15.0", "15.0", "15.0", "10.0", "8", "10.0", "10.0", "10.0"], "93.0", "优秀", "—"),
    // One reply of two; 100 points of 145 are 6.897.
    ("龙泉铺镇", ["15.0", "15.0", "7.5", "15.0", "8", "10.0", "6.9", "10.0"], "87.4", "合格", "3"),
    // No inspection; one report of three; 80 of 145 are 5.517; one assignment of two.
    ("云峰乡", ["15.0", "0.0", "15.0", "5.0", "7", "10.0", "5.5", "5.0"], "62.5", "不合格", "5"),
    // Three meetings of four are 11.25; ten returns of eleven 9.09; 140 of 145 are 9.655.
    ("大坪乡", ["11.3", "15.0", "7.5", "15.0", "6", "9.1", "9.7", "10.0"], "83.6", "合格", "4"),
    // Two meetings of four; no reply in time, no report; 40 of 145 are 2.759.
    ("青林畲族乡", ["7.5", "15.0", "0.0", "0.0", "5", "9.1", "2.8", "5.0"], "44.4", "不合格", "6"),
];

/// What differs from what was worked out, all of it at once.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, of: &str, found: &[String], expected: &[&str]) {
        if found != expected {
            self.0.push(format!("{of}: {found:?} instead of {expected:?}"));
        }
    }
}

/// A figure of each unit of a level, as it is printed; the county last.
fn figures(year: &Year, level: &str, period: &str, ids: &[&str]) -> BTreeMap<String, Vec<String>> {
    let question = tally::Question {
        measures: ids.iter().map(|id| (*id).to_owned()).collect(),
        level: level.to_owned(),
        period: Some(period.to_owned()),
        ..tally::Question::default()
    };
    let answer = question.answer(year.app()).unwrap_or_else(|why| panic!("{ids:?}: {why}"));
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (column, cells) in answer.measures.iter().zip(answer.cells.chunks(answer.units.len())) {
        if column.split.is_empty() {
            found.insert(column.id.clone(), cells.iter().map(|cell| cell.text.clone()).collect());
        }
    }
    found
}

/// Who of the eight townships has been visited in a quarter, said on the day of the visits.
pub fn visited(year: &Year, quarter: &Quarter) {
    let found = figures(year, "county", quarter.period, &["F3_coverage", "F10_visit_free"]);
    let found = [found["F3_coverage"][0].as_str(), found["F10_visit_free"][0].as_str()];
    let expected = if quarter.unvisited.is_empty() { ["100.0 %", "0.0 %"] } else { ["87.5 %", "12.5 %"] };
    assert_eq!(found, expected, "visits of {}", quarter.period);
}

/// The year has come to what was worked out.
pub fn check(story: &Story) {
    let year = &story.year;
    let mut differences = Differences::default();
    by_township(year, &mut differences);
    publicity_places(year, &mut differences);
    appraisal_table(year, &mut differences);
    returned(year, &mut differences);
    owed(year, &mut differences);
    reminders::check(year, &mut |of, found, expected| differences.compare(of, found, expected));
    assert!(differences.0.is_empty(), "{:#?}", differences.0);
    targets(year);
    sealed(year);
    prepared(story);
    in_order(year);
}

fn by_township(year: &Year, differences: &mut Differences) {
    let ids: Vec<&str> = YEAR.iter().map(|(id, _)| *id).collect();
    let found = figures(year, "township", "2026", &ids);
    for (id, expected) in &YEAR {
        differences.compare(id, &found[*id], expected);
    }
    let ids: Vec<&str> = COUNTY.iter().map(|(id, _)| *id).collect();
    let found = figures(year, "county", "2026", &ids);
    for (id, expected) in &COUNTY {
        differences.compare(id, &found[*id], &[*expected]);
    }
    let found = figures(year, "district", "2026", &["C1", "F3"]);
    for (id, expected) in &BY_DISTRICT {
        differences.compare(&format!("{id} of {DISTRICTS:?}"), &found[*id], expected);
    }
}

/// A subdistrict has no congress and no presidium: their targets are not set for it.
fn targets(year: &Year) {
    let question = tally::Question {
        measures: vec!["D1".to_owned(), "D2".to_owned()],
        level: "township".to_owned(),
        period: Some("2026".to_owned()),
        ..tally::Question::default()
    };
    let answer = question.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let met =
        answer.cells.chunks(answer.units.len()).map(|cells| cells[..TOWNS.len()].iter().map(|cell| cell.met));
    let met: Vec<Vec<Option<bool>>> = met.map(Iterator::collect).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(met[0], [None, yes, yes, yes, yes, yes, yes, yes], "two sessions");
    assert_eq!(met[1], [None, yes, yes, yes, yes, yes, no, no], "four meetings of the presidium");
}

fn publicity_places(year: &Year, differences: &mut Differences) {
    let show = publicity::bulletin::Bulletin { period: "2026".to_owned(), show: true };
    let told = show.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let place = |place: Option<u32>| place.map_or_else(|| "—".to_owned(), |place| place.to_string());
    for (town, in_county, in_district) in PUBLICITY {
        let row = told.rows.iter().find(|row| row.name == town).expect("every township is told of");
        let found = [place(row.place), place(row.district_place)];
        differences.compare(&format!("places of {town}"), &found, &[in_county, in_district]);
        assert_eq!(row.vetoed, town == "清水镇");
    }
    // The same places by the figures' own ranking.
    let question = tally::Question {
        measures: vec!["C1".to_owned()],
        level: "township".to_owned(),
        period: Some("2026".to_owned()),
        rank: Some(Ranking::default()),
        ..tally::Question::default()
    };
    let answer = question.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    for (unit, cell) in
        answer.units.iter().zip(&answer.cells).filter(|(unit, _)| TOWNS.contains(&unit.name.as_str()))
    {
        let (_, expected, _) = PUBLICITY.iter().find(|(town, ..)| *town == unit.name).expect("it is listed");
        differences.compare(&format!("rank of {}", unit.name), &[place(cell.rank)], &[expected]);
    }
}

fn appraisal_table(year: &Year, differences: &mut Differences) {
    let table = appraisal::Ask { year: 2026 }.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(table.rows.len(), APPRAISAL.len(), "the subdistrict is not appraised");
    let office = year.office();
    for (town, items, total, grade, place) in APPRAISAL {
        let row = table.rows.iter().find(|row| row.name == town).expect("it is appraised");
        let code = year.code(town);
        let of = |score: &_| office.value(*score, "township") == code;
        let score = office.list("appraisal_score", "final").into_iter().find(of).expect("it has a score");
        let rows: Vec<Json> = serde_json::from_str(&office.value(score, "items")).unwrap_or_default();
        let points: Vec<String> =
            rows.iter().map(|row| row["check"].as_str().unwrap_or("").to_owned()).collect();
        differences.compare(&format!("points of {town}"), &points, &items);
        let found = [
            row.score.clone().unwrap_or_default(),
            row.grade.as_ref().map(|grade| grade.zh.clone()).unwrap_or_default(),
            row.place.map_or_else(|| "—".to_owned(), |place| place.to_string()),
        ];
        differences.compare(&format!("appraisal of {town}"), &found, &[total, grade, place]);
        assert_eq!(row.honours, if town == "石桥镇" { vec!["先进单位"] } else { Vec::new() });
        // They gave themselves full marks, and know what was made of it.
        assert_eq!(row.self_score.as_deref(), Some("100.0"), "{town}");
    }
    let found = [table.grades.excellent, table.grades.qualified, table.grades.poor].map(|n| n.to_string());
    differences.compare("grades", &found, &["3", "2", "2"]);
}

/// The returns of each month: expected, came, came in time.
fn returned(year: &Year, differences: &mut Differences) {
    let ask = returns::Ask { period: Some("2026".to_owned()) };
    let matrix = ask.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    let columns = matrix.columns.iter().map(|column| (column.expected, column.came, column.in_time));
    let found: Vec<String> =
        columns.map(|(expected, came, in_time)| format!("{expected}/{came}/{in_time}")).collect();
    let mut expected = ["8/8/8"; 11];
    (expected[1], expected[6]) = ("8/8/7", "8/7/7");
    differences.compare("returns", &found, &expected);
    let row = matrix.rows.iter().find(|row| row.name == "大坪乡").expect("every township has a row");
    assert_eq!(
        row.cells[6].state,
        returns::State::NotMarked,
        "it was heard of and had not marked it complete"
    );
}

/// Who owes the county an answer: nobody signs for the paper of the day before. The ranking of the last day, which nobody has
/// yet, is read by whoever likes.
/// The return that was never filled in is asked for no more: its month is closed.
fn owed(year: &Year, differences: &mut Differences) {
    let wanted = acks::Wanted { from: Some("2026-01-01".to_owned()), ..acks::Wanted::default() };
    let answer = wanted.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    assert!(answer.next.is_empty(), "one page");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in &answer.lines {
        *counts.entry(format!("{} {}", line.kind, line.standing.name())).or_default() += 1;
    }
    let found: Vec<String> = counts.iter().map(|(of, count)| format!("{of} {count}")).collect();
    let expected = ["circular_doc waiting 8"];
    differences.compare("owed", &found, &expected);
}

/// Every sealed period is what the streams give; what was entered for the first half after its closing stands beside it.
fn sealed(year: &Year) {
    for name in ["2026Q1", "2026H1", "2026Q3"] {
        let check = period::Check { period: name.to_owned(), number: None };
        let verdict = check.answer(year.app()).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(verdict.good && verdict.entries > 0, "{name}: {:?}", verdict.findings);
    }
    let show = |measure: &str, level: &str| {
        let show = period::Show {
            period: "2026H1".to_owned(),
            measures: vec![measure.to_owned()],
            level: level.to_owned(),
            ..period::Show::default()
        };
        show.answer(year.app()).unwrap_or_else(|why| panic!("{why}")).rows
    };
    let rows = show("E2_activities", "county");
    let told = rows.iter().find(|row| row.measure.split.is_empty()).map(|row| {
        (row.sealed.clone().unwrap_or_default(), row.now.clone().unwrap_or_default(), row.adjustment.clone())
    });
    // Seven groups in March, April and June; one activity of June was entered in July.
    assert_eq!(told, Some(("21".to_owned(), "22".to_owned(), Some("+1".to_owned()))));
}

/// The next year's holidays count everywhere: a reply that was due on one of them is due on the first working day after.
fn prepared(story: &Story) {
    let (year, id) = (&story.year, story.known("recess suggestion"));
    for shown in [year.clerk("石桥镇").shown(id), year.office().shown(id)] {
        let reply = shown.deadlines.iter().find(|deadline| deadline.code == "DL-SG-REPLY");
        assert_eq!(reply.map(|deadline| deadline.due.as_str()), Some("2027-02-12"));
    }
    for town in &story.towns {
        let clerk = year.clerk(town.name);
        clerk.one("archive_item", "transferred");
        assert_eq!(clerk.value(town.institution, "reviewed_on"), "2026-12-11");
        assert_eq!(clerk.list("election_project", "registered").len(), 1);
        assert_eq!(clerk.list("text_document", "adopted").len(), 1);
        assert_eq!(clerk.list("subscription", "").len(), 1);
    }
    county::districts_in_order(year);
}

/// Every figure of the townships' own ledgers is the same at the office and at the county, once nothing is on its way.
pub fn same_at_both_sides(year: &Year) {
    let catalogue = year.app().catalogue();
    let own = catalogue.kinds.values().filter(|kind| kind.owner == Owner::Township);
    let ids: Vec<&str> = own.flat_map(|kind| &kind.measures).map(|measure| measure.id.as_str()).collect();
    let wanted: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let found = figures(year, "township", "2026", &ids);
    for (nth, town) in TOWNS.iter().enumerate() {
        let told = year.cluster().node(town).tally(&wanted, Some("2026"), None, Lang::Zh);
        let told = told.unwrap_or_else(|why| panic!("{town}: {why}"));
        for line in told.lines.iter().filter(|line| line.split.is_none()) {
            assert_eq!(found[&line.measure][nth], line.text, "{} of {town}", line.measure);
        }
    }
}

/// Nothing is held back, every chain holds, the tallies are those of the records.
fn in_order(year: &Year) {
    let report = verify::Verify {}.answer(year.app()).unwrap_or_else(|why| panic!("{why}"));
    assert!(report.good, "the tallies at the county");
    for (town, node) in &year.cluster().nodes {
        let verified = node.verify(&Progress::silent()).unwrap_or_else(|why| panic!("{}: {why}", town.name));
        assert_eq!(verified.held, 0, "{}", town.name);
    }
}
