//! `publicity`: points by the table of the rule, and the ranking as a bulletin.

use clap::Subcommand;
use shared::program::{Align, Failure, Lang, Table};

use super::Desk;
use crate::app::publicity::bulletin::Bulletin;
use crate::app::publicity::suggest::{Suggest, Suggested};

/// 宣传核分：对照标准、排名通报 / Publicity points: the table of the rule, the ranking
#[derive(Debug, Subcommand)]
pub(super) enum Publicity {
    /// 对照计分标准给待审稿件建议分，同一内容只计一次 / Suggests points for claims; one story counts once
    Suggest,
    /// 把排名写成通报草稿，如 2026Q3 / Writes the ranking of a period as a draft bulletin
    Bulletin {
        period: String,
        /// 只显示，不保存 / shows it and saves nothing
        #[arg(long)]
        show: bool,
    },
}

impl Publicity {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        match self {
            Self::Suggest => {
                let done = counter.ask(Suggest {})?;
                desk.out.data(&done, |lang| suggested(&done, lang));
            }
            Self::Bulletin { period, show } => {
                let written = counter.ask(Bulletin { period, show })?;
                desk.out.data(&written, |lang| {
                    let saved = written.record.map_or_else(String::new, |record| {
                        format!("{} {record}\n", lang.pick("通报草稿已保存：", "The draft is saved:"))
                    });
                    format!("{}\n\n{}{saved}", written.title, written.text)
                });
            }
        }
        Ok(())
    }
}

fn suggested(done: &Suggested, lang: Lang) -> String {
    let mut table = Table::new([
        (lang.pick("乡镇", "township"), Align::Left),
        (lang.pick("稿件", "piece"), Align::Left),
        (lang.pick("建议分", "points"), Align::Right),
        (lang.pick("说明", "note"), Align::Left),
    ]);
    for row in &done.rows {
        let points = row.points.clone().unwrap_or_else(|| "—".to_owned());
        table.row([row.name.clone(), row.title.clone(), points, row.note.clone()]);
    }
    for (moved, said) in done
        .excluded
        .iter()
        .map(|moved| (moved, lang.pick("同一内容，不再计入", "same story: counts no longer")))
        .chain(
            done.included
                .iter()
                .map(|moved| (moved, lang.pick("同一内容，改为计入", "same story: counts now"))),
        )
    {
        table.row([moved.name.as_str(), moved.title.as_str(), "", said]);
    }
    let said = match lang {
        Lang::Zh => format!("待审 {} 篇，更新建议 {} 篇。\n", done.pending, done.written),
        Lang::En => format!("{} pending, {} suggestions written.\n", done.pending, done.written),
    };
    if table.is_empty() { said } else { format!("{said}{}", table.render()) }
}
