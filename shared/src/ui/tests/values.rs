//! Values of every shape, as they stand once the command gate has taken them.

use std::collections::BTreeMap;

use super::dom::HOSTILE;
use crate::catalogue::model::{Choice, Field, Shape};
use crate::exchange::cell::{Directory, Townships};
use crate::ids::{RecordId, TownshipCode};
use crate::record::{Day, Decimal, Fields, Value};
use crate::sample::county;

/// Nobody knows a record by a text here: what is linked must come back by its id.
pub struct Known(pub Townships);

impl Known {
    pub fn new() -> Self {
        Self(Townships::new(townships()))
    }
}

impl Directory for Known {
    fn townships(&self) -> &Townships {
        &self.0
    }

    fn records(&self, _: &[u32], _: &str) -> Vec<RecordId> {
        Vec::new()
    }
}

pub fn townships() -> Vec<(TownshipCode, String)> {
    county::TOWNSHIPS.iter().map(|town| (town.id(), town.name.to_owned())).collect()
}

/// A title that is no text to be trusted.
pub fn title(id: RecordId) -> String {
    format!("{HOSTILE} {id}")
}

/// Draws from a seed (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }

    fn between(&mut self, min: i64, max: i64) -> i64 {
        let span = u64::try_from(max.saturating_sub(min)).unwrap_or(0).min(1_000_000) + 1;
        min + self.below(span) as i64
    }

    fn text(&mut self, max: usize, lines: bool) -> String {
        const PIECES: [&str; 12] = [
            "关于农村饮水的建议",
            HOSTILE,
            "市财政局；县住建局",
            "甲、乙",
            "a|b",
            " 中间有空格 ",
            "1,234",
            "〔2026〕5号",
            "x=y＝z",
            "C:\\路径",
            "%41+&",
            "🙂",
        ];
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            text.push_str(PIECES[self.below(PIECES.len() as u64) as usize]);
            if lines && self.below(2) == 0 {
                text.push('\n');
            }
        }
        let cut: String = text.chars().take(max).collect();
        let cut = cut.trim();
        if cut.is_empty() { "字".to_owned() } else { cut.to_owned() }
    }

    fn id(&mut self) -> RecordId {
        let mut bytes = [7; 16];
        bytes[8..].copy_from_slice(&self.below(u64::MAX).to_be_bytes());
        RecordId::from_bytes(bytes)
    }

    fn some<T: Clone>(&mut self, all: &[T]) -> Vec<T> {
        let mut some: Vec<T> = all.iter().filter(|_| self.below(2) == 0).cloned().collect();
        if some.is_empty() {
            some.extend(all.first().cloned());
        }
        some
    }

    /// A value of a field; none of a file, and of a choice without choices.
    pub fn value(&mut self, field: &Field) -> Option<Value> {
        let chosen = |choices: &[Choice]| -> Vec<Value> {
            choices.iter().map(|choice| Value::Choice(choice.id)).collect()
        };
        let codes = || -> Vec<Value> {
            townships().iter().map(|(code, _)| Value::Number(i64::from(code.number()))).collect()
        };
        let pick = |draw: &mut Self, all: Vec<Value>| all.get(draw.below(all.len() as u64) as usize).cloned();
        Some(match &field.shape {
            Shape::Text { max, lines, .. } => Value::Text(self.text(*max, *lines)),
            Shape::Texts { max } => {
                let mut texts: Vec<Value> =
                    (0..=self.below(3)).map(|_| Value::Text(self.text(*max, false))).collect();
                texts.sort();
                texts.dedup();
                Value::List(texts)
            }
            Shape::Number { min, max } => Value::Number(self.between(*min, *max)),
            Shape::Decimal { min, max, scale } => {
                let scale = (*scale).min(self.below(u64::from(*scale) + 1) as u8);
                let units = self.between(min.saturating_mul(10), max.saturating_mul(10).min(100_000));
                // Without zeros at the end, as it is written.
                match scale {
                    0 => Value::Decimal(Decimal { units: units / 10, scale: 0 }),
                    _ => Value::Decimal(Decimal { units: units / 10 * 10 + 3, scale: 1 }),
                }
            }
            Shape::Flag => Value::Flag(self.below(2) == 0),
            Shape::Date => Value::Date(Day(self.between(-25_000, 84_000) as i32)),
            Shape::Time => Value::Time(self.between(1_790_000_000, 1_790_900_000) * 1000),
            Shape::Choice(choices) => pick(self, chosen(choices))?,
            Shape::Choices(choices) => Value::List(self.some(&chosen(choices))),
            Shape::Link(_) => Value::Link(self.id()),
            Shape::Links(_) => Value::List((0..=self.below(2)).map(|_| Value::Link(self.id())).collect()),
            Shape::Township => pick(self, codes())?,
            Shape::Townships => Value::List(self.some(&codes())),
            Shape::Blob => return None,
            Shape::Rows(columns) => Value::List((0..=self.below(2)).map(|_| self.row(columns)).collect()),
        })
    }

    fn row(&mut self, columns: &BTreeMap<u32, Field>) -> Value {
        let mut row = Fields::new();
        while row.is_empty() {
            for column in columns.values() {
                if self.below(4) > 0 {
                    row.extend(self.value(column).map(|value| (column.tag, value)));
                }
            }
        }
        Value::Group(row)
    }

    /// Values for most of the fields.
    pub fn values<'a>(&mut self, fields: impl Iterator<Item = &'a Field>) -> Fields {
        let mut values = Fields::new();
        for field in fields {
            if self.below(4) > 0 {
                values.extend(self.value(field).map(|value| (field.tag, value)));
            }
        }
        values
    }
}
