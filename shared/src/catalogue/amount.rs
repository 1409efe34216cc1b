//! Numbers, texts and values that the program makes, as files write them.

use toml_span::Value as Written;

use super::condition;
use super::model::{Amount, Compute, DatePart, Field, Give, Piece, Privacy, Shape};
use super::names::Names;
use super::read::{Tab, Word, wrong_type};

/// Keys of the parts of a date.
const PARTS: [(&str, DatePart); 3] =
    [("year", DatePart::Year), ("month", DatePart::Month), ("day", DatePart::Day)];

/// A number, or a table that makes one.
pub(super) fn amount(value: &Written<'_>, names: &Names<'_>) -> Amount {
    if let Some(number) = value.as_integer() {
        return Amount::Fixed(number);
    }
    let Some(tab) = Tab::new(value, names.report) else { return Amount::Fixed(0) };
    let found = if let Some(word) = tab.word("linked") {
        names.linked_kind(word).and_then(|(field, kind)| {
            let amount = Box::new(self::amount(tab.value("amount")?, &names.of_kind(kind)));
            Some(Amount::Linked { field, amount })
        })
    } else if let Some(word) = tab.word("records") {
        names.kind(word).map(|kind| {
            let other = names.of_kind(kind);
            Amount::Records {
                kind,
                through: tab.word("through").and_then(|word| link(word, &other)),
                condition: Box::new(condition::condition_in(&tab, "where", &other)),
                sum: tab.word("sum").and_then(|word| number(word, &other)),
            }
        })
    } else if let Some(word) = tab.word("rows") {
        rows(word, names).map(|(field, columns)| Amount::Rows {
            field,
            condition: Box::new(condition::condition_in(&tab, "where", &columns)),
            sum: tab.word("sum").and_then(|word| number(word, &columns)),
        })
    } else if let Some(word) = tab.word("field") {
        names.field_of(word, "a number or a list", "数字或列表", condition::countable).map(Amount::Field)
    } else if let Some(word) = tab.word("rev_of") {
        link(word, names).map(|field| Amount::Revision { of: Some(field) })
    } else if tab.flag("rev") {
        Some(Amount::Revision { of: None })
    } else if let Some((key, part)) = PARTS.into_iter().find(|(key, _)| tab.has(key)) {
        names.date_field(tab.need_word(key)).map(|field| Amount::Part { field, part })
    } else if let Some(list) = tab.value("add") {
        Some(Amount::Add(many(list, names)))
    } else if let Some(list) = tab.value("subtract") {
        Some(Amount::Subtract(many(list, names)))
    } else {
        match tab.words("days").as_slice() {
            [from, to] => {
                names.date_field(*from).zip(names.date_field(*to)).map(|(from, to)| Amount::Days { from, to })
            }
            _ => {
                names.report.say(
                    tab.at,
                    "a number is one of: field, rows, add, subtract, days, year, month, day, rev, rev_of, linked, records",
                    "不认识的数值写法",
                );
                return Amount::Fixed(0);
            }
        }
    };
    tab.done();
    found.unwrap_or(Amount::Fixed(0))
}

fn many(list: &Written<'_>, names: &Names<'_>) -> Vec<Amount> {
    match list.as_array() {
        Some(items) => items.iter().map(|item| amount(item, names)).collect(),
        None => {
            wrong_type(names.report, list, "a list of numbers", "数值列表");
            Vec::new()
        }
    }
}

/// A field with child rows, and the names of its columns.
pub(super) fn rows<'a>(word: Word<'_>, names: &Names<'a>) -> Option<(u32, Names<'a>)> {
    let field = names.field(word)?;
    match &field.shape {
        Shape::Rows(columns) => Some((field.tag, names.inside(columns))),
        _ => {
            names.report.say(
                word.at,
                format!("field `{}` has no child rows", field.id),
                format!("字段 `{}`（{}）没有子表", field.id, field.label.zh),
            );
            None
        }
    }
}

fn link(word: Word<'_>, names: &Names<'_>) -> Option<u32> {
    names.field_of(word, "a link", "关联", |shape| matches!(shape, Shape::Link(_) | Shape::Links(_)))
}

fn number(word: Word<'_>, names: &Names<'_>) -> Option<u32> {
    let is = |shape: &Shape| matches!(shape, Shape::Number { .. } | Shape::Decimal { .. });
    names.field_of(word, "a number", "数字", is)
}

/// The `compute` of a field: a number for a number, a table of decisions for a choice, `{ when }` for a flag.
pub(super) fn compute(tab: &Tab<'_>, field: &Field, names: &Names<'_>) -> Option<Compute> {
    let value = tab.value("compute")?;
    let computed = match &field.shape {
        Shape::Number { .. } | Shape::Decimal { .. } => Compute::Number(amount(value, names)),
        Shape::Flag => {
            let tab = Tab::new(value, names.report)?;
            let when = condition::condition_in(&tab, "when", names);
            tab.done();
            Compute::Flag(when)
        }
        Shape::Choice(_) => {
            let list = value.as_array()?;
            let rules = list.iter().filter_map(|item| {
                let tab = Tab::new(item, names.report)?;
                let when = condition::condition_in(&tab, "when", names);
                let then = tab.value("then").and_then(|then| names.value(&field.shape, then));
                tab.done();
                Some((when, then?))
            });
            Compute::Choice(rules.collect())
        }
        _ => {
            wrong_type(
                names.report,
                value,
                "a computed number, choice or flag",
                "可计算的数字、单选或是否字段",
            );
            return None;
        }
    };
    Some(computed)
}

