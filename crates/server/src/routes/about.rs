//! About the server itself: how it is, what it counts, what it can do.

use crate::auth::bearer;
use crate::error::ApiError;
use crate::openapi;
use crate::peer::Peer;
use crate::router::App;
use crate::secret::hash_secret;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::Html;
use serde::Serialize;
use std::time::Duration;
use tokio::time::timeout;
use utoipa::ToSchema;

type Headed<T> = ([(HeaderName, &'static str); 1], T);

/// How long the database may take to answer a server that calls itself ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// Nothing but its own style.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The server can serve.
#[derive(Serialize, ToSchema)]
pub struct Ready {
    ready: bool,
}

/// Whether the process is alive. It says nothing about the database.
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "It is", body = String, content_type = "text/plain")))]
pub async fn health() -> &'static str {
    "ok"
}

/// Whether it can serve: its database answers, and it is not shutting down.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "It can", body = Ready),
    (status = 503, description = "`not_ready`: not now", body = crate::error::ErrorBody)))]
pub async fn ready(State(app): State<App>) -> Result<Json<Ready>, ApiError> {
    let answered = timeout(READY_WITHIN, app.store.answers()).await;
    if app.hub.is_closing() || !matches!(answered, Ok(Ok(()))) {
        return Err(ApiError::NotReady);
    }
    Ok(Json(Ready { ready: true }))
}

/// What is counted, for Prometheus. Open to programs on the server's own computer, or to who has the token that the server
/// was started with; with such a token, to nobody else.
#[utoipa::path(get, path = "/metrics", tag = "operation", security((), ("metrics_token" = [])), responses(
    (status = 200, description = "The counts, as OpenMetrics text", body = String,
     content_type = "application/openmetrics-text"),
    (status = 403, description = "`metrics_closed`: not for you", body = crate::error::ErrorBody)))]
pub async fn metrics(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Headed<String>, ApiError> {
    let open = match &app.metrics_token {
        None => peer.is_here,
        Some(hash) => bearer(&headers).is_some_and(|token| hash_secret(token) == **hash),
    };
    if !open {
        return Err(ApiError::MetricsClosed);
    }
    let tasks = app.store.unfinished().await?;
    let parked = *app.hub.parked().borrow();
    let text = app.metrics.text(&tasks, parked).map_err(|_| ApiError::Panicked)?;
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}

/// This description, for programs.
#[utoipa::path(get, path = "/openapi.json", tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub async fn document() -> Headed<&'static str> {
    ([(CONTENT_TYPE, "application/json")], openapi::json())
}

/// This description, for people.
#[utoipa::path(get, path = "/reference", tag = "operation",
    responses((status = 200, description = "A page without scripts", body = String, content_type = "text/html")))]
pub async fn reference() -> Headed<Html<&'static str>> {
    ([(CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(openapi::page()))
}
