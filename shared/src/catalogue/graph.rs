//! The ways through a kind's statuses.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Action, Status};

/// Statuses reachable from creation without entering any of `avoid`.
pub(super) fn reachable(actions: &BTreeMap<u32, Action>, avoid: &[u32]) -> BTreeSet<u32> {
    let mut seen = BTreeSet::new();
    loop {
        let before = seen.len();
        for action in actions.values() {
            let Some(to) = action.to else { continue };
            let starts = action.from.is_empty() || action.from.iter().any(|from| seen.contains(from));
            if starts && !avoid.contains(&to) {
                seen.insert(to);
            }
        }
        if seen.len() == before {
            return seen;
        }
    }
}

/// `named` and every reachable status to which all ways from creation lead through one of them.
pub(super) fn behind(
    statuses: &BTreeMap<u32, Status>,
    actions: &BTreeMap<u32, Action>,
    named: &[u32],
) -> Vec<u32> {
    if named.is_empty() {
        return Vec::new();
    }
    let (all, round) = (reachable(actions, &[]), reachable(actions, named));
    statuses
        .keys()
        .copied()
        .filter(|status| named.contains(status) || (all.contains(status) && !round.contains(status)))
        .collect()
}
