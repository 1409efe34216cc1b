//! What a file may say of the archive and of what is published.

use super::broken::{COMMON, DEADLINES, NATIONAL, NOTE, load};
use crate::catalogue::model::Catalogue;

const ARCHIVE: &str = "[archive]\nnumber = \"title\"\nyear = \"no\"\nrecords = \"others\"\ncolumns = [\"title\", \"on\"]\nstatus = [\"done\"]\nseal = \"finish\"\ndigest = \"title\"\n";
const DISCLOSURE: &str = "[disclosure]\nzh = \"公开\"\nen = \"Public\"\nwhen = { status = [\"done\"] }\non = \"on\"\ngroup = \"way\"\nfields = [\"title\", \"on\"]\n";

/// The sound file with links to several records, and a mark.
fn with(mark: &str) -> String {
    let note = NOTE
        .replace(
            "  { tag = 7, id = \"many\"",
            "  { tag = 8, id = \"others\", zh = \"所含\", en = \"Others\", type = \"links\", kinds = [\"note\"] },\n  { tag = 7, id = \"many\"",
        )
        .replace("\"other\", \"many\"", "\"other\", \"others\", \"many\"")
        .replace("effects = [{ meet = \"DL-A\" }", "accepts = [\"title\"]\neffects = [{ meet = \"DL-A\" }");
    note.replace("[import]\n", &format!("{mark}[import]\n"))
}

#[track_caller]
fn wrong(mark: &str, message: &str) {
    let problems =
        load(DEADLINES, NATIONAL, COMMON, &with(mark)).expect_err("the mark is broken").to_string();
    assert!(problems.contains(message), "{message} not in {problems}");
}

#[test]
fn sound_marks_are_read() {
    let catalogue = load(DEADLINES, NATIONAL, COMMON, &with(&format!("{ARCHIVE}{DISCLOSURE}"))).unwrap();
    let kind = catalogue.kind("note").unwrap();
    let archive = kind.archive.as_ref().unwrap();
    assert_eq!((archive.number, archive.year, archive.records), (1, 5, 8));
    assert_eq!(archive.seal.map(|seal| (seal.action, seal.digest)), Some((2, 1)));
    let disclosure = kind.disclosure.as_ref().unwrap();
    assert_eq!(
        (disclosure.on, disclosure.group, disclosure.fields.as_slice()),
        (Some(2), Some(3), [1, 2].as_slice())
    );
}

#[test]
fn nothing_that_stays_in_the_office_is_marked() {
    wrong(&ARCHIVE.replace("\"title\", \"on\"", "\"title\", \"who\""), "must not leave the office");
    wrong(&DISCLOSURE.replace("[\"title\", \"on\"]", "[\"title\", \"who\"]"), "must not leave the office");
    wrong(
        &DISCLOSURE.replace("{ status = [\"done\"] }", "{ field = \"who\", filled = true }"),
        "must not leave the office",
    );
}

#[test]
fn marks_name_what_is_there_and_fits() {
    wrong(&ARCHIVE.replace("records = \"others\"", "records = \"other\""), "is not links");
    wrong(&ARCHIVE.replace("year = \"no\"", "year = \"title\""), "is not a number");
    wrong(&ARCHIVE.replace("status = [\"done\"]", "status = []"), "`status` is empty");
    wrong(&ARCHIVE.replace("columns = [\"title\", \"on\"]", "columns = []"), "`columns` is empty");
    wrong(&ARCHIVE.replace("digest = \"title\"", "digest = \"secrecy\""), "does not accept the digest");
    wrong(&DISCLOSURE.replace("[\"title\", \"on\"]", "[]"), "`fields` is empty");
    wrong(&DISCLOSURE.replace("group = \"way\"", "group = \"many\""), "is not a choice, a link or a text");
}

#[test]
fn the_titles_of_linked_records_must_be_public() {
    let other = NOTE
        .replace("id = \"note\"\ntag = 1\n", "id = \"secret\"\ntag = 2\n")
        .replace("title = \"title\"\n", "title = \"who\"\n");
    let other = other
        .replace("id = \"M1\"", "id = \"M2\"")
        .replace("tag = 101", "tag = 102")
        .replace("id = \"R1\"", "id = \"R2\"");
    let other = other
        .replace("numerator = [\"M1\"]", "numerator = [\"M2\"]")
        .replace("denominator = \"M1\"", "denominator = \"M2\"");
    let note = with(&DISCLOSURE.replace("[\"title\", \"on\"]", "[\"title\", \"other\"]"))
        .replace("type = \"link\", kinds = [\"note\"]", "type = \"link\", kinds = [\"secret\"]");
    let problems = Catalogue::load([
        ("deadlines.toml", DEADLINES),
        ("profiles/national.toml", NATIONAL),
        ("common.toml", COMMON),
        ("note.toml", &note),
        ("secret.toml", &other),
    ])
    .expect_err("a private title is named")
    .to_string();
    assert!(problems.contains("whose title stays in the office"), "{problems}");
}

#[test]
fn the_built_in_marks_ask_for_openness_and_secrecy() {
    let catalogue = Catalogue::builtin();
    let marked: Vec<_> = catalogue.kinds.values().filter(|kind| kind.disclosure.is_some()).collect();
    assert!(marked.len() >= 5, "suggestions, deputies, performance, appraisals, reports");
    for kind in marked {
        let mark = kind.disclosure.as_ref().unwrap();
        let asked = mark.condition.fields();
        for id in ["openness", "security_level"] {
            assert!(kind.field(id).is_none_or(|field| asked.contains(&field.tag)), "{} {id}", kind.id);
        }
        assert!(mark.shown().all(|tag| !kind.is_local(tag)), "{}", kind.id);
    }
    assert_eq!(catalogue.kinds.values().filter(|kind| kind.archive.is_some()).count(), 1);
}
