//! The end of a session: the receipt, or the note of what it failed of.

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::{NodeSession, Phase};
use crate::limits;
use crate::store::{Store, StoreError};
use crate::sync::message::{Receipt, RefusalCode, Token};
use crate::sync::note;
use crate::sync::session::{Failure, Now, Outcome, Recovered, Stop};
use crate::sync::wire::{receipt_out, state_out};

impl NodeSession {
    pub(super) fn receipted(&mut self, now: Now, store: &Store, receipt: Receipt) -> Result<(), Stop> {
        let Phase::Finishing(exchange) = &self.phase else {
            return Err(Stop::Refuse(RefusalCode::Restart, "a receipt too early"));
        };
        let token = exchange.token;
        self.accept(now, store, receipt, token)
    }

    /// Checks and stores the receipt; the session is done.
    pub(super) fn accept(
        &mut self,
        now: Now,
        store: &Store,
        receipt: Receipt,
        token: Option<Token>,
    ) -> Result<(), Stop> {
        if receipt.township != self.setup.township || !receipt.signed_by(&*self.setup.keys) {
            return Err(Stop::Refuse(RefusalCode::Malformed, "receipt"));
        }
        for state in &receipt.streams {
            if store.hash_at(state.stream, state.head.len)? != Some(state.head.hash) {
                return Err(Stop::Refuse(RefusalCode::Restart, "the receipt is of another branch"));
            }
        }
        let before = store.read(note::last_receipt);
        let known = store.read(note::node_state);
        let token = receipt.token.or(token).filter(|token| known.token != Some(*token));
        let own = receipt.streams.iter().find(|state| state.stream == self.own()).copied();
        let same = token.is_none()
            && own == known.acked
            && before.is_some_and(|before| before.streams == receipt.streams && before.held == receipt.held);
        let (at, clock_offset) = (now.unix_ms, self.summary.clock_offset);
        let mut notes = Vec::new();
        if !self.summary.mark_settled
            && let (Some(_), Some(recovered)) = (self.setup.mark, self.summary.recovered)
        {
            notes.push(recovered_note(now, recovered));
        }
        notes.push(if same {
            Note::Contact(pb::NodeContact { at, clock_offset, hub_at: receipt.at })
        } else {
            let token = token.map_or_else(Vec::new, |token| token.0.to_vec());
            Note::Synced(pb::NodeSynced { receipt: Some(receipt_out(&receipt)), token, clock_offset, at })
        });
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| note::append(tx, site, fresh, notes))?;
        self.summary.mark_settled = true;
        self.phase = Phase::Ended(Outcome::Done);
        Ok(())
    }

    /// Notes how far the session came and what it failed of, unless that only repeats the last note.
    pub(super) fn end(&mut self, now: Now, store: &Store, failure: Failure) -> Result<(), StoreError> {
        let token = match &self.phase {
            Phase::Exchanging(exchange) | Phase::Finishing(exchange) if exchange.confirmed => exchange.token,
            _ => None,
        };
        let known = store.read(note::node_state);
        let token = token.filter(|token| known.token != Some(*token));
        let mut notes = Vec::new();
        if let Some(acked) = self.acked
            && Some(acked) != known.acked
            && store.hash_at(acked.stream, acked.head.len)? == Some(acked.head.hash)
        {
            notes.push(Note::Acked(pb::NodeAcked { state: Some(state_out(&acked)) }));
        }
        let (code, detail) = (failure.number(), failure.detail());
        let repeats = known.failure.as_ref().is_some_and(|(known, _)| *known == code)
            && (0..limits::REPEAT_NOTED_MS).contains(&now.unix_ms.saturating_sub(known.attempt_at));
        if !repeats || token.is_some() {
            let token = token.map_or_else(Vec::new, |token| token.0.to_vec());
            notes.push(Note::Attempt(pb::NodeAttempt { at: now.unix_ms, code, detail, token }));
        }
        self.phase = Phase::Ended(Outcome::Failed(failure));
        let (site, fresh) = (self.site(), self.setup.epoch);
        if notes.is_empty() { Ok(()) } else { store.write(|tx| note::append(tx, site, fresh, notes)) }
    }

    pub(super) fn note_acked(&self, store: &Store) -> Result<(), StoreError> {
        let state = self.acked.as_ref().map(state_out);
        let (site, fresh) = (self.site(), self.setup.epoch);
        store.write(|tx| note::append(tx, site, fresh, vec![Note::Acked(pb::NodeAcked { state })]))
    }

    pub(super) fn settle_mark(&mut self, hub_len: u64) {
        let Some(mark) = self.setup.mark else { return };
        let lost = mark.lost(hub_len);
        let recovered = self.summary.recovered.get_or_insert_default();
        recovered.lost = lost;
        recovered.lost_since = if lost > 0 { mark.at } else { 0 };
    }
}

pub(super) fn recovered_note(now: Now, recovered: Recovered) -> Note {
    Note::Recovered(pb::NodeRecovered {
        at: now.unix_ms,
        taken_back: recovered.taken_back,
        reappended: recovered.reappended,
        lost: recovered.lost,
        lost_since: recovered.lost_since,
    })
}
