//! What the public may see (公开): lists of records as the catalogue allows, with personal numbers masked.
//!
//! A value that stays in the office cannot come here: values are taken from the part of a record that travels, of fields
//! that the catalogue lets out; a record that never leaves the office is passed over, and so is the title of one.
//!
//! Not here: the files ([`super::disclosed_files`]).

use serde::{Deserialize, Serialize};

use super::find::period_named;
use super::{Ledger, Words, short};
use crate::catalogue::model::{DisclosureMark, Field, Kind, Shape};
use crate::ids::{RecordId, Site};
use crate::personal::{self, What};
use crate::program::{Failure, Text};
use crate::record::{EntryFlags, Record, Value};
use crate::store::View;
use crate::tally::Period;
use crate::view::condition::Subject;
use crate::view::read;

/// What is to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclose {
    /// Calendar days, such as `2026` or `2026Q3`.
    pub period: String,
    /// What a person calls the kinds; empty: every kind that is published at all.
    pub kinds: Vec<String>,
}

/// Everything that is published of an office and a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    pub period: String,
    pub lists: Vec<PublicList>,
    pub masked: Vec<Masked>,
}

/// The records of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicList {
    /// Id of the kind.
    pub kind: String,
    pub label: Text,
    /// Without a period it says how things stand.
    pub standing: bool,
    /// Label of the field by which it is parted.
    pub group: Option<Text>,
    pub heads: Vec<Text>,
    /// In the order of the groups, then of the days.
    pub rows: Vec<PublicRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRow {
    pub group: String,
    pub cells: Vec<String>,
}

/// A number that was masked, and where it stands in the office's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    pub kind: Text,
    /// The short id of the record.
    pub record: String,
    pub field: Text,
    /// What it seemed to be.
    pub what: Text,
}

impl Ledger<'_> {
    /// Reads what is published of this office.
    ///
    /// # Errors
    /// `Invalid`: the period is not understood; `NotFound`: no such kind, or one of which nothing is published.
    pub fn disclose(&self, ask: &Disclose) -> Result<Disclosure, Failure> {
        let period = period_named(&ask.period)?;
        let mut kinds = Vec::new();
        for name in &ask.kinds {
            let kind = self.kind(name)?;
            kinds.push(marked(kind).ok_or_else(|| {
                Failure::not_found(
                    format!("台账目录没有规定{}的公开内容。", kind.label.zh),
                    format!("The catalogue lets nothing of {} be published.", kind.label.en),
                )
            })?);
        }
        if ask.kinds.is_empty() {
            kinds = self.catalogue.kinds.values().filter_map(marked).collect();
        }
        let mut masked = Vec::new();
        let lists = self.store.read(|views| {
            let one = |(kind, mark)| Reading { ledger: self, views, kind, mark, period }.list(&mut masked);
            kinds.into_iter().map(one).collect()
        });
        Ok(Disclosure { period: ask.period.clone(), lists, masked })
    }
}

fn marked(kind: &Kind) -> Option<(&Kind, &DisclosureMark)> {
    Some((kind, kind.disclosure.as_ref()?))
}

struct Reading<'a> {
    ledger: &'a Ledger<'a>,
    views: &'a dyn View,
    kind: &'a Kind,
    mark: &'a DisclosureMark,
    period: Period,
}

