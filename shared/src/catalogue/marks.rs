//! What a kind is to the program: the register of delegations, the register of staff, the files of the catalogue that
//! the county sends out; and how it is sampled.

use super::amount;
use super::model::{DelegationMark, ReferenceMark, SampleMark, Shape, StaffMark};
use super::names::Names;
use super::read::Tab;
use crate::record::Role;

/// `[delegation]`: who acts for whom, from when to when.
pub(super) fn delegation(top: &Tab<'_>, names: &Names<'_>) -> Option<DelegationMark> {
    let tab = top.tab("delegation")?;
    let roles = |key| {
        let word = tab.need_word(key);
        let tag = names.field_of(word, "a choice", "单选", |shape| matches!(shape, Shape::Choice(_)))?;
        let choices = names.fields.get(&tag).map(|field| field.choices()).unwrap_or_default();
        for choice in choices.iter().filter(|choice| Role::from_code(&choice.key).is_none()) {
            names.report.say(
                word.at,
                format!("no role `{}` among the choices of `{}`", choice.key, word.text),
                format!("`{}` 的选项 `{}` 不是角色", word.text, choice.key),
            );
        }
        Some(tag)
    };
    let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
    let (who, of) = (roles("who"), roles("of"));
    let staff = tab.word("staff").and_then(|word| names.field_of(word, "a text", "文字", text));
    let (from, until) = (names.date_field(tab.need_word("from")), names.date_field(tab.need_word("until")));
    let statuses = names.statuses(&tab.words("status"));
    tab.done();
    Some(DelegationMark { who: who?, of: of?, staff, from: from?, until: until?, statuses })
}

/// `[staff]`: whose account it is, and whether he works for the supervised side too.
pub(super) fn staff(top: &Tab<'_>, names: &Names<'_>) -> Option<StaffMark> {
    let tab = top.tab("staff")?;
    let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
    let account = names.field_of(tab.need_word("account"), "a text", "文字", text);
    let flag = |shape: &Shape| matches!(shape, Shape::Flag);
    let conflict = names.field_of(tab.need_word("conflict"), "yes or no", "是否", flag);
    let statuses = names.statuses(&tab.words("status"));
    tab.done();
    Some(StaffMark { account: account?, conflict: conflict?, statuses })
}

/// What a file of the catalogue may be.
pub(crate) const REFERENCES: [&str; 4] = ["CALENDAR", "PROFILE", "CATALOGUE", "CODES"];

/// `[reference]`: which field of the record holds what of the file.
pub(super) fn reference(top: &Tab<'_>, names: &Names<'_>) -> Option<ReferenceMark> {
    let tab = top.tab("reference")?;
    let text = |key| {
        names.field_of(tab.need_word(key), "a text", "文字", |shape| matches!(shape, Shape::Text { .. }))
    };
    let (name, version, hash) = (text("name"), text("version"), text("hash"));
    let word = tab.need_word("kind");
    let what = names.field_of(word, "a choice", "单选", |shape| matches!(shape, Shape::Choice(_)));
    let choices = what.and_then(|tag| names.fields.get(&tag)).map(|field| field.choices());
    for key in REFERENCES {
        if choices.is_some_and(|choices| choices.iter().all(|choice| choice.key != key)) {
            names.report.say(
                word.at,
                format!("`{}` has no choice `{key}`", word.text),
                format!("`{}` 没有选项 `{key}`", word.text),
            );
        }
    }
    let rows = amount::rows(tab.need_word("content"), names);
    let column = tab.need_word("text");
    let several = |shape: &Shape| matches!(shape, Shape::Text { lines: true, .. });
    let text = rows
        .as_ref()
        .and_then(|(_, columns)| columns.field_of(column, "a text of several lines", "多行文字", several));
    let number = |shape: &Shape| matches!(shape, Shape::Number { .. });
    let bytes = names.field_of(tab.need_word("bytes"), "a number", "数字", number);
    let (from, published) =
        (names.date_field(tab.need_word("from")), names.date_field(tab.need_word("published")));
    let publish = names.action(tab.need_word("publish"));
    let statuses = names.statuses(&tab.words("status"));
    tab.done();
    Some(ReferenceMark {
        name: name?,
        what: what?,
        version: version?,
        from: from?,
        content: rows?.0,
        text: text?,
        hash: hash?,
        bytes: bytes?,
        published: published?,
        publish: publish?,
        statuses,
    })
}

/// `[sample]`: how many a plausible office makes in a year, and in which words.
pub(super) fn sample(top: &Tab<'_>, names: &Names<'_>) -> Option<SampleMark> {
    let tab = top.tab("sample")?;
    let mut mark = SampleMark { per_year: tab.need_number("per_year"), ..SampleMark::default() };
    if let Some(words) = tab.tab("words") {
        for (name, written) in words.keys() {
            let Some(field) = names.field(name) else { continue };
            let list = written.as_array().map(Vec::as_slice).unwrap_or_default();
            let texts: Vec<String> =
                list.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect();
            if texts.is_empty() || texts.len() < list.len() {
                super::read::wrong_type(names.report, written, "a list of texts", "文字列表");
            }
            mark.words.insert(field.tag, texts);
        }
    }
    tab.done();
    Some(mark)
}
