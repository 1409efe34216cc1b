//! Columns as fields: the row of headings is found, each heading is looked up among the labels and spellings of a kind.

use std::collections::BTreeMap;

use super::book::label;
use super::correction::{Basis, Corrections, Meaning};
use super::fold::{folded, folded_unbracketed, one_line, tidy};
use super::marked;
use super::sheet::{Cell, Row, Sheet, column_letters};
use crate::catalogue::model::{Field, Kind, Label, Shape};
use crate::limits;

/// Lower parts of headings in two rows that say nothing by themselves: 主办单位 over 名称 is 主办单位.
const GENERIC: [&str; 8] = ["名称", "单位", "姓名", "全称", "单位名称", "单位姓名", "姓名单位", "名单"];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A field of the kind, by tag.
    Field(u32),
    /// The township that the row belongs to.
    Township,
}

/// One column that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// From 0.
    pub index: usize,
    /// As it stands in the file, on one line; both parts of a heading in two rows, such as `主办单位/答复日期`.
    pub heading: String,
    pub holds: Holds,
    pub basis: Basis,
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
    /// `None`: nobody said so.
    pub basis: Option<Basis>,
}

/// The columns of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Number of the row of headings, as the user counts; of two rows the upper.
    pub row: u32,
    /// Of two rows the lower, else the same.
    pub last_row: u32,
    /// Index in [`Sheet::rows`] of the first row below the headings.
    pub first: usize,
    pub columns: Vec<Column>,
    pub ignored: Vec<Ignored>,
    /// Corrections given for this file whose headings it does not have, folded.
    pub unused: Vec<String>,
}

impl Mapping {
    pub fn holds(&self, holds: Holds) -> bool {
        self.columns.iter().any(|column| column.holds == holds)
    }
}

/// Why a sheet cannot be read as records of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{} cannot be imported from files{}", kind.en, reason.as_ref().map(|r| format!(": {}", r.en)).unwrap_or_default())]
    NotImportable { kind: Label, reason: Option<Label> },
    #[error("there is no sheet {name}; there are: {}", names.join(", "))]
    NoSheet { name: String, names: Vec<String> },
    #[error(
        "no row of headings was found in the first {} rows; expected some of: {}",
        limits::IMPORT_TITLE_ROWS_MAX,
        english(expected)
    )]
    NoHeadings { expected: Vec<Label> },
    #[error(
        "row {} has the headings but not {}, which every row must have; it may be called: {}{}",
        mapping.row,
        field.en,
        spellings.join(", "),
        if unknown.is_empty() { String::new() } else { format!("; not understood: {}", unknown.join(", ")) }
    )]
    Missing {
        field: Label,
        spellings: Vec<String>,
        unknown: Vec<String>,
        /// What is understood, for somebody to say more.
        mapping: Box<Mapping>,
    },
}

impl MappingError {
    /// The message for the clerk.
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::NotImportable { kind, reason } => {
                let reason = reason.as_ref().map(|reason| format!("：{}", reason.zh)).unwrap_or_default();
                format!("{}不能从表格导入{reason}", kind.zh)
            }
            Self::NoSheet { name, names } => {
                format!("没有名为“{name}”的工作表；有：{}", names.join("、"))
            }
            Self::NoHeadings { expected } => {
                let rows = limits::IMPORT_TITLE_ROWS_MAX;
                let expected: Vec<&str> = expected.iter().map(|label| label.zh.as_str()).collect();
                format!("前{rows}行中没有找到表头；表头应包括：{}", expected.join("、"))
            }
            Self::Missing { field, spellings, unknown, mapping } => {
                let row = mapping.row;
                let spelt = match spellings.as_slice() {
                    [] => String::new(),
                    some => format!("（也可写作：{}）", some.join("、")),
                };
                let unknown = match unknown.as_slice() {
                    [] => String::new(),
                    some => {
                        format!("；没有认出的表头：{}，可指定其中一个就是“{}”", some.join("、"), field.zh)
                    }
                };
                format!("第{row}行是表头，但缺少“{}”一栏{spelt}{unknown}", field.zh)
            }
        };
        label(zh, self.to_string())
    }
}

fn english(labels: &[Label]) -> String {
    labels.iter().map(|l| l.en.as_str()).collect::<Vec<_>>().join(", ")
}

/// The heading of one column: one text, or an upper and a lower one.
struct Heading {
    index: usize,
    upper: String,
    lower: String,
}

impl Heading {
    fn shown(&self) -> String {
        match (self.upper.as_str(), self.lower.as_str()) {
            (upper, "") => upper.to_owned(),
            ("", lower) => lower.to_owned(),
            (upper, lower) if folded(upper) == folded(lower) => upper.to_owned(),
            (upper, lower) => format!("{upper}/{lower}"),
        }
    }

    fn in_two(&self) -> bool {
        !self.upper.is_empty() && !self.lower.is_empty() && folded(&self.upper) != folded(&self.lower)
    }
}

/// What a heading was found to mean.
struct Found {
    meaning: Meaning,
    basis: Basis,
    /// Its upper part told it.
    by_upper: bool,
}

