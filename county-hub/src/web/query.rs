//! What may stand in an address after the question mark, and within its path: one table for each route, by which the
//! request is checked and the description is written.
//!
//! Strict: a name that the route does not know, a name that comes twice, a value that is empty or out of its bounds are
//! refused with words that name it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use shared::code::ErrorCode;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::Day;

use crate::limits;

pub(super) const TOWNSHIP_PATTERN: &str = "^[1-9][0-9]{8}$";
const PERIOD_PATTERN: &str = "^((19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])|Q[1-4]|H[12]|S[1-9])?|[1-9][0-9]?S[1-9][0-9]?|T[1-9][0-9]?|session|term)$";
const NAME: &str = "[A-Za-z0-9_]{1,64}";
const MARK_PATTERN: &str = "^([0-9a-f]{2}){1,256}$";

/// One parameter of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) needed: Needed,
}

/// Where a parameter stands and whether it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    /// In the query, if at all.
    No,
    /// In the query.
    Yes,
    /// In the path.
    Path,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Id of a kind or a measure.
    Name,
    /// Up to [`limits::WEB_NAMES_MAX`] of them, joined by commas.
    Names,
    /// One of these words; the first is meant where none is given.
    Word(&'static [&'static str]),
    /// One of these words, or none.
    Pick(&'static [&'static str]),
    Flag,
    /// Between these, both included, and what is meant where none is given.
    Number(u32, u32, u32),
    /// `2026-11-23`.
    Date,
    /// `2026`, `2026-11`, `2026Q3`, `2026H1`; `2026S1`, `18S3`, `session`; `T18`, `term`.
    Period,
    Township,
    Record,
    /// Where the page before ended, in hex.
    Mark,
}

impl Shape {
    pub(super) fn schema(self) -> Json {
        match self {
            Self::Name => json!({ "type": "string", "pattern": format!("^{NAME}$") }),
            Self::Names => {
                let more = limits::WEB_NAMES_MAX - 1;
                json!({ "type": "string", "pattern": format!("^{NAME}(,{NAME}){{0,{more}}}$") })
            }
            Self::Word(words) => json!({ "type": "string", "enum": words, "default": words[0] }),
            Self::Pick(words) => json!({ "type": "string", "enum": words }),
            Self::Flag => json!({ "type": "boolean", "default": false }),
            Self::Number(least, most, usual) => {
                json!({ "type": "integer", "minimum": least, "maximum": most, "default": usual })
            }
            Self::Date => json!({ "type": "string", "format": "date" }),
            Self::Period => json!({ "type": "string", "pattern": PERIOD_PATTERN }),
            Self::Township => json!({ "type": "string", "pattern": TOWNSHIP_PATTERN }),
            Self::Record => json!({ "type": "string", "format": "uuid" }),
            Self::Mark => json!({ "type": "string", "pattern": MARK_PATTERN }),
        }
    }

    fn fits(self, value: &str) -> bool {
        let name = |text: &str| {
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        match self {
            Self::Name => name(value),
            Self::Names => value.split(',').all(name) && value.split(',').count() <= limits::WEB_NAMES_MAX,
            Self::Word(words) | Self::Pick(words) => words.contains(&value),
            Self::Flag => matches!(value, "true" | "false"),
            Self::Number(least, most, _) => number(value).is_some_and(|n| (least..=most).contains(&n)),
            Self::Date => date(value).is_some(),
            Self::Period => period(value),
            Self::Township => value.parse::<TownshipCode>().is_ok() && !value.starts_with('0'),
            Self::Record => value.len() == 36 && value.parse::<RecordId>().is_ok(),
            Self::Mark => {
                let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
                (2..=512).contains(&value.len()) && value.len().is_multiple_of(2) && value.bytes().all(hex)
            }
        }
    }

    /// What is expected, in Chinese and English.
    fn wanted(self) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Self::Name => both("一个标识（字母、数字、_）", "an id of letters, digits and _"),
            Self::Names => {
                let most = limits::WEB_NAMES_MAX;
                (format!("用逗号隔开的标识，最多 {most} 个"), format!("at most {most} ids, joined by commas"))
            }
            Self::Word(words) | Self::Pick(words) => {
                let list = words.join(", ");
                (format!("{list} 之一"), format!("one of {list}"))
            }
            Self::Flag => both("true 或 false", "true or false"),
            Self::Number(least, most, _) => {
                (format!("{least} 至 {most} 的整数"), format!("a whole number from {least} to {most}"))
            }
            Self::Date => both("日期，如 2026-11-23", "a date such as 2026-11-23"),
            Self::Period => both(
                "时段，如 2026、2026-11、2026Q3、2026H1、2026S1、18S3、session、T18、term",
                "a period such as 2026, 2026-11, 2026Q3, 2026H1, 2026S1, 18S3, session, T18 or term",
            ),
            Self::Township => both("九位乡镇代码", "a township code of nine digits"),
            Self::Record => both("记录号（UUID）", "the id of a record (UUID)"),
            Self::Mark => both("上一页给出的标记", "the mark that the page before gave"),
        }
    }
}

