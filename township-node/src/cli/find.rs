//! `find`: records by any part of what they say.

use clap::Args;
use shared::ledger::{Found, Hit};
use shared::program::{Failure, Lang, Table, text};

use super::Desk;

/// Lines when nobody says how many.
const LINES: usize = 30;

#[derive(Debug, Args)]
pub(super) struct Find {
    /// 要找的字词，可多个，都出现才算；名称、单位、编号、日期都行 · words that all must stand in the record
    #[arg(required = true)]
    words: Vec<String>,
    /// 只找一种台账 · one kind of record
    #[arg(long)]
    kind: Option<String>,
    /// 最多列出几条，不写为 30 · at most so many
    #[arg(long, default_value_t = LINES)]
    limit: usize,
}

impl Find {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let waiting = node.prepare_search()?.waiting;
        let progress = desk.out.progress(&text("读取记录", "reading records"), Some(waiting as u64));
        loop {
            let left = node.prepare_search()?.waiting;
            progress.at((waiting - left.min(waiting)) as u64);
            if left == 0 {
                break;
            }
        }
        let found = node.search(&self.words.join(" "), self.kind.as_deref(), self.limit)?;
        if found.more {
            desk.out.note(&text(
                format!("只列出前 {} 条；可多写几个字，或用 --kind、--limit。", found.hits.len()),
                format!("Only the first {} are shown; add words, or see --kind, --limit.", found.hits.len()),
            ));
        }
        desk.out.data(&found, |lang| said(&found, lang));
        Ok(())
    }
}

fn said(found: &Found, lang: Lang) -> String {
    if found.hits.is_empty() {
        return lang.pick("没有找到。", "Nothing was found.").to_owned();
    }
    let heads = match lang {
        Lang::Zh => ["短号", "台账", "名称", "日期", "状态", "所在"],
        Lang::En => ["id", "ledger", "title", "date", "status", "where"],
    };
    let mut table = Table::left(heads.to_vec());
    for hit in &found.hits {
        let Hit { short, kind_label, title, date, status_label, .. } = hit;
        let place = hit.place.as_ref().map_or_else(String::new, |place| {
            let excerpt = &place.excerpt;
            format!("{}：{}{}{}", place.label.get(lang), excerpt.before, excerpt.found, excerpt.after)
        });
        table.row(vec![
            short.clone(),
            kind_label.get(lang).to_owned(),
            title.clone(),
            date.clone().unwrap_or_default(),
            status_label.get(lang).to_owned(),
            place,
        ]);
    }
    table.render()
}
