//! Periods as people write them, and the period before each.

use std::fmt;
use std::str::FromStr;

use crate::ids::ParseError;
use crate::record::Day;

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Day,
    pub to: Day,
}

/// With which earlier period one is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// The same days a year before (同比).
    Year,
    /// The period of the same kind or length that ends where this one begins (环比).
    Previous,
}

impl Period {
    /// Every day that the product knows.
    pub const ALL: Self = Self { from: Day(-25_567), to: Day(84_370) };

    fn of_months(year: i16, first: i8, count: i8) -> Option<Self> {
        let from = Day::new(year, first, 1)?;
        let (next_year, next) =
            if first + count > 12 { (year.checked_add(1)?, 1) } else { (year, first + count) };
        // The year after the last one of the calendar has no first day; the last year ends on its 31 December.
        let to = Day::new(next_year, next, 1).map(|day| day.plus(-1)).or_else(|| Day::new(year, 12, 31))?;
        Some(Self { from, to })
    }

    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// How many days it has.
    pub fn days(&self) -> i32 {
        self.to.0 - self.from.0 + 1
    }

    /// The number of months, if it is made of whole ones.
    pub fn months(&self) -> Option<i32> {
        let (first, last) = (self.from.ymd(), self.to.ymd());
        let whole = first.2 == 1 && self.to == last_of_month(last.0, last.1)?;
        whole.then(|| month_number(last.0, last.1) - month_number(first.0, first.1) + 1)
    }

    /// Whether it is one calendar year.
    pub fn is_year(&self) -> bool {
        self.months() == Some(12) && self.from.ymd().1 == 1
    }

    /// The period before it, as `compare` means it. A period of whole months is compared with whole months, however long
    /// these are; any other one with the same dates of the year before (29 February with the 28th), or with as many days.
    /// None where that is not within the calendar of the product, and for a period with an open end.
    pub fn before(&self, compare: Compare) -> Option<Self> {
        if self.from == Self::ALL.from || self.to == Self::ALL.to {
            return None;
        }
        let before = match (compare, self.months()) {
            (Compare::Year, Some(_)) => self.whole_months_back(12)?,
            (Compare::Year, None) => {
                Self { from: months_back(self.from, 12)?, to: months_back(self.to, 12)? }
            }
            (Compare::Previous, Some(count)) => self.whole_months_back(count)?,
            (Compare::Previous, None) => Self { from: self.from.plus(-self.days()), to: self.from.plus(-1) },
        };
        (before.from >= Self::ALL.from).then_some(before)
    }

    /// Where a day of this period stands in the period before, see [`Self::before`].
    pub fn day_before(&self, day: Day, compare: Compare) -> Option<Day> {
        match (compare, self.months()) {
            (Compare::Year, _) => months_back(day, 12),
            (Compare::Previous, Some(count)) => months_back(day, count),
            (Compare::Previous, None) => Some(day.plus(-self.days())),
        }
    }

    fn whole_months_back(&self, count: i32) -> Option<Self> {
        let from = months_back(self.from, count)?;
        let (year, month, _) = self.to.ymd();
        let (year, month) = month_of_number(month_number(year, month) - count);
        Some(Self { from, to: last_of_month(year, month)? })
    }

    /// The shortest text that reads as this period, such as `2026Q1`.
    pub fn name(&self) -> String {
        let (year, month, _) = self.from.ymd();
        match self.months() {
            Some(1) => format!("{year}-{month:02}"),
            Some(3) if month % 3 == 1 => format!("{year}Q{}", month / 3 + 1),
            Some(6) if month % 6 == 1 => format!("{year}H{}", month / 6 + 1),
            Some(12) if month == 1 => year.to_string(),
            _ if self.from == self.to => self.from.to_string(),
            _ => self.to_string(),
        }
    }
}

