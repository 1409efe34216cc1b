//! Numbers and texts that the program puts together from pieces of the catalogue.

use crate::catalogue::model::{Kind, Numbering, Piece};
use crate::record::{Fields, Value};

/// What the pieces speak of.
#[derive(Clone, Copy)]
pub struct Phrase<'a> {
    pub kind: &'a Kind,
    pub fields: &'a Fields,
    pub abbr: &'a str,
    pub year: Option<i16>,
    pub number: Option<u32>,
}

impl Phrase<'_> {
    /// The pieces in their order; what is not there says nothing.
    pub fn say(&self, pieces: &[Piece]) -> String {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Abbr => text.push_str(self.abbr),
                Piece::Year => text.extend(self.year.map(|year| year.to_string())),
                Piece::Number(digits) => {
                    text.extend(self.number.map(|number| format!("{number:0digits$}")));
                }
                Piece::Field(tag) => text.push_str(&self.field(*tag)),
            }
        }
        text
    }

    fn field(&self, tag: u32) -> String {
        match self.fields.get(&tag) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Date(day)) => day.chinese(),
            Some(Value::Choice(id)) => {
                let choice = self.kind.fields.get(&tag).and_then(|field| field.choice(*id));
                choice.map_or_else(String::new, |choice| {
                    if choice.mark.is_empty() { choice.label.zh.clone() } else { choice.mark.clone() }
                })
            }
            _ => String::new(),
        }
    }
}

/// The running number in a value of the numbering, judged by what stands behind it; `None` if there is none.
pub(crate) fn number_in(kind: &Kind, numbering: &Numbering, fields: &Fields, value: &Value) -> Option<u32> {
    let text = match value {
        Value::Number(n) => return u32::try_from(*n).ok(),
        Value::Text(text) => text,
        _ => return None,
    };
    let at = numbering.format.iter().position(|piece| matches!(piece, Piece::Number(_)));
    let behind = at.map_or(&[][..], |at| &numbering.format[at + 1..]);
    let year = numbering.year_of.and_then(|tag| match fields.get(&tag) {
        Some(Value::Date(day)) => Some(day.year()),
        _ => None,
    });
    let suffix = Phrase { kind, fields, abbr: "", year, number: None }.say(behind);
    let front = text.strip_suffix(suffix.as_str())?;
    let digits = front.len() - front.bytes().rev().take_while(u8::is_ascii_digit).count();
    front[digits..].parse().ok()
}

/// Tells rows of numbers apart: 0, or a digest of the values of `per`.
pub fn scope(numbering: &Numbering, fields: &Fields) -> u64 {
    if numbering.per.is_empty() {
        return 0;
    }
    let values: Fields =
        numbering.per.iter().filter_map(|tag| Some((*tag, fields.get(tag)?.clone()))).collect();
    let mut bytes = [0; 8];
    blake3::Hasher::new().update(&crate::record::encode_fields(&values)).finalize_xof().fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

/// The year of a number, 0 where numbers do not start anew with the year; `None` if the date is not there.
pub fn year(numbering: &Numbering, fields: &Fields) -> Option<i16> {
    match numbering.year_of {
        None => Some(0),
        Some(tag) => match fields.get(&tag) {
            Some(Value::Date(day)) => Some(day.year()),
            _ => None,
        },
    }
}
