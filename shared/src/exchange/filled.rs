//! Cells collected into rows; memory grows with the cells that hold something, never with the extent that a file claims.

use std::cell::Cell as Counter;

use super::book::{Bounded, ReadError, within};
use super::sheet::{Cell, Row, Sheet};
use crate::limits;

/// How much of the bounds of one file its sheets have used up together.
#[derive(Default)]
pub(super) struct Room {
    cells: Counter<usize>,
    text: Counter<usize>,
}

impl Room {
    /// Takes room for cells before they are made.
    pub(super) fn cells(&self, count: usize) -> Result<(), ReadError> {
        self.cells.set(self.cells.get().saturating_add(count));
        within(Bounded::Cells, self.cells.get() as u64, limits::IMPORT_CELLS_MAX as u64)
    }

    /// Takes room for text before it is kept.
    pub(super) fn text(&self, bytes: usize) -> Result<(), ReadError> {
        self.text.set(self.text.get().saturating_add(bytes));
        within(Bounded::TextBytes, self.text.get() as u64, limits::IMPORT_TEXT_BYTES_MAX as u64)
    }
}

/// Cells that are shown as one; positions from 0, the last ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    pub(super) top: u32,
    pub(super) left: u32,
    pub(super) bottom: u32,
}

/// One sheet while it is read.
pub(super) struct Filled<'r> {
    room: &'r Room,
    rows: Vec<Row>,
    merges: Vec<Merge>,
    disordered: bool,
}

impl<'r> Filled<'r> {
    pub(super) fn new(room: &'r Room) -> Self {
        Self { room, rows: Vec::new(), merges: Vec::new(), disordered: false }
    }

    /// A cell by row and column, both from 0. Blank ones are dropped; of two at one place the later stands.
    pub(super) fn put(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<(), ReadError> {
        if cell.is_blank() {
            return Ok(());
        }
        let (number, column) = (row.saturating_add(1), column as usize);
        within(Bounded::Columns, column as u64 + 1, limits::IMPORT_COLUMNS_MAX as u64)?;
        if let Cell::Text(text) = &cell {
            let limit = limits::IMPORT_CELL_BYTES_MAX as u64;
            within(Bounded::Cell { row: number, column }, text.len() as u64, limit)?;
            self.room.text(text.len())?;
        }
        if self.rows.last().is_none_or(|last| last.number != number) {
            self.disordered |= self.rows.last().is_some_and(|last| last.number > number);
            within(Bounded::Rows, self.rows.len() as u64 + 1, limits::IMPORT_ROWS_MAX as u64)?;
            // Rows of a ledger are alike: the next one is as long as the last.
            let width = self.rows.last().map_or(0, |last| last.cells.len());
            self.rows.push(Row { number, cells: Vec::with_capacity(width) });
        }
        let Some(last) = self.rows.last_mut() else { return Ok(()) };
        if last.cells.len() <= column {
            self.room.cells(column + 1 - last.cells.len())?;
            last.cells.resize(column + 1, Cell::Empty);
        }
        last.cells[column] = cell;
        Ok(())
    }

    /// Cells shown as one over several rows: all of them say what the first one says. What is merged sideways is left as
    /// it is, because the other columns mean something else.
    pub(super) fn merge(&mut self, merge: Merge) -> Result<(), ReadError> {
        if merge.bottom > merge.top {
            within(Bounded::Cells, self.merges.len() as u64 + 1, limits::IMPORT_CELLS_MAX as u64)?;
            self.merges.push(merge);
        }
        Ok(())
    }

    /// The sheet; `None` if nothing is in it.
    pub(super) fn sheet(self, name: String) -> Result<Option<Sheet>, ReadError> {
        let mut rows = self.rows;
        if self.disordered {
            rows.sort_by_key(|row| row.number);
            rows.dedup_by(|later, earlier| {
                let same = later.number == earlier.number;
                if same {
                    join(earlier, later);
                }
                same
            });
        }
        let mut steps = 0u64;
        for merge in &self.merges {
            let from = rows.partition_point(|row| row.number <= merge.top);
            let Some(first) = rows.get(from).filter(|row| row.number == merge.top.saturating_add(1)) else {
                continue;
            };
            let (column, cell) = (merge.left as usize, first.cell(merge.left as usize).clone());
            if cell.is_blank() {
                continue;
            }
            let covered = rows[from + 1..].iter_mut();
            for row in covered.take_while(|row| row.number <= merge.bottom.saturating_add(1)) {
                steps += 1;
                within(Bounded::Cells, steps, limits::IMPORT_CELLS_MAX as u64)?;
                if !row.cell(column).is_blank() {
                    continue;
                }
                if let Cell::Text(text) = &cell {
                    self.room.text(text.len())?;
                }
                if row.cells.len() <= column {
                    self.room.cells(column + 1 - row.cells.len())?;
                    row.cells.resize(column + 1, Cell::Empty);
                }
                row.cells[column] = cell.clone();
            }
        }
        Ok((!rows.is_empty()).then_some(Sheet { name, rows }))
    }
}

/// Takes over what a second row of the same number holds.
fn join(into: &mut Row, from: &mut Row) {
    if into.cells.len() < from.cells.len() {
        into.cells.resize(from.cells.len(), Cell::Empty);
    }
    for (column, cell) in from.cells.drain(..).enumerate().filter(|(_, cell)| !cell.is_blank()) {
        into.cells[column] = cell;
    }
}

/// Adds a piece to the text of one cell, up to its bound.
pub(super) fn grow(text: &mut String, piece: &str) -> Result<(), ReadError> {
    let limit = limits::IMPORT_CELL_BYTES_MAX as u64;
    within(Bounded::Text, (text.len() + piece.len()) as u64, limit)?;
    text.push_str(piece);
    Ok(())
}

/// Texts that cells refer to by number, in one piece of memory.
#[derive(Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str, room: &Room) -> Result<(), ReadError> {
        room.text(text.len() + size_of::<u32>())?;
        self.text.push_str(text);
        // The room for text is below what 32 bits hold.
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

const _: () = assert!(limits::IMPORT_TEXT_BYTES_MAX < u32::MAX as usize);
