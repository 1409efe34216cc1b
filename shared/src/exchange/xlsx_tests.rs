use std::io::{Cursor, Write as _};

use calamine::{Data, Reader as _};
use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Formula, Workbook};

use super::super::book::{Bounded, FileType, Form as FileForm, read as open};
use super::super::fixture::{lines, pack, shown};
use super::*;
use crate::record::Day;

fn saved(book: &mut Workbook) -> Vec<u8> {
    book.save_to_buffer().expect("a workbook in memory")
}

/// A workbook of one sheet whose rows, texts and styles are written by hand.
fn by_hand(sheet: &str, strings: &str, styles: &str) -> Vec<u8> {
    pack(&[
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships>
            <Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
            <Relationship Id="r2" Type="x/externalLink" Target="http://example.invalid/other.xlsx" TargetMode="External"/>
            </Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns:r="r"><sheets><sheet name="台账" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
    ])
}

fn sheet_of(rows: &str) -> Vec<u8> {
    by_hand(&format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"), "<sst/>", "<styleSheet/>")
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
    let read = open(&saved(&mut book)).expect("reads");
    assert_eq!(read.form, FileForm::Xlsx);
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
fn a_formula_without_a_result_is_told_from_an_empty_cell() {
    let rows = r#"<row r="1">
        <c r="A1"><f>B1*2</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>1+1</f><v>2</v></c>
        <c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="s"/><c r="F1"><v>7</v></c></row>"#;
    let cells = open(&sheet_of(rows)).expect("reads").sheets.remove(0).rows.remove(0).cells;
    let expected =
        [Cell::Unsolved, Cell::Unsolved, Cell::Number(2.0), Cell::Empty, Cell::Empty, Cell::Number(7.0)];
    assert_eq!(cells, expected);
}

#[test]
fn texts_are_joined_unescaped_and_free_of_reading_aids() {
    let strings = r#"<sst uniqueCount="1000000000000">
        <si><t>一</t></si>
        <si><r><rPr><b/></rPr><t xml:space="preserve">修 </t></r><r><t>路</t></r><rPh sb="0"><t>xiū</t></rPh></si>
        <si><t>a_x000D_b_x005F_x0041_&amp;&#26696;</t></si><si/></sst>"#;
    let cells: String = (0..4).map(|n| format!(r#"<c t="s"><v>{n}</v></c>"#)).collect::<Vec<_>>().concat();
    let sheet = format!(
        r#"<x:worksheet xmlns:x="x"><x:sheetData><x:row>{}<x:c t="inlineStr"><x:is><x:t>内</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"#,
        cells.replace("<c", "<x:c").replace("</c", "</x:c").replace("<v", "<x:v").replace("</v", "</x:v")
    );
    let found = shown(&by_hand(&sheet, strings, "<styleSheet/>"));
    assert_eq!(found, lines(&[(1, &["一", "修 路", "a\rb_x0041_&案", "", "内"])]));
}

#[test]
fn what_is_merged_downwards_stands_in_every_row() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 2, "2017年台账", &plain).unwrap();
    sheet.merge_range(1, 0, 3, 0, "第一代表团", &plain).unwrap();
    for row in 1..4 {
        sheet.write(row, 1, row).unwrap();
    }
    sheet.merge_range(5, 0, 9, 0, "空", &plain).unwrap();
    assert_eq!(
        shown(&saved(&mut book)),
        lines(&[
            (1, &["2017年台账"]),
            (2, &["第一代表团", "1"]),
            (3, &["第一代表团", "2"]),
            (4, &["第一代表团", "3"]),
            (6, &["空"])
        ])
    );
}

#[test]
fn hidden_and_empty_sheets_are_left_out() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "一").unwrap();
    book.add_worksheet().set_hidden(true).write(0, 0, "二").unwrap();
    book.add_worksheet();
    assert_eq!(open(&saved(&mut book)).expect("reads").sheets.len(), 1);
}

