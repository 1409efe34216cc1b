//! Lists of records.

use serde::Serialize;
use shared::catalogue::model::Kind;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang};
use shared::record::{Day, EntryFlags, Record, Value};
use shared::sync::note;
use shared::tally::Period;
use shared::view::read;

use super::Node;
use super::show::{field_text, status_label};
use super::values::{Names, find_kind, read_given, short};

/// Lines of a list when nobody says how many.
pub const LINES_DEFAULT: usize = 50;
/// Lines of a list at most.
pub const LINES_MAX: usize = 10_000;

/// Which records of a kind are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Status by id or label.
    pub status: Option<String>,
    /// Only those in which work remains.
    pub open: bool,
    /// Only those with an open deadline before today.
    pub overdue: bool,
    pub period: Option<Period>,
    /// `field=value`, in the clerk's form; all must be equal.
    pub fields: Vec<String>,
    pub limit: Option<usize>,
}

/// One line of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub id: String,
    pub short: String,
    pub title: String,
    pub status: String,
    pub status_label: String,
    /// The kind's date, if it is given.
    pub date: Option<String>,
    /// The next open deadline.
    pub due: Option<String>,
    /// Days until it; negative when it is over.
    pub due_in_days: Option<i32>,
    /// `sent` (the county has it), `waiting`, `stays` (never leaves the office) or `theirs` (another's record).
    pub sync: &'static str,
    pub voided: bool,
    /// The kind's list columns, as text, in its order.
    pub columns: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Listing {
    pub kind: String,
    pub columns: Vec<String>,
    pub lines: Vec<Line>,
    /// More records match than are shown.
    pub more: bool,
}

impl Node {
    /// Records of a kind, the newest date first, owner by owner.
    ///
    /// # Errors
    /// The kind or a filter is not known.
    pub fn list(&self, kind: &str, filter: &Filter, lang: Lang) -> Result<Listing, Failure> {
        let kind = find_kind(self.catalogue(), kind)?;
        let status = filter.status.as_deref().map(|name| find_status(kind, name)).transpose()?;
        let limit = filter.limit.unwrap_or(LINES_DEFAULT).min(LINES_MAX);
        let today = self.clock().today();
        self.read(|views| {
            let names: Names<'_> = self.names(views);
            let wanted = read_given(kind, &filter.fields, &names)?;
            let acked = note::node_state(views).acked.map_or(0, |state| state.head.len);
            let mut lines = Vec::new();
            let mut more = false;
            read::list_all(views, kind.tag, &mut |listed| {
                let Some(record) = read::record(views, listed.id) else { return true };
                let local = read::local(views, listed.id);
                let value = |tag: &u32| record.fields.get(tag).or_else(|| local.get(tag));
                let fits = status.is_none_or(|tag| record.status == tag)
                    && (!filter.open || kind.is_open(record.status))
                    && (!filter.overdue || next_due(&record).is_some_and(|(day, _)| day < today))
                    && filter.period.is_none_or(|period| period.holds(listed.day))
                    && wanted
                        .set
                        .iter()
                        .all(|(tag, wanted)| value(tag).is_some_and(|have| matches(have, wanted)))
                    && wanted.clear.iter().all(|tag| value(tag).is_none());
                if !fits {
                    return true;
                }
                if lines.len() >= limit {
                    more = true;
                    return false;
                }
                let column = |tag: &u32| {
                    let text = value(tag)
                        .map(|v| field_text(views, self.catalogue(), lang, kind.fields.get(tag), v));
                    text.unwrap_or_default()
                };
                let due = next_due(&record);
                lines.push(Line {
                    id: record.id.to_string(),
                    short: short(record.id),
                    title: column(&kind.title),
                    status: kind
                        .statuses
                        .get(&record.status)
                        .map_or_else(String::new, |status| status.id.clone()),
                    status_label: status_label(Some(kind), record.status, lang),
                    date: value(&kind.date).and_then(day_of).map(|day| day.to_string()),
                    due: due.map(|(day, _)| day.to_string()),
                    due_in_days: due.map(|(day, _)| day.0.saturating_sub(today.0)),
                    sync: self.sync_state(&record, acked),
                    voided: record.flags.has(EntryFlags::VOIDED),
                    columns: kind.list.iter().map(column).collect(),
                });
                true
            });
            let head = |tag: &u32| kind.fields.get(tag).map(|field| lang.of(&field.label).to_owned());
            Ok(Listing {
                kind: kind.id.clone(),
                columns: kind.list.iter().filter_map(head).collect(),
                lines,
                more,
            })
        })
    }

    /// Whether the county has the record as it stands.
    pub(super) fn sync_state(&self, record: &Record, acked: u64) -> &'static str {
        let own = record.stream.writer() == self.office().site();
        let last = record.steps.last().map_or(0, |step| step.seq);
        match (own, record.stream.travels()) {
            (false, _) => "theirs",
            (true, false) => "stays",
            (true, true) if last <= acked => "sent",
            (true, true) => "waiting",
        }
    }

    /// As in [`Line::sync`], for one record.
    pub fn sync_of(&self, record: &Record) -> &'static str {
        let acked = self.read(note::node_state).acked.map_or(0, |state| state.head.len);
        self.sync_state(record, acked)
    }
}

/// The open deadline that ends first: its day and kind.
fn next_due(record: &Record) -> Option<(Day, u32)> {
    record.deadlines.values().filter(|deadline| deadline.open()).map(|d| (d.effective_due, d.kind)).min()
}

fn day_of(value: &Value) -> Option<Day> {
    match value {
        Value::Date(day) => Some(*day),
        _ => None,
    }
}

/// Equal, or for lists: holds all that is asked for.
fn matches(have: &Value, wanted: &Value) -> bool {
    match (have, wanted) {
        (Value::List(have), Value::List(wanted)) => wanted.iter().all(|value| have.contains(value)),
        (have, wanted) => have == wanted,
    }
}

fn find_status(kind: &Kind, name: &str) -> Result<u32, Failure> {
    let known = kind.statuses.values().find(|s| s.id == name || s.label.zh == name || s.label.en == name);
    known.map(|status| status.tag).ok_or_else(|| {
        let (zh, en): (Vec<_>, Vec<_>) =
            kind.statuses.values().map(|s| (s.label.zh.clone(), s.id.clone())).unzip();
        Failure::new(
            ErrorCode::NotFound,
            format!("{}没有“{name}”这个状态。", kind.label.zh),
            format!("{} has no status \"{name}\".", kind.label.en),
        )
        .advise(format!("可用的状态：{}", zh.join("、")), format!("Its statuses: {}.", en.join(", ")))
    })
}
