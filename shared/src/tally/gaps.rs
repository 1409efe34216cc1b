//! What is not in order about the districts, and on which days. Rules of the catalogue look at what is there; a day without
//! a lead, or a township in no district, has no record that could say so.

use std::collections::{BTreeMap, BTreeSet};

use super::membership::{Interval, Membership};
use super::period::Period;
use crate::ids::{RecordId, TownshipCode};
use crate::record::Day;

/// How a county is grouped.
#[derive(Debug, Clone)]
pub struct Grouping<'a> {
    /// Districts, each on the days on which it is in use.
    pub districts: Vec<Interval>,
    pub membership: &'a Membership,
    /// Who leads in a district, each on the days on which he does.
    pub leads: Vec<Interval>,
    /// Townships that are to belong to a district on every day.
    pub townships: BTreeSet<TownshipCode>,
    /// How many districts there are to be on every day.
    pub count: usize,
}

/// Something that is not in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disorder {
    /// Other than as many districts as there are to be: so many.
    Districts(usize),
    /// Nobody leads in a district that is in use.
    NoLead(RecordId),
    /// More than one leads there.
    ManyLeads(RecordId),
    /// A township belongs to no district.
    NoDistrict(TownshipCode),
    /// It belongs to more than one, or to one twice.
    ManyDistricts(TownshipCode),
    /// It belongs to a district that is not in use.
    NotInUse(TownshipCode, RecordId),
}

/// The same disorder on all days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub what: Disorder,
    pub from: Day,
    pub to: Day,
}

