//! `catalogue`: a check of catalogue files.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use shared::program::{Failure, Table, load_calendar, load_catalogue};

use super::Desk;

/// 台账目录 / The catalogue of kinds of record
#[derive(Debug, Subcommand)]
pub(super) enum Catalogue {
    /// 检查目录文件，错误指明文件和行 / Checks files, with file and line of every mistake
    Check {
        /// 文件夹；不写为自带目录 / folder; the built-in catalogue if none is given
        folder: Option<PathBuf>,
    },
}

#[derive(Serialize)]
struct Kind<'a> {
    id: &'a str,
    code: &'a str,
    tag: u32,
    zh: &'a str,
    en: &'a str,
    fields: usize,
    measures: usize,
}

#[derive(Serialize)]
struct Checked<'a> {
    version: &'a str,
    /// Last year of holidays known, and a digest of their files.
    calendar: &'a str,
    kinds: Vec<Kind<'a>>,
}

impl Catalogue {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self::Check { folder } = self;
        let folders: Vec<&Path> = folder.as_deref().into_iter().collect();
        let (catalogue, calendar) = (load_catalogue(&folders)?, load_calendar(&folders)?);
        let kinds = catalogue.kinds.values().map(|kind| Kind {
            id: &kind.id,
            code: &kind.code,
            tag: kind.tag,
            zh: &kind.label.zh,
            en: &kind.label.en,
            fields: kind.fields.len(),
            measures: kind.measures.len() + kind.rates.len() + kind.coverages.len(),
        });
        let checked =
            Checked { version: &catalogue.version, calendar: calendar.version(), kinds: kinds.collect() };
        desk.out.data(&checked, |lang| {
            let heads = [
                ("种类", "kind"),
                ("代号", "code"),
                ("名称", "name"),
                ("字段", "fields"),
                ("指标", "measures"),
            ];
            let mut table = Table::left(heads.map(|(zh, en)| lang.pick(zh, en)));
            for kind in &checked.kinds {
                let name = lang.pick(kind.zh, kind.en);
                table.row([kind.id, kind.code, name, &kind.fields.to_string(), &kind.measures.to_string()]);
            }
            format!(
                "{}{} {}\n",
                table.render(),
                lang.pick("没有错误，版本", "no mistakes, version"),
                checked.version
            )
        });
        Ok(())
    }
}
