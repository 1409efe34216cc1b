//! Everything that the offices of the county do over some time.

use std::collections::BTreeSet;

use super::county::{self, Township};
use super::hub::{self, Asked};
use super::life::Teller;
use super::random::Random;
use super::step::Step;
use super::{office, people, petitions, proposals, publicity};
use crate::catalogue::model::{Catalogue, NodeKind};
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
}

impl Amounts {
    /// A year as offices have it: about 400 records and 1,200 steps in a township.
    pub const YEAR: Self = Self { deputies: 160, proposals: 60, petitions: 70, publicity: 110, visits: 4 };
    /// Enough to see everything.
    pub const FEW: Self = Self { deputies: 15, proposals: 12, petitions: 12, publicity: 10, visits: 1 };
}

/// The steps of all sites, in order of time.
#[derive(Debug, Clone)]
pub struct Story {
    pub steps: Vec<Step>,
    /// Fields, choices and actions that the scripts speak of and the catalogue's kinds do not have; what concerns them is
    /// left out. Empty with the catalogue that the program carries. Whole kinds may be absent.
    pub unknown: BTreeSet<String>,
}

impl Story {
    /// What all nineteen townships and the county do from one day to another, both included.
    pub fn new(catalogue: &Catalogue, seed: u64, from: Day, to: Day, amounts: Amounts) -> Self {
        let mut hub = teller(catalogue, seed, from, to, Site::Hub);
        let asked = hub::county_year(&mut hub, amounts.visits);
        let mut tellers = vec![hub];
        tellers.extend(county::TOWNSHIPS.iter().map(|township| {
            let mut teller = teller(catalogue, seed, from, to, Site::Township(township.id()));
            township_year(&mut teller, township, amounts, &asked);
            teller
        }));
        Self::of(&mut tellers)
    }

    /// What one township does by itself, without answers to the county.
    pub fn of_township(
        catalogue: &Catalogue,
        seed: u64,
        from: Day,
        to: Day,
        township: &Township,
        amounts: Amounts,
    ) -> Self {
        let mut teller = teller(catalogue, seed, from, to, Site::Township(township.id()));
        township_year(&mut teller, township, amounts, &Asked::default());
        Self::of(&mut [teller])
    }

    fn of(tellers: &mut [Teller<'_>]) -> Self {
        let mut steps = Vec::new();
        let mut unknown = BTreeSet::new();
        for teller in tellers {
            steps.append(&mut teller.steps);
            unknown.append(&mut teller.unknown);
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
        handles: number << 32,
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
