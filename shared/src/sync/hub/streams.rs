//! What a node says about single streams: where branches part, its own batches, and what the hub has lost.

use super::HubSession;
use super::exchange::Lane;
use crate::ids::{Site, StreamName};
use crate::store::Store;
use crate::stream::{Frame, Head, Item};
use crate::sync::branch::{self, Branch, Follow, Pushed, after};
use crate::sync::fault::{Fault, planted};
use crate::sync::message::{Agreed, Batch, HubMessage, RefusalCode, Sketch, StreamState};
use crate::sync::node::state_of;
use crate::sync::note::{self, EventKind};
use crate::sync::pack::unpack;
use crate::sync::receipt::state_bytes;
use crate::sync::session::{Now, Stop};

impl HubSession {
    pub(super) fn sketched(&mut self, now: Now, store: &Store, sketch: Sketch) -> Result<(), Stop> {
        self.confirm(now, store)?;
        let stream = sketch.stream;
        if self.exchange()?.lane(stream).is_none() {
            return Err(Stop::Refuse(RefusalCode::NotYours, "sketch"));
        }
        let state = state_of(store, stream);
        let mut keep = Head::empty(stream);
        for (seq, hash) in sketch.points {
            if seq <= state.head.len && store.hash_at(stream, seq)? == Some(hash) {
                keep = Head { epoch: state.head.epoch, len: seq, hash };
                break;
            }
        }
        let own = stream == self.own();
        if let Some(lane) = self.exchange()?.lane(stream) {
            *lane = if sketch.salvage && !own {
                Lane::Salvaged { branch: Branch::new(keep), keep: keep.len }
            } else {
                Lane::Send { next: keep.len + 1, to: state.head.len }
            };
        }
        self.outbox.push_back(HubMessage::Agreed(Agreed { seq: keep.len, state }));
        Ok(())
    }

    pub(super) fn received(&mut self, now: Now, store: &Store, batch: Batch) -> Result<(), Stop> {
        let frame = unpack(&batch).map_err(|_| Stop::Refuse(RefusalCode::Malformed, "batch"))?;
        let stream = frame.stream;
        self.summary.received += frame.items.len() as u64;
        let late = planted(Fault::AckBeforeDurable) || planted(Fault::ReceiptBeforeDurable);
        let state = if late && stream == self.own() {
            self.received_late(now, store, frame)?
        } else if stream == self.own()
            || (planted(Fault::PayloadTrusted) && matches!(stream, StreamName::Township(_)))
        {
            self.store_own(now, store, frame)?;
            state_of(store, stream)
        } else {
            self.given(now, store, &frame, batch)?
        };
        self.outbox.push_back(HubMessage::Ack(state));
        Ok(())
    }

    /// Stores a frame of the node's own stream as it is; what is there already is not stored again.
    pub(super) fn store_own(&mut self, now: Now, store: &Store, mut frame: Frame) -> Result<(), Stop> {
        let max = self.setup.entry_bytes_max as usize;
        for item in &mut frame.items {
            if matches!(item, Item::Entry(bytes) if bytes.len() > max) {
                if planted(Fault::OversizeStuck) {
                    return Err(Stop::Refuse(RefusalCode::Malformed, "entry"));
                }
                *item = Item::Withheld(item.digest());
            }
        }
        let restart = || Stop::Refuse(RefusalCode::Restart, "does not follow");
        let (seen, frame) = match branch::follow(store, frame)? {
            (_, Follow::Have) => return self.confirm(now, store),
            (_, Follow::Other) => return Err(restart()),
            (seen, Follow::Next(frame)) => (seen, frame),
        };
        self.commit(now, store, |tx| {
            if tx.head(frame.stream) != seen {
                return Err(restart());
            }
            tx.append_frame(&frame)?;
            Ok(())
        })
    }

