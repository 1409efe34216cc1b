//! `appraisal`: suggestions, check scores and the table of a year.

use clap::Subcommand;
use shared::ids::TownshipCode;
use shared::program::{Align, Failure, Lang, Table, text};

use super::Desk;
use crate::app::appraisal::mark::Mark;
use crate::app::appraisal::suggest::{Suggest, Suggested};
use crate::app::appraisal::{self, Ask};

/// 年度考核：建议分、核分、排名 / Annual appraisal: suggestions, check scores, ranking
#[derive(Debug, Subcommand)]
pub(super) enum Appraisal {
    /// 按台账算出建议分，并带入乡镇自评分 / Fills in what the tallies suggest, and the self scores
    Suggest { year: i16 },
    /// 登记核定分，如 1=9.5；*=suggested 或 *=self 带入 / Puts check scores down, such as 1=9.5
    Mark {
        year: i16,
        township: TownshipCode,
        /// 序号=分数 / item=points
        #[arg(required = true, value_name = "ITEM=POINTS")]
        marks: Vec<String>,
    },
    /// 名次、等次、一票否决、表彰 / Places, grades, vetoes, honours
    Table { year: i16 },
}

impl Appraisal {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::Suggest { year } => {
                let done = counter.ask(Suggest { year })?;
                if !done.unknown.is_empty() {
                    let ids = done.unknown.join(", ");
                    desk.out
                        .note(&text(format!("没有这些指标：{ids}"), format!("There are no figures {ids}")));
                }
                desk.out.data(&done, |lang| suggested(&done, lang));
            }
            Self::Mark { year, township, marks } => {
                let marked = counter.ask(Mark { year, township, marks })?;
                desk.out.data(&marked, |lang| {
                    format!(
                        "{} {}/{}",
                        lang.pick("已核定项目", "items with a check score:"),
                        marked.marked,
                        marked.items
                    )
                });
            }
            Self::Table { year } => {
                let table = counter.ask(Ask { year })?;
                desk.out.data(&table, |lang| ranking(&table, lang));
            }
        }
        Ok(())
    }
}

fn suggested(done: &Suggested, lang: Lang) -> String {
    let mut table = Table::new([
        (lang.pick("乡镇", "township"), Align::Left),
        (lang.pick("建议总分", "suggested"), Align::Right),
        (lang.pick("已建议", "items"), Align::Right),
        (lang.pick("无数据", "no case"), Align::Right),
        (lang.pick("评议项", "by judgement"), Align::Right),
        (lang.pick("", ""), Align::Left),
    ]);
    for row in &done.rows {
        let said = match (row.done, row.changed) {
            (true, _) => lang.pick("已定分，未改动", "final: left alone"),
            (_, true) => lang.pick("已更新", "updated"),
            _ => lang.pick("无变化", "unchanged"),
        };
        table.row([
            row.name.clone(),
            row.total.clone(),
            row.suggested.to_string(),
            row.no_case.to_string(),
            row.by_hand.to_string(),
            said.to_owned(),
        ]);
    }
    table.render()
}

fn ranking(found: &appraisal::Table, lang: Lang) -> String {
    let mut table = Table::new([
        (lang.pick("名次", "place"), Align::Right),
        (lang.pick("乡镇", "township"), Align::Left),
        (lang.pick("片", "district"), Align::Left),
        (lang.pick("建议分", "suggested"), Align::Right),
        (lang.pick("自评分", "self"), Align::Right),
        (lang.pick("核定分", "check"), Align::Right),
        (lang.pick("最终得分", "final"), Align::Right),
        (lang.pick("等次", "grade"), Align::Left),
        (lang.pick("状态", "status"), Align::Left),
        (lang.pick("表彰", "honours"), Align::Left),
    ]);
    let points = |points: &Option<String>| points.clone().unwrap_or_default();
    for row in &found.rows {
        let place = row.place.map_or_else(|| "—".to_owned(), |place| place.to_string());
        let status = if row.vetoed { lang.pick("一票否决", "vetoed") } else { row.status.get(lang) };
        table.row([
            place,
            row.name.clone(),
            row.district.clone().unwrap_or_default(),
            points(&row.suggested),
            points(&row.self_score),
            points(&row.check),
            points(&row.score),
            row.grade.as_ref().map(|grade| grade.get(lang).to_owned()).unwrap_or_default(),
            status.to_owned(),
            row.honours.join(lang.pick("、", ", ")),
        ]);
    }
    let grades = &found.grades;
    let sums = match lang {
        Lang::Zh => format!("优秀 {}，合格 {}，不合格 {}", grades.excellent, grades.qualified, grades.poor),
        Lang::En => {
            format!("excellent {}, qualified {}, below {}", grades.excellent, grades.qualified, grades.poor)
        }
    };
    format!(
        "{}（{} 至 {}）\n{}{sums}\n{}\n",
        found.title,
        found.from,
        found.to,
        table.render(),
        found.coverage.text(lang)
    )
}
