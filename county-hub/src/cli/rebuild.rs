//! `rebuild`: the views are made anew from the journal.

use clap::Args;
use serde::Serialize;
use shared::code::ErrorCode;
use shared::program::{Failure, text};

use super::Desk;
use crate::app::App;
use crate::desk::Counter;

/// 从日志重新整理全部数据（枢纽须停止）/ Makes the views anew from the journal; the hub must not be running
#[derive(Debug, Args)]
pub(super) struct Rebuild {}

#[derive(Serialize)]
struct Rebuilt {
    entries: u64,
}

impl Rebuild {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let config = desk.config(Vec::new())?;
        if Counter::running(&desk.data)? {
            return Err(Failure::new(
                ErrorCode::Busy,
                "县级枢纽正在运行，不能重新整理。",
                "The hub is running; its views cannot be made anew now.",
            )
            .advise("请先停止它，再试一次。", "Stop it, then try again."));
        }
        let progress = desk.out.progress(&text("正在重新整理", "Folding the journal"), None);
        let entries = App::rebuild(&config, &progress)?;
        progress.done();
        desk.out.data(&Rebuilt { entries }, |lang| {
            format!("{} {entries}", lang.pick("已重新整理，条目", "made anew, entries"))
        });
        Ok(())
    }
}
