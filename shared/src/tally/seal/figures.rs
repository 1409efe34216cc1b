//! All figures of a period as one text, the same bytes for the same figures on every machine.
//!
//! ```text
//! xianglian figures 1
//! period⇥2026Q1
//! as_of⇥2026-04-10
//! days⇥2026-01-01⇥2026-03-31             of all; of sessions and terms one line for each township, with its code
//! county⇥⇥A1⇥⇥count 12                   level, unit, measure, part, figure: by level, measure, part, unit
//! district⇥0192…⇥A7⇥⇥percent 21 151
//! township⇥330282002⇥C8_level⇥2⇥count 0
//! ```
//!
//! People can read it, and any program that knows BLAKE3 can check it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Offices, SealAsk};
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, TownshipCode};
use crate::store::View;
use crate::tally::{Figure, Form, Level, Membership, Question, Span, Whom, query};

const TITLE: &str = "xianglian figures 1";

/// What a figure is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub level: Level,
    pub id: String,
    /// Of a split measure, or of a rate that grades.
    pub split: Option<u32>,
    pub whom: Whom,
}

/// A text of figures, read.
#[derive(Debug, Clone)]
pub struct Told {
    /// The lines before the figures.
    pub head: Vec<String>,
    pub lines: BTreeMap<Key, Figure>,
}

/// Counts all figures of a period at all levels.
pub(super) fn text(views: &dyn View, catalogue: &Catalogue, offices: &Offices, ask: &SealAsk) -> String {
    let membership = Membership::read(views, catalogue);
    let days = ask.period.days(views, catalogue, ask.as_of).days;
    let mut out = format!("{TITLE}\nperiod\t{}\nas_of\t{}\n", ask.period, ask.as_of);
    days_lines(&days, &mut out);
    for level in [Level::County, Level::District, Level::Township] {
        let question = Question {
            ids: Vec::new(),
            level,
            days: days.clone(),
            as_of: ask.as_of,
            offices: offices.clone(),
        };
        let lines = query(views, catalogue, &membership, &question).into_iter();
        let lines: BTreeMap<Key, Figure> = lines
            .map(|line| (Key { level, id: line.id, split: line.split, whom: line.whom }, line.figure))
            .collect();
        for (key, figure) in &lines {
            line(key, figure, &mut out);
        }
    }
    out
}

fn days_lines(days: &Span, out: &mut String) {
    match days {
        Span::Each(own) => {
            for (unit, period) in own {
                let _ = writeln!(out, "days\t{}\t{}\t{}", unit.0, period.from, period.to);
            }
        }
        _ => {
            if let Some(period) = days.envelope() {
                let _ = writeln!(out, "days\t{}\t{}", period.from, period.to);
            }
        }
    }
}

fn line(key: &Key, figure: &Figure, out: &mut String) {
    let split = key.split.map(|split| split.to_string()).unwrap_or_default();
    let (level, whom) = (level_word(key.level), whom_word(key.whom));
    let _ = writeln!(out, "{level}\t{whom}\t{}\t{split}\t{}", key.id, figure_words(figure));
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::County => "county",
        Level::District => "district",
        Level::Township => "township",
    }
}

fn whom_word(whom: Whom) -> String {
    match whom {
        Whom::County => String::new(),
        Whom::District(id) => id.to_string(),
        Whom::Township(code) => code.to_string(),
        Whom::Rest => "rest".to_owned(),
    }
}

fn figure_words(figure: &Figure) -> String {
    match *figure {
        Figure::Count(n) => format!("count {n}"),
        Figure::Thousandths(n) => format!("thousandths {n}"),
        Figure::Rate { numerator, denominator, form } => {
            let form = match form {
                Form::Percent => "percent",
                Form::Mean => "mean",
                Form::PerTenThousand => "per_ten_thousand",
            };
            format!("{form} {numerator} {denominator}")
        }
        Figure::Difference { numerator, denominator, scale } => {
            format!("difference {numerator} {denominator} {scale}")
        }
        Figure::Pace { numerator, denominator, scale, passed, days } => {
            format!("pace {numerator} {denominator} {scale} {passed} {days}")
        }
        Figure::Median { doubled, cases } => format!("median {doubled} {cases}"),
        Figure::Days(None) => "days".to_owned(),
        Figure::Days(Some(days)) => format!("days {days}"),
        Figure::Grade(None) => "grade".to_owned(),
        Figure::Grade(Some(grade)) => format!("grade {grade}"),
    }
}

fn figure_read(text: &str) -> Option<Figure> {
    let mut words = text.split(' ');
    let form = words.next()?;
    let numbers: Vec<i64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let rate = |form, numerator, denominator| Figure::Rate { numerator, denominator, form };
    Some(match (form, numbers.as_slice()) {
        ("count", [n]) => Figure::Count(*n),
        ("thousandths", [n]) => Figure::Thousandths(*n),
        ("percent", [n, d]) => rate(Form::Percent, *n, *d),
        ("mean", [n, d]) => rate(Form::Mean, *n, *d),
        ("per_ten_thousand", [n, d]) => rate(Form::PerTenThousand, *n, *d),
        ("difference", [numerator, denominator, scale]) => {
            Figure::Difference { numerator: *numerator, denominator: *denominator, scale: *scale }
        }
        ("pace", [numerator, denominator, scale, passed, days]) => Figure::Pace {
            numerator: *numerator,
            denominator: *denominator,
            scale: *scale,
            passed: i32::try_from(*passed).ok()?,
            days: i32::try_from(*days).ok()?,
        },
        ("median", [doubled, cases]) => Figure::Median { doubled: *doubled, cases: *cases },
        ("days", []) => Figure::Days(None),
        ("days", [days]) => Figure::Days(Some(*days)),
        ("grade", []) => Figure::Grade(None),
        ("grade", [grade]) => Figure::Grade(Some(u32::try_from(*grade).ok()?)),
        _ => return None,
    })
}

impl Told {
    /// Reads a text of figures; none for what is no such text, or of a newer form.
    pub fn read(text: &str) -> Option<Self> {
        let mut head = Vec::new();
        let mut lines = BTreeMap::new();
        if text.lines().next() != Some(TITLE) {
            return None;
        }
        for text in text.lines() {
            let parts: Vec<&str> = text.split('\t').collect();
            match parts.as_slice() {
                [level, whom, id, split, figure] => {
                    let level = match *level {
                        "county" => Level::County,
                        "district" => Level::District,
                        "township" => Level::Township,
                        _ => return None,
                    };
                    let split = if split.is_empty() { None } else { Some(split.parse().ok()?) };
                    let key = Key { level, id: (*id).to_owned(), split, whom: whom_read(level, whom)? };
                    lines.insert(key, figure_read(figure)?);
                }
                _ => head.push(text.to_owned()),
            }
        }
        Some(Self { head, lines })
    }
}

fn whom_read(level: Level, word: &str) -> Option<Whom> {
    Some(match (level, word) {
        (Level::County, "") => Whom::County,
        (_, "rest") => Whom::Rest,
        (Level::District, id) => Whom::District(id.parse::<RecordId>().ok()?),
        (Level::Township, code) => Whom::Township(code.parse::<TownshipCode>().ok()?),
        (Level::County, _) => return None,
    })
}
