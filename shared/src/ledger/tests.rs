use std::collections::BTreeMap;
use std::sync::Arc;

use super::given::value;
use super::*;
use crate::catalogue::model::{Catalogue, Choice, Field, Label, Privacy, Shape};
use crate::exchange::Townships;
use crate::record::{Day, Value};
use crate::store::{Store, View};
use crate::view::Folder;

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.into(), en: en.into() }
}

fn choices() -> Vec<Choice> {
    let choice = |id, key: &str, zh: &str| Choice {
        id,
        key: key.into(),
        label: label(zh, key),
        headings: vec![],
        mark: String::new(),
    };
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
        compute: None,
        locks_in: vec![],
        help: None,
    }
}

fn field(shape: Shape) -> Field {
    column(1, "field", shape)
}

/// With nothing in the store, two townships and the built-in catalogue.
fn with_names<T>(test: impl FnOnce(&dyn View, &Catalogue, &Names<'_>) -> T) -> T {
    let catalogue = Catalogue::builtin();
    let store = Store::memory(Arc::new(Folder::new(Arc::clone(&catalogue))));
    let code = |text: &str| text.parse().expect("nine digits");
    let townships =
        Townships::new([(code("330282002"), "坎墩镇".to_owned()), (code("330282003"), "周巷镇".to_owned())]);
    store.read(|views| test(views, &catalogue, &Names::new(views, &catalogue, &townships)))
}

#[test]
fn what_is_written_is_shown_again() {
    let number = Shape::Number { min: 0, max: 9 };
    let rows = Shape::Rows(BTreeMap::from([
        (1, column(1, "name", Shape::Texts { max: 9 })),
        (2, column(2, "count", number.clone())),
    ]));
    let cases: [(Shape, &str, &str); 9] = [
        (number, "7", "7"),
        (Shape::Flag, "是", "是"),
        (Shape::Date, "2026-11-23", "2026-11-23"),
        (Shape::Time, "2026-11-23 09:30", "2026-11-23 09:30"),
        (Shape::Choice(choices()), "法律", "法律"),
        (Shape::Choices(choices()), "LAW, 写作", "法律；写作"),
        (Shape::Township, "坎墩镇", "330282002"),
        (Shape::Townships, "330282002；周巷镇", "330282002；330282003"),
        (rows, r#"[{"name":"甲、乙","count":2}]"#, "（name 甲；乙，count 2）"),
    ];
    with_names(|views, catalogue, names| {
        for (shape, written, shown) in cases {
            let field = field(shape);
            let value = value(&field, written, names).unwrap_or_else(|why| panic!("{written}: {}", why.en));
            let value = value.unwrap_or_else(|| panic!("{written} says something"));
            assert_eq!(Words { views, catalogue }.cell(Some(&field), &value).zh, shown);
            assert!(crate::view::shape::fits(&field.shape, &value), "{written}");
        }
    });
}

#[test]
fn what_is_not_understood_says_what_is_expected() {
    with_names(|_, _, names| {
        assert!(value(&field(Shape::Date), "23.11.26.1", names).is_err());
        let wrong = value(&field(Shape::Choice(choices())), "数学", names).unwrap_err();
        assert_eq!(wrong.en, "must be one of: LAW, WRITING");
        assert!(value(&field(Shape::Time), "2026-11-23 24:00", names).is_err());
        assert!(value(&field(Shape::Blob), "00", names).is_err());
        assert!(value(&field(Shape::Township), "没有这个镇", names).is_err());
    });
}

#[test]
fn programs_get_keys_and_ids() {
    let choices = field(Shape::Choices(choices()));
    let value = Value::List(vec![Value::Choice(2), Value::Choice(9)]);
    assert_eq!(value_json(Some(&choices), &value), serde_json::json!(["WRITING", 9]));
    assert_eq!(value_json(Some(&field(Shape::Township)), &Value::Number(330_282_002)), "330282002");
    assert_eq!(value_json(None, &Value::Date(Day(0))), "1970-01-01");
}

#[test]
fn kinds_are_found_by_all_their_names() {
    let catalogue = Catalogue::builtin();
    let proposal = find_kind(&catalogue, "proposal").expect("a kind").tag;
    for name in ["R07", "Proposal", &proposal.to_string(), &catalogue.kinds[&proposal].label.zh] {
        assert_eq!(find_kind(&catalogue, name).map(|kind| kind.tag), Ok(proposal), "{name}");
    }
    assert!(find_kind(&catalogue, "星象").is_err());
}

#[test]
fn child_rows_are_written_in_the_order_of_their_columns() {
    let catalogue = Catalogue::builtin();
    let meeting = catalogue.kind("meeting").unwrap();
    let field = meeting.field("checklist").unwrap();
    let Shape::Rows(columns) = &field.shape else { panic!("a checklist has rows") };
    let views = crate::view::map::MapViews::default();
    let towns = crate::exchange::Townships::new([]);
    let names = Names::new(&views, &catalogue, &towns);
    let read = |text: &str| Given::read(meeting, &[format!("checklist={text}")], &names);
    let first = *columns.keys().next().unwrap();
    let given = read("布置会场；装袋\n；").unwrap();
    let rows = [("布置会场"), ("装袋")].map(|text| Value::Group([(first, Value::Text(text.into()))].into()));
    assert_eq!(
        given.set[&field.tag],
        Value::List(rows.to_vec()),
        "by marks or by lines, empty ones left out"
    );
    let many = vec!["甲"; columns.len() + 1].join("|");
    let failure = read(&many).unwrap_err().to_string();
    assert!(failure.contains("row 1 has more than"), "{failure}");
    let json = read("[{\"task\":\"布置会场\"}]");
    assert_eq!(json.unwrap().set[&field.tag], Value::List(rows[..1].to_vec()), "JSON is read as before");
}

#[test]
fn a_field_is_found_by_its_id_before_the_label_of_another() {
    let catalogue = Catalogue::builtin();
    for kind in catalogue.kinds.values() {
        for field in kind.fields.values() {
            let found = find_field(kind, &field.id).map(|found| found.id.as_str());
            assert_eq!(found, Ok(field.id.as_str()), "{}", kind.id);
        }
    }
}
