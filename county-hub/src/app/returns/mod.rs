//! What the townships owe (returns, by the lines of kinds that the catalogue marks as `[expected]`), what has come, and why
//! the rest has not.
//!
//! Four kinds of missing, told apart by what is really known: [`State::NotDue`]; [`State::NotMarked`]: the office has been
//! heard of since the last day, and had not marked it complete; [`State::NotArrived`]: it may be complete there, but its node
//! has not been heard of since, or broke off; [`State::Held`]: it came and could not be counted, with the reason.
//!
//! [`check`] compares what is reported with what the records that came up add up to (G8); [`late`] says how much is entered
//! late (G6). Not here: the rules of the lines themselves (the catalogue).

pub mod check;
pub mod late;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::catalogue::model::{Expected, Kind};
use shared::ids::{RecordId, StreamName, TownshipCode};
use shared::limits;
use shared::program::{Failure, Text, beijing_day, text};
use shared::record::{Day, Entry, EntryFlags, Record, Value};
use shared::store::View;
use shared::stream::Item;
use shared::tally::{LastSync, Period};
use shared::view::held::{self, HeldEntry};
use shared::view::read;

use super::App;
use super::coverage::{Coverage, last_sync};
use super::district::Groups;

/// Held entries of one township that are looked through.
const HELD_SEEN: usize = 1_000;

/// What is owed for a period, township by township.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ask {
    /// As people write it; this year if it is not given. What is owed for a period within it is shown.
    pub period: Option<String>,
}

/// Townships down, what is owed across.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Matrix {
    pub today: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub coverage: Coverage,
}

/// One thing that is owed: a return of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Id of the kind of the lines.
    pub kind: String,
    pub title: String,
    /// Key of what sorts it, such as `MONTH`; empty without.
    pub group: String,
    pub from: String,
    pub to: String,
    /// Townships that owe it, those from which it came, and those from which it came by the last day.
    pub expected: u32,
    pub came: u32,
    pub in_time: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    pub township: TownshipCode,
    pub name: String,
    pub district: Option<String>,
    /// One for each column.
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Nothing is owed.
    None,
    /// It has come.
    Came,
    NotDue,
    NotMarked,
    NotArrived,
    Held,
}

impl State {
    pub fn label(self) -> Text {
        match self {
            Self::None => text("—", "—"),
            Self::Came => text("已收到", "came"),
            Self::NotDue => text("未到期", "not due"),
            Self::NotMarked => text("未完成", "not complete"),
            Self::NotArrived => text("未到达", "not arrived"),
            Self::Held => text("到达被搁置", "held"),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cell {
    pub state: State,
    /// Status of the county's line.
    pub status: Option<Text>,
    pub line: Option<RecordId>,
    pub due: Option<String>,
    pub arrived_on: Option<String>,
    /// Whether it came by the last day.
    pub in_time: Option<bool>,
    /// What is known beyond the state.
    pub detail: Option<Text>,
}

impl Cell {
    fn nothing() -> Self {
        let (state, status, line, due, arrived_on, in_time, detail) =
            (State::None, None, None, None, None, None, None);
        Self { state, status, line, due, arrived_on, in_time, detail }
    }
}

/// One line of the county, as far as it says what is owed.
pub(super) struct Line<'k> {
    pub(super) kind: &'k Kind,
    pub(super) mark: &'k Expected,
    pub(super) record: Record,
    pub(super) township: TownshipCode,
    pub(super) from: Day,
    pub(super) to: Day,
    due: Day,
    arrived: Option<Day>,
}

impl<'k> Line<'k> {
    fn read(kind: &'k Kind, mark: &'k Expected, record: Record) -> Option<Self> {
        let day = |tag: u32| match record.fields.get(&tag) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let township = record.fields.get(&mark.township).and_then(Value::township)?;
        let (from, to, due, arrived) = (day(mark.from)?, day(mark.to)?, day(mark.due)?, day(mark.arrived));
        Some(Self { kind, mark, record, township, from, to, due, arrived })
    }

    /// The township's record that has come.
    pub(super) fn answer(&self) -> Option<RecordId> {
        self.arrived?;
        match self.record.fields.get(&self.mark.answer) {
            Some(Value::Link(id)) => Some(*id),
            _ => None,
        }
    }
}

/// What is owed for periods within one, the lines that are not void, oldest period first.
pub(super) fn lines<'a>(app: &'a App, views: &dyn View, period: Period) -> Vec<Line<'a>> {
    let marked =
        app.catalogue.kinds.values().filter_map(|kind| Some((kind, kind.returns.expected.as_ref()?)));
    let mut lines = Vec::new();
    for (kind, mark) in marked {
        read::list_all(views, kind.tag, &mut |listed| {
            let record =
                read::record(views, listed.id).filter(|record| !record.flags.has(EntryFlags::VOIDED));
            let line = record.and_then(|record| Line::read(kind, mark, record));
            lines.extend(line.filter(|line| period.from <= line.from && line.to <= period.to));
            true
        });
    }
    lines.sort_by_key(|line| (line.kind.tag, line.from, line.to, line.township));
    lines
}

