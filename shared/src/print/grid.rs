//! Tables of cells between lines. A row goes to the next page whole where it can; one that is longer than a page, or that
//! would leave much of this one empty, is parted between lines of its texts.

use super::flow::{Flow, Side, Strip, Type, paragraph, put};
use super::measure::width;
use super::paper::{MM, Mu};
use super::sheet::{Cell, Grid, Row};
use super::{paper, sheet};

/// How a grid looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) text: Type,
    pub(super) label: Type,
    /// Between a line and the text beside it.
    pub(super) pad: Mu,
    /// Between a line and the text below it.
    pub(super) rise: Mu,
    pub(super) outer: Mu,
    pub(super) inner: Mu,
}

/// A row that is shorter than this part of a page is not parted.
const WHOLE_PART: Mu = 3;

/// A cell with its text broken into lines.
struct Set<'a> {
    x: Mu,
    wide: Mu,
    cell: &'a Cell,
    kind: Type,
    lines: Vec<Strip>,
    sign: Vec<Strip>,
}

impl Set<'_> {
    fn high(&self, look: &Look) -> Mu {
        let lines: Mu = self.lines.iter().map(|line| line.kind.line).sum();
        let sign: Mu = self.sign.iter().map(|line| line.kind.line).sum();
        lines + sign + 2 * look.rise
    }
}

impl Flow {
    pub(super) fn grid(&mut self, grid: &Grid, look: &Look) {
        let (heading, body) = grid.rows.split_at(grid.heading.min(grid.rows.len()));
        let heading: Vec<Vec<Set<'_>>> =
            heading.iter().map(|row| set_row(row, self.frame.wide, look)).collect();
        let heading_high: Mu =
            heading.iter().zip(&grid.rows).map(|(set, row)| row_high(set, row.high, look)).sum();
        let first = body.first().map_or(0, |row| {
            let high = row_high(&set_row(row, self.frame.wide, look), row.high, look);
            high.min(self.frame.high / WHOLE_PART)
        });
        if heading_high + first > self.room() && self.y > 0 {
            self.turn();
        }
        let mut start = self.y;
        let head = |flow: &mut Flow| {
            for (set, row) in heading.iter().zip(&grid.rows) {
                let high = row_high(set, row.high, look);
                flow.draw_row(set, high, look);
            }
        };
        head(self);
        for row in body {
            let mut set = set_row(row, self.frame.wide, look);
            let mut least = row.high;
            loop {
                let high = row_high(&set, least, look).min(self.frame.high - heading_high);
                let needed: Mu = set.iter().map(|cell| cell.high(look)).max().unwrap_or(0);
                if high <= self.room() && needed <= high {
                    self.draw_row(&set, high, look);
                    break;
                }
                let fresh = self.y <= heading_high;
                let part = needed > self.frame.high / WHOLE_PART && self.room() > self.frame.high / 6;
                if part || fresh {
                    let rest = split(&mut set, self.room(), look);
                    let high = self.room();
                    self.draw_row(&set, high, look);
                    match rest {
                        Some(rest) => (set, least) = (rest, 0),
                        None => break,
                    }
                }
                self.close(start, look);
                self.turn();
                start = self.y;
                head(self);
            }
        }
        self.close(start, look);
    }

    /// The frame around what stands of a grid on this page, from `start` on.
    fn close(&mut self, start: Mu, look: &Look) {
        let (left, top, wide, end) =
            (self.frame.left, self.frame.top + start, self.frame.wide, self.frame.top + self.y);
        if end <= top {
            return;
        }
        let page = self.page();
        page.line((left, top), (left + wide, top), look.outer);
        page.line((left, end), (left + wide, end), look.outer);
        page.line((left, top), (left, end), look.outer);
        page.line((left + wide, top), (left + wide, end), look.outer);
    }

