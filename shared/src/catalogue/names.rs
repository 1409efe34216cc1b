//! From the names that files use to the frozen numbers that everything else uses.

use std::collections::BTreeMap;

use super::model::{Field, Owner, Runs, Shape};
use super::problem::Report;
use super::read::{Word, wrong_type};
use crate::record::{Day, Decimal, Value};

/// Names that hold over the whole catalogue.
#[derive(Default)]
pub(super) struct World {
    pub(super) kinds: BTreeMap<String, u32>,
    pub(super) deadlines: BTreeMap<String, u32>,
    /// How they run, by number.
    pub(super) runs: BTreeMap<u32, Runs>,
    /// What rules of one kind may say of another.
    pub(super) others: BTreeMap<u32, Other>,
}

/// The names of a kind, for the rules of others.
#[derive(Debug, Clone, Default)]
pub(super) struct Other {
    pub(super) owner: Option<Owner>,
    pub(super) statuses: BTreeMap<String, u32>,
    /// By id: tag, and whether it creates records.
    pub(super) actions: BTreeMap<String, (u32, bool)>,
    pub(super) fields: BTreeMap<u32, Field>,
    pub(super) numbered: bool,
}

/// Names of one kind. `fields` is filled before anything that refers to it is read.
pub(super) struct Names<'a> {
    pub(super) world: &'a World,
    pub(super) report: &'a Report<'a>,
    pub(super) statuses: BTreeMap<String, u32>,
    pub(super) actions: BTreeMap<String, u32>,
    pub(super) fields: BTreeMap<u32, Field>,
}

