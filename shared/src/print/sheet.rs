//! What stands on a paper before it is set: all texts are there, no place is.

use super::paper::Mu;
use crate::catalogue::paper::{Layout, TextLook};

pub(super) struct Sheet {
    pub(super) layout: Layout,
    pub(super) landscape: bool,
    pub(super) head: Heads,
    pub(super) parts: Vec<Part>,
    /// What the QR code says; empty: none.
    pub(super) code: String,
    /// Below it, for who has no phone at hand.
    pub(super) short: String,
}

/// As [`crate::catalogue::paper::Head`].
#[derive(Default)]
pub(super) struct Heads {
    pub(super) issuer: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) to: String,
    pub(super) right: String,
    pub(super) enclosed: String,
    pub(super) signer: String,
    pub(super) date: String,
    pub(super) note: String,
    pub(super) cc: String,
    pub(super) printed_by: String,
    pub(super) foot: Vec<String>,
}

pub(super) enum Part {
    Text { text: String, look: TextLook },
    Grid(Grid),
    Gap(u8),
}

/// Rows of cells between lines.
#[derive(Default)]
pub(super) struct Grid {
    /// Rows at the top that stand again on every further page.
    pub(super) heading: usize,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    /// At least.
    pub(super) high: Mu,
    pub(super) cells: Vec<Cell>,
}

#[derive(Default)]
pub(super) struct Cell {
    /// Part of the row; those of a row are in one measure.
    pub(super) units: u32,
    pub(super) text: String,
    /// Lines at its foot, flush right.
    pub(super) sign: Vec<String>,
    pub(super) label: bool,
    pub(super) centre: bool,
    pub(super) vertical: bool,
    /// 0: that of the grid.
    pub(super) size: Mu,
}
