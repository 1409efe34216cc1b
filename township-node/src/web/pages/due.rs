//! Open deadlines, the nearest first.

use maud::{Markup, html};
use shared::ledger::{Advice, DueAsk, DueLine};
use shared::limits::{DUE_DAYS, DUE_DAYS_MAX};
use shared::program::Failure;
use shared::ui::layout::Page;
use shared::ui::light::light;

use super::super::controls::{self, choice};
use super::super::frame;
use super::super::route::{Asked, READERS, Reply, Route};
use super::record;

pub(super) const ROUTES: &[Route] = &[Route::get("due", PATH, READERS, list)];

pub(in super::super) const PATH: &str = "/due";
/// Lines of the page.
const SHOWN: usize = 500;

fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let days =
        asked.query.get("days").and_then(|days| days.parse().ok()).unwrap_or(DUE_DAYS).min(DUE_DAYS_MAX);
    let kind = asked.query.get("kind").filter(|kind| !kind.is_empty()).map(str::to_owned);
    let list =
        node.due(&DueAsk { days: Some(days), kind: kind.clone(), limit: Some(SHOWN), ..DueAsk::default() })?;
    let kinds = frame::kinds(node).into_iter().flat_map(|(_, kinds)| kinds);
    let kinds = kinds.map(|kind| (kind.id.as_str(), asked.lang.of(&kind.label)));
    let kinds: Vec<(&str, &str)> =
        [("", asked.t("全部台账", "All ledgers"))].into_iter().chain(kinds).collect();
    let ahead = [
        ("7", asked.t("7 天内", "7 days")),
        ("15", asked.t("15 天内", "15 days")),
        ("30", asked.t("30 天内", "30 days")),
        ("90", asked.t("90 天内", "90 days")),
        ("365", asked.t("一年内", "a year")),
    ];
    let body = html! {
        form.filters method="get" action=(PATH) {
            (choice("days", asked.t("到期", "Due within"), "", &days.to_string(), &ahead))
            (choice("kind", asked.t("台账", "Ledger"), "", kind.as_deref().unwrap_or(""), &kinds))
            button type="submit" { (asked.t("查看", "Show")) }
        }
        @if list.lines.is_empty() { p { (asked.t("没有到期的事项。", "Nothing is due.")) } } @else { (table(asked, &list.lines)) }
        @if list.more { p.help { (asked.t("只列出最急的一部分；请选一个台账或较短的时间。", "Only the most urgent are shown; choose a ledger or a shorter time.")) } }
    };
    let title = asked.t("期限", "Deadlines");
    Ok(frame::page(asked, &Page { title, here: PATH, ..Page::default() }, &body))
}

pub(super) fn table(asked: &Asked<'_>, lines: &[DueLine]) -> Markup {
    let heads = [
        asked.t("剩余", "Left"),
        asked.t("到期日", "Due"),
        asked.t("事项", "Matter"),
        asked.t("期限", "Deadline"),
        asked.t("由谁办", "Who"),
        asked.t("建议", "Advice"),
    ];
    let row = |line: &DueLine| {
        let title = Some(line.title.get(asked.lang)).filter(|title| !title.is_empty()).unwrap_or(&line.short);
        let provisional = if line.provisional { asked.words().provisional } else { "" };
        vec![
            light(asked.words(), line.days_left),
            html! { span.day { (line.due) (provisional) } },
            html! { span.over { (line.kind_label.get(asked.lang)) @if let Some(number) = &line.number { " " (number.get(asked.lang)) } } a href=(record::address(line.record)) { (title) } },
            html! { (line.deadline_label.get(asked.lang)) },
            html! { @if let Some(who) = &line.responsible { (who.get(asked.lang)) } },
            advice(asked, line),
        ]
    };
    let rows: Vec<Vec<Markup>> = lines.iter().map(row).collect();
    controls::table(asked.t("期限", "Deadlines"), &heads, &rows)
}

fn advice(asked: &Asked<'_>, line: &DueLine) -> Markup {
    let urged = line.urge.as_ref().filter(|urge| urge.count > 0).map(|urge| urge.count);
    let said = line.advice.map(|advice| {
        let (zh, en) = advice.label();
        (asked.lang.pick(zh, en), advice)
    });
    html! {
        @match said {
            Some((label, Advice::Urge)) => a href=(record::step_address(line.record, "urge")) { (label) },
            Some((label, Advice::Chair)) => b { (label) },
            None => {}
        }
        @if let Some(count) = urged { " " span.beside { (asked.t("已催", "urged")) " " (count) (asked.t(" 次", "×")) } }
    }
}
