//! Members, and the codes that pair their browsers.

use super::{Done, GONE, Gone, Ids, List, Part, optional_name_in};
use crate::auth::Operator;
use crate::body::caller_fields;
use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::openapi::answers::OperatorRefused;
use crate::openapi::bodies::{MemberBody, WhichPart};
use crate::router::App;
use crate::store::{CODE_LIFE_MS, MemberChange, MemberRole, MemberView, NewMember};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};

/// A code that was just made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PairingCode {
    code: String,
    expires_at: Timestamp,
}

/// A team's members.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/members", tag = "operators", operation_id = "list_members",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), WhichPart),
    responses((status = 200, description = "Done", body = List<MemberView>), OperatorRefused))]
pub async fn list(
    State(app): State<App>,
    _: Operator,
    Ids(team): Ids<String>,
    part: Part,
) -> Result<Json<List<MemberView>>, ApiError> {
    app.store.team(&team).await?;
    Ok(List::of(app.store.members(&team, part.page()).await?))
}

/// Somebody joins.
#[utoipa::path(post, path = "/admin/v1/teams/{team}/members", tag = "operators", operation_id = "add_member",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id")),
    request_body(content = MemberBody),
    responses((status = 200, description = "Done", body = Done<MemberView>), OperatorRefused))]
pub async fn add(
    State(app): State<App>,
    operator: Operator,
    Ids(team): Ids<String>,
    body: Body,
) -> Result<Json<Done<MemberView>>, ApiError> {
    let fields = caller_fields(body).await?;
    let role = role_in(&fields)?.unwrap_or(MemberRole::Member);
    let new = NewMember { role, name: optional_name_in(&fields)?.flatten() };
    let member = app.store.add_member(&team, new, app.now()).await?;
    tracing::info!(admin_key = operator.key, team, member, "a member was added");
    Ok(Done::with(app.store.member(&team, &member).await?))
}

/// One member.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/members/{member}", tag = "operators", operation_id = "show_member",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("member" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Done<MemberView>), OperatorRefused))]
pub async fn show(
    State(app): State<App>,
    _: Operator,
    Ids((team, member)): Ids<(String, String)>,
) -> Result<Json<Done<MemberView>>, ApiError> {
    Ok(Done::with(app.store.member(&team, &member).await?))
}

/// Another name or role.
#[utoipa::path(patch, path = "/admin/v1/teams/{team}/members/{member}", tag = "operators", operation_id = "change_member",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("member" = String, Path, description = "Its id")),
    request_body(content = MemberBody),
    responses((status = 200, description = "Done", body = Done<MemberView>), OperatorRefused))]
pub async fn change(
    State(app): State<App>,
    operator: Operator,
    Ids((team, member)): Ids<(String, String)>,
    body: Body,
) -> Result<Json<Done<MemberView>>, ApiError> {
    let fields = caller_fields(body).await?;
    let change = MemberChange { role: role_in(&fields)?, name: optional_name_in(&fields)? };
    app.store.change_member(&team, &member, change).await?;
    tracing::info!(admin_key = operator.key, team, member, "a member was changed");
    Ok(Done::with(app.store.member(&team, &member).await?))
}

/// Somebody leaves; what waits for their account ends.
#[utoipa::path(delete, path = "/admin/v1/teams/{team}/members/{member}", tag = "operators", operation_id = "remove_member",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("member" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Gone), OperatorRefused))]
pub async fn remove(
    State(app): State<App>,
    operator: Operator,
    Ids((team, member)): Ids<(String, String)>,
) -> Result<Json<Gone>, ApiError> {
    app.store.remove_member(&team, &member, app.now()).await?;
    app.hub.end_poll(&member);
    tracing::info!(admin_key = operator.key, team, member, "a member was removed");
    Ok(GONE)
}

/// A one-time code that pairs a browser for a member.
#[utoipa::path(post, path = "/admin/v1/teams/{team}/members/{member}/pairing-codes", tag = "operators", operation_id = "make_pairing_code",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("member" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Done<PairingCode>), OperatorRefused))]
pub async fn pairing_code(
    State(app): State<App>,
    operator: Operator,
    Ids((team, member)): Ids<(String, String)>,
) -> Result<Json<Done<PairingCode>>, ApiError> {
    let now = app.now();
    app.store.member(&team, &member).await?;
    let code = app.store.new_pairing_code(&member, now).await?;
    tracing::info!(admin_key = operator.key, team, member, "a pairing code was made");
    Ok(Done::with(PairingCode { code, expires_at: now.plus_ms(CODE_LIFE_MS) }))
}

fn role_in(fields: &Map<String, Value>) -> Result<Option<MemberRole>, ApiError> {
    let Some(role) = fields.get("role") else { return Ok(None) };
    let role = role.as_str().and_then(MemberRole::from_name);
    role.map(Some).ok_or(ApiError::Field("Invalid 'role': must be 'admin' or 'member'"))
}
