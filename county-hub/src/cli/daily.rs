use clap::Args;
use shared::program::Failure;

use super::Desk;
use crate::app::upkeep;

/// 办理每日自动事项：期限、来件、提醒（运行中每天自动办理）/ The hub's own work of the day: deadlines, reactions, reminders
#[derive(Debug, Args)]
pub(super) struct Daily {}

impl Daily {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let done = desk.counter()?.ask(upkeep::Daily {})?;
        desk.out.data(&done, |lang| done.text(lang));
        Ok(())
    }
}
