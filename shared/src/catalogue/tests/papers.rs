//! Forms on paper: what is wrong with one is told by its line.

use super::broken::{COMMON, DEADLINES, NATIONAL, NOTE, load};
use crate::catalogue::model::Catalogue;
use crate::catalogue::paper::{Bit, Block, Layout, Rows, Told};

const SLIP: &str = r#"[[prints]]
id = "slip"
zh = "单子"
en = "Slip"
statuses = ["open"]
layout = "letter"
issuer = "{@bureau}"
title = "关于{title}的函"
to = "{other.who:6}："
body = [
  "于{@due DL-A:8}前答复。",
  { form = [["title", { boxes = "way", units = 12 }], [{ zh = "意见", high = 40, sign = ["{on}"] }]] },
  { records = "note", through = "other", where = { status = ["done"] }, columns = [{ zh = "序号", count = true }, "title"] },
]
date = "{on}"
"#;

fn with(slip: &str) -> String {
    // Tables stand before the first [header] only in their own right: forms go to the end.
    format!("{NOTE}{slip}")
}

#[track_caller]
fn broken(from: &str, to: &str, near: &str, message: &str) {
    assert!(SLIP.contains(from), "the sound form has no {from:?}");
    let file = with(&SLIP.replacen(from, to, 1));
    let problems = load(DEADLINES, NATIONAL, COMMON, &file).expect_err("the file is broken");
    let start = file.find("[[prints]]").expect("the form");
    let at = start + file[start..].find(near).expect("the place");
    let line = file[..at].matches('\n').count() + 1;
    let found = problems.0.iter().any(|p| p.line == line && p.en.contains(message) && !p.zh.is_empty());
    assert!(found, "expected note.toml:{line}: …{message}…, found\n{problems}");
}

#[test]
fn a_sound_form_is_read() {
    let catalogue = load(DEADLINES, NATIONAL, COMMON, &with(SLIP)).expect("it is sound");
    let form = &catalogue.kind("note").expect("the kind").prints[0];
    assert_eq!((form.id.as_str(), form.layout, form.many), ("slip", Layout::Letter, false));
    assert!(
        form.head
            .to
            .0
            .iter()
            .any(|bit| matches!(bit, Bit::Value { way, blanks: Some(6) } if way.through == [6]))
    );
    let Block::Text { text, .. } = &form.body[0] else { panic!("a text: {:?}", form.body[0]) };
    assert!(text.0.iter().any(|bit| matches!(bit, Bit::Told { told: Told::Due(1), blanks: Some(8) })));
    assert!(
        matches!(&form.body[2], Block::Table(table) if matches!(table.of, Rows::Records { through: Some(6), .. }))
    );
}

#[test]
fn what_is_wrong_with_a_form_is_told() {
    broken("{title}的函", "{titel}的函", "titel", "no field `titel`; did you mean `title`?");
    broken("{@bureau}", "{@bureaus}", "bureaus", "nothing is told as `@bureaus`");
    broken("{other.who:6}", "{other.whom:6}", "whom", "no field `whom`");
    broken("{other.who:6}", "{other.who:six}", "six", "a number of blanks stands behind the colon");
    broken("DL-A:8", "DL-B:8", "DL-B", "no deadline kind `DL-B`");
    broken("\"letter\"", "\"lettre\"", "\"lettre\"", "`layout` is official, letter, form, list or label");
    broken("statuses = [\"open\"]", "statuses = [\"opne\"]", "opne", "no status `opne`");
    broken("boxes = \"way\"", "boxes = \"on\"", "\"on\"", "field `on` is not a choice");
    broken("units = 12", "units = 30", "[\"title\", { boxes", "wider than 24 units");
    broken("through = \"other\"", "through = \"title\"", "\"title\", where", "field `title` is not a link");
    broken("records = \"note\"", "records = \"nota\"", "\"nota\"", "no kind `nota`");
    broken("high = 40", "hihg = 40", "hihg", "unknown key `hihg`");
    broken("issuer = \"{@bureau}\"\n", "", "id = \"slip\"", "an official paper says its `issuer`");
    broken("答复。", "答复}。", "于{@due", "a brace stands alone");
}

/// What every form of the catalogue holds to.
#[test]
fn the_forms_that_are_carried_are_whole() {
    let catalogue = Catalogue::builtin();
    for kind in catalogue.kinds.values() {
        for form in &kind.prints {
            let name = format!("{}/{}", kind.id, form.id);
            assert!(!form.head.title.0.is_empty(), "{name} has no title");
            assert!(!form.body.is_empty(), "{name} is empty");
            let official = matches!(form.layout, Layout::Official | Layout::Letter);
            assert!(!official || !form.head.date.0.is_empty(), "{name} has no date");
            assert_ne!(form.id, "record", "{name}: the form that every kind has is called so");
        }
    }
}
