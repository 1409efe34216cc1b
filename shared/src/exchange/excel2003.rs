//! The XML of Excel 2003 (SpreadsheetML), in which many systems still hand out their lists under the name .xls.

use std::io::BufRead;

use super::book::{Bounded, ReadError, within};
use super::date;
use super::filled::{Filled, Merge, Room, grow};
use super::sheet::{Cell, Sheet};
use super::xml::{Piece, Xml};
use crate::limits;

const NAMESPACE: &str = "urn:schemas-microsoft-com:office:spreadsheet";

pub(super) fn is(text: &str) -> bool {
    let named =
        super::html::first_element(text).is_some_and(|name| name.rsplit(':').next() == Some("Workbook"));
    named && text.contains(NAMESPACE)
}

/// Every visible sheet that has something in it.
pub(super) fn read(text: &str, room: &Room) -> Result<Vec<Sheet>, ReadError> {
    let mut xml = Xml::new(text.as_bytes());
    let mut sheets = Vec::new();
    let mut count = 0;
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "Worksheet" => {
                let [name] = tag.local_attrs(["Name"])?;
                let name = name.unwrap_or_default().into_owned();
                count += 1;
                within(Bounded::Sheets, count, limits::IMPORT_SHEETS_MAX as u64)?;
                sheets.extend(worksheet(&mut xml, room, name)?);
            }
            Piece::End => return Ok(sheets),
            _ => {}
        }
    }
}

/// The sheet that was opened last; none if it is hidden.
fn worksheet<R: BufRead>(xml: &mut Xml<R>, room: &Room, name: String) -> Result<Option<Sheet>, ReadError> {
    let outside = xml.depth() - 1;
    let mut filled = Filled::new(room);
    let mut hidden = false;
    let mut row = 0u32;
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) => match tag.local() {
                "Table" | "WorksheetOptions" => {}
                "Row" => {
                    let [index, span] = tag.local_attrs(["Index", "Span"])?;
                    row = number(index.as_deref()).map_or(row, |index| index.saturating_sub(1));
                    let span = number(span.as_deref()).unwrap_or(0);
                    line(xml, row, &mut filled)?;
                    row = row.saturating_add(1).saturating_add(span);
                }
                "Visible" => hidden |= content(xml)? != "SheetVisible",
                _ => xml.skip()?,
            },
            Piece::End => break,
            _ => {}
        }
    }
    if hidden { Ok(None) } else { filled.sheet(name) }
}

fn number(text: Option<&str>) -> Option<u32> {
    text.and_then(|text| text.trim().parse().ok())
}

/// The row that was opened last.
fn line<R: BufRead>(xml: &mut Xml<R>, row: u32, filled: &mut Filled<'_>) -> Result<(), ReadError> {
    let outside = xml.depth() - 1;
    let mut column = 0u32;
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "Cell" => {
                let [index, across, down, formula] =
                    tag.local_attrs(["Index", "MergeAcross", "MergeDown", "Formula"])?;
                column = number(index.as_deref()).map_or(column, |index| index.saturating_sub(1));
                let across = number(across.as_deref()).unwrap_or(0);
                let bottom = row.saturating_add(number(down.as_deref()).unwrap_or(0));
                let formula = formula.is_some();
                filled.put((row, column), cell(xml, formula)?)?;
                filled.merge(Merge { top: row, left: column, bottom })?;
                column = column.saturating_add(1).saturating_add(across);
            }
            Piece::Open(_) => xml.skip()?,
            Piece::End => break,
            _ => {}
        }
    }
    Ok(())
}

/// The cell that was opened last.
fn cell<R: BufRead>(xml: &mut Xml<R>, formula: bool) -> Result<Cell, ReadError> {
    let outside = xml.depth() - 1;
    let mut cell = if formula { Cell::Unsolved } else { Cell::Empty };
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "Data" => {
                let [kind] = tag.local_attrs(["Type"])?;
                let kind = kind.unwrap_or_default().into_owned();
                cell = value(&kind, content(xml)?);
            }
            // Notes.
            Piece::Open(_) => xml.skip()?,
            Piece::End => break,
            _ => {}
        }
    }
    Ok(cell)
}

fn value(kind: &str, text: String) -> Cell {
    match kind {
        "Number" => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Cell::Number(number),
            _ => Cell::Text(text),
        },
        "DateTime" => match date::from_text(&text) {
            Ok(moment) => Cell::Date { day: moment.day, seconds: moment.seconds.filter(|s| *s > 0) },
            Err(_) => Cell::Text(text),
        },
        "Boolean" => Cell::Flag(matches!(text.trim(), "1" | "true")),
        "Error" => Cell::Error(text),
        _ => Cell::Text(text),
    }
}

/// The text of the element that was opened last, with all that stands in it.
fn content<R: BufRead>(xml: &mut Xml<R>) -> Result<String, ReadError> {
    let outside = xml.depth() - 1;
    let mut text = String::new();
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Text(piece) => grow(&mut text, &piece)?,
            Piece::End => break,
            _ => {}
        }
    }
    Ok(text)
}

#[cfg(test)]
#[path = "excel2003_tests.rs"]
mod tests;
