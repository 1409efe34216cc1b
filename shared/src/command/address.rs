//! To which streams a change goes.

use std::collections::BTreeSet;

use super::context::Context;
use super::draft::Draft;
use super::refusal::{self, Code, Problem};
use crate::catalogue::model::{Address, Addressees};
use crate::ids::{Site, StreamName, TownshipCode};

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

/// A published record keeps its addressees: whom it should not have gone to would have it for ever. It is voided and
/// written anew instead. Only townships may be added to those that it names.
fn still(draft: &Draft<'_>) -> Result<(), Problem> {
    let address = &draft.kind.address;
    let (was, is) = (address.of(draft.all_before()), address.of(&draft.fields));
    if was == is {
        return Ok(());
    }
    if let (Ok(Addressees::Townships(was)), Ok(Addressees::Townships(is)), Address::Chosen(chosen)) =
        (&was, &is, address)
    {
        let mut gone = was.difference(is).map(ToString::to_string).peekable();
        return match (gone.peek(), draft.kind.fields.get(&chosen.townships)) {
            (Some(_), Some(field)) => {
                let gone: Vec<String> = gone.collect();
                let (zh, en) = (
                    format!("已下发，只能增加乡镇，不能去掉{}", gone.join("、")),
                    format!(
                        "cannot lose {} once it is published; townships can only be added",
                        gone.join(", ")
                    ),
                );
                Err(refusal::at(Code::Address, field, &zh, &en))
            }
            _ => Ok(()),
        };
    }
    let tags = match address {
        Address::TownshipIn(tag) | Address::DistrictIn(tag) => vec![*tag],
        Address::Chosen(chosen) => vec![chosen.to, chosen.district, chosen.townships],
        Address::All | Address::Nobody => Vec::new(),
    };
    let changed = tags.into_iter().find(|tag| draft.changed(*tag));
    match changed.and_then(|tag| draft.kind.fields.get(&tag)) {
        Some(field) => Err(refusal::at(
            Code::Address,
            field,
            "已下发，不能改；请作废后重新登记",
            "cannot change once it is published; void the record and write it anew",
        )),
        None => Ok(()),
    }
}

fn addressees(ctx: &Context<'_>, draft: &Draft<'_>) -> Result<BTreeSet<StreamName>, Problem> {
    let missing = |tag: u32| match draft.kind.fields.get(&tag) {
        Some(field) => refusal::at(Code::Address, field, "没有可下发的乡镇", "names no township to send to"),
        None => Problem::new(Code::Address, "没有可下发的乡镇", "there is no township to send to"),
    };
    let townships = match draft.kind.address.of(&draft.fields).map_err(missing)? {
        Addressees::All => return Ok([StreamName::DownAll].into()),
        Addressees::Nobody => return Ok([StreamName::Local(Site::Hub)].into()),
        Addressees::Townships(townships) => townships,
        Addressees::District(district) => ctx.lookup.members(district, ctx.today),
    };
    if townships.is_empty() {
        let tag = match draft.kind.address {
            Address::DistrictIn(tag) => tag,
            Address::Chosen(chosen) => chosen.district,
            _ => 0,
        };
        return Err(missing(tag));
    }
    Ok(townships.into_iter().map(StreamName::Down).collect())
}

/// The townships to which a record goes on the day: of one that goes to all, those that belong to a district.
pub(super) fn townships(ctx: &Context<'_>, draft: &Draft<'_>) -> BTreeSet<TownshipCode> {
    match draft.kind.address.of(&draft.fields) {
        Ok(Addressees::All) => ctx.lookup.townships(ctx.today),
        Ok(Addressees::District(district)) => ctx.lookup.members(district, ctx.today),
        Ok(Addressees::Townships(townships)) => townships,
        Ok(Addressees::Nobody) | Err(_) => BTreeSet::new(),
    }
}
