use std::path::PathBuf;

use clap::Args;
use shared::program::Failure;

use super::Desk;
use crate::app::backup;

/// 备份（运行中也可）；备份含县里的密钥，须妥善保管 / Copies the hub, also while it runs; the copy holds the county's keys
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// 空文件夹 / an empty folder
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        // The running hub has a working folder of its own.
        let to = std::path::absolute(&self.to).map_err(Failure::internal)?;
        let copied = desk.counter()?.ask(backup::Backup { to })?;
        desk.out.data(&copied, |lang| {
            format!(
                "{} {}（{} {}，{} {}）",
                lang.pick("已备份到", "copied to"),
                copied.to.display(),
                lang.pick("条目", "entries"),
                copied.entries,
                lang.pick("字节", "bytes"),
                copied.bytes
            )
        });
        Ok(())
    }
}
