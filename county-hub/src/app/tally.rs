//! What the records add up to: by township, district and county, beside an earlier period, in order of places, with the
//! coverage of every total.
//!
//! Here: what is asked and what comes back. How the table is put together is in [`super::tally_table`], places are in
//! [`super::places`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::catalogue::model::NodeKind;
use shared::code::ErrorCode;
use shared::ids::TownshipCode;
use shared::ledger::figures_period;
use shared::program::Failure;
use shared::record::Day;
use shared::store::View;
use shared::tally::{self, Asked, Compare, Compared, Level, Membership, Period, PeriodName, Span, Vetoes};

use super::ask::Ask;
use super::coverage::Coverage;
use super::places::Ranking;
use super::tally_table::{Gaps, Table, gaps};
use super::{App, returns};

/// What is asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Ids of measures, rates and coverages, such as `A1`; empty asks for all.
    pub measures: Vec<String>,
    /// `county`, `district` or `township`; empty is `county`.
    pub level: String,
    /// `2017`, `2017-05`, `2017Q2`, `2017-01-01..2017-06-30`, `2017S1`, `18S3`, `session`, `T18`, `term`; none is all time.
    pub period: Option<String>,
    /// The day on which "overdue" is judged; none is today.
    pub as_of: Option<String>,
    /// Whether to tell whom the coverages miss.
    pub list: bool,
    /// `year` or `previous`: the figures of that earlier period stand beside these.
    pub compare: Option<String>,
    /// Places among the townships.
    pub rank: Option<Ranking>,
}

/// The answer: for each measure the parts that it is split into, the units of the level, and the county as their sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub level: String,
    /// As it reads shortest: `2017Q2`; empty for all time.
    pub period: String,
    /// First and last day; of sessions and terms the first and the last of any township. Empty where nobody has such days.
    pub from: String,
    pub to: String,
    pub as_of: String,
    /// Of sessions and terms, the days of each township that has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_days: Vec<OwnDays>,
    /// The period beside which the figures stand, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Earlier>,
    pub measures: Vec<Measure>,
    /// In the order of the rows of a table, the county last; ranked by the first measure if places were asked for.
    pub units: Vec<Unit>,
    /// One for each pair of measure and unit, in the order of both lists.
    pub cells: Vec<Cell>,
    pub coverage: Coverage,
}

/// The days of one township.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDays {
    pub township: TownshipCode,
    pub name: String,
    pub from: String,
    pub to: String,
}

/// The days of an earlier period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// `year` or `previous`.
    pub compare: String,
    pub from: String,
    pub to: String,
}

/// A column: a measure, or one part of a measure that is split by a choice, or one grade of a rate that grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// Key of the choice; empty for the whole.
    pub split: String,
    pub split_zh: String,
    pub split_en: String,
    /// As it is printed: `≥ 4`; empty without a target.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// `county`, `district` or `township`; `rest` for what belongs to none.
    pub level: String,
    /// Code of a township, id of a district, else empty.
    pub id: String,
    pub name: String,
    /// Name of the district within which a township is ranked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// One figure. A count has a numerator alone; a rate both; a rate without cases has the denominator 0 and the text `—`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub measure: String,
    pub split: String,
    pub unit: String,
    /// Thousandths where the measure sums decimals.
    pub numerator: i64,
    pub denominator: Option<i64>,
    pub text: String,
    /// In English where `text` is a word (a grade).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_en: Option<String>,
    /// Whether the target is met; none without one, without cases, and where it is set for each office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// The figure of the earlier period; none where it was not asked for or cannot be told (what is overdue today).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<CellBefore>,
    /// The place of a township, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// Why it has none: `vetoed`, `unreported`, `no_cases`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unranked: Option<String>,
    /// Whom a coverage misses, if that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Gap>,
}

/// A figure of an earlier period, as [`Cell`] has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellBefore {
    pub numerator: i64,
    pub denominator: Option<i64>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_en: Option<String>,
    /// `+3`, `-0.4`, `±0`: from then to now; percentage points for rates in percent. None where either has no cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

/// Somebody or something that a list has and work has not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Id of a record, or key of a choice.
    pub id: String,
    /// Title of the record as far as the county knows it, or label of the choice.
    pub name: String,
    /// Township that lacks the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub township: Option<TownshipCode>,
}

