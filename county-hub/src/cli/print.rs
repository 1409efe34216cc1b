//! `print`: records on paper.

use std::path::PathBuf;

use clap::Args;
use shared::ledger::{List, PrintOf};
use shared::program::{Failure, forms_text, own_fonts, save_paper};

use super::Desk;
use crate::app::record;

/// 打印：交办单、通报、登记表等，存为 PDF 或网页 / Forms on paper, as PDF or as a page for a browser
#[derive(Debug, Args)]
pub(super) struct Print {
    /// 记录（短号、编号或标题）和表单；只写记录则列出可用的表单 / record and form; without a file: which forms there are
    #[arg(value_name = "RECORD [FORM]", num_args = 0..=2)]
    names: Vec<String>,
    /// 存为 PDF / as a PDF file
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// 存为网页，用浏览器打印 / as a page for a browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// 打印这种台账的多条 / forms of many records of a kind
    #[arg(long, value_name = "KIND", conflicts_with = "blank")]
    list: Option<String>,
    /// 打印空白表，供手填 / the empty form of a kind
    #[arg(long, value_name = "KIND")]
    blank: Option<String>,
    /// 多条：乡镇代码或 hub / of a list: a township code, or hub
    #[arg(long, requires = "list")]
    owner: Option<String>,
    /// 多条：只要此状态的 / in this status
    #[arg(long, requires = "list")]
    status: Option<String>,
    /// 多条：期间，如 2026、2026Q3 / period
    #[arg(long, requires = "list")]
    period: Option<String>,
    /// 多条：字段=内容，可多次 / field=value
    #[arg(long = "where", value_name = "FIELD=VALUE", requires = "list")]
    fields: Vec<String>,
}

impl Print {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let config = desk.config(Vec::new())?;
        let fonts = own_fonts(config.body_font.as_deref(), config.title_font.as_deref())?;
        let counter = desk.counter()?;
        let (pdf, html) = (self.pdf.clone(), self.html.clone());
        let (of, form) = self.of();
        if pdf.is_none() && html.is_none() {
            let forms = counter.ask(record::Forms(of))?;
            desk.out.data(&forms, |lang| forms_text(&forms, lang));
            return Ok(());
        }
        let paper = counter.ask(record::Print { of, form })?;
        let saved = save_paper(&paper, &fonts, pdf.as_deref(), html.as_deref())?;
        saved.notes.iter().for_each(|note| desk.out.note(note));
        desk.out.data(&saved, |lang| saved.text(lang));
        Ok(())
    }

    /// What the arguments mean: of a list and of an empty form only the form is named.
    fn of(self) -> (PrintOf, Option<String>) {
        let mut names = self.names.into_iter();
        if let Some(kind) = self.list {
            let (owner, status, period, fields) = (self.owner, self.status, self.period, self.fields);
            let limit = Some(shared::limits::PRINT_ROWS_MAX);
            let list = List { kind, owner, status, period, fields, limit, ..List::default() };
            return (PrintOf::List(list), names.next());
        }
        if let Some(kind) = self.blank {
            return (PrintOf::Blank(kind), names.next());
        }
        match names.next() {
            Some(record) => (PrintOf::Named(record), names.next()),
            None => (PrintOf::Office, None),
        }
    }
}
