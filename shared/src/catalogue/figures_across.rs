//! What must hold of figures over the whole catalogue: names and tags are taken once, what is named exists and fits.

use std::collections::BTreeMap;

use toml_span::Span;

use super::kind::Places;
use super::model::{
    Catalogue, Coverage, CoverageList, Kind, Measure, Of, Privacy, Rate, RateForm, Shape, Source,
};
use super::problem::Report;

/// Names and tags of figures, and the kinds that mark terms, sessions and the archive, are there once.
pub(super) fn once<'c, 'p, 'r: 'p>(files: impl Iterator<Item = (&'c Kind, &'p Report<'r>, &'p Places)>) {
    let mut figures: BTreeMap<&str, &str> = BTreeMap::new();
    let mut tags: BTreeMap<u32, &str> = BTreeMap::new();
    let mut term: Option<&str> = None;
    let mut session: Option<&str> = None;
    let mut archive: Option<&str> = None;
    for (kind, report, places) in files {
        for (measure, at) in kind.measures.iter().zip(&places.measures) {
            let twin = tags.insert(measure.tag, &measure.id).or(figures.insert(&measure.id, &kind.id));
            taken(report, *at, &measure.id, twin);
            if measure.tag == 0 {
                report.say(*at, "figure tags start at 1", "指标编号从 1 开始");
            }
        }
        let rates = kind.rates.iter().map(|rate| &rate.id).zip(&places.rates);
        let coverages = kind.coverages.iter().map(|coverage| &coverage.id).zip(&places.coverages);
        for (id, at) in rates.chain(coverages) {
            taken(report, *at, id, figures.insert(id, &kind.id));
        }
        if kind.term.is_some()
            && let Some(twin) = term.replace(&kind.id)
        {
            report.say(
                places.term,
                format!("the terms of office are told by `{twin}` already"),
                format!("届次已由 `{twin}` 登记"),
            );
        }
        if kind.session.is_some()
            && let Some(twin) = session.replace(&kind.id)
        {
            report.say(
                places.kind,
                format!("the sessions of the congress are told by `{twin}` already"),
                format!("人代会会次已由 `{twin}` 登记"),
            );
        }
        if kind.archive.is_some()
            && let Some(twin) = archive.replace(&kind.id)
        {
            report.say(
                places.kind,
                format!("the pieces of the archive are kept by `{twin}` already"),
                format!("归档文件已由 `{twin}` 登记"),
            );
        }
    }
}

fn taken(report: &Report<'_>, at: Span, id: &str, twin: Option<&str>) {
    if let Some(twin) = twin {
        report.say(
            at,
            format!("the tag or the id of figure `{id}` is taken already (by `{twin}`)"),
            format!("指标 `{id}` 的编号或 id 已被 `{twin}` 占用"),
        );
    }
}

/// The measures that the rates and coverages of a kind name exist and fit.
pub(super) fn named(catalogue: &Catalogue, kind: &Kind, report: &Report<'_>, places: &Places) {
    for (rate, at) in kind.rates.iter().zip(&places.rates) {
        for name in rate.parts().filter(|name| catalogue.measure(name).is_none()) {
            report.say(
                *at,
                format!("rate `{}` uses the measure `{name}`, which does not exist", rate.id),
                format!("比率 `{}` 用到的指标 `{name}` 不存在", rate.id),
            );
        }
        rate_fits(catalogue, rate, report, *at);
    }
    for (coverage, at) in kind.coverages.iter().zip(&places.coverages) {
        for name in &coverage.covered_by {
            match catalogue.measure(name) {
                None => report.say(
                    *at,
                    format!("coverage `{}` uses the measure `{name}`, which does not exist", coverage.id),
                    format!("覆盖率 `{}` 用到的指标 `{name}` 不存在", coverage.id),
                ),
                Some((other, measure)) if !reaches(other, measure, coverage) => report.say(
                    *at,
                    format!(
                        "coverage `{}`: the measure `{name}` does not count its list (`by`)",
                        coverage.id
                    ),
                    format!("覆盖率 `{}`：指标 `{name}` 的 by 与名单不符", coverage.id),
                ),
                Some(_) => {}
            }
        }
        list_is_public(catalogue, coverage, report, *at);
    }
}

fn rate_fits(catalogue: &Catalogue, rate: &Rate, report: &Report<'_>, at: Span) {
    let numerators = rate.numerator.iter().filter_map(|id| catalogue.measure(id));
    for (_, measure) in numerators {
        let spread = matches!(measure.of, Of::Spread { .. });
        match &rate.form {
            RateForm::Median if !spread => report.say(
                at,
                format!("the median needs a spread, `{}` is none", measure.id),
                format!("中位数要用 spread 指标，`{}` 不是", measure.id),
            ),
            _ if rate.form.of_days() && (measure.by.is_some() || spread) => report.say(
                at,
                format!("a gap needs a plain count, `{}` is none", measure.id),
                format!("间隔要用计数指标，`{}` 不是", measure.id),
            ),
            _ => {}
        }
    }
}

/// Whether the values that a measure counts are those that the list has.
fn reaches(kind: &Kind, measure: &Measure, coverage: &Coverage) -> bool {
    let Some(by) = measure.by else { return false };
    if matches!(coverage.list, CoverageList::Townships) && by.source == Source::Unit {
        return true;
    }
    match (&coverage.list, measure.source(kind, by.source).map(|field| &field.shape)) {
        (CoverageList::Records { kind, .. }, Some(Shape::Link(kinds) | Shape::Links(kinds))) => {
            kinds.contains(kind)
        }
        (CoverageList::Choices { .. }, Some(Shape::Choice(_) | Shape::Choices(_)))
        | (CoverageList::Townships, Some(Shape::Township | Shape::Townships)) => true,
        _ => false,
    }
}

/// Who is on a list is counted by the county too.
fn list_is_public(catalogue: &Catalogue, coverage: &Coverage, report: &Report<'_>, at: Span) {
    let CoverageList::Records { kind, condition, from, or, to, .. } = &coverage.list else { return };
    let Some(kind) = catalogue.kinds.get(kind) else { return };
    for tag in condition.fields().into_iter().chain([*from]).chain(*or).chain(*to) {
        if let Some(field) = kind.fields.get(&tag).filter(|field| field.privacy == Privacy::Local) {
            report.say(
                at,
                format!("coverage `{}` uses `{}`, which must not leave the office", coverage.id, field.id),
                format!("覆盖率 `{}` 用到了不外传的字段 `{}`（{}）", coverage.id, field.id, field.label.zh),
            );
        }
    }
}

/// What a measure looks at may leave the office: the tags of fields, and of columns, that must not.
pub(super) fn private(kind: &Kind, measure: &Measure) -> Vec<(String, String)> {
    let mut used = measure.condition.fields();
    used.extend(measure.fields());
    let fields = used.into_iter().filter_map(|tag| kind.fields.get(&tag));
    let mut columns = measure.columns();
    columns.extend(measure.rows.iter().flat_map(|rows| rows.condition.fields()));
    let columns = columns.into_iter().filter_map(|tag| measure.source(kind, Source::Column(tag)));
    fields
        .chain(columns)
        .filter(|field| field.privacy == Privacy::Local)
        .map(|field| (field.id.clone(), field.label.zh.clone()))
        .collect()
}
