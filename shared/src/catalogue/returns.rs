//! Marks of what is handed in: `[expected]` (who owes what until when), `[figures]` (rows that hold figures of the tallies)
//! and `[adjusts]` (what is put right after the books are closed).
//!
//! Not here: working figures out ([`crate::ledger`]), telling why something has not come (the county's program).

use std::collections::BTreeMap;

use toml_span::Span;

use super::marks::public;
use super::model::{Action, Catalogue, Field, Kind, Shape};
use super::names::Names;
use super::problem::Report;
use super::read::{Tab, Word};

/// The marks of one kind; all of them absent in most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Returns {
    pub expected: Option<Expected>,
    pub figures: Option<Figures>,
    pub adjusts: Option<Adjusts>,
}

/// Each record of the kind says that one township owes something. Fields by tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub township: u32,
    /// A choice that sorts what is owed, such as monthly and yearly returns.
    pub group: Option<u32>,
    /// The period that it is about; both ends belong to it.
    pub from: u32,
    pub to: u32,
    /// Last day.
    pub due: u32,
    /// Link to the record of the township that answers.
    pub answer: u32,
    /// Day on which it came; empty: it has not.
    pub arrived: u32,
}

/// Child rows that hold figures of the office's own tallies for a period. Fields of the record and columns of the rows, by
/// tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub rows: u32,
    /// Column that names the figure: a choice by its key, a text by itself.
    pub indicator: u32,
    /// Column that receives what the tallies say: a number takes whole numbers, a text what is printed.
    pub value: u32,
    /// Column of what is reported; the tallies' word is put there where nothing stands.
    pub report: Option<u32>,
    /// Column that says why the two differ.
    pub explanation: Option<u32>,
    pub from: u32,
    pub to: u32,
    /// Actions with which the figures are worked out.
    pub actions: Vec<u32>,
    pub sets: Option<Sets>,
}

/// Which figures belong to which choice of a field: a yearly return has more than a monthly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sets {
    pub group: u32,
    /// Id of the choice → ids of the choices of the indicator, in the order of the form.
    pub by: BTreeMap<u32, Vec<u32>>,
}

/// Each record of the kind puts one figure of a closed return right. Fields by tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjusts {
    /// Link to the return.
    pub of: u32,
    /// Choice whose key is that of the figure.
    pub indicator: u32,
    /// By how much, up or down.
    pub by: u32,
    /// Statuses in which it counts.
    pub statuses: Vec<u32>,
}

/// The marks of a kind that is known but for them.
pub(super) fn returns(top: &Tab<'_>, names: &Names<'_>, actions: &BTreeMap<u32, Action>) -> Returns {
    Returns {
        expected: expected(top, names),
        figures: top.tab("figures").and_then(|tab| Reading { tab: &tab, names }.figures(actions)),
        adjusts: adjusts(top, names),
    }
}

fn expected(top: &Tab<'_>, names: &Names<'_>) -> Option<Expected> {
    let tab = top.tab("expected")?;
    let township = |shape: &Shape| matches!(shape, Shape::Township);
    let found = (
        names.field_of(tab.need_word("township"), "a township", "乡镇", township),
        tab.word("group").and_then(|word| choice(word, names)),
        (names.date_field(tab.need_word("from")), names.date_field(tab.need_word("to"))),
        names.date_field(tab.need_word("due")),
        names.linked_kind(tab.need_word("answer")),
        names.date_field(tab.need_word("arrived")),
    );
    tab.done();
    let (township, group, (from, to), due, answer, arrived) = found;
    let (township, from, to, due, arrived) = (township?, from?, to?, due?, arrived?);
    let expected = Expected { township, group, from, to, due, answer: answer?.0, arrived };
    public(names, tab.at, [township, from, to, due, arrived].into_iter().chain(group));
    Some(expected)
}

fn adjusts(top: &Tab<'_>, names: &Names<'_>) -> Option<Adjusts> {
    let tab = top.tab("adjusts")?;
    let number = |shape: &Shape| matches!(shape, Shape::Number { .. } | Shape::Decimal { .. });
    let of = names.linked_kind(tab.need_word("of"));
    let indicator = choice(tab.need_word("indicator"), names);
    let by = names.field_of(tab.need_word("by"), "a number", "数字", number);
    let statuses = names.statuses(&tab.words("statuses"));
    if statuses.is_empty() {
        super::rules::empty(names.report, tab.at, "statuses");
    }
    tab.done();
    let adjusts = Adjusts { of: of?.0, indicator: indicator?, by: by?, statuses };
    public(names, tab.at, [adjusts.of, adjusts.indicator, adjusts.by]);
    Some(adjusts)
}

fn choice(word: Word<'_>, names: &Names<'_>) -> Option<u32> {
    names.field_of(word, "a choice", "单选", |shape| matches!(shape, Shape::Choice(_)))
}

struct Reading<'r> {
    tab: &'r Tab<'r>,
    names: &'r Names<'r>,
}

