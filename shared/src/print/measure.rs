//! How wide characters are, and where a line of Chinese may be broken.
//!
//! Widths are fixed here rather than read from a font, so that lines break alike on paper and in a browser, whatever fonts
//! are at hand, and no font is loaded to set a page. They are those of the fonts that the program carries.

use super::paper::{Face, Mu};

/// Widths from the space to the tilde, in thousandths of the size; figures are all of one width.
const BODY: [u16; 95] = [
    256, 308, 376, 574, 550, 923, 779, 196, 364, 364, 478, 580, 327, 346, 327, 352, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 327, 327, 580, 580, 580, 432, 912, 718, 670, 691, 770, 652, 629, 741, 853, 405,
    402, 731, 625, 975, 796, 767, 641, 767, 715, 567, 659, 797, 714, 1053, 700, 687, 605, 344, 352, 344, 580,
    563, 435, 557, 638, 538, 629, 546, 388, 566, 663, 332, 311, 607, 334, 974, 661, 596, 638, 607, 462, 473,
    367, 653, 548, 838, 564, 552, 498, 374, 316, 374, 580,
];
const TITLE: [u16; 95] = [
    250, 355, 447, 615, 589, 966, 803, 235, 400, 400, 485, 603, 335, 370, 335, 400, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 335, 335, 603, 603, 603, 473, 970, 746, 708, 702, 789, 666, 648, 757, 864, 426,
    428, 767, 642, 1001, 815, 785, 673, 785, 751, 597, 695, 818, 734, 1091, 726, 701, 627, 372, 400, 372,
    603, 593, 447, 585, 672, 565, 658, 572, 402, 596, 687, 349, 335, 651, 355, 1008, 685, 623, 671, 640, 500,
    499, 393, 678, 578, 874, 599, 582, 517, 380, 338, 380, 603,
];
const HEADING: [u16; 95] = [
    225, 343, 518, 570, 570, 939, 706, 298, 356, 356, 484, 570, 298, 357, 298, 390, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 298, 298, 570, 570, 570, 492, 972, 622, 667, 646, 699, 600, 566, 701, 741, 309,
    549, 664, 558, 830, 734, 754, 648, 754, 656, 608, 611, 733, 594, 894, 596, 553, 607, 356, 390, 356, 570,
    562, 615, 575, 629, 517, 630, 566, 346, 578, 621, 288, 289, 575, 298, 943, 624, 615, 630, 630, 409, 480,
    396, 620, 545, 829, 526, 544, 491, 356, 281, 356, 570,
];

/// Width of a character in thousandths of the size.
pub(super) fn advance(face: Face, c: char) -> i32 {
    let table = match face {
        Face::Body => &BODY,
        Face::Title => &TITLE,
        Face::Heading => &HEADING,
    };
    let ascii = u32::from(c).checked_sub(0x20).and_then(|at| table.get(at as usize));
    match (ascii, c) {
        (Some(width), _) => i32::from(*width),
        // Marks that stand upon the character before them.
        (None, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}') => 0,
        // In Chinese these are as wide as a character: a name's middle dot, multiplication, degrees.
        (None, '·' | '×' | '°' | '±' | '÷' | '§') => 1000,
        (None, '\u{a0}'..='\u{24f}') => 600,
        _ => 1000,
    }
}

/// Width of a text whose em is `em` wide.
pub(super) fn width(face: Face, text: &str, em: Mu) -> Mu {
    let thousandths: i64 = text.chars().map(|c| i64::from(advance(face, c))).sum();
    (thousandths * i64::from(em) / 1000) as Mu
}

/// May not begin a line.
pub(super) fn bars_start(c: char) -> bool {
    matches!(
        c,
        '、' | '，'
            | '。'
            | '．'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '》'
            | '」'
            | '』'
            | '】'
            | '〕'
            | '〉'
            | '〗'
            | '”'
            | '’'
            | '…'
            | '—'
            | '％'
            | '‰'
            | '℃'
            | '·'
            | '～'
            | '］'
            | '｝'
            | ','
            | '.'
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '%'
    )
}

/// May not end a line.
pub(super) fn bars_end(c: char) -> bool {
    matches!(
        c,
        '（' | '《'
            | '「'
            | '『'
            | '【'
            | '〔'
            | '〈'
            | '〖'
            | '“'
            | '‘'
            | '［'
            | '｛'
            | '('
            | '['
            | '{'
            | '￥'
            | '№'
            | '☐'
            | '☑'
    )
}

/// May stand half outside the end of a line: its ink is in its left half.
pub(super) fn hangs(c: char) -> bool {
    matches!(c, '、' | '，' | '。' | '；' | '：')
}

/// Letters and figures of which a word is not broken.
pub(super) fn in_word(c: char) -> bool {
    c.is_ascii_graphic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{300}'..='\u{36f}')
}

/// A text from a record as it can be set: without controls, and with marks of our own for blanks left alone.
pub(super) fn clean(text: &str) -> String {
    let keep = |c: char| {
        c == '\n'
            || !(c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'))
    };
    text.replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
        .replace('\t', "　")
        .chars()
        .filter(|c| keep(*c))
        .collect()
}
