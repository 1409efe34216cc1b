//! The way back: from the first page down to this one.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};

/// One step of the way. The page itself is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    pub label: String,
    pub address: String,
}

impl Crumb {
    pub fn new(label: impl Into<String>, address: impl Into<String>) -> Self {
        Self { label: label.into(), address: address.into() }
    }
}

pub fn crumbs(w: &Words, crumbs: &[Crumb]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav.crumbs aria-label=(w.way_back) {
                ol {
                    @for crumb in crumbs {
                        li { a href=(crumb.address) { (crumb.label) } (icon(Icon::Arrow)) }
                    }
                }
            }
        }
    }
}
