use clap::Args;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::tally::{Answer, Measure, Question};

/// 统计：按县、片、乡镇 / Tallies by county, district or township
#[derive(Debug, Args)]
pub(super) struct Tally {
    /// 指标，如 A1；不写为全部 / ids of measures, such as A1; all if none is given
    measures: Vec<String>,
    /// county, district, township
    #[arg(long, default_value = "district")]
    level: String,
    /// 2017, 2017-05, 2017Q2, 2017H1, 2017-01-01..2017-06-30
    #[arg(long)]
    period: Option<String>,
    /// 以哪天判断超期（默认今天）/ day on which overdue is judged; today by default
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

impl Tally {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self { measures, level, period, as_of } = self;
        let answer = desk.counter()?.ask(Question { measures, level, period, as_of })?;
        desk.out.data(&answer, |lang| table(&answer, lang));
        Ok(())
    }
}

/// Units down, measures across when they are few; measures down, units across when there are more measures than units.
pub fn table(answer: &Answer, lang: Lang) -> String {
    let units: Vec<String> = answer
        .units
        .iter()
        .map(|unit| {
            if unit.level == "county" {
                format!("{}{}", unit.name, lang.pick("合计", " total"))
            } else {
                unit.name.clone()
            }
        })
        .collect();
    let columns: Vec<String> = answer.measures.iter().map(|column| heading(column, lang)).collect();
    let text = |column: usize, unit: usize| answer.cells[column * units.len() + unit].text.clone();
    let measures_across = columns.len() <= 8;
    let (across, down) = if measures_across { (&columns, &units) } else { (&units, &columns) };
    let corner = if measures_across { lang.pick("单位", "unit") } else { lang.pick("指标", "measure") };
    let heads = std::iter::once((corner.to_owned(), Align::Left))
        .chain(across.iter().map(|head| (head.clone(), Align::Right)));
    let mut table = Table::new(heads);
    for (row, name) in down.iter().enumerate() {
        let cells = (0..across.len())
            .map(|column| if measures_across { text(column, row) } else { text(row, column) });
        table.row(std::iter::once(name.clone()).chain(cells));
    }
    let period = match lang {
        Lang::Zh => format!("期间 {} 至 {}，以 {} 判断超期", answer.from, answer.to, answer.as_of),
        Lang::En => format!("from {} to {}, overdue as of {}", answer.from, answer.to, answer.as_of),
    };
    format!("{period}\n{}{}\n", table.render(), answer.coverage.text(lang))
}

fn heading(column: &Measure, lang: Lang) -> String {
    let name = lang.pick(&column.zh, &column.en);
    if column.split.is_empty() {
        format!("{} {name}", column.id)
    } else {
        format!("{} {name}·{}", column.id, lang.pick(&column.split_zh, &column.split_en))
    }
}
