//! What a kind is to the rules of all others: the register of delegations, the register of staff; and how it is sampled.

use super::model::{DelegationMark, SampleMark, Shape, StaffMark};
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
