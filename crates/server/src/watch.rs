//! Around every request: its id, its time, its line in the log, its count.
//!
//! The log has the route and never the path (which may hold what a caller typed), no query, no header and no body.

use crate::body::is_compressed;
use crate::error::ApiError;
use crate::peer;
use crate::router::App;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tower_http::timeout::TimeoutBody;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use uuid::Uuid;

const REQUEST_ID: &str = "x-request-id";
const LONGEST_ID: usize = 64;

/// How routes are watched over.
#[derive(Clone, Copy)]
pub struct Manner {
    /// Their form of an error, where no handler of theirs can tell it.
    pub tell: fn(ApiError) -> Response,
    /// For how long at most their answers are held back on purpose.
    pub held_back: Duration,
}

/// What the log calls a path that leads nowhere.
const NOWHERE: &str = "none";

/// Watches over one request.
pub async fn watch(State((app, manner)): State<(App, Manner)>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = name_of(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(NOWHERE, MatchedPath::as_str);
    let span = tracing::error_span!("request", id, method, route, team = Empty, key = Empty, agent = Empty);
    span.in_scope(|| tracing::trace!("came"));
    let patience = app.limits.request + manner.held_back;
    let mut response = match peer::meet(&app.neighbours, &request) {
        Ok(_) if is_compressed(request.headers()) => (manner.tell)(ApiError::Compressed),
        Ok(peer) => {
            let pause = app.limits.body_pause;
            let mut request = request.map(|body| Body::new(TimeoutBody::new(pause, body)));
            request.extensions_mut().insert(peer);
            let answering = timeout(patience, next.run(request));
            let answered = answering.instrument(span.clone()).await;
            answered.unwrap_or_else(|_| span.in_scope(|| (manner.tell)(ApiError::Overtime)))
        }
        Err(strange) => (manner.tell)(strange),
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    // Answers hold people's data, and are what their `Content-Type` says.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.answered(route, method, status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::debug!(status, ms, "answered"));
    response
}

/// Notes whose request it is, by ids of ours.
pub fn note(what: &'static str, id: &str) {
    Span::current().record(what, id);
}

/// The one that came with the request, if it can do no harm in a log; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let fits = |id: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain)
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(fits);
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// A method can be any word that a client makes up.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_do_harm_is_replaced() {
        let id_of = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(given.as_bytes()).unwrap());
            request_id(&headers)
        };
        for fine in ["a", "0192-ab_c.D", &"x".repeat(64)] {
            assert_eq!(id_of(fine), fine);
        }
        for bad in ["", "two words", "a\tb", "{\"a\":1}", "mail@example.com", "Müller", &"x".repeat(65)] {
            assert_ne!(id_of(bad), bad);
            assert_eq!(id_of(bad).len(), 36);
        }
        assert_eq!(request_id(&HeaderMap::new()).len(), 36);
    }
}
