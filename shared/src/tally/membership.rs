//! Which township belonged to which district, and when.

use std::collections::{BTreeMap, BTreeSet};

use super::period::Period;
use crate::catalogue::model::{Catalogue, Shape};
use crate::ids::{RecordId, TownshipCode};
use crate::record::{Day, EntryFlags, Record, Value};
use crate::store::View;
use crate::view::read;

/// The kind of record that says that a township belongs to a district; its fields are found by these ids.
pub const MEMBERSHIP_KIND: &str = "district_membership";
const TOWNSHIP: &str = "township";
const DISTRICT: &str = "district";
const FROM: &str = "from";
const TO: &str = "to";
const SUCCESSOR: &str = "successor";

/// Townships merged into one another, one after the other, that are followed up.
const SUCCESSIONS_MAX: usize = 8;

/// One interval of membership; `to` is exclusive, `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub district: RecordId,
    pub from: Day,
    pub to: Option<Day>,
}

impl Interval {
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    fn meets(&self, period: Period) -> bool {
        self.from <= period.to && self.to.is_none_or(|to| period.from < to && self.from < to)
    }
}

/// Memberships of all townships.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    intervals: BTreeMap<TownshipCode, Vec<Interval>>,
    /// Townships that were merged into another, or got another code: from which day on, and the other.
    successors: BTreeMap<TownshipCode, (Day, TownshipCode)>,
}

impl Membership {
    pub fn new(intervals: impl IntoIterator<Item = (TownshipCode, Interval)>) -> Self {
        let mut membership = Self::default();
        for (township, interval) in intervals {
            membership.intervals.entry(township).or_default().push(interval);
        }
        for intervals in membership.intervals.values_mut() {
            intervals.sort_by_key(|interval| (interval.from, interval.district));
        }
        membership
    }

    /// The same with townships that were merged into another from a day on.
    #[must_use]
    pub fn with_successors(
        mut self,
        successors: impl IntoIterator<Item = (TownshipCode, (Day, TownshipCode))>,
    ) -> Self {
        self.successors.extend(successors);
        self
    }

    /// From the records of the views; void ones are left out.
    pub fn read(views: &dyn View, catalogue: &Catalogue) -> Self {
        let Some(kind) = catalogue.kind(MEMBERSHIP_KIND) else { return Self::default() };
        let tag = |id: &str| kind.field(id).map(|field| field.tag);
        let (Some(township), Some(district), Some(from)) = (tag(TOWNSHIP), tag(DISTRICT), tag(FROM)) else {
            return Self::default();
        };
        debug_assert!(kind.field(TOWNSHIP).is_some_and(|field| matches!(field.shape, Shape::Township)));
        let (to, successor) = (tag(TO), tag(SUCCESSOR));
        let mut found = Vec::new();
        let mut successors = Vec::new();
        read::list_all(views, kind.tag, &mut |line| {
            let Some(record) = read::record(views, line.id).filter(|r| !r.flags.has(EntryFlags::VOIDED))
            else {
                return true;
            };
            let (Some(code), Some(Value::Link(district)), Some(Value::Date(from))) =
                (code_in(&record, township), record.fields.get(&district), record.fields.get(&from))
            else {
                return true;
            };
            let to = match to.and_then(|tag| record.fields.get(&tag)) {
                Some(Value::Date(day)) => Some(*day),
                _ => None,
            };
            found.push((code, Interval { district: *district, from: *from, to }));
            successors
                .extend(to.zip(successor.and_then(|tag| code_in(&record, tag))).map(|other| (code, other)));
            true
        });
        Self::new(found).with_successors(successors)
    }

    /// Names of the townships, as the latest membership of each says them.
    pub fn names(views: &dyn View, catalogue: &Catalogue) -> BTreeMap<TownshipCode, String> {
        let Some(kind) = catalogue.kind(MEMBERSHIP_KIND) else { return BTreeMap::new() };
        let Some(township) = kind.field(TOWNSHIP).map(|field| field.tag) else { return BTreeMap::new() };
        let mut names = BTreeMap::new();
        // The newest date of an owner comes first, and the county alone owns memberships.
        read::list_all(views, kind.tag, &mut |line| {
            if let Some(record) = read::record(views, line.id).filter(|r| !r.flags.has(EntryFlags::VOIDED))
                && let (Some(code), Some(Value::Text(name))) =
                    (code_in(&record, township), record.fields.get(&kind.title))
            {
                names.entry(code).or_insert_with(|| name.clone());
            }
            true
        });
        names
    }

    /// The township that one had been merged into by a day, or under whose code it goes on.
    pub fn successor(&self, township: TownshipCode, day: Day) -> Option<TownshipCode> {
        let (from, other) = self.successors.get(&township)?;
        (*from <= day).then_some(*other)
    }

