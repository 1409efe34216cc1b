//! Breaking a paragraph into lines, by the rules of Chinese typesetting (禁则): no closing mark begins a line, no opening
//! one ends it, words and figures stay whole.

use super::measure::{advance, bars_end, bars_start, hangs, in_word};
use super::paper::{Face, Mu};

/// One line of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// What its characters take of themselves.
    pub(super) natural: Mu,
    /// Where it starts, from the left edge of the paragraph.
    pub(super) indent: Mu,
    /// What it is to fill; the same as `natural` where it is not spread.
    pub(super) wide: Mu,
}

/// How a paragraph is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) face: Face,
    /// From one full-width character to the next.
    pub(super) em: Mu,
    pub(super) wide: Mu,
    /// Of the first line.
    pub(super) indent: Mu,
    /// Lines are spread to the full width; a paragraph's last is not.
    pub(super) spread: bool,
}

/// Up to this part of a line may be spread over it; a line that is shorter stays as it is.
const SPREAD_PART: Mu = 10;

/// The lines of a text; each `\n` ends a paragraph. Never empty. No line is wider than `wide`, but for half a closing mark.
pub(super) fn broken(text: &str, set: Setting) -> Vec<Line> {
    text.split('\n').flat_map(|paragraph| one(paragraph, set)).collect()
}

fn one(paragraph: &str, set: Setting) -> Vec<Line> {
    let chars: Vec<char> = paragraph.chars().collect();
    let wide_of = |c: char| advance(set.face, c) * set.em / 1000;
    let (mut lines, mut from) = (Vec::new(), 0);
    loop {
        let indent = if lines.is_empty() { set.indent } else { 0 };
        let room = (set.wide - indent).max(set.em);
        let mut end = from;
        let mut taken = 0;
        while end < chars.len() && taken + wide_of(chars[end]) <= room {
            taken += wide_of(chars[end]);
            end += 1;
        }
        let last = end >= chars.len();
        let stop = if last { end } else { break_at(&chars, from, end) };
        let text: String = chars[from..stop].iter().collect();
        let text = if last { text.as_str() } else { text.trim_end_matches([' ', '　']) };
        let natural: Mu = text.chars().map(wide_of).sum();
        let slack = room - natural;
        let hung = natural > room;
        let spread = set.spread && !last && slack * SPREAD_PART <= room;
        let wide = match (hung, spread) {
            (true, _) => room + set.em / 2,
            (_, true) => room,
            _ => natural,
        };
        lines.push(Line { natural, indent, wide, text: text.to_owned() });
        if last {
            return lines;
        }
        from = stop;
        while from < chars.len() && matches!(chars[from], ' ' | '　') {
            from += 1;
        }
        if from >= chars.len() {
            return lines;
        }
    }
}

/// Where a line that has room up to `end` is broken; behind `from` in any case.
fn break_at(chars: &[char], from: usize, end: usize) -> usize {
    let may = |at: usize| {
        let (before, after) = (chars[at - 1], chars[at]);
        let word = in_word(before) && in_word(after);
        let pair = before == after && matches!(before, '—' | '…');
        // A day is broken behind its year alone: 2026年 / 11月23日.
        let day = (before.is_ascii_digit() && matches!(after, '年' | '月' | '日'))
            || (before == '月' && after.is_ascii_digit());
        !word && !pair && !day && !bars_start(after) && !bars_end(before) && !in_option(&chars[from..at])
    };
    let full = end.max(from + 1);
    if full < chars.len() && hangs(chars[full]) && (full + 1 >= chars.len() || may(full + 1)) {
        return full + 1;
    }
    let mut at = full;
    while at > from + 1 && !(at < chars.len() && may(at)) {
        at -= 1;
    }
    // A word longer than the line, or nothing but marks: broken where the line is full.
    if at == from + 1 && !may(at) { full } else { at }
}

/// Whether a text ends within the words behind a box to tick; these stay together unless they are long.
fn in_option(chars: &[char]) -> bool {
    const OPTION_CHARS: usize = 12;
    let back = chars.iter().rev().take(OPTION_CHARS).position(|c| matches!(c, '☐' | '☑'));
    back.is_some_and(|at| !chars[chars.len() - at..].contains(&'　'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SET: Setting = Setting { face: Face::Body, em: 1000, wide: 10_000, indent: 0, spread: true };

    fn texts(text: &str) -> Vec<String> {
        broken(text, SET).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn closing_marks_do_not_begin_a_line() {
        assert_eq!(texts("一二三四五六七八九十，甲乙"), ["一二三四五六七八九十，", "甲乙"]);
        assert_eq!(texts("一二三四五六七八九十）甲乙"), ["一二三四五六七八九", "十）甲乙"]);
        assert_eq!(texts("一二三四五六七八九十”。甲"), ["一二三四五六七八九", "十”。甲"]);
    }

    #[test]
    fn opening_marks_do_not_end_a_line() {
        assert_eq!(texts("一二三四五六七八九（十一）"), ["一二三四五六七八九", "（十一）"]);
    }

    #[test]
    fn words_and_figures_stay_whole() {
        assert_eq!(texts("一二三四五六七八20261123号"), ["一二三四五六七八", "20261123号"]);
        assert_eq!(texts("abcdefghijklmnopqrstuvwxyz").len(), 2, "but for a word longer than the line");
    }

    #[test]
    fn days_and_options_stay_together() {
        assert_eq!(texts("一二三四五2026年11月23日"), ["一二三四五2026年", "11月23日"]);
        assert_eq!(texts("☐满意　☐基本满意　☑不满意"), ["☐满意　☐基本满意", "☑不满意"]);
    }

    #[test]
    fn dashes_stay_together() {
        assert_eq!(texts("一二三四五六七八九——十"), ["一二三四五六七八", "九——十"]);
    }

    proptest! {
        /// Nothing is lost but spaces at the ends of lines, and no line is too wide.
        #[test]
        fn nothing_is_lost(text in "[一二三，。（）“”—a-c1-3 \n]{0,80}") {
            let lines = broken(&text, SET);
            let plain = |text: &str| text.replace([' ', '\n'], "");
            let joined: String = lines.iter().map(|line| line.text.as_str()).collect();
            prop_assert_eq!(plain(&joined), plain(&text));
            for line in lines {
                prop_assert!(line.wide <= SET.wide + SET.em / 2, "{line:?}");
                prop_assert!(line.natural <= SET.wide + SET.em, "{line:?}");
            }
        }
    }
}
