//! Measures as files write them.

use super::kind::Places;
use super::model::{By, Coverage, Measure, Of, On, Rate, RowScope, Shape, Source, Target, Window};
use super::names::Names;
use super::read::{Tab, Word};
use super::{amount, condition, rates};

/// All that a file counts.
pub(super) struct Figures {
    pub(super) measures: Vec<Measure>,
    pub(super) rates: Vec<Rate>,
    pub(super) coverages: Vec<Coverage>,
}

/// The `measures`, `rates` and `coverages` of a file.
pub(super) fn figures(top: &Tab<'_>, names: &Names<'_>, places: &mut Places) -> Figures {
    let mut figures = Figures { measures: Vec::new(), rates: Vec::new(), coverages: Vec::new() };
    for tab in top.tabs("measures") {
        places.measures.push(tab.at);
        figures.measures.push(measure(&tab, names));
    }
    for tab in top.tabs("rates") {
        places.rates.push(tab.at);
        figures.rates.push(rates::rate(&tab));
    }
    for tab in top.tabs("coverages") {
        let found = rates::coverage(&tab, names);
        if let Some(coverage) = found {
            places.coverages.push(tab.at);
            figures.coverages.push(coverage);
        }
    }
    figures
}

fn measure(tab: &Tab<'_>, names: &Names<'_>) -> Measure {
    let rows = tab.word("rows").and_then(|word| amount::rows(word, names));
    let columns = rows.as_ref().map(|(_, columns)| columns);
    let scope = columns.unwrap_or(names);
    let measure = Measure {
        tag: tab.need_number("tag"),
        id: tab.need_word("id").text.to_owned(),
        label: tab.label(),
        of: of(tab, scope),
        condition: condition::condition_in(tab, "when", names),
        on: on(tab, names, columns),
        split: source(tab, "split", names, columns, ("a choice", "选项"), |shape| {
            matches!(shape, Shape::Choice(_) | Shape::Choices(_) | Shape::Flag)
        }),
        township: source(tab, "township", names, columns, ("a township", "乡镇"), |shape| {
            matches!(shape, Shape::Township)
        }),
        by: by(tab, names, columns),
        window: window(tab),
        target: target(tab),
        rows: rows.as_ref().map(|(field, columns)| RowScope {
            field: *field,
            condition: condition::condition_in(tab, "where", columns),
        }),
    };
    tab.done();
    check(tab, &measure);
    measure
}

fn check(tab: &Tab<'_>, measure: &Measure) {
    if matches!(measure.on, On::Span { .. }) != (measure.window == Window::Until) {
        tab.report.say(
            tab.at,
            "a stock says both `on = { from, to }` and `window = \"until\"`",
            "存量指标要同时写 on = { from, to } 和 window = \"until\"",
        );
    }
    let spread = matches!(measure.of, Of::Spread { .. });
    if usize::from(spread) + usize::from(measure.by.is_some()) + usize::from(measure.split.is_some()) > 1 {
        tab.report.say(
            tab.at,
            "a measure has one of `split`, `by` and a spread",
            "split、by 和 spread 只能用一个",
        );
    }
}

/// `of = "count"` (or nothing), `{ sum = "f" }`, `{ days = ["f", "g"] }`, `{ spread = ["f", "g"] }`, `{ values = "f" }`.
fn of(tab: &Tab<'_>, names: &Names<'_>) -> Of {
    let Some(value) = tab.value("of") else { return Of::Count };
    if value.as_str() == Some("count") {
        return Of::Count;
    }
    let Some(of) = Tab::new(value, names.report) else { return Of::Count };
    let number = |shape: &Shape| matches!(shape, Shape::Number { .. } | Shape::Decimal { .. });
    let dates = |words: &[Word<'_>]| match words {
        [from, to] => Some((names.date_field(*from)?, names.date_field(*to)?)),
        _ => {
            names.report.say(of.at, "`days` and `spread` name two dates", "days、spread 要写两个日期字段");
            None
        }
    };
    let found = if let Some(word) = of.word("sum") {
        names.field_of(word, "a number", "数字", number).map(Of::Sum)
    } else if let Some(word) = of.word("values") {
        names.field_of(word, "a list", "列表", condition::listed).map(Of::Values)
    } else if of.has("days") {
        dates(&of.words("days")).map(|(from, to)| Of::Days { from, to })
    } else if of.has("spread") {
        dates(&of.words("spread")).map(|(from, to)| Of::Spread { from, to })
    } else {
        names.report.say(
            of.at,
            "`of` is \"count\", { sum }, { days = [from, to] }, { spread = [from, to] } or { values }",
            "不认识的统计方式",
        );
        None
    };
    of.done();
    found.unwrap_or(Of::Count)
}

