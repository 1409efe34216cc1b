use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use shared::code::ErrorCode;
use shared::net::keys::{write_private, write_public};
use shared::program::{Failure, Table};

use super::Desk;
use crate::app::reader::{self, Pass};

/// 只读程序的证书 / Certificates for programs that read reports
#[derive(Debug, Subcommand)]
pub(super) enum Reader {
    /// 发一张证书；同名的旧证书作废 / Makes a certificate; an older one of the same name ends
    Add {
        /// 1–32 个小写字母、数字或 - / a-z, 0-9 and -
        name: String,
        /// 放在哪个文件夹 / folder for ca.pem, cert.pem and key.pem
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// 所有只读程序 / Every reader
    List,
    /// 立即吊销 / Ends its certificates, at once
    Revoke {
        name: String,
        #[arg(long, default_value = "revoked")]
        reason: String,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    folder: String,
    expires: &'a str,
}

impl Reader {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::Add { name, out } => {
                let folder = out.unwrap_or_else(|| desk.data.join("readers").join(&name));
                let pass = counter.ask(reader::Add { name })?;
                write(&folder, &pass)?;
                let written = Written {
                    name: &pass.name,
                    folder: folder.display().to_string(),
                    expires: &pass.expires,
                };
                desk.out.data(&written, |lang| {
                    format!(
                        "{} {}（{} {}）",
                        lang.pick("证书已写入", "certificate written to"),
                        written.folder,
                        lang.pick("有效期至", "until"),
                        pass.expires
                    )
                });
            }
            Self::List => {
                let lines = counter.ask(reader::List {})?;
                desk.out.data(&lines, |lang| {
                    let mut table = Table::left([lang.pick("名称", "name"), lang.pick("有效期至", "until")]);
                    for line in &lines {
                        table.row([
                            line.name.clone(),
                            line.expires.clone().unwrap_or_else(|| lang.pick("已吊销", "revoked").to_owned()),
                        ]);
                    }
                    table.render()
                });
            }
            Self::Revoke { name, reason } => {
                let line = counter.ask(reader::Revoke { name, reason })?;
                desk.out.data(&line, |lang| format!("{} {}", line.name, lang.pick("已吊销", "revoked")));
            }
        }
        Ok(())
    }
}

fn write(folder: &Path, pass: &Pass) -> Result<(), Failure> {
    let unwritable = |error: &dyn std::fmt::Display| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法写入文件夹 {}。", folder.display()),
            format!("The folder {} cannot be written.", folder.display()),
        )
        .because(error)
    };
    fs::create_dir_all(folder).map_err(|error| unwritable(&error))?;
    write_private(&folder.join("key.pem"), &pass.key_pem).map_err(|error| unwritable(&error))?;
    for (name, pem) in [("cert.pem", &pass.certificate_pem), ("ca.pem", &pass.ca_pem)] {
        write_public(&folder.join(name), pem).map_err(|error| unwritable(&error))?;
    }
    Ok(())
}
