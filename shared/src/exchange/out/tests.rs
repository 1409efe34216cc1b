use std::io::Cursor;

use proptest::prelude::*;

use super::heading::Spoken;
use super::*;
use crate::catalogue::model::{Catalogue, Field, Shape};
use crate::exchange::cell::{Converter, Directory as _};
use crate::exchange::fixture::{Few, field};
use crate::exchange::heading::{Headings, Holds, importable};
use crate::exchange::sheet::Cell;
use crate::exchange::{self};
use crate::ids::{RecordId, TownshipCode};
use crate::record::{Day, Decimal, Value};

fn paper() -> Paper<'static> {
    Paper {
        title: "台账", office: "坎墩街道", now_ms: 1_796_000_000_000, tongue: chinese, scratch: None
    }
}

fn page(columns: &[&str]) -> Page {
    Page {
        name: "台账".into(),
        title: "坎墩街道台账".into(),
        notes: vec!["期间：2026年".into()],
        columns: columns.iter().map(|heading| Column::new(*heading)).collect(),
        frozen: 1,
        foot: ("坎墩街道 & 其他".into(), "2026年12月1日".into()),
        filter: true,
    }
}

fn book(columns: &[&str], rows: &[Vec<Put>]) -> Vec<u8> {
    let mut book = Book::new(paper()).expect("a book");
    let sheet = book.sheet(page(columns)).expect("a sheet");
    for row in rows {
        book.row(sheet, row, Tone::Plain).expect("a row");
    }
    let mut file = Cursor::new(Vec::new());
    book.finish(&mut file).expect("in memory");
    file.into_inner()
}