/// Townships of which a return for just this period is expected and has not come.
pub(super) fn unreturned(app: &App, views: &dyn View, period: Period) -> BTreeSet<TownshipCode> {
    let owed = lines(app, views, period).into_iter();
    let owed = owed.filter(|line| (line.from, line.to) == (period.from, period.to));
    owed.filter(|line| line.arrived.is_none()).map(|line| line.township).collect()
}

impl super::ask::Ask for Ask {
    type Answer = Matrix;

    fn answer(self, app: &App) -> Result<Matrix, Failure> {
        let period = period_or_year(app, self.period.as_deref())?;
        let groups = Groups::read(app);
        let (columns, mut cells) = app.store.read(|views| matrix(app, views, period));
        let mut codes: Vec<TownshipCode> = app.towns().iter().map(|town| town.code).collect();
        // A township that left the county's list still owed what it owed.
        codes
            .extend(cells.keys().filter(|code| app.towns().get(code).is_none()).copied().collect::<Vec<_>>());
        let row = |code: TownshipCode| {
            let mut found = cells.remove(&code).unwrap_or_default();
            let cells =
                (0..columns.len()).map(|nth| found.remove(&nth).unwrap_or_else(Cell::nothing)).collect();
            let (name, district) = (app.towns().name(code), groups.name(code, app.today()));
            Row { township: code, name, district, cells }
        };
        let rows = codes.into_iter().map(row).collect();
        Ok(Matrix { today: app.today().to_string(), columns, rows, coverage: app.coverage() })
    }
}

/// A period as people write it; none is the calendar year of today.
pub(super) fn period_or_year(app: &App, period: Option<&str>) -> Result<Period, Failure> {
    match period {
        Some(period) => shared::ledger::period_named(period),
        None => shared::ledger::period_named(&app.today().year().to_string()),
    }
}

type Cells = BTreeMap<TownshipCode, BTreeMap<usize, Cell>>;

fn matrix(app: &App, views: &dyn View, period: Period) -> (Vec<Column>, Cells) {
    let mut columns: Vec<Column> = Vec::new();
    let mut cells = Cells::new();
    let mut known: BTreeMap<TownshipCode, Office> = BTreeMap::new();
    for line in lines(app, views, period) {
        let office = known.entry(line.township).or_insert_with(|| Office::read(views, line.township));
        let cell = cell(app, views, &line, office);
        let column = column(&line);
        let same = |other: &Column| {
            (&other.kind, &other.group, &other.from, &other.to)
                == (&column.kind, &column.group, &column.from, &column.to)
        };
        let nth = columns.iter().position(same).unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        });
        if let Some(column) = columns.get_mut(nth) {
            column.expected += 1;
            column.came += u32::from(cell.state == State::Came);
            column.in_time += u32::from(cell.in_time == Some(true));
        }
        cells.entry(line.township).or_default().insert(nth, cell);
    }
    (columns, cells)
}

fn column(line: &Line<'_>) -> Column {
    let group = line.mark.group.and_then(|tag| match line.record.fields.get(&tag) {
        Some(Value::Choice(id)) => line.kind.fields.get(&tag)?.choice(*id).map(|choice| choice.key.clone()),
        _ => None,
    });
    let title = match line.record.fields.get(&line.kind.title) {
        Some(Value::Text(title)) => title.clone(),
        _ => String::new(),
    };
    Column {
        kind: line.kind.id.clone(),
        title,
        group: group.unwrap_or_default(),
        from: line.from.to_string(),
        to: line.to.to_string(),
        expected: 0,
        came: 0,
        in_time: 0,
    }
}

