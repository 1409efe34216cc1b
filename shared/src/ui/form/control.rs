//! One control, by the shape of its field.

use maud::{Markup, html};

use super::super::icon::{Icon, icon};
use super::names;
use super::rows::rows;
use super::view::Form;
use super::{fill, pick};
use crate::catalogue::model::{Choice, Field, Pattern, Shape};
use crate::record::Day;
use crate::ui::Words;

/// Choices that are shown one beside the other; more of them are a list that opens.
const RADIOS_MAX: usize = 5;
/// Characters of choices that stand in one half of a form, with their boxes and the box for none.
const RADIOS_CHARS: usize = 18;
/// Characters of a text that has a line of its own.
const WIDE_CHARS: usize = 60;

/// Where a control stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// Below its label.
    Form,
    /// In a row of a table; what it is called there: `第 2 行 日期`.
    Cell(&'a str),
}

/// The form, and the language, in which controls are drawn.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub w: &'a Words,
    pub form: &'a Form<'a>,
}

impl<'a> Sheet<'a> {
    pub(super) fn value(&self, name: &str) -> &'a str {
        self.form.pairs.get(name).unwrap_or_default()
    }

    /// What is wrong at a control.
    fn wrong(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let lang = self.w.lang;
        let at = name.to_owned();
        self.form
            .wrong
            .iter()
            .filter(move |wrong| wrong.name.as_deref() == Some(&at))
            .map(move |wrong| wrong.text.get(lang))
    }

    pub(super) fn is_wrong(&self, name: &str) -> bool {
        self.wrong(name).next().is_some()
    }

    pub(super) fn label(&self, field: &'a Field) -> &'a str {
        self.w.lang.of(&field.label)
    }
}

/// A field with its label, help and errors.
pub(super) fn field(sheet: Sheet<'_>, field: &Field) -> Markup {
    let w = sheet.w;
    let name = names::name(field);
    let id = names::id(&name);
    let class = match (wide(field), sheet.is_wrong(&name)) {
        (true, true) => "field wide wrong",
        (true, false) => "field wide",
        (false, true) => "field wrong",
        (false, false) => "field",
    };
    let title = html! {
        span.text { (sheet.label(field)) }
        @if sheet.form.ask.requires(field) { " " span.must { (w.required) } }
        @if fill::stays(field) { " " span.stays { (icon(Icon::Lock)) (w.stays_here) } }
    };
    let said = html! {
        (help(sheet, field, &id))
        (errors(sheet, &name, &id))
    };
    html! {
        @match grouped(&field.shape) {
            true => {
                fieldset class=(class) id=(format!("{id}-group")) aria-describedby=[described(sheet, field, &name, &id)] {
                    legend { (title) }
                    (said)
                    (control(sheet, field, &name, Place::Form))
                }
            }
            false => {
                div class=(class) {
                    label for=(id) { (title) }
                    (said)
                    (control(sheet, field, &name, Place::Form))
                }
            }
        }
    }
}

/// Several controls under one name.
fn grouped(shape: &Shape) -> bool {
    match shape {
        Shape::Flag | Shape::Choices(_) | Shape::Townships | Shape::Links(_) | Shape::Rows(_) => true,
        Shape::Choice(choices) => choices.len() <= RADIOS_MAX,
        _ => false,
    }
}

fn wide(field: &Field) -> bool {
    match &field.shape {
        Shape::Text { max, lines, .. } => *lines || *max > WIDE_CHARS,
        Shape::Choice(choices) if choices.len() <= RADIOS_MAX => {
            let chars: usize = choices.iter().map(|choice| choice.label.zh.chars().count() + 4).sum();
            chars > RADIOS_CHARS
        }
        Shape::Choices(_)
        | Shape::Texts { .. }
        | Shape::Links(_)
        | Shape::Townships
        | Shape::Rows(_)
        | Shape::Blob => true,
        _ => false,
    }
}

/// What a person should know before filling it in: the catalogue's own words, and the form that is expected.
fn help(sheet: Sheet<'_>, field: &Field, id: &str) -> Markup {
    let w = sheet.w;
    let form = expected(w, &field.shape);
    html! {
        @if field.help.is_some() || form.is_some() {
            p.help id=(format!("{id}-help")) {
                @if let Some(help) = &field.help { (w.lang.of(help)) @if form.is_some() { (w.pause) } }
                @if let Some(form) = form { (form) }
            }
        }
    }
}

