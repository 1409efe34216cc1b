//! The empty form of a kind: what can be imported, with choices to pick from and a sheet that explains every column.

use std::io::{Seek, Write};

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Formula, Worksheet,
    XlsxError,
};

use super::Tongue;
use super::book::{Book, Column, Page, Paper, Sheet, WriteError};
use super::heading::{REQUIRED, STAYS, Spoken};
use super::put::{Put, Tone};
use super::spelling::{Known, Spelling};
use crate::catalogue::model::{Field, Kind, Label, Pattern, Privacy, Shape};
use crate::exchange::book::label;
use crate::exchange::heading::importable;
use crate::exchange::sheet::column_letters;
use crate::ids::{RecordId, TownshipCode};
use crate::limits;
use crate::record::{Day, Decimal, Value};

/// Rows that are prepared for filling in; more can be filled in without help.
const ROWS: u32 = 20_000;
/// What the file format takes as a list of choices or a message, in units of UTF-16.
const TEXT_UNITS_MAX: usize = 255;

/// Whose form it is, and when it is made.
#[derive(Debug, Clone, Copy)]
pub struct Template<'a> {
    pub kind: &'a Kind,
    /// Everything that can be imported; else what a ledger usually has.
    pub all_columns: bool,
    pub paper: Paper<'a>,
}

/// Writes the form: headings, those that must be filled marked and first; a sheet 填写说明. There is no example row among
/// the headings, so none can be taken for a record; examples stand in the explanations. Reading the form back gives
/// no rows.
///
/// # Errors
/// The kind cannot be imported, or what the writer says.
pub fn template(ask: Template<'_>, to: impl Write + Seek + Send) -> Result<(), WriteError> {
    let Template { kind, all_columns, paper } = ask;
    let Some(import) = &kind.import else {
        return Err(WriteError::NotImportable { kind: kind.label.clone() });
    };
    let tongue = paper.tongue;
    let say = |zh: &str, en: &str| tongue(&label(zh, en)).to_owned();
    let needed = [import.key, kind.title, kind.date];
    let columns = columns(kind, &needed, all_columns);
    let spoken = Spoken::new(kind, tongue);
    let mut book = Book::new(paper)?;
    let name = tongue(&kind.label);
    let heads = columns.iter().map(|field| Column {
        heading: format!(
            "{}{}{}",
            spoken.field(field),
            if needed.contains(&field.tag) { REQUIRED } else { "" },
            if field.privacy == Privacy::Local { STAYS } else { "" }
        ),
        required: needed.contains(&field.tag),
        least: least(field),
        ..Column::new("")
    });
    let sheet = book.sheet(Page {
        name: name.to_owned(),
        title: say(&format!("{name}导入模板"), &format!("{name}: form for import")),
        notes: vec![say(
            "带＊的必须填写，🔒 的不会上报县里；从表头下一行起一行填一条，不用的列可以空着或删去。各列怎么填见“填写说明”。",
            "Columns with ＊ must be filled; those with 🔒 never leave the office. One row for each record; leave or delete what you do not need. See the sheet of explanations.",
        )],
        columns: heads.collect(),
        frozen: 1,
        foot: (String::new(), String::new()),
        filter: false,
    })?;
    let lists = lists(&columns, tongue);
    for (at, field) in (0u16..).zip(&columns) {
        book.fill_in(sheet, at, like(field));
        let rule = rule(field, list_range(&lists, field.tag), tongue)?;
        if let Some(rule) = rule {
            let first = book.head(sheet) + 1;
            worksheet(&mut book, sheet)?.add_data_validation(first, at, first + ROWS - 1, at, &rule)?;
        }
    }
    explain(&mut book, &columns, &needed, &spoken, tongue)?;
    choices(&mut book, &lists, tongue)?;
    book.finish(to)
}

fn worksheet(book: &mut Book, sheet: Sheet) -> Result<&mut Worksheet, XlsxError> {
    book.workbook.worksheet_from_index(sheet.index())
}

