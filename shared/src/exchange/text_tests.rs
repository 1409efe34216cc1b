use super::super::book::{Bounded, Form, read};

use super::super::fixture::real;
use super::super::sheet::Row;
use super::*;

fn table(text: &str) -> Vec<(u32, Vec<String>)> {
    let book = read(text.as_bytes()).expect("a readable table");
    let row = |row: &Row| (row.number, row.cells.iter().map(|cell| cell.text().into_owned()).collect());
    book.sheets[0].rows.iter().map(row).collect()
}

fn cells(row: &[&str]) -> Vec<String> {
    row.iter().map(|&cell| cell.to_owned()).collect()
}

#[test]
fn rows_are_numbered_as_the_user_sees_them() {
    let found = table("案号,案由\r\n\r\n1,\"两行\r\n标题\"\r\n2,二\r\n");
    assert_eq!(
        found,
        [(1, cells(&["案号", "案由"])), (3, cells(&["1", "两行\r\n标题"])), (4, cells(&["2", "二"]))]
    );
}

#[test]
fn quoted_cells_hold_anything() {
    let found = table("\"a \"\"b\"\"\",\"c,d\",e\"f,\"g\"h\n");
    assert_eq!(found, [(1, cells(&["a \"b\"", "c,d", "e\"f", "gh"]))]);
}

#[test]
fn every_usual_delimiter_is_found() {
    for (delimiter, text) in [
        (',', "案号,案由\n1,修路；修桥\n2,通水\n"),
        (';', "案号;案由\n1;修路,修桥\n2;通水\n"),
        ('\t', "案号\t案由\n1\t修路,修桥;通水\n2\t通水\n"),
        ('|', "sep=|\n案号|案由\n1|修路\n2|通水\n"),
    ] {
        let book = read(text.as_bytes()).expect("a readable table");
        let Form::Text { delimiter: found, .. } = book.form else { panic!("a text") };
        assert_eq!(found, delimiter);
        assert_eq!(book.sheets[0].rows[0].cells, [Cell::Text("案号".into()), Cell::Text("案由".into())]);
    }
}

#[test]
fn encodings_are_told_apart() {
    let text = "案号,案由\n1,关于完善交通秩序的建议\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let utf8_mark = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    let sheets: Vec<_> = [text.as_bytes(), &gb, &utf16, &utf8_mark]
        .into_iter()
        .map(|bytes| read(bytes).expect("a readable table"))
        .map(|book| (book.sheets, book.form))
        .collect();
    let names = ["UTF-8", "GB18030", "UTF-16", "UTF-8"];
    for ((sheet, form), name) in sheets.iter().zip(names) {
        assert_eq!(sheet, &sheets[0].0);
        assert_eq!(*form, Form::Text { encoding: name, delimiter: ',' });
    }
}

#[test]
fn damaged_text_is_named_not_guessed() {
    let mut text = "案号,案由\n1,关于完善交通秩序的建议\n".as_bytes().to_vec();
    let at = text.len() - 3;
    text.truncate(at);
    assert!(
        matches!(read(&text), Err(ReadError::Garbled { encoding: "UTF-8", .. })),
        "cut inside a character"
    );
    let (gb, _, _) = encoding_rs::GB18030.encode("案号,案由\n1,修路\n");
    let cut = &gb[..gb.len() - 2];
    assert!(
        matches!(read(cut), Err(ReadError::Garbled { encoding: "GB18030", .. })),
        "cut inside a GB character"
    );
    assert_eq!(read(b"a,b\n1,\"never closed\n2,x\n"), Err(ReadError::OpenQuote { row: 2 }));
}

#[test]
fn what_is_no_table_is_named() {
    let kinds: [(&[u8], FileType); 5] = [
        (b"%PDF-1.7", FileType::Pdf),
        (b"\x89PNG\r\n\x1a\n\0\0", FileType::Picture),
        (b"<html><body>1", FileType::Page),
        (b"\x7fELF\x02\x01\x01\0\0\0", FileType::Unknown),
        (b"Rar!\x1a\x07\x01\0", FileType::Archive),
    ];
    for (bytes, kind) in kinds {
        let error = read(bytes).expect_err("no table");
        assert_eq!(error, ReadError::WrongType(kind));
        assert!(error.label().zh.contains("另存为"), "{}", error.label().zh);
    }
    for blank in [&b""[..], b"\xEF\xBB\xBF", b"\n\r\n , ,\n"] {
        assert_eq!(read(blank), Err(ReadError::Empty));
    }
}

#[test]
fn bounds_are_said_with_their_place() {
    let wide = vec!["x"; limits::IMPORT_COLUMNS_MAX + 1].join(",");
    assert!(matches!(
        read(wide.as_bytes()),
        Err(ReadError::TooLarge { what: Bounded::Columns, found: 513, .. })
    ));
    let long = format!("a,b\n1,{}\n", "长".repeat(limits::IMPORT_CELL_BYTES_MAX));
    let error = read(long.as_bytes()).expect_err("too long");
    assert!(matches!(error, ReadError::TooLarge { what: Bounded::Cell { row: 2, column: 1 }, .. }));
    assert!(error.label().zh.starts_with("第2行B列"), "{}", error.label().zh);
    let tall = "1,2\n".repeat(limits::IMPORT_ROWS_MAX + 1);
    assert!(matches!(read(tall.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Rows, .. })));
}

#[test]
fn the_real_ledger_reads_alike_in_both_encodings() {
    let (Some(utf8), Some(gb)) = (real("suggestions_2017_utf8bom.csv"), real("suggestions_2017_gb18030.csv"))
    else {
        return;
    };
    let (utf8, gb) = (read(&utf8).expect("reads"), read(&gb).expect("reads"));
    assert_eq!(utf8.form, Form::Text { encoding: "UTF-8", delimiter: ',' });
    assert_eq!(gb.form, Form::Text { encoding: "GB18030", delimiter: ',' });
    assert_eq!(utf8.sheets, gb.sheets);
    assert_eq!(utf8.sheets[0].rows.len(), 285);
    assert_ne!(utf8.digest, gb.digest);
}

proptest::proptest! {
    /// What the csv crate writes is read back, cell by cell.
    #[test]
    fn reads_what_others_write(rows in proptest::collection::vec(proptest::collection::vec("[a案,;\"\n\r \t]{0,6}", 3), 1..6)) {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row)?;
        }
        let bytes = writer.into_inner().expect("a vector takes everything");
        let text = String::from_utf8(bytes).expect("made of text");
        let found: Vec<Vec<String>> = Records::new(&text, ',').map(|r| r.map(|r| r.cells)).collect::<Result<_, _>>()?;
        proptest::prop_assert_eq!(found, rows);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }
}
