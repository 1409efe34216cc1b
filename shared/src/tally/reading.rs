//! From what has been found to the figures of one line.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::{Days, Found};
use super::contribution::{Unit, unzigzag};
use super::figure::{Figure, Form};
use crate::catalogue::model::{Catalogue, Kind, Measure, NodeKind, Rate, RateForm, Window};
use crate::ids::TownshipCode;
use crate::record::Day;

/// A township that is to have done something, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Office<K> {
    pub(super) unit: Unit,
    pub(super) whom: K,
    pub(super) node: Option<NodeKind>,
    /// Whether it is still there on the last day: a township that was merged away is asked for nothing more.
    pub(super) stands: bool,
}

impl<K> Office<K> {
    /// Whether the office keeps this kind of record; unknown offices may keep all.
    pub(super) fn keeps(&self, kind: &Kind) -> bool {
        self.node.is_none_or(|node| kind.nodes.contains(&node))
    }
}

/// The figures of a question, by whom.
pub(super) struct Reading<'a, K> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) found: &'a Found<K>,
    pub(super) days: &'a Days<'a>,
    /// By where they stand.
    pub(super) offices: &'a [Office<K>],
}

impl<K: Ord + Clone> Reading<'_, K> {
    /// The offices of one line.
    pub(super) fn offices_of(&self, whom: &K) -> &[Office<K>] {
        let from = self.offices.partition_point(|office| office.whom < *whom);
        let to = self.offices.partition_point(|office| office.whom <= *whom);
        &self.offices[from..to]
    }

    pub(super) fn measure(&self, kind: &Kind, measure: &Measure, whom: &K) -> Figure {
        self.plain(kind, measure, self.total(kind, measure, whom))
    }

    /// A number of this measure as a figure.
    pub(super) fn plain(&self, kind: &Kind, measure: &Measure, sum: i64) -> Figure {
        let thousandths = measure.by.is_none() && measure.in_thousandths(kind);
        if thousandths { Figure::Thousandths(sum) } else { Figure::Count(sum) }
    }

    fn total(&self, kind: &Kind, measure: &Measure, whom: &K) -> i64 {
        if measure.by.is_some() {
            let slot = (measure.tag, measure.window);
            return self.found.keys(slot, whom).filter(|(.., sum)| reaches(kind, measure, *sum)).count()
                as i64;
        }
        self.found.sums(measure.tag, whom).fold(0, |total, (_, sum)| total.wrapping_add(sum))
    }

    /// In thousandths, whatever the measure counts in.
    fn thousandths(&self, id: &str, whom: &K) -> i64 {
        let Some((kind, measure)) = self.catalogue.measure(id) else { return 0 };
        match self.measure(kind, measure, whom) {
            Figure::Thousandths(sum) => sum,
            Figure::Count(sum) => sum.saturating_mul(1000),
            _ => 0,
        }
    }

    pub(super) fn rate(&self, rate: &Rate, whom: &K) -> Figure {
        // Where nothing counts in thousandths, the figures are the whole numbers that people know.
        let decimal = |id: &String| {
            let found = self.catalogue.measure(id);
            found.is_some_and(|(kind, measure)| measure.by.is_none() && measure.in_thousandths(kind))
        };
        let scale = if rate.parts().any(decimal) { 1000 } else { 1 };
        let add = |total: i64, id: &String| total.saturating_add(self.thousandths(id, whom) / (1000 / scale));
        let numerator = rate.numerator.iter().fold(0, add);
        let denominator = rate.denominator.iter().fold(0, add);
        let first = || rate.numerator.first().and_then(|id| self.catalogue.measure(id));
        let form = match &rate.form {
            RateForm::Percent => Form::Percent,
            RateForm::Mean => Form::Mean,
            RateForm::PerTenThousand => Form::PerTenThousand,
            RateForm::Median => {
                return first()
                    .map_or(Figure::Median { doubled: 0, cases: 0 }, |(_, m)| self.median(m, whom));
            }
            RateForm::LongestGap => {
                let gaps = first().map(|(_, measure)| self.gaps(measure, whom));
                return Figure::Days(gaps.unwrap_or_default().into_iter().max());
            }
            RateForm::GapOver { limit_days } => {
                let limit = i64::from(*limit_days);
                return Figure::Count(first().map_or(0, |(kind, m)| self.gaps_over(kind, m, limit, whom)));
            }
            RateForm::SinceLast => {
                let since = first().map(|(kind, measure)| self.since_last(kind, measure, whom));
                return Figure::Days(
                    since.unwrap_or_default().into_iter().filter_map(|(_, days)| days).max(),
                );
            }
            RateForm::SinceLastOver { limit_days } => {
                let limit = i64::from(*limit_days);
                let over = |(unit, days): &(Unit, Option<i64>)| {
                    TownshipCode::from_number(unit.0).is_some() && days.is_none_or(|days| days > limit)
                };
                let since = first().map(|(kind, measure)| self.since_last(kind, measure, whom));
                return Figure::Count(since.unwrap_or_default().iter().filter(|one| over(one)).count() as i64);
            }
            RateForm::Grade { lines, .. } => {
                let lines: Vec<i64> = lines.iter().map(|id| add(0, id)).collect();
                return Figure::Grade(grade(numerator, &lines));
            }
            RateForm::Pace => {
                let (passed, days) = self.days.passed();
                return Figure::Pace { numerator, denominator, scale, passed, days };
            }
            // A line is asked for whole, as if all its days had passed.
            RateForm::Surplus => return Figure::Pace { numerator, denominator, scale, passed: 1, days: 1 },
            RateForm::Difference => return Figure::Difference { numerator, denominator, scale },
            RateForm::Sum if scale == 1 => return Figure::Count(numerator),
            RateForm::Sum => return Figure::Thousandths(numerator),
        };
        Figure::Rate { numerator, denominator, form }
    }

    fn median(&self, measure: &Measure, whom: &K) -> Figure {
        let mut spread: Vec<(i64, i64)> =
            self.found.sums(measure.tag, whom).map(|(split, cases)| (unzigzag(split), cases)).collect();
        spread.retain(|(_, cases)| *cases > 0);
        spread.sort_unstable();
        let cases: i64 = spread.iter().map(|(_, cases)| cases).sum();
        let nth = |n: i64| {
            let mut before = 0;
            let found = spread.iter().find(|(_, cases)| {
                before += cases;
                n < before
            });
            found.map_or(0, |(days, _)| *days)
        };
        if cases == 0 {
            return Figure::Median { doubled: 0, cases };
        }
        Figure::Median { doubled: nth((cases - 1) / 2) + nth(cases / 2), cases }
    }

    /// The longest gap of every office that has a day that counts.
    fn gaps(&self, measure: &Measure, whom: &K) -> Vec<i64> {
        self.found
            .days((measure.tag, measure.window), whom)
            .filter_map(|(unit, days)| longest(days.iter().copied(), self.days.last(unit)))
            .collect()
    }

    fn gaps_over(&self, kind: &Kind, measure: &Measure, limit: i64, whom: &K) -> i64 {
        let over = self.gaps(measure, whom).into_iter().filter(|gap| *gap > limit).count();
        let found = self.found.days((measure.tag, measure.window), whom);
        let known: BTreeSet<Unit> = found.map(|(unit, _)| unit).collect();
        let silent = |office: &&Office<K>| {
            let range = self.days.range(measure.window, office.unit);
            let long = range.is_some_and(|range| between(range.from, self.days.last(office.unit)) > limit);
            long && !known.contains(&office.unit) && office.keeps(kind)
        };
        (over + self.offices_of(whom).iter().filter(silent).count()) as i64
    }

    /// The days since the last one that counts: of every township that is there and is to do it, and of a district or the
    /// county where the work of the whole counts. `None`: there has been none.
    fn since_last(&self, kind: &Kind, measure: &Measure, whom: &K) -> Vec<(Unit, Option<i64>)> {
        let since = |unit: Unit, days: &BTreeSet<Day>| {
            let last = self.days.last(unit);
            Some((unit, between(*days.range(..=last).next_back()?, last)))
        };
        let found: BTreeMap<Unit, i64> = self
            .found
            .days((measure.tag, Window::Until), whom)
            .filter_map(|(unit, days)| since(unit, days))
            .collect();
        let asked = |office: &&Office<K>| office.stands && office.keeps(kind);
        let offices = self.offices_of(whom).iter().filter(asked).map(|office| office.unit);
        let whole = found.keys().copied().filter(|unit| TownshipCode::from_number(unit.0).is_none());
        offices.chain(whole).map(|unit| (unit, found.get(&unit).copied())).collect()
    }
}

/// Whether a value that a measure counts by is one of those that count.
pub(super) fn reaches(kind: &Kind, measure: &Measure, sum: i64) -> bool {
    let scale = if measure.in_thousandths(kind) { 1000 } else { 1 };
    match measure.by.and_then(|by| by.reach) {
        Some(reach) => sum >= reach.saturating_mul(scale),
        None => sum > 0,
    }
}

fn between(from: Day, to: Day) -> i64 {
    i64::from(to.0) - i64::from(from.0)
}

/// Most days from one of these to the next, and from the last one to the day of judgement.
fn longest(days: impl Iterator<Item = Day>, last: Day) -> Option<i64> {
    let days: Vec<Day> = days.collect();
    let next = days.iter().skip(1).copied().chain([last]);
    days.iter().zip(next).map(|(day, next)| between(*day, next)).max()
}

/// The number of lines reached; none where a line is missing, which would be reached by doing nothing.
fn grade(sum: i64, lines: &[i64]) -> Option<u32> {
    let set = !lines.is_empty() && lines.iter().all(|line| *line > 0);
    let reached = lines.iter().take_while(|line| sum >= **line).count();
    if set { u32::try_from(reached).ok() } else { None }
}
