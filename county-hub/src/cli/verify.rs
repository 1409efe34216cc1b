//! `verify`: the whole journal with its chains, and the tallies.

use clap::Args;
use shared::code::ErrorCode;
use shared::program::Failure;

use super::Desk;
use crate::app::verify;

/// 核对全部数据链和统计 / Checks every chain, and the tallies against the records
#[derive(Debug, Args)]
pub(super) struct Verify {}

impl Verify {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let report = desk.counter()?.ask(verify::Verify {})?;
        if !report.good {
            return Err(Failure::new(
                ErrorCode::Damaged,
                "数据链全部完好，但统计与记录不一致。",
                "Every chain holds, but the tallies are not those of the records.",
            )
            .advise("请运行 rebuild 重新整理。", "Make the views anew with rebuild."));
        }
        desk.out.data(&report, |lang| {
            let said = lang.pick(
                "全部完好，统计与记录一致",
                "everything is as it was written, tallies and records agree",
            );
            format!("{}{said}\n", report.journal.text(lang))
        });
        Ok(())
    }
}
