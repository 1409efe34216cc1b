//! Conditions and effects as files write them.

use toml_span::Value as Written;

use super::amount::{self, Giver, Item};
use super::model::{
    Amount, Condition, Create, Drive, DriveOn, Each, Effect, Field, Privacy, Runs, SetTo, Shape,
};
use super::names::Names;
use super::read::{Tab, Word, wrong_type};
use crate::record::EntryFlags;

/// Reads `key` of a table as a condition; absent = always.
pub(super) fn condition_in(tab: &Tab<'_>, key: &'static str, names: &Names<'_>) -> Condition {
    optional(tab, key, names).unwrap_or_else(|| Condition::All(Vec::new()))
}

pub(super) fn optional(tab: &Tab<'_>, key: &'static str, names: &Names<'_>) -> Option<Condition> {
    tab.value(key).map(|value| condition(value, names))
}

/// A table is true if all that it says is; a list if all its members are.
fn condition(value: &Written<'_>, names: &Names<'_>) -> Condition {
    if let Some(list) = value.as_array() {
        return Condition::All(list.iter().map(|item| condition(item, names)).collect());
    }
    let Some(tab) = Tab::new(value, names.report) else { return Condition::All(Vec::new()) };
    let mut all = Vec::new();
    if tab.has("status") {
        all.push(Condition::StatusIn(names.statuses(&tab.words("status"))));
    }
    if tab.has("reached") {
        all.push(Condition::Reached(names.statuses(&tab.words("reached"))));
    }
    if let Some(value) = tab.value("amount") {
        let amount = amount::amount(value, names);
        all.push(within(&tab, amount, names));
    }
    if let Some(value) = tab.value("share") {
        all.push(share(&tab, value, names));
    }
    if tab.has("order") {
        all.extend(order(&tab, names).map(|(first, second)| Condition::InOrder { first, second }));
    }
    if let Some(word) = tab.word("linked") {
        let found = names.linked_kind(word);
        let other = names.of_kind(found.map_or(0, |(_, kind)| kind));
        let inner = match found {
            Some(_) => condition_in(&tab, "where", &other),
            None => {
                tab.value("where");
                Condition::All(Vec::new())
            }
        };
        all.extend(found.map(|(field, _)| Condition::Linked { field, condition: Box::new(inner) }));
    }
    if let Some(word) = tab.word("field") {
        match names.field(word) {
            Some(field) => on_field(&tab, word, field, names, &mut all),
            None => {
                for key in ["in", "at_least", "at_most", "filled"] {
                    tab.value(key);
                }
            }
        }
    }
    if let Some(word) = tab.word("deadline") {
        let is = tab.need_word("is");
        if let Some(number) = names.deadline(word) {
            match is.text {
                "set" => all.push(Condition::HasDeadline(number)),
                "met_in_time" => all.push(Condition::MetInTime(number)),
                "open" => all.push(Condition::DeadlineOpen(number)),
                "overdue" => all.push(Condition::Overdue(number)),
                "" => {}
                other => names.report.say(
                    is.at,
                    format!("a deadline is `set`, `met_in_time`, `open` or `overdue`, not `{other}`"),
                    format!("期限条件只能是 set、met_in_time、open、overdue，不能是 `{other}`"),
                ),
            }
        }
    }
    if let Some(word) = tab.word("flag") {
        let flag = match word.text {
            "imported" => Some(EntryFlags::IMPORTED),
            "recovered" => Some(EntryFlags::RECOVERED),
            "voided" => Some(EntryFlags::VOIDED),
            other => {
                names.report.say(
                    word.at,
                    format!("a flag is `imported`, `recovered` or `voided`, not `{other}`"),
                    format!("没有这个标记：`{other}`"),
                );
                None
            }
        };
        all.extend(flag.map(Condition::Flag));
    }
    if let Some(list) = tab.value("all") {
        all.push(many(list, names, Condition::All));
    }
    if let Some(list) = tab.value("any") {
        all.push(many(list, names, Condition::Any));
    }
    if let Some(inner) = tab.value("not") {
        all.push(Condition::Not(Box::new(condition(inner, names))));
    }
    tab.done();
    if all.len() == 1 { all.remove(0) } else { Condition::All(all) }
}

fn many(list: &Written<'_>, names: &Names<'_>, make: fn(Vec<Condition>) -> Condition) -> Condition {
    match list.as_array() {
        Some(items) => make(items.iter().map(|item| condition(item, names)).collect()),
        None => {
            wrong_type(names.report, list, "a list of conditions", "条件列表");
            make(Vec::new())
        }
    }
}

