//! ODS: the content of a package, or a flat file. Repeated rows and cells are counted before they are made.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::book::{Bounded, ReadError, within};
use super::date;
use super::filled::{Filled, Merge, Room, grow};
use super::package::Package;
use super::sheet::{Cell, Sheet};
use super::xml::{Piece, Tag, Xml};
use crate::limits;

/// Whether a text is a flat ODS file.
pub(super) fn is_flat(text: &str) -> bool {
    super::html::first_element(text).is_some_and(|name| name == "office:document")
}

pub(super) fn read_flat(text: &str, room: &Room) -> Result<Vec<Sheet>, ReadError> {
    content(&mut Xml::new(text.as_bytes()), room)
}

/// Every visible sheet that has something in it.
pub(super) fn read(package: &mut Package<'_>, room: &Room) -> Result<Vec<Sheet>, ReadError> {
    if package.xml("META-INF/manifest.xml")?.map_or(Ok(false), |mut xml| encrypted(&mut xml))? {
        return Err(ReadError::Encrypted);
    }
    match package.xml("content.xml")? {
        Some(mut xml) => content(&mut xml, room),
        None => Err(ReadError::Damaged("content.xml is missing".to_owned())),
    }
}

fn encrypted<R: BufRead>(xml: &mut Xml<R>) -> Result<bool, ReadError> {
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "encryption-data" => return Ok(true),
            Piece::End => return Ok(false),
            _ => {}
        }
    }
}

fn content<R: BufRead>(xml: &mut Xml<R>, room: &Room) -> Result<Vec<Sheet>, ReadError> {
    let mut sheets = Vec::new();
    let mut count = 0;
    // Styles of hidden sheets.
    let mut hidden: BTreeSet<String> = BTreeSet::new();
    let mut style = String::new();
    let mut spreadsheet = false;
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.name() {
                "office:spreadsheet" => spreadsheet = true,
                "style:style" => {
                    let [name] = tag.attrs(["style:name"])?;
                    style = name.unwrap_or_default().into_owned();
                }
                "style:table-properties" => {
                    let [display] = tag.attrs(["table:display"])?;
                    if display.as_deref() == Some("false") {
                        within(Bounded::Styles, hidden.len() as u64 + 1, limits::IMPORT_STYLES_MAX as u64)?;
                        hidden.insert(std::mem::take(&mut style));
                    }
                }
                "table:table" => {
                    let [name, style] = tag.attrs(["table:name", "table:style-name"])?;
                    if style.is_some_and(|style| hidden.contains(style.as_ref())) {
                        xml.skip()?;
                        continue;
                    }
                    count += 1;
                    within(Bounded::Sheets, count, limits::IMPORT_SHEETS_MAX as u64)?;
                    let name = name.unwrap_or_default().into_owned();
                    sheets.extend(table(xml, room, name)?);
                }
                // What was deleted and is kept for the record.
                "table:tracked-changes" => xml.skip()?,
                _ => {}
            },
            Piece::End if spreadsheet => return Ok(sheets),
            Piece::End => return Err(ReadError::WrongType(super::book::FileType::Document)),
            _ => {}
        }
    }
}

/// The table that was opened last.
fn table<R: BufRead>(xml: &mut Xml<R>, room: &Room, name: String) -> Result<Option<Sheet>, ReadError> {
    let outside = xml.depth() - 1;
    let mut filled = Filled::new(room);
    let mut row = 0u32;
    let mut cells = Vec::new();
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) => match tag.name() {
                "table:table-row" => {
                    let times = count(&tag, "table:number-rows-repeated")?;
                    cells.clear();
                    line(xml, &mut cells)?;
                    // Empty rows cost nothing, however many a file says there are.
                    let repeats = if cells.is_empty() { 0 } else { times };
                    for again in 0..repeats {
                        for held in &cells {
                            held.put(row.saturating_add(again), &mut filled)?;
                        }
                    }
                    row = row.saturating_add(times);
                }
                "table:table-header-rows" | "table:table-rows" | "table:table-row-group" => {}
                _ => xml.skip()?,
            },
            Piece::End => break,
            _ => {}
        }
    }
    filled.sheet(name)
}

fn count(tag: &Tag<'_>, name: &str) -> Result<u32, ReadError> {
    let [text] = tag.attrs([name])?;
    // A number that does not fit is as good as without end.
    Ok(text.map_or(1, |text| text.trim().parse().unwrap_or(u32::MAX)))
}

/// Cells of one row that are alike and stand side by side.
struct Held {
    cell: Cell,
    column: u32,
    times: u32,
    /// Rows that the first of them covers.
    rows: u32,
}

