//! The canaries: where they are put, and what they look like.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::catalogue::model::{Catalogue, Condition, Field, Kind, Owner, Pattern, Privacy, Reason, Shape};
use shared::command::{Act, Command};
use shared::ids::Site;
use shared::record::{Actor, Day, Fields, Value};
use shared::sample::{Handle, Step};
use xianglian_tests::fill::Alter;

/// Every canary of an office begins with one of these: texts, telephone numbers, identity cards.
pub(super) const OFFICE: [&str; 3] = ["金丝雀", "8642086420", "9901991950"];
/// Every canary of the county's own private fields.
pub(super) const COUNTY: &str = "灰喜鹊";
/// Stands in a field that does go to the county, to see that looking finds what is there.
pub(super) const PUBLIC: &str = "画眉鸟";

/// Puts canaries into commands and remembers where.
pub(super) struct Cage {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) next: u32,
    /// What should stand in the end, by record and field (0: a reason, with its own count).
    pub(super) standing: BTreeMap<(Handle, u32, u32), (Site, String)>,
    /// (kind, field) that have had one.
    planted: BTreeSet<(u32, u32)>,
    /// Records that stay in the office altogether.
    staying: BTreeSet<Handle>,
    /// What the present command holds, until it is taken: what stands, and which fields have had one.
    pending: Vec<((Handle, u32, u32), (Site, String))>,
    tried: BTreeSet<(u32, u32)>,
    /// The present command as it was told, and how often it has been refused.
    told: Option<(Command, u32)>,
    /// The first petition of each office, to be entered once more as an accusation.
    pub(super) petitions: BTreeMap<Site, (Command, Actor, i64)>,
}

impl Cage {
    pub(super) fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            next: 0,
            standing: BTreeMap::new(),
            planted: BTreeSet::new(),
            staying: BTreeSet::new(),
            pending: Vec::new(),
            tried: BTreeSet::new(),
            told: None,
            petitions: BTreeMap::new(),
        }
    }

    fn put(&mut self, step: &Step, command: &mut Command) {
        let catalogue = self.catalogue.clone();
        let kind = &catalogue.kinds[&command.kind];
        if kind.id == "petition" && step.creates {
            // A letter that nobody signed may not name anybody; then there would be nothing to look for.
            if let Some(anonymous) = field(kind, "anonymous") {
                command.set.remove(&anonymous.tag);
            }
            let first = || (command.clone(), step.actor.clone(), step.at_ms);
            self.petitions.entry(step.site).or_insert_with(first);
        }
        if step.creates && stays(kind, &command.set) {
            self.staying.insert(step.handle);
        }
        if let Some(page) = field(kind, "page").filter(|_| step.creates) {
            command.set.insert(page.tag, Value::Text(PUBLIC.to_owned()));
        }
        let whole = self.staying.contains(&step.handle);
        for (tag, text) in self.fill(kind, step.site, whole, command) {
            self.pending.push(((step.handle, tag, 0), (step.site, text)));
        }
        if let Some(text) = self.reason(kind, step.site, command) {
            self.pending.push(((step.handle, 0, self.next), (step.site, text)));
        }
    }

    /// A canary for every private field that the command may set; gives what it put where.
    pub(super) fn fill(
        &mut self,
        kind: &Kind,
        site: Site,
        whole: bool,
        command: &mut Command,
    ) -> Vec<(u32, String)> {
        // Once refused, only what was to be filled anyway is filled otherwise.
        let again = self.told.as_ref().is_some_and(|(_, refused)| *refused > 0);
        let creates = command.record.is_none() && !again;
        let mut put = Vec::new();
        for field in kind.fields.values().filter(|field| !field.derived) {
            let private = field.privacy == Privacy::Local || whole;
            let given = command.set.get(&field.tag);
            if !private || !(creates || given.is_some()) {
                continue;
            }
            let Some((value, text)) = self.value(site, &field.shape, given) else { continue };
            command.set.insert(field.tag, value);
            self.tried.insert((kind.tag, field.tag));
            put.push((field.tag, text));
        }
        put
    }

    fn reason(&mut self, kind: &Kind, site: Site, command: &mut Command) -> Option<String> {
        let Act::Take(tag) = command.act else { return None };
        let takes = kind.actions.get(&tag).is_some_and(|action| action.reason != Reason::None);
        if kind.reason_privacy != Privacy::Local || !takes {
            return None;
        }
        command.reason = self.text(site);
        Some(command.reason.clone())
    }

    pub(super) fn text(&mut self, site: Site) -> String {
        self.next += 1;
        format!("{}{:05}", if site == Site::Hub { COUNTY } else { OFFICE[0] }, self.next)
    }

    /// A value of the shape with a canary in it, as long a list as was given.
    fn value(&mut self, site: Site, shape: &Shape, given: Option<&Value>) -> Option<(Value, String)> {
        let text = self.text(site);
        let value = match shape {
            Shape::Text { pattern: None, max, .. } if *max >= text.chars().count() => {
                Value::Text(text.clone())
            }
            Shape::Text { pattern: Some(Pattern::Phone), .. } => {
                let number = format!("{}{:05}", OFFICE[1], self.next);
                return Some((Value::Text(number.clone()), number));
            }
            Shape::Text { pattern: Some(Pattern::IdCard), .. } => {
                let number = id_card(self.next);
                return Some((Value::Text(number.clone()), number));
            }
            Shape::Texts { .. } => {
                let count = if let Some(Value::List(given)) = given { given.len().max(1) } else { 1 };
                let others = (1..count).map(|n| format!("{text}.{n}"));
                Value::List([text.clone()].into_iter().chain(others).map(Value::Text).collect())
            }
            Shape::Blob => Value::Blob(text.clone().into_bytes()),
            Shape::Rows(columns) => rows(columns, given, &text)?,
            _ => return None,
        };
        Some((value, text))
    }
}

