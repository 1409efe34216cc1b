//! `period`: closing periods.

use clap::Subcommand;
use shared::code::ErrorCode;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::period::{Check, Close, Line, List, Show, Shown};

/// 封存期间：封存、列出、对照、重算 / Closing periods: seal, list, show beside the present, verify
#[derive(Debug, Subcommand)]
pub(super) enum Period {
    /// 封存一个已结束期间的全部数字 / Seals all figures of a period that is over
    Seal {
        /// 如 2026Q1、2026-03、2026、2026S1 / such as 2026Q1
        period: String,
        /// 以哪天判断超期（默认今天）/ day on which overdue is judged; today by default
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// 已封存过的再封存一次 / although it has been sealed before
        #[arg(long)]
        again: bool,
    },
    /// 列出全部封存 / Lists every seal
    List,
    /// 封存的数字与现在的对照 / The sealed figures beside the present ones
    Show {
        period: String,
        /// 只看这些指标；不写则只列有变化的 / these measures; else those that have changed
        measures: Vec<String>,
        /// county, district, township
        #[arg(long, default_value = "county")]
        level: String,
        /// 没有变化的也列出 / also what has not changed
        #[arg(long)]
        all: bool,
        /// 第几号封存（见 list，默认最后一次）/ which seal of the period
        #[arg(long)]
        number: Option<u64>,
    },
    /// 只凭数据流重算并逐字节比较 / Recounts it from the streams alone and compares byte for byte
    Verify {
        period: String,
        /// 第几号封存 / which seal of the period
        #[arg(long)]
        number: Option<u64>,
    },
}

impl Period {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::Seal { period, as_of, again } => {
                let line = desk.counter()?.ask(Close { period, as_of, again })?;
                desk.out.data(&line, |lang| match lang {
                    Lang::Zh => format!("已封存 {}：{} 个数字，{}\n", line.period, line.lines, line.figures),
                    Lang::En => format!("sealed {}: {} figures, {}\n", line.period, line.lines, line.figures),
                });
            }
            Self::List => {
                let lines = desk.counter()?.ask(List {})?;
                desk.out.data(&lines, |lang| list(&lines, lang));
            }
            Self::Show { period, measures, level, all, number } => {
                let shown = desk.counter()?.ask(Show { period, number, measures, level, all })?;
                desk.out.data(&shown, |lang| show(&shown, lang));
            }
            Self::Verify { period, number } => return verify(desk, Check { period, number }),
        }
        Ok(())
    }
}

fn verify(desk: &Desk, check: Check) -> Result<(), Failure> {
    let verdict = desk.counter()?.ask(check)?;
    if verdict.good {
        desk.out.data(&verdict, |lang| match lang {
            Lang::Zh => format!(
                "{}：从 {} 条数据重算，与封存的 {} 个数字逐字节相同\n",
                verdict.seal.period, verdict.entries, verdict.seal.lines
            ),
            Lang::En => format!(
                "{}: recounted from {} entries, the same bytes as the {} sealed figures\n",
                verdict.seal.period, verdict.entries, verdict.seal.lines
            ),
        });
        return Ok(());
    }
    let period = &verdict.seal.period;
    let start = Failure::new(
        ErrorCode::Damaged,
        format!("{period} 的封存与数据流不一致，共 {} 处。", verdict.differences),
        format!("The seal of {period} is not what the streams give, in {} places.", verdict.differences),
    );
    let failure = verdict.findings.iter().fold(start, |failure, found| failure.detail(&found.zh, &found.en));
    Err(match verdict.other_software {
        true => failure.advise(
            format!("封存时的软件是 {}，请用那个版本再核对一次。", verdict.seal.software),
            format!("It was sealed by {}: check it with that version too.", verdict.seal.software),
        ),
        false => failure,
    })
}

fn list(lines: &[Line], lang: Lang) -> String {
    let mut table = Table::new([
        (lang.pick("号", "no."), Align::Right),
        (lang.pick("期间", "period"), Align::Left),
        (lang.pick("判断日", "as of"), Align::Left),
        (lang.pick("封存于", "sealed at"), Align::Left),
        (lang.pick("数字", "figures"), Align::Right),
        (lang.pick("条目", "entries"), Align::Right),
        (lang.pick("目录", "catalogue"), Align::Left),
        (lang.pick("软件", "software"), Align::Left),
        ("BLAKE3", Align::Left),
    ]);
    for line in lines {
        table.row([
            line.number.to_string(),
            line.period.clone(),
            line.as_of.clone(),
            line.sealed_at_beijing.clone(),
            line.lines.to_string(),
            line.entries.to_string(),
            line.catalogue.clone(),
            line.software.clone(),
            line.figures.chars().take(16).collect(),
        ]);
    }
    match table.is_empty() {
        true => lang.pick("还没有封存的期间。\n", "Nothing has been sealed.\n").to_owned(),
        false => table.render(),
    }
}

/// A row for each figure: as sealed, as counted now, and the adjustment.
fn show(shown: &Shown, lang: Lang) -> String {
    let mut table = Table::new([
        (lang.pick("单位", "unit"), Align::Left),
        (lang.pick("指标", "measure"), Align::Left),
        (lang.pick("封存", "sealed"), Align::Right),
        (lang.pick("现在", "now"), Align::Right),
        (lang.pick("调整", "adjustment"), Align::Right),
    ]);
    for row in &shown.rows {
        let split = lang.pick(&row.measure.split_zh, &row.measure.split_en);
        let split = if split.is_empty() { String::new() } else { format!("·{split}") };
        let name = format!("{} {}{split}", row.measure.id, lang.pick(&row.measure.zh, &row.measure.en));
        let printed = |text: &Option<String>| text.clone().unwrap_or_default();
        let adjustment =
            if row.changed { row.adjustment.clone().unwrap_or("—".into()) } else { String::new() };
        table.row([row.unit.name.clone(), name, printed(&row.sealed), printed(&row.now), adjustment]);
    }
    let days = shown.days.join(lang.pick("；", "; "));
    let seal = &shown.seal;
    let head = match lang {
        Lang::Zh => {
            format!("{}（{days}），{} 封存，以 {} 判断超期", seal.period, seal.sealed_at_beijing, seal.as_of)
        }
        Lang::En => format!(
            "{} ({days}), sealed {}, overdue as of {}",
            seal.period, seal.sealed_at_beijing, seal.as_of
        ),
    };
    let changed = match (lang, shown.changed) {
        (Lang::Zh, 0) => "封存后没有变化。".to_owned(),
        (Lang::En, 0) => "Nothing has changed since.".to_owned(),
        (Lang::Zh, n) => format!("封存后有 {n} 个数字变化。"),
        (Lang::En, n) => format!("{n} figures have changed since."),
    };
    let rows = if table.is_empty() { String::new() } else { table.render() };
    format!("{head}\n{rows}{changed}\n")
}
