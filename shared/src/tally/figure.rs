//! Figures as they are printed and compared.

use std::cmp::Ordering;
use std::fmt;

use crate::catalogue::model::RateForm;

/// One number of a table. Equality and order are those of the exact value, not of the printed text.
#[derive(Debug, Clone, Copy)]
pub enum Figure {
    Count(i64),
    /// A sum of decimals, in thousandths.
    Thousandths(i64),
    /// Σ numerator / Σ denominator; no value where the denominator is 0.
    Rate {
        numerator: i64,
        denominator: i64,
        form: RateForm,
    },
}

impl Figure {
    /// As a fraction with a positive denominator; `None` for a rate without cases.
    fn fraction(&self) -> Option<(i128, i128)> {
        match *self {
            Self::Count(n) => Some((i128::from(n), 1)),
            Self::Thousandths(n) => Some((i128::from(n), 1000)),
            Self::Rate { denominator: 0, .. } => None,
            Self::Rate { numerator, denominator, .. } => {
                let (n, d) = (i128::from(numerator), i128::from(denominator));
                Some(if d < 0 { (-n, -d) } else { (n, d) })
            }
        }
    }

    /// By value; `None` if either has none.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let ((a, b), (c, d)) = (self.fraction()?, other.fraction()?);
        Some((a * d).cmp(&(c * b)))
    }
}

/// n/d in tenths, halves away from zero.
fn tenths(n: i128, d: i128) -> i128 {
    let doubled = 2 * 10 * n.abs() + d;
    n.signum() * (doubled / (2 * d))
}

fn one_decimal(f: &mut fmt::Formatter<'_>, tenths: i128) -> fmt::Result {
    let sign = if tenths < 0 { "-" } else { "" };
    write!(f, "{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.fraction()) {
            (_, None) => f.write_str("—"),
            (Self::Count(n), _) => write!(f, "{n}"),
            (Self::Rate { form: RateForm::Percent, .. }, Some((n, d))) => {
                one_decimal(f, tenths(n * 100, d))?;
                f.write_str(" %")
            }
            (Self::Rate { form: RateForm::PerTenThousand, .. }, Some((n, d))) => {
                one_decimal(f, tenths(n * 10_000, d))
            }
            (_, Some((n, d))) => one_decimal(f, tenths(n, d)),
        }
    }
}

/// Places in standard competition ranking (1, 2, 2, 4), the greatest first. A figure without a value has no place.
pub fn rank(figures: &[Figure]) -> Vec<Option<u32>> {
    let place = |figure: &Figure| {
        figure.fraction()?;
        let better = figures.iter().filter(|other| other.compare(figure) == Some(Ordering::Greater)).count();
        u32::try_from(better + 1).ok()
    };
    figures.iter().map(place).collect()
}