/// What has been read at one moment.
pub(super) struct Read {
    pub(super) asked: Asked,
    pub(super) before: Option<Asked>,
    pub(super) parts: Vec<Compared>,
    pub(super) whole: Vec<Compared>,
    /// Lines of further levels, in the order in which they were asked for.
    pub(super) further: Vec<Vec<Compared>>,
    pub(super) membership: Membership,
    pub(super) vetoes: Vetoes,
    pub(super) coverage: tally::Coverage,
    /// Townships of which a return for just these days is expected and has not come.
    pub(super) unreturned: BTreeSet<TownshipCode>,
}

/// What has been read for a question, and how it was understood.
pub(super) struct Looked {
    pub(super) level: Level,
    pub(super) name: PeriodName,
    pub(super) as_of: Day,
    pub(super) read: Read,
    pub(super) gaps: Gaps,
}

impl Ask for Question {
    type Answer = Answer;

    fn answer(self, app: &App) -> Result<Answer, Failure> {
        app.store.read(|views| self.answer_in(app, views))
    }
}

impl Question {
    /// The answer as it stands in the views.
    ///
    /// # Errors
    /// `NotFound`: a measure that there is not; `Invalid`: the rest is no question.
    pub(super) fn answer_in(self, app: &App, views: &dyn View) -> Result<Answer, Failure> {
        let looked = self.look_in(app, views, &[])?;
        let table = Table::of(app, looked.level, &looked.read, self.rank.as_ref(), &looked.gaps);
        let Looked { name, as_of, read, .. } = looked;
        let envelope = read.asked.days.envelope();
        let day =
            |end: fn(&Period) -> Day| envelope.as_ref().map(|days| end(days).to_string()).unwrap_or_default();
        Ok(Answer {
            level: if self.level.is_empty() { "county".to_owned() } else { self.level },
            period: if name == PeriodName::Days(Period::ALL) { String::new() } else { name.to_string() },
            from: day(|days| days.from),
            to: day(|days| days.to),
            as_of: as_of.to_string(),
            own_days: app.own_days(&read.asked.days),
            before: read.before.as_ref().zip(self.compare).map(|(before, compare)| earlier(before, compare)),
            measures: table.measures,
            units: table.units,
            cells: table.cells,
            coverage: app.told(&read.coverage),
        })
    }

    /// Reads what is asked for, and the lines of further levels, all at one moment, so that the parts and their sum cannot
    /// come from different days.
    ///
    /// # Errors
    /// As the answer.
    pub(super) fn look(&self, app: &App, further: &[Level]) -> Result<Looked, Failure> {
        app.store.read(|views| self.look_in(app, views, further))
    }

    fn look_in(&self, app: &App, views: &dyn View, further: &[Level]) -> Result<Looked, Failure> {
        let level = level(&self.level)?;
        check_measures(app, &self.measures)?;
        if self.rank.is_some() && level != Level::Township {
            return Err(Failure::invalid(
                "只有乡镇才排名：请用 --level township。",
                "Only townships have places: ask for the level township.",
            ));
        }
        let name = period(self.period.as_deref())?;
        let as_of: Day = self.as_of.as_deref().map(str::parse).transpose()?.unwrap_or(app.today());
        let compare: Option<Compare> = self.compare.as_deref().map(str::parse).transpose()?;
        let mut levels: Vec<Level> = further.to_vec();
        levels.extend((level != Level::County).then_some(level));
        levels.push(Level::County);
        let catalogue = &app.catalogue;
        let membership = Membership::read(views, catalogue);
        let asked = name.days(views, catalogue, as_of);
        let before = compare.map(|compare| name.before(views, catalogue, as_of, compare));
        let before = before.map(|before| before.ok_or_else(no_earlier)).transpose()?;
        let question = tally::Question {
            ids: self.measures.clone(),
            level,
            days: asked.days.clone(),
            as_of,
            offices: app.offices(),
        };
        let mut lines = match &before {
            Some(before) => tally::compared_levels(views, catalogue, &membership, &question, before, &levels),
            None => {
                let lines = tally::query_levels(views, catalogue, &membership, &question, &levels);
                lines.into_iter().map(|all| all.into_iter().map(|line| (line, None)).collect()).collect()
            }
        };
        let whole: Vec<Compared> = lines.pop().unwrap_or_default();
        let parts: Vec<Compared> =
            if level == Level::County { Vec::new() } else { lines.pop().unwrap_or_default() };
        let told = parts.iter().chain(&whole).map(|(line, _)| line);
        let gaps = if self.list { gaps(app, views, told) } else { Gaps::default() };
        let vetoes = Vetoes::read(views, catalogue);
        let coverage = app.freshness(views, None);
        let unreturned = match &asked.days {
            Span::Same(days) if self.rank.is_some() => returns::unreturned(app, views, *days),
            _ => BTreeSet::new(),
        };
        let further = lines;
        let read = Read { asked, before, parts, whole, further, membership, vetoes, coverage, unreturned };
        Ok(Looked { level, name, as_of, read, gaps })
    }

