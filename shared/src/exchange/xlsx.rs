//! XLSX: sheets cell by cell. Only what a table needs is read: names of sheets, texts, which formats are dates, cells.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::book::{Bounded, ReadError, within};
use super::filled::{Filled, Merge, Room, Texts, grow};
use super::moment::{self, Look};
use super::package::Package;
use super::sheet::{Cell, Sheet};
use super::xml::{Piece, Xml};
use crate::limits;

/// The part that names the sheets, by its path.
pub(super) fn book_of(package: &mut Package<'_>) -> Result<Option<String>, ReadError> {
    let mut target = None;
    if let Some(mut links) = package.xml("_rels/.rels")? {
        relations(&mut links, |_, kind, path| {
            if kind.ends_with("/officeDocument") && target.is_none() {
                target = Some(path.trim_start_matches('/').to_owned());
            }
        })?;
    }
    let target = target.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    // Word documents and binary workbooks are packages of the same sort.
    let book = target.to_lowercase();
    let ours = package.has(&book)
        && book.ends_with(".xml")
        && !book.starts_with("word/")
        && !book.starts_with("ppt/");
    Ok(ours.then_some(target))
}

/// Every visible sheet that has something in it.
pub(super) fn read(package: &mut Package<'_>, book: &str, room: &Room) -> Result<Vec<Sheet>, ReadError> {
    let (folder, name) = book.rsplit_once('/').map_or(("", book), |(folder, name)| (folder, name));
    let at = |path: &str| match path.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None if folder.is_empty() => path.to_owned(),
        None => format!("{folder}/{path}"),
    };
    let mut paths = BTreeMap::new();
    let (mut strings, mut styles) = (at("sharedStrings.xml"), at("styles.xml"));
    let links = at(&format!("_rels/{name}.rels"));
    if let Some(mut links) = package.xml(&links)? {
        relations(&mut links, |id, kind, path| match kind.rsplit('/').next() {
            Some("worksheet") => drop(paths.insert(id.to_owned(), at(path))),
            Some("sharedStrings") => strings = at(path),
            Some("styles") => styles = at(path),
            _ => {}
        })?;
    }
    let mut parts = Parts { texts: Texts::default(), looks: Vec::new(), since_1904: false };
    let names = match package.xml(book)? {
        Some(mut xml) => workbook(&mut xml, &mut parts)?,
        None => return Err(ReadError::Damaged(format!("{book} is missing"))),
    };
    within(Bounded::Sheets, names.len() as u64, limits::IMPORT_SHEETS_MAX as u64)?;
    if let Some(mut xml) = package.xml(&styles)? {
        parts.looks = looks(&mut xml)?;
    }
    if let Some(mut xml) = package.xml(&strings)? {
        texts(&mut xml, &mut parts.texts, room)?;
    }
    let mut sheets = Vec::new();
    for (name, id) in names {
        // A chart on a sheet of its own has no table.
        let Some(path) = paths.get(&id) else { continue };
        let Some(mut xml) = package.xml(path)? else {
            return Err(ReadError::Damaged(format!("the sheet {path} is missing")));
        };
        sheets.extend(sheet(&mut xml, &parts, room, name)?);
    }
    Ok(sheets)
}

/// What cells refer to.
struct Parts {
    texts: Texts,
    looks: Vec<Look>,
    since_1904: bool,
}

fn relations<R: BufRead>(xml: &mut Xml<R>, mut each: impl FnMut(&str, &str, &str)) -> Result<(), ReadError> {
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "Relationship" => {
                let [id, kind, target, mode] = tag.local_attrs(["Id", "Type", "Target", "TargetMode"])?;
                if let (Some(id), Some(kind), Some(target)) = (id, kind, target)
                    && mode.as_deref() != Some("External")
                {
                    each(&id, &kind, &target);
                }
            }
            Piece::End => return Ok(()),
            _ => {}
        }
    }
}

