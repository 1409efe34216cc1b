//! What stands in one written cell.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

use crate::record::{Day, Decimal};

/// The serial number of 1970-01-01 in office programs.
pub(super) const SERIAL_OF_EPOCH: i32 = 25_569;
/// 1900-03-01. Office programs believe that 1900 had a leap day, so earlier days have no number that all agree on.
const FIRST_DAY: Day = Day(-25_508);
/// Whole numbers up to here are kept by a cell as they are.
const EXACT_MAX: u64 = 1 << 53;
/// Milliseconds from Beijing midnight to midnight in UTC.
const BEIJING_MS: i64 = 8 * 3_600_000;
/// Columns of text that are looked at to find how wide a cell wants to be.
const WIDTH_SEEN: usize = 80;

/// A cell that is written. Days and numbers are real ones; what no cell can hold exactly is text.
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    Empty,
    Text(String),
    Whole(i64),
    Decimal(Decimal),
    Day(Day),
    /// Milliseconds since 1970-01-01T00:00:00Z, shown to the minute in Beijing time.
    Moment(i64),
    /// A figure; for workbooks.
    Real(Real),
    /// A formula and what comes of it; for workbooks.
    Formula {
        formula: String,
        result: String,
    },
}

/// A figure that is not whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Real {
    pub value: f64,
    pub shown: Shown,
}

/// How a figure is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// One decimal: 65.3
    Tenths,
    /// 0.775 as 77.5%
    Percent,
    /// +3, -1, ±0
    ChangeWhole,
    /// +0.4
    ChangeTenths,
}

/// How a row stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    Plain,
    /// The sum of some rows.
    Part,
    /// The sum of all.
    Whole,
    /// What proves a sum; small and grey.
    Check,
}

impl Put {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A whole number, as text where a cell would round it.
    pub fn whole(number: i64) -> Self {
        if number.unsigned_abs() <= EXACT_MAX { Self::Whole(number) } else { Self::Text(number.to_string()) }
    }

    /// As [`Put::whole`].
    pub fn decimal(decimal: Decimal) -> Self {
        // Fifteen digits come back from a cell as they were.
        if decimal.units.unsigned_abs() < 1_000_000_000_000_000 {
            Self::Decimal(decimal)
        } else {
            Self::Text(decimal.to_string())
        }
    }

    /// A day, as text where office programs have no number for it.
    pub fn day(day: Day) -> Self {
        if day < FIRST_DAY { Self::Text(day.to_string()) } else { Self::Day(day) }
    }

    /// As other programs read it in a text file.
    pub(super) fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => super::guard::guarded(text),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Decimal(decimal) => Cow::Owned(decimal.to_string()),
            Self::Day(day) => Cow::Owned(day.to_string()),
            Self::Moment(ms) => Cow::Owned(moment(*ms)),
            Self::Real(real) => Cow::Owned(real.value.to_string()),
            Self::Formula { result, .. } => Cow::Borrowed(result),
        }
    }

    /// Columns that it takes on paper, the widest of its lines; Chinese characters take two. At most 80.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Text(text) => text.split('\n').map(text_width).max().unwrap_or(0),
            Self::Whole(number) => number.to_string().len(),
            Self::Decimal(decimal) => {
                let text = decimal.to_string();
                text.len() + text.split('.').next().map_or(0, str::len) / 3
            }
            Self::Day(_) => 14,
            Self::Moment(_) => 16,
            Self::Real(_) => 7,
            Self::Formula { result, .. } => text_width(result),
        }
    }
}

/// Columns of a text, Chinese characters taking two; what lies beyond 80 is not counted.
pub(super) fn text_width(text: &str) -> usize {
    let mut width = 0;
    for character in text.chars() {
        width += character.width_cjk().unwrap_or(0);
        if width >= WIDTH_SEEN {
            break;
        }
    }
    width
}

/// The serial number of a moment, to the second.
pub(super) fn serial(ms: i64) -> f64 {
    let seconds = ms.saturating_add(BEIJING_MS).div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    days as f64 + f64::from(SERIAL_OF_EPOCH) + of_day as f64 / 86_400.0
}

/// `2026-11-23 09:30`, with seconds where there are any.
fn moment(ms: i64) -> String {
    let second = ms.saturating_add(BEIJING_MS).rem_euclid(86_400_000) / 1000;
    let (hour, minute, rest) = (second / 3600, second / 60 % 60, second % 60);
    let seconds = if rest == 0 { String::new() } else { format!(":{rest:02}") };
    format!("{} {hour:02}:{minute:02}{seconds}", Day::beijing(ms))
}
