//! Values as people write them, by the type of the field.

use std::collections::BTreeMap;

use super::find::{find_field, pick};
use crate::catalogue::model::{Field, Kind, Label, Shape};
use crate::exchange::cell::{Converter, Directory};
use crate::exchange::sheet::Cell;
use crate::program::Failure;
use crate::record::{Fields, Value};

/// Fields to set and fields to clear.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    pub set: Fields,
    pub clear: Vec<u32>,
}

impl Given {
    /// Reads `field=value` texts, in the clerk's form: a value is read as the cell of an imported table is. An empty
    /// value clears the field. Bounds are the command gate's.
    ///
    /// # Errors
    /// Everything that is wrong with the values, all of it at once; or the first field that is not known.
    pub fn read(kind: &Kind, texts: &[String], names: &dyn Directory) -> Result<Self, Failure> {
        let mut read = Self::default();
        let mut wrong: Vec<Label> = Vec::new();
        for pair in texts {
            let Some((name, text)) = pair.split_once('=').or_else(|| pair.split_once('＝')) else {
                return Err(Failure::invalid(
                    format!("“{pair}”应写成 字段=内容。"),
                    format!("\"{pair}\" should be written field=value."),
                ));
            };
            let field = find_field(kind, name)?;
            if text.trim().is_empty() {
                read.clear.push(field.tag);
                continue;
            }
            match value(field, text, names) {
                Ok(Some(value)) => {
                    read.set.insert(field.tag, value);
                }
                Ok(None) => read.clear.push(field.tag),
                Err(reason) => wrong.push(Label {
                    zh: format!("{}：{}（写的是“{text}”）", field.label.zh, reason.zh),
                    en: format!("{}: {} (found \"{text}\")", field.id, reason.en),
                }),
            }
        }
        match wrong.as_slice() {
            [] => Ok(read),
            [one] => Err(Failure::invalid(format!("{}。", one.zh), format!("{}.", one.en))),
            many => {
                let start = Failure::invalid(
                    format!("有 {} 处填写不对：", many.len()),
                    format!("{} values are not as they should be:", many.len()),
                );
                Err(many.iter().fold(start, |failure, label| failure.detail(&label.zh, &label.en)))
            }
        }
    }
}

/// A value of a field in the clerk's form. Child rows are written in the order of their columns, such as
/// `代表甲|出席；代表乙|请假`, or as a JSON list of objects. `None` if the text says nothing.
///
/// # Errors
/// What is expected.
pub(super) fn value(field: &Field, text: &str, names: &dyn Directory) -> Result<Option<Value>, Label> {
    let columns = match &field.shape {
        Shape::Rows(columns) if text.trim_start().starts_with('[') => columns,
        _ => return Converter::new(field).value(&Cell::Text(text.to_owned()), names),
    };
    let form = || Label {
        zh: "应写成 [{\"列名\":\"内容\"}, …]".to_owned(),
        en: "write it as [{\"column\": \"value\"}, …]".to_owned(),
    };
    let rows: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_str(text).map_err(|_| form())?;
    let mut list = Vec::new();
    for row in rows {
        let mut group = Fields::new();
        for (name, cell) in row {
            let column = pick(columns, &name).ok_or_else(|| Label {
                zh: format!("没有“{name}”这一列"),
                en: format!("there is no column {name}"),
            })?;
            let text = cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
            if let Some(value) = value(column, &text, names)? {
                group.insert(column.tag, value);
            }
        }
        list.push(Value::Group(group));
    }
    Ok(Some(Value::List(list)))
}
