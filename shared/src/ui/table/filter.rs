//! What stands above a list: words to look for, choices that narrow it, which columns it has.

use maud::{Markup, html};

use super::super::Words;
use super::super::icon::{Icon, icon};
use super::asked::{Asked, FIELD};
use super::{Column, Table};
use crate::catalogue::model::{Field, Shape};

/// A status, and how many records are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Id of the status.
    pub status: String,
    pub label: String,
    /// None where nobody has counted.
    pub count: Option<u64>,
}

/// Statuses by which the list can be narrowed with one touch.
pub(super) fn chips(w: &Words, table: &Table<'_>) -> Markup {
    let Table { asked, path, chips, .. } = table;
    let chip = |label: &str, count: Option<u64>, on: bool, to: &Asked| {
        html! {
            li {
                a href=(to.address(path)) aria-current=[on.then_some("true")] {
                    @if on { (icon(Icon::Check)) }
                    (label) @if let Some(count) = count { span.count { (count) } }
                }
            }
        }
    };
    let plain = asked.but(|asked| {
        asked.status = None;
        asked.open = false;
        asked.overdue = false;
    });
    html! {
        @if !chips.is_empty() {
            nav.chips aria-label=(w.by_status) {
                ul {
                    (chip(w.all, None, asked.status.is_none() && !asked.open && !asked.overdue, &plain))
                    (chip(w.still_open, None, asked.open, &plain.but(|asked| asked.open = true)))
                    (chip(w.overdue, None, asked.overdue, &plain.but(|asked| asked.overdue = true)))
                    @for one in chips.iter() {
                        (chip(&one.label, one.count, asked.status.as_deref() == Some(&one.status), &plain.but(|asked| asked.status = Some(one.status.clone()))))
                    }
                }
            }
        }
    }
}

/// The form over the list; sent as a query.
pub(super) fn filter(w: &Words, table: &Table<'_>) -> Markup {
    let asked = table.asked;
    let chosen: Vec<&Field> = table
        .kind
        .list
        .iter()
        .filter_map(|tag| table.kind.fields.get(tag))
        .filter(|field| matches!(field.shape, Shape::Choice(_)))
        .collect();
    let narrowed = asked.fields.len() + usize::from(asked.period.is_some());
    html! {
        form.filter method="get" action=(table.path) role="search" aria-label=(w.narrow_list) {
            (kept(asked))
            @if table.searches {
                div.words {
                    label.unseen for="list-q" { (w.search_list) }
                    input id="list-q" type="search" name="q" value=(asked.words) placeholder=(w.search_list) autocomplete="off";
                    button type="submit" { (icon(Icon::Search)) (w.search) }
                }
            }
            details open[narrowed > 0] {
                summary { (icon(Icon::Filter)) (w.narrow_list) @if narrowed > 0 { span.count { (narrowed) } } (icon(Icon::Down)) }
                div.line {
                    div.field {
                        label for="list-period" { (w.period) }
                        input id="list-period" type="text" name="period" value=[asked.period.as_deref()] placeholder=(w.period_hint) autocomplete="off";
                    }
                    @for field in chosen { (choice(w, asked, field)) }
                    button type="submit" { (w.apply) }
                }
            }
            (columns(w, table))
            @if asked.narrow() { a.button.quiet href=(Asked { page: 1, ..Asked::default() }.address(table.path)) { (w.show_all) } }
        }
    }
}

/// What the form does not ask for and must not lose.
fn kept(asked: &Asked) -> Markup {
    let address = asked.but(|asked| {
        asked.words.clear();
        asked.period = None;
        asked.fields.clear();
        asked.columns.clear();
    });
    html! {
        @for (name, value) in address.address("").query() { input type="hidden" name=(name) value=(value); }
    }
}

fn choice(w: &Words, asked: &Asked, field: &Field) -> Markup {
    let now = asked.fields.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value.as_str());
    let id = format!("list-{}", field.id);
    html! {
        div.field {
            label for=(id) { (w.lang.of(&field.label)) }
            select id=(id) name=(format!("{FIELD}{}", field.id)) {
                option value="" { (w.any) }
                @for choice in field.choices() {
                    option value=(choice.key) selected[now == Some(&choice.key)] { (w.lang.of(&choice.label)) }
                }
            }
        }
    }
}

/// Which columns the list has.
fn columns(w: &Words, table: &Table<'_>) -> Markup {
    let shown: Vec<u32> = table.columns().iter().map(|Column { field, .. }| field.tag).collect();
    let kind = table.kind;
    let all = kind.list.iter().filter(|tag| **tag != kind.title).filter_map(|tag| kind.fields.get(tag));
    html! {
        details.columns {
            summary { (icon(Icon::Columns)) (w.columns) (icon(Icon::Down)) }
            fieldset {
                legend.unseen { (w.columns) }
                div.checks {
                    @for field in all {
                        label.check {
                            input type="checkbox" name="column" value=(field.id) checked[shown.contains(&field.tag)];
                            span { (w.lang.of(&field.label)) }
                        }
                    }
                }
                button type="submit" { (w.apply) }
            }
        }
    }
}
