//! Forms on paper: from a form of the catalogue and records to pages, and from pages to HTML and to PDF.
//!
//! [`fill`] puts the values into the form; what comes of it is set once, on pages with every line in its place
//! ([`Paper`]); [`html`] and [`pdf`] draw that and decide nothing, so that a form looks alike in a browser and in a file.
//! What a form may be is told in `shared/catalogue/README.md`, by example.
//!
//! Nothing that a record holds can become markup: `html` escapes every text. A paper shows what stays in the office only at
//! that office. Paper is Chinese, whatever the language of the program.
//!
//! Not here: who may print what. Whoever may see a record may print it.

mod code;
mod fill;
mod flow;
mod fonts;
mod form;
mod grid;
mod html;
mod label;
mod lines;
mod measure;
mod official;
mod paper;
mod pdf;
mod say;
mod sheet;
mod table;

#[cfg(test)]
mod tests;

pub use fill::Source;
pub use fonts::{FontError, OwnFonts};
pub use html::{PRINT_CSS, Style};
pub use paper::{Face, Item, MM, Mu, Page, Paper, Text};
pub use pdf::{Pdf, PdfError};

use fill::Filling;
use sheet::Sheet;

use crate::catalogue::model::{Kind, Print};
use crate::catalogue::paper::Layout;
use crate::code::ErrorCode;
use crate::limits::PRINT_PAGES_MAX;
use crate::program::Failure;
use crate::record::{Fields, Record};
use crate::view::condition::Subject;

/// Id of the form that every kind has.
pub const GENERAL: &str = "record";

/// A record with those values that stay in the office, where they are known.
pub type Whole = (Record, Fields);

/// Whether a form is offered for a record as it stands.
pub fn offered(print: &Print, record: &Record, local: &Fields) -> bool {
    let fits = print.statuses.is_empty() || print.statuses.contains(&record.status);
    fits && !print.many && print.when.as_ref().is_none_or(|when| Subject::of(record, Some(local)).holds(when))
}

/// A form of a kind with the values of a record; of a list, those of all its records. Of no record: the form to be written on.
///
/// # Errors
/// `Invalid`: more rows or pages than one paper may have.
pub fn print(
    source: &Source<'_>,
    kind: Option<&Kind>,
    form: &Print,
    wholes: &[Whole],
) -> Result<Paper, Failure> {
    let sheet = Filling { source, kind, wholes }.sheet(form)?;
    bounded(set(&sheet))
}

/// The form that every kind has, made from the sections of its form.
///
/// # Errors
/// As [`print`].
pub fn print_general(source: &Source<'_>, kind: &Kind, wholes: &[Whole]) -> Result<Paper, Failure> {
    let filling = Filling { source, kind: Some(kind), wholes };
    bounded(set(&fill::general(&filling, kind)?))
}

fn set(sheet: &Sheet) -> Paper {
    match sheet.layout {
        Layout::Official | Layout::Letter => official::set(sheet),
        Layout::Form | Layout::List => form::set(sheet),
        Layout::Label { wide, high } => label::set(sheet, wide, high),
    }
}

fn bounded(paper: Paper) -> Result<Paper, Failure> {
    if paper.pages.len() <= PRINT_PAGES_MAX {
        return Ok(paper);
    }
    let pages = paper.pages.len();
    Err(Failure::new(
        ErrorCode::Invalid,
        format!("共 {pages} 页，超过 {PRINT_PAGES_MAX} 页，不能一次打印。"),
        format!("{pages} pages are more than {PRINT_PAGES_MAX}: too many to be printed at once."),
    ))
}
