//! Teams.

use super::{Done, GONE, Gone, Ids, List, Part, name_in};
use crate::auth::Operator;
use crate::body::caller_fields;
use crate::error::ApiError;
use crate::openapi::answers::OperatorRefused;
use crate::openapi::bodies::{NameBody, WhichPart};
use crate::router::App;
use crate::store::TeamView;
use axum::Json;
use axum::body::Body;
use axum::extract::State;

/// All teams.
#[utoipa::path(get, path = "/admin/v1/teams", tag = "operators", operation_id = "list_teams",
    security(("admin_key" = [])),
    params(WhichPart),
    responses((status = 200, description = "Done", body = List<TeamView>), OperatorRefused))]
pub async fn list(State(app): State<App>, _: Operator, part: Part) -> Result<Json<List<TeamView>>, ApiError> {
    Ok(List::of(app.store.teams(part.page()).await?))
}

/// Makes a team without members or keys.
#[utoipa::path(post, path = "/admin/v1/teams", tag = "operators", operation_id = "add_team",
    security(("admin_key" = [])),
    request_body(content = NameBody),
    responses((status = 200, description = "Done", body = Done<TeamView>), OperatorRefused))]
pub async fn add(
    State(app): State<App>,
    operator: Operator,
    body: Body,
) -> Result<Json<Done<TeamView>>, ApiError> {
    let fields = caller_fields(body).await?;
    let team = app.store.add_team(name_in(&fields)?, app.now()).await?;
    tracing::info!(admin_key = operator.key, team, "a team was added");
    Ok(Done::with(app.store.team(&team).await?))
}

/// One team.
#[utoipa::path(get, path = "/admin/v1/teams/{team}", tag = "operators", operation_id = "show_team",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Done<TeamView>), OperatorRefused))]
pub async fn show(
    State(app): State<App>,
    _: Operator,
    Ids(team): Ids<String>,
) -> Result<Json<Done<TeamView>>, ApiError> {
    Ok(Done::with(app.store.team(&team).await?))
}

/// Calls a team something else.
#[utoipa::path(patch, path = "/admin/v1/teams/{team}", tag = "operators", operation_id = "rename_team",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id")),
    request_body(content = NameBody),
    responses((status = 200, description = "Done", body = Done<TeamView>), OperatorRefused))]
pub async fn rename(
    State(app): State<App>,
    operator: Operator,
    Ids(team): Ids<String>,
    body: Body,
) -> Result<Json<Done<TeamView>>, ApiError> {
    let fields = caller_fields(body).await?;
    app.store.rename_team(&team, name_in(&fields)?).await?;
    tracing::info!(admin_key = operator.key, team, "a team was renamed");
    Ok(Done::with(app.store.team(&team).await?))
}

/// Removes a team with its members, browsers and keys.
#[utoipa::path(delete, path = "/admin/v1/teams/{team}", tag = "operators", operation_id = "remove_team",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id")),
    responses((status = 200, description = "Done", body = Gone), OperatorRefused))]
pub async fn remove(
    State(app): State<App>,
    operator: Operator,
    Ids(team): Ids<String>,
) -> Result<Json<Gone>, ApiError> {
    for member in app.store.remove_team(&team, app.now()).await? {
        app.hub.end_poll(&member);
    }
    tracing::info!(admin_key = operator.key, team, "a team was removed");
    Ok(GONE)
}
