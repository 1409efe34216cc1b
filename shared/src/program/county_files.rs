//! The files of the catalogue that came from the county, as a program keeps them in its data folder.
//!
//! `from-county/` holds one folder for each set of files that was ever in force here, and `current`, which names the one
//! that is: it is replaced whole, so that a set is in force or is not, whenever the power goes. A set is taken only after the
//! catalogue and the holidays that result have been checked together with everything else; what cannot be used is refused
//! with words, and the program goes on with what it had.
//!
//! Not here: where the files come from ([`crate::ledger`]), and when they are looked at (each program).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::catalogue::{Sources, load_calendar, load_catalogue};
use super::{Failure, Text, text};
use crate::calendar::Calendar;
use crate::catalogue::model::Catalogue;
use crate::code::ErrorCode;
use crate::limits;

const FOLDER: &str = "from-county";
const CURRENT: &str = "current";
const TOLD: &str = "told.json";

/// A file that the county has in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountyFile {
    /// With its folder, `/` between them; nothing that leads out of it.
    pub name: String,
    pub version: String,
    pub text: String,
}

/// What became of the files, as the program tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountyFilesTold {
    pub in_force: Vec<FileLine>,
    pub refused: Vec<RefusedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    pub name: String,
    pub version: String,
    pub why: Text,
}

/// Whether another set is in force than before: who has opened the old one opens anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Same,
    Changed,
}

/// The catalogue and the holidays that a program works by.
#[derive(Debug, Clone)]
pub struct InForce {
    pub catalogue: Arc<Catalogue>,
    pub calendar: Arc<Calendar>,
    /// Why the county's files are not among them, though they are there: another version of the program cannot use them.
    pub without: Option<Failure>,
}

/// The county's files in one data folder.
#[derive(Debug, Clone)]
pub struct CountyFiles {
    root: PathBuf,
}

type Files = BTreeMap<String, String>;

impl CountyFiles {
    pub fn of(data: &Path) -> Self {
        Self { root: data.join(FOLDER) }
    }

