//! The ranking of a period as a bulletin: points (C1) against target and advanced line, places, grades, pace; as text, so that
//! it says for ever what was told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::ids::{RecordId, TownshipCode};
use shared::program::{Align, Failure, Table};
use shared::record::{Day, Value};
use shared::store::View;
use shared::tally::{
    Entrant, Figure, Level, Line, Order, Period, Question, Rank, Unranked, Vetoes, Whom, query, rank,
};

use crate::app::App;
use crate::app::named::{Step, kind, take};

const BULLETIN: &str = "bulletin";
/// Points, target, advanced line, completion, surplus over the advanced line, grade, pace.
const FIGURES: [&str; 7] = ["C1", "C2_target", "C2_advanced", "C3", "C4", "C5", "C7"];

/// Writes the ranking of a period, such as `2026Q3`, as a draft of a bulletin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bulletin {
    pub period: String,
    /// Shows the text and writes nothing.
    #[serde(default)]
    pub show: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// None where it was only shown.
    pub record: Option<RecordId>,
    pub title: String,
    pub text: String,
    pub rows: Vec<RankRow>,
}

/// One township. Figures as they are printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankRow {
    /// From 1; none outside the ranking.
    pub place: Option<u32>,
    /// Place within its district.
    pub district_place: Option<u32>,
    pub township: TownshipCode,
    pub name: String,
    pub district: Option<String>,
    /// Of the period; since the beginning of its year.
    pub points: String,
    pub year_points: String,
    pub target: String,
    pub completion: String,
    pub surplus: String,
    pub grade: String,
    /// From 0, the lowest; none without a target.
    pub grade_no: Option<u32>,
    pub pace: String,
    pub vetoed: bool,
}

impl crate::app::ask::Ask for Bulletin {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        let period = shared::ledger::period_named(&self.period)?;
        let year = Period { from: Day::new(period.to.year(), 1, 1).unwrap_or(period.from), to: period.to };
        let rows = app.store.read(|views| rows(app, views, period, year));
        let title = format!("{}人大宣传报道积分排名通报（{}）", app.config.name, named(&self.period));
        let text = text(app, &rows, period, year);
        if self.show {
            return Ok(Written { record: None, title, text, rows });
        }
        let bulletin = kind(app, BULLETIN)?;
        let choice = |field: &str, key: &str| {
            let found = bulletin.field(field).and_then(|field| field.choice_value(key));
            found.ok_or_else(|| Failure::internal(format!("a bulletin has no {key}")))
        };
        let set = vec![
            ("kind", choice("kind", "RANKING")?),
            ("title", Value::Text(title.clone())),
            ("made_on", Value::Date(app.today())),
            ("period_from", Value::Date(period.from)),
            ("period_to", Value::Date(period.to)),
            ("body", Value::Text(text.clone())),
            ("addressed_to", choice("addressed_to", "ALL")?),
        ];
        let record = take(
            app,
            Step { kind: bulletin, record: None, action: "draft", set, clear: Vec::new(), reason: "" },
        )?;
        Ok(Written { record: Some(record), title, text, rows })
    }
}

/// `2026Q3` as offices write it.
fn named(period: &str) -> String {
    period.trim().parse::<Period>().map_or_else(|_| period.to_owned(), |period| period.chinese())
}

