//! Deadlines whose last day the record gives, and those that are counted back.

use super::broken::{COMMON, DEADLINES, NATIONAL, NOTE, load};
use crate::catalogue::model::{Catalogue, Effect, Runs};

const GIVEN: &str =
    "deadline_kinds = [{ number = 1, code = \"DL-A\", zh = \"甲\", en = \"A\", given = true }]\n";

fn without_lengths() -> String {
    NATIONAL.lines().filter(|line| !line.contains("DL-A")).map(|line| format!("{line}\n")).collect()
}

#[track_caller]
fn told(deadlines: &str, national: &str, note: &str, message: &str) {
    let problems = load(deadlines, national, COMMON, note).expect_err("the files are broken").to_string();
    assert!(problems.contains(message), "expected …{message}…, found\n{problems}");
}

#[test]
fn a_given_deadline_names_its_due_field_and_has_no_length() {
    let due = NOTE
        .replace("{ start = \"DL-A\", from = \"on\" }", "{ start = \"DL-A\", from = \"on\", due = \"on\" }");
    let catalogue =
        load(GIVEN, &without_lengths(), COMMON, &due).unwrap_or_else(|problems| panic!("{problems}"));
    let begin = catalogue.kind("note").and_then(|kind| kind.action("begin")).expect("an action");
    assert!(matches!(begin.effects[0], Effect::Start { from: Some(2), due: Some(2), .. }));

    told(GIVEN, &without_lengths(), NOTE, "the last day of `DL-A` is given by the record: say `due");
    told(GIVEN, NATIONAL, &due, "the last day of `DL-A` is given by the record: it has no length");
    told(DEADLINES, NATIONAL, &due, "`DL-A` is counted by the legal profile: it has no `due`");
    let title = due.replace("due = \"on\"", "due = \"title\"");
    told(GIVEN, &without_lengths(), &title, "field `title` is not a date");
    let complex = due.replace("due = \"on\"", "due = \"on\", complex = { field = \"way\", in = [\"CAR\"] }");
    told(GIVEN, &without_lengths(), &complex, "`complex` means nothing there");
    let import =
        due.replace("[import]\n", "[import]\ndeadlines = [{ deadline = \"DL-A\", from = \"on\" }]\n");
    told(GIVEN, &without_lengths(), &import, "`DL-A` wants `due` if its last day is given by the record");
    let given = import.replace("from = \"on\" }]\n", "from = \"on\", due = \"on\" }]\n");
    assert!(load(GIVEN, &without_lengths(), COMMON, &given).is_ok());
    let local = due
        .replace("tag = 2, id = \"on\"", "tag = 8, id = \"until\", zh = \"至\", en = \"Until\", type = \"date\", privacy = \"local\" },\n  { tag = 2, id = \"on\"")
        .replace("\"many\", \"secrecy\"", "\"many\", \"until\", \"secrecy\"")
        .replace("due = \"on\"", "due = \"until\"");
    told(GIVEN, &without_lengths(), &local, "a deadline uses `until`, which must not leave the office");
}

#[test]
fn a_deadline_counted_back_says_so_in_its_kind_and_cannot_be_extended() {
    let before = GIVEN.replace("given = true", "before = true");
    let catalogue = load(&before, NATIONAL, COMMON, NOTE).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(catalogue.deadlines[&1].runs, Runs::Before);
    assert!(catalogue.profiles["national"].lengths[&1].backwards);
    let extended = NATIONAL.replace("unit = \"days\"", "unit = \"days\", extension = 3");
    told(&before, &extended, NOTE, "cannot be extended");
    told(&GIVEN.replace("given = true", "given = true, before = true"), &without_lengths(), NOTE, "not both");
}

/// What the files say of the way they run is the same in every profile.
#[test]
fn the_way_of_counting_is_the_kinds_own() {
    let catalogue = Catalogue::builtin();
    let back: Vec<&str> = catalogue
        .deadlines
        .values()
        .filter(|kind| kind.runs == Runs::Before)
        .map(|kind| kind.code.as_str())
        .collect();
    assert_eq!(back, ["DL-MT-NOTICE", "DL-MT-MATERIAL", "DL-LIAISON-NOTICE"]);
    for profile in catalogue.profiles.values() {
        for (number, length) in &profile.lengths {
            assert_eq!(length.backwards, catalogue.deadlines[number].runs == Runs::Before, "{}", profile.id);
        }
    }
}
