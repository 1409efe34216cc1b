use std::collections::BTreeMap;

use super::*;
use crate::catalogue::model::{Choice, Field, Label, Privacy, Shape};
use crate::program::Lang;
use crate::record::{Day, Value};

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.into(), en: en.into() }
}

fn choices() -> Vec<Choice> {
    let choice =
        |id, key: &str, zh: &str| Choice { id, key: key.into(), label: label(zh, key), headings: vec![] };
    vec![choice(1, "LAW", "法律"), choice(2, "WRITING", "写作")]
}

fn column(tag: u32, id: &str, shape: Shape) -> Field {
    Field {
        tag,
        id: id.into(),
        label: label(id, id),
        shape,
        privacy: Privacy::Sync,
        required_in: vec![],
        derived: false,
        headings: vec![],
        default: None,
        help: None,
    }
}

#[test]
fn what_is_written_is_shown_again() {
    let number = Shape::Number { min: 0, max: 9 };
    let rows = Shape::Rows(BTreeMap::from([
        (1, column(1, "name", Shape::Texts { max: 9 })),
        (2, column(2, "count", number.clone())),
    ]));
    let cases: [(&Shape, &str, &str); 9] = [
        (&number, "7", "7"),
        (&Shape::Flag, "是", "是"),
        (&Shape::Date, "2026-11-23", "2026-11-23"),
        (&Shape::Time, "2026-11-23 09:30", "2026-11-23 09:30"),
        (&Shape::Choice(choices()), "法律", "法律"),
        (&Shape::Choices(choices()), "LAW, 写作", "法律、写作"),
        (&Shape::Township, "330282002", "330282002"),
        (&Shape::Townships, "330282002；330282003", "330282002、330282003"),
        (&rows, r#"[{"name":"甲、乙","count":2}]"#, "name 甲、乙 count 2"),
    ];
    for (shape, written, shown) in cases {
        let value = value_from_text(shape, written).unwrap_or_else(|(_, en)| panic!("{written}: {en}"));
        assert_eq!(value_text(Some(shape), &value, Lang::Zh), shown);
        assert!(crate::view::shape::fits(shape, &value), "{written}");
    }
}

#[test]
fn what_is_not_understood_says_what_is_expected() {
    assert_eq!(value_from_text(&Shape::Date, "23.11.2026").unwrap_err().0, "应为 2026-11-23 这样的日期");
    assert_eq!(
        value_from_text(&Shape::Choice(choices()), "数学").unwrap_err().1,
        "expected one of LAW, WRITING"
    );
    assert!(value_from_text(&Shape::Time, "2026-11-23 24:00").is_err());
    assert!(value_from_text(&Shape::Blob, "00").is_err());
}

#[test]
fn programs_get_keys_and_ids() {
    let shape = Shape::Choices(choices());
    let value = Value::List(vec![Value::Choice(2), Value::Choice(9)]);
    assert_eq!(value_json(Some(&shape), &value), serde_json::json!(["WRITING", 9]));
    assert_eq!(value_json(Some(&Shape::Township), &Value::Number(330_282_002)), "330282002");
    assert_eq!(value_json(None, &Value::Date(Day(0))), "1970-01-01");
}
