//! Who has not signed for what (签收): for every published record of the county that asks townships to answer, and every
//! township that it is addressed to, whether it has been delivered and answered, and since when an answer is waited for.
//!
//! Which kinds ask is told by the catalogue: those to which a kind of the townships has a reaction that creates its
//! record. The answer is the record so made, once it has left the status in which the program made it or met a deadline that
//! began with it (a document is signed for before it is registered). No kind is named here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::catalogue::model::{Catalogue, Condition, Effect, Give, Kind, NodeKind, Owner, Response};
use shared::ids::{RecordId, Site, StreamName, TownshipCode};
use shared::ledger::Words;
use shared::program::{Failure, Text, rfc3339};
use shared::record::{Day, EntryFlags, Record, Step};
use shared::store::View;
use shared::sync::nights::{self, Down};
use shared::view::condition::Subject;
use shared::view::read::{self, Copied, Listed};
use shared::view::tables;

use super::App;
use super::ask::Ask;
use super::town::Town;
use super::viewer::{Sight, Viewer};
use crate::limits;

/// Working days after delivery within which an answer is in time.
const ANSWER_WORKING_DAYS: u32 = 1;

/// Which of them are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Id of the county's kind; none: every kind that asks.
    pub kind: Option<String>,
    pub township: Option<TownshipCode>,
    /// None: all but the answered ones.
    pub standing: Option<Standing>,
    /// Answered ones too, where no standing is named.
    #[serde(default)]
    pub all: bool,
    /// Dates of the county's records, `2026-01-01`; none: a year back.
    pub from: Option<String>,
    /// Lines of a page; a page ends with a whole record. 0 is [`limits::ACKS_DEFAULT`], at most [`limits::ACKS_MAX`].
    #[serde(default)]
    pub limit: u32,
    /// Mark that the page before ended with; empty for the first page.
    #[serde(default)]
    pub after: Vec<u8>,
}

/// How one township stands with one record. Names are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Its node is not known to have it.
    Undelivered,
    /// It has it, and may still answer in time.
    Waiting,
    /// It has had it for more than one working day.
    Overdue,
    Answered,
}

impl Standing {
    pub const ALL: [Self; 4] = [Self::Undelivered, Self::Waiting, Self::Overdue, Self::Answered];

    pub fn name(self) -> &'static str {
        match self {
            Self::Undelivered => "undelivered",
            Self::Waiting => "waiting",
            Self::Overdue => "overdue",
            Self::Answered => "answered",
        }
    }

    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Undelivered => ("未送达", "not delivered"),
            Self::Waiting => ("待签收", "waiting"),
            Self::Overdue => ("逾期未签收", "overdue"),
            Self::Answered => ("已签收", "answered"),
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// One township and one record that it is to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub record: RecordId,
    /// Id of the county's kind.
    pub kind: String,
    pub kind_label: Text,
    pub title: String,
    /// When it went into the stream that flows down to the township, RFC 3339.
    pub published: String,
    pub township: TownshipCode,
    pub township_name: String,
    /// When the hub first knew that the node has it.
    pub delivered: Option<String>,
    /// Id of the kind of the answer.
    pub answer_kind: String,
    /// The township's record, once it is here.
    pub answer: Option<RecordId>,
    pub answer_status: Option<Text>,
    /// When it left the status in which the program had made it, or met a deadline that began with it.
    pub answered: Option<String>,
    /// Last day on which the answer is in time; none while it is not delivered.
    pub due: Option<String>,
    /// Days since delivery while there is no answer.
    pub waiting_days: Option<i32>,
    pub standing: Standing,
}

/// A page of them: kind by kind, the newest record first, its townships by code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub from: String,
    pub lines: Vec<Line>,
    /// Mark for the next page; empty at the end.
    pub next: Vec<u8>,
}

/// How many records a township has not answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unanswered {
    pub undelivered: u32,
    pub waiting: u32,
    pub overdue: u32,
}

impl Ask for Wanted {
    type Answer = Answer;

