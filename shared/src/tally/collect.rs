//! From cells to sums, values and days by whom they are asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::cells;
use super::contribution::{Cell, Unit, running_shelf};
use super::membership::Membership;
use super::named::{Openings, terms};
use super::period::Period;
use super::question::{Level, Question, Whom};
use super::span::Span;
use crate::catalogue::model::{Catalogue, Kind, Measure, Window};
use crate::ids::TownshipCode;
use crate::record::Day;
use crate::store::View;

/// What is kept of a measure's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keep {
    /// Sums by split; of a spread the cases by their days.
    Sums,
    /// Sums by value, for each office.
    Keys,
    /// The days that count, for each office.
    Days,
}

/// A measure in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Want {
    pub(super) window: Window,
    pub(super) keep: Keep,
}

/// By measure.
pub(super) type Wants = BTreeMap<u32, BTreeSet<Want>>;

/// The days that the windows of a question cover.
pub(super) struct Days {
    span: Span,
    as_of: Day,
    /// When the terms of an office began, by its records.
    terms: Openings,
}

impl Days {
    pub(super) fn of(views: &dyn View, catalogue: &Catalogue, question: &Question) -> Self {
        Self { span: question.days.clone(), as_of: question.as_of, terms: terms(views, catalogue) }
    }

    /// The day on which stocks, lists and gaps of a unit are looked at: the last of its days, or that of judgement if that
    /// is earlier.
    pub(super) fn last(&self, unit: Unit) -> Day {
        self.span.of(unit).map_or(self.as_of, |period| period.to.min(self.as_of))
    }

    /// (days of the period up to the last that has come, all its days)
    pub(super) fn passed(&self) -> (i32, i32) {
        self.span.passed(self.last(Unit::COUNTY))
    }

    /// The days on which what still runs counts, of those that a window covers: it is not due before its day is over.
    pub(super) fn over(&self, range: Period) -> Period {
        Period { to: range.to.min(self.as_of.plus(-1)), ..range }
    }

    /// The days of a unit's cells that a window covers; none if it has no days in what is asked for.
    pub(super) fn range(&self, window: Window, unit: Unit) -> Option<Period> {
        let own = self.span.of(unit);
        Some(match window {
            Window::Period => own?,
            Window::Past => self.over(own?),
            Window::Until => Period { from: Period::ALL.from, to: own?.to },
            Window::BeforeAsOf => Period { from: Period::ALL.from, to: self.as_of.plus(-1) },
            Window::FromAsOf { days } => Period { from: self.as_of, to: self.as_of.plus(days) },
            Window::Term => {
                let (last, to) = (self.last(unit), own?.to);
                let begun = self.terms.get(&unit).into_iter().flatten().rev().find(|term| term.day <= last);
                Period { from: begun.map_or(Period::ALL.from, |term| term.day), to }
            }
        })
    }

    /// The days of a measure's cells that count: those of what still runs stand on a shelf of their own.
    pub(super) fn counted(&self, window: Window, unit: Unit, runs: bool) -> Option<Period> {
        let range = self.range(window, unit)?;
        let range = if runs { self.over(range) } else { range };
        (range.from <= range.to).then_some(range)
    }
}

/// What has been found, by whom it is asked for: a line of the county, or a group of records.
#[derive(Debug)]
pub(super) struct Found<K> {
    /// (measure, whom, split) → sum.
    sums: BTreeMap<(u32, K, u64), i64>,
    /// (measure, window) → (whom, office, value) → sum.
    keys: BTreeMap<(u32, Window), BTreeMap<(K, Unit, u64), i64>>,
    /// (measure, window) → (whom, office) → days.
    days: BTreeMap<(u32, Window), BTreeMap<(K, Unit), BTreeSet<Day>>>,
}

impl<K: Ord + Clone> Found<K> {
    pub(super) fn new() -> Self {
        Self { sums: BTreeMap::new(), keys: BTreeMap::new(), days: BTreeMap::new() }
    }

    pub(super) fn add_sum(&mut self, measure: u32, whom: K, split: u64, sum: i64) {
        let total = self.sums.entry((measure, whom, split)).or_default();
        *total = total.wrapping_add(sum);
    }

    pub(super) fn add_key(&mut self, slot: (u32, Window), whom: K, unit: Unit, key: u64, sum: i64) {
        let total = self.keys.entry(slot).or_default().entry((whom, unit, key)).or_default();
        *total = total.wrapping_add(sum);
    }

    pub(super) fn add_day(&mut self, slot: (u32, Window), whom: K, unit: Unit, day: Day) {
        self.days.entry(slot).or_default().entry((whom, unit)).or_default().insert(day);
    }

    /// Sums of a measure by split.
    pub(super) fn sums(&self, measure: u32, whom: &K) -> impl Iterator<Item = (u64, i64)> {
        let (first, last) = ((measure, whom.clone(), 0), (measure, whom.clone(), u64::MAX));
        self.sums.range(first..=last).map(|((.., split), sum)| (*split, *sum))
    }

    /// Every split that a measure has anywhere.
    pub(super) fn splits(&self, measure: u32) -> BTreeSet<u64> {
        self.sums.keys().filter(|(tag, ..)| *tag == measure).map(|(.., split)| *split).collect()
    }