/// What is known of one office.
struct Office {
    last: Option<LastSync>,
    held: Vec<HeldEntry>,
}

impl Office {
    fn read(views: &dyn View, code: TownshipCode) -> Self {
        let held = held::list(views, Some(StreamName::Township(code)), HELD_SEEN);
        Self { last: last_sync(views, code), held }
    }
}

fn cell(app: &App, views: &dyn View, line: &Line<'_>, office: &Office) -> Cell {
    let status = line.kind.statuses.get(&line.record.status).map(|status| Text::from(&status.label));
    let (state, detail) = state(app, views, line, office);
    Cell {
        state,
        status,
        line: Some(line.record.id),
        due: Some(line.due.to_string()),
        arrived_on: line.arrived.map(|day| day.to_string()),
        in_time: line.arrived.map(|_| first_arrival(line)),
        detail,
    }
}

/// Whether it came by the last day: by the day on which it first came, where the line's own rules keep that.
fn first_arrival(line: &Line<'_>) -> bool {
    // What was returned and came again was in time if it first was: the deadline of the line was met then.
    let met = line.record.deadlines.values().find(|deadline| deadline.raw_due == line.due);
    match met.and_then(|deadline| deadline.done) {
        Some(done) => done <= line.due,
        None => line.arrived.is_some_and(|day| day <= line.due),
    }
}

fn state(app: &App, views: &dyn View, line: &Line<'_>, office: &Office) -> (State, Option<Text>) {
    if line.arrived.is_some() {
        return (State::Came, None);
    }
    let answers = line.kind.answers(line.mark, &app.catalogue);
    let theirs =
        answers.map_or_else(Vec::new, |(kind, back)| read::linking_by(views, line.record.id, kind.tag, back));
    let ours = |entry: &&HeldEntry| {
        let known = entry.record.is_some_and(|id| theirs.contains(&id));
        known
            || answers
                .is_some_and(|(kind, back)| kind.tag == entry.kind && names(app, entry, back, line.record.id))
    };
    if let Some(entry) = office.held.iter().find(ours) {
        let (zh, en) = entry.code.label();
        return (
            State::Held,
            Some(text(format!("{zh}（{}）", entry.detail), format!("{en} ({})", entry.detail))),
        );
    }
    if app.today() <= line.due {
        return (State::NotDue, None);
    }
    let stands = theirs.into_iter().filter_map(|id| read::record(views, id));
    let stands = stands.filter(|record| !record.flags.has(EntryFlags::VOIDED)).last();
    let label = stands
        .and_then(|record| answers?.0.statuses.get(&record.status))
        .map(|status| Text::from(&status.label));
    let as_known = match &label {
        Some(label) => text(format!("乡镇现为“{}”", label.zh), format!("now \"{}\" there", label.en)),
        None => text("乡镇还没有打开", "not opened there"),
    };
    match office.last {
        None => (State::NotArrived, Some(text("从未同步", "never heard of"))),
        Some(last) if beijing_day(last.at_ms) <= line.due => {
            let day = beijing_day(last.at_ms);
            let (zh, en) = (format!("{}后没有联系", day.chinese()), format!("not heard of since {day}"));
            (State::NotArrived, Some(text(zh, en)))
        }
        Some(last) if last.partial => {
            let day = beijing_day(last.at_ms);
            let zh = format!("{}的同步中断，可能还有未传到的", day.chinese());
            (State::NotArrived, Some(text(zh, format!("the exchange of {day} broke off"))))
        }
        Some(_) => (State::NotMarked, Some(as_known)),
    }
}

/// Whether a held entry says that it answers the line.
fn names(app: &App, entry: &HeldEntry, back: u32, line: RecordId) -> bool {
    let run =
        app.store.run(entry.stream, entry.seq..=entry.seq, limits::FRAME_BYTES_MAX, limits::FRAME_BYTES_MAX);
    let item = run.ok().flatten().and_then(|frame| frame.items.into_iter().next());
    let Some(Item::Entry(bytes)) = item else { return false };
    Entry::decode(&bytes).is_ok_and(|entry| entry.set.get(&back) == Some(&Value::Link(line)))
}
