//! `reference`: files of the catalogue that go to every township.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use shared::code::ErrorCode;
use shared::program::{Failure, Lang, Table};

use super::Desk;
use crate::app::reference;
use crate::app::reference::{List, Published};

/// 下发台账目录、节假日和期限规定 / Catalogue files, holidays and legal profiles sent to all townships
#[derive(Debug, Subcommand)]
pub(super) enum Reference {
    /// 检查后下发一个文件 / Checks a file, then sends it to every township
    Publish(Publish),
    /// 现在有效的文件，以及不能采用的 / Files in force, and those that cannot be used
    List,
}

#[derive(Debug, Args)]
pub(super) struct Publish {
    /// 文件 / the file
    file: PathBuf,
    /// 在目录中的名称，如 calendars/2027.json；不写则取文件名，.json 归入 calendars / its name in the catalogue
    #[arg(long)]
    name: Option<String>,
    /// 版本，如文号 / edition, such as the number of the paper it rests on
    #[arg(long, value_name = "TEXT")]
    edition: String,
    /// 施行日期，不写为今天 / first day on which it counts; today if left out
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// 只检查 / only the check
    #[arg(long)]
    dry_run: bool,
    /// 人员代码，不写姓名 / code of the account; no names
    #[arg(long, default_value = "")]
    staff: String,
}

impl Reference {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::Publish(publish) => publish.run(desk),
            Self::List => list(desk),
        }
    }
}

impl Publish {
    fn run(self, desk: &Desk) -> Result<(), Failure> {
        let text = std::fs::read_to_string(&self.file).map_err(|error| {
            Failure::new(
                ErrorCode::Invalid,
                format!("无法读取文件 {}。", self.file.display()),
                format!("The file {} cannot be read.", self.file.display()),
            )
            .because(error)
        })?;
        let name = self.name.unwrap_or_else(|| {
            let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
            if name.ends_with(".json") { format!("calendars/{name}") } else { name }
        });
        let published = desk.counter()?.ask(reference::Publish {
            name,
            version: self.edition,
            valid_from: self.from,
            text,
            dry_run: self.dry_run,
            staff: self.staff,
        })?;
        desk.out.data(&published, |lang| told(&published, lang));
        Ok(())
    }
}

fn told(published: &Published, lang: Lang) -> String {
    let Published { name, version, valid_from, record, in_force } = published;
    let mut out = match (record, lang) {
        (None, Lang::Zh) => format!("{name} 没有错误，可以下发。\n"),
        (None, Lang::En) => format!("{name} has no mistakes and can be sent.\n"),
        (Some(_), Lang::Zh) => {
            format!("{name}（{version}）已下发，{valid_from} 起施行；各乡镇同步后采用。\n")
        }
        (Some(_), Lang::En) => {
            format!(
                "{name} ({version}) is published, in force from {valid_from}; townships take it at their next exchange.\n"
            )
        }
    };
    if *in_force {
        out.push_str(lang.pick("本级现在起也按它办理。\n", "It counts for the hub itself from now on.\n"));
    }
    out
}

fn list(desk: &Desk) -> Result<(), Failure> {
    let told = desk.counter()?.ask(List {})?;
    desk.out.data(&told, |lang| {
        let heads = [("文件", "file"), ("版本", "edition"), ("情况", "state")];
        let mut table = Table::left(heads.map(|(zh, en)| lang.pick(zh, en)));
        for line in &told.in_force {
            table.row([line.name.as_str(), &line.version, lang.pick("有效", "in force")]);
        }
        for refused in &told.refused {
            table.row([refused.name.as_str(), &refused.version, refused.why.get(lang)]);
        }
        table.render()
    });
    Ok(())
}
