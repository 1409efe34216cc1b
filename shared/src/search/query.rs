//! What is looked for.

use crate::exchange::date;
use crate::exchange::fold::folded;
use crate::limits::SEARCH_WORDS_MAX;

/// Words that must all stand in a record, in whatever fields and order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// Words are parted by blanks. Width, case and punctuation make no difference; a date in any form that import reads
    /// finds that day. At most [`SEARCH_WORDS_MAX`] words are looked at.
    pub fn read(text: &str) -> Self {
        let words = text.split_whitespace().map(word).filter(|word| !word.is_empty());
        Self { words: words.take(SEARCH_WORDS_MAX).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The longest word, which is likely the rarest, and the others.
    pub(super) fn by_length(&self) -> Option<(&[u8], Vec<&[u8]>)> {
        let mut words: Vec<&[u8]> = self.words.iter().map(String::as_bytes).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let rarest = (!words.is_empty()).then(|| words.remove(0))?;
        Some((rarest, words))
    }
}

fn word(text: &str) -> String {
    // A day written out is looked for as it is kept; plain digits stay what they are.
    match date::from_text(text) {
        Ok(moment) if text.chars().any(|c| !c.is_ascii_digit()) => folded(&moment.day.to_string()),
        _ => folded(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_marks_make_no_difference() {
        let words = |text: &str| Query::read(text).words().to_vec();
        assert_eq!(words("  人信〔2026〕12号　ＡＢc "), ["人信202612号", "abc"]);
        assert_eq!(words("2026年3月5日"), ["20260305"]);
        assert_eq!(words("2026.3.5 12345"), ["20260305", "12345"]);
        assert_eq!(words("、、 ——"), Vec::<String>::new());
        assert!(Query::read("").is_empty());
    }
}
