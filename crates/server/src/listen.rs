//! Connections: taken, spoken with, and given up when the other end takes too long.
//!
//! A client that opens a connection and says nothing, or a byte a minute, costs a socket and some memory for as long as it
//! is let. So every request's head has to come within a time (waiting for the next one on an open connection counts, too),
//! an answer has to be taken, and no more than so many connections are open. Bodies have times of their own, see
//! [`crate::watch`].

use crate::limits::Limits;
use crate::peer::Remote;
use crate::tls::Tls;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// Breathing space when the system has no more sockets to give.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(200);
/// A request's line and headers together.
const LONGEST_HEAD: usize = 64 * 1024;
/// Requests at the same time on one connection of HTTP/2. Browsers expect a hundred.
const STREAMS: u32 = 100;

/// What each connection is given.
#[derive(Clone)]
struct Desk {
    router: Router,
    tls: Option<Arc<Tls>>,
    limits: Arc<Limits>,
}

/// Serves until `closing`; then takes no more connections, lets requests in hand end, and returns.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    limits: Arc<Limits>,
    closing: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let open = GracefulShutdown::new();
    let desk = Desk { router, tls, limits };
    tokio::select! {
        () = closing => {}
        () = async {
            loop {
                let (stream, remote, place) = accept(&listener, &places).await;
                tokio::spawn(connection(desk.clone(), stream, remote, place, open.watcher()));
            }
        } => {}
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection, once there is a place for it: until then it waits in the system's queue.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    if places.available_permits() == 0 {
        tracing::warn!("as many connections are open as there may be");
    }
    // The semaphore is never closed, so there always is a place at some time.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => return (stream, remote, place),
            Err(error) if is_about_one(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                sleep(AFTER_FAILED_ACCEPT).await;
            }
        }
    }
}

/// Whether it says something about the connection that was there, and nothing about the next one.
fn is_about_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Most connections are parked polls, so what one of them costs is what the server costs: futures that only some go
/// through are boxed, or all would carry their size.
async fn connection(
    desk: Desk,
    stream: TcpStream,
    remote: SocketAddr,
    place: Option<OwnedSemaphorePermit>,
    watcher: Watcher,
) {
    // The end of a long answer must not wait until its beginning is acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection that sends small pieces late");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(desk.limits.write));
    let stream = Box::pin(stream);
    match &desk.tls {
        None => speak_http1(&desk, stream, remote, watcher).await,
        Some(tls) => Box::pin(secure(&desk, tls, stream, remote, watcher)).await,
    }
    drop(place);
}

async fn secure(
    desk: &Desk,
    tls: &Tls,
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    remote: SocketAddr,
    watcher: Watcher,
) {
    match Box::pin(timeout(desk.limits.head, tls.acceptor().accept(stream))).await {
        Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
            Box::pin(speak_http2(desk, Box::new(stream), remote, watcher)).await;
        }
        Ok(Ok(stream)) => Box::pin(speak_http1(desk, Box::new(stream), remote, watcher)).await,
        // It doesn't trust the certificate, or speaks no TLS: the client's affair.
        Ok(Err(error)) => tracing::debug!(%error, "no TLS came about"),
        Err(_) => tracing::debug!("no TLS came about in time"),
    }
}

async fn speak_http1<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    desk: &Desk,
    stream: S,
    remote: SocketAddr,
    watcher: Watcher,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(desk.limits.head);
    // The first bounds what is kept of a head that is not whole yet, the second one that came at once.
    http.max_buf_size(LONGEST_HEAD).max_header_size(LONGEST_HEAD);
    let service = service_fn(|request| answer(desk.router.clone(), remote, request));
    speak(http.serve_connection(TokioIo::new(stream), service), watcher).await;
}

/// Its dead connections are found by asking, its silent ones by never having made a request.
async fn speak_http2<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    desk: &Desk,
    stream: S,
    remote: SocketAddr,
    watcher: Watcher,
) {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .keep_alive_interval(desk.limits.head)
        .keep_alive_timeout(desk.limits.head)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(LONGEST_HEAD).unwrap_or(u32::MAX));
    let heard = Arc::new(AtomicBool::new(false));
    let router = desk.router.clone();
    let note = Arc::clone(&heard);
    let service = service_fn(move |request| {
        note.store(true, Ordering::Relaxed);
        answer(router.clone(), remote, request)
    });
    let silence = async {
        sleep(desk.limits.head).await;
        if heard.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = speak(http.serve_connection(TokioIo::new(stream), service), watcher) => {}
        () = silence => tracing::debug!("a connection without a request"),
    }
}

async fn speak<C: GracefulConnection<Error: Display>>(connection: C, watcher: Watcher) {
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended badly");
    }
}

async fn answer(
    router: Router,
    remote: SocketAddr,
    request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Remote(remote));
    router.oneshot(request).await
}
