//! Which record a row means, and which ones it may repeat: by number, then by what it says. The one place where that is
//! decided.

use std::collections::{BTreeMap, BTreeSet};

use super::book::label;
use super::fold::folded;
use crate::catalogue::model::{Kind, Label};
use crate::command::{Context, import_id};
use crate::ids::RecordId;
use crate::record::{EntryFlags, Fields, Value, encode_fields};
use crate::view::condition::filled;

/// What a row seems to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    pub to: Twin,
    pub by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Twin {
    /// An earlier row of the file, as the user counts.
    Row(u32),
    /// A record of the office, and its title.
    Record(RecordId, String),
}

/// In what two are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The field by which rows of the kind are recognised: its number, or its name.
    Key(Label),
    /// The fields of [`Kind::identity`], as far as both have them: title and date always.
    Content,
}

impl Similar {
    /// 疑似重复：与第5行相同
    pub fn label(&self) -> Label {
        let (zh, en) = match &self.by {
            By::Key(field) => (format!("{}相同", field.zh), format!("the same {} as", field.en)),
            By::Content => ("相同".to_owned(), "the same as".to_owned()),
        };
        match &self.to {
            Twin::Row(row) => {
                label(format!("疑似重复：与第{row}行{zh}"), format!("perhaps a double: {en} row {row}"))
            }
            Twin::Record(_, title) => label(
                format!("疑似重复：与已有的“{title}”{zh}"),
                format!("perhaps a double: {en} \"{title}\", which the office has"),
            ),
        }
    }
}

/// A title and a day, folded to a few bytes.
type Subject = [u8; 16];
/// A value folded to a few bytes; 0 if there is none.
type Trace = u64;

struct Known {
    at: At,
    /// Of the other fields of identity, in their order.
    traces: Box<[Trace]>,
}

#[derive(Clone, Copy)]
enum At {
    /// Imported, and so perhaps from an earlier form of this file; whether by a number.
    Imported(RecordId, bool),
    Entered(RecordId),
    /// A row of this file, and all that it says besides its number, if it has one.
    Row(u32, Option<[u8; 16]>),
}

/// What an office has of a kind, and what the rows so far have said. Some 100 bytes a record.
pub(super) struct Twins<'k> {
    kind: &'k Kind,
    key: Option<u32>,
    identity: Vec<u32>,
    subjects: BTreeMap<Subject, Vec<Known>>,
    /// Records whose number gives this id, although it is not theirs.
    numbers: BTreeMap<RecordId, RecordId>,
    /// Records that a row of the file means already.
    taken: BTreeSet<RecordId>,
}

impl<'k> Twins<'k> {
    /// Reads every record of the kind that the office has written and that is not void.
    pub(super) fn new(ctx: &Context<'_>, kind: &'k Kind) -> Self {
        let identity = kind.identity();
        let private = identity.iter().any(|tag| kind.is_local(*tag));
        let mut twins = Self {
            kind,
            key: kind.import.as_ref().and_then(|import| import.key),
            identity,
            subjects: BTreeMap::new(),
            numbers: BTreeMap::new(),
            taken: BTreeSet::new(),
        };
        for id in ctx.lookup.all(ctx.place.site, kind.tag) {
            let Some(record) = ctx.lookup.record(id) else { continue };
            if record.flags.has(EntryFlags::VOIDED) {
                continue;
            }
            let mut fields = record.fields;
            if private {
                fields.extend(ctx.lookup.local(id));
            }
            if let Some(by_number) = import_id(ctx.place.site, kind, &fields)
                && by_number != id
            {
                twins.numbers.entry(by_number).or_insert(id);
            }
            let imported = record.flags.has(EntryFlags::IMPORTED);
            let numbered = twins.key.is_some_and(|key| fields.contains_key(&key));
            twins.note(&fields, if imported { At::Imported(id, numbered) } else { At::Entered(id) });
        }
        twins
    }

    fn note(&mut self, fields: &Fields, at: At) {
        if let Some(subject) = self.subject(fields) {
            let traces = self.traces(fields);
            self.subjects.entry(subject).or_default().push(Known { at, traces });
        }
    }

    /// A row that will be taken.
    pub(super) fn take(&mut self, row: u32, record: RecordId, fields: &Fields) {
        self.taken.insert(record);
        self.note(fields, At::Row(row, self.besides_number(fields)));
    }

