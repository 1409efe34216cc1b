//! When things are begun, and when somebody takes them up again.

use std::collections::{BTreeMap, BTreeSet};

use super::roam::{Event, Roam};
use super::ways::{self, Way};
use crate::catalogue::model::{Kind, Owner};
use crate::ids::{RecordId, Site};
use crate::limits;
use crate::record::{Day, EntryFlags};

/// Office hours begin at 8:30 in Beijing.
const OPENS_MS: i64 = (8 * 60 + 30 - 8 * 60) * 60_000;
/// Once in so many days comes what a file says no year has.
const SELDOM_DAYS: u32 = 5 * 366;
/// How much is made, and of what.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    /// Percent of what a plausible office makes.
    pub percent: u32,
    /// These kinds alone, each so many times; all if empty.
    pub only: BTreeMap<u32, Option<u32>>,
    /// Kinds that scripts tell of; of them little is added.
    pub scripted: BTreeSet<u32>,
}

impl Roam<'_> {
    /// When records of each kind are begun.
    pub(super) fn plan(&mut self, measure: &Measure) {
        let span = (self.to.0 - self.from.0 + 1).max(1);
        let ranks = ways::ranks(self.catalogue, owner(self.bench.site()));
        let kinds: Vec<u32> = self.ways.keys().copied().collect();
        for tag in kinds {
            let (Some(kind), Some(ways)) = (self.catalogue.kinds.get(&tag), self.ways.get(&tag)) else {
                continue;
            };
            let wanted = measure.only.get(&tag);
            if !ways::made(kind, ways) || (!measure.only.is_empty() && wanted.is_none()) {
                continue;
            }
            let (stock, rank) = (ways.stock, ranks.get(&tag).copied().unwrap_or(0) as i32);
            let yearly = yearly(kind, measure);
            let days = span.unsigned_abs();
            let count = match wanted {
                Some(Some(count)) => *count,
                // What comes every few years does not come in a short time.
                // But an office is always in some term.
                _ if ways::per_year(kind) == 0 && kind.term.is_some() => 1 + days / SELDOM_DAYS,
                _ if ways::per_year(kind) == 0 => {
                    if wanted.is_some() {
                        1
                    } else {
                        days / SELDOM_DAYS
                    }
                }
                // What lasts is made at first, and again when it has gone.
                _ if stock => yearly,
                _ => (yearly * days).div_ceil(366),
            };
            let early = (span / 6).min(40);
            let last = span - (span / 12).min(30);
            if stock && wanted.is_none() && yearly > 0 {
                let quarters = (1..).map(|nth| nth * 90).take_while(|after| *after < last);
                for after in quarters {
                    self.later(self.from.plus(after), rank, Event::Restock { kind: tag, target: yearly });
                }
            }
            for nth in 0..count as i32 {
                // What other work rests on is there from the beginning.
                let after = if (stock && count == yearly) || (nth == 0 && self.needed.contains(&tag)) {
                    rank + self.random.between(0, early)
                } else {
                    let slot = (last - rank * 6).max(1) / count.max(1) as i32;
                    rank * 6 + nth * slot + self.random.between(0, slot.max(1))
                };
                let day = self.from.plus(after.clamp(0, span - 1));
                self.later(day, rank, Event::Create { kind: tag, tries: 0 });
            }
        }
    }

    pub(super) fn restock(&mut self, at_ms: i64, tag: u32, target: u32) {
        let Some(ways) = self.ways.get(&tag) else { return };
        let stands = |id: &RecordId| {
            let found = self.bench.whole(*id).map(|(record, _)| record);
            found.is_some_and(|record| !record.flags.has(EntryFlags::VOIDED) && ways.usual(record.status))
        };
        let all = self.bench.newest(tag, limits::LIST_VALUES_MAX);
        let standing = all.iter().filter(|id| stands(id)).take(target as usize).count();
        for _ in standing..target as usize {
            let after = self.random.between(3, 50);
            self.later(Day::beijing(at_ms).plus(after), 0, Event::Create { kind: tag, tries: 0 });
        }
    }

    /// Puts an event on a working day; `rank` moves it within the day. What lies beyond the end is left undone.
    pub(super) fn later(&mut self, day: Day, rank: i32, event: Event) {
        let day = self.bench.working(day);
        if day > self.to {
            return;
        }
        let minute = (rank * 40).min(400) + self.random.between(0, 120);
        let at_ms = i64::from(day.0) * Day::MS + OPENS_MS + i64::from(minute) * 60_000;
        self.order += 1;
        // Moments of one office differ, so that the order of time is the order in which things were decided.
        let at_ms = at_ms.max(self.now_ms + 1000) + (self.order % 50_000) as i64;
        self.queue.insert((at_ms, self.order), event);
    }

    /// For a round of work on which other work rests: the day from which it may end.
    pub(super) fn young(&self, kind: &Kind, record: RecordId) -> Option<Day> {
        let rounds = ways::per_year(kind);
        let round = (1..=ways::FRAME_MAX).contains(&rounds) && self.needed.contains(&kind.tag);
        let days = 366 / i32::try_from(rounds.max(1)).unwrap_or(1);
        let begun = if round && !ways::lasts(kind) { self.bench.begun(record) } else { None };
        begun.map(|day| day.plus(days * 4 / 5))
    }

    /// When somebody takes up the record again: mostly within its deadline, now and then too late.
    pub(super) fn again(&mut self, record: RecordId) {
        let Some((found, _)) = self.bench.whole(record) else { return };
        let Some(kind) = self.catalogue.kinds.get(&found.kind) else { return };
        let Some(ways) = self.ways.get(&kind.tag) else { return };
        let life = self.lives.entry(record).or_default();
        if life.steps >= limits::SAMPLE_RECORD_STEPS_MAX || found.flags.has(EntryFlags::VOIDED) {
            return;
        }
        let goes_on = kind.actions_from(found.status).any(|action| ways.of(action.tag) == Way::Forward);
        let open = kind.is_open(found.status);
        let today = Day::beijing(self.now_ms);
        let due =
            found.deadlines.values().filter(|state| state.open()).map(|state| state.effective_due).min();
        let random = &mut self.random;
        let after = if !open || !goes_on {
            // What is done goes to the archive some day; what lasts is seldom touched.
            let chance = if goes_on { 70 } else { 25 };
            if !random.chance(chance) {
                return;
            }
            random.between(15, 120)
        } else if let Some(due) = due.filter(|due| *due > today) {
            let rest = due.0 - today.0;
            if random.chance(7) {
                rest + random.between(1, 20)
            } else {
                random.between(1, (rest * 3 / 5).clamp(1, 60))
            }
        } else {
            let (low, high) = [(0, 3), (4, 10), (11, 28)][random.weighted(&[45, 38, 17])];
            random.between(low, high)
        };
        // What other work of the year rests on is not done with before that.
        let frame = self.needed.contains(&kind.tag) && ways::per_year(kind) <= ways::FRAME_MAX;
        let after = if frame && open { after * 2 + 3 } else { after };
        self.later(today.plus(after), 0, Event::Move { record, intent: None });
    }
}

pub(super) fn owner(site: Site) -> Owner {
    match site {
        Site::Township(_) => Owner::Township,
        Site::Hub => Owner::County,
    }
}

fn yearly(kind: &Kind, measure: &Measure) -> u32 {
    let full = ways::per_year(kind);
    let scaled = full.saturating_mul(measure.percent).div_ceil(100);
    if !measure.scripted.contains(&kind.tag) {
        return scaled;
    }
    // The script tells of the usual; a few more go the other ways.
    if full > 1 && kind.sample.is_some() { scaled.div_ceil(10) } else { 0 }
}
