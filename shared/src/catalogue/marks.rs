//! What a kind is to the rules of all others: the register of delegations, the register of staff, the files of the catalogue
//! that the county sends out, the sessions of the congress, the vetoes; how it is sampled; when its records stand in a
//! calendar.

use std::collections::BTreeMap;

use toml_span::Span;

use super::amount;
use super::condition;
use super::model::{
    Action, CalendarMark, DelegationMark, Effect, EventMark, Privacy, ReferenceMark, SampleMark, SessionMark,
    Shape, StaffMark, VetoMark,
};
use super::names::Names;
use super::read::{Tab, Word};
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

/// `[calendar]`: the days on which its records stand in the calendar that others subscribe to.
pub(super) fn calendar(
    top: &Tab<'_>,
    names: &Names<'_>,
    actions: &BTreeMap<u32, Action>,
) -> Option<CalendarMark> {
    let tab = top.tab("calendar")?;
    let event = tab.word("start").map(|word| {
        let end = tab.word("end").and_then(|word| seen_outside(names, word, names.date_field(word)));
        let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
        let place = tab
            .word("place")
            .and_then(|word| seen_outside(names, word, names.field_of(word, "a text", "文字", text)));
        let (shown, gone) = (tab.words("statuses"), tab.words("cancelled"));
        if shown.is_empty() {
            super::rules::empty(names.report, tab.at, "statuses");
        }
        for word in gone.iter().filter(|word| shown.iter().any(|other| other.text == word.text)) {
            names.report.say(
                word.at,
                format!("`{}` is both an event and a cancelled one", word.text),
                format!("状态 `{}` 不能既是日程又是已取消", word.text),
            );
        }
        let start = seen_outside(names, word, names.date_field(word));
        let (statuses, cancelled) = (names.statuses(&shown), names.statuses(&gone));
        Some(EventMark { start: start?, end, place, statuses, cancelled })
    });
    let mut deadlines = Vec::new();
    for word in tab.words("deadlines") {
        let Some(number) = names.deadline(word) else { continue };
        let starts =
            |effect: &Effect| matches!(effect, Effect::Start { deadline, .. } if *deadline == number);
        if !actions.values().any(|action| action.effects.iter().any(starts)) {
            names.report.say(
                word.at,
                format!("no action of this kind starts `{}`", word.text),
                format!("本台账没有操作启动期限 `{}`", word.text),
            );
        }
        deadlines.push(number);
    }
    if event.is_none() && deadlines.is_empty() {
        names.report.say(tab.at, "`start` or `deadlines` is missing", "缺少 start 或 deadlines");
    }
    tab.done();
    Some(CalendarMark { event: event.flatten(), deadlines })
}

/// What a calendar shows must reach the county.
fn seen_outside(names: &Names<'_>, word: Word<'_>, tag: Option<u32>) -> Option<u32> {
    let field = names.fields.get(&tag?)?;
    if field.privacy == Privacy::Local {
        names.report.say(
            word.at,
            format!("`{}` stays in the office and cannot stand in a calendar", field.id),
            format!("`{}`（{}）不外报，不能列入日程", field.id, field.label.zh),
        );
    }
    tag
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
pub(super) fn public(names: &Names<'_>, at: Span, tags: impl IntoIterator<Item = u32>) {
    let fields = tags.into_iter().filter_map(|tag| names.fields.get(&tag));
    for field in fields.filter(|field| field.privacy == Privacy::Local) {
        names.report.say(
            at,
            format!("the mark uses `{}`, which must not leave the office", field.id),
            format!("标记用到了不外传的字段 `{}`（{}）", field.id, field.label.zh),
        );
    }
}
