//! Places of the townships by their figures: in the county, or within each district.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::ids::{RecordId, TownshipCode};
use shared::tally::{Entrant, Order, Rank, Unit as Counted, Unranked, Whom, rank};

use super::tally::{Read, Unit};
use super::tally_table::{Column, Lines};
use super::{App, district};

/// Among whom, and which figure stands first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ranking {
    /// The townships of each district among themselves; else all of the county.
    pub within_district: bool,
    /// The smallest figure stands first.
    pub ascending: bool,
}

/// By measure and township.
pub(super) type Places = BTreeMap<(String, Whom), Rank>;

/// Ranks the townships by every whole measure, and puts the rows in order of the first one: by district if they are ranked
/// within districts, those without a place last. Districts are those of the last day asked for.
pub(super) fn of(
    app: &App,
    read: &Read,
    ranking: &Ranking,
    columns: &[Column],
    units: &mut [(Whom, Unit)],
    lines: &Lines<'_>,
) -> Places {
    let order = if ranking.ascending { Order::Ascending } else { Order::Descending };
    let districts = district::all(app);
    let group = |code: TownshipCode| -> Option<RecordId> {
        let last = read.asked.days.of(Counted::township(code)).map_or(read.asked.as_of, |days| days.to);
        read.membership.settled(code, last.min(read.asked.as_of)).filter(|_| ranking.within_district)
    };
    let mut groups: BTreeMap<Option<RecordId>, Vec<TownshipCode>> = BTreeMap::new();
    for (whom, _) in units.iter() {
        if let Whom::Township(code) = whom {
            groups.entry(group(*code)).or_default().push(*code);
        }
    }
    let mut places = Places::new();
    for (_, column) in columns.iter().filter(|(split, _)| split.is_none()) {
        for townships in groups.values() {
            let entrants: Vec<Entrant> = townships
                .iter()
                .map(|code| {
                    let of = |whom| lines.get(&(column.id.as_str(), None, whom)).map(|(line, _)| line.figure);
                    let nothing = || of(Whom::County).map(|figure| figure.nothing());
                    let figure = of(Whom::Township(*code)).or_else(nothing);
                    let figure = figure.unwrap_or(shared::tally::Figure::Grade(None));
                    Entrant { figure, out: outside(read, *code) }
                })
                .collect();
            let ranked = townships.iter().zip(rank(&entrants, order));
            places.extend(ranked.map(|(code, rank)| ((column.id.clone(), Whom::Township(*code)), rank)));
        }
    }
    for (whom, unit) in units.iter_mut() {
        if let Whom::Township(code) = whom {
            let own = group(*code);
            let found = districts.iter().find(|district| Some(district.id) == own);
            unit.within = found.map(|district| district.name.clone());
        }
    }
    let first = columns.iter().find(|(split, _)| split.is_none()).map(|(_, column)| column.id.clone());
    units.sort_by_key(|(whom, _)| {
        let Whom::Township(code) = whom else { return (usize::MAX, u32::MAX) };
        let own = group(*code);
        let district = districts.iter().position(|district| Some(district.id) == own);
        let place =
            first.as_ref().and_then(|id| places.get(&(id.clone(), *whom))).and_then(|rank| rank.place());
        (district.unwrap_or(districts.len()), place.unwrap_or(u32::MAX))
    });
    places
}

/// Why a township has no place, whatever its figure.
fn outside(read: &Read, code: TownshipCode) -> Option<Unranked> {
    let Some(days) = read.asked.days.of(Counted::township(code)) else { return Some(Unranked::NoFigure) };
    if read.vetoes.hold(code, days) {
        return Some(Unranked::Vetoed);
    }
    let fresh = read.coverage.townships.iter().find(|one| one.township == code);
    // A township that is not listed any more has figures and no sessions to judge by.
    let silent = fresh.is_some_and(|one| !one.has_reported(days.from));
    (silent || read.unreturned.contains(&code)).then_some(Unranked::Unreported)
}

/// How it is called in answers.
pub(super) fn why(unranked: Unranked) -> &'static str {
    match unranked {
        Unranked::Vetoed => "vetoed",
        Unranked::Unreported => "unreported",
        Unranked::NoFigure => "no_cases",
    }
}
