//! The county's side of sessions: what each is set up with, and what the log says when one has ended. Carrying the
//! messages is [`shared::net::session`]'s work, deciding [`shared::sync`]'s.

use std::sync::Arc;

use shared::ids::{Epoch, TownshipCode};
use shared::limits::ENTRY_BYTES_MAX;
use shared::net::failure::Deny;
use shared::net::peer::Peer;
use shared::net::session::{Cost, Desk};
use shared::store::Store;
use shared::sync::message::Token;
use shared::sync::{HeldInViews, HubSetup, Outcome, Summary};

use crate::app::App;
use crate::meters::Ended;

/// What this hub can do beyond the first version of the protocol; told to nodes in the Welcome.
const CAPABILITIES: [&str; 0] = [];

pub(super) struct SyncDesk(pub(super) Arc<App>);

impl Desk for SyncDesk {
    fn open(&self, township: TownshipCode, _peer: &Peer) -> Result<(Store, HubSetup), Deny> {
        let app = &self.0;
        if app.towns().get(&township).is_none() {
            return Err(Deny::NotEnrolled);
        }
        let (mut token, mut epoch) = ([0; 16], [0; 8]);
        app.clock.random(&mut token);
        app.clock.random(&mut epoch);
        let setup = HubSetup {
            township,
            software: crate::SOFTWARE.to_owned(),
            catalogue: app.catalogue().version.clone(),
            capabilities: CAPABILITIES.map(str::to_owned).to_vec(),
            entry_bytes_max: ENTRY_BYTES_MAX as u32,
            token: Token(token),
            epoch: Epoch(u64::from_le_bytes(epoch)),
            keys: app.office.gate().ca().receipt_key().clone(),
            held: Arc::new(HeldInViews),
        };
        Ok((app.store().clone(), setup))
    }

    fn closed(&self, township: TownshipCode, outcome: Option<&Outcome>, summary: &Summary, cost: &Cost) {
        let bytes_in = cost.socket_in;
        let bytes_out = cost.socket_out;
        self.0.meters.session(Ended::of(outcome));
        match outcome {
            Some(Outcome::Done) => tracing::info!(
                township.id = %township,
                entries.received = summary.received,
                entries.sent = summary.sent,
                bytes_in,
                bytes_out,
                duration_ms = cost.ms,
                "session ended with a receipt"
            ),
            Some(Outcome::Failed(failure)) => tracing::warn!(
                township.id = %township,
                entries.received = summary.received,
                entries.sent = summary.sent,
                failure = failure.number(),
                detail = failure.detail(),
                bytes_in,
                bytes_out,
                duration_ms = cost.ms,
                "session ended without a receipt"
            ),
            None => {
                tracing::error!(township.id = %township, duration_ms = cost.ms, "session broke off in a fault")
            }
        }
        self.0.tell_events(township);
        // What a session that broke off brought waits: the rest of it, or what the hub had lost, may follow.
        if matches!(outcome, Some(Outcome::Done)) {
            self.0.upkeep.arrived.notify_one();
        }
    }
}
