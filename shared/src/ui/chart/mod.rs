//! Charts, drawn where the page is made. Every mark has its number beside it in letters of the page's own size, and
//! a chart that is no table has one; shapes and hatching carry what colours carry, so that black and white are enough.
//!
//! Positions are given in percent of the width, so that a chart fills the room that it has and its letters keep their size.

mod bars;
mod matrix;
mod tiles;
mod trend;

pub use bars::{Bar, Bars, Place, bars};
pub use matrix::{Arrival, Matrix, MatrixRow, matrix};
pub use tiles::{District, Tile, TileMap, tile_map};
pub use trend::{Point, Series, Trend, trend};

use maud::{Markup, html};

/// A part of the whole in percent, as an attribute: `62.5%`. What is outside is moved to the edge.
fn percent(part: f64) -> String {
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    let text = format!("{:.2}", part * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Hatching for what misses its target; `id` is the chart's.
fn hatch(id: &str) -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                pattern id=(format!("{id}-hatch")) width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.hatch-ground width="7" height="7" {}
                    rect.hatch-line width="3" height="7" {}
                }
            }
        }
    }
}

/// The smallest round number that is at least so much: 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value * (1.0 - 1e-9)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_short_and_stay_inside() {
        let written = [0.0, 0.625, 1.0 / 3.0, 1.0, 7.0, -1.0, f64::NAN].map(percent);
        assert_eq!(written, ["0%", "62.5%", "33.33%", "100%", "100%", "0%", "0%"]);
    }

    #[test]
    fn scales_end_at_round_numbers() {
        let ends = [0.0, 0.3, 1.0, 7.0, 10.0, 23.0, 99.0, 101.0].map(round_up);
        assert_eq!(ends, [1.0, 0.5, 1.0, 10.0, 10.0, 25.0, 100.0, 200.0]);
    }
}
