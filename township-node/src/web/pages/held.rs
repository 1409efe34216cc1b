//! Changes that are stored but not counted: why, and the two ways out of it.

use maud::{Markup, html};
use serde_json::Value as Json;
use shared::program::Failure;
use shared::ui::address::Address;
use shared::ui::crumbs::Crumb;
use shared::ui::layout::Page;
use shared::ui::notice::Tone;

use super::super::controls::{self, button, pairs, part};
use super::super::frame;
use super::super::route::{Asked, READERS, Reply, Route, WRITERS};
use super::record;
use crate::app::{HeldAt, HeldLine};

pub(super) const ROUTES: &[Route] = &[
    Route::get("held", PATH, READERS, list),
    Route::get("held_one", ONE, READERS, one),
    Route::post("held_restated", RESTATE, WRITERS, restate),
];

pub(in super::super) const PATH: &str = "/held";
const ONE: &str = "/held/one";
const RESTATE: &str = "/held/restate";
const PLACE: &str = "place";

/// The page of one held change.
pub(super) fn address(place: &str) -> String {
    Address::new(ONE).and(PLACE, place).to_string()
}

fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let lines = asked.node()?.held(asked.lang);
    let heads = [asked.t("事项", "What"), asked.t("被谁搁置", "Where"), asked.t("原因", "Why")];
    let row = |line: &HeldLine| {
        vec![
            html! { a href=(address(&line.place)) { (name(line)) } },
            html! { (at(asked, line)) },
            html! { (line.reason) @if !line.detail.is_empty() { " " span.beside { (line.detail) } } },
        ]
    };
    let rows: Vec<Vec<Markup>> = lines.iter().map(row).collect();
    let title = asked.t("搁置的改动", "Held changes");
    let body = html! {
        p { (asked.t("搁置的改动完整保存着，只是暂不计入；一项搁置不影响其他记录。", "A held change is kept whole and only not counted; it holds up nothing else.")) }
        @if rows.is_empty() { p { (asked.t("没有搁置的改动。", "Nothing is held.")) } } @else { (controls::table(title, &heads, &rows)) }
    };
    Ok(frame::page(asked, &Page { title, here: PATH, ..Page::default() }, &body))
}

fn name(line: &HeldLine) -> &str {
    line.title.as_deref().or(line.short.as_deref()).unwrap_or(&line.place)
}

fn at<'l>(asked: &Asked<'l>, line: &HeldLine) -> &'l str {
    match line.at {
        HeldAt::Here => asked.lang.pick("本机", "here"),
        HeldAt::County => asked.lang.pick("县里", "the county"),
    }
}

fn one(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let line = node.held_one(asked.query.get(PLACE).unwrap_or_default(), asked.lang)?;
    let content = node.held_content(&line)?;
    let id = line.record.as_deref().and_then(|id| id.parse().ok());
    let writes = asked.person.is_some_and(|person| WRITERS.takes(&person.account));
    let body = html! {
        (part(asked.t("搁置的原因", "Why it is held"), &pairs(&[
            (asked.t("原因", "Why"), html! { (line.reason) }),
            (asked.t("涉及", "About"), html! { (line.detail) }),
            (asked.t("被谁搁置", "Where"), html! { (at(asked, &line)) }),
            (asked.t("编号", "Place"), html! { code { (line.place) } }),
        ])))
        (part(asked.t("这次改动要做什么", "What it would have done"), &told(asked, &content)))
        @if let Some(id) = id.filter(|_| writes) {
            (part(asked.t("怎么处理", "Ways out"), &html! {
                p { (asked.t("先看看记录现在的样子；要更正就修改，再按现在的样子重报一次。", "Look at the record as it stands; correct it if need be, then send it whole.")) }
                div.actions {
                    a.button href=(record::address(id)) { (asked.t("查看记录", "The record")) }
                    a.button href=(record::step_address(id, "edit")) { (asked.t("修改记录", "Correct it")) }
                    (button(asked, RESTATE, &[(PLACE, &line.place)], "main", asked.t("按现在的样子重报", "Send it whole as it stands")))
                }
            }))
        }
    };
    let crumbs = [Crumb::new(asked.t("搁置的改动", "Held changes"), PATH)];
    Ok(frame::page(
        asked,
        &Page { title: name(&line), here: PATH, crumbs: &crumbs, ..Page::default() },
        &body,
    ))
}

/// Values as a program would see them: they did not pass the rules, so there are no better words for them.
fn told(asked: &Asked<'_>, content: &Json) -> Markup {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let set = content.get("set").and_then(Json::as_object);
    html! {
        @match set {
            None => p { (asked.t("内容在县里，本机看不到。", "What it says lies with the county.")) },
            Some(set) => dl.fields {
                @for name in ["action", "status", "at", "role", "staff"] {
                    @if let Some(value) = content.get(name).filter(|value| !value.is_null()) { div.pair { dt { (name) } dd { (text(value)) } } }
                }
                @for (field, value) in set { div.pair { dt { (field) } dd { (text(value)) } } }
            },
        }
    }
}

fn restate(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let line = node.held_one(asked.posted(PLACE), asked.lang)?;
    let acted = node.discard(&line, &asked.wish()?)?;
    asked.say(
        Tone::Success,
        asked.t("已按现在的样子重报，下次同步送出。", "It will be sent whole with the next exchange."),
    );
    Ok(Reply::see(&record::address(acted.record)))
}
