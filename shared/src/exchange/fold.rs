//! Texts that mean the same made equal: full and half width, spaces, punctuation, case.

use std::borrow::Cow;

/// The half-width form of a character that has one; the ideographic and the no-break space become a space.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' | '\u{2002}'..='\u{200A}' => ' ',
        _ => c,
    }
}

/// Invisible characters that office programs and web pages leave in cells.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

/// Without blanks and invisible characters at both ends, and with `\n` as the only line break. The rest is kept.
pub fn tidy(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || c.is_control());
    if trimmed.contains('\r') {
        Cow::Owned(trimmed.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// One line out of several: a break between two letters or digits of Latin script becomes a space, every other vanishes,
/// because Chinese text wraps without spaces.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for part in text.split('\n').map(str::trim).filter(|part| !part.is_empty()) {
        let joins_latin = line.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric())
            && part.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if joins_latin {
            line.push(' ');
        }
        line.push_str(part);
    }
    Cow::Owned(line)
}

/// Only the letters and digits, half width, lower case. `附议 人数：` and `附议人数` give the same.
pub fn folded(text: &str) -> String {
    text.chars().map(half_width).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// As [`folded`], without what stands in brackets: `登记日期（年-月-日）` gives `登记日期`.
pub fn folded_unbracketed(text: &str) -> String {
    let mut depth = 0usize;
    let kept: String = text
        .chars()
        .map(half_width)
        .filter(|&c| match bracket(c) {
            Some(Bracket::Opens) => {
                depth += 1;
                false
            }
            Some(Bracket::Closes) => {
                depth = depth.saturating_sub(1);
                false
            }
            None => depth == 0,
        })
        .collect();
    folded(&kept)
}

enum Bracket {
    Opens,
    Closes,
}

/// Brackets and quotation marks that come in two forms.
fn bracket(c: char) -> Option<Bracket> {
    match c {
        '(' | '（' | '[' | '［' | '【' | '〔' | '《' | '〈' | '{' | '“' | '「' => {
            Some(Bracket::Opens)
        }
        ')' | '）' | ']' | '］' | '】' | '〕' | '》' | '〉' | '}' | '”' | '」' => {
            Some(Bracket::Closes)
        }
        _ => None,
    }
}

/// The several values that an office wrote into one cell, tidied, without empty ones.
///
/// Semicolons and line breaks part values if there are any outside brackets; otherwise `、` and commas do. The weaker
/// marks are then part of a value, as in `教育、科技工委；市财政局`. A mark inside brackets or quotes never parts:
/// `市综合行政执法局（市城管局、市规划局）` is one name.
pub fn parts(text: &str) -> Vec<&str> {
    let strong = |c: char| matches!(c, ';' | '；' | '\n' | '\r');
    let weak = |c: char| matches!(c, ',' | '，' | '、' | '\t' | '|' | '｜');
    let has_strong = outside(text).any(|(_, c)| strong(c));
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in outside(text) {
        if if has_strong { strong(c) } else { weak(c) } {
            found.push(&text[start..at]);
            start = at + c.len_utf8();
        }
    }
    found.push(&text[start..]);
    found.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The characters that stand outside brackets. If the brackets do not pair up, all characters: one stray bracket must
/// not glue ten names together.
fn outside(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut balance = 0i32;
    let mut paired = true;
    for c in text.chars() {
        match bracket(c) {
            Some(Bracket::Opens) => balance += 1,
            Some(Bracket::Closes) => balance -= 1,
            None => {}
        }
        paired &= balance >= 0;
    }
    let paired = paired && balance == 0;
    let mut depth = 0i32;
    text.char_indices().filter(move |&(_, c)| {
        match bracket(c) {
            Some(Bracket::Opens) => depth += 1,
            Some(Bracket::Closes) => depth -= 1,
            None => {}
        }
        !paired || depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_equal_after_folding() {
        for spelling in
            ["附议人数", "附议 人数", "附议\n人数：", "＊附议人数", "附议人数*", " 附\u{3000}议人数 "]
        {
            assert_eq!(folded(spelling), "附议人数", "{spelling:?}");
        }
        assert_eq!(folded("Ｎｏ．１"), "no1");
        assert_eq!(folded_unbracketed("登记日期（年-月-日）"), "登记日期");
    }

    #[test]
    fn brackets_are_part_of_a_name() {
        assert_eq!(parts("市综合行政执法局（市城管局）"), ["市综合行政执法局（市城管局）"]);
        assert_eq!(parts("市执法局（城管局、规划局）、市财政局"), ["市执法局（城管局、规划局）", "市财政局"]);
        assert_eq!(parts("市财政地税局；宗汉街道"), ["市财政地税局", "宗汉街道"]);
        assert_eq!(parts("教育、科技工委；市财政局"), ["教育、科技工委", "市财政局"]);
        assert_eq!(parts("市公安局, 市住建局，市规划局、 "), ["市公安局", "市住建局", "市规划局"]);
        assert_eq!(parts("市执法局（城管局、市财政局"), ["市执法局（城管局", "市财政局"]);
        assert_eq!(parts(" ；; "), Vec::<&str>::new());
    }

    #[test]
    fn wrapped_titles_become_one_line() {
        assert_eq!(one_line("关于进一步提高\n环卫工人待遇"), "关于进一步提高环卫工人待遇");
        assert_eq!(one_line("road\n329"), "road 329");
        assert_eq!(tidy("\u{FEFF} 宗汉街道\u{3000}\r\n"), "宗汉街道");
    }
}