    fn answer(self, app: &App) -> Result<Answer, Failure> {
        app.report_acks(Viewer::County, &self)
    }
}

/// A kind of the county that asks, and the kind that answers it.
struct Asking<'c> {
    kind: &'c Kind,
    answer: &'c Kind,
    /// Field of the answer that links to what it answers.
    link: u32,
    /// Status in which the program makes the answer.
    made: u32,
    /// Deadlines that begin with it.
    begun: Vec<u32>,
    /// When it is asked for; one of these holds.
    when: Vec<&'c Condition>,
}

fn asking(catalogue: &Catalogue) -> Vec<Asking<'_>> {
    let mut found: Vec<Asking<'_>> = Vec::new();
    for answer in catalogue.kinds.values().filter(|kind| kind.owner == Owner::Township) {
        for reaction in answer.reactions.iter().filter(|reaction| !reaction.voided) {
            let Response::Create { action, .. } = reaction.does else { continue };
            let link = reaction.set.iter().find(|(_, give)| matches!(give, Give::This)).map(|(tag, _)| *tag);
            let action = answer.actions.get(&action);
            let made = action.and_then(|action| action.to);
            let (Some(kind), Some(link), Some(made)) = (catalogue.kinds.get(&reaction.to), link, made) else {
                continue;
            };
            let starts = |effect: &Effect| match effect {
                Effect::Start { deadline, .. } => Some(*deadline),
                _ => None,
            };
            let begun = action.map(|action| action.effects.iter().filter_map(starts).collect());
            let begun = begun.unwrap_or_default();
            let twin = |asking: &&mut Asking<'_>| {
                (asking.kind.tag, asking.answer.tag, asking.link, asking.made)
                    == (kind.tag, answer.tag, link, made)
            };
            match found.iter_mut().find(twin) {
                Some(asking) => asking.when.push(&reaction.when),
                None => found.push(Asking { kind, answer, link, made, begun, when: vec![&reaction.when] }),
            }
        }
    }
    found.sort_by_key(|asking| (asking.kind.tag, asking.answer.tag));
    found
}

impl Asking<'_> {
    fn asked(&self, record: &Record) -> bool {
        self.when.iter().any(|when| Subject::of(record, None).holds(when))
    }

    /// Whether the record that the program made still waits for somebody.
    fn untouched(&self, answer: &Record) -> bool {
        let met = |deadline| answer.deadlines.get(deadline).is_some_and(|state| state.done.is_some());
        answer.status == self.made
            && self.answer.statuses.get(&self.made).is_some_and(|status| status.open)
            && !self.begun.iter().any(met)
    }

    fn answered_at(&self, answer: &Record) -> i64 {
        let meets = |effect: &Effect| matches!(effect, Effect::Meet { deadline, .. } if self.begun.contains(deadline));
        let met = |action: u32| {
            self.answer.actions.get(&action).is_some_and(|action| action.effects.iter().any(meets))
        };
        let moved = |step: &&Step| (step.status != 0 && step.status != self.made) || met(step.action);
        answer.steps.iter().find(moved).map_or(answer.created_at, |step| step.at)
    }
}