/// Names of the visible sheets with the ids of their parts.
fn workbook<R: BufRead>(xml: &mut Xml<R>, parts: &mut Parts) -> Result<Vec<(String, String)>, ReadError> {
    let mut names = Vec::new();
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "sheet" => {
                let [name, state, id] = tag.local_attrs(["name", "state", "id"])?;
                if !matches!(state.as_deref(), Some("hidden" | "veryHidden")) {
                    within(Bounded::Sheets, names.len() as u64 + 1, limits::IMPORT_SHEETS_MAX as u64)?;
                    names.push((name.unwrap_or_default().into_owned(), id.unwrap_or_default().into_owned()));
                }
            }
            Piece::Open(tag) if tag.local() == "workbookPr" => {
                let [since_1904] = tag.local_attrs(["date1904"])?;
                parts.since_1904 |= matches!(since_1904.as_deref(), Some("1" | "true"));
            }
            Piece::End => return Ok(names),
            _ => {}
        }
    }
}

/// How each cell style shows numbers.
fn looks<R: BufRead>(xml: &mut Xml<R>) -> Result<Vec<Look>, ReadError> {
    let mut codes: BTreeMap<u32, Look> = BTreeMap::new();
    let mut looks = Vec::new();
    let mut in_cells = false;
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.local() {
                "numFmt" => {
                    let [number, code] = tag.local_attrs(["numFmtId", "formatCode"])?;
                    within(Bounded::Styles, codes.len() as u64 + 1, limits::IMPORT_STYLES_MAX as u64)?;
                    if let (Some(number), Some(code)) = (number.and_then(|text| text.parse().ok()), code) {
                        codes.insert(number, Look::of_code(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let [number] = tag.local_attrs(["numFmtId"])?;
                    within(Bounded::Styles, looks.len() as u64 + 1, limits::IMPORT_STYLES_MAX as u64)?;
                    let number = number.and_then(|text| text.parse().ok()).unwrap_or(0);
                    looks.push(codes.get(&number).copied().unwrap_or_else(|| Look::of_builtin(number)));
                }
                _ => {}
            },
            Piece::Close(shut) if shut.local() == "cellXfs" => in_cells = false,
            Piece::End => return Ok(looks),
            _ => {}
        }
    }
}

fn texts<R: BufRead>(xml: &mut Xml<R>, into: &mut Texts, room: &Room) -> Result<(), ReadError> {
    let mut text = String::new();
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.local() == "si" => {
                text.clear();
                rich(xml, &mut text)?;
                into.push(&text, room)?;
            }
            Piece::End => return Ok(()),
            _ => {}
        }
    }
}

/// The text of the element that was opened last: its runs joined, without the reading aids of East Asian text.
fn rich<R: BufRead>(xml: &mut Xml<R>, text: &mut String) -> Result<(), ReadError> {
    let outside = xml.depth() - 1;
    let mut shown = false;
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) => {
                shown = tag.local() == "t";
                if tag.local() == "rPh" {
                    xml.skip()?;
                }
            }
            Piece::Text(piece) if shown => grow(text, &piece)?,
            Piece::Close(_) => shown = false,
            Piece::End => break,
            _ => {}
        }
    }
    if text.contains("_x") {
        *text = unescaped(text);
    }
    Ok(())
}

/// `_x000D_` as the character that it stands for.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = code.filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                plain.push_str(&rest[..at]);
                plain.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                plain.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn sheet<R: BufRead>(
    xml: &mut Xml<R>,
    parts: &Parts,
    room: &Room,
    name: String,
) -> Result<Option<Sheet>, ReadError> {
    let mut filled = Filled::new(room);
    let (mut row, mut column) = (0u32, 0u32);
    let mut open = Open::default();
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.local() {
                "row" => {
                    let [number] = tag.local_attrs(["r"])?;
                    column = 0;
                    row =
                        number.and_then(|text| text.parse::<u32>().ok()).map_or(row, |n| n.saturating_sub(1));
                }
                "c" => {
                    let [at, style, form] = tag.local_attrs(["r", "s", "t"])?;
                    if let Some(at) = at {
                        (row, column) = place(&at)
                            .ok_or_else(|| ReadError::Damaged(format!("no cell is called {at}")))?;
                    }
                    let style = style.and_then(|text| text.parse().ok()).unwrap_or(0);
                    open.begin(style, Form::of(form.as_deref()));
                    cell(xml, &mut open)?;
                    filled.put((row, column), open.cell(parts)?)?;
                    column = column.saturating_add(1);
                }
                "mergeCell" => {
                    let [area] = tag.local_attrs(["ref"])?;
                    let ends = area.as_deref().and_then(|area| area.split_once(':'));
                    let ends = ends.and_then(|(first, last)| place(first).zip(place(last)));
                    if let Some(((top, left), (bottom, _))) = ends {
                        filled.merge(Merge { top, left, bottom })?;
                    }
                }
                // What programs add for themselves may use the same names for something else.
                "extLst" => xml.skip()?,
                _ => {}
            },
            Piece::Close(shut) if shut.local() == "row" => row = row.saturating_add(1),
            Piece::End => return filled.sheet(name),
            _ => {}
        }
    }
}

