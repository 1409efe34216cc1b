use super::super::fixture::{Few, choices, field, township};
use super::*;
use crate::record::Day;

fn convert(shape: Shape, cell: Cell) -> Result<Option<Value>, String> {
    let field = field(1, "栏目", shape, &[]);
    Converter::new(&field).value(&cell, &Few::new()).map_err(|reason| reason.zh)
}

fn read(shape: Shape, text: &str) -> Result<Option<Value>, String> {
    convert(shape, Cell::Text(text.to_owned()))
}

fn texts(parts: &[&str]) -> Value {
    Value::List(parts.iter().map(|&p| Value::Text(p.to_owned())).collect())
}

#[test]
fn blank_cells_say_nothing() {
    for cell in [Cell::Empty, Cell::Text(" \u{3000}\n".into())] {
        assert_eq!(convert(Shape::Date, cell), Ok(None));
    }
    assert!(convert(Shape::Date, Cell::Error("#N/A".into())).unwrap_err().contains("#N/A"));
}

#[test]
fn numbers_in_every_dress() {
    let number = || Shape::Number { min: 0, max: 9999 };
    for text in ["1234", "１２３４", "1,234", "１，２３４", " 1234 ", "1234人", "1234.0", "+1234"] {
        assert_eq!(read(number(), text), Ok(Some(Value::Number(1234))), "{text:?}");
    }
    assert_eq!(convert(number(), Cell::Number(1234.0)), Ok(Some(Value::Number(1234))));
    for text in ["12.5", "若干", "1万", "--1"] {
        assert_eq!(read(number(), text), Err("应为整数".to_owned()), "{text:?}");
    }
    assert!(convert(number(), Cell::Number(0.5)).is_err());
    let points = || Shape::Decimal { min: 0, max: 1000, scale: 1 };
    let tenths = |units| Ok(Some(Value::Decimal(Decimal { units, scale: 1 })));
    assert_eq!(read(points(), "95.5分"), tenths(955));
    assert_eq!(read(points(), "95.50"), tenths(955));
    assert_eq!(convert(points(), Cell::Number(0.1)), tenths(1));
    assert_eq!(read(points(), "95"), Ok(Some(Value::Decimal(Decimal { units: 95, scale: 0 }))));
    assert!(read(points(), "95.55").is_err());
}

#[test]
fn dates_and_times_are_beijing_s() {
    assert_eq!(read(Shape::Date, "2017年4月14日"), Ok(Some(Value::Date(Day(17_270)))));
    let cell = Cell::Date { day: Day(17_270), seconds: Some(9 * 3600) };
    assert_eq!(convert(Shape::Time, cell), Ok(Some(Value::Time(17_270 * 86_400_000 + 3_600_000))));
    assert_eq!(read(Shape::Date, "2017-02-30"), Err("没有这一天".to_owned()));
}

#[test]
fn choices_by_any_of_their_names() {
    let results = || {
        choices(&[("A", "已经解决", &["A类", "解决"]), ("NOT_OPEN", "不公开", &[]), ("OPEN", "公开", &[])])
    };
    for text in ["A", "a", "Ａ", "A类", "已经解决", "已经 解决", "解决", "A（已经解决）"] {
        assert_eq!(read(Shape::Choice(results()), text), Ok(Some(Value::Choice(1))), "{text:?}");
    }
    assert_eq!(read(Shape::Choice(results()), "公开"), Ok(Some(Value::Choice(3))));
    assert_eq!(read(Shape::Choice(results()), "E"), Err("应为：已经解决、不公开、公开".to_owned()));
    let two = Value::List(vec![Value::Choice(1), Value::Choice(3)]);
    assert_eq!(read(Shape::Choices(results()), "解决、公开、解决"), Ok(Some(two)));
}

#[test]
fn flags_only_where_the_field_is_one() {
    for (text, expected) in
        [("是", true), ("否", false), ("√", true), ("×", false), ("TRUE", true), ("0", false)]
    {
        assert_eq!(read(Shape::Flag, text), Ok(Some(Value::Flag(expected))));
    }
    assert_eq!(convert(Shape::Flag, Cell::Flag(true)), Ok(Some(Value::Flag(true))));
    assert!(read(Shape::Flag, "公开").is_err());
}

#[test]
fn several_units_in_one_cell() {
    let units = || Shape::Texts { max: 20 };
    let two = Ok(Some(texts(&["市综合行政执法局（市城管局）", "宗汉街道"])));
    assert_eq!(read(units(), "市综合行政执法局（市城管局）；宗汉街道"), two);
    assert_eq!(read(units(), "市综合行政执法局（市城管局）、宗汉街道、宗汉街道"), two);
    assert_eq!(read(units(), &"长".repeat(21)), Err("共21字，最多20字".to_owned()));
}

#[test]
fn townships_by_code_or_name() {
    let number = |code: &str| Ok(Some(Value::Number(i64::from(township(code).number()))));
    for text in ["330282003", "３３０２８２００３", "坎墩街道", "慈溪市坎墩街道", " 坎墩 街道"]
    {
        assert_eq!(read(Shape::Township, text), number("330282003"), "{text:?}");
    }
    assert_eq!(convert(Shape::Township, Cell::Number(330_282_003.0)), number("330282003"));
    assert!(read(Shape::Township, "城关镇").unwrap_err().contains("不止一个"));
    assert!(read(Shape::Township, "坎墩").unwrap_err().contains("没有名为"));
    assert!(read(Shape::Township, "330282777").unwrap_err().contains("没有代码"));
}

#[test]
fn links_by_number_or_title() {
    assert_eq!(read(Shape::Link(vec![7]), "一片"), Ok(Some(Value::Link(RecordId::from_bytes([1; 16])))));
    assert!(read(Shape::Link(vec![7]), "二片").unwrap_err().contains("不止一个"));
    assert!(read(Shape::Link(vec![7]), "五片").unwrap_err().contains("没有找到"));
}
