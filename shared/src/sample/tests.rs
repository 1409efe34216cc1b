use std::collections::BTreeMap;
use std::sync::Arc;

use super::county::{self, TOWNSHIPS};
use super::*;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::{self, Context, Place, ViewLookup};
use crate::ids::{RecordId, Site};
use crate::record::Day;
use crate::view::sample::Office;

fn day(text: &str) -> Day {
    text.parse().expect("tests name days")
}

fn year(amounts: Amounts) -> Story {
    Story::new(&Catalogue::builtin(), 1, day("2026-01-05"), day("2026-12-31"), amounts)
}

/// Does the steps at sites in memory; every one must pass the gate.
fn tell(story: &Story, profile: &str) -> (BTreeMap<Site, Office>, Known) {
    let mut offices: BTreeMap<Site, Office> = BTreeMap::new();
    let mut known = Known::default();
    let catalogue = Catalogue::builtin();
    let profile = catalogue.profiles[profile].clone();
    let legal = Legal::new(Calendar::builtin(), Arc::new(profile));
    for step in &story.steps {
        let office =
            offices.entry(step.site).or_insert_with(|| Office::with(step.site, Catalogue::builtin()));
        let command = step.command(&known).expect("the records that it speaks of exist");
        let (node, abbr) = match step.site {
            Site::Township(code) => county::find(code).map_or((None, ""), |t| (Some(t.kind), t.abbr)),
            Site::Hub => (None, ""),
        };
        let ctx = Context {
            catalogue: &catalogue,
            deadlines: &legal,
            lookup: &ViewLookup { views: &office.views, catalogue: &catalogue },
            place: Place { site: step.site, node, abbr },
            now_ms: step.at_ms,
            today: step.day,
            fresh: RecordId::mint(step.at_ms, &step.random()),
        };
        let decision = command::decide(&ctx, &command, &step.actor)
            .unwrap_or_else(|refusal| panic!("{}: {} ({step:?})", refusal.en(), refusal.zh()));
        known.learn(step.handle, decision.record);
        for (stream, entry) in &decision.entries {
            office.append(*stream, entry.encode());
        }
    }
    (offices, known)
}

#[test]
fn the_scripts_speak_the_words_of_the_catalogue() {
    assert_eq!(year(Amounts::YEAR).unknown, Default::default());
}

#[test]
fn every_step_of_a_year_is_legal() {
    let story = year(Amounts::FEW);
    assert!(story.steps.len() > 19 * 40, "{}", story.steps.len());
    for profile in ["national", "zhejiang"] {
        let (offices, _) = tell(&story, profile);
        for office in offices.values() {
            let held = crate::view::tables::HELD;
            assert!(!office.views.0.keys().any(|key| key.first() == Some(&held)), "{:?}", office.site);
        }
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let catalogue = Catalogue::builtin();
    let tell = |seed| {
        Story::of_township(
            &catalogue,
            seed,
            day("2026-01-05"),
            day("2026-06-30"),
            &TOWNSHIPS[4],
            Amounts::FEW,
        )
        .steps
    };
    assert_eq!(tell(7), tell(7));
    assert_ne!(tell(7), tell(8));
}

#[test]
fn steps_come_in_order_of_time_and_within_it() {
    let story = year(Amounts::FEW);
    assert!(story.steps.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
    assert!(story.steps.iter().all(|step| step.day >= day("2026-01-05") && step.day <= day("2026-12-31")));
    assert!(story.steps.iter().all(|step| step.day.weekday() < 6), "offices work on weekdays");
}

#[test]
fn subdistricts_hold_no_congress_of_their_own() {
    let story = year(Amounts::FEW);
    let kind = Catalogue::builtin();
    let kind = kind.kind("proposal").expect("a kind");
    let register = command::Act::named(kind, "register").expect("an action");
    let subdistricts: Vec<Site> = TOWNSHIPS
        .iter()
        .filter(|t| t.kind == NodeKind::Subdistrict)
        .map(|t| Site::Township(t.id()))
        .collect();
    let theirs = story.steps.iter().filter(|step| subdistricts.contains(&step.site) && step.kind == kind.tag);
    assert!(theirs.clone().count() > 0 && theirs.clone().all(|step| step.act != register));
}

#[test]
fn titles_are_as_long_as_real_ones() {
    let rows: Vec<LedgerRow> = ledger(1, None, 2017, 2000).collect();
    let chars: usize = rows.iter().map(|row| row.title.chars().count()).sum();
    assert!((17..=25).contains(&(chars / rows.len())), "{}", chars / rows.len());
    let replied = rows.iter().filter(|row| row.reply.is_some()).count();
    assert!((1000..1120).contains(&replied));
}
