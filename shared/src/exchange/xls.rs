//! XLS: the workbook of Excel 95 to 2003, record by record. Only what a table needs is decoded.

use std::io::{Cursor, Read as _};

use super::biff::{Biff, Record, Records, Strings, text, u16_at, u32_at};
use super::book::{Bounded, FileType, ReadError, within};
use super::filled::{Filled, Merge, Room, Texts};
use super::moment::{self, Look};
use super::sheet::{Cell, Sheet};
use crate::limits;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;

/// Every visible sheet that has something in it.
pub(super) fn read(bytes: &[u8], room: &Room) -> Result<Vec<Sheet>, ReadError> {
    let stream = stream(bytes)?;
    let book = Workbook::read(&stream, room)?;
    let mut sheets = Vec::new();
    for (name, at) in &book.sheets {
        let Some(records) = stream.get(*at..) else {
            return Err(ReadError::Damaged(format!("the sheet {name} lies outside the file")));
        };
        sheets.extend(book.sheet(records, name, room)?);
    }
    Ok(sheets)
}

/// The stream of the workbook in its container.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let damaged = |e: std::io::Error| ReadError::Damaged(e.to_string());
    container(bytes)?;
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    for name in ["/Workbook", "/Book"] {
        if file.is_stream(name) {
            let mut stream = Vec::new();
            let part = file.open_stream(name).map_err(damaged)?;
            part.take(bytes.len() as u64).read_to_end(&mut stream).map_err(damaged)?;
            return Ok(stream);
        }
    }
    Err(if file.exists("/EncryptedPackage") {
        ReadError::Encrypted
    } else if file.exists("/WordDocument") {
        ReadError::WrongType(FileType::Word)
    } else {
        ReadError::WrongType(FileType::Unknown)
    })
}

/// Refuses a container whose list of allocation sectors is longer than its size can need: it would be read into memory
/// many times over.
fn container(bytes: &[u8]) -> Result<(), ReadError> {
    let short = || ReadError::Damaged("the file is too short".to_owned());
    let sector =
        1usize << bytes.get(30).copied().filter(|shift| matches!(shift, 9 | 12)).ok_or_else(short)?;
    let entries = sector / 4;
    let sectors = bytes.len() / sector;
    let needed = sectors / entries / (entries - 1) + 2;
    let mut next = u32_at(bytes, 68).ok_or_else(short)?;
    for _ in 0..needed {
        // The chain ends with one of the marks above the numbers of sectors.
        if next >= 0xFFFF_FFFA {
            return Ok(());
        }
        let end = (next as usize + 2).checked_mul(sector).ok_or_else(short)?;
        next = u32_at(bytes, end - 4).ok_or_else(short)?;
    }
    Err(ReadError::Damaged("the list of allocation sectors has no end".to_owned()))
}

/// What stands before the sheets.
struct Workbook {
    biff: Biff,
    since_1904: bool,
    looks: Vec<Look>,
    texts: Texts,
    /// Visible sheets with the places where they begin.
    sheets: Vec<(String, usize)>,
}

impl Workbook {
    fn read(stream: &[u8], room: &Room) -> Result<Self, ReadError> {
        let mut book = Self {
            biff: Biff::default(),
            since_1904: false,
            looks: Vec::new(),
            texts: Texts::default(),
            sheets: Vec::new(),
        };
        let mut codes: Vec<(u16, Look)> = Vec::new();
        let mut formats: Vec<u16> = Vec::new();
        let mut records = Records::new(stream);
        let mut began = false;
        while let Some(record) = records.next()? {
            match record.kind {
                BOF => {
                    began = true;
                    book.biff.version(record.u16(0).unwrap_or(0))?;
                }
                _ if !began => return Err(ReadError::WrongType(FileType::OldXls)),
                // A password. What follows is not to be read.
                0x002F => return Err(ReadError::Encrypted),
                0x0042 => book.biff.code_page(record.u16(0).unwrap_or(0)),
                0x0022 => book.since_1904 = record.u16(0) == Some(1),
                0x041E => {
                    within(Bounded::Styles, codes.len() as u64 + 1, limits::IMPORT_STYLES_MAX as u64)?;
                    let code = book.biff.format(&record);
                    codes.extend(record.u16(0).zip(code.as_deref().map(Look::of_code)));
                }
                0x00E0 => {
                    within(Bounded::Styles, formats.len() as u64 + 1, limits::IMPORT_STYLES_MAX as u64)?;
                    formats.push(record.u16(2).unwrap_or(0));
                }
                0x0085 => {
                    // Only worksheets, and only those that are shown.
                    if record.data.get(4..6) == Some(&[0, 0]) {
                        let at = record.u32(0).unwrap_or(u32::MAX) as usize;
                        within(
                            Bounded::Sheets,
                            book.sheets.len() as u64 + 1,
                            limits::IMPORT_SHEETS_MAX as u64,
                        )?;
                        book.sheets.push((book.biff.name(record.data.get(6..).unwrap_or_default()), at));
                    }
                }
                0x00FC => shared(&record, &records, &mut book.texts, room)?,
                EOF => break,
                _ => {}
            }
        }
        codes.sort_by_key(|(number, _)| *number);
        book.looks = formats
            .iter()
            .map(|number| match codes.binary_search_by_key(number, |(known, _)| *known) {
                Ok(at) => codes[at].1,
                Err(_) => Look::of_builtin(u32::from(*number)),
            })
            .collect();
        Ok(book)
    }

