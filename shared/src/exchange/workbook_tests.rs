use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Formula, Workbook};

use super::super::book::{Form, read};
use super::*;

fn saved(book: &mut Workbook) -> Vec<u8> {
    book.save_to_buffer().expect("a workbook in memory")
}

#[test]
fn cells_come_as_what_they_are() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    sheet.set_name("台账").unwrap();
    sheet.write(1, 1, "案由").unwrap();
    sheet.write(3, 0, 284).unwrap();
    sheet.write_with_format(3, 1, Moment::from_ymd(2017, 4, 14).unwrap(), &day).unwrap();
    sheet.write(3, 2, true).unwrap();
    sheet.write_formula(3, 3, Formula::new("=1+1").set_result("2")).unwrap();
    sheet
        .write_formula(3, 4, Formula::new("=WEBSERVICE(\"http://example.invalid\")").set_result("kept"))
        .unwrap();
    let read = read(&saved(&mut book)).expect("reads");
    assert_eq!(read.form, Form::Xlsx);
    let rows = &read.sheets[0].rows;
    assert_eq!((read.sheets[0].name.as_str(), rows.len()), ("台账", 2));
    assert_eq!(
        (rows[0].number, rows[0].cells.as_slice()),
        (2, &[Cell::Empty, Cell::Text("案由".into())][..])
    );
    assert_eq!(rows[1].number, 4);
    assert_eq!(rows[1].cell(0), &Cell::Number(284.0));
    assert_eq!(rows[1].cell(1), &Cell::Date { day: Day::new(2017, 4, 14).unwrap(), seconds: None });
    assert_eq!(rows[1].cell(2), &Cell::Flag(true));
    assert_eq!(rows[1].cell(3).text(), "2");
    assert_eq!(rows[1].cell(4).text(), "kept");
}

#[test]
fn hidden_and_empty_sheets_are_left_out() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "一").unwrap();
    book.add_worksheet().set_hidden(true).write(0, 0, "二").unwrap();
    book.add_worksheet();
    assert_eq!(read(&saved(&mut book)).expect("reads").sheets.len(), 1);
}

#[test]
fn a_far_cell_takes_no_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "案号").unwrap();
    sheet.write(1_048_575, 3, "最后").unwrap();
    let rows = read(&saved(&mut book)).expect("reads").sheets.remove(0).rows;
    assert_eq!((rows.len(), rows[1].number), (2, 1_048_576));
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 16_383, "远").unwrap();
    assert!(matches!(
        read(&saved(&mut book)),
        Err(ReadError::TooLarge { what: Bounded::Columns, found: 16_384, .. })
    ));
}

#[test]
fn a_truncated_or_garbled_workbook_is_damaged() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..50 {
        sheet.write(row, 0, format!("第{row}行")).unwrap();
    }
    let whole = saved(&mut book);
    for cut in (4..whole.len()).step_by(97) {
        assert!(matches!(read(&whole[..cut]), Err(ReadError::Damaged(_))), "cut at {cut}");
    }
    for at in (4..whole.len()).step_by(7) {
        let mut garbled = whole.clone();
        garbled[at] ^= 0x55;
        let _ = read(&garbled);
    }
}

#[test]
fn a_bomb_is_weighed_before_it_is_opened() {
    use std::io::Write as _;
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    package.start_file("xl/workbook.xml", options).unwrap();
    let blank = vec![b' '; 1 << 20];
    for _ in 0..=limits::IMPORT_UNPACKED_BYTES_MAX >> 20 {
        package.write_all(&blank).unwrap();
    }
    let bytes = package.finish().unwrap().into_inner();
    assert!(matches!(read(&bytes), Err(ReadError::TooLarge { what: Bounded::UnpackedBytes, .. })));
}

#[test]
fn other_packages_are_named() {
    for (part, kind) in
        [("word/document.xml", FileType::Word), ("content.xml", FileType::Ods), ("a.txt", FileType::Archive)]
    {
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        package.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        let bytes = package.finish().unwrap().into_inner();
        assert_eq!(read(&bytes), Err(ReadError::WrongType(kind)));
    }
    let ole = |name: &str| {
        let wide = name.encode_utf16().flat_map(u16::to_le_bytes);
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1].into_iter().chain(wide).collect::<Vec<u8>>()
    };
    assert_eq!(read(&ole("EncryptedPackage")), Err(ReadError::Encrypted));
    assert_eq!(read(&ole("WordDocument")), Err(ReadError::WrongType(FileType::Word)));
    assert!(matches!(read(&ole("Workbook")), Err(ReadError::Damaged(_))));
}
