//! What becomes of the county's files in a data folder.

use std::fs;

use super::*;

const NEXT: &str = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;

fn file(name: &str, version: &str, text: &str) -> CountyFile {
    CountyFile { name: name.to_owned(), version: version.to_owned(), text: text.to_owned() }
}

/// A file that the program carries, changed.
fn changed(name: &str, from: &str, to: &str) -> CountyFile {
    let files = crate::catalogue::builtin_files();
    let (_, ours) = files.iter().find(|(known, _)| *known == name).unwrap();
    assert!(ours.contains(from), "{name} has no {from}");
    file(name, "改", &ours.replacen(from, to, 1))
}

fn book() -> CountyFile {
    file(
        "guest_book.toml",
        "1",
        r#"id = "guest_book"
tag = 900
code = "X1"
zh = "来宾簿"
en = "Guest book"
owner = "township"
title = "guest"
date = "on"
list = ["guest"]
fields = [
  { tag = 1, id = "guest", zh = "来宾", en = "Guest", type = "text", max = 40, required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
]
statuses = [{ tag = 1, id = "kept", zh = "已登记", en = "Kept" }]
form = [{ zh = "来宾", en = "Guest", fields = ["guest", "on"] }]
actions = [{ tag = 1, id = "keep", zh = "登记", en = "Keep", to = "kept", roles = ["T_CLERK"] }]
"#,
    )
}

struct Bed {
    data: tempfile::TempDir,
}

impl Bed {
    fn new() -> Self {
        Self { data: tempfile::tempdir().unwrap() }
    }
    fn files(&self) -> CountyFiles {
        CountyFiles::of(self.data.path())
    }
    fn take(&self, wanted: &[CountyFile]) -> Taken {
        self.files().take(None, "national", wanted, Vec::new()).unwrap()
    }
    fn load(&self) -> InForce {
        self.files().load(None).unwrap()
    }
    fn refused(&self) -> Vec<(String, String)> {
        let refused = self.files().told().refused.into_iter();
        refused.map(|refused| (refused.name, refused.why.zh)).collect()
    }
    fn in_force(&self) -> Vec<String> {
        let lines = self.files().told().in_force.into_iter();
        lines.map(|line| format!("{} {}", line.name, line.version)).collect()
    }
}

#[test]
fn what_the_county_sends_is_in_force_from_the_next_start_and_goes_with_it() {
    let bed = Bed::new();
    let new_year = "2027-01-01".parse().unwrap();
    assert!(bed.files().folder().is_none() && !bed.load().calendar.is_known(new_year));
    let both = [file("calendars/2027.json", "国办2026", NEXT), book()];
    assert_eq!(bed.take(&both), Taken::Changed);
    let now = bed.load();
    assert!(now.calendar.is_known(new_year) && !now.calendar.is_working(new_year));
    assert!(now.catalogue.kind("guest_book").is_some() && now.without.is_none());
    assert_eq!(bed.in_force(), ["calendars/2027.json 国办2026", "guest_book.toml 1"]);
    assert_eq!(bed.take(&both), Taken::Same, "doing it again changes nothing");
    // Withdrawn: what the program carries counts again. One set is kept.
    assert_eq!(bed.take(&both[1..]), Taken::Changed);
    assert!(!bed.load().calendar.is_known(new_year));
    let folders = fs::read_dir(bed.data.path().join(FOLDER)).unwrap();
    assert_eq!(folders.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count(), 1);
}

#[test]
fn a_file_that_cannot_be_used_is_refused_and_the_others_are_taken() {
    let bed = Bed::new();
    bed.take(&[book()]);
    let broken = file("unity.toml", "1", "id = \"unity\"\n");
    let year = file("calendars/2027.json", "1", NEXT);
    assert_eq!(bed.take(&[broken.clone(), year, book()]), Taken::Changed);
    assert!(bed.load().calendar.is_known("2027-01-01".parse().unwrap()));
    let [(name, why)] = &bed.refused()[..] else { panic!("{:?}", bed.refused()) };
    assert!(name == "unity.toml" && why.contains("unity.toml:1:"), "{why}");
    // The edition in force stays in force while the next one is no good.
    let worse = CountyFile { text: book().text.replace("to = \"kept\"", "to = \"gone\""), ..book() };
    assert_eq!(bed.take(&[worse, file("calendars/2027.json", "1", NEXT)]), Taken::Same);
    assert!(bed.load().catalogue.kind("guest_book").is_some());
    assert_eq!(bed.refused().len(), 1);
    // A year that is none is named too; so is what could not even be read, of which the last edition stays.
    let faulty =
        RefusedFile { name: "guest_book.toml".into(), version: "2".into(), why: text("校验值不符", "") };
    let none = file("calendars/2028.json", "1", "[]");
    bed.files().take(None, "national", &[none], vec![faulty]).unwrap();
    let names: Vec<String> = bed.refused().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["calendars/2028.json", "guest_book.toml"]);
    assert_eq!(bed.in_force(), ["guest_book.toml 1"]);
    assert!(bed.load().catalogue.kind("guest_book").is_some());
}

#[test]
fn no_file_lets_out_what_stays_in_the_office() {
    let bed = Bed::new();
    let local = "max = 60, privacy = \"local\", headings = [\"姓名\"";
    let open = changed("petition.toml", local, "max = 60, headings = [\"姓名\"");
    let rows = changed("petition.toml", "local_when = { field = \"category\", in = [\"ACCUSE\"] }\n", "");
    let reasons = changed("petition.toml", "reason_privacy = \"local\"\n", "");
    let renumbered =
        changed("publicity.toml", "id = \"publicity\"\ntag = 14", "id = \"publicity\"\ntag = 914");
    for wrong in [open, rows, reasons, renumbered] {
        assert_eq!(bed.take(std::slice::from_ref(&wrong)), Taken::Same, "{}", wrong.text);
        assert_eq!(bed.refused().len(), 1, "{}", wrong.name);
    }
    // A label may change.
    let named = changed("petition.toml", "zh = \"来信来访\"", "zh = \"群众来信来访\"");
    assert_eq!(bed.take(&[named]), Taken::Changed);
    assert_eq!(bed.load().catalogue.kind("petition").unwrap().label.zh, "群众来信来访");
}

#[test]
fn a_profile_that_the_office_works_by_cannot_go() {
    let bed = Bed::new();
    let profile = file(
        "profiles/jiangxi.toml",
        "1",
        "profile = \"jiangxi\"\nversion = \"1\"\nzh = \"江西\"\nen = \"Jiangxi\"\nroll_forward = true\nlengths = []\n",
    );
    bed.take(&[profile]);
    let taken = bed.files().take(None, "jiangxi", &[], Vec::new()).unwrap();
    assert_eq!(taken, Taken::Same);
    assert!(bed.load().catalogue.profiles.contains_key("jiangxi"));
}

#[test]
fn a_set_that_another_version_cannot_use_does_not_keep_it_from_starting() {
    let bed = Bed::new();
    bed.take(&[book()]);
    let folder = bed.files().folder().unwrap();
    fs::write(folder.join("guest_book.toml"), "id = 7\n").unwrap();
    let now = bed.load();
    assert!(now.without.is_some() && now.catalogue.kind("guest_book").is_none());
    assert_eq!(now.catalogue.version, Catalogue::builtin().version);
    // A name that leads elsewhere is not followed, nor is one of a set that was never finished.
    for name in ["../..", "0123456789abcdef", ""] {
        fs::write(bed.data.path().join(FOLDER).join(CURRENT), name).unwrap();
        assert_eq!(bed.files().folder(), None, "{name}");
    }
}
