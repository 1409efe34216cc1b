//! Townships as tiles in their districts, darker where a figure is higher. Each tile has its number in it.

use maud::{Markup, html};

use crate::ui::Words;

/// Shades from light to dark.
const SHADES: usize = 5;

/// A township.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tile<'a> {
    pub label: &'a str,
    /// None where there is no case, or nothing has come.
    pub value: Option<f64>,
    /// As it is printed.
    pub text: &'a str,
    pub address: Option<&'a str>,
}

/// A district with its townships.
#[derive(Debug, Clone, PartialEq)]
pub struct District<'a> {
    pub label: &'a str,
    /// Its own figure, as it is printed.
    pub text: &'a str,
    pub tiles: Vec<Tile<'a>>,
}

/// All districts by one figure.
pub struct TileMap<'a> {
    pub title: &'a str,
    pub description: &'a str,
    pub districts: &'a [District<'a>],
    /// A value as it is printed, for the key.
    pub printed: &'a dyn Fn(f64) -> String,
}

pub fn tile_map(w: &Words, chart: &TileMap<'_>) -> Markup {
    let values = || {
        chart
            .districts
            .iter()
            .flat_map(|district| district.tiles.iter().filter_map(|tile| tile.value))
            .filter(|v| v.is_finite())
    };
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    html! {
        figure.chart.tile-map {
            figcaption { span.title { (chart.title) } span.desc { (chart.description) } }
            div.districts {
                @for district in chart.districts {
                    section {
                        p.district { (district.label) " " span.beside { (district.text) } }
                        ul { @for tile in &district.tiles { li { (one(w, tile, low, high)) } } }
                    }
                }
            }
            @if low.is_finite() {
                p.scale {
                    span.unseen { (w.shades) }
                    @for shade in 0..SHADES {
                        @let at = |n: usize| low + (high - low) * n as f64 / SHADES as f64;
                        span.key { (ground(Some(shade))) ((chart.printed)(at(shade))) "–" ((chart.printed)(at(shade + 1))) }
                    }
                    span.key { (ground(None)) (w.no_cases) }
                }
            }
        }
    }
}

fn one(w: &Words, tile: &Tile<'_>, low: f64, high: f64) -> Markup {
    let shade = tile.value.map(|value| shade(value, low, high));
    let class = shade.map_or_else(|| "tile none".to_owned(), |shade| format!("tile shade-{shade}"));
    let said = html! {
        (ground(shade))
        span.label { (tile.label) }
        span.number { (tile.text) @if tile.value.is_none() { span.unseen { (w.no_cases) } } }
    };
    html! { @match tile.address { Some(address) => a class=(class) href=(address) { (said) }, None => span class=(class) { (said) } } }
}

/// Drawn, and not a background, so that it is printed.
fn ground(shade: Option<usize>) -> Markup {
    let class = shade.map_or_else(|| "ground none".to_owned(), |shade| format!("ground fill-{shade}"));
    html! { svg class=(class) width="100%" height="100%" aria-hidden="true" focusable="false" { rect width="100%" height="100%" {} } }
}

fn shade(value: f64, low: f64, high: f64) -> usize {
    if high <= low {
        return SHADES / 2;
    }
    let part = ((value - low) / (high - low) * SHADES as f64).floor();
    (part.max(0.0) as usize).min(SHADES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_reach_from_the_lowest_to_the_highest() {
        assert_eq!(
            [0.0, 19.9, 20.0, 50.0, 99.0, 100.0].map(|value| shade(value, 0.0, 100.0)),
            [0, 0, 1, 2, 4, 4]
        );
        assert_eq!(shade(3.0, 3.0, 3.0), 2);
    }
}
