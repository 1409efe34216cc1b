//! Tables of web pages: what many systems hand out as "Excel" files. Only rows, cells and their text are looked at; a
//! browser's habits with unclosed tags are followed, its tree is not built.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::book::{Bounded, FileType, ReadError, within};
use super::filled::{Filled, Merge, Room, grow};
use super::sheet::{Cell, Sheet};
use crate::limits;

/// What browsers allow at most.
const ROWSPAN_MAX: u32 = 65_534;
const COLSPAN_MAX: u32 = 1_000;
/// Bytes at the beginning in which a page shows that it is one.
const HEAD_BYTES: usize = 64 * 1024;

/// The name of the first element of a text in XML or HTML.
pub(super) fn first_element(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.split_once('<')?.1;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if !rest.starts_with(['?', '!']) {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
            return Some(&rest[..end.unwrap_or(rest.len())]);
        }
    }
}

/// Whether a text that begins with `<` is a web page or a piece of one.
pub(super) fn is(text: &str) -> bool {
    let known =
        ["html", "head", "body", "table", "div", "meta", "style", "script", "center", "form", "p", "span"];
    let first = first_element(text).map(str::to_ascii_lowercase).unwrap_or_default();
    let head = text.as_bytes().get(..HEAD_BYTES).unwrap_or(text.as_bytes());
    let table = || head.windows(6).any(|window| window.eq_ignore_ascii_case(b"<table"));
    known.contains(&first.as_str()) || (!text.starts_with("<?xml") && table())
}

/// Every table that has something in it, in the order in which they end.
///
/// # Errors
/// There is no table at all, or a bound is passed.
pub(super) fn read(text: &str, room: &Room) -> Result<Vec<Sheet>, ReadError> {
    let mut page =
        Page { room, tables: Vec::new(), sheets: Vec::new(), found: 0, open: Tag::default(), quiet: 0 };
    let mut failed = None;
    let listen = |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        // The tokenizer cannot be stopped from here; what comes after a failure is let pass.
        if failed.is_none() {
            failed = page.hear(event).err();
        }
        None
    };
    let mut emitter = CallbackEmitter::new(listen);
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(text, emitter) {
        match token {
            Ok(never) => match never {},
            Err(never) => match never {},
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    while let Some(table) = page.tables.pop() {
        page.keep(table)?;
    }
    match page.found {
        0 => Err(ReadError::WrongType(FileType::Page)),
        _ => Ok(page.sheets),
    }
}

/// A start tag while its attributes are read.
#[derive(Default)]
struct Tag {
    name: String,
    attribute: String,
    rows: u32,
    columns: u32,
}

struct Page<'r> {
    room: &'r Room,
    /// Tables in tables.
    tables: Vec<Table<'r>>,
    sheets: Vec<Sheet>,
    found: usize,
    open: Tag,
    /// Inside so many elements whose text is not shown.
    quiet: usize,
}

struct Table<'r> {
    filled: Filled<'r>,
    /// Of the row that is open or comes next.
    row: u32,
    in_row: bool,
    column: u32,
    /// For each column the first row that is not covered by a cell from above.
    free_from: Vec<u32>,
    cell: Option<OpenCell>,
}

struct OpenCell {
    column: u32,
    rows: u32,
    text: String,
}