impl Grouping<'_> {
    /// What is not in order on the days of a period, by the first day of each; none twice on one day, none in two parts that
    /// touch.
    pub fn gaps(&self, period: Period) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut open: BTreeMap<Disorder, Day> = BTreeMap::new();
        for day in self.turns(period) {
            let now = self.on(day);
            open.retain(|what, from| {
                let goes_on = now.contains(what);
                if !goes_on {
                    gaps.push(Gap { what: *what, from: *from, to: day.plus(-1) });
                }
                goes_on
            });
            for what in now {
                open.entry(what).or_insert(day);
            }
        }
        gaps.extend(open.into_iter().map(|(what, from)| Gap { what, from, to: period.to }));
        gaps.sort_by_key(|gap| (gap.from, gap.what));
        gaps
    }

    /// What is not in order on a day.
    pub fn on(&self, day: Day) -> BTreeSet<Disorder> {
        let held = |intervals: &[Interval]| -> Vec<RecordId> {
            intervals
                .iter()
                .filter(|interval| interval.holds(day))
                .map(|interval| interval.district)
                .collect()
        };
        let districts: BTreeSet<RecordId> = held(&self.districts).into_iter().collect();
        let leads = held(&self.leads);
        let mut found = BTreeSet::new();
        if districts.len() != self.count {
            found.insert(Disorder::Districts(districts.len()));
        }
        for district in &districts {
            match leads.iter().filter(|led| *led == district).count() {
                0 => found.insert(Disorder::NoLead(*district)),
                1 => continue,
                _ => found.insert(Disorder::ManyLeads(*district)),
            };
        }
        for township in &self.townships {
            let of = self.membership.all_on(*township, day);
            match of.len() {
                0 => drop(found.insert(Disorder::NoDistrict(*township))),
                1 => {}
                _ => drop(found.insert(Disorder::ManyDistricts(*township))),
            }
            let ended = of.into_iter().filter(|district| !districts.contains(district));
            found.extend(ended.map(|district| Disorder::NotInUse(*township, district)));
        }
        found
    }

    /// The first day of the period, and every day of it on which something begins or is over.
    fn turns(&self, period: Period) -> BTreeSet<Day> {
        let members = self.membership.intervals().map(|(_, interval)| interval);
        let intervals = self.districts.iter().chain(&self.leads).chain(members);
        let days = intervals.flat_map(|interval| [Some(interval.from), interval.to]).flatten();
        days.filter(|day| period.holds(*day)).chain([period.from]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::view::sample::{TODAY, township};

    fn id(n: u128) -> RecordId {
        RecordId(uuid::Uuid::from_u128(n))
    }

    fn days(district: u128, from: i32, to: Option<i32>) -> Interval {
        let day = |n| TODAY.plus(n);
        Interval { district: id(district), from: day(from), to: to.map(day) }
    }

    fn period(from: i32, to: i32) -> Period {
        Period { from: TODAY.plus(from), to: TODAY.plus(to) }
    }

    /// (what, first day, last day)
    fn told(grouping: &Grouping<'_>, from: i32, to: i32) -> Vec<(Disorder, i32, i32)> {
        let gaps = grouping.gaps(period(from, to)).into_iter();
        gaps.map(|gap| (gap.what, gap.from.0 - TODAY.0, gap.to.0 - TODAY.0)).collect()
    }

    #[test]
    fn a_county_in_order_has_no_gaps() {
        let members = (1..=4).map(|n| (township(n), days(u128::from(n % 2 + 1), -100, None)));
        let membership = Membership::new(members);
        let grouping = Grouping {
            districts: vec![days(1, -100, None), days(2, -100, None)],
            membership: &membership,
            leads: vec![days(1, -100, Some(0)), days(1, 0, None), days(2, -100, None)],
            townships: (1..=4).map(township).collect(),
            count: 2,
        };
        assert_eq!(told(&grouping, -100, 100), []);
        let before = told(&grouping, -101, 100);
        assert!(before.iter().all(|(_, from, to)| (*from, *to) == (-101, -101)), "{before:?}");
        assert_eq!(before.len(), 5, "no district, and four townships in none");
    }

    #[test]
    fn each_disorder_is_told_with_its_days() {
        let membership = Membership::new([
            (township(1), days(1, -50, Some(-10))),
            (township(1), days(2, -5, None)),
            (township(2), days(1, -50, Some(5))),
            (township(2), days(2, 0, None)),
            (township(3), days(2, -50, None)),
        ]);
        let grouping = Grouping {
            districts: vec![days(1, -50, Some(2)), days(2, -50, None)],
            membership: &membership,
            leads: vec![days(1, -50, None), days(2, -50, Some(-20)), days(2, -30, Some(-20))],
            townships: (1..=3).map(township).collect(),
            count: 2,
        };
        let expected = [
            (Disorder::ManyLeads(id(2)), -30, -21),
            (Disorder::NoLead(id(2)), -20, 9),
            (Disorder::NoDistrict(township(1)), -10, -6),
            (Disorder::ManyDistricts(township(2)), 0, 4),
            (Disorder::Districts(1), 2, 9),
            (Disorder::NotInUse(township(2), id(1)), 2, 4),
        ];
        assert_eq!(told(&grouping, -50, 9), expected);
        assert_eq!(told(&grouping, -4, -2), [(Disorder::NoLead(id(2)), -4, -2)], "cut to the period");
    }

    fn intervals(districts: u128) -> impl Strategy<Value = Vec<Interval>> {
        let one = (1..=districts, -12..12i32, prop::option::of(0..12i32));
        let interval = one.prop_map(|(n, from, length)| days(n, from, length.map(|length| from + length)));
        prop::collection::vec(interval, 0..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn gaps_say_of_every_day_what_that_day_says(
            districts in intervals(3),
            leads in intervals(3),
            members in prop::collection::vec((1..4u32, intervals(3)), 0..4),
        ) {
            let members = members.into_iter().flat_map(|(n, all)| all.into_iter().map(move |one| (township(n), one)));
            let membership = Membership::new(members);
            let townships = (1..4).map(township).collect();
            let grouping = Grouping { districts, membership: &membership, leads, townships, count: 2 };
            let gaps = grouping.gaps(period(-15, 15));
            for n in -15..=15 {
                let day = TODAY.plus(n);
                let mut said: Vec<Disorder> =
                    gaps.iter().filter(|gap| gap.from <= day && day <= gap.to).map(|gap| gap.what).collect();
                said.sort();
                prop_assert_eq!(said, grouping.on(day).into_iter().collect::<Vec<_>>(), "day {}", n);
            }
            for gap in &gaps {
                let touches = gaps.iter().any(|next| next.what == gap.what && next.from == gap.to.plus(1));
                prop_assert!(!touches && gap.from <= gap.to);
            }
        }
    }
}
