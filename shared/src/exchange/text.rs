//! Ledgers as text: encoding, delimiter, quoted cells with line breaks.

use super::book::{Bounded, FileType, ReadError};
use super::filled::{Filled, Room};
use super::sheet::{Cell, Sheet};
use crate::limits;

/// Cells at most that a delimiter is judged by.
const SAMPLE_ROWS: usize = 40;
/// Characters of more than one byte that make a text with a bad byte damaged UTF-8 rather than another encoding: text in
/// the encodings of the GB family does not by chance begin with so many well-formed ones.
const UTF8_EVIDENCE_CHARS: usize = 12;

/// The cells of a text, and the mark between them.
pub(super) fn read(text: &str, room: &Room) -> Result<(char, Vec<Sheet>), ReadError> {
    // Excel's own way of naming the delimiter; it does not show that line.
    let (text, delimiter) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((mark, rest)) if mark.trim_end_matches('\r').chars().count() == 1 => {
            (rest, mark.chars().next().unwrap_or(','))
        }
        _ => (text, sniff(text)),
    };
    let mut filled = Filled::new(room);
    for (row, record) in Records::new(text, delimiter).enumerate() {
        // Trailing delimiters make no columns.
        for (column, cell) in record?.cells.into_iter().enumerate() {
            filled.put((row as u32, column as u32), Cell::Text(cell))?;
        }
    }
    Ok((delimiter, filled.sheet(String::new())?.into_iter().collect()))
}

/// Byte order mark, then strict UTF-8, then GB18030, the encoding in which Chinese office programs save text.
pub(super) fn decode(bytes: &[u8]) -> Result<(std::borrow::Cow<'_, str>, &'static str), ReadError> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let body = &bytes[mark..];
        if encoding == encoding_rs::UTF_8 {
            let text = std::str::from_utf8(body)
                .map_err(|e| ReadError::Garbled { encoding: "UTF-8", offset: mark + e.valid_up_to() + 1 })?;
            return Ok((text.into(), "UTF-8"));
        }
        let (text, garbled) = encoding.decode_without_bom_handling(body);
        if garbled {
            return Err(ReadError::Garbled { encoding: "UTF-16", offset: body.len() });
        }
        return Ok((text, "UTF-16"));
    }
    let wrong = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((text.into(), "UTF-8")),
        Err(wrong) => wrong,
    };
    let sound = std::str::from_utf8(&bytes[..wrong.valid_up_to()]).unwrap_or("");
    if sound.chars().filter(|c| c.len_utf8() > 1).take(UTF8_EVIDENCE_CHARS).count() == UTF8_EVIDENCE_CHARS {
        return Err(ReadError::Garbled { encoding: "UTF-8", offset: wrong.valid_up_to() + 1 });
    }
    if bytes.contains(&0) {
        return Err(ReadError::WrongType(FileType::Unknown));
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok((text, "GB18030")),
        None => Err(ReadError::Garbled { encoding: "GB18030", offset: gb18030_valid_up_to(bytes) + 1 }),
    }
}

/// Bytes before the first that cannot be decoded.
fn gb18030_valid_up_to(bytes: &[u8]) -> usize {
    let mut decoder = encoding_rs::GB18030.new_decoder_without_bom_handling();
    let mut sink = [0u8; 4096];
    let mut read = 0;
    loop {
        let (result, used, _) = decoder.decode_to_utf8_without_replacement(&bytes[read..], &mut sink, true);
        read += used;
        match result {
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::InputEmpty => return read,
            encoding_rs::DecoderResult::Malformed(bad, after) => {
                return read.saturating_sub(usize::from(bad) + usize::from(after));
            }
        }
    }
}

/// The mark that cuts the first rows into the most columns of which most rows have the same number. A comma if none does.
fn sniff(text: &str) -> char {
    let score = |delimiter: char| -> usize {
        let mut counts: Vec<usize> = Records::new(text, delimiter)
            .map_while(Result::ok)
            .filter(|record| !is_blank(record))
            .take(SAMPLE_ROWS)
            .map(|record| record.cells.len())
            .collect();
        counts.sort_unstable();
        let runs = counts.chunk_by(|a, b| a == b);
        let (rows, columns) = runs.map(|run| (run.len(), run[0])).max().unwrap_or((0, 1));
        rows * (columns - 1)
    };
    // The last of equals wins, so the most usual stands last.
    [';', '\t', ','].into_iter().max_by_key(|&delimiter| score(delimiter)).unwrap_or(',')
}

fn is_blank(record: &Record) -> bool {
    record.cells.iter().all(|cell| cell.trim().is_empty())
}

struct Record {
    cells: Vec<String>,
}

/// Records of a text, empty lines included so that they count as rows.
///
/// As office programs read them: a cell is quoted only if its first character is a quotation mark; inside, a doubled
/// mark stands for one; what follows the closing mark belongs to the cell. Lines end in LF, CRLF or CR.
struct Records<'a> {
    rest: &'a str,
    delimiter: char,
    row: u32,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, delimiter: char) -> Self {
        Self { rest: text, delimiter, row: 0 }
    }

    /// One cell, and what ended it.
    fn cell(&mut self) -> Result<(String, End), ReadError> {
        let mut cell = String::new();
        if let Some(mut quoted) = self.rest.strip_prefix('"') {
            loop {
                let Some((inside, after)) = quoted.split_once('"') else {
                    return Err(ReadError::OpenQuote { row: self.row });
                };
                cell.push_str(inside);
                match after.strip_prefix('"') {
                    Some(more) => {
                        cell.push('"');
                        quoted = more;
                    }
                    None => {
                        self.rest = after;
                        break;
                    }
                }
            }
        }
        let delimiter = self.delimiter;
        let end = self.rest.find([delimiter, '\n', '\r']).unwrap_or(self.rest.len());
        cell.push_str(&self.rest[..end]);
        let mut after = self.rest[end..].chars();
        let ended = match after.next() {
            None => End::Text,
            Some(c) if c == delimiter => End::Cell,
            Some('\r') => {
                let past = after.as_str();
                after = past.strip_prefix('\n').unwrap_or(past).chars();
                End::Row
            }
            Some(_) => End::Row,
        };
        self.rest = after.as_str();
        Ok((cell, ended))
    }
}

#[derive(PartialEq)]
enum End {
    Cell,
    Row,
    Text,
}

impl Iterator for Records<'_> {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.row += 1;
        let mut cells = Vec::new();
        loop {
            let (cell, end) = match self.cell() {
                Ok(found) => found,
                Err(error) => {
                    self.rest = "";
                    return Some(Err(error));
                }
            };
            if cells.len() < limits::IMPORT_COLUMNS_MAX {
                cells.push(cell);
            } else if !cell.trim().is_empty() {
                // Empty cells beyond the bound are as nothing, however many.
                self.rest = "";
                let found = cells.len() as u64 + 1;
                let limit = limits::IMPORT_COLUMNS_MAX as u64;
                return Some(Err(ReadError::TooLarge { what: Bounded::Columns, found, limit }));
            }
            if end != End::Cell {
                return Some(Ok(Record { cells }));
            }
        }
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
