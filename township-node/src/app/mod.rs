//! What the node can do, for the command line, the scheduler and the page alike: open, read, act, exchange, look after
//! the store. No rule lives here: [`shared::command::decide`] is asked, its answer is committed, what stands is read.

mod act;
mod archive;
mod arrived;
mod begin;
mod brief;
mod disclose;
mod error;
mod export;
mod fold;
mod held;
mod import;
mod join;
mod keeper;
mod office;
mod open;
mod reference;
mod sample;
mod search;
mod status;
mod sync;
mod tallies;
mod tallies_by;
mod upkeep;

pub use act::Wish;
pub use archive::{Archived, check_archive};
pub use arrived::Arrived;
pub use begin::NewOffice;
pub use brief::Brief;
pub use disclose::{Disclosed, Numbers};
pub use held::{HeldAt, HeldLine};
pub use import::{ImportHow, Imported, RowFault};
pub use join::{Joined, join};
pub use office::{Office, says_which_office};
pub use open::{Node, Opening};
pub use sample::{Sample, Sampled, SampledKind};
pub use status::{ReceiptLine, RecoveryLine, Status, StreamLine};
pub use sync::{SyncEvent, Synced};
pub use tallies::{Judged, MissingName, Tallied, TallyLine};
pub use tallies_by::{GroupLine, TalliedBy};
pub use upkeep::{BackedUp, Rebuilt, Verified};
