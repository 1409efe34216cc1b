//! Commands: the only gate through which a change comes about.
//!
//! [`decide`] takes what somebody wants ([`Command`]) and what stands ([`Context`]) and gives the entries to append, in
//! order, or a [`Refusal`] in words of the catalogue. It changes nothing itself. [`import_row`] does the same for a row
//! of a ledger of past work, [`rebase`] for an entry that is appended again after a recovery. [`replies`] and [`reminder`]
//! say which commands the program itself gives.
//!
//! Not here: who somebody is, and the commit of the entries.

mod address;
mod alone;
mod checks;
mod compute;
mod context;
mod decide;
mod draft;
mod effects;
mod emit;
mod follow;
mod import;
mod pending;
mod react;
mod rebase;
mod refusal;
mod remind;
pub mod stamp;
mod standing;
mod veto;

#[cfg(test)]
mod addressed_tests;
#[cfg(test)]
mod alone_tests;
#[cfg(test)]
mod due_tests;
#[cfg(test)]
mod further_tests;
#[cfg(test)]
mod import_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;

pub(crate) use compute::with_computed;
pub use context::{Context, Deadlines, Lookup, Place, ViewLookup};
pub use decide::{decide, holds};
pub use import::{ImportRow, Imported, import_id, import_row};
#[cfg(feature = "exchange")]
pub(crate) use pending::Pending;
pub use react::{Does, Reply, replies};
pub use rebase::{Changed, rebase};
pub use refusal::{Code, Problem, Refusal};
pub use remind::reminder;
pub use standing::may;

use crate::catalogue::model::Kind;
use crate::ids::{RecordId, StreamName};
use crate::record::{Entry, Fields};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// An action of the kind, by tag.
    Take(u32),
    /// A plain change of fields; the status stays.
    Edit,
    /// The record was a mistake: it keeps its number and leaves the counts.
    Void,
    /// The program brings a record into step with the one that made it.
    Align,
    /// Sends the whole record again, for a county that holds back a change of it.
    Restate,
    /// Counts open deadlines again that were computed without the holidays of their year. The program alone does it.
    Refresh,
}

impl Act {
    /// By the ids of the kind's actions; `edit`, `void` and `restate` exist for every kind, a kind's own go first.
    pub fn named(kind: &Kind, id: &str) -> Option<Self> {
        match (kind.action(id), id) {
            (_, "edit") => Some(Self::Edit),
            (Some(action), _) => Some(Self::Take(action.tag)),
            (None, "void") => Some(Self::Void),
            (None, "restate") => Some(Self::Restate),
            (None, _) => None,
        }
    }
}

/// What somebody wants to be done to a record, or to a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub kind: u32,
    /// `None` creates a record.
    pub record: Option<RecordId>,
    pub act: Act,
    pub set: Fields,
    pub clear: Vec<u32>,
    pub reason: String,
}

impl Command {
    pub fn new(kind: u32, record: Option<RecordId>, act: Act, set: Fields) -> Self {
        Self { kind, record, act, set, clear: Vec::new(), reason: String::new() }
    }
}

/// What is not forbidden and yet worth a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Entered more than seven days after its date (补录).
    Late { days: i32 },
    /// A field that goes to the county seems to hold an identity or phone number.
    PersonalData { field: u32 },
    /// A deadline falls into a year whose official calendar is not known yet.
    Provisional { deadline: u32 },
}

/// What is to be appended, all in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub record: RecordId,
    pub entries: Vec<(StreamName, Entry)>,
    pub warnings: Vec<Warning>,
}
