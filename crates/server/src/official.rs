//! LinkedIn's own Connections API as LinkedIn publishes it, `GET /v2/connections?q=viewer`, so that programs and client
//! libraries written for it work here unchanged. `docs/API-OFFICIAL.md` says what is the same and what isn't.

mod answer;
mod error;
mod person;
mod projection;
mod request;

use crate::auth::Caller;
use crate::body::caller_text;
use crate::errand::{Errand, Rows, name_findings, name_tasks};
use crate::error::ApiError;
use crate::idempotency::IdempotencyKey;
use crate::openapi::published::{ConnectionsPage, OfficialRefused, ViewersConnections};
use crate::openapi::shapes::Keyed;
use crate::peer::peer_of;
use crate::router::App;
use crate::store::CONNECTIONS_SCOPE;
use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
pub use error::Body as ErrorBody;
use error::Error;
use liaison_protocol::Fields;
use request::Wish;
use serde_json::json;

const VERSION_HEADER: HeaderName = HeaderName::from_static("x-restli-protocol-version");
/// What a body like ours is alike in.
const VERSIONS: [&str; 2] = ["1.0.0", "2.0.0"];
const METHOD_HEADER: &str = "x-restli-method";
/// What a call for a list may be called. LinkedIn's own clients say `finder`; people also take what they have for `get`.
const METHODS: [&str; 3] = ["finder", "get", "get_all"];
const OVERRIDE_HEADER: &str = "x-http-method-override";

/// LinkedIn's own call for the connections, in its own form: docs/API-OFFICIAL.md.
#[utoipa::path(get, path = "/v2/connections", tag = "published", operation_id = "official_connections",
    security(("bearer_key" = [])),
    params(ViewersConnections, Keyed),
    responses((status = 200, description = "A page of them", body = ConnectionsPage), OfficialRefused))]
pub async fn connections(State(app): State<App>, request: Request) -> Result<Response, Error> {
    // Whoever asks for the head alone would have a list read for nothing.
    if request.method() != Method::GET {
        return Err(ApiError::Method.into());
    }
    let (mut parts, _) = request.into_parts();
    let viewer = viewer(&app, &mut parts).await?;
    answer(&app, &viewer, parts.uri.query().unwrap_or_default()).await
}

/// The same, where a query is too long for an address: it is the body, as LinkedIn's own clients send it.
#[utoipa::path(post, path = "/v2/connections", tag = "published", operation_id = "official_connections_tunnelled",
    security(("bearer_key" = [])),
    params(("X-HTTP-Method-Override" = String, Header, description = "What it is meant for", pattern = "^GET$"), Keyed),
    request_body(content = ViewersConnections, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A page of them", body = ConnectionsPage), OfficialRefused))]
pub async fn tunnelled(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let (mut parts, body) = request.into_parts();
    if parts.headers.get(OVERRIDE_HEADER).is_none_or(|method| method != "GET") {
        return Err(ApiError::Method.into());
    }
    let viewer = viewer(&app, &mut parts).await?;
    answer(&app, &viewer, &caller_text(body).await?).await
}

/// An error of the server in LinkedIn's form.
pub fn tell(error: ApiError) -> Response {
    Error::from(error).into_response()
}

/// Every other method.
pub async fn wrong_method() -> Error {
    ApiError::Method.into()
}

/// Whose connections are asked for. A key that may only read will do, if it has the scope: nothing is changed by this.
struct Viewer {
    caller: Caller,
    key: IdempotencyKey,
}

async fn viewer(app: &App, parts: &mut Parts) -> Result<Viewer, ApiError> {
    let caller = Caller::by_bearer(&parts.headers, peer_of(&parts.extensions), app).await?;
    if !caller.has_scope(CONNECTIONS_SCOPE) {
        return Err(ApiError::Scope(CONNECTIONS_SCOPE));
    }
    check_protocol(&parts.headers)?;
    let key = IdempotencyKey::from_request_parts(parts, app).await?;
    Ok(Viewer { caller, key })
}

fn check_protocol(headers: &HeaderMap) -> Result<(), ApiError> {
    let knows = |header: &str, known: &[&str]| {
        headers.get(header).is_none_or(|value| {
            value.to_str().is_ok_and(|value| known.iter().any(|known| known.eq_ignore_ascii_case(value)))
        })
    };
    if !knows(VERSION_HEADER.as_str(), &VERSIONS) {
        return Err(ApiError::Asked("The Rest.li protocol versions are 1.0.0 and 2.0.0".into()));
    }
    if !knows(METHOD_HEADER, &METHODS) {
        return Err(ApiError::Asked(
            "Connections can be listed, by the finder 'viewer', and nothing else".into(),
        ));
    }
    Ok(())
}

async fn answer(app: &App, viewer: &Viewer, query: &str) -> Result<Response, Error> {
    let wish = Wish::parse(query)?;
    let (wants_rows, wants_total) = (wish.wants_rows(), wish.wants_total());
    let whole = json!({
        "call": "/v2/connections", "start": wish.start, "count": wish.count, "rows": wants_rows, "total": wants_total,
    });
    let mut errand = Errand::new(app, &viewer.caller, &viewer.key, whole);
    let rows = match (wants_rows, wants_total) {
        (true, true) => errand.rows(wish.start, wish.count, Fields::All).await?,
        (true, false) => errand.rows(wish.start, wish.count, Fields::Documented).await?,
        (false, true) => Rows { network_total: errand.network_total().await?, ..Rows::default() },
        (false, false) => Rows::default(),
    };
    let mut response = Json(answer::body(&viewer.caller.team, &wish, &rows)).into_response();
    response.headers_mut().insert(VERSION_HEADER, HeaderValue::from_static(VERSIONS[1]));
    name_tasks(&mut response, errand.tasks());
    name_findings(&mut response, &rows.findings);
    Ok(response)
}
