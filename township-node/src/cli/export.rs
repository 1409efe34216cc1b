//! `export`: a ledger to take away.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use shared::exchange::out::Form;
use shared::ledger::{self, List};
use shared::program::{Existing, Failure, Lang, Target, write_file};

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// 台账，如 代表建议、议案 或 proposal · kind of record
    kind: String,
    /// 文件（.xlsx 或 .csv）；不写则在当前文件夹中自动命名 · the file; named by itself if not given
    file: Option<PathBuf>,
    /// 只要空白的导入模板 · the empty form for an import
    #[arg(long, conflicts_with_all = ["status", "open", "overdue", "period", "fields", "columns", "public", "void", "csv", "owner"])]
    template: bool,
    /// 只要此状态 · in this status
    #[arg(long)]
    status: Option<String>,
    /// 只要未办结的 · work remains
    #[arg(long)]
    open: bool,
    /// 只要超期的 · an open deadline is over
    #[arg(long)]
    overdue: bool,
    /// 期间，如 2026、2026-11、2026Q3、2026-01-01..2026-06-30 · period
    #[arg(long)]
    period: Option<String>,
    /// 谁登记的：乡镇代码或 hub · whose: a township code or hub
    #[arg(long)]
    owner: Option<String>,
    /// 字段=内容，可多次 · field=value
    #[arg(long = "where", value_name = "字段=内容")]
    fields: Vec<String>,
    /// 要哪些列，用逗号隔开；不写为列表各列 · fields as columns, parted by commas
    #[arg(long, value_delimiter = ',', value_name = "字段,…", conflicts_with = "all_columns")]
    columns: Vec<String>,
    /// 所有能再导入的列，子表各一张 · everything that can be imported again
    #[arg(long)]
    all_columns: bool,
    /// 公开版：不含不外报的列、不公开的记录和草稿 · for others to read
    #[arg(long)]
    public: bool,
    /// 也列出作废的 · void records too
    #[arg(long)]
    void: bool,
    /// 没有写文件名时写成 CSV · as CSV, where no file is named
    #[arg(long)]
    csv: bool,
    /// 覆盖已有的文件 · replace a file that is there
    #[arg(long)]
    force: bool,
}

impl Export {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let existing = Existing::forced(self.force);
        let target = Target::of(self.file)?;
        let node = desk.node()?;
        let lang = desk.lang();
        if self.template {
            let path = target.of_workbook()?.path(&node.template_name(&self.kind, lang)?);
            write_file(&path, existing, |file| node.template(&self.kind, self.all_columns, lang, file))?;
            let said = |lang: Lang| format!("{}{}", lang.pick("导入模板：", "form: "), path.display());
            desk.out.data(&json!({ "file": path }), said);
            return Ok(());
        }
        let list = List {
            kind: self.kind,
            owner: self.owner,
            status: self.status,
            open: self.open,
            overdue: self.overdue,
            period: self.period,
            fields: self.fields,
            ..List::default()
        };
        let ask = ledger::Export {
            list,
            columns: self.columns,
            all_columns: self.all_columns,
            public: self.public,
            void: self.void,
            form: target.form(if self.csv { Form::Csv } else { Form::Xlsx }),
            lang,
        };
        let path = target.path(&node.export_name(&ask)?);
        let done = write_file(&path, existing, |file| node.export(&ask, file))?;
        desk.out.data(&json!({ "file": path, "exported": done }), |lang| {
            format!("{}{}\n{}", lang.pick("已导出：", "exported: "), path.display(), done.text(lang))
        });
        Ok(())
    }
}
