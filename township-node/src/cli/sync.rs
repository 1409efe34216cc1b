//! `sync`: one exchange with the county, now.

use clap::Args;
use shared::program::{Failure, Lang, Taken, text};
use tokio_util::sync::CancellationToken;

use super::Desk;
use super::status::moment;
use crate::app::Synced;

#[derive(Debug, Args)]
pub(super) struct Sync {}

impl Sync {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在同步", "syncing"), None);
        let ticker = bar.clone();
        let done = desk.block_on(async {
            if let Err(failure) = node.renew_if_due().await {
                tracing::warn!(error = %failure, "certificate not renewed");
            }
            node.sync(move |event| ticker.at(event.sent + event.received), &CancellationToken::new()).await
        });
        bar.done();
        let done = done?;
        desk.out.data(&done, |lang| told(&done, lang));
        if node.take_county_files()? == Taken::Changed {
            // Opened anew, the node works by what has come.
            drop(node);
            desk.node()?.refresh_deadlines()?;
            desk.out.note(&text(
                "县里下发的台账目录、节假日或期限规定已启用；没有办结的期限已重算。",
                "The county's catalogue, holidays or law are in force; deadlines that still run were counted again.",
            ));
        }
        Ok(())
    }
}

fn told(done: &Synced, lang: Lang) -> String {
    let at = moment(done.receipt_at_ms, lang);
    let mut out = match lang {
        Lang::Zh => format!(
            "县里已收到 {at}（回执 {}）：上报 {} 条，收到 {} 条，搁置 {} 条。\n",
            done.receipt, done.sent, done.received, done.held
        ),
        Lang::En => format!(
            "Received by the county {at} (receipt {}): {} entries sent, {} received, {} held.\n",
            done.receipt, done.sent, done.received, done.held
        ),
    };
    if let Some(recovered) = &done.recovered {
        out.push_str(&match lang {
            Lang::Zh => format!(
                "本机数据曾被恢复：从县里取回 {} 条，重新追加 {} 条，无法找回 {} 条。\n",
                recovered.taken_back, recovered.reappended, recovered.lost
            ),
            Lang::En => format!(
                "This folder had been restored: {} entries taken back, {} appended again, {} lost.\n",
                recovered.taken_back, recovered.reappended, recovered.lost
            ),
        });
    }
    if done.reacted.done() > 0 {
        let (made, steps) = (done.reacted.made, done.reacted.aligned + done.reacted.taken);
        out.push_str(&match lang {
            Lang::Zh => format!("因县里来件，已自动新建 {made} 条、更新或办理 {steps} 项。\n"),
            Lang::En => format!(
                "For what the county sent: {made} records made, {steps} brought into step or moved on.\n"
            ),
        });
    }
    if done.held > 0 {
        out.push_str(
            lang.pick("有改动被搁置，请用 held list 查看。\n", "Some changes are held; see held list.\n"),
        );
    }
    if done.clock_offset_ms.abs() > shared::limits::CLOCK_OFFSET_WARN_MS {
        let off = super::status::clock(done.clock_offset_ms, lang);
        out.push_str(&match lang {
            Lang::Zh => format!("本机时间{off}。\n"),
            Lang::En => format!("This PC's clock is {off}.\n"),
        });
    }
    out
}
