//! Values of fields.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::ids::{ParseError, RecordId, TownshipCode};

/// Fields by their frozen tag, ascending.
pub type Fields = BTreeMap<u32, Value>;

/// One value. `Unknown` holds the wire bytes of a case that this version does not know; it is kept and relayed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Date(Day),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Frozen id of a choice.
    Choice(u32),
    Decimal(Decimal),
    Link(RecordId),
    Blob(Vec<u8>),
    List(Vec<Value>),
    /// One child row.
    Group(Fields),
    Unknown(Vec<u8>),
}

impl Value {
    /// The township of a code of nine digits; `None` of every other value.
    pub fn township(&self) -> Option<TownshipCode> {
        match self {
            Self::Number(number) => u32::try_from(*number).ok().and_then(TownshipCode::from_number),
            _ => None,
        }
    }
}

/// A calendar day, counted from 1970-01-01. Days are Beijing days; nothing here knows the time of day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// From a date; `None` if there is no such day or the year is outside 1900..=2200.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1900..=2200).contains(&year) {
            return None;
        }
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        Some(Self::from_date(date))
    }

    fn from_date(date: jiff::civil::Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        // A date of four digits is within i32 days of the epoch, so the span is whole days and fits.
        Self(date.duration_since(epoch).as_hours().div_euclid(24) as i32)
    }

    /// The day as (year, month, day); days about ten thousand years away and more are pinned.
    pub fn ymd(self) -> (i16, i8, i8) {
        // The proleptic Gregorian calendar in eras of 400 years that start on 1 March, so that the leap day comes last.
        let days = i64::from(self.0).clamp(-4_371_222, 2_932_896) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year as i16, month as i8, day as i8)
    }

    /// Milliseconds of a day: there is no summer time.
    pub const MS: i64 = 24 * 60 * 60 * 1000;

    /// The Beijing day of a moment in milliseconds since 1970.
    pub fn beijing(ms: i64) -> Self {
        let days = ms.saturating_add(8 * 3_600_000).div_euclid(Self::MS);
        Self(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// Monday = 1 … Sunday = 7.
    pub fn weekday(self) -> i8 {
        (i64::from(self.0) + 3).rem_euclid(7) as i8 + 1
    }

    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    pub fn year(self) -> i16 {
        self.ymd().0
    }

    /// 2026年11月23日
    pub fn chinese(self) -> String {
        let (y, m, d) = self.ymd();
        format!("{y}年{m}月{d}日")
    }
}

impl FromStr for Day {
    type Err = ParseError;
    /// Reads `2026-11-23` only; what office files hold is read by the importer.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("a date such as 2026-11-23", text);
        let mut parts = text.split('-');
        let (Some(y), Some(m), Some(d), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let (y, m, d) = (
            y.parse().map_err(|_| wrong())?,
            m.parse().map_err(|_| wrong())?,
            d.parse().map_err(|_| wrong())?,
        );
        Self::new(y, m, d).ok_or_else(wrong)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An exact decimal: units / 10^scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    pub units: i64,
    /// 0..=6
    pub scale: u8,
}

impl Decimal {
    /// In thousandths, rounded half away from zero; saturates.
    pub fn thousandths(self) -> i64 {
        let scaled = i128::from(self.units) * 1000;
        let divisor = 10i128.pow(u32::from(self.scale.min(6)));
        let half = divisor / 2 * scaled.signum();
        ((scaled + half) / divisor).clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }
}

impl FromStr for Decimal {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("a number with at most 6 decimals", text);
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || part.len() > 6
            || !plain(whole)
            || !plain(part)
            || (digits.contains('.') && part.is_empty())
        {
            return Err(wrong());
        }
        let units: i64 = format!("{whole}{part}").parse().map_err(|_| wrong())?;
        Ok(Self { units: sign * units, scale: part.len() as u8 })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divisor = 10u64.pow(u32::from(self.scale.min(6)));
        let sign = if self.units < 0 { "-" } else { "" };
        let (whole, part) = (self.units.unsigned_abs() / divisor, self.units.unsigned_abs() % divisor);
        if self.scale == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{part:0width$}", width = usize::from(self.scale))
        }
    }
}
