//! Columns as fields: the row of headings is found, each heading is looked up among the labels and spellings of a kind.

use std::collections::BTreeMap;

use super::book::label;
use super::fold::{folded, folded_unbracketed, tidy};
use super::sheet::{Row, Sheet, column_letters};
use crate::catalogue::model::{Field, Kind, Label, Shape};
use crate::limits;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A field of the kind, by tag.
    Field(u32),
    /// The township that the row belongs to.
    Township,
    /// The id of the record that the row was exported from.
    Record,
}

/// Headings of the column with ids of records, where no field is called so.
const RECORD_HEADINGS: [&str; 2] = ["记录号", "record id"];

/// One column that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// From 0.
    pub index: usize,
    /// As it stands in the file, on one line.
    pub heading: String,
    pub holds: Holds,
}

impl Column {
    pub fn letters(&self) -> String {
        column_letters(self.index)
    }
}

/// A column that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    pub index: usize,
    pub heading: String,
    pub reason: Label,
}

/// The columns of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Number of the row of headings, as the user counts.
    pub row: u32,
    /// Index in [`Sheet::rows`] of the first row below the headings.
    pub first: usize,
    pub columns: Vec<Column>,
    pub ignored: Vec<Ignored>,
}

/// Why a sheet cannot be read as records of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{} cannot be imported from files", kind.en)]
    NotImportable { kind: Label },
    #[error(
        "no row of headings was found in the first {} rows; expected some of: {}",
        limits::IMPORT_TITLE_ROWS_MAX,
        english(expected)
    )]
    NoHeadings { expected: Vec<Label> },
    #[error("row {row} has the headings but not {}, by which a row is recognised; it may be called: {}", field.en, spellings.join(", "))]
    NoKey { row: u32, field: Label, spellings: Vec<String>, expected: Vec<Label> },
}

impl MappingError {
    /// The message for the clerk.
    pub fn label(&self) -> Label {
        let chinese = |labels: &[Label]| labels.iter().map(|l| l.zh.as_str()).collect::<Vec<_>>().join("、");
        let zh = match self {
            Self::NotImportable { kind } => format!("{}不能从表格导入", kind.zh),
            Self::NoHeadings { expected } => {
                let rows = limits::IMPORT_TITLE_ROWS_MAX;
                format!("前{rows}行中没有找到表头；表头应包括：{}", chinese(expected))
            }
            Self::NoKey { row, field, spellings, expected } => format!(
                "第{row}行是表头，但缺少“{}”一栏（也可写作：{}）；可用的表头：{}",
                field.zh,
                spellings.join("、"),
                chinese(expected)
            ),
        };
        label(zh, self.to_string())
    }
}

fn english(labels: &[Label]) -> String {
    labels.iter().map(|l| l.en.as_str()).collect::<Vec<_>>().join(", ")
}

/// Every spelling of every column of a kind, folded.
#[derive(Debug)]
pub struct Headings<'a> {
    kind: &'a Kind,
    known: BTreeMap<String, Holds>,
}

impl<'a> Headings<'a> {
    /// The spellings of a kind: ids, labels in both languages and the catalogue's other headings. A heading that the
    /// catalogue gives outright goes before a label, and of two fields with one spelling the lower tag has it.
    pub fn new(kind: &'a Kind) -> Self {
        let mut known = BTreeMap::new();
        let townships = kind.import.iter().flat_map(|import| import.township_headings.iter());
        let given = kind.fields.values().flat_map(|f| f.headings.iter().map(|h| (h, Holds::Field(f.tag))));
        let labels = kind
            .fields
            .values()
            .flat_map(|f| [&f.label.zh, &f.label.en, &f.id].map(|spelling| (spelling, Holds::Field(f.tag))));
        for (spelling, holds) in townships.map(|h| (h, Holds::Township)).chain(given).chain(labels) {
            known.entry(folded(spelling)).or_insert(holds);
        }
        for spelling in RECORD_HEADINGS {
            known.entry(folded(spelling)).or_insert(Holds::Record);
        }
        known.remove("");
        Self { kind, known }
    }