fn on_field(tab: &Tab<'_>, word: Word<'_>, field: &Field, names: &Names<'_>, all: &mut Vec<Condition>) {
    let before = all.len();
    if let Some(written) = tab.value("in") {
        let list = written.as_array().map_or(std::slice::from_ref(written), Vec::as_slice);
        let values = list.iter().filter_map(|item| names.value(&field.shape, item)).collect();
        all.push(Condition::In { field: field.tag, values });
    }
    if tab.has("at_least") || tab.has("at_most") {
        if !countable(&field.shape) {
            names.report.say(
                word.at,
                format!("bounds need a number or a list, `{}` is neither", field.id),
                format!("大小比较只用于数字或列表字段，`{}` 不是", field.id),
            );
        }
        all.push(within(tab, Amount::Field(field.tag), names));
    }
    if tab.has("filled") {
        let filled = Condition::Filled(field.tag);
        all.push(if tab.flag("filled") { filled } else { Condition::Not(Box::new(filled)) });
    }
    if all.len() == before {
        names.report.say(
            word.at,
            "a condition on a field says `in`, `at_least`, `at_most` or `filled`",
            "字段条件要写明 in、at_least、at_most 或 filled",
        );
    }
}

fn within(tab: &Tab<'_>, amount: Amount, names: &Names<'_>) -> Condition {
    let (least, most) = (tab.number("at_least"), tab.number("at_most"));
    if least.is_none() && most.is_none() {
        names.report.say(
            tab.at,
            "a number is compared with `at_least` or `at_most`",
            "数值比较要写明 at_least 或 at_most",
        );
    }
    Condition::Within { amount, least, most }
}

/// `{ share = A, of = B, at_least = "2/3" }` or `above = "1/2"`.
fn share(tab: &Tab<'_>, part: &Written<'_>, names: &Names<'_>) -> Condition {
    let part = amount::amount(part, names);
    let whole = tab.value("of").map(|value| amount::amount(value, names));
    if whole.is_none() {
        names.report.say(tab.at, "`share` of what? `of` is missing", "缺少 of：占什么的比例？");
    }
    let above = tab.has("above");
    let word = if above { tab.need_word("above") } else { tab.need_word("at_least") };
    let bound = word.text.split_once('/').and_then(|(n, d)| Some((n.parse().ok()?, d.parse().ok()?)));
    let (numerator, denominator) = match bound {
        Some((n, d)) if d > 0 && n >= 0 => (n, d),
        _ => {
            names.report.say(
                word.at,
                "a share is written as a fraction, such as \"2/3\"",
                "比例要写成分数，如 \"2/3\"",
            );
            (0, 1)
        }
    };
    let whole = whole.unwrap_or(Amount::Fixed(0));
    Condition::Share { part, whole, numerator, denominator, above }
}

/// Two dates, the earlier first.
pub(super) fn order(tab: &Tab<'_>, names: &Names<'_>) -> Option<(u32, u32)> {
    match tab.words("order").as_slice() {
        [first, second] => names.date_field(*first).zip(names.date_field(*second)),
        _ => {
            names.report.say(tab.at, "`order` names two dates", "`order` 要写两个日期字段");
            None
        }
    }
}

pub(super) fn countable(shape: &Shape) -> bool {
    matches!(shape, Shape::Number { .. } | Shape::Decimal { .. }) || listed(shape)
}

pub(super) fn listed(shape: &Shape) -> bool {
    matches!(
        shape,
        Shape::Texts { .. } | Shape::Choices(_) | Shape::Links(_) | Shape::Townships | Shape::Rows(_)
    )
}

