//! Deadlines by calendar and legal profile.

use std::sync::Arc;

use super::holidays::{Calendar, Due};
use crate::catalogue::model::{LegalProfile, Length, LengthUnit};
use crate::command::Deadlines;
use crate::record::{Day, DeadlineState};

/// A calendar and the legal profile in force: all that a deadline needs.
#[derive(Debug, Clone)]
pub struct Legal {
    calendar: Arc<Calendar>,
    profile: Arc<LegalProfile>,
}

impl Legal {
    pub fn new(calendar: Arc<Calendar>, profile: Arc<LegalProfile>) -> Self {
        Self { calendar, profile }
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub fn profile(&self) -> &LegalProfile {
        &self.profile
    }

    /// What a deadline remembers of how it was computed, such as `zhejiang/2016+2026-1f0c9a77`.
    pub fn stamp(&self) -> String {
        format!("{}+{}", self.profile.stamp(), self.calendar.version())
    }

    /// Counted on, or back where that is how the deadline runs.
    fn due(&self, length: &Length, start: Day, count: u32, unit: LengthUnit) -> Due {
        let roll = self.profile.roll_forward;
        if length.backwards {
            self.calendar.due_before(start, count, unit, roll)
        } else {
            self.calendar.due(start, count, unit, roll)
        }
    }

    fn length(&self, deadline: u32) -> Option<&Length> {
        self.profile.length(deadline)
    }
}

impl Deadlines for Legal {
    fn start(&self, deadline: u32, start: Day, complex: bool) -> Option<DeadlineState> {
        let length = self.length(deadline)?;
        let count = if complex { length.complex.unwrap_or(length.count) } else { length.count };
        let due = self.due(length, start, count, length.unit);
        Some(DeadlineState {
            kind: deadline,
            start,
            raw_due: due.raw,
            effective_due: due.effective,
            done: None,
            provisional: due.provisional,
            profile: self.stamp(),
            cancelled: false,
            extensions: 0,
        })
    }

    /// By the profile's extension, counted from the raw due day; where there is a longer length for difficult matters, an
    /// extension never goes beyond that. Who gives the last day may give a later one as well.
    fn latest(&self, state: &DeadlineState) -> Option<Day> {
        if state.given() {
            return Some(Day(i32::MAX));
        }
        let length = self.length(state.kind)?;
        let extension = length.extension?;
        let mut latest = self.due(length, state.raw_due, extension, length.unit).effective;
        if let Some(complex) = length.complex {
            latest = latest.min(self.due(length, state.start, complex, length.unit).effective);
        }
        (latest > state.effective_due).then_some(latest)
    }

    fn refreshed(&self, state: &DeadlineState, complex: bool) -> Option<DeadlineState> {
        if state.given() || !state.open() || state.extensions > 0 || state.profile == self.stamp() {
            return None;
        }
        let length = self.length(state.kind)?;
        let law = state.profile.split('+').next().unwrap_or_default();
        let due = if law != self.profile.stamp() {
            let count = if complex { length.complex.unwrap_or(length.count) } else { length.count };
            self.due(length, state.start, count, length.unit)
        } else if length.unit == LengthUnit::WorkingDays {
            self.due(length, state.start, length.count, length.unit)
        } else {
            // The raw day needs no calendar, so it stands, whichever of the two lengths it came from.
            let days = state.raw_due.0.saturating_sub(state.start.0).unsigned_abs();
            self.due(length, state.start, days, LengthUnit::Days)
        };
        let fresh = DeadlineState {
            raw_due: due.raw,
            effective_due: due.effective,
            provisional: due.provisional,
            profile: self.stamp(),
            ..state.clone()
        };
        let moved = fresh.effective_due != state.effective_due || fresh.raw_due != state.raw_due;
        (moved || (state.provisional && !fresh.provisional)).then_some(fresh)
    }
}
