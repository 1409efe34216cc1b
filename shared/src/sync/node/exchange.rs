//! What a session of a node still has to do, stream by stream.

use crate::ids::StreamName;
use crate::limits;
use crate::store::{Store, StoreError};
use crate::stream::Head;
use crate::sync::branch::Branch;
use crate::sync::message::{Batch, Token};
use crate::sync::pack::pack;

pub(super) struct Exchange {
    pub(super) lanes: Vec<(StreamName, Lane)>,
    pub(super) in_flight: usize,
    /// Lane whose turn it is to send.
    pub(super) turn: usize,
    pub(super) token: Option<Token>,
    /// The hub has stored the token.
    pub(super) confirmed: bool,
    pub(super) entry_bytes_max: usize,
}

/// What is left to do with one stream.
pub(super) enum Lane {
    Done,
    /// Our own stream, or entries given back to a hub that was restored (then with the proof of their end).
    Send {
        next: u64,
        to: u64,
        proof: Vec<u8>,
    },
    /// The hub has more.
    Take {
        target: Head,
        taken: u64,
    },
    /// A sketch is out.
    Agreeing {
        proof: Option<Vec<u8>>,
    },
    /// A down stream forked: our entries are offered.
    Salvage {
        keep: Head,
        next: u64,
        to: u64,
        proof: Vec<u8>,
        unacked: usize,
    },
    /// The hub's branch is collected, to be taken over in one commit.
    Collect {
        branch: Branch,
        target: Head,
    },
}

impl Exchange {
    pub(super) fn lane(&mut self, stream: StreamName) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|(name, _)| *name == stream).map(|(_, lane)| lane)
    }

    /// The next batch that the window lets out, lanes in turn, and the entries in it.
    pub(super) fn next_batch(&mut self, store: &Store) -> Result<Option<(Batch, u64)>, StoreError> {
        if self.in_flight >= limits::SESSION_WINDOW_BATCHES {
            return Ok(None);
        }
        for _ in 0..self.lanes.len() {
            self.turn = (self.turn + 1) % self.lanes.len();
            let (stream, lane) = &mut self.lanes[self.turn];
            let (next, to, proof, salvage) = match lane {
                Lane::Send { next, to, proof } => (next, *to, proof, false),
                Lane::Salvage { next, to, proof, .. } if *next <= *to => (next, *to, proof, true),
                _ => continue,
            };
            let frame = store.run(*stream, *next..=to, limits::FRAME_BYTES_MAX, self.entry_bytes_max)?;
            let Some(frame) = frame.filter(|_| *next <= to) else {
                *lane = Lane::Done;
                continue;
            };
            let entries = frame.items.len() as u64;
            *next += entries;
            let last = *next > to;
            let mut batch = pack(&frame);
            batch.salvage = salvage;
            if last {
                batch.proof = std::mem::take(proof);
            }
            match lane {
                Lane::Salvage { unacked, .. } => *unacked += 1,
                _ if last => *lane = Lane::Done,
                _ => {}
            }
            self.in_flight += 1;
            return Ok(Some((batch, entries)));
        }
        Ok(None)
    }
}
