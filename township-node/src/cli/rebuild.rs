//! `rebuild`: the views are made anew from the journal.

use clap::Args;
use shared::program::{Failure, Lang, text};

use super::{Desk, watch};
use crate::app::Node;

#[derive(Debug, Args)]
pub(super) struct Rebuild {}

impl Rebuild {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let bar = desk.out.progress(&text("正在重建索引", "rebuilding the views"), None);
        let rebuilt = Node::rebuild(desk.config()?, desk.clock.clone(), watch(&bar))?;
        bar.done();
        desk.out.data(&rebuilt, |lang| match lang {
            Lang::Zh => format!("索引已从 {} 条记录重建，数据没有改动。", rebuilt.entries),
            Lang::En => {
                format!("The views were made anew from {} entries; the data is as it was.", rebuilt.entries)
            }
        });
        Ok(())
    }
}
