//! Values as people write them, by the type of the field.

use crate::catalogue::model::{Choice, Field, Kind, Shape};
use crate::code::ErrorCode;
use crate::ids::TownshipCode;
use crate::program::{Failure, day_start_ms};
use crate::record::{Fields, Value};

/// `field=value` texts as fields to set and fields to clear. A field is named by its id or Chinese label.
///
/// # Errors
/// One failure with a detail for every text that is not understood.
pub fn fields_from_text(kind: &Kind, texts: &[String]) -> Result<(Fields, Vec<u32>), Failure> {
    let (mut set, mut clear) = (Fields::new(), Vec::new());
    let mut problems = Vec::new();
    for text in texts {
        let Some((name, value)) = text.split_once('=') else {
            problems.push((format!("“{text}”应写作 字段=内容"), format!("\"{text}\" must be field=value")));
            continue;
        };
        let name = name.trim();
        let field = kind.fields.values().find(|field| field.id == name || field.label.zh == name);
        match field {
            None => problems.push((
                format!("“{}”没有字段“{name}”", kind.label.zh),
                format!("{} has no field \"{name}\"", kind.label.en),
            )),
            Some(field) if value.is_empty() => clear.push(field.tag),
            Some(field) => match value_from_text(&field.shape, value) {
                Ok(value) => {
                    set.insert(field.tag, value);
                }
                Err((zh, en)) => {
                    problems.push((format!("{}：{zh}", field.label.zh), format!("{}: {en}", field.label.en)));
                }
            },
        }
    }
    if problems.is_empty() {
        return Ok((set, clear));
    }
    let failure = Failure::new(
        ErrorCode::Invalid,
        "填写的内容有误，没有保存。",
        "The values are not understood; nothing was saved.",
    );
    Err(problems.into_iter().fold(failure, |failure, (zh, en)| failure.detail(zh, en)))
}

/// A value of a field's type. Choices by key or label, days as `2026-11-23`, several values with `、`, `，`, `,` or `；`
/// between them, child rows as a JSON list of objects. Bounds are the command gate's.
///
/// # Errors
/// What is expected, in Chinese and English.
pub fn value_from_text(shape: &Shape, text: &str) -> Result<Value, (String, String)> {
    let wrong = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    let word = text.trim();
    Ok(match shape {
        Shape::Text { .. } => Value::Text(text.to_owned()),
        Shape::Number { .. } => {
            Value::Number(word.parse().map_err(|_| wrong("应为整数", "expected a whole number"))?)
        }
        Shape::Decimal { .. } => {
            Value::Decimal(word.parse().map_err(|_| wrong("应为数字", "expected a number"))?)
        }
        Shape::Flag => match word {
            "true" | "是" | "yes" => Value::Flag(true),
            "false" | "否" | "no" => Value::Flag(false),
            _ => return Err(wrong("应为 是 或 否", "expected yes or no")),
        },
        Shape::Date => Value::Date(
            word.parse()
                .map_err(|_| wrong("应为 2026-11-23 这样的日期", "expected a date such as 2026-11-23"))?,
        ),
        Shape::Time => Value::Time(time(word).ok_or_else(|| {
            wrong("应为 2026-11-23 09:30 这样的时间", "expected a time such as 2026-11-23 09:30")
        })?),
        Shape::Choice(choices) => Value::Choice(choice(choices, word)?),
        Shape::Choices(choices) => Value::List(
            parts(word).map(|part| choice(choices, part).map(Value::Choice)).collect::<Result<_, _>>()?,
        ),
        Shape::Texts { .. } => Value::List(parts(word).map(|part| Value::Text(part.to_owned())).collect()),
        Shape::Link(_) => Value::Link(link(word)?),
        Shape::Links(_) => {
            Value::List(parts(word).map(|part| link(part).map(Value::Link)).collect::<Result<_, _>>()?)
        }
        Shape::Township => township(word)?,
        Shape::Townships => Value::List(parts(word).map(township).collect::<Result<_, _>>()?),
        Shape::Blob => return Err(wrong("不能直接填写", "cannot be written by hand")),
        Shape::Rows(columns) => {
            let rows: Vec<serde_json::Map<String, serde_json::Value>> =
                serde_json::from_str(word).map_err(|_| {
                    wrong(
                        "应为 JSON 列表，如 [{\"列\":\"内容\"}]",
                        "expected a JSON list such as [{\"column\":\"value\"}]",
                    )
                })?;
            Value::List(
                rows.iter().map(|row| row_from_json(columns.values(), row)).collect::<Result<_, _>>()?,
            )
        }
    })
}

fn row_from_json<'a>(
    columns: impl Iterator<Item = &'a Field> + Clone,
    row: &serde_json::Map<String, serde_json::Value>,
) -> Result<Value, (String, String)> {
    let mut fields = Fields::new();
    for (name, value) in row {
        let column = columns.clone().find(|column| column.id == *name || column.label.zh == *name);
        let column = column
            .ok_or_else(|| (format!("没有“{name}”这一列"), format!("there is no column \"{name}\"")))?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        fields.insert(column.tag, value_from_text(&column.shape, &text)?);
    }
    Ok(Value::Group(fields))
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', '，', ',', '；', ';']).map(str::trim).filter(|part| !part.is_empty())
}

fn choice(choices: &[Choice], word: &str) -> Result<u32, (String, String)> {
    let same = |choice: &&Choice| {
        choice.key == word
            || choice.label.zh == word
            || choice.label.en == word
            || choice.headings.iter().any(|h| h == word)
    };
    choices.iter().find(same).map(|choice| choice.id).ok_or_else(|| {
        let zh: Vec<_> = choices.iter().map(|choice| choice.label.zh.as_str()).collect();
        let en: Vec<_> = choices.iter().map(|choice| choice.key.as_str()).collect();
        (format!("应为：{}", zh.join("、")), format!("expected one of {}", en.join(", ")))
    })
}

fn link(word: &str) -> Result<crate::ids::RecordId, (String, String)> {
    word.parse().map_err(|_| ("应为记录编号".to_owned(), "expected the id of a record".to_owned()))
}

fn township(word: &str) -> Result<Value, (String, String)> {
    let code: Result<TownshipCode, _> = word.parse();
    let code = code
        .map_err(|_| ("应为九位乡镇代码".to_owned(), "expected a township code of nine digits".to_owned()))?;
    Ok(Value::Number(i64::from(code.number())))
}

/// `2026-11-23 09:30`, Beijing time.
fn time(word: &str) -> Option<i64> {
    let (day, clock) = word.split_once([' ', 'T'])?;
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let good = (0..24).contains(&hour) && (0..60).contains(&minute);
    good.then_some(day_start_ms(day.parse().ok()?) + (hour * 60 + minute) * 60_000)
}
