//! The annual appraisal: what the tallies suggest for each item of the scheme, and the table of all townships with places,
//! grades, vetoes and honours.
//!
//! [`suggest`] writes suggestions, and the self scores that the townships sent, into the county's own score records;
//! [`mark`] puts check scores down. Both go through the gate like anybody's work. The kinds are those of the catalogue's
//! `appraisal_scheme.toml` and its neighbours. Not here: how points follow from a figure ([`shared::tally::score`]), who decides
//! on final scores and vetoes (the directors' meeting, by the records' own rules).

pub mod mark;
pub mod suggest;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::catalogue::model::Kind;
use shared::ids::{RecordId, TownshipCode};
use shared::program::{Failure, Text};
use shared::record::{Decimal, Record, Value};
use shared::store::View;
use shared::tally::score::{Function, Rounding, Sense};
use shared::tally::{Entrant, Figure, Order, Period, Rank, Unranked, Vetoes, rank};

use super::App;
use super::coverage::Coverage;
use super::district::Groups;
use super::named::{Said, is, kind, records};

const SCHEME: &str = "appraisal_scheme";
const SCORE: &str = "appraisal_score";
const SELF: &str = "self_appraisal";
const HONOUR: &str = "honour";

/// The table of a year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {
    pub year: i16,
}

/// Ranked townships first, then those outside the ranking.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    pub year: i16,
    pub title: String,
    pub from: String,
    pub to: String,
    pub rows: Vec<Row>,
    /// Townships by grade, of those with a final score: excellent, qualified, below.
    pub grades: Grades,
    pub coverage: Coverage,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grades {
    pub excellent: u32,
    pub qualified: u32,
    pub poor: u32,
}

/// One township. Points are printed with one decimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub township: TownshipCode,
    pub name: String,
    pub district: Option<String>,
    pub status: Text,
    pub suggested: Option<String>,
    pub self_score: Option<String>,
    pub check: Option<String>,
    pub bonus: Option<String>,
    /// The final score of the directors' meeting.
    pub score: Option<String>,
    pub grade: Option<Text>,
    /// From 1, equal scores alike, the next place left out; none outside the ranking.
    pub place: Option<u32>,
    /// A veto of the year is in force.
    pub vetoed: bool,
    /// Titles of honours of the year.
    pub honours: Vec<String>,
}

/// A scheme as the program works with it.
pub(super) struct Scheme {
    pub(super) record: RecordId,
    pub(super) title: String,
    pub(super) period: Period,
    pub(super) rounding: Rounding,
    pub(super) items: Vec<Item>,
}

/// One item of a scheme; points in thousandths.
pub(super) struct Item {
    pub(super) no: i64,
    pub(super) full: i64,
    /// The figure and what it is worth; none where people judge.
    pub(super) counted: Option<(String, Function)>,
}

impl Scheme {
    /// The scheme of a year that is approved or further.
    pub(super) fn of(app: &App, views: &dyn View, year: i16) -> Result<Self, Failure> {
        let found = kind(app, SCHEME)?;
        let of_year = |record: &Record| Said::of(found, record).number("year") == Some(i64::from(year));
        let said = |record: &Record| !is(found, record, &["draft"]);
        let scheme = records(views, found).into_iter().find(|record| of_year(record) && said(record));
        let none = || {
            Failure::not_found(
                format!("{year}年没有审定的考核方案。"),
                format!("There is no approved appraisal scheme of {year}."),
            )
        };
        let record = scheme.ok_or_else(none)?;
        let said = Said::of(found, &record);
        let period = said.day("period_from").zip(said.day("period_to"));
        let (from, to) = period.ok_or_else(none)?;
        let rounding = match said.key("rounding") {
            Some("HALF") => Rounding::Half,
            Some("WHOLE") => Rounding::Whole,
            _ => Rounding::Tenth,
        };
        let items: Vec<Item> = said.rows("items").iter().filter_map(Item::read).collect();
        let mut numbers = BTreeSet::new();
        if let Some(twin) = items.iter().find(|item| !numbers.insert(item.no)) {
            return Err(Failure::invalid(
                format!("考核方案有两个项目的序号都是{}。", twin.no),
                format!("Two items of the scheme have the number {}.", twin.no),
            ));
        }
        let title = said.text("title").to_owned();
        Ok(Self { record: record.id, title, period: Period { from, to }, rounding, items })
    }
}

impl Item {
    fn read(row: &Said<'_>) -> Option<Self> {
        let sense = if row.key("sense") == Some("LESS") { Sense::Less } else { Sense::More };
        let target = row.thousandths("target");
        let function = match (row.key("function")?, target) {
            ("LINEAR", Some(target)) => Some(Function::Linear { target }),
            ("STEP", Some(target)) => {
                let step = |at: &str, points: &str| row.thousandths(at).zip(row.thousandths(points));
                let steps = [step("first_at", "first_points"), step("second_at", "second_points")];
                Some(Function::Steps { target, steps: steps.into_iter().flatten().collect(), sense })
            }
            ("DEDUCT", Some(target)) => {
                Some(Function::Deduct { target, per: row.thousandths("per").unwrap_or(0), sense })
            }
            _ => None,
        };
        let figure = Some(row.text("figure").to_owned()).filter(|figure| !figure.is_empty());
        Some(Self { no: row.number("no")?, full: row.thousandths("full")?, counted: figure.zip(function) })
    }
}

