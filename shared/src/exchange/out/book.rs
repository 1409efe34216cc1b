//! A workbook that is written row by row.

use std::io::{Seek, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Formula, Workbook, Worksheet, XlsxError};

use super::put::{Put, SERIAL_OF_EPOCH, Tone, serial, text_width};
pub use super::styles::Align;
use super::styles::Styles;
use super::{Tongue, guard};
use crate::catalogue::model::Label;
use crate::exchange::book::label;
use crate::exchange::sheet::column_letters;

/// Rows of a sheet, and what one cell may hold in units of UTF-16: bounds of the file format.
const ROWS_MAX: u32 = 1_048_576;
const CELL_UNITS_MAX: usize = 32_767;
/// Columns of text that one column of a sheet takes at least and at most, where nobody says.
const COLUMN_MIN: usize = 6;
const COLUMN_MAX: usize = 36;
/// Columns of text that a page of paper holds at the smallest print that is still read with ease, and how many it has to
/// hold where that spares a second page.
const PAPER_COLUMNS: usize = 170;
const PAPER_COLUMNS_MAX: usize = 220;
/// With more columns than these the title stands at the left, where it is seen without scrolling.
const CENTERED_COLUMNS: usize = 14;
const PAPER_A4: u8 = 9;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("{0}")]
    Io(#[source] std::io::Error),
    #[error("the workbook: {0}")]
    Workbook(#[from] XlsxError),
    #[error("the text: {0}")]
    Text(#[from] csv::Error),
    #[error("more than {ROWS_MAX} rows, which no workbook holds")]
    Rows,
    #[error(
        "row {row}, column {column} ({heading}) is longer than the {CELL_UNITS_MAX} characters that a cell of a workbook holds"
    )]
    Cell { row: u32, column: String, heading: String },
    #[error("{} cannot be imported from files", kind.en)]
    NotImportable { kind: Label },
}

impl WriteError {
    /// The message for people.
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::Io(_) | Self::Workbook(_) | Self::Text(_) => "文件没有写成".to_owned(),
            Self::Rows => format!("超过 {ROWS_MAX} 行，一张工作表放不下；请按期间分次导出"),
            Self::Cell { row, column, heading } => {
                format!(
                    "第{row}行{column}列（{heading}）超过一个单元格能放的 {CELL_UNITS_MAX} 字；请导出为 .csv"
                )
            }
            Self::NotImportable { kind } => format!("{}不能从表格导入，没有模板", kind.zh),
        };
        label(zh, self.to_string())
    }
}

/// What a workbook says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    pub title: &'a str,
    /// The office that gives it out.
    pub office: &'a str,
    /// Milliseconds since 1970; the bytes of the file follow from what is written and from this alone.
    pub now_ms: i64,
    pub tongue: Tongue,
    /// Where rows wait until the file is put together: in files without a name, which vanish with the program. None:
    /// the system's own place for such files.
    pub scratch: Option<&'a Path>,
}

/// A sheet to be begun.
#[derive(Debug, Clone)]
pub struct Page {
    /// On the tab; made to fit.
    pub name: String,
    pub title: String,
    /// Lines between title and headings.
    pub notes: Vec<String>,
    pub columns: Vec<Column>,
    /// Columns at the left that stay in sight, and are repeated on every page of paper.
    pub frozen: u16,
    /// At the foot of every page of paper, at the left and at the right.
    pub foot: (String, String),
    /// Whether the rows can be filtered by the headings.
    pub filter: bool,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub heading: String,
    /// Of its texts; numbers stand right, days in the middle.
    pub align: Align,
    /// Its heading is marked as one that must be filled.
    pub required: bool,
    /// Columns of text that it takes at least, and at most; longer texts wrap.
    pub least: usize,
    pub most: usize,
}

impl Column {
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            align: Align::Left,
            required: false,
            least: COLUMN_MIN,
            most: COLUMN_MAX,
        }
    }

    #[must_use]
    pub fn aligned(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    #[must_use]
    pub fn most(mut self, columns: usize) -> Self {
        self.most = columns;
        self
    }

    #[must_use]
    pub fn least(mut self, columns: usize) -> Self {
        self.least = columns;
        self
    }
}

/// A sheet of a [`Book`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet(usize);

impl Sheet {
    pub(super) fn index(self) -> usize {
        self.0
    }
}

struct Open {
    page: Page,
    widths: Vec<usize>,
    /// Row of the headings, the next row, and the one behind the last of the table, from 0.
    head: u32,
    next: u32,
    end: u32,
    /// Columns that are filled by people: their look.
    blank: Vec<(u16, Put)>,
}

