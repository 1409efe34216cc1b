//! What is counted, as the loader leaves it: measures, rates of them, and coverages of lists.

use std::fmt;

use super::model::{Condition, Field, Kind, Label, NodeKind, Shape};

/// A figure: what is counted, where, and the day it is attributed to. Tags are unique over the whole catalogue.
#[derive(Debug, Clone)]
pub struct Measure {
    pub tag: u32,
    /// Such as `A1`.
    pub id: String,
    pub label: Label,
    pub of: Of,
    pub condition: Condition,
    /// Child rows are counted, each by itself, instead of the record. What `of` names are then columns.
    pub rows: Option<RowScope>,
    pub on: On,
    /// Choice that splits it. Of a field with several choices each counts in its own part, and once in the total.
    pub split: Option<Source>,
    /// A township: for whom it counts, instead of by the address of the record. Where that is empty, for the county.
    pub township: Option<Source>,
    /// Counts the values that occur instead of how often they do.
    pub by: Option<By>,
    /// Which part of the days' axis a question about a period covers.
    pub window: Window,
    pub target: Option<Target>,
}

/// Child rows of a field for which a condition over the columns holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowScope {
    pub field: u32,
    pub condition: Condition,
}

/// A field of the record, or a column of the row that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Field(u32),
    Column(u32),
    /// The township for which it counts; of `by` alone.
    Unit,
}

/// Distinct values within one office; with `reach` only those whose sum is at least so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    pub source: Source,
    pub reach: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Count,
    /// Sum of a number field, or thousandths of a decimal field.
    Sum(u32),
    /// Days from one date field to the other.
    Days {
        from: u32,
        to: u32,
    },
    /// How many cases took how many days from one date field to the other; a case counts where both are filled.
    Spread {
        from: u32,
        to: u32,
    },
    /// Number of values in a list field.
    Values(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Field(u32),
    /// A date of the row that is counted.
    Column(u32),
    /// The effective due day of a deadline.
    Due(u32),
    /// A stock, such as deputies in office: counted in on the day of `from`, or of `or` where that is empty, counted out
    /// on the day of `to` if that is filled. Goes with [`Window::Until`].
    Span {
        from: u32,
        or: Option<u32>,
        to: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// The days of the period asked for.
    Period,
    /// Those of them that are over on the day of judgement.
    Past,
    /// All days up to the last one of the period (stocks).
    Until,
    /// All days before the day of judgement (overdue and still open).
    BeforeAsOf,
    /// From the day of judgement, so many days (due soon).
    FromAsOf { days: i32 },
    /// From the beginning of the office's term to the last day of the period.
    Term,
}

/// What a figure should be: for rates in the unit that is printed, such as percent. At least one bound is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub at_least: Option<i64>,
    pub at_most: Option<i64>,
    /// The form of township for which it is not set, because there is no such work.
    pub except: Option<NodeKind>,
}

/// A rate: measures of any kind, by id. What is added up is so at every level before it is divided.
#[derive(Debug, Clone)]
pub struct Rate {
    pub id: String,
    pub label: Label,
    pub numerator: Vec<String>,
    /// Absent in the forms that need none.
    pub denominator: Option<String>,
    pub form: RateForm,
    pub target: Option<Target>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateForm {
    /// One decimal, half up: 77.5 %
    Percent,
    /// One decimal: 65.3
    Mean,
    /// One decimal, for each 10,000 of the denominator: 12.4
    PerTenThousand,
    /// Σ numerators.
    Sum,
    /// Σ numerators − denominator: +71
    Difference,
    /// The same over a line that is set: — where none is.
    Surplus,
    /// The middle one of a spread; of an even number of cases the mean of the two in the middle.
    Median,
    /// Most days from one day that counts to the next, the last one of them to the day of judgement. The longest of its
    /// townships stands for a district.
    LongestGap,
    /// How many townships have a longest gap of more than so many days; one without any case has none but the period.
    GapOver { limit_days: i32 },
    /// Days from the last day of one count, in any period, to the day of judgement; — where there is none. The longest of
    /// its townships stands for a district.
    SinceLast,
    /// How many townships are over so many days since the last one, or have none at all.
    SinceLastOver { limit_days: i32 },
    /// Σ numerators − the denominator's share for the days of the period that have passed.
    Pace,
    /// The number of `lines` (measures, ascending) that Σ numerators reaches, as a grade; one more grade than lines.
    Grade { lines: Vec<String>, grades: Vec<Label> },
}

/// Whom a list has and whom work has reached.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub id: String,
    pub label: Label,
    pub list: CoverageList,
    /// Measures with `by`, by id; who is covered is reached by all of them.
    pub covered_by: Vec<String>,
    /// The days whose work counts, whatever the windows of the measures: [`Window::Period`], `Term` or `Until`.
    pub window: Window,
    pub show: Show,
    pub target: Option<Target>,
}