fn csv(columns: &[&str], rows: &[Vec<Put>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut text = Text::new(&mut file, columns.iter().copied()).expect("in memory");
    for row in rows {
        text.row(row).expect("a row");
    }
    text.finish().expect("in memory");
    file
}

/// The cells of the last row of the first sheet.
fn last_row(bytes: &[u8]) -> Vec<Cell> {
    let book = exchange::read(bytes).unwrap_or_else(|error| panic!("{error}"));
    book.sheets[0].rows.last().expect("a row").cells.clone()
}

struct Plain;

impl Known for Plain {
    fn township(&self, code: TownshipCode) -> String {
        Few::new().townships().name(code).map_or_else(|| code.to_string(), str::to_owned)
    }
    fn record(&self, _kinds: &[u32], id: RecordId) -> String {
        id.to_string()
    }
}

#[test]
fn every_heading_and_every_choice_of_the_catalogue_is_read_back() {
    for kind in Catalogue::builtin().kinds.values() {
        let known = Headings::new(kind);
        for tongue in [chinese as Tongue, english] {
            let spoken = Spoken::new(kind, tongue);
            for field in kind.fields.values() {
                let heading = format!("{}{}{}", spoken.field(field), heading::REQUIRED, heading::STAYS);
                if importable(field) {
                    assert_eq!(known.find(&heading), Some(Holds::Field(field.tag)), "{} {heading}", kind.id);
                }
                choices(kind.id.as_str(), field, tongue);
            }
            assert_eq!(known.find(&spoken.record()), Some(Holds::Record), "{}", kind.id);
        }
    }
}

fn choices(kind: &str, field: &Field, tongue: Tongue) {
    let spelling = Spelling::new(field, tongue);
    let converter = Converter::new(field);
    let read = |value: &Value| {
        let Put::Text(text) = spelling.put(value, &Plain) else { panic!("a choice is text") };
        converter.value(&Cell::Text(text), &Few::new())
    };
    match &field.shape {
        Shape::Choice(choices) => {
            for value in choices.iter().map(|choice| Value::Choice(choice.id)) {
                assert_eq!(read(&value), Ok(Some(value)), "{kind} {}", field.id);
            }
        }
        Shape::Choices(choices) => {
            let all: Vec<Value> = choices.iter().map(|choice| Value::Choice(choice.id)).collect();
            for value in
                all.iter().map(|one| Value::List(vec![one.clone()])).chain([Value::List(all.clone())])
            {
                assert_eq!(read(&value), Ok(Some(value)), "{kind} {}", field.id);
            }
        }
        _ => {}
    }
}

#[test]
fn days_and_numbers_are_real_ones_and_what_looks_like_a_formula_is_text() {
    let day: Day = "2026-11-23".parse().expect("a day");
    let columns = ["日期", "数", "金额", "证号", "公式", "时间", "大数"];
    let row = vec![
        Put::day(day),
        Put::whole(-7),
        Put::decimal(Decimal { units: 123_450, scale: 2 }),
        Put::text("001"),
        Put::text("=HYPERLINK(\"http://x\")"),
        Put::Moment(1_796_000_000_000),
        Put::whole(i64::MAX),
    ];
    let cells = last_row(&book(&columns, std::slice::from_ref(&row)));
    let text = |text: &str| Cell::Text(text.into());
    let expected = [
        Cell::Date { day, seconds: None },
        Cell::Number(-7.0),
        Cell::Number(1234.5),
        text("001"),
        text("=HYPERLINK(\"http://x\")"),
        Cell::Date { day: "2026-11-30".parse().expect("a day"), seconds: Some(8 * 3600 + 53 * 60 + 20) },
        text("9223372036854775807"),
    ];
    assert_eq!(cells, expected);
    let file = csv(&columns, &[row]);
    let plain = String::from_utf8(file.clone()).expect("UTF-8");
    assert_eq!(
        plain,
        "\u{feff}日期,数,金额,证号,公式,时间,大数\r\n2026-11-23,-7,1234.50,001,\"'=HYPERLINK(\"\"http://x\"\")\",2026-11-30 08:53:20,9223372036854775807\r\n"
    );
    assert_eq!(last_row(&file)[4], text("=HYPERLINK(\"http://x\")"));
}

#[test]
fn a_day_before_the_calendar_of_office_programs_is_text() {
    let old: Day = "1900-02-28".parse().expect("a day");
    let first: Day = "1900-03-01".parse().expect("a day");
    let cells = last_row(&book(&["甲", "乙"], &[vec![Put::day(old), Put::day(first)]]));
    assert_eq!(cells, [Cell::Text("1900-02-28".into()), Cell::Date { day: first, seconds: None }]);
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let rows = [vec![Put::text("一"), Put::whole(1)]];
    assert_eq!(book(&["甲", "乙"], &rows), book(&["甲", "乙"], &rows));
}

#[test]
fn a_text_that_no_cell_holds_is_named_and_not_cut() {
    let mut book = Book::new(paper()).expect("a book");
    let sheet = book.sheet(page(&["甲", "正文"])).expect("a sheet");
    let row = [Put::text("一"), Put::text("长".repeat(32_768))];
    let error = book.row(sheet, &row, Tone::Plain).expect_err("too long");
    assert_eq!(error.label().zh, "第4行B列（正文）超过一个单元格能放的 32767 字；请导出为 .csv");
}

#[test]
fn two_sheets_never_share_a_name() {
    let mut book = Book::new(paper()).expect("a book");
    for _ in 0..3 {
        book.sheet(page(&["甲", "乙"])).expect("a sheet of its own name");
    }
}

#[test]
fn a_form_reads_back_as_a_ledger_without_rows() {
    for kind in Catalogue::builtin().kinds.values().filter(|kind| kind.import.is_some()) {
        for all_columns in [false, true] {
            let mut file = Cursor::new(Vec::new());
            template(Template { kind, all_columns, paper: paper() }, &mut file).expect("a form");
            let book = exchange::read(file.get_ref()).expect("reads");
            let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            assert_eq!(names.len(), 2, "the sheet of choices is hidden: {names:?}");
            let ledger = exchange::Ledger::read(&book, None, kind, &Few::new()).expect("has the columns");
            assert_eq!(ledger.rows.len(), 0, "{}", kind.id);
            assert!(ledger.mapping.ignored.is_empty(), "{}: {:?}", kind.id, ledger.mapping.ignored);
            let has = |tag: u32| ledger.mapping.columns.iter().any(|c| c.holds == Holds::Field(tag));
            let import = kind.import.as_ref().expect("can be imported");
            assert!([import.key, kind.title, kind.date].into_iter().all(has), "{}", kind.id);
            if all_columns {
                let missing =
                    kind.fields.values().find(|f| importable(f) && f.compute.is_none() && !has(f.tag));
                assert!(missing.is_none(), "{} {missing:?}", kind.id);
            }
        }
    }
}

/// Texts of several values, as they may stand in a record: tidied, without the marks that part them.
fn values() -> impl Strategy<Value = Vec<String>> {
    let value = "[a-z教育、科技，工委（）=+@'“” -]{1,9}".prop_map(|text| text.trim().to_owned());
    let sound = |text: &String| {
        // Brackets that do not pair up within one value cannot be told from those of its neighbours.
        let mut depth = 0i32;
        let paired = text.chars().all(|c| {
            depth += i32::from(matches!(c, '（' | '“')) - i32::from(matches!(c, '）' | '”'));
            depth >= 0
        });
        !text.is_empty() && paired && depth == 0 && text.chars().any(char::is_alphanumeric)
    };
    prop::collection::vec(value.prop_filter("a value", sound), 1..5).prop_map(|mut values| {
        let mut seen = std::collections::BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        values
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn several_values_of_one_cell_come_back(values in values()) {
        let field = field(4, "协办单位", Shape::Texts { max: 40 }, &[]);
        let value = Value::List(values.into_iter().map(Value::Text).collect());
        let put = Spelling::new(&field, chinese).put(&value, &Plain);
        for bytes in [book(&["甲", "协办单位"], &[vec![Put::text("一"), put.clone()]]), csv(&["甲", "协办单位"], &[vec![Put::text("一"), put]])] {
            let cell = last_row(&bytes)[1].clone();
            let read = Converter::new(&field).value(&cell, &Few::new());
            prop_assert_eq!(read, Ok(Some(value.clone())));
        }
    }

    /// Any text that a record may hold, in both forms: also what looks like a formula, an escape or markup.
    #[test]
    fn every_text_comes_back(text in "[=+@'-]{0,2}([a-z&<>\"',;；_\\\\{}关于修路\n\t　]|_x000D_|_x0041_|&amp;){1,12}") {
        let text = exchange::fold::tidy(&text).into_owned();
        prop_assume!(!text.is_empty());
        let field = field(2, "案由", Shape::Text { max: 200, lines: true, pattern: None }, &[]);
        // As wide as ledgers are: of a narrow one it cannot be known which mark parts its cells.
        let columns: Vec<String> = (0..14).map(|nth| format!("栏{nth}")).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut row = vec![Put::whole(1); columns.len()];
        row[1] = Put::text(text.clone());
        for bytes in [book(&columns, std::slice::from_ref(&row)), csv(&columns, std::slice::from_ref(&row))] {
            let cell = last_row(&bytes)[1].clone();
            let read = Converter::new(&field).value(&cell, &Few::new());
            prop_assert_eq!(read, Ok(Some(Value::Text(text.clone()))));
        }
    }

    #[test]
    fn every_number_and_day_comes_back(units in any::<i64>(), scale in 0u8..=6, number in any::<i64>(), day in -25_567i32..84_370) {
        let fields = [
            field(1, "数", Shape::Number { min: i64::MIN, max: i64::MAX }, &[]),
            field(2, "金额", Shape::Decimal { min: i64::MIN, max: i64::MAX, scale: 6 }, &[]),
            field(3, "日期", Shape::Date, &[]),
        ];
        let values = [Value::Number(number), Value::Decimal(Decimal { units, scale }), Value::Date(Day(day))];
        let row: Vec<Put> = fields.iter().zip(&values).map(|(f, v)| Spelling::new(f, chinese).put(v, &Plain)).collect();
        for bytes in [book(&["数", "金额", "日期"], std::slice::from_ref(&row)), csv(&["数", "金额", "日期"], std::slice::from_ref(&row))] {
            let cells = last_row(&bytes);
            for ((field, value), cell) in fields.iter().zip(&values).zip(&cells) {
                let read = Converter::new(field).value(cell, &Few::new()).expect("reads").expect("says something");
                match (&read, value) {
                    (Value::Decimal(read), Value::Decimal(had)) => {
                        let scaled = |d: &Decimal| i128::from(d.units) * 10i128.pow(6 - u32::from(d.scale));
                        prop_assert_eq!(scaled(read), scaled(had));
                    }
                    _ => prop_assert_eq!(&read, value),
                }
            }
        }
    }
}
