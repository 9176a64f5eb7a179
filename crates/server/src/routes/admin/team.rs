//! Teams.

use super::{Done, GONE, Gone, Ids, List, Part, name_in};
use crate::auth::Operator;
use crate::body::caller_fields;
use crate::error::ApiError;
use crate::router::App;
use crate::store::TeamView;
use axum::Json;
use axum::body::Body;
use axum::extract::State;

/// `GET /admin/v1/teams`
pub async fn list(State(app): State<App>, _: Operator, part: Part) -> Result<Json<List<TeamView>>, ApiError> {
    Ok(List::of(app.store.teams(part.page()).await?))
}

/// `POST /admin/v1/teams` `{name}`
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

/// `GET /admin/v1/teams/{team}`
pub async fn show(
    State(app): State<App>,
    _: Operator,
    Ids(team): Ids<String>,
) -> Result<Json<Done<TeamView>>, ApiError> {
    Ok(Done::with(app.store.team(&team).await?))
}

/// `PATCH /admin/v1/teams/{team}` `{name}`
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

/// `DELETE /admin/v1/teams/{team}`
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
