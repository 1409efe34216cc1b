//! `backup`: a copy of the journal in another folder.

use std::path::PathBuf;

use clap::Args;
use shared::program::{Failure, Lang};

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// 备份文件夹（空的） · an empty folder
    folder: PathBuf,
}

impl Backup {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let done = desk.node()?.backup(&self.folder)?;
        desk.out.data(&done, |lang| match lang {
            Lang::Zh => format!(
                "已备份到 {}（{} 字节）。备份里没有证书：在别的电脑上使用时要向县里要新的加入码。",
                done.folder, done.bytes
            ),
            Lang::En => format!(
                "Copied to {} ({} bytes). It holds no certificate: to use it on another PC, ask the county for a token.",
                done.folder, done.bytes
            ),
        });
        Ok(())
    }
}