/// One effect of one action.
pub(super) fn effect(tab: &Tab<'_>, names: &Names<'_>) -> Option<Effect> {
    let date = |key| tab.word(key).and_then(|word| names.date_field(word));
    let found = if let Some(word) = tab.word("start") {
        let (from, due) = (date("from"), date("due"));
        let (when, complex) = (optional(tab, "when", names), optional(tab, "complex", names));
        names.deadline(word).map(|deadline| {
            given_due(tab, word, deadline, names);
            Effect::Start { deadline, from, due, when, complex }
        })
    } else if let Some(word) = tab.word("meet") {
        let on = date("on");
        names.deadline(word).map(|deadline| Effect::Meet { deadline, on })
    } else if let Some(word) = tab.word("cancel") {
        names.deadline(word).map(|deadline| Effect::Cancel { deadline })
    } else if let Some(word) = tab.word("extend") {
        let to = names.date_field(tab.need_word("to"));
        names.deadline(word).zip(to).map(|(deadline, to)| Effect::Extend { deadline, to })
    } else if let Some(word) = tab.word("append") {
        append(tab, word, names)
    } else if let Some(word) = tab.word("create") {
        create(tab, word, names)
    } else if let Some(word) = tab.word("drive") {
        drive(tab, word, names)
    } else if let Some(word) = tab.word("set") {
        names.field(word).and_then(|field| set(tab, word, field, names))
    } else if let Some(word) = tab.word("increment") {
        let number = |shape: &Shape| matches!(shape, Shape::Number { .. });
        names.field_of(word, "a number", "数字", number).map(|field| Effect::Increment { field })
    } else if tab.has("do") {
        let word = tab.need_word("do");
        match word.text {
            "number" => Some(Effect::Number),
            "void" => Some(Effect::Void),
            "publish" => Some(Effect::Publish),
            other => {
                names.report.say(
                    word.at,
                    format!("`do` is `number`, `void` or `publish`, not `{other}`"),
                    format!("do 只能是 number、void、publish，不能是 `{other}`"),
                );
                None
            }
        }
    } else {
        names.report.say(
            tab.at,
            "an effect is one of: start, meet, cancel, extend, set, increment, append, create, drive, do",
            "不认识的操作结果",
        );
        return None;
    };
    tab.done();
    found
}

/// A deadline whose last day the record gives names the field that has it, and no other does.
fn given_due(tab: &Tab<'_>, word: Word<'_>, deadline: u32, names: &Names<'_>) {
    let given = names.world.runs.get(&deadline) == Some(&Runs::Given);
    let code = word.text;
    match (given, tab.has("due")) {
        (true, false) => names.report.say(
            word.at,
            format!("the last day of `{code}` is given by the record: say `due = \"date field\"`"),
            format!("`{code}` 的截止日由记录给出，须写 due = \"日期字段\""),
        ),
        (false, true) => names.report.say(
            word.at,
            format!("`{code}` is counted by the legal profile: it has no `due`"),
            format!("`{code}` 按规定期限计算，不能写 due"),
        ),
        (true, true) if tab.has("complex") => names.report.say(
            word.at,
            format!("the last day of `{code}` is given by the record: `complex` means nothing there"),
            format!("`{code}` 的截止日由记录给出，不能写 complex"),
        ),
        _ => {}
    }
}

fn set(tab: &Tab<'_>, word: Word<'_>, field: &Field, names: &Names<'_>) -> Option<Effect> {
    let mismatch = |en: &str, zh: &str| {
        names.report.say(
            word.at,
            format!("field `{}` cannot be set to {en}", field.id),
            format!("字段 `{}`（{}）不能设为{zh}", field.id, field.label.zh),
        );
    };
    let value = if tab.has("to") {
        let to = tab.need_word("to");
        if to.text != "today" {
            names.report.say(to.at, "`to` can only be \"today\"", "to 只能是 \"today\"");
        }
        if !matches!(field.shape, Shape::Date) {
            mismatch("today: it is not a date", "今天：不是日期");
        }
        SetTo::Today
    } else if let Some(value) = tab.value("amount") {
        if !matches!(field.shape, Shape::Number { .. } | Shape::Decimal { .. }) {
            mismatch("a number: it is none", "数值：不是数字");
        }
        SetTo::Amount(amount::amount(value, names))
    } else if let Some(source) = tab.word("copy_of") {
        let from = names.field(source)?;
        if std::mem::discriminant(&from.shape) != std::mem::discriminant(&field.shape) {
            mismatch("a copy of a field of another type", "另一类型字段的值");
        }
        if from.privacy == Privacy::Local && field.privacy == Privacy::Sync {
            names.report.say(
                source.at,
                format!(
                    "`{}` leaves the office, `{}` must not: it cannot be copied there",
                    field.id, from.id
                ),
                format!("`{}` 会上传，`{}` 不得外传，不能复制过去", field.id, from.id),
            );
        }
        SetTo::CopyOf(from.tag)
    } else if let Some(written) = tab.value("value") {
        SetTo::Value(names.value(&field.shape, written)?)
    } else {
        names.report.say(
            tab.at,
            "`set` needs `to`, `value`, `amount` or `copy_of`",
            "set 要写明 to、value、amount 或 copy_of",
        );
        return None;
    };
    Some(Effect::Set { field: field.tag, value })
}

