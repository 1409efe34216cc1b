//! The canaries: where they are put, and what they look like.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::catalogue::model::{Catalogue, Condition, Field, Kind, Owner, Pattern, Privacy, Reason, Shape};
use shared::command::{Act, Command};
use shared::ids::Site;
use shared::record::{Actor, Fields, Value};
use shared::sample::{Handle, Step};

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
            petitions: BTreeMap::new(),
        }
    }

    pub(super) fn alter(&mut self, step: &Step, command: &mut Command) {
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
            self.standing.insert((step.handle, tag, 0), (step.site, text));
        }
        if let Some(text) = self.reason(kind, step.site, command) {
            self.standing.insert((step.handle, 0, self.next), (step.site, text));
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
        let creates = command.record.is_none();
        let mut put = Vec::new();
        for field in kind.fields.values().filter(|field| !field.derived) {
            let private = field.privacy == Privacy::Local || whole;
            let given = command.set.get(&field.tag);
            if !private || !(creates || given.is_some()) {
                continue;
            }
            let Some((value, text)) = self.value(site, &field.shape, given) else { continue };
            command.set.insert(field.tag, value);
            self.planted.insert((kind.tag, field.tag));
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
            _ => return None,
        };
        Some((value, text))
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

/// Every field of an office's kinds that is private and can hold a canary has had one.
pub(super) fn all_planted(cage: &Cage) {
    for kind in cage.catalogue.kinds.values().filter(|kind| kind.owner == Owner::Township) {
        for field in kind.fields.values().filter(|field| field.privacy == Privacy::Local && !field.derived) {
            let fits = matches!(field.shape, Shape::Text { .. } | Shape::Texts { .. } | Shape::Blob);
            let linked = matches!(field.shape, Shape::Link(_) | Shape::Links(_));
            assert!(fits || linked, "{}.{}: this test knows no canary for it", kind.id, field.id);
            let planted = cage.planted.contains(&(kind.tag, field.tag));
            assert!(linked || planted, "{}.{} never held a canary", kind.id, field.id);
        }
    }
}