impl<'r> Page<'r> {
    fn hear(&mut self, event: CallbackEvent<'_>) -> Result<(), ReadError> {
        let word = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.open = Tag { name: word(name), rows: 1, columns: 1, ..Tag::default() };
            }
            CallbackEvent::AttributeName { name } => self.open.attribute = word(name),
            CallbackEvent::AttributeValue { value } => {
                let number = || String::from_utf8_lossy(value).trim().parse::<u32>().ok();
                match self.open.attribute.as_str() {
                    // 0 means to the end of the table.
                    "rowspan" => {
                        let rows = number().unwrap_or(1);
                        self.open.rows = if rows == 0 { ROWSPAN_MAX } else { rows.min(ROWSPAN_MAX) };
                    }
                    "colspan" => self.open.columns = number().unwrap_or(1).clamp(1, COLSPAN_MAX),
                    _ => {}
                }
            }
            CallbackEvent::CloseStartTag { .. } => return self.start(),
            CallbackEvent::EndTag { name } => return self.end(&word(name)),
            CallbackEvent::String { value } if self.quiet == 0 => {
                if let Some(cell) = self.cell() {
                    return cell.say(&String::from_utf8_lossy(value));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self) -> Option<&mut OpenCell> {
        self.tables.last_mut()?.cell.as_mut()
    }

    fn start(&mut self) -> Result<(), ReadError> {
        match self.open.name.as_str() {
            "table" => {
                self.found += 1;
                let depth = self.tables.len() as u64 + 1;
                within(Bounded::Depth, depth, limits::IMPORT_TABLES_DEPTH_MAX as u64)?;
                self.tables.push(Table::new(self.room));
            }
            "script" | "style" | "title" => self.quiet += 1,
            "br" | "p" | "div" | "li" => {
                if let Some(cell) = self.cell() {
                    return cell.break_line();
                }
            }
            name => {
                let Some(table) = self.tables.last_mut() else { return Ok(()) };
                match name {
                    "tr" => {
                        table.end_row()?;
                        table.in_row = true;
                    }
                    "td" | "th" => return table.begin_cell(self.open.rows, self.open.columns),
                    "thead" | "tbody" | "tfoot" => return table.end_row(),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "table" => match self.tables.pop() {
                Some(table) => self.keep(table),
                None => Ok(()),
            },
            "script" | "style" | "title" => {
                self.quiet = self.quiet.saturating_sub(1);
                Ok(())
            }
            _ => {
                let Some(table) = self.tables.last_mut() else { return Ok(()) };
                match name {
                    "td" | "th" => table.end_cell(),
                    "tr" | "thead" | "tbody" | "tfoot" => table.end_row(),
                    _ => Ok(()),
                }
            }
        }
    }

    fn keep(&mut self, mut table: Table<'r>) -> Result<(), ReadError> {
        table.end_row()?;
        if let Some(sheet) = table.filled.sheet(format!("表格{}", self.sheets.len() + 1))? {
            self.sheets.push(sheet);
            within(Bounded::Sheets, self.sheets.len() as u64, limits::IMPORT_SHEETS_MAX as u64)?;
        }
        Ok(())
    }
}

impl<'r> Table<'r> {
    fn new(room: &'r Room) -> Self {
        Self {
            filled: Filled::new(room),
            row: 0,
            in_row: false,
            column: 0,
            free_from: Vec::new(),
            cell: None,
        }
    }

    fn begin_cell(&mut self, rows: u32, columns: u32) -> Result<(), ReadError> {
        self.end_cell()?;
        self.in_row = true;
        // The next column that no cell from above covers.
        while self.free_from.get(self.column as usize).is_some_and(|free| *free > self.row) {
            self.column += 1;
        }
        let column = self.column;
        self.column = self.column.saturating_add(columns);
        if rows > 1 {
            within(Bounded::Columns, u64::from(self.column), limits::IMPORT_COLUMNS_MAX as u64)?;
            let end = self.column as usize;
            if self.free_from.len() < end {
                self.free_from.resize(end, 0);
            }
            self.free_from[column as usize..end].fill(self.row.saturating_add(rows));
        }
        self.cell = Some(OpenCell { column, rows, text: String::new() });
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), ReadError> {
        let Some(mut cell) = self.cell.take() else { return Ok(()) };
        cell.text.truncate(cell.text.trim_end_matches([' ', '\n']).len());
        self.filled.put((self.row, cell.column), Cell::Text(cell.text))?;
        let bottom = self.row.saturating_add(cell.rows - 1);
        self.filled.merge(Merge { top: self.row, left: cell.column, bottom })
    }

    fn end_row(&mut self) -> Result<(), ReadError> {
        self.end_cell()?;
        if self.in_row {
            self.row = self.row.saturating_add(1);
        }
        (self.in_row, self.column) = (false, 0);
        Ok(())
    }
}

impl OpenCell {
    /// Adds text as a browser shows it: blanks and line breaks of the source are one blank.
    fn say(&mut self, text: &str) -> Result<(), ReadError> {
        let mut rest = text;
        while !rest.is_empty() {
            let blank = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
            if blank > 0 {
                if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                    grow(&mut self.text, " ")?;
                }
                rest = &rest[blank..];
                continue;
            }
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            // A blank that must not be broken is the page's way of keeping several.
            grow(&mut self.text, &rest[..end].replace('\u{a0}', " "))?;
            rest = &rest[end..];
        }
        Ok(())
    }

    fn break_line(&mut self) -> Result<(), ReadError> {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        if self.text.is_empty() { Ok(()) } else { grow(&mut self.text, "\n") }
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
