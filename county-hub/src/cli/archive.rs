//! `archive`: checking the packages that townships hand over.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use shared::archive::{Compare, Known, verify_file};
use shared::code::ErrorCode;
use shared::net::ca::Ca;
use shared::program::{Failure, text};

use super::Desk;
use crate::app::archive;

/// 归档包 / Archive packages
#[derive(Debug, Subcommand)]
pub(super) enum Archive {
    Verify(Verify),
}

/// 核对乡镇移交的归档包，并与本枢纽的数据流对照 / Checks a package, also against the hub's own streams
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// 归档包文件 / the file
    file: PathBuf,
}

impl Archive {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self::Verify(ask) = self;
        let config = desk.config(Vec::new())?;
        let ca = Ca::open(&config.ca(), config.certificate_days).map_err(|error| {
            Failure::new(
                ErrorCode::Setup,
                "县级枢纽的证书文件无法使用。",
                "The hub's certificate files cannot be used.",
            )
            .because(error)
        })?;
        let known = Known { ca: Some(ca.fingerprint()), receipt_key: Some(ca.receipt_key().public()) };
        let bar = desk.out.progress(&text("正在核对", "Checking"), Some(0));
        let mut report = verify_file(&ask.file, &known, &bar)?;
        bar.done();
        if report.good {
            let answers = desk.counter()?.ask(archive::Compare(Compare::of(&report)))?;
            report.compared(&answers);
        }
        let report = report.or_failure()?;
        desk.out.data(&report, |lang| {
            let said =
                lang.pick("归档包完好，与本枢纽一致。", "The package is sound and agrees with the hub.");
            format!("{}\n{said}\n", report.text(lang))
        });
        Ok(())
    }
}
