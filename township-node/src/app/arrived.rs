//! What the county has sent lately.

use shared::catalogue::model::Owner;
use shared::ids::{RecordId, Site};
use shared::ledger::{Words, short};
use shared::program::Text;
use shared::record::EntryFlags;
use shared::view::read;

use super::Node;

/// Records of one kind that are looked at, the newest dates first.
const LOOKED_AT_OF_KIND: usize = 20;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A record of the county's that came, or changed, lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    pub id: RecordId,
    pub kind: String,
    pub kind_label: Text,
    pub title: String,
    pub short: String,
    /// By the county's clock.
    pub at_ms: i64,
}

impl Node {
    /// What came within so many days, the latest first.
    pub fn arrived(&self, days: i64, limit: usize) -> Vec<Arrived> {
        let since = self.clock().now_ms() - days * DAY_MS;
        let mut found: Vec<Arrived> = self.read(|views| {
            let words = Words { views, catalogue: self.catalogue() };
            let mut found = Vec::new();
            for kind in self.catalogue().kinds.values().filter(|kind| kind.owner == Owner::County) {
                let mut looked_at = 0;
                read::list(views, kind.tag, Site::Hub, None, &mut |line| {
                    looked_at += 1;
                    let record = read::record(views, line.id);
                    let record = record
                        .filter(|record| record.changed_at >= since && !record.flags.has(EntryFlags::VOIDED));
                    found.extend(record.map(|record| Arrived {
                        id: record.id,
                        kind: kind.id.clone(),
                        kind_label: Text::from(&kind.label),
                        title: words.title(record.id),
                        short: short(record.id),
                        at_ms: record.changed_at,
                    }));
                    looked_at < LOOKED_AT_OF_KIND
                });
            }
            found
        });
        found.sort_by_key(|arrived| std::cmp::Reverse(arrived.at_ms));
        found.truncate(limit);
        found
    }
}
