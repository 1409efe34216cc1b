//! Which of the county's files can be in force together.

use std::path::Path;

use super::super::catalogue::{Sources, calendar_of, catalogue_of};
use super::super::{Failure, Text, text};
use super::{CountyFile, Files, InForce, RefusedFile};
use crate::code::ErrorCode;

/// Which of the files can be in force together.
pub(super) struct Choosing<'a> {
    pub(super) base: Option<&'a Path>,
    pub(super) profile: &'a str,
    pub(super) before: InForce,
}

impl Choosing<'_> {
    /// All of them if they can; else those that are in force already, and every other that can be added to them.
    pub(super) fn choose(
        &self,
        present: &Files,
        wanted: &[CountyFile],
        all: &Files,
    ) -> (Files, Vec<RefusedFile>) {
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
    pub(super) fn weigh(&self, county: &Files) -> Result<(), Failure> {
        let base: Sources<'_> = self.base.into_iter().collect();
        let catalogue = catalogue_of(&base, county)?;
        calendar_of(&base, county)?;
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

pub(super) fn with(files: &Files, file: &CountyFile) -> Files {
    let mut with = files.clone();
    with.insert(file.name.clone(), file.text.clone());
    with
}
