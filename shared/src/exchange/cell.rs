//! Cells as values, by the shape of their field.

use std::collections::BTreeMap;

use super::book::label;
use super::date;
use super::fold::{folded, folded_unbracketed, half_width, one_line, parts, tidy};
use super::sheet::Cell;
use crate::catalogue::model::{Choice, Field, Label, Shape};
use crate::ids::{RecordId, TownshipCode};
use crate::limits;
use crate::record::{Decimal, Fields, Value};

/// Milliseconds from Beijing midnight to midnight in UTC.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// Townships by code and name, as a ledger may write them.
#[derive(Debug, Clone, Default)]
pub struct Townships {
    /// `None` where two townships share a name.
    by_name: BTreeMap<String, Option<TownshipCode>>,
    names: BTreeMap<TownshipCode, String>,
}

impl Townships {
    pub fn new(townships: impl IntoIterator<Item = (TownshipCode, String)>) -> Self {
        let mut found = Self::default();
        for (code, name) in townships {
            let entry = found.by_name.entry(folded(&name)).or_insert(Some(code));
            if *entry != Some(code) {
                *entry = None;
            }
            found.names.insert(code, name);
        }
        found
    }

    pub fn name(&self, code: TownshipCode) -> Option<&str> {
        self.names.get(&code).map(String::as_str)
    }

    /// By nine digits, by name, or by a name with the county's before it: `慈溪市坎墩街道`.
    ///
    /// # Errors
    /// The reason, if no township or more than one is meant.
    pub fn find(&self, text: &str) -> Result<TownshipCode, Label> {
        let plain = folded(text);
        if let Ok(code) = plain.parse::<TownshipCode>() {
            return match self.names.contains_key(&code) {
                true => Ok(code),
                false => Err(label(
                    format!("没有代码为 {code} 的乡镇"),
                    format!("no township has the code {code}"),
                )),
            };
        }
        let unclear = || label(format!("“{text}”不止一个乡镇"), format!("{text} is more than one township"));
        if let Some(found) = self.by_name.get(&plain) {
            return found.ok_or_else(unclear);
        }
        let mut longer = self.by_name.iter().filter(|(name, _)| plain.ends_with(name.as_str()));
        match (longer.next(), longer.next()) {
            (Some((_, found)), None) => found.ok_or_else(unclear),
            (Some(_), Some(_)) => Err(unclear()),
            (None, _) => {
                Err(label(format!("没有名为“{text}”的乡镇"), format!("no township is called {text}")))
            }
        }
    }
}

/// What cells may refer to.
pub trait Directory {
    fn townships(&self) -> &Townships;
    /// Records of these kinds that are known by this number or title; two are enough to say that it is unclear.
    fn records(&self, kinds: &[u32], text: &str) -> Vec<RecordId>;
}

/// Turns the cells of one column into values of its field. Made once per column.
#[derive(Debug)]
pub struct Converter<'a> {
    field: &'a Field,
    /// Every spelling of every choice, folded.
    choices: BTreeMap<String, u32>,
}

impl<'a> Converter<'a> {
    pub fn new(field: &'a Field) -> Self {
        let choices = match &field.shape {
            Shape::Choice(choices) | Shape::Choices(choices) => spellings(choices),
            _ => BTreeMap::new(),
        };
        Self { field, choices }
    }