impl App {
    /// Acknowledgements of what the county has published, as far as a viewer sees the townships.
    ///
    /// # Errors
    /// `NotFound`: the kind asks for none; `Invalid`: a day or a mark is not one; `Forbidden`: another township's.
    pub fn report_acks(&self, viewer: Viewer, wanted: &Wanted) -> Result<Answer, Failure> {
        let mut sight = self.sight(viewer);
        if let Some(code) = wanted.township {
            sight.need(code)?;
            sight = self.sight(Viewer::Township(code));
        }
        let mut kinds = asking(&self.catalogue);
        if let Some(id) = &wanted.kind {
            kinds.retain(|asking| asking.kind.id == *id);
            if kinds.is_empty() {
                return Err(Failure::not_found(
                    format!("台账“{id}”不需要签收。"),
                    format!("Nobody is asked to sign for records of the kind \"{id}\"."),
                ));
            }
        }
        let from: Option<Day> = wanted.from.as_deref().map(str::parse).transpose()?;
        let from = from.unwrap_or_else(|| self.today().plus(-limits::ACKS_DAYS));
        let after = match wanted.after.as_slice() {
            [] => None,
            bytes => Some(
                read_mark(bytes)
                    .ok_or_else(|| Failure::invalid("分页标记有误。", "The mark of the page is wrong."))?,
            ),
        };
        let limit = match wanted.limit {
            0 => limits::ACKS_DEFAULT,
            limit => limit.min(limits::ACKS_MAX),
        } as usize;
        let shown = |standing: Standing| match wanted.standing {
            Some(only) => standing == only,
            None => wanted.all || standing != Standing::Answered,
        };
        let (lines, next) = self.store.read(|views| {
            let search = Search::new(self, views, &sight);
            let (mut lines, mut last, mut more) = (Vec::new(), None, false);
            search.records(&kinds, from, after, &mut |group, line, record| {
                if lines.len() >= limit {
                    more = true;
                    return false;
                }
                for asking in group {
                    lines
                        .extend(search.lines(asking, record).into_iter().filter(|line| shown(line.standing)));
                }
                last = Some((record.kind, line));
                true
            });
            let next = last.filter(|_| more).map_or_else(Vec::new, |(kind, line)| mark(kind, line));
            (lines, next)
        });
        Ok(Answer { from: from.to_string(), lines, next })
    }

    /// How many records of the last year each township that a viewer sees has not answered; those with none are left out.
    pub fn report_unanswered(&self, viewer: Viewer) -> BTreeMap<TownshipCode, Unanswered> {
        let sight = self.sight(viewer);
        let kinds = asking(&self.catalogue);
        let from = self.today().plus(-limits::ACKS_DAYS);
        let mut counts: BTreeMap<TownshipCode, Unanswered> = BTreeMap::new();
        self.store.read(|views| {
            let search = Search::new(self, views, &sight);
            search.records(&kinds, from, None, &mut |group, _, record| {
                for line in group.iter().flat_map(|asking| search.lines(asking, record)) {
                    let count = counts.entry(line.township).or_default();
                    match line.standing {
                        Standing::Undelivered => count.undelivered += 1,
                        Standing::Waiting => count.waiting += 1,
                        Standing::Overdue => count.overdue += 1,
                        Standing::Answered => {}
                    }
                }
                true
            });
        });
        counts.retain(|_, count| *count != Unanswered::default());
        counts
    }
}

struct Search<'a> {
    app: &'a App,
    views: &'a dyn View,
    towns: Vec<Town>,
    today: Day,
}

impl<'a> Search<'a> {
    fn new(app: &'a App, views: &'a dyn View, sight: &Sight) -> Self {
        Self { app, views, towns: app.seen_towns(sight), today: app.today() }
    }

