//! How cells look, on the screen and on paper.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use super::put::{Put, Shown, Tone};
use super::{Tongue, guard};
use crate::exchange::book::label;

const FONT: &str = "宋体";
const RULE: u32 = 0x00BF_BFBF;
const HEAD: u32 = 0x00DD_E7F3;
const PART: u32 = 0x00F2_F5FA;
const FAINT: u32 = 0x0080_8080;

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Align {
    Left,
    Center,
    Right,
}

impl Align {
    fn format(self) -> FormatAlign {
        match self {
            Self::Left => FormatAlign::Left,
            Self::Center => FormatAlign::Center,
            Self::Right => FormatAlign::Right,
        }
    }
}

/// What decides about the look of a cell, its row aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    Text(Align),
    /// Text that begins like a formula: it stays text when somebody edits the cell.
    Quoted(Align),
    Whole(Align),
    Decimal(u8),
    Day,
    Moment,
    Real(Shown),
}

impl Look {
    fn of(put: &Put, align: Align) -> Self {
        match put {
            Put::Text(text) if guard::begins_like_a_formula(text) => Self::Quoted(align),
            Put::Empty | Put::Text(_) | Put::Formula { .. } => Self::Text(align),
            Put::Whole(_) => Self::Whole(align),
            Put::Decimal(decimal) => Self::Decimal(decimal.scale),
            Put::Day(_) => Self::Day,
            Put::Moment(_) => Self::Moment,
            Put::Real(real) => Self::Real(real.shown),
        }
    }
}

/// The formats of one workbook.
pub(super) struct Styles {
    tongue: Tongue,
    cells: BTreeMap<(Look, Tone), Format>,
    pub(super) title: Format,
    pub(super) title_left: Format,
    pub(super) note: Format,
    pub(super) head: Format,
    pub(super) head_required: Format,
}

impl Styles {
    pub(super) fn new(tongue: Tongue) -> Self {
        let plain =
            || Format::new().set_font_name(FONT).set_font_size(11).set_align(FormatAlign::VerticalCenter);
        let title = plain().set_font_size(16).set_bold();
        let head = plain()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_background_color(Color::RGB(HEAD))
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(RULE));
        Self {
            tongue,
            cells: BTreeMap::new(),
            title_left: title.clone().set_align(FormatAlign::Left),
            title: title.set_align(FormatAlign::Center),
            note: plain().set_font_size(10).set_font_color(Color::RGB(FAINT)),
            head_required: head.clone().set_font_color(Color::RGB(0x00C0_0000)),
            head,
        }
    }

    /// The format of a cell in a column of this alignment.
    pub(super) fn cell(&mut self, put: &Put, align: Align, tone: Tone) -> &Format {
        let look = Look::of(put, align);
        let tongue = self.tongue;
        self.cells.entry((look, tone)).or_insert_with(|| made(look, tone, tongue))
    }

    /// For columns that are yet to be filled: what is typed there is shown like this, and digits stay as they are typed.
    pub(super) fn blank(&self, put: &Put) -> Format {
        let format =
            made(Look::of(put, Align::Left), Tone::Plain, self.tongue).set_border(FormatBorder::None);
        match put {
            Put::Text(_) => format.set_num_format("@"),
            _ => format,
        }
    }
}

fn made(look: Look, tone: Tone, tongue: Tongue) -> Format {
    let format = Format::new()
        .set_font_name(FONT)
        .set_font_size(11)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(RULE));
    let format = match tone {
        Tone::Plain => format,
        Tone::Part => format.set_bold().set_background_color(Color::RGB(PART)),
        Tone::Whole => format.set_bold().set_background_color(Color::RGB(HEAD)),
        Tone::Check => format.set_font_size(9).set_font_color(Color::RGB(FAINT)),
    };
    let right = |format: Format, number: &str| format.set_align(FormatAlign::Right).set_num_format(number);
    match look {
        Look::Text(align) | Look::Quoted(align) => {
            let format = format.set_text_wrap().set_align(align.format());
            if matches!(look, Look::Quoted(_)) { format.set_quote_prefix() } else { format }
        }
        // A number among texts is read as a name, not as an amount.
        Look::Whole(Align::Left) => right(format, "0"),
        Look::Whole(align) => format.set_align(align.format()).set_num_format("0"),
        Look::Decimal(0) => right(format, "#,##0"),
        Look::Decimal(scale) => right(format, &format!("#,##0.{}", "0".repeat(usize::from(scale)))),
        Look::Day => {
            let day = tongue(&label("yyyy\"年\"m\"月\"d\"日\"", "yyyy-mm-dd")).to_owned();
            format.set_align(FormatAlign::Center).set_num_format(day)
        }
        Look::Moment => format.set_align(FormatAlign::Center).set_num_format("yyyy-mm-dd hh:mm"),
        Look::Real(Shown::Tenths) => right(format, "0.0"),
        Look::Real(Shown::Percent) => right(format, "0.0%"),
        Look::Real(Shown::ChangeWhole) => right(format, "+0;-0;±0"),
        Look::Real(Shown::ChangeTenths) => right(format, "+0.0;-0.0;±0"),
    }
}
