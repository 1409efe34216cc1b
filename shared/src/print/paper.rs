//! A paper that is ready to be shown: pages of things with their places. Both outputs draw it and decide nothing.

use serde::{Deserialize, Serialize};

/// Lengths are thousandths of a millimetre.
pub type Mu = i32;

pub const MM: Mu = 1000;

/// Points (1/72 inch) with two decimals, such as 1575 for 三号, as a length.
pub const fn pt(hundredths: i32) -> Mu {
    ((hundredths as i64 * 25_400 + 3_600) / 7_200) as Mu
}

/// A form with its values, set on pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// For the window and the properties of a file.
    pub title: String,
    /// Never empty.
    pub pages: Vec<Page>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub wide: Mu,
    pub high: Mu,
    pub items: Vec<Item>,
}

/// Lengths from the left and upper edge of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    Text(Text),
    Line {
        x: Mu,
        y: Mu,
        to_x: Mu,
        to_y: Mu,
        thick: Mu,
        red: bool,
    },
    /// A box to tick, its upper left corner and its side.
    Tick {
        x: Mu,
        y: Mu,
        side: Mu,
        on: bool,
    },
    /// A QR code: rows of modules, `1` is dark.
    Code {
        x: Mu,
        y: Mu,
        side: Mu,
        rows: Vec<String>,
    },
}

/// One line of text, or a part of one. Its characters fill `wide`: whoever draws it spreads them evenly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub x: Mu,
    /// Of the line on which the characters stand.
    pub base: Mu,
    pub size: Mu,
    pub wide: Mu,
    pub face: Face,
    pub red: bool,
    pub text: String,
}

/// Kinds of type, by their use in Chinese offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Face {
    /// 仿宋: bodies and values.
    Body,
    /// 小标宋: titles and the issuer.
    Title,
    /// 黑体: headings, labels.
    Heading,
}

impl Page {
    pub(super) fn new(wide: Mu, high: Mu) -> Self {
        Self { wide, high, items: Vec::new() }
    }

    pub(super) fn line(&mut self, (x, y): (Mu, Mu), (to_x, to_y): (Mu, Mu), thick: Mu) {
        self.items.push(Item::Line { x, y, to_x, to_y, thick, red: false });
    }

    pub(super) fn red_line(&mut self, (x, y): (Mu, Mu), to_x: Mu, thick: Mu) {
        self.items.push(Item::Line { x, y, to_x, to_y: y, thick, red: true });
    }
}

impl Paper {
    /// All texts of all pages, in the order in which they were set.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.pages.iter().flat_map(|page| &page.items).filter_map(|item| match item {
            Item::Text(text) => Some(text),
            _ => None,
        })
    }
}