    fn draw_row(&mut self, set: &[Set<'_>], high: Mu, look: &Look) {
        let (left, top) = (self.frame.left, self.frame.top + self.y);
        let wide = self.frame.wide;
        let page = self.page();
        for (nth, cell) in set.iter().enumerate() {
            if nth > 0 {
                page.line((left + cell.x, top), (left + cell.x, top + high), look.inner);
            }
            draw_cell(page, cell, (left, top), high, look);
        }
        page.line((left, top + high), (left + wide, top + high), look.inner);
        self.y += high;
    }
}

fn draw_cell(page: &mut paper::Page, cell: &Set<'_>, (left, top): (Mu, Mu), high: Mu, look: &Look) {
    let text_high: Mu = cell.lines.iter().map(|line| line.kind.line).sum();
    let sign_high: Mu = cell.sign.iter().map(|line| line.kind.line).sum();
    // What is written by hand begins at the top; what is short stands in the middle.
    let middle = cell.cell.label || (cell.sign.is_empty() && text_high < high);
    let free = high - 2 * look.rise - text_high - sign_high;
    let tall = high > 22 * MM && !cell.cell.label && !cell.cell.centre && !cell.cell.vertical;
    let mut y = top + look.rise + if middle && !tall { (free / 2).max(0) } else { 0 };
    for line in &cell.lines {
        put(page, &line.kind, (left + cell.x + look.pad + line.x, y), line.wide, &line.text);
        y += line.kind.line;
    }
    let mut y = top + high - look.rise - sign_high;
    for line in &cell.sign {
        put(page, &line.kind, (left + cell.x + look.pad + line.x, y), line.wide, &line.text);
        y += line.kind.line;
    }
}

fn row_high(set: &[Set<'_>], least: Mu, look: &Look) -> Mu {
    set.iter().map(|cell| cell.high(look)).max().unwrap_or(0).max(least).max(look.text.line + 2 * look.rise)
}

fn set_row<'a>(row: &'a Row, wide: Mu, look: &Look) -> Vec<Set<'a>> {
    let all: u32 = row.cells.iter().map(|cell| cell.units).sum::<u32>().max(1);
    let edge = |units: u32| (i64::from(units) * i64::from(wide) / i64::from(all)) as Mu;
    let mut before = 0;
    let mut set = Vec::new();
    for cell in &row.cells {
        let (x, end) = (edge(before), edge(before + cell.units));
        before += cell.units;
        set.push(set_cell(cell, x, end - x, look));
    }
    set
}

fn set_cell<'a>(cell: &'a sheet::Cell, x: Mu, wide: Mu, look: &Look) -> Set<'a> {
    let mut kind = if cell.label { look.label } else { look.text };
    if cell.size > 0 {
        kind = Type { size: cell.size, em: cell.size, line: cell.size * 135 / 100, ..kind };
    }
    let inner = (wide - 2 * look.pad).max(kind.em);
    let side = if cell.label || cell.centre { Side::Centre } else { Side::Left };
    let lines = if cell.vertical {
        let column = |c: char| {
            let text = c.to_string();
            let wide = width(kind.face, &text, kind.em);
            Strip { kind, x: ((inner - wide) / 2).max(0), wide, text, keep: false }
        };
        cell.text.chars().filter(|c| !c.is_whitespace()).map(column).collect()
    } else if cell.text.is_empty() {
        Vec::new()
    } else {
        paragraph(&cell.text, kind, inner, 0, side)
    };
    let sign = cell.sign.iter().flat_map(|text| paragraph(text, look.text, inner, 0, Side::Right)).collect();
    Set { x, wide, cell, kind, lines, sign }
}

/// Leaves in `set` what fits into `high` and gives the rest; labels stand again. Nothing is left of a row that fits.
fn split<'a>(set: &mut [Set<'a>], high: Mu, look: &Look) -> Option<Vec<Set<'a>>> {
    let room = high - 2 * look.rise;
    let mut rest = Vec::new();
    let mut more = false;
    for cell in set {
        let mut taken = 0;
        let fits = cell.lines.iter().take_while(|line| {
            taken += line.kind.line;
            taken <= room
        });
        // A line at least, or a row of small height would never end.
        let fits = fits.count().max(1);
        let label = cell.cell.label && cell.lines.len() <= fits;
        let tail = if label || cell.lines.len() <= fits { Vec::new() } else { cell.lines.split_off(fits) };
        let text: Mu = cell.lines.iter().map(|line| line.kind.line).sum();
        let sign: Mu = cell.sign.iter().map(|line| line.kind.line).sum();
        let moves = !cell.sign.is_empty() && (!tail.is_empty() || (text > 0 && text + sign > room));
        let signs = if moves { std::mem::take(&mut cell.sign) } else { Vec::new() };
        more |= !tail.is_empty() || moves;
        let lines = if label { set_cell(cell.cell, cell.x, cell.wide, look).lines } else { tail };
        rest.push(Set { x: cell.x, wide: cell.wide, cell: cell.cell, kind: cell.kind, lines, sign: signs });
    }
    more.then_some(rest)
}
