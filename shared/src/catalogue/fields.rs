//! Fields and their shapes as files write them.

use std::collections::BTreeMap;

use super::model::{Choice, Field, Label, Pattern, Privacy, Shape};
use super::names::{self, Names};
use super::problem::Report;
use super::read::{Tab, Word};
use crate::limits;

/// Sets of choices by name: those of the file, then those that all files share.
pub(super) type ChoiceSets = BTreeMap<String, Vec<Choice>>;

/// The `[choices]` of a file.
pub(super) fn choice_sets(tab: &Tab<'_>) -> ChoiceSets {
    let mut sets = ChoiceSets::new();
    let Some(choices) = tab.tab("choices") else { return sets };
    for (name, value) in choices.keys() {
        let Some(list) = value.as_array() else {
            super::read::wrong_type(tab.report, value, "a list of choices", "选项列表");
            continue;
        };
        let tabs: Vec<_> = list.iter().filter_map(|item| Tab::new(item, tab.report)).collect();
        sets.insert(name.text.to_owned(), choice_list(&tabs, tab.report));
    }
    sets
}

fn choice_list(tabs: &[Tab<'_>], report: &Report<'_>) -> Vec<Choice> {
    let mut list: Vec<Choice> = Vec::new();
    for tab in tabs {
        let choice = Choice {
            id: tab.need_number("id"),
            key: tab.need_word("key").text.to_owned(),
            label: tab.label(),
            headings: tab.strings("headings"),
            mark: tab.word("mark").map_or_else(String::new, |word| word.text.to_owned()),
        };
        tab.done();
        if choice.id == 0 {
            report.say(tab.at, "choice ids start at 1", "选项编号从 1 开始");
        }
        if let Some(twin) = list.iter().find(|other| other.id == choice.id || other.key == choice.key) {
            report.say(
                tab.at,
                format!("choice {} `{}` repeats choice {} `{}`", choice.id, choice.key, twin.id, twin.key),
                format!("选项重复：{} `{}`", choice.id, choice.key),
            );
        }
        list.push(choice);
    }
    list
}

/// A field before statuses are known: `required_from` stays as words.
pub(super) struct Draft<'a> {
    pub(super) field: Field,
    pub(super) required_from: Vec<Word<'a>>,
    /// Kinds that a link may point to.
    pub(super) links: Vec<Word<'a>>,
    /// The same for link columns of child rows, by column.
    pub(super) column_links: Vec<(u32, Vec<Word<'a>>)>,
    pub(super) locks_in: Vec<Word<'a>>,
    /// The field's own table: what it computes is read once all fields are known.
    pub(super) tab: Tab<'a>,
    pub(super) at: toml_span::Span,
}

/// One field; `inner` fields stand in rows and are not required from a status.
pub(super) fn field<'a>(tab: &Tab<'a>, sets: &ChoiceSets, inner: bool) -> Draft<'a> {
    let report = tab.report;
    let id = tab.need_word("id");
    let links = tab.words("kinds");
    let mut column_links = Vec::new();
    let shape = shape(tab, sets, inner, &mut column_links);
    let default = tab.value("default").and_then(|written| names::value(report, &shape, written));
    let field = Field {
        tag: tab.need_number("tag"),
        id: id.text.to_owned(),
        label: tab.label(),
        privacy: privacy(tab, "privacy"),
        // A column is required in every row, whatever the status.
        required_in: if inner && tab.flag("required") { vec![0] } else { Vec::new() },
        derived: !inner && (tab.flag("derived") || tab.has("compute")),
        headings: tab.strings("headings"),
        default,
        compute: None,
        locks_in: Vec::new(),
        help: tab.tab("help").map(|help| {
            let label: Label = help.label();
            help.done();
            label
        }),
        shape,
    };
    let required_from = if inner { Vec::new() } else { tab.words("required_from") };
    let locks_in = if inner { Vec::new() } else { tab.words("locks_in") };
    if !inner {
        tab.value("compute");
    }
    tab.done();
    if !locks_in.is_empty() && !matches!(field.shape, Shape::Link(_) | Shape::Links(_)) {
        report.say(tab.at, "`locks_in` goes with a link", "locks_in 只用于关联字段");
    }
    if inner && field.privacy == Privacy::Local {
        report.say(
            tab.at,
            "a column cannot stay in the office by itself: mark the whole field",
            "列不能单独设为不外传，请对整个字段设置",
        );
    }
    super::rules::good_name(report, id, "field", "字段");
    if field.tag == 0 && tab.has("tag") {
        report.say(tab.at, "field tags start at 1", "字段编号从 1 开始");
    }
    Draft { field, required_from, links, column_links, locks_in, tab: tab.again(report), at: tab.at }
}

pub(super) fn privacy(tab: &Tab<'_>, key: &'static str) -> Privacy {
    match tab.word(key) {
        None => Privacy::Sync,
        Some(word) if word.text == "sync" => Privacy::Sync,
        Some(word) if word.text == "local" => Privacy::Local,
        Some(word) => {
            tab.report.say(
                word.at,
                format!("`{key}` is \"sync\" or \"local\", not \"{}\"", word.text),
                "只能是 sync（上传）或 local（不外传）",
            );
            Privacy::Local
        }
    }
}

