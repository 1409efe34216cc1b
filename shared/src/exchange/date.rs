//! Days as offices write them: `2017-04-14`, `2017.4.14`, `2017年4月14日`, `20170414`, `二〇一七年四月十四日`, a serial number.

use super::book::label;
use super::fold::half_width;
use super::moment;
use super::sheet::Cell;
use crate::catalogue::model::Label;
use crate::record::Day;

/// Serial numbers of office programs that are taken for days: 1954-10-03 to 2119-01-10. Outside lie years such as 2017
/// and days written without marks.
const SERIALS: std::ops::RangeInclusive<f64> = 20_000.0..=80_000.0;

/// A day, and the time of day in seconds if the cell has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub day: Day,
    pub seconds: Option<u32>,
}

/// Why a text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFault {
    /// Not one of the forms.
    Form,
    /// Year and month, or month and day.
    Incomplete,
    /// 17-4-14, 14/4/2017: which part is the year, or the month, cannot be known.
    Unclear,
    /// 2017-02-30.
    NoSuchDay,
    Time,
}

impl DateFault {
    pub fn label(self) -> Label {
        match self {
            Self::Form => label("不是日期，应写成 2017-04-14", "not a date; write it as 2017-04-14"),
            Self::Incomplete => label("日期不完整，缺少年、月或日", "the date lacks its year, month or day"),
            Self::Unclear => label(
                "日期不明确，年份应写四位并放在最前",
                "the date is unclear; put the year first, in four digits",
            ),
            Self::NoSuchDay => label("没有这一天", "there is no such day"),
            Self::Time => {
                label("不是时间，应写成 2017-04-14 09:30", "not a time; write it as 2017-04-14 09:30")
            }
        }
    }
}

/// Reads a cell that should hold a day; `None` if it is blank.
///
/// # Errors
/// The [`DateFault`] to show.
pub fn from_cell(cell: &Cell) -> Result<Option<Moment>, DateFault> {
    match cell {
        _ if cell.is_blank() => Ok(None),
        Cell::Date { day, seconds } => Ok(Some(Moment { day: *day, seconds: *seconds })),
        Cell::Number(number) if SERIALS.contains(number) => Ok(Some(from_serial(*number))),
        Cell::Flag(_) | Cell::Error(_) | Cell::Unsolved => Err(DateFault::Form),
        other => from_text(&other.text()).map(Some),
    }
}

fn from_serial(serial: f64) -> Moment {
    let (day, seconds) = moment::split(serial);
    Moment { day, seconds: (seconds > 0).then_some(seconds) }
}

/// Reads a day with or without a time.
///
/// # Errors
/// The [`DateFault`] to show.
pub fn from_text(text: &str) -> Result<Moment, DateFault> {
    let plain: String = text.trim().chars().map(half_width).collect();
    if let Some(serial) = plain.parse().ok().filter(|serial| SERIALS.contains(serial)) {
        return Ok(from_serial(serial));
    }
    let (date, time) = split_time(plain.trim());
    let (year, month, day) = numbers(&date)?;
    let day = Day::new(year, month, day).ok_or(DateFault::NoSuchDay)?;
    let seconds = if time.is_empty() { None } else { Some(clock(&time).ok_or(DateFault::Time)?) };
    Ok(Moment { day, seconds })
}

/// The part of the date and the part of the time.
fn split_time(text: &str) -> (String, String) {
    // In 2017 年 4 月 14 日 the blanks mean nothing; after 日 the time begins.
    if text.contains('年') {
        let (date, time) = text.split_once(['日', '号']).unwrap_or((text, ""));
        return (date.split_whitespace().collect(), time.trim().to_owned());
    }
    let (date, time) = text.split_once([' ', 'T', 't']).unwrap_or((text, ""));
    (date.to_owned(), time.trim().to_owned())
}

/// Year, month and day of `2017-4-14`, `2017年4月14`, `20170414` and their like.
fn numbers(date: &str) -> Result<(i16, i8, i8), DateFault> {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if digits(date) {
        // The parts of an all-digit text of eight are digits and fit their types.
        return match date.len() {
            8 => Ok((number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?)),
            4 | 6 => Err(DateFault::Incomplete),
            _ => Err(DateFault::Form),
        };
    }
    let mark = |c: char| {
        matches!(c, '-' | '/' | '.' | '。' | '、' | '\\' | '—' | '–' | '−' | '年' | '月' | '日' | '号')
    };
    let parts: Vec<&str> = date.split(mark).filter(|part| !part.is_empty()).collect();
    let numerals: Option<Vec<String>> = parts.iter().map(|part| arabic(part)).collect();
    let Some(numerals) = numerals else { return Err(DateFault::Form) };
    match numerals.as_slice() {
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            Ok((number(year)?, number(month)?, number(day)?))
        }
        [_, _, _] => Err(DateFault::Unclear),
        [_, _] => Err(DateFault::Incomplete),
        _ => Err(DateFault::Form),
    }
}

