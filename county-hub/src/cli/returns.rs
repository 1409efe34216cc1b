//! `returns`: what the townships owe, whether it agrees with their records, what is entered late.

use clap::{Args, Subcommand};
use shared::ids::TownshipCode;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::returns::check::{Check, Checked};
use crate::app::returns::late::{Late, LateTable};
use crate::app::returns::{Ask, Cell, Column, Matrix, State};

/// 报表：应报、已到、缺报原因 / Returns: what is owed, what has come, why the rest has not
#[derive(Debug, Args)]
pub(super) struct Returns {
    /// 2026, 2026-10, 2026Q3（默认今年）/ this year by default
    #[arg(long)]
    period: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 与台账核对（G8）/ Compares returns with the records (G8)
    Check {
        /// 2026, 2026-10, 2026Q3（默认今年）/ this year by default
        #[arg(long)]
        period: Option<String>,
        /// 只看一个乡镇 / one township alone
        #[arg(long, value_name = "CODE")]
        township: Option<TownshipCode>,
    },
    /// 补录率（G6）/ Late entries (G6)
    Late {
        #[arg(long)]
        period: Option<String>,
    },
}

impl Returns {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self.command {
            None => {
                let matrix = counter.ask(Ask { period: self.period })?;
                desk.out.data(&matrix, |lang| text(&matrix, lang));
            }
            Some(Command::Check { period, township }) => {
                let checked = counter.ask(Check { period: period.or(self.period), township })?;
                desk.out.data(&checked, |lang| checked_text(&checked, lang));
            }
            Some(Command::Late { period }) => {
                let table = counter.ask(Late { period: period.or(self.period) })?;
                desk.out.data(&table, |lang| late_text(&table, lang));
            }
        }
        Ok(())
    }
}

/// Townships down, returns across; then one line for each that is missing.
fn text(matrix: &Matrix, lang: Lang) -> String {
    if matrix.columns.is_empty() {
        return format!("{}\n", lang.pick("这一时段没有开放的报表。", "Nothing is owed for that time."));
    }
    let heads = matrix.columns.iter().map(|column| (column.title.clone(), Align::Left));
    let mut table =
        Table::new(std::iter::once((lang.pick("乡镇", "township").to_owned(), Align::Left)).chain(heads));
    for row in &matrix.rows {
        table.row(std::iter::once(row.name.clone()).chain(row.cells.iter().map(|cell| short(cell, lang))));
    }
    let sum = |column: &Column| match lang {
        Lang::Zh => format!("{}/{}，按期{}", column.came, column.expected, column.in_time),
        Lang::En => format!("{}/{}, {} in time", column.came, column.expected, column.in_time),
    };
    let total = lang.pick("已到/应报", "came/owed").to_owned();
    table.row(std::iter::once(total).chain(matrix.columns.iter().map(sum)));
    let mut missing = Table::left([
        lang.pick("乡镇", "township"),
        lang.pick("报表", "return"),
        lang.pick("期限", "due"),
        lang.pick("情况", "state"),
        lang.pick("已知", "what is known"),
    ]);
    for row in &matrix.rows {
        for (cell, column) in row.cells.iter().zip(&matrix.columns) {
            if matches!(cell.state, State::NotMarked | State::NotArrived | State::Held) {
                let detail = cell.detail.as_ref().map_or("", |detail| detail.get(lang));
                let due = cell.due.as_deref().unwrap_or_default();
                let state = cell.state.label();
                missing.row([row.name.as_str(), &column.title, due, state.get(lang), detail]);
            }
        }
    }
    let missing = if missing.is_empty() { String::new() } else { format!("\n{}", missing.render()) };
    format!("{}{missing}{}\n", table.render(), matrix.coverage.text(lang))
}

/// `已审核 10-04`, `已收到 10-08 迟`, `未到期`.
fn short(cell: &Cell, lang: Lang) -> String {
    let State::Came = cell.state else { return cell.state.label().get(lang).to_owned() };
    let status = cell.status.as_ref().map_or("", |status| status.get(lang));
    let day = cell.arrived_on.as_deref().and_then(|day| day.get(5..)).unwrap_or_default();
    let late = if cell.in_time == Some(false) { lang.pick(" 迟", " late") } else { "" };
    format!("{status} {day}{late}")
}

fn checked_text(checked: &Checked, lang: Lang) -> String {
    let Checked { returns, figures, agree, explained, unexplained, .. } = checked;
    let said = match lang {
        Lang::Zh => format!(
            "核对报表 {returns} 份，指标 {figures} 项：一致 {agree}，不一致已说明 {explained}，未说明 {unexplained}。\n"
        ),
        Lang::En => format!(
            "{returns} returns, {figures} figures: {agree} agree, {explained} differ and are explained, {unexplained} are not.\n"
        ),
    };
    let mut table = Table::new([
        (lang.pick("乡镇", "township"), Align::Left),
        (lang.pick("报表", "return"), Align::Left),
        (lang.pick("指标", "figure"), Align::Left),
        (lang.pick("上报", "reported"), Align::Right),
        (lang.pick("更正", "corrected"), Align::Right),
        (lang.pick("台账", "counted"), Align::Right),
        (lang.pick("差额", "difference"), Align::Right),
        (lang.pick("说明", "explanation"), Align::Left),
    ]);
    for one in &checked.differences {
        let why =
            if one.explained { one.explanation.as_str() } else { lang.pick("（未说明）", "(none)") };
        table.row([
            one.name.clone(),
            one.title.clone(),
            format!("{} {}", one.figure, one.label.get(lang)),
            one.reported.to_string(),
            format!("{:+}", one.corrected),
            one.counted.to_string(),
            format!("{:+}", one.difference),
            why.to_owned(),
        ]);
    }
    if table.is_empty() { said } else { format!("{said}{}", table.render()) }
}

fn late_text(late: &LateTable, lang: Lang) -> String {
    let mut table = Table::new([
        (lang.pick("乡镇", "township"), Align::Left),
        (lang.pick("登记", "entered"), Align::Right),
        (lang.pick("补录", "late"), Align::Right),
        (lang.pick("补录率", "rate"), Align::Right),
    ]);
    for row in late.rows.iter().chain([&late.county]) {
        table.row([row.name.clone(), row.entered.to_string(), row.late.to_string(), row.rate.clone()]);
    }
    table.render()
}
