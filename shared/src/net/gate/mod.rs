//! The hub's gate: every connection passes it, and it can end each of them at any time.
//!
//! Handshakes run beside the accept loop, bounded in number and time. A caller who is refused is told why (an alert, or
//! an answer in the language that it spoke), and the hub remembers why for its operator. When a certificate is revoked the
//! whole TLS configuration is replaced, so the next handshake meets the new list, and open connections of that
//! certificate end at once; a connection also ends when its certificate expires.

mod refuse;
mod stream;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

pub use refuse::{Reason, TurnedAway};
pub use stream::HubStream;

use super::ca::{Ca, CaError};
use super::clock::Clock;
use super::failure::Deny;
use super::link::{BoxIo, Listen, Meter, Metered, Replay};
use super::peer::{Peer, Serial};
use super::tls::{self, HubTrust};
use crate::limits::{CONNECTIONS_MAX, HANDSHAKE_MS, HANDSHAKES_MAX, TURNED_AWAY_KEPT};

#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error(transparent)]
    Ca(#[from] CaError),
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// One connection that has passed the handshake.
#[derive(Debug)]
pub struct Connection {
    /// None: no certificate was presented.
    pub peer: Option<Peer>,
    pub from: SocketAddr,
    /// Bytes at the socket, and above TLS.
    pub socket: Arc<Meter>,
    pub plain: Arc<Meter>,
    /// Fires when the connection has to end: sessions on it stop and say why.
    pub ending: CancellationToken,
    /// Fires a little later: the connection is closed whatever happens on it.
    closed: CancellationToken,
    why: OnceLock<Deny>,
}

impl Connection {
    /// Why it has to end; meaningful once `ending` has fired.
    pub fn why(&self) -> Deny {
        self.why.get().copied().unwrap_or(Deny::Stopping)
    }

    pub(crate) fn end(&self, why: Deny) {
        let _ = self.why.set(why);
        self.ending.cancel();
    }
}

/// The gate. Shared by the accept loop, the services and whoever revokes.
pub struct Gate {
    ca: Arc<Ca>,
    clock: Clock,
    config: ArcSwap<ServerConfig>,
    /// Of the HTTP door.
    http: ArcSwap<ServerConfig>,
    handshakes: Arc<Semaphore>,
    connections: Arc<Semaphore>,
    state: Mutex<State>,
    turned_away: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    revoked: BTreeSet<Serial>,
    open: HashMap<u64, Arc<Connection>>,
    next: u64,
    turned_away: VecDeque<TurnedAway>,
}

impl Gate {
    pub fn new(ca: Arc<Ca>, clock: Clock, revoked: BTreeSet<Serial>) -> Result<Arc<Self>, GateError> {
        let config = ArcSwap::from_pointee(config(&ca, &clock, &revoked)?);
        let http = ArcSwap::from_pointee(http_config(&ca, &clock)?);
        let state = Mutex::new(State { revoked, ..State::default() });
        let (handshakes, connections) = (Semaphore::new(HANDSHAKES_MAX), Semaphore::new(CONNECTIONS_MAX));
        let (handshakes, connections) = (Arc::new(handshakes), Arc::new(connections));
        Ok(Arc::new(Self {
            ca,
            clock,
            config,
            http,
            handshakes,
            connections,
            state,
            turned_away: watch::Sender::new(0),
        }))
    }

    pub fn ca(&self) -> &Arc<Ca> {
        &self.ca
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Makes `revoked` the list of certificates that must not get in: at once, for new and for open connections.
    pub fn set_revoked(&self, revoked: BTreeSet<Serial>) -> Result<(), GateError> {
        let fresh = config(&self.ca, &self.clock, &revoked)?;
        let mut state = self.state();
        self.config.store(Arc::new(fresh));
        state.revoked = revoked;
        for connection in state.open.values() {
            if connection.peer.as_ref().is_some_and(|peer| state.revoked.contains(&peer.serial)) {
                connection.end(Deny::Revoked);
            }
        }
        Ok(())
    }

    /// Takes up a server certificate that the hub has renewed. Call it daily. Open connections stay.
    pub fn refresh(&self) -> Result<(), GateError> {
        let state = self.state();
        self.config.store(Arc::new(config(&self.ca, &self.clock, &state.revoked)?));
        self.http.store(Arc::new(http_config(&self.ca, &self.clock)?));
        Ok(())
    }

    /// How a caller at the HTTP door is met, with the certificate in force now; he shows none.
    pub fn http(&self) -> Arc<ServerConfig> {
        self.http.load_full()
    }

    /// Connections open now.
    pub fn open(&self) -> Vec<Arc<Connection>> {
        self.state().open.values().cloned().collect()
    }

    /// Callers refused at the handshake, oldest first; the last 200.
    pub fn turned_away(&self) -> Vec<TurnedAway> {
        self.state().turned_away.iter().cloned().collect()
    }

    /// Changes whenever a caller has been refused; its value is how many so far.
    pub fn watch_turned_away(&self) -> watch::Receiver<u64> {
        self.turned_away.subscribe()
    }

    /// Accepted connections, until `stop` fires.
    pub fn incoming(
        self: &Arc<Self>,
        mut listen: Box<dyn Listen>,
        stop: CancellationToken,
    ) -> ReceiverStream<io::Result<HubStream>> {
        let (sender, receiver) = mpsc::channel(16);
        let gate = self.clone();
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                let room = async {
                    let handshake = gate.handshakes.clone().acquire_owned().await;
                    (handshake, gate.connections.clone().acquire_owned().await)
                };
                let (Ok(handshake), Ok(place)) = (tokio::select! {
                    biased;
                    () = stop.cancelled() => break,
                    permits = room => permits,
                }) else {
                    break;
                };
                let accepted = tokio::select! {
                    biased;
                    () = stop.cancelled() => break,
                    accepted = listen.accept() => accepted,
                };
                match accepted {
                    Ok((io, from)) => {
                        let (gate, sender) = (gate.clone(), sender.clone());
                        tokio::spawn(async move {
                            if let Some(stream) = gate.admit(io, from, place).await {
                                let _ = sender.send(Ok(stream)).await;
                            }
                            drop(handshake);
                        });
                    }
                    // Out of file handles, or a caller gone before it was accepted: the hub goes on, but not in a hot loop.
                    Err(why) => {
                        tracing::warn!(error = %why, "accepting a connection failed");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        });
        ReceiverStream::new(receiver)
    }

    async fn admit(
        self: &Arc<Self>,
        io: BoxIo,
        from: SocketAddr,
        place: OwnedSemaphorePermit,
    ) -> Option<HubStream> {
        let (socket, plain) = (Arc::new(Meter::default()), Arc::new(Meter::default()));
        let handshake = async {
            let io = Replay::opening(Metered::new(io, socket.clone())).await;
            // TLS is begun only with a caller who begins it: its alert would be gibberish in the middle of our answer.
            if io.replayed().first() != Some(&refuse::TLS_HANDSHAKE) {
                return Err((io::ErrorKind::InvalidData.into(), io));
            }
            TlsAcceptor::from(self.config.load_full()).accept(io).into_fallible().await
        };
        let tls = match tokio::time::timeout(Duration::from_millis(HANDSHAKE_MS), handshake).await {
            Ok(Ok(tls)) => tls,
            Ok(Err((why, io))) => {
                let opening = socket.opening();
                self.note(from, refuse::reason(&why, &opening));
                refuse::answer(io, &opening).await;
                return None;
            }
            Err(_) => {
                self.note(from, Reason::Silent);
                return None;
            }
        };
        let (_, session) = tls.get_ref();
        if session.alpn_protocol() != Some(tls::PROTOCOL) {
            self.note(from, Reason::NotHttp2);
            return None;
        }
        let peer = match session.peer_certificates().and_then(|chain| chain.first()).map(Peer::parse) {
            None => None,
            Some(Ok(peer)) => Some(peer),
            Some(Err(why)) => {
                self.note(from, Reason::BadCertificate(why.to_string()));
                return None;
            }
        };
        let connection = Arc::new(Connection {
            peer,
            from,
            socket,
            plain: plain.clone(),
            ending: CancellationToken::new(),
            closed: CancellationToken::new(),
            why: OnceLock::new(),
        });
        let entry = self.enter(connection.clone());
        Some(HubStream::new(Metered::new(tls, plain), connection, entry, place))
    }

    /// Puts the connection on the list of open ones, and sets its end.
    fn enter(self: &Arc<Self>, connection: Arc<Connection>) -> stream::Entry {
        let mut state = self.state();
        // It may have been revoked between its handshake and now; the list is under the same lock.
        if connection.peer.as_ref().is_some_and(|peer| state.revoked.contains(&peer.serial)) {
            connection.end(Deny::Revoked);
        }
        let number = state.next;
        state.next += 1;
        state.open.insert(number, connection.clone());
        drop(state);
        stream::watch(connection, self.clock.clone());
        stream::Entry { gate: self.clone(), number }
    }

    fn note(&self, from: SocketAddr, reason: Reason) {
        tracing::warn!(caller.address = %from, reason = %reason, "caller turned away");
        let mut state = self.state();
        if state.turned_away.len() == TURNED_AWAY_KEPT {
            state.turned_away.pop_front();
        }
        state.turned_away.push_back(TurnedAway { at: self.clock.now(), from, reason });
        drop(state);
        self.turned_away.send_modify(|count| *count += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gate({}, {} open)", self.ca.county(), self.state().open.len())
    }
}

fn http_config(ca: &Ca, clock: &Clock) -> Result<ServerConfig, GateError> {
    let (certificate, key) = ca.server_certificate(clock.now())?;
    Ok(tls::http_config(vec![certificate, ca.root().clone()], key.for_tls(), clock.clone())?)
}

fn config(ca: &Ca, clock: &Clock, revoked: &BTreeSet<Serial>) -> Result<ServerConfig, GateError> {
    let (certificate, key) = ca.server_certificate(clock.now())?;
    let trust = HubTrust { root: ca.root().clone(), county: ca.county().clone(), revoked: revoked.clone() };
    Ok(tls::hub_config(trust, certificate, &key, clock.clone())?)
}