impl Held {
    fn put(&self, row: u32, filled: &mut Filled<'_>) -> Result<(), ReadError> {
        let end = u64::from(self.column) + u64::from(self.times);
        within(Bounded::Columns, end, limits::IMPORT_COLUMNS_MAX as u64)?;
        for column in self.column..self.column + self.times {
            filled.put((row, column), self.cell.clone())?;
        }
        filled.merge(Merge { top: row, left: self.column, bottom: row.saturating_add(self.rows - 1) })
    }
}

/// The row that was opened last: its cells that hold something.
fn line<R: BufRead>(xml: &mut Xml<R>, cells: &mut Vec<Held>) -> Result<(), ReadError> {
    let outside = xml.depth() - 1;
    let mut column = 0u32;
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) if matches!(tag.name(), "table:table-cell" | "table:covered-table-cell") => {
                let covered = tag.name() == "table:covered-table-cell";
                let times = count(&tag, "table:number-columns-repeated")?;
                let rows = count(&tag, "table:number-rows-spanned")?.max(1);
                let stored = Stored::of(&tag)?;
                let shown = text(xml)?;
                // Under merged cells old values may lie; nobody sees them.
                let cell = if covered { Cell::Empty } else { stored.cell(shown) };
                if !cell.is_blank() {
                    cells.push(Held { cell, column, times, rows });
                }
                column = column.saturating_add(times);
            }
            Piece::Open(_) => xml.skip()?,
            Piece::End => break,
            _ => {}
        }
    }
    Ok(())
}

/// What the attributes of a cell say of its value.
enum Stored {
    Nothing { formula: bool },
    Text(Option<String>),
    Number(f64),
    Date(String),
    Flag(bool),
    Error,
}

impl Stored {
    fn of(tag: &Tag<'_>) -> Result<Self, ReadError> {
        let [kind, extended, number, day, flag, string, formula] = tag.attrs([
            "office:value-type",
            "calcext:value-type",
            "office:value",
            "office:date-value",
            "office:boolean-value",
            "office:string-value",
            "table:formula",
        ])?;
        if extended.as_deref() == Some("error") {
            return Ok(Self::Error);
        }
        let formula = formula.is_some();
        Ok(match kind.as_deref() {
            Some("float" | "percentage" | "currency") => {
                let number =
                    number.and_then(|text| text.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
                number.map_or(Self::Nothing { formula }, Self::Number)
            }
            Some("date") => day.map_or(Self::Nothing { formula }, |day| Self::Date(day.into_owned())),
            Some("boolean") => Self::Flag(flag.as_deref() == Some("true")),
            // A length of time is shown as text.
            Some(_) => Self::Text(string.map(|text| text.into_owned())),
            None => Self::Nothing { formula },
        })
    }

    /// The cell, given the text that it shows.
    fn cell(self, shown: String) -> Cell {
        match self {
            Self::Nothing { formula: true } if shown.trim().is_empty() => Cell::Unsolved,
            Self::Nothing { .. } | Self::Text(None) => Cell::Text(shown),
            Self::Text(Some(text)) => Cell::Text(text),
            Self::Number(number) => Cell::Number(number),
            Self::Date(text) => match date::from_text(&text) {
                Ok(moment) => Cell::Date { day: moment.day, seconds: moment.seconds.filter(|s| *s > 0) },
                Err(_) => Cell::Text(text),
            },
            Self::Flag(flag) => Cell::Flag(flag),
            Self::Error => Cell::Error(shown),
        }
    }
}

/// The text of the cell that was opened last, without notes and drawings.
fn text<R: BufRead>(xml: &mut Xml<R>) -> Result<String, ReadError> {
    let outside = xml.depth() - 1;
    let mut text = String::new();
    let mut paragraphs = 0;
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) => match tag.name() {
                "text:p" | "text:h" => {
                    paragraphs += 1;
                    if paragraphs > 1 {
                        grow(&mut text, "\n")?;
                    }
                }
                "text:s" => {
                    let spaces = count(&tag, "text:c")? as usize;
                    within(Bounded::Text, spaces as u64, limits::IMPORT_CELL_BYTES_MAX as u64)?;
                    grow(&mut text, &" ".repeat(spaces))?;
                }
                "text:tab" => grow(&mut text, "\t")?,
                "text:line-break" => grow(&mut text, "\n")?,
                "text:span" | "text:a" | "text:ruby" | "text:ruby-base" => {}
                // Notes, drawings, reading aids, tables in cells.
                _ => xml.skip()?,
            },
            Piece::Text(piece) if paragraphs > 0 => grow(&mut text, &piece)?,
            Piece::End => break,
            _ => {}
        }
    }
    Ok(text)
}

#[cfg(test)]
#[path = "ods_tests.rs"]
mod tests;
