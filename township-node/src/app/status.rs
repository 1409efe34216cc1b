//! How the node stands: what the county has, what waits, what is held, what happened.

use serde::{Deserialize, Serialize};
use shared::ledger::RefusedReactions;
use shared::limits;
use shared::program::{CountyFilesTold, Lang, rfc3339};
use shared::sync::note;
use shared::sync::sidecar::Folder;

use super::Node;
use super::held::HeldLine;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    pub township: String,
    pub name: String,
    pub joined: bool,
    pub county: Option<String>,
    pub hub: Option<String>,
    /// Whole days; negative when it has expired.
    pub certificate_days: Option<i64>,
    /// End of the last exchange that the county confirmed, and of the last one that failed; never the one for the other.
    pub last_success: Option<String>,
    pub last_failure: Option<String>,
    pub last_success_ms: Option<i64>,
    pub last_failure_ms: Option<i64>,
    /// Why the last one failed, while it is the last one.
    pub failure: Option<String>,
    pub receipt: Option<ReceiptLine>,
    /// Entries that the county has not confirmed.
    pub waiting: u64,
    pub held: Vec<HeldLine>,
    /// What the program could not do of itself about what the county sent.
    #[serde(default)]
    pub refused_reactions: RefusedReactions,
    pub recovered: Vec<RecoveryLine>,
    /// The hub's clock minus this PC's, ms, in the last exchange.
    pub clock_offset_ms: i64,
    /// The clocks are further apart than five minutes.
    pub clock_wrong: bool,
    /// `same`, `fresh`, `restored` or `copied`: what the data folder was found to be.
    pub folder: String,
    pub streams: Vec<StreamLine>,
    pub software: String,
    pub catalogue: String,
    /// Files of the catalogue that came from the county: those in force, and those that cannot be used.
    pub county_files: CountyFilesTold,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReceiptLine {
    pub number: String,
    /// The county's clock.
    pub at: String,
    pub at_ms: i64,
    pub entries: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecoveryLine {
    pub at: String,
    pub at_ms: i64,
    pub taken_back: u64,
    pub reappended: u64,
    pub lost: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StreamLine {
    pub stream: String,
    pub entries: u64,
    pub head: String,
    pub travels: bool,
}

impl Node {
    pub fn status(&self, lang: Lang) -> Status {
        let office = self.office();
        let stream = self.stream();
        let state = self.read(note::node_state);
        let receipt = self.read(note::last_receipt);
        let recoveries = self.read(note::recoveries);
        let streams = self.store().streams();
        let len = streams.iter().find(|(name, _)| *name == stream).map_or(0, |(_, head)| head.len);
        let acked = state.acked.map_or(0, |state| state.head.len);
        let time = |ms: i64| (ms != 0).then(|| rfc3339(ms));
        let identity = office.identity.as_ref();
        Status {
            township: office.code().to_string(),
            name: office.township.name.clone(),
            joined: identity.is_some(),
            county: identity.map(|identity| identity.enrolled.county.clone()),
            hub: self.hub_address(),
            certificate_days: identity.map(|identity| identity.days_left(self.clock().now_ms())),
            last_success: time(state.synced_at),
            last_failure: time(state.attempt_at),
            last_success_ms: (state.synced_at != 0).then_some(state.synced_at),
            last_failure_ms: (state.attempt_at != 0).then_some(state.attempt_at),
            failure: state.failure.map(|(code, detail)| super::sync::failure_text(code, &detail, lang)),
            receipt: receipt.map(|receipt| ReceiptLine {
                entries: receipt
                    .streams
                    .iter()
                    .find(|state| state.stream == stream)
                    .map_or(0, |state| state.head.len),
                at: rfc3339(receipt.at),
                at_ms: receipt.at,
                number: receipt.number,
            }),
            waiting: len.saturating_sub(acked),
            held: self.held(lang),
            refused_reactions: self.ledger(|ledger| ledger.refused_reactions()),
            recovered: recoveries
                .iter()
                .map(|recovery| RecoveryLine {
                    at: rfc3339(recovery.at),
                    at_ms: recovery.at,
                    taken_back: recovery.taken_back,
                    reappended: recovery.reappended,
                    lost: recovery.lost,
                })
                .collect(),
            clock_offset_ms: state.clock_offset,
            clock_wrong: state.clock_offset.abs() > limits::CLOCK_OFFSET_WARN_MS,
            folder: match self.opening().folder {
                Folder::Fresh => "fresh",
                Folder::Same => "same",
                Folder::Restored(_) => "restored",
                Folder::CopiedOrMoved => "copied",
            }
            .to_owned(),
            streams: streams
                .into_iter()
                .map(|(name, head)| StreamLine {
                    stream: name.to_string(),
                    entries: head.len,
                    head: format!("{:?}", head.hash),
                    travels: name.travels(),
                })
                .collect(),
            software: super::join::software(),
            catalogue: self.catalogue().version.clone(),
            county_files: self.county_files(),
        }
    }

    /// Where the hub is: by the settings, else where the node joined.
    pub fn hub_address(&self) -> Option<String> {
        self.config().hub.clone().or_else(|| self.office().identity.map(|identity| identity.address))
    }
}
