//! Byte streams under TLS: where they come from, and what goes through them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A byte stream.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

pub type BoxIo = Box<dyn Io>;
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Opens byte streams to `host:port`.
pub trait Dial: Send + Sync + 'static {
    fn dial(&self, address: String) -> BoxFuture<'static, io::Result<BoxIo>>;
}

/// Accepts byte streams.
pub trait Listen: Send + 'static {
    fn accept(&mut self) -> BoxFuture<'_, io::Result<(BoxIo, SocketAddr)>>;
}

/// Sockets of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct Tcp;

impl Dial for Tcp {
    fn dial(&self, address: String) -> BoxFuture<'static, io::Result<BoxIo>> {
        Box::pin(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as BoxIo)
        })
    }
}

impl Listen for TcpListener {
    fn accept(&mut self) -> BoxFuture<'_, io::Result<(BoxIo, SocketAddr)>> {
        Box::pin(async move {
            let (stream, from) = TcpListener::accept(self).await?;
            stream.set_nodelay(true)?;
            Ok((Box::new(stream) as BoxIo, from))
        })
    }
}

const OPENING_BYTES: usize = 8;

/// What has gone through one byte stream: bytes each way, turns of direction, the first bytes that came in, the first
/// error of TLS.
#[derive(Debug, Default)]
pub struct Meter {
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    turns: AtomicU64,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    opening: Vec<u8>,
    last_was_out: bool,
    tls: Option<rustls::Error>,
    error: Option<String>,
}

impl Meter {
    pub fn bytes_in(&self) -> u64 {
        self.bytes_in.load(Ordering::Relaxed)
    }

    pub fn bytes_out(&self) -> u64 {
        self.bytes_out.load(Ordering::Relaxed)
    }

    /// How often bytes came in after bytes had gone out: an upper bound of the round trips.
    pub fn turns(&self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }

    /// Up to eight bytes.
    pub(crate) fn opening(&self) -> Vec<u8> {
        self.seen().opening.clone()
    }

    /// The first error of TLS met on this stream, and the first of any kind.
    pub(crate) fn errors(&self) -> (Option<rustls::Error>, Option<String>) {
        let seen = self.seen();
        (seen.tls.clone(), seen.error.clone())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came_in(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.bytes_in.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let mut seen = self.seen();
        if seen.last_was_out {
            seen.last_was_out = false;
            self.turns.fetch_add(1, Ordering::Relaxed);
        }
        let room = OPENING_BYTES - seen.opening.len();
        seen.opening.extend(bytes.iter().take(room));
    }

    fn went_out(&self, count: usize) {
        if count > 0 {
            self.bytes_out.fetch_add(count as u64, Ordering::Relaxed);
            self.seen().last_was_out = true;
        }
    }

    fn failed(&self, why: &io::Error) {
        let mut seen = self.seen();
        if seen.tls.is_none() {
            seen.tls = why.get_ref().and_then(|inner| inner.downcast_ref()).cloned();
        }
        if seen.error.is_none() {
            seen.error = Some(why.to_string());
        }
    }
}

/// A byte stream with a [`Meter`].
#[derive(Debug)]
pub struct Metered<T> {
    io: T,
    meter: Arc<Meter>,
}

impl<T> Metered<T> {
    pub fn new(io: T, meter: Arc<Meter>) -> Self {
        Self { io, meter }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        match &polled {
            Poll::Ready(Ok(())) => self.meter.came_in(&buf.filled()[before..]),
            Poll::Ready(Err(why)) => self.meter.failed(why),
            Poll::Pending => {}
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, buf);
        self.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.wrote(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl<T> Metered<T> {
    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &polled {
            Poll::Ready(Ok(count)) => self.meter.went_out(*count),
            Poll::Ready(Err(why)) => self.meter.failed(why),
            Poll::Pending => {}
        }
        polled
    }
}

/// A byte stream whose first bytes have been looked at and are read again.
#[derive(Debug)]
pub(crate) struct Replay<T> {
    io: T,
    opening: [u8; OPENING_BYTES],
    len: usize,
    given: usize,
}

impl<T: AsyncRead + Unpin> Replay<T> {
    /// Waits for the first bytes; none if the caller goes away before it has said anything.
    pub(crate) async fn opening(mut io: T) -> Self {
        let mut opening = [0; OPENING_BYTES];
        let len = tokio::io::AsyncReadExt::read(&mut io, &mut opening).await.unwrap_or(0);
        Self { io, opening, len, given: 0 }
    }

    pub(crate) fn replayed(&self) -> &[u8] {
        &self.opening[..self.len]
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Replay<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.given < self.len {
            let count = buf.remaining().min(self.len - self.given);
            buf.put_slice(&self.opening[self.given..self.given + count]);
            self.given += count;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Replay<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
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
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