fn number<T: std::str::FromStr>(digits: &str) -> Result<T, DateFault> {
    digits.parse().map_err(|_| DateFault::NoSuchDay)
}

/// Digits as they are; Chinese numerals as digits: `二〇一七` gives 2017, `十四` 14, `三十` 30.
fn arabic(part: &str) -> Option<String> {
    if part.bytes().all(|b| b.is_ascii_digit()) {
        return Some(part.to_owned());
    }
    let digit = |c: char| match c {
        '〇' | '○' | '零' | '０' => Some(0u32),
        _ => "一二三四五六七八九".chars().position(|d| d == c).map(|at| at as u32 + 1),
    };
    match part.split_once('十') {
        Some((tens, ones)) => {
            let one = |s: &str, none: u32| {
                let mut chars = s.chars();
                match (chars.next(), chars.next()) {
                    (None, _) => Some(none),
                    (Some(c), None) => digit(c),
                    _ => None,
                }
            };
            Some((one(tens, 1)? * 10 + one(ones, 0)?).to_string())
        }
        None => part.chars().map(|c| digit(c).map(|d| d.to_string())).collect(),
    }
}

/// Seconds of `09:30`, `9:30:15`, `9时30分`, `09:30:15.000Z`.
fn clock(time: &str) -> Option<u32> {
    let time = time.split(['.', 'Z', '+']).next()?;
    let parts: Vec<&str> =
        time.split([':', '时', '点', '分', '秒']).filter(|part| !part.is_empty()).collect();
    let mut numbers = parts.iter().map(|part| part.trim().parse::<u32>());
    let hours = numbers.next()?.ok().filter(|h| *h < 24)?;
    let minutes = numbers.next().unwrap_or(Ok(0)).ok().filter(|m| *m < 60)?;
    let seconds = numbers.next().unwrap_or(Ok(0)).ok().filter(|s| *s < 60)?;
    numbers.next().is_none().then_some(hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, expected: &str) {
        assert_eq!(from_text(text).map(|m| m.day.to_string()), Ok(expected.to_owned()), "{text:?}");
    }

    #[test]
    fn every_form_of_a_day_is_read() {
        for text in [
            "2017-04-14",
            "2017-4-14",
            "2017.4.14",
            "2017.04.14",
            "2017/4/14",
            "20170414",
            "2017年4月14日",
            "2017年04月14日",
            "2017 年 4 月 14 日",
            "２０１７．４．１４",
            "２０１７年４月１４日",
            "42839",
            "42839.0",
            "二〇一七年四月十四日",
            "2017-04-14 09:30",
            "2017-04-14T00:00:00",
            "2017/4/14 0:00",
            "2017年4月14日 9时30分",
            "2017。4。14",
            "2017年4月14号",
            "2017.4.14.",
        ] {
            reads(text, "2017-04-14");
        }
        reads("二○二六年十一月三十日", "2026-11-30");
        reads("2024-2-29", "2024-02-29");
    }

    #[test]
    fn what_is_no_day_says_why() {
        for (text, fault) in [
            ("五月", DateFault::Form),
            ("2017.4", DateFault::Incomplete),
            ("2017年4月", DateFault::Incomplete),
            ("4月14日", DateFault::Incomplete),
            ("2017", DateFault::Incomplete),
            ("17.4.14", DateFault::Unclear),
            ("4/14/2017", DateFault::Unclear),
            ("2017-02-30", DateFault::NoSuchDay),
            ("20171301", DateFault::NoSuchDay),
            ("2017-04-14 25:00", DateFault::Time),
            ("", DateFault::Form),
            ("待定", DateFault::Form),
            ("99999999999999999999", DateFault::Form),
        ] {
            assert_eq!(from_text(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn serial_numbers_carry_the_time() {
        assert_eq!(
            from_cell(&Cell::Number(42839.5)),
            Ok(Some(Moment { day: Day(17_270), seconds: Some(43_200) }))
        );
        assert_eq!(from_cell(&Cell::Empty), Ok(None));
        assert_eq!(from_cell(&Cell::Flag(true)), Err(DateFault::Form));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}", digits in "[0-9０-９年月日.:/ T-]{0,20}") {
            let _ = from_text(&text);
            let _ = from_text(&digits);
        }
        #[test]
        fn every_day_is_read_back(number in -25_567i32..84_000) {
            let day = Day(number);
            proptest::prop_assert_eq!(from_text(&day.to_string()).map(|m| m.day), Ok(day));
            proptest::prop_assert_eq!(from_text(&day.chinese()).map(|m| m.day), Ok(day));
        }
    }
}
