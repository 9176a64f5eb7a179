//! The tasks of a team: what its callers may do with them, an operator may do.

use super::{Done, Ids, List};
use crate::auth::Operator;
use crate::error::ApiError;
use crate::idempotency::IdempotencyKey;
use crate::openapi::answers::{NoTaskForOperator, NotCreatedForOperator};
use crate::openapi::shapes::{
    FetchConnectionsBody, Keyed, Listed as WhichTasks, SendConnectionRequestBody, Told,
};
use crate::query::{Members, parse_id, write_cursor};
use crate::router::App;
use crate::routes::task::{self, CancelAnswer, CreatedAnswer};
use crate::routes::tasks::{self, DeletedAnswer, ListedData};
use crate::store::{Listed, TaskView};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use liaison_protocol::TaskType;
use serde::Serialize;
use utoipa::ToSchema;

/// A task as its callers see it, and which kind it is.
#[derive(Serialize, ToSchema)]
pub struct TaskData {
    task_type: String,
    #[serde(flatten)]
    listed: ListedData,
}

impl TaskData {
    fn of(task: TaskView, outputs: bool) -> Self {
        let task_type = task.input["task_type"].as_str().unwrap_or_default().to_owned();
        Self { task_type, listed: ListedData::of(task, outputs) }
    }
}

/// The team of a path, if there is such a team, and the task, if that can be one.
async fn one(app: &App, Ids((team, task)): Ids<(String, String)>) -> Result<(String, String), ApiError> {
    app.store.team(&team).await?;
    Ok((team, parse_id(&task).ok_or(ApiError::TaskNotFound)?))
}

/// A team's tasks, newest first.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/tasks", tag = "operators", operation_id = "list_team_tasks",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), WhichTasks),
    responses((status = 200, description = "Done", body = List<TaskData>), NoTaskForOperator))]
pub async fn list(
    State(app): State<App>,
    _: Operator,
    Ids(team): Ids<String>,
    query: Members,
) -> Result<Json<List<TaskData>>, ApiError> {
    app.store.team(&team).await?;
    let filter = tasks::filter(&query)?;
    let page = app.store.list_tasks(&team, &filter, app.now()).await?;
    let entries = page.tasks.into_iter().map(|task| TaskData::of(task, filter.outputs)).collect();
    Ok(List::of(Listed { entries, next_cursor: page.next.as_ref().map(write_cursor) }))
}

/// One task, with what came of it.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/tasks/{task}", tag = "operators", operation_id = "show_team_task",
    security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("task" = String, Path, description = "Its id"), Told),
    responses((status = 200, description = "Done", body = Done<TaskData>), NoTaskForOperator))]
pub async fn show(
    State(app): State<App>,
    _: Operator,
    ids: Ids<(String, String)>,
    query: Members,
) -> Result<Json<Done<TaskData>>, ApiError> {
    let events = task::asks_for_events(&query)?;
    let (team, task) = one(&app, ids).await?;
    let view = app.store.task_view(&team, &task, app.now()).await?.ok_or(ApiError::TaskNotFound)?;
    let mut data = TaskData::of(view, true);
    if events {
        data.listed.status.tell(app.store.task_events(&team, &task).await?);
    }
    Ok(Done::with(data))
}

/// Calls a task off.
#[utoipa::path(post, path = "/admin/v1/teams/{team}/tasks/{task}/cancel", tag = "operators",
    operation_id = "cancel_team_task", security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("task" = String, Path, description = "Its id")),
    responses((status = 200, description = "Asked for", body = CancelAnswer), NoTaskForOperator))]
pub async fn cancel(
    State(app): State<App>,
    operator: Operator,
    ids: Ids<(String, String)>,
) -> Result<Json<CancelAnswer>, ApiError> {
    let (team, task) = one(&app, ids).await?;
    let answer = task::call_off(&app, &team, task.clone()).await?;
    tracing::info!(admin_key = operator.key, team, task, "a task was called off");
    Ok(Json(answer))
}

/// Deletes a task that has ended, and what came of it.
#[utoipa::path(delete, path = "/admin/v1/teams/{team}/tasks/{task}", tag = "operators",
    operation_id = "delete_team_task", security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("task" = String, Path, description = "Its id")),
    responses((status = 200, description = "Deleted", body = DeletedAnswer), NoTaskForOperator))]
pub async fn delete(
    State(app): State<App>,
    operator: Operator,
    ids: Ids<(String, String)>,
) -> Result<Json<DeletedAnswer>, ApiError> {
    let (team, task) = one(&app, ids).await?;
    let answer = tasks::forget(&app, &team, task.clone()).await?;
    tracing::info!(admin_key = operator.key, team, task, "a task was deleted");
    Ok(Json(answer))
}

/// The rows of a completed list as a table.
#[utoipa::path(get, path = "/admin/v1/teams/{team}/tasks/{task}/connections.csv", tag = "operators",
    operation_id = "team_connections_csv", security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), ("task" = String, Path, description = "Its id")),
    responses((status = 200, description = "RFC 4180, UTF-8", content_type = "text/csv", body = String),
              NoTaskForOperator))]
pub async fn connections_csv(
    State(app): State<App>,
    _: Operator,
    ids: Ids<(String, String)>,
) -> Result<Response, ApiError> {
    let (team, task) = one(&app, ids).await?;
    tasks::table(&app, &team, &task).await
}

/// Makes a task for a team that lists or searches the account's own connections.
#[utoipa::path(post, path = "/admin/v1/teams/{team}/fetch-connections", tag = "operators",
    operation_id = "fetch_team_connections", security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), Keyed), request_body(content = FetchConnectionsBody),
    responses((status = 200, description = "Taken", body = CreatedAnswer), NotCreatedForOperator))]
pub async fn fetch_connections(
    State(app): State<App>,
    operator: Operator,
    Ids(team): Ids<String>,
    key: IdempotencyKey,
    body: Body,
) -> Result<Json<CreatedAnswer>, ApiError> {
    take(&app, &operator, &team, &key, TaskType::FetchConnections, body).await
}

/// Makes a task for a team that sends one invitation.
#[utoipa::path(post, path = "/admin/v1/teams/{team}/send-connection-request", tag = "operators",
    operation_id = "send_team_connection_request", security(("admin_key" = [])),
    params(("team" = String, Path, description = "Its id"), Keyed), request_body(content = SendConnectionRequestBody),
    responses((status = 200, description = "Taken", body = CreatedAnswer), NotCreatedForOperator))]
pub async fn send_connection_request(
    State(app): State<App>,
    operator: Operator,
    Ids(team): Ids<String>,
    key: IdempotencyKey,
    body: Body,
) -> Result<Json<CreatedAnswer>, ApiError> {
    take(&app, &operator, &team, &key, TaskType::SendConnectionRequest, body).await
}

async fn take(
    app: &App,
    operator: &Operator,
    team: &str,
    key: &IdempotencyKey,
    kind: TaskType,
    body: Body,
) -> Result<Json<CreatedAnswer>, ApiError> {
    app.store.team(team).await?;
    let answer = task::take(app, team, key, kind, body).await?;
    tracing::info!(admin_key = operator.key, team, task = answer.api_agent_task_id, "a task was made");
    Ok(Json(answer))
}
