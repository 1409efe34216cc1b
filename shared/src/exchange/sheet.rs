//! A sheet as the user sees it: rows with their numbers, cells under column letters.

use std::borrow::Cow;

use crate::record::Day;

/// What stands in one cell. Formulas are never computed: their last stored result stands here.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Flag(bool),
    /// A real date cell; `seconds` is the time of day, if it has one.
    Date {
        day: Day,
        seconds: Option<u32>,
    },
    /// An error value such as `#N/A`.
    Error(String),
    /// A formula whose result is not stored in the file.
    Unsolved,
}

impl Cell {
    /// The cell as the text that the user sees, with numbers in their shortest form.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty | Self::Unsolved => Cow::Borrowed(""),
            Self::Text(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number_text(*number)),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "TRUE" } else { "FALSE" }),
            Self::Date { day, seconds: None } => Cow::Owned(day.to_string()),
            Self::Date { day, seconds: Some(s) } => {
                Cow::Owned(format!("{day} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60))
            }
        }
    }

    /// Nothing that a reader of the printed sheet would see.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => super::fold::tidy(text).is_empty(),
            _ => false,
        }
    }
}

/// Whole numbers without a decimal point, others in their shortest form that reads back the same.
fn number_text(number: f64) -> String {
    // Beyond 2^53 a float no longer holds every whole number; such a cell is shown as it is stored.
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        format!("{}", number as i64)
    } else {
        format!("{number}")
    }
}

/// One row that is not wholly empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// As the office program counts: the first row is 1, empty rows count, a cell with line breaks is one row.
    pub number: u32,
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column counted from 0; empty beyond the end.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// One sheet: its rows in order of their numbers, without the empty ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Empty for a text file.
    pub name: String,
    pub rows: Vec<Row>,
}

/// `A` for column 0, `Z` for 25, `AA` for 26.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&b| char::from(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_office_programs() {
        let letters: Vec<String> =
            [0, 25, 26, 51, 52, 701, 702, 16_383].into_iter().map(column_letters).collect();
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn whole_numbers_show_without_a_point() {
        assert_eq!(Cell::Number(284.0).text(), "284");
        assert_eq!(Cell::Number(-3.0).text(), "-3");
        assert_eq!(Cell::Number(95.5).text(), "95.5");
        assert_eq!(Cell::Number(1e300).text(), format!("{}", 1e300));
    }
}