    /// The sheet that begins with these records.
    fn sheet(&self, records: &[u8], name: &str, room: &Room) -> Result<Option<Sheet>, ReadError> {
        let mut records = Records::new(records);
        let mut filled = Filled::new(room);
        // Charts that are embedded in a sheet have records of cells of their own.
        let mut depth = 0usize;
        // A formula whose result, a text, comes in a record of its own.
        let mut awaited: Option<(u32, u32)> = None;
        while let Some(record) = records.next()? {
            match record.kind {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                _ if depth > 1 => {}
                0x0207 => {
                    if let Some(place) = awaited.take() {
                        let text = text(&self.biff, &mut Strings::new(&record, &records))?;
                        filled.put(place, Cell::Text(text))?;
                    }
                }
                0x00E5 => {
                    for area in record.data.get(2..).unwrap_or_default().chunks_exact(8) {
                        let of = |at| u16_at(area, at).map(u32::from).unwrap_or(0);
                        filled.merge(Merge { top: of(0), left: of(4), bottom: of(2) })?;
                    }
                }
                _ => {
                    let Some(place) = record.place() else { continue };
                    if let Some(cell) = self.cell(&record, &records, place, &mut filled)? {
                        if let Some(place) = awaited.take() {
                            filled.put(place, Cell::Unsolved)?;
                        }
                        match cell {
                            Found::Cell(cell) => filled.put(place, cell)?,
                            Found::Awaited => awaited = Some(place),
                        }
                    }
                }
            }
        }
        if let Some(place) = awaited {
            filled.put(place, Cell::Unsolved)?;
        }
        filled.sheet(name.to_owned())
    }

    /// What a record says of a cell; `None` if it is no record of one.
    fn cell(
        &self,
        record: &Record<'_>,
        records: &Records<'_>,
        (row, column): (u32, u32),
        filled: &mut Filled<'_>,
    ) -> Result<Option<Found>, ReadError> {
        let look = |at| {
            let style = record.u16(at).map(usize::from);
            style.and_then(|style| self.looks.get(style)).copied().unwrap_or(Look::Number)
        };
        let number = |number: f64, at| Found::Cell(moment::shown(number, look(at), self.since_1904));
        Ok(Some(match record.kind {
            0x0203 => number(record.f64(6).ok_or_else(|| record.short())?, 4),
            0x027E => number(compact(record.u32(6).ok_or_else(|| record.short())?), 4),
            0x00BD => {
                // Numbers side by side, each with its style.
                let pairs = record.data.get(4..record.data.len().saturating_sub(2)).unwrap_or_default();
                for (nth, pair) in pairs.chunks_exact(6).enumerate() {
                    let found = number(compact(u32_at(pair, 2).unwrap_or(0)), 4 + nth * 6);
                    if let Found::Cell(cell) = found {
                        filled.put((row, column.saturating_add(nth as u32)), cell)?;
                    }
                }
                Found::Cell(Cell::Empty)
            }
            0x0204 | 0x00D6 => {
                let mut strings = Strings::new(record, records);
                strings.skip(6)?;
                Found::Cell(Cell::Text(text(&self.biff, &mut strings)?))
            }
            0x00FD => {
                let text = record.u32(6).and_then(|number| self.texts.get(number as usize));
                Found::Cell(text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned())))
            }
            0x0205 => match record.data.get(6..8) {
                Some([code, 1]) => Found::Cell(error(*code)),
                Some([flag, _]) => Found::Cell(Cell::Flag(*flag != 0)),
                _ => return Err(record.short()),
            },
            0x0006 => match record.data.get(6..14) {
                Some([0, .., 0xFF, 0xFF]) => Found::Awaited,
                Some([1, _, flag, .., 0xFF, 0xFF]) => Found::Cell(Cell::Flag(*flag != 0)),
                Some([2, _, code, .., 0xFF, 0xFF]) => Found::Cell(error(*code)),
                Some([_, .., 0xFF, 0xFF]) => Found::Cell(Cell::Empty),
                Some(_) => number(record.f64(6).ok_or_else(|| record.short())?, 4),
                None => return Err(record.short()),
            },
            _ => return Ok(None),
        }))
    }
}

enum Found {
    Cell(Cell),
    Awaited,
}

/// The texts that cells share.
fn shared(
    record: &Record<'_>,
    records: &Records<'_>,
    into: &mut Texts,
    room: &Room,
) -> Result<(), ReadError> {
    let mut strings = Strings::new(record, records);
    strings.skip(8)?;
    while strings.more() {
        let text = strings.rich()?;
        into.push(&text, room)?;
    }
    Ok(())
}

/// A number in four bytes: 30 bits, whole or the upper part of a float, perhaps a hundredth of it.
fn compact(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from((bits as i32) >> 2),
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

fn error(code: u8) -> Cell {
    let text = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        _ => "#ERROR",
    };
    Cell::Error(text.to_owned())
}

#[cfg(test)]
#[path = "xls_tests.rs"]
mod tests;