/// What a cell's text stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Form {
    #[default]
    Number,
    Shared,
    Text,
    Flag,
    Error,
}

impl Form {
    fn of(name: Option<&str>) -> Self {
        match name {
            Some("s") => Self::Shared,
            // Dates as text among them.
            Some("str" | "inlineStr" | "d") => Self::Text,
            Some("b") => Self::Flag,
            Some("e") => Self::Error,
            _ => Self::Number,
        }
    }
}

/// One cell while it is read.
#[derive(Default)]
struct Open {
    style: usize,
    form: Form,
    formula: bool,
    text: String,
}

impl Open {
    fn begin(&mut self, style: usize, form: Form) {
        (self.style, self.form, self.formula) = (style, form, false);
        self.text.clear();
    }

    fn cell(&self, parts: &Parts) -> Result<Cell, ReadError> {
        let text = self.text.as_str();
        // An empty text is a result like any other.
        if self.formula && text.is_empty() && self.form != Form::Text {
            return Ok(Cell::Unsolved);
        }
        let plain = text.trim_ascii();
        Ok(match self.form {
            _ if plain.is_empty() => Cell::Empty,
            Form::Text => Cell::Text(text.to_owned()),
            Form::Error => Cell::Error(text.to_owned()),
            Form::Flag => Cell::Flag(matches!(plain, "1" | "true")),
            Form::Shared => {
                let found = plain.parse().ok().and_then(|number| parts.texts.get(number));
                match found {
                    Some(text) => Cell::Text(text.to_owned()),
                    None => return Err(ReadError::Damaged(format!("there is no text number {plain}"))),
                }
            }
            Form::Number => match plain.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let look = parts.looks.get(self.style).copied().unwrap_or(Look::Number);
                    moment::shown(number, look, parts.since_1904)
                }
                _ => Cell::Text(text.to_owned()),
            },
        })
    }
}

/// The rest of the cell that was opened last.
fn cell<R: BufRead>(xml: &mut Xml<R>, open: &mut Open) -> Result<(), ReadError> {
    let outside = xml.depth() - 1;
    let (mut value, mut rich_text) = (false, false);
    while xml.depth() > outside {
        match xml.next()? {
            Piece::Open(tag) => match tag.local() {
                "v" => value = true,
                "is" => {
                    (open.form, rich_text) = (Form::Text, true);
                    rich(xml, &mut open.text)?;
                }
                other => {
                    open.formula |= other == "f";
                    xml.skip()?;
                }
            },
            Piece::Text(piece) if value => grow(&mut open.text, &piece)?,
            Piece::Close(_) => value = false,
            Piece::End => break,
            _ => {}
        }
    }
    if open.form == Form::Text && !rich_text && open.text.contains("_x") {
        open.text = unescaped(&open.text);
    }
    Ok(())
}

/// Row and column from 0 of a cell such as `BC17` or `$B$2`.
fn place(name: &str) -> Option<(u32, u32)> {
    let mut bytes = name.bytes().filter(|byte| *byte != b'$').peekable();
    let mut column = 0u32;
    while let Some(letter) = bytes.next_if(u8::is_ascii_alphabetic) {
        column = column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    let mut row = 0u32;
    for digit in bytes {
        if !digit.is_ascii_digit() {
            return None;
        }
        row = row.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
