//! What a machine notes about its sessions, as entries of its stream `meta/<site>`, and what the notes fold to.
//!
//! Notes are small, and none is written that says what the last one said: a night with nothing to do costs a node some
//! 20 bytes and the hub some 60.
//!
//! Not here: notes of enrolment (numbers 20 to 39 of note.proto), the county's own lists and seals (from 40), and what notes
//! about reactions (60) fold to ([`crate::view::reacted`]).

use prost::Message as _;
use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind;

use super::message::{Instance, Receipt, StreamState, Token};
use super::nights;
use super::token::{self, TokenRow};
use super::wire;
use crate::ids::{Epoch, ParseError, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::{Place, Store, StoreError, Tx, View, ViewMut};
use crate::stream::Head;
use crate::view::reacted;

/// Tables of the views that notes fold to. Values are messages of note.proto and sync.proto.
pub mod tables {
    /// One row: NodeRow.
    pub const NODE: u8 = 0x70;
    /// One row: Receipt without its held list.
    pub const RECEIPT: u8 = 0x71;
    /// Index u16 BE → Held, as the last receipt said.
    pub const HELD_THERE: u8 = 0x72;
    /// Sequence number of the note u64 BE → NodeRecovered; at most [`crate::limits::EVENTS_KEPT`].
    pub const RECOVERED: u8 = 0x73;
    /// Stream name → NodeProof.
    pub const PROOF: u8 = 0x74;
    /// Township code u32 BE → TownshipRow.
    pub const TOWNSHIP: u8 = 0x75;
    /// Sequence number of the note u64 BE → HubEvent; at most [`crate::limits::EVENTS_KEPT`].
    pub const EVENT: u8 = 0x76;
    /// Township code u32 BE ‖ night, as days sort → NightRow.
    pub const NIGHT: u8 = 0x6e;
    /// Township code u32 BE ‖ 0 for down/all, 1 for down/<code> ‖ entries u64 BE → when they were first known to be there,
    /// ms i64 BE.
    pub const HANDED: u8 = 0x6f;
}

/// Appends notes to the machine's own stream, as part of the commit that `tx` is. `fresh` is the epoch of a stream that
/// has no entry yet.
///
/// # Errors
/// As [`Tx::append`].
pub fn append(tx: &mut Tx<'_>, site: Site, fresh: Epoch, notes: Vec<Kind>) -> Result<(), StoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    let stream = StreamName::Meta(site);
    let head = tx.head(stream);
    let epoch = if head.len == 0 { fresh } else { head.epoch };
    let entries = notes.into_iter().map(|kind| pb::Note { kind: Some(kind) }.encode_to_vec()).collect();
    tx.append(stream, epoch, entries)?;
    Ok(())
}

/// Puts one note into the views. Total: false, and nothing changed, for a note that has no rows.
pub fn fold(views: &mut dyn ViewMut, place: Place, bytes: &[u8]) -> bool {
    let Ok(pb::Note { kind: Some(kind) }) = pb::Note::decode(bytes) else { return false };
    match kind {
        Kind::Synced(note) => fold_synced(views, note),
        Kind::Contact(note) => change_node(views, |row| {
            row.synced_at = note.at;
            row.clock_offset = note.clock_offset;
            row.hub_at = note.hub_at;
            row.failure = 0;
            row.failure_detail.clear();
        }),
        Kind::Attempt(note) => change_node(views, |row| {
            row.attempt_at = note.at;
            row.failure = note.code;
            row.failure_detail = note.detail;
            replace_token(row, note.token);
        }),
        Kind::Recovered(note) => put_event(views, tables::RECOVERED, place.seq, note.encode_to_vec()),
        Kind::Acked(note) => change_node(views, |row| {
            row.acked_once = row.acked_once.max(note.state.as_ref().map_or(0, |state| state.len));
            row.acked = note.state;
        }),
        Kind::Proof(note) => {
            let name = note.state.as_ref().map_or("", |state| &state.stream);
            views.put(&key(tables::PROOF, name.as_bytes()), note.encode_to_vec());
        }
        Kind::Instance(note) => change_node(views, |row| row.instance = note.instance),
        Kind::Opened(note) => {
            nights::opened(views, &note);
            change_township(views, &note.township, |row| {
                let mut rows = tokens_of(row);
                if let Some(issued) = token_of(&note.issued) {
                    token::advance(&mut rows, token_of(&note.presented), issued);
                }
                row.tokens = rows.iter().map(token_out).collect();
                row.live = note.issued.clone();
                row.session = note.session.clone();
                if row.instance.is_empty() {
                    row.instance = note.instance.clone();
                }
                row.has = note.has.or(row.has);
            })
        }
        Kind::Seen(note) => {
            nights::seen(views, &note);
            change_township(views, &note.township, |row| {
                row.session = note.session.clone();
                row.has = note.has.or(row.has);
            });
        }
        Kind::Closed(note) => {
            nights::closed(views, &note);
            change_township(views, &note.township, |row| row.has = note.has.or(row.has));
        }
        Kind::Event(note) => {
            put_event(views, tables::EVENT, place.seq, note.encode_to_vec());
            change_township(views, &note.township, |row| row.event = Some(note.clone()));
        }
        Kind::HubInstance(note) => change_township(views, &note.township, |row| {
            row.instance = note.instance.clone();
            row.tokens.clear();
            row.live.clear();
        }),
        // The register of enrolments is folded by `crate::net::register`, in memory.
        Kind::Enrolment(_) => return false,
        // The lists of townships and of keys are read by the hub when it starts.
        Kind::Listed(_) | Kind::Key(_) => return false,
        // What the county has sealed is folded by `crate::tally::seal`.
        Kind::Piece(_) | Kind::Sealed(_) => return false,
        Kind::Reacted(note) => reacted::fold(views, &note),
    }
    true
}

pub(super) fn key(table: u8, rest: &[u8]) -> Vec<u8> {
    [&[table], rest].concat()
}

pub(super) fn row<M: prost::Message + Default>(view: &dyn View, key: &[u8]) -> Option<M> {
    M::decode(view.get(key)?.as_slice()).ok()
}

fn change_node(views: &mut dyn ViewMut, change: impl FnOnce(&mut pb::NodeRow)) {
    let key = key(tables::NODE, &[]);
    let mut now =
        views.get(&key).and_then(|bytes| pb::NodeRow::decode(bytes.as_slice()).ok()).unwrap_or_default();
    change(&mut now);
    views.put(&key, now.encode_to_vec());
}

fn change_township(views: &mut dyn ViewMut, code: &str, change: impl FnOnce(&mut pb::TownshipRow)) {
    let Ok(code) = code.parse::<TownshipCode>() else { return };
    let key = key(tables::TOWNSHIP, &code.number().to_be_bytes());
    let mut now =
        views.get(&key).and_then(|bytes| pb::TownshipRow::decode(bytes.as_slice()).ok()).unwrap_or_default();
    change(&mut now);
    views.put(&key, now.encode_to_vec());
}

fn replace_token(row: &mut pb::NodeRow, token: Vec<u8>) {
    if !token.is_empty() {
        row.token = token;
    }
}

fn fold_synced(views: &mut dyn ViewMut, note: pb::NodeSynced) {
    let Some(mut receipt) = note.receipt else { return };
    let own = format!("township/{}", receipt.township);
    let acked = receipt.streams.iter().find(|state| state.stream == own).cloned();
    change_node(views, |row| {
        row.acked = acked.or(row.acked.take());
        row.acked_once = row.acked.as_ref().map_or(0, |state| state.len);
        replace_token(row, note.token);
        row.clock_offset = note.clock_offset;
        row.synced_at = note.at;
        row.hub_at = receipt.at;
        row.failure = 0;
        row.failure_detail.clear();
    });
    let mut before = Vec::new();
    views.scan(&[tables::HELD_THERE], None, &mut |key, _| {
        before.push(key.to_vec());
        true
    });
    before.iter().for_each(|key| views.delete(key));
    for (index, held) in receipt.held.drain(..).enumerate() {
        views.put(&key(tables::HELD_THERE, &(index as u16).to_be_bytes()), held.encode_to_vec());
    }
    views.put(&key(tables::RECEIPT, &[]), receipt.encode_to_vec());
}

fn put_event(views: &mut dyn ViewMut, table: u8, seq: u64, value: Vec<u8>) {
    views.put(&key(table, &seq.to_be_bytes()), value);
    let mut keys = Vec::new();
    views.scan(&[table], None, &mut |key, _| {
        keys.push(key.to_vec());
        true
    });
    let surplus = keys.len().saturating_sub(limits::EVENTS_KEPT);
    keys.iter().take(surplus).for_each(|key| views.delete(key));
}

fn token_of(bytes: &[u8]) -> Option<Token> {
    bytes.try_into().ok().map(Token)
}

fn tokens_of(row: &pb::TownshipRow) -> Vec<TokenRow> {
    let typed = |row: &pb::TokenRow| {
        let token = token_of(&row.token)?;
        Some(TokenRow {
            token,
            after: token_of(&row.after),
            presented: row.presented,
            abandoned: row.abandoned,
        })
    };
    row.tokens.iter().filter_map(typed).collect()
}

fn token_out(row: &TokenRow) -> pb::TokenRow {
    pb::TokenRow {
        token: row.token.0.to_vec(),
        after: row.after.map_or_else(Vec::new, |after| after.0.to_vec()),
        presented: row.presented,
        abandoned: row.abandoned,
    }
}

/// What a node knows about its sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeState {
    /// What the hub holds of the node's own stream, as it last said.
    pub acked: Option<StreamState>,
    /// The most of it that the hub has ever said to hold, as far as no receipt has said less since.
    pub acked_once: u64,
    pub token: Option<Token>,
    /// The installation that this store was enrolled from.
    pub instance: Option<Instance>,
    /// The hub's clock minus ours in ms, in the last session.
    pub clock_offset: i64,
    /// End of the last session that brought a receipt, our clock in ms; 0 = never.
    pub synced_at: i64,
    /// The hub's clock then.
    pub hub_at: i64,
    /// End of the last session that brought none; 0 = never.
    pub attempt_at: i64,
    /// What it failed of, while it was the last one.
    pub failure: Option<(u32, String)>,
}

