//! Ledgers of past work, from the files that offices have to rows that the command gate can take.
//!
//! A file becomes a [`Book`] of sheets ([`book`]); the columns of a sheet become fields of a kind by their headings
//! ([`heading`]); each cell becomes a value by its field's shape ([`cell`], [`rows`]). [`plan()`] then asks the command
//! gate about every row and says what would happen, with every error's row, column, value and reason, and what a row may
//! repeat ([`similar`]). Nothing here writes: the entries of rows that a plan found fit are the caller's to commit.
//! [`marked()`] gives the file back with what is wrong marked in it.
//!
//! A file is read with bounds of our own, whatever it claims to hold: of counts, dimensions and sizes in it none is
//! believed, formulas are not computed, links not followed, entities not expanded.
//!
//! What goes out to other programs is written by [`ics`].
//!
//! Not here: which status an imported record takes and how it becomes an entry ([`crate::command::import_row`]).

pub mod book;
pub mod cell;
pub mod correction;
pub mod date;
pub mod fold;
pub mod heading;
pub mod ics;
pub mod marked;
pub mod plan;
pub mod rows;
pub mod sheet;
pub mod similar;

mod biff;
mod filled;
mod moment;
mod package;
mod xml;

mod excel2003;
mod html;
mod ods;
mod text;
mod xls;
mod xlsx;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod ledger_tests;

pub use book::{Book, Form, ReadError, read};
pub use cell::{Directory, Townships};
pub use correction::{Basis, Corrections, Meaning, Remembered};
pub use heading::{Column, Headings, Holds, Ignored, Mapping, MappingError, importable, importable_fields};
pub use marked::{Copied, Spoken, marked};
pub use plan::{Counts, ImportPlan, Mode, OnSimilar, Outcome, PlanRow, entries, plan};
pub use rows::{CellProblem, Ledger, LedgerRow, Place};
pub use sheet::{Cell, Row, Sheet, column_letters};
pub use similar::{By, Similar, Twin};
