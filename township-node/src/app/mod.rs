//! What the node can do, for the command line, the scheduler and the page alike: open, read, act, exchange, look after
//! the store. No rule lives here: [`shared::command::decide`] is asked, its answer is committed, what stands is read.

mod act;
mod ask;
mod error;
mod fold;
mod held;
mod import;
mod join;
mod keeper;
mod next;
mod office;
mod open;
mod show;
mod status;
mod sync;
mod tallies;
mod upkeep;
mod values;

pub use act::{Done, Wish};
pub use ask::{Filter, Line, Listing};
pub use error::refused;
pub use held::{HeldAt, HeldLine};
pub use import::{ImportHow, Imported, RowFault};
pub use join::{Joined, join};
pub(crate) use keeper::replace;
pub use next::{Next, next_actions};
pub use office::Office;
pub use open::{Node, Opening, catalogue as catalogue_of};
pub use show::{field_json, field_text, record_json, status_label};
pub use status::{ReceiptLine, RecoveryLine, Status, StreamLine};
pub use sync::{SyncEvent, Synced};
pub use tallies::{Tallied, TallyLine};
pub use upkeep::{BackedUp, Rebuilt, Verified, catalogue_failure, catalogue_files};
pub use values::{find_act, find_field, find_kind};