    /// What to say when there is no sheet at all.
    pub(super) fn none(&self) -> MappingError {
        MappingError::NoHeadings { expected: self.expected() }
    }

    fn expected(&self) -> Vec<Label> {
        let columns = self.kind.fields.values().filter(|field| importable(field));
        columns.map(|field| field.label.clone()).collect()
    }

    pub(super) fn find(&self, heading: &str) -> Option<Holds> {
        let found = self.known.get(&folded(heading)).or_else(|| self.known.get(&folded_unbracketed(heading)));
        found.copied()
    }

    /// Different columns of the kind that a row names.
    fn matches(&self, row: &Row) -> usize {
        let mut found: Vec<Holds> = Vec::new();
        for holds in row.cells.iter().filter_map(|cell| self.find(&cell.text())) {
            if !found.contains(&holds) {
                found.push(holds);
            }
        }
        found.len()
    }

    /// The row of headings and what its columns hold.
    ///
    /// The row that names the most columns is taken, the upper one of equals; rows above it are titles. It must name at
    /// least two, or the only one that it has.
    ///
    /// # Errors
    /// No such row, or the key of the kind is not among its columns.
    pub fn map(&self, sheet: &Sheet) -> Result<Mapping, MappingError> {
        let Some(import) = &self.kind.import else {
            return Err(MappingError::NotImportable { kind: self.kind.label.clone() });
        };
        let candidates = sheet.rows.iter().take(limits::IMPORT_TITLE_ROWS_MAX).enumerate();
        let best = candidates
            .map(|(at, row)| (self.matches(row), std::cmp::Reverse(at), row))
            .max_by_key(|b| (b.0, b.1));
        let Some((found, std::cmp::Reverse(at), row)) = best else {
            return Err(self.none());
        };
        let filled = row.cells.iter().filter(|cell| !cell.is_blank()).count();
        if found == 0 || (found == 1 && filled > 1) {
            return Err(self.none());
        }
        let mut mapping =
            Mapping { row: row.number, first: at + 1, columns: Vec::new(), ignored: Vec::new() };
        for (index, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
            let heading = tidy(&cell.text()).replace('\n', "");
            match self.holds(&heading, &mapping) {
                Ok(holds) => mapping.columns.push(Column { index, heading, holds }),
                Err(reason) => mapping.ignored.push(Ignored { index, heading, reason }),
            }
        }
        if !mapping.columns.iter().any(|column| column.holds == Holds::Field(import.key)) {
            let key = self.kind.fields.get(&import.key);
            return Err(MappingError::NoKey {
                row: row.number,
                field: key.map_or_else(|| self.kind.label.clone(), |field| field.label.clone()),
                spellings: key.map(|field| field.headings.clone()).unwrap_or_default(),
                expected: self.expected(),
            });
        }
        Ok(mapping)
    }

    fn holds(&self, heading: &str, so_far: &Mapping) -> Result<Holds, Label> {
        let holds = self.find(heading).ok_or_else(|| label("没有对应的栏目", "no field has this heading"))?;
        if let Some(earlier) = so_far.columns.iter().find(|column| column.holds == holds) {
            let letters = earlier.letters();
            return Err(label(format!("与{letters}列相同"), format!("means the same as column {letters}")));
        }
        match holds {
            Holds::Field(tag) if !self.kind.fields.get(&tag).is_some_and(importable) => {
                Err(label("这一栏不能从表格导入", "this field cannot be imported from a table"))
            }
            _ => Ok(holds),
        }
    }

    /// Whether a row below repeats the headings, as printed ledgers do on every page.
    pub fn repeats(&self, mapping: &Mapping, row: &Row) -> bool {
        mapping.columns.len() > 1
            && mapping
                .columns
                .iter()
                .all(|column| folded(&row.cell(column.index).text()) == folded(&column.heading))
    }
}

/// Fields of these shapes have no form as one cell.
pub(super) fn importable(field: &Field) -> bool {
    !matches!(field.shape, Shape::Blob | Shape::Rows(_))
}

#[cfg(test)]
#[path = "heading_tests.rs"]
mod tests;