impl Reading<'_> {
    fn figures(&self, actions: &BTreeMap<u32, Action>) -> Option<Figures> {
        let (tab, names) = (self.tab, self.names);
        let rows = super::amount::rows(tab.need_word("rows"), names);
        let Some((rows, columns)) = rows else {
            for key in ["indicator", "value", "report", "explanation", "from", "to", "at", "group", "sets"] {
                tab.value(key);
            }
            return None;
        };
        let named = |shape: &Shape| matches!(shape, Shape::Choice(_) | Shape::Text { .. });
        let shown = |shape: &Shape| matches!(shape, Shape::Number { .. } | Shape::Text { .. });
        let number = |shape: &Shape| matches!(shape, Shape::Number { .. });
        let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
        let indicator =
            columns.field_of(tab.need_word("indicator"), "a choice or a text", "单选或文字", named);
        let value = columns.field_of(tab.need_word("value"), "a number or a text", "数字或文字", shown);
        let report = tab.word("report").and_then(|word| columns.field_of(word, "a number", "数字", number));
        let explanation =
            tab.word("explanation").and_then(|word| columns.field_of(word, "a text", "文字", text));
        let (from, to) = (names.date_field(tab.need_word("from")), names.date_field(tab.need_word("to")));
        let taken = self.actions(rows, actions);
        let sets = indicator.and_then(|tag| columns.fields.get(&tag)).and_then(|field| self.sets(field));
        tab.done();
        let (indicator, value) = (indicator?, value?);
        Some(Figures {
            rows,
            indicator,
            value,
            report,
            explanation,
            from: from?,
            to: to?,
            actions: taken,
            sets,
        })
    }

    /// The actions that work the figures out take the rows.
    fn actions(&self, rows: u32, actions: &BTreeMap<u32, Action>) -> Vec<u32> {
        let (tab, names) = (self.tab, self.names);
        let words = tab.words("at");
        if words.is_empty() {
            super::rules::empty(names.report, tab.at, "at");
        }
        let known = words.iter().filter_map(|word| Some((word, actions.get(&names.action(*word)?)?)));
        let mut taken = Vec::new();
        for (word, action) in known {
            if action.from.is_empty() || !(action.requires.contains(&rows) || action.accepts.contains(&rows))
            {
                names.report.say(
                    word.at,
                    format!("`{}` does not accept the rows of the figures", word.text),
                    format!("操作 `{}` 不接受指标所在的子表", word.text),
                );
            }
            taken.push(action.tag);
        }
        taken
    }

    fn sets(&self, indicator: &Field) -> Option<Sets> {
        let (tab, names) = (self.tab, self.names);
        let group = choice(tab.word("group")?, names)?;
        let Some(sets) = tab.tab("sets") else {
            names.report.say(tab.at, "`group` goes with `sets`", "group 要与 sets 一起用");
            return None;
        };
        let field = names.fields.get(&group)?;
        let mut by = BTreeMap::new();
        for (key, written) in sets.keys() {
            let Some(choice) = field.choice_key(key.text) else {
                unknown(names.report, key, field);
                continue;
            };
            let list = written.as_array().map(Vec::as_slice).unwrap_or_default();
            let words = list.iter().filter_map(|item| Some(Word { text: item.as_str()?, at: item.span }));
            let mut figures = Vec::new();
            for word in words {
                match indicator.choice_key(word.text) {
                    Some(choice) => figures.push(choice.id),
                    None => unknown(names.report, word, indicator),
                }
            }
            if figures.is_empty() {
                super::rules::empty(names.report, key.at, "sets");
            }
            by.insert(choice.id, figures);
        }
        Some(Sets { group, by })
    }
}

fn unknown(report: &Report<'_>, word: Word<'_>, field: &Field) {
    report.say(
        word.at,
        format!("`{}` has no choice `{}`", field.id, word.text),
        format!("字段 `{}` 没有选项 `{}`", field.id, word.text),
    );
}

/// What the marks of a kind say of the rest of the catalogue: figures exist, and who answers links back.
pub(super) fn named(catalogue: &Catalogue, kind: &Kind, report: &Report<'_>, at: Span) {
    if let Some(figures) = &kind.returns.figures
        && let (Some(sets), Some(indicator)) = (&figures.sets, kind.column(figures.rows, figures.indicator))
    {
        for id in sets.by.values().flatten() {
            let key = indicator.choice(*id).map_or("", |choice| choice.key.as_str());
            if !catalogue.has_figure(key) {
                report.say(
                    at,
                    format!("[figures]: there is no figure `{key}`"),
                    format!("[figures] 没有指标 `{key}`"),
                );
            }
        }
    }
    if let Some(expected) = &kind.returns.expected
        && kind.answers(expected, catalogue).is_none()
    {
        report.say(
            at,
            "[expected]: the kind that answers has no link back to this one",
            "[expected] 答复的台账没有关联回来的字段",
        );
    }
}

impl Kind {
    /// A column of child rows.
    pub fn column(&self, rows: u32, column: u32) -> Option<&Field> {
        match &self.fields.get(&rows)?.shape {
            Shape::Rows(columns) => columns.get(&column),
            _ => None,
        }
    }

    /// The kind that answers what is expected here, and its link back.
    pub fn answers<'c>(&self, expected: &Expected, catalogue: &'c Catalogue) -> Option<(&'c Kind, u32)> {
        let Some(Shape::Link(kinds)) = self.fields.get(&expected.answer).map(|field| &field.shape) else {
            return None;
        };
        let answer = catalogue.kinds.get(kinds.first()?)?;
        let back = |field: &&Field| matches!(&field.shape, Shape::Link(kinds) if kinds.contains(&self.tag));
        answer.fields.values().find(back).map(|field| (answer, field.tag))
    }
}
