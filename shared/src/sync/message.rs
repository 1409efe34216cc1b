//! The messages of a session. Whoever holds one of these knows that its bounds were checked ([`super::wire`]).

use std::fmt;

use crate::ids::{RecordId, StreamName, TownshipCode};
use crate::stream::{Hash, Head};

/// Version of the exchange that this program speaks, and the oldest that it still understands.
pub const PROTOCOL: u32 = 1;
pub const PROTOCOL_MIN: u32 = 1;

/// Given by the hub in one session, presented by the node in the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub [u8; 16]);

/// One installation of the program on one machine; kept outside the data folder ([`super::sidecar`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instance(pub [u8; 16]);

/// Where a stream stands at one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    pub stream: StreamName,
    pub head: Head,
    /// In a Welcome: the node's head is not in the hub's chain.
    pub forked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeMessage {
    Hello(Hello),
    Sketch(Sketch),
    Batch(Batch),
    Ack(StreamState),
    /// The node's streams as they stand at the end.
    Finished(Vec<StreamState>),
    Refusal(Refusal),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubMessage {
    Welcome(Welcome),
    Agreed(Agreed),
    Batch(Batch),
    Ack(StreamState),
    Receipt(Receipt),
    Refusal(Refusal),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    pub protocol: u32,
    pub capabilities: Vec<String>,
    pub software: String,
    pub catalogue: String,
    /// The node's wall clock in ms.
    pub clock: i64,
    pub township: TownshipCode,
    pub instance: Option<Instance>,
    pub token: Option<Token>,
    pub streams: Vec<StreamState>,
    /// Entries that wait to be sent, as the node counts them.
    pub backlog: u32,
    /// The most entries of its own stream that the hub has ever acknowledged, as the node knows.
    pub acked: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    pub protocol: u32,
    pub capabilities: Vec<String>,
    pub software: String,
    pub catalogue: String,
    /// The hub's wall clock in ms.
    pub clock: i64,
    pub streams: Vec<StreamState>,
    /// To be presented next time; none = keep the one you have.
    pub token: Option<Token>,
    /// There is nothing to do.
    pub receipt: Option<Receipt>,
    pub notice: Option<Notice>,
    /// Entries longer than this are to be sent as their digest alone.
    pub entry_bytes_max: u32,
}

/// What the hub has noticed about the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// An older token from the same installation.
    Restored,
    /// Said by a newer hub.
    Unknown,
}

/// Points of the node's chain, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    pub stream: StreamName,
    pub points: Vec<(u64, Hash)>,
    /// Salvage batches will follow.
    pub salvage: bool,
}

/// The newest point that both hold (0: nothing in common), and what the hub holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    pub seq: u64,
    pub state: StreamState,
}

/// One frame, packed; see [`super::pack`].
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    pub frame: Vec<u8>,
    /// Length before compression; 0 = not compressed.
    pub packed_from: u32,
    pub salvage: bool,
    /// The hub's signature over the state of a down stream after this frame.
    pub proof: Vec<u8>,
}

/// The hub's signed word on what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub township: TownshipCode,
    pub streams: Vec<StreamState>,
    /// The hub's wall clock in ms.
    pub at: i64,
    /// Short, for people.
    pub number: String,
    pub signature: Vec<u8>,
    pub token: Option<Token>,
    /// What is held now, at most [`crate::limits::RECEIPT_HELD_MAX`].
    pub held: Vec<Held>,
    /// All that is held now.
    pub held_total: u32,
}

/// An entry that was stored but could not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub stream: StreamName,
    pub seq: u64,
    /// None: the entry is too damaged to say.
    pub record: Option<RecordId>,
    pub kind: u32,
    /// Frozen number of the reason.
    pub code: u32,
    /// Names of fields or statuses, never values.
    pub detail: String,
}

/// The session ends here; nothing was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: RefusalCode,
    /// For [`RefusalCode::ProtocolOld`] the oldest version that is understood; else a word for the log.
    pub detail: String,
    /// The refusing side's wall clock in ms.
    pub clock: i64,
}

/// Why a side ends a session. Numbers are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalCode {
    /// The other side speaks a version that is no longer understood; the detail names the oldest that is.
    ProtocolOld,
    /// A token of a line that was left: two machines use one installation.
    Clone,
    /// Not the installation that was enrolled: this is a new office PC.
    NewMachine,
    /// The certificate does not cover what was claimed.
    NotYours,
    /// What came does not follow what is there. The next session decides afresh.
    Restart,
    /// Not a message of this protocol, or out of its bounds.
    Malformed,
    /// A newer session of the same node has begun.
    Superseded,
    /// This side cannot store now.
    Unavailable,
    /// The branches to be joined are too long to be joined in one commit.
    BranchTooLong,
    Unknown(u32),
}

impl RefusalCode {
    pub const KNOWN: [Self; 9] = [
        Self::ProtocolOld,
        Self::Clone,
        Self::NewMachine,
        Self::NotYours,
        Self::Restart,
        Self::Malformed,
        Self::Superseded,
        Self::Unavailable,
        Self::BranchTooLong,
    ];

    pub fn number(self) -> u32 {
        match self {
            Self::ProtocolOld => 1,
            Self::Clone => 2,
            Self::NewMachine => 3,
            Self::NotYours => 4,
            Self::Restart => 5,
            Self::Malformed => 6,
            Self::Superseded => 7,
            Self::Unavailable => 8,
            Self::BranchTooLong => 9,
            Self::Unknown(number) => number,
        }
    }

    pub fn from_number(number: u32) -> Self {
        Self::KNOWN.into_iter().find(|code| code.number() == number).unwrap_or(Self::Unknown(number))
    }

    /// The next attempt may go better without anybody doing anything.
    pub fn passes(self) -> bool {
        matches!(
            self,
            Self::Restart | Self::Malformed | Self::Superseded | Self::Unavailable | Self::Unknown(_)
        )
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}..", self.0[0], self.0[1])
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}..", self.0[0], self.0[1])
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Batch({} bytes, salvage {}, proof {})",
            self.frame.len(),
            self.salvage,
            !self.proof.is_empty()
        )
    }
}
