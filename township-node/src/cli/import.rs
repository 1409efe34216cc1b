//! `import`: a ledger of past work.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use shared::code::ErrorCode;
use shared::exchange::{Basis, Copied, OnSimilar};
use shared::program::{Failure, Lang, text};

use super::Desk;
use crate::app::{Correcting, ImportHow, Imported, Wish};

/// Lines of one sort shown on a terminal; all of them are in the report.
const SHOWN_MAX: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// 台账，如 代表建议、议案 或 proposal · kind of record
    kind: String,
    /// 表格文件（.xlsx、.xls、.ods、.csv、网页表格） · the file
    #[arg(required_unless_present = "forget")]
    file: Option<PathBuf>,
    /// 工作表名 · name of the sheet
    #[arg(long)]
    sheet: Option<String>,
    /// 只试不写 · say what would happen, write nothing
    #[arg(long)]
    dry_run: bool,
    /// 只导入没有问题的行 · take the good rows, leave the others
    #[arg(long)]
    good_rows: bool,
    /// 疑似重复的行：skip 跳过，take 照样导入，或要导入的行号 · what to do with rows that are perhaps doubles
    #[arg(long, value_name = "skip|take|5,12")]
    similar: Option<String>,
    /// 指定某个表头是哪个字段，并记住；“表头=”忘掉 · what a heading means, remembered
    #[arg(long, value_name = "表头=字段")]
    map: Vec<String>,
    /// 某个表头的列不导入，并记住 · leave a column out, remembered
    #[arg(long, value_name = "表头")]
    leave: Vec<String>,
    /// 忘掉这种台账记住的全部表头 · forget what is remembered of this kind's headings
    #[arg(long)]
    forget: bool,
    /// 写出问题：.csv 为清单，.xlsx 为标出问题的副本 · write the problems: a list, or a marked copy
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// 只把有问题的行写成 .xlsx，改正后可直接导入 · write only the rows to be mended
    #[arg(long, value_name = "FILE.xlsx")]
    bad_rows: Option<PathBuf>,
    /// 以何角色导入 · act as this role
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
}

impl Import {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let Some(file) = &self.file else { return self.forget(desk) };
        let bytes = read(file)?;
        let wish = Wish { role: super::role(self.role.as_deref())?, ..Wish::default() };
        let on_similar = on_similar(self.similar.as_deref())?;
        let marked = self.marked()?;
        let node = desk.node()?;
        let bar = desk.out.progress(&text("正在导入", "importing"), Some(0));
        let how = ImportHow {
            sheet: self.sheet.as_deref(),
            dry: self.dry_run,
            good_rows: self.good_rows,
            on_similar,
            correcting: Correcting { map: &self.map, leave: &self.leave, forget: self.forget },
            remember: true,
            marked,
            progress: Some(&bar),
        };
        let done = node.import(&self.kind, &bytes, &how, &wish, desk.lang())?;
        bar.done();
        self.write(&done)?;
        let failure =
            if self.dry_run && done.missing.is_none() { None } else { done.failure(self.good_rows) };
        match failure {
            // Under --json a failure is the one value on standard output, with every problem as a detail.
            Some(failure) => Err(explained(desk, &done, failure)),
            None => {
                desk.out.data(&done, |lang| told(&done, lang));
                Ok(())
            }
        }
    }

    fn forget(&self, desk: &Desk) -> Result<(), Failure> {
        let had = desk.node()?.forget_headings(&self.kind)?;
        desk.out.data(&serde_json::json!({ "forgotten": had }), |lang| match (lang, had) {
            (Lang::Zh, true) => "已忘掉这种台账的表头对应关系。".to_owned(),
            (Lang::Zh, false) => "没有记住过这种台账的表头对应关系。".to_owned(),
            (Lang::En, true) => "What headings of this kind mean is forgotten.".to_owned(),
            (Lang::En, false) => "Nothing was remembered of this kind's headings.".to_owned(),
        });
        Ok(())
    }

    /// Which copy is asked for; only one of them can be.
    fn marked(&self) -> Result<Option<Copied>, Failure> {
        let copy = self.report.as_deref().is_some_and(is_workbook);
        match (copy, &self.bad_rows) {
            (true, Some(_)) => Err(Failure::invalid(
                "--report 的 .xlsx 副本和 --bad-rows 只能写一个。",
                "Give either --report with an .xlsx file or --bad-rows, not both.",
            )),
            (_, Some(path)) if !is_workbook(path) => Err(Failure::invalid(
                "--bad-rows 的文件名应以 .xlsx 结尾。",
                "The file of --bad-rows ends with .xlsx.",
            )),
            (_, Some(_)) => Ok(Some(Copied::Left)),
            (true, None) => Ok(Some(Copied::All)),
            (false, None) => Ok(None),
        }
    }

    fn write(&self, done: &Imported) -> Result<(), Failure> {
        if let Some(path) = self.report.as_deref().filter(|path| !is_workbook(path)) {
            put(path, list(done).as_bytes())?;
        }
        let copy = self.bad_rows.as_deref().or(self.report.as_deref().filter(|path| is_workbook(path)));
        match (copy, &done.marked) {
            (Some(path), Some(bytes)) => put(path, bytes),
            _ => Ok(()),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| {
        let code =
            if e.kind() == std::io::ErrorKind::NotFound { ErrorCode::NotFound } else { ErrorCode::Setup };
        Failure::new(
            code,
            format!("无法读取文件 {}。", path.display()),
            format!("The file {} cannot be read.", path.display()),
        )
        .because(e)
    })
}

