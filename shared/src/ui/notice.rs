//! What the program has to say at the top of a page: it is done, look out, it failed and this is the way out.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use crate::program::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Success,
    Warning,
    Error,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub tone: Tone,
    pub title: String,
    /// Lines of their own.
    pub details: Vec<String>,
    /// What to do now.
    pub advice: Option<String>,
    /// Where it can be done: label and address.
    pub way: Option<(String, String)>,
}

impl Notice {
    pub fn new(tone: Tone, title: impl Into<String>) -> Self {
        Self { tone, title: title.into(), details: Vec::new(), advice: None, way: None }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    #[must_use]
    pub fn way(mut self, label: impl Into<String>, address: impl Into<String>) -> Self {
        self.way = Some((label.into(), address.into()));
        self
    }

    /// A failure in its own words. Its cause is for the log.
    pub fn of(w: &Words, failure: &Failure) -> Self {
        let said = &failure.said;
        Self {
            tone: Tone::Error,
            title: said.message.get(w.lang).to_owned(),
            details: said.details.iter().map(|detail| detail.get(w.lang).to_owned()).collect(),
            advice: said.advice.as_ref().map(|advice| advice.get(w.lang).to_owned()),
            way: None,
        }
    }
}

pub fn notice(w: &Words, notice: &Notice) -> Markup {
    let (class, mark, word) = match notice.tone {
        Tone::Plain => ("notice", Icon::Info, w.note),
        Tone::Success => ("notice good", Icon::Check, w.done),
        Tone::Warning => ("notice warn", Icon::Warning, w.beware),
        Tone::Error => ("notice bad", Icon::Alarm, w.failed),
    };
    // An error breaks in; everything else waits for a pause of the reader.
    let role = if notice.tone == Tone::Error { "alert" } else { "status" };
    html! {
        div class=(class) role=(role) {
            (icon(mark))
            div.said {
                p.title { span.tone { (word) } (notice.title) }
                @if !notice.details.is_empty() {
                    ul { @for detail in &notice.details { li { (detail) } } }
                }
                @if let Some(advice) = &notice.advice { p { b { (w.what_to_do) } (advice) } }
                @if let Some((label, address)) = &notice.way {
                    p { a.button href=(address) { (label) } }
                }
            }
        }
    }
}
