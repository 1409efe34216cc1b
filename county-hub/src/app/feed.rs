//! The days that others have in their calendars: meetings, seminars, classes, and last days for something. Which records
//! stand there, with which of their fields, is said by the catalogue (`[calendar]`).
//!
//! Not here: how a feed is written ([`shared::exchange::ics`]).

use shared::catalogue::model::{CalendarMark, EventMark, Kind};
use shared::ids::{RecordId, Site, TownshipCode};
use shared::ledger::Words;
use shared::program::{Failure, Text, text};
use shared::record::{Day, EntryFlags, Record, Value};
use shared::store::View;
use shared::view::read;

use super::App;
use super::viewer::{Sight, Viewer};
use crate::limits;

/// A record lies this many days before its event at most, where it is listed by another date.
const LEAD_DAYS: i32 = 366;

/// Which days are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Id of a kind; none: every kind that stands in a calendar.
    pub kind: Option<String>,
    /// Its own records, and the county's that are addressed to it; none: all that the viewer sees.
    pub township: Option<TownshipCode>,
}

/// How an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Confirmed,
    /// The last day for something.
    Deadline,
    /// It was announced and is off.
    Cancelled,
}

impl Standing {
    /// Frozen name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Deadline => "DEADLINE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// One event of one or more whole days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub record: RecordId,
    /// Frozen number of the deadline, for one.
    pub deadline: Option<u32>,
    pub kind: String,
    pub kind_label: Text,
    /// None: the county.
    pub township: Option<TownshipCode>,
    /// Name of the township or of the county.
    pub owner: String,
    pub title: Text,
    /// Empty: none is said.
    pub place: String,
    pub first: Day,
    /// Included.
    pub last: Day,
    pub rev: u32,
    /// Milliseconds since 1970.
    pub changed_at: i64,
    pub standing: Standing,
}

impl App {
    /// The events that a viewer sees, the earliest first: from [`limits::FEED_PAST_DAYS`] ago on, at most
    /// [`limits::FEED_EVENTS_MAX`], of more those that lie furthest ahead.
    ///
    /// # Errors
    /// `NotFound`: no such kind in the calendar; `Forbidden`: another township's days.
    pub fn report_events(&self, viewer: Viewer, wanted: &Wanted) -> Result<Vec<Event>, Failure> {
        let mut sight = self.sight(viewer);
        if let Some(code) = wanted.township {
            sight.need(code)?;
            sight = self.sight(Viewer::Township(code));
        }
        let marked: Vec<(&Kind, &CalendarMark)> =
            self.catalogue.kinds.values().filter_map(|kind| Some((kind, kind.calendar.as_ref()?))).collect();
        let chosen: Vec<_> = match &wanted.kind {
            None => marked,
            Some(id) => marked.into_iter().filter(|(kind, _)| kind.id == *id).collect(),
        };
        if chosen.is_empty() && wanted.kind.is_some() {
            let (zh, en) = ("日程里没有这种台账。", "There is no such kind in the calendar.");
            return Err(Failure::not_found(zh, en));
        }
        let from = self.today().plus(-limits::FEED_PAST_DAYS);
        let mut events = self.store.read(|views| {
            let search = Search { app: self, views, sight: &sight, from };
            let mut events = Vec::new();
            for (kind, mark) in &chosen {
                if let Some(event) = &mark.event {
                    search.events(kind, event, &mut events);
                }
            }
            search.deadlines(&chosen, &mut events);
            events
        });
        events.sort_by_key(|event| (event.first, event.record, event.deadline));
        let surplus = events.len().saturating_sub(limits::FEED_EVENTS_MAX);
        events.drain(..surplus);
        Ok(events)
    }
}

struct Search<'a> {
    app: &'a App,
    views: &'a dyn View,
    sight: &'a Sight,
    from: Day,
}

impl Search<'_> {
    fn events(&self, kind: &Kind, mark: &EventMark, found: &mut Vec<Event>) {
        let oldest = if kind.date == mark.start { self.from } else { self.from.plus(-LEAD_DAYS) };
        let townships = self.app.seen_towns(self.sight).into_iter().map(|town| Site::Township(town.code));
        for site in townships.chain([Site::Hub]) {
            read::list(self.views, kind.tag, site, None, &mut |line| {
                if line.day < oldest {
                    return false;
                }
                found.extend(self.record(line.id).and_then(|record| self.event(kind, mark, &record)));
                true
            });
        }
    }

    fn record(&self, id: RecordId) -> Option<Record> {
        read::record(self.views, id).filter(|record| self.sight.sees_record(self.views, record))
    }

    fn event(&self, kind: &Kind, mark: &EventMark, record: &Record) -> Option<Event> {
        let day = |tag: u32| match record.fields.get(&tag) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let off = record.flags.has(EntryFlags::VOIDED) || mark.cancelled.contains(&record.status);
        let standing = if off {
            Standing::Cancelled
        } else if mark.statuses.contains(&record.status) {
            Standing::Confirmed
        } else {
            return None;
        };
        let first = day(mark.start).filter(|day| *day >= self.from)?;
        let last = mark.end.and_then(day).unwrap_or(first).max(first);
        let place = match mark.place.and_then(|tag| record.fields.get(&tag)) {
            Some(Value::Text(place)) => place.clone(),
            _ => String::new(),
        };
        let title = self.title(record);
        let blank = self.blank(kind, record);
        Some(Event { title: text(&title, &title), place, first, last, standing, ..blank })
    }

    /// What is open; what is done is in nobody's way any more.
    fn deadlines(&self, chosen: &[(&Kind, &CalendarMark)], found: &mut Vec<Event>) {
        if chosen.iter().all(|(_, mark)| mark.deadlines.is_empty()) {
            return;
        }
        read::due(self.views, Day(i32::MAX), &mut |due| {
            let marked = chosen
                .iter()
                .find(|(kind, mark)| kind.tag == due.kind && mark.deadlines.contains(&due.deadline));
            if let Some((kind, _)) = marked.filter(|_| due.day >= self.from)
                && let Some(record) = self.record(due.id)
                && !record.flags.has(EntryFlags::VOIDED)
            {
                let label = self.app.catalogue.deadlines.get(&due.deadline).map(|deadline| &deadline.label);
                let title = self.title(&record);
                let of = |label: Option<&String>, colon: &str| match label {
                    Some(label) => format!("{label}{colon}{title}"),
                    None => title.clone(),
                };
                let title = text(of(label.map(|l| &l.zh), "："), of(label.map(|l| &l.en), ": "));
                let (deadline, standing) = (Some(due.deadline), Standing::Deadline);
                let blank = self.blank(kind, &record);
                found.push(Event { title, deadline, standing, first: due.day, last: due.day, ..blank });
            }
            true
        });
    }

    fn title(&self, record: &Record) -> String {
        Words { views: self.views, catalogue: &self.app.catalogue }.title(record.id)
    }

    /// What follows from the record alone.
    fn blank(&self, kind: &Kind, record: &Record) -> Event {
        let township = match record.stream.writer() {
            Site::Township(code) => Some(code),
            Site::Hub => None,
        };
        Event {
            record: record.id,
            deadline: None,
            kind: kind.id.clone(),
            kind_label: Text::from(&kind.label),
            township,
            owner: township.map_or_else(|| self.app.config.name.clone(), |code| self.app.towns().name(code)),
            title: text("", ""),
            place: String::new(),
            first: Day(0),
            last: Day(0),
            rev: record.rev,
            changed_at: record.changed_at,
            standing: Standing::Confirmed,
        }
    }
}
