//! Records of one kind as a ledger that an office takes away: a workbook, or a text file.
//!
//! Which records is asked as a list is ([`super::List`]); which columns, and in which words, is in [`columns`]; how
//! records are called in cells that name them, in [`calls`].
//!
//! What is written with all columns comes back as it was when it is imported: unchanged here, and with the same values in
//! an empty office.

mod calls;
mod columns;
mod ledger;

#[cfg(test)]
mod tests;

use std::io::{Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::list::Wanted;
use super::{Ledger, List};
use crate::code::ErrorCode;
use crate::exchange::out::{self, Form, Paper, Template, Tongue, WriteError, file_name};
use crate::ids::Site;
use crate::program::{Failure, Lang};
use ledger::{Head, Here};

/// What is to be exported, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Export {
    /// Which records; its limit says nothing here.
    pub list: List,
    /// Fields as columns, by what a person calls them; none: those of the kind's list.
    pub columns: Vec<String>,
    /// Everything that can be imported again, the child rows on sheets of their own.
    pub all_columns: bool,
    /// For others to read: without what stays in the office, what is marked as not open, and drafts.
    pub public: bool,
    /// Void records too; they are marked.
    pub void: bool,
    pub form: Form,
    pub lang: Lang,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Id of the kind.
    pub kind: String,
    /// Records.
    pub rows: usize,
    pub columns: usize,
    /// Sheets with child rows, and how many each has.
    pub child_rows: Vec<(String, usize)>,
    /// Records that were asked for and left out: void ones; those that are not for others to read.
    pub void: usize,
    pub not_public: usize,
}

impl Exported {
    /// What was written and what was not: for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = match lang {
            Lang::Zh => format!("  {} 条，{} 列\n", self.rows, self.columns),
            Lang::En => format!("  {} records, {} columns\n", self.rows, self.columns),
        };
        for (name, rows) in &self.child_rows {
            out.push_str(&match lang {
                Lang::Zh => format!("  子表“{name}” {rows} 行\n"),
                Lang::En => format!("  sheet \"{name}\": {rows} rows\n"),
            });
        }
        if self.void > 0 {
            out.push_str(&match lang {
                Lang::Zh => format!("  作废的 {} 条没有列出（--void 可列出）\n", self.void),
                Lang::En => format!("  {} void records are left out (--void lists them)\n", self.void),
            });
        }
        if self.not_public > 0 {
            out.push_str(&match lang {
                Lang::Zh => format!("  不公开的 {} 条没有列出\n", self.not_public),
                Lang::En => format!("  {} records that are not public are left out\n", self.not_public),
            });
        }
        out
    }
}

pub(super) fn tongue(lang: Lang) -> Tongue {
    match lang {
        Lang::Zh => out::chinese,
        Lang::En => out::english,
    }
}

impl Ledger<'_> {
    /// Writes the ledger, all rows as they stand at one moment. Memory grows with the number of records by some tens of
    /// bytes each. `scratch` is the folder where rows of a workbook wait, in files without a name.
    ///
    /// # Errors
    /// `NotFound`: no such kind, status or field; `Invalid`: what is asked for cannot be, or does not fit into the form;
    /// `Setup`: the writer failed.
    pub fn export(
        &self,
        ask: &Export,
        scratch: Option<&Path>,
        to: impl Write + Seek + Send,
    ) -> Result<Exported, Failure> {
        self.store.read(|views| ledger::write(Here { ledger: self, views, ask }, scratch, to))
    }

    /// A name for the file, without writing it.
    ///
    /// # Errors
    /// As [`Ledger::export`], for what is asked.
    pub fn export_name(&self, ask: &Export) -> Result<String, Failure> {
        self.store.read(|views| {
            let wanted = Wanted::read(self, views, &ask.list)?;
            Ok(Head::of(self, &wanted, ask, 0).file_name(ask))
        })
    }

    /// A name for the file of a form.
    ///
    /// # Errors
    /// `NotFound`: no such kind.
    pub fn template_name(&self, kind: &str, lang: Lang) -> Result<String, Failure> {
        let label = &self.kind(kind)?.label;
        Ok(file_name([lang.of(label), lang.pick("导入模板", "form")], Form::Xlsx))
    }

    /// Writes the empty form of a kind, to be filled in and imported; `all_columns` for everything that can be imported.
    ///
    /// # Errors
    /// `NotFound`: no such kind; `Invalid`: it cannot be imported; `Setup`: the writer failed.
    pub fn template(
        &self,
        kind: &str,
        all_columns: bool,
        lang: Lang,
        scratch: Option<&Path>,
        to: impl Write + Seek + Send,
    ) -> Result<(), Failure> {
        let kind = self.kind(kind)?;
        let name = lang.of(&kind.label);
        let office = self.office();
        let paper = Paper {
            title: name,
            office: &office,
            now_ms: self.clock.now_ms(),
            tongue: tongue(lang),
            scratch,
        };
        out::template(Template { kind, all_columns, paper }, to).map_err(failed)
    }

    /// What the office is called.
    fn office(&self) -> String {
        let own = match self.place.site {
            Site::Township(code) => self.townships.name(code),
            Site::Hub => None,
        };
        own.unwrap_or(self.place.abbr).to_owned()
    }
}

/// A failed writer as a user meets it.
pub fn failed(error: WriteError) -> Failure {
    let said = error.label();
    let disk = matches!(error, WriteError::Io(_) | WriteError::Workbook(_) | WriteError::Text(_));
    let code = if disk { ErrorCode::Setup } else { ErrorCode::Invalid };
    let failure = Failure::new(code, format!("{}。", said.zh), format!("{}.", said.en));
    if disk { failure.because(error) } else { failure }
}
