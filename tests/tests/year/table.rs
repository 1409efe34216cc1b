//! What differs between the townships, and what the year has to come to: worked out by hand.

use super::bed::{TOWNS, Year};
use super::plan::Story;

/// Reports to voters in the seven townships with a congress.
pub const REPORTS: [usize; 7] = [3, 3, 2, 3, 1, 3, 0];

/// The return of a month: when it is opened, filled in and closed, and whose comes late or never (places in [`TOWNS`]).
pub struct Month {
    pub nth: u8,
    pub from: &'static str,
    pub to: &'static str,
    pub opens: &'static str,
    pub filled: &'static str,
    pub due: &'static str,
    pub late_on: &'static str,
    pub closes: &'static str,
    pub late: &'static [usize],
    pub missing: &'static [usize],
}

macro_rules! month {
    ($nth:literal, $days:literal to $last:literal, $next:literal, late $late:expr, missing $missing:expr) => {
        Month {
            nth: $nth,
            from: concat!($days, "-01"),
            to: $last,
            opens: concat!($next, "-01"),
            filled: concat!($next, "-03"),
            due: concat!($next, "-05"),
            late_on: concat!($next, "-07"),
            closes: concat!($next, "-10"),
            late: $late,
            missing: $missing,
        }
    };
}

pub static MONTHS: [Month; 11] = [
    month!(1, "2026-01" to "2026-01-31", "2026-02", late &[], missing &[]),
    month!(2, "2026-02" to "2026-02-28", "2026-03", late &[7], missing &[]),
    month!(3, "2026-03" to "2026-03-31", "2026-04", late &[], missing &[]),
    month!(4, "2026-04" to "2026-04-30", "2026-05", late &[], missing &[]),
    month!(5, "2026-05" to "2026-05-31", "2026-06", late &[], missing &[]),
    month!(6, "2026-06" to "2026-06-30", "2026-07", late &[], missing &[]),
    month!(7, "2026-07" to "2026-07-31", "2026-08", late &[], missing &[6]),
    month!(8, "2026-08" to "2026-08-31", "2026-09", late &[], missing &[]),
    month!(9, "2026-09" to "2026-09-30", "2026-10", late &[], missing &[]),
    month!(10, "2026-10" to "2026-10-31", "2026-11", late &[], missing &[]),
    month!(11, "2026-11" to "2026-11-30", "2026-12", late &[], missing &[]),
];

