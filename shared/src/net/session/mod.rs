//! Carries a session over gRPC: the two halves of [`crate::sync`] hold all rules, this module only moves their messages.
//!
//! What a half says goes into a queue that holds everything its window allows, so a half never waits for the line while the
//! other waits for it. Steps of a half touch the store and block, so they run beside the asynchronous threads; a step
//! that has begun is always finished, whatever happens to the line.

mod hub;
mod node;

use std::time::Duration;

use tokio::time::Instant;

pub use hub::{Desk, SyncService};
pub use node::{Report, sync_once};

use super::clock::Clock;
use super::failure::Deny;
use crate::limits::{SESSION_WINDOW_BATCHES, STEP_MESSAGES_MAX};
use crate::store::{Store, StoreError};
use crate::sync::message::{HubMessage, NodeMessage};
use crate::sync::{HubSession, NodeSession, Now, Outcome};

/// Messages that may wait to be sent: every batch and every acknowledgement that the window allows, and a last word.
const QUEUE_MESSAGES: usize = 2 * SESSION_WINDOW_BATCHES + 8;

/// What a session has cost. Bytes as seen from this side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// At the socket: TLS handshake, HTTP/2 and all.
    pub socket_out: u64,
    pub socket_in: u64,
    /// Above TLS: HTTP/2 with its headers.
    pub http_out: u64,
    pub http_in: u64,
    /// The messages alone.
    pub messages_out: u64,
    pub messages_in: u64,
    /// Times that this side waited for the other after having said something, without the TLS handshake; an upper bound.
    pub round_trips: u64,
    pub ms: u64,
}

/// One half of a session as the carrier sees it.
pub(crate) trait Half: Send + 'static {
    type In: Send + 'static;
    type Out: Send + 'static;

    fn handle(&mut self, now: Now, store: &Store, message: Self::In) -> Result<(), StoreError>;
    fn poll(&mut self, store: &Store) -> Result<Option<Self::Out>, StoreError>;
    fn poll_timeout(&self) -> Option<i64>;
    fn expire(&mut self, now: Now, store: &Store) -> Result<(), StoreError>;
    fn cut(&mut self, now: Now, store: &Store) -> Result<(), StoreError>;
    fn outcome(&self) -> Option<&Outcome>;
}

impl Half for NodeSession {
    type In = HubMessage;
    type Out = NodeMessage;

    fn handle(&mut self, now: Now, store: &Store, message: HubMessage) -> Result<(), StoreError> {
        self.handle(now, store, message)
    }
    fn poll(&mut self, store: &Store) -> Result<Option<NodeMessage>, StoreError> {
        self.poll(store)
    }
    fn poll_timeout(&self) -> Option<i64> {
        self.poll_timeout()
    }
    fn expire(&mut self, now: Now, store: &Store) -> Result<(), StoreError> {
        self.expire(now, store)
    }
    fn cut(&mut self, now: Now, store: &Store) -> Result<(), StoreError> {
        self.cut(now, store)
    }
    fn outcome(&self) -> Option<&Outcome> {
        self.outcome()
    }
}

impl Half for HubSession {
    type In = NodeMessage;
    type Out = HubMessage;

    fn handle(&mut self, now: Now, store: &Store, message: NodeMessage) -> Result<(), StoreError> {
        self.handle(now, store, message)
    }
    fn poll(&mut self, store: &Store) -> Result<Option<HubMessage>, StoreError> {
        self.poll(store)
    }
    fn poll_timeout(&self) -> Option<i64> {
        self.poll_timeout()
    }
    fn expire(&mut self, now: Now, _: &Store) -> Result<(), StoreError> {
        self.expire(now);
        Ok(())
    }
    fn cut(&mut self, _: Now, _: &Store) -> Result<(), StoreError> {
        self.cut();
        Ok(())
    }
    fn outcome(&self) -> Option<&Outcome> {
        self.outcome()
    }
}

/// What comes in to a half.
pub(crate) enum Input<M> {
    Messages(Vec<M>),
    Silence,
    Cut,
}

/// A half, its store and its clocks.
pub(crate) struct Driver<H> {
    /// None only while a step runs.
    half: Option<H>,
    store: Store,
    time: Time,
}

/// Both clocks of a session.
#[derive(Clone)]
pub(crate) struct Time {
    clock: Clock,
    started: Instant,
}

impl Time {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, started: Instant::now() }
    }

    pub(crate) fn now(&self) -> Now {
        Now { unix_ms: self.clock.now(), ticks_ms: self.started.elapsed().as_millis() as i64 }
    }
}

impl<H: Half> Driver<H> {
    pub(crate) fn new(half: H, store: Store, time: Time) -> Self {
        Self { half: Some(half), store, time }
    }

    pub(crate) fn half(&self) -> Option<&H> {
        self.half.as_ref()
    }

    pub(crate) fn ended(&self) -> bool {
        self.half.as_ref().is_none_or(|half| half.outcome().is_some())
    }

    /// One step: takes in the input, gives what is to be said. Runs to its end even if nobody waits for it.
    ///
    /// # Errors
    /// The step panicked; the half is gone.
    pub(crate) async fn step(&mut self, input: Input<H::In>) -> Result<Vec<H::Out>, Deny> {
        let Some(mut half) = self.half.take() else { return Err(Deny::Fault) };
        let (store, now) = (self.store.clone(), self.time.now());
        let step = tokio::task::spawn_blocking(move || {
            let mut said = Vec::new();
            // A failure of the store ends the half, and the half says so itself; what is left is to send its last word.
            let _ = match input {
                Input::Messages(messages) => {
                    messages.into_iter().try_for_each(|message| half.handle(now, &store, message))
                }
                Input::Silence => half.expire(now, &store),
                Input::Cut => half.cut(now, &store),
            };
            while let Ok(Some(message)) = half.poll(&store) {
                said.push(message);
            }
            (half, said)
        });
        let (half, said) = step.await.map_err(|_| Deny::Fault)?;
        self.half = Some(half);
        Ok(said)
    }

    /// Returns when the half has heard nothing for too long.
    pub(crate) async fn silence(&self) {
        let Some(at) = self.half.as_ref().and_then(Half::poll_timeout) else {
            return std::future::pending().await;
        };
        let at = self.time.started + Duration::from_millis(at.max(0) as u64);
        tokio::time::sleep_until(at).await;
    }
}

/// The next message and those that have come with it, at most [`STEP_MESSAGES_MAX`]; `None` at the end of the stream.
pub(crate) async fn gather<M, P>(
    stream: &mut tonic::Streaming<P>,
    bytes: &mut u64,
    read: impl Fn(P) -> Option<M>,
) -> Result<Option<Vec<M>>, Box<tonic::Status>>
where
    P: prost::Message,
{
    let mut gathered = Vec::new();
    let mut next = stream.message().await.map_err(Box::new)?;
    while let Some(message) = next {
        *bytes += message.encoded_len() as u64;
        // A message that is not one ends the session; the half is told by the cut.
        let Some(message) = read(message) else { return Ok(None) };
        gathered.push(message);
        if gathered.len() == STEP_MESSAGES_MAX {
            break;
        }
        next = match std::future::poll_fn(|cx| {
            std::task::Poll::Ready(tokio_stream::Stream::poll_next(std::pin::Pin::new(stream), cx))
        })
        .await
        {
            std::task::Poll::Ready(Some(Ok(message))) => Some(message),
            _ => None,
        };
    }
    Ok(if gathered.is_empty() { None } else { Some(gathered) })
}
