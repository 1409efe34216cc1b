//! How the county guides its townships (T-F): visits, liaison meetings, seminars, training, periodicals, invitations. Each
//! story runs from the plan to the end on both sides, with nights between them in which the program does its part; the
//! figures were worked out by hand, for the county, both districts and the three townships.

mod invitations;
mod liaison;
mod meetings;
mod periodicals;
mod seminars;
mod training;
mod visits;

use std::collections::BTreeMap;

use shared::catalogue::model::NodeKind;
use shared::exchange::Townships;
use shared::ids::{RecordId, Site, TownshipCode};
use shared::tally::{Level, Line, Membership, Missing, Period, Question, Whom, query};
use shared::view::read;

use crate::bed::{Desk, Office, link, night};

/// Two towns of the eastern district (东片), and the only one of the western (西片).
const TOWNS: [(&str, &str); 3] =
    [("330282002", "坎墩镇"), ("330282102", "逍林镇"), ("330282105", "观海卫镇")];
const EAST: usize = 0;
const WEST: usize = 1;

/// A county with two districts and three towns.
struct World {
    county: Office,
    towns: Vec<Office>,
    districts: Vec<RecordId>,
}

/// A record of one town.
struct Answer<'w> {
    town: &'w Office,
    id: RecordId,
}

fn code(town: usize) -> TownshipCode {
    TOWNS[town].0.parse().expect("nine digits")
}

impl World {
    /// On a day, with the districts as they are from the beginning of the year on.
    #[track_caller]
    fn on(day: &str) -> Self {
        let names = || Townships::new((0..TOWNS.len()).map(|town| (code(town), TOWNS[town].1.to_owned())));
        let town =
            |town: usize| Office::at(Site::Township(code(town)), Some(NodeKind::Town), day).among(names());
        let county = Office::county(day).among(names());
        let admin = county.role("C_ADMIN");
        let district = |order: &str, name: &str| {
            let set = [&format!("name={name}"), &format!("order={order}"), "active_from=2026-01-01"];
            admin.enter("district", "set_up", &set.map(|text: &str| text))
        };
        let districts = vec![district("1", "东片"), district("2", "西片")];
        for (town, of) in [(0, EAST), (1, EAST), (2, WEST)] {
            let name = TOWNS[town].1;
            let set = [format!("township={name}"), format!("name={name}"), link("district", districts[of])];
            admin.enter("district_membership", "join", &[&set[0], &set[1], &set[2], "from=2026-01-01"]);
        }
        let world = Self { county, towns: (0..TOWNS.len()).map(town).collect(), districts };
        world.night();
        world
    }