/// The score records of a scheme, by township.
pub(super) fn scores(
    app: &App,
    views: &dyn View,
    scheme: RecordId,
) -> Result<BTreeMap<TownshipCode, Record>, Failure> {
    let found = kind(app, SCORE)?;
    let of = |record: Record| {
        let said = Said::of(found, &record);
        let township = said.township("township").filter(|_| said.link("scheme") == Some(scheme))?;
        Some((township, record))
    };
    Ok(records(views, found).into_iter().filter_map(of).collect())
}

/// Points with one decimal, of thousandths.
pub(super) fn points(thousandths: i64) -> Value {
    Value::Decimal(Decimal { units: thousandths / 100, scale: 1 })
}

pub(super) fn printed(thousandths: i64) -> String {
    Figure::Thousandths(thousandths).to_string()
}

impl super::ask::Ask for Ask {
    type Answer = Table;

    fn answer(self, app: &App) -> Result<Table, Failure> {
        let groups = Groups::read(app);
        let (scheme, scores, vetoes, honours) = app.store.read(|views| {
            let scheme = Scheme::of(app, views, self.year)?;
            let scores = scores(app, views, scheme.record)?;
            let vetoes = Vetoes::read(views, &app.catalogue);
            Ok::<_, Failure>((scheme, scores, vetoes, honours(app, views, self.year)?))
        })?;
        let found = kind(app, SCORE)?;
        let year: Period = self.year.to_string().parse()?;
        let vetoed = |code: &TownshipCode| vetoes.hold(*code, year);
        let entrant = |(code, record): (&TownshipCode, &Record)| {
            let score =
                Said::of(found, record).thousandths("final_total").filter(|_| is(found, record, &["final"]));
            let out = if vetoed(code) {
                Some(Unranked::Vetoed)
            } else {
                score.is_none().then_some(Unranked::NoFigure)
            };
            Entrant { figure: Figure::Thousandths(score.unwrap_or(0)), out }
        };
        let entrants: Vec<Entrant> = scores.iter().map(entrant).collect();
        let ranks = rank(&entrants, Order::Descending);
        let row = |((code, record), place): ((&TownshipCode, &Record), &Rank)| {
            let said = Said::of(found, record);
            let text = |id: &str| said.thousandths(id).map(printed);
            let done = is(found, record, &["final"]);
            Row {
                township: *code,
                name: app.towns().name(*code),
                district: groups.name(*code, scheme.period.to.min(app.today())),
                status: found
                    .statuses
                    .get(&record.status)
                    .map_or_else(|| shared::program::text("", ""), |s| Text::from(&s.label)),
                suggested: text("suggested_total"),
                self_score: text("self_total"),
                check: text("total"),
                bonus: text("bonus"),
                score: text("final_total").filter(|_| done),
                grade: grade(found, &said).filter(|_| done),
                place: place.place(),
                vetoed: vetoed(code),
                honours: honours.get(code).cloned().unwrap_or_default(),
            }
        };
        let mut rows: Vec<Row> = scores.iter().zip(&ranks).map(row).collect();
        rows.sort_by_key(|row| (row.place.is_none(), row.place, row.township));
        let count = |key: &str| {
            let of = |record: &&Record| {
                is(found, record, &["final"]) && Said::of(found, record).key("grade") == Some(key)
            };
            u32::try_from(scores.values().filter(of).count()).unwrap_or(u32::MAX)
        };
        let grades =
            Grades { excellent: count("EXCELLENT"), qualified: count("QUALIFIED"), poor: count("POOR") };
        let (from, to) = (scheme.period.from.to_string(), scheme.period.to.to_string());
        Ok(Table { year: self.year, title: scheme.title, from, to, rows, grades, coverage: app.coverage() })
    }
}

fn grade(kind: &Kind, said: &Said<'_>) -> Option<Text> {
    let key = said.key("grade")?;
    kind.field("grade")?.choice_key(key).map(|choice| Text::from(&choice.label))
}

/// Titles of the honours of a year that stand, by township.
fn honours(app: &App, views: &dyn View, year: i16) -> Result<BTreeMap<TownshipCode, Vec<String>>, Failure> {
    let found = kind(app, HONOUR)?;
    let mut honours: BTreeMap<TownshipCode, Vec<String>> = BTreeMap::new();
    for record in records(views, found).iter().filter(|record| is(found, record, &["conferred"])) {
        let said = Said::of(found, record);
        if said.number("year") == Some(i64::from(year))
            && let Some(township) = said.township("township")
        {
            honours.entry(township).or_default().push(said.text("title").to_owned());
        }
    }
    honours.values_mut().for_each(|titles| titles.sort());
    Ok(honours)
}
