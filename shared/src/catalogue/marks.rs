//! What a kind is to the rules of all others: the register of delegations, the register of staff, the sessions of the
//! congress, the vetoes; and how it is sampled.

use toml_span::Span;

use super::condition;
use super::model::{DelegationMark, Privacy, SampleMark, SessionMark, Shape, StaffMark, VetoMark};
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

/// `[session]`: which records are sessions of the congress, their numbers, and the day on which each opened.
pub(super) fn session(top: &Tab<'_>, names: &Names<'_>) -> Option<SessionMark> {
    let tab = top.tab("session")?;
    let number = |shape: &Shape| matches!(shape, Shape::Number { .. });
    let numbered = |key| names.field_of(tab.need_word(key), "a number", "数字", number);
    let (session, term) = (numbered("number"), numbered("term"));
    let opened = names.date_field(tab.need_word("opened"));
    let condition = condition::condition_in(&tab, "when", names);
    tab.done();
    let mark = SessionMark { number: session?, term: term?, opened: opened?, condition };
    let looked_at = [mark.number, mark.term, mark.opened].into_iter().chain(mark.condition.fields());
    public(names, tab.at, looked_at);
    Some(mark)
}

/// `[veto]`: which township is out of all rankings of which year.
pub(super) fn veto(top: &Tab<'_>, names: &Names<'_>) -> Option<VetoMark> {
    let tab = top.tab("veto")?;
    let township = names.field_of(tab.need_word("township"), "a township", "乡镇", |shape| {
        matches!(shape, Shape::Township)
    });
    let year = names.field_of(tab.need_word("year"), "a number or a date", "数字或日期", |shape| {
        matches!(shape, Shape::Number { .. } | Shape::Date)
    });
    let statuses = names.statuses(&tab.words("statuses"));
    if statuses.is_empty() {
        super::rules::empty(names.report, tab.at, "statuses");
    }
    tab.done();
    let mark = VetoMark { township: township?, year: year?, statuses };
    public(names, tab.at, [mark.township, mark.year]);
    Some(mark)
}

/// The county looks at these fields, so they may leave the office.
fn public(names: &Names<'_>, at: Span, tags: impl IntoIterator<Item = u32>) {
    let fields = tags.into_iter().filter_map(|tag| names.fields.get(&tag));
    for field in fields.filter(|field| field.privacy == Privacy::Local) {
        names.report.say(
            at,
            format!("the mark uses `{}`, which must not leave the office", field.id),
            format!("标记用到了不外传的字段 `{}`（{}）", field.id, field.label.zh),
        );
    }
}
