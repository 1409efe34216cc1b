//! The first page: what is over, what is due soon, what came from the county, what is held, what waits to be sent.

use maud::{Markup, html};
use shared::ledger::DueAsk;
use shared::program::Failure;
use shared::ui::icon::Icon;
use shared::ui::layout::Page;
use shared::ui::today::{self, ToDo, Today};

use super::super::route::{Asked, READERS, Reply, Route, SYNC_READERS, WRITERS, Who};
use super::super::{controls, frame};
use super::{accounts, audit, due, held, me, record, sync};
use crate::app::{Brief, Node};

pub(super) const ROUTES: &[Route] = &[Route::get("today", "/", Who::Known, show)];

/// Lines of what is due and of what came; the rest is behind a link.
const SHOWN: usize = 60;
/// Days that what came from the county is new.
const NEW_DAYS: i64 = 14;
/// Held changes that are named here.
const HELD_SHOWN: usize = 5;

fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
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
    let due = node.due(&DueAsk { limit: Some(SHOWN), ..DueAsk::default() })?;
    let writes = WRITERS.takes(&person.account);
    let view = Today {
        due: &due,
        record: &|line| record::address(line.record),
        urge: &|line| writes.then(|| record::step_address(line.record, "urge")),
        others: &others(asked, &brief),
    };
    let body = html! {
        (today::today(asked.words(), &view))
        @if due.more { p { a href=(due::PATH) { (asked.t("全部期限", "All deadlines")) } } }
        (arrived(asked, node))
        (held_part(asked, node))
    };
    let title = asked.t("今日待办", "Today");
    Ok(frame::page(asked, &Page { title, here: "/", ..Page::default() }, &body))
}

/// Heaps of other work, each with the way to it.
fn others(asked: &Asked<'_>, brief: &Brief) -> Vec<ToDo<'static>> {
    let sees = asked.person.is_some_and(|person| SYNC_READERS.takes(&person.account));
    let heap = |icon, label, count, address| ToDo { icon, label, count, beside: None, address };
    let lang = asked.lang;
    let mut others = Vec::new();
    if brief.overdue > 0 {
        others.push(heap(Icon::Alarm, lang.pick("已超期", "Overdue"), brief.overdue, due::PATH));
    }
    if sees && brief.waiting > 0 {
        others.push(heap(Icon::Cloud, lang.pick("待上报", "To be sent"), brief.waiting, sync::PATH));
    }
    if brief.held > 0 {
        others.push(heap(Icon::Pause, lang.pick("搁置的改动", "Held changes"), brief.held, held::PATH));
    }
    others
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
