//! What the records add up to: by township, district and county, with the coverage of every total.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::catalogue::model::Shape;
use shared::code::ErrorCode;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::Day;
use shared::tally::{self, Figure, Level, Line, Period, Whom};

use super::ask::Ask;
use super::coverage::Coverage;
use super::{App, district};

/// What is asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Question {
    /// Ids of measures and rates, such as `A1`; empty asks for all.
    pub measures: Vec<String>,
    /// `county`, `district` or `township`.
    pub level: String,
    /// `2017`, `2017-05`, `2017Q2`, `2017-01-01..2017-06-30`; none is all time.
    pub period: Option<String>,
    /// The day on which "overdue" is judged; none is today.
    pub as_of: Option<String>,
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

/// A column: a measure, or one part of a measure that is split by a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub id: String,
    pub zh: String,
    pub en: String,
    /// Key of the choice; empty for the whole.
    pub split: String,
    pub split_zh: String,
    pub split_en: String,
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
}

impl Ask for Question {
    type Answer = Answer;

    fn answer(self, app: &App) -> Result<Answer, Failure> {
        let level = level(&self.level)?;
        check_measures(app, &self.measures)?;
        let period: Period = self.period.as_deref().map_or(Ok(Period::ALL), str::parse)?;
        let as_of: Day = self.as_of.as_deref().map(str::parse).transpose()?.unwrap_or(app.today());
        let membership = app.membership();
        let ask = |level| tally::Question { ids: self.measures.clone(), level, period, as_of };
        // One moment for both levels, so that the parts and their sum cannot come from different days.
        let (parts, whole) = app.store.read(|views| {
            let query = |level| tally::query(views, &app.catalogue, &membership, &ask(level));
            (if level == Level::County { Vec::new() } else { query(level) }, query(Level::County))
        });
        let mut units = units(app, level, &parts);
        units.push((
            Whom::County,
            Unit { level: "county".into(), id: String::new(), name: app.config.name.clone() },
        ));
        let columns = columns(app, &whole);
        let mut figures: BTreeMap<(String, Option<u32>, Whom), Figure> = BTreeMap::new();
        for line in parts.into_iter().chain(whole) {
            figures.insert((line.id, line.split, line.whom), line.figure);
        }
        let mut cells = Vec::with_capacity(columns.len() * units.len());
        for (split, column) in &columns {
            for (whom, unit) in &units {
                let of = |whom| figures.get(&(column.id.clone(), *split, whom)).copied();
                let figure = of(*whom).or_else(|| of(Whom::County).map(nothing)).unwrap_or(Figure::Count(0));
                cells.push(cell(column, unit, figure));
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
            kind.measures.iter().map(|measure| &measure.id).chain(kind.rates.iter().map(|rate| &rate.id))
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

/// The columns in the order of the catalogue, each with the number of the choice that it is a part for.
fn columns(app: &App, whole: &[Line]) -> Vec<(Option<u32>, Measure)> {
    whole
        .iter()
        .map(|line| {
            let (split, split_zh, split_en) = split_names(app, &line.id, line.split);
            let (id, zh, en) = (line.id.clone(), line.label.zh.clone(), line.label.en.clone());
            (line.split, Measure { id, zh, en, split, split_zh, split_en })
        })
        .collect()
}

/// (key, Chinese, English) of a part; part 0 is for records that leave the field empty.
fn split_names(app: &App, measure: &str, split: Option<u32>) -> (String, String, String) {
    let Some(split) = split else { return Default::default() };
    if split == 0 {
        return ("NONE".into(), "未填".into(), "not given".into());
    }
    let shape = app.catalogue.kinds.values().find_map(|kind| {
        let field = kind.measures.iter().find(|found| found.id == measure)?.split?;
        kind.fields.get(&field).map(|field| &field.shape)
    });
    let choice = match shape {
        Some(Shape::Choice(choices) | Shape::Choices(choices)) => {
            choices.iter().find(|choice| choice.id == split)
        }
        _ => None,
    };
    choice.map_or_else(
        || (split.to_string(), split.to_string(), split.to_string()),
        |choice| (choice.key.clone(), choice.label.zh.clone(), choice.label.en.clone()),
    )
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
        if line.whom == Whom::Rest && empty(line.figure) {
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

/// The figure of a unit that has no records: 0, or "no cases" where the measure is a rate.
fn nothing(like: Figure) -> Figure {
    match like {
        Figure::Count(_) => Figure::Count(0),
        Figure::Thousandths(_) => Figure::Thousandths(0),
        Figure::Rate { form, .. } => Figure::Rate { numerator: 0, denominator: 0, form },
    }
}

fn empty(figure: Figure) -> bool {
    match figure {
        Figure::Count(n) | Figure::Thousandths(n) => n == 0,
        Figure::Rate { numerator, denominator, .. } => numerator == 0 && denominator == 0,
    }
}

fn township(app: &App, code: TownshipCode) -> (&'static str, String, String) {
    ("township", code.to_string(), app.towns().name(code))
}

fn unknown_district(id: RecordId) -> (&'static str, String, String) {
    ("district", id.to_string(), id.to_string())
}

fn cell(column: &Measure, unit: &Unit, figure: Figure) -> Cell {
    let (numerator, denominator) = match figure {
        Figure::Count(n) | Figure::Thousandths(n) => (n, None),
        Figure::Rate { numerator, denominator, .. } => (numerator, Some(denominator)),
    };
    let unit =
        if unit.level == "county" || unit.level == "rest" { unit.level.clone() } else { unit.id.clone() };
    let (measure, split) = (column.id.clone(), column.split.clone());
    Cell { measure, split, unit, numerator, denominator, text: figure.to_string() }
}
