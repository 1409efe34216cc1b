//! Forms and lists: a title, a line above the table, the table, small lines below it.

use super::code::code;
use super::flow::{Flow, Frame, Side, Type, fitted, paragraph, put, short_lines};
use super::grid::Look;
use super::measure::width;
use super::official::balanced;
use super::paper::{Face, MM, Mu, Page, Paper, pt};
use super::sheet::{Part, Sheet};
use crate::catalogue::paper::{Layout, TextLook};

pub(super) const CODE_SIDE: Mu = 18 * MM;

const PORTRAIT: Frame = Frame {
    page_wide: 210 * MM,
    page_high: 297 * MM,
    left: 24 * MM,
    top: 30 * MM,
    wide: 166 * MM,
    high: 246 * MM,
};
const LANDSCAPE: Frame = Frame {
    page_wide: 297 * MM,
    page_high: 210 * MM,
    left: 20 * MM,
    top: 30 * MM,
    wide: 257 * MM,
    high: 160 * MM,
};
/// 小二
const TITLE: Type = Type::new(Face::Title, pt(1800), 10 * MM);
/// 小四
const TEXT: Type = Type::new(Face::Body, pt(1200), 6200);
const HEADING: Type = Type { face: Face::Heading, ..TEXT };
/// 小五
const SMALL: Type = Type::new(Face::Body, pt(900), 4600);

/// Cells of a form.
const CELLS: Look = Look {
    text: TEXT,
    label: Type { face: Face::Heading, size: pt(1100), em: pt(1100), line: 5800, red: false },
    pad: 1900,
    rise: 1400,
    outer: 400,
    inner: 180,
};
/// Rows of a list, and of a table within a text.
pub(super) const TABLE: Look = Look {
    text: Type::new(Face::Body, pt(1050), 5300),
    label: Type { face: Face::Heading, size: pt(1050), em: pt(1050), line: 5300, red: false },
    pad: 1500,
    rise: 1100,
    outer: 350,
    inner: 180,
};

/// Room below a heading for the beginning of its table.
pub(super) const TABLE_START: Mu = 26 * MM;

pub(super) fn set(sheet: &Sheet) -> Paper {
    let frame = if sheet.landscape { LANDSCAPE } else { PORTRAIT };
    let mut flow = Flow::new(frame);
    // Beside the code the title would be off its centre: it stands between two spaces as wide as that.
    let room = frame.wide - 2 * CODE_SIDE;
    let first = frame.top;
    flow.frame = Frame { top: 18 * MM, high: frame.high + first - 18 * MM, ..frame };
    for line in balanced(TITLE, &sheet.head.title, room) {
        flow.strips(&paragraph(&line, TITLE, frame.wide, 0, Side::Centre));
    }
    flow.y = flow.y.max(12 * MM);
    above(&mut flow, sheet, frame);
    body(&mut flow, sheet, frame);
    let small: Vec<_> =
        sheet.head.foot.iter().flat_map(|line| paragraph(line, SMALL, frame.wide, 0, Side::Left)).collect();
    flow.gap(MM);
    flow.strips(&small);
    finish(&mut flow.pages, sheet, frame);
    Paper { title: sheet.head.title.replace('\n', ""), pages: flow.pages }
}

/// The number at the left, the rest at the right.
fn above(flow: &mut Flow, sheet: &Sheet, frame: Frame) {
    let head = &sheet.head;
    if head.number.is_empty() && head.right.is_empty() {
        return;
    }
    let kind = Type::new(Face::Body, pt(1100), 6200);
    let both = format!("{}　　{}", head.number, head.right);
    let size = fitted(kind, &both, frame.wide);
    if width(size.face, &both, size.em) > frame.wide || size.size < kind.size * 3 / 4 {
        for (text, side) in [(&head.number, Side::Left), (&head.right, Side::Right)] {
            if !text.is_empty() {
                flow.strips(&short_lines(kind, text, frame.wide, side));
            }
        }
        return;
    }
    let shown = Type { line: kind.line, ..size };
    let (left, right) = (width(size.face, &head.number, size.em), width(size.face, &head.right, size.em));
    let y = flow.frame.top + flow.y;
    let page = flow.page();
    put(page, &shown, (frame.left, y), left, &head.number);
    put(page, &shown, (frame.left + (frame.wide - right).max(0), y), right, &head.right);
    flow.y += kind.line + 500;
}

fn body(flow: &mut Flow, sheet: &Sheet, frame: Frame) {
    let cells = if sheet.layout == Layout::List { &TABLE } else { &CELLS };
    for part in &sheet.parts {
        match part {
            Part::Gap(lines) => flow.gap(TEXT.line * Mu::from(*lines)),
            Part::Grid(grid) => {
                let look = if grid.heading > 0 { &TABLE } else { cells };
                flow.grid(grid, look);
                // Grids that follow each other share a line.
            }
            Part::Text { text, look } => {
                let (kind, indent, side) = match look {
                    TextLook::Body => (TEXT, 2 * TEXT.em, Side::Left),
                    TextLook::Heading => (HEADING, 0, Side::Left),
                    TextLook::Flush => (TEXT, 0, Side::Left),
                    TextLook::Centre => (TEXT, 0, Side::Centre),
                    TextLook::Right => (TEXT, 0, Side::Right),
                    TextLook::Small => (SMALL, 0, Side::Left),
                };
                flow.gap(MM);
                let strips = paragraph(text, kind, frame.wide, indent, side);
                if *look == TextLook::Heading {
                    flow.need(TEXT.line * strips.len() as Mu + TABLE_START);
                }
                flow.strips(&strips);
                flow.gap(MM);
            }
        }
    }
}

/// Numbers of pages, on further pages what they belong to, and the code on the first.
fn finish(pages: &mut [Page], sheet: &Sheet, frame: Frame) {
    let count = pages.len();
    for (nth, page) in pages.iter_mut().enumerate() {
        let y = frame.page_high - 15 * MM;
        let text = format!("第 {} 页 共 {count} 页", nth + 1);
        let wide = width(SMALL.face, &text, SMALL.em);
        put(page, &SMALL, (frame.left + (frame.wide - wide) / 2, y), wide, &text);
        if nth > 0 {
            let most = (frame.wide / SMALL.em) as usize - 4;
            let title: String = sheet.head.title.chars().filter(|c| *c != '\n').take(most).collect();
            let text = format!("{title}（续）");
            put(page, &SMALL, (frame.left, 12 * MM), width(SMALL.face, &text, SMALL.em), &text);
        }
    }
    if let Some(first) = pages.first_mut() {
        mark(first, sheet, (frame.left + frame.wide - CODE_SIDE, 7 * MM));
    }
}

/// The code with the short id below it.
pub(super) fn mark(page: &mut Page, sheet: &Sheet, at: (Mu, Mu)) {
    if sheet.code.is_empty() {
        return;
    }
    page.items.extend(code(&sheet.code, at, CODE_SIDE));
    let kind = Type::new(Face::Body, pt(650), 2600);
    let wide = width(kind.face, &sheet.short, kind.em);
    put(page, &kind, (at.0 + (CODE_SIDE - wide) / 2, at.1 + CODE_SIDE), wide, &sheet.short);
}
