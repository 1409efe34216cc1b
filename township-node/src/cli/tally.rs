//! `tally`: figures of this office.

use clap::Args;
use shared::program::{Align, Failure, Lang, Table};
use shared::tally::Compare;

use super::Desk;
use crate::app::{GroupLine, Judged, Tallied, TalliedBy, TallyLine};

/// Figures that stand side by side before groups are told line by line.
const COLUMNS_MAX: usize = 8;

#[derive(Debug, Args)]
pub(super) struct Tally {
    /// 指标代号，如 A1；不写则全部 · measures by id; none: all
    measures: Vec<String>,
    /// 没有数的也列出 · also those without cases
    #[arg(long)]
    all: bool,
    /// 期间，如 2026、2026-11、2026Q3、2026-01-01..2026-06-30、2026S1（次）、session、T18（届）、term · period
    #[arg(long)]
    period: Option<String>,
    /// 列出未覆盖的，如 E4 --list · name whom a coverage misses
    #[arg(long, requires = "measures", conflicts_with = "by")]
    list: bool,
    /// 按字段分组，如 --by 主办单位 · group by a field of the records
    #[arg(long, value_name = "FIELD")]
    by: Option<String>,
    /// 分组统计哪种台账 · kind of record to group
    #[arg(long, requires = "by")]
    kind: Option<String>,
    /// 比较：year 同比，previous 环比 · beside an earlier period
    #[arg(long, value_name = "year|previous", requires = "period", conflicts_with = "by")]
    compare: Option<Compare>,
    /// 列出构成这个数的记录 · the records that make the figure
    #[arg(long, requires = "measures", conflicts_with_all = ["by", "list", "all", "compare"])]
    drill: bool,
    /// 其中哪一项 · one part of a split measure
    #[arg(long, requires = "drill", value_name = "KEY")]
    split: Option<String>,
    /// 一页多少条 · records of one page
    #[arg(long, requires = "drill")]
    limit: Option<u32>,
    /// 接着上一页 · go on after a page
    #[arg(long, requires = "drill", value_name = "MARK")]
    after: Option<String>,
}

impl Tally {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let period = self.period.as_deref();
        if let Some(by) = &self.by {
            let grouped = node.tally_by(by, self.kind.as_deref(), &self.measures, period, desk.lang())?;
            desk.out.data(&grouped, |lang| groups(&grouped, self.all, lang));
            return Ok(());
        }
        if self.drill {
            let [measure] = self.measures.as_slice() else {
                return Err(Failure::invalid("明细一次只能查一个指标。", "Only one measure at a time."));
            };
            let page = (self.limit, self.after.as_deref());
            let shown = node.drill(measure, self.split.as_deref(), period, page)?;
            desk.out.data(&shown, |lang| shown.text(lang));
            return Ok(());
        }
        let tallied = node.tally(&self.measures, period, self.compare, desk.lang())?;
        desk.out.data(&tallied, |lang| self.table(&tallied, lang));
        Ok(())
    }

    fn table(&self, tallied: &Tallied, lang: Lang) -> String {
        // Of everything there is, a person wants to see what has cases, and what a period asked for still lacks; what was
        // asked for by name is shown as it is.
        let shown = |line: &&TallyLine| {
            let lacking = self.period.is_some() && line.judged.met == Some(false);
            let some = |text: &str| !matches!(text, "0" | "0.0" | "—");
            let cases = some(&line.text) || line.before.as_deref().is_some_and(some);
            self.all || !self.measures.is_empty() || cases || lacking
        };
        let lines: Vec<&TallyLine> = tallied.lines.iter().filter(shown).collect();
        let judged = lines.iter().any(|line| line.judged.target.is_some());
        let mut heads = vec![
            (lang.pick("代号", "id"), Align::Left),
            (lang.pick("指标", "measure"), Align::Left),
            (lang.pick("其中", "of which"), Align::Left),
            (lang.pick("数", "figure"), Align::Right),
        ];
        if judged {
            heads.push((lang.pick("目标", "target"), Align::Right));
            heads.push((lang.pick("达标", "met"), Align::Left));
        }
        let mut table = Table::new(heads);
        for line in &lines {
            let split = line.split.clone().unwrap_or_default();
            let target = line.judged.target.clone().unwrap_or_default();
            let met = verdict(&line.judged, lang).to_owned();
            let text = match &line.before {
                Some(_) => format!("{} ({})", line.text, line.change.as_deref().unwrap_or("—")),
                None => line.text.clone(),
            };
            table.row([line.measure.clone(), line.label.clone(), split, text, target, met]);
        }
        let missing = if self.list { missing(&lines, lang) } else { String::new() };
        let days = days(tallied, self.period.is_some(), lang);
        let held = match (lang, tallied.held) {
            (_, 0) => String::new(),
            (Lang::Zh, n) => format!("另有 {n} 项改动被搁置，未计入；见 held list。\n"),
            (Lang::En, n) => format!("{n} changes are held and not counted; see held list.\n"),
        };
        let empty =
            lang.pick("没有数。加 --all 列出全部指标。\n", "No cases. See every measure with --all.\n");
        days + &(if table.is_empty() { empty.to_owned() } else { table.render() }) + &missing + &held
    }
}