#[test]
fn a_far_cell_takes_no_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "案号").unwrap();
    sheet.write(1_048_575, 3, "最后").unwrap();
    let rows = open(&saved(&mut book)).expect("reads").sheets.remove(0).rows;
    assert_eq!((rows.len(), rows[1].number), (2, 1_048_576));
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 16_383, "远").unwrap();
    assert!(matches!(
        open(&saved(&mut book)),
        Err(ReadError::TooLarge { what: Bounded::Columns, found: 16_384, .. })
    ));
}

/// What a file claims is not believed: its dimension, counts of texts, rows that hold nothing.
#[test]
fn empty_rows_without_number_cost_nothing() {
    let rows = "<row r=\"1\"><c><v>1</v></c></row>".to_owned() + &"<row/>".repeat(1_000_000);
    let sheet =
        format!(r#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>"#);
    let bytes = by_hand(&sheet, "<sst/>", "<styleSheet/>");
    assert!(bytes.len() < 100_000);
    assert_eq!(shown(&bytes), lines(&[(1, &["1"])]));
}

/// One long text to which every cell refers is the oldest way to make a small file large.
#[test]
fn a_text_that_is_shared_a_million_times_is_refused() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "长".repeat(10_000));
    let rows = r#"<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>"#.repeat(100_000);
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let error = open(&by_hand(&sheet, &strings, "<styleSheet/>")).expect_err("too much text");
    assert!(matches!(error, ReadError::TooLarge { what: Bounded::TextBytes, .. }), "{error}");
}

#[test]
fn a_bomb_is_refused_while_it_is_unpacked() {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    package.start_file("xl/workbook.xml", options).unwrap();
    let blank = format!("<a>{}</a>", " ".repeat(1 << 19));
    package.write_all(b"<workbook>").unwrap();
    for _ in 0..=limits::IMPORT_UNPACKED_BYTES_MAX / blank.len() as u64 {
        package.write_all(blank.as_bytes()).unwrap();
    }
    let bytes = package.finish().unwrap().into_inner();
    assert!(matches!(open(&bytes), Err(ReadError::TooLarge { what: Bounded::UnpackedBytes, .. })));
    let one_piece = pack(&[("xl/workbook.xml", &" ".repeat(1 << 22))]);
    assert!(matches!(open(&one_piece), Err(ReadError::TooLarge { what: Bounded::Piece, .. })));
    let parts: Vec<String> = (0..=limits::IMPORT_PARTS_MAX).map(|n| format!("p{n}")).collect();
    let parts: Vec<(&str, &str)> = parts.iter().map(|name| (name.as_str(), "")).collect();
    assert!(matches!(open(&pack(&parts)), Err(ReadError::TooLarge { what: Bounded::Parts, .. })));
}

#[test]
fn entities_are_not_expanded_and_nothing_nests_without_end() {
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    assert_eq!(open(&by_hand("<worksheet/>", laughs, "<a/>")), Err(ReadError::Declared));
    let outside = "<sst><si><t>&file;</t></si></sst>";
    assert_eq!(open(&by_hand("<worksheet/>", outside, "<a/>")), Err(ReadError::Declared));
    let error = open(&sheet_of(&"<row>".repeat(100_000))).expect_err("too deep");
    assert!(matches!(error, ReadError::TooLarge { what: Bounded::Depth, .. }), "{error}");
    assert!(error.label().zh.contains("嵌套"), "{}", error.label().zh);
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
        assert!(matches!(open(&whole[..cut]), Err(ReadError::Damaged(_))), "cut at {cut}");
    }
    for at in (4..whole.len()).step_by(7) {
        let mut garbled = whole.clone();
        garbled[at] ^= 0x55;
        let _ = open(&garbled);
    }
    for cut in ["<row><c r=\"A1\"><v>1</v>", "<row><c r=\"A1\"><v>1</v></c></row></sheetDat"] {
        let sheet = format!("<worksheet><sheetData>{cut}");
        let error = open(&by_hand(&sheet, "<sst/>", "<a/>")).expect_err("cut off");
        assert!(matches!(error, ReadError::Damaged(_)), "{error}");
    }
    for wrong in [r#"<c r="A"><v>1</v></c>"#, r#"<c t="s"><v>9</v></c>"#, r#"<c t="s"><v>-1</v></c>"#] {
        assert!(
            matches!(open(&sheet_of(&format!("<row>{wrong}</row>"))), Err(ReadError::Damaged(_))),
            "{wrong}"
        );
    }
}

