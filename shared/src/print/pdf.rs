//! A paper as a PDF file, with of each font the characters that it uses. The same paper and fonts give the same bytes.

use std::collections::BTreeSet;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use super::fonts::{FontError, Fonts, Loaded, OwnFonts};
use super::html::dark;
use super::measure::{advance, width};
use super::paper::{Item, Mu, Page, Paper, Text};

/// A file, and what could not be drawn in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    /// Characters that no font has; an empty box stands where they belong, to be written by hand. Ascending.
    pub missing: Vec<char>,
}

#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error(transparent)]
    Font(#[from] FontError),
    #[error("the page has no size")]
    Size,
    #[error("the file cannot be put together: {0}")]
    Write(String),
}

/// Part of the size by which characters are drawn bolder that the bold font does not have.
const BOLDER: f32 = 0.035;

impl Paper {
    /// # Errors
    /// A font of the office's own is none; else the program's fault.
    pub fn pdf(&self, own: &OwnFonts) -> Result<Pdf, PdfError> {
        let mut document = Document::new();
        let mut fonts = Fonts::new(own);
        let mut missing = BTreeSet::new();
        for page in &self.pages {
            let settings =
                PageSettings::from_wh(points(page.wide), points(page.high)).ok_or(PdfError::Size)?;
            let mut sheet = document.start_page_with(settings);
            let mut surface = sheet.surface();
            draw(&mut surface, page, &mut fonts, &mut missing)?;
            surface.finish();
            sheet.finish();
        }
        let metadata = Metadata::new().title(self.title.clone()).language("zh-CN".to_owned());
        document.set_metadata(metadata.creator("Xianglian 乡联".to_owned()));
        let bytes = document.finish().map_err(|error| PdfError::Write(format!("{error:?}")))?;
        Ok(Pdf { bytes, missing: missing.into_iter().collect() })
    }
}

fn points(length: Mu) -> f32 {
    (f64::from(length) * 72.0 / 25_400.0) as f32
}

fn ink(red: bool) -> rgb::Color {
    if red { rgb::Color::new(215, 0, 15) } else { rgb::Color::new(0, 0, 0) }
}

fn fill(red: bool) -> Fill {
    Fill { paint: ink(red).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn stroke(red: bool, thick: f32) -> Stroke {
    Stroke { paint: ink(red).into(), width: thick, ..Stroke::default() }
}

fn draw(
    surface: &mut Surface<'_>,
    page: &Page,
    fonts: &mut Fonts<'_>,
    missing: &mut BTreeSet<char>,
) -> Result<(), PdfError> {
    for item in &page.items {
        match item {
            Item::Text(text) => line(surface, text, fonts.stack(text.face)?, missing),
            Item::Line { x, y, to_x, to_y, thick, red } => {
                strokes(surface, &[(*x, *y), (*to_x, *to_y)], points(*thick), *red);
            }
            Item::Tick { x, y, side, on } => {
                rectangle(surface, (*x, *y), *side, points(*side / 12));
                if *on {
                    let at = |part: Mu| *side * part / 100;
                    let check =
                        [(x + at(20), y + at(52)), (x + at(42), y + at(76)), (x + at(82), y + at(24))];
                    strokes(surface, &check, points(*side / 8), false);
                }
            }
            Item::Code { x, y, side, rows } => {
                let mut path = PathBuilder::new();
                for (left, top, wide, high) in dark(rows, (*x, *y), *side) {
                    path.extend(Rect::from_xywh(points(left), points(top), points(wide), points(high)));
                }
                surface.set_stroke(None);
                surface.set_fill(Some(fill(false)));
                path.finish().iter().for_each(|path| surface.draw_path(path));
            }
        }
    }
    Ok(())
}

/// Adds what there is of rectangles to a path.
trait Rectangles {
    fn extend(&mut self, rect: Option<Rect>);
}

impl Rectangles for PathBuilder {
    fn extend(&mut self, rect: Option<Rect>) {
        rect.iter().for_each(|rect| self.push_rect(*rect));
    }
}

fn strokes(surface: &mut Surface<'_>, way: &[(Mu, Mu)], thick: f32, red: bool) {
    let mut path = PathBuilder::new();
    for (nth, (x, y)) in way.iter().enumerate() {
        if nth == 0 { path.move_to(points(*x), points(*y)) } else { path.line_to(points(*x), points(*y)) }
    }
    surface.set_fill(None);
    surface.set_stroke(Some(stroke(red, thick)));
    path.finish().iter().for_each(|path| surface.draw_path(path));
}

fn rectangle(surface: &mut Surface<'_>, (x, y): (Mu, Mu), side: Mu, thick: f32) {
    strokes(surface, &[(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)], thick, false);
}

/// Draws a line of text: each character in the place that the model gives it, in the first font that has it.
fn line(surface: &mut Surface<'_>, text: &Text, stack: &[Loaded], missing: &mut BTreeSet<char>) {
    let size = points(text.size);
    let count = text.text.chars().count();
    let natural = width(text.face, &text.text, text.size);
    let spread = if count > 1 { points(text.wide - natural) / (count - 1) as f32 } else { 0.0 };
    let mut x = points(text.x);
    let mut run = Run { font: None, start: x, glyphs: Vec::new() };
    for (from, c) in text.text.char_indices() {
        let room = advance(text.face, c) as f32 / 1000.0;
        let step = room + spread / size;
        let found = stack.iter().enumerate().find_map(|(nth, font)| Some((nth, font.glyph(c)?)));
        match found {
            Some((nth, (glyph, wide))) => {
                if run.font != Some(nth) {
                    run.draw(surface, text, stack, size);
                    run = Run { font: Some(nth), start: x, glyphs: Vec::new() };
                }
                let range = from..from + c.len_utf8();
                let centred = if room > 0.0 { (room - wide) / 2.0 } else { -wide };
                run.glyphs.push(KrillaGlyph::new(GlyphId::new(glyph), step, centred, 0.0, 0.0, range, None));
            }
            None => {
                run.draw(surface, text, stack, size);
                run = Run { font: None, start: x, glyphs: Vec::new() };
                // A mark upon the character before has no place of its own.
                if room > 0.0 && !c.is_whitespace() {
                    missing.insert(c);
                    let side = text.size * 80 / 100;
                    let left = (f64::from(x) * 25_400.0 / 72.0) as Mu + text.size / 10;
                    rectangle(surface, (left, text.base - text.size * 78 / 100), side, 0.4);
                }
            }
        }
        x += step * size;
        if run.font.is_none() {
            run.start = x;
        }
    }
    run.draw(surface, text, stack, size);
}

/// Characters beside each other in one font.
struct Run {
    font: Option<usize>,
    start: f32,
    glyphs: Vec<KrillaGlyph>,
}

impl Run {
    fn draw(&self, surface: &mut Surface<'_>, text: &Text, stack: &[Loaded], size: f32) {
        let Some(font) = self.font.and_then(|nth| stack.get(nth)) else { return };
        if self.glyphs.is_empty() {
            return;
        }
        surface.set_fill(Some(fill(text.red)));
        surface.set_stroke(font.bolder.then(|| stroke(text.red, size * BOLDER)));
        let start = Point::from_xy(self.start, points(text.base));
        surface.draw_glyphs(start, &self.glyphs, font.font.clone(), &text.text, size, false);
    }
}
