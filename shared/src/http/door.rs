//! The sockets of an HTTP door: HTTP/1.1, in the clear on the program's own machine, with TLS anywhere else. Everything
//! has a bound: connections, the head of a request, the life of a connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::code::ErrorCode;
use crate::limits;
use crate::program::Failure;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub SocketAddr);

/// The TLS configuration to accept the next caller with.
pub type Lock = Arc<dyn Fn() -> Arc<ServerConfig> + Send + Sync>;

/// A socket that listens.
pub struct Door {
    listener: TcpListener,
    /// None: in the clear.
    lock: Option<Lock>,
}

/// Whether a door at this address may speak in the clear: nobody but this machine hears it.
pub fn is_own(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

impl Door {
    /// Takes an address; nothing is answered yet. `None` as a lock: in the clear, which only [`is_own`] addresses may be.
    ///
    /// # Errors
    /// `Setup`: the address cannot be listened on, or others would hear it in the clear.
    pub async fn bind(address: SocketAddr, lock: Option<Lock>) -> Result<Self, Failure> {
        if lock.is_none() && !is_own(address) {
            return Err(Failure::new(
                ErrorCode::Setup,
                format!("地址 {address} 不是本机地址，必须用 https。"),
                format!("The address {address} is not this machine's own and needs https."),
            ));
        }
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Failure::new(
                ErrorCode::Setup,
                format!("HTTP 地址 {address} 无法监听。"),
                format!("The address {address} of the HTTP door cannot be listened on."),
            )
            .advise(
                "请在设置 web.listen 中换一个地址，或写 off 关闭。",
                "Set web.listen to another address, or to off.",
            )
            .because(error)
        })?;
        Ok(Self { listener, lock })
    }

    /// # Errors
    /// The operating system does not tell it.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Whether callers have to speak TLS.
    pub fn secure(&self) -> bool {
        self.lock.is_some()
    }

    /// Answers until `stop` fires, then gives what is open [`limits::WEB_STOP_WAIT`] to end.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(limits::WEB_CONNECTIONS_MAX));
        let open = TaskTracker::new();
        let cut = CancellationToken::new();
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { break };
            let (stream, from) = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    // Out of file handles, or a caller gone before it was accepted: the door stays open, but not in a
                    // hot loop.
                    Err(error) => {
                        tracing::warn!(%error, "accepting an HTTP connection failed");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
            };
            let (router, lock, stop, cut) = (router.clone(), self.lock.clone(), stop.clone(), cut.clone());
            open.spawn(async move {
                tokio::select! {
                    () = attend(stream, from, lock, router, stop) => {}
                    () = cut.cancelled() => {}
                }
                drop(place);
            });
        }
        open.close();
        if tokio::time::timeout(limits::WEB_STOP_WAIT, open.wait()).await.is_err() {
            tracing::warn!("open HTTP requests did not end in time and were cut");
        }
        cut.cancel();
    }
}

async fn attend(
    stream: TcpStream,
    from: SocketAddr,
    lock: Option<Lock>,
    router: Router,
    stop: CancellationToken,
) {
    // Answers are written whole; waiting to fill a packet would only delay their end.
    let _ = stream.set_nodelay(true);
    match lock {
        None => converse(stream, from, router, stop).await,
        Some(lock) => {
            let handshake = TlsAcceptor::from(lock()).accept(stream);
            match tokio::time::timeout(Duration::from_millis(limits::HANDSHAKE_MS), handshake).await {
                Ok(Ok(stream)) => converse(stream, from, router, stop).await,
                Ok(Err(error)) => {
                    tracing::debug!(caller.address = %from, %error, "an HTTP caller did not speak TLS");
                }
                Err(_) => tracing::debug!(caller.address = %from, "an HTTP caller was silent"),
            }
        }
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    from: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let with_caller = move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Caller(from));
        request.map(axum::body::Body::new)
    };
    let service = TowerToHyperService::new(router.map_request(with_caller));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::WEB_HEAD_WAIT)
        .max_buf_size(limits::WEB_HEAD_BYTES_MAX)
        .max_headers(limits::WEB_HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop.cancelled() => None,
        () = tokio::time::sleep(limits::WEB_CONNECTION_LIFE) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(limits::WEB_REQUEST_WAIT, connection.as_mut()).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(caller.address = %from, %error, "an HTTP connection broke off");
    }
}