#[test]
fn other_packages_are_named() {
    for (part, kind) in [
        ("word/document.xml", FileType::Word),
        ("xl/workbook.bin", FileType::Xlsb),
        ("a.txt", FileType::Archive),
    ] {
        assert_eq!(open(&pack(&[(part, "")])), Err(ReadError::WrongType(kind)));
    }
    assert_eq!(open(&pack(&[("encrypted-package", "")])), Err(ReadError::Encrypted));
}

#[test]
fn cells_have_places() {
    for (name, at) in
        [("A1", (0, 0)), ("$B$2", (1, 1)), ("xfd1048576", (1_048_575, 16_383)), ("AA10", (9, 26))]
    {
        assert_eq!(place(name), Some(at), "{name}");
    }
    for name in ["", "A", "1", "A0", "1A", "A1B", "ÄÖ1", "A99999999999", "AAAAAAAAAAAA1"] {
        assert_eq!(place(name), None, "{name}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Another reader finds the same cells in what a third program wrote.
    #[test]
    fn reads_as_another_reader_does(
        rows in proptest::collection::vec(proptest::collection::vec((0u8..5, -1e6..1e6f64, "[a案 &<\"_x0]{0,8}"), 0..6), 0..8)
    ) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
        for (at, row) in rows.iter().enumerate() {
            for (column, (kind, number, text)) in row.iter().enumerate() {
                let (at, column) = (at as u32, column as u16);
                match kind {
                    0 => sheet.write(at, column, *number),
                    1 => sheet.write(at, column, text),
                    2 => sheet.write(at, column, *number > 0.0),
                    3 => sheet.write_with_format(at, column, number.abs().trunc() % 90_000.0 + 1.0, &day),
                    _ => sheet.write_formula(at, column, Formula::new("1+1").set_result(number.to_string())),
                }.expect("writes");
            }
        }
        let bytes = saved(&mut book);
        let ours = open(&bytes).map(|mut book| book.sheets.remove(0).rows).unwrap_or_default();
        let mut theirs = calamine::Xlsx::<_>::new(Cursor::new(&bytes)).expect("reads");
        let range = theirs.worksheet_range_at(0).expect("a sheet").expect("reads");
        let at = |row: u32, column: usize| {
            let row = ours.iter().find(|r| r.number == row + 1);
            row.map_or(Cell::Empty, |row| row.cell(column).clone())
        };
        for (row, column, value) in range.used_cells() {
            let (row, column) = (row as u32 + range.start().map_or(0, |s| s.0), column + range.start().map_or(0, |s| s.1 as usize));
            let found = at(row, column);
            match value {
                Data::String(text) if text.trim().is_empty() => proptest::prop_assert!(found.is_blank()),
                Data::String(text) => proptest::prop_assert_eq!(found.text(), text.as_str()),
                Data::Float(number) => proptest::prop_assert_eq!(found, Cell::Number(*number)),
                Data::Bool(flag) => proptest::prop_assert_eq!(found, Cell::Flag(*flag)),
                Data::DateTime(moment) => {
                    let (y, m, d, ..) = moment.to_ymd_hms_milli();
                    let day = Day::new(y as i16, m as i8, d as i8).expect("a day");
                    proptest::prop_assert_eq!(found, Cell::Date { day, seconds: None });
                }
                other => proptest::prop_assert!(false, "{:?}", other),
            }
        }
    }
}
