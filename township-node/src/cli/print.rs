//! `print`: records on paper.

use std::path::PathBuf;

use clap::Args;
use shared::ledger::{List, PrintOf};
use shared::program::{Failure, forms_text, own_fonts, save_paper};

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Print {
    /// 记录（短号、编号或标题）和表单；只写记录则列出可用的表单；receipt 是县里已收到回执 · record and form
    #[arg(value_name = "记录 [表单]", num_args = 0..=2)]
    names: Vec<String>,
    /// 存为 PDF · as a PDF file
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// 存为网页，用浏览器打印 · as a page for a browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// 打印这种台账的多条（目录、盒签） · forms of many records of a kind
    #[arg(long, value_name = "台账", conflicts_with = "blank")]
    list: Option<String>,
    /// 打印空白表，供手填 · the empty form of a kind
    #[arg(long, value_name = "台账")]
    blank: Option<String>,
    /// 多条：只要此状态的 · in this status
    #[arg(long, requires = "list")]
    status: Option<String>,
    /// 多条：期间，如 2026、2026Q3 · period
    #[arg(long, requires = "list")]
    period: Option<String>,
    /// 多条：字段=内容，可多次 · field=value
    #[arg(long = "where", value_name = "字段=内容", requires = "list")]
    fields: Vec<String>,
}

impl Print {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let node = desk.node()?;
        let (of, form) = of(self.names, self.list, self.blank, (self.status, self.period, self.fields));
        if self.pdf.is_none() && self.html.is_none() {
            let forms = node.forms(&of)?;
            desk.out.data(&forms, |lang| forms_text(&forms, lang));
            return Ok(());
        }
        let paper = node.print(&of, form.as_deref())?;
        let config = node.config();
        let fonts = own_fonts(config.body_font.as_deref(), config.title_font.as_deref())?;
        let saved = save_paper(&paper, &fonts, self.pdf.as_deref(), self.html.as_deref())?;
        saved.notes.iter().for_each(|note| desk.out.note(note));
        desk.out.data(&saved, |lang| saved.text(lang));
        Ok(())
    }
}

/// What the arguments mean: of a list and of an empty form only the form is named.
fn of(
    names: Vec<String>,
    list: Option<String>,
    blank: Option<String>,
    (status, period, fields): (Option<String>, Option<String>, Vec<String>),
) -> (PrintOf, Option<String>) {
    let mut names = names.into_iter();
    if let Some(kind) = list {
        let limit = Some(shared::limits::PRINT_ROWS_MAX);
        let list = List { kind, status, period, fields, limit, ..List::default() };
        return (PrintOf::List(list), names.next());
    }
    if let Some(kind) = blank {
        return (PrintOf::Blank(kind), names.next());
    }
    match names.next() {
        Some(record) => (PrintOf::Named(record), names.next()),
        None => (PrintOf::Office, None),
    }
}
