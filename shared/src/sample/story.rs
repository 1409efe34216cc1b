//! Everything that the offices of the county do over some time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bench::Seat;
use super::county::{self, Township};
use super::hub::{self, Asked};
use super::life::Teller;
use super::plan::Measure;
use super::random::Random;
use super::roam::{Office, Roam};
use super::step::Step;
use super::{office, people, petitions, proposals, publicity, ways};
use crate::catalogue::model::{Catalogue, Kind, NodeKind};
use crate::ids::Site;
use crate::record::Day;

/// Records that one township begins over the story's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    /// At most; no township has more than its seats.
    pub deputies: usize,
    pub proposals: usize,
    pub petitions: usize,
    pub publicity: usize,
    /// Guidance visits that the county makes to each township.
    pub visits: usize,
    /// Work of all other kinds, in percent of what a plausible office does.
    pub others: u32,
}

impl Amounts {
    /// A year as offices have it: about 400 records and 1,200 steps in a township.
    pub const YEAR: Self =
        Self { deputies: 160, proposals: 60, petitions: 70, publicity: 110, visits: 4, others: 100 };
    /// Enough to see everything.
    pub const FEW: Self =
        Self { deputies: 15, proposals: 12, petitions: 12, publicity: 10, visits: 1, others: 3 };
}

/// The steps of all sites, in order of time.
#[derive(Debug, Clone)]
pub struct Story {
    pub steps: Vec<Step>,
    /// Fields, choices and actions that the scripts speak of and the catalogue's kinds do not have, and steps of theirs that
    /// the rules refuse; what concerns them is left out. Empty with the catalogue that the program carries. Whole kinds
    /// may be absent.
    pub unknown: BTreeSet<String>,
}

impl Amounts {
    /// So many years of the same; deputies stay, and what has no script is counted by the year anyway.
    #[must_use]
    pub fn years(self, years: usize) -> Self {
        Self {
            proposals: self.proposals.saturating_mul(years),
            petitions: self.petitions.saturating_mul(years),
            publicity: self.publicity.saturating_mul(years),
            ..self
        }
    }
}

/// Steps of one office, and what of its script was left out.
type Told = (Vec<Step>, BTreeSet<String>);

/// What an office does by itself: work of every kind that it keeps, without a script.
#[derive(Debug, Clone)]
pub struct Wish<'w> {
    pub seat: Seat,
    /// Its name, for texts.
    pub name: &'w str,
    pub from: Day,
    pub to: Day,
    /// In percent of what a plausible office does.
    pub percent: u32,
    /// These kinds alone by tag, with how many records of each, if that is said. All kinds if empty.
    pub only: BTreeMap<u32, Option<u32>>,
}

impl Wish<'_> {
    /// For [`Wish::only`]: a kind, so many times if that is said, and all kinds that it must link to.
    pub fn with_needs(catalogue: &Catalogue, kind: &Kind, count: Option<u32>) -> BTreeMap<u32, Option<u32>> {
        let mut only: BTreeMap<u32, Option<u32>> = [(kind.tag, count)].into();
        let mut left = vec![kind.tag];
        while let Some(needs) = left.pop().and_then(|tag| catalogue.kinds.get(&tag)).map(ways::needs) {
            for tag in needs {
                only.entry(tag).or_insert_with(|| {
                    left.push(tag);
                    None
                });
            }
        }
        only
    }
}

impl Story {
    /// What all nineteen townships and the county do from one day to another, both included.
    pub fn new(catalogue: &Arc<Catalogue>, seed: u64, from: Day, to: Day, amounts: Amounts) -> Self {
        let mut hub = teller(catalogue, seed, from, to, Site::Hub);
        let asked = hub::county_year(&mut hub, amounts.visits);
        let mut parts = vec![roamed(catalogue, seed, hub, None, amounts)];
        parts.extend(county::TOWNSHIPS.iter().map(|township| {
            let mut teller = teller(catalogue, seed, from, to, Site::Township(township.id()));
            township_year(&mut teller, township, amounts, &asked);
            roamed(catalogue, seed, teller, Some(township), amounts)
        }));
        Self::of(parts)
    }

    /// What one township does by itself, without answers to the county.
    pub fn of_township(
        catalogue: &Arc<Catalogue>,
        seed: u64,
        from: Day,
        to: Day,
        township: &Township,
        amounts: Amounts,
    ) -> Self {
        let mut teller = teller(catalogue, seed, from, to, Site::Township(township.id()));
        township_year(&mut teller, township, amounts, &Asked::default());
        Self::of(vec![roamed(catalogue, seed, teller, Some(township), amounts)])
    }

