use std::path::PathBuf;

use clap::Args;
use shared::program::{Align, Existing, Failure, Lang, Table, Target};

use super::Desk;
use crate::app::drill;
use crate::app::places::Ranking;
use crate::app::tally::{Answer, Cell, Measure, Question, Unit};
use crate::app::tally_book;

/// 统计：按县、片、乡镇；比较、排名、查明细 / Tallies by county, district or township; compared, ranked, opened up
#[derive(Debug, Args)]
pub(super) struct Tally {
    /// 指标，如 A1；不写为全部 / ids of measures, such as A1; all if none is given
    measures: Vec<String>,
    /// county, district, township（默认片，排名时乡镇）/ district if not said, township with --rank
    #[arg(long)]
    level: Option<String>,
    /// 2017, 2017-05, 2017Q2, 2017H1, 2017-01-01..2017-06-30, 2017S1（次）, 18S3, session, T18（届）, term
    #[arg(long)]
    period: Option<String>,
    /// 以哪天判断超期（默认今天）/ day on which overdue is judged; today by default
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// 列出未覆盖的 / name whom the coverages miss
    #[arg(long, requires = "measures")]
    list: bool,
    /// 比较：year 同比，previous 环比 / beside the same period a year ago, or the one before
    #[arg(long, value_name = "year|previous")]
    compare: Option<String>,
    /// 乡镇排名，按第一个指标排列 / places of the townships, in order of the first measure
    #[arg(long, requires = "measures")]
    rank: bool,
    /// 在各片内排名 / rank within each district
    #[arg(long, requires = "rank", value_name = "district")]
    within: Option<Within>,
    /// 小的在前 / the smallest figure first
    #[arg(long, requires = "rank")]
    ascending: bool,
    /// 写成 Excel 统计表（文件或文件夹），乡镇按片列出 / as a workbook: a file, or a folder in which it gets a name
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "drill"])]
    xlsx: Option<PathBuf>,
    /// 覆盖已有的文件 / replace a file that is there
    #[arg(long, requires = "xlsx")]
    force: bool,
    /// 列出构成这个数的记录 / the records that make the figure
    #[arg(long, requires = "measures", conflicts_with_all = ["list", "compare", "rank", "level"])]
    drill: bool,
    /// 哪个乡镇或片（代码或名称，默认全县）/ whose figure: a township or district; the county if not said
    #[arg(long, requires = "drill")]
    unit: Option<String>,
    /// 其中哪一项，如 COUNTY / one part of a split measure
    #[arg(long, requires = "drill", value_name = "KEY")]
    split: Option<String>,
    /// 一页多少条 / records of one page
    #[arg(long, requires = "drill")]
    limit: Option<u32>,
    /// 接着上一页 / go on after a page
    #[arg(long, requires = "drill", value_name = "MARK")]
    after: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Within {
    County,
    District,
}

impl Tally {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        if self.drill {
            return self.open_up(desk);
        }
        let Self {
            measures, level, period, as_of, list, compare, rank, within, ascending, xlsx, force, ..
        } = self;
        // A workbook has room for all.
        let usual = if rank || xlsx.is_some() { "township" } else { "district" };
        let level = level.unwrap_or_else(|| usual.to_owned());
        let within_district = matches!(within, Some(Within::District));
        let rank = rank.then_some(Ranking { within_district, ascending });
        let question = Question { measures, level, period, as_of, list, compare, rank };
        if let Some(file) = xlsx {
            return book(desk, question, file, Existing::forced(force));
        }
        let answer = desk.counter()?.ask(question)?;
        desk.out.data(&answer, |lang| table(&answer, lang));
        Ok(())
    }

    fn open_up(self, desk: &Desk) -> Result<(), Failure> {
        let [measure] = <[String; 1]>::try_from(self.measures).map_err(|_| {
            Failure::invalid("明细一次只能查一个指标。", "Only one measure at a time can be opened up.")
        })?;
        let question = drill::Question {
            measure,
            split: self.split,
            unit: self.unit.unwrap_or_default(),
            period: self.period,
            as_of: self.as_of,
            limit: self.limit,
            after: self.after,
        };
        let answer = desk.counter()?.ask(question)?;
        desk.out.data(&answer, |lang| {
            let days = match (lang, answer.from.as_str()) {
                (Lang::Zh, "") => format!("{}，没有这个期间，以 {} 判断超期", answer.name, answer.as_of),
                (Lang::En, "") => format!("{}, no such period, overdue as of {}", answer.name, answer.as_of),
                (Lang::Zh, from) => {
                    format!("{}，{from} 至 {}，以 {} 判断超期", answer.name, answer.to, answer.as_of)
                }
                (Lang::En, from) => {
                    format!("{}, from {from} to {}, overdue as of {}", answer.name, answer.to, answer.as_of)
                }
            };
            format!("{days}\n{}", answer.shown.text(lang))
        });
        Ok(())
    }
}

