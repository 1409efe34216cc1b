//! What the actions of a kind are to an office: the usual way on, an event, something rare, or nothing for people.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::{Action, Catalogue, Effect, Field, Guard, Kind, On, Owner, Reason, Shape};
use crate::record::{Role, Value};

/// A kind of which there are so few in a year is a frame for the work of others, if they link to it.
pub(super) const FRAME_MAX: u32 = 3;
/// Beginnings of the ids of actions that are taken now and then: the catalogue's habit, whatever the kind.
const SELDOM: [&str; 26] = [
    "return",
    "object",
    "void",
    "cancel",
    "withdraw",
    "postpone",
    "reopen",
    "revoke",
    "restore",
    "refuse",
    "reject",
    "suspend",
    "resume",
    "terminate",
    "correct",
    "redo",
    "escalate",
    "decline",
    "dispute",
    "dissolve",
    "drop",
    "undo",
    "back",
    "stop",
    "lapse",
    "abandon",
];

/// What an action is to those who work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Create,
    /// On to another status.
    Forward,
    /// The status stays.
    Event,
    Edit,
    /// Back, aside, or out.
    Rare,
    /// For the program alone.
    Never,
}

/// The ways of one kind.
#[derive(Debug, Clone)]
pub(super) struct Ways {
    of: BTreeMap<u32, Way>,
    /// Usual steps that it takes from a status until no work remains; none where no usual way leads there.
    left: BTreeMap<u32, u32>,
    /// Statuses that come about by usual ways alone.
    usual: BTreeSet<u32>,
    /// Fields that the program fills in the course of time.
    filled: BTreeSet<u32>,
    /// Fields that a later action asks for or takes.
    later: BTreeSet<u32>,
    /// Its records last and go no long way: a register, as of deputies, groups, units.
    pub stock: bool,
}

impl Ways {
    pub(super) fn new(kind: &Kind) -> Self {
        let ends = kind.measures.iter().filter_map(|measure| match measure.on {
            On::Span { to, .. } => Some(to),
            _ => None,
        });
        let ends: BTreeSet<u32> = ends.collect();
        let depths = depths(kind);
        let of: BTreeMap<u32, Way> =
            kind.actions.iter().map(|(tag, action)| (*tag, way(kind, action, &ends, &depths))).collect();
        let usual = usual(kind, &of);
        let stock = !ends.is_empty() && usual.len() <= 2;
        let left = left(kind, &of);
        let (mut filled, mut later) = (BTreeSet::new(), BTreeSet::new());
        filled.extend(kind.numbering.as_ref().map(|numbering| numbering.field));
        for action in kind.actions.values() {
            for effect in &action.effects {
                match effect {
                    Effect::Set { field, .. }
                    | Effect::Increment { field }
                    | Effect::Append { field, .. } => {
                        filled.insert(*field);
                    }
                    Effect::Create(create) => filled.extend(create.link),
                    _ => {}
                }
            }
            if !action.from.is_empty() && action.id != "edit" {
                later.extend(action.requires.iter().chain(&action.accepts));
            }
        }
        let first: BTreeSet<u32> = kind.creations().filter_map(|action| action.to).collect();
        for field in kind.fields.values() {
            let now = field.required_in.iter().any(|status| first.contains(status));
            if !field.required_in.is_empty() && !now {
                later.insert(field.tag);
            }
        }
        Self { of, left, usual, filled, later, stock }
    }

    pub(super) fn of(&self, action: u32) -> Way {
        self.of.get(&action).copied().unwrap_or(Way::Never)
    }

    pub(super) fn left(&self, status: u32) -> Option<u32> {
        self.left.get(&status).copied()
    }

    /// Whether records come to the status without anything rare.
    pub(super) fn usual(&self, status: u32) -> bool {
        self.usual.contains(&status)
    }

    /// Whether somebody who makes a record may fill the field for the sake of completeness.
    pub(super) fn early(&self, field: &Field) -> bool {
        !self.later.contains(&field.tag) && self.spare(field)
    }

    /// Whether a field that nobody asks for may be filled by hand.
    pub(super) fn spare(&self, field: &Field) -> bool {
        !field.derived && !self.filled.contains(&field.tag) && !matches!(field.shape, Shape::Blob)
    }
}

fn way(kind: &Kind, action: &Action, ends: &BTreeSet<u32>, depths: &BTreeMap<u32, u32>) -> Way {
    if action.roles.iter().chain(&action.behalf).all(|role| *role == Role::System) {
        return Way::Never;
    }
    if action.id == "edit" {
        return Way::Edit;
    }
    let seldom = SELDOM.iter().any(|word| action.id.starts_with(word));
    if action.from.is_empty() {
        return Way::Create;
    }
    let voids = action.effects.iter().any(|effect| matches!(effect, Effect::Void));
    let Some(to) = action.to.filter(|to| !action.from.contains(to)) else {
        return if seldom || voids || action.reason == Reason::Required { Way::Rare } else { Way::Event };
    };
    let ending = |field: &Field| ends.contains(&field.tag) && field.required_in.contains(&to);
    let ending = kind.fields.values().any(ending) || action.requires.iter().any(|tag| ends.contains(tag));
    let depth = |status: &u32| depths.get(status).copied().unwrap_or(u32::MAX);
    let back = action.from.iter().all(|from| depth(from) > depth(&to));
    if seldom || voids || ending || back || action.reason == Reason::Required {
        Way::Rare
    } else {
        Way::Forward
    }
}

