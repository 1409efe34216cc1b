use std::io::Cursor;

use calamine::{Data, Reader as _};

use super::super::book::{FileType, Form, read as open};
use super::super::fixture::{lines, pack, shown};
use super::*;
use crate::record::Day;

const MANIFEST: &str =
    "<manifest:manifest><manifest:file-entry manifest:full-path=\"/\"/></manifest:manifest>";

fn content_of(tables: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document-content><office:automatic-styles>
        <style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/></style:style>
        </office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
}

fn ods(tables: &str) -> Vec<u8> {
    pack(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", MANIFEST),
        ("content.xml", &content_of(tables)),
    ])
}

fn table_of(rows: &str) -> Vec<u8> {
    ods(&format!("<table:table table:name=\"台账\"><table:table-column/>{rows}</table:table>"))
}

fn text_cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

#[test]
fn cells_come_as_what_they_are() {
    let rows = r#"<table:table-row>
        <table:table-cell office:value-type="float" office:value="284"><text:p>284</text:p></table:table-cell>
        <table:table-cell office:value-type="date" office:date-value="2017-04-14"><text:p>17年4月14日</text:p></table:table-cell>
        <table:table-cell office:value-type="date" office:date-value="2017-04-14T09:30:00"/>
        <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
        <table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>
        <table:table-cell table:formula="of:=[.A1]"/>
        <table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>
        <table:table-cell office:value-type="percentage" office:value="0.85"/>
        <table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>修<text:s text:c="2"/><text:span>路</text:span></text:p><text:p>二行</text:p></table:table-cell>
    </table:table-row>"#;
    let book = open(&table_of(rows)).expect("reads");
    assert_eq!((book.form, book.sheets[0].name.as_str()), (Form::Ods, "台账"));
    let day = Day::new(2017, 4, 14).expect("a day");
    assert_eq!(
        book.sheets[0].rows[0].cells,
        [
            Cell::Number(284.0),
            Cell::Date { day, seconds: None },
            Cell::Date { day, seconds: Some(34_200) },
            Cell::Flag(true),
            Cell::Number(2.0),
            Cell::Unsolved,
            Cell::Error("#DIV/0!".to_owned()),
            Cell::Number(0.85),
            Cell::Text("修  路\n二行".to_owned()),
        ]
    );
}

#[test]
fn repeated_rows_and_cells_are_counted() {
    let rows = format!(
        r#"<table:table-header-rows><table:table-row>{a}<table:table-cell table:number-columns-repeated="2"/>{a}</table:table-row></table:table-header-rows>
        <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/></table:table-row>
        <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#,
        a = text_cell("a")
    );
    let expected = lines(&[(1, &["a", "", "", "a"]), (5, &["7", "7"]), (6, &["7", "7"])]);
    assert_eq!(shown(&table_of(&rows)), expected);
}

#[test]
fn what_is_merged_downwards_stands_in_every_row() {
    let rows = format!(
        r#"<table:table-row><table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="1" office:value-type="string"><text:p>团</text:p></table:table-cell>{b}</table:table-row>
        <table:table-row><table:covered-table-cell office:value-type="string"><text:p>旧</text:p></table:covered-table-cell>{b}</table:table-row>"#,
        b = text_cell("b")
    );
    assert_eq!(shown(&table_of(&rows)), lines(&[(1, &["团", "b"]), (2, &["团", "b"])]));
}

#[test]
fn hidden_sheets_are_left_out_and_flat_files_are_read() {
    let row = format!("<table:table-row>{}</table:table-row>", text_cell("a"));
    let tables = format!(
        "<table:table table:name=\"藏\" table:style-name=\"ta2\">{row}</table:table><table:table table:name=\"一\">{row}</table:table>"
    );
    let names = |bytes: &[u8]| -> Vec<String> {
        open(bytes).expect("reads").sheets.into_iter().map(|sheet| sheet.name).collect()
    };
    assert_eq!(names(&ods(&tables)), ["一"]);
    let flat = content_of(&tables).replace("office:document-content", "office:document");
    assert_eq!(names(flat.as_bytes()), ["一"]);
}

/// A few bytes that stand for more than a machine holds.
#[test]
fn what_is_repeated_beyond_reason_is_refused() {
    let cell = |times| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"{times}\" office:value-type=\"string\" office:string-value=\"长长长长长长\"/>"
        )
    };
    let row = |times, cell: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{times}\">{cell}</table:table-row>")
    };
    for (times, width, what) in [
        ("1", "16384", Bounded::Columns),
        ("1", "99999999999999999999", Bounded::Columns),
        ("1000000", "1", Bounded::Rows),
        ("4294967295", "1", Bounded::Rows),
        ("150000", "500", Bounded::Cells),
    ] {
        let error = open(&table_of(&row(times, &cell(width)))).expect_err("too much");
        let found = matches!(&error, ReadError::TooLarge { what: w, .. } if *w == what);
        assert!(found, "{times} × {width}: {error}");
    }
    let spaces = table_of(&row(
        "1",
        "<table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"4000000000\"/></text:p></table:table-cell>",
    ));
    assert!(matches!(open(&spaces), Err(ReadError::TooLarge { what: Bounded::Text, .. })));
    let empty = table_of(&row("4294967295", "<table:table-cell/>").repeat(1000));
    assert_eq!(open(&empty), Err(ReadError::Empty));
    let deep = table_of(&"<table:table-row-group>".repeat(10_000));
    assert!(matches!(open(&deep), Err(ReadError::TooLarge { what: Bounded::Depth, .. })));
}

#[test]
fn cut_off_encrypted_and_other_documents_are_named() {
    for cut in ["<table:table-row><table:table-cell><office:annotation>", "<table:table-row><table:table-ce"]
    {
        let content =
            content_of("").replace("</office:spreadsheet></office:body></office:document-content>", "");
        let bytes = pack(&[
            ("META-INF/manifest.xml", MANIFEST),
            ("content.xml", &format!("{content}<table:table>{cut}")),
        ]);
        assert!(matches!(open(&bytes), Err(ReadError::Damaged(_))), "{cut}");
    }
    let locked = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let bytes = pack(&[("META-INF/manifest.xml", locked), ("content.xml", "not even XML")]);
    assert_eq!(open(&bytes), Err(ReadError::Encrypted));
    let text = "<office:document-content><office:body><office:text/></office:body></office:document-content>";
    assert_eq!(open(&pack(&[("content.xml", text)])), Err(ReadError::WrongType(FileType::Document)));
}

/// Another reader finds the same texts.
#[test]
fn reads_as_another_reader_does() {
    let rows: String = (0..40)
        .map(|n| {
            let cells = format!(
                "{}<table:table-cell office:value-type=\"float\" office:value=\"{n}.5\"/>",
                text_cell(&format!("第{n}号 &amp; 路"))
            );
            format!("<table:table-row>{cells}</table:table-row>")
        })
        .collect();
    let bytes = table_of(&rows);
    let mut theirs = calamine::Ods::<_>::new(Cursor::new(&bytes)).expect("reads");
    let range = theirs.worksheet_range("台账").expect("reads");
    let ours = open(&bytes).expect("reads");
    assert_eq!(range.height(), 40);
    for (row, cells) in range.rows().enumerate() {
        let ours = &ours.sheets[0].rows[row];
        let expected: Vec<Cell> = cells
            .iter()
            .map(|cell| match cell {
                Data::String(text) => Cell::Text(text.clone()),
                Data::Float(number) => Cell::Number(*number),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ours.cells, expected);
    }
}
