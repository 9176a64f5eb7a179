//! The operator's page, and who is signed in to it. What it shows and does goes through the admin API.

use super::admin::{Done, GONE, Gone};
use crate::auth::Operator;
use crate::body::caller_fields;
use crate::clock::Timestamp;
use crate::dashboard;
use crate::error::ApiError;
use crate::openapi::answers::{NotSignedIn, NotSignedOut};
use crate::openapi::bodies::SignInBody;
use crate::peer::Peer;
use crate::router::App;
use crate::session::{SignedIn, cookie, csrf_token, from_our_page};
use crate::store::SESSION_LIFE_MS;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Scripts, styles and pictures of ours, and LinkedIn's pictures of people for who asks to see them. Nothing written into
/// the page runs, nothing is sent elsewhere, and no other page may show this one within itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' https://media.licdn.com; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Cookie = [(HeaderName, String); 1];

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionData {
    /// What the admin key is called, if anything.
    name: Option<String>,
    /// When the session ends, unless its admin key does before.
    expires_at: Timestamp,
    /// The `X-CSRF-Token` of every call but GET.
    csrf: String,
}

impl From<SignedIn> for SessionData {
    fn from(SignedIn { session, secret }: SignedIn) -> Self {
        Self { name: session.name, expires_at: session.expires_at, csrf: csrf_token(&secret) }
    }
}

/// Signs in with an admin key: the answer sets the cookie `liaison_session`, which then opens what the key opens.
#[utoipa::path(post, path = "/dashboard/session", tag = "dashboard", operation_id = "sign_in",
    request_body(content = SignInBody),
    responses((status = 200, description = "Signed in", body = Done<SessionData>,
        headers(("set-cookie" = String, description = "The session"))), NotSignedIn))]
pub async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<(Cookie, Json<Done<SessionData>>), ApiError> {
    from_our_page(&headers)?;
    let fields = caller_fields(body).await?;
    let key = fields.get("admin_key").and_then(Value::as_str);
    let key = key.ok_or(ApiError::Field("Missing or invalid 'admin_key': must be a string"))?;
    let operator = Operator::by_key(key, peer, &app).await?;
    let secret = app.store.begin_session(&operator.key, app.now()).await?;
    // Without one the key was revoked just now.
    let session = app.store.use_session(&secret, app.now()).await?.ok_or(ApiError::AdminKey)?;
    tracing::info!(admin_key = operator.key, "an operator signed in");
    let set = cookie(&secret, SESSION_LIFE_MS / 1000, &app, peer);
    Ok(([(SET_COOKIE, set)], Done::with(SignedIn { session, secret }.into())))
}

/// Who is signed in by the cookie.
#[utoipa::path(get, path = "/dashboard/session", tag = "dashboard", operation_id = "signed_in",
    security(("session" = [])),
    responses((status = 200, description = "So", body = Done<SessionData>), NotSignedOut))]
pub async fn signed_in(signed_in: SignedIn) -> Json<Done<SessionData>> {
    Done::with(signed_in.into())
}

/// Signs out: the session is over, and the cookie is taken back.
#[utoipa::path(delete, path = "/dashboard/session", tag = "dashboard", operation_id = "sign_out",
    security(("session" = [])),
    responses((status = 200, description = "Signed out", body = Gone), NotSignedOut))]
pub async fn sign_out(
    State(app): State<App>,
    peer: Peer,
    signed_in: SignedIn,
) -> Result<(Cookie, Json<Gone>), ApiError> {
    app.store.end_session(&signed_in.secret).await?;
    tracing::info!(admin_key = signed_in.session.key, "an operator signed out");
    Ok(([(SET_COOKIE, cookie("", 0, &app, peer))], GONE))
}

/// The operator's page.
#[utoipa::path(get, path = "/", tag = "dashboard", operation_id = "dashboard",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn page() -> impl IntoResponse {
    served("text/html; charset=utf-8", dashboard::PAGE.as_bytes())
}

/// A file that the operator's page loads.
#[utoipa::path(get, path = "/dashboard/{file}", tag = "dashboard", operation_id = "dashboard_file",
    params(("file" = String, Path, description = "Its name")),
    responses((status = 200, description = "The file, of the type that its name says", content(
                  (String = "text/css"), (String = "text/javascript"), (String = "image/svg+xml"))),
              (status = 404, description = "`not_found`: there is none of this name", body = crate::error::ErrorBody)))]
pub async fn file(name: Result<Path<String>, PathRejection>) -> Result<impl IntoResponse, ApiError> {
    let Path(name) = name.map_err(|_| ApiError::NoFile)?;
    let (kind, content) = dashboard::file(&name).ok_or(ApiError::NoFile)?;
    Ok(served(kind, content))
}

/// Asked for anew each time: the page must fit the server that it talks to.
fn served(kind: &'static str, content: &'static [u8]) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    (headers, content)
}
