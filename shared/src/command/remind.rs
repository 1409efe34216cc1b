//! Which reminder is due for a record today. Pure.
//!
//! Not here: looking through the records ([`crate::ledger`]).

use super::context::Context;
use super::{Act, Command, follow};
use crate::catalogue::model::{Kind, Reminder};
use crate::limits;
use crate::record::{EntryFlags, Fields, Record, Value};

/// The command that reminds of the record's deadline, if a threshold has been reached that was not marked for this due
/// day. Taking it and asking again gives none until the next threshold; what was passed over counts as the latest one.
pub fn reminder(ctx: &Context<'_>, kind: &Kind, reminder: &Reminder, record: &Record) -> Option<Command> {
    let state = record.deadlines.get(&reminder.deadline).filter(|state| state.open())?;
    let (due, left) = (state.effective_due, state.effective_due.0.saturating_sub(ctx.today.0));
    let threshold = threshold(reminder, left)?;
    let mut have = ctx.lookup.local(record.id);
    have.extend(record.fields.clone());
    let same_day = have.get(&reminder.mark_due) == Some(&Value::Date(due));
    let marked = match have.get(&reminder.mark_days) {
        Some(Value::Number(days)) if same_day => Some(*days),
        _ => None,
    };
    if marked.is_some_and(|marked| marked <= i64::from(threshold)) {
        return None;
    }
    let action = kind.actions.get(&reminder.action)?;
    let set = Fields::from([
        (reminder.mark_due, Value::Date(due)),
        (reminder.mark_days, Value::Number(i64::from(left))),
    ]);
    let free = action.from.contains(&record.status)
        && !record.flags.has(EntryFlags::VOIDED)
        && follow::offered(ctx, action, record, &set);
    free.then(|| Command::new(kind.tag, Some(record.id), Act::Take(action.tag), set))
}

/// The latest threshold reached when so many days are left; none before the first, nor for what is over so long that
/// nobody is helped by another word.
fn threshold(reminder: &Reminder, left: i32) -> Option<i32> {
    let before = || {
        let reached = reminder.days_before.iter().filter_map(|days| i32::try_from(*days).ok());
        reached.filter(|days| *days >= left).min()
    };
    if left < -i32::from(limits::DUE_DAYS_MAX) {
        return None;
    }
    match reminder.overdue_every.and_then(|every| i32::try_from(every).ok()) {
        Some(every) if left < 0 && every > 0 => Some(-1 - (-left - 1) / every * every),
        _ => before(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reminder(days_before: &[u32], overdue_every: Option<u32>) -> Reminder {
        let days_before = days_before.to_vec();
        Reminder { deadline: 1, days_before, overdue_every, action: 1, mark_due: 1, mark_days: 2 }
    }

    #[test]
    fn thresholds_are_reached_one_after_the_other() {
        let all = reminder(&[7, 3, 1], Some(3));
        let at = |left: i32| threshold(&all, left);
        assert_eq!(
            [at(8), at(7), at(6), at(4), at(3), at(2)],
            [None, Some(7), Some(7), Some(7), Some(3), Some(3)]
        );
        assert_eq!(
            [at(1), at(0), at(-1), at(-3), at(-4), at(-7)],
            [Some(1), Some(1), Some(-1), Some(-1), Some(-4), Some(-7)]
        );
        assert_eq!(at(-4000), None);
    }

    #[test]
    fn without_a_pace_for_what_is_over_the_last_threshold_stands() {
        let before = reminder(&[7, 3], None);
        assert_eq!([threshold(&before, 2), threshold(&before, -5)], [Some(3), Some(3)]);
        let after = reminder(&[], Some(5));
        assert_eq!(
            [threshold(&after, 0), threshold(&after, -1), threshold(&after, -6)],
            [None, Some(-1), Some(-6)]
        );
    }
}
