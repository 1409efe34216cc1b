//! The node's way to the hub: TCP, TLS, one HTTP/2 connection; and what it means when any of them fails.
//!
//! With TLS 1.3 the hub's judgement of our certificate arrives only after our side has called the handshake done, as an
//! alert in place of the first answer. The connection's [`Meter`] keeps that alert, so the first failed call can still be
//! explained.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::{AlertDescription, CertificateError, Error};
use rustls_pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use xianglian_proto::v1;
use xianglian_proto::v1::enrolment_client::EnrolmentClient;

use super::ca::SERVER_NAME;
use super::clock::Clock;
use super::failure::{Deny, Failure, clock_of};
use super::identity::Identity;
use super::link::{BoxIo, Dial, Meter, Metered};
use super::tls::{self, JOIN_NAME, Judge, Trust};
use crate::limits::{
    CALL_MS, CLOCK_OFFSET_WARN_MS, CONNECT_MS, CONNECTION_WINDOW_BYTES, HANDSHAKE_MS, KEEPALIVE_ANSWER_MS,
    KEEPALIVE_MS, STREAM_WINDOW_BYTES,
};

/// What a node dials with.
#[derive(Clone)]
pub struct Road {
    pub dial: Arc<dyn Dial>,
    pub clock: Clock,
    /// `host:port`.
    pub address: String,
}

/// As whom a node calls.
#[derive(Debug, Clone)]
pub enum Caller<'a> {
    /// With its certificate.
    Member(&'a Identity),
    /// Without one, knowing the hub by the fingerprint of its root.
    Joining(super::token::Fingerprint),
}

impl Caller<'_> {
    fn trust(&self) -> Trust {
        match self {
            Self::Member(identity) => Trust::Root(identity.root.clone()),
            Self::Joining(pin) => Trust::Pin(*pin),
        }
    }
}

/// One connection to the hub. It is never re-opened behind the caller's back: an attempt has one connection, so its cost and
/// its failure can be told.
pub struct Link<'a> {
    pub channel: Channel,
    /// Bytes at the socket, and above TLS.
    pub socket: Arc<Meter>,
    pub plain: Arc<Meter>,
    road: Road,
    caller: Caller<'a>,
}

impl Road {
    /// Connects to the hub.
    ///
    /// # Errors
    /// Everything up to the end of our side of the TLS handshake; a refusal of our certificate comes with the first call.
    pub async fn connect<'a>(&self, caller: Caller<'a>) -> Result<Link<'a>, Failure> {
        match self.attempt(&caller, Judge::ByClock).await {
            Ok((channel, socket, plain)) => Ok(Link { channel, socket, plain, road: self.clone(), caller }),
            Err(Trouble::Failure(failure)) => Err(failure),
            Err(Trouble::HubOutOfDate) => Err(self.out_of_date(&caller).await),
        }
    }

    /// The hub's certificate is not valid by our clock: whose fault is it?
    async fn out_of_date(&self, caller: &Caller<'_>) -> Failure {
        let local = self.clock.now();
        match self.ask_clock(caller).await {
            Some(hub) if (hub - local).abs() > CLOCK_OFFSET_WARN_MS => {
                Failure::Clock { local, hub: Some(hub) }
            }
            Some(_) => Failure::HubCertificate,
            None => Failure::Clock { local, hub: None },
        }
    }

    /// The hub's clock, by a call that it refuses to a stranger. The hub is known by its key, not by validity in time, and
    /// nothing of worth is sent.
    pub async fn ask_clock(&self, caller: &Caller<'_>) -> Option<i64> {
        let stranger = match caller.trust() {
            Trust::Root(root) => Caller::Joining(super::token::Fingerprint::of(&root)),
            Trust::Pin(pin) => Caller::Joining(pin),
        };
        let (channel, ..) = self.attempt(&stranger, Judge::Timeless).await.ok()?;
        let call = EnrolmentClient::new(channel);
        let answer = timed(call.clone().renew(v1::RenewRequest::default())).await;
        answer.err().as_ref().and_then(clock_of)
    }

    async fn attempt(
        &self,
        caller: &Caller<'_>,
        judge: Judge,
    ) -> Result<(Channel, Arc<Meter>, Arc<Meter>), Trouble> {
        let address = self.address.clone();
        let unreachable = |why: String| Failure::Unreachable { address: address.clone(), why };
        let dialled = self.dial.dial(address.clone());
        let io = match tokio::time::timeout(Duration::from_millis(CONNECT_MS), dialled).await {
            Ok(Ok(io)) => io,
            Ok(Err(why)) => return Err(unreachable(why.to_string()).into()),
            Err(_) => return Err(unreachable(format!("no answer for {CONNECT_MS} ms")).into()),
        };
        let (socket, plain) = (Arc::new(Meter::default()), Arc::new(Meter::default()));
        let stream = self.handshake(io, caller, judge, &socket).await?;
        let channel = self.http2(Metered::new(stream, plain.clone())).await?;
        Ok((channel, socket, plain))
    }

    async fn handshake(
        &self,
        io: BoxIo,
        caller: &Caller<'_>,
        judge: Judge,
        socket: &Arc<Meter>,
    ) -> Result<tokio_rustls::client::TlsStream<Metered<BoxIo>>, Trouble> {
        let (own, name) = match caller {
            Caller::Member(identity) => (Some((&identity.certificate, &identity.key)), SERVER_NAME),
            Caller::Joining(_) => (None, JOIN_NAME),
        };
        let local = |why: String| Trouble::Failure(Failure::Local { why });
        let config = tls::node_config(caller.trust(), judge, own, self.clock.clone());
        let config = config.map_err(|why| local(why.to_string()))?;
        let name = ServerName::try_from(name).map_err(|why| local(why.to_string()))?;
        let connect = TlsConnector::from(Arc::new(config)).connect(name, Metered::new(io, socket.clone()));
        let stream = match tokio::time::timeout(Duration::from_millis(HANDSHAKE_MS), connect).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(why)) => return Err(self.explain_handshake(&why, caller)),
            Err(_) => return Err(Failure::CutOff { why: "no answer to the TLS handshake".into() }.into()),
        };
        if stream.get_ref().1.alpn_protocol() != Some(tls::PROTOCOL) {
            return Err(Failure::NotAHub { address: self.address.clone() }.into());
        }
        Ok(stream)
    }

    async fn http2(
        &self,
        stream: Metered<tokio_rustls::client::TlsStream<Metered<BoxIo>>>,
    ) -> Result<Channel, Failure> {
        let once = Arc::new(Mutex::new(Some(TokioIo::new(stream))));
        let connector = tower::service_fn(move |_| {
            let stream = once.lock().unwrap_or_else(PoisonError::into_inner).take();
            std::future::ready(stream.ok_or_else(|| io::Error::other("the connection has ended")))
        });
        let cut = |why: String| Failure::CutOff { why };
        Endpoint::from_static("https://hub.xianglian.internal")
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .http2_keep_alive_interval(Duration::from_millis(KEEPALIVE_MS))
            .keep_alive_timeout(Duration::from_millis(KEEPALIVE_ANSWER_MS))
            .keep_alive_while_idle(true)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .connect_with_connector(connector)
            .await
            .map_err(|why| cut(chain(&why)))
    }

    fn explain_handshake(&self, why: &io::Error, caller: &Caller<'_>) -> Trouble {
        let address = self.address.clone();
        let Some(tls) = why.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
            return Failure::CutOff { why: why.to_string() }.into();
        };
        match tls {
            Error::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            ) => Trouble::HubOutOfDate,
            Error::InvalidCertificate(_) => match caller {
                Caller::Joining(_) => Failure::WrongHub { address }.into(),
                Caller::Member(_) => Failure::UnknownHub { address }.into(),
            },
            Error::AlertReceived(alert) => match judgement(*alert, caller) {
                Some(failure) => failure.into(),
                None => Failure::NotAHub { address }.into(),
            },
            _ => Failure::NotAHub { address }.into(),
        }
    }
}

