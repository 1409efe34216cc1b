//! What a kind says about files that leave the office: the archive package, and what is disclosed to the public.
//!
//! Not here: the calendar that others subscribe to ([`super::marks`]).

use std::collections::BTreeMap;

use toml_span::Span;

use super::condition;
use super::marks::public;
use super::model::{Action, Catalogue, Condition, Field, Kind, Label, Privacy, Shape};
use super::names::Names;
use super::problem::Report;
use super::read::Tab;

/// The kind whose records are pieces (件) of the archive. Fields, statuses and actions by tag; none of the fields stays
/// in the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveMark {
    /// Text: 档号.
    pub number: u32,
    /// Number: the year of the archive that the piece belongs to.
    pub year: u32,
    /// Links: the records that the piece holds.
    pub records: u32,
    /// Columns of the catalogue of pieces (归档文件目录), in order; the line number stands before them.
    pub columns: Vec<u32>,
    /// In which a piece may be packed. Not empty.
    pub statuses: Vec<u32>,
    pub seal: Option<SealMark>,
}

/// The step by which a piece that was packed is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealMark {
    pub action: u32,
    /// Text that receives the digest of the package; the action accepts it.
    pub digest: u32,
}

/// `[archive]`: pieces of the archive, and the records in them.
pub(super) fn archive(
    top: &Tab<'_>,
    names: &Names<'_>,
    actions: &BTreeMap<u32, Action>,
) -> Option<ArchiveMark> {
    let tab = top.tab("archive")?;
    let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
    let number = names.field_of(tab.need_word("number"), "a text", "文字", text);
    let year = names
        .field_of(tab.need_word("year"), "a number", "数字", |shape| matches!(shape, Shape::Number { .. }));
    let links = |shape: &Shape| matches!(shape, Shape::Links(_));
    let records = names.field_of(tab.need_word("records"), "links", "多项关联", links);
    let columns = names.field_tags(&tab.words("columns"));
    let statuses = names.statuses(&tab.words("status"));
    for (empty, key) in [(columns.is_empty(), "columns"), (statuses.is_empty(), "status")] {
        if empty {
            super::rules::empty(names.report, tab.at, key);
        }
    }
    let seal = tab.word("seal").and_then(|word| {
        let action = actions.get(&names.action(word)?)?;
        let digest = names.field_of(tab.need_word("digest"), "a text", "文字", text)?;
        if !action.requires.contains(&digest) && !action.accepts.contains(&digest) {
            names.report.say(
                word.at,
                format!("`{}` does not accept the digest", action.id),
                format!("操作 `{}` 不接受校验值这一字段", action.id),
            );
        }
        Some(SealMark { action: action.tag, digest })
    });
    tab.done();
    let mark = ArchiveMark { number: number?, year: year?, records: records?, columns, statuses, seal };
    let said = [mark.number, mark.year, mark.records].into_iter().chain(mark.columns.iter().copied());
    public(names, tab.at, said.chain(mark.seal.map(|seal| seal.digest)));
    Some(mark)
}

/// What of the kind the public may see (公开). Fields by tag; none stays in the office, nor does any column of theirs or
/// the title of a record that they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureMark {
    /// Heading of the list.
    pub label: Label,
    /// Which records; it asks for the openness and the secrecy of a record where the kind has them.
    pub condition: Condition,
    /// Day by which the period is meant; without one the list says how things stand.
    pub on: Option<u32>,
    /// Columns, in order. Not empty.
    pub fields: Vec<u32>,
    /// By whose value the list is parted.
    pub group: Option<u32>,
}

/// `[disclosure]`: what is published, and of which records.
pub(super) fn disclosure(top: &Tab<'_>, names: &Names<'_>) -> Option<DisclosureMark> {
    let tab = top.tab("disclosure")?;
    let condition = condition::condition_in(&tab, "when", names);
    let words = tab.words("fields");
    if words.is_empty() {
        super::rules::empty(names.report, tab.at, "fields");
    }
    let group = tab.word("group").and_then(|word| {
        let one = |shape: &Shape| matches!(shape, Shape::Choice(_) | Shape::Link(_) | Shape::Text { .. });
        names.field_of(word, "a choice, a link or a text", "单选、关联或文字", one)
    });
    let mark = DisclosureMark {
        label: tab.label(),
        on: tab.word("on").and_then(|word| names.date_field(word)),
        fields: names.field_tags(&words),
        group,
        condition,
    };
    tab.done();
    let asked = mark.condition.fields();
    public(names, tab.at, mark.shown().chain(mark.on).chain(asked.iter().copied()));
    for field in mark.shown().filter_map(|tag| names.fields.get(&tag)) {
        printable(names.report, tab.at, field);
    }
    for id in ["openness", "security_level"] {
        let common = names.fields.values().find(|field| field.id == id);
        if let Some(field) = common.filter(|field| !asked.contains(&field.tag)) {
            names.report.say(
                tab.at,
                format!("`when` does not ask for `{id}` of the record"),
                format!("公开条件 when 没有过问 `{id}`（{}）", field.label.zh),
            );
        }
    }
    Some(mark)
}

/// A column must be words, and wholly public.
fn printable(report: &Report<'_>, at: Span, field: &Field) {
    let columns = if let Shape::Rows(columns) = &field.shape { Some(columns) } else { None };
    for column in
        columns.into_iter().flat_map(BTreeMap::values).filter(|column| column.privacy == Privacy::Local)
    {
        report.say(
            at,
            format!("`{}` of `{}` stays in the office and cannot be disclosed", column.id, field.id),
            format!("`{}` 的 `{}`（{}）不外报，不能公开", field.id, column.id, column.label.zh),
        );
    }
    if matches!(field.shape, Shape::Blob) {
        report.say(
            at,
            format!("`{}` is a file and cannot stand in a list", field.id),
            format!("`{}`（{}）是附件，不能列入公开表", field.id, field.label.zh),
        );
    }
}

impl DisclosureMark {
    /// Fields whose values are printed.
    pub fn shown(&self) -> impl Iterator<Item = u32> {
        self.fields.iter().copied().chain(self.group)
    }
}

/// Records are called by their titles: one that stays in the office may not be named in what is disclosed.
pub(super) fn names_in_public(catalogue: &Catalogue, kind: &Kind, report: &Report<'_>, at: Span) {
    let Some(mark) = &kind.disclosure else { return };
    let linked = |shape: &Shape| match shape {
        Shape::Link(kinds) | Shape::Links(kinds) => kinds.clone(),
        _ => Vec::new(),
    };
    for field in mark.shown().filter_map(|tag| kind.fields.get(&tag)) {
        let mut kinds = linked(&field.shape);
        if let Shape::Rows(columns) = &field.shape {
            kinds.extend(columns.values().flat_map(|column| linked(&column.shape)));
        }
        for other in
            kinds.iter().filter_map(|tag| catalogue.kinds.get(tag)).filter(|kind| kind.is_local(kind.title))
        {
            report.say(
                at,
                format!("`{}` names records of `{}`, whose title stays in the office", field.id, other.id),
                format!("`{}` 关联的{}标题不外报，不能公开", field.id, other.label.zh),
            );
        }
    }
}
