//! Kinds of deadline and legal profiles as files write them.

use std::collections::BTreeMap;

use toml_span::Span;

use super::model::{DeadlineKind, LegalProfile, Length, LengthUnit, Runs};
use super::names::World;
use super::problem::Report;
use super::read::Tab;

/// The `deadline_kinds` of a file.
pub(super) fn deadline_kinds(
    top: &Tab<'_>,
    world: &mut World,
    all: &mut BTreeMap<u32, DeadlineKind>,
    places: &mut BTreeMap<u32, (usize, Span)>,
    file: usize,
) {
    for tab in top.tabs("deadline_kinds") {
        let kind = DeadlineKind {
            number: tab.need_number("number"),
            code: tab.need_word("code").text.to_owned(),
            label: tab.label(),
            runs: runs(&tab),
        };
        tab.done();
        super::rules::fresh(
            top.report,
            tab.at,
            &world.deadlines,
            kind.number,
            &kind.code,
            "deadline kind",
            "期限",
        );
        world.deadlines.insert(kind.code.clone(), kind.number);
        world.runs.insert(kind.number, kind.runs);
        places.entry(kind.number).or_insert((file, tab.at));
        all.insert(kind.number, kind);
    }
    top.done();
}

fn runs(tab: &Tab<'_>) -> Runs {
    match (tab.flag("given"), tab.flag("before")) {
        (false, false) => Runs::After,
        (false, true) => Runs::Before,
        (true, before) => {
            if before {
                tab.report.say(
                    tab.at,
                    "a deadline is `given` or counted `before` its start, not both",
                    "given 和 before 只能写一个",
                );
            }
            Runs::Given
        }
    }
}

/// One profile; lengths that it leaves out are empty until [`complete`].
pub(super) fn profile(top: &Tab<'_>, world: &World) -> LegalProfile {
    let id = top.need_word("profile");
    let mut lengths = BTreeMap::new();
    for tab in top.tabs("lengths") {
        let code = tab.need_word("deadline");
        let number = world.deadlines.get(code.text).copied();
        if number.is_none() {
            top.report.say(
                code.at,
                format!("no deadline kind `{}`", code.text),
                format!("没有这个期限：`{}`", code.text),
            );
        }
        let runs = number.and_then(|number| world.runs.get(&number)).copied().unwrap_or(Runs::After);
        let length = length(&tab, runs);
        if runs == Runs::Given {
            top.report.say(
                code.at,
                format!("the last day of `{}` is given by the record: it has no length", code.text),
                format!("`{}` 的截止日由记录给出，不能规定长度", code.text),
            );
        }
        if let Some(number) = number
            && lengths.insert(number, length).is_some()
        {
            top.report.say(tab.at, format!("`{}` stands twice", code.text), format!("`{}` 重复", code.text));
        }
    }
    let profile = LegalProfile {
        id: id.text.to_owned(),
        version: top.need_word("version").text.to_owned(),
        label: top.label(),
        roll_forward: top.flag("roll_forward"),
        lengths,
    };
    top.done();
    profile
}

fn length(tab: &Tab<'_>, runs: Runs) -> Length {
    let unit = tab.need_word("unit");
    let length = Length {
        count: tab.need_number("count"),
        unit: match unit.text {
            "working_days" => LengthUnit::WorkingDays,
            "months" => LengthUnit::Months,
            "days" | "" => LengthUnit::Days,
            other => {
                tab.report.say(
                    unit.at,
                    format!("a unit is \"days\", \"working_days\" or \"months\", not \"{other}\""),
                    format!("单位只能是 days（日）、working_days（工作日）、months（月），不能是 `{other}`"),
                );
                LengthUnit::Days
            }
        },
        backwards: runs == Runs::Before,
        complex: tab.number("complex"),
        extension: tab.number("extension"),
        source: tab.need_word("source").text.to_owned(),
    };
    tab.done();
    if length.count == 0 {
        tab.report.say(tab.at, "a deadline of no length", "期限长度为零");
    }
    if length.complex.is_some_and(|complex| complex < length.count) {
        tab.report.say(tab.at, "`complex` is shorter than `count`", "complex 比 count 还短");
    }
    if length.backwards && length.extension.is_some() {
        tab.report.say(
            tab.at,
            "what must be done before a day cannot be extended: no `extension` here",
            "事前期限不能延期，不得写 extension",
        );
    }
    if length.source.trim().is_empty() {
        tab.report.say(tab.at, "where does this length come from? `source` is empty", "缺少依据 source");
    }
    length
}

/// Gives every profile what it does not say from the national one.
pub(super) fn complete(profiles: &mut BTreeMap<String, LegalProfile>) {
    let Some(national) = profiles.get("national").cloned() else { return };
    for profile in profiles.values_mut() {
        for (number, length) in &national.lengths {
            profile.lengths.entry(*number).or_insert_with(|| length.clone());
        }
    }
}

/// Every kind of deadline that is counted has a length in every profile.
pub(super) fn check(
    kinds: &BTreeMap<u32, DeadlineKind>,
    profiles: &BTreeMap<String, LegalProfile>,
    places: &BTreeMap<u32, (usize, Span)>,
    reports: &[Report<'_>],
) {
    for (number, kind) in kinds.iter().filter(|(_, kind)| kind.runs != Runs::Given) {
        for profile in profiles.values().filter(|profile| !profile.lengths.contains_key(number)) {
            let Some((file, at)) = places.get(number) else { continue };
            reports[*file].say(
                *at,
                format!("`{}` has no length in the profile `{}`", kind.code, profile.id),
                format!("`{}` 在 `{}` 中没有期限长度", kind.code, profile.label.zh),
            );
        }
    }
}
