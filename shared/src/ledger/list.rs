//! Lists of records.

use serde::{Deserialize, Serialize};

use super::find::{find_status, period_named};
use super::{Given, Ledger, Words, short, words};
use crate::catalogue::model::Kind;
use crate::exchange::fold::folded;
use crate::ids::{RecordId, Site};
use crate::limits::{LIST_LOOKED_AT_MAX, LIST_ROWS_MAX};
use crate::program::{Failure, Lang, Table, Text};
use crate::record::{Day, EntryFlags, Fields, Record, Value};
use crate::store::View;
use crate::sync::note;
use crate::tally::Period;
use crate::view::read;

/// Rows of a list when nobody says how many.
pub const LINES_DEFAULT: usize = 50;

/// Which records are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// What a person calls the kind.
    pub kind: String,
    /// Owner: a township code or `hub`; none lists every owner's.
    pub owner: Option<String>,
    /// Status by id or label.
    pub status: Option<String>,
    /// Only those in which work remains.
    pub open: bool,
    /// Only those with an open deadline before today.
    pub overdue: bool,
    /// Dates of the records, such as `2026Q3`.
    pub period: Option<String>,
    /// `field=value`, in the clerk's form; all must be equal.
    pub fields: Vec<String>,
    /// Every one of these words stands somewhere in the title or a column of the list, in either language.
    #[serde(default)]
    pub words: String,
    /// At most [`LIST_ROWS_MAX`]; [`LINES_DEFAULT`] if it is not given.
    pub limit: Option<usize>,
    /// [`Listing::next`] of the page before.
    #[serde(default)]
    pub after: Option<String>,
}

/// Records of one kind, the newest date of each owner first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Id of the kind.
    pub kind: String,
    /// Headings of the kind's list columns.
    pub columns: Vec<Text>,
    pub rows: Vec<Row>,
    /// More records match than are shown, or may: no more than [`LIST_LOOKED_AT_MAX`] are looked at.
    pub more: bool,
    /// Where the next page begins, if there is more.
    #[serde(default)]
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: RecordId,
    pub short: String,
    pub owner: String,
    pub rev: u32,
    pub title: Text,
    /// Id of the status.
    pub status: String,
    pub status_label: Text,
    /// The kind's date, if it is given.
    pub date: Option<String>,
    /// The next open deadline.
    pub due: Option<String>,
    /// Days until it; negative when it is over.
    pub due_in_days: Option<i32>,
    /// None at the county.
    pub sync: Option<Travel>,
    pub voided: bool,
    /// One text for each column.
    pub cells: Vec<Text>,
}

/// Whether the county has a record as it stands, seen from a township.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Travel {
    /// The county has it.
    Sent,
    /// It goes with the next exchange.
    Waiting,
    /// It never leaves the office.
    Stays,
    /// It is another's record.
    Theirs,
}

impl Travel {
    /// In Chinese and English.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Sent => ("县里已收到", "received"),
            Self::Waiting => ("待上报", "waiting"),
            Self::Stays => ("不外报", "stays here"),
            Self::Theirs => ("县里登记", "county's own"),
        }
    }
}

