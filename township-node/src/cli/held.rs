//! `held`: changes that are stored but not counted.

use clap::{Args, Subcommand};
use serde_json::json;
use shared::program::{Failure, Lang, Table};

use super::{Desk, WishArgs};
use crate::app::HeldAt;

#[derive(Debug, Subcommand)]
pub(super) enum Held {
    /// 列出 · list
    List,
    /// 看一项 · one of them
    Show(Which),
    /// 更正后重报 · put it right and send the record whole
    Mend(Mend),
    /// 放弃这项改动，按现状重报 · let it go; the record is sent as it stands
    Discard(Discard),
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// 列表里的序号或编号 · its number in the list, or its place
    which: String,
}

#[derive(Debug, Args)]
pub(super) struct Mend {
    /// 列表里的序号或编号 · its number in the list, or its place
    which: String,
    /// 改为办理此步骤 · take this action in place of an edit
    #[arg(long)]
    action: Option<String>,
    #[command(flatten)]
    wish: WishArgs,
}

#[derive(Debug, Args)]
pub(super) struct Discard {
    /// 列表里的序号或编号 · its number in the list, or its place
    which: String,
    /// 理由 · reason
    #[arg(long, default_value = "")]
    reason: String,
}

impl Held {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let lang = desk.lang();
        match self {
            Self::List => {
                let lines = node.held(lang);
                desk.out.data(&lines, |lang| table(&lines, lang));
            }
            Self::Show(which) => {
                let line = node.held_one(&which.which, lang)?;
                let content = node.held_content(&line)?;
                let value = json!({ "held": line, "content": content });
                desk.out.data(&value, |lang| {
                    format!(
                        "{}{}",
                        table(std::slice::from_ref(&line), lang),
                        if content.is_null() {
                            lang.pick(
                                "内容不在本机，或无法识别。\n",
                                "Its content is not here, or cannot be read.\n",
                            )
                            .to_owned()
                        } else {
                            format!("\n{content:#}\n")
                        }
                    )
                });
            }
            Self::Mend(mend) => {
                let line = node.held_one(&mend.which, lang)?;
                let done = node.mend(&line, mend.action.as_deref(), &mend.wish.wish()?)?;
                desk.out.data(&done, |lang| sent(&done.shown.short, lang));
            }
            Self::Discard(discard) => {
                let line = node.held_one(&discard.which, lang)?;
                let wish = crate::app::Wish { reason: discard.reason, ..Default::default() };
                let done = node.discard(&line, &wish)?;
                desk.out.data(&done, |lang| sent(&done.shown.short, lang));
            }
        }
        Ok(())
    }
}

fn sent(short: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("已保存：记录 {short} 将在下次同步时整条重报，县里随即放行。"),
        Lang::En => format!(
            "Saved: record {short} goes whole with the next exchange and takes the place of what was held."
        ),
    }
}

pub(super) fn table(lines: &[crate::app::HeldLine], lang: Lang) -> String {
    if lines.is_empty() {
        return lang.pick("没有搁置的改动。", "Nothing is held.").to_owned();
    }
    let mut table = Table::left(match lang {
        Lang::Zh => ["序号", "在哪里", "编号", "短号", "标题", "原因", "涉及"],
        Lang::En => ["no.", "at", "place", "record", "title", "reason", "detail"],
    });
    for (at, line) in lines.iter().enumerate() {
        let side = match line.at {
            HeldAt::Here => lang.pick("本机", "here"),
            HeldAt::County => lang.pick("县里", "county"),
        };
        table.row([
            (at + 1).to_string(),
            side.to_owned(),
            line.place.clone(),
            line.short.clone().unwrap_or_default(),
            line.title.clone().unwrap_or_default(),
            line.reason.clone(),
            line.detail.clone(),
        ]);
    }
    table.render()
}