/// The days that were asked for, and those beside which the figures stand.
fn days(tallied: &Tallied, named: bool, lang: Lang) -> String {
    let (from, to) = (&tallied.from, &tallied.to);
    let mut out = match (named, lang) {
        (false, _) => String::new(),
        (true, Lang::Zh) => format!("期间 {from} 至 {to}\n"),
        (true, Lang::En) => format!("from {from} to {to}\n"),
    };
    if let (Some(from), Some(to)) = (&tallied.before_from, &tallied.before_to) {
        out.push_str(&match lang {
            Lang::Zh => format!("括号内为与 {from} 至 {to} 相比的增减\n"),
            Lang::En => format!("in brackets the change from {from} to {to}\n"),
        });
    }
    out
}

fn verdict(judged: &Judged, lang: Lang) -> &'static str {
    match judged.met {
        Some(true) => lang.pick("✓ 达标", "✓ met"),
        Some(false) => lang.pick("✗ 未达标", "✗ not met"),
        None => "",
    }
}

/// Whom the coverages miss, by name.
fn missing(lines: &[&TallyLine], lang: Lang) -> String {
    let mut table =
        Table::left([lang.pick("代号", "id"), lang.pick("未覆盖", "missing"), lang.pick("编号", "record")]);
    for (line, missing) in lines.iter().flat_map(|line| line.missing.iter().map(move |one| (line, one))) {
        table.row([&line.measure, &missing.name, &missing.short]);
    }
    match table.is_empty() {
        true => lang.pick("没有未覆盖的。\n", "Nobody is missing.\n").to_owned(),
        false => format!("\n{}", table.render()),
    }
}

/// Groups down, figures across; where there are many figures, one line for each.
fn groups(grouped: &TalliedBy, all: bool, lang: Lang) -> String {
    let mut ids: Vec<&GroupLine> = Vec::new();
    for line in &grouped.lines {
        if !ids.iter().any(|known| known.measure == line.measure) {
            ids.push(line);
        }
    }
    let name = |line: &GroupLine| match line.group.as_str() {
        "" => lang.pick("（未填）", "(not given)").to_owned(),
        name => name.to_owned(),
    };
    let figure = |line: &GroupLine| match line.judged.met {
        Some(true) => format!("{} ✓", line.text),
        Some(false) => format!("{} ✗", line.text),
        None => line.text.clone(),
    };
    let by = (grouped.by_label.clone(), Align::Left);
    let table = if ids.len() <= COLUMNS_MAX {
        let heads = ids.iter().map(|line| {
            let target = line.judged.target.as_ref().map(|target| format!(" {target}"));
            (format!("{} {}{}", line.measure, line.label, target.unwrap_or_default()), Align::Right)
        });
        let mut table = Table::new(std::iter::once(by).chain(heads));
        for group in grouped.lines.chunk_by(|a, b| a.group == b.group) {
            table.row(group.iter().take(1).map(name).chain(group.iter().map(figure)));
        }
        table
    } else {
        let heads =
            [("代号", "id", Align::Left), ("指标", "measure", Align::Left), ("数", "figure", Align::Right)];
        let heads = heads.map(|(zh, en, align)| (lang.pick(zh, en).to_owned(), align));
        let mut table = Table::new(std::iter::once(by).chain(heads));
        let shown = |line: &&GroupLine| all || !matches!(line.text.as_str(), "0" | "0.0" | "—");
        for line in grouped.lines.iter().filter(shown) {
            table.row([name(line), line.measure.clone(), line.label.clone(), figure(line)]);
        }
        table
    };
    match table.is_empty() {
        true => lang.pick("没有数。\n", "No cases.\n").to_owned(),
        false => table.render(),
    }
}