fn append(tab: &Tab<'_>, word: Word<'_>, names: &Names<'_>) -> Option<Effect> {
    let when = optional(tab, "when", names);
    let (field, mut columns) = amount::rows(word, names)?;
    // Rows that stay in the office may be told what stays.
    if names.fields.get(&field).is_some_and(|field| field.privacy == Privacy::Local) {
        columns.fields.values_mut().for_each(|column| column.privacy = Privacy::Local);
    }
    let giver = Giver { names, columns: None, item: None };
    Some(Effect::Append { field, row: giver.all(tab, "row", &columns), when })
}

/// `{ create = "kind", action = "…", set = { … }, each = "…", where = …, when = …, link = "…", follows = true }`
fn create(tab: &Tab<'_>, word: Word<'_>, names: &Names<'_>) -> Option<Effect> {
    let when = optional(tab, "when", names);
    let kind = names.kind(word);
    let other = names.of_kind(kind.unwrap_or(0));
    let makes = tab.need_word("action");
    let action = kind.and_then(|_| other.action(makes));
    if let Some(tag) = action
        && let Some(known) = kind.and_then(|kind| names.world.others.get(&kind))
        && !known.actions.values().any(|(of, creates)| *of == tag && *creates)
    {
        names.report.say(
            makes.at,
            format!("`{}` does not create a {}", makes.text, word.text),
            format!("`{}` 不是新建操作", makes.text),
        );
    }
    let is_link = |shape: &Shape| matches!(shape, Shape::Link(_));
    let link = tab.word("link").and_then(|word| names.field_of(word, "a link", "关联", is_link));
    let mut giver = Giver { names, columns: None, item: None };
    let mut each = None;
    if let Some(list) = tab.word("each") {
        each = each_of(tab, list, &mut giver);
        if kind.and_then(|kind| names.world.others.get(&kind)).is_some_and(|other| other.numbered) {
            names.report.say(
                list.at,
                "records with a number cannot be made by `each`: a number is given once and for all",
                "有编号的台账不能用 each 批量生成",
            );
        }
    }
    let follows = tab.flag("follows") || each.is_some();
    let set = giver.all(tab, "set", &other);
    let create = Create { kind: kind?, action: action?, set, when, each, link, follows };
    Some(Effect::Create(Box::new(create)))
}

/// What `each` names: the addressees, or a field with child rows or links.
fn each_of<'a>(tab: &Tab<'_>, list: Word<'_>, giver: &mut Giver<'_, 'a>) -> Option<Each> {
    let names = giver.names;
    if list.text == "addressees" {
        giver.item = Some(Item::Township);
        return Some(Each::Addressees);
    }
    let field = names.field(list)?;
    match &field.shape {
        Shape::Rows(columns) => {
            let columns = names.inside(columns);
            let condition = condition_in(tab, "where", &columns);
            giver.columns = Some(columns);
            Some(Each::Listed { field: field.tag, condition })
        }
        Shape::Links(_) => {
            giver.item = Some(Item::Link);
            Some(Each::Listed { field: field.tag, condition: Condition::All(Vec::new()) })
        }
        _ => {
            names.report.say(
                list.at,
                "`each` names child rows, links or \"addressees\"",
                "each 只能用于子表、多个关联或 addressees",
            );
            None
        }
    }
}

/// `{ drive = "action", on = "link" }`, `{ drive = "action", records = "kind", through = "its link", where = … }`
fn drive(tab: &Tab<'_>, word: Word<'_>, names: &Names<'_>) -> Option<Effect> {
    let when = optional(tab, "when", names);
    let (on, kind) = match tab.word("on") {
        Some(link) => names.linked_kind(link).map(|(field, kind)| (DriveOn::Linked(field), kind))?,
        None => {
            let kind = names.kind(tab.need_word("records"))?;
            match tab.word("through") {
                None => (DriveOn::All, kind),
                Some(link) => {
                    let is_link = |shape: &Shape| matches!(shape, Shape::Link(_) | Shape::Links(_));
                    let field = names.of_kind(kind).field_of(link, "a link", "关联", is_link)?;
                    (DriveOn::Linking(field), kind)
                }
            }
        }
    };
    let other = names.of_kind(kind);
    let condition = condition_in(tab, "where", &other);
    let giver = Giver { names, columns: None, item: None };
    let set = giver.all(tab, "set", &other);
    let action = other.action(word)?;
    Some(Effect::Drive(Box::new(Drive { on, kind, action, condition, set, when })))
}
