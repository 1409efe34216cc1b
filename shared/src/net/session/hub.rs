//! The gRPC service `Sync`: one spawned task per session.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use xianglian_proto::v1;
use xianglian_proto::v1::sync_server::Sync;

use super::{Cost, Driver, Input, QUEUE_MESSAGES, Time, gather};
use crate::ids::TownshipCode;
use crate::limits::SESSIONS_MAX;
use crate::net::clock::Clock;
use crate::net::failure::Deny;
use crate::net::gate::Connection;
use crate::net::peer::Peer;
use crate::store::Store;
use crate::sync::message::NodeMessage;
use crate::sync::{HubSession, HubSetup, Outcome, Summary};

/// What the hub's program gives to sessions and learns of them.
pub trait Desk: Send + std::marker::Sync + 'static {
    /// The store and what a session of this township is set up with. May block.
    ///
    /// # Errors
    /// The township may not sync now.
    fn open(&self, township: TownshipCode, peer: &Peer) -> Result<(Store, HubSetup), Deny>;

    /// A session has ended; `None`: it broke off in a fault. May block.
    fn closed(&self, township: TownshipCode, outcome: Option<&Outcome>, summary: &Summary, cost: &Cost);
}

/// Serves `Sync`.
#[derive(Clone)]
pub struct SyncService {
    desk: Arc<dyn Desk>,
    clock: Clock,
    places: Arc<Semaphore>,
}

impl SyncService {
    pub fn new(desk: Arc<dyn Desk>, clock: Clock) -> Self {
        Self { desk, clock, places: Arc::new(Semaphore::new(SESSIONS_MAX)) }
    }

    fn deny(&self, deny: Deny) -> Status {
        deny.status(self.clock.now())
    }
}

#[tonic::async_trait]
impl Sync for SyncService {
    type SessionStream = Pin<Box<dyn tokio_stream::Stream<Item = Result<v1::HubMessage, Status>> + Send>>;

    async fn session(
        &self,
        request: Request<Streaming<v1::NodeMessage>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        let connection = request.extensions().get::<Arc<Connection>>().cloned();
        let connection = connection.ok_or_else(|| self.deny(Deny::Fault))?;
        let peer = connection.peer.clone().ok_or_else(|| self.deny(Deny::NoCertificate))?;
        let township = peer.township().ok_or_else(|| self.deny(Deny::TownshipsOnly))?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| self.deny(Deny::Busy))?;
        let desk = self.desk.clone();
        let opened = tokio::task::spawn_blocking(move || desk.open(township, &peer)).await;
        let (store, setup) = opened.unwrap_or(Err(Deny::Fault)).map_err(|deny| self.deny(deny))?;
        let (sender, receiver) = mpsc::channel(QUEUE_MESSAGES);
        let time = Time::new(self.clock.clone());
        let session = Session {
            desk: self.desk.clone(),
            township,
            driver: Driver::new(HubSession::start(time.now(), setup), store, time),
            inbound: request.into_inner(),
            outbound: sender,
            connection,
            cost: Cost::default(),
            clock: self.clock.clone(),
            _place: place,
        };
        tokio::spawn(session.run());
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

struct Session {
    desk: Arc<dyn Desk>,
    township: TownshipCode,
    driver: Driver<HubSession>,
    inbound: Streaming<v1::NodeMessage>,
    outbound: mpsc::Sender<Result<v1::HubMessage, Status>>,
    connection: Arc<Connection>,
    cost: Cost,
    clock: Clock,
    _place: OwnedSemaphorePermit,
}

impl Session {
    async fn run(mut self) {
        let started = Instant::now();
        let before = meters(&self.connection);
        if let Err(deny) = self.exchange().await {
            let _ = self.driver.step(Input::Cut).await;
            let status = deny.status(self.clock.now());
            // The queue has room for a last word; if it has not, the node does not listen any more.
            let _ = self.outbound.try_send(Err(status));
        }
        let after = meters(&self.connection);
        self.cost.socket_out = after[0] - before[0];
        self.cost.socket_in = after[1] - before[1];
        self.cost.http_out = after[2] - before[2];
        self.cost.http_in = after[3] - before[3];
        self.cost.round_trips = after[4] - before[4];
        self.cost.ms = started.elapsed().as_millis() as u64;
        let Self { desk, township, driver, cost, .. } = self;
        let closed = tokio::task::spawn_blocking(move || {
            let summary = driver.half().map(HubSession::summary).cloned().unwrap_or_default();
            desk.closed(township, driver.half().and_then(HubSession::outcome), &summary, &cost);
        });
        let _ = closed.await;
    }

    async fn exchange(&mut self) -> Result<(), Deny> {
        loop {
            let input = tokio::select! {
                biased;
                () = self.connection.ending.cancelled() => return Err(self.connection.why()),
                () = self.driver.silence() => Input::Silence,
                gathered = gather(&mut self.inbound, &mut self.cost.messages_in, |m| NodeMessage::try_from(m).ok()) => {
                    match gathered {
                        Ok(Some(messages)) => Input::Messages(messages),
                        Ok(None) | Err(_) => Input::Cut,
                    }
                }
            };
            for message in self.driver.step(input).await? {
                let message = v1::HubMessage::from(message);
                self.cost.messages_out += prost::Message::encoded_len(&message) as u64;
                tokio::select! {
                    biased;
                    () = self.connection.ending.cancelled() => return Err(self.connection.why()),
                    // A closed queue means that the node has gone; its end of the stream will say so.
                    _ = self.outbound.send(Ok(message)) => {}
                    () = self.driver.silence() => return Err(Deny::Silent),
                }
            }
            if self.driver.ended() {
                return Ok(());
            }
        }
    }
}

fn meters(connection: &Connection) -> [u64; 5] {
    let (socket, plain) = (&connection.socket, &connection.plain);
    [socket.bytes_out(), socket.bytes_in(), plain.bytes_out(), plain.bytes_in(), plain.turns()]
}
