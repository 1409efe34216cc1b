//! Ledgers of past work, from the files that offices have to rows that the command gate can take.
//!
//! A file becomes a [`Book`] of sheets ([`book`]); the columns of a sheet become fields of a kind by their headings
//! ([`heading`]); each cell becomes a value by its field's shape ([`cell`], [`rows`]). [`plan()`] then asks the command
//! gate about every row and says what would happen, with every error's row, column, value and reason. Nothing here
//! writes: the entries that a plan gives are the caller's to commit.
//!
//! What goes out is written by [`out`] for office programs, by [`ics`] for calendars, by [`comma`] and [`page`] for an
//! archive and the public.
//!
//! Not here: which status an imported record takes and how it becomes an entry ([`crate::command::import_row`]).

pub mod book;
pub mod cell;
pub mod comma;
pub mod date;
pub mod fold;
pub mod heading;
pub mod ics;
pub mod out;
pub mod page;
pub mod plan;
pub mod rows;
pub mod sheet;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod ledger_tests;
mod text;
mod workbook;

pub use book::{Book, Form, ReadError, read};
pub use cell::{Directory, Townships};
pub use heading::{Column, Headings, Holds, Ignored, Mapping, MappingError};
pub use plan::{Counts, ImportPlan, Mode, Outcome, PlanRow, plan};
pub use rows::{CellProblem, Ledger, LedgerRow};
pub use sheet::{Cell, Row, Sheet, column_letters};
