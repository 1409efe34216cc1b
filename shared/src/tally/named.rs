//! Periods by name: calendar periods, and sessions (次) and terms (届) of the congress, whose days each office finds in its
//! own records.
//!
//! A session runs from the day on which it opened to the day before the next one opened, a term from its first day to the
//! day before that of the next. What still runs ends, for now, on the day of judgement.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::contribution::{Unit, standing};
use super::period::{Compare, Period};
use super::span::Span;
use crate::catalogue::model::{Catalogue, Kind};
use crate::ids::ParseError;
use crate::record::{Day, Record, Value};
use crate::store::View;
use crate::view::condition::Subject;
use crate::view::read;

/// A period as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodName {
    /// `2026`, `2026Q3`, …: the same days for all.
    Days(Period),
    /// `2026S1`: the first session that opened in the year.
    SessionOfYear { year: i16, nth: usize },
    /// `18S3`: the third session of the 18th congress.
    Session { term: i64, number: i64 },
    /// `session`: the one that opened last.
    PresentSession,
    /// `T18`: the 18th term.
    Term(i64),
    /// `term`: the one that began last.
    PresentTerm,
}

/// Which days are asked for and the day to which they are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub days: Span,
    pub as_of: Day,
}

impl PeriodName {
    /// The days that are meant, on a day of judgement. Where the records of an office tell no such session or term, it has
    /// no days.
    pub fn days(&self, views: &dyn View, catalogue: &Catalogue, as_of: Day) -> Asked {
        let days = match self {
            Self::Days(period) => Span::Same(*period),
            _ => Span::Each(each(&self.openings(views, catalogue), |found| self.own(found, as_of))),
        };
        Asked { days, as_of }
    }

    /// The days with which these are compared. A period that still runs is compared with as much of the one before as of
    /// it has passed. None where there is nothing to compare with: open ends, a period that has not begun, the same term a
    /// year ago.
    pub fn before(
        &self,
        views: &dyn View,
        catalogue: &Catalogue,
        as_of: Day,
        compare: Compare,
    ) -> Option<Asked> {
        let days = match (self, compare) {
            (Self::Days(period), _) => return calendar_before(*period, as_of, compare),
            (Self::SessionOfYear { year, nth }, Compare::Year) => {
                let earlier = Self::SessionOfYear { year: year.checked_sub(1)?, nth: *nth };
                let own = |found: &[Opening]| {
                    let now = self.own(found, as_of)?;
                    let runs = found.last().is_some_and(|last| last.day == now.from);
                    Some(shortened(earlier.own(found, as_of)?, now, runs))
                };
                each(&self.openings(views, catalogue), own)
            }
            (_, Compare::Year) => return None,
            (_, Compare::Previous) => {
                let own = |found: &[Opening]| {
                    let place = self.place(found, as_of)?;
                    let now = range(found, place, as_of)?;
                    let before = range(found, place.checked_sub(1)?, as_of)?;
                    Some(shortened(before, now, place + 1 == found.len()))
                };
                each(&self.openings(views, catalogue), own)
            }
        };
        Some(Asked { days: Span::Each(days), as_of })
    }

    fn openings(&self, views: &dyn View, catalogue: &Catalogue) -> Openings {
        match self {
            Self::Days(_) => Openings::new(),
            Self::SessionOfYear { .. } | Self::Session { .. } | Self::PresentSession => {
                sessions(views, catalogue)
            }
            Self::Term(_) | Self::PresentTerm => terms(views, catalogue),
        }
    }

    /// Which of an office's sessions, or terms, is meant.
    fn place(&self, found: &[Opening], as_of: Day) -> Option<usize> {
        match *self {
            Self::Days(_) => None,
            Self::SessionOfYear { year, nth } => {
                let mut of_year = (0..found.len()).filter(|place| found[*place].day.year() == year);
                of_year.nth(nth.checked_sub(1)?)
            }
            Self::Session { term, number } => {
                found.iter().position(|opening| opening.term == Some(term) && opening.number == Some(number))
            }
            Self::Term(number) => found.iter().position(|opening| opening.number == Some(number)),
            Self::PresentSession | Self::PresentTerm => {
                found.iter().rposition(|opening| opening.day <= as_of)
            }
        }
    }

    fn own(&self, found: &[Opening], as_of: Day) -> Option<Period> {
        range(found, self.place(found, as_of)?, as_of)
    }
}

fn each(openings: &Openings, own: impl Fn(&[Opening]) -> Option<Period>) -> BTreeMap<Unit, Period> {
    openings.iter().filter_map(|(unit, found)| Some((*unit, own(found)?))).collect()
}

