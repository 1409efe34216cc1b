//! A whole form: what is wrong at the top, the sections of the kind's form with what matters first, the reason, the buttons.

use maud::{Markup, html};

use super::ask::Ask;
use super::control::{Sheet, field};
use super::fill::{defaults, fill, holds};
use super::names::{self, REASON, REVISION};
use super::pairs::Pairs;
use super::read::Wrong;
use crate::catalogue::model::{Field, Reason, Section, Shape};
use crate::ids::{RecordId, TownshipCode};
use crate::record::{Day, Fields};
use crate::ui::Words;
use crate::ui::icon::{Icon, icon};
use crate::ui::sync_line::hidden;

/// Fields of a step on a record that are all shown at once; of more, those that may be left empty are folded.
const FIELDS_SHOWN: usize = 14;
/// Sections from which on there is a list of them beside the form.
const SECTIONS_LISTED: usize = 3;
/// Characters that a reason may have.
const REASON_CHARS: usize = 500;

/// A form for one step.
pub struct Form<'a> {
    pub ask: Ask<'a>,
    /// What the controls hold.
    pub pairs: &'a Pairs,
    /// The values that the record has; none of a new one.
    pub base: &'a Fields,
    pub wrong: &'a [Wrong],
    /// Where the form is posted.
    pub post: &'a str,
    /// The page that shows the record, or the list.
    pub cancel: &'a str,
    /// Townships that can be chosen.
    pub townships: &'a [(TownshipCode, String)],
    /// Where records are looked for while typing, see [`super::pick`].
    pub pick: Option<&'a str>,
    /// Records that are suggested without script, as texts that mean them.
    pub candidates: &'a dyn Fn(&Field) -> Vec<String>,
    /// The name or size of a file that is there.
    pub file: &'a dyn Fn(&Field) -> Option<String>,
    /// Put into a date with one touch.
    pub today: Day,
    /// The revision that the form was made from: a post with another one is answered with what has changed since.
    pub revision: Option<u32>,
    /// Whose right it is, where the user enters it for them.
    pub behalf: Option<&'a str>,
    /// Where unfinished work is kept by script while it is typed (POST of the whole form).
    pub draft: Option<&'a str>,
    /// Names and values that go with every posted form.
    pub hidden: &'a [(&'a str, &'a str)],
}

/// A section as it is shown.
struct Part<'a> {
    section: &'a Section,
    number: usize,
    /// What matters, and what is folded.
    first: Vec<&'a Field>,
    rest: Vec<&'a Field>,
}

impl Part<'_> {
    fn id(&self) -> String {
        format!("part-{}", self.number)
    }
}

pub fn form(w: &Words, form: &Form<'_>) -> Markup {
    let sheet = Sheet { w, form };
    let parts = parts(form);
    let files = form.ask.fields().any(|field| matches!(field.shape, Shape::Blob));
    let listed = parts.len() >= SECTIONS_LISTED;
    html! {
        (summary(sheet))
        @if let Some(whose) = form.behalf { p.behalf { (icon(Icon::User)) ((w.on_behalf_of)(whose)) } }
        form.record-form.listed[listed] method="post" action=(form.post) enctype=[files.then_some("multipart/form-data")] novalidate
            data-guard data-draft=[form.draft] {
            (hidden(form.hidden))
            @if let Some(revision) = form.revision { input type="hidden" name=(REVISION) value=(revision); }
            // What the return key presses in a text: not a button that takes a row.
            button.unseen type="submit" tabindex="-1" aria-hidden="true" { (w.save) }
            @if listed { (contents(sheet, &parts)) }
            div.parts {
                @for part in &parts { (section(sheet, part, parts.len() > 1)) }
                (reason(sheet))
                (buttons(sheet))
            }
        }
    }
}