/// A workbook in the making. Rows go to a file as soon as the next one comes, so that memory does not grow with them.
pub struct Book {
    pub(super) workbook: Workbook,
    styles: Styles,
    open: Vec<Open>,
    tongue: Tongue,
}

impl Book {
    /// # Errors
    /// The folder for waiting rows cannot be used.
    pub fn new(paper: Paper<'_>) -> Result<Self, WriteError> {
        let mut workbook = Workbook::new();
        if let Some(folder) = paper.scratch {
            workbook.set_tempdir(folder)?;
        }
        let made = ExcelDateTime::from_timestamp(paper.now_ms.div_euclid(1000))?;
        let properties = DocProperties::new()
            .set_title(paper.title)
            .set_company(paper.office)
            .set_creation_datetime(&made);
        workbook.set_properties(&properties);
        Ok(Self { workbook, styles: Styles::new(paper.tongue), open: Vec::new(), tongue: paper.tongue })
    }

    /// Begins a sheet: its title, its notes, its headings.
    ///
    /// # Errors
    /// What the writer says.
    pub fn sheet(&mut self, page: Page) -> Result<Sheet, WriteError> {
        let name = self.tab_name(&page.name);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        let centered = page.columns.len() <= CENTERED_COLUMNS;
        let title = if centered { &self.styles.title } else { &self.styles.title_left };
        let last = u16::try_from(page.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let lines = [(page.title.as_str(), title, 30.0)].into_iter();
        let notes = page.notes.iter().map(|note| (note.as_str(), &self.styles.note, 17.0));
        let mut row = 0;
        for (text, format, height) in lines.chain(notes) {
            sheet.set_row_height(row, height)?;
            let text = guard::in_workbook(text);
            if last > 0 && (centered || row == 0) {
                sheet.merge_range(row, 0, row, last, &text, format)?;
            } else {
                sheet.write_string_with_format(row, 0, &*text, format)?;
            }
            row += 1;
        }
        sheet.set_row_height(row, 32)?;
        for (at, column) in (0u16..).zip(&page.columns) {
            let format = if column.required { &self.styles.head_required } else { &self.styles.head };
            sheet.write_string_with_format(row, at, &*column.heading, format)?;
        }
        let widths =
            page.columns.iter().map(|column| column.least.max(head_width(&column.heading))).collect();
        self.open.push(Open { page, widths, head: row, next: row + 1, end: row + 1, blank: Vec::new() });
        Ok(Sheet(self.open.len() - 1))
    }

    /// The next row of a sheet's table.
    ///
    /// # Errors
    /// A sheet is full, a text is longer than a cell may be, or what the writer says.
    pub fn row(&mut self, sheet: Sheet, cells: &[Put], tone: Tone) -> Result<(), WriteError> {
        let Some(open) = self.open.get_mut(sheet.0) else { return Ok(()) };
        let out = self.workbook.worksheet_from_index(sheet.0)?;
        let row = open.next;
        if row >= ROWS_MAX {
            return Err(WriteError::Rows);
        }
        for (at, (put, column)) in (0u16..).zip(cells.iter().zip(&open.page.columns)) {
            if let Some(width) = open.widths.get_mut(usize::from(at)) {
                *width = (*width).max(put.width());
            }
            let format = self.styles.cell(put, column.align, tone);
            match put {
                Put::Empty => out.write_blank(row, at, format)?,
                Put::Text(text)
                    if text.len() > CELL_UNITS_MAX && text.encode_utf16().count() > CELL_UNITS_MAX =>
                {
                    let (row, column) = (row + 1, column_letters(usize::from(at)));
                    let heading = open.page.columns[usize::from(at)].heading.clone();
                    return Err(WriteError::Cell { row, column, heading });
                }
                Put::Text(text) => {
                    out.write_string_with_format(row, at, &*guard::in_workbook(text), format)?
                }
                Put::Whole(number) => out.write_number_with_format(row, at, *number as f64, format)?,
                Put::Decimal(decimal) => {
                    // Below 10^15 units the nearest number reads back as the same digits.
                    let value = decimal.units as f64 / 10f64.powi(i32::from(decimal.scale));
                    out.write_number_with_format(row, at, value, format)?
                }
                Put::Day(day) => {
                    out.write_number_with_format(row, at, f64::from(day.0 + SERIAL_OF_EPOCH), format)?
                }
                Put::Moment(ms) => out.write_number_with_format(row, at, serial(*ms), format)?,
                Put::Real(real) => out.write_number_with_format(row, at, real.value, format)?,
                Put::Formula { formula, result } => {
                    let formula = Formula::new(formula).set_result(result);
                    out.write_formula_with_format(row, at, formula, format)?
                }
            };
        }
        open.next = row + 1;
        open.end = open.next;
        Ok(())
    }

    /// Other headings over the rows that follow, in the columns of the sheet.
    ///
    /// # Errors
    /// What the writer says.
    pub fn heads<'h>(
        &mut self,
        sheet: Sheet,
        headings: impl IntoIterator<Item = &'h str>,
    ) -> Result<(), WriteError> {
        let Some(open) = self.open.get_mut(sheet.0) else { return Ok(()) };
        let out = self.workbook.worksheet_from_index(sheet.0)?;
        for (at, heading) in (0u16..).zip(headings) {
            out.write_string_with_format(open.next, at, heading, &self.styles.head)?;
        }
        open.next += 1;
        Ok(())
    }