    /// The value of a cell; `None` if the cell says nothing. Bounds of the shape are the command gate's to check.
    ///
    /// # Errors
    /// The reason, for the user.
    pub fn value(&self, cell: &Cell, directory: &dyn Directory) -> Result<Option<Value>, Label> {
        if cell.is_blank() {
            return Ok(None);
        }
        if let Cell::Error(error) = cell {
            return Err(label(
                format!("单元格是错误值 {error}"),
                format!("the cell holds the error {error}"),
            ));
        }
        if *cell == Cell::Unsolved {
            return Err(label(
                "单元格是公式，文件里没有它的计算结果；请在办公软件中打开并保存一次，或改为数值",
                "the cell is a formula and the file does not hold its result; open and save it in the office program, or write the value",
            ));
        }
        let moment = || date::from_cell(cell).map_err(date::DateFault::label);
        match &self.field.shape {
            Shape::Date => return Ok(moment()?.map(|m| Value::Date(m.day))),
            Shape::Time => {
                let ms = |m: date::Moment| {
                    i64::from(m.day.0) * 86_400_000 + i64::from(m.seconds.unwrap_or(0)) * 1000
                };
                return Ok(moment()?.map(|m| Value::Time(ms(m) - BEIJING_MS)));
            }
            _ => {}
        }
        let shown = cell.text();
        let text = tidy(&shown);
        match &self.field.shape {
            Shape::Text { max, lines, .. } => {
                let text = if *lines { text } else { one_line(&text).into_owned().into() };
                bounded(&text, *max).map(|text| Some(Value::Text(text)))
            }
            Shape::Texts { max } => {
                list(parts(&text), |part| bounded(&one_line(part), *max).map(Value::Text)).map(Some)
            }
            Shape::Number { .. } => number(cell, &text).map(|n| Some(Value::Number(n))),
            Shape::Decimal { scale, .. } => decimal(&text, *scale).map(|d| Some(Value::Decimal(d))),
            Shape::Flag => flag(&text).map(|f| Some(Value::Flag(f))),
            Shape::Choice(choices) => self.choice(&text, choices).map(Some),
            Shape::Choices(choices) => match self.choice(&text, choices) {
                // One spelling may itself hold a mark that parts others.
                Ok(one) => Ok(Some(Value::List(vec![one]))),
                Err(_) => list(parts(&text), |part| self.choice(part, choices)).map(Some),
            },
            Shape::Link(kinds) => link(&text, kinds, directory).map(Some),
            Shape::Links(kinds) => list(parts(&text), |part| link(part, kinds, directory)).map(Some),
            Shape::Township => township(&text, directory).map(Some),
            Shape::Townships => list(parts(&text), |part| township(part, directory)).map(Some),
            Shape::Rows(columns) => child_rows(columns, &text, directory).map(Some),
            Shape::Date | Shape::Time | Shape::Blob => {
                Err(label("这一栏不能从表格导入", "this field cannot be imported from a table"))
            }
        }
    }

    fn choice(&self, text: &str, choices: &[Choice]) -> Result<Value, Label> {
        let found = self.choices.get(&folded(text)).or_else(|| self.choices.get(&folded_unbracketed(text)));
        found.map(|id| Value::Choice(*id)).ok_or_else(|| {
            let zh: Vec<&str> = choices.iter().map(|c| c.label.zh.as_str()).collect();
            let en: Vec<&str> = choices.iter().map(|c| c.label.en.as_str()).collect();
            label(format!("应为：{}", zh.join("、")), format!("must be one of: {}", en.join(", ")))
        })
    }
}

/// Keys and labels go before other spellings; of two choices with one spelling, the first has it.
fn spellings(choices: &[Choice]) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let own = choices.iter().flat_map(|c| [&c.key, &c.label.zh, &c.label.en].map(|s| (s, c.id)));
    let other = choices.iter().flat_map(|c| c.headings.iter().map(|s| (s, c.id)));
    for (spelling, id) in own.chain(other) {
        found.entry(folded(spelling)).or_insert(id);
    }
    found.remove("");
    found
}

/// Child rows in one cell: parted by `；`, `;` or line breaks, their columns by `|` in the order of the catalogue. An
/// empty column says nothing.
fn child_rows(columns: &BTreeMap<u32, Field>, text: &str, directory: &dyn Directory) -> Result<Value, Label> {
    let mut list = Vec::new();
    let rows = text.split(['；', ';', '\n']).map(str::trim).filter(|row| !row.is_empty());
    for (nth, row) in rows.enumerate() {
        let cells: Vec<&str> = row.split(['|', '｜']).collect();
        if cells.len() > columns.len() {
            let labels: Vec<&str> = columns.values().map(|column| column.label.zh.as_str()).collect();
            let ids: Vec<&str> = columns.values().map(|column| column.id.as_str()).collect();
            return Err(label(
                format!("第{}行多于 {} 列（{}）", nth + 1, columns.len(), labels.join("|")),
                format!("row {} has more than {} columns ({})", nth + 1, columns.len(), ids.join("|")),
            ));
        }
        let mut group = Fields::new();
        for (cell, column) in cells.into_iter().zip(columns.values()) {
            let cell = Cell::Text(cell.trim().to_owned());
            let read = Converter::new(column).value(&cell, directory).map_err(|wrong| {
                label(
                    format!("第{}行{}：{}", nth + 1, column.label.zh, wrong.zh),
                    format!("row {}, {}: {}", nth + 1, column.id, wrong.en),
                )
            })?;
            if let Some(value) = read {
                group.insert(column.tag, value);
            }
        }
        list.push(Value::Group(group));
    }
    Ok(Value::List(list))
}