/// `on = "date field"`, `{ column = "date column" }`, `{ due = "DL-…" }`, `{ from = "f", or = "e", to = "g" }`.
fn on(tab: &Tab<'_>, names: &Names<'_>, columns: Option<&Names<'_>>) -> On {
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
    } else if let Some(word) = on.word("column") {
        within(word, names, columns).and_then(|columns| columns.date_field(word)).map(On::Column)
    } else {
        let (from, to) = (names.date_field(on.need_word("from")), names.date_field(on.need_word("to")));
        let or = on.word("or").and_then(|word| names.date_field(word));
        from.zip(to).map(|(from, to)| On::Span { from, or, to })
    };
    on.done();
    found.unwrap_or(On::Field(0))
}

/// The names of the columns, if child rows are counted.
fn within<'n, 'a>(
    word: Word<'_>,
    names: &Names<'a>,
    columns: Option<&'n Names<'a>>,
) -> Option<&'n Names<'a>> {
    if columns.is_none() {
        names.report.say(word.at, "`column` goes with `rows`", "column 要与 rows 一起用");
    }
    columns
}

/// `key = "field"` or `{ column = "c" }`; `what` says in English and Chinese what fits.
fn source(
    tab: &Tab<'_>,
    key: &'static str,
    names: &Names<'_>,
    columns: Option<&Names<'_>>,
    (en, zh): (&str, &str),
    fits: impl Fn(&Shape) -> bool,
) -> Option<Source> {
    let value = tab.value(key)?;
    if let Some(text) = value.as_str() {
        return names.field_of(Word { text, at: value.span }, en, zh, fits).map(Source::Field);
    }
    let inner = Tab::new(value, names.report)?;
    let word = inner.need_word("column");
    inner.done();
    within(word, names, columns)?.field_of(word, en, zh, fits).map(Source::Column)
}

/// `by = "unit"` is the township for which it counts, where the kind has no field of that name.
fn by(tab: &Tab<'_>, names: &Names<'_>, columns: Option<&Names<'_>>) -> Option<By> {
    let unit = tab.value("by").and_then(|value| value.as_str()) == Some("unit");
    let found = if unit && !names.fields.values().any(|field| field.id == "unit") {
        Some(Source::Unit)
    } else {
        by_source(tab, names, columns)
    };
    let reach = tab.number::<i64>("reach");
    if tab.has("reach") && (!tab.has("by") || reach.is_some_and(|reach| reach < 1)) {
        tab.report.say(
            tab.at,
            "`reach` is at least 1 and goes with `by`",
            "reach 至少为 1，且要与 by 一起用",
        );
    }
    found.map(|source| By { source, reach })
}

fn by_source(tab: &Tab<'_>, names: &Names<'_>, columns: Option<&Names<'_>>) -> Option<Source> {
    source(
        tab,
        "by",
        names,
        columns,
        ("a link, a text, a choice or a township", "关联、文字、选项或乡镇"),
        |shape| {
            matches!(
                shape,
                Shape::Link(_)
                    | Shape::Links(_)
                    | Shape::Text { .. }
                    | Shape::Texts { .. }
                    | Shape::Choice(_)
                    | Shape::Choices(_)
                    | Shape::Township
                    | Shape::Townships
            )
        },
    )
}

/// `window = "period"` (or nothing), `"past"`, `"until"`, `"term"`, `"before_as_of"`, `{ days_ahead = 15 }`.
pub(super) fn window(tab: &Tab<'_>) -> Window {
    let Some(value) = tab.value("window") else { return Window::Period };
    match value.as_str() {
        Some("period") => return Window::Period,
        Some("past") => return Window::Past,
        Some("until") => return Window::Until,
        Some("term") => return Window::Term,
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

/// `target = { at_least = 2 }`, `{ at_most = 3 }` or both, and perhaps `except = "SUBDISTRICT"`.
pub(super) fn target(tab: &Tab<'_>) -> Option<Target> {
    let tab = tab.tab("target")?;
    let except = tab.word("except").and_then(|word| super::kind::node(&tab, word));
    let target = Target { at_least: tab.number("at_least"), at_most: tab.number("at_most"), except };
    tab.done();
    if target.at_least.or(target.at_most).is_none() {
        tab.report.say(
            tab.at,
            "a target is `at_least`, `at_most` or both",
            "target 要写 at_least 或 at_most",
        );
        return None;
    }
    Some(target)
}
