//! What the records add up to: by township, district and county, with the coverage of every total.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::catalogue::model::{Catalogue, Target};
use shared::code::ErrorCode;
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::Words;
use shared::program::Failure;
use shared::record::Day;
use shared::store::View;
use shared::tally::{self, Figure, Level, Line, Missing, Period, Whom};

use super::ask::Ask;
use super::coverage::Coverage;
use super::town::Town;
use super::{App, district};

/// What is asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Question {
    /// Ids of measures, rates and coverages, such as `A1`; empty asks for all.
    pub measures: Vec<String>,
    /// `county`, `district` or `township`.
    pub level: String,
    /// `2017`, `2017-05`, `2017Q2`, `2017-01-01..2017-06-30`; none is all time.
    pub period: Option<String>,
    /// The day on which "overdue" is judged; none is today.
    pub as_of: Option<String>,
    /// Whether to tell whom the coverages miss.
    #[serde(default)]
    pub list: bool,
}

/// The answer: for each measure the parts that it is split into, the units of the level, and the county as their sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub level: String,
    pub from: String,
    pub to: String,
    pub as_of: String,
    pub measures: Vec<Measure>,
    /// In the order of the rows of a table, the county last.
    pub units: Vec<Unit>,
    /// One for each pair of measure and unit, in the order of both lists.
    pub cells: Vec<Cell>,
    pub coverage: Coverage,
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
    /// Whom a coverage misses, if that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Gap>,
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

impl Ask for Question {
    type Answer = Answer;

    fn answer(self, app: &App) -> Result<Answer, Failure> {
        let level = level(&self.level)?;
        check_measures(app, &self.measures)?;
        let period: Period = self.period.as_deref().map_or(Ok(Period::ALL), str::parse)?;
        let as_of: Day = self.as_of.as_deref().map(str::parse).transpose()?.unwrap_or(app.today());
        let membership = app.membership();
        // A township that had been merged into another before the period began has nothing to do in it.
        let there = |town: &&Town| membership.successor(town.code, period.from).is_none();
        let offices: BTreeMap<_, _> =
            app.towns().iter().filter(there).map(|town| (town.code, Some(town.kind))).collect();
        let ask = |level| tally::Question {
            ids: self.measures.clone(),
            level,
            period,
            as_of,
            offices: offices.clone(),
        };
        // One moment for both levels, so that the parts and their sum cannot come from different days.
        let (parts, whole, gaps) = app.store.read(|views| {
            let query = |level| tally::query(views, &app.catalogue, &membership, &ask(level));
            let parts = if level == Level::County { Vec::new() } else { query(level) };
            let whole = query(Level::County);
            let gaps =
                if self.list { gaps(views, &app.catalogue, parts.iter().chain(&whole)) } else { Gaps::new() };
            (parts, whole, gaps)
        });
        let mut units = units(app, level, &parts);
        units.push((
            Whom::County,
            Unit { level: "county".into(), id: String::new(), name: app.config.name.clone() },
        ));
        let columns = columns(&whole, &parts);
        let mut lines: BTreeMap<(String, Option<u32>, Whom), Line> = BTreeMap::new();
        for line in parts.into_iter().chain(whole) {
            lines.insert((line.id.clone(), line.split, line.whom), line);
        }
        let mut cells = Vec::with_capacity(columns.len() * units.len());
        for (split, column) in &columns {
            for (whom, unit) in &units {
                let of = |whom| lines.get(&(column.id.clone(), *split, whom));
                let mut cell = match (of(*whom), of(Whom::County)) {
                    (Some(line), _) => cell(column, unit, line.figure, Some(line)),
                    (None, Some(whole)) => cell(column, unit, whole.figure.nothing(), None),
                    // A grade is given to townships alone.
                    (None, None) => cell(column, unit, Figure::Grade(None), None),
                };
                if let Some(gaps) = gaps.get(&(column.id.clone(), *whom)).filter(|_| split.is_none()) {
                    cell.missing.clone_from(gaps);
                }
                cells.push(cell);
            }
        }
        Ok(Answer {
            level: self.level,
            from: period.from.to_string(),
            to: period.to.to_string(),
            as_of: as_of.to_string(),
            measures: columns.into_iter().map(|(_, column)| column).collect(),
            units: units.into_iter().map(|(_, unit)| unit).collect(),
            cells,
            coverage: app.coverage(),
        })
    }
}

fn level(text: &str) -> Result<Level, Failure> {
    match text {
        "county" => Ok(Level::County),
        "district" => Ok(Level::District),
        "township" => Ok(Level::Township),
        other => Err(Failure::new(
            ErrorCode::Invalid,
            format!("层级应为 county、district 或 township，不是“{other}”。"),
            format!("The level must be county, district or township, not \"{other}\"."),
        )),
    }
}

