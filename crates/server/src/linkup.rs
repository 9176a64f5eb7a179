//! LinkupAPI's "Get Connections" as it is published, so that programs written for it work here by another address and key.
//! The published page prints no path; ours is `POST /v1/network/connections`. `docs/API-LINKUP.md` says what is the same
//! and what isn't.

mod answer;
mod error;
mod request;

use crate::auth::WritingCaller;
use crate::body::caller_fields;
use crate::errand::{Errand, name_findings, name_tasks};
use crate::error::ApiError;
use crate::idempotency::IdempotencyKey;
use crate::openapi::published::{GetConnectionsBody, LinkupRefused};
use crate::openapi::shapes::Keyed;
use crate::router::App;
use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
pub use error::Body as ErrorBody;
use error::Error;
use liaison_protocol::{Fields, WaitReason};
use request::Wish;
use serde_json::json;

/// Its callers have an answer of their own for a session that is over, and expect it at once.
const IMPATIENT_OF: &[WaitReason] = &[WaitReason::SignedOut];

/// LinkupAPI's call for the connections, in its own form: docs/API-LINKUP.md.
#[utoipa::path(post, path = "/v1/network/connections", tag = "published", operation_id = "linkup_connections",
    security(("api_key" = [])),
    params(Keyed),
    request_body = GetConnectionsBody,
    responses((status = 200, description = "The connections", body = answer::Body), LinkupRefused))]
pub async fn connections(State(app): State<App>, request: Request) -> Result<Response, Error> {
    let (mut parts, body) = request.into_parts();
    let WritingCaller(caller) = WritingCaller::from_request_parts(&mut parts, &app).await?;
    let key = IdempotencyKey::from_request_parts(&mut parts, &app).await?;
    let wish = Wish::parse(caller_fields(body).await?)?;
    let whole = json!({"call": "/v1/network/connections", "start": wish.start(), "count": wish.count()});
    let mut errand = Errand::new(&app, &caller, &key, whole).impatient_of(IMPATIENT_OF);
    let rows = errand.rows(wish.start(), wish.count(), Fields::All).await?;
    let mut response = Json(answer::body(&wish, &rows)).into_response();
    name_tasks(&mut response, errand.tasks());
    name_findings(&mut response, &rows.findings);
    Ok(response)
}

/// An error of the server in LinkupAPI's form.
pub fn tell(error: ApiError) -> Response {
    Error::from(error).into_response()
}

/// Every other method.
pub async fn wrong_method() -> Error {
    ApiError::Method.into()
}
