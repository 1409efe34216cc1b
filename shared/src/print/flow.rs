//! Filling pages from top to bottom: lines of text that stay together where they must, and grids that may be parted.

use super::lines::{Line, Setting, broken};
use super::measure::width;
use super::paper::{Face, Item, MM, Mu, Page, Text};

/// Where text stands on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) page_wide: Mu,
    pub(super) page_high: Mu,
    pub(super) left: Mu,
    pub(super) top: Mu,
    pub(super) wide: Mu,
    pub(super) high: Mu,
}

/// A size of type with its lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) face: Face,
    pub(super) size: Mu,
    /// From one full-width character to the next.
    pub(super) em: Mu,
    /// From one line to the next.
    pub(super) line: Mu,
    pub(super) red: bool,
}

impl Type {
    pub(super) const fn new(face: Face, size: Mu, line: Mu) -> Self {
        Self { face, size, em: size, line, red: false }
    }

    /// Where the characters stand in a line that begins at `top`.
    pub(super) fn base(&self, top: Mu) -> Mu {
        // The em box of a Chinese font reaches 0.88 above the line on which letters stand.
        top + (self.line - self.size) / 2 + self.size * 88 / 100
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Centre,
    Right,
}

/// A line of text, so far from the left of the frame.
pub(super) struct Strip {
    pub(super) kind: Type,
    pub(super) x: Mu,
    pub(super) wide: Mu,
    pub(super) text: String,
    /// Stands on the same page as the next.
    pub(super) keep: bool,
}

pub(super) struct Flow {
    pub(super) frame: Frame,
    pub(super) pages: Vec<Page>,
    /// How far down the present page is filled, from the top of the frame.
    pub(super) y: Mu,
}

impl Flow {
    pub(super) fn new(frame: Frame) -> Self {
        let first = Page::new(frame.page_wide, frame.page_high);
        Self { frame, pages: vec![first], y: 0 }
    }

    pub(super) fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::new(self.frame.page_wide, self.frame.page_high));
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    pub(super) fn room(&self) -> Mu {
        self.frame.high - self.y
    }

    pub(super) fn turn(&mut self) {
        self.pages.push(Page::new(self.frame.page_wide, self.frame.page_high));
        self.y = 0;
    }

    /// Strips in their order; those that are kept together turn the page together.
    pub(super) fn strips(&mut self, strips: &[Strip]) {
        let mut from = 0;
        while from < strips.len() {
            let kept = strips[from..].iter().take_while(|strip| strip.keep).count();
            let end = (from + kept + 1).min(strips.len());
            let high: Mu = strips[from..end].iter().map(|strip| strip.kind.line).sum();
            if high > self.room() && self.y > 0 && high <= self.frame.high {
                self.turn();
            }
            for strip in &strips[from..end] {
                if strip.kind.line > self.room() && self.y > 0 {
                    self.turn();
                }
                let (x, y) = (self.frame.left + strip.x, self.frame.top + self.y);
                put(self.page(), &strip.kind, (x, y), strip.wide, &strip.text);
                self.y += strip.kind.line;
            }
            from = end;
        }
    }

    /// Turns the page where so much does not fit on what is left of it.
    pub(super) fn need(&mut self, high: Mu) {
        if high > self.room() && self.y > 0 {
            self.turn();
        }
    }

    /// An empty space, unless the page is just turned.
    pub(super) fn gap(&mut self, high: Mu) {
        if self.y > 0 {
            self.y = (self.y + high).min(self.frame.high);
        }
    }
}

/// The lines of a paragraph as strips.
pub(super) fn paragraph(text: &str, kind: Type, wide: Mu, indent: Mu, side: Side) -> Vec<Strip> {
    let set = Setting { face: kind.face, em: kind.em, wide, indent, spread: side == Side::Left };
    let place = |line: Line| {
        let x = match side {
            Side::Left => line.indent,
            Side::Centre => (wide - line.natural) / 2,
            Side::Right => wide - line.natural,
        };
        Strip { kind, x: x.max(0), wide: line.wide, text: line.text, keep: false }
    };
    broken(text, set).into_iter().map(place).collect()
}

/// One line of text at a place, split where a box to tick stands in it.
pub(super) fn put(page: &mut Page, kind: &Type, (x, y): (Mu, Mu), wide: Mu, text: &str) {
    let base = kind.base(y);
    let natural = width(kind.face, text, kind.em).max(1);
    // What the line is spread by, shared among its parts.
    let scaled = |part: Mu| (i64::from(part) * i64::from(wide) / i64::from(natural)) as Mu;
    let mut done = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest.find(['☐', '☑']).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(at);
        let run_wide = width(kind.face, run, kind.em);
        let plain = run.trim_end_matches(['　', ' ']);
        let lead = plain.len() - plain.trim_start_matches(['　', ' ']).len();
        let (before, shown) = plain.split_at(lead);
        if !shown.is_empty() {
            let from = done + width(kind.face, before, kind.em);
            page.items.push(Item::Text(Text {
                x: x + scaled(from),
                base,
                size: kind.size,
                wide: scaled(width(kind.face, shown, kind.em)),
                face: kind.face,
                red: kind.red,
                text: shown.to_owned(),
            }));
        }
        done += run_wide;
        let mut after = tail.chars();
        if let Some(mark) = after.next() {
            let side = kind.size * 78 / 100;
            let top = base - kind.size * 78 / 100;
            page.items.push(Item::Tick {
                x: x + scaled(done) + (kind.size - side) / 2,
                y: top,
                side,
                on: mark == '☑',
            });
            done += kind.em;
        }
        rest = after.as_str();
    }
}

/// A line of one piece that is not broken: made smaller where it is too long, down to half its size.
pub(super) fn fitted(kind: Type, text: &str, wide: Mu) -> Type {
    let natural = width(kind.face, text, kind.em);
    if natural <= wide || natural == 0 {
        return kind;
    }
    let scaled = |of: Mu| (i64::from(of) * i64::from(wide) / i64::from(natural)) as Mu;
    let size = scaled(kind.size).max(kind.size / 2).max(MM);
    Type { size, em: (i64::from(kind.em) * i64::from(size) / i64::from(kind.size)) as Mu, ..kind }
}

/// A text that should be one line: made smaller where it is a little too long, and several lines where it is much so.
pub(super) fn short_lines(kind: Type, text: &str, wide: Mu, side: Side) -> Vec<Strip> {
    let natural = i64::from(width(kind.face, text, kind.em));
    if natural * 3 > i64::from(wide) * 5 {
        let smaller = Type { size: kind.size * 3 / 4, em: kind.em * 3 / 4, ..kind };
        return paragraph(text, smaller, wide, 0, side);
    }
    let line = Type { line: kind.line, ..fitted(kind, text, wide) };
    // What was made to fit is not broken for want of a thousandth.
    paragraph(text, line, wide.max(width(line.face, text, line.em)), 0, side)
}
