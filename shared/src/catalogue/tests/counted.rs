//! Measures, rates and coverages that do not fit are told by the line on which they stand.

use crate::catalogue::model::{Catalogue, CoverageList, RateForm, Source, Window};
use crate::tally::fixture::FILES;

/// Changes one of the sound files and expects a problem that says `message` on the line where `near` first stands.
#[track_caller]
fn broken(file: &str, from: &str, to: &str, near: &str, message: &str) {
    let name = format!("test_{file}.toml");
    let mut files = FILES.map(|(name, text)| (name, text.to_owned()));
    let (_, text) = files.iter_mut().find(|(known, _)| *known == name).expect("a file of the tests");
    assert!(text.contains(from), "the sound file has no {from:?}");
    *text = text.replacen(from, to, 1);
    let line = text[..text.find(near).expect("the place")].matches('\n').count() + 1;
    let loaded = Catalogue::load(files.iter().map(|(name, text)| (*name, text.as_str())));
    let problems = loaded.expect_err("the file is broken");
    let found = problems.0.iter().any(|p| p.file == name && p.line == line && p.en.contains(message));
    assert!(found, "expected {name}:{line}: …{message}…, found\n{problems}");
    assert!(problems.0.iter().all(|p| !p.zh.is_empty()));
}

#[test]
fn a_measure_says_one_thing() {
    let work = |from, to, near, message| broken("work", from, to, near, message);
    work(
        r#"on = "on", by = "member" }"#,
        r#"on = "on", by = "member", split = "way" }"#,
        "90204",
        "one of `split`, `by`",
    );
    work(r#"on = "on", by = "unit""#, r#"on = "on", by = "days""#, "90206", "`days` is not a link");
    work(
        r#"on = "on", by = "unit""#,
        r#"on = "on", by = { column = "who" }"#,
        "90206",
        "`column` goes with `rows`",
    );
    work(r#"by = { column = "power" }"#, r#"by = { column = "powers" }"#, "90210", "no field `powers`");
    work(r#"by = "member", reach = 7"#, r#"by = "member", reach = 0"#, "90205", "`reach` is at least 1");
    work(
        r#"on = "on", target = { at_least = 2 }"#,
        r#"on = "on", reach = 2"#,
        "90201",
        "`reach` is at least 1",
    );
    work("target = { at_least = 2 }", "target = {}", "90201", "a target is `at_least`");
    work(
        "target = { at_least = 2 }",
        r#"target = { at_least = 2, except = "CITY" }"#,
        "90201",
        "no node kind `CITY`",
    );
    work(
        r#"rows = "votes", of = { sum = "yes" }"#,
        r#"rows = "way", of = { sum = "days" }"#,
        "90209",
        "has no child rows",
    );
    work(r#"rows = "votes", on = { column"#, r#"on = { column"#, "90208", "unknown key `where`");
    work(r#"spread = ["asked", "answered"]"#, r#"spread = ["asked"]"#, "90207", "name two dates");
    work(r#"window = "term""#, r#"window = "terms""#, "90212", "no window `terms`");
}

#[test]
fn a_rate_has_what_its_form_needs() {
    let work = |from, to, near, message| broken("work", from, to, near, message);
    work(r#"["W_spread"], form"#, r#"["W1"], form"#, "W_median", "the median needs a spread");
    work(
        r#"["W1"], form = "longest_gap""#,
        r#"["W_active"], form = "longest_gap""#,
        "W_gap",
        "a gap needs a plain count",
    );
    work(
        r#"["W1"], form = "longest_gap""#,
        r#"["W1", "V1"], form = "longest_gap""#,
        "W_gap",
        "one numerator",
    );
    work(r#"denominator = "W_done", form"#, r#"form"#, "W_open", "`denominator` is missing");
    work(
        r#"["W1", "V1"], form = "sum""#,
        r#"["W1"], denominator = "V1", form = "sum""#,
        "W_sum",
        "unknown key `denominator`",
    );
    work(", limit_days = 92", "", "W_gap_over", "`limit_days` is missing");
    work(
        r#"numerator = ["W_done"]"#,
        r#"numerator = ["W_doen"]"#,
        "W_rate",
        "`W_doen`, which does not exist",
    );
    let piece = |from, to, message| broken("piece", from, to, "P5", message);
    piece(r#"["G1", "G2"], grades"#, r#"["G1"], grades"#, "one more of `grades`");
    piece(r#"["G1", "G2"], grades"#, r#"["G1", "G9"], grades"#, "`G9`, which does not exist");
}

#[test]
fn a_coverage_fits_its_list() {
    let work = |from, to, near, message| broken("work", from, to, near, message);
    work(
        r#"covered_by = ["W_active"], target"#,
        r#"covered_by = ["W1"], target"#,
        "K1",
        "does not count its list",
    );
    work(
        r#"covered_by = ["W_active"], target"#,
        r#"covered_by = ["V_power"], target"#,
        "K1",
        "does not count its list",
    );
    work(
        r#"covered_by = ["W_active"], target"#,
        r#"covered_by = ["nix"], target"#,
        "K1",
        "`nix`, which does not exist",
    );
    work(r#"id = "K1""#, r#"id = "W1""#, "Active\", list", "is taken already");
    work(
        r#"{ kind = "test_member", from = "from", to = "to" }, covered_by = ["W_active"], t"#,
        r#"{ kind = "test_membre", from = "from" }, covered_by = ["W_active"], t"#,
        "K1",
        "no kind `test_membre`",
    );
    work(
        r#"from = "from", to = "to" }, covered_by = ["W_active"], t"#,
        r#"from = "form", to = "to" }, covered_by = ["W_active"], t"#,
        "K1",
        "no field `form`",
    );
    work(r#"keys = ["A", "B"]"#, r#"keys = ["A", "Z"]"#, "KP", "has no choice `Z`");
    work(
        r#"["V_power"], window = "term""#,
        r#"["V_power"], window = "before_as_of""#,
        "KP",
        "the window of a coverage",
    );
    work(r#"show = "missing""#, r#"show = "most""#, "K0", "`show` is");
}

#[test]
fn what_is_counted_looks_at_the_record_alone() {
    let alone = "may not look at other records";
    let linked = r#"where = { linked = "who", where = { field = "name", filled = true } }"#;
    broken("work", r#"where = { field = "yes", at_least = 1 }"#, linked, "90208", alone);
    let records = r#"when = { amount = { records = "test_work", through = "member" }, at_least = 1 }"#;
    let (list, id) = (r#"from = "from", to = "to", at_least_days = 90"#, "id = \"K0\"");
    broken("work", list, &format!("{list}, {records}"), id, alone);
}

#[test]
fn what_stays_in_the_office_is_not_counted() {
    let local = |name: &str, ty: &str| format!(r#"id = "{name}", zh = "单位", en = "Unit", type = "{ty}""#);
    let from = local("unit", "text");
    broken("work", &from, &format!(r#"{from}, privacy = "local""#), "90206", "uses `unit`");
    let votes = r#"en = "Votes", type = "rows""#;
    broken("work", votes, &format!(r#"{votes}, privacy = "local""#), "90209", "uses `votes`");
    let yes = r#"en = "Yes", type = "number""#;
    broken("work", yes, &format!(r#"{yes}, privacy = "local""#), "90209", "uses `yes`");
    // The list of another kind: the fault stands where the coverage is.
    let files = FILES.map(|(name, text)| {
        let to = r#"id = "to", zh = "止", en = "To", type = "date""#;
        (name, text.replace(to, &format!(r#"{to}, privacy = "local""#)))
    });
    let loaded = Catalogue::load(files.iter().map(|(name, text)| (*name, text.as_str())));
    let problems = loaded.expect_err("the list is private");
    assert!(
        problems.0.iter().all(|p| p.file == "test_work.toml" && p.en.contains("uses `to`")),
        "{problems}"
    );
}

#[test]
fn one_kind_tells_the_terms() {
    let (_, text) = FILES.into_iter().find(|(name, _)| *name == "test_piece.toml").expect("a file");
    let twice =
        text.replace("\nmeasures = [", "\nterm = { number = \"title\", start = \"on\" }\nmeasures = [");
    let problems = Catalogue::load(FILES.into_iter().chain([("test_piece.toml", twice.as_str())]));
    let problems = problems.expect_err("two kinds tell the terms").0;
    assert!(problems.iter().all(|p| p.file == "test_term.toml" && p.en.contains("told by `test_piece`")));
}

#[test]
fn the_model_says_what_the_files_say() {
    let catalogue = Catalogue::load(FILES).unwrap_or_else(|problems| panic!("{problems}"));
    let (kind, power) = catalogue.measure("V_power").expect("a measure");
    assert_eq!(power.by.map(|by| by.source), Some(Source::Column(3)));
    assert_eq!(power.source(kind, Source::Column(3)).map(|field| field.id.as_str()), Some("power"));
    let (_, term) = catalogue.measure("W_term").expect("a measure");
    assert_eq!(term.window, Window::Term);
    let over = catalogue.rates().find(|(_, rate)| rate.id == "W_gap_over").map(|(_, rate)| rate.form.clone());
    assert_eq!(over, Some(RateForm::GapOver { limit_days: 92 }));
    let list =
        catalogue.coverages().find(|(_, coverage)| coverage.id == "K0").map(|(_, coverage)| &coverage.list);
    assert!(matches!(list, Some(CoverageList::Records { kind: 901, at_least_days: 90, .. })));
    assert!(catalogue.has_figure("K0") && catalogue.has_figure("P5") && !catalogue.has_figure("nix"));
}

#[test]
fn sessions_and_vetoes_are_marked_by_fields_that_fit() {
    let session = |from, to, message| broken("session", from, to, "session = {", message);
    session(r#"number = "number""#, r#"number = "title""#, "`title` is not a number");
    session(r#"opened = "on""#, r#"opened = "term""#, "`term` is not a date");
    session(r#"when = { field = "plain""#, r#"when = { field = "plane""#, "no field `plane`");
    session(r#", opened = "on""#, "", "`opened` is missing");
    broken(
        "session",
        r#"zh = "次", en = "Number","#,
        r#"zh = "次", en = "Number", privacy = "local","#,
        "session = {",
        "must not leave",
    );
    let twin = r#"session = { number = "target", term = "target", opened = "on" }"#;
    let files = FILES.map(|(name, text)| match name {
        "test_aim.toml" => (name, text.replacen("address =", &format!("{twin}\naddress ="), 1)),
        _ => (name, text.to_owned()),
    });
    let twice =
        Catalogue::load(files.iter().map(|(name, text)| (*name, text.as_str()))).expect_err("two of them");
    assert!(twice.to_string().contains("are told by `test_aim` already"), "{twice}");
    let veto = |mark: &str, message| {
        broken("aim", "address =", &format!("{mark}\naddress ="), "veto = {", message);
    };
    veto(r#"veto = { township = "title", year = "on", statuses = ["set"] }"#, "`title` is not a township");
    veto(r#"veto = { township = "township", year = "title", statuses = ["set"] }"#, "not a number or a date");
    veto(r#"veto = { township = "township", year = "on", statuses = ["gone"] }"#, "no status `gone`");
    veto(r#"veto = { township = "township", year = "on" }"#, "`statuses` is empty");
}
