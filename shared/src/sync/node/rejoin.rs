//! A node takes the hub's branch of a stream over: one commit, so that a power cut leaves either branch whole.

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::NodeSession;
use super::end::recovered_note;
use crate::ids::StreamName;
use crate::store::Store;
use crate::stream::{Frame, Head, Item};
use crate::sync::branch::{self, Branch, after};
use crate::sync::fault::{Fault, planted};
use crate::sync::message::{RefusalCode, StreamState};
use crate::sync::note;
use crate::sync::session::{Now, Recovered, Stop};
use crate::sync::wire::state_out;

/// The stream moved while its entries were read: a clerk saved something.
const ATTEMPTS: usize = 8;

impl NodeSession {
    /// Cuts the stream back to where the branches part and appends the hub's branch; to our own stream, then our own
    /// later changes again, under a new epoch. Returns the stream's length after it.
    pub(super) fn rejoin(
        &mut self,
        now: Now,
        store: &Store,
        stream: StreamName,
        branch: &Branch,
    ) -> Result<u64, Stop> {
        let malformed = |_| Stop::Refuse(RefusalCode::Malformed, "branch");
        for _ in 0..ATTEMPTS {
            let seen = store.head(stream);
            let mut frames = branch.frames().map_err(malformed)?;
            let mine = branch::items(store, stream, branch.keep + 1, seen.len)?;
            if !planted(Fault::WithheldDropped) {
                branch::fill(&mut frames, &mine);
            }
            let moved = if stream == self.own() {
                self.rejoin_own(now, store, seen, branch, &frames, mine)?
            } else {
                self.rejoin_down(store, seen, branch, &frames)?
            };
            if let Some(len) = moved {
                return Ok(len);
            }
        }
        Err(Stop::Refuse(RefusalCode::Restart, "the stream keeps moving"))
    }

    fn rejoin_down(
        &mut self,
        store: &Store,
        seen: Head,
        branch: &Branch,
        frames: &[Frame],
    ) -> Result<Option<u64>, Stop> {
        let Some(stream) = frames.first().map(|frame| frame.stream) else { return Ok(Some(branch.keep)) };
        let notes: Vec<Note> = self.proven(stream, branch.at, branch.proof().to_vec()).into_iter().collect();
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| {
            if tx.head(stream) != seen {
                return Ok(None);
            }
            tx.rebase(stream, branch.keep)?;
            frames.iter().try_for_each(|frame| branch::put(tx, frame))?;
            note::append(tx, site, fresh, notes)?;
            Ok(Some(tx.head(stream).len))
        })
    }

    fn rejoin_own(
        &mut self,
        now: Now,
        store: &Store,
        seen: Head,
        branch: &Branch,
        frames: &[Frame],
        mine: Vec<Item>,
    ) -> Result<Option<u64>, Stop> {
        let stream = self.own();
        let known = mine.len() as u64;
        let theirs = branch::changed(frames, after(stream, seen, seen.epoch, mine.clone()));
        let mut later =
            if planted(Fault::RebaseWithoutDedupe) { mine } else { branch::missing(mine, frames) };
        if planted(Fault::RebaseDropsOwn) {
            later.clear();
        }
        let reappended = later.len() as u64;
        let branch_len: u64 = frames.iter().map(|frame| frame.items.len() as u64).sum();
        // The point that was agreed on may lie before the one where the branches part: what both have is not news.
        let taken_back = branch_len.saturating_sub(known.saturating_sub(reappended));
        let recovered = Recovered { taken_back, reappended, ..self.summary.recovered.unwrap_or_default() };
        let held = StreamState { stream, head: branch.at, forked: false };
        let notes = vec![
            recovered_note(now, recovered),
            Note::Acked(pb::NodeAcked { state: Some(state_out(&held)) }),
        ];
        let (site, epoch, rules) = (self.site(), self.setup.epoch, self.setup.reappend.clone());
        let moved = store.write(|tx| {
            if tx.head(stream) != seen {
                return Ok::<_, Stop>(None);
            }
            tx.rebase(stream, branch.keep)?;
            frames.iter().try_for_each(|frame| branch::put(tx, frame))?;
            for item in later {
                // One at a time: what an entry may do depends on what those before it have become.
                let item = match item {
                    Item::Entry(bytes) => Item::Entry(rules.again(tx.view(), bytes, &theirs)),
                    // Its bytes are gone for good; it keeps its place in the stream.
                    withheld @ Item::Withheld(_) => withheld,
                };
                let head = tx.head(stream);
                tx.append_frame(&after(stream, head, epoch, vec![item]))?;
            }
            note::append(tx, site, epoch, notes)?;
            Ok(Some(tx.head(stream).len))
        })?;
        if moved.is_some() {
            self.acked = Some(held);
            self.summary.recovered = Some(recovered);
            self.summary.mark_settled = true;
        }
        Ok(moved)
    }
}