    /// Collects entries of a down stream that the hub has lost; stores them once its own signature shows where they lead.
    pub(super) fn given(
        &mut self,
        now: Now,
        store: &Store,
        frame: &Frame,
        batch: Batch,
    ) -> Result<StreamState, Stop> {
        self.confirm(now, store)?;
        let stream = frame.stream;
        let proof = batch.proof.clone();
        let keys = self.setup.keys.clone();
        let branch = match self.exchange()?.lane(stream) {
            None => return Err(Stop::Refuse(RefusalCode::NotYours, "batch")),
            Some(Lane::Given(branch) | Lane::Salvaged { branch, .. }) => branch,
            // It came twice; or it was never asked for.
            Some(_) => match branch::follow(store, frame.clone())? {
                (_, Follow::Have) => return Ok(state_of(store, stream)),
                _ => return Err(Stop::Refuse(RefusalCode::Restart, "not asked for")),
            },
        };
        match branch.push(frame, batch) {
            Pushed::Next => {}
            Pushed::Have => return Ok(state_of(store, stream)),
            Pushed::Other => return Err(Stop::Refuse(RefusalCode::Restart, "another branch")),
            Pushed::TooLong => return Err(Stop::Refuse(RefusalCode::BranchTooLong, "batch")),
        }
        if proof.is_empty() {
            return Ok(state_of(store, stream));
        }
        let end = StreamState { stream, head: branch.at, forked: false };
        if !keys.verify(&state_bytes(&end), &proof) && !planted(Fault::ProofUnchecked) {
            return Err(Stop::Refuse(RefusalCode::NotYours, "proof"));
        }
        let frames = branch.frames().map_err(|_| Stop::Refuse(RefusalCode::Malformed, "branch"))?;
        let lane = self.exchange()?.lane(stream).map(|lane| std::mem::replace(lane, Lane::Idle));
        let Some(Lane::Salvaged { keep, .. }) = lane else {
            self.give_back(now, store, frames)?;
            return Ok(state_of(store, stream));
        };
        self.salvage(now, store, stream, keep, &frames)?;
        // The answer says where the branch ends that is sent from now on, whatever others append meanwhile.
        let state = state_of(store, stream);
        if let Some(lane) = self.exchange()?.lane(stream) {
            *lane = Lane::Send { next: keep + 1, to: state.head.len };
        }
        Ok(state)
    }

    /// The hub was restored and has no other branch: the frames go where they were.
    pub(super) fn give_back(&mut self, now: Now, store: &Store, frames: Vec<Frame>) -> Result<(), Stop> {
        for frame in frames {
            self.store_own(now, store, frame)?;
        }
        Ok(())
    }

    /// The hub was restored and has gone on: what it does not have is appended at the end.
    pub(super) fn salvage(
        &mut self,
        now: Now,
        store: &Store,
        stream: StreamName,
        keep: u64,
        frames: &[Frame],
    ) -> Result<(), Stop> {
        if planted(Fault::SalvageIgnored) {
            return self.confirm(now, store);
        }
        let seen = store.head(stream);
        let have = branch::items(store, stream, keep + 1, seen.len)?;
        let mut lost: Vec<Item> = frames.iter().flat_map(|frame| frame.items.iter().cloned()).collect();
        if !planted(Fault::SalvageWithoutDedupe) {
            let there = [after(stream, seen, seen.epoch, have)];
            lost = branch::missing(lost, &there);
        }
        if lost.is_empty() {
            return self.confirm(now, store);
        }
        let event = self.event(now, EventKind::Salvaged, lost.len() as u64);
        let fresh = self.setup.epoch;
        self.commit(now, store, |tx| {
            if tx.head(stream) != seen {
                return Err(Stop::Refuse(RefusalCode::Restart, "the stream moved"));
            }
            branch::put(tx, &after(stream, seen, seen.epoch, lost))?;
            note::append(tx, Site::Hub, fresh, vec![event])?;
            Ok(())
        })
    }

    /// With a planted fault: stores after the answer is out.
    fn received_late(&mut self, now: Now, store: &Store, frame: Frame) -> Result<StreamState, Stop> {
        self.confirm(now, store)?;
        if let Some(before) = self.late.take() {
            store.write(|tx| tx.append_frame(&before))?;
        }
        let stream = frame.stream;
        if store.head(stream).hash != frame.prev {
            self.store_own(now, store, frame)?;
            return Ok(state_of(store, stream));
        }
        let head = if planted(Fault::AckBeforeDurable) { frame.head() } else { store.head(stream) };
        self.late = Some(frame);
        Ok(StreamState { stream, head, forked: false })
    }
}
