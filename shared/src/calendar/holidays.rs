//! The days themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::catalogue::model::LengthUnit;
use crate::record::Day;

/// Working days counted at most in one deadline; a longer one is cut there.
const WORKING_DAYS_MAX: u32 = 5_000;

/// Which days are worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Days that differ from the week's rule, or confirm it: true = off.
    off: BTreeMap<Day, bool>,
    /// Years whose notice is out.
    years: BTreeSet<i16>,
    version: String,
}

/// A file that is not a year of holidays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why} / 节假日文件有误")]
pub struct CalendarError {
    pub file: String,
    pub why: String,
}

/// The end of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// By counting alone.
    pub raw: Day,
    /// Moved to a working day where that is the rule: never before `raw`, or where days are counted back, never after it.
    pub effective: Day,
    /// Depends on a year whose holidays are not known yet.
    pub provisional: bool,
}

#[derive(Deserialize)]
struct YearFile {
    year: i16,
    days: Vec<DayRow>,
}

#[derive(Deserialize)]
struct DayRow {
    date: String,
    #[serde(rename = "isOffDay")]
    off: bool,
}

impl Calendar {
    /// The calendar that the program carries.
    ///
    /// # Panics
    /// If the files built in are broken, which the tests exclude.
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: OnceLock<Arc<Calendar>> = OnceLock::new();
        let files = crate::catalogue::builtin_calendar_files().iter().copied();
        let load = || Arc::new(Self::load(files).expect("the tests have loaded these very files"));
        BUILTIN.get_or_init(load).clone()
    }

    /// Reads files of holiday-cn, given as (name, JSON text); of two with one name, or with one year, the later counts. A
    /// file with no days is a year not published yet, and takes no other's place.
    ///
    /// # Errors
    /// The first file that is not of the form, or names a day that does not exist.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CalendarError> {
        let mut named: Vec<(&str, &str)> = Vec::new();
        for file in files {
            named.retain(|(name, _)| *name != file.0);
            named.push(file);
        }
        let (mut published, mut hasher) = (BTreeMap::new(), blake3::Hasher::new());
        for (name, text) in named {
            let wrong = |why: String| CalendarError { file: name.to_owned(), why };
            let file: YearFile = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
            hasher.update(text.as_bytes());
            let mut days = Vec::with_capacity(file.days.len());
            for row in file.days {
                days.push((row.date.parse::<Day>().map_err(|e| wrong(e.to_string()))?, row.off));
            }
            if !days.is_empty() {
                published.insert(file.year, days);
            }
        }
        let years: BTreeSet<i16> = published.keys().copied().collect();
        // A notice may say something of the December before its year, and then it says it last.
        let off = published.into_values().flatten().collect();
        let last = years.last().map_or_else(String::new, ToString::to_string);
        let version = format!("{last}-{}", &hasher.finalize().to_hex()[..8]);
        Ok(Self { off, years, version })
    }

    /// Last year known and a digest of the files, such as `2026-1f0c9a77`.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn is_working(&self, day: Day) -> bool {
        match self.off.get(&day) {
            Some(off) => !off,
            None => day.weekday() <= 5,
        }
    }

    /// Whether the holidays around a day are published. A notice may reach back into the December before its year, so
    /// December is known once the next year is.
    pub fn is_known(&self, day: Day) -> bool {
        let (year, month, _) = day.ymd();
        self.years.contains(&year) && (month < 12 || self.years.contains(&(year + 1)))
    }

    /// The day itself if it is worked, else the first worked day after it.
    pub fn next_working(&self, day: Day) -> Day {
        // No run of days off is longer than a few weeks; the bound only keeps a broken file from looping.
        (0..400).map(|ahead| day.plus(ahead)).find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The n-th working day after `start`, which is not counted.
    pub fn plus_working_days(&self, start: Day, count: u32) -> Day {
        let mut day = start;
        for _ in 0..count.min(WORKING_DAYS_MAX) {
            day = self.next_working(day.plus(1));
        }
        day
    }

    /// The day itself if it is worked, else the last worked day before it.
    pub fn last_working(&self, day: Day) -> Day {
        (0..400).map(|back| day.plus(-back)).find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The n-th working day before `start`, which is not counted.
    pub fn minus_working_days(&self, start: Day, count: u32) -> Day {
        let mut day = start;
        for _ in 0..count.min(WORKING_DAYS_MAX) {
            day = self.last_working(day.plus(-1));
        }
        day
    }

    /// When a deadline ends that starts on a day and runs for `count` units.
    pub fn due(&self, start: Day, count: u32, unit: LengthUnit, roll_forward: bool) -> Due {
        let days = i32::try_from(count).unwrap_or(i32::MAX);
        let raw = match unit {
            LengthUnit::Days => start.plus(days),
            LengthUnit::WorkingDays => self.plus_working_days(start, count),
            LengthUnit::Months => plus_months(start, count),
        };
        let effective = if roll_forward { self.next_working(raw) } else { raw };
        // Working days look at every day on the way; the other units only at the end.
        let looked_from = if unit == LengthUnit::WorkingDays { start } else { raw };
        let looks = roll_forward || unit == LengthUnit::WorkingDays;
        let provisional = looks && !self.all_known(looked_from, effective);
        Due { raw, effective, provisional }
    }

    /// The last day for what must be done `count` units before `start`. Where a day off moves the end it moves it back:
    /// what is due seven days before a meeting is not done in time six days before it.
    pub fn due_before(&self, start: Day, count: u32, unit: LengthUnit, roll_back: bool) -> Due {
        let days = i32::try_from(count).unwrap_or(i32::MAX);
        let raw = match unit {
            LengthUnit::Days => start.plus(-days),
            LengthUnit::WorkingDays => self.minus_working_days(start, count),
            LengthUnit::Months => minus_months(start, count),
        };
        let effective = if roll_back { self.last_working(raw) } else { raw };
        let looked_to = if unit == LengthUnit::WorkingDays { start } else { raw };
        let looks = roll_back || unit == LengthUnit::WorkingDays;
        let provisional = looks && !self.all_known(effective, looked_to);
        Due { raw, effective, provisional }
    }

    fn all_known(&self, from: Day, to: Day) -> bool {
        let (first, last) = (from.year(), to.year());
        (first..=last).all(|year| self.years.contains(&year)) && self.is_known(to) && self.is_known(from)
    }
}

/// The corresponding day of a later month, or its last day. Pinned to the last day that [`Day`] can name.
pub(super) fn plus_months(start: Day, count: u32) -> Day {
    other_month(start, i64::from(count)).unwrap_or(start.max(Day(84_370)))
}

/// The corresponding day of an earlier month, or its last day. Pinned to the first day that [`Day`] can name.
pub(super) fn minus_months(start: Day, count: u32) -> Day {
    other_month(start, -i64::from(count)).unwrap_or(start.min(Day(-25_567)))
}

fn other_month(start: Day, ahead: i64) -> Option<Day> {
    let (year, month, day) = start.ymd();
    let months = i64::from(year) * 12 + i64::from(month) - 1 + ahead;
    let (year, month) = (i16::try_from(months.div_euclid(12)).ok()?, months.rem_euclid(12) as i8 + 1);
    (1..=day).rev().find_map(|day| Day::new(year, month, day))
}