fn book(desk: &Desk, question: Question, file: PathBuf, existing: Existing) -> Result<(), Failure> {
    let target = Target::of(Some(file))?.absolute()?;
    let wanted = tally_book::Wanted { question, target, existing, lang: desk.out.lang };
    let written = desk.counter()?.ask(wanted)?;
    desk.out.data(&written, |lang| {
        let tally_book::Written { file, rows, columns, checked, wrong, synced, townships } = &written;
        let file = file.display();
        match lang {
            Lang::Zh => format!(
                "统计表：{file}\n  {rows} 行，{columns} 列；核对 {checked} 项，不符 {wrong} 项；数据 {synced}/{townships} 已同步\n"
            ),
            Lang::En => format!(
                "figures: {file}\n  {rows} rows, {columns} columns; {checked} sums checked, {wrong} wrong; {synced}/{townships} townships synced\n"
            ),
        }
    });
    Ok(())
}

/// Units down, measures across when they are few; measures down, units across when there are more measures than units.
pub fn table(answer: &Answer, lang: Lang) -> String {
    let units: Vec<String> = answer.units.iter().map(|unit| unit_name(unit, lang)).collect();
    let columns: Vec<String> = answer.measures.iter().map(|column| heading(column, lang)).collect();
    let cell = |column: usize, unit: usize| &answer.cells[column * units.len() + unit];
    let ranked = answer.cells.iter().any(|cell| cell.rank.is_some() || cell.unranked.is_some());
    // Places need a column of their own beside the figure, so units always go down then.
    let measures_across = columns.len() <= 8 || ranked;
    let (across, down) = if measures_across { (&columns, &units) } else { (&units, &columns) };
    let corner = if measures_across { lang.pick("单位", "unit") } else { lang.pick("指标", "measure") };
    let mut heads = vec![(corner.to_owned(), Align::Left)];
    let within = answer.units.iter().any(|unit| unit.within.is_some());
    if within {
        heads.push((lang.pick("片", "district").to_owned(), Align::Left));
    }
    for (nth, head) in across.iter().enumerate() {
        heads.push((head.clone(), Align::Right));
        if ranked && answer.measures[nth].split.is_empty() {
            heads.push((lang.pick("名次", "place").to_owned(), Align::Left));
        }
    }
    let mut table = Table::new(heads);
    for (row, name) in down.iter().enumerate() {
        let mut cells = vec![name.clone()];
        if within {
            cells.push(answer.units[row].within.clone().unwrap_or_default());
        }
        for column in 0..across.len() {
            let found = if measures_across { cell(column, row) } else { cell(row, column) };
            cells.push(shown(found, lang));
            if ranked && answer.measures[column].split.is_empty() {
                cells.push(place(found, lang));
            }
        }
        table.row(cells);
    }
    let (coverage, warnings) = (answer.coverage.text(lang), answer.coverage.warnings(lang));
    let (days, missing) = (days(answer, lang), missing(answer, lang));
    format!("{days}{}{missing}{coverage}\n{warnings}", table.render())
}

fn unit_name(unit: &Unit, lang: Lang) -> String {
    match unit.level.as_str() {
        "county" => format!("{}{}", unit.name, lang.pick("合计", " total")),
        _ => unit.name.clone(),
    }
}

/// The days asked for, those of each township where they differ, and those of the period beside which they stand.
fn days(answer: &Answer, lang: Lang) -> String {
    let Answer { period, from, to, as_of, .. } = answer;
    let mut out = match (lang, answer.own_days.is_empty()) {
        (Lang::Zh, true) if !from.is_empty() => format!("期间 {from} 至 {to}，以 {as_of} 判断超期\n"),
        (Lang::En, true) if !from.is_empty() => format!("from {from} to {to}, overdue as of {as_of}\n"),
        (Lang::Zh, true) => format!("期间 {period}：没有乡镇登记，以 {as_of} 判断超期\n"),
        (Lang::En, true) => format!("{period}: no township has entered it; overdue as of {as_of}\n"),
        (Lang::Zh, false) => format!("期间 {period}，各乡镇按自己的日期，以 {as_of} 判断超期\n"),
        (Lang::En, false) => format!("{period}, by each township's own days, overdue as of {as_of}\n"),
    };
    for own in &answer.own_days {
        out.push_str(&format!("  {} {}..{}\n", own.name, own.from, own.to));
    }
    if let Some(before) = &answer.before {
        let way = match before.compare.as_str() {
            "year" | "同比" => lang.pick("同比", "a year ago"),
            _ => lang.pick("环比", "the period before"),
        };
        out.push_str(&match lang {
            Lang::Zh => format!("括号内为{way}增减，比较期间 {} 至 {}\n", before.from, before.to),
            Lang::En => format!("in brackets the change from {way}: {} to {}\n", before.from, before.to),
        });
    }
    out
}

/// A figure with its change, and whether it meets its target.
fn shown(cell: &Cell, lang: Lang) -> String {
    let mut text = cell.text_en.as_deref().filter(|_| lang == Lang::En).unwrap_or(&cell.text).to_owned();
    if let Some(before) = &cell.before {
        text.push_str(&format!(" ({})", before.change.as_deref().unwrap_or("—")));
    }
    match cell.met {
        Some(true) => format!("{text} ✓"),
        Some(false) => format!("{text} ✗"),
        None => text,
    }
}

fn place(cell: &Cell, lang: Lang) -> String {
    match (cell.rank, cell.unranked.as_deref()) {
        (Some(rank), _) => rank.to_string(),
        (None, Some("vetoed")) => lang.pick("— 一票否决", "— vetoed").to_owned(),
        (None, Some("unreported")) => lang.pick("— 未上报", "— not reported").to_owned(),
        (None, Some(_)) => "—".to_owned(),
        (None, None) => String::new(),
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
