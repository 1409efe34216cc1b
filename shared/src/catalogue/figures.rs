//! Measures and rates as files write them.

use super::kind::Places;
use super::model::{Measure, Of, On, Rate, RateForm, Shape, Window};
use super::names::Names;
use super::read::{Tab, Word};
use super::{condition, rules};

/// The `measures` and `rates` of a file.
pub(super) fn figures(top: &Tab<'_>, names: &Names<'_>, places: &mut Places) -> (Vec<Measure>, Vec<Rate>) {
    let mut measures = Vec::new();
    for tab in top.tabs("measures") {
        places.measures.push(tab.at);
        measures.push(measure(&tab, names));
    }
    let mut rates = Vec::new();
    for tab in top.tabs("rates") {
        places.rates.push(tab.at);
        rates.push(rate(&tab));
    }
    (measures, rates)
}

fn measure(tab: &Tab<'_>, names: &Names<'_>) -> Measure {
    let split = tab.word("split").and_then(|word| {
        names.field_of(word, "a choice", "单选", |shape| {
            matches!(shape, Shape::Choice(_) | Shape::Choices(_))
        })
    });
    let measure = Measure {
        tag: tab.need_number("tag"),
        id: tab.need_word("id").text.to_owned(),
        label: tab.label(),
        of: of(tab, names),
        condition: condition::condition_in(tab, "when", names),
        on: on(tab, names),
        split,
        window: window(tab),
    };
    tab.done();
    if matches!(measure.on, On::Span { .. }) != (measure.window == Window::Until) {
        tab.report.say(
            tab.at,
            "a stock says both `on = { from, to }` and `window = \"until\"`",
            "存量指标要同时写 on = { from, to } 和 window = \"until\"",
        );
    }
    measure
}

/// `of = "count"` (or nothing), `{ sum = "f" }`, `{ days = ["f", "g"] }`, `{ values = "f" }`.
fn of(tab: &Tab<'_>, names: &Names<'_>) -> Of {
    let Some(value) = tab.value("of") else { return Of::Count };
    if value.as_str() == Some("count") {
        return Of::Count;
    }
    let Some(of) = Tab::new(value, names.report) else { return Of::Count };
    let number = |shape: &Shape| matches!(shape, Shape::Number { .. } | Shape::Decimal { .. });
    let found = if let Some(word) = of.word("sum") {
        names.field_of(word, "a number", "数字", number).map(Of::Sum)
    } else if let Some(word) = of.word("values") {
        names.field_of(word, "a list", "列表", condition::listed).map(Of::Values)
    } else {
        match of.words("days").as_slice() {
            [from, to] => {
                names.date_field(*from).zip(names.date_field(*to)).map(|(from, to)| Of::Days { from, to })
            }
            _ => {
                names.report.say(
                    of.at,
                    "`of` is \"count\", { sum }, { days = [from, to] } or { values }",
                    "不认识的统计方式",
                );
                None
            }
        }
    };
    of.done();
    found.unwrap_or(Of::Count)
}

/// `on = "date field"`, `{ due = "DL-…" }`, `{ from = "f", to = "g" }`.
fn on(tab: &Tab<'_>, names: &Names<'_>) -> On {
    let Some(value) = tab.value("on") else {
        names.report.say(tab.at, "`on` is missing: on which day does it count?", "缺少 on：计入哪一天？");
        return On::Field(0);
    };
    if let Some(text) = value.as_str() {
        return On::Field(names.date_field(Word { text, at: value.span }).unwrap_or_default());
    }
    let Some(on) = Tab::new(value, names.report) else { return On::Field(0) };
    let found = if let Some(word) = on.word("due") {
        names.deadline(word).map(On::Due)
    } else {
        let (from, to) = (names.date_field(on.need_word("from")), names.date_field(on.need_word("to")));
        from.zip(to).map(|(from, to)| On::Span { from, to })
    };
    on.done();
    found.unwrap_or(On::Field(0))
}

/// `window = "period"` (or nothing), `"until"`, `"before_as_of"`, `{ days_ahead = 15 }`.
fn window(tab: &Tab<'_>) -> Window {
    let Some(value) = tab.value("window") else { return Window::Period };
    match value.as_str() {
        Some("period") => return Window::Period,
        Some("until") => return Window::Until,
        Some("before_as_of") => return Window::BeforeAsOf,
        Some(other) => {
            tab.report.say(
                value.span,
                format!("no window `{other}`"),
                format!("没有这种时间范围：`{other}`"),
            );
            return Window::Period;
        }
        None => {}
    }
    let Some(window) = Tab::new(value, tab.report) else { return Window::Period };
    let days = window.need_number("days_ahead");
    window.done();
    Window::FromAsOf { days }
}

fn rate(tab: &Tab<'_>) -> Rate {
    let form = match tab.word("form") {
        None => RateForm::Percent,
        Some(word) => match word.text {
            "percent" => RateForm::Percent,
            "mean" => RateForm::Mean,
            "per_ten_thousand" => RateForm::PerTenThousand,
            other => {
                tab.report.say(
                    word.at,
                    format!("no form of rate `{other}`"),
                    format!("没有这种比率：`{other}`"),
                );
                RateForm::Percent
            }
        },
    };
    let id = tab.need_word("id");
    let rate = Rate {
        id: id.text.to_owned(),
        label: tab.label(),
        numerator: tab.strings("numerator"),
        denominator: tab.need_word("denominator").text.to_owned(),
        form,
    };
    tab.done();
    if rate.numerator.is_empty() {
        rules::empty(tab.report, tab.at, "numerator");
    }
    rate
}
