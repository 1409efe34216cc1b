use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use shared::exchange::out::Form;
use shared::ledger::{self, List};
use shared::program::{Existing, Failure, Target};

use super::Desk;
use crate::app::export;

/// 导出台账（各乡镇的，含乡镇、片两列）或导入模板 / Exports a ledger of all townships, or the form for an import
#[derive(Debug, Args)]
pub(super) struct Export {
    /// 台账，名称、代号均可 / kind of record
    kind: String,
    /// 文件（.xlsx 或 .csv）或文件夹；不写则在当前文件夹中自动命名 / a file, or a folder in which it gets a name
    file: Option<PathBuf>,
    /// 只要空白的导入模板 / the empty form for an import
    #[arg(long, conflicts_with_all = ["owner", "status", "open", "overdue", "period", "fields", "columns", "public", "void", "csv"])]
    template: bool,
    /// 乡镇代码或 hub / a township code, or hub
    #[arg(long)]
    owner: Option<String>,
    /// 只要此状态 / in this status
    #[arg(long)]
    status: Option<String>,
    /// 只要未办结的 / work remains
    #[arg(long)]
    open: bool,
    /// 只要超期的 / an open deadline is over
    #[arg(long)]
    overdue: bool,
    /// 期间，如 2026、2026-11、2026Q3 / period
    #[arg(long)]
    period: Option<String>,
    /// 字段=内容，可多次 / field=value
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// 要哪些列，用逗号隔开；不写为列表各列 / fields as columns, parted by commas
    #[arg(long, value_delimiter = ',', value_name = "FIELD,…", conflicts_with = "all_columns")]
    columns: Vec<String>,
    /// 所有能导入的列，子表各一张 / everything that can be imported
    #[arg(long)]
    all_columns: bool,
    /// 公开版：不含不公开的记录和草稿 / for others to read
    #[arg(long)]
    public: bool,
    /// 也列出作废的 / void records too
    #[arg(long)]
    void: bool,
    /// 没有写文件名时写成 CSV / as CSV, where no file is named
    #[arg(long)]
    csv: bool,
    /// 覆盖已有的文件 / replace a file that is there
    #[arg(long)]
    force: bool,
}

impl Export {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        // The running hub has a working folder of its own.
        let target = Target::of(self.file)?.absolute()?;
        let (existing, lang) = (Existing::forced(self.force), desk.out.lang);
        if self.template {
            let (kind, all_columns) = (self.kind, self.all_columns);
            let file = desk.counter()?.ask(export::Form { kind, all_columns, target, existing, lang })?;
            desk.out.data(&json!({ "file": file }), |lang| {
                format!("{}{}", lang.pick("导入模板：", "form: "), file.display())
            });
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
        let written = desk.counter()?.ask(export::Wanted { ledger: ask, target, existing })?;
        desk.out.data(&written, |lang| {
            let said = lang.pick("已导出：", "exported: ");
            format!("{said}{}\n{}", written.file.display(), written.exported.text(lang))
        });
        Ok(())
    }
}
