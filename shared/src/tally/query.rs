//! Questions to the tallies.

use std::collections::{BTreeMap, BTreeSet};

use super::cells;
use super::contribution::{Cell, Unit};
use super::figure::Figure;
use super::membership::Membership;
use super::period::Period;
use crate::catalogue::model::{Catalogue, Kind, Label, Measure, Of, Rate, Shape, Window};
use crate::ids::{RecordId, TownshipCode};
use crate::record::Day;
use crate::store::View;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    County,
    District,
    Township,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Ids of measures and rates; empty asks for all of the catalogue.
    pub ids: Vec<String>,
    pub level: Level,
    pub period: Period,
    /// The day on which "overdue" is judged.
    pub as_of: Day,
}

/// Whom a line speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    County,
    District(RecordId),
    Township(TownshipCode),
    /// What belongs to no unit of the level: records of the county as a whole, townships in no district on the day.
    Rest,
}

/// One line of the answer.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: String,
    pub label: Label,
    pub whom: Whom,
    /// Frozen id of the choice where this is a part of a split measure; `None` is the total.
    pub split: Option<u32>,
    pub figure: Figure,
}

/// Sums by whom, measure and split. Split 0 stands for an empty field.
type Sums = BTreeMap<(Whom, u32, u32), i64>;

/// Answers a question: for every id asked, in the order of the catalogue, a line for each unit of the level (those
/// without any records too), a split measure followed by its parts. The lines of the districts, or of the townships,
/// add up to the line of the county.
pub fn query(
    views: &dyn View,
    catalogue: &Catalogue,
    membership: &Membership,
    question: &Question,
) -> Vec<Line> {
    let asked = |id: &str| question.ids.is_empty() || question.ids.iter().any(|wanted| wanted == id);
    let rates: Vec<&Rate> =
        catalogue.kinds.values().flat_map(|kind| &kind.rates).filter(|rate| asked(&rate.id)).collect();
    let parts: BTreeSet<&str> = rates
        .iter()
        .flat_map(|rate| rate.numerator.iter().chain([&rate.denominator]))
        .map(String::as_str)
        .collect();
    let mut sums = Sums::new();
    for kind in catalogue.kinds.values() {
        let wanted: Vec<&Measure> =
            kind.measures.iter().filter(|m| asked(&m.id) || parts.contains(m.id.as_str())).collect();
        add_kind(views, kind, &wanted, membership, question, &mut sums);
    }
    let units = units(&sums, membership, question);
    let mut lines = Vec::new();
    for kind in catalogue.kinds.values() {
        for measure in kind.measures.iter().filter(|measure| asked(&measure.id)) {
            measure_lines(kind, measure, &units, &sums, &mut lines);
        }
        for rate in kind.rates.iter().filter(|rate| asked(&rate.id)) {
            rate_lines(catalogue, rate, &units, &sums, &mut lines);
        }
    }
    lines
}

fn add_kind(
    views: &dyn View,
    kind: &Kind,
    wanted: &[&Measure],
    membership: &Membership,
    question: &Question,
    sums: &mut Sums,
) {
    for window in [0, 1] {
        let here = wanted.iter().filter(|m| u8::from(m.window != Window::Period) == window);
        let days: BTreeMap<u32, Period> =
            here.map(|measure| (measure.tag, days(measure, question))).collect();
        let (Some(from), Some(to)) = (days.values().map(|p| p.from).min(), days.values().map(|p| p.to).max())
        else {
            continue;
        };
        let months = (cells::month_of(from).0, cells::month_of(to).0);
        for unit in cells::units(views, kind.tag, window) {
            let place = Place::of(unit, membership, question.level);
            // Cells come sorted by measure and split, so that a run of days costs one look-up.
            let mut run: Option<(Whom, u32, u32, i64)> = None;
            let mut last: Option<(u32, Period)> = None;
            cells::scan_unit(views, kind.tag, window, unit, months, &mut |cell: Cell| {
                if last.is_none_or(|(tag, _)| tag != cell.measure) {
                    let nothing = Period { from: Day(1), to: Day(0) };
                    last = Some((cell.measure, days.get(&cell.measure).copied().unwrap_or(nothing)));
                }
                if !last.is_some_and(|(_, period)| period.holds(cell.day)) {
                    return;
                }
                let whom = place.on(cell.day);
                match &mut run {
                    Some((w, m, s, sum)) if (*w, *m, *s) == (whom, cell.measure, cell.split) => {
                        *sum = sum.wrapping_add(cell.sum);
                    }
                    _ => {
                        flush(sums, run.replace((whom, cell.measure, cell.split, cell.sum)));
                    }
                }
            });
            flush(sums, run);
        }
    }
}

fn flush(sums: &mut Sums, run: Option<(Whom, u32, u32, i64)>) {
    if let Some((whom, measure, split, sum)) = run {
        let total = sums.entry((whom, measure, split)).or_default();
        *total = total.wrapping_add(sum);
    }
}

