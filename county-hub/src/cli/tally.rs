use clap::Args;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::tally::{Answer, Cell, Measure, Question};

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
    /// 列出未覆盖的 / name whom the coverages miss
    #[arg(long, requires = "measures")]
    list: bool,
}

impl Tally {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self { measures, level, period, as_of, list } = self;
        let answer = desk.counter()?.ask(Question { measures, level, period, as_of, list })?;
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
    let text = |column: usize, unit: usize| shown(&answer.cells[column * units.len() + unit], lang);
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
    format!("{period}\n{}{}{}\n", table.render(), missing(answer, lang), answer.coverage.text(lang))
}

/// A figure, and whether it meets its target.
fn shown(cell: &Cell, lang: Lang) -> String {
    let text = cell.text_en.as_deref().filter(|_| lang == Lang::En).unwrap_or(&cell.text);
    match cell.met {
        Some(true) => format!("{text} ✓"),
        Some(false) => format!("{text} ✗"),
        None => text.to_owned(),
    }
}

/// Whom the coverages miss, unit by unit; the county names nobody whom a unit below has named.
fn missing(answer: &Answer, lang: Lang) -> String {
    let mut table = Table::left([
        lang.pick("指标", "measure"),
        lang.pick("单位", "unit"),
        lang.pick("未覆盖", "missing"),
        lang.pick("编号", "record"),
    ]);
    let below = answer.units.len() > 1;
    for (nth, cell) in answer.cells.iter().enumerate() {
        let unit = &answer.units[nth % answer.units.len()];
        if below && unit.level == "county" {
            continue;
        }
        for gap in &cell.missing {
            table.row([&cell.measure, &unit.name, &gap.name, &gap.id]);
        }
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.render()) }
}

fn heading(column: &Measure, lang: Lang) -> String {
    let name = lang.pick(&column.zh, &column.en);
    if column.split.is_empty() && column.target.is_empty() {
        format!("{} {name}", column.id)
    } else if column.split.is_empty() {
        format!("{} {name} {}", column.id, column.target)
    } else {
        format!("{} {name}·{}", column.id, lang.pick(&column.split_zh, &column.split_en))
    }
}