/// What must be filled comes first, then the fields in the order of the form; what the program works out itself is left
/// out. A ledger usually has what is shown in lists, what the rules ask for some time, and what has names of its own in
/// ledgers.
fn columns<'k>(kind: &'k Kind, needed: &[u32], all: bool) -> Vec<&'k Field> {
    let form = kind.form.iter().flat_map(|section| &section.fields).chain(kind.fields.keys());
    let mut columns: Vec<&Field> = Vec::new();
    for field in needed.iter().chain(form).filter_map(|tag| kind.fields.get(tag)) {
        let usual =
            || kind.list.contains(&field.tag) || !field.headings.is_empty() || !field.required_in.is_empty();
        let wanted = needed.contains(&field.tag) || (field.compute.is_none() && (all || usual()));
        if wanted && importable(field) && !columns.iter().any(|column| column.tag == field.tag) {
            columns.push(field);
        }
    }
    columns
}

/// A value that looks like what belongs into the column.
fn like(field: &Field) -> Put {
    match &field.shape {
        Shape::Date => Put::Day(Day(0)),
        Shape::Time => Put::Moment(0),
        Shape::Number { .. } => Put::Whole(0),
        Shape::Decimal { scale, .. } => Put::Decimal(Decimal { units: 0, scale: *scale }),
        _ => Put::Text(String::new()),
    }
}

fn least(field: &Field) -> usize {
    match &field.shape {
        Shape::Date | Shape::Time => 16,
        Shape::Text { max, .. } => (max / 4).clamp(12, 36),
        Shape::Texts { .. } | Shape::Links(_) => 24,
        _ => 12,
    }
}

/// The choices of one field, in the column of the hidden sheet in which they stand.
struct List<'k> {
    field: &'k Field,
    spellings: Vec<String>,
}

fn lists<'k>(columns: &[&'k Field], tongue: Tongue) -> Vec<List<'k>> {
    let list = |field: &&'k Field| match &field.shape {
        Shape::Choice(choices) => {
            let spelling = Spelling::new(field, tongue);
            let spelled = choices.iter().map(|choice| spelling.put(&Value::Choice(choice.id), &Unknown));
            Some(List { field, spellings: spelled.map(|put| put.plain().into_owned()).collect() })
        }
        Shape::Flag => {
            let spelling = Spelling::new(field, tongue);
            let spelled = [true, false].map(|flag| spelling.put(&Value::Flag(flag), &Unknown));
            Some(List { field, spellings: spelled.map(|put| put.plain().into_owned()).to_vec() })
        }
        _ => None,
    };
    columns.iter().filter_map(list).collect()
}

/// Whom the explanations cannot name.
struct Unknown;

impl Known for Unknown {
    fn township(&self, code: TownshipCode) -> String {
        code.to_string()
    }
    fn record(&self, _kinds: &[u32], id: RecordId) -> String {
        id.to_string()
    }
}

/// Where the choices of a field stand, and they themselves.
fn list_range<'l>(lists: &'l [List<'_>], tag: u32) -> Option<(String, &'l [String])> {
    let (at, list) = lists.iter().enumerate().find(|(_, list)| list.field.tag == tag)?;
    let (letters, last) = (column_letters(at), list.spellings.len() + FIRST_CHOICE as usize - 1);
    Some((format!("'{CHOICES}'!${letters}${FIRST_CHOICE}:${letters}${last}"), &list.spellings))
}

/// Name of the hidden sheet, and the row of its first choice.
const CHOICES: &str = "选项";
const FIRST_CHOICE: u32 = 3;

