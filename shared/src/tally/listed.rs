//! Coverages: whom a list has, and whom work has reached.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::{Days, Found};
use super::contribution::{Unit, key, standing};
use super::figure::{Figure, Form};
use super::query::part_of;
use super::question::{Missing, Whom};
use super::reading::{Office, reaches};
use crate::catalogue::model::{Catalogue, Condition, Coverage, CoverageList, Kind, Show};
use crate::ids::TownshipCode;
use crate::record::{Day, Record, Value};
use crate::store::View;
use crate::view::condition::Subject;
use crate::view::read;

/// A list as far as one line speaks of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    listed: i64,
    covered: i64,
    pub(super) missing: Vec<Missing>,
    /// Everyone on the list with whether work has reached him, where that is kept.
    pub(super) all: Vec<(Missing, bool)>,
}

impl Listed {
    pub(super) fn figure(&self, show: Show) -> Figure {
        let numerator = match show {
            Show::Covered => self.covered,
            Show::Missing => self.listed - self.covered,
        };
        Figure::Rate { numerator, denominator: self.listed, form: Form::Percent }
    }

    fn take(&mut self, covered: bool, keep: KeepListed, who: impl FnOnce() -> Missing) {
        self.listed += 1;
        self.covered += i64::from(covered);
        match keep {
            KeepListed::All => self.all.push((who(), covered)),
            KeepListed::Missing if !covered => self.missing.push(who()),
            KeepListed::Missing => {}
        }
    }
}

/// Whose names are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeepListed {
    Missing,
    All,
}

/// Records that may be on a list, by kind, with whom each counts for.
pub(super) type ListRecords = BTreeMap<u32, Vec<(Unit, Record)>>;

/// Records that lists are made of, read once for all coverages of a question.
pub(super) struct Lists<'a> {
    pub(super) keep: KeepListed,
    pub(super) views: &'a dyn View,
    pub(super) catalogue: &'a Catalogue,
    pub(super) found: &'a Found<Whom>,
    pub(super) offices: &'a [Office<Whom>],
    pub(super) days: &'a Days<'a>,
    /// Those that belong to a district on the last day.
    pub(super) townships: BTreeSet<TownshipCode>,
    pub(super) records: &'a mut ListRecords,
}

impl Lists<'_> {
    /// The coverage by whom; `settled` says where a unit stands. Every one on the list is in one line of each level.
    pub(super) fn coverage(
        &mut self,
        home: &Kind,
        coverage: &Coverage,
        settled: &dyn Fn(Unit) -> Whom,
    ) -> BTreeMap<Whom, Listed> {
        let reached = self.reached(coverage);
        match &coverage.list {
            CoverageList::Records { kind, condition, from, or, to, at_least_days } => {
                let (or, at_least_days) = (*or, *at_least_days);
                let span = Span { from: *from, or, to: *to, at_least_days };
                // A record is one over the whole county, whoever has counted it.
                let reached: Vec<BTreeSet<u64>> =
                    reached.into_iter().map(|keys| keys.into_iter().map(|(_, key)| key).collect()).collect();
                self.records(*kind, condition, span, &reached, settled)
            }
            CoverageList::Townships => self.townships(&reached, settled),
            CoverageList::Choices { field, choices } => {
                self.choices(home, *field, choices, &reached, settled)
            }
        }
    }

    /// What each of the measures has reached: (office, value).
    fn reached(&self, coverage: &Coverage) -> Vec<BTreeSet<(Unit, u64)>> {
        let measures = coverage.covered_by.iter().filter_map(|id| self.catalogue.measure(id));
        let sets = measures.map(|(kind, measure)| {
            let keys = self.found.all_keys((measure.tag, coverage.window));
            keys.filter(|(.., sum)| reaches(kind, measure, *sum)).map(|(unit, key, _)| (unit, key)).collect()
        });
        sets.collect()
    }

    fn records(
        &mut self,
        tag: u32,
        condition: &Condition,
        span: Span,
        reached: &[BTreeSet<u64>],
        settled: &dyn Fn(Unit) -> Whom,
    ) -> BTreeMap<Whom, Listed> {
        let mut by = BTreeMap::new();
        let (days, keep) = (self.days, self.keep);
        for (unit, record) in self.kept(tag) {
            if !span.holds(record, days.last(*unit)) || !Subject::of(record, None).holds(condition) {
                continue;
            }
            let known = key(&Value::Link(record.id));
            let covered = known.is_some_and(|key| reached.iter().all(|keys| keys.contains(&key)));
            let listed: &mut Listed = by.entry(settled(*unit)).or_default();
            listed.take(covered, keep, || Missing::Record(record.id));
        }
        by
    }

    /// A township is one, whoever has counted it.
    fn townships(
        &self,
        reached: &[BTreeSet<(Unit, u64)>],
        settled: &dyn Fn(Unit) -> Whom,
    ) -> BTreeMap<Whom, Listed> {
        let mut by = BTreeMap::new();
        for code in &self.townships {
            let known = u64::from(code.number());
            let covered = reached.iter().all(|keys| keys.iter().any(|(_, key)| *key == known));
            let listed: &mut Listed = by.entry(settled(Unit::township(*code))).or_default();
            listed.take(covered, self.keep, || Missing::Township(*code));
        }
        by
    }

    fn kept(&mut self, tag: u32) -> &[(Unit, Record)] {
        let (views, catalogue) = (self.views, self.catalogue);
        self.records.entry(tag).or_insert_with(|| {
            let mut found = Vec::new();
            let Some(kind) = catalogue.kinds.get(&tag) else { return found };
            read::list_all(views, tag, &mut |line| {
                if let Some(record) = read::record(views, line.id)
                    && let Some(unit) = standing(kind, &record)
                {
                    found.push((unit, record));
                }
                true
            });
            found
        })
    }

    fn choices(
        &self,
        home: &Kind,
        field: u32,
        choices: &[u32],
        reached: &[BTreeSet<(Unit, u64)>],
        settled: &dyn Fn(Unit) -> Whom,
    ) -> BTreeMap<Whom, Listed> {
        let expected = self.offices.iter().filter(|office| office.keeps(home)).map(|office| office.unit);
        let units: BTreeSet<Unit> = reached.iter().flatten().map(|(unit, _)| *unit).chain(expected).collect();
        let field = home.fields.get(&field);
        let mut by = BTreeMap::new();
        for unit in units {
            let Some(code) = TownshipCode::from_number(unit.0) else { continue };
            let listed: &mut Listed = by.entry(settled(unit)).or_default();
            for choice in choices {
                let covered = reached.iter().all(|keys| keys.contains(&(unit, u64::from(*choice))));
                listed.take(covered, self.keep, || Missing::Choice(code, part_of(field, *choice)));
            }
        }
        by
    }
}

/// When a record is on a list.
#[derive(Clone, Copy)]
struct Span {
    from: u32,
    or: Option<u32>,
    to: Option<u32>,
    at_least_days: i32,
}

impl Span {
    fn holds(self, record: &Record, last: Day) -> bool {
        let date = |tag: u32| match record.fields.get(&tag) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let from = date(self.from).or_else(|| date(self.or?));
        let begun = from.is_some_and(|from| from <= last.plus(-self.at_least_days.max(0)));
        begun && self.to.and_then(date).is_none_or(|to| last < to)
    }
}
