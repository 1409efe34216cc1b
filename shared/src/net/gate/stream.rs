//! A connection's byte stream as the server sees it, and the watch over its end.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::transport::server::Connected;

use super::{Connection, Gate};
use crate::limits::{LINGER_MS, SHUTDOWN_MS};
use crate::net::clock::Clock;
use crate::net::failure::Deny;
use crate::net::link::{BoxIo, Metered, Replay};

/// Longest single wait for a certificate's end, so that a hub whose clock is set looks again.
const LOOK_AGAIN_MS: i64 = 60 * 60 * 1000;

/// A place in the list of open connections, given back when dropped.
pub(super) struct Entry {
    pub(super) gate: Arc<Gate>,
    pub(super) number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let connection = self.gate.state().open.remove(&self.number);
        // Ends the watch.
        if let Some(connection) = connection {
            connection.closed.cancel();
        }
    }
}

/// Sees to it that the connection ends: politely when its certificate expires, for good a moment after it was told to.
pub(super) fn watch(connection: Arc<Connection>, clock: Clock) {
    tokio::spawn(async move {
        let expired = async {
            let Some(not_after) = connection.peer.as_ref().map(|peer| peer.not_after) else {
                return std::future::pending().await;
            };
            loop {
                let left = not_after - clock.now();
                if left <= 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(left.min(LOOK_AGAIN_MS) as u64)).await;
            }
        };
        tokio::select! {
            biased;
            () = connection.closed.cancelled() => return,
            () = connection.ending.cancelled() => {}
            () = expired => connection.end(Deny::Expired),
        }
        let linger = if connection.why() == Deny::Stopping { SHUTDOWN_MS } else { LINGER_MS };
        tokio::select! {
            () = connection.closed.cancelled() => {}
            () = tokio::time::sleep(Duration::from_millis(linger)) => connection.closed.cancel(),
        }
    });
}

/// What the server reads from and writes to.
pub struct HubStream {
    io: Metered<TlsStream<Replay<Metered<BoxIo>>>>,
    connection: Arc<Connection>,
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
    _entry: Entry,
    _place: OwnedSemaphorePermit,
}

impl HubStream {
    pub(super) fn new(
        io: Metered<TlsStream<Replay<Metered<BoxIo>>>>,
        connection: Arc<Connection>,
        entry: Entry,
        place: OwnedSemaphorePermit,
    ) -> Self {
        let closed = Box::pin(connection.closed.clone().cancelled_owned());
        Self { io, connection, closed, _entry: entry, _place: place }
    }

    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.closed.as_mut().poll(cx) {
            Poll::Ready(()) => {
                Err(io::Error::new(io::ErrorKind::ConnectionAborted, self.connection.why().en()))
            }
            Poll::Pending => Ok(()),
        }
    }
}

impl Connected for HubStream {
    type ConnectInfo = Arc<Connection>;

    fn connect_info(&self) -> Arc<Connection> {
        self.connection.clone()
    }
}

impl AsyncRead for HubStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for HubStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