/// The days of a measure's cells that the question covers.
fn days(measure: &Measure, question: &Question) -> Period {
    match measure.window {
        Window::Period => question.period,
        Window::Until => Period { from: Period::ALL.from, to: question.period.to },
        Window::BeforeAsOf => Period { from: Period::ALL.from, to: question.as_of.plus(-1) },
        Window::FromAsOf { days } => Period { from: question.as_of, to: question.as_of.plus(days) },
    }
}

/// Where the cells of a unit belong at a level, by day.
enum Place<'a> {
    Fixed(Whom),
    Member(TownshipCode, &'a Membership),
}

impl<'a> Place<'a> {
    fn of(unit: Unit, membership: &'a Membership, level: Level) -> Self {
        let township = TownshipCode::from_number(unit.0);
        match (level, township) {
            (Level::County, _) => Self::Fixed(Whom::County),
            (Level::Township, Some(code)) => Self::Fixed(Whom::Township(code)),
            (Level::District, Some(code)) => Self::Member(code, membership),
            (Level::District, None) => {
                let district = membership.districts().into_iter().find(|id| Unit::district(*id) == unit);
                Self::Fixed(district.map_or(Whom::Rest, Whom::District))
            }
            (Level::Township, None) => Self::Fixed(Whom::Rest),
        }
    }

    fn on(&self, day: Day) -> Whom {
        match self {
            Self::Fixed(whom) => *whom,
            Self::Member(code, membership) => {
                membership.district(*code, day).map_or(Whom::Rest, Whom::District)
            }
        }
    }
}

/// Units that get a line: those of the membership in the period, and all that have figures.
fn units(sums: &Sums, membership: &Membership, question: &Question) -> BTreeSet<Whom> {
    let mut units: BTreeSet<Whom> = sums.keys().map(|(whom, ..)| *whom).collect();
    match question.level {
        Level::County => {
            units.insert(Whom::County);
        }
        Level::District => {
            units.extend(membership.districts_in(question.period).into_iter().map(Whom::District))
        }
        Level::Township => {
            units.extend(membership.townships_in(question.period).into_iter().map(Whom::Township))
        }
    }
    units
}

fn total(sums: &Sums, whom: Whom, measure: u32) -> i64 {
    sums.range((whom, measure, 0)..=(whom, measure, u32::MAX))
        .fold(0, |total, (_, sum)| total.wrapping_add(*sum))
}

fn figure(kind: &Kind, measure: &Measure, sum: i64) -> Figure {
    match measure.of {
        Of::Sum(tag) if matches!(kind.fields.get(&tag).map(|f| &f.shape), Some(Shape::Decimal { .. })) => {
            Figure::Thousandths(sum)
        }
        _ => Figure::Count(sum),
    }
}

fn measure_lines(kind: &Kind, measure: &Measure, units: &BTreeSet<Whom>, sums: &Sums, lines: &mut Vec<Line>) {
    let parts: BTreeSet<u32> = match measure.split {
        Some(_) => sums.keys().filter(|(_, tag, _)| *tag == measure.tag).map(|(.., split)| *split).collect(),
        None => BTreeSet::new(),
    };
    for &whom in units {
        let mut line = |split: Option<u32>, sum: i64| {
            let (id, label) = (measure.id.clone(), measure.label.clone());
            lines.push(Line { id, label, whom, split, figure: figure(kind, measure, sum) });
        };
        line(None, total(sums, whom, measure.tag));
        for &split in &parts {
            line(Some(split), sums.get(&(whom, measure.tag, split)).copied().unwrap_or(0));
        }
    }
}

fn rate_lines(
    catalogue: &Catalogue,
    rate: &Rate,
    units: &BTreeSet<Whom>,
    sums: &Sums,
    lines: &mut Vec<Line>,
) {
    let found = |id: &str| {
        let of_kind =
            |kind: &'_ Kind| kind.measures.iter().find(|m| m.id == id).map(|m| (m.tag, figure(kind, m, 0)));
        catalogue.kinds.values().find_map(of_kind)
    };
    let parts: Vec<_> = rate.numerator.iter().filter_map(|id| found(id)).collect();
    let scale = |whole: Figure| if matches!(whole, Figure::Thousandths(_)) { 1 } else { 1000 };
    for &whom in units {
        let sum = |(tag, whole): (u32, Figure)| total(sums, whom, tag).wrapping_mul(scale(whole));
        let numerator = parts.iter().fold(0i64, |all, part| all.wrapping_add(sum(*part)));
        let denominator = found(&rate.denominator).map_or(0, sum);
        // Where nothing counts in thousandths, the figures stay the whole numbers that people know.
        let whole = numerator % 1000 == 0 && denominator % 1000 == 0;
        let (numerator, denominator) =
            if whole { (numerator / 1000, denominator / 1000) } else { (numerator, denominator) };
        let figure = Figure::Rate { numerator, denominator, form: rate.form };
        lines.push(Line { id: rate.id.clone(), label: rate.label.clone(), whom, split: None, figure });
    }
}