fn rows(app: &App, views: &dyn View, period: Period, year: Period) -> Vec<RankRow> {
    let membership = app.membership();
    let ask = |ids: &[&str], period: Period| Question {
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        level: Level::Township,
        days: period.into(),
        as_of: app.today().min(period.to),
        offices: app.towns().iter().map(|town| (town.code, Some(town.kind))).collect(),
    };
    let lines = |ids: &[&str], period| {
        let lines = query(views, &app.catalogue, &membership, &ask(ids, period)).into_iter();
        let whole = lines.filter(|line| line.split.is_none()).filter_map(|line| match line.whom {
            Whom::Township(code) => Some(((code, line.id.clone()), line)),
            _ => None,
        });
        whole.collect::<BTreeMap<(TownshipCode, String), Line>>()
    };
    let (of_period, of_year) = (lines(&["C1"], period), lines(&FIGURES, year));
    let vetoes = Vetoes::read(views, &app.catalogue);
    let groups = super::super::district::Groups::read(app);
    let towns: Vec<(TownshipCode, String)> =
        app.towns().iter().map(|town| (town.code, town.name.clone())).collect();
    let figure = |code: TownshipCode, id: &str| {
        of_year.get(&(code, id.to_owned())).map_or(Figure::Thousandths(0), |line| line.figure)
    };
    let entrant = |code: TownshipCode| {
        let out = vetoes.hold(code, year).then_some(Unranked::Vetoed);
        Entrant { figure: figure(code, "C1"), out }
    };
    let entrants: Vec<Entrant> = towns.iter().map(|(code, _)| entrant(*code)).collect();
    let ranks = rank(&entrants, Order::Descending);
    let district = |code: TownshipCode| groups.name(code, period.to.min(app.today()));
    let within = |code: TownshipCode| {
        let of = district(code)?;
        let others: Vec<TownshipCode> = towns
            .iter()
            .map(|(code, _)| *code)
            .filter(|other| district(*other).as_ref() == Some(&of))
            .collect();
        let entrants: Vec<Entrant> = others.iter().map(|code| entrant(*code)).collect();
        let nth = others.iter().position(|other| *other == code)?;
        rank(&entrants, Order::Descending).get(nth).and_then(|rank| rank.place())
    };
    let text = |lines: &BTreeMap<(TownshipCode, String), Line>, code: TownshipCode, id: &str| {
        let line = lines.get(&(code, id.to_owned()));
        line.map_or_else(
            || "—".to_owned(),
            |line| line.word.as_ref().map_or_else(|| line.figure.to_string(), |word| word.zh.clone()),
        )
    };
    let row = |((code, name), rank): (&(TownshipCode, String), &Rank)| RankRow {
        place: rank.place(),
        district_place: within(*code),
        township: *code,
        name: name.clone(),
        district: district(*code),
        points: text(&of_period, *code, "C1"),
        year_points: text(&of_year, *code, "C1"),
        target: text(&of_year, *code, "C2_target"),
        completion: text(&of_year, *code, "C3"),
        surplus: text(&of_year, *code, "C4"),
        grade: text(&of_year, *code, "C5"),
        grade_no: if let Figure::Grade(grade) = figure(*code, "C5") { grade } else { None },
        pace: text(&of_year, *code, "C7"),
        vetoed: vetoes.hold(*code, year),
    };
    let mut rows: Vec<RankRow> = towns.iter().zip(&ranks).map(row).collect();
    rows.sort_by_key(|row| (row.place.is_none(), row.place, row.township));
    rows
}

fn text(app: &App, rows: &[RankRow], period: Period, year: Period) -> String {
    let heads = [
        "名次",
        "片内名次",
        "乡镇",
        "片",
        "本期得分",
        "全年累计",
        "任务",
        "完成率",
        "超先进线",
        "等次",
        "进度",
    ];
    let align = |head: &'static str| {
        (head, if ["乡镇", "片", "等次"].contains(&head) { Align::Left } else { Align::Right })
    };
    let mut table = Table::new(heads.map(align));
    let place = |place: Option<u32>| place.map_or_else(|| "—".to_owned(), |place| place.to_string());
    for row in rows {
        table.row([
            place(row.place),
            place(row.district_place),
            row.name.clone(),
            row.district.clone().unwrap_or_default(),
            row.points.clone(),
            row.year_points.clone(),
            row.target.clone(),
            row.completion.clone(),
            row.surplus.clone(),
            row.grade.clone(),
            row.pace.clone(),
        ]);
    }
    let vetoed: Vec<&str> = rows.iter().filter(|row| row.vetoed).map(|row| row.name.as_str()).collect();
    let mut out =
        format!("本期 {} 至 {}，累计自 {}。\n\n{}", period.from, period.to, year.from, table.render());
    let mut grades: BTreeMap<u32, (&str, u32)> = BTreeMap::new();
    for row in rows {
        if let Some(grade) = row.grade_no {
            grades.entry(grade).or_insert((row.grade.as_str(), 0)).1 += 1;
        }
    }
    let grades: Vec<String> =
        grades.values().rev().map(|(grade, count)| format!("{grade} {count} 个")).collect();
    out.push_str(&format!(
        "\n{}。\n",
        if grades.is_empty() { "未下达任务".to_owned() } else { grades.join("，") }
    ));
    if !vetoed.is_empty() {
        out.push_str(&format!("不参加排名（一票否决）：{}。\n", vetoed.join("、")));
    }
    out.push_str(&app.coverage().text(shared::program::Lang::Zh));
    out.push('\n');
    out
}
