//! What holds for work that is made up without a script.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tests::{World, day};
use super::ways::{self, Ways};
use super::*;
use crate::catalogue::model::{Catalogue, Kind, NodeKind, Owner};
use crate::command::Act;
use crate::ids::Site;
use crate::stream::Item;
use crate::view::held;

/// Kinds that a county might add: with attendance, votes, locks, records that make others.
const ADDED: [(&str, &str); 6] = [
    ("x_member.toml", include_str!("../command/testdata/member.toml")),
    ("x_assembly.toml", include_str!("../command/testdata/assembly.toml")),
    ("x_duty.toml", include_str!("../command/testdata/duty.toml")),
    ("x_box.toml", include_str!("../command/testdata/box.toml")),
    ("x_mandate.toml", include_str!("../command/testdata/mandate.toml")),
    ("x_worker.toml", include_str!("../command/testdata/worker.toml")),
];

fn added() -> Arc<Catalogue> {
    Arc::new(Catalogue::builtin_and(ADDED).unwrap_or_else(|problems| panic!("{problems}")))
}

/// The place of a subdistrict and of a few towns in the county's list.
const SUBDISTRICT: usize = 1;
const TOWNS: [usize; 3] = [3, 11, 18];

pub(super) fn wish(town: &county::Township, percent: u32) -> Wish<'_> {
    let seat = Seat {
        site: Site::Township(town.id()),
        node: Some(town.kind),
        abbr: town.abbr.to_owned(),
        profile: "national".to_owned(),
    };
    let (from, to) = (day("2026-01-05"), day("2026-12-31"));
    Wish { seat, name: town.name, from, to, percent, only: BTreeMap::new() }
}

pub(super) fn office(catalogue: &Arc<Catalogue>, seed: u64, town: usize, percent: u32) -> Story {
    Story::of_office(catalogue, seed, wish(&county::TOWNSHIPS[town], percent))
}

/// What the office's streams hold after the story.
pub(super) fn told(catalogue: &Arc<Catalogue>, story: &Story, salt: u8) -> World {
    let mut world = World::by(Arc::clone(catalogue), "national");
    world.salt = salt;
    world.tell(story.steps.iter());
    world.check();
    world
}

#[test]
fn the_same_seed_does_the_same_to_the_byte() {
    let catalogue = added();
    let site = Site::Township(county::TOWNSHIPS[TOWNS[0]].id());
    let log = |seed| -> Vec<Vec<u8>> {
        let world = told(&catalogue, &office(&catalogue, seed, TOWNS[0], 6), 0);
        let bytes = |item: &Item| match item {
            Item::Entry(bytes) => bytes.clone(),
            Item::Withheld(_) => Vec::new(),
        };
        world.offices[&site].log.iter().map(|(_, item)| bytes(item)).collect()
    };
    let first = log(7);
    assert!(first.len() > 50, "{}", first.len());
    assert_eq!(first, log(7));
    assert_ne!(first, log(8));
}

#[test]
fn what_is_done_is_legal_whatever_ids_the_records_get() {
    let catalogue = added();
    for seed in 0..3 {
        let story = office(&catalogue, seed, TOWNS[seed as usize], 8);
        for salt in [0, 0x5a] {
            told(&catalogue, &story, salt);
        }
    }
}

#[test]
fn scripts_and_what_is_added_to_them_are_legal_together() {
    let catalogue = Catalogue::builtin();
    let town = &county::TOWNSHIPS[TOWNS[1]];
    let amounts = Amounts { others: 8, ..Amounts::FEW };
    let story = Story::of_township(&catalogue, 5, day("2026-01-05"), day("2026-12-31"), town, amounts);
    assert_eq!(story.unknown, Default::default());
    told(&catalogue, &story, 0);
}

#[test]
fn views_made_anew_are_those_that_grew() {
    let catalogue = added();
    let story = office(&catalogue, 3, TOWNS[2], 10);
    let world = told(&catalogue, &story, 0);
    let site = Site::Township(county::TOWNSHIPS[TOWNS[2]].id());
    for office in [&world.offices[&site], &world.offices[&Site::Hub]] {
        assert_eq!(office.rebuilt(), office.views);
        assert_eq!(held::count(&office.views, None), 0);
    }
}

/// Kinds that a township makes by hand, and for which it needs nobody else.
fn own(catalogue: &Catalogue, node: NodeKind) -> Vec<&Kind> {
    let kinds = catalogue.kinds.values();
    let kept = kinds.filter(|kind| kind.owner == Owner::Township && kind.nodes.contains(&node));
    let by_county = |tag: &u32| catalogue.kinds.get(tag).is_some_and(|kind| kind.owner == Owner::County);
    kept.filter(|kind| ways::made(kind, &Ways::new(kind)) && !ways::needs(kind).iter().any(by_county))
        .collect()
}

#[test]
fn a_year_has_records_of_every_kind_in_nearly_every_status() {
    nearly_every_status(&added());
}

pub(super) fn nearly_every_status(catalogue: &Arc<Catalogue>) {
    let mut reached: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for (seed, town) in TOWNS.iter().enumerate() {
        for step in office(catalogue, seed as u64, *town, 100).steps {
            let kind = &catalogue.kinds[&step.kind];
            if let Act::Take(action) = step.act {
                reached.entry(kind.tag).or_default().extend(kind.actions[&action].to);
            }
        }
    }
    let mut lacking = Vec::new();
    for kind in own(catalogue, NodeKind::Town).into_iter().filter(|kind| ways::per_year(kind) > 0) {
        let ways = Ways::new(kind);
        let usual: BTreeSet<u32> = kind.statuses.keys().copied().filter(|tag| ways.usual(*tag)).collect();
        let reached = reached.get(&kind.tag).cloned().unwrap_or_default();
        let missing: Vec<&str> =
            usual.difference(&reached).map(|tag| kind.statuses[tag].id.as_str()).collect();
        // Of few statuses one may be missing: what ends with the year comes to the archive in the next.
        if missing.len() > 1.max(usual.len() / 5) {
            lacking.push(format!("{}: {missing:?} of {}", kind.id, usual.len()));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[test]
fn a_subdistrict_does_nothing_that_it_may_not() {
    let catalogue = added();
    let story = office(&catalogue, 1, SUBDISTRICT, 20);
    assert!(story.steps.len() > 100, "{}", story.steps.len());
    for step in &story.steps {
        assert!(catalogue.kinds[&step.kind].nodes.contains(&NodeKind::Subdistrict));
    }
    told(&catalogue, &story, 0);
}

#[test]
fn one_kind_is_made_as_often_as_wished() {
    let catalogue = Catalogue::builtin();
    let kind = catalogue.kind("publicity").expect("a kind").tag;
    let only = [(kind, Some(33))].into();
    let story = Story::of_office(&catalogue, 1, Wish { only, ..wish(&county::TOWNSHIPS[3], 100) });
    let made = story.steps.iter().filter(|step| step.creates && step.kind == kind).count();
    assert_eq!(made, 33);
    assert!(story.steps.iter().all(|step| step.kind == kind));
}

#[test]
fn offices_work_on_working_days() {
    let catalogue = Catalogue::builtin();
    let calendar = crate::calendar::Calendar::builtin();
    let story = office(&catalogue, 4, TOWNS[0], 10);
    assert!(story.steps.iter().all(|step| step.day.weekday() < 6 && calendar.is_working(step.day)));
    assert!(story.steps.windows(2).all(|pair| pair[0].at_ms < pair[1].at_ms));
}
