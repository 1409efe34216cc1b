//! What a total is made of: how many townships it covers, how old the data of each is, and what is held back.

use crate::ids::TownshipCode;
use crate::record::Day;

/// Nights that a township may miss before its data is stale.
pub const NIGHTS_MISSED_MAX: i32 = 1;

/// The last session of a township from which anything was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastSync {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// The session broke off before everything that the township had was here.
    pub partial: bool,
}

/// How far the data of one township can be trusted to be all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    pub township: TownshipCode,
    /// None: it has never synced.
    pub last: Option<LastSync>,
    /// From the Beijing day of the last session to today.
    pub days_stale: Option<i32>,
}

impl Freshness {
    fn of(township: TownshipCode, last: Option<LastSync>, today: Day) -> Self {
        let days = |last: LastSync| today.0.saturating_sub(Day::beijing(last.at_ms).0).max(0);
        Self { township, last, days_stale: last.map(days) }
    }

    /// It has never synced, or not for more than one night.
    pub fn is_stale(&self) -> bool {
        self.days_stale.is_none_or(|days| days > NIGHTS_MISSED_MAX)
    }

    /// Part of its last session is here.
    pub fn is_partial(&self) -> bool {
        self.last.is_some_and(|last| last.partial)
    }

    /// Whether its figures of a period can be there: it has synced since the period began.
    pub fn has_reported(&self, from: Day) -> bool {
        self.last.is_some_and(|last| Day::beijing(last.at_ms) >= from)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Townships that the figures should cover, in the order given.
    pub townships: Vec<Freshness>,
    /// Entries stored and not counted.
    pub held: u32,
}

impl Coverage {
    /// From the townships expected, each with its last session.
    pub fn of(
        expected: impl IntoIterator<Item = (TownshipCode, Option<LastSync>)>,
        now_ms: i64,
        held: u32,
    ) -> Self {
        let today = Day::beijing(now_ms);
        let townships =
            expected.into_iter().map(|(township, last)| Freshness::of(township, last, today)).collect();
        Self { townships, held }
    }

    pub fn expected(&self) -> u32 {
        self.count(|_| true)
    }

    /// Those that have synced at least once.
    pub fn reporting(&self) -> u32 {
        self.count(|one| one.last.is_some())
    }

    /// Those whose data is not stale.
    pub fn synced(&self) -> u32 {
        self.count(|one| !one.is_stale())
    }

    fn count(&self, which: impl Fn(&Freshness) -> bool) -> u32 {
        u32::try_from(self.townships.iter().filter(|one| which(one)).count()).unwrap_or(u32::MAX)
    }

    /// The oldest last session: township, ms since 1970.
    pub fn oldest(&self) -> Option<(TownshipCode, i64)> {
        let sessions = self.townships.iter().filter_map(|one| Some((one.township, one.last?.at_ms)));
        sessions.min_by_key(|(_, at)| *at)
    }

    /// Whether every township expected has reported, wholly and lately, and nothing is held.
    pub fn whole(&self) -> bool {
        self.held == 0 && self.townships.iter().all(|one| !one.is_stale() && !one.is_partial())
    }
}
