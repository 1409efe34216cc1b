//! Figures as they are printed and compared.

use std::cmp::Ordering;
use std::fmt;

use crate::catalogue::model::Target;

/// One number of a table. Equal is what is made of the same parts; order by value is that of [`Figure::compare`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Count(i64),
    /// A sum of decimals, in thousandths.
    Thousandths(i64),
    /// Σ numerator / Σ denominator; no value where the denominator is 0.
    Rate {
        numerator: i64,
        denominator: i64,
        form: Form,
    },
    /// Σ numerator − Σ denominator, both in parts of which `scale` make a whole.
    Difference {
        numerator: i64,
        denominator: i64,
        scale: i64,
    },
    /// Σ numerator − Σ denominator × passed / days; no value where nothing is asked for.
    Pace {
        numerator: i64,
        denominator: i64,
        scale: i64,
        passed: i32,
        days: i32,
    },
    /// The middle of so many cases, doubled, so that the mean of two is whole.
    Median {
        doubled: i64,
        cases: i64,
    },
    /// Days of a gap; `None` where there is no case that could begin one.
    Days(Option<i64>),
    /// A grade, from 0; `None` where there are no lines to reach.
    Grade(Option<u32>),
}

/// How a quotient is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Percent,
    Mean,
    PerTenThousand,
}

impl Figure {
    /// As a fraction with a positive denominator; `None` where there is no case.
    fn fraction(&self) -> Option<(i128, i128)> {
        let wide = i128::from;
        match *self {
            Self::Count(n) => Some((wide(n), 1)),
            Self::Thousandths(n) => Some((wide(n), 1000)),
            Self::Rate { denominator: 0, .. } | Self::Pace { denominator: 0, .. } => None,
            Self::Rate { numerator, denominator, .. } => {
                let (n, d) = (wide(numerator), wide(denominator));
                Some(if d < 0 { (-n, -d) } else { (n, d) })
            }
            Self::Difference { numerator, denominator, scale } => {
                Some((wide(numerator) - wide(denominator), wide(scale.max(1))))
            }
            Self::Pace { numerator, denominator, scale, passed, days } => {
                let days = wide(i64::from(days.max(1)));
                let due = wide(denominator) * wide(i64::from(passed));
                Some((wide(numerator) * days - due, days * wide(scale.max(1))))
            }
            Self::Median { cases: 0, .. } => None,
            Self::Median { doubled, .. } => Some((wide(doubled), 2)),
            Self::Days(days) => Some((wide(days?), 1)),
            Self::Grade(grade) => Some((wide(i64::from(grade?)), 1)),
        }
    }

    /// As [`Self::fraction`], in the unit that is printed.
    pub(super) fn printed(&self) -> Option<(i128, i128)> {
        let (n, d) = self.fraction()?;
        Some(match self {
            Self::Rate { form: Form::Percent, .. } => (n * 100, d),
            Self::Rate { form: Form::PerTenThousand, .. } => (n * 10_000, d),
            _ => (n, d),
        })
    }

    /// Whether there is any case.
    pub fn has_value(&self) -> bool {
        self.fraction().is_some()
    }

    /// The exact value in the unit that is printed (percent, points, days) as a fraction with a positive denominator; `None`
    /// where there is no case.
    pub fn value(&self) -> Option<(i128, i128)> {
        self.printed()
    }

    /// The value in the unit that is printed, halves up, as a whole number; `None` where there is no case.
    pub fn whole(&self) -> Option<i64> {
        let (n, d) = self.printed()?;
        i64::try_from((2 * n + d).div_euclid(2 * d)).ok()
    }

    /// Whether it is a number of things, and not one with a decimal.
    pub(super) fn prints_whole(&self) -> bool {
        match self {
            Self::Count(_) | Self::Days(_) | Self::Grade(_) => true,
            Self::Difference { scale, .. } => *scale == 1,
            _ => false,
        }
    }

    /// By value; `None` if either has none.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let ((a, b), (c, d)) = (self.fraction()?, other.fraction()?);
        Some((a * d).cmp(&(c * b)))
    }

    /// Whether the exact value is within the target; `None` where there is no case.
    pub fn meets(&self, target: Target) -> Option<bool> {
        let (n, d) = self.printed()?;
        let least = target.at_least.is_none_or(|least| n >= i128::from(least) * d);
        let most = target.at_most.is_none_or(|most| n <= i128::from(most) * d);
        Some(least && most)
    }

    /// Whether the figures of parts add up to that of the whole. A target of one office says nothing of a sum.
    pub fn adds_up(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Thousandths(_) | Self::Difference { .. } | Self::Pace { .. })
    }

    /// For programs: numerator and denominator. A count has no denominator; what has no case has the denominator 0.
    pub fn parts(&self) -> (i64, Option<i64>) {
        match *self {
            Self::Count(n) | Self::Thousandths(n) | Self::Days(Some(n)) => (n, None),
            Self::Rate { numerator, denominator, .. }
            | Self::Difference { numerator, denominator, .. }
            | Self::Pace { numerator, denominator, .. } => (numerator, Some(denominator)),
            Self::Median { cases: 0, .. } | Self::Days(None) | Self::Grade(None) => (0, Some(0)),
            Self::Median { doubled, .. } => (doubled, Some(2)),
            Self::Grade(Some(grade)) => (i64::from(grade), None),
        }
    }

    /// The figure of the same kind where there are no records.
    #[must_use]
    pub fn nothing(&self) -> Self {
        match *self {
            Self::Count(_) => Self::Count(0),
            Self::Thousandths(_) => Self::Thousandths(0),
            Self::Rate { form, .. } => Self::Rate { numerator: 0, denominator: 0, form },
            Self::Difference { scale, .. } => Self::Difference { numerator: 0, denominator: 0, scale },
            Self::Pace { scale, passed, days, .. } => {
                Self::Pace { numerator: 0, denominator: 0, scale, passed, days }
            }
            Self::Median { .. } => Self::Median { doubled: 0, cases: 0 },
            Self::Days(_) => Self::Days(None),
            Self::Grade(_) => Self::Grade(None),
        }
    }

    /// Whether nothing has been counted.
    pub fn is_nothing(&self) -> bool {
        matches!(self.parts(), (0, None | Some(0)))
            && !matches!(self, Self::Days(Some(_)) | Self::Grade(Some(_)))
    }
}

/// n/d in tenths, halves away from zero.
pub(super) fn tenths(n: i128, d: i128) -> i128 {
    let doubled = 2 * 10 * n.abs() + d;
    n.signum() * (doubled / (2 * d))
}

pub(super) fn one_decimal(f: &mut fmt::Formatter<'_>, tenths: i128) -> fmt::Result {
    let sign = if tenths < 0 { "-" } else { "" };
    write!(f, "{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((n, d)) = self.printed() else { return f.write_str("—") };
        let above = |f: &mut fmt::Formatter<'_>| if n > 0 { f.write_str("+") } else { Ok(()) };
        match self {
            Self::Count(_) | Self::Days(_) | Self::Grade(_) => write!(f, "{n}"),
            Self::Difference { .. } if n % d == 0 => {
                above(f)?;
                write!(f, "{}", n / d)
            }
            Self::Difference { .. } | Self::Pace { .. } => {
                above(f)?;
                one_decimal(f, tenths(n, d))
            }
            Self::Rate { form: Form::Percent, .. } => {
                one_decimal(f, tenths(n, d))?;
                f.write_str(" %")
            }
            Self::Thousandths(_) | Self::Rate { .. } | Self::Median { .. } => one_decimal(f, tenths(n, d)),
        }
    }
}
