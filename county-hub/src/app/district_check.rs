//! What is not in order about the districts, in words. A district without a lead, or a township in none, has no record that
//! the rules could refuse: somebody has to look.

use serde::{Deserialize, Serialize};
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::period_named;
use shared::program::{Failure, Lang};
use shared::record::Day;
use shared::tally::{Disorder, Gap, Grouping, Interval, Period};

use super::App;
use super::ask::Ask;
use super::district::{self, DISTRICT};
use super::named::{Said, kind, records};

/// A county is grouped into so many districts, if nobody says otherwise.
pub const DISTRICTS: usize = 4;

/// Asks for every day on which the districts are not in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// As people write it; from the first day of this year to today if it is not given.
    pub period: Option<String>,
    /// How many districts there are to be; [`DISTRICTS`] if it is not given.
    pub count: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub from: String,
    pub to: String,
    /// By the first day.
    pub gaps: Vec<Line>,
}

/// Something that is not in order, on the days from the first to the last, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `districts`, `no_lead`, `many_leads`, `no_district`, `many_districts`, `not_in_use`.
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub township: Option<TownshipCode>,
    pub from: String,
    pub to: String,
    pub days: i32,
    pub zh: String,
    pub en: String,
}

impl Ask for Check {
    type Answer = Checked;

    fn answer(self, app: &App) -> Result<Checked, Failure> {
        let today = app.today();
        let period = match self.period.as_deref() {
            Some(name) => period_named(name)?,
            None => Period { from: Day::new(today.year(), 1, 1).unwrap_or(today), to: today },
        };
        let membership = app.membership();
        let found = kind(app, DISTRICT)?;
        let districts = app.store.read(|views| records(views, found));
        let districts = districts.iter().filter_map(|record| {
            let said = Said::of(found, record);
            let (from, to) = (said.day("active_from")?, said.day("active_to"));
            Some(Interval { district: record.id, from, to })
        });
        let leads = district::announced(app).into_iter().filter(|found| found.lead);
        let grouping = Grouping {
            districts: districts.collect(),
            membership: &membership,
            leads: leads.map(|found| found.interval).collect(),
            townships: app.towns().iter().map(|town| town.code).collect(),
            count: self.count.unwrap_or(DISTRICTS),
        };
        let names = district::all(app);
        let named = |id: RecordId| {
            let found = names.iter().find(|district| district.id == id);
            found.map_or_else(|| id.to_string(), |district| district.name.clone())
        };
        let line = |gap: &Gap| line(app, gap, grouping.count, &named);
        let gaps = grouping.gaps(period).iter().map(line).collect();
        Ok(Checked { from: period.from.to_string(), to: period.to.to_string(), gaps })
    }
}

fn line(app: &App, gap: &Gap, count: usize, named: &dyn Fn(RecordId) -> String) -> Line {
    let town = |code: TownshipCode| app.towns().name(code);
    let (what, district, township, zh, en) = match gap.what {
        Disorder::Districts(found) => {
            let zh = format!("应有{count}个片，实有{found}个");
            ("districts", None, None, zh, format!("{found} districts instead of {count}"))
        }
        Disorder::NoLead(id) => {
            let name = named(id);
            let (zh, en) = (format!("{name}没有牵头联系人"), format!("nobody leads in {name}"));
            ("no_lead", Some(id), None, zh, en)
        }
        Disorder::ManyLeads(id) => {
            let name = named(id);
            let (zh, en) = (format!("{name}不止一位牵头联系人"), format!("more than one leads in {name}"));
            ("many_leads", Some(id), None, zh, en)
        }
        Disorder::NoDistrict(code) => {
            let name = town(code);
            let (zh, en) = (format!("{name}不属于任何片"), format!("{name} belongs to no district"));
            ("no_district", None, Some(code), zh, en)
        }
        Disorder::ManyDistricts(code) => {
            let name = town(code);
            let (zh, en) =
                (format!("{name}同时属于几个片"), format!("{name} belongs to more than one district"));
            ("many_districts", None, Some(code), zh, en)
        }
        Disorder::NotInUse(code, id) => {
            let (name, of) = (town(code), named(id));
            let (zh, en) =
                (format!("{name}所属的{of}不在用"), format!("{name} belongs to {of}, which is not in use"));
            ("not_in_use", Some(id), Some(code), zh, en)
        }
    };
    let days = gap.to.0.saturating_sub(gap.from.0).saturating_add(1);
    let (from, to) = (gap.from.to_string(), gap.to.to_string());
    Line { what: what.to_owned(), district, township, from, to, days, zh, en }
}

impl Line {
    /// What is not in order, in one line.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}
