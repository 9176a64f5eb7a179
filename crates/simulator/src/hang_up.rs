//! Hanging up on purpose, at an exact byte: everything handed over arrives, and nothing after it.
//!
//! Merely dropping a connection would not do: what the socket had not yet taken would be lost, and closing with unread
//! input makes the kernel throw away what it had taken as well.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How long the other end is listened to after the hang-up, so that it can close first.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A second handle on a socket, for ending it while the first is deep inside TLS and HTTP.
#[derive(Debug)]
pub(crate) struct Twin(std::net::TcpStream);

impl Twin {
    /// Gives the stream back with its twin.
    pub(crate) fn of(stream: TcpStream) -> io::Result<(TcpStream, Self)> {
        let stream = stream.into_std()?;
        let twin = Self(stream.try_clone()?);
        Ok((TcpStream::from_std(stream)?, twin))
    }

    /// Ends our half at once, then takes in what the other end still says until it closes too.
    pub(crate) async fn hang_up(self) {
        // Whatever fails here fails because the other end is already gone.
        let _ = self.0.shutdown(Shutdown::Write);
        if let Ok(mut stream) = TcpStream::from_std(self.0) {
            let mut ignored = [0; 4096];
            let drained = async { while stream.read(&mut ignored).await.is_ok_and(|got| got > 0) {} };
            let _ = tokio::time::timeout(LAST_WORDS, drained).await;
        }
    }

    /// Ends both halves at once with a TCP reset. The first handle must be gone already.
    pub(crate) fn abort(self) {
        if let Ok(stream) = TcpStream::from_std(self.0) {
            // Nothing to wait for: what a reset cuts off is meant to be lost.
            let _ = stream.set_zero_linger();
        }
    }
}

/// A stream that tells whether something written to it has not yet gone out.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    stream: S,
    waiting: Arc<AtomicBool>,
}

impl<S> Watched<S> {
    /// The stream, and the flag that is set while bytes are still to go out.
    pub(crate) fn new(stream: S) -> (Self, Arc<AtomicBool>) {
        let waiting = Arc::new(AtomicBool::new(false));
        (Self { stream, waiting: Arc::clone(&waiting) }, waiting)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.waiting.store(true, Ordering::Relaxed);
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        if flushed.is_ready() {
            this.waiting.store(false, Ordering::Relaxed);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
