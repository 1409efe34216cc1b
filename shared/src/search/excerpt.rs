//! Where in a text a word stands.

use crate::exchange::fold::folded;

/// Characters shown on either side.
const AROUND: usize = 14;

/// A part of a text: what stands before the word, the word as it is written there, what stands after it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Excerpt {
    pub before: String,
    pub found: String,
    pub after: String,
}

impl Excerpt {
    /// The first place of a folded word in a text; none if it is not there.
    pub fn of(text: &str, word: &str) -> Option<Self> {
        // Where each folded byte comes from.
        let (mut plain, mut from) = (String::new(), Vec::new());
        for (at, c) in text.char_indices() {
            let one = folded(c.encode_utf8(&mut [0; 4]));
            from.extend(std::iter::repeat_n((at, at + c.len_utf8()), one.len()));
            plain.push_str(&one);
        }
        let hit = plain.find(word).filter(|_| !word.is_empty())?;
        let (start, end) = (from.get(hit)?.0, from.get(hit + word.len() - 1)?.1);
        let (before, after) = (&text[..start], &text[end..]);
        let cut = before.char_indices().rev().nth(AROUND).map(|(at, c)| at + c.len_utf8());
        let stop = after.char_indices().nth(AROUND).map(|(at, _)| at);
        Some(Self {
            before: cut.map_or_else(|| before.to_owned(), |at| format!("…{}", &before[at..])),
            found: text[start..end].to_owned(),
            after: stop.map_or_else(|| after.to_owned(), |at| format!("{}…", &after[..at])),
        })
    }
}
