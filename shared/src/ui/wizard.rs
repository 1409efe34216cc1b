//! Work in several pages: where one is, what is asked now, on and back.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use super::steps::{StepShown, steps};
use super::sync_line::hidden;

/// One page of several.
pub struct Wizard<'a> {
    pub title: &'a str,
    pub steps: &'a [StepShown<'a>],
    pub body: &'a Markup,
    pub post: &'a str,
    pub back: Option<&'a str>,
    /// What the button says; "next" if nothing else is meant.
    pub button: Option<&'a str>,
    /// Files are sent.
    pub files: bool,
    pub hidden: &'a [(&'a str, &'a str)],
}

pub fn wizard(w: &Words, wizard: &Wizard<'_>) -> Markup {
    html! {
        section.wizard {
            (steps(w, wizard.steps))
            form.part method="post" action=(wizard.post) enctype=[wizard.files.then_some("multipart/form-data")] {
                (hidden(wizard.hidden))
                h2 { (wizard.title) }
                (wizard.body)
                div.buttons {
                    button.main type="submit" { (wizard.button.unwrap_or(w.next)) @if wizard.button.is_none() { (icon(Icon::Arrow)) } }
                    @if let Some(back) = wizard.back { a.button.quiet href=(back) { (icon(Icon::Back)) (w.back) } }
                }
            }
        }
    }
}