/// Sections with fields that the step takes and a form can hold.
fn parts<'a>(form: &Form<'a>) -> Vec<Part<'a>> {
    let ask = form.ask;
    let asked = |tag: &u32| {
        let field = ask.kind.fields.get(tag).filter(|field| ask.takes(field))?;
        form.base.get(tag).is_none_or(|value| holds(&field.shape, value)).then_some(field)
    };
    let few = ask.fields().count() <= FIELDS_SHOWN;
    // What a new record begins with by itself says nothing yet.
    let begins = match ask.creates() {
        true => fill(ask.fields(), &defaults(ask.fields()), &|_: RecordId| String::new()),
        false => Pairs::default(),
    };
    let says = |field: &Field| {
        let name = names::name(field);
        let said = |pair: (&str, &str)| !pair.1.is_empty() && !begins.of(&name).any(|other| other == pair);
        form.pairs.of(&name).any(said) || form.wrong.iter().any(|wrong| at(wrong, &name))
    };
    let mut parts = Vec::new();
    for (nth, section) in ask.kind.form.iter().enumerate() {
        let fields: Vec<&Field> = section.fields.iter().filter_map(asked).collect();
        if fields.is_empty() {
            continue;
        }
        let begun = fields.iter().any(|field| ask.requires(field) || says(field));
        let matters = |field: &&Field| {
            few || ask.requires(field) || says(field) || (ask.creates() && begun && !ask.waits(field))
        };
        let (first, rest) = fields.into_iter().partition(matters);
        parts.push(Part { section, number: nth + 1, first, rest });
    }
    parts
}

fn at(wrong: &Wrong, name: &str) -> bool {
    wrong
        .name
        .as_deref()
        .is_some_and(|at| at.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// What is wrong, all of it, each with the way to its place.
fn summary(sheet: Sheet<'_>) -> Markup {
    let Sheet { w, form } = sheet;
    html! {
        @if !form.wrong.is_empty() {
            div.notice.bad #errors role="alert" tabindex="-1" data-focus {
                (icon(Icon::Alarm))
                div.said {
                    h2.title { ((w.wrong_places)(form.wrong.len())) }
                    ul {
                        @for wrong in form.wrong {
                            li {
                                @match &wrong.name {
                                    Some(name) => a href=(format!("#{}", names::id(name))) { (wrong.text.get(w.lang)) },
                                    None => (wrong.text.get(w.lang)),
                                }
                            }
                        }
                    }
                    p { (w.nothing_lost) }
                }
            }
        }
    }
}

/// The sections, to go to.
fn contents(sheet: Sheet<'_>, parts: &[Part<'_>]) -> Markup {
    let Sheet { w, form } = sheet;
    html! {
        nav.contents aria-label=(w.sections) {
            ol {
                @for part in parts {
                    @let wrong = part.first.iter().any(|field| form.wrong.iter().any(|wrong| at(wrong, &names::name(field))));
                    li {
                        a href=(format!("#{}", part.id())) {
                            (w.lang.of(&part.section.label))
                            @if wrong { " " (icon(Icon::Alarm)) span.unseen { (w.has_errors) } }
                        }
                    }
                }
            }
        }
    }
}

fn section(sheet: Sheet<'_>, part: &Part<'_>, titled: bool) -> Markup {
    let w = sheet.w;
    let label = w.lang.of(&part.section.label);
    let rest = || {
        let labels: Vec<&str> = part.rest.iter().map(|field| sheet.label(field)).collect();
        html! {
            summary {
                span.what { @if part.first.is_empty() { (label) } @else { (w.more_fields) } " " ((w.count_fields)(part.rest.len())) }
                span.which { (labels.join(w.comma)) }
                (icon(Icon::Down))
            }
            div.fields { @for one in &part.rest { (field(sheet, one)) } }
        }
    };
    html! {
        @if part.first.is_empty() {
            details.part id=(part.id()) { (rest()) }
        } @else {
            section.part id=(part.id()) {
                @if titled { h2 { (label) } }
                div.fields { @for one in &part.first { (field(sheet, one)) } }
                @if !part.rest.is_empty() { details.rest { (rest()) } }
            }
        }
    }
}

fn reason(sheet: Sheet<'_>) -> Markup {
    let Sheet { w, form } = sheet;
    let must = form.ask.reason() == Reason::Required;
    html! {
        @if form.ask.reason() != Reason::None {
            section.part {
                div.field.wide {
                    label for=(REASON) { span.text { (w.reason) } @if must { " " span.must { (w.required) } } }
                    p.help #reason-help { ((w.form_reason)(REASON_CHARS)) }
                    textarea #reason name=(REASON) rows="2" data-max=(REASON_CHARS) autocomplete="off" aria-required=[must.then_some("true")] aria-describedby="reason-help" {
                        "\n" (sheet.value(REASON))
                    }
                }
            }
        }
    }
}

fn buttons(sheet: Sheet<'_>) -> Markup {
    let Sheet { w, form } = sheet;
    let label = form.ask.action().map_or(w.save, |action| w.lang.of(&action.label));
    html! {
        div.buttons {
            button.main type="submit" accesskey="s" { (icon(Icon::Check)) (label) }
            a.button.quiet href=(form.cancel) { (w.cancel) }
            p.hint.with-script hidden { (w.send_key) }
        }
    }
}
