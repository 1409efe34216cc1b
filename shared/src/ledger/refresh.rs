//! Counting deadlines again once the holidays of their year are known, or the law has changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ledger, Stop};
use crate::command::{self, Act, Code, Command};
use crate::ids::RecordId;
use crate::limits;
use crate::program::Failure;
use crate::record::{Actor, Day, Fields};
use crate::store::{Tx, View};
use crate::view::read;

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Records that were changed, and deadlines of theirs.
    pub records: usize,
    pub deadlines: usize,
    /// Records that the rules let nobody change here; they stay as they are.
    pub refused: usize,
}

impl Ledger<'_> {
    /// Counts the open deadlines of this office again that were counted by another calendar or law than those of today;
    /// what is met, stopped, extended or given keeps its day. Doing it again changes nothing. Some records at a time,
    /// durable on return.
    ///
    /// # Errors
    /// The store fails; what was committed before stays.
    pub fn refresh_deadlines(&self) -> Result<Refreshed, Failure> {
        let stale: Vec<(RecordId, u32)> = self.store.read(|views| self.stale(views)).into_iter().collect();
        let mut done = Refreshed::default();
        for part in stale.chunks(limits::REFRESH_RECORDS_MAX) {
            let more = self.store.write(|tx| self.refresh_in(tx, part))?;
            done.records += more.records;
            done.deadlines += more.deadlines;
            done.refused += more.refused;
        }
        let Refreshed { records, deadlines, refused } = done;
        if records + refused > 0 {
            tracing::info!(records, deadlines, refused, "deadlines counted again");
        }
        Ok(done)
    }

    /// Own records with a deadline that the calendar or the law of today moves, and their kinds.
    fn stale(&self, views: &dyn View) -> BTreeMap<RecordId, u32> {
        let mut found = BTreeMap::new();
        read::due(views, Day(i32::MAX), &mut |line| {
            if line.owner == self.place.site && !found.contains_key(&line.id) {
                let state = read::record(views, line.id).and_then(|mut r| r.deadlines.remove(&line.deadline));
                let moves = |state| {
                    [false, true].iter().any(|complex| self.deadlines.refreshed(&state, *complex).is_some())
                };
                if state.is_some_and(moves) {
                    found.insert(line.id, line.kind);
                }
            }
            true
        });
        found
    }

    fn refresh_in(&self, tx: &mut Tx<'_>, part: &[(RecordId, u32)]) -> Result<Refreshed, Stop> {
        let mut done = Refreshed::default();
        for (id, kind) in part {
            let command = Command::new(*kind, Some(*id), Act::Refresh, Fields::new());
            match self.deciding(tx.view(), |context| command::decide(context, &command, &Actor::program())) {
                Ok(decision) => {
                    self.append(tx, &decision.entries)?;
                    done.records += 1;
                    // At the county one change may stand in several streams.
                    done.deadlines += decision.entries.first().map_or(0, |(_, entry)| entry.deadlines.len());
                }
                // Somebody met or stopped it since it was found.
                Err(refusal) if refusal.has(Code::Unchanged) => {}
                Err(refusal) => {
                    done.refused += 1;
                    tracing::warn!(record.id = %id, record.kind = kind, refusal = refusal.en(), "deadlines not counted again");
                }
            }
        }
        Ok(done)
    }
}
