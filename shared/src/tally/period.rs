//! Periods as people write them.

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

impl Period {
    /// Every day that the product knows.
    pub const ALL: Self = Self { from: Day(-25_567), to: Day(84_370) };

    fn months(year: i16, first: i8, count: i8) -> Option<Self> {
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
            None if rest.is_empty() => Self::months(year, 1, 12),
            Some(("Q" | "q", quarter)) => number(quarter, 4).and_then(|q| Self::months(year, q * 3 - 2, 3)),
            Some(("H" | "h", half)) => number(half, 2).and_then(|h| Self::months(year, h * 6 - 5, 6)),
            Some(("-", month)) if month.len() == 2 => {
                number(month, 12).and_then(|m| Self::months(year, m, 1))
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
