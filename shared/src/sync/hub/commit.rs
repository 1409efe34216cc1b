//! Who may go on, and the one way in which a session stores anything.

use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::{HubSession, Phase, before_hello};
use crate::ids::Site;
use crate::limits;
use crate::store::{Store, StoreError, Tx};
use crate::sync::fault::{Fault, planted};
use crate::sync::message::{Hello, RefusalCode};
use crate::sync::note::{self, EventKind, TownshipState};
use crate::sync::session::{Now, Stop};
use crate::sync::token::{Judgement, judge};

impl HubSession {
    /// Whether this installation may go on, and whether its folder was restored.
    pub(super) fn admit(
        &self,
        known: &TownshipState,
        hello: &Hello,
    ) -> Result<bool, (RefusalCode, EventKind)> {
        let enrolled = known.instance.or(hello.instance);
        if hello.instance.is_none() || hello.instance != enrolled {
            return Err((RefusalCode::NewMachine, EventKind::NewMachine));
        }
        match judge(&known.tokens, hello.token) {
            Judgement::Current => Ok(false),
            Judgement::Older => Ok(true),
            Judgement::Abandoned if planted(Fault::TokenUnchecked) => Ok(false),
            Judgement::Abandoned => Err((RefusalCode::Clone, EventKind::Clone)),
        }
    }

    /// Notes that a machine was refused, unless that only repeats the last event.
    pub(super) fn note_event(
        &self,
        now: Now,
        store: &Store,
        known: &TownshipState,
        kind: EventKind,
    ) -> Result<(), StoreError> {
        let repeats = known.event.as_ref().is_some_and(|event| {
            event.kind == kind.number()
                && (0..limits::REPEAT_NOTED_MS).contains(&now.unix_ms.saturating_sub(event.at))
        });
        if repeats {
            return Ok(());
        }
        let event = self.event(now, kind, 0);
        store.write(|tx| note::append(tx, Site::Hub, self.setup.epoch, vec![event]))
    }

    pub(super) fn event(&self, now: Now, kind: EventKind, count: u64) -> Note {
        Note::Event(pb::HubEvent {
            township: self.setup.township.to_string(),
            kind: kind.number(),
            at: now.unix_ms,
            count,
        })
    }

    pub(super) fn session_row(&self, now: Now, hello: &Hello) -> pb::HubSession {
        let own = hello.streams.iter().find(|state| state.stream == self.own());
        pb::HubSession {
            own_len: own.map_or(0, |state| state.head.len),
            at: now.unix_ms,
            software: hello.software.clone(),
            catalogue: hello.catalogue.clone(),
            clock_offset: self.summary.clock_offset,
            backlog: hello.backlog,
        }
    }

    /// One durable commit of this session. The first one of a session stores its token with it; one of a session that
    /// is not the newest is refused.
    pub(super) fn commit(
        &mut self,
        now: Now,
        store: &Store,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Phase::Exchanging(exchange) = &self.phase else { return Err(before_hello()) };
        let (township, fresh) = (self.setup.township, self.setup.epoch);
        if exchange.confirmed {
            return store.write(|tx| {
                let live = note::township_state(tx.view(), township).live;
                if live != Some(self.setup.token) && !planted(Fault::StaleSession) {
                    return Err(Stop::Refuse(RefusalCode::Superseded, ""));
                }
                work(tx)
            });
        }
        let hello = &exchange.hello;
        let mut notes = vec![Note::Opened(pb::HubOpened {
            township: township.to_string(),
            presented: hello.token.map_or_else(Vec::new, |token| token.0.to_vec()),
            issued: self.setup.token.0.to_vec(),
            instance: hello.instance.map_or_else(Vec::new, |instance| instance.0.to_vec()),
            session: Some(self.session_row(now, hello)),
            has: Some(exchange.has),
        })];
        if exchange.restored {
            notes.push(self.event(now, EventKind::NodeRestored, 0));
        }
        if hello.acked > exchange.own_len {
            notes.push(self.event(now, EventKind::HubWentBack, hello.acked - exchange.own_len));
        }
        store.write(|tx| {
            // Another session may have come between the hello and this.
            let known = note::township_state(tx.view(), township);
            self.admit(&known, hello).map_err(|(code, _)| Stop::Refuse(code, ""))?;
            note::append(tx, Site::Hub, fresh, notes)?;
            work(tx)
        })?;
        self.exchange()?.confirmed = true;
        Ok(())
    }

    pub(super) fn confirm(&mut self, now: Now, store: &Store) -> Result<(), Stop> {
        if self.exchange()?.confirmed { Ok(()) } else { self.commit(now, store, |_| Ok(())) }
    }
}
