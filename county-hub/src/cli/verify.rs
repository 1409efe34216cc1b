use clap::Args;
use shared::code::ErrorCode;
use shared::program::{Failure, Table};

use super::Desk;
use crate::app::verify;

/// 核对全部数据链和统计 / Checks every chain, and the tallies against the records
#[derive(Debug, Args)]
pub(super) struct Verify {}

impl Verify {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let report = desk.counter()?.ask(verify::Verify {})?;
        if !report.good {
            let failure =
                Failure::new(ErrorCode::Damaged, "核对发现问题。", "Not everything is as it was written.")
                    .advise(
                        "请不要删除任何文件；各乡镇和备份里有同样的数据。",
                        "Delete nothing: townships and backups hold the same data.",
                    );
            let faults = report.streams.iter().filter_map(|stream| Some((stream, stream.fault.as_ref()?)));
            let failure = faults.fold(failure, |failure, (stream, fault)| {
                let line = format!("{}: {fault}", stream.stream);
                failure.detail(line.clone(), line)
            });
            return Err(if report.tallies {
                failure
            } else {
                failure.detail(
                    "统计与记录不一致，请运行 rebuild",
                    "the tallies are not those of the records; run rebuild",
                )
            });
        }
        desk.out.data(&report, |lang| {
            let mut table = Table::left([
                lang.pick("数据流", "stream"),
                lang.pick("条目", "entries"),
                lang.pick("链值", "head"),
            ]);
            for stream in &report.streams {
                table.row([stream.stream.clone(), stream.entries.to_string(), stream.head.clone()]);
            }
            format!(
                "{}{}\n",
                table.render(),
                lang.pick(
                    "全部完好，统计与记录一致",
                    "everything is as it was written, tallies and records agree"
                )
            )
        });
        Ok(())
    }
}