/// The node's state as of `view`; all empty before the first note.
pub fn node_state(view: &dyn View) -> NodeState {
    let row: pb::NodeRow = row(view, &key(tables::NODE, &[])).unwrap_or_default();
    NodeState {
        acked: row.acked.as_ref().and_then(|state| wire::state_in(state).ok().flatten()),
        acked_once: row.acked_once,
        token: token_of(&row.token),
        instance: row.instance.as_slice().try_into().ok().map(Instance),
        clock_offset: row.clock_offset,
        synced_at: row.synced_at,
        hub_at: row.hub_at,
        attempt_at: row.attempt_at,
        failure: (row.failure != 0).then_some((row.failure, row.failure_detail)),
    }
}

/// The last receipt, with the held list that came with it.
pub fn last_receipt(view: &dyn View) -> Option<Receipt> {
    let mut receipt: pb::Receipt = row(view, &key(tables::RECEIPT, &[]))?;
    view.scan(&[tables::HELD_THERE], None, &mut |_, value| {
        receipt.held.extend(pb::Held::decode(value).ok());
        true
    });
    wire::receipt_in(receipt).ok()
}

/// The hub's signature over the node's copy of a down stream as it stands at `head`.
pub fn proof(view: &dyn View, stream: StreamName, head: Head) -> Option<Vec<u8>> {
    let note: pb::NodeProof = row(view, &key(tables::PROOF, stream.to_string().as_bytes()))?;
    let state = wire::state_in(note.state.as_ref()?).ok().flatten()?;
    (state.head == head).then_some(note.signature)
}

