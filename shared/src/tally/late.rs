//! Late entry (补录): what somebody put into the ledger long after its day.
//!
//! Counted are records that an office entered by hand: not what was imported from old ledgers, what the program made, what is
//! void, nor returns and their corrections, whose day is the first of the period that they are about.

use crate::catalogue::model::{Kind, Owner};
use crate::record::{Day, EntryFlags, Record, Role};

/// Days after the day of a record within which its entry is not late.
pub const LATE_AFTER_DAYS: i32 = 7;

/// Whether the records of a kind are entered on, or soon after, the day that they are about.
pub fn is_dated_by_hand(kind: &Kind) -> bool {
    let returned = kind.returns.figures.is_some() || kind.returns.adjusts.is_some();
    kind.owner == Owner::Township && !returned
}

/// Whether a record of such a kind, and of that day, was entered late; none where nobody entered it by hand.
pub fn entered_late(record: &Record, day: Day) -> Option<bool> {
    let made = record.steps.first().is_some_and(|step| step.role == Role::System);
    let counts = !made && !record.flags.has(EntryFlags::VOIDED) && !record.flags.has(EntryFlags::IMPORTED);
    counts.then(|| Day::beijing(record.created_at).0.saturating_sub(day.0) > LATE_AFTER_DAYS)
}