fn expected(w: &Words, shape: &Shape) -> Option<String> {
    match shape {
        Shape::Text { pattern: Some(Pattern::IdCard), .. } => Some(w.form_id_card.to_owned()),
        Shape::Text { max, lines: true, .. } => Some((w.form_lines)(*max)),
        Shape::Texts { .. } => Some(w.form_texts.to_owned()),
        Shape::Link(_) | Shape::Links(_) => Some(w.form_link.to_owned()),
        Shape::Decimal { scale, .. } => Some((w.form_decimal)(*scale)),
        _ => None,
    }
}

fn errors(sheet: Sheet<'_>, name: &str, id: &str) -> Markup {
    html! {
        @if sheet.is_wrong(name) {
            p.error id=(format!("{id}-error")) {
                (icon(Icon::Alarm))
                @for (nth, text) in sheet.wrong(name).enumerate() { @if nth > 0 { br; } (text) }
            }
        }
    }
}

fn described(sheet: Sheet<'_>, field: &Field, name: &str, id: &str) -> Option<String> {
    let mut ids = Vec::new();
    if field.help.is_some() || expected(sheet.w, &field.shape).is_some() {
        ids.push(format!("{id}-help"));
    }
    if sheet.is_wrong(name) {
        ids.push(format!("{id}-error"));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// What every control says of itself.
struct Said {
    id: String,
    invalid: Option<&'static str>,
    required: Option<&'static str>,
    described: Option<String>,
    label: Option<String>,
}

fn said(sheet: Sheet<'_>, field: &Field, name: &str, place: Place<'_>) -> Said {
    let id = names::id(name);
    let in_form = place == Place::Form;
    let required = if in_form { sheet.form.ask.requires(field) } else { !field.required_in.is_empty() };
    let error = sheet.is_wrong(name).then(|| format!("{id}-error"));
    Said {
        invalid: sheet.is_wrong(name).then_some("true"),
        required: required.then_some("true"),
        described: if in_form { described(sheet, field, name, &id) } else { error },
        label: if let Place::Cell(label) = place { Some(label.to_owned()) } else { None },
        id,
    }
}

/// The control itself; in a cell with the error below it.
pub(super) fn control(sheet: Sheet<'_>, field: &Field, name: &str, place: Place<'_>) -> Markup {
    let Said { id, invalid, required, described, label } = said(sheet, field, name, place);
    let value = sheet.value(name);
    let in_cell = place != Place::Form;
    let text = |kind: &str, class: &str, mode: Option<&str>| {
        html! {
            input id=(id) class=[Some(class).filter(|class| !class.is_empty())] type=(kind) name=(name) value=(value) inputmode=[mode] autocomplete="off"
                aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()];
        }
    };
    let shown = match &field.shape {
        Shape::Text { lines: true, max, .. } => html! {
            // A browser drops the first line break of a text area.
            textarea id=(id) name=(name) rows=(if in_cell { 2 } else { area_rows(*max, value) }) data-max=(max) autocomplete="off"
                aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()] { "\n" (value) }
        },
        Shape::Texts { .. } => html! {
            textarea id=(id) name=(name) rows=(value.lines().count().clamp(2, 8) + 1) autocomplete="off"
                aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()] { "\n" (value) }
        },
        Shape::Text { pattern: Some(Pattern::Phone), .. } => text("text", "short", Some("tel")),
        Shape::Text { max, .. } => text("text", if *max <= 20 { "short" } else { "" }, None),
        Shape::Number { .. } => text("text", "number", Some("numeric")),
        Shape::Decimal { .. } => text("text", "number", Some("decimal")),
        // What was typed and is no day is kept as it was typed.
        Shape::Date if value.is_empty() || value.parse::<Day>().is_ok() => html! {
            input id=(id) class="date" type="date" name=(name) value=(value) min="1900-01-01" max="2200-12-31"
                aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()];
            @if !in_cell { button.quiet.with-script type="button" hidden data-day=(sheet.form.today) data-for=(id) { (sheet.w.today) } }
        },
        Shape::Time if value.is_empty() || is_moment(value) => html! {
            input id=(id) class="date" type="datetime-local" name=(name) value=(value) step=[(value.len() > 16).then_some("1")]
                aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()];
        },
        Shape::Date | Shape::Time => text("text", "date", None),
        Shape::Flag => {
            let w = sheet.w;
            let choices = [("yes", w.yes), ("no", w.no)];
            return one_of(sheet, field, name, place, &choices);
        }
        Shape::Choice(choices) => {
            let lang = sheet.w.lang;
            let all: Vec<(&str, &str)> =
                choices.iter().map(|c: &Choice| (c.key.as_str(), lang.of(&c.label))).collect();
            return one_of(sheet, field, name, place, &all);
        }
        Shape::Township => {
            let codes: Vec<(String, &str)> =
                sheet.form.townships.iter().map(|(code, name)| (code.to_string(), name.as_str())).collect();
            let all: Vec<(&str, &str)> = codes.iter().map(|(code, name)| (code.as_str(), *name)).collect();
            return select(sheet, field, name, place, &all);
        }
        Shape::Choices(choices) => {
            let lang = sheet.w.lang;
            let all = choices
                .iter()
                .map(|choice| (choice.key.clone(), lang.of(&choice.label).to_owned()))
                .collect();
            return boxes(sheet, field, name, all);
        }
        Shape::Townships => {
            let all =
                sheet.form.townships.iter().map(|(code, name)| (code.to_string(), name.clone())).collect();
            return boxes(sheet, field, name, all);
        }
        Shape::Link(_) => link(sheet, field, name, place),
        Shape::Links(_) => links(sheet, field, name),
        Shape::Blob => blob(sheet, field, name, &id, described.as_deref()),
        Shape::Rows(columns) => rows(sheet, field, columns, name),
    };
    html! { (shown) @if in_cell { (errors(sheet, name, &id)) } }
}

