//! Which township belonged to which district, and when.

use std::collections::{BTreeMap, BTreeSet};

use super::period::Period;
use crate::catalogue::model::{Catalogue, Shape};
use crate::ids::{RecordId, TownshipCode};
use crate::record::{Day, EntryFlags, Value};
use crate::store::View;
use crate::view::read;

/// The kind of record that says that a township belongs to a district; its fields are found by these ids.
pub const MEMBERSHIP_KIND: &str = "district_membership";
const TOWNSHIP: &str = "township";
const DISTRICT: &str = "district";
const FROM: &str = "from";
const TO: &str = "to";

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

    /// From the records of the views; void ones are left out.
    pub fn read(views: &dyn View, catalogue: &Catalogue) -> Self {
        let Some(kind) = catalogue.kind(MEMBERSHIP_KIND) else { return Self::default() };
        let tag = |id: &str| kind.field(id).map(|field| field.tag);
        let (Some(township), Some(district), Some(from)) = (tag(TOWNSHIP), tag(DISTRICT), tag(FROM)) else {
            return Self::default();
        };
        debug_assert!(kind.field(TOWNSHIP).is_some_and(|field| matches!(field.shape, Shape::Township)));
        let to = tag(TO);
        let mut found = Vec::new();
        read::list_all(views, kind.tag, &mut |line| {
            let Some(record) = read::record(views, line.id).filter(|r| !r.flags.has(EntryFlags::VOIDED))
            else {
                return true;
            };
            let code = match record.fields.get(&township) {
                Some(Value::Number(n)) => u32::try_from(*n).ok().and_then(TownshipCode::from_number),
                _ => None,
            };
            let (Some(code), Some(Value::Link(district)), Some(Value::Date(from))) =
                (code, record.fields.get(&district), record.fields.get(&from))
            else {
                return true;
            };
            let to = match to.and_then(|tag| record.fields.get(&tag)) {
                Some(Value::Date(day)) => Some(*day),
                _ => None,
            };
            found.push((code, Interval { district: *district, from: *from, to }));
            true
        });
        Self::new(found)
    }

    /// The district of a township on a day; where two intervals overlap, the later one.
    pub fn district(&self, township: TownshipCode, day: Day) -> Option<RecordId> {
        self.intervals
            .get(&township)?
            .iter()
            .rev()
            .find(|interval| interval.holds(day))
            .map(|interval| interval.district)
    }

    /// The district on a day, or the last one before it. A township that has been merged away stays where it ended.
    pub fn settled(&self, township: TownshipCode, day: Day) -> Option<RecordId> {
        let begun = self.intervals.get(&township)?.iter().rev().find(|interval| interval.from <= day);
        self.district(township, day).or(begun.map(|interval| interval.district))
    }

    /// Townships of a district on a day.
    pub fn members(&self, district: RecordId, day: Day) -> BTreeSet<TownshipCode> {
        self.intervals
            .keys()
            .copied()
            .filter(|township| self.district(*township, day) == Some(district))
            .collect()
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

    /// Whether a township is there on a day: it belongs to a district, or nothing is known of it at all.
    pub fn stands(&self, township: TownshipCode, day: Day) -> bool {
        !self.intervals.contains_key(&township) || self.district(township, day).is_some()
    }

    /// Whether a township ever belonged to a district.
    pub fn was_in(&self, township: TownshipCode, district: RecordId) -> bool {
        let intervals = self.intervals.get(&township);
        intervals.is_some_and(|all| all.iter().any(|interval| interval.district == district))
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
