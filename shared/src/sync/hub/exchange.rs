//! What a session of the hub still has to do, stream by stream.

use xianglian_proto::v1::HubHas;

use crate::ids::StreamName;
use crate::limits;
use crate::store::{Store, StoreError};
use crate::sync::branch::Branch;
use crate::sync::message::{Batch, Hello, StreamState};
use crate::sync::pack::pack;

pub(super) struct Exchange {
    pub(super) hello: Hello,
    pub(super) lanes: Vec<(StreamName, Lane)>,
    pub(super) in_flight: usize,
    pub(super) turn: usize,
    /// The session's token is stored.
    pub(super) confirmed: bool,
    pub(super) restored: bool,
    /// Entries of the node's own stream when the session began.
    pub(super) own_len: u64,
    /// What the node had then of the streams that flow down to it.
    pub(super) has: HubHas,
}

/// What is left to do with one stream.
pub(super) enum Lane {
    /// Nothing, or the node sends.
    Idle,
    Send {
        next: u64,
        to: u64,
    },
    /// A down stream of which the node has more, or another branch: its entries, until the proof of their end comes.
    Given(Branch),
    /// As before, after a sketch: then the hub's own branch is sent from `keep` on.
    Salvaged {
        branch: Branch,
        keep: u64,
    },
}

impl Exchange {
    pub(super) fn lane(&mut self, stream: StreamName) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|(name, _)| *name == stream).map(|(_, lane)| lane)
    }

    /// The next batch that the window lets out, lanes in turn; where its stream stands after it; the entries in it.
    pub(super) fn next_batch(
        &mut self,
        store: &Store,
    ) -> Result<Option<(Batch, StreamState, u64)>, StoreError> {
        if self.in_flight >= limits::SESSION_WINDOW_BATCHES {
            return Ok(None);
        }
        for _ in 0..self.lanes.len() {
            self.turn = (self.turn + 1) % self.lanes.len();
            let (stream, lane) = &mut self.lanes[self.turn];
            let Lane::Send { next, to } = lane else { continue };
            let frame = if next > to {
                None
            } else {
                store.run(*stream, *next..=*to, limits::FRAME_BYTES_MAX, limits::ENTRY_BYTES_MAX)?
            };
            let Some(frame) = frame else {
                *lane = Lane::Idle;
                continue;
            };
            let entries = frame.items.len() as u64;
            *next += entries;
            self.in_flight += 1;
            let end = StreamState { stream: *stream, head: frame.head(), forked: false };
            return Ok(Some((pack(&frame), end, entries)));
        }
        Ok(None)
    }
}