impl Ledger<'_> {
    /// # Errors
    /// `NotFound`: no such kind, status or field; `Invalid`: the owner, the period or a value is not understood.
    pub fn list(&self, ask: &List) -> Result<Listing, Failure> {
        self.store.read(|views| self.list_in(views, ask))
    }

    pub(super) fn list_in(&self, views: &dyn View, ask: &List) -> Result<Listing, Failure> {
        let wanted = Wanted::read(self, views, ask)?;
        let kind = wanted.kind;
        let words_asked: Vec<String> = ask.words.split_whitespace().map(folded).collect();
        let after = ask.after.as_deref().map(mark).transpose()?;
        let limit = ask.limit.unwrap_or(LINES_DEFAULT).clamp(1, LIST_ROWS_MAX);
        let words = Words { views, catalogue: self.catalogue };
        let acked = self.acked(views);
        let (mut rows, mut next, mut looked_at): (Vec<Row>, _, _) = (Vec::new(), None, 0);
        let mut last = after;
        wanted.visit(views, after, &mut |line| {
            if looked_at == LIST_LOOKED_AT_MAX {
                next = last;
                return false;
            }
            looked_at += 1;
            let before = last.replace(line);
            let Some(record) = read::record(views, line.id) else { return true };
            let local = self.own(views, &record);
            if !wanted.fits(line.day, &record, &local) {
                return true;
            }
            let value = |tag: &u32| record.fields.get(tag).or_else(|| local.get(tag));
            let cell = |tag: &u32| {
                let text = value(tag).map(|value| words.cell(kind.fields.get(tag), value));
                text.unwrap_or_else(|| crate::program::text("", ""))
            };
            let cells: Vec<Text> = kind.list.iter().map(cell).collect();
            let title = cell(&kind.title);
            let says = |word: &String| {
                let holds = |text: &Text| folded(&text.zh).contains(word) || folded(&text.en).contains(word);
                cells.iter().chain([&title]).any(holds)
            };
            if !words_asked.iter().all(says) {
                return true;
            }
            if rows.len() == limit {
                next = before;
                return false;
            }
            let due = next_due(&record);
            let (status, status_label) = words::status(Some(kind), record.status);
            rows.push(Row {
                id: record.id,
                short: short(record.id),
                owner: line.owner.to_string(),
                rev: record.rev,
                title,
                status,
                status_label,
                date: value(&kind.date).and_then(day_of).map(|day| day.to_string()),
                due: due.map(|day| day.to_string()),
                due_in_days: due.map(|day| day.0.saturating_sub(wanted.today.0)),
                sync: self.travel(&record, acked),
                voided: record.flags.has(EntryFlags::VOIDED),
                cells,
            });
            true
        });
        let head = |tag: &u32| kind.fields.get(tag).map(|field| Text::from(&field.label));
        Ok(Listing {
            kind: kind.id.clone(),
            columns: kind.list.iter().filter_map(head).collect(),
            rows,
            more: next.is_some(),
            next: next.map(|line| format!("{}.{}.{}", line.owner, line.day.0, line.id)),
        })
    }

    /// Entries of the own stream that the county has; none at the county.
    pub(super) fn acked(&self, views: &dyn View) -> Option<u64> {
        let township = matches!(self.place.site, Site::Township(_));
        township.then(|| note::node_state(views).acked.map_or(0, |state| state.head.len))
    }

    pub(super) fn travel(&self, record: &Record, acked: Option<u64>) -> Option<Travel> {
        let acked = acked?;
        let own = record.stream.writer() == self.place.site;
        let last = record.steps.last().map_or(0, |step| step.seq);
        Some(match (own, record.stream.travels()) {
            (false, _) => Travel::Theirs,
            (true, false) => Travel::Stays,
            (true, true) if last <= acked => Travel::Sent,
            (true, true) => Travel::Waiting,
        })
    }
}

/// A line as [`Listing::next`] writes it.
fn mark(text: &str) -> Result<read::Listed, Failure> {
    let parts = || {
        let mut parts = text.split('.');
        let (owner, day, id) =
            (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(read::Listed { owner, day: Day(day), id })
    };
    parts().ok_or_else(|| Failure::invalid("上一页的标记不对。", "The mark of the page before is not one."))
}

/// What a list asks for, understood.
pub(super) struct Wanted<'a> {
    pub(super) kind: &'a Kind,
    pub(super) owner: Option<Site>,
    status: Option<u32>,
    period: Option<Period>,
    given: Given,
    open: bool,
    overdue: bool,
    today: Day,
}

impl<'a> Wanted<'a> {
    /// # Errors
    /// As [`Ledger::list`].
    pub(super) fn read(ledger: &Ledger<'a>, views: &dyn View, ask: &List) -> Result<Self, Failure> {
        let kind = ledger.kind(&ask.kind)?;
        Ok(Self {
            kind,
            owner: ask.owner.as_deref().map(str::parse).transpose()?,
            status: ask.status.as_deref().map(|name| find_status(kind, name)).transpose()?,
            period: ask.period.as_deref().map(period_named).transpose()?,
            given: Given::read(kind, &ask.fields, &ledger.names(views))?,
            open: ask.open,
            overdue: ask.overdue,
            today: ledger.clock.today(),
        })
    }

