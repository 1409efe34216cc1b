//! The first page: what is over, what is due soon, what came from the county, what is held, what waits to be sent.

use maud::{Markup, html};
use shared::ledger::{DueAsk, Side};
use shared::program::Failure;
use shared::ui::icon::{Icon, icon};
use shared::ui::layout::Page;

use super::super::route::{Asked, READERS, Reply, Route, SYNC_READERS, Who};
use super::super::{controls, frame};
use super::{accounts, audit, due, held, me, record, sync};
use crate::app::{Brief, Node};

pub(super) const ROUTES: &[Route] = &[Route::get("today", "/", Who::Known, today)];

/// Lines of each part; the rest is behind a link.
const SHOWN: usize = 20;
/// Days that what came from the county is new.
const NEW_DAYS: i64 = 14;
/// Held changes that are named here.
const HELD_SHOWN: usize = 5;

fn today(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (node, person) = (asked.node()?, asked.person()?);
    if !READERS.takes(&person.account) {
        let first = [
            (super::super::route::ADMINISTRATORS, accounts::PATH),
            (super::super::route::AUDITORS, audit::PATH),
        ];
        let place = first.into_iter().find(|(who, _)| who.takes(&person.account));
        return Ok(Reply::see(place.map_or(me::PATH, |(_, path)| path)));
    }
    let brief = node.brief(asked.lang);
    let part = |side| node.due(&DueAsk { side, limit: Some(SHOWN), ..DueAsk::default() });
    let (over, ahead) = (part(Side::Over)?, part(Side::Ahead)?);
    let more = |more: bool| html! { @if more { p { a href=(due::PATH) { (asked.t("全部期限", "All deadlines")) } } } };
    let body = html! {
        (tiles(asked, &brief, ahead.lines.len(), ahead.more))
        @if !over.lines.is_empty() {
            (controls::part(asked.t("已超期", "Overdue"), &html! { (due::table(asked, &over.lines)) (more(over.more)) }))
        }
        @if ahead.lines.is_empty() {
            (controls::part(asked.t("十五天内到期", "Due within 15 days"), &html! { p.help { (asked.t("没有。", "Nothing.")) } }))
        } @else {
            (controls::part(asked.t("十五天内到期", "Due within 15 days"), &html! { (due::table(asked, &ahead.lines)) (more(ahead.more)) }))
        }
        (arrived(asked, node))
        (held_part(asked, node))
    };
    let title = asked.t("今日待办", "Today");
    Ok(frame::page(asked, &Page { title, here: "/", ..Page::default() }, &body))
}

/// The day in four numbers, each a way to what it counts.
fn tiles(asked: &Asked<'_>, brief: &Brief, ahead: usize, more: bool) -> Markup {
    let tile = |address: &str, mark: Icon, number: String, label: &str, alarm: bool| {
        html! { a.tile.alarm[alarm] href=(address) { (icon(mark)) b { (number) } span { (label) } } }
    };
    let plus = if more { "+" } else { "" };
    let may_sync = asked.person.is_some_and(|person| SYNC_READERS.takes(&person.account));
    html! {
        div.tiles {
            (tile(due::PATH, Icon::Alarm, brief.overdue.to_string(), asked.t("项超期", "overdue"), brief.overdue > 0))
            (tile(due::PATH, Icon::Clock, format!("{ahead}{plus}"), asked.t("项快到期", "due soon"), false))
            @if may_sync { (tile(sync::PATH, Icon::Cloud, brief.waiting.to_string(), asked.t("项待上报", "to be sent"), false)) }
            (tile(held::PATH, Icon::Pause, brief.held.to_string(), asked.t("项搁置", "held"), brief.held > 0))
        }
    }
}

fn arrived(asked: &Asked<'_>, node: &Node) -> Markup {
    let arrived = node.arrived(NEW_DAYS, SHOWN);
    let lines = html! {
        ul.lines {
            @for one in &arrived {
                li {
                    span.tag { (one.kind_label.get(asked.lang)) }
                    a href=(record::address(one.id)) { (one.title) }
                    span.beside { (frame::moment(asked, one.at_ms)) }
                }
            }
        }
    };
    html! { @if !arrived.is_empty() { (controls::part(asked.t("县里新来", "New from the county"), &lines)) } }
}

fn held_part(asked: &Asked<'_>, node: &Node) -> Markup {
    let lines = node.held(asked.lang);
    let shown = html! {
        ul.lines {
            @for line in lines.iter().take(HELD_SHOWN) {
                li {
                    a href=(held::address(&line.place)) { (line.title.as_deref().or(line.short.as_deref()).unwrap_or(&line.place)) }
                    span.beside { (line.reason) }
                }
            }
        }
        p { a href=(held::PATH) { (asked.t("全部搁置的改动", "All held changes")) } }
    };
    html! { @if !lines.is_empty() { (controls::part(asked.t("搁置的改动", "Held changes"), &shown)) } }
}