impl Reading<'_> {
    fn list(&self, masked: &mut Vec<Masked>) -> PublicList {
        let site: Site = self.ledger.place.site;
        let mut ids = Vec::new();
        read::list(self.views, self.kind.tag, site, None, &mut |line| {
            ids.push((line.day, line.id));
            true
        });
        ids.sort_unstable();
        let mut rows = Vec::new();
        for (_, id) in ids {
            let record = read::record(self.views, id).filter(|record| self.public(record));
            rows.extend(record.map(|record| self.row(&record, masked)));
        }
        // Groups in the order of their first record would change with every new one.
        rows.sort_by(|a: &PublicRow, b| a.group.cmp(&b.group));
        let label = |tag: &u32| self.kind.fields.get(tag).map(|field| Text::from(&field.label));
        PublicList {
            kind: self.kind.id.clone(),
            label: Text::from(&self.mark.label),
            standing: self.mark.on.is_none(),
            group: self.mark.group.as_ref().and_then(label),
            heads: self.mark.fields.iter().filter_map(label).collect(),
            rows,
        }
    }

    /// Whether the public may see a record at all.
    fn public(&self, record: &Record) -> bool {
        let day = self.mark.on.map(|tag| record.fields.get(&tag));
        let within = day.is_none_or(|day| matches!(day, Some(Value::Date(day)) if self.period.holds(*day)));
        record.stream.travels()
            && !record.flags.has(EntryFlags::VOIDED)
            && within
            && Subject::of(record, None).holds(&self.mark.condition)
    }

    fn row(&self, record: &Record, masked: &mut Vec<Masked>) -> PublicRow {
        let mut cell = |tag: &u32| {
            let (Some(field), Some(value)) = (self.kind.fields.get(tag), record.fields.get(tag)) else {
                return String::new();
            };
            let (text, what) = self.words(field, value);
            masked.extend(what.into_iter().map(|what| self.masked(record.id, field, what)));
            text
        };
        let group = self.mark.group.as_ref().map(&mut cell).unwrap_or_default();
        PublicRow { group, cells: self.mark.fields.iter().map(cell).collect() }
    }

    fn masked(&self, id: RecordId, field: &Field, what: What) -> Masked {
        let (zh, en) = what.label();
        Masked {
            kind: Text::from(&self.kind.label),
            record: short(id),
            field: Text::from(&field.label),
            what: crate::program::text(zh, en),
        }
    }

    /// A value in words, its personal numbers masked.
    fn words(&self, field: &Field, value: &Value) -> (String, Vec<What>) {
        let words = Words { views: self.views, catalogue: self.ledger.catalogue };
        match (&field.shape, value) {
            (Shape::Text { .. }, Value::Text(text)) => personal::mask(text),
            (_, Value::Link(id)) => personal::mask(&self.title(*id)),
            (Shape::Rows(columns), Value::Group(row)) => {
                let mut all = Vec::new();
                let mut part = |(tag, value): (&u32, &Value)| {
                    let column = columns.get(tag)?;
                    let (text, what) = self.words(column, value);
                    all.extend(what);
                    Some(format!("{} {text}", column.label.zh))
                };
                let parts: Vec<String> = row.iter().filter_map(&mut part).collect();
                (parts.join("，"), all)
            }
            (_, Value::List(values)) => {
                let mut all = Vec::new();
                let mut part = |value: &Value| {
                    let (text, what) = self.words(field, value);
                    all.extend(what);
                    text
                };
                let parts: Vec<String> = values.iter().map(&mut part).collect();
                (parts.join("；"), all)
            }
            // What a newer program wrote is not known to be public.
            (_, Value::Unknown(_) | Value::Blob(_)) => (String::new(), Vec::new()),
            (Shape::Township | Shape::Townships, Value::Number(_)) => (self.township(value), Vec::new()),
            (_, Value::Text(text)) => personal::mask(text),
            _ => (words.cell(Some(field), value).zh, Vec::new()),
        }
    }

    fn township(&self, value: &Value) -> String {
        let name = value.township().and_then(|code| self.ledger.townships.name(code));
        name.map_or_else(|| value.township().map_or_else(String::new, |code| code.to_string()), str::to_owned)
    }

    /// The title of a record, if it leaves the office.
    fn title(&self, id: RecordId) -> String {
        let record = read::record(self.views, id).filter(|record| record.stream.travels());
        let title = record.and_then(|record| {
            let kind = self.ledger.catalogue.kinds.get(&record.kind)?;
            let title = record.fields.get(&kind.title).filter(|_| !kind.is_local(kind.title))?;
            if let Value::Text(title) = title { Some(title.clone()) } else { None }
        });
        title.unwrap_or_else(|| "—".to_owned())
    }
}

impl Disclosure {
    /// Records in all lists.
    pub fn records(&self) -> usize {
        self.lists.iter().map(|list| list.rows.len()).sum()
    }
}
