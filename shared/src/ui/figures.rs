//! Figures: tiles, a list of figures beside their targets, a table of offices, and the line that says what they are made of.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};

/// One big number. Black until its target is met, then green with a tick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureTile<'a> {
    pub label: &'a str,
    /// As it is printed: `77.5 %`, `—`.
    pub text: &'a str,
    /// What it is made of: `62 / 80`.
    pub parts: Option<&'a str>,
    /// As it is printed: `≥ 85 %`.
    pub target: Option<&'a str>,
    pub met: Option<bool>,
    /// Since the earlier period: `+3`.
    pub change: Option<&'a str>,
    pub address: Option<&'a str>,
}

pub fn tiles(w: &Words, tiles: &[FigureTile<'_>]) -> Markup {
    html! {
        ul.tiles {
            @for tile in tiles {
                li class=[(tile.met == Some(true)).then_some("met")] {
                    p.label { @match tile.address { Some(address) => a href=(address) { (tile.label) }, None => (tile.label) } }
                    p.number { (tile.text) @if let Some(parts) = tile.parts { span.parts { (parts) } } }
                    p.beside {
                        @if let Some(target) = tile.target { span { (w.target) " " (target) } }
                        (met(w, tile.met))
                        @if let Some(change) = tile.change { span { (w.change) " " (change) } }
                    }
                }
            }
        }
    }
}

fn met(w: &Words, met: Option<bool>) -> Markup {
    html! {
        @match met {
            Some(true) => span.met { (icon(Icon::Check)) (w.met) },
            Some(false) => span.unmet { (icon(Icon::Close)) (w.unmet) },
            None => {}
        }
    }
}

/// Over whom figures are, and how fresh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageLine<'a> {
    /// Offices whose data are in, of how many.
    pub have: usize,
    pub all: usize,
    /// The oldest of them: whose, and how old, as it is said.
    pub oldest: Option<(&'a str, &'a str)>,
    /// Who is missing, and why.
    pub missing: &'a [(&'a str, &'a str)],
    /// Changes that are stored and not counted.
    pub held: u32,
}

pub fn coverage(w: &Words, line: &CoverageLine<'_>) -> Markup {
    let whole = line.have == line.all && line.held == 0;
    html! {
        p.coverage.whole[whole] {
            (icon(if whole { Icon::Check } else { Icon::Info }))
            span { ((w.coverage)(line.have, line.all)) }
            @if let Some((whose, age)) = line.oldest { span { ((w.oldest)(whose, age)) } }
            @if !line.missing.is_empty() {
                span {
                    (w.not_in)
                    @for (nth, (whose, why)) in line.missing.iter().enumerate() {
                        @if nth > 0 { (w.comma) } (whose) "（" (why) "）"
                    }
                }
            }
            @if line.held > 0 { span { ((w.held)(line.held)) } }
        }
    }
}

/// One figure beside its target and the earlier period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureRow<'a> {
    /// Its id, such as `A7`.
    pub id: &'a str,
    pub label: &'a str,
    pub text: &'a str,
    pub target: Option<&'a str>,
    pub met: Option<bool>,
    pub before: Option<&'a str>,
    pub change: Option<&'a str>,
    /// The records that make it.
    pub address: Option<&'a str>,
    /// Stands below the one before it, as a part of it.
    pub part: bool,
}

/// Figures of one office; groups with their headings.
pub fn figure_list(
    w: &Words,
    caption: &str,
    groups: &[(&str, Vec<FigureRow<'_>>)],
    coverage_line: Option<&CoverageLine<'_>>,
) -> Markup {
    let rows = || groups.iter().flat_map(|(_, rows)| rows);
    let targets = rows().any(|row| row.target.is_some());
    let compares = rows().any(|row| row.before.is_some());
    let columns = 2 + usize::from(targets) + 2 * usize::from(compares);
    html! {
        div.figures {
            div.scroll tabindex="0" role="region" aria-label=(caption) {
                table {
                    caption { (caption) }
                    thead {
                        tr {
                            th scope="col" { (w.figure) } th.number scope="col" { (w.value) }
                            @if targets { th scope="col" { (w.target) } }
                            @if compares { th.number scope="col" { (w.before) } th.number scope="col" { (w.change) } }
                        }
                    }
                    @for (heading, rows) in groups {
                        tbody {
                            @if !heading.is_empty() { tr.group { th colspan=(columns) scope="rowgroup" { (heading) } } }
                            @for row in rows {
                                tr {
                                    th.sub[row.part] scope="row" { (row.label) @if !row.id.is_empty() { " " span.id { (row.id) } } }
                                    td.number { @match row.address { Some(address) => a href=(address) { (row.text) }, None => (row.text) } }
                                    @if targets { td { @if let Some(target) = row.target { (target) " " (met(w, row.met)) } } }
                                    @if compares { td.number { (row.before.unwrap_or_default()) } td.number { (row.change.unwrap_or_default()) } }
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(line) = coverage_line { (coverage(w, line)) }
        }
    }
}

/// A column of a table of offices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureColumn<'a> {
    pub label: &'a str,
    pub target: Option<&'a str>,
}

/// A figure of one office.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureCell<'a> {
    pub text: &'a str,
    pub met: Option<bool>,
    pub change: Option<&'a str>,
    /// Its place among the offices, or why it has none.
    pub place: Option<&'a str>,
    pub address: Option<&'a str>,
}

/// An office, a district or the county.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfficeRow<'a> {
    pub label: &'a str,
    pub address: Option<&'a str>,
    /// A sum of those above it.
    pub sum: bool,
    pub cells: Vec<FigureCell<'a>>,
}

/// Offices by figures, with subtotals.
pub fn figure_grid(
    w: &Words,
    caption: &str,
    columns: &[FigureColumn<'_>],
    rows: &[OfficeRow<'_>],
    line: &CoverageLine<'_>,
) -> Markup {
    html! {
        div.figures {
            div.scroll tabindex="0" role="region" aria-label=(caption) {
                table.grid {
                    caption { (caption) }
                    thead {
                        tr {
                            th scope="col" { (w.unit) }
                            @for column in columns {
                                th.number scope="col" { (column.label) @if let Some(target) = column.target { span.target { (w.target) " " (target) } } }
                            }
                        }
                    }
                    tbody {
                        @for row in rows {
                            tr.sum[row.sum] {
                                th scope="row" { @match row.address { Some(address) => a href=(address) { (row.label) }, None => (row.label) } }
                                @for cell in &row.cells {
                                    td.number.unmet[cell.met == Some(false)] {
                                        @match cell.address { Some(address) => a href=(address) { (cell.text) }, None => (cell.text) }
                                        @if cell.met == Some(false) { (icon(Icon::Close)) span.unseen { (w.unmet) } }
                                        @if let Some(change) = cell.change { span.beside { (change) } }
                                        @if let Some(place) = cell.place { span.beside { (place) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            (coverage(w, line))
        }
    }
}