/// Recoveries of this node, oldest first.
pub fn recoveries(view: &dyn View) -> Vec<pb::NodeRecovered> {
    events(view, tables::RECOVERED)
}

/// Events at the hub, oldest first.
pub fn hub_events(view: &dyn View) -> Vec<pb::HubEvent> {
    events(view, tables::EVENT)
}

fn events<M: prost::Message + Default>(view: &dyn View, table: u8) -> Vec<M> {
    let mut found = Vec::new();
    view.scan(&[table], None, &mut |_, value| {
        found.extend(M::decode(value).ok());
        true
    });
    found
}

/// What the hub knows about the sessions of one township.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TownshipState {
    /// The installation enrolled; none before the first session.
    pub instance: Option<Instance>,
    pub tokens: Vec<TokenRow>,
    /// Issued by the last session in which something moved.
    pub live: Option<Token>,
    pub session: Option<pb::HubSession>,
    pub event: Option<pb::HubEvent>,
    /// What the node is known to have of the streams that flow down.
    pub has: Option<pb::HubHas>,
}

impl TownshipState {
    /// Entries that the node had when it last spoke to the hub, and that the hub, which holds `stored` of its stream, does
    /// not have: more than none after a night that was cut off.
    pub fn missing(&self, stored: u64) -> u64 {
        self.session.as_ref().map_or(0, |session| session.own_len.saturating_sub(stored))
    }
}

