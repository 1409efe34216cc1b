//! Lines over time, and the table of their numbers.

use maud::{Markup, html};

use super::{percent, round_up};
use crate::ui::Words;
use crate::ui::icon::{Icon, icon};

/// Pixels from the top to the highest and to the lowest place of a point, and the whole.
const TOP: f64 = 16.0;
const FOOT: f64 = 216.0;
const HEIGHT: u32 = 256;
/// Part of the width left of the first and right of the last point.
const EDGE: f64 = 0.06;
/// Lines that are told apart: by dashes and by the shape of their points.
const SERIES_MAX: usize = 3;

/// A value at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point<'a> {
    /// None where there is no case.
    pub value: Option<f64>,
    /// As it is printed.
    pub text: &'a str,
}

/// One line. Of more than three the first three are drawn; the table has all.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<'a> {
    pub label: &'a str,
    /// One for each time.
    pub points: Vec<Point<'a>>,
}

/// Lines over the same times.
pub struct Trend<'a> {
    /// Unique on the page; letters, digits and `-`.
    pub id: &'a str,
    pub title: &'a str,
    /// In one sentence: what is to be seen.
    pub description: &'a str,
    pub times: &'a [&'a str],
    pub series: &'a [Series<'a>],
    pub target: Option<(f64, &'a str)>,
}

pub fn trend(w: &Words, chart: &Trend<'_>) -> Markup {
    let values = chart.series.iter().flat_map(|series| series.points.iter().filter_map(|point| point.value));
    let end = round_up(values.chain(chart.target.map(|(value, _)| value)).fold(0.0, f64::max));
    let id = |part: &str| format!("{}-{part}", chart.id);
    html! {
        figure.chart {
            figcaption {
                span.title { (chart.title) }
                @for (nth, series) in chart.series.iter().enumerate().take(SERIES_MAX) {
                    span.key {
                        svg class=(format!("line-{nth}")) width="40" height="18" aria-hidden="true" focusable="false" {
                            line.line x1="0" x2="40" y1="9" y2="9" {} (mark(nth, "20", 9.0))
                        }
                        (series.label)
                    }
                }
                @if let Some((_, text)) = chart.target {
                    span.key { svg width="40" height="18" aria-hidden="true" focusable="false" { line.target x1="0" x2="40" y1="9" y2="9" {} } (w.target) " " (text) }
                }
            }
            svg.trend width="100%" height=(HEIGHT) role="img" aria-labelledby=(format!("{} {}", id("title"), id("desc"))) {
                title id=(id("title")) { (chart.title) }
                desc id=(id("desc")) { (chart.description) }
                @for part in [0.0, 0.5, 1.0] {
                    line.grid x1="0" x2="100%" y1=(height(part)) y2=(height(part)) {}
                    text.scale x="0" y=(format!("{:.1}", FOOT - part * (FOOT - TOP) - 4.0)) { (number(end * part)) }
                }
                @if let Some((target, _)) = chart.target { line.target x1="0" x2="100%" y1=(height(target / end)) y2=(height(target / end)) {} }
                @for (nth, series) in chart.series.iter().enumerate().take(SERIES_MAX) { (line(series, nth, end)) }
                @for (nth, time) in chart.times.iter().enumerate() {
                    text.time.second[nth % 2 == 1] x=(across(nth, chart.times.len())) y="244" text-anchor="middle" { (time) }
                }
            }
            (numbers(w, chart))
        }
    }
}

fn across(nth: usize, times: usize) -> String {
    let part = if times < 2 { 0.5 } else { nth as f64 / (times - 1) as f64 };
    percent(EDGE + part * (1.0 - 2.0 * EDGE))
}

/// Pixels from the top.
fn height(part: f64) -> String {
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    format!("{:.1}", FOOT - part * (FOOT - TOP))
}

fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// From point to point; broken where there is none.
fn line(series: &Series<'_>, nth: usize, end: f64) -> Markup {
    let places: Vec<Option<(String, String)>> = series
        .points
        .iter()
        .enumerate()
        .map(|(at, point)| Some((across(at, series.points.len()), height(point.value? / end))))
        .collect();
    let last = series.points.iter().rposition(|point| point.value.is_some());
    html! {
        g class=(format!("line-{nth}")) {
            @for pair in places.windows(2) {
                @if let [Some((x1, y1)), Some((x2, y2))] = pair { line.line x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} }
            }
            @for (at, place) in places.iter().enumerate() {
                @if let Some((x, y)) = place {
                    (mark(nth, x, y.parse().unwrap_or(FOOT)))
                    @if Some(at) == last && nth == 0 {
                        text.value x=(x) y=(format!("{:.1}", y.parse::<f64>().unwrap_or(FOOT) - 10.0)) text-anchor="middle" { (series.points[at].text) }
                    }
                }
            }
        }
    }
}

/// A disc, a square or a ring, by the line.
fn mark(nth: usize, x: &str, y: f64) -> Markup {
    html! {
        @match nth {
            0 => circle.point cx=(x) cy=(y) r="4.5" {},
            1 => svg.free x=(x) y=(y) width="1" height="1" { rect.point x="-4" y="-4" width="8" height="8" {} },
            _ => circle.point.ring cx=(x) cy=(y) r="4.5" {},
        }
    }
}

fn numbers(w: &Words, chart: &Trend<'_>) -> Markup {
    html! {
        details {
            summary { (w.as_table) (icon(Icon::Down)) }
            div.scroll tabindex="0" role="region" aria-label=(chart.title) {
                table {
                    caption.unseen { (chart.title) }
                    thead { tr { th scope="col" { (w.period) } @for series in chart.series { th.number scope="col" { (series.label) } } } }
                    tbody {
                        @for (nth, time) in chart.times.iter().enumerate() {
                            tr { th scope="row" { (time) } @for series in chart.series { td.number { (series.points.get(nth).map_or("", |point| point.text)) } } }
                        }
                    }
                }
            }
        }
    }
}
