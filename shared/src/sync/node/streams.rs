//! What the hub says about single streams: where branches part, batches, acknowledgements.

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::end::recovered_note;
use super::exchange::Lane;
use super::{NodeSession, state_of};
use crate::ids::StreamName;
use crate::store::{Store, StoreError};
use crate::stream::{Frame, Head};
use crate::sync::branch::{self, Branch, Follow, Pushed};
use crate::sync::fault::{Fault, planted};
use crate::sync::message::{Agreed, Batch, NodeMessage, RefusalCode, StreamState};
use crate::sync::note;
use crate::sync::pack::unpack;
use crate::sync::session::{Now, Recovered, Stop};
use crate::sync::wire::state_out;

impl NodeSession {
    pub(super) fn agreed(&mut self, now: Now, store: &Store, agreed: Agreed) -> Result<(), Stop> {
        let stream = agreed.state.stream;
        let own = stream == self.own();
        let here = store.head(stream);
        let Some(hash) = store.hash_at(stream, agreed.seq)? else {
            return Err(Stop::Refuse(RefusalCode::Restart, "agreed beyond the end"));
        };
        let keep = Head { epoch: here.epoch, len: agreed.seq, hash };
        if own {
            self.hub_holds(store, keep)?;
        }
        let target = agreed.state.head;
        let exchange = self.exchange()?;
        exchange.confirmed = true;
        let Some(lane) = exchange.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "agreed"));
        };
        let Lane::Agreeing { proof } = lane else {
            return Err(Stop::Refuse(RefusalCode::Restart, "agreed without a sketch"));
        };
        *lane = match proof.take() {
            Some(proof) if here.len > keep.len => {
                Lane::Salvage { keep, next: keep.len + 1, to: here.len, proof, unacked: 0 }
            }
            _ if target.len == keep.len && own => {
                Lane::Send { next: keep.len + 1, to: here.len, proof: Vec::new() }
            }
            _ => Lane::Collect { branch: Branch::new(keep), target },
        };
        self.collected(now, store, stream)
    }

    pub(super) fn received(&mut self, now: Now, store: &Store, batch: Batch) -> Result<(), Stop> {
        let frame = unpack(&batch).map_err(|_| Stop::Refuse(RefusalCode::Malformed, "batch"))?;
        let stream = frame.stream;
        let entries = frame.items.len() as u64;
        let Some(lane) = self.exchange()?.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "batch"));
        };
        match lane {
            Lane::Collect { branch, .. } => {
                match branch.push(&frame, batch) {
                    Pushed::Next | Pushed::Have => {}
                    Pushed::Other => return Err(Stop::Refuse(RefusalCode::Restart, "another branch")),
                    Pushed::TooLong => return Err(Stop::Refuse(RefusalCode::BranchTooLong, "batch")),
                }
                self.collected(now, store, stream)?;
            }
            _ => self.take(now, store, frame, batch.proof)?,
        }
        self.summary.received += entries;
        self.outbox.push_back(NodeMessage::Ack(state_of(store, stream)));
        Ok(())
    }

    /// Stores a frame that is next, with its proof and, when a recovery ends with it, the note of that.
    pub(super) fn take(&mut self, now: Now, store: &Store, frame: Frame, proof: Vec<u8>) -> Result<(), Stop> {
        let stream = frame.stream;
        let own = stream == self.own();
        let other = Stop::Refuse(RefusalCode::Restart, "does not follow");
        let (seen, frame) = match branch::follow(store, frame)? {
            (seen, Follow::Have) => {
                if let Some(lane @ Lane::Take { .. }) = self.exchange()?.lane(stream)
                    && matches!(lane, Lane::Take { target, .. } if seen.len >= target.len)
                {
                    *lane = Lane::Done;
                }
                return Ok(());
            }
            (_, Follow::Other) => return Err(other),
            (seen, Follow::Next(frame)) => (seen, frame),
        };
        let Some(Lane::Take { target, taken }) = self.exchange()?.lane(stream) else { return Err(other) };
        *taken += frame.items.len() as u64;
        let (target, taken) = (*target, *taken);
        let end = frame.head();
        let mut notes: Vec<Note> = self.proven(stream, end, proof).into_iter().collect();
        if own && end == target {
            let recovered = Recovered { taken_back: taken, ..self.summary.recovered.unwrap_or_default() };
            self.summary.recovered = Some(recovered);
            notes.push(recovered_note(now, recovered));
            notes.push(Note::Acked(pb::NodeAcked {
                state: Some(state_out(&StreamState { stream, head: end, forked: false })),
            }));
        }
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| {
            if tx.head(stream) != seen {
                return Err(other);
            }
            tx.append_frame(&frame)?;
            note::append(tx, site, fresh, notes)?;
            Ok(())
        })?;
        if own {
            self.hub_holds(store, end)?;
            self.summary.mark_settled |= end == target;
        }
        if end.len >= target.len
            && let Some(lane) = self.exchange()?.lane(stream)
        {
            *lane = Lane::Done;
        }
        Ok(())
    }

    /// Takes a branch over once it is whole.
    pub(super) fn collected(&mut self, now: Now, store: &Store, stream: StreamName) -> Result<(), Stop> {
        let Some(lane) = self.exchange()?.lane(stream) else { return Ok(()) };
        if !matches!(lane, Lane::Collect { branch, target } if branch.at.len >= target.len) {
            return Ok(());
        }
        let Lane::Collect { branch, target } = std::mem::replace(lane, Lane::Done) else { return Ok(()) };
        if branch.at.len != target.len || branch.at.hash != target.hash {
            return Err(Stop::Refuse(RefusalCode::Restart, "another branch"));
        }
        let to = self.rejoin(now, store, stream, &branch)?;
        if to > target.len
            && let Some(lane) = self.exchange()?.lane(stream)
        {
            *lane = Lane::Send { next: target.len + 1, to, proof: Vec::new() };
        }
        Ok(())
    }

    pub(super) fn acknowledged(&mut self, now: Now, store: &Store, state: StreamState) -> Result<(), Stop> {
        let stream = state.stream;
        if stream == self.own() && store.hash_at(stream, state.head.len)? == Some(state.head.hash) {
            self.hub_holds(store, state.head)?;
        }
        let exchange = self.exchange()?;
        exchange.confirmed = true;
        if !planted(Fault::WindowStuck) {
            exchange.in_flight = exchange.in_flight.saturating_sub(1);
        }
        let Some(lane) = exchange.lane(stream) else {
            return Err(Stop::Refuse(RefusalCode::NotYours, "ack"));
        };
        if let Lane::Salvage { keep, next, to, unacked, .. } = lane {
            *unacked = unacked.saturating_sub(1);
            if *unacked == 0 && *next > *to {
                // The last answer says where the hub's branch ends, our entries included.
                *lane = Lane::Collect { branch: Branch::new(*keep), target: state.head };
                self.collected(now, store, stream)?;
            }
        }
        Ok(())
    }

    /// The hub has said what it holds of our own stream. Less than we thought is noted at once: what the page says must
    /// be true now, not at the end of a session (I12).
    pub(super) fn hub_holds(&mut self, store: &Store, head: Head) -> Result<(), StoreError> {
        self.acked = Some(StreamState { stream: self.own(), head, forked: false });
        let known = store.read(note::node_state).acked.map_or(0, |state| state.head.len);
        if known > head.len && !planted(Fault::AckedNotLowered) { self.note_acked(store) } else { Ok(()) }
    }
}
