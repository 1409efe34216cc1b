//! Records that link to a record: the agenda of a meeting, the findings of an inspection, a deputy's file.

use serde::{Deserialize, Serialize};

use super::{Ledger, Words, short, words};
use crate::ids::RecordId;
use crate::program::{Lang, Text};
use crate::record::EntryFlags;
use crate::store::View;
use crate::view::read;

/// Records of each kind that are shown; the rest is counted.
const SHOWN_MAX: usize = 10;
/// Records looked at.
const LOOKED_AT_MAX: usize = 5_000;

/// Records of one kind that link here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    pub kind: String,
    pub kind_label: Text,
    /// Void ones are not counted.
    pub count: usize,
    /// The latest, ten at most.
    pub records: Vec<LinkedRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedRecord {
    pub id: RecordId,
    pub short: String,
    pub title: String,
    pub status_label: Text,
}

impl Ledger<'_> {
    /// Records that link to this one, by kind in the order of the catalogue.
    pub(super) fn linked(&self, views: &dyn View, target: RecordId) -> Vec<Linked> {
        let mut found: Vec<(u32, RecordId)> =
            read::linking(views, target, LOOKED_AT_MAX).into_iter().map(|(id, kind, _)| (kind, id)).collect();
        found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        found.dedup();
        let words = Words { views, catalogue: self.catalogue };
        let mut all: Vec<Linked> = Vec::new();
        for run in found.chunk_by(|a, b| a.0 == b.0) {
            let Some(kind) = run.first().and_then(|(kind, _)| self.catalogue.kinds.get(kind)) else {
                continue;
            };
            let mut linked = Linked {
                kind: kind.id.clone(),
                kind_label: Text::from(&kind.label),
                count: 0,
                records: Vec::new(),
            };
            for (_, id) in run {
                let Some(record) = read::record(views, *id).filter(|r| !r.flags.has(EntryFlags::VOIDED))
                else {
                    continue;
                };
                linked.count += 1;
                if linked.records.len() < SHOWN_MAX {
                    linked.records.push(LinkedRecord {
                        id: *id,
                        short: short(*id),
                        title: words.title(*id),
                        status_label: words::status(Some(kind), record.status).1,
                    });
                }
            }
            if linked.count > 0 {
                all.push(linked);
            }
        }
        all
    }
}

impl Linked {
    /// Lines for a terminal.
    pub(super) fn text(&self, lang: Lang) -> String {
        let mut out = format!("\n【{}】{}\n", self.kind_label.get(lang), self.count);
        for record in &self.records {
            let status = record.status_label.get(lang);
            out.push_str(&format!("  {}  {}  {status}\n", record.short, record.title));
        }
        if self.count > self.records.len() {
            out.push_str("  …\n");
        }
        out
    }
}