fn area_rows(max: usize, value: &str) -> usize {
    let filled = value.lines().map(|line| 1 + line.chars().count() / 40).sum::<usize>() + 1;
    filled.clamp(if max > 500 { 5 } else { 3 }, 16)
}

/// `2026-11-23T02:14`, with or without seconds.
fn is_moment(text: &str) -> bool {
    let (date, time) = text.split_once('T').unwrap_or_default();
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    date.parse::<Day>().is_ok() && matches!(time.len(), 5 | 8) && time.split(':').all(two)
}

/// Few choices side by side, many in a list that opens; in a cell always the list.
fn one_of(sheet: Sheet<'_>, field: &Field, name: &str, place: Place<'_>, all: &[(&str, &str)]) -> Markup {
    if place != Place::Form || all.len() > RADIOS_MAX {
        return select(sheet, field, name, place, all);
    }
    let Said { id, invalid, described, .. } = said(sheet, field, name, place);
    let value = sheet.value(name);
    let optional = !sheet.form.ask.requires(field);
    let radio = |nth: usize, key: &str, label: &str| {
        let id = if nth == 0 { id.clone() } else { format!("{id}--{nth}") };
        html! {
            label.check for=(id) {
                input id=(id) type="radio" name=(name) value=(key) checked[value == key] aria-invalid=[invalid] aria-describedby=[described.as_deref()];
                span { (label) }
            }
        }
    };
    html! {
        // Says that the question was asked, where nothing is chosen.
        input type="hidden" name=(name) value="";
        div.checks {
            @for (nth, (key, label)) in all.iter().enumerate() { (radio(nth, key, label)) }
            @if optional { (radio(all.len(), "", sheet.w.leave_empty)) }
        }
    }
}

fn select(sheet: Sheet<'_>, field: &Field, name: &str, place: Place<'_>, all: &[(&str, &str)]) -> Markup {
    let Said { id, invalid, required, described, label } = said(sheet, field, name, place);
    let value = sheet.value(name);
    let known = value.is_empty() || all.iter().any(|(key, _)| *key == value);
    html! {
        select id=(id) name=(name) aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()] {
            option value="" { (if place == Place::Form { sheet.w.please_choose } else { "" }) }
            @for (key, label) in all { option value=(key) selected[value == *key] { (label) } }
            @if !known { option value=(value) selected { (value) } }
        }
        @if place != Place::Form { (errors(sheet, name, &id)) }
    }
}

fn boxes(sheet: Sheet<'_>, field: &Field, name: &str, all: Vec<(String, String)>) -> Markup {
    let Said { id, invalid, described, .. } = said(sheet, field, name, Place::Form);
    let on: Vec<&str> = sheet.form.pairs.all(name).filter(|value| !value.is_empty()).collect();
    let unknown: Vec<(String, String)> = on
        .iter()
        .filter(|value| all.iter().all(|(key, _)| key != *value))
        .map(|value| ((*value).to_owned(), (*value).to_owned()))
        .collect();
    html! {
        input type="hidden" name=(name) value="";
        div.checks {
            @for (nth, (key, label)) in all.iter().chain(&unknown).enumerate() {
                @let id = if nth == 0 { id.clone() } else { format!("{id}--{nth}") };
                label.check for=(id) {
                    input id=(id) type="checkbox" name=(name) value=(key) checked[on.contains(&key.as_str())] aria-invalid=[invalid] aria-describedby=[described.as_deref()];
                    span { (label) }
                }
            }
        }
    }
}