    /// A line of text below the table.
    ///
    /// # Errors
    /// What the writer says.
    pub fn line(&mut self, sheet: Sheet, text: &str) -> Result<(), WriteError> {
        let Some(open) = self.open.get_mut(sheet.0) else { return Ok(()) };
        let out = self.workbook.worksheet_from_index(sheet.0)?;
        out.write_string_with_format(open.next, 0, &*guard::in_workbook(text), &self.styles.note)?;
        open.next += 1;
        Ok(())
    }

    /// A name that a tab may have: at most 31 characters, without the signs that refer to cells, unlike any other.
    fn tab_name(&mut self, name: &str) -> String {
        let allowed =
            |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !c.is_control();
        let plain: String = name.chars().filter(allowed).take(27).collect();
        let taken = self.workbook.worksheets().iter().any(|sheet| sheet.name() == plain);
        if plain.is_empty() || taken { format!("{plain}{}", self.open.len() + 1) } else { plain }
    }

    /// How what people will type into a column is shown.
    pub(super) fn fill_in(&mut self, sheet: Sheet, column: u16, like: Put) {
        if let Some(open) = self.open.get_mut(sheet.0) {
            open.blank.push((column, like));
        }
    }

    /// The row of a sheet's headings, from 0.
    pub(super) fn head(&self, sheet: Sheet) -> u32 {
        self.open.get(sheet.0).map_or(0, |open| open.head)
    }

    /// The row that comes next, as people count.
    pub fn next_row(&self, sheet: Sheet) -> u32 {
        self.open.get(sheet.0).map_or(0, |open| open.next + 1)
    }

    /// Ends the workbook.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self, to: impl Write + Seek + Send) -> Result<(), WriteError> {
        for (at, open) in self.open.iter().enumerate() {
            settle(self.workbook.worksheet_from_index(at)?, open, &self.styles, self.tongue)?;
        }
        self.workbook.save_to_writer(to)?;
        Ok(())
    }
}

/// What can only be said when all rows are there: widths, filter, the pages of paper.
fn settle(sheet: &mut Worksheet, open: &Open, styles: &Styles, tongue: Tongue) -> Result<(), WriteError> {
    let Open { page, widths, head, end, .. } = open;
    let mut wide = 0;
    for (at, width) in (0u16..).zip(widths) {
        let width = (*width).min(open.page.columns.get(usize::from(at)).map_or(COLUMN_MAX, |c| c.most)) + 1;
        wide += width;
        sheet.set_column_width(at, width as f64)?;
    }
    for (at, like) in &open.blank {
        sheet.set_column_format(*at, &styles.blank(like))?;
    }
    let last = u16::try_from(widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
    if page.filter && *end > head + 1 {
        sheet.autofilter(*head, 0, end - 1, last)?;
    }
    sheet.set_freeze_panes(head + 1, page.frozen)?;
    sheet.set_landscape().set_paper_size(PAPER_A4).set_print_center_horizontally(true);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(*head, *head)?;
    let pages = if wide <= PAPER_COLUMNS_MAX { 1 } else { wide.div_ceil(PAPER_COLUMNS) };
    if pages > 1 && page.frozen > 0 {
        sheet.set_repeat_columns(0, page.frozen - 1)?;
    }
    sheet.set_print_fit_to_pages(u16::try_from(pages).unwrap_or(u16::MAX), 0);
    let (left, right) = (&page.foot.0, &page.foot.1);
    let plain = |text: &str| text.replace('&', "&&");
    let number = label("第 &P 页　共 &N 页", "page &P of &N");
    // The space parts the size of the print from a text that begins with a digit.
    sheet.set_footer(format!("&L&9 {}&C&9 {}&R&9 {}", plain(left), tongue(&number), plain(right)));
    Ok(())
}

/// A heading may take two lines.
fn head_width(heading: &str) -> usize {
    text_width(heading).div_ceil(2).max(text_width(heading).min(10))
}
