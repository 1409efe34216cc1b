//! Records to link to, found while typing.
//!
//! The program serves one address, named by the form ([`super::Form::pick`]), by GET with `kind` and `field` (ids), `column`
//! (id, where the field is one of child rows) and `q` (what was typed). It answers with [`options`]: at most [`PICKS_MAX`]
//! records of the field's kinds that are not void, the best first, found by the beginning or any part of their number or
//! title, by a short id, or by the first letters of the pinyin of either. An empty `q` gives the latest. Who asks must be
//! allowed to see the records.
//!
//! Without script the same control takes a number, a title or a short id, and suggests those that the form brought along.

use maud::{Markup, html};

use super::super::Words;
use crate::ids::RecordId;

/// Records that one answer holds.
pub const PICKS_MAX: usize = 12;

/// One record to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    pub id: RecordId,
    /// What is put into the control: its title, as the form would show it.
    pub text: String,
    /// Number, group, status: what tells it from others of the name.
    pub beside: String,
}

/// The answer: a list of options for the control's box.
pub fn options(w: &Words, picks: &[Pick]) -> Markup {
    html! {
        @for pick in picks.iter().take(PICKS_MAX) {
            li role="option" aria-selected="false" data-id=(pick.id) data-text=(pick.text) {
                span { (pick.text) }
                @if !pick.beside.is_empty() { span.beside { (pick.beside) } }
            }
        }
        @if picks.is_empty() { li.none role="option" aria-selected="false" aria-disabled="true" { (w.nothing_found) } }
    }
}