    /// A record that the row changes or repeats.
    pub(super) fn claim(&mut self, record: RecordId) {
        self.taken.insert(record);
    }

    /// The imported record that a row without a number means: the same in all fields of identity.
    pub(super) fn same(&self, fields: &Fields) -> Option<RecordId> {
        let traces = self.traces(fields);
        let known = self.subjects.get(&self.subject(fields)?)?;
        known.iter().find_map(|known| match known.at {
            At::Imported(id, _) if known.traces == traces && !self.taken.contains(&id) => Some(id),
            _ => None,
        })
    }

    /// What a row that would make a new record seems to repeat. Rows that both have numbers are told apart by them, unless
    /// they say the same in everything else.
    pub(super) fn find(
        &self,
        ctx: &Context<'_>,
        by_number: Option<RecordId>,
        fields: &Fields,
    ) -> Option<Similar> {
        let record = |id| Twin::Record(id, self.title(ctx, id));
        if let Some(id) = by_number.and_then(|number| self.numbers.get(&number)) {
            let field = self.key.and_then(|key| self.kind.fields.get(&key));
            let label = field.map_or_else(|| self.kind.label.clone(), |field| field.label.clone());
            return Some(Similar { to: record(*id), by: By::Key(label) });
        }
        let traces = self.traces(fields);
        let known = self.subjects.get(&self.subject(fields)?)?;
        let besides_number = self.besides_number(fields);
        let alike = known.iter().find(|known| {
            let differs = |(a, b): (&Trace, &Trace)| *a != 0 && *b != 0 && a != b;
            let apart = match known.at {
                At::Imported(id, numbered) => {
                    self.taken.contains(&id) || (numbered && besides_number.is_some())
                }
                At::Row(_, other) => other.is_some() && besides_number.is_some() && other != besides_number,
                At::Entered(_) => false,
            };
            !apart && !known.traces.iter().zip(&traces).any(differs)
        })?;
        let to = match alike.at {
            At::Imported(id, _) | At::Entered(id) => record(id),
            At::Row(row, _) => Twin::Row(row),
        };
        Some(Similar { to, by: By::Content })
    }

    /// What a row with a number says besides it, in a few bytes.
    fn besides_number(&self, fields: &Fields) -> Option<[u8; 16]> {
        let key = self.key.filter(|key| fields.contains_key(key))?;
        let mut rest = fields.clone();
        rest.remove(&key);
        Some(digest(&rest))
    }

    fn title(&self, ctx: &Context<'_>, id: RecordId) -> String {
        let tag = self.kind.title;
        let local = || ctx.lookup.local(id).get(&tag).cloned();
        match ctx.lookup.record(id).and_then(|record| record.fields.get(&tag).cloned()).or_else(local) {
            Some(Value::Text(title)) => title,
            _ => String::new(),
        }
    }

    fn subject(&self, fields: &Fields) -> Option<Subject> {
        let (Some(Value::Text(title)), Some(Value::Date(day))) =
            (fields.get(&self.kind.title), fields.get(&self.kind.date))
        else {
            return None;
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&day.0.to_be_bytes());
        hasher.update(folded(title).as_bytes());
        let mut subject = Subject::default();
        hasher.finalize_xof().fill(&mut subject);
        Some(subject)
    }

    fn traces(&self, fields: &Fields) -> Box<[Trace]> {
        let others = self.identity.iter().filter(|tag| ![self.kind.title, self.kind.date].contains(tag));
        others.map(|tag| fields.get(tag).filter(|value| filled(value)).map_or(0, trace)).collect()
    }
}

/// All that a row says, in a few bytes.
pub(super) fn digest(fields: &Fields) -> [u8; 16] {
    let mut bytes = [0; 16];
    blake3::Hasher::new().update(&encode_fields(fields)).finalize_xof().fill(&mut bytes);
    bytes
}

fn trace(value: &Value) -> Trace {
    let mut hasher = blake3::Hasher::new();
    match value {
        Value::Text(text) => hasher.update(folded(text).as_bytes()),
        other => hasher.update(&encode_fields(&[(1, other.clone())].into())),
    };
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    // 0 stands for nothing.
    Trace::from_be_bytes(bytes).max(1)
}
