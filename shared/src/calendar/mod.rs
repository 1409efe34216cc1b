//! Working days and deadlines.
//!
//! A working day is neither a weekend nor a holiday, or is a make-up day (调休上班). Holidays come from the yearly notices
//! of the State Council; for a year whose notice is not out, only weekends are known and what is computed is provisional.
//!
//! Counting follows the Civil Code, art. 201–203: the day on which a deadline starts is not counted; months end on the
//! corresponding day, else on the last of the month; a last day that is not a working day moves to the next one, where
//! the legal profile says so. What must be done before a day is counted back from it, and moves back.
//!
//! Not here: periods of tallies ([`crate::tally`]); when a deadline starts or ends ([`crate::command`]).

mod holidays;
mod legal;
mod light;

#[cfg(test)]
mod tests;

pub use holidays::{Calendar, CalendarError, Due};
pub use legal::Legal;
pub use light::{Light, Near, days_left};
