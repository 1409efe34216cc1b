//! A copy of a file with what is wrong marked in it, for the clerk to mend and to import again.

use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

use super::book::label;
use super::plan::{ImportPlan, Outcome, PlanRow};
use super::rows::Ledger;
use super::sheet::{Cell, Row};
use crate::catalogue::model::Label;
use crate::limits;

/// Heading of the column that is added. An import leaves it out.
const REASONS: &str = "错误原因";
/// What one cell of a workbook holds, in units of UTF-16.
const CELL_UNITS_MAX: usize = 32_767;
const REASON_WIDTH: f64 = 60.0;

/// Which rows stand in the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// All, at their places in the file.
    All,
    /// Titles, headings, and the rows that are not taken: the clerk mends these and imports just them.
    Left,
}

/// The language in which the reasons are.
pub type Spoken = fn(&Label) -> &str;

/// The workbook, as bytes: every row as it was read, what cannot be taken on red ground with the reason as a note, what
/// is perhaps doubled on yellow, all reasons of a row in a last column.
///
/// # Errors
/// What the writer says; the bounds of an import are below those of a workbook.
pub fn marked(
    ledger: &Ledger<'_>,
    plan: &ImportPlan,
    copied: Copied,
    spoken: Spoken,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // A name that the file's program let through is not always one for this kind of file.
    if sheet.set_name(&ledger.sheet.name).is_err() {
        sheet.set_name("导入")?;
    }
    let mut copy = Copy { sheet, looks: Looks::new(), reasons: reasons_column(ledger), spoken };
    let head = ledger.mapping.first;
    let mut planned = plan.rows.iter().peekable();
    let mut next = 0;
    for (place, row) in ledger.sheet.rows.iter().enumerate() {
        let judged = planned.next_if(|judged| judged.place == place);
        let left = judged.is_some_and(wrong);
        if copied == Copied::Left && place >= head && !left {
            continue;
        }
        let at = if copied == Copied::All { row.number - 1 } else { next };
        next = at + 1;
        copy.row(at, row, judged)?;
        if place + 1 == head {
            let reasons = copy.reasons;
            copy.sheet.write_string_with_format(at, reasons, REASONS, &copy.looks.heading)?;
            copy.sheet.set_freeze_panes(at + 1, 0)?;
        }
    }
    copy.sheet.set_column_width(copy.reasons, REASON_WIDTH)?;
    book.save_to_buffer()
}

/// Behind the last column, or the column that an earlier copy has added.
fn reasons_column(ledger: &Ledger<'_>) -> u16 {
    let added = ledger.mapping.ignored.iter().find(|column| column.heading == REASONS);
    let width = || ledger.sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    added.map_or_else(width, |column| column.index).min(limits::IMPORT_COLUMNS_MAX) as u16
}

/// Whether a row is left out and can be mended here; rows of other townships are theirs to mend.
fn wrong(row: &PlanRow) -> bool {
    matches!(row.outcome, Outcome::Refused | Outcome::Similar)
}

/// Everything that keeps a row out, in words.
fn said(row: &PlanRow, spoken: Spoken) -> Vec<String> {
    let problems = row.problems.iter().map(|problem| match &problem.column {
        Some(place) => format!("{}（{}）：{}", place.letters, place.heading, spoken(&problem.reason)),
        None => spoken(&problem.reason).to_owned(),
    });
    let similar = row.similar.iter().filter(|_| row.outcome == Outcome::Similar);
    problems.chain(similar.map(|similar| spoken(&similar.label()).to_owned())).collect()
}

struct Looks {
    day: Format,
    wrong: Format,
    wrong_day: Format,
    similar: Format,
    reason: Format,
    heading: Format,
}

impl Looks {
    fn new() -> Self {
        let red = Color::RGB(0x00FF_C7CE);
        let day = Format::new().set_num_format("yyyy-mm-dd");
        Self {
            wrong: Format::new().set_background_color(red),
            wrong_day: day.clone().set_background_color(red),
            day,
            similar: Format::new().set_background_color(Color::RGB(0x00FF_EB9C)),
            reason: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            heading: Format::new().set_bold(),
        }
    }
}

struct Copy<'s> {
    sheet: &'s mut Worksheet,
    looks: Looks,
    reasons: u16,
    spoken: Spoken,
}

impl Copy<'_> {
    fn row(&mut self, at: u32, row: &Row, judged: Option<&PlanRow>) -> Result<(), XlsxError> {
        let reasons = judged.map(|judged| said(judged, self.spoken)).unwrap_or_default();
        let whole = judged.is_some_and(|judged| {
            judged.outcome == Outcome::Similar
                || judged.problems.iter().any(|problem| problem.column.is_none())
        });
        let added = usize::from(self.reasons);
        for (index, cell) in row.cells.iter().enumerate().filter(|(index, _)| *index != added) {
            let look = if whole && !reasons.is_empty() { Look::Similar } else { Look::Plain };
            self.cell(at, index as u16, cell, look)?;
        }
        for problem in judged.iter().flat_map(|judged| &judged.problems) {
            let Some(place) = &problem.column else { continue };
            self.cell(at, place.index as u16, row.cell(place.index), Look::Wrong)?;
            self.sheet.insert_note(at, place.index as u16, &Note::new((self.spoken)(&problem.reason)))?;
        }
        if !reasons.is_empty() {
            let text = reasons.join("\n");
            self.sheet.write_string_with_format(at, self.reasons, cut(&text), &self.looks.reason)?;
        }
        Ok(())
    }

    fn cell(&mut self, at: u32, column: u16, cell: &Cell, look: Look) -> Result<(), XlsxError> {
        let looks = &self.looks;
        let ground = match look {
            Look::Plain => None,
            Look::Wrong => Some(&looks.wrong),
            Look::Similar => Some(&looks.similar),
        };
        match (cell, ground) {
            (Cell::Empty | Cell::Unsolved, None) => {}
            (Cell::Empty | Cell::Unsolved, Some(ground)) => {
                self.sheet.write_blank(at, column, ground)?;
            }
            (Cell::Number(number), None) => {
                self.sheet.write_number(at, column, *number)?;
            }
            (Cell::Number(number), Some(ground)) => {
                self.sheet.write_number_with_format(at, column, *number, ground)?;
            }
            (Cell::Date { day, seconds: None }, _) => {
                let (year, month, date) = day.ymd();
                let look = if look == Look::Wrong { &looks.wrong_day } else { &looks.day };
                match ExcelDateTime::from_ymd(year as u16, month as u8, date as u8) {
                    Ok(moment) => self.sheet.write_datetime_with_format(at, column, &moment, look)?,
                    Err(_) => self.sheet.write_string_with_format(at, column, cell.text(), look)?,
                };
            }
            // What reads like a formula is written as text.
            (_, None) => {
                self.sheet.write_string(at, column, cut(&cell.text()))?;
            }
            (_, Some(ground)) => {
                self.sheet.write_string_with_format(at, column, cut(&cell.text()), ground)?;
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Look {
    Plain,
    Wrong,
    Similar,
}

/// A text as long as a cell of a workbook can hold; no field takes a longer one.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL_UNITS_MAX
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// Whether a heading is that of the column of reasons.
pub(super) fn is_reasons(heading: &str) -> bool {
    heading == REASONS
}

/// Why that column is left out.
pub(super) fn left_out() -> Label {
    label("上次导入的说明", "said at an earlier import")
}

#[cfg(test)]
#[path = "marked_tests.rs"]
mod tests;
