//! Who has handed in what: offices by periods, with the several kinds of missing told apart by sign and word.

use maud::{Markup, html};

use crate::ui::Words;

/// How a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    InTime,
    Late,
    /// Its day has not come.
    NotDue,
    /// It is due, and the office has not said that it is complete.
    Unfinished,
    /// It is complete, and has not arrived: the office's PC has not sent.
    OnTheWay,
    /// It has arrived, and is held because something in it is wrong.
    Held,
    /// Nobody expects it.
    NotExpected,
}

impl Arrival {
    pub const ALL: [Self; 7] = [
        Self::InTime,
        Self::Late,
        Self::NotDue,
        Self::Unfinished,
        Self::OnTheWay,
        Self::Held,
        Self::NotExpected,
    ];

    fn place(self) -> usize {
        Self::ALL.iter().position(|arrival| *arrival == self).unwrap_or(0)
    }

    fn class(self) -> &'static str {
        ["in-time", "late", "not-due", "unfinished", "on-the-way", "held", "not-expected"][self.place()]
    }

    /// Strokes in a box of 20 × 20.
    fn path(self) -> &'static str {
        [
            "M4 10.5l4 4 8-9",
            "M3 10.5l3.5 3.5L13 6M15.5 13v.2M15.5 6v4",
            "M5 10h10",
            "M10 3.5v8M10 15.5v.3",
            "M3 10h13M11 5l5 5-5 5",
            "M7 4.5v11M13 4.5v11",
            "",
        ][self.place()]
    }

    fn word(self, w: &Words) -> &'static str {
        w.arrivals[self.place()]
    }
}

/// One office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow<'a> {
    pub label: &'a str,
    pub address: Option<&'a str>,
    /// A heading over those that follow: a district.
    pub group: bool,
    /// One for each column: how it stands, and where it is.
    pub cells: Vec<(Arrival, Option<&'a str>)>,
}

/// Offices by periods.
pub struct Matrix<'a> {
    pub title: &'a str,
    pub description: &'a str,
    pub columns: &'a [&'a str],
    pub rows: &'a [MatrixRow<'a>],
}

pub fn matrix(w: &Words, chart: &Matrix<'_>) -> Markup {
    let columns = chart.columns.len() + 2;
    html! {
        figure.chart {
            div.scroll tabindex="0" role="region" aria-label=(chart.title) {
                table.matrix {
                    caption { span.title { (chart.title) } span.desc { (chart.description) } }
                    thead { tr { th scope="col" { (w.unit) } @for column in chart.columns { th scope="col" { (column) } } th.number scope="col" { (w.arrived) } } }
                    tbody {
                        @for row in chart.rows {
                            @if row.group { tr.group { th colspan=(columns) scope="colgroup" { (row.label) } } }
                            @else {
                                tr {
                                    th scope="row" { @match row.address { Some(address) => a href=(address) { (row.label) }, None => (row.label) } }
                                    @for (arrival, address) in &row.cells { td class=(arrival.class()) { (cell(w, *arrival, *address)) } }
                                    td.number { (share(row)) }
                                }
                            }
                        }
                    }
                }
            }
            figcaption { @for arrival in Arrival::ALL { span.key { span class=(format!("sign {}", arrival.class())) { (sign(arrival)) } (arrival.word(w)) } } }
        }
    }
}

fn sign(arrival: Arrival) -> Markup {
    html! { svg.icon viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" { path d=(arrival.path()) {} } }
}

fn cell(w: &Words, arrival: Arrival, address: Option<&str>) -> Markup {
    let said = html! { (sign(arrival)) span.unseen { (arrival.word(w)) } };
    html! { @match address { Some(address) => a href=(address) title=(arrival.word(w)) { (said) }, None => span title=(arrival.word(w)) { (said) } } }
}

/// Arrived of those that are due.
fn share(row: &MatrixRow<'_>) -> String {
    let arrived = row.cells.iter().filter(|(a, _)| matches!(a, Arrival::InTime | Arrival::Late)).count();
    let due = row.cells.iter().filter(|(a, _)| !matches!(a, Arrival::NotDue | Arrival::NotExpected)).count();
    if due == 0 { "—".to_owned() } else { format!("{arrived}/{due}") }
}