fn on_similar(text: Option<&str>) -> Result<OnSimilar, Failure> {
    match text {
        None => Ok(OnSimilar::Ask),
        Some("skip" | "跳过") => Ok(OnSimilar::Skip),
        Some("take" | "导入") => Ok(OnSimilar::Take),
        Some(rows) => {
            let rows: Option<BTreeSet<u32>> =
                rows.split([',', '，', '、']).map(|row| row.trim().parse().ok()).collect();
            rows.map(OnSimilar::TakeRows).ok_or_else(|| {
                Failure::invalid(
                    "--similar 应写 skip、take，或行号，如 5,12。",
                    "--similar takes skip, take, or numbers of rows such as 5,12.",
                )
            })
        }
    }
}

fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
}

/// A failure with what a clerk needs to put things right.
fn explained(desk: &Desk, done: &Imported, failure: Failure) -> Failure {
    for line in columns(done, desk.lang()) {
        desk.out.note(&text(&line, &line));
    }
    let most = if desk.out.json { usize::MAX } else { SHOWN_MAX };
    let mut failure = failure;
    if !done.others.is_empty() {
        let others: Vec<String> = done.others.iter().map(|(name, count)| format!("{name} {count}")).collect();
        failure = failure.detail(
            format!("其他乡镇的行：{}", others.join("、")),
            format!("rows of other townships: {}", others.join(", ")),
        );
    }
    let doubles = done.similar_rows.iter().filter(|row| !row.taken).map(|row| &row.text);
    let lines: Vec<&String> = done.problems.iter().map(|fault| &fault.text).chain(doubles).collect();
    for line in lines.iter().take(most) {
        failure = failure.detail(*line, *line);
    }
    match lines.len().saturating_sub(most) {
        0 => failure,
        rest => failure.detail(
            format!("还有 {rest} 处，用 --report 文件.csv 取得全部"),
            format!("{rest} more; get them all with --report FILE.csv"),
        ),
    }
}

/// What was understood of the columns otherwise than by the catalogue, and what not.
fn columns(done: &Imported, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for column in &done.columns {
        let (heading, letters) = (&column.heading, &column.letters);
        let held = column.field.as_ref().map(|field| field.label.as_str());
        let line = match (column.basis, held) {
            (Some(Basis::Catalogue), _) => continue,
            (Some(Basis::Remembered), Some(field)) => match lang {
                Lang::Zh => format!("{letters}列“{heading}”按上次的指定作为“{field}”（--forget 忘掉）"),
                Lang::En => format!("column {letters}, {heading}, is {field}, as said before (--forget)"),
            },
            (Some(Basis::Remembered), None) => match lang {
                Lang::Zh => format!("{letters}列“{heading}”按上次的指定不导入（--forget 忘掉）"),
                Lang::En => format!("column {letters}, {heading}, is left out, as said before (--forget)"),
            },
            (Some(Basis::Given), Some(field)) => match lang {
                Lang::Zh => format!("{letters}列“{heading}”作为“{field}”，已记住"),
                Lang::En => format!("column {letters}, {heading}, is {field}; remembered"),
            },
            (Some(Basis::Given), None) => match lang {
                Lang::Zh => format!("{letters}列“{heading}”不导入，已记住"),
                Lang::En => format!("column {letters}, {heading}, is left out; remembered"),
            },
            (None, _) => {
                let reason = column.reason.as_deref().unwrap_or_default();
                match lang {
                    Lang::Zh => format!("未用的列：{letters}列“{heading}”，{reason}"),
                    Lang::En => format!("column left out: {letters}, {heading}: {reason}"),
                }
            }
        };
        lines.push(line);
    }
    lines.extend(done.unused.iter().map(|heading| match lang {
        Lang::Zh => format!("表中没有“{heading}”这一列"),
        Lang::En => format!("the table has no column {heading}"),
    }));
    lines
}