/// A text that means a record: found while typing, or by its number, title or short id.
fn link(sheet: Sheet<'_>, field: &Field, name: &str, place: Place<'_>) -> Markup {
    let Said { id, invalid, required, described, label } = said(sheet, field, name, place);
    let w = sheet.w;
    let list = format!("{id}-list");
    let suggested = (sheet.form.candidates)(field);
    let (meant, was) = (sheet.value(&names::linked(name)), sheet.value(&names::was(name)));
    html! {
        div.pick data-pick=[sheet.form.pick.map(|_| pick_address(sheet, field, name))] {
            input id=(id) type="text" name=(name) value=(sheet.value(name)) list=[(!suggested.is_empty()).then_some(&list)] autocomplete="off"
                aria-invalid=[invalid] aria-required=[required] aria-describedby=[described.as_deref()] aria-label=[label.as_deref()];
            input type="hidden" name=(names::linked(name)) value=(meant);
            input type="hidden" name=(names::was(name)) value=(was);
            @if !suggested.is_empty() {
                datalist id=(list) { @for text in suggested.iter().take(pick::PICKS_MAX * 4) { option value=(text) {} } }
            }
            ul.picks hidden id=(format!("{id}-picks")) role="listbox" aria-label=(w.suggestions) {}
        }
    }
}

/// Where the records for a control are asked for. A column is named together with its field.
fn pick_address(sheet: Sheet<'_>, field: &Field, name: &str) -> String {
    let address = super::super::address::Address::new(sheet.form.pick.unwrap_or_default())
        .and("kind", &sheet.form.ask.kind.id);
    let outer = name
        .strip_prefix(super::super::table::FIELD)
        .and_then(|rest| rest.split('.').next())
        .unwrap_or_default();
    let address = address.and("field", outer);
    if outer == field.id { address.to_string() } else { address.and("column", &field.id).to_string() }
}

/// One control for each linked record, and an empty one.
fn links(sheet: Sheet<'_>, field: &Field, name: &str) -> Markup {
    let w = sheet.w;
    let numbers = shown_numbers(sheet, name);
    let label = sheet.label(field);
    html! {
        div.links id=(format!("{}-rows", names::id(name))) {
            @for (nth, number) in numbers.iter().enumerate() {
                @let at = names::at(name, *number);
                @let called = (w.nth_item)(label, nth + 1);
                div.item {
                    @if nth == 0 { span id=(names::id(name)) tabindex="-1" {} }
                    (link(sheet, field, &at, Place::Cell(&called)))
                    (errors(sheet, &at, &names::id(&at)))
                    (less(sheet, name, *number, &called))
                }
            }
            (more(sheet, name, w.one_more))
        }
    }
}

/// Numbers of the rows that are shown: those that were posted or filled, and an empty one at the end.
pub(super) fn shown_numbers(sheet: Sheet<'_>, name: &str) -> Vec<usize> {
    let pairs = sheet.form.pairs;
    let mut numbers = pairs.numbers(name);
    let says = |number: &usize| pairs.of(&names::at(name, *number)).any(|(_, value)| !value.is_empty());
    if numbers.last().is_none_or(says) {
        numbers.push(numbers.last().map_or(0, |last| last.saturating_add(1)));
    }
    numbers
}

/// The button that brings one more row. With script only the rows are fetched again.
pub(super) fn more(sheet: Sheet<'_>, name: &str, label: &str) -> Markup {
    let rows = format!("#{}-rows", names::id(name));
    html! {
        button.quiet type="submit" name=(names::MORE) value=(name) formnovalidate
            hx-post=(sheet.form.post) hx-select=(rows) hx-target=(rows) hx-swap="outerHTML" { (icon(Icon::Add)) (label) }
    }
}

pub(super) fn less(sheet: Sheet<'_>, name: &str, number: usize, called: &str) -> Markup {
    let rows = format!("#{}-rows", names::id(name));
    html! {
        button.quiet.less type="submit" name=(names::LESS) value=(names::at(name, number)) formnovalidate
            hx-post=(sheet.form.post) hx-select=(rows) hx-target=(rows) hx-swap="outerHTML" {
            (icon(Icon::Close)) span.unseen { (sheet.w.remove) " " (called) }
        }
    }
}

fn blob(sheet: Sheet<'_>, field: &Field, name: &str, id: &str, described: Option<&str>) -> Markup {
    let w = sheet.w;
    let gone = names::gone(name);
    html! {
        @if let Some(there) = (sheet.form.file)(field) {
            p.there { (icon(Icon::File)) ((w.file_there)(&there)) }
            label.check for=(names::id(&gone)) {
                input id=(names::id(&gone)) type="checkbox" name=(gone) value="1";
                span { (w.file_gone) }
            }
        }
        input id=(id) type="file" name=(name) aria-describedby=[described];
    }
}
