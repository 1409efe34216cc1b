//! Text that office programs would take for a formula, made harmless in a way that reading undoes exactly.
//!
//! A text that begins with one of the marks gets an apostrophe before it. A text that already looks like that gets one
//! more, so that every text comes back as it was.

use std::borrow::Cow;

/// What makes a cell a formula or a command, full width too, where office programs of the East take that for the same.
fn is_mark(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// Whether a text, apostrophes before it aside, begins like a formula.
pub(super) fn begins_like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').chars().next().is_some_and(is_mark)
}

/// The text as it may stand in a text file.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if begins_like_a_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it may stand in a workbook, whose cells say themselves that they are text: only what reading would take
/// for guarded is guarded.
pub(super) fn in_workbook(text: &str) -> Cow<'_, str> {
    if text.starts_with('\'') { guarded(text) } else { Cow::Borrowed(text) }
}

/// The text that was guarded; any other as it is.
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_like_a_formula(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_does_not_any_more() {
        for text in ["=1+1", "+86 574", "-5", "@SUM(A1)", "\tx", "\r", "＝1", "'=x", "''@"] {
            let guarded = guarded(text);
            assert_eq!(guarded, format!("'{text}"));
            assert_eq!(unguarded(&guarded), text);
        }
        for text in ["", "'", "'quoted'", "a=b", "关于“=”的建议", "1-2"] {
            assert_eq!((guarded(text).as_ref(), unguarded(text)), (text, text));
        }
        assert_eq!((in_workbook("=1+1"), in_workbook("'=1+1")), ("=1+1".into(), "''=1+1".into()));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@＝\\t\\r\\n-]{0,4}.{0,6}") {
            let (harmless, kept) = (guarded(&text), in_workbook(&text));
            prop_assert_eq!(unguarded(&harmless), &text);
            prop_assert_eq!(unguarded(&kept), &text);
            prop_assert!(!harmless.chars().next().is_some_and(is_mark), "{:?}", harmless);
        }
    }
}
