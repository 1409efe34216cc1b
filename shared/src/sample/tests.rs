use std::collections::BTreeMap;
use std::sync::Arc;

use super::county::{self, TOWNSHIPS};
use super::*;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::{self, Context, Place, ViewLookup};
use crate::ids::{RecordId, Site, StreamName};
use crate::record::Day;
use crate::view::sample::Office;

const TINY: Amounts = Amounts { deputies: 6, proposals: 3, petitions: 3, publicity: 1, visits: 1, others: 0 };

pub(super) fn day(text: &str) -> Day {
    text.parse().expect("tests name days")
}

fn year(amounts: Amounts) -> Story {
    Story::new(&Catalogue::builtin(), 1, day("2026-01-05"), day("2026-12-31"), amounts)
}

/// The offices of the county in memory. What one writes is with the others the moment it is written.
pub(crate) struct World {
    pub(crate) offices: BTreeMap<Site, Office>,
    known: Known,
    catalogue: Arc<Catalogue>,
    legal: Legal,
    /// Mixed into the ids of records.
    pub(super) salt: u8,
}

impl World {
    pub(crate) fn new(profile: &str) -> Self {
        Self::by(Catalogue::builtin(), profile)
    }

    pub(super) fn by(catalogue: Arc<Catalogue>, profile: &str) -> Self {
        let sites = TOWNSHIPS.iter().map(|township| Site::Township(township.id())).chain([Site::Hub]);
        let offices = sites.map(|site| (site, Office::with(site, Arc::clone(&catalogue)))).collect();
        let legal = Legal::new(Calendar::builtin(), Arc::new(catalogue.profiles[profile].clone()));
        Self { offices, known: Known::default(), catalogue, legal, salt: 0 }
    }

    /// Every step must pass the gate.
    pub(crate) fn tell<'s>(&mut self, steps: impl Iterator<Item = &'s Step>) {
        for step in steps {
            let command = step.command(&self.known).expect("the records that it speaks of exist");
            let township = match step.site {
                Site::Township(code) => county::find(code),
                Site::Hub => None,
            };
            let abbr = township.map_or("", |township| township.abbr);
            let office = &self.offices[&step.site];
            let ctx = Context {
                catalogue: &self.catalogue,
                deadlines: &self.legal,
                lookup: &ViewLookup { views: &office.views, catalogue: &self.catalogue },
                place: Place { site: step.site, node: township.map(|township| township.kind), abbr },
                now_ms: step.at_ms,
                today: step.day,
                fresh: RecordId::mint(step.at_ms, &step.random().map(|byte| byte ^ self.salt)),
            };
            let decision = command::decide(&ctx, &command, &step.actor)
                .unwrap_or_else(|refusal| panic!("{}: {} ({step:?})", refusal.en(), refusal.zh()));
            self.known.learn(step, &decision);
            for (stream, entry) in &decision.entries {
                self.append(step.site, *stream, &entry.encode());
            }
        }
    }

    fn append(&mut self, site: Site, stream: StreamName, bytes: &[u8]) {
        for (&other, office) in &mut self.offices {
            let receives = match stream {
                StreamName::Township(_) => other == Site::Hub,
                StreamName::Down(code) => other == Site::Township(code),
                StreamName::DownAll => true,
                StreamName::Local(_) | StreamName::Meta(_) => false,
            };
            if other == site || receives {
                office.append(stream, bytes.to_vec());
            }
        }
    }

    pub(super) fn check(&self) {
        let held = crate::view::tables::HELD;
        for office in self.offices.values() {
            assert!(!office.views.0.keys().any(|key| key.first() == Some(&held)), "{:?}", office.site);
        }
    }

    fn count(&self, site: Site, kind: &str) -> usize {
        let kind = self.catalogue.kind(kind).expect("a kind").tag;
        let mut count = 0;
        crate::view::read::list_all(&self.offices[&site].views, kind, &mut |_| {
            count += 1;
            true
        });
        count
    }
}

#[test]
fn the_scripts_speak_the_words_of_the_catalogue() {
    // Their own steps suffice: what is added to them speaks the words of the catalogue by itself.
    assert_eq!(year(Amounts { others: 0, ..Amounts::YEAR }).unknown, Default::default());
}

#[test]
fn every_step_of_a_year_is_legal() {
    let story = year(Amounts::FEW);
    assert!(story.steps.len() > 19 * 40, "{}", story.steps.len());
    let mut world = World::new("national");
    world.tell(story.steps.iter());
    world.check();
    for (kind, count) in
        [("district", 4), ("district_membership", 20), ("liaison_assignment", 12), ("seminar", 6)]
    {
        assert_eq!(world.count(Site::Hub, kind), count, "{kind}");
    }
    assert_eq!(world.count(Site::Hub, "enrolment"), 19 * world.count(Site::Hub, "training_class"));
    assert_eq!(world.count(Site::Hub, "visit_confirmation"), world.count(Site::Hub, "guidance_visit"));
}

#[test]
fn the_story_can_be_told_in_rounds_with_an_exchange_between_them() {
    let story = year(TINY);
    assert_eq!(story.rounds(), 2);
    let mut world = World::new("zhejiang");
    for round in 0..=story.rounds() {
        world.tell(story.round(round));
    }
    world.check();
}

#[test]
fn many_seeds_and_any_length_are_legal() {
    let catalogue = Catalogue::builtin();
    for (seed, (from, to)) in
        [("2026-01-05", "2026-03-31"), ("2025-12-27", "2026-02-10"), ("2026-05-01", "2027-04-30")]
            .into_iter()
            .enumerate()
    {
        let story = Story::new(&catalogue, seed as u64, day(from), day(to), TINY);
        assert_eq!(story.unknown, Default::default());
        let mut world = World::new("national");
        world.tell(story.steps.iter());
        world.check();
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
    let story = year(Amounts { others: 0, ..Amounts::FEW });
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
