//! An office in memory with made-up work, to show pages of.

use std::sync::Arc;

use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, Kind, NodeKind, Owner};
use shared::command::Place;
use shared::exchange::Townships;
use shared::ids::{RecordId, Site, TownshipCode};
use shared::ledger::{Ledger, List};
use shared::limits::LIST_ROWS_MAX;
use shared::program::{Clock, Failure, ManualClock, day_start_ms};
use shared::record::{Day, Fields, Record, Role};
use shared::sample::{Amounts, Known, Seat, Step, Story, Wish, county};
use shared::store::Store;
use shared::view::{Folder, read};

/// Steps of one commit.
const STEPS_PER_COMMIT: usize = 64;
const SEED: u64 = 7;

pub struct Office {
    pub catalogue: Arc<Catalogue>,
    pub name: &'static str,
    pub role: Role,
    site: Site,
    node: Option<NodeKind>,
    abbr: &'static str,
    store: Store,
    legal: Legal,
    clock: ManualClock,
    townships: Townships,
}

impl Office {
    /// A year of a town that does not exist.
    pub fn town(catalogue: &Arc<Catalogue>, from: Day, today: Day) -> Self {
        let town = &county::TOWNSHIPS[3];
        let site = Site::Township(town.id());
        let office = Self::empty(catalogue, today, site, town.name, town.abbr, Some(town.kind), Role::TClerk);
        let amounts =
            Amounts { deputies: 40, proposals: 70, petitions: 60, publicity: 40, visits: 1, others: 60 };
        let story = Story::of_township(catalogue, SEED, from, today, town, amounts);
        office.fill(&story.steps)
    }

    /// A year of its county, by the catalogue alone.
    pub fn county(catalogue: &Arc<Catalogue>, from: Day, today: Day) -> Self {
        let office = Self::empty(catalogue, today, Site::Hub, county::NAME, "", None, Role::COffice);
        let seat =
            Seat { site: Site::Hub, node: None, abbr: String::new(), profile: county::PROFILE.to_owned() };
        let wish = Wish { seat, name: county::NAME, from, to: today, percent: 60, only: Default::default() };
        let story = Story::of_office(catalogue, SEED, wish);
        office.fill(&story.steps)
    }

    fn empty(
        catalogue: &Arc<Catalogue>,
        today: Day,
        site: Site,
        name: &'static str,
        abbr: &'static str,
        node: Option<NodeKind>,
        role: Role,
    ) -> Self {
        let profile = catalogue.profile(county::PROFILE).expect("the catalogue has its profiles").clone();
        Self {
            catalogue: Arc::clone(catalogue),
            name,
            role,
            site,
            node,
            abbr,
            store: Store::memory(Arc::new(Folder::new(Arc::clone(catalogue)))),
            legal: Legal::new(Calendar::builtin(), Arc::new(profile)),
            clock: ManualClock::new(day_start_ms(today) + 9 * 3_600_000, SEED),
            townships: Townships::new(townships()),
        }
    }

    fn fill(self, steps: &[Step]) -> Self {
        let mut known = Known::default();
        for part in steps.chunks(STEPS_PER_COMMIT) {
            let told = self.store.write(|tx| {
                for step in part {
                    let Some(command) = step.command(&known) else { continue };
                    let moment = Moment { at_ms: step.at_ms, bytes: step.random() };
                    // What waits for the county has nobody here to answer it.
                    if let Ok(decision) =
                        self.ledger_by(&moment, |ledger| ledger.commit_in(tx, &command, &step.actor))
                    {
                        known.learn(step, &decision);
                    }
                }
                Ok::<_, shared::store::StoreError>(())
            });
            told.expect("memory does not fail");
        }
        self
    }

    pub fn ledger<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        self.ledger_by(&self.clock, work)
    }

    fn ledger_by<T>(&self, clock: &dyn Clock, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &self.legal,
            clock,
            place: Place { site: self.site, node: self.node, abbr: self.abbr },
            townships: &self.townships,
            staff: &|role| format!("u{}", role.number()),
        })
    }

    pub fn today(&self) -> Day {
        self.clock.today()
    }

    /// Kinds of record that the office keeps.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        let owner = if self.site == Site::Hub { Owner::County } else { Owner::Township };
        self.catalogue.kinds.values().filter(move |kind| {
            kind.owner == owner && self.node.is_none_or(|node| kind.nodes.contains(&node))
        })
    }

    pub fn list(&self, kind: &Kind) -> Result<shared::ledger::Listing, Failure> {
        let ask = List { kind: kind.id.clone(), limit: Some(LIST_ROWS_MAX), ..List::default() };
        self.ledger(|ledger| ledger.list(&ask))
    }

    /// A record with all its values.
    pub fn whole(&self, id: RecordId) -> Option<(Record, Fields)> {
        self.store.read(|views| {
            let record = read::record(views, id)?;
            let mut fields = record.fields.clone();
            fields.extend(read::local(views, id));
            Some((record, fields))
        })
    }

    pub fn title(&self, id: RecordId) -> String {
        self.store.read(|views| shared::ledger::Words { views, catalogue: &self.catalogue }.title(id))
    }
}

/// Codes and names of the made-up county.
pub fn townships() -> Vec<(TownshipCode, String)> {
    county::TOWNSHIPS.iter().map(|town| (town.id(), town.name.to_owned())).collect()
}

struct Moment {
    at_ms: i64,
    bytes: [u8; 10],
}

impl Clock for Moment {
    fn now_ms(&self) -> i64 {
        self.at_ms
    }

    fn random(&self, bytes: &mut [u8]) {
        for (to, from) in bytes.iter_mut().zip(self.bytes.iter().cycle()) {
            *to = *from;
        }
    }
}
