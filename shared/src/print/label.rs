//! Labels to be cut out of a page of A4: the back or the front of a box of files.

use super::code::code;
use super::flow::{Flow, Frame, Type, put};
use super::grid::Look;
use super::measure::width;
use super::paper::{Face, MM, Mu, Paper, pt};
use super::sheet::{Part, Sheet};

const CELLS: Look = Look {
    text: Type::new(Face::Title, pt(1400), 6600),
    label: Type { face: Face::Heading, size: pt(1050), em: pt(1050), line: 5000, red: false },
    pad: 800,
    rise: 1200,
    outer: 500,
    inner: 250,
};
const PAGE_WIDE: Mu = 210 * MM;
const PAGE_HIGH: Mu = 297 * MM;
/// Room for the code at the foot of a label.
const CODE_ROOM: Mu = 26 * MM;

pub(super) fn set(sheet: &Sheet, wide: u16, high: u16) -> Paper {
    let wide = (Mu::from(wide) * MM).clamp(15 * MM, PAGE_WIDE - 20 * MM);
    let high = (Mu::from(high) * MM).clamp(60 * MM, PAGE_HIGH - 20 * MM);
    let (left, top) = ((PAGE_WIDE - wide) / 2, (PAGE_HIGH - high) / 2);
    let room = if sheet.code.is_empty() { high } else { high - CODE_ROOM };
    let frame = Frame { page_wide: PAGE_WIDE, page_high: PAGE_HIGH, left, top, wide, high: room };
    let mut flow = Flow::new(frame);
    for part in &sheet.parts {
        if let Part::Grid(grid) = part {
            flow.grid(grid, &CELLS);
        }
    }
    let side = (wide - 4 * MM).min(18 * MM);
    for page in &mut flow.pages {
        page.line((left, top), (left + wide, top), 150);
        page.line((left, top + high), (left + wide, top + high), 150);
        page.line((left, top), (left, top + high), 150);
        page.line((left + wide, top), (left + wide, top + high), 150);
        if !sheet.code.is_empty() {
            let y = top + high - CODE_ROOM + 2 * MM;
            page.items.extend(code(&sheet.code, (left + (wide - side) / 2, y), side));
            let kind = Type::new(Face::Body, pt(650), 2600);
            let by = width(kind.face, &sheet.short, kind.em);
            put(page, &kind, (left + (wide - by) / 2, y + side), by, &sheet.short);
        }
    }
    Paper { title: sheet.head.title.clone(), pages: flow.pages }
}