/// What office programs check while somebody types. They warn and do not forbid: the import knows more spellings.
fn rule(
    field: &Field,
    list: Option<(String, &[String])>,
    tongue: Tongue,
) -> Result<Option<DataValidation>, XlsxError> {
    let rule = DataValidation::new();
    let number = |n: i64| i32::try_from(n).ok();
    let rule = match (&field.shape, list) {
        (_, Some((range, spellings))) => {
            let units: usize = spellings.iter().map(|one| one.encode_utf16().count() + 1).sum();
            let plain = units <= TEXT_UNITS_MAX && !spellings.iter().any(|one| one.contains([',', '"']));
            if plain {
                rule.allow_list_strings(spellings)?
            } else {
                rule.allow_list_formula(Formula::new(range))
            }
        }
        (Shape::Date, _) => {
            let days = (ExcelDateTime::from_ymd(1900, 3, 1)?, ExcelDateTime::from_ymd(2200, 12, 31)?);
            rule.allow_date(DataValidationRule::Between(days.0, days.1))
        }
        (Shape::Number { min, max }, _) => match (number(*min), number(*max)) {
            (Some(min), Some(max)) => rule.allow_whole_number(DataValidationRule::Between(min, max)),
            _ => return Ok(None),
        },
        (Shape::Decimal { min, max, .. }, _) => {
            rule.allow_decimal_number(DataValidationRule::Between(*min as f64, *max as f64))
        }
        (Shape::Text { max, .. }, _) => {
            let max = u32::try_from(*max).unwrap_or(u32::MAX);
            rule.allow_text_length(DataValidationRule::LessThanOrEqualTo(max))
        }
        _ => return Ok(None),
    };
    let mut says = bounds(field, tongue);
    if says.encode_utf16().count() > TEXT_UNITS_MAX {
        says = tongue(&label("请从下拉列表中选", "Choose from the list")).to_owned();
    }
    let title = tongue(&label("请检查", "Please check")).to_owned();
    let rule = rule.set_error_style(DataValidationErrorStyle::Warning).set_error_title(title)?;
    Ok(Some(rule.set_error_message(says)?))
}

/// A sheet that says of every column what it is and how it is filled.
fn explain(
    book: &mut Book,
    columns: &[&Field],
    needed: &[u32],
    spoken: &Spoken<'_>,
    tongue: Tongue,
) -> Result<(), WriteError> {
    let say = |zh: &str, en: &str| tongue(&label(zh, en)).to_owned();
    let heads = [
        ("栏目", "Column"),
        ("必填", "Required"),
        ("不外报", "Stays here"),
        ("类型", "Type"),
        ("范围、选项", "Bounds, choices"),
        ("示例", "Example"),
        ("说明", "Help"),
        ("表头也可写作", "May be called"),
    ];
    let sheet = book.sheet(Page {
        name: say("填写说明", "Explanations"),
        title: say("填写说明", "Explanations"),
        notes: vec![say(
            "一格里有多个值的，用“；”隔开。日期写成 2026-11-23。原有台账的表头不必改：认得的写法见最后一列。",
            "Several values in one cell are parted by ; or ；. Dates are written 2026-11-23. The headings of an old ledger may stay: the last column tells which are understood.",
        )],
        columns: heads.map(|(zh, en)| Column::new(say(zh, en)).most(48)).to_vec(),
        frozen: 1,
        foot: (String::new(), String::new()),
        filter: false,
    })?;
    let tick = |is: bool| if is { Put::text("√") } else { Put::Empty };
    for field in columns {
        let kind = type_name(field);
        let cells = [
            Put::text(spoken.field(field)),
            tick(needed.contains(&field.tag)),
            tick(field.privacy == Privacy::Local),
            Put::text(tongue(&kind)),
            Put::text(bounds(field, tongue)),
            Put::text(example(field, tongue)),
            Put::text(field.help.as_ref().map(tongue).unwrap_or_default()),
            Put::text(field.headings.join("、")),
        ];
        book.row(sheet, &cells, Tone::Plain)?;
    }
    Ok(())
}