    /// The folder with the files in force; none before the first.
    pub fn folder(&self) -> Option<PathBuf> {
        let name = fs::read_to_string(self.root.join(CURRENT)).ok()?;
        let name = name.trim();
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_hexdigit());
        Some(self.root.join(name)).filter(|folder| plain && folder.is_dir())
    }

    /// What was told when the files were looked at last.
    pub fn told(&self) -> CountyFilesTold {
        let told = fs::read(self.root.join(TOLD)).ok();
        told.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// What the program works by: what it carries, with the files of `base`, with those of the county over them.
    ///
    /// # Errors
    /// What the program carries and `base` cannot be used. The county's files never keep a program from starting.
    pub fn load(&self, base: Option<&Path>) -> Result<InForce, Failure> {
        let county = self.folder();
        let all: Sources<'_> = base.into_iter().chain(county.as_deref()).collect();
        let loaded = load_catalogue(&all).and_then(|catalogue| Ok((catalogue, load_calendar(&all)?)));
        match (loaded, county.is_some()) {
            (Ok((catalogue, calendar)), _) => Ok(InForce { catalogue, calendar, without: None }),
            (Err(failure), false) => Err(failure),
            (Err(failure), true) => {
                let base: Sources<'_> = base.into_iter().collect();
                let (catalogue, calendar) = (load_catalogue(&base)?, load_calendar(&base)?);
                Ok(InForce { catalogue, calendar, without: Some(failure) })
            }
        }
    }

    /// Puts the files that the county has in force into the folder, as far as they can be used. `faulty` could not even be
    /// read; `profile` is the legal profile that this program works by. Doing it again changes nothing.
    ///
    /// # Errors
    /// `base` cannot be used, or the folder cannot be written; what was in force stays in force.
    pub fn take(
        &self,
        base: Option<&Path>,
        profile: &str,
        wanted: &[CountyFile],
        faulty: Vec<RefusedFile>,
    ) -> Result<Taken, Failure> {
        let present = self.present()?;
        let wanted = &wanted[..wanted.len().min(limits::COUNTY_FILES_MAX)];
        let mut all: Files = wanted.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
        // An edition that cannot be read does not take away the one before it.
        let unreadable = |name: &String| faulty.iter().any(|file| file.name == *name);
        let kept = present.iter().filter(|(name, _)| unreadable(name) && !all.contains_key(*name));
        let kept: Files = kept.map(|(name, text)| (name.clone(), text.clone())).collect();
        all.extend(kept);
        let before = self.load(base)?;
        // Nothing is new, and what is there can be used.
        let (accepted, mut refused) = if all == present && before.without.is_none() {
            (present.clone(), Vec::new())
        } else {
            Choosing { base, profile, before }.choose(&present, wanted, &all)
        };
        refused.extend(faulty);
        let version = |name: &String| {
            let same = |file: &&CountyFile| file.name == *name && accepted.get(name) == Some(&file.text);
            wanted.iter().find(same).map(|file| file.version.clone())
        };
        let before = self.told();
        let kept = |name: &String| {
            before.in_force.iter().find(|line| line.name == *name).map(|line| line.version.clone())
        };
        let in_force = accepted.keys().map(|name| FileLine {
            name: name.clone(),
            version: version(name).or_else(|| kept(name)).unwrap_or_default(),
        });
        let told = CountyFilesTold { in_force: in_force.collect(), refused };
        if accepted != present {
            self.write(&accepted).map_err(|error| self.unwritable(&error))?;
        }
        if told != before {
            let bytes = serde_json::to_vec_pretty(&told).map_err(Failure::internal)?;
            fs::create_dir_all(&self.root)
                .and_then(|()| replace(&self.root.join(TOLD), &bytes))
                .map_err(|error| self.unwritable(&error))?;
        }
        Ok(if accepted == present { Taken::Same } else { Taken::Changed })
    }

    /// Whether a file could be in force with those that are, as far as can be told here.
    ///
    /// # Errors
    /// All that is wrong with it, or with the catalogue that would result.
    pub fn check(&self, base: Option<&Path>, profile: &str, file: &CountyFile) -> Result<(), Failure> {
        let with = with(&self.present()?, file);
        Choosing { base, profile, before: self.load(base)? }.weigh(&with)
    }

    /// The files in force now, by name.
    fn present(&self) -> Result<Files, Failure> {
        let Some(folder) = self.folder() else { return Ok(Files::new()) };
        let texts = super::catalogue::files(&folder, "toml")?;
        Ok(texts.into_iter().chain(super::catalogue::files(&folder, "json")?).collect())
    }

    /// A new set beside the others, then `current`, then the old ones go.
    fn write(&self, files: &Files) -> io::Result<()> {
        let mut hasher = blake3::Hasher::new();
        for (name, text) in files {
            for part in [name, text] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        let name = hasher.finalize().to_hex()[..16].to_owned();
        let folder = self.root.join(&name);
        if folder.exists() {
            // Left behind by a program that ended half way: nobody reads it before `current` names it.
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        for (name, text) in files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            replace(&path, text.as_bytes())?;
        }
        replace(&self.root.join(CURRENT), name.as_bytes())?;
        for entry in fs::read_dir(&self.root)? {
            let path = entry?.path();
            if path.is_dir() && path != folder {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::new(
            ErrorCode::Setup,
            format!("无法写入文件夹 {}。", self.root.display()),
            format!("The folder {} cannot be written.", self.root.display()),
        )
        .because(error)
    }
}

/// Which of the files can be in force together.
struct Choosing<'a> {
    base: Option<&'a Path>,
    profile: &'a str,
    before: InForce,
}

impl Choosing<'_> {
    /// All of them if they can; else those that are in force already, and every other that can be added to them.
    fn choose(&self, present: &Files, wanted: &[CountyFile], all: &Files) -> (Files, Vec<RefusedFile>) {
        if self.check(all).is_ok() {
            return (all.clone(), Vec::new());
        }
        let mut accepted: Files = present.clone();
        accepted.retain(|name, _| all.contains_key(name));
        if self.check(&accepted).is_err() {
            accepted = if self.check(present).is_ok() { present.clone() } else { Files::new() };
        }
        loop {
            let mut added = false;
            for file in wanted.iter().filter(|file| all.get(&file.name) == Some(&file.text)) {
                let with = with(&accepted, file);
                if with != accepted && self.check(&with).is_ok() {
                    accepted = with;
                    added = true;
                }
            }
            if !added {
                break;
            }
        }
        let left = wanted.iter().filter(|file| accepted.get(&file.name) != Some(&file.text));
        let refused = left.map(|file| RefusedFile {
            name: file.name.clone(),
            version: file.version.clone(),
            why: self.check(&with(&accepted, file)).err().unwrap_or_else(|| text("未采用", "not taken")),
        });
        let refused = refused.collect();
        (accepted, refused)
    }

    /// # Errors
    /// What is wrong with the catalogue that would result, in a few words.
    fn check(&self, county: &Files) -> Result<(), Text> {
        self.weigh(county)
            .map_err(|failure| failure.said.details.first().unwrap_or(&failure.said.message).clone())
    }

    /// # Errors
    /// All that is wrong with it.
    fn weigh(&self, county: &Files) -> Result<(), Failure> {
        let base: Sources<'_> = self.base.into_iter().collect();
        let catalogue = super::catalogue::catalogue_of(&base, county)?;
        super::catalogue::calendar_of(&base, county)?;
        let broken = catalogue.breaks(&self.before.catalogue);
        if !broken.is_empty() {
            let failure = Failure::new(
                ErrorCode::Setup,
                "台账目录改动了不能改的内容：",
                "The catalogue changes what is frozen:",
            );
            return Err(broken
                .into_iter()
                .fold(failure, |failure, broken| failure.detail(broken.zh, broken.en)));
        }
        if !catalogue.profiles.contains_key(self.profile) {
            let profile = self.profile;
            return Err(Failure::new(
                ErrorCode::Setup,
                format!("缺少本单位的期限规定 {profile}。"),
                format!("There is no legal profile {profile}."),
            ));
        }
        Ok(())
    }
}

fn with(files: &Files, file: &CountyFile) -> Files {
    let mut with = files.clone();
    with.insert(file.name.clone(), file.text.clone());
    with
}

/// Puts `bytes` in place of a file, durable on return: the file is the old one or the new one, never half of it.
///
/// # Errors
/// What the disk says; the old file then still stands.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, path)?;
    match path.parent() {
        // On Windows a folder cannot be opened to be synced; the rename is as durable there as it gets.
        Some(folder) if !cfg!(windows) => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
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
            RefusedFile {
                name: "guest_book.toml".into(), version: "2".into(), why: text("校验值不符", "")
            };
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
}