/// The rows that were given, or one, with the canary in every column of text.
fn rows(columns: &BTreeMap<u32, Field>, given: Option<&Value>, text: &str) -> Option<Value> {
    let plain = |field: &Field| matches!(&field.shape, Shape::Text { pattern: None, max, .. } if *max >= 8);
    let texts: Vec<u32> = columns.values().filter(|column| plain(column)).map(|column| column.tag).collect();
    let needed = |column: &&Field| !column.required_in.is_empty() && !texts.contains(&column.tag);
    let sing = |row: &Fields| {
        let mut row = row.clone();
        row.extend(texts.iter().map(|tag| (*tag, Value::Text(text.to_owned()))));
        Value::Group(row)
    };
    match given {
        _ if texts.is_empty() => None,
        Some(Value::List(rows)) => Some(Value::List(
            rows.iter()
                .map(|row| if let Value::Group(row) = row { sing(row) } else { row.clone() })
                .collect(),
        )),
        _ => {
            let mut row = Fields::new();
            for column in columns.values().filter(needed) {
                row.insert(column.tag, plainest(&column.shape)?);
            }
            Some(Value::List(vec![sing(&row)]))
        }
    }
}

/// A value that a column may have, where one can be told without looking at other records.
fn plainest(shape: &Shape) -> Option<Value> {
    match shape {
        Shape::Number { min, .. } => Some(Value::Number(*min)),
        Shape::Flag => Some(Value::Flag(true)),
        Shape::Choice(choices) => choices.first().map(|choice| Value::Choice(choice.id)),
        Shape::Date => Some(Value::Date(Day::new(2026, 1, 5)?)),
        _ => None,
    }
}

impl Alter for Cage {
    fn alter(&mut self, step: &Step, command: &mut Command) {
        self.told = Some((command.clone(), 0));
        self.pending.clear();
        self.tried.clear();
        self.put(step, command);
    }

    fn answer(&mut self, site: Site, command: &mut Command) {
        let catalogue = self.catalogue.clone();
        self.told = None;
        self.tried.clear();
        self.fill(&catalogue.kinds[&command.kind], site, false, command);
    }

    fn answered(&mut self) {
        self.planted.append(&mut self.tried);
    }

    /// A rule may forbid what is put there: then what was told is filled otherwise, and in the end told as it was.
    fn refused(&mut self, step: &Step, command: &mut Command) -> bool {
        let Some((told, refused)) = &mut self.told else { return false };
        *refused += 1;
        let times = *refused;
        *command = told.clone();
        self.pending.clear();
        self.tried.clear();
        if times == 1 {
            self.put(step, command);
        }
        times < 3
    }

    fn may_leave(&self) -> bool {
        true
    }

    fn taken(&mut self, step: &Step) {
        // What was told in the place of a canary has driven it out.
        for tag in self.told.iter().flat_map(|(told, _)| told.set.keys().chain(&told.clear)) {
            self.standing.remove(&(step.handle, *tag, 0));
        }
        self.standing.extend(self.pending.drain(..));
        self.planted.append(&mut self.tried);
        self.told = None;
    }
}

pub(super) fn field<'a>(kind: &'a Kind, id: &str) -> Option<&'a Field> {
    kind.fields.values().find(|field| field.id == id)
}

/// Whether a record with these values never leaves the office.
fn stays(kind: &Kind, fields: &Fields) -> bool {
    match &kind.local_when {
        Some(Condition::In { field, values }) => {
            fields.get(field).is_some_and(|value| values.contains(value))
        }
        _ => false,
    }
}

/// 18 characters with the right check digit, distinct below 28,000.
fn id_card(n: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = format!("{}01{:02}{:03}", OFFICE[2], 1 + n / 1000 % 28, n % 1000);
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

pub(super) fn field_text(kind: &Kind, id: &str) -> Option<u32> {
    field(kind, id).map(|field| field.tag)
}

/// Private fields of answers for which the told story has no occasion yet: they are looked for by their numbers alone, see
/// `no_private_field`.
const NOT_TOLD: [&str; 6] = [
    "correction.prepared_by",
    "assignment_report.in_charge_name",
    "feedback_reply.office_note",
    "bulletin_read.office_note",
    "self_appraisal.prepared_by",
    "campaign_report.prepared_by",
];

/// Every field of an office's kinds that is private and can hold a canary has had one.
pub(super) fn all_planted(cage: &Cage) {
    let sings = |columns: &BTreeMap<u32, Field>| {
        columns.values().any(|c| matches!(&c.shape, Shape::Text { pattern: None, max, .. } if *max >= 8))
    };
    let mut missing = Vec::new();
    for kind in cage.catalogue.kinds.values().filter(|kind| kind.owner == Owner::Township) {
        for field in kind.fields.values().filter(|field| field.privacy == Privacy::Local && !field.derived) {
            let fits = matches!(
                field.shape,
                Shape::Text { .. } | Shape::Texts { .. } | Shape::Blob | Shape::Rows(_)
            );
            // What holds no words is looked for by its number, see `no_private_field`.
            let planted = cage.planted.contains(&(kind.tag, field.tag));
            let wordless = !fits || matches!(&field.shape, Shape::Rows(columns) if !sings(columns));
            if !wordless && !planted {
                missing.push(format!("{}.{}", kind.id, field.id));
            }
        }
    }
    assert_eq!(missing, NOT_TOLD, "never held a canary");
}
