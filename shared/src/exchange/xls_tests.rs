use std::io::Write as _;

use calamine::{Data, Reader as _};

use super::super::book::{Form, read as open};
use super::super::fixture::{lines, shown};
use super::*;
use crate::record::Day;

/// A workbook made record by record.
#[derive(Default)]
struct Made {
    book: Vec<u8>,
    sheet: Vec<u8>,
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend((data.len() as u16).to_le_bytes());
    bytes.extend(data);
    bytes
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = (units.len() as u16).to_le_bytes().to_vec();
    bytes.push(1);
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

/// Row, column and style, with which records of cells begin.
fn at(row: u16, column: u16, style: u16) -> Vec<u8> {
    [row, column, style].iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn formula(row: u16, column: u16, stored: [u8; 8]) -> Vec<u8> {
    record(0x0006, &[&at(row, column, 0)[..], &stored, &[0; 8]].concat())
}

impl Made {
    fn head(mut self, records: &[Vec<u8>]) -> Self {
        self.book.extend(records.concat());
        self
    }

    fn cells(mut self, records: &[Vec<u8>]) -> Self {
        self.sheet.extend(records.concat());
        self
    }

    fn stream(&self, version: u16) -> Vec<u8> {
        let bof =
            |what: u16| record(BOF, &[version.to_le_bytes(), what.to_le_bytes(), [0; 2], [0; 2]].concat());
        let name: Vec<u8> = match version {
            0x0600 => {
                let units: Vec<u16> = "台账".encode_utf16().collect();
                [&[2u8, 1][..], &units.iter().flat_map(|u| u.to_le_bytes()).collect::<Vec<u8>>()].concat()
            }
            _ => [&[4u8][..], &encoding_rs::GBK.encode("台账").0].concat(),
        };
        let before = [bof(5), record(0x0042, &936u16.to_le_bytes()), self.book.clone()].concat();
        let place = (before.len() + 4 + 6 + name.len() + 4) as u32;
        let sheet = record(0x0085, &[&place.to_le_bytes()[..], &[0, 0], &name].concat());
        [before, sheet, record(EOF, &[]), bof(0x10), self.sheet.clone(), record(EOF, &[])].concat()
    }

    fn file(&self, version: u16) -> Vec<u8> {
        container_of(if version == 0x0600 { "/Workbook" } else { "/Book" }, &self.stream(version))
    }
}

fn container_of(name: &str, stream: &[u8]) -> Vec<u8> {
    let in_memory = Cursor::new(Vec::new());
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, in_memory).expect("a container");
    file.create_stream(name).expect("a stream").write_all(stream).expect("in memory");
    file.flush().expect("in memory");
    file.into_inner().into_inner()
}

fn sst(texts: &[&str]) -> Vec<u8> {
    let count = (texts.len() as u32).to_le_bytes();
    let bytes: Vec<u8> = texts.iter().flat_map(|text| wide(text)).collect();
    record(0x00FC, &[&count[..], &count, &bytes].concat())
}

fn shared_text(row: u16, column: u16, number: u32) -> Vec<u8> {
    record(0x00FD, &[&at(row, column, 0)[..], &number.to_le_bytes()].concat())
}

/// Formats 0: General, 1: a date of the office program, 2: a date of the user's.
fn styles() -> Vec<Vec<u8>> {
    let code = [&176u16.to_le_bytes()[..], &wide("yyyy\"年\"m\"月\"d\"日\"")].concat();
    let style = |format: u16| record(0x00E0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat());
    vec![record(0x041E, &code), style(0), style(14), style(176)]
}

#[test]
fn cells_come_as_what_they_are() {
    let number = |row, column, style, number: f64| {
        record(0x0203, &[&at(row, column, style)[..], &number.to_le_bytes()].concat())
    };
    let made = Made::default().head(&styles()).head(&[sst(&["案号", "修路", ""])]).cells(&[
        shared_text(0, 0, 0),
        shared_text(0, 1, 1),
        shared_text(0, 2, 2),
        number(2, 0, 0, 284.0),
        number(2, 1, 1, 42_839.0),
        number(2, 2, 2, 42_839.5),
        record(0x027E, &[&at(2, 3, 0)[..], &((7i32 << 2 | 2) as u32).to_le_bytes()].concat()),
        record(0x027E, &[&at(2, 4, 0)[..], &((-850i32 << 2 | 3) as u32).to_le_bytes()].concat()),
        record(0x0205, &[&at(2, 5, 0)[..], &[1, 0]].concat()),
        record(0x0205, &[&at(2, 6, 0)[..], &[0x2A, 1]].concat()),
        record(0x0204, &[&at(2, 7, 0)[..], &wide("标签")].concat()),
        record(
            0x00BD,
            &[
                &3u16.to_le_bytes()[..],
                &0u16.to_le_bytes(),
                &0u16.to_le_bytes(),
                &(5u32 << 2 | 2).to_le_bytes(),
                &1u16.to_le_bytes(),
                &(42_839u32 << 2 | 2).to_le_bytes(),
                &1u16.to_le_bytes(),
            ]
            .concat(),
        ),
    ]);
    let book = open(&made.file(0x0600)).expect("reads");
    assert_eq!((book.form, book.sheets[0].name.as_str()), (Form::Xls, "台账"));
    let day = Day::new(2017, 4, 14).expect("a day");
    let rows = &book.sheets[0].rows;
    assert_eq!(rows[0].cells, [Cell::Text("案号".into()), Cell::Text("修路".into())]);
    assert_eq!(
        (rows[1].number, rows[1].cells.as_slice()),
        (
            3,
            &[
                Cell::Number(284.0),
                Cell::Date { day, seconds: None },
                Cell::Date { day, seconds: Some(43_200) },
                Cell::Number(7.0),
                Cell::Number(-8.5),
                Cell::Flag(true),
                Cell::Error("#N/A".into()),
                Cell::Text("标签".into()),
            ][..]
        )
    );
    assert_eq!(rows[2].cells, [Cell::Number(5.0), Cell::Date { day, seconds: None }]);
}

#[test]
fn formulas_give_what_is_stored_or_are_told() {
    let text = [0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
    let made = Made::default().cells(&[
        formula(0, 0, 2.0f64.to_le_bytes()),
        formula(0, 1, text),
        record(0x0207, &wide("结果")),
        formula(0, 2, text),
        formula(0, 3, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 4, [2, 0, 7, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 5, [3, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        formula(0, 6, text),
    ]);
    let cells = open(&made.file(0x0600)).expect("reads").sheets.remove(0).rows.remove(0).cells;
    assert_eq!(
        cells,
        [
            Cell::Number(2.0),
            Cell::Text("结果".into()),
            Cell::Unsolved,
            Cell::Flag(true),
            Cell::Error("#DIV/0!".into()),
            Cell::Empty,
            Cell::Unsolved
        ]
    );
}

/// A text that runs on in the next record says there again how wide its characters are.
#[test]
fn texts_run_over_records() {
    let mut first = [&2u32.to_le_bytes()[..], &2u32.to_le_bytes()].concat();
    first.extend(5u16.to_le_bytes());
    first.push(0);
    first.extend(b"ab");
    let mut rest = vec![1];
    rest.extend("修路c".encode_utf16().flat_map(u16::to_le_bytes));
    // Runs and what East Asian versions add follow the characters.
    let rich = [&2u16.to_le_bytes()[..], &[0b1101], &1u16.to_le_bytes(), &3u32.to_le_bytes()].concat();
    let tail = [&"桥梁".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()[..], &[0; 4]].concat();
    let made = Made::default()
        .head(&[
            record(0x00FC, &first),
            record(0x003C, &[rest, rich].concat()),
            record(0x003C, &[]),
            record(0x003C, &[&[1][..], &tail, &[9, 9]].concat()),
            record(0x003C, &[9]),
        ])
        .cells(&[shared_text(0, 0, 0), shared_text(0, 1, 1)]);
    assert_eq!(shown(&made.file(0x0600)), lines(&[(1, &["ab修路c", "桥梁"])]));
}

#[test]
fn the_workbook_of_excel_95_is_read() {
    let (text, _, _) = encoding_rs::GBK.encode("关于修路的建议");
    let label = [&at(0, 0, 0)[..], &(text.len() as u16).to_le_bytes(), &text].concat();
    let made = Made::default().cells(&[record(0x0204, &label)]);
    let book = open(&made.file(0x0500)).expect("reads");
    assert_eq!(
        (book.sheets[0].name.as_str(), book.sheets[0].rows[0].cell(0).text().as_ref()),
        ("台账", "关于修路的建议")
    );
}

#[test]
fn what_is_merged_downwards_stands_in_every_row_and_charts_are_passed_over() {
    let area: Vec<u8> = [1u16, 0, 2, 0, 0].iter().flat_map(|n| n.to_le_bytes()).collect();
    let chart = record(BOF, &[0, 6, 0x20, 0, 0, 0, 0, 0]);
    let made = Made::default().head(&[sst(&["团", "x"])]).cells(&[
        shared_text(0, 0, 0),
        shared_text(0, 1, 1),
        shared_text(2, 1, 1),
        chart,
        shared_text(5, 5, 1),
        record(EOF, &[]),
        record(0x00E5, &area),
    ]);
    assert_eq!(shown(&made.file(0x0600)), lines(&[(1, &["团", "x"]), (3, &["团", "x"])]));
}

#[test]
fn hostile_files_are_refused() {
    let locked = Made::default().head(&[record(0x002F, &[1, 0])]);
    assert_eq!(open(&locked.file(0x0600)), Err(ReadError::Encrypted));
    assert_eq!(open(&container_of("/EncryptedPackage", b"x")), Err(ReadError::Encrypted));
    assert_eq!(open(&container_of("/WordDocument", b"x")), Err(ReadError::WrongType(FileType::Word)));
    assert_eq!(open(&container_of("/Other", b"x")), Err(ReadError::WrongType(FileType::Unknown)));
    let error = open(&container_of("/Workbook", &[0; 40])).expect_err("no workbook");
    assert_eq!(error, ReadError::WrongType(FileType::OldXls));
    // A text of which a million cells say that it is theirs.
    let long = "长".repeat(3_000);
    let cells: Vec<Vec<u8>> =
        (0..60_000u16).flat_map(|row| (0..4u16).map(move |column| shared_text(row, column, 0))).collect();
    let bomb = Made::default().head(&[sst(&[&long])]).cells(&cells);
    let error = open(&bomb.file(0x0600)).expect_err("too much text");
    assert!(matches!(error, ReadError::TooLarge { what: Bounded::TextBytes, .. }), "{error}");
    // Sheets that lie nowhere, and a dimension of everything.
    let nowhere = [
        &record(BOF, &[0, 6, 5, 0])[..],
        &record(0x0085, &[0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 1, 0, b'x']),
        &record(EOF, &[]),
    ]
    .concat();
    assert!(matches!(open(&container_of("/Workbook", &nowhere)), Err(ReadError::Damaged(_))));
    let vast = Made::default()
        .cells(&[record(0x0200, &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0])]);
    assert_eq!(open(&vast.file(0x0600)), Err(ReadError::Empty));
}

#[test]
fn damage_is_named_and_chains_have_an_end() {
    let made = Made::default().head(&[sst(&["案号"])]).cells(&[shared_text(0, 0, 0)]);
    let whole = made.file(0x0600);
    // Office programs leave more room at the end than they need.
    let first = open(&whole).expect("reads");
    for cut in (8..whole.len()).step_by(61) {
        let read = open(&whole[..cut]);
        assert!(
            read.is_err() || (cut > whole.len() / 2 && read.is_ok_and(|b| b.sheets == first.sheets)),
            "cut at {cut}"
        );
    }
    for at in (0..whole.len()).step_by(3) {
        for flip in [0x01, 0xFF] {
            let mut garbled = whole.clone();
            garbled[at] ^= flip;
            let _ = open(&garbled);
        }
    }
    // The list of allocation sectors leads back to its first one.
    let mut endless = whole.clone();
    endless[68..72].copy_from_slice(&0u32.to_le_bytes());
    endless[1020..1024].copy_from_slice(&0u32.to_le_bytes());
    assert!(matches!(open(&endless), Err(ReadError::Damaged(_))));
}

/// Another reader finds the same.
#[test]
fn reads_as_another_reader_does() {
    let texts: Vec<String> = (0..50).map(|n| format!("关于第{n}号路的建议")).collect();
    let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
    let cells: Vec<Vec<u8>> = (0..50u16)
        .flat_map(|row| {
            let value =
                record(0x0203, &[&at(row, 1, 2)[..], &(42_000.25 + f64::from(row)).to_le_bytes()].concat());
            [shared_text(row, 0, u32::from(row)), value]
        })
        .collect();
    let made = Made::default().head(&styles()).head(&[sst(&refs)]).cells(&cells);
    let bytes = made.file(0x0600);
    let mut theirs = calamine::Xls::<_>::new(Cursor::new(&bytes)).expect("reads");
    let range = theirs.worksheet_range("台账").expect("reads");
    let ours = open(&bytes).expect("reads");
    assert_eq!((range.height(), ours.sheets[0].rows.len()), (50, 50));
    for (row, theirs) in ours.sheets[0].rows.iter().zip(range.rows()) {
        let Data::DateTime(moment) = &theirs[1] else { panic!("{theirs:?}") };
        let (y, m, d, hour, ..) = moment.to_ymd_hms_milli();
        let day = Day::new(y as i16, m as i8, d as i8).expect("a day");
        assert_eq!(row.cell(1), &Cell::Date { day, seconds: Some(u32::from(hour) * 3600) });
        assert_eq!(Data::String(row.cell(0).text().into_owned()), theirs[0]);
    }
}
