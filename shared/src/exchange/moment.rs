//! Numbers that workbooks show as days: what a cell's format says of it.

use super::sheet::Cell;
use crate::record::Day;

/// The serial number of 1970-01-01.
const SERIAL_OF_EPOCH: i32 = 25_569;
/// Days from 1899-12-30 to 1904-01-01, from which some workbooks count.
const SERIAL_OF_1904: f64 = 1_462.0;
/// The serial number of 2200-12-31, the last day of records.
const SERIAL_MAX: f64 = 109_939.0;
/// The 29 February 1900 of office programs, which never was.
const FALSE_LEAP_DAY: i32 = 60;

/// How a cell's format shows its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Number,
    /// A day, or a day and a time.
    Moment,
    /// A length of time.
    Length,
}

impl Look {
    /// Of a format that the office programs know by number alone, the Chinese ones included.
    pub(super) fn of_builtin(number: u32) -> Self {
        match number {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Moment,
            46 => Self::Length,
            _ => Self::Number,
        }
    }

    /// Of a format as it is written, such as `yyyy"年"m"月"d"日"` or `[h]:mm`. Only its first section counts.
    pub(super) fn of_code(code: &str) -> Self {
        if code.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("general")) {
            return Self::Number;
        }
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                ';' => break,
                // What follows is shown, left out or repeated as it is.
                '\\' | '_' | '*' => drop(chars.next()),
                '"' => drop(chars.by_ref().find(|c| *c == '"')),
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let inside = inside.to_ascii_lowercase();
                    // A colour, a language or a condition says nothing; only hours, minutes or seconds do.
                    if !inside.is_empty()
                        && ["h", "m", "s"].iter().any(|part| inside.replace(part, "").is_empty())
                    {
                        return Self::Length;
                    }
                }
                _ if matches!(c.to_ascii_lowercase(), 'y' | 'm' | 'd' | 'h' | 's' | 'e') => {
                    // The e of 0.00E+00 is no year.
                    if matches!(c, 'e' | 'E') && matches!(chars.as_str().chars().next(), Some('+' | '-')) {
                        continue;
                    }
                    return Self::Moment;
                }
                _ => {}
            }
        }
        Self::Number
    }
}

/// A number of a workbook as its format shows it. A length of time, a time without a day, and what is no day stay numbers.
pub(super) fn shown(number: f64, look: Look, since_1904: bool) -> Cell {
    let serial = if since_1904 { number + SERIAL_OF_1904 } else { number };
    if look != Look::Moment || !(1.0..SERIAL_MAX + 1.0).contains(&serial) {
        return Cell::Number(number);
    }
    let (day, seconds) = split(serial);
    Cell::Date { day, seconds: (seconds > 0).then_some(seconds) }
}

/// The day of a serial number and the seconds in it, to the nearest. The number is one of a day up to the year 2200.
pub(super) fn split(serial: f64) -> (Day, u32) {
    let seconds = (serial.fract() * 86_400.0).round() as u32;
    let (carry, seconds) = (seconds / 86_400, seconds % 86_400);
    let whole = serial as i32 + carry as i32;
    let lost = i32::from(whole < FALSE_LEAP_DAY);
    (Day(whole - SERIAL_OF_EPOCH + lost), seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn formats_of_days_are_known() {
        for code in [
            "yyyy-mm-dd",
            "yyyy/m/d",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy\"年\"m\"月\"d\"日\";@",
            "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"",
            "m/d/yy h:mm",
            "[$-404]e/m/d",
            "h:mm AM/PM",
            "*-yyyy-mm-dd",
            "YYYY\\-MM\\-DD",
        ] {
            assert_eq!(Look::of_code(code), Look::Moment, "{code}");
        }
        for code in ["[h]:mm:ss", "[ss]", "[mm]:ss"] {
            assert_eq!(Look::of_code(code), Look::Length, "{code}");
        }
        for code in [
            "General",
            "GENERAL",
            "general",
            "0.00",
            "0.00E+00",
            "##0.0e+0",
            "#,##0\\ [$₽-46D]",
            "@",
            "#,##0*y",
            "0\"件（m）\"",
            "[Red]0",
            "\\d0",
            "_d0",
            "0;\"yyyy\"",
            "",
            "[",
            "\"",
            "\\",
        ] {
            assert_eq!(Look::of_code(code), Look::Number, "{code}");
        }
        assert_eq!(Look::of_builtin(14), Look::Moment);
        assert_eq!(Look::of_builtin(31), Look::Moment);
        assert_eq!(Look::of_builtin(46), Look::Length);
        assert_eq!(Look::of_builtin(49), Look::Number);
    }

    #[test]
    fn serial_numbers_are_days() {
        let date = |number, since_1904| shown(number, Look::Moment, since_1904);
        let whole = |text| Cell::Date { day: day(text), seconds: None };
        assert_eq!(date(42_839.0, false), whole("2017-04-14"));
        assert_eq!(date(41_377.0, true), whole("2017-04-14"));
        assert_eq!(date(1.0, false), whole("1900-01-01"));
        assert_eq!(date(59.0, false), whole("1900-02-28"));
        assert_eq!(date(61.0, false), whole("1900-03-01"));
        assert_eq!(date(SERIAL_MAX, false), whole("2200-12-31"));
        assert_eq!(date(42_839.5, false), Cell::Date { day: day("2017-04-14"), seconds: Some(43_200) });
        // The last half second of a day belongs to the next.
        assert_eq!(date(42_838.999_999, false), whole("2017-04-14"));
        for number in [0.5, -3.0, SERIAL_MAX + 1.0, 1e300, f64::NAN] {
            assert!(matches!(date(number, false), Cell::Number(_)), "{number}");
        }
        assert_eq!(shown(0.75, Look::Length, false), Cell::Number(0.75));
    }
}
