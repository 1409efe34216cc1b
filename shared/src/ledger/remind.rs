//! Reminding of deadlines that draw near or are over: the program takes the action that the catalogue names.

use serde::{Deserialize, Serialize};

use super::{Ledger, Stop};
use crate::catalogue::model::{Kind, Reminder};
use crate::command;
use crate::ids::RecordId;
use crate::limits;
use crate::program::Failure;
use crate::record::{Actor, Day};
use crate::store::{Tx, View};
use crate::view::read;

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Deadlines that were reminded of.
    pub deadlines: usize,
    /// What the rules said no to; nothing was changed by it, and it is tried again the next time.
    pub refused: usize,
}

/// A reminder that is due, by its place in the catalogue.
type Wanted<'a> = (RecordId, &'a Kind, &'a Reminder);

impl Ledger<'_> {
    /// Reminds of each open deadline of this office for which a threshold has been reached since the last time. Once for
    /// each threshold of each due day; doing it again on the same day changes nothing. Some records at a time, durable on
    /// return.
    ///
    /// # Errors
    /// The store fails; what was committed before stays.
    pub fn remind(&self) -> Result<Reminded, Failure> {
        let wanted = self.store.read(|views| self.due_reminders(views));
        let mut done = Reminded::default();
        for part in wanted.chunks(limits::REFRESH_RECORDS_MAX) {
            let more = self.store.write(|tx| self.remind_in(tx, part))?;
            done.deadlines += more.deadlines;
            done.refused += more.refused;
        }
        let Reminded { deadlines, refused } = done;
        if deadlines + refused > 0 {
            tracing::info!(deadlines, refused, "reminded of deadlines");
        }
        Ok(done)
    }

    fn due_reminders(&self, views: &dyn View) -> Vec<Wanted<'_>> {
        let reminders = self.catalogue.kinds.values().flat_map(|kind| &kind.reminders);
        let Some(ahead) = reminders.map(|reminder| reminder.days_before.first().copied().unwrap_or(0)).max()
        else {
            return Vec::new();
        };
        let last = Day(self.clock.today().0.saturating_add_unsigned(ahead));
        let mut due: Vec<(RecordId, u32, u32)> = Vec::new();
        read::due(views, last, &mut |line| {
            if line.owner == self.place.site {
                due.push((line.id, line.kind, line.deadline));
            }
            true
        });
        let mut wanted = Vec::new();
        for (id, kind, deadline) in due {
            let Some(kind) = self.catalogue.kinds.get(&kind) else { continue };
            for reminder in kind.reminders.iter().filter(|reminder| reminder.deadline == deadline) {
                if self.reminder(views, (id, kind, reminder)).is_some() {
                    wanted.push((id, kind, reminder));
                }
            }
        }
        wanted
    }

    fn reminder(&self, views: &dyn View, (id, kind, reminder): Wanted<'_>) -> Option<command::Command> {
        let record = read::record(views, id)?;
        self.deciding(views, |context| command::reminder(context, kind, reminder, &record))
    }

    fn remind_in(&self, tx: &mut Tx<'_>, part: &[Wanted<'_>]) -> Result<Reminded, Stop> {
        let mut done = Reminded::default();
        for wanted in part {
            // Somebody may have met it since it was found.
            let Some(command) = self.reminder(tx.view(), *wanted) else { continue };
            match self.deciding(tx.view(), |context| command::decide(context, &command, &Actor::program())) {
                Ok(decision) => {
                    self.append(tx, &decision.entries)?;
                    done.deadlines += 1;
                }
                Err(refusal) => {
                    done.refused += 1;
                    let codes: Vec<&str> =
                        refusal.problems.iter().map(|problem| problem.code.text()).collect();
                    let (id, kind, _) = wanted;
                    tracing::warn!(record.id = %id, record.kind = kind.tag, ?codes, "reminder refused");
                }
            }
        }
        Ok(done)
    }
}
