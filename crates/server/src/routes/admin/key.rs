//! API keys.

use super::{Done, GONE, Gone, Ids, List, Part, optional_name_in};
use crate::auth::Operator;
use crate::body::caller_fields;
use crate::error::ApiError;
use crate::openapi::answers::OperatorRefused;
use crate::openapi::bodies::{KeyBody, WhichPart};
use crate::router::App;
use crate::store::{Access, KeyView, NewKey, SCOPES, Scopes};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};

/// A key that was just made, with the key itself, which is not shown again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeKey {
    #[serde(flatten)]
    key: KeyView,
    api_key: String,
}

/// A team's API keys.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/keys", tag = "operators", operation_id = "list_keys",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), WhichPart),
    responses((status = 200, description = "Done", body = List<KeyView>), OperatorRefused))]
pub async fn list(
    State(app): State<App>,
    _: Operator,
    Ids(team): Ids<String>,
    part: Part,
) -> Result<Json<List<KeyView>>, ApiError> {
    app.store.team(&team).await?;
    Ok(List::of(app.store.keys(&team, part.page()).await?))
}

/// Makes an API key, and shows it this once.
#[utoipa::path(post, path = "/admin/v1/teams/{team}/keys", tag = "operators", operation_id = "add_key",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id")),
    request_body(content = KeyBody),
    responses((status = 200, description = "Done", body = Done<MadeKey>), OperatorRefused))]
pub async fn add(
    State(app): State<App>,
    operator: Operator,
    Ids(team): Ids<String>,
    body: Body,
) -> Result<Json<Done<MadeKey>>, ApiError> {
    let fields = caller_fields(body).await?;
    let (name, access) = (optional_name_in(&fields)?.flatten(), access_in(&fields)?);
    let scopes = scopes_in(&fields)?.unwrap_or_else(|| Scopes::unless_told(access));
    let new = NewKey { name, access, scopes };
    let made = app.store.add_key(&team, &new, app.now()).await?;
    tracing::info!(admin_key = operator.key, team, key = made.id, "an API key was made");
    let key = app.store.key(&team, &made.id).await?;
    Ok(Done::with(MadeKey { key, api_key: made.secret }))
}

/// One API key, without the key itself.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/keys/{key}", tag = "operators", operation_id = "show_key",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("key" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Done<KeyView>), OperatorRefused))]
pub async fn show(
    State(app): State<App>,
    _: Operator,
    Ids((team, key)): Ids<(String, String)>,
) -> Result<Json<Done<KeyView>>, ApiError> {
    Ok(Done::with(app.store.key(&team, &key).await?))
}

/// Revokes an API key.
#[utoipa::path(delete, path = "/admin/v1/teams/{team}/keys/{key}", tag = "operators", operation_id = "revoke_key",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("key" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Gone), OperatorRefused))]
pub async fn revoke(
    State(app): State<App>,
    operator: Operator,
    Ids((team, key)): Ids<(String, String)>,
) -> Result<Json<Gone>, ApiError> {
    app.store.revoke_key(&team, &key, app.now()).await?;
    tracing::info!(admin_key = operator.key, team, key, "an API key was revoked");
    Ok(GONE)
}

fn access_in(fields: &Map<String, Value>) -> Result<Access, ApiError> {
    let Some(access) = fields.get("access") else { return Ok(Access::Write) };
    let access = access.as_str().and_then(Access::from_name);
    access.ok_or(ApiError::Field("Invalid 'access': must be 'read' or 'write'"))
}

fn scopes_in(fields: &Map<String, Value>) -> Result<Option<Scopes>, ApiError> {
    const NO_SCOPES: ApiError =
        ApiError::Field("Invalid 'scopes': must be an array, empty or of 'r_1st_connections'");
    let Some(scopes) = fields.get("scopes") else { return Ok(None) };
    let given = scopes.as_array().ok_or(NO_SCOPES)?;
    let is_given = |scope: &&str| given.iter().any(|name| name.as_str() == Some(scope));
    if !given.iter().all(|name| name.as_str().is_some_and(|name| SCOPES.contains(&name))) {
        return Err(NO_SCOPES);
    }
    Ok(Some(Scopes(SCOPES.into_iter().filter(is_given).map(str::to_owned).collect())))
}