/// The pieces of a text with `{…}` in it.
pub(super) fn pieces(word: Word<'_>, names: &Names<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = word.text;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((inner, after)) = tail.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Literal(before.to_owned()));
        }
        rest = after;
        pieces.push(match inner {
            "abbr" => Piece::Abbr,
            "year" => Piece::Year,
            "n" => Piece::Number(1),
            _ => match inner.strip_prefix("n:").map(str::parse) {
                Some(Ok(digits)) if digits <= 9 => Piece::Number(digits),
                _ => match names.field(Word { text: inner, at: word.at }) {
                    Some(field) => Piece::Field(field.tag),
                    None => continue,
                },
            },
        });
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

/// One of those over which `each` runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Link,
    Township,
}

impl Item {
    fn fits(self, shape: &Shape) -> bool {
        match self {
            Self::Link => matches!(shape, Shape::Link(_) | Shape::Links(_)),
            Self::Township => matches!(shape, Shape::Township | Shape::Townships),
        }
    }

    fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Link => ("a link", "关联"),
            Self::Township => ("a township", "乡镇"),
        }
    }
}

/// Where `set` and `row` take their values from: names of the record here, and what they are for.
pub(super) struct Giver<'n, 'a> {
    pub(super) names: &'n Names<'a>,
    /// Columns of the rows of `each`.
    pub(super) columns: Option<Names<'a>>,
    /// What `each` runs over, where it is no row.
    pub(super) item: Option<Item>,
}

impl Giver<'_, '_> {
    /// Values by field of the receiver, whose names are `target`.
    pub(super) fn all(&self, tab: &Tab<'_>, key: &'static str, target: &Names<'_>) -> Vec<(u32, Give)> {
        let Some(set) = tab.tab(key) else { return Vec::new() };
        let pairs = set.keys().into_iter().filter_map(|(name, written)| {
            let field = target.field(name)?;
            let give = self.give(written, field)?;
            if field.privacy == Privacy::Sync && self.private(&give) {
                self.names.report.say(
                    name.at,
                    format!("`{}` leaves the office: what must not leave cannot be put there", field.id),
                    format!("`{}`（{}）会上传，不能写入不外传的内容", field.id, field.label.zh),
                );
            }
            Some((field.tag, give))
        });
        pairs.collect()
    }

    fn give(&self, written: &Written<'_>, field: &Field) -> Option<Give> {
        let names = self.names;
        if let Some(text) = written.as_str()
            && matches!(field.shape, Shape::Text { .. })
            && text.contains('{')
        {
            return Some(Give::Text(pieces(Word { text, at: written.span }, names)));
        }
        if written.as_table().is_none() {
            let found = super::names::value(names.report, &listed(&field.shape), written)?;
            return Some(Give::Value(found));
        }
        let tab = Tab::new(written, names.report)?;
        let found = if let Some(word) = tab.word("field") {
            names.field(word).map(|from| Give::Field(from.tag))
        } else if let Some(word) = tab.word("column") {
            match &self.columns {
                Some(columns) => columns.field(word).map(|from| Give::Column(from.tag)),
                None => {
                    names.report.say(word.at, "there are no rows to take a column from", "没有子表可取列");
                    None
                }
            }
        } else if let Some(value) = tab.value("amount") {
            Some(Give::Amount(amount(value, names)))
        } else if let Some(item) = self.item
            && tab.flag("item")
        {
            if !item.fits(&field.shape) {
                let (en, zh) = item.label();
                names.report.say(
                    tab.at,
                    format!("`item` is {en} here, the field `{}` is none", field.id),
                    format!("此处的 item 是{zh}，字段 `{}`（{}）不是", field.id, field.label.zh),
                );
            }
            Some(Give::Item)
        } else if tab.flag("office") {
            if !Item::Township.fits(&field.shape) {
                names.report.say(
                    tab.at,
                    format!("`office` is a township, the field `{}` is none", field.id),
                    format!("office 是乡镇，字段 `{}`（{}）不是", field.id, field.label.zh),
                );
            }
            Some(Give::Office)
        } else if tab.flag("this") {
            Some(Give::This)
        } else if tab.flag("today") {
            Some(Give::Today)
        } else {
            names.report.say(
                tab.at,
                "a value is one of: field, column, item, this, office, today, amount, or the value itself",
                "不认识的取值写法",
            );
            None
        };
        tab.done();
        found
    }

    fn private(&self, give: &Give) -> bool {
        let local = |tag: &u32| self.names.fields.get(tag).is_some_and(|f| f.privacy == Privacy::Local);
        match give {
            Give::Field(tag) => local(tag),
            Give::Text(pieces) => pieces.iter().any(|piece| matches!(piece, Piece::Field(tag) if local(tag))),
            _ => false,
        }
    }
}

/// The shape of one member of a list, for a value that a file writes alone.
fn listed(shape: &Shape) -> Shape {
    match shape {
        Shape::Choices(choices) => Shape::Choice(choices.clone()),
        other => other.clone(),
    }
}
