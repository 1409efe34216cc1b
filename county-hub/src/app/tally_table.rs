//! The table of an answer: its columns, its rows, and what stands in each cell.

use std::collections::{BTreeMap, BTreeSet};

use shared::catalogue::model::{Label, Target};
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::Words;
use shared::store::View;
use shared::tally::{Before, Change, Compared, Figure, Level, Line, Missing, Rank, Whom};

use super::places::{self, Places, Ranking};
use super::tally::{Cell, CellBefore, Gap, Measure, Read, Unit};
use super::{App, district};

pub(super) struct Table {
    pub(super) measures: Vec<Measure>,
    pub(super) units: Vec<Unit>,
    pub(super) cells: Vec<Cell>,
}

/// A column, with the number of the choice that it is a part for.
pub(super) type Column = (Option<u32>, Measure);

/// Lines by column and unit.
pub(super) type Lines<'r> = BTreeMap<(&'r str, Option<u32>, Whom), &'r Compared>;

/// What the table is put together from: its columns, its rows (the county last) with their places, the lines of its cells.
pub(super) struct Laid<'r> {
    pub(super) columns: Vec<Column>,
    pub(super) units: Vec<(Whom, Unit)>,
    pub(super) places: Option<Places>,
    pub(super) lines: Lines<'r>,
}

impl<'r> Laid<'r> {
    pub(super) fn of(app: &App, level: Level, read: &'r Read, ranking: Option<&Ranking>) -> Self {
        let columns = columns(&read.whole, &read.parts);
        let lines: Lines<'r> = read
            .further
            .iter()
            .flatten()
            .chain(&read.parts)
            .chain(&read.whole)
            .map(|compared| ((compared.0.id.as_str(), compared.0.split, compared.0.whom), compared))
            .collect();
        let mut units = units(app, level, &read.parts);
        let places = ranking.map(|ranking| places::of(app, read, ranking, &columns, &mut units, &lines));
        let county =
            Unit { level: "county".into(), id: String::new(), name: app.config.name.clone(), within: None };
        units.push((Whom::County, county));
        Self { columns, units, places, lines }
    }

    /// What stands in a cell: a line; where nothing was counted, the figure of nothing beside the one before.
    pub(super) fn at(
        &self,
        column: &Column,
        whom: Whom,
    ) -> (Figure, Option<&Label>, Option<bool>, Option<Before>) {
        let of = |whom| self.lines.get(&(column.1.id.as_str(), column.0, whom)).copied();
        match (of(whom), of(Whom::County)) {
            (Some((line, before)), _) => (line.figure, line.word.as_ref(), line.met, before.clone()),
            (None, Some((whole, before))) => {
                (whole.figure.nothing(), None, None, before.as_ref().map(nothing))
            }
            // A grade is given to townships alone.
            (None, None) => (Figure::Grade(None), None, None, None),
        }
    }
}

impl Table {
    pub(super) fn of(app: &App, level: Level, read: &Read, ranking: Option<&Ranking>, gaps: &Gaps) -> Self {
        let laid = Laid::of(app, level, read, ranking);
        let mut cells = Vec::with_capacity(laid.columns.len() * laid.units.len());
        for column in &laid.columns {
            for (whom, unit) in &laid.units {
                let (figure, word, met, before) = laid.at(column, *whom);
                let (split, column) = column;
                let mut cell = cell(column, unit, (&figure, word, met), before.as_ref());
                if split.is_none() {
                    cell.missing = gaps.get(&(column.id.clone(), *whom)).cloned().unwrap_or_default();
                    place(&mut cell, laid.places.as_ref(), &column.id, *whom);
                }
                cells.push(cell);
            }
        }
        Self {
            measures: laid.columns.into_iter().map(|(_, column)| column).collect(),
            units: laid.units.into_iter().map(|(_, unit)| unit).collect(),
            cells,
        }
    }
}

/// What stood before where there were no cases at either time.
fn nothing(before: &Before) -> Before {
    let figure = before.figure.nothing();
    Before { figure, word: None, change: Change::between(&figure, &figure) }
}

fn place(cell: &mut Cell, places: Option<&Places>, id: &str, whom: Whom) {
    match places.and_then(|places| places.get(&(id.to_owned(), whom))) {
        Some(Rank::Place(rank)) => cell.rank = Some(*rank),
        Some(Rank::Out(why)) => cell.unranked = Some(places::why(*why).to_owned()),
        None => {}
    }
}

/// The columns in the order of the catalogue. A part that the county has not, the name of a grade, stands before those that
/// it has.
fn columns(whole: &[Compared], parts: &[Compared]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut known: BTreeSet<(&str, Option<u32>)> = BTreeSet::new();
    for (line, _) in whole.iter().chain(parts) {
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
pub(super) type Gaps = BTreeMap<(String, Whom), Vec<Gap>>;

pub(super) fn gaps<'l>(app: &App, views: &dyn View, lines: impl Iterator<Item = &'l Line>) -> Gaps {
    let words = Words { views, catalogue: app.catalogue() };
    let towns = app.towns();
    let gap = |missing: &Missing| match missing {
        Missing::Record(id) => Gap { id: id.to_string(), name: words.title(*id), township: None },
        Missing::Choice(code, part) => {
            Gap { id: part.key.clone(), name: part.label.zh.clone(), township: Some(*code) }
        }
        Missing::Township(code) => {
            Gap { id: code.to_string(), name: towns.name(*code), township: Some(*code) }
        }
    };
    let lines = lines.filter(|line| !line.missing.is_empty());
    lines.map(|line| ((line.id.clone(), line.whom), line.missing.iter().map(gap).collect())).collect()
}

/// The rows below the county: every township listed, or every district, and whatever else has figures.
fn units(app: &App, level: Level, parts: &[Compared]) -> Vec<(Whom, Unit)> {
    let rest = ("rest", String::new(), "（其他）".to_owned());
    let unit =
        |level: &str, id: String, name: String| Unit { level: level.to_owned(), id, name, within: None };
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
    for (line, _) in parts {
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

fn cell(
    column: &Measure,
    unit: &Unit,
    (figure, word, met): (&Figure, Option<&Label>, Option<bool>),
    before: Option<&Before>,
) -> Cell {
    let (numerator, denominator) = figure.parts();
    let unit =
        if unit.level == "county" || unit.level == "rest" { unit.level.clone() } else { unit.id.clone() };
    Cell {
        measure: column.id.clone(),
        split: column.split.clone(),
        unit,
        numerator,
        denominator,
        text: printed(figure, word),
        text_en: word.map(|word| word.en.clone()),
        met,
        before: before.map(earlier),
        rank: None,
        unranked: None,
        missing: Vec::new(),
    }
}

fn printed(figure: &Figure, word: Option<&Label>) -> String {
    word.map_or_else(|| figure.to_string(), |word| word.zh.clone())
}

fn earlier(before: &Before) -> CellBefore {
    let (numerator, denominator) = before.figure.parts();
    CellBefore {
        numerator,
        denominator,
        text: printed(&before.figure, before.word.as_ref()),
        text_en: before.word.as_ref().map(|word| word.en.clone()),
        change: before.change.map(|change| change.to_string()),
    }
}