/// The hidden sheet with the choices.
fn choices(book: &mut Book, lists: &[List<'_>], tongue: Tongue) -> Result<(), WriteError> {
    if lists.is_empty() {
        return Ok(());
    }
    let sheet = book.sheet(Page {
        name: CHOICES.to_owned(),
        title: tongue(&label("供下拉列表使用，请勿改动", "For the lists to choose from; leave as it is"))
            .to_owned(),
        notes: Vec::new(),
        columns: lists.iter().map(|list| Column::new(tongue(&list.field.label))).collect(),
        frozen: 0,
        foot: (String::new(), String::new()),
        filter: false,
    })?;
    debug_assert_eq!(book.next_row(sheet), FIRST_CHOICE);
    let longest = lists.iter().map(|list| list.spellings.len()).max().unwrap_or(0);
    for nth in 0..longest {
        let cell = |list: &List<'_>| Put::text(list.spellings.get(nth).cloned().unwrap_or_default());
        let cells: Vec<Put> = lists.iter().map(cell).collect();
        book.row(sheet, &cells, Tone::Plain)?;
    }
    worksheet(book, sheet)?.set_hidden(true);
    Ok(())
}

fn type_name(field: &Field) -> Label {
    match &field.shape {
        Shape::Text { lines: true, .. } => label("文字，可分行", "text, several lines"),
        Shape::Text { .. } => label("文字", "text"),
        Shape::Texts { .. } => label("文字，可多个", "texts"),
        Shape::Number { .. } => label("整数", "whole number"),
        Shape::Decimal { .. } => label("数字", "number"),
        Shape::Flag => label("是或否", "yes or no"),
        Shape::Date => label("日期", "date"),
        Shape::Time => label("日期和时间", "date and time"),
        Shape::Choice(_) => label("选项", "choice"),
        Shape::Choices(_) => label("选项，可多选", "choices"),
        Shape::Link(_) => label("已有的记录", "a record that is there"),
        Shape::Links(_) => label("已有的记录，可多个", "records that are there"),
        Shape::Township => label("乡镇", "township"),
        Shape::Townships => label("乡镇，可多个", "townships"),
        Shape::Blob | Shape::Rows(_) => label("不能导入", "not imported"),
    }
}

/// What may stand in the column.
fn bounds(field: &Field, tongue: Tongue) -> String {
    let say = |zh: String, en: String| tongue(&label(zh, en)).to_owned();
    match &field.shape {
        Shape::Text { pattern: Some(Pattern::IdCard), .. } => {
            say("18 位身份证号".into(), "an identity number of 18 characters".into())
        }
        Shape::Text { pattern: Some(Pattern::Phone), .. } => {
            say("5 至 20 位数字，可有空格、+、-".into(), "5 to 20 digits, spaces, + and -".into())
        }
        Shape::Text { max, .. } => {
            let max = (*max).min(limits::TEXT_CHARS_MAX);
            say(format!("最多 {max} 字"), format!("at most {max} characters"))
        }
        Shape::Texts { max } => say(format!("每个最多 {max} 字"), format!("each at most {max} characters")),
        Shape::Number { min, max } => say(format!("{min} 至 {max}"), format!("{min} to {max}")),
        Shape::Decimal { min, max, scale } => say(
            format!("{min} 至 {max}，最多 {scale} 位小数"),
            format!("{min} to {max}, at most {scale} decimals"),
        ),
        Shape::Choice(choices) | Shape::Choices(choices) => {
            let names: Vec<&str> = choices.iter().map(|choice| tongue(&choice.label)).collect();
            names.join(tongue(&label("、", ", ")))
        }
        Shape::Link(_) | Shape::Links(_) => {
            say("写编号或名称，须已登记".into(), "its number or title; it must have been entered".into())
        }
        Shape::Date => say("如 2026-11-23".into(), "such as 2026-11-23".into()),
        Shape::Township | Shape::Townships => {
            say("写名称或九位代码".into(), "its name, or its code of nine digits".into())
        }
        Shape::Flag | Shape::Time | Shape::Blob | Shape::Rows(_) => String::new(),
    }
}

fn example(field: &Field, tongue: Tongue) -> String {
    let choice = |at: usize| match &field.shape {
        Shape::Choice(choices) | Shape::Choices(choices) => {
            choices.get(at).map(|choice| tongue(&choice.label).to_owned()).unwrap_or_default()
        }
        _ => String::new(),
    };
    match &field.shape {
        Shape::Date => "2026-11-23".to_owned(),
        Shape::Time => "2026-11-23 09:30".to_owned(),
        Shape::Number { min, max } => 3.clamp(*min, *max).to_string(),
        Shape::Decimal { min, max, .. } => format!("{}", (*min).max(0).min(*max)),
        Shape::Flag => tongue(&label("是", "yes")).to_owned(),
        Shape::Choice(_) => choice(0),
        Shape::Choices(_) => {
            let both: Vec<String> =
                [choice(0), choice(1)].into_iter().filter(|one| !one.is_empty()).collect();
            both.join("；")
        }
        Shape::Texts { .. } => tongue(&label("市财政局；市住建局", "first；second")).to_owned(),
        Shape::Text { .. } | Shape::Link(_) | Shape::Links(_) => String::new(),
        Shape::Township | Shape::Townships | Shape::Blob | Shape::Rows(_) => String::new(),
    }
}
