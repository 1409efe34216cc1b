//! Records of all townships as a ledger, and the forms for importing others.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::ledger::{Export, Exported};
use shared::program::{Existing, Failure, Lang, Target, write_file};

use super::App;
use super::ask::Ask;

/// A ledger that is to be a file of this machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    pub ledger: Export,
    /// Absolute; its form is the ledger's.
    pub target: Target,
    pub existing: Existing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub file: PathBuf,
    pub exported: Exported,
}

/// The empty form of a kind that is to be a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Form {
    pub kind: String,
    pub all_columns: bool,
    pub target: Target,
    pub existing: Existing,
    pub lang: Lang,
}

impl Ask for Wanted {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        let Self { ledger: ask, target, existing } = self;
        app.ledger(|ledger| {
            let file = target.path(&ledger.export_name(&ask)?);
            let exported = write_file(&file, existing, |to| ledger.export(&ask, file.parent(), to))?;
            tracing::info!(rows = exported.rows, columns = exported.columns, "ledger exported");
            Ok(Written { file, exported })
        })
    }
}

impl Ask for Form {
    type Answer = PathBuf;

    fn answer(self, app: &App) -> Result<PathBuf, Failure> {
        let Self { kind, all_columns, target, existing, lang } = self;
        let target = target.of_workbook()?;
        app.ledger(|ledger| {
            let file = target.path(&ledger.template_name(&kind, lang)?);
            let scratch: Option<&Path> = file.parent();
            write_file(&file, existing, |to| ledger.template(&kind, all_columns, lang, scratch, to))?;
            Ok(file)
        })
    }
}
