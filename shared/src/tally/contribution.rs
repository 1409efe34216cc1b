//! What one record adds to the measures of its kind.

use crate::catalogue::model::{Address, Kind, Measure, Of, On, Window};
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::record::{Day, EntryFlags, Record, Value};
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
    /// 0: summed over the days of a period; 1: summed up to, or from, a day of judgement.
    pub window: u8,
    pub measure: u32,
    /// Frozen id of the choice; 0 where the measure is not split or the field is empty.
    pub split: u32,
    pub day: Day,
    pub sum: i64,
}

/// The cells of a record. Void records, drafts of the county and records that never leave their office have none.
pub fn contribution(kind: &Kind, record: &Record) -> Vec<Cell> {
    if kind.measures.is_empty() || record.flags.has(EntryFlags::VOIDED) || !counts(kind, record) {
        return Vec::new();
    }
    let subject = Subject::of(record, None);
    let unit = unit(kind, record);
    let mut cells = Vec::with_capacity(kind.measures.len());
    for measure in &kind.measures {
        if subject.holds(&measure.condition) {
            add(&mut cells, unit, measure, &subject);
        }
    }
    cells
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
    match &kind.address {
        Address::TownshipIn(field) => match record.fields.get(field) {
            Some(Value::Number(n)) => u32::try_from(*n)
                .ok()
                .and_then(TownshipCode::from_number)
                .map_or(Unit::COUNTY, Unit::township),
            _ => Unit::COUNTY,
        },
        Address::DistrictIn(field) => match record.fields.get(field) {
            Some(Value::Link(id)) => Unit::district(*id),
            _ => Unit::COUNTY,
        },
        Address::All | Address::Nobody => Unit::COUNTY,
    }
}

fn add(cells: &mut Vec<Cell>, unit: Unit, measure: &Measure, subject: &Subject<'_>) {
    let date = |tag: u32| match subject.fields.get(&tag) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let sum = match measure.of {
        Of::Count => 1,
        Of::Sum(tag) => match subject.fields.get(&tag) {
            Some(Value::Number(n)) => *n,
            Some(Value::Decimal(d)) => d.thousandths(),
            _ => 0,
        },
        Of::Days { from, to } => match (date(from), date(to)) {
            (Some(from), Some(to)) => i64::from(to.0) - i64::from(from.0),
            _ => 0,
        },
        Of::Values(tag) => match subject.fields.get(&tag) {
            Some(Value::List(values)) => values.len() as i64,
            _ => 0,
        },
    };
    let split = match measure.split.and_then(|tag| subject.fields.get(&tag)) {
        Some(Value::Choice(id)) => *id,
        Some(Value::Flag(true)) => 1,
        _ => 0,
    };
    let window = u8::from(measure.window != Window::Period);
    let mut put = |day: Option<Day>, sum: i64| {
        // A day outside the calendar of the product can only be a slip of the pen; it counts once it is put right.
        if let Some(day) = day.filter(|day| sum != 0 && (1900..=2200).contains(&day.year())) {
            cells.push(Cell { unit, window, measure: measure.tag, split, day, sum });
        }
    };
    match measure.on {
        On::Field(tag) => put(date(tag), sum),
        On::Due(deadline) => put(subject.deadlines.get(&deadline).map(|d| d.effective_due), sum),
        On::Span { from, to } => {
            let from = date(from);
            put(from, sum);
            put(from.and(date(to)), sum.wrapping_neg());
        }
    }
}