impl Period {
    /// As offices write it: `2026年第三季度`.
    pub fn chinese(&self) -> String {
        let (year, month, _) = self.from.ymd();
        // A quarter has its place within the year, so the array has it.
        let quarter = || ["一", "二", "三", "四"][(month as usize - 1) / 3 % 4];
        match self.months() {
            Some(1) => format!("{year}年{month}月"),
            Some(3) if month % 3 == 1 => format!("{year}年第{}季度", quarter()),
            Some(6) if month == 1 => format!("{year}年上半年"),
            Some(6) if month == 7 => format!("{year}年下半年"),
            Some(12) if month == 1 => format!("{year}年"),
            _ if *self == Self::ALL => "全部".to_owned(),
            _ if self.from == Self::ALL.from => format!("{}以前", self.to.plus(1).chinese()),
            _ if self.to == Self::ALL.to => format!("{}以来", self.from.chinese()),
            _ if self.from == self.to => self.from.chinese(),
            _ => format!("{}至{}", self.from.chinese(), self.to.chinese()),
        }
    }
}

fn month_number(year: i16, month: i8) -> i32 {
    i32::from(year) * 12 + i32::from(month) - 1
}

fn month_of_number(number: i32) -> (i16, i8) {
    // Months of the calendar of the product, and those of some decades before it, fit.
    ((number.div_euclid(12)) as i16, (number.rem_euclid(12) + 1) as i8)
}

fn last_of_month(year: i16, month: i8) -> Option<Day> {
    (28..=31).rev().find_map(|day| Day::new(year, month, day))
}

/// The same day so many months before, the last of its month where that has no such day.
fn months_back(day: Day, count: i32) -> Option<Day> {
    let (year, month, of_month) = day.ymd();
    let (year, month) = month_of_number(month_number(year, month) - count);
    Day::new(year, month, of_month).or_else(|| last_of_month(year, month))
}

impl FromStr for Period {
    type Err = ParseError;

    /// Reads `2026`, `2026-11`, `2026-11-23`, `2026Q3`, `2026H1` and `2026-01-01..2026-06-30` with either end left out.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || {
            ParseError::new("a period such as 2026, 2026-11, 2026Q3, 2026H1 or 2026-01-01..2026-06-30", text)
        };
        if let Some((from, to)) = text.split_once("..") {
            let end = |part: &str, open: Day| {
                if part.is_empty() { Ok(open) } else { part.parse().map_err(|_| wrong()) }
            };
            let period = Self { from: end(from, Self::ALL.from)?, to: end(to, Self::ALL.to)? };
            return if period.from <= period.to { Ok(period) } else { Err(wrong()) };
        }
        if let Ok(day) = text.parse::<Day>() {
            return Ok(Self { from: day, to: day });
        }
        let (Some(year), Some(rest)) = (text.get(..4), text.get(4..)) else { return Err(wrong()) };
        if !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let year: i16 = year.parse().map_err(|_| wrong())?;
        let number = |digits: &str, max: i8| {
            let plain = digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse::<i8>().ok().filter(|n| plain && (1..=max).contains(n))
        };
        let period = match rest.split_at_checked(1) {
            None if rest.is_empty() => Self::of_months(year, 1, 12),
            Some(("Q" | "q", quarter)) => {
                number(quarter, 4).and_then(|q| Self::of_months(year, q * 3 - 2, 3))
            }
            Some(("H" | "h", half)) => number(half, 2).and_then(|h| Self::of_months(year, h * 6 - 5, 6)),
            Some(("-", month)) if month.len() == 2 => {
                number(month, 12).and_then(|m| Self::of_months(year, m, 1))
            }
            _ => None,
        };
        period.ok_or_else(wrong)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl FromStr for Compare {
    type Err = ParseError;

    /// `year` (同比) or `previous` (环比).
    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "year" | "同比" => Ok(Self::Year),
            "previous" | "环比" => Ok(Self::Previous),
            _ => Err(ParseError::new("`year` or `previous`", text)),
        }
    }
}