/// One or two rows that may be the headings.
struct Candidate {
    at: usize,
    rows: usize,
    /// Different columns of the kind that they name.
    named: usize,
    by_upper: bool,
}

/// Every spelling of every column of a kind, folded.
#[derive(Debug)]
pub struct Headings<'a> {
    kind: &'a Kind,
    known: BTreeMap<String, Holds>,
    corrections: &'a Corrections,
}

impl<'a> Headings<'a> {
    /// The spellings of a kind: ids, labels in both languages and the catalogue's other headings. A heading that the
    /// catalogue gives outright goes before a label, and of two fields with one spelling the lower tag has it; what a
    /// clerk has said goes before all.
    pub fn new(kind: &'a Kind, corrections: &'a Corrections) -> Self {
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
        known.remove("");
        Self { kind, known, corrections }
    }

    /// What to say when there is no sheet at all.
    pub(super) fn none(&self) -> MappingError {
        MappingError::NoHeadings { expected: self.expected() }
    }

    fn expected(&self) -> Vec<Label> {
        importable_fields(self.kind).map(|field| field.label.clone()).collect()
    }

    fn known(&self, heading: &str) -> Option<Holds> {
        let found = self.known.get(&folded(heading)).or_else(|| self.known.get(&folded_unbracketed(heading)));
        found.copied()
    }

    fn find(&self, heading: &Heading) -> Option<Found> {
        let shown = heading.shown();
        if let Some((meaning, basis)) = self.corrections.find(&folded(&shown)) {
            return Some(Found { meaning, basis, by_upper: heading.in_two() });
        }
        let found = |holds: Holds, by_upper| {
            let meaning = match holds {
                Holds::Field(tag) => Meaning::Field(tag),
                Holds::Township => Meaning::Township,
            };
            Found { meaning, basis: Basis::Catalogue, by_upper }
        };
        let whole = self.known(&shown).map(|holds| found(holds, !heading.upper.is_empty()));
        if whole.is_some() || !heading.in_two() {
            return whole;
        }
        let generic = GENERIC.contains(&folded(&heading.lower).as_str());
        let upper = || self.known(&heading.upper).filter(|_| generic).map(|holds| found(holds, true));
        upper().or_else(|| self.known(&heading.lower).map(|holds| found(holds, false)))
    }

    /// The headings that one or two rows make. A group over several columns stands in the first of them.
    fn headings(rows: &[Row]) -> Vec<Heading> {
        let text = |row: &Row, index| one_line(&tidy(&row.cell(index).text())).trim().to_owned();
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let mut found: Vec<Heading> = Vec::new();
        let mut group = String::new();
        for index in 0..width {
            let upper = text(&rows[0], index);
            let lower = rows.get(1).map(|row| text(row, index)).unwrap_or_default();
            // A group goes on to the right as long as it has something below it.
            if !upper.is_empty() || lower.is_empty() {
                group = upper;
            }
            let alone = lower.is_empty();
            if !group.is_empty() || !alone {
                found.push(Heading { index, upper: group.clone(), lower });
            }
            if alone {
                group.clear();
            }
        }
        found
    }

    fn candidate(&self, rows: &[Row], at: usize) -> Candidate {
        let mut named: Vec<Meaning> = Vec::new();
        let (mut left, mut by_upper) = (0, false);
        for found in Self::headings(rows).iter().filter_map(|heading| self.find(heading)) {
            by_upper |= found.by_upper && rows.len() > 1;
            match found.meaning {
                Meaning::Leave => left += 1,
                meaning if named.contains(&meaning) => {}
                meaning => named.push(meaning),
            }
        }
        Candidate { at, rows: rows.len(), named: named.len() + left, by_upper }
    }

    /// Whether a row can be the lower one of two: texts alone, of which at least half are understood.
    fn lower(&self, rows: &[Row]) -> bool {
        let [upper, lower] = rows else { return false };
        let filled = || lower.cells.iter().filter(|cell| !cell.is_blank());
        let texts = filled().all(|cell| matches!(cell, Cell::Text(_)));
        let understood = Self::headings(rows)
            .iter()
            .filter(|heading| !heading.lower.is_empty() && self.find(heading).is_some())
            .count();
        lower.number == upper.number + 1 && texts && understood * 2 >= filled().count()
    }

