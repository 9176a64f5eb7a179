//! Paired browsers.

use super::{Done, GONE, Gone, Ids, List, Part, name_in};
use crate::auth::Operator;
use crate::body::caller_fields;
use crate::error::ApiError;
use crate::openapi::answers::OperatorRefused;
use crate::openapi::bodies::{NameBody, WhichPart};
use crate::router::App;
use crate::store::AgentView;
use axum::Json;
use axum::body::Body;
use axum::extract::State;

/// A team's paired browsers.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/agents", tag = "operators", operation_id = "list_agents",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), WhichPart),
    responses((status = 200, description = "Done", body = List<AgentView>), OperatorRefused))]
pub async fn list(
    State(app): State<App>,
    _: Operator,
    Ids(team): Ids<String>,
    part: Part,
) -> Result<Json<List<AgentView>>, ApiError> {
    app.store.team(&team).await?;
    Ok(List::of(app.store.agents(&team, part.page(), app.now()).await?))
}

/// One browser.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/agents/{agent}", tag = "operators", operation_id = "show_agent",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("agent" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Done<AgentView>), OperatorRefused))]
pub async fn show(
    State(app): State<App>,
    _: Operator,
    Ids((team, agent)): Ids<(String, String)>,
) -> Result<Json<Done<AgentView>>, ApiError> {
    Ok(Done::with(app.store.agent(&team, &agent, app.now()).await?))
}

/// Calls a browser something else.
#[utoipa::path(patch, path = "/admin/v1/teams/{team}/agents/{agent}", tag = "operators", operation_id = "rename_agent",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("agent" = String, Path, description = "Its id")),
    request_body(content = NameBody),
    responses((status = 200, description = "Done", body = Done<AgentView>), OperatorRefused))]
pub async fn rename(
    State(app): State<App>,
    operator: Operator,
    Ids((team, agent)): Ids<(String, String)>,
    body: Body,
) -> Result<Json<Done<AgentView>>, ApiError> {
    let fields = caller_fields(body).await?;
    app.store.rename_agent(&team, &agent, name_in(&fields)?).await?;
    tracing::info!(admin_key = operator.key, team, agent, "a browser was renamed");
    Ok(Done::with(app.store.agent(&team, &agent, app.now()).await?))
}

/// Revokes a browser's token.
#[utoipa::path(delete, path = "/admin/v1/teams/{team}/agents/{agent}", tag = "operators", operation_id = "revoke_agent",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("agent" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Gone), OperatorRefused))]
pub async fn revoke(
    State(app): State<App>,
    operator: Operator,
    Ids((team, agent)): Ids<(String, String)>,
) -> Result<Json<Gone>, ApiError> {
    let member = app.store.revoke_agent(&team, &agent, app.now()).await?;
    app.hub.end_poll(&member);
    tracing::info!(admin_key = operator.key, team, agent, "a browser's token was revoked");
    Ok(GONE)
}
