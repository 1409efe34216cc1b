//! Which days a question asks for: the same for all offices, or each office's own.

use std::collections::BTreeMap;

use super::contribution::Unit;
use super::period::Period;
use crate::record::Day;

/// The days of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// The same days for all.
    Same(Period),
    /// Of the same days for all, those up to one: what a period that still runs is compared with.
    Begun { period: Period, to: Day },
    /// Sessions and terms: each office has its own days, and who has none counts for nothing. Records of the county, or of
    /// a district, as a whole stand in no session and no term.
    Each(BTreeMap<Unit, Period>),
}

impl From<Period> for Span {
    fn from(period: Period) -> Self {
        Self::Same(period)
    }
}

impl Span {
    /// The days of a unit. Their last may lie before their first: then they hold none.
    pub fn of(&self, unit: Unit) -> Option<Period> {
        match self {
            Self::Same(period) => Some(*period),
            Self::Begun { period, to } => Some(Period { to: period.to.min(*to), ..*period }),
            Self::Each(days) => days.get(&unit).copied(),
        }
    }

    /// From the first day of any unit to the last of any; none if nobody has days.
    pub fn envelope(&self) -> Option<Period> {
        match self {
            Self::Same(period) => Some(*period),
            Self::Begun { .. } => self.of(Unit::COUNTY),
            Self::Each(days) => {
                let from = days.values().map(|period| period.from).min()?;
                Some(Period { from, to: days.values().map(|period| period.to).max()? })
            }
        }
    }

    /// (days up to `last`, all days) of a period that all have; over sessions and terms, whose lengths differ, a pace asks for
    /// the whole.
    pub(super) fn passed(&self, last: Day) -> (i32, i32) {
        let (Self::Same(period) | Self::Begun { period, .. }) = self else { return (1, 1) };
        let (passed, days) = (last.0 - period.from.0 + 1, period.days());
        (passed.clamp(0, days.max(0)), days)
    }

    /// Whether it is one calendar year for all.
    pub fn is_year(&self) -> bool {
        matches!(self, Self::Same(period) if period.is_year())
    }

    /// Whether every office has days of its own.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Each(_))
    }
}