    /// The county's records that ask, with all that is asked of each; kind by kind, the newest first.
    fn records<'k, 'c>(
        &self,
        kinds: &'k [Asking<'c>],
        from: Day,
        after: Option<(u32, Listed)>,
        visit: &mut dyn FnMut(&'k [Asking<'c>], Listed, &Record) -> bool,
    ) {
        for group in kinds.chunk_by(|one, other| one.kind.tag == other.kind.tag) {
            let Some(tag) = group.first().map(|asking| asking.kind.tag) else { continue };
            let behind = match after {
                Some((kind, _)) if tag < kind => continue,
                Some((kind, line)) if tag == kind => Some(line),
                _ => None,
            };
            let mut open = true;
            read::list(self.views, tag, Site::Hub, behind, &mut |line| {
                if line.day < from {
                    return false;
                }
                let record = read::record(self.views, line.id);
                let record =
                    record.filter(|record| record.stream.travels() && !record.flags.has(EntryFlags::VOIDED));
                if let Some(record) = record {
                    open = visit(group, line, &record);
                }
                open
            });
            if !open {
                return;
            }
        }
    }

    /// One line for each township that the record is addressed to and that is or was asked.
    fn lines(&self, asking: &Asking<'_>, record: &Record) -> Vec<Line> {
        let copies = read::copied(self.views, record.id);
        let answers: BTreeMap<TownshipCode, Record> =
            read::linking_by(self.views, record.id, asking.answer.tag, asking.link)
                .into_iter()
                .filter_map(|id| read::record(self.views, id))
                .filter(|answer| !answer.flags.has(EntryFlags::VOIDED))
                .filter_map(|answer| match answer.stream {
                    StreamName::Township(code) => Some((code, answer)),
                    _ => None,
                })
                .collect();
        let asked = asking.asked(record);
        let keeps = |kind: NodeKind| asking.answer.nodes.contains(&kind);
        let mut lines = Vec::new();
        for town in self.towns.iter().filter(|town| keeps(town.kind)) {
            let answer = answers.get(&town.code).filter(|answer| !asking.untouched(answer));
            let Some(copy) = addressed(&copies, town.code).filter(|_| asked || answer.is_some()) else {
                continue;
            };
            lines.push(self.line(asking, record, town, copy, answers.get(&town.code), answer.is_some()));
        }
        lines
    }

    fn line(
        &self,
        asking: &Asking<'_>,
        record: &Record,
        town: &Town,
        copy: Copied,
        answer: Option<&Record>,
        answered: bool,
    ) -> Line {
        let down = if copy.stream == StreamName::DownAll { Down::All } else { Down::Own };
        let delivered = nights::handed(self.views, town.code, down, copy.seq);
        let day = delivered.map(Day::beijing);
        let due = day.map(|day| self.app.legal.calendar().plus_working_days(day, ANSWER_WORKING_DAYS));
        let standing = match due {
            _ if answered => Standing::Answered,
            None => Standing::Undelivered,
            Some(due) if self.today > due => Standing::Overdue,
            Some(_) => Standing::Waiting,
        };
        let label = answer.map(|answer| match asking.answer.statuses.get(&answer.status) {
            Some(status) => Text::from(&status.label),
            None => shared::program::text(answer.status.to_string(), answer.status.to_string()),
        });
        let words = Words { views: self.views, catalogue: &self.app.catalogue };
        Line {
            record: record.id,
            kind: asking.kind.id.clone(),
            kind_label: Text::from(&asking.kind.label),
            title: words.title(record.id),
            published: rfc3339(copy.at),
            township: town.code,
            township_name: town.name.clone(),
            delivered: delivered.map(rfc3339),
            answer_kind: asking.answer.id.clone(),
            answer: answer.map(|answer| answer.id),
            answer_status: label,
            answered: answer.filter(|_| answered).map(|answer| rfc3339(asking.answered_at(answer))),
            due: due.map(|day| day.to_string()),
            waiting_days: day.filter(|_| !answered).map(|day| self.today.0.saturating_sub(day.0)),
            standing,
        }
    }
}

/// The way by which a record reaches a township: its own stream before that of everybody.
fn addressed(copies: &[Copied], township: TownshipCode) -> Option<Copied> {
    let by = |stream: StreamName| copies.iter().find(|copy| copy.stream == stream).copied();
    by(StreamName::Down(township)).or_else(|| by(StreamName::DownAll))
}

/// Where a page ended: kind, day and id of its last record.
fn mark(kind: u32, line: Listed) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &tables::day_bytes(line.day), line.id.as_bytes()].concat()
}

fn read_mark(bytes: &[u8]) -> Option<(u32, Listed)> {
    let (kind, rest) = bytes.split_first_chunk::<4>()?;
    let (day, id) = rest.split_first_chunk::<4>()?;
    let day = Day((u32::from_be_bytes(*day) ^ 0x8000_0000) as i32);
    let id = RecordId::from_bytes(id.try_into().ok()?);
    Some((u32::from_be_bytes(*kind), Listed { owner: Site::Hub, day, id }))
}