fn shape<'a>(
    tab: &Tab<'a>,
    sets: &ChoiceSets,
    inner: bool,
    column_links: &mut Vec<(u32, Vec<Word<'a>>)>,
) -> Shape {
    let word = tab.need_word("type");
    let text_max =
        || tab.number::<usize>("max").unwrap_or(limits::TEXT_CHARS_MAX).min(limits::TEXT_CHARS_MAX);
    match word.text {
        "text" => Shape::Text { max: text_max(), lines: tab.flag("lines"), pattern: pattern(tab) },
        "texts" => Shape::Texts { max: text_max() },
        "number" => Shape::Number {
            min: tab.number("min").unwrap_or(0),
            max: tab.number("max").unwrap_or(1_000_000_000),
        },
        "decimal" => Shape::Decimal {
            min: tab.number("min").unwrap_or(0),
            max: tab.number("max").unwrap_or(1_000_000_000),
            scale: tab.number::<u8>("scale").unwrap_or(1).min(6),
        },
        "flag" => Shape::Flag,
        "date" => Shape::Date,
        "time" => Shape::Time,
        "choice" => Shape::Choice(choices(tab, sets)),
        "choices" => Shape::Choices(choices(tab, sets)),
        "link" => Shape::Link(Vec::new()),
        "links" => Shape::Links(Vec::new()),
        "township" => Shape::Township,
        "townships" => Shape::Townships,
        "blob" => Shape::Blob,
        "rows" if !inner => Shape::Rows(rows(tab, sets, column_links)),
        other => {
            if !other.is_empty() {
                tab.report.say(
                    word.at,
                    format!("no field type `{other}`"),
                    format!("没有这种字段类型：`{other}`"),
                );
            }
            Shape::Flag
        }
    }
}

fn pattern(tab: &Tab<'_>) -> Option<Pattern> {
    let word = tab.word("pattern")?;
    match word.text {
        "id_card" => Some(Pattern::IdCard),
        "phone" => Some(Pattern::Phone),
        other => {
            tab.report.say(word.at, format!("no pattern `{other}`"), format!("没有这种格式：`{other}`"));
            None
        }
    }
}

/// `choices` names a set or is a list itself.
fn choices(tab: &Tab<'_>, sets: &ChoiceSets) -> Vec<Choice> {
    let Some(value) = tab.value("choices") else {
        tab.report.say(tab.at, "`choices` is missing", "缺少 `choices`");
        return Vec::new();
    };
    let list = match value.as_str() {
        Some(name) => sets.get(name).cloned().unwrap_or_else(|| {
            tab.report.say(
                value.span,
                format!("no set of choices `{name}`"),
                format!("没有这组选项：`{name}`"),
            );
            Vec::new()
        }),
        None => choice_list(&tab.tabs("choices"), tab.report),
    };
    if list.is_empty() && value.as_str().is_none() {
        tab.report.say(value.span, "no choices", "没有选项");
    }
    list
}

fn rows<'a>(
    tab: &Tab<'a>,
    sets: &ChoiceSets,
    column_links: &mut Vec<(u32, Vec<Word<'a>>)>,
) -> BTreeMap<u32, Field> {
    let mut rows: BTreeMap<u32, Field> = BTreeMap::new();
    for inner in tab.tabs("rows") {
        let Draft { field, links, at, .. } = field(&inner, sets, true);
        if matches!(field.shape, Shape::Link(_) | Shape::Links(_)) {
            column_links.push((field.tag, links));
        }
        if let Some(twin) = rows.values().find(|other| other.tag == field.tag || other.id == field.id) {
            tab.report.say(
                at,
                format!("column {} `{}` repeats column {} `{}`", field.tag, field.id, twin.tag, twin.id),
                format!("列重复：{} `{}`", field.tag, field.id),
            );
        }
        rows.insert(field.tag, field);
    }
    if rows.is_empty() {
        tab.report.say(tab.at, "`rows` names no columns", "`rows` 没有列");
    }
    rows
}

/// Fills in the kinds that links point to.
pub(super) fn resolve_links(draft: &mut Draft<'_>, names: &Names<'_>) {
    if let Shape::Rows(columns) = &mut draft.field.shape {
        for (column, words) in &draft.column_links {
            let found: Vec<u32> = words.iter().filter_map(|word| names.kind(*word)).collect();
            if words.is_empty() {
                names.report.say(draft.at, "a link says to which `kinds`", "关联字段要写明 kinds");
            }
            if let Some(Shape::Link(kinds) | Shape::Links(kinds)) =
                columns.get_mut(column).map(|column| &mut column.shape)
            {
                *kinds = found;
            }
        }
    }
    if let Shape::Link(kinds) | Shape::Links(kinds) = &mut draft.field.shape {
        *kinds = draft.links.iter().filter_map(|word| names.kind(*word)).collect();
        if draft.links.is_empty() {
            names.report.say(draft.at, "a link says to which `kinds`", "关联字段要写明 kinds");
        }
    } else if let Some(word) = draft.links.first() {
        names.report.say(word.at, "`kinds` goes with a link", "kinds 只用于关联字段");
    }
}
