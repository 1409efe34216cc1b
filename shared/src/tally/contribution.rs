//! What one record adds to the measures of its kind.

use crate::catalogue::model::{Address, Addressees, By, Kind, Measure, Of, On, Source, Window};
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::record::{Day, DeadlineState, EntryFlags, Record, Value};
use crate::view::condition::Subject;

/// Whom a record counts for: a township, a district as a whole, or the county as a whole. As a number it is the
/// township's code; with the highest bit set, 31 bits drawn from the district's record id; or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(pub u32);

impl Unit {
    pub const COUNTY: Self = Self(0);

    pub fn township(code: TownshipCode) -> Self {
        Self(code.number())
    }

    /// Districts are few, so 31 bits of a hash tell them apart.
    pub fn district(id: RecordId) -> Self {
        let hash = blake3::hash(id.as_bytes());
        let [a, b, c, d, ..] = *hash.as_bytes();
        Self(u32::from_be_bytes([a, b, c, d]) | 0x8000_0000)
    }
}

/// One number of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub unit: Unit,
    /// See [`shelf`].
    pub window: u8,
    pub measure: u32,
    /// Of a measure that is split: the frozen id of the choice, 0 where the field is empty. Of one that counts values: the
    /// [`key`] of the value. Of a spread: the days, as a zigzag number. Else 0.
    pub split: u64,
    pub day: Day,
    pub sum: i64,
}

/// The cells of a record. Void records, drafts of the county and records that never leave their office have none.
pub fn contribution(kind: &Kind, record: &Record) -> Vec<Cell> {
    if kind.measures.is_empty() {
        return Vec::new();
    }
    let Some(unit) = standing(kind, record) else { return Vec::new() };
    let subject = Subject::of(record, None);
    let mut cells = Vec::with_capacity(kind.measures.len());
    for measure in &kind.measures {
        if subject.holds(&measure.condition) {
            add(&mut |_, cell| cells.push(cell), unit, measure, &subject);
        }
    }
    cells
}

/// The cells of one measure of its kind that a record has, each with the number of the child row that it comes of.
pub(super) fn contribution_to(kind: &Kind, measure: &Measure, record: &Record) -> Vec<(Option<u32>, Cell)> {
    let Some(unit) = standing(kind, record) else { return Vec::new() };
    let subject = Subject::of(record, None);
    let mut cells = Vec::new();
    if subject.holds(&measure.condition) {
        add(&mut |row, cell| cells.push((row, cell)), unit, measure, &subject);
    }
    cells
}

/// For whom a record counts; `None` if it does not.
pub(super) fn standing(kind: &Kind, record: &Record) -> Option<Unit> {
    let stands = !record.flags.has(EntryFlags::VOIDED) && counts(kind, record);
    stands.then(|| unit(kind, record))
}

/// What travels counts; and so does what the hub keeps for itself by the kind's own rule, once it is no draft.
fn counts(kind: &Kind, record: &Record) -> bool {
    let draft = || kind.statuses.get(&record.status).is_some_and(|status| status.draft);
    let kept = record.stream == StreamName::Local(Site::Hub) && kind.address == Address::Nobody;
    record.stream.travels() || (kept && !draft())
}

fn unit(kind: &Kind, record: &Record) -> Unit {
    if let StreamName::Township(code) | StreamName::Local(Site::Township(code)) = record.stream {
        return Unit::township(code);
    }
    match (&kind.address, kind.address.of(&record.fields)) {
        (Address::TownshipIn(_), Ok(Addressees::Townships(codes))) => {
            codes.first().map_or(Unit::COUNTY, |code| Unit::township(*code))
        }
        (_, Ok(Addressees::District(id))) => Unit::district(id),
        _ => Unit::COUNTY,
    }
}

/// Which of the rows of a month a measure's cells stand in, so that the many cells of values and spreads are not read
/// with the few of plain counts: 0 or 2 of what is asked by period, 1 or 3 of what is judged by other days.
pub fn shelf(measure: &Measure) -> u8 {
    let many = measure.by.is_some() || matches!(measure.of, Of::Spread { .. });
    u8::from(measure.window != Window::Period) + 2 * u8::from(many)
}

/// Where the cells of what still runs stand, of a measure that counts by due days in a period: it counts once its day is
/// over, so it is judged by another day too.
pub fn running_shelf(measure: &Measure) -> Option<u8> {
    let due = matches!(measure.on, On::Due(_)) && measure.window == Window::Period;
    due.then(|| shelf(measure) + 1)
}

/// All shelves.
pub const SHELVES: [u8; 4] = [0, 1, 2, 3];

/// Takes back what a record with several choices counts too often in the total. No choice has this number.
pub const OVERLAP: u64 = u64::MAX;

/// The number by which a measure knows a value: choices and townships by their own, records and texts by the first 8 bytes
/// of a BLAKE3. An office counts some thousands of them, so two of 2⁶⁴ meet about once in a million million years of work.
pub fn key(value: &Value) -> Option<u64> {
    let hash = |bytes: &[u8]| {
        let hash = blake3::hash(bytes);
        hash.as_bytes().first_chunk::<8>().map(|head| u64::from_be_bytes(*head))
    };
    match value {
        Value::Choice(id) => Some(u64::from(*id)),
        Value::Number(number) => u64::try_from(*number).ok(),
        Value::Link(id) => hash(id.as_bytes()),
        Value::Text(text) => {
            Some(text.trim()).filter(|text| !text.is_empty()).and_then(|text| hash(text.as_bytes()))
        }
        _ => None,
    }
}

