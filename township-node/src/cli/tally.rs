//! `tally`: figures of this office.

use clap::Args;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Tally {
    /// 指标代号，如 A1；不写则全部 · measures by id; none: all
    measures: Vec<String>,
    /// 没有数的也列出 · also those without cases
    #[arg(long)]
    all: bool,
    /// 期间，如 2026、2026-11、2026Q3、2026-01-01..2026-06-30 · period
    #[arg(long)]
    period: Option<String>,
}

impl Tally {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let period = self.period.as_deref().map(shared::ledger::period_named).transpose()?;
        let tallied = desk.node()?.tally(&self.measures, period, desk.lang())?;
        desk.out.data(&tallied, |lang| {
            let heads = match lang {
                Lang::Zh => [
                    ("代号", Align::Left),
                    ("指标", Align::Left),
                    ("其中", Align::Left),
                    ("数", Align::Right),
                ],
                Lang::En => [
                    ("id", Align::Left),
                    ("measure", Align::Left),
                    ("of which", Align::Left),
                    ("figure", Align::Right),
                ],
            };
            let mut table = Table::new(heads);
            // Of everything there is, a person wants to see what has cases; what was asked for by name is shown as it is.
            let shown =
                |text: &str| self.all || !self.measures.is_empty() || !matches!(text, "0" | "0.0" | "—");
            for line in tallied.lines.iter().filter(|line| shown(&line.text)) {
                let split = line.split.clone().unwrap_or_default();
                table.row([line.measure.clone(), line.label.clone(), split, line.text.clone()]);
            }
            let held = match (lang, tallied.held) {
                (_, 0) => String::new(),
                (Lang::Zh, n) => format!("另有 {n} 项改动被搁置，未计入；见 held list。\n"),
                (Lang::En, n) => format!("{n} changes are held and not counted; see held list.\n"),
            };
            let empty =
                lang.pick("没有数。加 --all 列出全部指标。\n", "No cases. See every measure with --all.\n");
            (if table.is_empty() { empty.to_owned() } else { table.render() }) + &held
        });
        Ok(())
    }
}