    fn office(&self) -> Desk<'_> {
        self.county.role("C_OFFICE")
    }

    /// All of them on another day.
    fn go_to(&self, day: &str) {
        for office in self.everybody() {
            office.go_to(day);
        }
    }

    fn everybody(&self) -> impl Iterator<Item = &Office> {
        self.towns.iter().chain([&self.county])
    }

    /// What was written goes over, and each side does its part: first up, then down.
    #[track_caller]
    fn night(&self) {
        self.night_of(&[0, 1, 2]);
    }

    /// A night on which only these towns have their machine on.
    #[track_caller]
    fn night_of(&self, towns: &[usize]) {
        for town in towns {
            night(&self.towns[*town], &self.county);
        }
        look(&self.county);
        for town in towns {
            night(&self.county, &self.towns[*town]);
            look(&self.towns[*town]);
        }
    }

    /// A day on which every office looks at its deadlines.
    #[track_caller]
    fn morning(&self, day: &str) {
        self.go_to(day);
        for office in self.everybody() {
            office.with(|ledger| ledger.remind()).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }

    /// The one record of a kind that a town has, or the last of several that came to it.
    #[track_caller]
    fn answer(&self, town: usize, kind: &str) -> Answer<'_> {
        let all = all(&self.towns[town], kind);
        let last = all.into_iter().max_by_key(|id| self.towns[town].value(*id, "arrived_on"));
        let id = last.unwrap_or_else(|| panic!("{} has no {kind}", TOWNS[town].1));
        Answer { town: &self.towns[town], id }
    }

    /// How many records of a kind a town has that are not void.
    fn count(&self, town: usize, kind: &str) -> usize {
        all(&self.towns[town], kind).len()
    }

    /// The line for a town that a record of the county has made.
    #[track_caller]
    fn line(&self, of: RecordId, kind: &str, town: usize) -> RecordId {
        let name = TOWNS[town].0;
        let made = self.county.made(of, kind).into_iter();
        let mut theirs = made.filter(|line| self.county.value(*line, "township") == name);
        theirs.next().unwrap_or_else(|| panic!("there is no {kind} for {}", TOWNS[town].1))
    }

    /// What the county knows of a figure, for one of its units.
    fn lines(&self, figure: &str, period: &str, level: Level) -> Vec<Line> {
        let as_of = self.county.with(|ledger| ledger.clock.today());
        self.county.store.read(|views| {
            let membership = Membership::read(views, &self.county.catalogue);
            let offices: BTreeMap<_, _> =
                (0..TOWNS.len()).map(|town| (code(town), Some(NodeKind::Town))).collect();
            let ids = vec![figure.to_owned()];
            let period: Period = period.parse().expect("a period");
            let question = Question { ids, level, days: period.into(), as_of, offices };
            query(views, &self.county.catalogue, &membership, &question)
        })
    }

    /// As it is printed, for the county, 东片, 西片 and the three towns.
    #[track_caller]
    fn row(&self, figure: &str, period: &str) -> String {
        let of = |level: Level, whom: Whom| {
            let lines = self.lines(figure, period, level).into_iter();
            let line = lines.into_iter().find(|line| line.whom == whom && line.split.is_none());
            line.map_or_else(|| "·".to_owned(), |line| line.figure.to_string())
        };
        let county = [of(Level::County, Whom::County)].into_iter();
        let districts = self.districts.iter().map(|id| of(Level::District, Whom::District(*id)));
        let towns = (0..TOWNS.len()).map(|town| of(Level::Township, Whom::Township(code(town))));
        let cells: Vec<String> = county.chain(districts).chain(towns).collect();
        cells.join(" | ")
    }

    /// Figures of a period against what was worked out by hand: county | 东片 | 西片 | 坎墩镇 | 逍林镇 | 观海卫镇.
    #[track_caller]
    fn figures(&self, period: &str, table: &[(&str, &str)]) {
        let found: Vec<String> =
            table.iter().map(|(id, _)| format!("{id}: {}", self.row(id, period))).collect();
        let wanted: Vec<String> = table.iter().map(|(id, row)| format!("{id}: {row}")).collect();
        assert_eq!(found, wanted, "figures of {period}");
    }

    /// The parts of a figure of the county, `KEY n`, those that have none left out.
    #[track_caller]
    fn parts(&self, figure: &str, period: &str) -> Vec<String> {
        let lines = self.lines(figure, period, Level::County).into_iter();
        let parts = lines.filter(|line| line.whom == Whom::County).filter_map(|line| {
            let part = line.part.as_ref()?;
            (line.figure.to_string() != "0").then(|| format!("{} {}", part.key, line.figure))
        });
        parts.collect()
    }

    /// Whom a coverage of the county misses, by name.
    #[track_caller]
    fn missing(&self, figure: &str, period: &str) -> Vec<String> {
        let lines = self.lines(figure, period, Level::County).into_iter();
        let of_county = lines.filter(|line| line.whom == Whom::County);
        let name = |missing: Missing| match missing {
            Missing::Record(id) => self.title(id),
            Missing::Choice(_, part) => part.label.zh,
            Missing::Township(missing) => {
                let town = (0..TOWNS.len()).find(|town| code(*town) == missing);
                town.map_or_else(|| missing.to_string(), |town| TOWNS[town].1.to_owned())
            }
        };
        of_county.flat_map(|line| line.missing).map(name).collect()
    }

    /// What a record of the county is called.
    fn title(&self, id: RecordId) -> String {
        let kind = self.county.catalogue.kind(&self.county.shown(id).kind).expect("a kind");
        self.county.value(id, &kind.fields[&kind.title].id)
    }

    /// Whether the county's target for a figure is met.
    fn met(&self, figure: &str, period: &str) -> Option<bool> {
        self.judged(figure, period, Level::County, Whom::County)
    }

    /// The same for one town.
    fn met_by(&self, town: usize, figure: &str, period: &str) -> Option<bool> {
        self.judged(figure, period, Level::Township, Whom::Township(code(town)))
    }

    fn judged(&self, figure: &str, period: &str, level: Level, whom: Whom) -> Option<bool> {
        let mut lines = self.lines(figure, period, level).into_iter();
        lines.find(|line| line.whom == whom && line.split.is_none())?.met
    }
}

impl Answer<'_> {
    #[track_caller]
    fn status(&self) -> String {
        self.town.status(self.id)
    }

    #[track_caller]
    fn value(&self, field: &str) -> String {
        self.town.value(self.id, field)
    }

    #[track_caller]
    fn due(&self, code: &str) -> String {
        self.town.due(self.id, code)
    }

    /// The clerk takes one step.
    #[track_caller]
    fn clerk(&self, action: &str, set: &[&str]) {
        self.town.clerk().act(self.id, action, set);
    }

    #[track_caller]
    fn chair(&self, action: &str, set: &[&str]) {
        self.town.chair().act(self.id, action, set);
    }

    #[track_caller]
    fn refused(&self, action: &str, set: &[&str]) -> String {
        self.town.clerk().refused(self.id, action, set)
    }
}

/// The program does its part about what has arrived; nothing of it is refused.
#[track_caller]
fn look(office: &Office) {
    let reacted = office.with(|ledger| ledger.react()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(reacted.refused, 0, "{:?}", office.with(|ledger| ledger.refused_reactions()));
}

/// Records of a kind that are not void, the oldest first.
fn all(office: &Office, kind: &str) -> Vec<RecordId> {
    let tag = office.catalogue.kind(kind).expect("a kind").tag;
    office.store.read(|views| {
        let mut found = Vec::new();
        read::list_all(views, tag, &mut |line| {
            found.push(line.id);
            true
        });
        let void = |id: &RecordId| {
            read::record(views, *id)
                .is_some_and(|record| record.flags.has(shared::record::EntryFlags::VOIDED))
        };
        found.retain(|id| !void(id));
        found.sort_unstable();
        found
    })
}