/// Steps from creation to each status.
fn depths(kind: &Kind) -> BTreeMap<u32, u32> {
    let mut depths: BTreeMap<u32, u32> =
        kind.creations().filter_map(|action| action.to).map(|to| (to, 0)).collect();
    for depth in 0..kind.statuses.len() as u32 {
        for action in kind.actions.values() {
            let starts = action.from.iter().any(|from| depths.get(from) == Some(&depth));
            if let Some(to) = action.to.filter(|_| starts) {
                depths.entry(to).or_insert(depth + 1);
            }
        }
    }
    depths
}

fn usual(kind: &Kind, of: &BTreeMap<u32, Way>) -> BTreeSet<u32> {
    let mut usual = BTreeSet::new();
    for _ in 0..=kind.statuses.len() {
        for (tag, action) in &kind.actions {
            let goes = match of.get(tag) {
                Some(Way::Create) => true,
                Some(Way::Forward) => action.from.iter().any(|from| usual.contains(from)),
                _ => false,
            };
            usual.extend(action.to.filter(|_| goes));
        }
    }
    usual
}

/// Usual steps until no work remains.
fn left(kind: &Kind, of: &BTreeMap<u32, Way>) -> BTreeMap<u32, u32> {
    let mut left: BTreeMap<u32, u32> =
        kind.statuses.values().filter(|status| !status.open).map(|status| (status.tag, 0)).collect();
    for steps in 0..kind.statuses.len() as u32 {
        for (tag, action) in &kind.actions {
            let arrives = action.to.is_some_and(|to| left.get(&to) == Some(&steps));
            if arrives && of.get(tag) == Some(&Way::Forward) {
                for from in &action.from {
                    left.entry(*from).or_insert(steps + 1);
                }
            }
        }
    }
    left
}

/// Whether an office makes records of the kind by hand.
pub(super) fn made(kind: &Kind, ways: &Ways) -> bool {
    kind.creations().any(|action| ways.of(action.tag) == Way::Create)
}

/// Kinds that must be there before one of this kind can be made: those that its creation must link to.
pub(super) fn needs(kind: &Kind) -> BTreeSet<u32> {
    let mut needs = BTreeSet::new();
    for action in kind.creations() {
        let guarded = |tag: u32| {
            let names = |guard: &Guard| matches!(guard, Guard::LinkIn { field, .. } if *field == tag);
            action.guards.iter().any(names)
        };
        for field in kind.fields.values() {
            let asked = action.to.is_some_and(|to| field.required_in.contains(&to))
                || action.requires.contains(&field.tag)
                || guarded(field.tag);
            if asked {
                needs.extend(linked(&field.shape));
            }
        }
    }
    needs.remove(&kind.tag);
    needs
}

fn linked(shape: &Shape) -> Vec<u32> {
    match shape {
        Shape::Link(kinds) | Shape::Links(kinds) => kinds.clone(),
        Shape::Rows(columns) => columns
            .values()
            .filter(|column| !column.required_in.is_empty())
            .flat_map(|column| linked(&column.shape))
            .collect(),
        _ => Vec::new(),
    }
}

/// Kinds of an owner by how many others must come before them; what many link to comes first.
pub(super) fn ranks(catalogue: &Catalogue, owner: Owner) -> BTreeMap<u32, u32> {
    let kinds: Vec<&Kind> = catalogue.kinds.values().filter(|kind| kind.owner == owner).collect();
    let mut ranks: BTreeMap<u32, u32> = kinds.iter().map(|kind| (kind.tag, 0)).collect();
    // Each pass settles at least one rank; kinds that need each other in a ring stop at the number of kinds.
    for _ in 0..kinds.len() {
        for kind in &kinds {
            let before = needs(kind).iter().filter_map(|tag| ranks.get(tag)).max().map_or(0, |rank| rank + 1);
            ranks.insert(kind.tag, before.min(kinds.len() as u32));
        }
    }
    ranks
}

/// Records of a kind that a plausible office makes in a year where its file does not say: more of what is counted more.
pub(super) fn per_year(kind: &Kind) -> u32 {
    match &kind.sample {
        Some(sample) => sample.per_year,
        None => 2 + (kind.measures.len() as u32).min(8),
    }
}

/// Whether the action lays a record to another of its kind, as in a merger.
pub(super) fn joins(kind: &Kind, action: &Action) -> bool {
    let own = |field: &Field| matches!(&field.shape, Shape::Link(kinds) if kinds.contains(&kind.tag));
    let asks = |field: &Field| {
        action.requires.contains(&field.tag) || action.to.is_some_and(|to| field.required_in == [to])
    };
    kind.fields.values().any(|field| own(field) && asks(field))
}

/// Whether figures count how many of the kind there are on a day.
pub(super) fn lasts(kind: &Kind) -> bool {
    kind.measures.iter().any(|measure| matches!(measure.on, On::Span { .. }))
}

/// Whether the field is the day from which records of the kind last.
pub(super) fn begins(kind: &Kind, field: u32) -> bool {
    kind.term.as_ref().is_some_and(|mark| mark.start == field)
        || kind.measures.iter().any(
            |measure| matches!(measure.on, On::Span { from, or, .. } if from == field || or == Some(field)),
        )
}

/// A flag that says no says nothing.
pub(super) fn says(value: &Value) -> bool {
    !matches!(value, Value::Flag(false))
}