    pub(super) fn period(&self) -> Option<Period> {
        self.period
    }

    /// Records of the kind and owner, the newest date of each owner first, whether they fit or not, until `visit` returns
    /// false; those behind a line of the page before, if one is given.
    pub(super) fn visit(
        &self,
        views: &dyn View,
        after: Option<read::Listed>,
        visit: &mut dyn FnMut(read::Listed) -> bool,
    ) {
        match (self.owner, after) {
            (Some(owner), after) => read::list(views, self.kind.tag, owner, after, visit),
            (None, Some(after)) => read::list_all_after(views, self.kind.tag, after, visit),
            (None, None) => read::list_all(views, self.kind.tag, visit),
        }
    }

    /// Whether a record with the date `day` is one of those.
    pub(super) fn fits(&self, day: Day, record: &Record, local: &Fields) -> bool {
        let value = |tag: &u32| record.fields.get(tag).or_else(|| local.get(tag));
        self.status.is_none_or(|tag| record.status == tag)
            && (!self.open || self.kind.is_open(record.status))
            && (!self.overdue || next_due(record).is_some_and(|day| day < self.today))
            && self.period.is_none_or(|period| period.holds(day))
            && self.given.set.iter().all(|(tag, wanted)| value(tag).is_some_and(|have| matches(have, wanted)))
            && self.given.clear.iter().all(|tag| value(tag).is_none())
    }
}

/// The open deadline that ends first.
pub(super) fn next_due(record: &Record) -> Option<Day> {
    record.deadlines.values().filter(|deadline| deadline.open()).map(|d| d.effective_due).min()
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

impl Listing {
    /// A table for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        if self.rows.is_empty() {
            return lang.pick("没有符合条件的记录。", "No records match.").to_owned();
        }
        // A column in which no row says anything only makes the table wider.
        let said =
            |at: &usize| self.rows.iter().any(|row| row.cells.get(*at).is_some_and(|c| !c.zh.is_empty()));
        let columns: Vec<usize> = (0..self.columns.len()).filter(said).collect();
        let county = self.rows.iter().all(|row| row.sync.is_none());
        let mut heads = vec![lang.pick("短号", "id")];
        if county {
            heads.push(lang.pick("单位", "owner"));
        }
        heads.extend(columns.iter().map(|at| self.columns[*at].get(lang)));
        heads.extend([lang.pick("状态", "status"), lang.pick("期限", "due")]);
        if !county {
            heads.push(lang.pick("上报", "county"));
        }
        let mut table = Table::left(heads);
        for row in &self.rows {
            let mut cells = vec![row.short.clone()];
            if county {
                cells.push(row.owner.clone());
            }
            cells.extend(columns.iter().map(|at| row.cells[*at].get(lang).to_owned()));
            let void = if row.voided { lang.pick("（作废）", " (void)") } else { "" };
            cells.push(format!("{}{void}", row.status_label.get(lang)));
            cells.push(match (&row.due, row.due_in_days) {
                (Some(due), Some(days)) if days < 0 => match lang {
                    Lang::Zh => format!("{due} 超期{}天", -days),
                    Lang::En => format!("{due} {} over", -days),
                },
                (Some(due), _) => due.clone(),
                _ => String::new(),
            });
            cells.extend(row.sync.map(|sync| {
                let (zh, en) = sync.label();
                lang.pick(zh, en).to_owned()
            }));
            table.row(cells);
        }
        table.render()
    }

    /// What to say beside the table when there are more.
    pub fn note(&self) -> Option<Text> {
        let rows = self.rows.len();
        self.more.then(|| {
            crate::program::text(
                format!("只列出前 {rows} 条；用 --limit 多列，或用 --status、--period 缩小范围。"),
                format!("Only the first {rows} are shown; see --limit, --status, --period."),
            )
        })
    }
}