enum Trouble {
    Failure(Failure),
    HubOutOfDate,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Link<'_> {
    /// What a failed call means, with everything that is known of the connection.
    pub async fn explain(&self, status: &Status) -> Failure {
        if let (Some(Error::AlertReceived(alert)), _) = self.plain.errors()
            && let Some(failure) = judgement(alert, &self.caller)
        {
            return self.doubt(failure).await;
        }
        if let Some(deny) = Deny::of(status) {
            return Failure::Denied(deny);
        }
        let (_, error) = self.plain.errors();
        Failure::CutOff { why: error.unwrap_or_else(|| format!("{}: {}", status.message(), chain(status))) }
    }

    /// The hub finds our certificate out of date. If by our clock it is not, one of the clocks is wrong: ask.
    async fn doubt(&self, failure: Failure) -> Failure {
        let (Failure::CertificateExpired { .. }, Caller::Member(identity)) = (&failure, &self.caller) else {
            return failure;
        };
        let local = self.road.clock.now();
        if local >= identity.peer.not_after {
            return failure;
        }
        match self.road.ask_clock(&self.caller).await {
            Some(hub) if (hub - local).abs() > CLOCK_OFFSET_WARN_MS => {
                Failure::Clock { local, hub: Some(hub) }
            }
            _ => failure,
        }
    }

    /// A call with the usual deadline, its failure explained.
    pub async fn call<T>(
        &self,
        call: impl Future<Output = Result<tonic::Response<T>, Status>>,
    ) -> Result<T, Failure> {
        match timed(call).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => Err(self.explain(&status).await),
        }
    }
}

async fn timed<T>(call: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    match tokio::time::timeout(Duration::from_millis(CALL_MS), call).await {
        Ok(answer) => answer,
        Err(_) => Err(Status::deadline_exceeded(format!("no answer for {CALL_MS} ms"))),
    }
}

/// What the hub's alert says of our certificate; `None` for alerts that say nothing of it.
fn judgement(alert: AlertDescription, caller: &Caller<'_>) -> Option<Failure> {
    let Caller::Member(identity) = caller else { return None };
    match alert {
        AlertDescription::UnknownCA
        | AlertDescription::DecryptError
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown => Some(Failure::UnknownToHub),
        AlertDescription::CertificateExpired => {
            Some(Failure::CertificateExpired { not_after: identity.peer.not_after })
        }
        AlertDescription::CertificateRevoked => Some(Failure::CertificateRevoked),
        AlertDescription::AccessDenied => Some(Failure::Denied(Deny::OtherCounty)),
        _ => None,
    }
}

/// The texts of an error and of what caused it.
fn chain(why: &dyn std::error::Error) -> String {
    let mut text = why.to_string();
    let mut next = why.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}
