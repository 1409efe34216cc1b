//! A paper as an HTML document: one SVG drawing for each page. No script, no style of its own beside the static file, so
//! that it stands under `default-src 'none'; style-src 'self'`.

use std::fmt::Write as _;

use super::paper::{Face, Item, Mu, Page, Paper, Text};

/// The style sheet of all papers, to be served as a file.
pub const PRINT_CSS: &str = include_str!("print.css");

/// How a document gets its style sheet.
#[derive(Debug, Clone, Copy)]
pub enum Style<'a> {
    /// From this address.
    At(&'a str),
    /// It carries it: a file that is opened from a disk.
    Carried,
}

impl Paper {
    /// The whole document. Every text is escaped; the same paper gives the same bytes.
    pub fn html(&self, style: Style<'_>) -> String {
        let mut out =
            String::from("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
        escape(&mut out, &self.title);
        out.push_str("</title>\n");
        match style {
            Style::At(address) => {
                out.push_str("<link rel=\"stylesheet\" href=\"");
                escape(&mut out, address);
                out.push_str("\">\n");
            }
            Style::Carried => {
                out.push_str("<style>\n");
                out.push_str(PRINT_CSS);
                out.push_str("</style>\n");
            }
        }
        out.push_str("</head>\n<body>\n");
        self.pages.iter().for_each(|page| draw(&mut out, page));
        out.push_str("</body>\n</html>\n");
        out
    }
}

fn draw(out: &mut String, page: &Page) {
    let class = if page.wide > page.high { "page wide" } else { "page" };
    let (wide, high) = (Mm(page.wide), Mm(page.high));
    // Writing into a String cannot fail.
    let _ = writeln!(
        out,
        "<svg class=\"{class}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\">"
    );
    for item in &page.items {
        let _ = match item {
            Item::Text(text) => line(out, text),
            Item::Line { x, y, to_x, to_y, thick, red } => {
                let class = if *red { " class=\"red\"" } else { "" };
                let (x, y, to_x, to_y) = (Mm(*x), Mm(*y), Mm(*to_x), Mm(*to_y));
                let thick = Mm(*thick);
                writeln!(
                    out,
                    "<line{class} x1=\"{x}\" y1=\"{y}\" x2=\"{to_x}\" y2=\"{to_y}\" stroke-width=\"{thick}\"/>"
                )
            }
            Item::Tick { x, y, side, on } => tick(out, (*x, *y), *side, *on),
            Item::Code { x, y, side, rows } => code(out, (*x, *y), *side, rows),
        };
    }
    out.push_str("</svg>\n");
}

fn line(out: &mut String, text: &Text) -> std::fmt::Result {
    let face = match text.face {
        Face::Body => "b",
        Face::Title => "t",
        Face::Heading => "h",
    };
    let red = if text.red { " red" } else { "" };
    let (x, y, size, wide) = (Mm(text.x), Mm(text.base), Mm(text.size), Mm(text.wide));
    write!(out, "<text class=\"{face}{red}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\"")?;
    // One character alone cannot be spread.
    if text.text.chars().nth(1).is_some() {
        write!(out, " textLength=\"{wide}\" lengthAdjust=\"spacing\"")?;
    }
    out.push('>');
    escape(out, &text.text);
    out.push_str("</text>\n");
    Ok(())
}

fn tick(out: &mut String, (x, y): (Mu, Mu), side: Mu, on: bool) -> std::fmt::Result {
    let (left, top, wide, thick) = (Mm(x), Mm(y), Mm(side), Mm(side / 12));
    writeln!(
        out,
        "<rect class=\"box\" x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{wide}\" stroke-width=\"{thick}\"/>"
    )?;
    if on {
        let at = |part: Mu| side * part / 100;
        let (x1, y1) = (Mm(x + at(20)), Mm(y + at(52)));
        let (x2, y2) = (Mm(x + at(42)), Mm(y + at(76)));
        let (x3, y3) = (Mm(x + at(82)), Mm(y + at(24)));
        let thick = Mm(side / 8);
        writeln!(
            out,
            "<polyline class=\"box\" points=\"{x1},{y1} {x2},{y2} {x3},{y3}\" stroke-width=\"{thick}\"/>"
        )?;
    }
    Ok(())
}

/// All dark modules of a code as one path; runs in a row are one rectangle.
fn code(out: &mut String, (x, y): (Mu, Mu), side: Mu, rows: &[String]) -> std::fmt::Result {
    out.push_str("<path class=\"code\" d=\"");
    for (left, top, wide, high) in dark(rows, (x, y), side) {
        let (left, top, wide, high) = (Mm(left), Mm(top), Mm(wide), Mm(high));
        write!(out, "M{left} {top}h{wide}v{high}h-{wide}z")?;
    }
    out.push_str("\"/>\n");
    Ok(())
}

/// The dark rectangles of a code that is `side` wide with its quiet margin of two modules: left, top, wide, high.
pub(super) fn dark(rows: &[String], (x, y): (Mu, Mu), side: Mu) -> Vec<(Mu, Mu, Mu, Mu)> {
    let count = rows.len() as i64 + 4;
    let edge = |module: usize| ((module as i64 + 2) * i64::from(side) / count) as Mu;
    let mut found = Vec::new();
    for (nth, row) in rows.iter().enumerate() {
        let bits = row.as_bytes();
        let mut at = 0;
        while at < bits.len() {
            let run = bits[at..].iter().take_while(|bit| **bit == b'1').count();
            if run > 0 {
                let (left, top) = (edge(at), edge(nth));
                found.push((x + left, y + top, edge(at + run) - left, edge(nth + 1) - top));
            }
            at += run.max(1);
        }
    }
    found
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

/// A length in millimetres with three decimals.
struct Mm(Mu);

impl std::fmt::Display for Mm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03}", whole / 1000, whole % 1000)
    }
}