/// Days that may be fewer than none, as the number of a cell.
pub fn zigzag(days: i64) -> u64 {
    ((days << 1) ^ (days >> 63)) as u64
}

/// The days of such a number.
pub fn unzigzag(number: u64) -> i64 {
    ((number >> 1) as i64) ^ -((number & 1) as i64)
}

fn add(put: &mut impl FnMut(Option<u32>, Cell), unit: Unit, measure: &Measure, record: &Subject<'_>) {
    let Some(scope) = &measure.rows else {
        return count(&mut |cell| put(None, cell), unit, measure, record, record);
    };
    let Some(Value::List(rows)) = record.fields.get(&scope.field) else { return };
    for (nth, row) in (0u32..).zip(rows) {
        let Value::Group(fields) = row else { continue };
        let row = Subject { fields, local: None, ..*record };
        if row.holds(&scope.condition) {
            count(&mut |cell| put(Some(nth), cell), unit, measure, record, &row);
        }
    }
}

/// The cells of a record, or of one of its rows: `of` looks at `scope`.
fn count(
    put: &mut impl FnMut(Cell),
    unit: Unit,
    measure: &Measure,
    record: &Subject<'_>,
    scope: &Subject<'_>,
) {
    let value = |source: Source| match source {
        Source::Field(tag) => record.fields.get(&tag),
        Source::Column(tag) => scope.fields.get(&tag),
        Source::Unit => None,
    };
    let unit = match measure.township {
        Some(source) => value(source).and_then(Value::township).map_or(Unit::COUNTY, Unit::township),
        None => unit,
    };
    let Some(sum) = number(&measure.of, scope) else { return };
    let splits = match (&measure.of, measure.by, measure.split) {
        (Of::Spread { from, to }, ..) => {
            let days = days(scope, *from, *to).unwrap_or_default();
            vec![(zigzag(days), sum)]
        }
        (_, Some(By { source: Source::Unit, .. }), _) => {
            let office = TownshipCode::from_number(unit.0);
            office.into_iter().map(|code| (u64::from(code.number()), sum)).collect()
        }
        (_, Some(by), _) => keys(value(by.source)).into_iter().map(|key| (key, sum)).collect(),
        (.., Some(source)) => parts(value(source), sum),
        _ => vec![(0, sum)],
    };
    let runs = |deadline| record.deadlines.get(&deadline).is_some_and(DeadlineState::open);
    let window = match measure.on {
        On::Due(deadline) if runs(deadline) => running_shelf(measure).unwrap_or_else(|| shelf(measure)),
        _ => shelf(measure),
    };
    let mut on = |day: Option<Day>, sign: i64| {
        // A day outside the calendar of the product can only be a slip of the pen; it counts once it is put right.
        let Some(day) = day.filter(|day| (1900..=2200).contains(&day.year())) else { return };
        for &(split, sum) in splits.iter().filter(|(_, sum)| *sum != 0) {
            let sum = sum.wrapping_mul(sign);
            put(Cell { unit, window, measure: measure.tag, split, day, sum });
        }
    };
    match measure.on {
        On::Field(tag) => on(date(record, tag), 1),
        On::Column(tag) => on(date(scope, tag), 1),
        On::Due(deadline) => on(record.deadlines.get(&deadline).map(|d| d.effective_due), 1),
        On::Span { from, or, to } => {
            let from = date(record, from).or_else(|| date(record, or?));
            on(from, 1);
            on(from.and(date(record, to)), -1);
        }
    }
}

fn date(subject: &Subject<'_>, tag: u32) -> Option<Day> {
    match subject.fields.get(&tag) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    }
}

fn days(subject: &Subject<'_>, from: u32, to: u32) -> Option<i64> {
    date(subject, from).zip(date(subject, to)).map(|(from, to)| i64::from(to.0) - i64::from(from.0))
}

/// What a record, or a row, counts for; `None` where it is no case.
fn number(of: &Of, scope: &Subject<'_>) -> Option<i64> {
    Some(match *of {
        Of::Count => 1,
        Of::Sum(tag) => match scope.fields.get(&tag) {
            Some(Value::Number(n)) => *n,
            Some(Value::Decimal(d)) => d.thousandths(),
            _ => 0,
        },
        Of::Days { from, to } => days(scope, from, to).unwrap_or(0),
        Of::Spread { from, to } => days(scope, from, to).map(|_| 1)?,
        Of::Values(tag) => match scope.fields.get(&tag) {
            Some(Value::List(values)) => values.len() as i64,
            _ => 0,
        },
    })
}

/// The distinct keys of a value, or of the values of a list.
fn keys(value: Option<&Value>) -> Vec<u64> {
    let mut keys: Vec<u64> = match value {
        Some(Value::List(values)) => values.iter().filter_map(key).collect(),
        Some(value) => key(value).into_iter().collect(),
        None => Vec::new(),
    };
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A number by the choice that it belongs to; with several choices each has it whole, and the total has it once.
fn parts(value: Option<&Value>, sum: i64) -> Vec<(u64, i64)> {
    match value {
        Some(Value::Choice(id)) => vec![(u64::from(*id), sum)],
        Some(Value::Flag(true)) => vec![(1, sum)],
        Some(list @ Value::List(values)) if !values.is_empty() => {
            let keys = keys(Some(list));
            let surplus = keys.len() as i64 - 1;
            let parts = keys.into_iter().map(|key| (key, sum));
            parts.chain([(OVERLAP, sum.wrapping_mul(-surplus))]).collect()
        }
        _ => vec![(0, sum)],
    }
}