/// The values of one request, checked by the table of its route.
#[derive(Debug, Default)]
pub(super) struct Query(BTreeMap<&'static str, String>);

impl Query {
    /// Reads the values that stand in the path and in the query.
    ///
    /// # Errors
    /// `Invalid`, in words, with one line for everything that is wrong.
    pub(super) fn read(
        params: &'static [Param],
        path: &BTreeMap<String, String>,
        pairs: Vec<(String, String)>,
    ) -> Result<Self, Failure> {
        let mut wrong = Failure::invalid("参数有误。", "A parameter is wrong.");
        let mut query = Self::default();
        for (name, value) in pairs {
            if wrong.said.details.len() >= limits::WEB_PROBLEM_LINES_MAX {
                break;
            }
            match params.iter().find(|param| param.name == name && param.needed != Needed::Path) {
                None => {
                    let known: Vec<&str> = params
                        .iter()
                        .filter(|param| param.needed != Needed::Path)
                        .map(|param| param.name)
                        .collect();
                    let (shown, known) = (cut(&name), known.join(", "));
                    wrong = wrong.detail(
                        format!("不认识的参数 {shown}；可用：{known}"),
                        format!("unknown parameter {shown}; known: {known}"),
                    );
                }
                Some(param) if query.0.contains_key(param.name) => {
                    let name = param.name;
                    wrong = wrong.detail(format!("{name} 出现了两次"), format!("{name} is given twice"));
                }
                Some(param) => wrong = query.take(param, value, wrong),
            }
        }
        for param in params.iter().filter(|param| param.needed == Needed::Path) {
            let value = path.get(param.name).cloned().unwrap_or_default();
            wrong = query.take(param, value, wrong);
        }
        for param in params.iter().filter(|param| param.needed == Needed::Yes) {
            if !query.0.contains_key(param.name) {
                let name = param.name;
                wrong = wrong.detail(format!("缺少参数 {name}"), format!("{name} is missing"));
            }
        }
        if wrong.said.details.is_empty() { Ok(query) } else { Err(wrong) }
    }

    fn take(&mut self, param: &'static Param, value: String, wrong: Failure) -> Failure {
        let (name, shown) = (param.name, cut(&value));
        let fits = param.shape.fits(&value);
        self.0.insert(name, value);
        if fits {
            return wrong;
        }
        let (zh, en) = param.shape.wanted();
        wrong.detail(
            format!("{name} 应为{zh}，不是“{shown}”"),
            format!("{name} must be {en}, not \"{shown}\""),
        )
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(super) fn names(&self, name: &str) -> Vec<String> {
        self.text(name).map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.text(name).and_then(number)
    }

    pub(super) fn date(&self, name: &str) -> Option<Day> {
        self.text(name).and_then(date)
    }

    pub(super) fn township(&self, name: &str) -> Option<TownshipCode> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    pub(super) fn record(&self, name: &str) -> Option<RecordId> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    pub(super) fn mark(&self, name: &str) -> Vec<u8> {
        let hex = self.text(name).unwrap_or_default().as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        hex.chunks(2).filter_map(byte).collect()
    }
}

/// A mark as it stands in an answer and in the next request; none at the end.
pub(super) fn mark_text(mark: &[u8]) -> Option<String> {
    (!mark.is_empty()).then(|| mark.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The pairs of a query in their order.
///
/// # Errors
/// `Invalid`: they are not well written, or hold control characters.
pub(super) fn pairs(query: &str) -> Result<Vec<(String, String)>, Failure> {
    let plain = |text: &str| !text.chars().any(char::is_control);
    let pairs = shared::http::pairs(query).ok();
    pairs.filter(|pairs| pairs.iter().all(|(name, value)| plain(name) && plain(value))).ok_or_else(|| {
        let (zh, en) = ("地址中的参数写法不对。", "The parameters in the address are not well written.");
        Failure::new(ErrorCode::Invalid, zh, en)
    })
}

/// So much of what was sent as an answer repeats.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// A day of four-digit years. Those outside 1900 to 2200, which the product does not know, are pinned to its ends: as
/// the end of a period they mean the same.
fn date(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let there = Day::new(if leap { 2000 } else { 2001 }, month, day);
    match year {
        1900..=2200 => Day::new(year, month, day),
        ..1900 => there.and(Day::new(1900, 1, 1)),
        _ => there.and(Day::new(2200, 12, 31)),
    }
}

fn period(text: &str) -> bool {
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
    };
    if matches!(text, "session" | "term") {
        return true;
    }
    if let Some(term) = text.strip_prefix('T') {
        return number(term, 1..=2);
    }
    let (year, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    let of_year = ("1900"..="2199").contains(&year) && number(year, 4..=4);
    match text.split_once('S') {
        Some((before, nth)) if before == year => of_year && number(nth, 1..=1),
        Some((before, nth)) => number(before, 1..=2) && number(nth, 1..=2),
        None => {
            let part = rest.strip_prefix(['-', 'Q', 'H']).unwrap_or(rest);
            let plain = part.bytes().all(|b| b.is_ascii_digit()) && part.len() <= 2;
            of_year && plain && text.parse::<shared::tally::Period>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PARAMS: [Param; 4] = [
        Param { name: "id", shape: Shape::Record, zh: "", en: "", needed: Needed::Path },
        Param { name: "kind", shape: Shape::Name, zh: "", en: "", needed: Needed::Yes },
        Param { name: "limit", shape: Shape::Number(1, 10, 5), zh: "", en: "", needed: Needed::No },
        Param { name: "from", shape: Shape::Date, zh: "", en: "", needed: Needed::No },
    ];

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn read(id: &str, query: &str) -> Result<Query, Failure> {
        let path = BTreeMap::from([("id".to_owned(), id.to_owned())]);
        Query::read(&PARAMS, &path, pairs(query)?)
    }

    #[test]
    fn what_fits_is_read() {
        let query = read(ID, "kind=a_1&limit=10&from=2026-02-28").expect("good");
        assert_eq!((query.text("kind"), query.number("limit")), (Some("a_1"), Some(10)));
        assert_eq!(query.date("from"), Day::new(2026, 2, 28));
        assert_eq!(query.record("id").map(|id| id.to_string()).as_deref(), Some(ID));
        assert_eq!(read(ID, "%6bind=a%5F1").expect("good").text("kind"), Some("a_1"));
    }

    #[test]
    fn everything_wrong_is_named() {
        let wrong = |id: &str, query: &str| -> Vec<String> {
            let said = read(id, query).expect_err(query).said;
            said.details.iter().map(|line| line.en.clone()).collect()
        };
        assert_eq!(
            wrong("x", "kin=a&limit=0"),
            [
                "unknown parameter kin; known: kind, limit, from",
                "limit must be a whole number from 1 to 10, not \"0\"",
                "id must be the id of a record (UUID), not \"x\"",
                "kind is missing"
            ]
        );
        assert_eq!(wrong(ID, "kind=a&kind=a"), ["kind is given twice"]);
        assert_eq!(wrong(ID, "kind="), ["kind must be an id of letters, digits and _, not \"\""]);
        for query in ["kind=%zz", "kind=%c3%28", "kind=%0a", "kind=%"] {
            assert!(wrong(ID, query).is_empty(), "{query}");
        }
    }

    #[test]
    fn shapes_take_what_their_patterns_say() {
        let fits = |shape: Shape, good: &[&str], bad: &[&str]| {
            for text in good {
                assert!(shape.fits(text), "{shape:?} {text}");
            }
            for text in bad {
                assert!(!shape.fits(text), "{shape:?} {text}");
            }
        };
        fits(Shape::Names, &["A1", "A1,A7"], &["", "A1,", ",A1", "A 1", "甲"]);
        fits(
            Shape::Date,
            &["2024-02-29", "0001-01-01", "9999-12-31"],
            &["2026-02-29", "0100-02-29", "2026-1-1"],
        );
        fits(
            Shape::Period,
            &["2026", "2026-11", "2026Q3", "2026H1", "2026S1", "18S3", "T18", "session", "term"],
            &[
                "2026-13",
                "2026Q5",
                "1899",
                "2026-11-23",
                "2026S0",
                "0S1",
                "T",
                "T018",
                "2026..2027",
                "x",
                "2026-1",
            ],
        );
        fits(Shape::Township, &["330282107"], &["33028210", "030282107", "3302821070"]);
        fits(
            Shape::Record,
            &[ID],
            &["01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a80}"],
        );
        fits(Shape::Mark, &["00ff"], &["0", "0F", "zz"]);
        fits(Shape::Flag, &["true", "false"], &["1", "True"]);
        fits(Shape::Number(0, 20, 1), &["0", "20"], &["21", "007", "-1", "1e1", "+1"]);
        assert_eq!(date("0001-01-01"), Day::new(1900, 1, 1));
        assert_eq!(date("9999-12-31"), Day::new(2200, 12, 31));
    }

    #[test]
    fn a_mark_comes_back_as_it_went() {
        let path = BTreeMap::new();
        static MARK: [Param; 1] =
            [Param { name: "after", shape: Shape::Mark, zh: "", en: "", needed: Needed::No }];
        let text = mark_text(&[0, 7, 255]).expect("a mark");
        let query = Query::read(&MARK, &path, vec![("after".to_owned(), text)]).expect("good");
        assert_eq!(query.mark("after"), [0, 7, 255]);
        assert_eq!(mark_text(&[]), None);
    }
}
