//! What the rules say no to. A refusal is data with labels, made from the catalogue; it is no error of the machine.

use crate::catalogue::model::{Choice, Field, Label, Pattern, Shape};
use crate::view::shape::Trouble;

/// Why something is refused. The text forms are frozen; programs read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    UnknownKind,
    UnknownAction,
    UnknownField,
    NoRecord,
    NotOurs,
    NodeKind,
    Role,
    Status,
    Voided,
    Locked,
    NotAccepted,
    Derived,
    Value,
    Required,
    Reason,
    Link,
    Date,
    Guard,
    Alone,
    Pause,
    Numbered,
    Partial,
    Extension,
    Deadline,
    Address,
    Local,
    Unchanged,
    TooLarge,
    Conflict,
}

impl Code {
    pub fn text(self) -> &'static str {
        match self {
            Self::UnknownKind => "unknown_kind",
            Self::UnknownAction => "unknown_action",
            Self::UnknownField => "unknown_field",
            Self::NoRecord => "no_record",
            Self::NotOurs => "not_ours",
            Self::NodeKind => "node_kind",
            Self::Role => "role",
            Self::Status => "status",
            Self::Voided => "voided",
            Self::Locked => "locked",
            Self::NotAccepted => "not_accepted",
            Self::Derived => "derived",
            Self::Value => "value",
            Self::Required => "required",
            Self::Reason => "reason",
            Self::Link => "link",
            Self::Date => "date",
            Self::Guard => "guard",
            Self::Alone => "alone",
            Self::Pause => "pause",
            Self::Numbered => "numbered",
            Self::Partial => "partial",
            Self::Extension => "extension",
            Self::Deadline => "deadline",
            Self::Address => "address",
            Self::Local => "local",
            Self::Unchanged => "unchanged",
            Self::TooLarge => "too_large",
            Self::Conflict => "conflict",
        }
    }
}

/// One thing that is wrong, for the field where it stands, if it stands at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    pub field: Option<u32>,
    pub zh: String,
    pub en: String,
}

impl Problem {
    pub fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, field: None, zh: zh.into(), en: en.into() }
    }
    #[must_use]
    pub fn at(mut self, field: u32) -> Self {
        self.field = Some(field);
        self
    }
}

/// Everything that is wrong with a command; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub problems: Vec<Problem>,
}

impl Refusal {
    pub fn one(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }

    /// `Ok` if there is nothing to refuse.
    ///
    /// # Errors
    /// The problems, if there are any.
    pub fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    pub fn code(&self) -> Option<Code> {
        self.problems.first().map(|problem| problem.code)
    }

    pub fn has(&self, code: Code) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }

    /// One line for people, in Chinese.
    pub fn zh(&self) -> String {
        self.problems.iter().map(|p| p.zh.as_str()).collect::<Vec<_>>().join("；")
    }

    /// One line for people, in English.
    pub fn en(&self) -> String {
        self.problems.iter().map(|p| p.en.as_str()).collect::<Vec<_>>().join("; ")
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::one(problem)
    }
}

/// A problem at a field: `zh` and `en` follow the field's label.
pub(super) fn at(code: Code, field: &Field, zh: &str, en: &str) -> Problem {
    Problem::new(code, format!("{}{zh}", field.label.zh), format!("{} {en}", field.label.en)).at(field.tag)
}

pub(super) fn labelled(code: Code, label: &Label) -> Problem {
    Problem::new(code, label.zh.clone(), label.en.clone())
}

/// A wrong value in words.
pub(super) fn trouble(field: &Field, trouble: &Trouble) -> Problem {
    let (zh, en) = words(field, trouble);
    at(Code::Value, field, &zh, &en)
}

fn words(field: &Field, trouble: &Trouble) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match trouble {
        Trouble::Type => both("的填写类型不对", "holds a value of another type"),
        Trouble::Long { max } => (format!("最多{max}字"), format!("may have at most {max} characters")),
        Trouble::Lines => both("不得换行或含控制字符", "may not hold line breaks or control characters"),
        Trouble::Form(Pattern::IdCard) => both("不是有效的身份证号码", "is not a valid identity number"),
        Trouble::Form(Pattern::Phone) => both("不是有效的电话号码", "is not a valid phone number"),
        Trouble::Range { min, max } => {
            (format!("应在{min}至{max}之间"), format!("must be from {min} to {max}"))
        }
        Trouble::Scale { max } => (format!("最多{max}位小数"), format!("may have at most {max} decimals")),
        Trouble::Choice => {
            let choices = choices(&field.shape);
            let zh: Vec<_> = choices.iter().map(|c| c.label.zh.as_str()).collect();
            let en: Vec<_> = choices.iter().map(|c| c.key.as_str()).collect();
            (format!("应为：{}", zh.join("、")), format!("must be one of {}", en.join(", ")))
        }
        Trouble::Twice => both("有重复的内容", "holds a value twice"),
        Trouble::Many { max } => (format!("最多{max}项"), format!("may hold at most {max} values")),
        Trouble::Township => both("不是九位乡镇代码", "is not a township code of nine digits"),
        Trouble::Day => both("不是有效日期", "is not a valid date"),
        Trouble::Column(tag) => (format!("没有第{tag}列"), format!("has no column {tag}")),
        Trouble::Inside { row, field: column, trouble } => {
            let Shape::Rows(columns) = &field.shape else { return both("有误", "is wrong") };
            let Some(column) = columns.get(column) else { return both("有误", "is wrong") };
            let (zh, en) = words(column, trouble);
            (format!("第{row}行{}{zh}", column.label.zh), format!("row {row}: {} {en}", column.label.en))
        }
    }
}

fn choices(shape: &Shape) -> &[Choice] {
    match shape {
        Shape::Choice(choices) | Shape::Choices(choices) => choices,
        _ => &[],
    }
}
