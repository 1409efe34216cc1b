//! What a search found, in words.

use serde::Serialize;

use super::{Ledger, Words, short, words};
use crate::catalogue::model::Kind;
use crate::code::ErrorCode;
use crate::ids::RecordId;
use crate::limits::SEARCH_FOUND_MAX;
use crate::program::{Failure, Text};
use crate::record::{EntryFlags, Fields, Record, Value};
use crate::search::{Excerpt, Query, Search};
use crate::store::View;
use crate::view::read;

/// Records in which every word of a search stands, what changed last first.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// There are more than were asked for.
    pub more: bool,
    /// Records that are not searched yet, because the program has just started.
    pub waiting: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct Hit {
    pub id: RecordId,
    pub short: String,
    /// Id of the kind.
    pub kind: String,
    pub kind_label: Text,
    pub title: String,
    pub number: Option<Text>,
    pub date: Option<String>,
    pub status_label: Text,
    pub voided: bool,
    /// The first field that holds the first word, where the title does not.
    pub place: Option<Place>,
}

/// A field in which a word stands.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    pub label: Text,
    pub excerpt: Excerpt,
}

impl Ledger<'_> {
    /// What a search finds of one kind, or of all. At most `limit` records, and never more than [`SEARCH_FOUND_MAX`].
    ///
    /// # Errors
    /// `NotFound`: no such kind; `Invalid`: nothing to look for.
    pub fn found(
        &self,
        search: &Search,
        text: &str,
        kind: Option<&str>,
        limit: usize,
    ) -> Result<Found, Failure> {
        let query = Query::read(text);
        if query.is_empty() {
            return Err(Failure::new(ErrorCode::Invalid, "请写出要找的字词。", "Say what to look for."));
        }
        let of = kind.map(|name| self.kind(name)).transpose()?.map(|kind| kind.tag);
        let limit = limit.clamp(1, SEARCH_FOUND_MAX);
        self.store.read(|views| {
            let mut found = Found { hits: Vec::new(), more: false, waiting: search.waiting() };
            search.find(&query, &|tag| of.is_none_or(|of| of == tag), &mut |id| {
                found.more = found.hits.len() == limit;
                if !found.more {
                    found.hits.extend(self.hit(views, id, &query));
                }
                !found.more
            });
            Ok(found)
        })
    }

    fn hit(&self, views: &dyn View, id: RecordId, query: &Query) -> Option<Hit> {
        let record = read::record(views, id)?;
        let kind = self.catalogue.kinds.get(&record.kind)?;
        let local = self.own(views, &record);
        let told = Words { views, catalogue: self.catalogue };
        let title = told.title(id);
        let first = query.words().first()?;
        let place = match Excerpt::of(&title, first) {
            Some(_) => None,
            None => place(told, kind, &record, &local, first),
        };
        let date = match record.fields.get(&kind.date) {
            Some(Value::Date(day)) => Some(day.to_string()),
            _ => None,
        };
        Some(Hit {
            id,
            short: short(id),
            kind: kind.id.clone(),
            kind_label: Text::from(&kind.label),
            title,
            number: told.number(&record, &local),
            date,
            status_label: words::status(Some(kind), record.status).1,
            voided: record.flags.has(EntryFlags::VOIDED),
            place,
        })
    }
}

fn place(told: Words<'_>, kind: &Kind, record: &Record, local: &Fields, word: &str) -> Option<Place> {
    let fields = kind.form.iter().flat_map(|section| &section.fields);
    fields.filter_map(|tag| kind.fields.get(tag)).find_map(|field| {
        let value = record.fields.get(&field.tag).or_else(|| local.get(&field.tag))?;
        let excerpt = Excerpt::of(&told.cell(Some(field), value).zh, word)?;
        Some(Place { label: Text::from(&field.label), excerpt })
    })
}
