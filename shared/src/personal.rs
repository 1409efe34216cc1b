//! Numbers that say who somebody is, found in free texts: identity numbers, telephones, bank cards.
//!
//! Only numbers have a form by which a program can know them. Names and addresses have none; people must look for those.

use std::ops::Range;

/// What a number seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Of a resident, 18 characters or the old 15 digits.
    IdCard,
    Mobile,
    /// With its area code.
    Phone,
    /// 16 to 19 digits, or more: whatever it is, it is nobody's business.
    BankCard,
}

impl What {
    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::IdCard => ("身份证号", "identity number"),
            Self::Mobile => ("手机号码", "mobile phone number"),
            Self::Phone => ("电话号码", "telephone number"),
            Self::BankCard => ("银行卡号", "bank card number"),
        }
    }
}

/// A number in a text, by bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub at: Range<usize>,
    pub what: What,
}

/// A run of digits, and whether one separator or two stand between it and the one before.
struct Group {
    at: Range<usize>,
    digits: String,
    joined: bool,
}

/// All numbers of a text that seem to be personal, in order. Full-width digits count as digits; groups may be parted by
/// a blank, dash or bracket, or two.
pub fn find(text: &str) -> Vec<Found> {
    let groups = groups(text);
    let mut found = Vec::new();
    let mut next = 0;
    while next < groups.len() {
        let most = groups[next + 1..].iter().take_while(|group| group.joined).count() + 1;
        // The longest that is something: 138-1234-5678 before 138.
        let hit = (1..=most.min(5)).rev().find_map(|count| {
            let parts = &groups[next..next + count];
            judge(parts).map(|what| (count, what))
        });
        match hit {
            Some((count, what)) => {
                found.push(Found { at: groups[next].at.start..groups[next + count - 1].at.end, what });
                next += count;
            }
            None => next += 1,
        }
    }
    found
}

/// The text with every personal number replaced by what it was, and what was replaced.
pub fn mask(text: &str) -> (String, Vec<What>) {
    let found = find(text);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for Found { at, what } in &found {
        out.push_str(&text[done..at.start]);
        out.push_str(&format!("（{}已隐去）", what.label().0));
        done = at.end;
    }
    out.push_str(&text[done..]);
    (out, found.into_iter().map(|found| found.what).collect())
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

fn separates(c: char) -> bool {
    matches!(c, ' ' | '\u{3000}' | '-' | '－' | '—' | '–' | '(' | ')' | '（' | '）' | '+')
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut between: Option<usize> = None;
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let last = groups.last_mut().filter(|_| open);
        // The check character of an identity number may be a letter.
        let check = |group: &Group| matches!(c, 'X' | 'x' | 'Ｘ' | 'ｘ') && group.digits.len() <= 17;
        match (digit(c), last) {
            (Some(digit), Some(group)) if !group.digits.ends_with('X') => {
                group.digits.push(digit);
                group.at.end = end;
            }
            (Some(digit), _) => {
                let joined = matches!(between, Some(1 | 2));
                groups.push(Group { at: at..end, digits: digit.to_string(), joined });
                open = true;
            }
            (None, Some(group)) if check(group) => {
                group.digits.push('X');
                group.at.end = end;
                (open, between) = (false, None);
                continue;
            }
            (None, _) => {
                open = false;
                between = between.filter(|_| separates(c)).map(|count| count + 1);
                continue;
            }
        }
        between = Some(0);
    }
    groups
}

/// What groups of digits are together.
fn judge(groups: &[Group]) -> Option<What> {
    let lengths: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let digits: String = groups.iter().map(|group| group.digits.as_str()).collect();
    let plain = !digits.contains('X');
    let mobile = |digits: &str| digits.starts_with('1') && !digits.starts_with("10");
    match lengths.as_slice() {
        [18] | [6, 8, 4] if digits[..17].bytes().all(|b| b.is_ascii_digit()) => Some(What::IdCard),
        [11] | [3, 4, 4] | [3, 3, 5] | [4, 3, 4] | [7, 4] | [3, 8] if plain && mobile(&digits) => {
            Some(What::Mobile)
        }
        [13] | [2, 11] if plain && digits.starts_with("86") && mobile(&digits[2..]) => Some(What::Mobile),
        [2, 3, 4, 4] if plain && digits.starts_with("86") && mobile(&digits[2..]) => Some(What::Mobile),
        [10..=12] | [3, 7 | 8] | [4, 7 | 8] | [3 | 4, 3 | 4, 4] if plain && digits.starts_with('0') => {
            Some(What::Phone)
        }
        // Before 2000: no century in the day of birth, no check digit.
        [15] if plain && born(&digits[8..12]) => Some(What::IdCard),
        [16..=usize::MAX] if plain => Some(What::BankCard),
        [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [6, 10..=13] if plain => Some(What::BankCard),
        _ => None,
    }
}

/// Month and day.
fn born(digits: &str) -> bool {
    let number = |at: Range<usize>| digits[at].parse::<u8>().unwrap_or(0);
    (1..=12).contains(&number(0..2)) && (1..=31).contains(&number(2..4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<What> {
        find(text).into_iter().map(|found| found.what).collect()
    }

    #[test]
    fn numbers_are_known_in_every_spelling() {
        for text in [
            "13812345678",
            "138 1234 5678",
            "138-1234-5678",
            "１３８１２３４５６７８",
            "+86 13812345678",
            "8613812345678",
            "电话：13812345678。",
        ] {
            assert_eq!(kinds(text), [What::Mobile], "{text}");
        }
        for text in [
            "11010519491231002X",
            "11010519491231002x",
            "110105 19491231 0021",
            "330282800101123",
            "证号330282199001011234号",
        ] {
            assert_eq!(kinds(text), [What::IdCard], "{text}");
        }
        for text in ["0574-63012345", "（0574）63012345", "057463012345", "021 63012345"] {
            assert_eq!(kinds(text), [What::Phone], "{text}");
        }
        for text in ["6222021234567890", "6222 0212 3456 7890 123", "62220212345678901234567"] {
            assert_eq!(kinds(text), [What::BankCard], "{text}");
        }
    }

    #[test]
    fn numbers_of_public_business_are_left_alone() {
        for text in [
            "2026-11-23",
            "20261123",
            "人信〔2026〕12号",
            "第19届人大第4次会议",
            "投资1200000元",
            "2026-01-12 10:30",
            "A-12-34",
            "X043-WS·2026-D30-RDB-0012",
            "330282002",
            "邮编 315300",
            "110",
            "12345",
            "每年3-5月，2026-2027年",
            "坐标 30.1695 121.2665",
            "共12 345人",
            "",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn what_is_masked_says_what_it_was() {
        let (text, what) = mask("请联系张某 13812345678，账号6222021234567890。");
        assert_eq!(text, "请联系张某 （手机号码已隐去），账号（银行卡号已隐去）。");
        assert_eq!(what, [What::Mobile, What::BankCard]);
    }

    proptest! {
        #[test]
        fn masking_ends_and_leaves_nothing(text in "[0-9０-９ \\-Xx甲，+（）]{0,60}") {
            let (masked, what) = mask(&text);
            prop_assert_eq!(what.is_empty(), masked == text);
            prop_assert_eq!(find(&masked), vec![]);
        }

        #[test]
        fn a_number_is_found_wherever_it_stands(before in "[甲乙a-z，。]{0,8}", after in "[甲乙，。]{0,8}", tail in "[0-9]{9}") {
            let text = format!("{before}13{tail}{after}");
            prop_assert_eq!(kinds(&text), vec![What::Mobile]);
        }
    }
}