fn bounded(text: &str, max: usize) -> Result<String, Label> {
    let chars = text.chars().count();
    if chars > max {
        return Err(label(
            format!("共{chars}字，最多{max}字"),
            format!("{chars} characters, at most {max} are allowed"),
        ));
    }
    Ok(text.to_owned())
}

/// Values in their order, each once.
fn list(parts: Vec<&str>, read: impl Fn(&str) -> Result<Value, Label>) -> Result<Value, Label> {
    if parts.len() > limits::LIST_VALUES_MAX {
        let (found, max) = (parts.len(), limits::LIST_VALUES_MAX);
        return Err(label(
            format!("共{found}项，最多{max}项"),
            format!("{found} values, at most {max} are allowed"),
        ));
    }
    let mut values = Vec::with_capacity(parts.len());
    for part in parts {
        let value = read(part)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(Value::List(values))
}

/// Digits without blanks and thousands marks; one counting word at the end is dropped, 万 is not.
fn digits(text: &str) -> String {
    let half: String = text.chars().map(half_width).filter(|c| !c.is_whitespace() && *c != ',').collect();
    let counted =
        half.strip_suffix(['人', '件', '次', '个', '名', '条', '项', '份', '天', '日', '元', '分', '篇']);
    let plain = counted.unwrap_or(&half);
    plain.strip_prefix('+').unwrap_or(plain).replace(['−', '—'], "-")
}

fn number(cell: &Cell, text: &str) -> Result<i64, Label> {
    let wrong = || label("应为整数", "must be a whole number");
    let plain = match cell {
        Cell::Text(_) => digits(text),
        Cell::Number(_) => text.to_owned(),
        _ => return Err(wrong()),
    };
    // 3.00 is a whole number, 3.5 is not.
    let whole = plain.split_once('.').map_or(plain.as_str(), |(whole, part)| {
        if !part.is_empty() && part.bytes().all(|b| b == b'0') { whole } else { &plain }
    });
    whole.parse().map_err(|_| wrong())
}

fn decimal(text: &str, scale: u8) -> Result<Decimal, Label> {
    let wrong = || {
        label(
            format!("应为数字，最多{scale}位小数"),
            format!("must be a number with at most {scale} decimals"),
        )
    };
    let plain = digits(text);
    let plain = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
    let found: Decimal = plain.parse().map_err(|_| wrong())?;
    if found.scale > scale { Err(wrong()) } else { Ok(found) }
}

fn flag(text: &str) -> Result<bool, Label> {
    match folded(text).as_str() {
        "是" | "true" | "yes" | "y" | "1" => Ok(true),
        "否" | "不是" | "false" | "no" | "n" | "0" => Ok(false),
        _ if matches!(text, "√" | "✓" | "✔") => Ok(true),
        _ if matches!(text, "×" | "✗" | "✘") => Ok(false),
        _ => Err(label("应为：是、否", "must be yes or no")),
    }
}

fn link(text: &str, kinds: &[u32], directory: &dyn Directory) -> Result<Value, Label> {
    match directory.records(kinds, text).as_slice() {
        [one] => Ok(Value::Link(*one)),
        [] => Err(label(format!("没有找到“{text}”"), format!("nothing is known by {text}"))),
        _ => Err(label(
            format!("“{text}”不止一个，请写编号"),
            format!("{text} is more than one; give its number"),
        )),
    }
}

fn township(text: &str, directory: &dyn Directory) -> Result<Value, Label> {
    directory.townships().find(text).map(|code| Value::Number(i64::from(code.number())))
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
