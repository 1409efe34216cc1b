//! Reading tables of TOML with the place of every value. Whatever is missing or of the wrong type is reported and
//! replaced by something empty, so that the rest of the file is still read; a report that is not empty fails the load.

use std::cell::RefCell;

use toml_span::value::{Table, ValueInner};
use toml_span::{Span, Value};

use super::model::Label;
use super::problem::Report;

/// A word and its place.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) at: Span,
}

/// One table; remembers which keys were asked for, so that a misspelt key does not pass unseen.
pub(super) struct Tab<'a> {
    table: &'a Table<'a>,
    pub(super) at: Span,
    pub(super) report: &'a Report<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Tab<'a> {
    pub(super) fn new(value: &'a Value<'a>, report: &'a Report<'a>) -> Option<Self> {
        match value.as_table() {
            Some(table) => {
                // The table of a [[header]] has the place of what follows it; its first key is nearer to the eye.
                let first = table.keys().map(|key| key.span).min_by_key(|span| span.start);
                Some(Self { table, at: first.unwrap_or(value.span), report, asked: RefCell::default() })
            }
            None => {
                wrong_type(report, value, "a table", "表");
                None
            }
        }
    }

    /// The same table, read once more for another report.
    pub(super) fn again(&self, report: &'a Report<'a>) -> Tab<'a> {
        Tab { table: self.table, at: self.at, report, asked: RefCell::default() }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn value(&self, key: &'static str) -> Option<&'a Value<'a>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    fn missing(&self, key: &str) {
        self.report.say(self.at, format!("`{key}` is missing"), format!("缺少 `{key}`"));
    }

    pub(super) fn word(&self, key: &'static str) -> Option<Word<'a>> {
        let value = self.value(key)?;
        match value.as_str() {
            Some(text) => Some(Word { text, at: value.span }),
            None => {
                wrong_type(self.report, value, "a text", "文字");
                None
            }
        }
    }

    pub(super) fn need_word(&self, key: &'static str) -> Word<'a> {
        let found = self.word(key);
        if found.is_none() && !self.has(key) {
            self.missing(key);
        }
        found.unwrap_or(Word { text: "", at: self.at })
    }

    /// A whole number within the bounds of `T`.
    pub(super) fn number<T: TryFrom<i64>>(&self, key: &'static str) -> Option<T> {
        let value = self.value(key)?;
        let number = value.as_integer().and_then(|number| T::try_from(number).ok());
        if number.is_none() {
            wrong_type(self.report, value, "a whole number within its bounds", "取值范围内的整数");
        }
        number
    }

    pub(super) fn need_number<T: TryFrom<i64> + Default>(&self, key: &'static str) -> T {
        if !self.has(key) {
            self.missing(key);
        }
        self.number(key).unwrap_or_default()
    }

    /// A list of whole numbers within the bounds of `T`; absent is empty.
    pub(super) fn numbers<T: TryFrom<i64>>(&self, key: &'static str) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let list = value.as_array().map(|list| {
            list.iter().map(|item| item.as_integer().and_then(|n| T::try_from(n).ok())).collect::<Option<_>>()
        });
        list.flatten().unwrap_or_else(|| {
            wrong_type(
                self.report,
                value,
                "a list of whole numbers within their bounds",
                "取值范围内的整数列表",
            );
            Vec::new()
        })
    }

    /// False where the key is absent.
    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some(value) = self.value(key) else { return false };
        value.as_bool().unwrap_or_else(|| {
            wrong_type(self.report, value, "true or false", "true 或 false");
            false
        })
    }

    /// A list of texts; one text alone is a list of one; absent is empty.
    pub(super) fn words(&self, key: &'static str) -> Vec<Word<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        if let Some(text) = value.as_str() {
            return vec![Word { text, at: value.span }];
        }
        let Some(list) = value.as_array() else {
            wrong_type(self.report, value, "a list of texts", "文字列表");
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in list {
            match item.as_str() {
                Some(text) => words.push(Word { text, at: item.span }),
                None => wrong_type(self.report, item, "a text", "文字"),
            }
        }
        words
    }

    pub(super) fn strings(&self, key: &'static str) -> Vec<String> {
        self.words(key).into_iter().map(|word| word.text.to_owned()).collect()
    }

    pub(super) fn tab(&self, key: &'static str) -> Option<Tab<'a>> {
        self.value(key).and_then(|value| Tab::new(value, self.report))
    }

    /// A list of tables; absent is empty.
    pub(super) fn tabs(&self, key: &'static str) -> Vec<Tab<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.as_array() {
            Some(list) => list.iter().filter_map(|item| Tab::new(item, self.report)).collect(),
            None => {
                wrong_type(self.report, value, "a list of tables", "表的列表");
                Vec::new()
            }
        }
    }

    /// The tables under this one, by key.
    pub(super) fn keys(&self) -> Vec<(Word<'a>, &'a Value<'a>)> {
        self.table.iter().map(|(key, value)| (Word { text: &key.name, at: key.span }, value)).collect()
    }

    /// `zh` and `en` of this table; both must be there and not empty.
    pub(super) fn label(&self) -> Label {
        let (zh, en) = (self.need_word("zh"), self.need_word("en"));
        for (key, word) in [("zh", zh), ("en", en)] {
            if self.has(key) && word.text.trim().is_empty() {
                self.report.say(word.at, format!("label `{key}` is empty"), format!("名称 `{key}` 为空"));
            }
        }
        Label { zh: zh.text.to_owned(), en: en.text.to_owned() }
    }

    /// Says which keys nobody asked for.
    pub(super) fn done(&self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.iter().any(|known| *known == key.name)) {
            let mut known: Vec<_> = asked.clone();
            known.sort_unstable();
            known.dedup();
            self.report.say(
                key.span,
                format!("unknown key `{}`; known here: {}", key.name, known.join(", ")),
                format!("不认识的键 `{}`", key.name),
            );
        }
    }
}

pub(super) fn wrong_type(report: &Report<'_>, value: &Value<'_>, en: &str, zh: &str) {
    let found = match value.as_ref() {
        ValueInner::String(_) => "a text",
        ValueInner::Integer(_) => "a number",
        ValueInner::Float(_) => "a number with a point",
        ValueInner::Boolean(_) => "true or false",
        ValueInner::Array(_) => "a list",
        ValueInner::Table(_) => "a table",
    };
    report.say(value.span, format!("expected {en}, found {found}"), format!("此处应为{zh}"));
}
