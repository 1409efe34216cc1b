use clap::Subcommand;
use shared::program::{Failure, Table};

use super::Desk;
use crate::config::settle;

/// 设置 / Settings
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// 每项设置的值和来源 / Every setting, and where its value comes from
    Show,
}

impl ConfigCommand {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self::Show = self;
        let rows = settle(&desk.data, Vec::new())?.show(desk.out.lang);
        desk.out.data(&rows, |lang| {
            let heads = [("设置", "setting"), ("值", "value"), ("来源", "source"), ("说明", "about")];
            let mut table = Table::left(heads.map(|(zh, en)| lang.pick(zh, en)));
            for row in &rows {
                table.row([row.key, row.value.as_deref().unwrap_or(""), &row.source, &row.about]);
            }
            table.render()
        });
        Ok(())
    }
}