fn told(done: &Imported, lang: Lang) -> String {
    let mut out = match (lang, done.dry) {
        (Lang::Zh, true) => format!("试导入：共 {} 行，什么都没有写入。\n", done.rows),
        (Lang::Zh, false) => format!("已导入：共 {} 行。\n", done.rows),
        (Lang::En, true) => format!("Dry run: {} rows, nothing was written.\n", done.rows),
        (Lang::En, false) => format!("Imported: {} rows.\n", done.rows),
    };
    let sheet = if done.sheets.len() > 1 { done.sheet.as_str() } else { "" };
    let (from, to) = done.heading_rows;
    let rows = if from == to { format!("{from}") } else { format!("{from}–{to}") };
    out.push_str(&match (lang, sheet) {
        (Lang::Zh, "") => format!("  表头在第 {rows} 行\n"),
        (Lang::Zh, sheet) => format!("  工作表“{sheet}”，表头在第 {rows} 行\n"),
        (Lang::En, "") => format!("  headings in row {rows}\n"),
        (Lang::En, sheet) => format!("  sheet {sheet}, headings in row {rows}\n"),
    });
    let parts = [
        (done.new, "新增", "new"),
        (done.changed, "更新", "changed"),
        (done.unchanged, "原已有、无变化", "unchanged"),
        (done.duplicate, "文件内重复", "repeated in the file"),
        (done.similar, "疑似重复、未导入", "perhaps doubles, left out"),
        (done.elsewhere, "属于其他乡镇、未导入", "another township's, left out"),
        (done.refused, "有问题、未导入", "with problems, left out"),
        (done.overtaken, "办理中被他人改动、未导入", "overtaken by others, left out"),
    ];
    for (count, zh, en) in parts.iter().filter(|(count, ..)| *count > 0) {
        out.push_str(&format!("  {} {count}\n", lang.pick(zh, en)));
    }
    if !done.others.is_empty() {
        let others: Vec<String> = done.others.iter().map(|(name, count)| format!("{name} {count}")).collect();
        out.push_str(&format!("    {}\n", others.join(lang.pick("、", ", "))));
    }
    if done.notes > 0 {
        let rows: Vec<String> = done.note_rows.iter().take(SHOWN_MAX).map(u32::to_string).collect();
        out.push_str(&match lang {
            Lang::Zh => format!("  合计、说明等行 {}（第 {} 行），不是记录\n", done.notes, rows.join("、")),
            Lang::En => format!("  sums and remarks {} (rows {}), no records\n", done.notes, rows.join(", ")),
        });
    }
    for line in columns(done, lang) {
        out.push_str(&format!("  {line}\n"));
    }
    let doubles = done.similar_rows.iter().map(|row| match (row.taken, lang) {
        (true, Lang::Zh) => format!("{}，仍然导入", row.text),
        (true, Lang::En) => format!("{}; taken all the same", row.text),
        (false, _) => row.text.clone(),
    });
    let lines: Vec<String> = done.problems.iter().map(|fault| fault.text.clone()).chain(doubles).collect();
    for line in lines.iter().take(SHOWN_MAX) {
        out.push_str(&format!("  · {line}\n"));
    }
    let rest = lines.len().saturating_sub(SHOWN_MAX);
    if rest > 0 {
        out.push_str(&match lang {
            Lang::Zh => format!("  还有 {rest} 处，用 --report 文件.csv 取得全部\n"),
            Lang::En => format!("  {rest} more; get them all with --report FILE.csv\n"),
        });
    }
    out
}

/// The problems as CSV with a byte order mark, so that office programs read the Chinese.
fn list(done: &Imported) -> String {
    // What begins like a formula would be taken for one.
    let quoted = |text: &str| {
        let guard = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    };
    let mut csv = String::from("\u{feff}行,列,表头,内容,原因\r\n");
    for fault in &done.problems {
        let (column, heading) =
            (fault.column.as_deref().unwrap_or(""), fault.heading.as_deref().unwrap_or(""));
        let cells = [column, heading, &fault.value, &fault.reason].map(quoted);
        csv.push_str(&format!("{},{}\r\n", fault.row, cells.join(",")));
    }
    for row in done.similar_rows.iter().filter(|row| !row.taken) {
        csv.push_str(&format!("{},,,,{}\r\n", row.row, quoted(&row.text)));
    }
    csv
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法写入 {}。", path.display()),
            format!("{} cannot be written.", path.display()),
        )
        .because(e)
    })
}
