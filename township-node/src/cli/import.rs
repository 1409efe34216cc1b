//! `import`: a ledger of past work.

use std::path::PathBuf;

use clap::Args;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang, text};

use super::Desk;
use crate::app::{ImportHow, Imported, Wish};

/// Problems shown on a terminal; all of them are in the report.
const SHOWN_MAX: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// 台账，如 代表建议、议案 或 proposal · kind of record
    kind: String,
    /// 表格文件（.xlsx、.xls、.csv） · the file
    file: PathBuf,
    /// 工作表名 · name of the sheet
    #[arg(long)]
    sheet: Option<String>,
    /// 只试不写 · say what would happen, write nothing
    #[arg(long)]
    dry_run: bool,
    /// 只导入没有问题的行 · take the good rows, leave the others
    #[arg(long)]
    good_rows: bool,
    /// 把问题逐行写入此 CSV 文件 · write every problem to this CSV file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// 以何角色导入 · act as this role
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
}

impl Import {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let bytes = std::fs::read(&self.file).map_err(|e| {
            let code =
                if e.kind() == std::io::ErrorKind::NotFound { ErrorCode::NotFound } else { ErrorCode::Setup };
            Failure::new(
                code,
                format!("无法读取文件 {}。", self.file.display()),
                format!("The file {} cannot be read.", self.file.display()),
            )
            .because(e)
        })?;
        let wish = Wish { role: super::role(self.role.as_deref())?, ..Wish::default() };
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在导入", "importing"), Some(0));
        let how = ImportHow {
            sheet: self.sheet.as_deref(),
            dry: self.dry_run,
            good_rows: self.good_rows,
            progress: Some(&bar),
        };
        let done = node.import(&self.kind, &bytes, how, &wish, desk.lang())?;
        bar.done();
        if let Some(path) = &self.report {
            write_report(path, &done)?;
        }
        let failure = if self.dry_run { None } else { done.failure(self.good_rows) };
        // Under --json a failure is the one value on standard output, with every problem as a detail.
        if let Some(failure) = failure {
            for column in &done.ignored {
                desk.out.note(&text(format!("未用的列：{column}"), format!("column left out: {column}")));
            }
            let most = if desk.out.json { usize::MAX } else { SHOWN_MAX };
            let failure = match done.others.is_empty() {
                true => failure,
                false => {
                    let others: Vec<String> =
                        done.others.iter().map(|(name, count)| format!("{name} {count}")).collect();
                    failure.detail(
                        format!("其他乡镇的行：{}", others.join("、")),
                        format!("rows of other townships: {}", others.join(", ")),
                    )
                }
            };
            let shown = done.problems.iter().take(most);
            let failure = shown.fold(failure, |failure, fault| failure.detail(&fault.text, &fault.text));
            let rest = done.problems.len().saturating_sub(most);
            return Err(if rest == 0 {
                failure
            } else {
                failure.detail(
                    format!("还有 {rest} 处，用 --report 文件.csv 取得全部"),
                    format!("{rest} more; get them all with --report FILE.csv"),
                )
            });
        }
        desk.out.data(&done, |lang| told(&done, lang));
        Ok(())
    }
}

fn told(done: &Imported, lang: Lang) -> String {
    let mut out = match (lang, done.dry) {
        (Lang::Zh, true) => format!("试导入：共 {} 行，什么都没有写入。\n", done.rows),
        (Lang::Zh, false) => format!("已导入：共 {} 行。\n", done.rows),
        (Lang::En, true) => format!("Dry run: {} rows, nothing was written.\n", done.rows),
        (Lang::En, false) => format!("Imported: {} rows.\n", done.rows),
    };
    let parts = [
        (done.new, "新增", "new"),
        (done.changed, "更新", "changed"),
        (done.unchanged, "原已有、无变化", "unchanged"),
        (done.duplicate, "文件内重复", "repeated in the file"),
        (done.elsewhere, "属于其他乡镇、未导入", "another township's, left out"),
        (done.refused, "有问题、未导入", "with problems, left out"),
    ];
    for (count, zh, en) in parts.iter().filter(|(count, ..)| *count > 0) {
        out.push_str(&format!("  {} {count}\n", lang.pick(zh, en)));
    }
    if !done.others.is_empty() {
        let others: Vec<String> = done.others.iter().map(|(name, count)| format!("{name} {count}")).collect();
        out.push_str(&format!("    {}\n", others.join(lang.pick("、", ", "))));
    }
    for column in &done.ignored {
        out.push_str(&format!("  {}{column}\n", lang.pick("未用的列：", "column left out: ")));
    }
    for fault in done.problems.iter().take(SHOWN_MAX) {
        out.push_str(&format!("  · {}\n", fault.text));
    }
    let rest = done.problems.len().saturating_sub(SHOWN_MAX);
    if rest > 0 {
        out.push_str(&match lang {
            Lang::Zh => format!("  还有 {rest} 处，用 --report 文件.csv 取得全部\n"),
            Lang::En => format!("  {rest} more; get them all with --report FILE.csv\n"),
        });
    }
    out
}

/// The problems as CSV with a byte order mark, so that office programs read the Chinese.
fn write_report(path: &std::path::Path, done: &Imported) -> Result<(), Failure> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = String::from("\u{feff}行,列,表头,内容,原因\r\n");
    for fault in &done.problems {
        let (column, heading) =
            (fault.column.as_deref().unwrap_or(""), fault.heading.as_deref().unwrap_or(""));
        let cells = [column, heading, &fault.value, &fault.reason].map(quoted);
        csv.push_str(&format!("{},{}\r\n", fault.row, cells.join(",")));
    }
    std::fs::write(path, csv).map_err(|e| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法写入 {}。", path.display()),
            format!("{} cannot be written.", path.display()),
        )
        .because(e)
    })
}
