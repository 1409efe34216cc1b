//! 公文 and 信函 after GB/T 9704-2012: A4, type area 156 × 225 mm, 22 lines of 28 characters of size 三号.

use super::flow::{Flow, Frame, Side, Strip, Type, paragraph, put, short_lines};
use super::form::{self, CODE_SIDE};
use super::measure::width;
use super::paper::{Face, MM, Mu, Paper, pt};
use super::sheet::{Part, Sheet};
use crate::catalogue::paper::{Layout, TextLook};

const FRAME: Frame = Frame {
    page_wide: 210 * MM,
    page_high: 297 * MM,
    left: 28 * MM,
    top: 37 * MM,
    wide: 156 * MM,
    high: 225 * MM,
};
/// A 28th of the width, a 22nd of the height.
const EM: Mu = FRAME.wide / 28;
const LINE: Mu = FRAME.high / 22;
const BODY: Type = Type { face: Face::Body, size: pt(1575), em: EM, line: LINE, red: false };
const HEADING: Type = Type { face: Face::Heading, ..BODY };
/// 二号
const TITLE: Type = Type::new(Face::Title, pt(2200), 12 * MM);
/// 四号
const SMALL: Type = Type::new(Face::Body, pt(1400), 8 * MM);
/// Red line of a document; the double lines of a letter, the thick one outside.
const RED: Mu = 600;
const THICK: Mu = 900;
const THIN: Mu = 300;
/// The lines around what is said at the very end.
const END_OUTER: Mu = 350;
const END_INNER: Mu = 250;

pub(super) fn set(sheet: &Sheet) -> Paper {
    let letter = sheet.layout == Layout::Letter;
    let mut flow = Flow::new(FRAME);
    if letter {
        letterhead(&mut flow, sheet)
    } else {
        redhead(&mut flow, sheet)
    }
    flow.y = flow.y.max(0);
    title(&mut flow, sheet);
    body(&mut flow, sheet);
    end(&mut flow, sheet, letter);
    let pages = flow.pages.len();
    for (nth, page) in flow.pages.iter_mut().enumerate() {
        // The first page of a letter has no number, nor has a letter of one page.
        if letter && nth == 0 {
            continue;
        }
        let text = format!("— {} —", nth + 1);
        let wide = width(Face::Body, &text, SMALL.em);
        let right = nth % 2 == 0;
        let x = if right { FRAME.left + FRAME.wide - SMALL.em - wide } else { FRAME.left + SMALL.em };
        put(page, &SMALL, (x, FRAME.top + FRAME.high + 5 * MM), wide, &text);
    }
    debug_assert!(pages > 0);
    if let Some(first) = flow.pages.first_mut() {
        form::mark(first, sheet, (FRAME.left + FRAME.wide - CODE_SIDE, 6 * MM));
    }
    Paper { title: sheet.head.title.replace('\n', ""), pages: flow.pages }
}

/// The issuer 35 mm below the edge of the type area, its number, the red line.
fn redhead(flow: &mut Flow, sheet: &Sheet) {
    let head = &sheet.head;
    let longest = Type { red: true, ..Type::new(Face::Title, 15 * MM, 18 * MM) };
    flow.y = 35 * MM;
    flow.strips(&short_lines(longest, &head.issuer, FRAME.wide, Side::Centre));
    flow.y += LINE;
    if !head.number.is_empty() {
        flow.strips(&paragraph(&head.number, BODY, FRAME.wide, 0, Side::Centre));
    }
    let y = FRAME.top + flow.y + 4 * MM;
    flow.page().red_line((FRAME.left, y), FRAME.left + FRAME.wide, RED);
    flow.y += 4 * MM + 2 * LINE;
}

