//! `join`: a one-time token becomes this node's certificate.

use clap::Args;
use shared::program::{Failure, text};

use super::Desk;
use crate::app;
use crate::config::{self, FILE};

#[derive(Debug, Args)]
pub(super) struct Join {
    /// 县里给的加入码 · the token that the county has given
    token: String,
    /// 县级节点地址；加入码里有则不必写 · address of the hub, unless the token holds it
    #[arg(long, value_name = "HOST:PORT")]
    hub: Option<String>,
}

impl Join {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        if !desk.data.join(FILE).exists() {
            config::write_new(&desk.data, &[])?;
        }
        let config = desk.config()?;
        let (_node, joined) =
            desk.block_on(app::join(config, desk.clock.clone(), &self.token, self.hub.as_deref()))?;
        if joined.clock_offset_ms.abs() > shared::limits::CLOCK_OFFSET_WARN_MS {
            let minutes = joined.clock_offset_ms.abs() / 60_000;
            desk.out.note(&text(
                format!("注意：本机时间与县里相差 {minutes} 分钟，请校准。"),
                format!("Note: this PC's clock is {minutes} minutes off the county's; please set it."),
            ));
        }
        desk.out.data(&joined, |lang| {
            let app::Joined { name, township, certificate_days, .. } = &joined;
            match lang {
                shared::program::Lang::Zh => format!(
                    "已加入：{name}（{township}）。证书有效 {certificate_days} 天，到期前自动更换。\n下一步：运行 sync 立即同步，或运行 run 每夜自动同步。"
                ),
                shared::program::Lang::En => format!(
                    "Joined: {name} ({township}). The certificate is good for {certificate_days} days and renews itself.\nNext: sync now, or run for the nightly exchange."
                ),
            }
        });
        Ok(())
    }
}
