//! A record as it stands: what it is, what can be done with it, what it says, its deadlines, what links to it, what happened.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::Words;
use super::icon::{Icon, icon};
use super::light;
use super::next::{Nexts, nexts};
use super::table::{status, travel};
use super::timeline::timeline;
use crate::catalogue::model::{Kind, Shape};
use crate::ids::RecordId;
use crate::ledger::{Linked, LinkedRecord, Shown, ShownDeadline, ShownField, ShownRows};
use crate::program::Text;

/// Characters of a text that takes the whole width.
const LONG_CHARS: usize = 40;

/// A record, and where its parts lead.
pub struct RecordView<'a> {
    pub kind: &'a Kind,
    pub shown: &'a Shown,
    pub nexts: Nexts<'a>,
    /// The address of a record that it links to.
    pub link: &'a dyn Fn(RecordId) -> String,
    /// The address of a record that links here.
    pub linked: &'a dyn Fn(&Linked, &LinkedRecord) -> String,
    /// The list of all records of a kind that link here.
    pub all_linked: &'a dyn Fn(&Linked) -> Option<String>,
    /// Files of the record: name, address, and what to say beside it.
    pub files: &'a [FileLine<'a>],
    /// The name of an account, where it is known.
    pub staff: &'a dyn Fn(&str) -> Option<String>,
    /// Plain change, print, void: label and address, beside the title.
    pub actions: &'a [(&'a str, &'a str, Icon)],
    /// Who writes the record, where that is not the office itself.
    pub owner: Option<&'a str>,
}

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine<'a> {
    pub name: &'a str,
    pub address: &'a str,
    pub beside: &'a str,
}

/// What the record is called: its title, else its number, else its short id.
pub fn title<'a>(kind: &Kind, shown: &'a Shown) -> &'a str {
    let id = kind.fields.get(&kind.title).map_or("", |field| field.id.as_str());
    let text = shown.fields.get(id).or_else(|| shown.local.get(id)).and_then(Json::as_str);
    text.filter(|text| !text.is_empty()).unwrap_or(&shown.short)
}

pub fn record(w: &Words, view: &RecordView<'_>) -> Markup {
    let shown = view.shown;
    html! {
        article.record {
            (head(w, view))
            div.columns {
                div.text {
                    (nexts(w, &view.nexts))
                    @for section in &shown.sections {
                        section.part {
                            h2 { (section.label.get(w.lang)) }
                            dl.fields { @for field in &section.fields { (one(w, view, field)) } }
                        }
                    }
                    (files(w, view.files))
                }
                div.beside {
                    (deadlines(w, &shown.deadlines))
                    (linked(w, view))
                    (timeline(w, &shown.steps, view.staff))
                }
            }
        }
    }
}

fn head(w: &Words, view: &RecordView<'_>) -> Markup {
    let RecordView { kind, shown, .. } = view;
    html! {
        header.head {
            div {
                h1 { (title(kind, shown)) }
                p.marks {
                    (status(kind, &shown.status, shown.status_label.get(w.lang)))
                    @if shown.voided { span.tag.void { (w.void) } }
                    @if shown.imported { span.tag { (w.imported) } }
                    @if let Some(number) = &shown.number { span.number { (number.get(w.lang)) } }
                    @if let Some(owner) = view.owner { span { (owner) } }
                    @if let Some(sync) = shown.sync { (travel(w, sync)) }
                    span.short { (w.short_id) " " code { (shown.short) } }
                }
            }
            @if !view.actions.is_empty() {
                div.actions { @for (label, address, mark) in view.actions { a.button href=(address) { (icon(*mark)) (label) } } }
            }
        }
    }
}

fn one(w: &Words, view: &RecordView<'_>, field: &ShownField) -> Markup {
    let text = field.text.get(w.lang);
    let lines = view
        .kind
        .field(&field.field)
        .is_some_and(|field| matches!(field.shape, Shape::Text { lines: true, .. }));
    let wide = lines || field.rows.is_some() || text.chars().count() > LONG_CHARS;
    html! {
        div.pair.wide[wide] {
            dt { (field.label.get(w.lang)) @if field.local { " " span.stays { (icon(Icon::Lock)) (w.stays_here) } } }
            dd {
                @if let Some(rows) = &field.rows { (child_rows(w, &field.label, rows)) }
                @else if field.links.is_empty() { (text) }
                @else {
                    @for (nth, link) in field.links.iter().enumerate() {
                        @if nth > 0 { (w.pause) }
                        a href=((view.link)(link.id)) { (link.title) }
                    }
                }
            }
        }
    }
}

fn child_rows(w: &Words, label: &Text, rows: &ShownRows) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label.get(w.lang)) {
            table.plain role="table" {
                thead role="rowgroup" { tr role="row" { @for column in &rows.columns { th role="columnheader" scope="col" { (column.get(w.lang)) } } } }
                tbody role="rowgroup" {
                    @for row in &rows.rows {
                        tr role="row" {
                            @for (cell, column) in row.iter().zip(&rows.columns) { td role="cell" data-label=(column.get(w.lang)) { (cell.get(w.lang)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Those that run first; what is met or cancelled in one line each.
fn deadlines(w: &Words, deadlines: &[ShownDeadline]) -> Markup {
    let (open, over): (Vec<_>, Vec<_>) =
        deadlines.iter().partition(|deadline| deadline.due_in_days.is_some());
    html! {
        @if !deadlines.is_empty() {
            section.deadlines aria-labelledby="deadlines" {
                h2 #deadlines { (w.deadlines) }
                ul {
                    @for deadline in open {
                        li {
                            p { b { (deadline.label.get(w.lang)) } }
                            p {
                                (light::light(w, deadline.due_in_days.unwrap_or_default())) " "
                                span.day { (w.until) (deadline.due) @if deadline.provisional { (w.provisional) } }
                            }
                            @if deadline.extensions > 0 { p.day { ((w.extended_times)(deadline.extensions)) } }
                        }
                    }
                    @for deadline in over {
                        li.over {
                            p { (deadline.label.get(w.lang)) }
                            p {
                                @match &deadline.done {
                                    Some(done) => { (light::done(w, deadline.late)) " " span.day { (done) } },
                                    None => span.light.late { (w.cancelled) },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn linked(w: &Words, view: &RecordView<'_>) -> Markup {
    html! {
        @if !view.shown.linked.is_empty() {
            section.linked aria-labelledby="linked" {
                h2 #linked { (w.linked) }
                @for group in &view.shown.linked {
                    h3 { (group.kind_label.get(w.lang)) span.count { (group.count) } }
                    ul {
                        @for record in &group.records {
                            li { a href=((view.linked)(group, record)) { (record.title) } span.tag { (record.status_label.get(w.lang)) } }
                        }
                    }
                    @if group.count > group.records.len() {
                        @if let Some(all) = (view.all_linked)(group) { p { a href=(all) { ((w.all_of)(group.count)) } } }
                    }
                }
            }
        }
    }
}

fn files(w: &Words, files: &[FileLine<'_>]) -> Markup {
    html! {
        @if !files.is_empty() {
            section.part aria-labelledby="files" {
                h2 #files { (w.files) }
                ul.files {
                    @for file in files { li { a href=(file.address) { (icon(Icon::File)) (file.name) } span.beside { (file.beside) } } }
                }
            }
        }
    }
}
