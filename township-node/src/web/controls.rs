//! Controls of the forms that no catalogue describes: login, set-up, accounts, settings.

use maud::{Markup, html};
use shared::program::Failure;
use shared::ui::Words;
use shared::ui::notice::{Notice, notice};

use super::frame;
use super::route::Asked;

/// One line of text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) value: &'a str,
    pub(super) help: &'a str,
    /// `text` where nothing else is said.
    pub(super) kind: &'a str,
    /// What the browser may fill in; `off` where nothing is said.
    pub(super) complete: &'a str,
    pub(super) must: bool,
}

pub(super) fn line(w: &Words, line: Line<'_>) -> Markup {
    let Line { name, label, value, help, kind, complete, must } = line;
    let kind = if kind.is_empty() { "text" } else { kind };
    let complete = if complete.is_empty() { "off" } else { complete };
    let help_id = format!("{name}-help");
    html! {
        div.field {
            label for=(name) { span.text { (label) } @if must { " " span.must { (w.required) } } }
            @if !help.is_empty() { p.help id=(help_id) { (help) } }
            input id=(name) name=(name) type=(kind) value=[(kind != "password").then_some(value)] autocomplete=(complete)
                aria-required=[must.then_some("true")] aria-describedby=[(!help.is_empty()).then_some(&help_id)];
        }
    }
}

/// One of several: (value, label).
pub(super) fn choice(name: &str, label: &str, help: &str, chosen: &str, of: &[(&str, &str)]) -> Markup {
    html! {
        div.field {
            label for=(name) { span.text { (label) } }
            @if !help.is_empty() { p.help { (help) } }
            select id=(name) name=(name) {
                @for (value, label) in of { option value=(value) selected[*value == chosen] { (label) } }
            }
        }
    }
}

/// Any of several: (value, label).
pub(super) fn boxes(
    name: &str,
    label: &str,
    help: &str,
    chosen: &dyn Fn(&str) -> bool,
    of: &[(&str, &str)],
) -> Markup {
    html! {
        fieldset.field.wide {
            legend { span.text { (label) } }
            @if !help.is_empty() { p.help { (help) } }
            div.checks {
                @for (value, label) in of {
                    label.check { input type="checkbox" name=(name) value=(value) checked[chosen(value)]; span { (label) } }
                }
            }
        }
    }
}

/// A form of ours with its token.
pub(super) fn form(asked: &Asked<'_>, post: &str, fields: &Markup, button: &str) -> Markup {
    html! {
        form method="post" action=(post) data-guard novalidate {
            (shared::ui::sync_line::hidden(&frame::hidden(asked)))
            div.fields.single { (fields) }
            div.buttons { button.main type="submit" accesskey="s" { (button) } }
        }
    }
}

/// A form that is one button.
pub(super) fn button(
    asked: &Asked<'_>,
    post: &str,
    values: &[(&str, &str)],
    class: &str,
    label: &str,
) -> Markup {
    html! {
        form.inline method="post" action=(post) {
            (shared::ui::sync_line::hidden(&frame::hidden(asked)))
            (shared::ui::sync_line::hidden(values))
            button class=[Some(class).filter(|class| !class.is_empty())] type="submit" { (label) }
        }
    }
}

/// What is wrong, above the form that is shown again.
pub(super) fn wrong(asked: &Asked<'_>, failure: Option<&Failure>) -> Markup {
    html! { @if let Some(failure) = failure { (notice(asked.words(), &Notice::of(asked.words(), failure))) } }
}

/// A heading, then a part of a page.
pub(super) fn part(heading: &str, body: &Markup) -> Markup {
    html! { section.part { h2 { (heading) } (body) } }
}

/// Labels with what they say.
pub(super) fn pairs(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.fields { @for (label, value) in pairs { div.pair { dt { (label) } dd { (value) } } } } }
}

/// A table: headings, then rows of as many cells.
pub(super) fn table(label: &str, headings: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.plain role="table" {
                thead role="rowgroup" { tr role="row" { @for heading in headings { th role="columnheader" scope="col" { (heading) } } } }
                tbody role="rowgroup" {
                    @for row in rows {
                        tr role="row" { @for (cell, heading) in row.iter().zip(headings) { td role="cell" data-label=(heading) { (cell) } } }
                    }
                }
            }
        }
    }
}
