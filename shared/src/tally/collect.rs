//! From cells to sums, values and days by whom they are asked for.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::cells::{self, Packed};
use super::contribution::{Unit, running_shelf};
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
pub(super) struct Days<'v> {
    span: Span,
    as_of: Day,
    views: &'v dyn View,
    catalogue: &'v Catalogue,
    /// When the terms of an office began, by its records; read once that is asked.
    terms: OnceCell<Openings>,
}

impl<'v> Days<'v> {
    pub(super) fn of(views: &'v dyn View, catalogue: &'v Catalogue, question: &Question) -> Self {
        let terms = OnceCell::new();
        Self { span: question.days.clone(), as_of: question.as_of, views, catalogue, terms }
    }

    /// From the first day of any unit that a window covers to the last of any.
    fn envelope(&self, window: Window) -> Option<Period> {
        let own = self.span.envelope();
        Some(match window {
            Window::Period | Window::Past => own?,
            Window::Until | Window::Term => Period { from: Period::ALL.from, to: own?.to },
            Window::BeforeAsOf | Window::FromAsOf { .. } => self.range(window, Unit::COUNTY)?,
        })
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
                let terms = self.terms.get_or_init(|| terms(self.views, self.catalogue));
                let begun = terms.get(&unit).into_iter().flatten().rev().find(|term| term.day <= last);
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

/// Takes in the cells of one kind on one shelf, for several levels at once; `found` has a place for each.
pub(super) fn scan(
    views: &dyn View,
    (kind, shelf): (&Kind, u8),
    wants: &Wants,
    days: &Days<'_>,
    (membership, levels): (&Membership, &[Level]),
    found: &mut [Found<Whom>],
) {
    let runs = |measure: &&Measure| running_shelf(measure) == Some(shelf);
    let running: BTreeSet<u32> = kind.measures.iter().filter(runs).map(|measure| measure.tag).collect();
    let windows: BTreeSet<Window> = wants.values().flatten().map(|want| want.window).collect();
    let all = windows.into_iter().filter_map(|window| days.envelope(window));
    let Some(all) = all.reduce(|a, b| Period { from: a.from.min(b.from), to: a.to.max(b.to) }) else {
        return;
    };
    let (first, last) = (cells::month_of(all.from).0, cells::month_of(all.to).0);

    let mut seats: BTreeMap<Unit, Seat<'_>> = BTreeMap::new();
    let mut by_months: BTreeMap<u16, BTreeSet<Unit>> = BTreeMap::new();
    cells::years(views, (kind.tag, shelf), (first / 12, last / 12), &mut |unit, year, row| {
        let seat = seats.entry(unit).or_insert_with(|| {
            let places = levels.iter().map(|level| Place::of(unit, membership, *level)).collect();
            Seat::of(unit, (wants, &running), days, places)
        });
        if seat.parted.holds(year) {
            by_months.entry(year).or_default().insert(unit);
        } else if let Some(day) = cells::first_of_year(year) {
            seat.take(row.map(|(cell, _)| (day, cell)), found);
        }
    });
    for (year, units) in by_months {
        let months = (first.max(year * 12), last.min(year * 12 + 11));
        cells::months(views, (kind.tag, shelf), months, &mut |unit, month, row| {
            if let (true, Some(seat), Some(day)) =
                (units.contains(&unit), seats.get(&unit), cells::first_of(month))
            {
                seat.take(row.map(|(cell, _)| (day.plus(i32::from(cell.day) - 1), cell)), found);
            }
        });
    }
}

/// What the cells of one unit are wanted for.
struct Seat<'m> {
    unit: Unit,
    /// By measure, with the days on which they count.
    wants: Vec<(u32, Vec<(Want, Period)>)>,
    last: Day,
    /// For each level, where the unit is on a day, and where it stands as a whole.
    places: Vec<(Place<'m>, Whom)>,
    parted: Parted,
}

impl<'m> Seat<'m> {
    fn of(
        unit: Unit,
        (wants, running): (&Wants, &BTreeSet<u32>),
        days: &Days<'_>,
        places: Vec<Place<'m>>,
    ) -> Self {
        let ranged = |(tag, wants): (&u32, &BTreeSet<Want>)| {
            let runs = running.contains(tag);
            let ranged = |want: &Want| Some((*want, days.counted(want.window, unit, runs)?));
            (*tag, wants.iter().filter_map(ranged).collect())
        };
        let wants: Vec<(u32, Vec<(Want, Period)>)> = wants.iter().map(ranged).collect();
        let last = days.last(unit);
        let mut parted = Parted::default();
        for (want, period) in wants.iter().flat_map(|(_, wants)| wants) {
            match want.keep {
                Keep::Days => parted.add_all(Period { to: period.to.min(last), ..*period }),
                Keep::Sums | Keep::Keys => parted.add_ends(*period),
            }
        }
        places.iter().for_each(|place| parted.add_turns(place));
        let settled = |place: Place<'m>| {
            let settled = place.settled(last);
            (place, settled)
        };
        Self { unit, wants, last, places: places.into_iter().map(settled).collect(), parted }
    }

    /// Takes in the cells of a row.
    fn take(&self, cells: impl Iterator<Item = (Day, Packed)>, found: &mut [Found<Whom>]) {
        let mut wants = self.wants.iter().peekable();
        // Cells come sorted by measure and split, so that a run of days costs one look-up.
        let mut run: Option<(u32, u64, Day, i64)> = None;
        let flush = |run: Option<(u32, u64, Day, i64)>, found: &mut [Found<Whom>]| {
            let Some((measure, split, day, sum)) = run else { return };
            for ((place, _), found) in self.places.iter().zip(found) {
                found.add_sum(measure, place.on(day), split, sum);
            }
        };
        for (day, cell) in cells {
            while wants.next_if(|(tag, _)| *tag < cell.measure).is_some() {}
            let wanted = match wants.peek() {
                None => break,
                Some((tag, wanted)) if *tag == cell.measure => wanted,
                Some(_) => continue,
            };
            for (want, _) in wanted.iter().filter(|(_, period)| period.holds(day)) {
                let places = self.places.iter().zip(found.iter_mut());
                match want.keep {
                    Keep::Keys => {
                        let slot = (cell.measure, want.window);
                        for ((_, settled), found) in places {
                            found.add_key(slot, *settled, self.unit, cell.split, cell.sum);
                        }
                    }
                    Keep::Days if day <= self.last => {
                        for ((_, settled), found) in places {
                            found.add_day((cell.measure, want.window), *settled, self.unit, day);
                        }
                    }
                    Keep::Days => {}
                    Keep::Sums => match &mut run {
                        Some((measure, split, then, sum))
                            if (*measure, *split) == (cell.measure, cell.split) && self.same(*then, day) =>
                        {
                            *sum = sum.wrapping_add(cell.sum);
                        }
                        _ => flush(run.replace((cell.measure, cell.split, day, cell.sum)), found),
                    },
                }
            }
        }
        flush(run, found);
    }

    /// Whether the unit is in the same place on both days, at every level.
    fn same(&self, a: Day, b: Day) -> bool {
        a == b
            || self
                .places
                .iter()
                .all(|(place, _)| matches!(place, Place::Fixed(_)) || place.on(a) == place.on(b))
    }
}

/// Years of which the months must be read, because not all their days are the same to what is wanted.
#[derive(Default)]
struct Parted {
    years: BTreeSet<u16>,
    all: Vec<(u16, u16)>,
}

impl Parted {
    fn holds(&self, year: u16) -> bool {
        self.years.contains(&year) || self.all.iter().any(|(from, to)| (*from..=*to).contains(&year))
    }

    /// Days count from this one on, or up to the one before.
    fn add(&mut self, turn: Day) {
        let (month, day) = cells::month_of(turn);
        if (month % 12, day) != (0, 1) {
            self.years.insert(month / 12);
        }
    }

    fn add_ends(&mut self, period: Period) {
        self.add(period.from);
        self.add(period.to.plus(1));
    }

    /// The days themselves are wanted.
    fn add_all(&mut self, period: Period) {
        if period.from <= period.to {
            self.all.push((cells::month_of(period.from).0 / 12, cells::month_of(period.to).0 / 12));
        }
    }

    fn add_turns(&mut self, place: &Place<'_>) {
        if let Place::Member(code, membership) = place {
            membership.turns(*code).into_iter().for_each(|turn| self.add(turn));
        }
    }
}
