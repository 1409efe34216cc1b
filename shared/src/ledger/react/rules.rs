//! The reactions of a site by what they react to, and which arrived records an entry makes worth a look.

use std::collections::BTreeMap;

use crate::catalogue::model::{Catalogue, Kind, Meant, Owner, Reaction, Response, Shape};
use crate::command::Place;
use crate::ids::{RecordId, Site};
use crate::record::{Entry, EntryFlags, Value};
use crate::store::View;
use crate::stream::{Frame, Item};
use crate::view::{read, tables};

/// A link of one kind to another: (kind that links, its field).
type Link = (u32, u32);

/// The reactions of this site's kinds.
#[derive(Debug, Default)]
pub(super) struct Rules<'c> {
    /// By the kind that arrives; those that make something first, so that what is made can be moved on at once.
    by_kind: BTreeMap<u32, Vec<(&'c Kind, &'c Reaction)>>,
    /// By a kind, links of arrived kinds to it through which they wait for its records.
    waits: BTreeMap<u32, Vec<Link>>,
    /// By a kind of ours, its links to arrived records that move it on.
    through: BTreeMap<u32, Vec<u32>>,
}

impl<'c> Rules<'c> {
    pub(super) fn of(catalogue: &'c Catalogue, place: &Place<'_>) -> Self {
        let owner = match place.site {
            Site::Hub => Owner::County,
            Site::Township(_) => Owner::Township,
        };
        let here =
            |kind: &&Kind| kind.owner == owner && place.node.is_none_or(|node| kind.nodes.contains(&node));
        let mut rules = Self::default();
        for kind in catalogue.kinds.values().filter(here) {
            for reaction in &kind.reactions {
                rules.by_kind.entry(reaction.to).or_default().push((kind, reaction));
                for field in reaction.when.linked() {
                    rules.wait(catalogue, (reaction.to, field));
                }
                match reaction.does {
                    Response::Take { on: Meant::ByTheirs(field), .. } => {
                        rules.wait(catalogue, (reaction.to, field));
                    }
                    Response::Take { on: Meant::ByOurs(field), .. } => {
                        rules.through.entry(kind.tag).or_default().push(field);
                    }
                    Response::Create { .. } => {}
                }
            }
        }
        for reactions in rules.by_kind.values_mut() {
            reactions.sort_by_key(|(_, reaction)| matches!(reaction.does, Response::Take { .. }));
        }
        rules
    }

    /// An arrived record waits for what it links to by a field.
    fn wait(&mut self, catalogue: &Catalogue, link: Link) {
        let shape = catalogue.kinds.get(&link.0).and_then(|kind| kind.fields.get(&link.1)).map(|f| &f.shape);
        let Some(Shape::Link(kinds) | Shape::Links(kinds)) = shape else { return };
        for kind in kinds {
            let links = self.waits.entry(*kind).or_default();
            if !links.contains(&link) {
                links.push(link);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    /// What is done about records of a kind.
    pub(super) fn on(&self, kind: u32) -> &[(&'c Kind, &'c Reaction)] {
        self.by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// Arrived records that the entries of a frame make worth a look, in order. `ours`: this site wrote them.
    pub(super) fn touched(&self, views: &dyn View, frame: &Frame, ours: bool) -> Vec<RecordId> {
        let mut found = Vec::new();
        for (seq, item) in (frame.first..).zip(&frame.items) {
            let Item::Entry(bytes) = item else { continue };
            let Ok(entry) = Entry::decode(bytes) else { continue };
            // What is held has changed nothing.
            if !self.concerns(entry.kind) || views.get(&tables::held_key(frame.stream, seq)).is_some() {
                continue;
            }
            if ours {
                self.linked(&entry, &mut found);
            } else if self.by_kind.contains_key(&entry.kind) {
                found.push(entry.record);
            }
            let comes = entry.rev == 1 || entry.flags.has(EntryFlags::RESTATED);
            for (kind, field) in self.waits.get(&entry.kind).into_iter().flatten() {
                // Ours that an answer names was there before the answer, unless it was lost and has come back.
                let named = ours && !comes && !self.looked_at(*kind, *field);
                if !named {
                    found.extend(read::linking_by(views, entry.record, *kind, *field));
                }
            }
        }
        found
    }

    /// Whether anything is said of a kind, so that its entries may be worth a look.
    fn concerns(&self, kind: u32) -> bool {
        self.by_kind.contains_key(&kind) || self.waits.contains_key(&kind) || self.through.contains_key(&kind)
    }

    /// Whether a condition looks at what arrived records of a kind link to by the field.
    fn looked_at(&self, kind: u32, field: u32) -> bool {
        self.on(kind).iter().any(|(_, reaction)| reaction.when.linked().contains(&field))
    }

    /// Arrived records to which an entry of ours newly links.
    fn linked(&self, entry: &Entry, found: &mut Vec<RecordId>) {
        for field in self.through.get(&entry.kind).into_iter().flatten() {
            match entry.set.get(field) {
                Some(Value::Link(id)) => found.push(*id),
                Some(Value::List(values)) => {
                    found.extend(
                        values.iter().filter_map(|v| if let Value::Link(id) = v { Some(*id) } else { None }),
                    );
                }
                _ => {}
            }
        }
    }
}