impl<'a> Names<'a> {
    /// The names within the child rows of a field: its columns.
    pub(super) fn inside(&self, columns: &BTreeMap<u32, Field>) -> Names<'a> {
        let (world, report) = (self.world, self.report);
        let (statuses, actions) = (BTreeMap::new(), BTreeMap::new());
        Names { world, report, statuses, actions, fields: columns.clone() }
    }

    /// The names of another kind, or of this one.
    pub(super) fn of_kind(&self, tag: u32) -> Names<'a> {
        let other = self.world.others.get(&tag).cloned().unwrap_or_default();
        let actions = other.actions.into_iter().map(|(id, (tag, _))| (id, tag)).collect();
        let (world, report) = (self.world, self.report);
        Names { world, report, statuses: other.statuses, actions, fields: other.fields }
    }

    /// The only kind that a link field may point to.
    pub(super) fn linked_kind(&self, word: Word<'_>) -> Option<(u32, u32)> {
        let is_link = |shape: &Shape| matches!(shape, Shape::Link(_) | Shape::Links(_));
        let tag = self.field_of(word, "a link", "关联", is_link)?;
        match self.fields.get(&tag).map(|field| &field.shape) {
            Some(Shape::Link(kinds) | Shape::Links(kinds)) => match kinds.as_slice() {
                [kind] => Some((tag, *kind)),
                _ => {
                    self.report.say(
                        word.at,
                        format!("`{}` links to several kinds: a rule about them needs one", word.text),
                        format!("`{}` 可关联多种台账，规则只能针对一种", word.text),
                    );
                    None
                }
            },
            _ => None,
        }
    }

    fn find(&self, table: &BTreeMap<String, u32>, word: Word<'_>, en: &str, zh: &str) -> Option<u32> {
        let found = table.get(word.text).copied();
        if found.is_none() && !word.text.is_empty() {
            self.unknown(word, en, zh, table.keys().map(String::as_str));
        }
        found
    }

    fn unknown<'n>(&self, word: Word<'_>, en: &str, zh: &str, names: impl Iterator<Item = &'n str>) {
        let initial = word.text.chars().next();
        let far = |name: &str| (distance(name, word.text), name.chars().next() != initial);
        let near = names.min_by_key(|name| far(name)).filter(|name| far(name).0 <= 3);
        let hint = near.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        self.report.say(
            word.at,
            format!("no {en} `{}`{hint}", word.text),
            format!("没有这个{zh}：`{}`", word.text),
        );
    }

    pub(super) fn status(&self, word: Word<'_>) -> Option<u32> {
        self.find(&self.statuses, word, "status", "状态")
    }

    pub(super) fn statuses(&self, words: &[Word<'_>]) -> Vec<u32> {
        words.iter().filter_map(|word| self.status(*word)).collect()
    }

    pub(super) fn action(&self, word: Word<'_>) -> Option<u32> {
        self.find(&self.actions, word, "action", "操作")
    }

    pub(super) fn deadline(&self, word: Word<'_>) -> Option<u32> {
        self.find(&self.world.deadlines, word, "deadline kind", "期限")
    }

    pub(super) fn kind(&self, word: Word<'_>) -> Option<u32> {
        self.find(&self.world.kinds, word, "kind", "台账")
    }

    pub(super) fn field(&self, word: Word<'_>) -> Option<&Field> {
        let found = self.fields.values().find(|field| field.id == word.text);
        if found.is_none() && !word.text.is_empty() {
            self.unknown(word, "field", "字段", self.fields.values().map(|field| field.id.as_str()));
        }
        found
    }

    pub(super) fn field_tags(&self, words: &[Word<'_>]) -> Vec<u32> {
        words.iter().filter_map(|word| self.field(*word)).map(|field| field.tag).collect()
    }

    /// A field whose shape `fits`; `en` and `zh` say what is expected.
    pub(super) fn field_of(
        &self,
        word: Word<'_>,
        en: &str,
        zh: &str,
        fits: impl Fn(&Shape) -> bool,
    ) -> Option<u32> {
        let field = self.field(word)?;
        if !fits(&field.shape) {
            self.report.say(
                word.at,
                format!("field `{}` is not {en}", field.id),
                format!("字段 `{}`（{}）不是{zh}", field.id, field.label.zh),
            );
        }
        Some(field.tag)
    }

    pub(super) fn date_field(&self, word: Word<'_>) -> Option<u32> {
        self.field_of(word, "a date", "日期", |shape| matches!(shape, Shape::Date))
    }

    pub(super) fn value(&self, shape: &Shape, written: &toml_span::Value<'_>) -> Option<Value> {
        value(self.report, shape, written)
    }
}

/// A value as a file writes it: choices by key, dates and decimals as text.
pub(super) fn value(report: &Report<'_>, shape: &Shape, written: &toml_span::Value<'_>) -> Option<Value> {
    let found = match shape {
        Shape::Text { .. } | Shape::Texts { .. } => written.as_str().map(|text| Value::Text(text.to_owned())),
        Shape::Number { .. } => written.as_integer().map(Value::Number),
        Shape::Township | Shape::Townships => written.as_integer().map(Value::Number),
        Shape::Decimal { .. } => {
            written.as_str().and_then(|text| text.parse::<Decimal>().ok()).map(Value::Decimal)
        }
        Shape::Flag => written.as_bool().map(Value::Flag),
        Shape::Date => written.as_str().and_then(|text| text.parse::<Day>().ok()).map(Value::Date),
        Shape::Choice(choices) | Shape::Choices(choices) => {
            let Some(key) = written.as_str() else {
                wrong_type(report, written, "the key of a choice", "选项的 key");
                return None;
            };
            let choice = choices.iter().find(|choice| choice.key == key);
            if choice.is_none() {
                let known: Vec<_> = choices.iter().map(|choice| choice.key.as_str()).collect();
                report.say(
                    written.span,
                    format!("no choice `{key}`; known: {}", known.join(", ")),
                    format!("没有这个选项：`{key}`"),
                );
            }
            return choice.map(|choice| Value::Choice(choice.id));
        }
        Shape::Time | Shape::Link(_) | Shape::Links(_) | Shape::Blob | Shape::Rows(_) => None,
    };
    if found.is_none() {
        wrong_type(report, written, "a value of the field's type", "该字段类型的值");
    }
    found
}

/// Edits between two names: enough to find a slip of the finger.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
