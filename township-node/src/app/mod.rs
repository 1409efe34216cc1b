//! What the node can do, for the command line, the scheduler and the page alike: open, read, act, exchange, look after
//! the store. No rule lives here: [`shared::command::decide`] is asked, its answer is committed, what stands is read.

mod act;
mod error;
mod fold;
mod headings;
mod held;
mod import;
mod imported;
mod join;
mod keeper;
mod office;
mod open;
mod reference;
mod sample;
mod status;
mod sync;
mod tallies;
mod tallies_by;
mod upkeep;

pub use act::Wish;
pub use headings::Correcting;
pub use held::{HeldAt, HeldLine};
pub use import::ImportHow;
pub use imported::{ColumnLine, FieldLine, FirstCell, FirstRow, Imported, RowFault, SimilarLine};
pub use join::{Joined, join};
pub use office::Office;
pub use open::{Node, Opening};
pub use sample::{Sample, Sampled, SampledKind};
pub use status::{ReceiptLine, RecoveryLine, Status, StreamLine};
pub use sync::{SyncEvent, Synced};
pub use tallies::{Judged, MissingName, Tallied, TallyLine};
pub use tallies_by::{GroupLine, TalliedBy};
pub use upkeep::{BackedUp, Rebuilt, Verified};
