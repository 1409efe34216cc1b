//! Guards as files write them.

use super::model::{Alone, Guard, Shape};
use super::names::Names;
use super::read::Tab;
use super::{condition, rules};

/// The guards of one action; `tab` is one of them.
pub(super) fn guard(tab: &Tab<'_>, names: &Names<'_>) -> Option<Guard> {
    let found = if tab.has("alone") {
        alone(tab, names).map(|alone| Guard::Alone(Box::new(alone)))
    } else if let Some(word) = tab.word("unvetoed") {
        let township = |shape: &Shape| matches!(shape, Shape::Township);
        let number = |shape: &Shape| matches!(shape, Shape::Number { .. });
        let township = names.field_of(word, "a township", "乡镇", township);
        let year = names.field_of(tab.need_word("year"), "a number", "数字", number);
        let message = tab.label();
        township.zip(year).map(|(township, year)| Guard::Unvetoed { township, year, message })
    } else if tab.has("when") {
        Some(Guard::When(condition::condition_in(tab, "when", names)))
    } else if tab.has("must") {
        Some(Guard::Must { condition: condition::condition_in(tab, "must", names), message: tab.label() })
    } else if let Some(word) = tab.word("link") {
        let is_link = |shape: &Shape| matches!(shape, Shape::Link(_) | Shape::Links(_));
        let found = names.field_of(word, "a link", "关联", is_link);
        if let Some(of) = tab.word("of") {
            let township =
                names.field_of(of, "a township", "乡镇", |shape| matches!(shape, Shape::Township));
            found.zip(township).map(|(field, township)| Guard::LinkOf { field, township })
        } else {
            let statuses = tab.strings("status");
            found.map(|field| Guard::LinkIn { field, statuses })
        }
    } else if let Some(word) = tab.word("not_future") {
        names.date_field(word).map(Guard::NotFuture)
    } else if tab.has("order") {
        condition::order(tab, names).map(|(first, second)| Guard::Order { first, second })
    } else if tab.has("at_least") {
        let (word, count) = (tab.need_word("field"), tab.need_number("at_least"));
        names
            .field_of(word, "a number or a list", "数字或列表", condition::countable)
            .map(|field| Guard::AtLeast { field, count })
    } else if tab.has("extensions_below") {
        let (word, count) = (tab.need_word("deadline"), tab.need_number("extensions_below"));
        names.deadline(word).map(|deadline| Guard::ExtensionsBelow { deadline, count })
    } else if let Some(word) = tab.word("not_same_staff_as") {
        names.action(word).map(|action| Guard::NotSameStaffAs { action })
    } else if tab.has("pause_days") {
        let days = tab.need_number("pause_days");
        names.action(tab.need_word("of")).map(|action| Guard::Pause { action, days })
    } else if tab.flag("impartial") {
        Some(Guard::Impartial)
    } else {
        names.report.say(
            tab.at,
            "a guard is one of: when, must, alone, unvetoed, link, not_future, order, at_least, extensions_below, not_same_staff_as, \
             pause_days, impartial",
            "不认识的前提条件",
        );
        return None;
    };
    tab.done();
    found
}

/// `{ alone = ["f", "g"], when = {..}, span = ["from", "to"], zh = "…", en = "…" }`
fn alone(tab: &Tab<'_>, names: &Names<'_>) -> Option<Alone> {
    let words = tab.words("alone");
    let fields = names.field_tags(&words);
    for (word, field) in words.iter().filter_map(|word| Some((word, names.field(*word)?))) {
        if matches!(field.shape, Shape::Rows(_) | Shape::Blob) {
            names.report.say(
                word.at,
                format!("`{}` cannot be compared", field.id),
                format!("字段 `{}`（{}）不能比较", field.id, field.label.zh),
            );
        }
    }
    if words.is_empty() {
        rules::empty(names.report, tab.at, "alone");
    }
    let span = match tab.words("span").as_slice() {
        [] if !tab.has("span") => None,
        [from, to] => names.date_field(*from).zip(names.date_field(*to)),
        _ => {
            names.report.say(tab.at, "`span` names two dates", "`span` 要写两个日期字段");
            None
        }
    };
    let condition = condition::condition_in(tab, "when", names);
    let message = tab.label();
    (!fields.is_empty()).then_some(Alone { fields, condition, span, message })
}
