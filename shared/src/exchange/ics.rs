//! Calendars as other programs subscribe to them: iCalendar (RFC 5545), events of whole days.
//!
//! The text follows from the events alone, byte for byte: nothing in it comes from a clock or from chance, so a feed in
//! which nothing has changed is the same feed.
//!
//! Not here: which records are events ([`crate::catalogue::model::CalendarMark`]), who may see them, time zones (whole
//! days have none).

use crate::record::Day;

/// Octets of one line without its end (RFC 5545 §3.1); a longer one is folded.
const LINE_OCTETS_MAX: usize = 75;

/// A calendar that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Shown by calendar programs.
    pub name: String,
    pub events: Vec<Event>,
}

/// One event of one or more whole days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for ever, unlike any other's.
    pub uid: String,
    /// Grows with every change.
    pub sequence: u32,
    /// When it was last changed, ms since 1970.
    pub changed_at: i64,
    pub first: Day,
    /// Included; a day before `first` counts as `first`.
    pub last: Day,
    pub summary: String,
    /// Empty: none.
    pub place: String,
    pub description: String,
    pub category: String,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Takes the day.
    Confirmed,
    /// A last day for something: takes no time.
    Deadline,
    Cancelled,
}

/// The feed as a file: lines end with CRLF and have at most 75 octets, folded between characters.
pub fn write(feed: &Feed) -> String {
    let mut out = Lines(String::new());
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Xianglian//county-hub//ZH");
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", "PUBLISH");
    out.text("NAME", &feed.name);
    out.text("X-WR-CALNAME", &feed.name);
    out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H");
    for event in &feed.events {
        out.event(event);
    }
    out.line("END", "VCALENDAR");
    out.0
}

struct Lines(String);

impl Lines {
    fn event(&mut self, event: &Event) {
        self.line("BEGIN", "VEVENT");
        self.text("UID", &event.uid);
        self.line("DTSTAMP", &moment(event.changed_at));
        self.line("LAST-MODIFIED", &moment(event.changed_at));
        self.line("SEQUENCE", &event.sequence.to_string());
        self.line("DTSTART;VALUE=DATE", &date(event.first));
        // The end is the first day that the event does not take any more.
        self.line("DTEND;VALUE=DATE", &date(event.last.max(event.first).plus(1)));
        self.text("SUMMARY", &event.summary);
        for (name, value) in
            [("LOCATION", &event.place), ("DESCRIPTION", &event.description), ("CATEGORIES", &event.category)]
        {
            if !value.is_empty() {
                self.text(name, value);
            }
        }
        let (status, transparency) = match event.standing {
            Standing::Confirmed => ("CONFIRMED", "OPAQUE"),
            Standing::Deadline => ("CONFIRMED", "TRANSPARENT"),
            Standing::Cancelled => ("CANCELLED", "TRANSPARENT"),
        };
        self.line("STATUS", status);
        self.line("TRANSP", transparency);
        self.line("END", "VEVENT");
    }

    /// A property whose value is text.
    fn text(&mut self, name: &str, value: &str) {
        self.line(name, &escaped(value));
    }

    fn line(&mut self, name: &str, value: &str) {
        let mut room = LINE_OCTETS_MAX;
        for character in name.chars().chain([':']).chain(value.chars()) {
            let octets = character.len_utf8();
            if octets > room {
                self.0.push_str("\r\n ");
                room = LINE_OCTETS_MAX - 1;
            }
            self.0.push(character);
            room -= octets;
        }
        self.0.push_str("\r\n");
    }
}

/// Text as a value: what parts values is escaped, what no file may hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// `20261123`
fn date(day: Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{year:04}{month:02}{day:02}")
}

/// `20261122T181409Z`
fn moment(ms: i64) -> String {
    let day = i32::try_from(ms.div_euclid(Day::MS)).unwrap_or_default();
    let second = ms.rem_euclid(Day::MS) / 1000;
    format!("{}T{:02}{:02}{:02}Z", date(Day(day)), second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "0190-1@330282".into(),
            sequence: 3,
            changed_at: 1_795_371_249_000,
            first: Day(20_000),
            last: Day(20_001),
            summary: summary.into(),
            place: "大礼堂, 二楼".into(),
            description: String::new(),
            category: "会议".into(),
            standing: Standing::Confirmed,
        }
    }

    fn feed(summary: &str) -> String {
        write(&Feed { name: "慈溪市".into(), events: vec![event(summary)] })
    }

    /// As a reader does it: folds undone, then `name:value`.
    fn value(file: &str, name: &str) -> String {
        let unfolded = file.replace("\r\n ", "");
        let found = unfolded.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        found.unwrap_or_else(|| panic!("no {name} in {file}")).to_owned()
    }

    fn unescaped(value: &str) -> String {
        let mut out = String::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('n') => out.push('\n'),
                    Some(other) => out.push(other),
                    None => panic!("a lone backslash"),
                },
                other => out.push(other),
            }
        }
        out
    }

    #[test]
    fn an_event_of_whole_days_ends_before_the_day_after_it() {
        let file = feed("第五次会议");
        for (name, expected) in [
            ("DTSTART;VALUE=DATE", "20241004"),
            ("DTEND;VALUE=DATE", "20241006"),
            ("DTSTAMP", "20261122T181409Z"),
            ("SEQUENCE", "3"),
            ("LOCATION", "大礼堂\\, 二楼"),
            ("STATUS", "CONFIRMED"),
            ("TRANSP", "OPAQUE"),
        ] {
            assert_eq!(value(&file, name), expected, "{name}");
        }
        assert!(!file.contains("DESCRIPTION"));
        let back = Event { last: Day(19_000), standing: Standing::Cancelled, ..event("x") };
        let file = write(&Feed { name: String::new(), events: vec![back] });
        assert_eq!(value(&file, "DTEND;VALUE=DATE"), "20241005");
        assert_eq!(value(&file, "STATUS"), "CANCELLED");
    }

    #[test]
    fn what_parts_values_is_escaped() {
        assert_eq!(value(&feed("a;b,c\\d\r\ne\u{7}f"), "SUMMARY"), "a\\;b\\,c\\\\d\\nef");
    }

    proptest! {
        /// No line is longer than 75 octets, none is cut within a character, and unfolding gives the text back.
        #[test]
        fn folding_and_unfolding_give_the_text_back(text in "\\PC{0,200}|[a-z,;\\\\\n会议🀄é ]{0,300}") {
            let file = feed(&text);
            prop_assert!(file.ends_with("END:VCALENDAR\r\n"));
            for line in file.split("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS_MAX, "{} octets: {line:?}", line.len());
                prop_assert!(!line.contains(['\r', '\n']));
            }
            prop_assert_eq!(unescaped(&value(&file, "SUMMARY")), text);
        }
    }
}
