//! A sheet as rows of values. Nothing of what the office already has is looked at here.

use std::collections::BTreeMap;

use super::book::{Book, label};
use super::cell::{Converter, Directory};
use super::fold::tidy;
use super::heading::{Headings, Holds, Mapping, MappingError};
use super::sheet::{Sheet, column_letters};
use crate::catalogue::model::{Kind, Label};
use crate::ids::{RecordId, TownshipCode};
use crate::limits;
use crate::record::Fields;

/// Characters of a wrong value that a message repeats.
const SHOWN_CHARS: usize = 40;

/// One thing that is wrong in a file, where it stands, in words for the clerk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// As the user counts.
    pub row: u32,
    /// Letters and heading of the column; `None` if the whole row is meant.
    pub column: Option<(String, String)>,
    /// What stands in the cell, cut to 40 characters. It may be personal: for the screen, never for a log.
    pub value: String,
    pub reason: Label,
}

impl CellProblem {
    pub(super) fn row(row: u32, reason: Label) -> Self {
        Self { row, column: None, value: String::new(), reason }
    }

    /// 第12行E列（登记日期）“五月”：不是日期，应写成 2017-04-14
    pub fn label(&self) -> Label {
        let (row, reason) = (self.row, &self.reason);
        let Some((letters, heading)) = &self.column else {
            return label(format!("第{row}行：{}", reason.zh), format!("row {row}: {}", reason.en));
        };
        let (zh, en) = match self.value.as_str() {
            "" => (String::new(), String::new()),
            value => (format!("“{value}”"), format!(" \"{value}\"")),
        };
        label(
            format!("第{row}行{letters}列（{heading}）{zh}：{}", reason.zh),
            format!("row {row}, column {letters} ({heading}){en}: {}", reason.en),
        )
    }
}

/// One row below the headings.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    pub number: u32,
    /// The township that the row names; `None` if the file does not say.
    pub township: Option<TownshipCode>,
    /// The record that the row was exported from, if it says so.
    pub record: Option<RecordId>,
    pub fields: Fields,
    pub problems: Vec<CellProblem>,
}

/// The rows of a sheet as values of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// Tag of the kind.
    pub kind: u32,
    pub mapping: Mapping,
    pub rows: Vec<LedgerRow>,
    /// BLAKE3 of the file, in hex.
    pub digest: String,
}

impl Ledger {
    /// Reads a book as records of a kind: the sheet of the given name, else the one of which most columns are understood.
    ///
    /// Cells that cannot be read are problems of their rows; nothing stops at the first.
    ///
    /// # Errors
    /// No sheet has the columns of the kind.
    pub fn read(
        book: &Book,
        sheet: Option<&str>,
        kind: &Kind,
        directory: &dyn Directory,
    ) -> Result<Self, MappingError> {
        let headings = Headings::new(kind);
        let wanted = book.sheets.iter().filter(|s| sheet.is_none_or(|name| s.name == name));
        let mut best: Option<(&Sheet, Mapping)> = None;
        let mut first_error = None;
        for sheet in wanted {
            match headings.map(sheet) {
                Ok(mapping) => {
                    if best.as_ref().is_none_or(|(_, b)| mapping.columns.len() > b.columns.len()) {
                        best = Some((sheet, mapping));
                    }
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        match (best, first_error) {
            (Some((sheet, mapping)), _) => Ok(Self {
                kind: kind.tag,
                rows: rows(sheet, &mapping, &headings, kind, directory),
                mapping,
                digest: book.digest.clone(),
            }),
            (None, Some(error)) => Err(error),
            (None, None) => Err(headings.none()),
        }
    }

    /// Rows per township, as far as the file says.
    pub fn townships(&self) -> BTreeMap<Option<TownshipCode>, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.township).or_insert(0) += 1;
        }
        counts
    }

    /// Only the rows of one township: its part of a ledger of the whole county.
    #[must_use]
    pub fn only(&self, township: TownshipCode) -> Self {
        let rows = self.rows.iter().filter(|row| row.township == Some(township)).cloned().collect();
        Self { kind: self.kind, mapping: self.mapping.clone(), rows, digest: self.digest.clone() }
    }

    /// The letters and heading of the column that holds a field.
    pub(super) fn column_of(&self, tag: u32) -> Option<(String, String)> {
        let column = self.mapping.columns.iter().find(|column| column.holds == Holds::Field(tag))?;
        Some((column.letters(), column.heading.clone()))
    }
}

fn rows(
    sheet: &Sheet,
    mapping: &Mapping,
    headings: &Headings<'_>,
    kind: &Kind,
    directory: &dyn Directory,
) -> Vec<LedgerRow> {
    let converters: Vec<Option<Converter<'_>>> = mapping
        .columns
        .iter()
        .map(|column| match column.holds {
            Holds::Field(tag) => kind.fields.get(&tag).map(Converter::new),
            Holds::Township | Holds::Record => None,
        })
        .collect();
    let mut room = limits::IMPORT_PROBLEMS_MAX;
    let below = sheet.rows.iter().skip(mapping.first);
    let mut rows = Vec::with_capacity(sheet.rows.len().saturating_sub(mapping.first));
    for source in below.filter(|row| !row.is_blank() && !headings.repeats(mapping, row)) {
        let mut row = LedgerRow {
            number: source.number,
            township: None,
            record: None,
            fields: Fields::new(),
            problems: Vec::new(),
        };
        for (column, converter) in mapping.columns.iter().zip(&converters) {
            let cell = source.cell(column.index);
            let read = match (converter, column.holds) {
                (Some(converter), Holds::Field(tag)) => converter.value(cell, directory).map(|value| {
                    if let Some(value) = value {
                        row.fields.insert(tag, value);
                    }
                }),
                (_, Holds::Record) => record(&cell.text()).map(|id| row.record = id),
                _ => township(&cell.text(), directory).map(|code| row.township = Some(code)),
            };
            if let Err(reason) = read {
                // Beyond the bound one problem per row is enough to refuse it.
                if room > 0 || row.problems.is_empty() {
                    room = room.saturating_sub(1);
                    row.problems.push(CellProblem {
                        row: source.number,
                        column: Some((column_letters(column.index), column.heading.clone())),
                        value: shown(&cell.text()),
                        reason,
                    });
                }
            }
        }
        rows.push(row);
    }
    rows
}

fn township(text: &str, directory: &dyn Directory) -> Result<TownshipCode, Label> {
    let text = tidy(text);
    if text.is_empty() {
        return Err(label("没有写乡镇", "the township is missing"));
    }
    directory.townships().find(&text)
}

fn record(text: &str) -> Result<Option<RecordId>, Label> {
    let text = tidy(text);
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| {
        label("不是记录号；不知道时请清空这一格", "not the id of a record; empty the cell if it is not known")
    };
    text.parse().map(Some).map_err(wrong)
}

/// The beginning of a value, on one line.
pub(super) fn shown(text: &str) -> String {
    let plain: String = tidy(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match plain.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}
