//! Places among townships: standard competition ranking (1, 2, 2, 4) by exact figures, and who stands outside it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::figure::Figure;
use super::period::Period;
use crate::catalogue::model::{Catalogue, Kind, VetoMark};
use crate::ids::TownshipCode;
use crate::record::{EntryFlags, Record, Value};
use crate::store::View;
use crate::view::read;

/// Which figure stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Descending,
    Ascending,
}

/// Why a township has no place. Its figure is shown all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unranked {
    /// A veto (一票否决) is in force.
    Vetoed,
    /// Nothing of the period can have come from it.
    Unreported,
    /// There are no cases.
    NoFigure,
}

/// Who is to be ranked.
#[derive(Debug, Clone, Copy)]
pub struct Entrant {
    pub figure: Figure,
    /// Why it stands outside, if it does.
    pub out: Option<Unranked>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// From 1.
    Place(u32),
    Out(Unranked),
}

impl Rank {
    pub fn place(self) -> Option<u32> {
        if let Self::Place(place) = self { Some(place) } else { None }
    }
}

/// The place of each, in the order given: one more than the number of those who are better. Who stands outside, or has a
/// figure without a value, takes no place from others. Ties are equal exact values, whatever is printed.
pub fn rank(entrants: &[Entrant], order: Order) -> Vec<Rank> {
    let mut ranks: Vec<Rank> =
        entrants.iter().map(|entrant| Rank::Out(entrant.out.unwrap_or(Unranked::NoFigure))).collect();
    let ranked = |entrant: &Entrant| entrant.out.is_none() && entrant.figure.has_value();
    let mut in_order: Vec<usize> = (0..entrants.len()).filter(|nth| ranked(&entrants[*nth])).collect();
    let compare = |a: usize, b: usize| {
        let found = entrants[a].figure.compare(&entrants[b].figure).unwrap_or(Ordering::Equal);
        if order == Order::Ascending { found } else { found.reverse() }
    };
    in_order.sort_by(|a, b| compare(*a, *b));
    let mut place = 0;
    for (nth, entrant) in in_order.iter().enumerate() {
        if nth == 0 || compare(in_order[nth - 1], *entrant) != Ordering::Equal {
            place = u32::try_from(nth + 1).unwrap_or(u32::MAX);
        }
        ranks[*entrant] = Rank::Place(place);
    }
    ranks
}

/// The years in which each township is vetoed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vetoes(BTreeMap<TownshipCode, BTreeSet<i16>>);

impl Vetoes {
    pub fn new(vetoes: impl IntoIterator<Item = (TownshipCode, i16)>) -> Self {
        let mut found = Self::default();
        for (township, year) in vetoes {
            found.0.entry(township).or_default().insert(year);
        }
        found
    }

    /// From the records of the kinds that the catalogue marks; void ones are left out.
    pub fn read(views: &dyn View, catalogue: &Catalogue) -> Self {
        let marked = catalogue.kinds.values().filter_map(|kind| Some((kind, kind.veto.as_ref()?)));
        Self::new(marked.flat_map(|(kind, mark)| in_force(views, kind, mark)))
    }

    /// Whether a veto is in force in a year of the period.
    pub fn hold(&self, township: TownshipCode, period: Period) -> bool {
        let years = self.0.get(&township);
        years.is_some_and(|years| years.range(period.from.year()..=period.to.year()).next().is_some())
    }
}

fn in_force(views: &dyn View, kind: &Kind, mark: &VetoMark) -> Vec<(TownshipCode, i16)> {
    let mut found = Vec::new();
    let said = |record: &Record| {
        let township = match record.fields.get(&mark.township)? {
            Value::Number(code) => u32::try_from(*code).ok().and_then(TownshipCode::from_number)?,
            _ => return None,
        };
        let year = match record.fields.get(&mark.year)? {
            Value::Number(year) => i16::try_from(*year).ok()?,
            Value::Date(day) => day.year(),
            _ => return None,
        };
        Some((township, year))
    };
    read::list_all(views, kind.tag, &mut |line| {
        let stands =
            |record: &Record| !record.flags.has(EntryFlags::VOIDED) && mark.statuses.contains(&record.status);
        found.extend(read::record(views, line.id).filter(stands).as_ref().and_then(said));
        true
    });
    found
}