pub fn township_state(view: &dyn View, township: TownshipCode) -> TownshipState {
    let row: pb::TownshipRow =
        row(view, &key(tables::TOWNSHIP, &township.number().to_be_bytes())).unwrap_or_default();
    TownshipState {
        instance: row.instance.as_slice().try_into().ok().map(Instance),
        tokens: tokens_of(&row),
        live: token_of(&row.live),
        session: row.session,
        event: row.event,
        has: row.has,
    }
}

/// The note that an installation was enrolled for a township (hub).
pub fn hub_instance(township: TownshipCode, instance: Instance) -> Kind {
    Kind::HubInstance(pb::HubInstance { township: township.to_string(), instance: instance.0.to_vec() })
}

/// The note that this store belongs to an installation (node).
pub fn node_instance(instance: Instance) -> Kind {
    Kind::Instance(pb::NodeInstance { instance: instance.0.to_vec() })
}

/// How much of the node's own stream the hub is known to hold. Computed from the hub's word alone (I12): an
/// acknowledgement of a branch that the stream has left counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub len: u64,
    pub acked: u64,
}

impl Progress {
    /// # Errors
    /// As [`Store::hash_at`].
    pub fn of(store: &Store, township: TownshipCode) -> Result<Self, StoreError> {
        let stream = StreamName::Township(township);
        let state = store.read(node_state);
        let len = store.head(stream).len;
        let acked = match state.acked {
            Some(acked) if store.hash_at(stream, acked.head.len)? == Some(acked.head.hash) => acked.head.len,
            _ => 0,
        };
        Ok(Self { len, acked })
    }

    pub fn synced(self) -> bool {
        self.len <= self.acked
    }

    pub fn waiting(self) -> u64 {
        self.len.saturating_sub(self.acked)
    }
}

/// The kind of a [`pb::HubEvent`]. Numbers are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    NodeRestored,
    Clone,
    NewMachine,
    HubWentBack,
    Salvaged,
}

impl EventKind {
    pub fn number(self) -> u32 {
        match self {
            Self::NodeRestored => 1,
            Self::Clone => 2,
            Self::NewMachine => 3,
            Self::HubWentBack => 4,
            Self::Salvaged => 5,
        }
    }

    /// # Errors
    /// A number of a newer version.
    pub fn from_number(number: u32) -> Result<Self, ParseError> {
        [Self::NodeRestored, Self::Clone, Self::NewMachine, Self::HubWentBack, Self::Salvaged]
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or_else(|| ParseError::new("the number of a hub event", number.to_string()))
    }
}