    /// What any office does, by the catalogue alone.
    pub fn of_office(catalogue: &Arc<Catalogue>, seed: u64, wish: Wish<'_>) -> Self {
        let (site, from, to) = (wish.seat.site, wish.from, wish.to);
        let villages = match site {
            Site::Township(code) => county::find(code).unwrap_or(&county::TOWNSHIPS[3]).villages,
            Site::Hub => county::TOWNSHIPS[3].villages,
        };
        let handles = handles(site);
        let office = Office { seat: wish.seat, villages: &villages, town: wish.name, from, to, handles };
        let random = Random::for_each(seed, "roam", handles);
        let measure = Measure { percent: wish.percent, only: wish.only, scripted: BTreeSet::new() };
        let roam = Roam::new(catalogue, random, office).map(|roam| roam.run(Vec::new(), &measure));
        Self::of(vec![roam.unwrap_or_default()])
    }

    fn of(parts: Vec<Told>) -> Self {
        let mut steps = Vec::new();
        let mut unknown = BTreeSet::new();
        for (mut some, mut strange) in parts {
            steps.append(&mut some);
            unknown.append(&mut strange);
        }
        // Stable: steps of one record stand in their order and never go back in time.
        steps.sort_by_key(|step| step.at_ms);
        Self { steps, unknown }
    }

    /// The steps that can be done after so many exchanges, in order of time.
    pub fn round(&self, round: u8) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.round == round)
    }

    /// Exchanges that the story needs, at least.
    pub fn rounds(&self) -> u8 {
        self.steps.iter().map(|step| step.round).max().unwrap_or(0)
    }
}

/// First handle of a site.
fn handles(site: Site) -> u64 {
    match site {
        Site::Township(code) => u64::from(code.number()) << 32,
        Site::Hub => 0,
    }
}

fn teller<'a>(catalogue: &'a Catalogue, seed: u64, from: Day, to: Day, site: Site) -> Teller<'a> {
    let (number, node) = match site {
        Site::Township(code) => (u64::from(code.number()), county::find(code).map(|township| township.kind)),
        Site::Hub => (0, None),
    };
    Teller {
        catalogue,
        random: Random::for_each(seed, "story", number),
        site,
        node,
        from,
        to,
        steps: Vec::new(),
        unknown: BTreeSet::new(),
        handles: handles(site),
    }
}

fn township_year(teller: &mut Teller<'_>, township: &Township, amounts: Amounts, asked: &Asked) {
    let seats = if township.kind == NodeKind::Subdistrict { 12 } else { usize::from(township.deputies) };
    office::profile(teller, township);
    let deputies = people::deputies(teller, township, amounts.deputies.min(seats));
    proposals::proposals(teller, township, &deputies, amounts.proposals);
    petitions::petitions(teller, township, amounts.petitions);
    publicity::publicity(teller, township, amounts.publicity);
    hub::answers(teller, township, &deputies, asked);
}

/// What the script of an office tells, with work of all other kinds between.
fn roamed(
    catalogue: &Arc<Catalogue>,
    seed: u64,
    mut teller: Teller<'_>,
    township: Option<&Township>,
    amounts: Amounts,
) -> Told {
    let steps = std::mem::take(&mut teller.steps);
    let mut unknown = std::mem::take(&mut teller.unknown);
    let Teller { from, to, site, node, .. } = teller;
    let (abbr, town) = township.map_or(("", county::NAME), |township| (township.abbr, township.name));
    let seat = Seat { site, node, abbr: abbr.to_owned(), profile: county::PROFILE.to_owned() };
    let villages = township.map_or(&county::TOWNSHIPS[3].villages, |township| &township.villages);
    let measure = Measure {
        percent: amounts.others,
        only: BTreeMap::new(),
        scripted: steps.iter().map(|step| step.kind).collect(),
    };
    // What waits for an exchange is no matter of this office alone.
    let (mut told, mut later): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|step| step.round == 0);
    told.sort_by_key(|step| step.at_ms);
    let office = Office { seat, villages, town, from, to, handles: teller.handles };
    let random = Random::for_each(seed, "roam", handles(site));
    let Some(roam) = Roam::new(catalogue, random, office) else { return (later, unknown) };
    let (mut steps, mut refused) = roam.run(told, &measure);
    steps.append(&mut later);
    unknown.append(&mut refused);
    (steps, unknown)
}
