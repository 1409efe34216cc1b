//! Rates and coverages as files write them.

use super::figures::{target, window};
use super::model::{Coverage, CoverageList, Rate, RateForm, Shape, Show, Window};
use super::names::Names;
use super::read::Tab;
use super::{condition, rules};

pub(super) fn rate(tab: &Tab<'_>) -> Rate {
    let form = form(tab);
    let id = tab.need_word("id");
    let rate = Rate {
        id: id.text.to_owned(),
        label: tab.label(),
        numerator: tab.strings("numerator"),
        denominator: match form.divides() {
            true => Some(tab.need_word("denominator").text.to_owned()),
            false => None,
        },
        form,
        target: target(tab),
    };
    tab.done();
    if rate.numerator.is_empty() {
        rules::empty(tab.report, tab.at, "numerator");
    }
    let one = rate.form == RateForm::Median || rate.form.of_days();
    if one && rate.numerator.len() > 1 {
        tab.report.say(tab.at, "this form has one numerator", "这种形式只能有一个分子指标");
    }
    rate
}

fn form(tab: &Tab<'_>) -> RateForm {
    let Some(word) = tab.word("form") else { return RateForm::Percent };
    match word.text {
        "percent" => RateForm::Percent,
        "mean" => RateForm::Mean,
        "per_ten_thousand" => RateForm::PerTenThousand,
        "sum" => RateForm::Sum,
        "difference" => RateForm::Difference,
        "surplus" => RateForm::Surplus,
        "median" => RateForm::Median,
        "longest_gap" => RateForm::LongestGap,
        "gap_over" => RateForm::GapOver { limit_days: tab.need_number("limit_days") },
        "since_last" => RateForm::SinceLast,
        "since_last_over" => RateForm::SinceLastOver { limit_days: tab.need_number("limit_days") },
        "pace" => RateForm::Pace,
        "grade" => grade(tab),
        other => {
            tab.report.say(word.at, format!("no form of rate `{other}`"), format!("没有这种比率：`{other}`"));
            RateForm::Percent
        }
    }
}

fn grade(tab: &Tab<'_>) -> RateForm {
    let lines = tab.strings("lines");
    let grades: Vec<_> = tab
        .tabs("grades")
        .iter()
        .map(|grade| {
            let label = grade.label();
            grade.done();
            label
        })
        .collect();
    if lines.is_empty() || grades.len() != lines.len() + 1 {
        tab.report.say(
            tab.at,
            "a grade has `lines`, and one more of `grades` than of lines",
            "分档要写 lines，grades 比 lines 多一项",
        );
    }
    RateForm::Grade { lines, grades }
}

pub(super) fn coverage(tab: &Tab<'_>, names: &Names<'_>) -> Option<Coverage> {
    let id = tab.need_word("id").text.to_owned();
    let label = tab.label();
    let list = list(tab, names);
    let covered_by = tab.strings("covered_by");
    if covered_by.is_empty() {
        rules::empty(tab.report, tab.at, "covered_by");
    }
    let window = window(tab);
    if !matches!(window, Window::Period | Window::Term | Window::Until) {
        tab.report.say(
            tab.at,
            "the window of a coverage is \"period\", \"term\" or \"until\"",
            "覆盖率的 window 只能是 period、term、until",
        );
    }
    let show = match tab.word("show") {
        None => Show::Covered,
        Some(word) => match word.text {
            "covered" => Show::Covered,
            "missing" => Show::Missing,
            _ => {
                tab.report.say(
                    word.at,
                    "`show` is \"covered\" or \"missing\"",
                    "show 只能是 covered 或 missing",
                );
                Show::Covered
            }
        },
    };
    let target = target(tab);
    tab.done();
    Some(Coverage { id, label, list: list?, covered_by, window, show, target })
}

/// `list = { kind = "k", when = {..}, from = "f", or = "e", to = "g", at_least_days = 90 }` `{ choices = "f", keys = [..] }`
/// or `{ townships = true }`.
fn list(tab: &Tab<'_>, names: &Names<'_>) -> Option<CoverageList> {
    let Some(list) = tab.tab("list") else {
        tab.report.say(tab.at, "`list` is missing: of whom?", "缺少 list：覆盖哪份名单？");
        return None;
    };
    if list.flag("townships") {
        list.done();
        return Some(CoverageList::Townships);
    }
    if list.has("choices") {
        return choices(&list, names);
    }
    let Some(kind) = names.kind(list.need_word("kind")) else {
        for key in ["when", "from", "or", "to", "at_least_days"] {
            list.value(key);
        }
        list.done();
        return None;
    };
    let other = names.of_kind(kind);
    let found = CoverageList::Records {
        kind,
        condition: condition::condition_in(&list, "when", &other),
        from: other.date_field(list.need_word("from")).unwrap_or_default(),
        or: list.word("or").and_then(|word| other.date_field(word)),
        to: list.word("to").and_then(|word| other.date_field(word)),
        at_least_days: list.number("at_least_days").unwrap_or(0),
    };
    list.done();
    Some(found)
}

fn choices(list: &Tab<'_>, names: &Names<'_>) -> Option<CoverageList> {
    let word = list.need_word("choices");
    let choice = |shape: &Shape| matches!(shape, Shape::Choice(_) | Shape::Choices(_));
    let field = names.field_of(word, "a choice", "选项", choice);
    let keys = list.words("keys");
    list.done();
    let field = names.fields.get(&field?)?;
    let mut choices = Vec::new();
    for key in &keys {
        match field.choice_key(key.text) {
            Some(choice) => choices.push(choice.id),
            None => names.report.say(
                key.at,
                format!("`{}` has no choice `{}`", field.id, key.text),
                format!("字段 `{}` 没有选项 `{}`", field.id, key.text),
            ),
        }
    }
    if keys.is_empty() {
        choices = field.choices().iter().map(|choice| choice.id).collect();
    }
    Some(CoverageList::Choices { field: field.tag, choices })
}
