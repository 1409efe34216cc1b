//! Conditions of the catalogue, judged over one record.

use std::collections::BTreeMap;

use crate::catalogue::model::{Amount, Condition, DatePart};
use crate::ids::RecordId;
use crate::record::{Day, DeadlineState, EntryFlags, Fields, Record, Step, Value};

/// What lies around a record, for rules that look further: the day, and the other records of the office.
pub trait Around {
    fn today(&self) -> Day;
    /// The record itself; fresh where it is being made.
    fn this(&self) -> RecordId;
    /// A record with all its values, also those that stay.
    fn whole(&self, id: RecordId) -> Option<(Record, Fields)>;
    /// Records of a kind that link to a record by a field of theirs, void ones too.
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId>;
    /// Records of a kind that this office writes, void ones too.
    fn all(&self, kind: u32) -> Vec<RecordId>;
}

/// The same surroundings, seen from another record.
struct Elsewhere<'a> {
    around: &'a dyn Around,
    this: RecordId,
}

impl Around for Elsewhere<'_> {
    fn today(&self) -> Day {
        self.around.today()
    }
    fn this(&self) -> RecordId {
        self.this
    }
    fn whole(&self, id: RecordId) -> Option<(Record, Fields)> {
        self.around.whole(id)
    }
    fn linking(&self, target: RecordId, kind: u32, field: u32) -> Vec<RecordId> {
        self.around.linking(target, kind, field)
    }
    fn all(&self, kind: u32) -> Vec<RecordId> {
        self.around.all(kind)
    }
}

/// What a condition sees of a record. `local` holds the values that stay in the office, where they are known.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub status: u32,
    pub fields: &'a Fields,
    pub local: Option<&'a Fields>,
    pub deadlines: &'a BTreeMap<u32, DeadlineState>,
    pub steps: &'a [Step],
    pub flags: EntryFlags,
    /// `None` where rules may look at the record alone: what they say of others is then false, or 0.
    pub around: Option<&'a dyn Around>,
}

impl<'a> Subject<'a> {
    /// A child row, judged by itself.
    pub fn row(row: &'a Fields, around: Option<&'a dyn Around>) -> Self {
        static NONE: BTreeMap<u32, DeadlineState> = BTreeMap::new();
        let flags = EntryFlags::default();
        Self { status: 0, fields: row, local: None, deadlines: &NONE, steps: &[], flags, around }
    }

    pub fn of(record: &'a Record, local: Option<&'a Fields>) -> Self {
        Self {
            status: record.status,
            fields: &record.fields,
            local,
            deadlines: &record.deadlines,
            steps: &record.steps,
            flags: record.flags,
            around: None,
        }
    }

    pub fn value(&self, tag: u32) -> Option<&'a Value> {
        self.fields.get(&tag).or_else(|| self.local.and_then(|local| local.get(&tag)))
    }

    pub fn filled(&self, tag: u32) -> bool {
        self.value(tag).is_some_and(filled)
    }

    /// Whether the condition holds. Total: what is not there makes a comparison false.
    pub fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::StatusIn(statuses) => statuses.contains(&self.status),
            Condition::Reached(statuses) => {
                statuses.contains(&self.status)
                    || self.steps.iter().any(|step| statuses.contains(&step.status))
            }
            Condition::Filled(tag) => self.filled(*tag),
            Condition::In { field, values } => match self.value(*field) {
                Some(Value::List(list)) => list.iter().any(|value| values.contains(value)),
                Some(value) => values.contains(value),
                None => false,
            },
            Condition::Within { amount, least, most } => {
                let found = self.amount(amount);
                let whole = |bound: &i64| bound.saturating_mul(1000);
                least.as_ref().is_none_or(|least| found >= whole(least))
                    && most.as_ref().is_none_or(|most| found <= whole(most))
            }
            Condition::Share { part, whole, numerator, denominator, above } => {
                let (part, whole) = (i128::from(self.amount(part)), i128::from(self.amount(whole)));
                let (have, need) = (part * i128::from(*denominator), whole * i128::from(*numerator));
                whole > 0 && if *above { have > need } else { have >= need }
            }
            Condition::InOrder { first, second } => match (self.value(*first), self.value(*second)) {
                (Some(Value::Date(first)), Some(Value::Date(second))) => first <= second,
                _ => false,
            },
            Condition::Linked { field, condition } => {
                let others = self.linked(*field);
                !others.is_empty()
                    && others.iter().all(|(other, local)| {
                        self.at(other, local, &mut |subject| i64::from(subject.holds(condition))) == 1
                    })
            }
            Condition::Overdue(deadline) => self.around.is_some_and(|around| {
                let state = self.deadlines.get(deadline);
                state.is_some_and(|state| state.open() && state.effective_due < around.today())
            }),
            Condition::HasDeadline(deadline) => self.deadlines.contains_key(deadline),
            Condition::MetInTime(deadline) => self
                .deadlines
                .get(deadline)
                .is_some_and(|d| d.done.is_some_and(|done| done <= d.effective_due)),
            Condition::DeadlineOpen(deadline) => {
                self.deadlines.get(deadline).is_some_and(DeadlineState::open)
            }
            Condition::Flag(flag) => self.flags.has(*flag),
        }
    }
}

