//! Ledgers of past work, from the files that offices have to rows that the command gate can take.
//!
//! A file becomes a [`Book`] of sheets ([`book`]); the columns of a sheet become fields of a kind by their headings
//! ([`heading`]); each cell becomes a value by its field's shape ([`cell`]). Nothing here writes: what comes out is a
//! plan that says for every row what would happen, and every error with its row, column, value and reason.
//!
//! Not here: which status an imported record takes and how it becomes an entry ([`crate::command`]).

pub mod book;
pub mod cell;
pub mod date;
pub mod fold;
pub mod heading;
pub mod sheet;

#[cfg(test)]
mod fixture;
mod text;
mod workbook;

pub use book::{Book, Form, ReadError};
pub use heading::{Column, Headings, Holds, Ignored, Mapping, MappingError};
pub use sheet::{Cell, Row, Sheet, column_letters};
