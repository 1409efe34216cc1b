//! What is asked of the tallies, and the lines that answer.

use std::collections::BTreeMap;

use super::figure::Figure;
use super::span::Span;
use crate::catalogue::model::{Label, NodeKind, Target};
use crate::ids::{RecordId, TownshipCode};
use crate::record::Day;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    County,
    District,
    Township,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Ids of measures, rates and coverages; empty asks for all of the catalogue.
    pub ids: Vec<String>,
    pub level: Level,
    pub days: Span,
    /// The day on which "overdue" is judged, and to which gaps and paces run.
    pub as_of: Day,
    /// Townships that count although they may have no records, with the kind of office where it is known. Those that
    /// belong to a district in the period are added to them.
    pub offices: BTreeMap<TownshipCode, Option<NodeKind>>,
}

/// Whom a line speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    County,
    District(RecordId),
    Township(TownshipCode),
    /// What belongs to no unit of the level: records of the county as a whole, townships in no district on the day.
    Rest,
}

/// One line of the answer.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: String,
    pub label: Label,
    pub whom: Whom,
    /// Frozen id of the choice where this is a part of a split measure, or the grade (from 1) where it says how many
    /// townships have it; `None` is the total.
    pub split: Option<u32>,
    /// What the part is called.
    pub part: Option<Part>,
    pub figure: Figure,
    /// The figure in words, where it is a grade.
    pub word: Option<Label>,
    pub target: Option<Target>,
    /// Whether the target is met; `None` without a target, without cases, and where a target of each office says nothing of
    /// their sum.
    pub met: Option<bool>,
    /// Of a coverage: what the list has and work has not reached.
    pub missing: Vec<Missing>,
}

/// A choice, or a grade, as programs and people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `NONE` where the field is empty.
    pub key: String,
    pub label: Label,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    Record(RecordId),
    Choice(TownshipCode, Part),
    Township(TownshipCode),
}
