//! What the targets share: what holds of every file that is read, and packages around the parts that are tried.

use std::io::{Cursor, Write};

use shared::exchange::{Book, read};
use shared::limits;

/// Reads a file and asks what holds of it, whatever it is.
pub fn check(bytes: &[u8]) -> Option<Book> {
    let book = match read(bytes) {
        Ok(book) => book,
        Err(error) => {
            let label = error.label();
            assert!(!label.zh.is_empty() && !label.en.is_empty());
            return None;
        }
    };
    assert!(!book.sheets.is_empty() && book.sheets.len() <= limits::IMPORT_SHEETS_MAX);
    let mut cells = 0;
    for sheet in &book.sheets {
        assert!(!sheet.rows.is_empty() && sheet.rows.len() <= limits::IMPORT_ROWS_MAX);
        assert!(sheet.rows.is_sorted_by(|a, b| a.number < b.number), "rows are in order, each once");
        for row in &sheet.rows {
            assert!(!row.is_blank() && row.cells.len() <= limits::IMPORT_COLUMNS_MAX);
            cells += row.cells.len();
            for cell in &row.cells {
                assert!(cell.text().len() <= limits::IMPORT_CELL_BYTES_MAX);
            }
        }
    }
    assert!(cells <= limits::IMPORT_CELLS_MAX);
    // The same bytes give the same book.
    assert!(read(bytes).as_ref() == Ok(&book));
    Some(book)
}

/// A package of parts as they are.
pub fn pack(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        package.start_file(*name, options).expect("a part in memory");
        package.write_all(bytes).expect("a part in memory");
    }
    package.finish().expect("a package in memory").into_inner()
}

/// The container of XLS files around a stream.
pub fn container(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container in memory");
    file.create_stream(name).expect("a stream").write_all(stream).expect("in memory");
    file.flush().expect("in memory");
    file.into_inner().into_inner()
}

/// Pieces of an input that a zero byte parts.
pub fn pieces<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = data.split(|byte| *byte == 0);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
