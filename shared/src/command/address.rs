//! To which streams a change goes.

use std::collections::BTreeSet;

use super::context::Context;
use super::draft::Draft;
use super::refusal::{self, Code, Problem};
use crate::catalogue::model::{Address, Kind};
use crate::ids::{Site, StreamName, TownshipCode};
use crate::record::Value;

/// The streams of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// Streams that have the record up to its present revision, or get its first entry.
    pub change: BTreeSet<StreamName>,
    /// Streams that do not have it: they get it whole.
    pub whole: BTreeSet<StreamName>,
}

impl Route {
    fn change(streams: impl IntoIterator<Item = StreamName>) -> Self {
        Self { change: streams.into_iter().collect(), whole: BTreeSet::new() }
    }
}

/// Where the change of the draft is written.
///
/// # Errors
/// The address cannot be worked out, or would move a record away from somebody who has it.
pub(super) fn route(ctx: &Context<'_>, draft: &Draft<'_>, private: bool) -> Result<Route, Problem> {
    let local = StreamName::Local(ctx.place.site);
    if let Site::Township(code) = ctx.place.site {
        let stream = match draft.before {
            Some(record) => record.stream,
            None if private => local,
            None => StreamName::Township(code),
        };
        return Ok(Route::change([stream]));
    }
    let published = draft.before.is_some_and(|record| record.stream.travels());
    if draft.kind.address == Address::Nobody || !(published || draft.publish) {
        return Ok(Route::change([local]));
    }
    let wanted = addressees(ctx, draft)?;
    if !published {
        return Ok(match draft.before {
            None => Route::change(wanted),
            Some(_) => Route { change: BTreeSet::new(), whole: wanted },
        });
    }
    still(draft)?;
    let rev = draft.before.map_or(0, |record| record.rev);
    // A stream that had the record to an earlier revision only (the hub was restored) gets it whole.
    let change: BTreeSet<_> = ctx
        .lookup
        .copies(draft.before.map_or(ctx.fresh, |r| r.id))
        .into_iter()
        .filter(|(_, has)| *has == rev)
        .map(|(s, _)| s)
        .collect();
    // Who is in the district now gets it too; who was keeps what he has, and keeps it up to date.
    let whole = if change.contains(&StreamName::DownAll) {
        BTreeSet::new()
    } else {
        wanted.difference(&change).copied().collect()
    };
    Ok(Route { change, whole })
}

/// A published record keeps its addressee: whom it should not have gone to would have it for ever. It is voided and
/// written anew instead.
fn still(draft: &Draft<'_>) -> Result<(), Problem> {
    let (Address::TownshipIn(tag) | Address::DistrictIn(tag)) = draft.kind.address else { return Ok(()) };
    match draft.kind.fields.get(&tag) {
        Some(field) if draft.changed(tag) => Err(refusal::at(
            Code::Address,
            field,
            "已下发，不能改；请作废后重新登记",
            "cannot change once it is published; void the record and write it anew",
        )),
        _ => Ok(()),
    }
}

fn addressees(ctx: &Context<'_>, draft: &Draft<'_>) -> Result<BTreeSet<StreamName>, Problem> {
    let missing = |kind: &Kind, tag: u32| match kind.fields.get(&tag) {
        Some(field) => refusal::at(Code::Address, field, "没有可下发的乡镇", "names no township to send to"),
        None => Problem::new(Code::Address, "没有可下发的乡镇", "there is no township to send to"),
    };
    match &draft.kind.address {
        Address::All => Ok([StreamName::DownAll].into()),
        Address::Nobody => Ok([StreamName::Local(Site::Hub)].into()),
        Address::TownshipIn(tag) => match draft.fields.get(tag) {
            Some(Value::Number(n)) => {
                let code = u32::try_from(*n).ok().and_then(TownshipCode::from_number);
                code.map(|code| [StreamName::Down(code)].into()).ok_or_else(|| missing(draft.kind, *tag))
            }
            _ => Err(missing(draft.kind, *tag)),
        },
        Address::DistrictIn(tag) => match draft.fields.get(tag) {
            None => Ok([StreamName::DownAll].into()),
            Some(Value::Link(district)) => {
                let members = ctx.lookup.members(*district, ctx.today);
                if members.is_empty() {
                    return Err(missing(draft.kind, *tag));
                }
                Ok(members.into_iter().map(StreamName::Down).collect())
            }
            Some(_) => Err(missing(draft.kind, *tag)),
        },
    }
}
