//! What a kind says about files that leave the office: the archive package.
//!
//! Not here: the calendar that others subscribe to ([`super::marks`]).

use std::collections::BTreeMap;

use super::marks::public;
use super::model::{Action, Shape};
use super::names::Names;
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
