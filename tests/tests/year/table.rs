//! What differs between the townships and the quarters. Places of townships are those in [`super::bed::TOWNS`].

/// The districts, in their order; each has two of the townships.
pub const DISTRICTS: [&str; 4] = ["第一片", "第二片", "第三片", "第四片"];
/// Who moves in the middle of the year, from which day on, and where to.
pub const MOVED: (&str, &str, &str) = ("龙泉铺镇", "2026-07-01", "第四片");

/// Reports to voters in the seven townships with a congress.
pub const REPORTS: [usize; 7] = [3, 3, 2, 3, 1, 3, 0];

/// Institutions of the seven, as the county judges them: ten points are full.
pub const BY_HAND: [(&str, &str); 7] = [
    ("石桥镇", "10"),
    ("柳林镇", "9"),
    ("清水镇", "8"),
    ("龙泉铺镇", "8"),
    ("云峰乡", "7"),
    ("大坪乡", "6"),
    ("青林畲族乡", "5"),
];

/// Days off of the next year, in the form of holiday-cn. Made up: what matters is that 10 February is among them.
pub const NEXT_YEAR: &str = r#"{"year":2027,"days":[
    {"name":"元旦","date":"2027-01-01","isOffDay":true},
    {"name":"春节","date":"2027-02-05","isOffDay":true},
    {"name":"春节","date":"2027-02-06","isOffDay":true},
    {"name":"春节","date":"2027-02-07","isOffDay":true},
    {"name":"春节","date":"2027-02-08","isOffDay":true},
    {"name":"春节","date":"2027-02-09","isOffDay":true},
    {"name":"春节","date":"2027-02-10","isOffDay":true},
    {"name":"春节","date":"2027-02-11","isOffDay":true}
]}"#;

/// The return of a month: when it is opened, filled in and closed, and whose comes late or never.
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
    /// Everybody answers what came of it, and writes the reports for the meeting.
    pub answers: &'static str,
    pub meets: &'static str,
    pub scores: &'static str,
    pub bulletin: &'static str,
    pub reads: &'static str,
    /// When the liaison members go round, and when the townships confirm it.
    pub visits: &'static str,
    pub confirms: &'static str,
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
        visits: "2026-03-18",
        confirms: "2026-03-20",
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
        visits: "2026-05-06",
        confirms: "2026-05-08",
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
        visits: "2026-09-16",
        confirms: "2026-09-18",
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
        visits: "2026-11-10",
        confirms: "2026-11-12",
        absent: "",
        unvisited: &[],
        pieces: &[(0, "CITY"), (1, "CITY"), (5, "CITY"), (6, "CITY")],
    },
];