#[derive(Debug, Clone)]
pub enum CoverageList {
    /// Records of a kind that are on the list on the last day of the period: `from`, or `or` where that is empty, is not
    /// after it and at least so many days back, `to` is empty or after it.
    Records {
        kind: u32,
        condition: Condition,
        from: u32,
        or: Option<u32>,
        to: Option<u32>,
        at_least_days: i32,
    },
    /// Townships that belong to a district on the last day of the period.
    Townships,
    /// Choices of a field of this kind, by id; every township is to have all of them.
    Choices { field: u32, choices: Vec<u32> },
}

/// What stands above the line of a coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    Covered,
    Missing,
}

/// Where a kind says which term of office began when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermMark {
    pub number: u32,
    pub start: u32,
}

/// Where a kind says which session of the congress opened when. Fields by tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMark {
    pub number: u32,
    pub term: u32,
    pub opened: u32,
    /// Which of its records are sessions that have met.
    pub condition: Condition,
}

/// Where a kind says that a township is out of all rankings of a year. Fields by tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VetoMark {
    pub township: u32,
    /// A number, or a date whose year counts.
    pub year: u32,
    /// Statuses in which it is in force.
    pub statuses: Vec<u32>,
}

impl Measure {
    /// Fields of the record that it looks at beside those of its condition.
    pub fn fields(&self) -> Vec<u32> {
        let mut used: Vec<u32> = self.rows.iter().map(|rows| rows.field).collect();
        if self.rows.is_none() {
            used.extend(self.of.names());
        }
        match self.on {
            On::Field(field) => used.push(field),
            On::Column(_) | On::Due(_) => {}
            On::Span { from, or, to } => used.extend([from, to].into_iter().chain(or)),
        }
        used.extend(self.sources().filter_map(|source| match source {
            Source::Field(field) => Some(field),
            Source::Column(_) | Source::Unit => None,
        }));
        used
    }

    fn sources(&self) -> impl Iterator<Item = Source> {
        self.split.into_iter().chain(self.by.map(|by| by.source)).chain(self.township)
    }

    /// Columns of the child rows that it looks at beside those of its condition.
    pub fn columns(&self) -> Vec<u32> {
        let mut used = if self.rows.is_some() { self.of.names() } else { Vec::new() };
        if let On::Column(column) = self.on {
            used.push(column);
        }
        used.extend(self.sources().filter_map(|source| match source {
            Source::Column(column) => Some(column),
            Source::Field(_) | Source::Unit => None,
        }));
        used
    }

    /// The field or column that a source of this measure names.
    pub fn source<'k>(&self, kind: &'k Kind, source: Source) -> Option<&'k Field> {
        match source {
            Source::Field(field) => kind.fields.get(&field),
            Source::Column(column) => self.row_columns(kind, column),
            Source::Unit => None,
        }
    }

    fn row_columns<'k>(&self, kind: &'k Kind, column: u32) -> Option<&'k Field> {
        match &kind.fields.get(&self.rows.as_ref()?.field)?.shape {
            Shape::Rows(columns) => columns.get(&column),
            _ => None,
        }
    }

    /// Whether its sums are thousandths.
    pub fn in_thousandths(&self, kind: &Kind) -> bool {
        let Of::Sum(tag) = self.of else { return false };
        let source = if self.rows.is_some() { Source::Column(tag) } else { Source::Field(tag) };
        self.source(kind, source).is_some_and(|field| matches!(field.shape, Shape::Decimal { .. }))
    }
}

impl fmt::Display for Target {
    /// `≥ 4`, `≤ 3`, `1–2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) => write!(f, "{least}–{most}"),
            (Some(least), None) => write!(f, "≥ {least}"),
            (None, Some(most)) => write!(f, "≤ {most}"),
            (None, None) => Ok(()),
        }
    }
}

impl Of {
    fn names(&self) -> Vec<u32> {
        match *self {
            Self::Count => Vec::new(),
            Self::Sum(field) | Self::Values(field) => vec![field],
            Self::Days { from, to } | Self::Spread { from, to } => vec![from, to],
        }
    }
}

impl RateForm {
    /// Whether it looks at the days of one count.
    pub fn of_days(&self) -> bool {
        let gap = matches!(self, Self::LongestGap | Self::GapOver { .. });
        gap || matches!(self, Self::SinceLast | Self::SinceLastOver { .. })
    }

    /// Whether it sets its numerators against a denominator.
    pub fn divides(&self) -> bool {
        let plain = matches!(self, Self::Percent | Self::Mean | Self::PerTenThousand);
        plain || matches!(self, Self::Difference | Self::Surplus | Self::Pace)
    }
}

impl Rate {
    /// Every measure that it is made of.
    pub fn parts(&self) -> impl Iterator<Item = &String> {
        let lines: &[String] = match &self.form {
            RateForm::Grade { lines, .. } => lines,
            _ => &[],
        };
        self.numerator.iter().chain(&self.denominator).chain(lines)
    }
}
