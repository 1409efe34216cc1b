//! `verify`: the whole journal and its chains.

use clap::Args;
use shared::program::{Align, Failure, Lang, Table, text};

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Verify {}

impl Verify {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在检查", "checking"), Some(0));
        let found = node.verify(&bar)?;
        desk.out.data(&found, |lang| {
            let heads = match lang {
                Lang::Zh => ["数据流", "条数", "只有摘要", "链尾"],
                Lang::En => ["stream", "entries", "digest only", "head"],
            };
            let aligned = heads.into_iter().zip([Align::Left, Align::Right, Align::Right, Align::Left]);
            let mut table = Table::new(aligned);
            for stream in &found.streams {
                table.row([
                    stream.stream.clone(),
                    stream.entries.to_string(),
                    stream.withheld.to_string(),
                    stream.head.clone(),
                ]);
            }
            let said = match lang {
                Lang::Zh => {
                    format!("数据完好：共 {} 条，链全部相符。搁置 {} 条。", found.entries, found.held)
                }
                Lang::En => {
                    format!("All is well: {} entries, every chain holds. {} held.", found.entries, found.held)
                }
            };
            format!("{}\n{said}\n", table.render())
        });
        Ok(())
    }
}