    /// The first day on which a township was merged into another, or went on under another code.
    pub fn merged(&self, township: TownshipCode) -> Option<Day> {
        self.successors.get(&township).map(|(from, _)| *from)
    }

    /// The district of a township on a day; where two intervals overlap, the later one. What a township does that has been
    /// merged into another counts in the district of that one.
    pub fn district(&self, township: TownshipCode, day: Day) -> Option<RecordId> {
        let mut code = township;
        for _ in 0..SUCCESSIONS_MAX {
            if let Some(district) = self.own(code, day) {
                return Some(district);
            }
            code = self.successor(code, day)?;
        }
        None
    }

    /// Days from which on the township, or one that it was merged into, is elsewhere.
    pub fn turns(&self, township: TownshipCode) -> BTreeSet<Day> {
        let mut turns = BTreeSet::new();
        for code in self.line(township) {
            let intervals = self.intervals.get(&code).into_iter().flatten();
            turns.extend(intervals.flat_map(|interval| [Some(interval.from), interval.to]).flatten());
            turns.extend(self.successors.get(&code).map(|(from, _)| *from));
        }
        turns
    }

    fn own(&self, township: TownshipCode, day: Day) -> Option<RecordId> {
        self.intervals
            .get(&township)?
            .iter()
            .rev()
            .find(|interval| interval.holds(day))
            .map(|interval| interval.district)
    }

    /// The district on a day, or the last one before it. A township that has ended stays where it ended.
    pub fn settled(&self, township: TownshipCode, day: Day) -> Option<RecordId> {
        let begun = self.intervals.get(&township)?.iter().rev().find(|interval| interval.from <= day);
        self.district(township, day).or(begun.map(|interval| interval.district))
    }

    /// Townships of a district on a day; one that has been merged into another is none any more.
    pub fn members(&self, district: RecordId, day: Day) -> BTreeSet<TownshipCode> {
        self.intervals.keys().copied().filter(|township| self.own(*township, day) == Some(district)).collect()
    }

    /// Townships that belong to a district on a day.
    pub fn townships(&self, day: Day) -> BTreeSet<TownshipCode> {
        self.townships_in(Period { from: day, to: day })
    }

    /// Every district to which a township belongs on a day; more than one, or one twice, where records overlap.
    pub fn all_on(&self, township: TownshipCode, day: Day) -> Vec<RecordId> {
        let intervals = self.intervals.get(&township).into_iter().flatten();
        intervals.filter(|interval| interval.holds(day)).map(|interval| interval.district).collect()
    }

    /// Every interval with its township, by township and first day.
    pub fn intervals(&self) -> impl Iterator<Item = (TownshipCode, &Interval)> {
        self.intervals.iter().flat_map(|(township, all)| all.iter().map(|interval| (*township, interval)))
    }

    /// Whether a township is there on a day: it belongs to a district itself, or nothing is known of it at all.
    pub fn stands(&self, township: TownshipCode, day: Day) -> bool {
        !self.intervals.contains_key(&township) || self.own(township, day).is_some()
    }

    /// Whether a township, or one that it was merged into, ever belonged to a district.
    pub fn was_in(&self, township: TownshipCode, district: RecordId) -> bool {
        let ours = |code: &TownshipCode| self.intervals.get(code).into_iter().flatten();
        self.line(township).iter().flat_map(ours).any(|interval| interval.district == district)
    }

    /// The township and those that it was merged into, one after the other.
    fn line(&self, township: TownshipCode) -> Vec<TownshipCode> {
        let next = |code: &TownshipCode| self.successors.get(code).map(|(_, other)| *other);
        std::iter::successors(Some(township), next).take(SUCCESSIONS_MAX).collect()
    }

    /// Every district that ever had a member.
    pub fn districts(&self) -> BTreeSet<RecordId> {
        self.intervals.values().flatten().map(|interval| interval.district).collect()
    }

    /// Districts that have a member on a day of the period.
    pub fn districts_in(&self, period: Period) -> BTreeSet<RecordId> {
        let held = self.intervals.values().flatten().filter(|interval| interval.meets(period));
        held.map(|interval| interval.district).collect()
    }

    /// Townships that belong to a district on a day of the period.
    pub fn townships_in(&self, period: Period) -> BTreeSet<TownshipCode> {
        let held = self.intervals.iter().filter(|(_, all)| all.iter().any(|interval| interval.meets(period)));
        held.map(|(township, _)| *township).collect()
    }
}

fn code_in(record: &Record, tag: u32) -> Option<TownshipCode> {
    match record.fields.get(&tag) {
        Some(Value::Number(n)) => u32::try_from(*n).ok().and_then(TownshipCode::from_number),
        _ => None,
    }
}
