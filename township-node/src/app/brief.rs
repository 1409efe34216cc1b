//! What every page says of the office: how the exchange stands, what is over, what is held. A few reads, whatever the size of
//! the ledgers.

use shared::program::Lang;
use shared::sync::note;
use shared::view::{held, read};

use super::Node;

/// Deadlines that are counted; of more it is said that there are.
const COUNTED_MAX: u64 = 999;

/// The office in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    pub joined: bool,
    /// When the county confirmed what it has, by this machine's clock, ms.
    pub last_success_ms: Option<i64>,
    /// Entries that the county has not confirmed.
    pub waiting: u64,
    /// Why the last exchange failed, while it is the last one.
    pub failure: Option<String>,
    /// Open deadlines before today, [`COUNTED_MAX`] at most.
    pub overdue: u64,
    /// Changes held back at either side.
    pub held: u64,
}

impl Node {
    pub fn brief(&self, lang: Lang) -> Brief {
        let joined = self.office().identity.is_some();
        let (stream, today) = (self.stream(), self.clock().today());
        let len = self.store().head(stream).len;
        self.read(|views| {
            let state = note::node_state(views);
            let mut overdue = 0;
            read::due(views, today.plus(-1), &mut |_| {
                overdue += 1;
                overdue < COUNTED_MAX
            });
            let at_county = note::last_receipt(views).map_or(0, |receipt| u64::from(receipt.held_total));
            Brief {
                joined,
                last_success_ms: (state.synced_at != 0).then_some(state.synced_at),
                waiting: len.saturating_sub(state.acked.map_or(0, |state| state.head.len)),
                failure: state.failure.map(|(code, detail)| super::sync::failure_text(code, &detail, lang)),
                overdue,
                held: u64::from(held::count(views, None)) + at_county,
            }
        })
    }
}