/// The issuer 30 mm below the edge of the page between it and a red double line, another one near the lower edge.
fn letterhead(flow: &mut Flow, sheet: &Sheet) {
    let head = &sheet.head;
    let wide = 170 * MM;
    let left = (FRAME.page_wide - wide) / 2;
    let largest = Type { red: true, ..Type::new(Face::Title, 12 * MM, 14 * MM) };
    flow.y = 28 * MM - FRAME.top;
    flow.strips(&short_lines(largest, &head.issuer, FRAME.wide, Side::Centre));
    let y = FRAME.top + flow.y + 3 * MM;
    let page = flow.page();
    page.red_line((left, y), left + wide, THICK);
    page.red_line((left, y + THICK + 500), left + wide, THIN);
    let low = FRAME.page_high - 20 * MM;
    page.red_line((left, low), left + wide, THIN);
    page.red_line((left, low + THICK + 100), left + wide, THICK);
    flow.y = y + 6 * MM - FRAME.top;
    if !head.number.is_empty() {
        flow.strips(&paragraph(&head.number, BODY, FRAME.wide, 0, Side::Right));
    }
    flow.y += LINE;
}

fn title(flow: &mut Flow, sheet: &Sheet) {
    for line in balanced(TITLE, &sheet.head.title, FRAME.wide - 2 * TITLE.em) {
        flow.strips(&paragraph(&line, TITLE, FRAME.wide, 0, Side::Centre));
    }
    flow.y += LINE;
    if !sheet.head.to.is_empty() {
        flow.strips(&paragraph(&sheet.head.to, BODY, FRAME.wide, 0, Side::Left));
    }
}

/// A title in as few lines as it needs, all about as long; the places for breaks that its writer set are kept.
pub(super) fn balanced(kind: Type, title: &str, wide: Mu) -> Vec<String> {
    let one = |part: &str| {
        let whole = width(kind.face, part, kind.em);
        let lines = (whole + wide - 1) / wide.max(1);
        let goal = if lines <= 1 { wide } else { (whole / lines + kind.em).min(wide) };
        paragraph(part, kind, goal, 0, Side::Centre).into_iter().map(|strip| strip.text).collect::<Vec<_>>()
    };
    title.split('\n').flat_map(one).collect()
}

fn body(flow: &mut Flow, sheet: &Sheet) {
    let mut waiting: Vec<Strip> = Vec::new();
    for part in &sheet.parts {
        match part {
            Part::Text { text, look } => {
                for paragraph in text.split('\n') {
                    waiting.extend(text_strips(paragraph, *look));
                }
            }
            Part::Gap(lines) => {
                flow.strips(&waiting);
                waiting.clear();
                flow.gap(LINE * Mu::from(*lines));
            }
            Part::Grid(grid) => {
                // A heading goes with its table.
                let text =
                    waiting.iter().rposition(|strip| strip.kind.face != Face::Heading).map_or(0, |at| at + 1);
                let headings = waiting.split_off(text);
                flow.strips(&waiting);
                waiting.clear();
                if !headings.is_empty() {
                    flow.need(LINE * headings.len() as Mu + form::TABLE_START);
                    flow.strips(&headings);
                }
                flow.gap(LINE / 3);
                flow.grid(grid, &form::TABLE);
                flow.gap(LINE / 3);
            }
        }
    }
    if !sheet.head.enclosed.is_empty() {
        flow.strips(&waiting);
        waiting.clear();
        flow.gap(LINE);
        waiting.extend(paragraph(
            &format!("附件：{}", sheet.head.enclosed),
            BODY,
            FRAME.wide,
            2 * EM,
            Side::Left,
        ));
    }
    // Who signs does not stand alone on a page: the last two lines of the text go with the name.
    let signs = signature(sheet);
    let last = waiting.len().saturating_sub(2);
    if !signs.is_empty() {
        waiting[last..].iter_mut().for_each(|strip| strip.keep = true);
    }
    waiting.extend(signs);
    flow.strips(&waiting);
    if !sheet.head.note.is_empty() {
        flow.gap(LINE);
        flow.strips(&paragraph(&format!("（{}）", sheet.head.note), BODY, FRAME.wide, 2 * EM, Side::Left));
    }
}

