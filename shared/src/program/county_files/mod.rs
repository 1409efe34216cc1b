//! The files of the catalogue that came from the county, as a program keeps them in its data folder.
//!
//! `from-county/` holds one folder for each set of files that was ever in force here, and `current`, which names the one
//! that is: it is replaced whole, so that a set is in force or is not, whenever the power goes. A set is taken only after the
//! catalogue and the holidays that result have been checked together with everything else; what cannot be used is refused
//! with words, and the program goes on with what it had.
//!
//! Not here: where the files come from ([`crate::ledger`]), and when they are looked at (each program).

mod choosing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::catalogue::{Sources, load_calendar, load_catalogue};
use super::replace::{replace, synced};
use super::{Failure, Text, text};
use crate::calendar::Calendar;
use crate::catalogue::model::Catalogue;
use crate::code::ErrorCode;
use crate::limits;
use choosing::{Choosing, with};

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
        let (wanted, beyond) = wanted.split_at(wanted.len().min(limits::COUNTY_FILES_MAX));
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
        refused.extend(beyond.iter().map(|file| RefusedFile {
            name: file.name.clone(),
            version: file.version.clone(),
            why: text("文件太多，没有采用", "there are too many files; it is not taken"),
        }));
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
        // A folder within it may be all that it holds.
        synced(&folder)?;
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