    /// The row of headings, or the two of them, and what its columns hold.
    ///
    /// Those that name the most columns are taken, the upper of equals; rows above are titles. They must name at least
    /// two, or the only one that there is.
    ///
    /// # Errors
    /// No such row, or a column that every row needs is not there.
    pub fn map(&self, sheet: &Sheet) -> Result<Mapping, MappingError> {
        if self.kind.import.is_none() {
            let (kind, reason) = (self.kind.label.clone(), self.kind.no_import.clone());
            return Err(MappingError::NotImportable { kind, reason });
        }
        let searched = sheet.rows.len().min(limits::IMPORT_TITLE_ROWS_MAX);
        let one = (0..searched).map(|at| (at, 1));
        let two = (0..searched).filter(|at| sheet.rows.get(*at..at + 2).is_some_and(|rows| self.lower(rows)));
        let best = one
            .chain(two.map(|at| (at, 2)))
            .map(|(at, count)| self.candidate(&sheet.rows[at..at + count], at))
            .max_by_key(|c| (c.named, c.by_upper, c.rows == 1, std::cmp::Reverse(c.at)));
        let Some(Candidate { at, rows, named, .. }) = best else {
            return Err(self.none());
        };
        let head = &sheet.rows[at..at + rows];
        let headings = Self::headings(head);
        if named == 0 || (named == 1 && headings.len() > 1) {
            return Err(self.none());
        }
        let mapping = Mapping {
            row: head[0].number,
            last_row: head[rows - 1].number,
            first: at + rows,
            columns: Vec::new(),
            ignored: Vec::new(),
            unused: Vec::new(),
        };
        self.complete(mapping, &headings)
    }

    fn complete(&self, mut mapping: Mapping, headings: &[Heading]) -> Result<Mapping, MappingError> {
        let meant = |heading: &Heading| self.find(heading);
        // What a clerk has said goes first; of the rest the left column has the field.
        let said = |heading: &&Heading| meant(heading).is_some_and(|found| found.basis != Basis::Catalogue);
        let (first, then): (Vec<_>, Vec<_>) = headings.iter().partition(said);
        for heading in first.into_iter().chain(then) {
            let (index, shown) = (heading.index, heading.shown());
            let found = meant(heading);
            if found.is_none() && marked::is_reasons(&shown) {
                let (reason, basis) = (marked::left_out(), Some(Basis::Catalogue));
                mapping.ignored.push(Ignored { index, heading: shown, reason, basis });
                continue;
            }
            match self.holds(found.as_ref(), &mapping) {
                Ok((holds, basis)) => mapping.columns.push(Column { index, heading: shown, holds, basis }),
                Err((reason, basis)) => {
                    mapping.ignored.push(Ignored { index, heading: shown, reason, basis });
                }
            }
        }
        mapping.columns.sort_by_key(|column| column.index);
        mapping.ignored.sort_by_key(|column| column.index);
        let here: Vec<String> = headings.iter().map(|heading| folded(&heading.shown())).collect();
        mapping.unused =
            self.corrections.given().filter(|heading| !here.contains(heading)).cloned().collect();
        for tag in [self.kind.title, self.kind.date] {
            if !mapping.holds(Holds::Field(tag))
                && let Some(field) = self.kind.fields.get(&tag)
            {
                let unknown = mapping.ignored.iter().filter(|column| column.basis.is_none());
                let unknown = unknown.map(|column| column.heading.clone()).collect();
                return Err(MappingError::Missing {
                    field: field.label.clone(),
                    spellings: field.headings.clone(),
                    unknown,
                    mapping: Box::new(mapping),
                });
            }
        }
        Ok(mapping)
    }

    /// What a column holds, or why it is left out, and whether somebody said so.
    fn holds(
        &self,
        found: Option<&Found>,
        so_far: &Mapping,
    ) -> Result<(Holds, Basis), (Label, Option<Basis>)> {
        let Some(Found { meaning, basis, .. }) = found else {
            return Err((label("没有对应的栏目", "no field has this heading"), None));
        };
        let said = Some(*basis).filter(|basis| *basis != Basis::Catalogue);
        let holds = match meaning {
            Meaning::Leave => return Err((label("按您的指定不导入", "left out as you said"), said)),
            Meaning::Township => Holds::Township,
            Meaning::Field(tag) if !self.kind.fields.get(tag).is_some_and(importable) => {
                return Err((
                    label("这一栏不能从表格导入", "this field cannot be imported from a table"),
                    said,
                ));
            }
            Meaning::Field(tag) => Holds::Field(*tag),
        };
        match so_far.columns.iter().find(|column| column.holds == holds) {
            Some(earlier) => {
                let letters = earlier.letters();
                let same = format!("means the same as column {letters}");
                Err((label(format!("与{letters}列相同"), same), said))
            }
            None => Ok((holds, *basis)),
        }
    }
}

/// Whether a row below repeats a row of headings, as printed ledgers do on every page.
pub(super) fn repeats(head: &[Row], row: &Row) -> bool {
    head.iter().any(|head| {
        let width = head.cells.len().max(row.cells.len());
        let filled = head.cells.iter().filter(|cell| !cell.is_blank()).count();
        filled > 1 && (0..width).all(|at| folded(&head.cell(at).text()) == folded(&row.cell(at).text()))
    })
}

/// Fields that a table can fill.
pub fn importable_fields(kind: &Kind) -> impl Iterator<Item = &Field> {
    kind.fields.values().filter(|field| importable(field))
}

/// A file has no form as a cell.
pub fn importable(field: &Field) -> bool {
    !matches!(field.shape, Shape::Blob)
}

#[cfg(test)]
#[path = "heading_tests.rs"]
mod tests;
