//! `verify`: the whole journal and its chains.

use clap::Args;
use shared::program::{Failure, Lang, text};

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Verify {}

impl Verify {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在检查", "checking"), Some(0));
        let found = node.verify(&bar)?;
        desk.out.data(&found, |lang| {
            let said = match lang {
                Lang::Zh => {
                    format!("数据完好：共 {} 条，链全部相符。搁置 {} 条。", found.journal.entries, found.held)
                }
                Lang::En => {
                    format!(
                        "All is well: {} entries, every chain holds. {} held.",
                        found.journal.entries, found.held
                    )
                }
            };
            format!("{}\n{said}\n", found.journal.text(lang))
        });
        Ok(())
    }
}
