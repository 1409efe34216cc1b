//! `archive`: the package for the county archives.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use shared::net::token::Fingerprint;
use shared::program::{Failure, Lang, text};

use super::{Desk, WishArgs};
use crate::app::{Archived, check_archive};

#[derive(Debug, Subcommand)]
pub(super) enum Archive {
    /// 打成归档包：目录、台账全部经过、县级回执和各页 · pack pieces for the county archives
    Pack(Pack),
    /// 核对一个归档包 · check a package
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Pack {
    /// 归档年度如 2026，或归档文件的档号、题名、短号 · a year, or pieces
    #[arg(required = true)]
    what: Vec<String>,
    /// 归档包文件 · the file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 连同不外报内容装入的台账，可多次 · kinds whose values that stay in the office go along
    #[arg(long, value_name = "台账")]
    private: Vec<String>,
    /// 装好后给归档文件做封装标记 · then mark the pieces as sealed
    #[arg(long)]
    mark: bool,
    #[command(flatten)]
    wish: WishArgs,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// 归档包文件 · the file
    file: PathBuf,
    /// 县根证书指纹，请向县里核对 · fingerprint of the county's root
    #[arg(long, value_name = "指纹")]
    ca: Option<Fingerprint>,
}

impl Archive {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::Pack(pack) => pack.run(desk),
            Self::Verify(verify) => verify.run(desk),
        }
    }
}

impl Pack {
    fn run(self, desk: &Desk) -> Result<(), Failure> {
        let wish = self.wish.wish()?;
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在装包", "packing"), Some(0));
        let mark = self.mark.then_some(&wish);
        let done = node.pack_archive(&self.what, &self.private, &self.out, mark, &bar)?;
        bar.done();
        notes(desk, &done);
        desk.out.data(&done, |lang| match lang {
            Lang::Zh => format!(
                "已装入 {}：归档文件 {} 件，记录 {} 条，条目 {} 条，{} 字节。\n校验值 {}\n{}",
                done.file,
                done.packed.items.len(),
                done.packed.records,
                done.packed.entries,
                done.bytes,
                done.packed.digest,
                if mark.is_some() {
                    format!("已做封装标记 {} 件。\n", done.marked)
                } else {
                    String::new()
                }
            ),
            Lang::En => format!(
                "Packed into {}: {} pieces, {} records, {} entries, {} bytes.\nDigest {}\n{}",
                done.file,
                done.packed.items.len(),
                done.packed.records,
                done.packed.entries,
                done.bytes,
                done.packed.digest,
                if mark.is_some() {
                    format!("{} pieces marked as sealed.\n", done.marked)
                } else {
                    String::new()
                }
            ),
        });
        Ok(())
    }
}

/// What the clerk should know beside it.
fn notes(desk: &Desk, done: &Archived) {
    if done.unready > 0 {
        desk.out.note(&text(
            format!("注意：本年度还有 {} 件没有编号，没有装入。", done.unready),
            format!("Note: {} pieces of the year are not numbered and were not packed.", done.unready),
        ));
    }
    if !done.packed.left_out.is_empty() {
        desk.out.note(&text(
            format!("注意：有 {} 条没有装入（不外报或本机没有），目录里已注明；确需装入不外报的台账用 --private。", done.packed.left_out.len()),
            format!("Note: {} records were left out (they stay in the office, or are not here); the list says so. See --private.", done.packed.left_out.len()),
        ));
    }
    if !done.packed.sealed {
        desk.out.note(&text(
            "注意：本单位还没有加入县里，归档包没有签名，也没有县级回执。",
            "Note: the office has not joined; the package has neither signature nor receipt.",
        ));
    } else if done.packed.unreceipted > 0 {
        desk.out.note(&text(
            format!("注意：有 {} 条还没有县级回执；先运行 sync 再装包，证明力更强。", done.packed.unreceipted),
            format!("Note: {} entries have no receipt of the county yet; sync first and pack again for a stronger proof.", done.packed.unreceipted),
        ));
    }
}

impl Verify {
    fn run(self, desk: &Desk) -> Result<(), Failure> {
        let bar = desk.out.progress(&text("正在核对", "checking"), Some(0));
        let report = check_archive(&self.file, self.ca, &desk.data, &bar)?;
        bar.done();
        let report = report.or_failure()?;
        desk.out.data(&report, |lang| {
            let said = lang.pick("归档包完好。", "The package is sound.");
            format!("{}\n{said}\n", report.text(lang))
        });
        Ok(())
    }
}