fn check_measures(app: &App, ids: &[String]) -> Result<(), Failure> {
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

/// The columns in the order of the catalogue, each with the number of the choice that it is a part for. A part that the
/// county has not, the name of a grade, stands before those that it has.
fn columns(whole: &[Line], parts: &[Line]) -> Vec<(Option<u32>, Measure)> {
    let mut columns: Vec<(Option<u32>, Measure)> = Vec::new();
    let mut known: BTreeSet<(&str, Option<u32>)> = BTreeSet::new();
    for line in whole.iter().chain(parts) {
        if !known.insert((&line.id, line.split)) {
            continue;
        }
        let first = columns.iter().position(|(_, column)| column.id == line.id);
        let place = if line.split.is_none() { first } else { None };
        columns.insert(place.unwrap_or(columns.len()), (line.split, column(line)));
    }
    columns
}

fn column(line: &Line) -> Measure {
    let part = line.part.as_ref();
    Measure {
        id: line.id.clone(),
        zh: line.label.zh.clone(),
        en: line.label.en.clone(),
        split: part.map(|part| part.key.clone()).unwrap_or_default(),
        split_zh: part.map(|part| part.label.zh.clone()).unwrap_or_default(),
        split_en: part.map(|part| part.label.en.clone()).unwrap_or_default(),
        target: line.target.as_ref().map(Target::to_string).unwrap_or_default(),
    }
}

/// Whom the coverages miss, by coverage and unit.
type Gaps = BTreeMap<(String, Whom), Vec<Gap>>;

fn gaps<'l>(views: &dyn View, catalogue: &Catalogue, lines: impl Iterator<Item = &'l Line>) -> Gaps {
    let words = Words { views, catalogue };
    let gap = |missing: &Missing| match missing {
        Missing::Record(id) => Gap { id: id.to_string(), name: words.title(*id), township: None },
        Missing::Choice(code, part) => {
            Gap { id: part.key.clone(), name: part.label.zh.clone(), township: Some(*code) }
        }
    };
    let lines = lines.filter(|line| !line.missing.is_empty());
    lines.map(|line| ((line.id.clone(), line.whom), line.missing.iter().map(gap).collect())).collect()
}

/// The rows below the county: every township listed, or every district, and whatever else has figures.
fn units(app: &App, level: Level, parts: &[Line]) -> Vec<(Whom, Unit)> {
    let rest = ("rest", String::new(), "（其他）".to_owned());
    let unit = |level: &str, id: String, name: String| Unit { level: level.to_owned(), id, name };
    let mut units: Vec<(Whom, Unit)> = match level {
        Level::County => Vec::new(),
        Level::Township => app
            .towns()
            .iter()
            .map(|town| {
                (Whom::Township(town.code), unit("township", town.code.to_string(), town.name.clone()))
            })
            .collect(),
        Level::District => district::all(app)
            .into_iter()
            .map(|found| (Whom::District(found.id), unit("district", found.id.to_string(), found.name)))
            .collect(),
    };
    let mut known: BTreeSet<Whom> = units.iter().map(|(whom, _)| *whom).collect();
    for line in parts {
        // What belongs to no unit is shown only where there is any.
        if line.whom == Whom::Rest && line.figure.is_nothing() {
            continue;
        }
        if known.insert(line.whom) {
            let (level, id, name) = match line.whom {
                Whom::Township(code) => township(app, code),
                Whom::District(id) => unknown_district(id),
                Whom::County | Whom::Rest => rest.clone(),
            };
            units.push((line.whom, unit(level, id, name)));
        }
    }
    units
}

fn township(app: &App, code: TownshipCode) -> (&'static str, String, String) {
    ("township", code.to_string(), app.towns().name(code))
}

fn unknown_district(id: RecordId) -> (&'static str, String, String) {
    ("district", id.to_string(), id.to_string())
}

fn cell(column: &Measure, unit: &Unit, figure: Figure, line: Option<&Line>) -> Cell {
    let (numerator, denominator) = figure.parts();
    let unit =
        if unit.level == "county" || unit.level == "rest" { unit.level.clone() } else { unit.id.clone() };
    let word = line.and_then(|line| line.word.as_ref());
    Cell {
        measure: column.id.clone(),
        split: column.split.clone(),
        unit,
        numerator,
        denominator,
        text: word.map_or_else(|| figure.to_string(), |word| word.zh.clone()),
        text_en: word.map(|word| word.en.clone()),
        met: line.and_then(|line| line.met),
        missing: Vec::new(),
    }
}
