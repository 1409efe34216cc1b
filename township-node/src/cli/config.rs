//! `config`: the settings and where each comes from.

use clap::Subcommand;
use serde_json::json;
use shared::program::{Failure, Lang, Table};

use super::Desk;

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// 全部配置项、现值和来源 · every setting, its value and its source
    Show,
}

impl Config {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Self::Show = self;
        let config = desk.config()?;
        let shown = config.settings.show(desk.lang());
        let value = json!({
            "data": config.data.display().to_string(),
            "state": config.state.display().to_string(),
            "settings": shown,
        });
        desk.out.data(&value, |lang| {
            let mut table = Table::left(match lang {
                Lang::Zh => ["配置项", "现值", "来源", "说明"],
                Lang::En => ["setting", "value", "source", "about"],
            });
            for row in &shown {
                table.row([row.key, row.value.as_deref().unwrap_or("—"), &row.source, &row.about]);
            }
            let folders = match lang {
                Lang::Zh => format!(
                    "数据文件夹：{}\n状态文件夹：{}\n\n",
                    config.data.display(),
                    config.state.display()
                ),
                Lang::En => format!(
                    "data folder: {}\nstate folder: {}\n\n",
                    config.data.display(),
                    config.state.display()
                ),
            };
            folders + &table.render()
        });
        Ok(())
    }
}
