//! Figures beside those of an earlier period.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::figure::{Figure, one_decimal, tenths};
use super::membership::Membership;
use super::named::Asked;
use super::query::query_levels;
use super::question::{Level, Line, Question, Whom};
use crate::catalogue::model::{Catalogue, Label, Measure, Rate, Window};
use crate::store::View;

/// The figure of the period before, and how far it is from there to the one of now.
#[derive(Debug, Clone)]
pub struct Before {
    pub figure: Figure,
    /// In words, where it is a grade.
    pub word: Option<Label>,
    /// None where either of the two has no value.
    pub change: Option<Change>,
}

/// A difference of two figures, exact; printed with its sign in the unit of the figures: cases, days, points with one
/// decimal, and percentage points for rates in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Over a positive denominator.
    numerator: i128,
    denominator: i128,
    whole: bool,
}

impl Change {
    /// From one figure to another of the same kind.
    pub fn between(before: &Figure, now: &Figure) -> Option<Self> {
        let ((a, b), (c, d)) = (before.printed()?, now.printed()?);
        let numerator = c.checked_mul(b)?.checked_sub(a.checked_mul(d)?)?;
        Some(Self {
            numerator,
            denominator: b.checked_mul(d)?,
            whole: before.prints_whole() && now.prints_whole(),
        })
    }

    pub fn is_none(&self) -> bool {
        self.numerator == 0
    }
}

impl fmt::Display for Change {
    /// `+3`, `-0.4`, `±0`. What rounds to nothing keeps its sign: `+0.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { numerator, denominator, whole } = *self;
        if numerator == 0 {
            return f.write_str(if whole { "±0" } else { "±0.0" });
        }
        f.write_str(if numerator > 0 { "+" } else { "-" })?;
        match whole && numerator % denominator == 0 {
            true => write!(f, "{}", numerator.abs() / denominator),
            false => one_decimal(f, tenths(numerator.abs(), denominator)),
        }
    }
}

/// The lines of a question, each with the figure of the period before. Who had figures then and has none now gets a line
/// too, so that the figures of both periods add up. What is judged on the day of judgement alone (overdue, due soon) has
/// no figure of an earlier time: what was overdue then is not known from what stands now.
pub fn compared(
    views: &dyn View,
    catalogue: &Catalogue,
    membership: &Membership,
    question: &Question,
    before: &Asked,
) -> Vec<Compared> {
    let lines = compared_levels(views, catalogue, membership, question, before, &[question.level]);
    lines.into_iter().flatten().collect()
}

/// A line beside the same of an earlier period.
pub type Compared = (Line, Option<Before>);

/// As [`compared`], at several levels over one reading of the cells of each period.
pub fn compared_levels(
    views: &dyn View,
    catalogue: &Catalogue,
    membership: &Membership,
    question: &Question,
    before: &Asked,
    levels: &[Level],
) -> Vec<Vec<Compared>> {
    let now = query_levels(views, catalogue, membership, question, levels);
    let earlier = Question { days: before.days.clone(), as_of: before.as_of, ..question.clone() };
    let earlier = query_levels(views, catalogue, membership, &earlier, levels);
    let of_today = of_today(catalogue);
    now.into_iter().zip(earlier).map(|(now, earlier)| beside(now, earlier, &of_today)).collect()
}

/// `of_today`: figures that have no earlier ones.
fn beside(now: Vec<Line>, earlier: Vec<Line>, of_today: &BTreeSet<&str>) -> Vec<Compared> {
    let kept = earlier.into_iter().filter(|line| !of_today.contains(line.id.as_str()));
    let mut known: BTreeMap<(String, Whom, Option<u32>), Line> =
        kept.map(|line| ((line.id.clone(), line.whom, line.split), line)).collect();
    let mut lines: Vec<Compared> = Vec::with_capacity(now.len());
    for line in now {
        let key = (line.id.clone(), line.whom, line.split);
        let before = match known.remove(&key) {
            Some(then) => Some(of(then, &line.figure)),
            None if !of_today.contains(line.id.as_str()) => {
                let figure = line.figure.nothing();
                Some(Before { figure, word: None, change: Change::between(&figure, &line.figure) })
            }
            None => None,
        };
        lines.push((line, before));
    }
    for then in known.into_values() {
        let figure = then.figure.nothing();
        let line = Line { figure, word: None, met: None, missing: Vec::new(), ..then.clone() };
        let before = Some(of(then, &figure));
        let place =
            lines.iter().rposition(|(other, _)| other.id == line.id).map_or(lines.len(), |last| last + 1);
        lines.insert(place, (line, before));
    }
    lines
}

fn of(then: Line, now: &Figure) -> Before {
    Before { change: Change::between(&then.figure, now), figure: then.figure, word: then.word }
}

/// Figures that tell of the day of judgement alone.
fn of_today(catalogue: &Catalogue) -> BTreeSet<&str> {
    let judged = |m: &Measure| matches!(m.window, Window::BeforeAsOf | Window::FromAsOf { .. });
    let mut found: BTreeSet<&str> =
        catalogue.measures().filter(|(_, m)| judged(m)).map(|(_, m)| m.id.as_str()).collect();
    let made = |rate: &Rate| rate.parts().any(|part| found.contains(part.as_str()));
    let rates: Vec<&str> =
        catalogue.rates().filter(|(_, rate)| made(rate)).map(|(_, rate)| rate.id.as_str()).collect();
    found.extend(rates);
    found
}
