//! The ranking of a period as a bulletin: points (C1) against target and advanced line, places, grades, pace; as text, so that
//! it says for ever what was told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::ids::{RecordId, TownshipCode};
use shared::program::{Align, Failure, Lang, Table};
use shared::record::{Day, Value};
use shared::tally::{Period, PeriodName};

use crate::app::App;
use crate::app::named::{Of, Step, kind, take};
use crate::app::places::Ranking;
use crate::app::tally::{Answer, Cell, Question, Unit};

const BULLETIN: &str = "bulletin";
const POINTS: &str = "C1";
/// Points, which give the places, target, completion, surplus over the advanced line, grade, pace.
const FIGURES: [&str; 6] = [POINTS, "C2_target", "C3", "C4", "C5", "C7"];

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
    /// Why it has no place, as in a tally: `vetoed`, `unreported`, `no_cases`.
    pub unranked: Option<String>,
}

impl crate::app::ask::Ask for Bulletin {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        let period = shared::ledger::period_named(&self.period)?;
        let year = Period { from: Day::new(period.to.year(), 1, 1).unwrap_or(period.from), to: period.to };
        let figures = Figures::ask(app, period, year)?;
        let rows = figures.rows();
        let title = format!("{}人大宣传报道积分排名通报（{}）", app.config.name, named(&self.period));
        let text = figures.text(&rows, period, year);
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
        let record = take(app, vec![Step::new(bulletin, Of::New, "draft", set)])?;
        Ok(Written { record: Some(record), title, text, rows })
    }
}

/// `2026Q3` as offices write it.
fn named(period: &str) -> String {
    period.trim().parse::<Period>().map_or_else(|_| period.to_owned(), |period| period.chinese())
}

/// What the tallies say, all at one moment.
struct Figures {
    /// Of the period, and since the beginning of its year, with places in the county.
    period: Answer,
    year: Answer,
    /// The same with places within each district.
    district: Answer,
}

impl Figures {
    fn ask(app: &App, period: Period, year: Period) -> Result<Self, Failure> {
        let question = |measures: &[&str], days: Period, rank| Question {
            measures: measures.iter().map(|id| (*id).to_owned()).collect(),
            level: "township".to_owned(),
            period: Some(PeriodName::Days(days).to_string()),
            as_of: Some(app.today().min(period.to).to_string()),
            rank,
            ..Question::default()
        };
        let within = |within_district| Some(Ranking { within_district, ascending: false });
        app.store.read(|views| {
            let ask = |question: Question| question.answer_in(app, views);
            Ok(Self {
                period: ask(question(&[POINTS], period, None))?,
                year: ask(question(&FIGURES, year, within(false)))?,
                district: ask(question(&[POINTS], year, within(true)))?,
            })
        })
    }

    /// Ranked townships first.
    fn rows(&self) -> Vec<RankRow> {
        let townships = self.year.units.iter().filter_map(|unit| Some((unit, unit.id.parse().ok()?)));
        let mut rows: Vec<RankRow> = townships.map(|(unit, code)| self.row(unit, code)).collect();
        rows.sort_by_key(|row| (row.place.is_none(), row.place, row.township));
        rows
    }

    fn row(&self, unit: &Unit, township: TownshipCode) -> RankRow {
        let text = |answer: &Answer, id: &str| {
            answer.cell(id, &unit.id).map_or_else(|| "—".to_owned(), |cell| cell.text.clone())
        };
        let (points, grade) = (self.year.cell(POINTS, &unit.id), self.year.cell("C5", &unit.id));
        let within = self.district.cell(POINTS, &unit.id);
        let district = self.district.units.iter().find(|other| other.id == unit.id);
        let unranked = points.and_then(|cell| cell.unranked.clone());
        // A grade is a whole number; where there is none its denominator is 0.
        let graded = |cell: &&Cell| cell.denominator.is_none();
        RankRow {
            place: points.and_then(|cell| cell.rank),
            district_place: within.and_then(|cell| cell.rank),
            township,
            name: unit.name.clone(),
            district: district.and_then(|unit| unit.within.clone()),
            points: text(&self.period, POINTS),
            year_points: text(&self.year, POINTS),
            target: text(&self.year, "C2_target"),
            completion: text(&self.year, "C3"),
            surplus: text(&self.year, "C4"),
            grade: text(&self.year, "C5"),
            grade_no: grade.filter(graded).and_then(|cell| u32::try_from(cell.numerator).ok()),
            pace: text(&self.year, "C7"),
            vetoed: unranked.as_deref() == Some("vetoed"),
            unranked,
        }
    }

    fn text(&self, rows: &[RankRow], period: Period, year: Period) -> String {
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
        for (why, said) in
            [("vetoed", "不参加排名（一票否决）"), ("unreported", "暂不排名（本期没有报来数据）")]
        {
            let outside = rows.iter().filter(|row| row.unranked.as_deref() == Some(why));
            let names: Vec<&str> = outside.map(|row| row.name.as_str()).collect();
            if !names.is_empty() {
                out.push_str(&format!("{said}：{}。\n", names.join("、")));
            }
        }
        out.push_str(&self.year.coverage.text(Lang::Zh));
        out.push('\n');
        out
    }
}
