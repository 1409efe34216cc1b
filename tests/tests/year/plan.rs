//! The calendar of the year: on which day what is done, by the county and in the offices. Here what comes back every quarter,
//! every month and every night; what a season brings stands in [`super::seasons`].

use std::collections::BTreeMap;
use std::path::Path;

use shared::ids::RecordId;

use super::bed::{TOWNS, Year};
use super::town::Town;
use super::{answers, closing, county, outcome, seasons, table, work};

/// One matter of a day.
pub type Step = Box<dyn FnOnce(&mut Story)>;

/// The county in the middle of its year.
pub struct Story {
    pub year: Year,
    /// The seven townships with a congress; the subdistrict has none.
    pub towns: Vec<Town>,
    /// Records to come back to, by what the calendar calls them.
    named: BTreeMap<String, RecordId>,
}

impl Story {
    pub async fn begin(root: &Path) -> anyhow::Result<Self> {
        let year = Year::begin(root, "2026-01-04").await?;
        Ok(Self { year, towns: Vec::new(), named: BTreeMap::new() })
    }

    pub fn keep(&mut self, name: &str, id: RecordId) {
        self.named.insert(name.to_owned(), id);
    }

    pub fn known(&self, name: &str) -> RecordId {
        *self.named.get(name).unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    /// Every office answers what waits.
    pub fn answered(&mut self) {
        TOWNS.iter().for_each(|town| answers::answer(&self.year, town));
    }

    /// The towns with a congress but for some, by their places in the list of all.
    pub fn but(&self, not: &[usize]) -> impl Iterator<Item = &Town> {
        let left_out: Vec<&str> = not.iter().map(|nth| TOWNS[*nth]).collect();
        self.towns.iter().filter(move |town| !left_out.contains(&town.name))
    }
}

pub struct Calendar(BTreeMap<&'static str, Vec<Step>>);

impl Calendar {
    pub fn on(&mut self, day: &'static str, step: impl FnOnce(&mut Story) + 'static) {
        self.0.entry(day).or_default().push(Box::new(step));
    }
}

/// Every day on which something is done, in order.
pub fn calendar() -> BTreeMap<&'static str, Vec<Step>> {
    let mut all = Calendar(BTreeMap::new());
    seasons::winter(&mut all);
    seasons::spring(&mut all);
    seasons::summer(&mut all);
    seasons::autumn(&mut all);
    seasons::december(&mut all);
    months(&mut all);
    quarters(&mut all);
    all.0
}

/// Every month but the last: the return of the month before, due on the fifth and closed on the tenth.
fn months(all: &mut Calendar) {
    for month in &table::MONTHS {
        let title = format!("2026年{}月月报", month.nth);
        let (opened, filled, late, closed) = (title.clone(), title.clone(), title.clone(), title);
        all.on(month.opens, move |story| {
            let id = closing::open_month(&story.year, &opened, month);
            story.keep(&opened, id);
        });
        all.on(month.filled, move |story| {
            for (nth, town) in TOWNS.iter().enumerate() {
                if !month.late.contains(&nth) && !month.missing.contains(&nth) {
                    answers::month(&story.year, town, &filled);
                }
            }
        });
        all.on(month.late_on, move |story| {
            month.late.iter().for_each(|nth| answers::month(&story.year, TOWNS[*nth], &late));
        });
        all.on(month.closes, move |story| closing::close_month(&story.year, story.known(&closed)));
    }
}

/// Every quarter: the liaison meeting and what is answered for it, visits, groups and study, points for publicity and the
/// bulletin.
fn quarters(all: &mut Calendar) {
    for quarter in &table::QUARTERS {
        let meeting = format!("{}季度联系会", quarter.name);
        let invited = format!("{}季度列席", quarter.name);
        let (planned, called, held) = (meeting.clone(), meeting.clone(), meeting);
        let (sent, closed) = (invited.clone(), invited);
        all.on("2026-01-05", move |story| {
            let id = county::plan_liaison_meeting(&story.year, &planned, quarter.meets);
            story.keep(&planned, id);
        });
        all.on(quarter.calls, move |story| {
            county::call_liaison_meeting(&story.year, story.known(&called));
            let id = county::invite(&story.year, "县人大常委会会议", "SC_MEETING", quarter.meets);
            story.keep(&sent, id);
            county::ship(&story.year, "CHINA_NPC", quarter.name);
            story.towns.iter().for_each(|town| town.quarter(&story.year));
        });
        all.on(quarter.answers, Story::answered);
        all.on(quarter.meets, move |story| {
            county::hold_liaison_meeting(&story.year, story.known(&held), quarter.absent);
            county::close_invitation(&story.year, story.known(&closed));
            for (town, level) in quarter.pieces {
                work::publish(&story.year, TOWNS[*town], &format!("{}季度稿件", quarter.name), level);
            }
        });
        all.on(quarter.visits, move |story| {
            for (nth, town) in TOWNS.iter().enumerate() {
                if !quarter.unvisited.contains(&nth) {
                    // One township has something to be solved each time.
                    let problem = (nth == 1).then_some("办公条件差");
                    let id = county::visit(&story.year, town, problem);
                    story.keep(&format!("{}季度走访{town}", quarter.name), id);
                }
            }
            outcome::visited(&story.year, quarter);
        });
        all.on(quarter.confirms, Story::answered);
        all.on(quarter.scores, |story| closing::score(&story.year, story.known("rule")));
        all.on(quarter.bulletin, |story| closing::bulletin(&story.year, quarter.period));
        all.on(quarter.reads, Story::answered);
    }
}
