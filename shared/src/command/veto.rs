//! Whether a township is under a veto (一票否决) of a year, for the guard that keeps honours from it.

use super::context::Context;
use crate::ids::Site;
use crate::record::{EntryFlags, Record, Value};

/// Whether a record of a kind marked `[veto]` is in force against the township in the year. Nothing is in force against
/// nobody, nor in no year.
pub(super) fn in_force(ctx: &Context<'_>, township: Option<&Value>, year: Option<&Value>) -> bool {
    let (Some(township), Some(Value::Number(year))) = (township, year) else { return false };
    let marked = ctx.catalogue.kinds.values().filter_map(|kind| Some((kind, kind.veto.as_ref()?)));
    marked.into_iter().any(|(kind, mark)| {
        let says = |record: &Record| {
            let of = match record.fields.get(&mark.year) {
                Some(Value::Number(of)) => Some(*of),
                Some(Value::Date(day)) => Some(i64::from(day.year())),
                _ => None,
            };
            let stands = !record.flags.has(EntryFlags::VOIDED) && mark.statuses.contains(&record.status);
            stands && record.fields.get(&mark.township) == Some(township) && of == Some(*year)
        };
        ctx.lookup
            .all(Site::Hub, kind.tag)
            .into_iter()
            .any(|id| ctx.lookup.record(id).as_ref().is_some_and(says))
    })
}
