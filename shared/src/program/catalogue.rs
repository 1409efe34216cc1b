//! The catalogue and the holidays in force: those that the program carries, with the files of some folders.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::Failure;
use crate::calendar::Calendar;
use crate::catalogue::model::Catalogue;
use crate::catalogue::{Problems, builtin_calendar_files};
use crate::code::ErrorCode;

/// Where in the folder a county puts the holidays of further years.
const CALENDARS: &str = "calendars/";

/// Folders with files of the catalogue; of two files with one name that of the later folder counts.
pub type Sources<'a> = Vec<&'a Path>;

/// The built-in catalogue, or that with the TOML files of the folders and of folders in them.
///
/// # Errors
/// `Setup`: a folder cannot be read, or files in it have mistakes, each with file, line and column.
pub fn load_catalogue(folders: &[&Path]) -> Result<Arc<Catalogue>, Failure> {
    catalogue_of(folders, &BTreeMap::new())
}

/// The built-in holidays, or those with the JSON files of `calendars/` in the folders; a year that they have takes the
/// place of ours.
///
/// # Errors
/// `Setup`: a folder cannot be read, or a file in it is not a year of holidays.
pub fn load_calendar(folders: &[&Path]) -> Result<Arc<Calendar>, Failure> {
    calendar_of(folders, &BTreeMap::new())
}

/// As [`load_catalogue`], with further files by name over those of the folders.
pub(super) fn catalogue_of(
    folders: &[&Path],
    more: &BTreeMap<String, String>,
) -> Result<Arc<Catalogue>, Failure> {
    let files = all(folders, more, "toml")?;
    if files.is_empty() {
        return Ok(Catalogue::builtin());
    }
    let extra = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Catalogue::builtin_and(extra).map(Arc::new).map_err(|problems| failure(&problems))
}

/// As [`load_calendar`], with further files by name over those of the folders.
pub(super) fn calendar_of(
    folders: &[&Path],
    more: &BTreeMap<String, String>,
) -> Result<Arc<Calendar>, Failure> {
    let files = all(folders, more, "json")?;
    let extra = files.iter().filter(|(name, _)| name.starts_with(CALENDARS));
    let extra: Vec<_> = extra.map(|(name, text)| (name.as_str(), text.as_str())).collect();
    if extra.is_empty() {
        return Ok(Calendar::builtin());
    }
    let all = builtin_calendar_files().iter().copied().chain(extra);
    Calendar::load(all).map(Arc::new).map_err(|error| {
        Failure::new(
            ErrorCode::Setup,
            format!("节假日文件 {} 有误。", error.file),
            format!("The calendar file {} is wrong.", error.file),
        )
        .because(error.why)
    })
}

fn all(
    folders: &[&Path],
    more: &BTreeMap<String, String>,
    ending: &str,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    for folder in folders {
        found.extend(files(folder, ending)?);
    }
    let ends = |name: &&String| Path::new(name.as_str()).extension().is_some_and(|found| found == ending);
    found.extend(more.iter().filter(|(name, _)| ends(name)).map(|(name, text)| (name.clone(), text.clone())));
    Ok(found)
}

/// The files of a folder and of its folders with this ending, by their names relative to it, sorted.
pub(super) fn files(folder: &Path, ending: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    collect(folder, folder, ending, &mut found).map_err(|error| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法读取文件夹 {}。", folder.display()),
            format!("The folder {} cannot be read.", folder.display()),
        )
        .because(error)
    })?;
    found.sort();
    Ok(found)
}

fn collect(
    root: &Path,
    folder: &Path,
    ending: &str,
    found: &mut Vec<(String, String)>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, ending, found)?;
        } else if path.extension().is_some_and(|extension| extension == ending) {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn failure(problems: &Problems) -> Failure {
    let count = problems.0.len();
    let start = Failure::new(
        ErrorCode::Setup,
        format!("台账目录文件有 {count} 处错误："),
        format!("The catalogue files have {count} mistakes:"),
    );
    problems.0.iter().fold(start, |failure, problem| {
        let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
        failure.detail(format!("{place}: {}", problem.zh), format!("{place}: {}", problem.en))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    const NEXT: &str = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;

    #[test]
    fn a_county_adds_a_year_of_holidays() {
        let day = "2027-01-01".parse().unwrap();
        assert!(!load_calendar(&[]).unwrap().is_known(day));
        // Whatever the file is called, and other files beside it do no harm.
        for name in ["calendars/holiday_cn_2027.json", "calendars/2027.json"] {
            let folder = folder(&[(name, NEXT), ("notes.json", "{}"), ("calendars/read.me", "")]);
            let calendar = load_calendar(&[folder.path()]).unwrap();
            assert!(calendar.is_known(day) && !calendar.is_working(day), "{name}");
            assert!(calendar.is_known("2026-05-01".parse().unwrap()), "ours are there as well");
            assert!(calendar.version().starts_with("2027-"), "{}", calendar.version());
        }
    }

    #[test]
    fn a_year_put_right_takes_the_place_of_ours() {
        let right = r#"{"year":2026,"days":[{"name":"元旦","date":"2026-01-01","isOffDay":true}]}"#;
        let folder = folder(&[("calendars/2026.json", right)]);
        let calendar = load_calendar(&[folder.path()]).unwrap();
        assert!(calendar.is_working("2026-10-01".parse().unwrap()), "it names no National Day");
        assert!(!calendar.is_working("2026-01-01".parse().unwrap()));
    }

    #[test]
    fn a_broken_year_is_named() {
        let folder = folder(&[("calendars/2027.json", "[]")]);
        let wrong = load_calendar(&[folder.path()]).unwrap_err();
        assert_eq!(wrong.code, ErrorCode::Setup);
        assert!(wrong.to_string().contains("calendars/2027.json"), "{wrong}");
    }

    #[test]
    fn a_county_adds_a_legal_profile() {
        let profile = "profile = \"jiangxi\"\nversion = \"1\"\nzh = \"江西省\"\nen = \"Jiangxi\"\nroll_forward = true\nlengths = [{ deadline = \"DL-SG-RETURN\", count = 7, unit = \"days\", source = \"本地规定\" }]\n";
        let folder = folder(&[("profiles/jiangxi.toml", profile)]);
        let catalogue = load_catalogue(&[folder.path()]).unwrap();
        let number = catalogue.deadline("DL-SG-RETURN").unwrap().number;
        assert_eq!(catalogue.profiles["jiangxi"].length(number).unwrap().count, 7);
    }
}