pub(super) fn text_strips(text: &str, look: TextLook) -> Vec<Strip> {
    let (kind, indent, side) = match look {
        TextLook::Body => (BODY, 2 * EM, Side::Left),
        TextLook::Heading => (HEADING, 2 * EM, Side::Left),
        TextLook::Flush => (BODY, 0, Side::Left),
        TextLook::Centre => (BODY, 0, Side::Centre),
        TextLook::Right => (BODY, 0, Side::Right),
        TextLook::Small => (SMALL, 0, Side::Left),
    };
    paragraph(text, kind, FRAME.wide, indent, side)
}

/// Two empty lines for the seal, the name centred upon the date, the date four characters from the right.
fn signature(sheet: &Sheet) -> Vec<Strip> {
    let head = &sheet.head;
    if head.signer.is_empty() && head.date.is_empty() {
        return Vec::new();
    }
    let (name, day) = (width(Face::Body, &head.signer, EM), width(Face::Body, &head.date, EM));
    let widest = FRAME.wide - 2 * EM;
    let centre = (FRAME.wide - 4 * EM - day / 2).min(widest - name / 2);
    let lines = |text: &str, wide: Mu| {
        let strips = short_lines(BODY, text, widest, Side::Right);
        let alone = strips.len() == 1 && wide <= widest;
        strips.into_iter().map(move |strip| Strip {
            x: if alone { (centre - wide / 2).max(0) } else { strip.x },
            keep: true,
            ..strip
        })
    };
    let empty = || Strip { kind: BODY, x: 0, wide: 0, text: String::new(), keep: true };
    let mut strips = vec![empty(), empty()];
    if !head.signer.is_empty() {
        strips.extend(lines(&head.signer, name));
    }
    if !head.date.is_empty() {
        strips.extend(lines(&head.date, day));
    }
    strips.last_mut().iter_mut().for_each(|strip| strip.keep = false);
    strips
}

/// 版记 at the foot of the last page: who gets copies, who printed it and when.
fn end(flow: &mut Flow, sheet: &Sheet, letter: bool) {
    let head = &sheet.head;
    let inner = FRAME.wide - 2 * SMALL.em;
    let mut lines: Vec<Vec<Strip>> = Vec::new();
    if !head.cc.is_empty() {
        let text = format!("抄送：{}。", head.cc);
        let strips = paragraph(&text, SMALL, inner - 3 * SMALL.em, -3 * SMALL.em, Side::Left);
        lines.push(strips.into_iter().map(|strip| Strip { x: strip.x.max(0), ..strip }).collect());
    }
    if !head.printed_by.is_empty() && !letter {
        let day = format!("{}印发", head.date);
        let wide = width(SMALL.face, &day, SMALL.em);
        let mut strips = short_lines(SMALL, &head.printed_by, inner - wide - SMALL.em, Side::Left);
        // The day stands beside the last line of the name.
        strips.last_mut().iter_mut().for_each(|strip| strip.kind.line = 0);
        strips.push(Strip { kind: SMALL, x: inner - wide, wide, text: day, keep: false });
        lines.push(strips);
    }
    let high: Mu = lines.iter().flatten().map(|strip| strip.kind.line).sum();
    if lines.is_empty() {
        return;
    }
    // Copies to half the county: they run on like text.
    if high > FRAME.high / 2 {
        flow.gap(LINE);
        lines.iter().for_each(|strips| flow.strips(strips));
        return;
    }
    if high > flow.room() {
        flow.turn();
    }
    let mut y = FRAME.top + FRAME.high - high;
    let count = lines.len();
    let (left, right, copies) = (FRAME.left, FRAME.left + FRAME.wide, !head.cc.is_empty());
    let page = flow.page();
    for (nth, strips) in lines.into_iter().enumerate() {
        if !letter {
            page.line((left, y), (right, y), if nth == 0 { END_OUTER } else { END_INNER });
        }
        for (row, strip) in strips.into_iter().enumerate() {
            let hangs = copies && nth == 0 && row > 0;
            let x = left + SMALL.em + strip.x + if hangs { 3 * SMALL.em } else { 0 };
            let kind = Type { line: SMALL.line, ..strip.kind };
            put(page, &kind, (x, y), strip.wide, &strip.text);
            y += strip.kind.line;
        }
        if nth + 1 == count && !letter {
            page.line((left, y), (right, y), END_OUTER);
        }
    }
}