/// The days of one of an office's sessions, or terms; none before it has begun.
fn range(found: &[Opening], place: usize, as_of: Day) -> Option<Period> {
    let from = found.get(place)?.day;
    let to = found.get(place + 1).map_or(as_of, |next| next.day.plus(-1));
    (from <= to).then_some(Period { from, to })
}

/// As many of the days as `now` has, if that still runs.
fn shortened(before: Period, now: Period, runs: bool) -> Period {
    let to = if runs { before.to.min(before.from.plus(now.days() - 1)) } else { before.to };
    Period { to, ..before }
}

fn calendar_before(period: Period, as_of: Day, compare: Compare) -> Option<Asked> {
    let before = period.before(compare)?;
    if as_of < period.from {
        return None;
    }
    if as_of >= period.to {
        return Some(Asked { days: Span::Same(before), as_of });
    }
    let as_of = period.day_before(as_of, compare)?;
    Some(Asked { days: Span::Begun { period: before, to: as_of }, as_of })
}

/// A session that opened, or a term that began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) day: Day,
    pub(super) number: Option<i64>,
    /// Of a session.
    pub(super) term: Option<i64>,
}

/// By office, ascending by day; of two on one day the first found.
pub(super) type Openings = BTreeMap<Unit, Vec<Opening>>;

/// When the terms of each office began, as its records say.
pub(super) fn terms(views: &dyn View, catalogue: &Catalogue) -> Openings {
    let marked = catalogue.kinds.values().find_map(|kind| Some((kind, kind.term?)));
    let Some((kind, mark)) = marked else { return Openings::new() };
    gather(views, kind, &|record| {
        let day = date(record, mark.start)?;
        Some(Opening { day, number: number(record, mark.number), term: None })
    })
}

/// When the sessions of each office's congress opened, as its records say.
fn sessions(views: &dyn View, catalogue: &Catalogue) -> Openings {
    let marked = catalogue.kinds.values().find_map(|kind| Some((kind, kind.session.as_ref()?)));
    let Some((kind, mark)) = marked else { return Openings::new() };
    gather(views, kind, &|record| {
        let day = date(record, mark.opened)?;
        let opening = Opening { day, number: number(record, mark.number), term: number(record, mark.term) };
        Subject::of(record, None).holds(&mark.condition).then_some(opening)
    })
}

fn gather(views: &dyn View, kind: &Kind, opening: &dyn Fn(&Record) -> Option<Opening>) -> Openings {
    let mut found = Openings::new();
    read::list_all(views, kind.tag, &mut |line| {
        if let Some(record) = read::record(views, line.id)
            && let Some(unit) = standing(kind, &record)
        {
            found.entry(unit).or_default().extend(opening(&record));
        }
        true
    });
    for openings in found.values_mut() {
        openings.sort_by_key(|opening| opening.day);
        openings.dedup_by_key(|opening| opening.day);
    }
    found
}

fn date(record: &Record, tag: u32) -> Option<Day> {
    if let Some(Value::Date(day)) = record.fields.get(&tag) { Some(*day) } else { None }
}

fn number(record: &Record, tag: u32) -> Option<i64> {
    match record.fields.get(&tag)? {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl FromStr for PeriodName {
    type Err = ParseError;

    /// Reads calendar periods, `2026S1`, `18S3`, `session` (次), `T18`, `term` (届).
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let digits = |part: &str| {
            let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<i64>().ok().filter(|n| plain && (1..=9999).contains(n))
        };
        match text {
            "term" | "届" | "本届" => return Ok(Self::PresentTerm),
            "session" | "次" | "本次" => return Ok(Self::PresentSession),
            _ => {}
        }
        if let Some(number) = text.strip_prefix(['T', 't']).and_then(digits) {
            return Ok(Self::Term(number));
        }
        if let Some((before, after)) = text.split_once(['S', 's'])
            && let (Some(first), Some(second)) = (digits(before), digits(after))
        {
            // A year has four digits; no congress has come to its thousandth term.
            return Ok(match before.len() {
                4 => Self::SessionOfYear { year: first as i16, nth: second as usize },
                _ => Self::Session { term: first, number: second },
            });
        }
        text.parse().map(Self::Days).map_err(|_| {
            ParseError::new(
                "a period such as 2026, 2026-11, 2026Q3, 2026H1, 2026-01-01..2026-06-30, 2026S1, session, T18 or term",
                text,
            )
        })
    }
}

impl fmt::Display for PeriodName {
    /// Reads back as the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(period) => f.write_str(&period.name()),
            Self::SessionOfYear { year, nth } => write!(f, "{year}S{nth}"),
            Self::Session { term, number } => write!(f, "{term}S{number}"),
            Self::PresentSession => f.write_str("session"),
            Self::Term(number) => write!(f, "T{number}"),
            Self::PresentTerm => f.write_str("term"),
        }
    }
}
