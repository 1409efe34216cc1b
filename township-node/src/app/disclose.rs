//! What this office publishes, as a folder of files.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;
use shared::code::ErrorCode;
use shared::ledger::{Disclose, Disclosure};
use shared::program::{Failure, replace};

use super::Node;

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Disclosed {
    /// None: nothing was written, it was only asked what would be.
    pub folder: Option<String>,
    pub files: Vec<String>,
    pub records: usize,
    #[serde(flatten)]
    pub disclosure: Disclosure,
}

/// What is done about personal numbers in texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// They are masked, and told.
    Mask,
    /// Nothing is written.
    Refuse,
}

impl Node {
    /// Writes what is published into a new or empty folder; without a folder only says what would be.
    ///
    /// # Errors
    /// As [`shared::ledger::Ledger::disclose`]; `Conflict`: the folder is not empty; `Refused`: there are personal numbers
    /// and they are not to be masked. Nothing is written then.
    pub fn disclose(
        &self,
        ask: &Disclose,
        folder: Option<&Path>,
        numbers: Numbers,
    ) -> Result<Disclosed, Failure> {
        let disclosure = self.ledger(|ledger| ledger.disclose(ask))?;
        if numbers == Numbers::Refuse && !disclosure.masked.is_empty() {
            return Err(refused(&disclosure));
        }
        let mut files = Vec::new();
        if let Some(folder) = folder {
            let failed = |error: io::Error| unwritable(folder, &error);
            fs::create_dir_all(folder).map_err(failed)?;
            if fs::read_dir(folder).map_err(failed)?.next().is_some() {
                return Err(Failure::new(
                    ErrorCode::Conflict,
                    format!("文件夹 {} 不是空的，没有改动它。", folder.display()),
                    format!("The folder {} is not empty and was left as it is.", folder.display()),
                )
                .advise("请换一个空文件夹。", "Name an empty folder."));
            }
            for (name, bytes) in disclosure.files(&self.office().township.name) {
                replace(&folder.join(&name), &bytes).map_err(failed)?;
                files.push(name);
            }
        }
        let folder = folder.map(|folder| folder.display().to_string());
        Ok(Disclosed { folder, files, records: disclosure.records(), disclosure })
    }
}

fn refused(disclosure: &Disclosure) -> Failure {
    let failure = Failure::new(
        ErrorCode::Refused,
        format!("公开内容里有 {} 处像个人号码，没有写出。", disclosure.masked.len()),
        format!(
            "{} personal numbers stand in what would be published; nothing was written.",
            disclosure.masked.len()
        ),
    )
    .advise(
        "请先在台账里改好；或不加 --strict，由程序隐去。",
        "Put the records right first, or leave out --strict to have them masked.",
    );
    disclosure.masked.iter().take(20).fold(failure, |failure, found| {
        failure.detail(
            format!("{}（{}）的“{}”：{}", found.kind.zh, found.record, found.field.zh, found.what.zh),
            format!("{} ({}), \"{}\": {}", found.kind.en, found.record, found.field.en, found.what.en),
        )
    })
}

fn unwritable(folder: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::StorageFull {
        return shared::store::StoreError::Full.into();
    }
    Failure::new(
        ErrorCode::Setup,
        format!("无法写入文件夹 {}。", folder.display()),
        format!("The folder {} cannot be written.", folder.display()),
    )
    .because(error)
}
