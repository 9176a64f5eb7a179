//! Sockets: accepting, TLS, HTTP/2 and HTTP/1.1, and hanging up on purpose.

use std::future::{Future as _, pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::body::SiteBody;
use crate::clock::machine_us;
use crate::control;
use crate::exchange::{Answer, Call};
use crate::hang_up::{Twin, Watched};
use crate::line::Line;
use crate::proxy::{self, Target};
use crate::site::{self, Outcome};
use crate::world::Shared;

/// No request of a browser's comes near this.
const LARGEST_BODY: usize = 1 << 20;
/// Breathing space when the system has no more sockets to give.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(20);

/// Which side of the simulator a listener serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// www.linkedin.com, behind TLS.
    Site,
    /// The control endpoints, in plain HTTP, and the proxy that leads to the site.
    Control,
}

/// Accepts until told to stop; open connections end with it.
pub(crate) async fn run(
    listener: TcpListener,
    side: Side,
    tls: TlsAcceptor,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // An error means the other end is gone: time to stop as well.
            () = async { drop(stop.wait_for(|stopped| *stopped).await) } => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, side, tls.clone(), Arc::clone(&shared)));
                }
                Err(_) => tokio::time::sleep(AFTER_FAILED_ACCEPT).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(mut stream: TcpStream, mut side: Side, tls: TlsAcceptor, shared: Arc<Shared>) {
    // Small answers must not wait for an acknowledgement.
    let _ = stream.set_nodelay(true);
    if side == Side::Control && proxy::wants_tunnel(&stream).await {
        match proxy::open_tunnel(&mut stream).await {
            Ok(true) => side = Side::Site,
            // Refused, or left before it was answered.
            Ok(false) | Err(_) => return,
        }
    }
    // A socket that cannot be doubled is one that is already gone.
    let Ok((stream, twin)) = Twin::of(stream) else { return };
    let ended = match side {
        Side::Control => speak(stream, side, shared).await,
        Side::Site => match tls.accept(stream).await {
            Ok(stream) => speak(stream, side, shared).await,
            // A handshake fails when the client does not trust the certificate: the client's affair.
            Err(_) => Ended::ByItself,
        },
    };
    match ended {
        Ended::ByItself => {}
        Ended::OnPurpose => twin.hang_up().await,
        Ended::Aborted => twin.abort(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    ByItself,
    OnPurpose,
    Aborted,
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    stream: S,
    side: Side,
    shared: Arc<Shared>,
) -> Ended {
    let line = Arc::new(Line::default());
    let service = service_fn(|request| respond(request, side, Arc::clone(&shared), Arc::clone(&line)));
    let (stream, waiting) = Watched::new(stream);
    let builder = auto::Builder::new(TokioExecutor::new());
    let mut speaking = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let (mut ended, mut retired) = (pin!(line.when_ended()), pin!(line.when_retired()));
    let (mut closing, mut retiring) = (false, false);
    poll_fn(|cx| {
        // In this order: once told to close, one more turn writes whatever was handed over before.
        closing = closing || ended.as_mut().poll(cx).is_ready();
        if !retiring && retired.as_mut().poll(cx).is_ready() {
            retiring = true;
            speaking.as_mut().graceful_shutdown();
        }
        if speaking.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ended::ByItself);
        }
        if closing && !waiting.load(Ordering::Relaxed) {
            Poll::Ready(if line.is_aborted() { Ended::Aborted } else { Ended::OnPurpose })
        } else {
            Poll::Pending
        }
    })
    .await
}

/// An error resets the request's stream.
async fn respond(
    request: Request<Incoming>,
    side: Side,
    shared: Arc<Shared>,
    line: Arc<Line>,
) -> Result<Response<SiteBody>, h2::Error> {
    let target = if side == Side::Site { Target::Site } else { Target::of(&request) };
    let call = match read(request).await {
        Ok(call) => call,
        Err(answer) => return Ok(whole(answer)),
    };
    match target {
        Target::Control => return Ok(whole(control::answer(&shared, &call).await)),
        Target::Elsewhere => return Ok(whole(proxy::elsewhere())),
        Target::Unwelcome => return Ok(whole(proxy::unwelcome())),
        Target::Site => {}
    }
    let streams = call.http == "2";
    let head_alone = call.method == "HEAD";
    match site::handle(shared, call).await {
        Outcome::Answer(answer) if head_alone => {
            let promised = answer.body.len();
            let (mut response, _) = head(answer);
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(promised));
            return Ok(response.map(|()| SiteBody::whole(Vec::new())));
        }
        Outcome::Answer(answer) => return Ok(whole(answer)),
        Outcome::Last(answer) => {
            line.retire();
            let mut response = whole(answer);
            if !streams {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            return Ok(response);
        }
        Outcome::Cut(answer, after) => {
            let promised = answer.body.len();
            let (mut response, bytes) = head(answer);
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(promised));
            return Ok(response.map(|()| SiteBody::cut(bytes, after, line)));
        }
        Outcome::ResetStream(reason) if streams => return Err(reason.into()),
        Outcome::ResetStream(_) | Outcome::Close { abort: false } => line.end(),
        Outcome::Close { abort: true } => line.abort(),
    }
    pending().await
}

async fn read(request: Request<Incoming>) -> Result<Call, Answer> {
    let arrived_us = machine_us();
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    let body =
        body.map_err(|_| Answer::text(400, "text/plain", "the request's body is too long or broke off"))?;
    Ok(Call {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        http: if parts.version == Version::HTTP_2 { "2" } else { "1.1" },
        headers: parts.headers,
        body: body.to_bytes().to_vec(),
        arrived_us,
    })
}

fn whole(answer: Answer) -> Response<SiteBody> {
    let (response, bytes) = head(answer);
    response.map(|()| SiteBody::whole(bytes))
}

fn head(answer: Answer) -> (Response<()>, Vec<u8>) {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        // What cannot be a header value was refused when the fault was armed.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().append(name, value);
        }
    }
    (response, answer.body)
}
