//! A ledger as CSV: UTF-8 with the mark by which office programs know it, lines that end as theirs do.

use std::io::Write;

use super::book::WriteError;
use super::put::Put;

/// Writes CSV row by row: the headings and what stands under them, nothing else, so that any program can read it.
pub struct Text<W: Write> {
    out: csv::Writer<W>,
    rows: u64,
}

impl<W: Write> Text<W> {
    /// # Errors
    /// What the writer says.
    pub fn new<'h>(mut out: W, headings: impl IntoIterator<Item = &'h str>) -> Result<Self, WriteError> {
        out.write_all("\u{feff}".as_bytes()).map_err(WriteError::Io)?;
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(headings)?;
        Ok(Self { out, rows: 0 })
    }

    /// # Errors
    /// What the writer says, or a row that has not as many cells as there are headings.
    pub fn row(&mut self, cells: &[Put]) -> Result<(), WriteError> {
        for cell in cells {
            self.out.write_field(cell.plain().as_bytes())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the file; how many rows it has.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self) -> Result<u64, WriteError> {
        self.out.flush().map_err(WriteError::Io)?;
        Ok(self.rows)
    }
}
