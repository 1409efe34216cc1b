//! Bars against a target, with places where they are a ranking. The chart is a table: a row for each bar.

use maud::{Markup, html};

use super::{hatch, percent, round_up};
use crate::ui::Words;
use crate::ui::icon::{Icon, icon};

/// The place of a bar in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    At(u32),
    /// Why it has none.
    Out(&'a str),
}

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar<'a> {
    pub label: &'a str,
    /// None where there is no case.
    pub value: Option<f64>,
    /// As it is printed.
    pub text: &'a str,
    /// What it is made of: `12 / 15`.
    pub parts: Option<&'a str>,
    pub met: Option<bool>,
    pub place: Option<Place<'a>>,
    pub address: Option<&'a str>,
}

/// Bars of one figure.
pub struct Bars<'a> {
    /// Unique on the page; letters, digits and `-`.
    pub id: &'a str,
    pub title: &'a str,
    /// In one sentence: what is to be seen.
    pub description: &'a str,
    pub bars: &'a [Bar<'a>],
    /// The same for all, and as it is printed.
    pub target: Option<(f64, &'a str)>,
    /// Where the scale ends; none: at a round number.
    pub end: Option<f64>,
}

pub fn bars(w: &Words, chart: &Bars<'_>) -> Markup {
    let most = chart
        .bars
        .iter()
        .filter_map(|bar| bar.value)
        .chain(chart.target.map(|(value, _)| value))
        .fold(0.0, f64::max);
    let end = chart.end.unwrap_or_else(|| round_up(most)).max(f64::MIN_POSITIVE);
    let ranked = chart.bars.iter().any(|bar| bar.place.is_some());
    html! {
        figure.chart aria-labelledby=(format!("{}-title", chart.id)) {
            (hatch(chart.id))
            table.bars {
                caption { span.title id=(format!("{}-title", chart.id)) { (chart.title) } span.desc { (chart.description) } }
                thead.unseen {
                    tr {
                        @if ranked { th scope="col" { (w.place) } }
                        th scope="col" { (w.unit) } th scope="col" { (w.value) } td {}
                    }
                }
                tbody { @for bar in chart.bars { (row(w, chart, bar, end, ranked)) } }
            }
            @if let Some((_, text)) = chart.target {
                figcaption {
                    span.key { svg width="26" height="18" aria-hidden="true" focusable="false" { rect.beam y="3" width="26" height="12" {} } (w.met) }
                    span.key { svg width="26" height="18" aria-hidden="true" focusable="false" { rect.beam.short y="3" width="26" height="12" fill=(format!("url(#{}-hatch)", chart.id)) {} } (w.unmet) }
                    span.key { svg width="26" height="18" aria-hidden="true" focusable="false" { line.target x1="13" x2="13" y1="0" y2="18" {} } (w.target) " " (text) }
                }
            }
        }
    }
}

fn row(w: &Words, chart: &Bars<'_>, bar: &Bar<'_>, end: f64, ranked: bool) -> Markup {
    let short = bar.met == Some(false);
    html! {
        tr {
            @if ranked {
                td.place {
                    @match bar.place {
                        Some(Place::At(place)) => (place),
                        Some(Place::Out(why)) => span.out { (why) },
                        None => {}
                    }
                }
            }
            th scope="row" { @match bar.address { Some(address) => a href=(address) { (bar.label) }, None => (bar.label) } }
            td.number { (bar.text) @if short { (icon(Icon::Close)) span.unseen { (w.unmet) } } @if let Some(parts) = bar.parts { span.beside { (parts) } } }
            td.drawn {
                svg width="100%" height="26" aria-hidden="true" focusable="false" {
                    rect.ground y="4" width="100%" height="18" {}
                    @if let Some(value) = bar.value {
                        rect.beam.short[short] y="4" width=(percent(value / end)) height="18" fill=[short.then(|| format!("url(#{}-hatch)", chart.id))] {}
                    }
                    @if let Some((target, _)) = chart.target {
                        line.target x1=(percent(target / end)) x2=(percent(target / end)) y1="0" y2="26" {}
                    }
                }
            }
        }
    }
}