    /// Whether it is a question at all, without answering it.
    ///
    /// # Errors
    /// As the answer.
    pub(super) fn check(&self, app: &App) -> Result<(), Failure> {
        level(&self.level)?;
        check_measures(app, &self.measures)?;
        period(self.period.as_deref())?;
        self.as_of.as_deref().map(str::parse::<Day>).transpose()?;
        Ok(())
    }
}

impl Answer {
    /// The whole figure of a unit, by its id.
    pub(super) fn cell(&self, measure: &str, unit: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.measure == measure && cell.split.is_empty() && cell.unit == unit)
    }

    /// Leaves out the rows that `seen` does not name.
    pub(super) fn keep(&mut self, seen: impl Fn(&Unit) -> bool) {
        let rows: Vec<bool> = self.units.iter().map(seen).collect();
        let mut place = 0;
        self.cells.retain(|_| {
            let row = rows.get(place % rows.len().max(1)).copied().unwrap_or_default();
            place += 1;
            row
        });
        let mut row = rows.into_iter();
        self.units.retain(|_| row.next().unwrap_or_default());
    }
}

/// The name of a period; none is all time.
///
/// # Errors
/// `Invalid`, with the forms that there are.
pub(super) fn period(text: Option<&str>) -> Result<PeriodName, Failure> {
    text.map_or(Ok(PeriodName::Days(Period::ALL)), figures_period)
}

fn no_earlier() -> Failure {
    Failure::invalid(
        "这个期间没有可比的期间。",
        "There is no earlier period with which this one can be compared.",
    )
    .advise(
        "同比用年、季、月等日历期间；环比也可用次、届。",
        "A year ago can be told of calendar periods and of sessions by year; the previous one of sessions and terms too.",
    )
}

fn earlier(before: &Asked, compare: String) -> Earlier {
    let days = before.days.envelope();
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    Earlier { compare, from: day(days.map(|days| days.from)), to: day(days.map(|days| days.to)) }
}

impl App {
    /// The townships that the county has listed, with the kind of each.
    pub(super) fn offices(&self) -> BTreeMap<TownshipCode, Option<NodeKind>> {
        self.towns().iter().map(|town| (town.code, Some(town.kind))).collect()
    }

    /// Of sessions and terms, the days of each township that has them.
    pub(super) fn own_days(&self, days: &Span) -> Vec<OwnDays> {
        if !days.is_own() {
            return Vec::new();
        }
        let towns = self.towns();
        let own = towns.iter().filter_map(|town| {
            let period = days.of(tally::Unit::township(town.code))?;
            let (from, to) = (period.from.to_string(), period.to.to_string());
            Some(OwnDays { township: town.code, name: town.name.clone(), from, to })
        });
        own.collect()
    }
}

pub(super) fn level(text: &str) -> Result<Level, Failure> {
    match text {
        "" | "county" => Ok(Level::County),
        "district" => Ok(Level::District),
        "township" => Ok(Level::Township),
        other => Err(Failure::new(
            ErrorCode::Invalid,
            format!("层级应为 county、district 或 township，不是“{other}”。"),
            format!("The level must be county, district or township, not \"{other}\"."),
        )),
    }
}

pub(super) fn check_measures(app: &App, ids: &[String]) -> Result<(), Failure> {
    let known = || {
        app.catalogue.kinds.values().flat_map(|kind| {
            let rates = kind.rates.iter().map(|rate| &rate.id);
            let coverages = kind.coverages.iter().map(|coverage| &coverage.id);
            kind.measures.iter().map(|measure| &measure.id).chain(rates).chain(coverages)
        })
    };
    match ids.iter().find(|id| !known().any(|known| known == *id)) {
        None => Ok(()),
        Some(id) => {
            let ids: Vec<&str> = known().map(String::as_str).collect();
            let ids = ids.join(", ");
            Err(Failure::new(
                ErrorCode::NotFound,
                format!("没有指标“{id}”。"),
                format!("There is no measure \"{id}\"."),
            )
            .detail(format!("可用：{ids}"), format!("there are: {ids}")))
        }
    }
}
