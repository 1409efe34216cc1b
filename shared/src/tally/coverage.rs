//! What a total is made of: how many townships it covers, and how old the oldest of them is.

use crate::ids::TownshipCode;

/// Two nights without a session make a township silent.
pub const SILENT_AFTER_MS: i64 = 48 * 60 * 60 * 1000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Townships that the figures should cover.
    pub expected: u32,
    /// Those that have synced at least once.
    pub reporting: u32,
    /// The oldest last session among them: township, ms since 1970.
    pub oldest: Option<(TownshipCode, i64)>,
    /// Entries stored and not counted.
    pub held: u32,
    /// Townships that have never synced, or not for two nights.
    pub silent: Vec<TownshipCode>,
}

impl Coverage {
    /// From the townships expected, each with the time of its last session.
    pub fn of(
        expected: impl IntoIterator<Item = (TownshipCode, Option<i64>)>,
        now_ms: i64,
        held: u32,
    ) -> Self {
        let mut coverage = Self { held, ..Self::default() };
        for (township, last) in expected {
            coverage.expected += 1;
            coverage.reporting += u32::from(last.is_some());
            if last.is_none_or(|at| now_ms.saturating_sub(at) > SILENT_AFTER_MS) {
                coverage.silent.push(township);
            }
            if let Some(at) = last
                && coverage.oldest.is_none_or(|(_, oldest)| at < oldest)
            {
                coverage.oldest = Some((township, at));
            }
        }
        coverage
    }

    /// Whether every township expected has reported and nothing is held.
    pub fn whole(&self) -> bool {
        self.reporting == self.expected && self.held == 0
    }
}