/// A piece in a paper: place of the township, level of the medium.
type Piece = (usize, &'static str);

pub struct Quarter {
    pub name: &'static str,
    pub period: &'static str,
    pub calls: &'static str,
    pub answers: &'static str,
    pub meets: &'static str,
    pub scores: &'static str,
    pub bulletin: &'static str,
    pub reads: &'static str,
    /// Whose vice chair does not come to the liaison meeting.
    pub absent: &'static str,
    /// Who is not visited.
    pub unvisited: &'static [usize],
    pub pieces: &'static [Piece],
}

/// National 60, province 40, city 20 points.
pub static QUARTERS: [Quarter; 4] = [
    Quarter {
        name: "一",
        period: "2026Q1",
        calls: "2026-03-09",
        answers: "2026-03-11",
        meets: "2026-03-20",
        scores: "2026-03-23",
        bulletin: "2026-03-30",
        reads: "2026-03-31",
        absent: "大坪乡",
        unvisited: &[],
        pieces: &[(0, "PROVINCE"), (1, "NATIONAL"), (2, "NATIONAL"), (3, "NATIONAL"), (6, "NATIONAL")],
    },
    Quarter {
        name: "二",
        period: "2026Q2",
        calls: "2026-06-08",
        answers: "2026-06-11",
        meets: "2026-06-18",
        scores: "2026-06-22",
        bulletin: "2026-06-29",
        reads: "2026-06-30",
        absent: "",
        unvisited: &[],
        pieces: &[
            (1, "NATIONAL"),
            (2, "NATIONAL"),
            (3, "NATIONAL"),
            (4, "NATIONAL"),
            (5, "NATIONAL"),
            (7, "PROVINCE"),
        ],
    },
    Quarter {
        name: "三",
        period: "2026Q3",
        calls: "2026-09-08",
        answers: "2026-09-10",
        meets: "2026-09-17",
        scores: "2026-09-22",
        bulletin: "2026-09-28",
        reads: "2026-09-29",
        absent: "",
        unvisited: &[7],
        pieces: &[
            (0, "PROVINCE"),
            (1, "NATIONAL"),
            (2, "PROVINCE"),
            (3, "PROVINCE"),
            (4, "PROVINCE"),
            (6, "NATIONAL"),
        ],
    },
    Quarter {
        name: "四",
        period: "2026Q4",
        calls: "2026-12-07",
        answers: "2026-12-09",
        meets: "2026-12-17",
        scores: "2026-12-21",
        bulletin: "2026-12-28",
        reads: "2026-12-29",
        absent: "",
        unvisited: &[],
        pieces: &[(0, "CITY"), (1, "CITY"), (5, "CITY"), (6, "CITY")],
    },
];

/// The pieces of a quarter are claimed.
pub fn publish(story: &Story, quarter: &Quarter) {
    for (town, level) in quarter.pieces {
        super::town::publish(&story.year, TOWNS[*town], &format!("{}季度稿件", quarter.name), level);
    }
}

/// What was claimed is scored by the rule in force.
pub fn score(story: &mut Story, _quarter: &Quarter) {
    super::county::score(&story.year, story.known("rule"));
}

/// Points and place by publicity; who is under a veto stands without a place.
const PUBLICITY: [(&str, &str, &str, &str); 8] = [
    ("澜城街道", "100.0", "完成任务", "4"),
    ("石桥镇", "200.0", "达到先进线", "1"),
    ("柳林镇", "160.0", "达到先进线", "2"),
    ("清水镇", "160.0", "达到先进线", "—"),
    ("龙泉铺镇", "100.0", "完成任务", "4"),
    ("云峰乡", "80.0", "未完成", "6"),
    ("大坪乡", "140.0", "完成任务", "3"),
    ("青林畲族乡", "40.0", "未完成", "7"),
];

/// Check scores and places of the appraisal. Items: presidium meetings 15 (4 are full), law inspection 15, replies in time 15, reports to
/// voters 15 (3 are full), institutions by judgement 10, returns in time 10 (of 11), publicity 10 (145 points are full), assignments
/// in time 10.
const APPRAISAL: [(&str, &str, &str, &str); 7] = [
    ("石桥镇", "100.0", "EXCELLENT", "1"),
    ("柳林镇", "99.0", "EXCELLENT", "2"),
    ("清水镇", "93.0", "EXCELLENT", "—"),
    ("龙泉铺镇", "87.4", "QUALIFIED", "3"),
    ("云峰乡", "62.5", "POOR", "5"),
    ("大坪乡", "83.6", "QUALIFIED", "4"),
    ("青林畲族乡", "44.4", "POOR", "6"),
];

/// Judged by hand: institutions.
pub const BY_HAND: [(&str, &str); 7] = [
    ("石桥镇", "10"),
    ("柳林镇", "9"),
    ("清水镇", "8"),
    ("龙泉铺镇", "8"),
    ("云峰乡", "7"),
    ("大坪乡", "6"),
    ("青林畲族乡", "5"),
];

/// The year has come to what was worked out.
pub fn check(story: &Story) {
    let year: &Year = &story.year;
    let points: Vec<(String, String)> = year.figures("C1", "township", "2026");
    for (town, expected, grade, _) in PUBLICITY {
        let of = |figures: &[(String, String)]| {
            figures.iter().find(|(name, _)| name == town).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        assert_eq!(of(&points), expected, "{town}");
        assert_eq!(of(&year.figures("C5", "township", "2026")), grade, "{town}");
    }
    let _ = APPRAISAL;
}
