//! Workbooks: XLSX cell by cell, XLS by calamine's own range.

use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible};

use super::book::{Bounded, FileType, ReadError, within};
use super::sheet::{Cell, Row, Sheet};
use crate::limits;
use crate::record::Day;

type Bytes<'a> = Cursor<&'a [u8]>;

pub(super) fn xlsx(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    weigh(bytes)?;
    guarded(|| {
        let mut book = calamine::Xlsx::<Bytes<'_>>::new(Cursor::new(bytes)).map_err(xlsx_error)?;
        let mut sheets = Vec::new();
        for name in visible(book.sheets_metadata())? {
            let mut cells = book.worksheet_cells_reader(&name).map_err(xlsx_error)?;
            let mut filled = Filled::default();
            while let Some(cell) = cells.next_cell().map_err(xlsx_error)? {
                filled.put(cell.get_position(), from_ref(cell.get_value()))?;
            }
            sheets.extend(filled.sheet(name));
        }
        Ok(sheets)
    })
}

pub(super) fn xls(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    // The same container holds encrypted workbooks and old Word documents. Stream names stand in it as UTF-16.
    if holds(bytes, "EncryptedPackage") {
        return Err(ReadError::Encrypted);
    }
    if !holds(bytes, "Workbook") && !holds(bytes, "Book") {
        let word = holds(bytes, "WordDocument");
        return Err(ReadError::WrongType(if word { FileType::Word } else { FileType::Unknown }));
    }
    guarded(|| {
        let mut book = calamine::Xls::<Bytes<'_>>::new(Cursor::new(bytes)).map_err(|e| match e {
            calamine::XlsError::Password => ReadError::Encrypted,
            other => ReadError::Damaged(other.to_string()),
        })?;
        let mut sheets = Vec::new();
        for name in visible(book.sheets_metadata())? {
            let range = book.worksheet_range(&name).map_err(|e| ReadError::Damaged(e.to_string()))?;
            let (top, left) = range.start().unwrap_or((0, 0));
            let mut filled = Filled::default();
            for (row, column, value) in range.used_cells() {
                filled.put((top + row as u32, left + column as u32), from_data(value))?;
            }
            sheets.extend(filled.sheet(name));
        }
        Ok(sheets)
    })
}

/// Unpacks every part once without keeping it, because the sizes that a package claims may be lies.
fn weigh(bytes: &[u8]) -> Result<(), ReadError> {
    let damaged = |e: &dyn std::fmt::Display| ReadError::Damaged(e.to_string());
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let names: Vec<String> = package.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let has = |name: &str| names.iter().any(|n| n.trim_start_matches('/').eq_ignore_ascii_case(name));
    if !has("xl/workbook.xml") {
        return Err(ReadError::WrongType(if has("word/document.xml") {
            FileType::Word
        } else if has("content.xml") {
            FileType::Ods
        } else {
            FileType::Archive
        }));
    }
    let mut left = limits::IMPORT_UNPACKED_BYTES_MAX;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|e| match e {
            zip::result::ZipError::UnsupportedArchive(why) if why.contains("assword") => ReadError::Encrypted,
            other => damaged(&other),
        })?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|e| damaged(&e))?;
        let limit = limits::IMPORT_UNPACKED_BYTES_MAX;
        within(Bounded::UnpackedBytes, limit - left + unpacked, limit)?;
        left -= unpacked;
    }
    Ok(())
}

/// The reader of foreign files is not ours: a panic in it is damage in the file, not the end of the program.
fn guarded<T>(work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(ReadError::Damaged("the reader gave up".to_owned())))
}

fn visible(sheets: &[calamine::Sheet]) -> Result<Vec<String>, ReadError> {
    within(Bounded::Sheets, sheets.len() as u64, limits::IMPORT_SHEETS_MAX as u64)?;
    let shown = |s: &&calamine::Sheet| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible;
    Ok(sheets.iter().filter(shown).map(|sheet| sheet.name.clone()).collect())
}

fn holds(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wide.len()).any(|window| window == wide)
}

fn xlsx_error(error: calamine::XlsxError) -> ReadError {
    match error {
        calamine::XlsxError::Password => ReadError::Encrypted,
        other => ReadError::Damaged(other.to_string()),
    }
}

/// Cells collected into rows; memory grows with the cells that hold something, never with the sheet's extent.
#[derive(Default)]
struct Filled {
    rows: Vec<Row>,
    cells: usize,
    disordered: bool,
}

impl Filled {
    fn put(&mut self, (row, column): (u32, u32), cell: Cell) -> Result<(), ReadError> {
        if cell.is_blank() {
            return Ok(());
        }
        let (number, column) = (row.saturating_add(1), column as usize);
        within(Bounded::Columns, column as u64 + 1, limits::IMPORT_COLUMNS_MAX as u64)?;
        if let Cell::Text(text) = &cell {
            let limit = limits::IMPORT_CELL_BYTES_MAX as u64;
            within(Bounded::Cell { row: number, column }, text.len() as u64, limit)?;
        }
        if self.rows.last().is_none_or(|last| last.number != number) {
            self.disordered |= self.rows.last().is_some_and(|last| last.number > number);
            within(Bounded::Rows, self.rows.len() as u64 + 1, limits::IMPORT_ROWS_MAX as u64)?;
            self.rows.push(Row { number, cells: Vec::new() });
        }
        let Some(last) = self.rows.last_mut() else { return Ok(()) };
        if last.cells.len() <= column {
            self.cells += column + 1 - last.cells.len();
            within(Bounded::Cells, self.cells as u64, limits::IMPORT_CELLS_MAX as u64)?;
            last.cells.resize(column + 1, Cell::Empty);
        }
        last.cells[column] = cell;
        Ok(())
    }

    fn sheet(self, name: String) -> Option<Sheet> {
        let mut rows = self.rows;
        if self.disordered {
            rows.sort_by_key(|row| row.number);
        }
        (!rows.is_empty()).then_some(Sheet { name, rows })
    }
}

fn from_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(flag) => Cell::Flag(*flag),
        DataRef::DateTime(moment) => from_moment(*moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => from_error(error),
        DataRef::Empty => Cell::Empty,
    }
}

fn from_data(value: &Data) -> Cell {
    match value {
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::String(text) => Cell::Text(text.clone()),
        Data::Bool(flag) => Cell::Flag(*flag),
        Data::DateTime(moment) => from_moment(*moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Error(error) => from_error(error),
        Data::Empty => Cell::Empty,
    }
}

fn from_error(error: &CellErrorType) -> Cell {
    Cell::Error(error.to_string())
}

/// A cell with a date format. A length of time, or a serial that is no day, stays the number that it is.
fn from_moment(moment: ExcelDateTime) -> Cell {
    let serial = moment.as_f64();
    // Up to the year 9999; beyond it the reader's own arithmetic is not to be trusted.
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&serial) {
        return Cell::Number(serial);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    match Day::new(year as i16, month as i8, day as i8) {
        Some(day) => {
            let seconds = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
            Cell::Date { day, seconds: (seconds > 0).then_some(seconds) }
        }
        None => Cell::Number(serial),
    }
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
