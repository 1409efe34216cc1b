//! Ledgers as offices take them away: workbooks and text, in the words that the import reads back.
//!
//! A value becomes a [`Put`], what stands in one written cell ([`spelling`]); columns get headings under which the import
//! finds their fields again ([`heading`]). A [`Book`] is a workbook written row by row, a [`Text`] the same as CSV.
//! [`template()`] is the empty form of a kind. What begins like a formula never becomes one ([`guard`]).
//!
//! Everything is written as it comes: memory does not grow with the rows. Nothing here asks a clock or knows what a
//! record is; which records are written is the caller's to say.

pub mod book;
pub mod file_name;
pub mod guard;
pub mod heading;
pub mod put;
pub mod spelling;
pub mod template;

mod styles;
mod text;

#[cfg(test)]
mod tests;

pub use book::{Align, Book, Column, Page, Paper, Sheet, WriteError};
pub use file_name::{Form, file_name};
pub use put::{Put, Real, Shown, Tone};
pub use spelling::{Known, Spelling};
pub use template::{Template, template};
pub use text::Text;

use crate::catalogue::model::Label;

/// The language of what is written: the text of a label in it.
pub type Tongue = fn(&Label) -> &str;

pub fn chinese(label: &Label) -> &str {
    &label.zh
}

pub fn english(label: &Label) -> &str {
    &label.en
}
