//! What both halves of a session share: time, ends, and how a session reports.

use std::sync::Arc;

use super::message::{Notice, Refusal, RefusalCode};
use crate::catalogue::model::Catalogue;
use crate::command::{Changed, rebase};
use crate::limits;
use crate::record::Entry;
use crate::store::{StoreError, View};
use crate::view::read;

/// The time of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Wall clock in ms since 1970; said to the other side and written in notes, decides nothing.
    pub unix_ms: i64,
    /// A clock that never jumps, in ms from any start; silence is measured with it.
    pub ticks_ms: i64,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With a receipt.
    Done,
    /// Without; nothing was lost, and the next session decides afresh.
    Failed(Failure),
}

/// Why a session ended without a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The other side's last word.
    Refused(Refusal),
    /// Our last word to the other side.
    Refusing(Refusal),
    /// The carrier broke.
    Cut,
    /// Nothing was heard for [`crate::limits::SESSION_SILENCE_MS`].
    Silence,
    /// Our own store failed.
    Store(StoreError),
}

impl Failure {
    /// Frozen number: that of the refusal, or 100 and more.
    pub fn number(&self) -> u32 {
        match self {
            Self::Refused(refusal) | Self::Refusing(refusal) => refusal.code.number(),
            Self::Cut => 100,
            Self::Silence => 101,
            Self::Store(_) => 102,
        }
    }

    pub fn detail(&self) -> String {
        match self {
            Self::Refused(refusal) | Self::Refusing(refusal) => refusal.detail.clone(),
            Self::Cut | Self::Silence => String::new(),
            Self::Store(error) => error.to_string(),
        }
    }

    /// The next attempt may go better without anybody doing anything.
    pub fn passes(&self) -> bool {
        match self {
            Self::Refused(refusal) | Self::Refusing(refusal) => refusal.code.passes(),
            Self::Cut | Self::Silence | Self::Store(_) => true,
        }
    }

    pub fn code(&self) -> Option<RefusalCode> {
        match self {
            Self::Refused(refusal) | Self::Refusing(refusal) => Some(refusal.code),
            _ => None,
        }
    }
}

/// Ends a step: by the store's failure or by our last word.
pub(super) enum Stop {
    Store(StoreError),
    Refuse(RefusalCode, &'static str),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What a session did, for the log and the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Entries that the other side was sent, and that came from it.
    pub sent: u64,
    pub received: u64,
    /// The other clock minus ours, in ms.
    pub clock_offset: i64,
    pub notice: Option<Notice>,
    /// The other side's software and catalogue.
    pub software: String,
    pub catalogue: String,
    pub recovered: Option<Recovered>,
    /// The node's watermark has been compared with what the hub holds and can be forgotten.
    pub mark_settled: bool,
}

/// What happened to a node whose folder was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    pub taken_back: u64,
    pub reappended: u64,
    /// Entries that this machine once had and that nobody has now.
    pub lost: u64,
    /// When the last of them was made at the latest; 0 if none was lost.
    pub lost_since: i64,
}

/// What a machine's own stream was before its folder was restored; from the sidecar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watermark {
    /// Its length once, and when that was noted.
    pub len: u64,
    pub at: i64,
    /// Its length when the restored folder was first opened.
    pub kept: u64,
}

impl Watermark {
    /// Entries that neither the restored folder nor the hub has.
    pub fn lost(self, hub_len: u64) -> u64 {
        self.len.saturating_sub(self.kept.max(hub_len))
    }
}

/// How a node's own later changes go onto a branch that it takes over.
pub trait Reappend: Send + Sync {
    /// The entry to append for `entry`, where the views stand as in `view`; `theirs` is what the branch has changed.
    fn again(&self, view: &dyn View, entry: Vec<u8>, theirs: &Changed) -> Vec<u8>;
}

/// Appends later changes as they are. Their revisions may not follow; what cannot be applied is held, not lost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verbatim;

impl Reappend for Verbatim {
    fn again(&self, _: &dyn View, entry: Vec<u8>, _: &Changed) -> Vec<u8> {
        entry
    }
}

/// Appends later changes by the rules of a catalogue, see [`crate::command::rebase`].
#[derive(Debug, Clone)]
pub struct ByRules(pub Arc<Catalogue>);

impl Reappend for ByRules {
    fn again(&self, view: &dyn View, bytes: Vec<u8>, theirs: &Changed) -> Vec<u8> {
        let Ok(entry) = Entry::decode(&bytes) else { return bytes };
        let present = read::record(view, entry.record);
        let again = rebase(&entry, present.as_ref(), self.0.kinds.get(&entry.kind), theirs).encode();
        // What was within the bounds of an entry stays in the stream as it was rather than not at all.
        if again.len() > limits::ENTRY_BYTES_MAX { bytes } else { again }
    }
}
