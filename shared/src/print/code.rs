//! The QR code of a record: what a phone reads is its kind, its number and its id.

use fast_qr::{ECL, QRBuilder};

use super::paper::{Item, Mu};

/// Dark and light modules of a text, with the quiet margin; `None` where the text is too long for any code.
pub(super) fn code(text: &str, (x, y): (Mu, Mu), side: Mu) -> Option<Item> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let line =
        |row: usize| (0..code.size).map(|column| if code[row][column].value() { '1' } else { '0' }).collect();
    Some(Item::Code { x, y, side, rows: (0..code.size).map(line).collect() })
}
