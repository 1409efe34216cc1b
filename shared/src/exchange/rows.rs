//! A sheet as rows of values. Nothing of what the office already has is looked at here.

use super::book::{Book, label};
use super::cell::{Converter, Directory};
use super::correction::Corrections;
use super::fold::{folded, tidy};
use super::heading::{Headings, Holds, Mapping, MappingError, repeats};
use super::sheet::{Row, Sheet};
use crate::catalogue::model::{Kind, Label};
use crate::ids::TownshipCode;
use crate::record::Fields;

/// Characters of a wrong value that a message repeats.
const SHOWN_CHARS: usize = 40;
/// How rows begin that add up others.
const SUMS: [&str; 5] = ["合计", "小计", "总计", "共计", "累计"];

/// One thing that is wrong in a file, where it stands, in words for the clerk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// As the user counts.
    pub row: u32,
    /// Index, letters and heading of the column; `None` if the whole row is meant.
    pub column: Option<Place>,
    /// What stands in the cell, cut to 40 characters. It may be personal: for the screen, never for a log.
    pub value: String,
    pub reason: Label,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 0.
    pub index: usize,
    pub letters: String,
    pub heading: String,
}

impl CellProblem {
    pub(super) fn row(row: u32, reason: Label) -> Self {
        Self { row, column: None, value: String::new(), reason }
    }

    /// 第12行E列（登记日期）“五月”：不是日期，应写成 2017-04-14
    pub fn label(&self) -> Label {
        let (row, reason) = (self.row, &self.reason);
        let Some(Place { letters, heading, .. }) = &self.column else {
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
    pub fields: Fields,
    pub problems: Vec<CellProblem>,
    /// It is no record: a sum, a remark, a heading between the rows, a number with nothing behind it.
    pub note: bool,
}

/// A sheet whose columns are fields of one kind. Its rows are read one at a time, whenever they are asked for.
#[derive(Debug)]
pub struct Ledger<'a> {
    pub kind: &'a Kind,
    pub sheet: &'a Sheet,
    pub mapping: Mapping,
    /// BLAKE3 of the file, in hex.
    pub digest: &'a str,
    converters: Vec<Option<Converter<'a>>>,
}

impl<'a> Ledger<'a> {
    /// Reads a book as records of a kind: the sheet of the given name, else the one of which most columns are understood.
    ///
    /// # Errors
    /// No sheet has the columns of the kind.
    pub fn read(
        book: &'a Book,
        sheet: Option<&str>,
        kind: &'a Kind,
        corrections: &Corrections,
    ) -> Result<Self, MappingError> {
        let headings = Headings::new(kind, corrections);
        let mut best: Option<(&Sheet, Mapping)> = None;
        let mut first_error = None;
        for sheet in book.sheets.iter().filter(|s| sheet.is_none_or(|name| s.name == name)) {
            match headings.map(sheet) {
                Ok(mapping) => {
                    if best.as_ref().is_none_or(|(_, b)| mapping.columns.len() > b.columns.len()) {
                        best = Some((sheet, mapping));
                    }
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        let Some((found, mapping)) = best else {
            return Err(first_error.unwrap_or_else(|| match sheet {
                Some(name) => MappingError::NoSheet {
                    name: name.to_owned(),
                    names: book.sheets.iter().map(|sheet| sheet.name.clone()).collect(),
                },
                None => headings.none(),
            }));
        };
        let converter = |holds| match holds {
            Holds::Field(tag) => kind.fields.get(&tag).map(Converter::new),
            Holds::Township => None,
        };
        let converters = mapping.columns.iter().map(|column| converter(column.holds)).collect();
        Ok(Self { kind, sheet: found, mapping, digest: &book.digest, converters })
    }

    /// Places of the rows below the headings among [`Sheet::rows`], without repeated headings.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let head = &self.sheet.rows[self.mapping.first - self.heading_rows()..self.mapping.first];
        let rows = self.sheet.rows.iter().enumerate().skip(self.mapping.first);
        rows.filter(|(_, row)| !row.is_blank() && !repeats(head, row)).map(|(at, _)| at)
    }

    fn heading_rows(&self) -> usize {
        if self.mapping.last_row == self.mapping.row { 1 } else { 2 }
    }

    /// The row at one of the [places](Self::places). Cells that cannot be read are its problems; nothing stops at the first.
    pub fn row(&self, place: usize, directory: &dyn Directory) -> LedgerRow {
        let source = &self.sheet.rows[place];
        let mut row = LedgerRow {
            number: source.number,
            township: None,
            fields: Fields::new(),
            problems: Vec::new(),
            note: self.is_note(source),
        };
        if row.note {
            return row;
        }
        for (column, converter) in self.mapping.columns.iter().zip(&self.converters) {
            let cell = source.cell(column.index);
            let read = match (converter, column.holds) {
                (Some(converter), Holds::Field(tag)) => converter.value(cell, directory).map(|value| {
                    if let Some(value) = value {
                        row.fields.insert(tag, value);
                    }
                }),
                _ => township(&cell.text(), directory).map(|code| row.township = Some(code)),
            };
            if let Err(reason) = read {
                row.problems.push(CellProblem {
                    row: source.number,
                    column: Some(Place {
                        index: column.index,
                        letters: column.letters(),
                        heading: column.heading.clone(),
                    }),
                    value: shown(&cell.text()),
                    reason,
                });
            }
        }
        row
    }

    /// Every row, one after the other.
    pub fn rows<'s>(&'s self, directory: &'s dyn Directory) -> impl Iterator<Item = LedgerRow> + 's {
        self.places().map(|place| self.row(place, directory))
    }

    /// Whether a row says nothing of a record: it has no date, and is a sum, or a single cell that is no name.
    fn is_note(&self, row: &Row) -> bool {
        let filled = |tag| {
            let column = self.mapping.columns.iter().find(|column| column.holds == Holds::Field(tag));
            column.is_some_and(|column| !row.cell(column.index).is_blank())
        };
        if filled(self.kind.date) {
            return false;
        }
        let alone = row.cells.iter().filter(|cell| !cell.is_blank()).count() == 1;
        self.is_sum(row) || (alone && !filled(self.kind.title))
    }

    fn is_sum(&self, row: &Row) -> bool {
        let first = row.cells.iter().find(|cell| !cell.is_blank());
        first.is_some_and(|cell| {
            let text = folded(&cell.text());
            SUMS.iter().any(|sum| text.starts_with(sum)) && text.chars().count() <= 8
        })
    }

    /// The column that holds a field.
    pub(super) fn column_of(&self, tag: u32) -> Option<Place> {
        let column = self.mapping.columns.iter().find(|column| column.holds == Holds::Field(tag))?;
        Some(Place { index: column.index, letters: column.letters(), heading: column.heading.clone() })
    }

    /// The column by which rows are recognised, if the kind has one and the file has it.
    pub(super) fn key(&self) -> Option<u32> {
        self.kind.import.as_ref()?.key.filter(|key| self.mapping.holds(Holds::Field(*key)))
    }
}

fn township(text: &str, directory: &dyn Directory) -> Result<TownshipCode, Label> {
    let text = tidy(text);
    if text.is_empty() {
        return Err(label("没有写乡镇", "the township is missing"));
    }
    directory.townships().find(&text)
}

/// The beginning of a value, on one line.
pub(super) fn shown(text: &str) -> String {
    let plain: String = tidy(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match plain.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}