    /// Sums by office and value.
    pub(super) fn keys(&self, slot: (u32, Window), whom: &K) -> impl Iterator<Item = (Unit, u64, i64)> {
        let (first, last) = ((whom.clone(), Unit(0), 0), (whom.clone(), Unit(u32::MAX), u64::MAX));
        let found =
            self.keys.get(&slot).into_iter().flat_map(move |keys| keys.range(first.clone()..=last.clone()));
        found.map(|((_, unit, key), sum)| (*unit, *key, *sum))
    }

    /// As [`Self::keys`], of all.
    pub(super) fn all_keys(&self, slot: (u32, Window)) -> impl Iterator<Item = (Unit, u64, i64)> {
        let found = self.keys.get(&slot).into_iter().flatten();
        found.map(|((_, unit, key), sum)| (*unit, *key, *sum))
    }

    /// Days that count, office by office.
    pub(super) fn days(&self, slot: (u32, Window), whom: &K) -> impl Iterator<Item = (Unit, &BTreeSet<Day>)> {
        let (first, last) = ((whom.clone(), Unit(0)), (whom.clone(), Unit(u32::MAX)));
        let found =
            self.days.get(&slot).into_iter().flat_map(move |days| days.range(first.clone()..=last.clone()));
        found.map(|((_, unit), days)| (*unit, days))
    }

    /// Everyone of whom anything is known.
    pub(super) fn whom(&self) -> BTreeSet<K> {
        let sums = self.sums.keys().map(|(_, whom, _)| whom);
        let keys = self.keys.values().flat_map(|keys| keys.keys().map(|(whom, ..)| whom));
        let days = self.days.values().flat_map(|days| days.keys().map(|(whom, _)| whom));
        sums.chain(keys).chain(days).cloned().collect()
    }
}

/// Where a unit belongs at a level, by day.
pub(super) enum Place<'a> {
    Fixed(Whom),
    Member(TownshipCode, &'a Membership),
}

impl<'a> Place<'a> {
    pub(super) fn of(unit: Unit, membership: &'a Membership, level: Level) -> Self {
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

    pub(super) fn on(&self, day: Day) -> Whom {
        match self {
            Self::Fixed(whom) => *whom,
            Self::Member(code, membership) => {
                membership.district(*code, day).map_or(Whom::Rest, Whom::District)
            }
        }
    }

    /// Where it stands as a whole: what is counted once in a period cannot be counted in two districts.
    pub(super) fn settled(&self, last: Day) -> Whom {
        match self {
            Self::Fixed(whom) => *whom,
            Self::Member(code, membership) => {
                membership.settled(*code, last).map_or(Whom::Rest, Whom::District)
            }
        }
    }
}

/// Takes in the cells of one kind on one shelf.
pub(super) fn scan<'m>(
    views: &dyn View,
    (kind, shelf): (&Kind, u8),
    wants: &Wants,
    days: &Days,
    place: &dyn Fn(Unit) -> Place<'m>,
    found: &mut Found<Whom>,
) {
    let runs = |measure: &&Measure| running_shelf(measure) == Some(shelf);
    let running: BTreeSet<u32> = kind.measures.iter().filter(runs).map(|measure| measure.tag).collect();
    for unit in cells::units(views, kind.tag, shelf) {
        let wants: BTreeMap<u32, Vec<(Want, Period)>> = wants
            .iter()
            .map(|(tag, wants)| {
                let runs = running.contains(tag);
                let ranged = |want: &Want| Some((*want, days.counted(want.window, unit, runs)?));
                (*tag, wants.iter().filter_map(ranged).collect())
            })
            .collect();
        let periods = || wants.values().flatten().map(|(_, period)| period);
        let (Some(from), Some(to)) = (periods().map(|p| p.from).min(), periods().map(|p| p.to).max()) else {
            continue;
        };
        let months = (cells::month_of(from).0, cells::month_of(to).0);
        let place = place(unit);
        let last = days.last(unit);
        let settled = place.settled(last);
        // Cells come sorted by measure and split, so that a run of days costs one look-up.
        let mut run: Option<(Whom, u32, u64, i64)> = None;
        let mut here: Option<(u32, &[(Want, Period)])> = None;
        cells::scan_unit(views, kind.tag, shelf, unit, months, &mut |cell: Cell| {
            let (_, wants) = match here {
                Some(known) if known.0 == cell.measure => known,
                _ => {
                    let wanted = wants.get(&cell.measure).map(Vec::as_slice).unwrap_or_default();
                    *here.insert((cell.measure, wanted))
                }
            };
            for (want, _) in wants.iter().filter(|(_, period)| period.holds(cell.day)) {
                match want.keep {
                    Keep::Keys => {
                        found.add_key((cell.measure, want.window), settled, unit, cell.split, cell.sum);
                    }
                    Keep::Days if cell.day <= last => {
                        found.add_day((cell.measure, want.window), settled, unit, cell.day);
                    }
                    Keep::Days => {}
                    Keep::Sums => {
                        let whom = place.on(cell.day);
                        match &mut run {
                            Some((w, m, s, sum)) if (*w, *m, *s) == (whom, cell.measure, cell.split) => {
                                *sum = sum.wrapping_add(cell.sum);
                            }
                            _ => flush(found, run.replace((whom, cell.measure, cell.split, cell.sum))),
                        }
                    }
                }
            }
        });
        flush(found, run);
    }
}

fn flush(found: &mut Found<Whom>, run: Option<(Whom, u32, u64, i64)>) {
    if let Some((whom, measure, split, sum)) = run {
        found.add_sum(measure, whom, split, sum);
    }
}
