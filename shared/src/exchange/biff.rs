//! The records of XLS files, and texts that run over several of them.

use encoding_rs::Encoding;

use super::book::{Bounded, FileType, ReadError, within};
use super::filled::grow;
use crate::limits;

/// What continues the record before it.
const CONTINUE: u16 = 0x003C;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

impl Record<'_> {
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        u16_at(self.data, at)
    }

    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        u32_at(self.data, at)
    }

    pub(super) fn f64(&self, at: usize) -> Option<f64> {
        let number = f64::from_le_bytes(self.data.get(at..at + 8)?.try_into().ok()?);
        number.is_finite().then_some(number)
    }

    /// Row and column, with which the records of cells begin.
    pub(super) fn place(&self) -> Option<(u32, u32)> {
        Some((u32::from(self.u16(0)?), u32::from(self.u16(2)?)))
    }

    pub(super) fn short(&self) -> ReadError {
        ReadError::Damaged(format!("a record of kind {:#06x} is cut off", self.kind))
    }
}

/// Records one after another.
#[derive(Clone)]
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// # Errors
    /// The stream ends within a record.
    pub(super) fn next(&mut self) -> Result<Option<Record<'a>>, ReadError> {
        // Some programs leave a few bytes of nothing at the end.
        let (Some(kind), Some(length)) = (u16_at(self.rest, 0), u16_at(self.rest, 2)) else {
            return Ok(None);
        };
        let end = 4 + usize::from(length);
        let Some(data) = self.rest.get(4..end) else {
            return Err(ReadError::Damaged(format!("a record of kind {kind:#06x} is cut off")));
        };
        self.rest = &self.rest[end..];
        Ok(Some(Record { kind, data }))
    }

    /// What continues the record read last.
    fn continued(&mut self) -> Option<&'a [u8]> {
        if u16_at(self.rest, 0) != Some(CONTINUE) {
            return None;
        }
        self.next().ok().flatten().map(|record| record.data)
    }
}

/// How a workbook writes texts.
#[derive(Clone, Copy)]
pub(super) struct Biff {
    /// Since Excel 97: UTF-16, of which the upper bytes may be left out.
    wide: bool,
    encoding: &'static Encoding,
}

impl Default for Biff {
    fn default() -> Self {
        Self { wide: true, encoding: encoding_rs::GB18030 }
    }
}

impl Biff {
    pub(super) fn version(&mut self, version: u16) -> Result<(), ReadError> {
        match version {
            0x0600 => self.wide = true,
            0x0500 => self.wide = false,
            _ => return Err(ReadError::WrongType(FileType::OldXls)),
        }
        Ok(())
    }

    /// The code page of texts in bytes; what is not known is taken for Chinese.
    pub(super) fn code_page(&mut self, page: u16) {
        self.encoding = match page {
            932 => encoding_rs::SHIFT_JIS,
            949 => encoding_rs::EUC_KR,
            950 => encoding_rs::BIG5,
            1252 | 367 | 32_769 => encoding_rs::WINDOWS_1252,
            _ => encoding_rs::GB18030,
        };
    }

    /// The name of a sheet: one byte of length, then the text.
    pub(super) fn name(&self, bytes: &[u8]) -> String {
        let count = bytes.first().copied().map_or(0, usize::from);
        if !self.wide {
            let bytes = bytes.get(1..=count).unwrap_or_default();
            return self.encoding.decode_without_bom_handling(bytes).0.into_owned();
        }
        let wide = bytes.get(1).is_some_and(|flags| flags & 1 == 1);
        let bytes = bytes.get(2..).unwrap_or_default();
        let bytes = bytes.get(..if wide { count * 2 } else { count }).unwrap_or_default();
        let mut text = String::new();
        decode(bytes, wide, &mut text);
        text
    }

    /// The code of a number format.
    pub(super) fn format(&self, record: &Record<'_>) -> Option<String> {
        if !self.wide {
            return Some(self.name(record.data.get(2..)?));
        }
        let count = usize::from(record.u16(2)?);
        let wide = record.data.get(4)? & 1 == 1;
        let mut text = String::new();
        decode(record.data.get(5..5 + if wide { count * 2 } else { count })?, wide, &mut text);
        Some(text)
    }
}

fn decode(bytes: &[u8], wide: bool, into: &mut String) {
    if wide {
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        into.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    } else {
        into.extend(bytes.iter().map(|&byte| char::from(byte)));
    }
}

/// A text with its length in two bytes before it.
pub(super) fn text(biff: &Biff, strings: &mut Strings<'_>) -> Result<String, ReadError> {
    if biff.wide {
        return strings.rich();
    }
    let count = usize::from(strings.u16()?);
    let bytes = strings.bytes(count)?;
    let mut text = String::new();
    grow(&mut text, &biff.encoding.decode_without_bom_handling(&bytes).0)?;
    Ok(text)
}

/// The bytes of a record and of what continues it.
pub(super) struct Strings<'a> {
    now: &'a [u8],
    later: Records<'a>,
}

impl<'a> Strings<'a> {
    /// `records` stands behind `record`.
    pub(super) fn new(record: &Record<'a>, records: &Records<'a>) -> Self {
        Self { now: record.data, later: records.clone() }
    }

    /// Whether there are bytes left.
    pub(super) fn more(&mut self) -> bool {
        while self.now.is_empty() {
            match self.later.continued() {
                Some(data) => self.now = data,
                None => return false,
            }
        }
        true
    }

    pub(super) fn skip(&mut self, mut count: usize) -> Result<(), ReadError> {
        while count > 0 {
            if !self.more() {
                return Err(cut());
            }
            let step = count.min(self.now.len());
            self.now = &self.now[step..];
            count -= step;
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, ReadError> {
        if !self.more() {
            return Err(cut());
        }
        let (first, rest) = self.now.split_first().ok_or_else(cut)?;
        self.now = rest;
        Ok(*first)
    }

    fn u16(&mut self) -> Result<u16, ReadError> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Result<u32, ReadError> {
        Ok(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn bytes(&mut self, count: usize) -> Result<Vec<u8>, ReadError> {
        within(Bounded::Text, count as u64, limits::IMPORT_CELL_BYTES_MAX as u64)?;
        (0..count).map(|_| self.byte()).collect()
    }

    /// A text since Excel 97: its length in characters, how wide they are, the characters, and then what tells their
    /// looks. Where it goes on in another record it says again how wide they are.
    pub(super) fn rich(&mut self) -> Result<String, ReadError> {
        let mut left = usize::from(self.u16()?);
        // Nothing more stands behind an empty text of some programs.
        if left == 0 && self.now.is_empty() {
            return Ok(String::new());
        }
        let flags = self.byte()?;
        let mut wide = flags & 1 == 1;
        let runs = if flags & 8 == 8 { usize::from(self.u16()?) * 4 } else { 0 };
        let extra = if flags & 4 == 4 { self.u32()? as usize } else { 0 };
        let mut text = String::new();
        let mut piece = String::new();
        while left > 0 {
            if self.now.is_empty() {
                wide = self.byte()? & 1 == 1;
                continue;
            }
            let size = if wide { 2 } else { 1 };
            let count = left.min(self.now.len() / size);
            if count == 0 {
                return Err(cut());
            }
            let (now, rest) = self.now.split_at(count * size);
            piece.clear();
            decode(now, wide, &mut piece);
            grow(&mut text, &piece)?;
            self.now = rest;
            left -= count;
        }
        self.skip(runs)?;
        self.skip(extra)?;
        Ok(text)
    }
}

fn cut() -> ReadError {
    ReadError::Damaged("a text is cut off".to_owned())
}