impl Subject<'_> {
    /// A number in thousandths. Total: what is not there is 0, sums stay within their bounds.
    pub fn amount(&self, amount: &Amount) -> i64 {
        match amount {
            Amount::Fixed(number) => number.saturating_mul(1000),
            Amount::Field(tag) => self.value(*tag).map_or(0, thousandths),
            Amount::Rows { field, condition, sum } => {
                let rows = self.rows(*field).filter(|row| Subject::row(row, self.around).holds(condition));
                add(rows.map(|row| counted(row, *sum)))
            }
            Amount::Add(parts) => add(parts.iter().map(|part| self.amount(part))),
            Amount::Subtract(parts) => {
                let mut numbers = parts.iter().map(|part| self.amount(part));
                let first = numbers.next().unwrap_or(0);
                first.saturating_sub(add(numbers))
            }
            Amount::Days { from, to } => match (self.value(*from), self.value(*to)) {
                (Some(Value::Date(from)), Some(Value::Date(to))) => {
                    (i64::from(to.0) - i64::from(from.0)) * 1000
                }
                _ => 0,
            },
            Amount::Part { field, part } => match self.value(*field) {
                Some(Value::Date(date)) => {
                    let (year, month, day) = date.ymd();
                    1000 * match part {
                        DatePart::Year => i64::from(year),
                        DatePart::Month => i64::from(month),
                        DatePart::Day => i64::from(day),
                    }
                }
                _ => 0,
            },
            Amount::Revision { of } => {
                let record = |id| self.around?.whole(id).map(|(record, _)| record.rev);
                let rev = match of {
                    None => self.around.and_then(|around| record(around.this())),
                    Some(field) => self.linked(*field).first().map(|(other, _)| other.rev),
                };
                i64::from(rev.unwrap_or(0)).saturating_mul(1000)
            }
            Amount::Linked { field, amount } => add(self
                .linked(*field)
                .iter()
                .map(|(other, local)| self.at(other, local, &mut |subject| subject.amount(amount)))),
            Amount::Records { kind, through, condition, sum } => {
                let Some(around) = self.around else { return 0 };
                let ids = match through {
                    Some(field) => around.linking(around.this(), *kind, *field),
                    None => around.all(*kind),
                };
                let others = ids.into_iter().filter_map(|id| around.whole(id)).filter(|(other, local)| {
                    !other.flags.has(EntryFlags::VOIDED)
                        && self.at(other, local, &mut |subject| i64::from(subject.holds(condition))) == 1
                });
                add(others.map(|(other, _)| counted(&other.fields, *sum)))
            }
        }
    }

    /// Asks something of another record, which sees the same surroundings from where it stands.
    fn at(&self, other: &Record, local: &Fields, ask: &mut dyn FnMut(&Subject<'_>) -> i64) -> i64 {
        match self.around {
            None => ask(&Subject::of(other, Some(local))),
            Some(around) => {
                let there = Elsewhere { around, this: other.id };
                ask(&Subject { around: Some(&there), ..Subject::of(other, Some(local)) })
            }
        }
    }

    /// The child rows of a field.
    pub fn rows(&self, field: u32) -> impl Iterator<Item = &Fields> {
        let list = match self.value(field) {
            Some(Value::List(rows)) => rows.as_slice(),
            _ => &[],
        };
        list.iter().filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None })
    }

    fn linked(&self, field: u32) -> Vec<(Record, Fields)> {
        let Some(around) = self.around else { return Vec::new() };
        let ids = match self.value(field) {
            Some(Value::Link(id)) => vec![*id],
            Some(Value::List(list)) => {
                list.iter().filter_map(|v| if let Value::Link(id) = v { Some(*id) } else { None }).collect()
            }
            _ => Vec::new(),
        };
        ids.into_iter().filter_map(|id| around.whole(id)).collect()
    }
}

fn add(numbers: impl Iterator<Item = i64>) -> i64 {
    numbers.fold(0, i64::saturating_add)
}

/// 1, or a number field of a row or record, in thousandths.
fn counted(fields: &Fields, sum: Option<u32>) -> i64 {
    match sum {
        None => 1000,
        Some(tag) => fields.get(&tag).map_or(0, thousandths),
    }
}

fn thousandths(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.saturating_mul(1000),
        Value::Decimal(decimal) => decimal.thousandths(),
        Value::List(values) => (values.len() as i64).saturating_mul(1000),
        _ => 0,
    }
}

/// Whether a value says anything: an empty text or list is not filled.
pub fn filled(value: &Value) -> bool {
    match value {
        Value::Text(text) => !text.trim().is_empty(),
        Value::List(values) => !values.is_empty(),
        Value::Group(fields) => fields.values().any(filled),
        Value::Blob(bytes) => !bytes.is_empty(),
        _ => true,
    }
}
